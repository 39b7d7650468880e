//! What features and columns there are.

use std::io::Write;

use serde::Serialize;
use wiresift::error::Result;
use wiresift::features::{Alike, FeatureInfo, catalogue};
use wiresift::schema::{ColumnInfo, Schema};
use wiresift::settings::Unit;

use crate::exit::Exit;
use crate::output::Output;

/// One unit's features.
#[derive(Serialize)]
struct Catalogue {
    unit: Unit,
    features: Vec<FeatureInfo>,
}

/// Lists the features of a unit, or of each.
pub(super) fn features(unit: Option<Unit>, is_json: bool) -> anyhow::Result<Exit> {
    let units = unit.map_or_else(|| Unit::ALL.to_vec(), |unit| vec![unit]);
    let catalogues: Vec<Catalogue> = units.iter().map(|&unit| Catalogue { unit, features: catalogue(unit) }).collect();
    Output::Stdout.write(|out| if is_json { json(&catalogues, out) } else { text(&catalogues, out) })?;
    Ok(Exit::Complete)
}

/// The columns of a schema and how they differ from the tool's own.
#[derive(Serialize)]
struct Description {
    schema: &'static str,
    notes: &'static [&'static str],
    columns: Vec<ColumnInfo>,
}

/// Describes the table of a schema.
pub(super) fn columns(schema: Schema, unit: Unit, is_json: bool) -> anyhow::Result<Exit> {
    let description = Description { schema: schema.name(), notes: schema.notes(), columns: schema.columns(unit) };
    Output::Stdout.write(|out| if is_json { json(&description, out) } else { describe(&description, out) })?;
    Ok(Exit::Complete)
}

fn json(value: &impl Serialize, out: &mut dyn Write) -> Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    Ok(writeln!(out)?)
}

fn text(catalogues: &[Catalogue], out: &mut dyn Write) -> Result<()> {
    for (i, Catalogue { unit, features }) in catalogues.iter().enumerate() {
        let word = unit.name();
        let defaults = features.iter().filter(|f| f.is_default).count();
        let gap = if i == 0 { "" } else { "\n" };
        writeln!(out, "{gap}{} {word} features, {defaults} of them used by default (*)\n", features.len())?;
        let width = features.iter().map(|f| f.name.len()).max().unwrap_or(0);
        let unit_width = features.iter().map(|f| f.unit.len()).max().unwrap_or(0);
        for f in features {
            let (mark, transform) = (if f.is_default { '*' } else { ' ' }, f.transform.name());
            writeln!(out, "{mark} {:width$}  {:unit_width$}  {transform:6}  {}", f.name, f.unit, f.definition)?;
            for (tool, alike) in [("CICFlowMeter", f.cicflowmeter), ("NFStream", f.nfstream)] {
                if let Some(Alike { name, differs }) = alike {
                    let but = if differs.is_empty() { String::new() } else { format!("; {differs}") };
                    writeln!(out, "  {:width$}  {:unit_width$}          {tool}: {name}{but}", "", "")?;
                }
            }
        }
    }
    Ok(())
}

fn describe(description: &Description, out: &mut dyn Write) -> Result<()> {
    let Description { schema, notes, columns } = description;
    writeln!(out, "{} columns of the schema {schema}\n", columns.len())?;
    for note in *notes {
        writeln!(out, "- {note}")?;
    }
    writeln!(out)?;
    let width = columns.iter().map(|c| c.name.len()).max().unwrap_or(0);
    let unit_width = columns.iter().map(|c| c.unit.len()).max().unwrap_or(0);
    for c in columns {
        let but = if c.differs.is_empty() { String::new() } else { format!("; {}", c.differs) };
        writeln!(out, "{:width$}  {:unit_width$}  {}{but}", c.name, c.unit, c.definition)?;
    }
    Ok(())
}
