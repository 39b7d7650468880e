//! `wiresift features`: the catalogue that rows are compared by.

use std::io::Write;

use clap::ArgMatches;
use serde::Serialize;
use wiresift::error::Result;
use wiresift::features::{FeatureInfo, catalogue};
use wiresift::settings::Unit;

use crate::exit::Exit;
use crate::output::Output;

/// One unit's features.
#[derive(Serialize)]
struct Catalogue {
    unit: Unit,
    features: Vec<FeatureInfo>,
}

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let only = matches.get_one::<String>("unit").and_then(|word| Unit::named(word));
    let units = Unit::ALL.into_iter().filter(|unit| only.is_none_or(|only| only == *unit));
    let catalogues: Vec<Catalogue> = units.map(|unit| Catalogue { unit, features: catalogue(unit) }).collect();
    let is_json = matches.get_one::<String>("format").is_some_and(|f| f == "json");
    Output::Stdout.write(|out| if is_json { json(&catalogues, out) } else { text(&catalogues, out) })?;
    Ok(Exit::Complete)
}

fn json(catalogues: &[Catalogue], out: &mut dyn Write) -> Result<()> {
    serde_json::to_writer(&mut *out, catalogues)?;
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
        }
    }
    Ok(())
}
