//! From the report of a capture that is known to be good to a baseline.

use hashbrown::HashMap;

use super::super::is_chosen;
use super::STEPS_PER_UNIT;
use super::names::things;
use crate::error::{Error, Result};
use crate::features::{Column, Rows, Transform, choose};
use crate::flow::{Keyed, mix64};
use crate::report::{Baseline, BaselineFeature, Known, Names, Report, What};
use crate::settings::Settings;
use crate::sort;
use crate::units::count;

/// Settings that say what a row is: with others, rows are not comparable.
pub(super) const OF_ROWS: [&str; 5] = ["idle-timeout", "active-timeout", "close-linger", "vlan-key", "tunnel-key"];
/// Hosts that are alike and kept one by one, as where a capture's own rows are learned from.
const ALIKE_HOSTS: u32 = 8;
/// Values are kept to this share of a unit.
const STEPS_KEPT: f64 = 1e4;

/// What is normal by a report of a capture that is known to be good. `rows` are the report's, of its unit.
///
/// **Errors** `Baseline` where there are too few distinct rows; `InvalidSetting` for unknown features.
pub fn learn(report: &Report, rows: Rows<'_>) -> Result<Baseline> {
    let settings = &report.settings;
    let catalogue = rows.catalogue();
    let columns: Vec<Column> = choose(settings, &catalogue)?
        .into_iter()
        .filter_map(|feature| Some((feature, catalogue.get(feature)?.clone())))
        .map(|(feature, info)| Column { feature, info, center: 0.0, scale: 1.0 })
        .collect();
    let chosen: Vec<usize> = (0..rows.len()).filter(|&row| is_chosen(rows, row, settings.protocol)).collect();
    let (kept, unique_rows) = distinct(rows, &chosen, &columns, settings);
    if kept.len() < Baseline::MIN_ROWS {
        return Err(Error::Baseline(format!(
            "{} distinct {}s are too few to say what is normal; at least {} are needed",
            kept.len(),
            settings.unit.name(),
            Baseline::MIN_ROWS
        )));
    }
    let feature =
        |c: &Column| BaselineFeature { name: c.info.name.to_string(), transform: c.info.transform.name().to_owned() };
    let mut known = Known::default();
    for what in What::ALL {
        *known.of_mut(what) = names(report, what);
    }
    Ok(Baseline {
        format: Baseline::format(),
        schema_version: Baseline::SCHEMA_VERSION,
        wiresift_version: report.wiresift_version.to_owned(),
        captures: report.files.iter().take(Baseline::MAX_CAPTURES).map(|file| file.name.clone()).collect(),
        first_ts: report.summary.first_ts,
        last_ts: report.summary.last_ts,
        packets: report.summary.packets,
        flows: report.summary.flows,
        unit: settings.unit.name().to_owned(),
        protocol: settings.get("protocol").unwrap_or_default(),
        settings: sort::map(OF_ROWS.iter().filter_map(|name| Some(((*name).to_owned(), settings.get(name)?)))),
        known,
        row_count: count(chosen.len()),
        unique_rows,
        features: columns.iter().map(feature).collect(),
        rows: kept,
    })
}

/// Distinct rows in a seeded order, as many as a baseline holds, and how many there are.
fn distinct(rows: Rows<'_>, chosen: &[usize], columns: &[Column], settings: &Settings) -> (Vec<Vec<Option<f64>>>, u64) {
    let seed = mix64(u64::from(settings.seed));
    let alike = if matches!(rows, Rows::Hosts(_)) { ALIKE_HOSTS } else { 1 };
    let mut seen: HashMap<u64, u32, Keyed> = HashMap::with_hasher(Keyed::new([seed, 3]));
    let mut order: Vec<(u64, usize)> = Vec::new();
    for &row in chosen {
        let hash = columns.iter().fold(0, |hash, column| {
            let step = column.transformed(rows, row).map(|v| (v * STEPS_PER_UNIT).round() + 0.0);
            mix64(hash ^ step.map_or(u64::MAX, f64::to_bits))
        });
        let rows = seen.entry(hash).or_default();
        *rows += 1;
        if *rows <= alike {
            order.push((mix64(hash ^ seed), row));
        }
    }
    order.sort_unstable();
    let values =
        |&(_, row): &(u64, usize)| columns.iter().map(|c| c.transformed(rows, row).map(|v| short(v, c))).collect();
    (order.iter().take(Baseline::MAX_ROWS).map(values).collect(), count(seen.len()))
}

/// A transformed value with few digits. Large values of linear features have few as they are.
fn short(value: f64, column: &Column) -> f64 {
    /// Beyond it, the digits that are cut do not matter.
    const LARGE: f64 = 1e9;
    match column.info.transform {
        Transform::Linear if value.abs() > LARGE => value.round(),
        _ => (value * STEPS_KEPT).round() / STEPS_KEPT,
    }
}

/// The names of a kind, as many as a baseline holds: the first by time.
fn names(report: &Report, what: What) -> Names {
    let things = things(report, what, &Names::default());
    let all = things.seen.len();
    let mut names: Vec<String> = things.seen.into_iter().take(Names::MAX).map(|seen| seen.name).collect();
    sort::ascending(&mut names);
    names.dedup();
    Names { names, beyond: count(all.saturating_sub(Names::MAX)) + things.beyond }
}
