//! Centre and scale of each chosen feature, learned from the fitting rows.

use super::{FeatureInfo, RowRef, Rows, Transform};
use crate::report::FeatureSummary;
use crate::settings::Scaling;
use crate::units::{count, float};

/// A column whose spread is below this is constant: it is centred, not scaled.
const SMALLEST_SCALE: f64 = 1e-9;
/// Scaled values are held within this many scales: one wild value must not drown all others.
pub(crate) const LARGEST: f64 = 20.0;
/// Transformed values are held within this: their squares can be added up however many there are.
const LARGEST_VALUE: f64 = 1e140;
/// Interquartile range of the standard normal distribution.
const NORMAL_IQR: f64 = 1.348_979_500_392_163_4;

/// One chosen feature and its scale, in transformed units.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Index in the unit's catalogue.
    pub feature: usize,
    /// The catalogue's row.
    pub info: FeatureInfo,
    /// Centre.
    pub center: f64,
    /// Scale; at least a tiny positive number.
    pub scale: f64,
}

impl Column {
    /// The raw value transformed, centred and scaled; `None` when missing.
    #[must_use]
    pub fn scaled(&self, rows: Rows<'_>, row: usize) -> Option<f64> {
        self.transformed(rows, row).map(|v| self.scale(v))
    }

    /// The raw value transformed; `None` when missing.
    #[must_use]
    pub fn transformed(&self, rows: Rows<'_>, row: usize) -> Option<f64> {
        self.transformed_of(rows.at(row)?)
    }

    /// The raw value of a row, transformed; `None` when missing.
    #[must_use]
    pub fn transformed_of(&self, row: RowRef<'_>) -> Option<f64> {
        row.raw(self.feature).map(|raw| transformed(self.info.transform, raw))
    }

    /// A transformed value centred and scaled.
    #[must_use]
    pub fn scale(&self, transformed: f64) -> f64 {
        ((transformed - self.center) / self.scale).clamp(-LARGEST, LARGEST)
    }
}

/// The chosen features with their scales.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scaler {
    /// In catalogue order.
    pub columns: Vec<Column>,
}

impl Scaler {
    /// Learns centres and scales from the rows named by `fit`. Missing values take no part.
    #[must_use]
    pub fn fit(rows: Rows<'_>, fit: &[usize], features: &[(usize, FeatureInfo)], scaling: Scaling) -> Self {
        let columns = features.iter().map(|(feature, info)| {
            let feature = *feature;
            let values =
                fit.iter().filter_map(|&r| rows.raw(r, feature)).map(|v| transformed(info.transform, v)).collect();
            let (center, scale) = center_and_scale(values, scaling);
            Column { feature, info: info.clone(), center, scale }
        });
        Self { columns: columns.collect() }
    }

    /// The features as they are scaled, for the report.
    #[must_use]
    pub fn summaries(&self) -> Vec<FeatureSummary> {
        let summary = |c: &Column| FeatureSummary {
            name: c.info.name.clone(),
            unit: c.info.unit,
            transform: c.info.transform.name(),
            center: c.center,
            scale: c.scale,
        };
        self.columns.iter().map(summary).collect()
    }
}

/// Centre and scale of transformed values; the scale is 1 where they are all one.
pub(crate) fn center_and_scale(mut values: Vec<f64>, scaling: Scaling) -> (f64, f64) {
    let (center, scale) = match scaling {
        Scaling::Standard => mean_and_std(&values),
        Scaling::Robust => median_and_iqr(&mut values),
    };
    (center, if scale > SMALLEST_SCALE { scale } else { 1.0 })
}

pub(crate) fn transformed(transform: Transform, raw: f64) -> f64 {
    transform.apply(raw).clamp(-LARGEST_VALUE, LARGEST_VALUE)
}

fn mean_and_std(values: &[f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 1.0);
    }
    let n = float(count(values.len()));
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

/// Median and interquartile range / 1.349; the standard deviation where half of the values are one.
fn median_and_iqr(values: &mut [f64]) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let at = |q: usize| values.get((values.len().saturating_sub(1)) * q / 4).copied();
    let (Some(q1), Some(median), Some(q3)) = (at(1), at(2), at(3)) else { return (0.0, 1.0) };
    let scale = (q3 - q1) / NORMAL_IQR;
    (median, if scale > SMALLEST_SCALE { scale } else { mean_and_std(values).1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_columns_and_empty_ones_have_a_scale() {
        assert_eq!(mean_and_std(&[]), (0.0, 1.0));
        assert_eq!(mean_and_std(&[3.0; 9]), (3.0, 0.0));
        assert_eq!(median_and_iqr(&mut []), (0.0, 1.0));
        assert_eq!(median_and_iqr(&mut [1.0, 2.0, 3.0, 4.0, 5.0]), (3.0, 2.0 / NORMAL_IQR));
        let (center, scale) = median_and_iqr(&mut [0.0, 0.0, 0.0, 0.0, 1.0]);
        assert!(center == 0.0 && scale > 0.3);
    }
}
