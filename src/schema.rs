//! Feature tables: every feature of a run under our names, or flows under the columns of CICFlowMeter and NFStream.

mod cicflowmeter;
mod nfstream;
mod original;
mod wiresift;

use serde::Serialize;

use crate::error::Result;
use crate::export::{Cell, Tabular};
use crate::features::{self, FeatureInfo};
use crate::report::{FlowRecord, Report};
use crate::settings::Unit;
use crate::units::count;

/// Whose columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Ours: every feature of the unit in force, behind the columns that name the row.
    Wiresift,
    /// CICFlowMeter's 84, `Label` the last, without its mistakes. Flows of IP only.
    CicFlowMeter,
    /// The same 84 as the original computes them; empty unless the run kept them
    /// ([`crate::pipeline::Analyzer::keep_original_cicflowmeter`]).
    OriginalCicFlowMeter,
    /// NFStream's key, core, statistical and SPLT columns. Flows of IP only.
    Nfstream,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A moment.
    Moment,
}

/// A column of a schema, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnInfo {
    /// Its name in the table.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Unit of the value; empty for pure numbers and texts.
    pub unit: &'static str,
    /// What it is.
    pub definition: String,
    /// How the tool that the schema is from has it otherwise; empty where it is the same.
    pub differs: &'static str,
}

/// A flow with its place in the table.
struct Row<'a> {
    place: u64,
    flow: &'a FlowRecord,
}

/// A column of a table of flows.
struct Column {
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    /// What it is, where no feature says it.
    definition: &'static str,
    cell: fn(&Row<'_>) -> Cell,
}

impl Schema {
    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wiresift => "wiresift",
            Self::CicFlowMeter | Self::OriginalCicFlowMeter => "cicflowmeter",
            Self::Nfstream => "nfstream",
        }
    }

    /// The columns in order, for rows of a unit; those of other tools are for flows.
    #[must_use]
    pub fn columns(self, unit: Unit) -> Vec<ColumnInfo> {
        let alike = |of: fn(&FeatureInfo) -> Option<features::Alike>| move |column: &Column| describe(column, of);
        match self {
            Self::Wiresift => wiresift::columns(unit),
            Self::CicFlowMeter => cicflowmeter::COLUMNS.iter().map(alike(|f| f.cicflowmeter)).collect(),
            Self::OriginalCicFlowMeter => cicflowmeter::COLUMNS.iter().map(alike(|f| f.cicflowmeter)).collect(),
            Self::Nfstream => nfstream::COLUMNS.iter().map(alike(|f| f.nfstream)).collect(),
        }
    }

    /// What holds for the whole table: where it differs from the tool's own, one sentence a line.
    #[must_use]
    pub fn notes(self) -> &'static [&'static str] {
        match self {
            Self::Wiresift => wiresift::NOTES,
            Self::CicFlowMeter => cicflowmeter::NOTES,
            Self::OriginalCicFlowMeter => original::NOTES,
            Self::Nfstream => nfstream::NOTES,
        }
    }

    /// How many rows the table of a report has.
    #[must_use]
    pub fn rows(self, report: &Report) -> usize {
        match self {
            Self::Wiresift => report.rows(),
            Self::OriginalCicFlowMeter => report.original_cicflowmeter.len(),
            Self::CicFlowMeter | Self::Nfstream => report.flows.iter().filter(|f| is_ip(f)).count(),
        }
    }
}

impl Tabular for Schema {
    fn names(&self, report: &Report) -> Vec<&'static str> {
        match self {
            Self::Wiresift => wiresift::names(report.settings.unit),
            Self::CicFlowMeter | Self::OriginalCicFlowMeter => cicflowmeter::COLUMNS.iter().map(|c| c.name).collect(),
            Self::Nfstream => nfstream::COLUMNS.iter().map(|c| c.name).collect(),
        }
    }

    fn for_each_row(&self, report: &Report, visit: &mut dyn FnMut(&[Cell]) -> Result<()>) -> Result<()> {
        match self {
            Self::Wiresift => wiresift::for_each_row(report, visit),
            Self::CicFlowMeter => of_flows(report, cicflowmeter::COLUMNS, visit),
            Self::OriginalCicFlowMeter => original::for_each_row(report, visit),
            Self::Nfstream => of_flows(report, nfstream::COLUMNS, visit),
        }
    }
}

/// Neither tool knows ARP.
fn is_ip(flow: &FlowRecord) -> bool {
    flow.proto.number().is_some()
}

fn of_flows(report: &Report, columns: &[Column], visit: &mut dyn FnMut(&[Cell]) -> Result<()>) -> Result<()> {
    let mut cells = Vec::with_capacity(columns.len());
    for (place, flow) in report.flows.iter().filter(|f| is_ip(f)).enumerate() {
        let row = Row { place: count(place), flow };
        cells.clear();
        cells.extend(columns.iter().map(|c| (c.cell)(&row)));
        visit(&cells)?;
    }
    Ok(())
}

/// A column with the words of the feature that is the same thing.
fn describe(column: &Column, alike: fn(&FeatureInfo) -> Option<features::Alike>) -> ColumnInfo {
    let Column { name, kind, unit, definition, .. } = *column;
    let catalogue = features::catalogue(Unit::Flow);
    let feature = catalogue.iter().find_map(|f| alike(f).filter(|a| a.name == name).map(|a| (f, a)));
    let (definition, differs) = match feature {
        Some((feature, alike)) if definition.is_empty() => {
            let what =
                feature.definition.split_once("; missing ").map_or(feature.definition.as_ref(), |(what, _)| what);
            (format!("{} ({})", what.trim_end_matches('.'), feature.name), alike.differs)
        }
        Some((_, alike)) => (definition.to_owned(), alike.differs),
        None => (definition.to_owned(), ""),
    };
    ColumnInfo { name, kind, unit, definition, differs }
}
