//! The feature catalogue: one table a unit, with each feature's name, unit, definition and transform.

mod alike;
mod context_table;
mod feature;
mod flow_table;
mod host_table;
mod known;
mod packet_table;
mod reader;
mod scaler;

use std::sync::LazyLock;

pub use alike::Alike;
pub use feature::{Feature, FeatureInfo, Transform};
use feature::{join, total};
pub use flow_table::FLOW_FEATURES;
pub use host_table::HOST_FEATURES;
pub use packet_table::PACKET_FEATURES;
pub(crate) use reader::Reader;
pub use scaler::{Column, Scaler};
pub(crate) use scaler::{LARGEST, center_and_scale, transformed};

use crate::chunked::Chunked;
use crate::error::{Error, Result};
use crate::report::{FlowRecord, HostRecord, Layout, OwnColumn, PacketRecord, Verdict};
use crate::settings::{Settings, Unit};

/// Logarithms of 1 + the whole numbers from 0: counts and sizes, asked for a few times a row.
static LOGS: LazyLock<Vec<f64>> = LazyLock::new(|| (0..4096u32).map(|n| libm::log1p(f64::from(n))).collect());

/// ln(1 + x) of a number that is not negative.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // what an u32 does not hold is not equal to it
fn log1p(x: f64) -> f64 {
    let whole = x as u32;
    let known = LOGS.get(usize::try_from(whole).unwrap_or(usize::MAX)).filter(|_| f64::from(whole) == x);
    known.copied().unwrap_or_else(|| libm::log1p(x))
}

/// Whether a feature of flows counts the flows around a flow: no flow alone can show it.
pub(crate) fn is_of_context(name: &str) -> bool {
    context_table::FEATURES.iter().any(|feature| feature.name == name)
}

/// With these letters the name of a feature begins that is a table's column.
pub const COLUMN_PREFIX: &str = "column_";

fn info_of_column(column: &OwnColumn) -> FeatureInfo {
    FeatureInfo {
        name: column.name.clone().into(),
        unit: "",
        definition: format!("Column `{}` of the file; missing where its cell holds no number.", column.header).into(),
        transform: if column.is_log { Transform::Log1p } else { Transform::Linear },
        is_default: column.is_default,
        missing: "where its cell holds no number",
        cicflowmeter: None,
        nfstream: None,
    }
}

/// The catalogue of a unit.
#[must_use]
pub fn catalogue(unit: Unit) -> Vec<FeatureInfo> {
    match unit {
        Unit::Flow => FLOW_FEATURES.iter().map(|f| f.info(true)).collect(),
        Unit::Packet => PACKET_FEATURES.iter().map(|f| f.info(false)).collect(),
        Unit::Host => HOST_FEATURES.iter().map(|f| f.info(false)).collect(),
    }
}

/// The chosen features as indices of `catalogue`, in its order. A column that it does not have is passed over.
///
/// **Errors** `InvalidSetting` for another name that the unit's catalogue does not have.
pub fn choose(settings: &Settings, catalogue: &[FeatureInfo]) -> Result<Vec<usize>> {
    let wanted = &settings.features;
    let is_known =
        |name: &str| name == "all" || name.starts_with(COLUMN_PREFIX) || catalogue.iter().any(|f| f.name == name);
    if let Some(unknown) = wanted.iter().find(|w| !is_known(w)) {
        let names: Vec<_> = catalogue.iter().map(|f| f.name.as_ref()).collect();
        return Err(Error::InvalidSetting {
            name: "features".into(),
            value: unknown.clone(),
            expected: format!("default, all, or names out of {} and {COLUMN_PREFIX}...", names.join(", ")),
        });
    }
    let is_wanted = |f: &FeatureInfo| match wanted.first().map(String::as_str) {
        None => f.is_default,
        Some("all") => true,
        Some(_) => wanted.iter().any(|w| *w == f.name),
    };
    Ok(catalogue.iter().enumerate().filter(|(_, f)| is_wanted(f)).map(|(i, _)| i).collect())
}

/// The rows of a run, of either unit.
#[derive(Debug, Clone, Copy)]
pub enum Rows<'a> {
    /// Flows.
    Flows(&'a Chunked<FlowRecord>),
    /// Packets.
    Packets(&'a Chunked<PacketRecord>),
    /// Hosts.
    Hosts(&'a [HostRecord]),
}

impl Rows<'_> {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Flows(rows) => rows.len(),
            Self::Packets(rows) => rows.len(),
            Self::Hosts(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The unit's catalogue, and the columns that the run's tables have beside it.
    #[must_use]
    pub fn catalogue(&self) -> Vec<FeatureInfo> {
        let mut all = catalogue(match self {
            Self::Flows(_) => Unit::Flow,
            Self::Packets(_) => Unit::Packet,
            Self::Hosts(_) => Unit::Host,
        });
        all.extend(self.layout().map(|layout| &layout.own).into_iter().flat_map(|own| own.iter().map(info_of_column)));
        all
    }

    /// How a table's columns stand among the features; `None` where no row is from a table.
    fn layout(&self) -> Option<&Layout> {
        let table = match self {
            Self::Flows(rows) => rows.iter().find_map(|row| row.table.as_ref()),
            Self::Packets(rows) => rows.iter().find_map(|row| row.table.as_ref()),
            Self::Hosts(_) => None,
        };
        table.map(|table| table.layout.as_ref())
    }

    /// Whether any row is from a table.
    #[must_use]
    pub fn has_tables(&self) -> bool {
        self.layout().is_some()
    }

    /// A row.
    #[must_use]
    pub fn at(&self, row: usize) -> Option<RowRef<'_>> {
        Some(match self {
            Self::Flows(rows) => RowRef::Flow(rows.get(row)?),
            Self::Packets(rows) => RowRef::Packet(rows.get(row)?),
            Self::Hosts(rows) => RowRef::Host(rows.get(row)?),
        })
    }

    /// Raw value of a feature of [`Rows::catalogue`] of a row; `None` when missing.
    #[must_use]
    pub fn raw(&self, row: usize, feature: usize) -> Option<f64> {
        self.at(row)?.raw(feature)
    }
}

/// One row of a run.
#[derive(Debug, Clone, Copy)]
pub enum RowRef<'a> {
    /// A flow.
    Flow(&'a FlowRecord),
    /// A packet.
    Packet(&'a PacketRecord),
    /// A host.
    Host(&'a HostRecord),
}

impl RowRef<'_> {
    /// What is said of it.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Flow(flow) => flow.verdict,
            Self::Packet(packet) => packet.verdict,
            Self::Host(host) => host.verdict,
        }
    }

    /// Raw value of a feature of [`Rows::catalogue`]; `None` when missing.
    #[must_use]
    pub fn raw(self, feature: usize) -> Option<f64> {
        let value = match self {
            Self::Flow(flow) if flow.table.is_some() => known::of_flow(flow, feature),
            Self::Flow(flow) => (FLOW_FEATURES.get(feature)?.value)(flow),
            Self::Packet(packet) if packet.table.is_some() => known::of_packet(packet, feature),
            Self::Packet(packet) => (PACKET_FEATURES.get(feature)?.value)(packet),
            Self::Host(host) => (HOST_FEATURES.get(feature)?.value)(host),
        };
        value.filter(|v| v.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_out_of_the_table_are_the_library_s() {
        for x in [0.0, 0.5, 1.0, 7.0, 4095.0, 4095.5, 4096.0, 1e9, 5e9, 1e300, f64::MAX] {
            assert_eq!(Transform::Log1p.apply(x).to_bits(), libm::log1p(x).to_bits(), "{x}");
        }
        assert_eq!(Transform::Log1p.apply(-3.0), 0.0);
    }

    #[test]
    fn names_are_unique_and_there_are_enough() {
        for (unit, least) in [(Unit::Flow, 120), (Unit::Packet, 20), (Unit::Host, 30)] {
            let mut names: Vec<_> = catalogue(unit).into_iter().map(|f| f.name).collect();
            assert!(names.len() >= least);
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), catalogue(unit).len());
            assert!(names.iter().all(|name| !name.starts_with(COLUMN_PREFIX)));
        }
    }

    #[test]
    fn chooses_by_name_in_catalogue_order() {
        let mut settings = Settings::default();
        let choose = |settings: &Settings| choose(settings, &catalogue(Unit::Flow));
        let default = choose(&settings).unwrap();
        settings.set("features", "all").unwrap();
        assert_eq!(choose(&settings).unwrap().len(), FLOW_FEATURES.len());
        assert!(default.len() < FLOW_FEATURES.len());
        settings.set("features", "orig_pkts,duration").unwrap();
        assert_eq!(choose(&settings).unwrap(), [0, 1]);
        settings.set("features", "orig_pkts,column_x").unwrap();
        assert_eq!(choose(&settings).unwrap(), [1], "a column of another file");
        settings.set("features", "nope").unwrap();
        assert_eq!(choose(&settings).unwrap_err().kind(), "invalid-setting");
    }
}
