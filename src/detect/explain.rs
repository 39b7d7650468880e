//! Why a row has its score, and where it stands in the plane of the principal components.

use crate::features::{Column, Rows, catalogue};
use crate::report::{Contribution, Detection, Verdict};
use crate::settings::Unit;

/// The features as they were scaled.
fn columns(detection: &Detection, unit: Unit) -> Vec<Column> {
    let catalogue = catalogue(unit);
    let find = |name| catalogue.iter().position(|f| f.name == name);
    let column = |f: &crate::report::FeatureSummary| {
        let feature = find(f.name)?;
        Some(Column { feature, info: *catalogue.get(feature)?, center: f.center, scale: f.scale })
    };
    detection.features.iter().filter_map(column).collect()
}

fn unit_of(rows: Rows<'_>) -> Unit {
    match rows {
        Rows::Flows(_) => Unit::Flow,
        Rows::Packets(_) => Unit::Packet,
    }
}

/// Every feature's share of the row's squared distance, largest first. The shares add up to 1, or are all 0 for a row
/// on its centroid. Empty for a row without a score.
#[must_use]
pub fn contributions(detection: &Detection, rows: Rows<'_>, row: usize, verdict: &Verdict) -> Vec<Contribution> {
    let Some(cluster) = detection.clusters.get(usize::from(verdict.cluster)).filter(|_| verdict.is_scored) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (i, column) in columns(detection, unit_of(rows)).iter().enumerate() {
        let centroid = cluster.centroid.get(i).copied().unwrap_or(0.0);
        let deviation = column.scaled(rows, row).map_or(0.0, |v| v - centroid);
        all.push(Contribution {
            feature: column.info.name,
            unit: column.info.unit,
            observed: rows.raw(row, column.feature),
            typical: cluster.typical.get(i).copied().flatten(),
            share: deviation * deviation,
        });
    }
    let total: f64 = all.iter().map(|c| c.share).sum();
    for contribution in &mut all {
        contribution.share = if total > 0.0 { contribution.share / total } else { 0.0 };
    }
    all.sort_by(|a, b| b.share.total_cmp(&a.share));
    all
}

/// The rows' places in the plane of the two principal components.
#[must_use]
pub fn position(detection: &Detection, rows: Rows<'_>, wanted: &[usize]) -> Vec<(f64, f64)> {
    let columns = columns(detection, unit_of(rows));
    let place = |&row: &usize| {
        let values: Vec<f64> = columns.iter().map(|c| c.scaled(rows, row).unwrap_or(0.0)).collect();
        let along = |axis: &[f64]| values.iter().zip(axis).map(|(v, a)| v * a).sum::<f64>();
        let [first, second] = &detection.components;
        (along(first), along(second))
    };
    wanted.iter().map(place).collect()
}
