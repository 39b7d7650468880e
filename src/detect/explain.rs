//! Why a row has its score, and where it stands in the plane of the principal components.

use std::cell::OnceCell;

use crate::features::{Column, Rows};
use crate::report::{Cluster, Contribution, Detection, Verdict};
use crate::sort;

/// The features as they were scaled.
fn columns(detection: &Detection, rows: Rows<'_>) -> Vec<Column> {
    let catalogue = rows.catalogue();
    let find = |name: &str| catalogue.iter().position(|f| f.name == name);
    let column = |f: &crate::report::FeatureSummary| {
        let feature = find(&f.name)?;
        Some(Column { feature, info: catalogue.get(feature)?.clone(), center: f.center, scale: f.scale })
    };
    detection.features.iter().filter_map(column).collect()
}

/// Whether a cluster says what is usual: neither small nor, as a flood's, anomalous itself.
fn is_usual(cluster: &Cluster) -> bool {
    !cluster.is_small && cluster.anomalies.saturating_mul(2) <= cluster.rows
}

/// The cluster a row is explained against: its own, or the nearest that says what is usual. A row of a strange cluster is
/// strange beside the others, not beside its companions.
fn reference<'a>(detection: &'a Detection, own: u16, values: &[Option<f64>]) -> Option<&'a Cluster> {
    let own = detection.clusters.get(usize::from(own))?;
    if is_usual(own) {
        return Some(own);
    }
    let squared = |c: &Cluster| -> f64 {
        values.iter().zip(&c.centroid).map(|(v, c)| v.map_or(0.0, |v| (v - c) * (v - c))).sum()
    };
    let nearest = |wanted: fn(&&Cluster) -> bool| {
        detection.clusters.iter().filter(wanted).min_by(|a, b| squared(a).total_cmp(&squared(b)))
    };
    Some(nearest(|c| is_usual(c)).or_else(|| nearest(|c| !c.is_small)).unwrap_or(own))
}

/// Explains rows of one detection.
#[derive(Debug)]
pub struct Explainer<'a> {
    pub(super) detection: &'a Detection,
    pub(super) rows: Rows<'a>,
    pub(super) columns: Vec<Column>,
    /// The normal rows of the sample with their scaled values, 0 for missing ones: made when the first row is compared
    /// with them.
    pub(super) normal: OnceCell<Vec<(usize, Vec<f64>)>>,
}

impl<'a> Explainer<'a> {
    /// For the rows that the detection was made over.
    #[must_use]
    pub fn new(detection: &'a Detection, rows: Rows<'a>) -> Self {
        Self { detection, rows, columns: columns(detection, rows), normal: OnceCell::new() }
    }

    /// Every feature's share of the row's distance, as the detector says it; largest first. The shares add up to 1, or are
    /// all 0 for a row at no distance. Typical is the row's cluster, or for a row of a small or mostly anomalous cluster the
    /// nearest that is neither. Empty for a row without a score.
    #[must_use]
    pub fn contributions(&self, row: usize, verdict: &Verdict) -> Vec<Contribution> {
        if !verdict.is_scored {
            return Vec::new();
        }
        let transformed = self.transformed(row);
        let values: Vec<Option<f64>> =
            self.columns.iter().zip(&transformed).map(|(c, v)| v.map(|v| c.scale(v))).collect();
        let Some(cluster) = reference(self.detection, verdict.cluster, &values) else { return Vec::new() };
        let shares = self.detection.model.0.as_ref().map(|model| model.shares(&transformed)).unwrap_or_default();
        let of_column = |(i, column): (usize, &Column)| Contribution {
            feature: column.info.name.clone(),
            unit: column.info.unit,
            observed: self.rows.raw(row, column.feature),
            typical: cluster.typical.get(i).copied().flatten(),
            spread: cluster.spread.get(i).copied().flatten(),
            share: shares.get(i).copied().unwrap_or(0.0),
        };
        let mut all: Vec<Contribution> = self.columns.iter().enumerate().map(of_column).collect();
        sort::by(&mut all, |a, b| b.share.total_cmp(&a.share));
        all
    }

    /// The raw value of a feature in the middle of all rows that the detectors learned from; `None` for another feature.
    #[must_use]
    pub fn usual(&self, feature: &str) -> Option<f64> {
        let column = self.columns.iter().position(|column| column.info.name == feature)?;
        let center = self.detection.model.0.as_ref()?.center(column)?;
        Some(self.columns.get(column)?.info.transform.invert(center))
    }

    /// A feature that the detection looked at: its place in the catalogue of the rows, and its unit.
    #[must_use]
    pub fn feature(&self, name: &str) -> Option<(usize, &'static str)> {
        let column = self.columns.iter().find(|column| column.info.name == name)?;
        Some((column.feature, column.info.unit))
    }

    /// The raw value of a feature of the catalogue; `None` when missing.
    #[must_use]
    pub fn raw(&self, row: usize, feature: usize) -> Option<f64> {
        self.rows.raw(row, feature)
    }

    /// Detectors that flag a row, of those that took part; 0 for a row without a score.
    #[must_use]
    pub fn votes(&self, row: usize, verdict: &Verdict) -> u8 {
        let Some(model) = self.detection.model.0.as_ref().filter(|_| verdict.is_scored) else { return 0 };
        model.votes(&self.transformed(row))
    }

    pub(super) fn transformed(&self, row: usize) -> Vec<Option<f64>> {
        let Some(row) = self.rows.at(row) else { return vec![None; self.columns.len()] };
        self.columns.iter().map(|column| column.transformed_of(row)).collect()
    }

    /// The row's place in the plane of the two principal components.
    #[must_use]
    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    pub fn position(&self, row: usize) -> (f64, f64) {
        let values: Vec<f64> = self.columns.iter().map(|c| c.scaled(self.rows, row).unwrap_or(0.0)).collect();
        let along = |axis: &[f64]| values.iter().zip(axis).map(|(v, a)| v * a).sum::<f64>();
        let [first, second] = &self.detection.components;
        (along(first), along(second))
    }
}

/// The contributions of one row; of many, an [`Explainer`] is quicker.
#[must_use]
pub fn contributions(detection: &Detection, rows: Rows<'_>, row: usize, verdict: &Verdict) -> Vec<Contribution> {
    Explainer::new(detection, rows).contributions(row, verdict)
}
