//! HBOS: a row is strange where few fitted rows have its value, feature by feature.
//!
//! **Source** Goldstein and Dengel 2012, with histograms of equal widths. Every feature adds ln of how many times emptier
//! the row's bin is than the feature's fullest; beyond all fitted rows a bin is empty. Half a row is added to every bin.

use ndarray::ArrayView2;

use super::Detector;
use super::matrix::no_rows;
use crate::error::Result;
use crate::units::{count, float};

/// Bins a feature.
const BINS: usize = 10;
/// Rows that every bin has beside its own.
const BESIDE: f64 = 0.5;
/// A feature whose values span less than this is constant.
const SMALLEST_SPAN: f64 = 1e-9;

/// One feature's histogram.
#[derive(Debug, Clone, PartialEq)]
struct Bins {
    low: f64,
    span: f64,
    /// ln of how many times emptier than the fullest.
    penalties: [f64; BINS],
    /// That of a value beyond the histogram.
    beyond: f64,
}

/// HBOS.
#[derive(Debug, Default)]
pub(super) struct Histograms {
    features: Vec<Bins>,
}

impl Bins {
    fn fit(values: impl Iterator<Item = f64> + Clone) -> Self {
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let span = values.clone().fold(f64::NEG_INFINITY, f64::max) - low;
        let mut bins = Self { low, span, penalties: [0.0; BINS], beyond: 0.0 };
        let mut rows = [0u64; BINS];
        for value in values {
            if let Some(n) = bins.bin(value).and_then(|bin| rows.get_mut(bin)) {
                *n += 1;
            }
        }
        let density = |n: u64| float(n) + BESIDE;
        let fullest = density(rows.iter().copied().max().unwrap_or(0));
        for (penalty, n) in bins.penalties.iter_mut().zip(rows) {
            *penalty = libm::log(fullest / density(n));
        }
        bins.beyond = libm::log(fullest / density(0));
        bins
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to BINS
    fn bin(&self, value: f64) -> Option<usize> {
        let at = (value - self.low) / self.span.max(SMALLEST_SPAN);
        (0.0..=1.0).contains(&at).then(|| ((at * float(count(BINS))) as usize).min(BINS - 1))
    }

    fn penalty(&self, value: f64) -> f64 {
        self.bin(value).and_then(|bin| self.penalties.get(bin)).copied().unwrap_or(self.beyond)
    }
}

impl Detector for Histograms {
    fn name(&self) -> &'static str {
        "hbos"
    }

    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        no_rows(rows)?;
        self.features = rows.columns().into_iter().map(|column| Bins::fit(column.iter().copied())).collect();
        Ok(())
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn score(&self, row: &[f64]) -> f64 {
        self.features.iter().zip(row).map(|(bins, value)| bins.penalty(*value)).sum()
    }

    fn reason(&self, row: &[f64]) -> Vec<f64> {
        self.features.iter().zip(row).map(|(bins, value)| bins.penalty(*value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn empty_bins_cost_and_the_fullest_is_free() {
        // 9 rows at 0, one at 10: the bins hold 9, nothing, 1.
        let rows = Array2::from_shape_fn((10, 2), |(i, j)| if i == 9 && j == 0 { 10.0 } else { 0.0 });
        let mut hbos = Histograms::default();
        hbos.fit(rows.view()).unwrap();
        let cost = |rows: f64| libm::log(9.5 / (rows + 0.5));
        for (value, expected) in [(0.0, 0.0), (10.0, cost(1.0)), (5.0, cost(0.0)), (-3.0, cost(0.0)), (11.0, cost(0.0))]
        {
            assert!((hbos.score(&[value, 0.0]) - expected).abs() < 1e-12, "{value}");
        }
        // a constant feature: any other value is beyond it
        assert!((hbos.score(&[0.0, 1.0]) - libm::log(10.5 / 0.5)).abs() < 1e-12);
        assert_eq!(hbos.reason(&[5.0, 1.0]).iter().sum::<f64>(), hbos.score(&[5.0, 1.0]));
    }
}
