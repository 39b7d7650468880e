//! Robust z: how many median absolute deviations a row is off the median, feature by feature.
//!
//! **Source** Iglewicz and Hoaglin 1993. Where half of the rows have one value, the mean absolute deviation stands in, as
//! they say. The score is the root mean square over the features.

use ndarray::ArrayView2;

use super::Detector;
use super::matrix::no_rows;
use crate::error::Result;
use crate::units::{count, float};

/// Make the median and the mean absolute deviation equal to sigma on normal data.
const MEDIAN_TO_SIGMA: f64 = 1.4826;
const MEAN_TO_SIGMA: f64 = 1.253_314;
/// A spread below this is none: the feature is constant.
const SMALLEST: f64 = 1e-6;
/// One feature counts for at most this many deviations.
const LARGEST: f64 = 10.0;

/// Median and spread of each feature.
#[derive(Debug, Default)]
pub(super) struct RobustZ {
    features: Vec<(f64, f64)>,
}

fn middle(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let (below, above) = (values.get(values.len().saturating_sub(1) / 2), values.get(values.len() / 2));
    below.zip(above).map_or(0.0, |(a, b)| (a + b) / 2.0)
}

fn median_and_spread(mut values: Vec<f64>) -> (f64, f64) {
    let median = middle(&mut values);
    let mut deviations: Vec<f64> = values.iter().map(|v| (v - median).abs()).collect();
    let mean = deviations.iter().sum::<f64>() / float(count(deviations.len().max(1)));
    let spreads = [middle(&mut deviations) * MEDIAN_TO_SIGMA, mean * MEAN_TO_SIGMA];
    (median, spreads.into_iter().find(|s| *s > SMALLEST).unwrap_or(1.0))
}

impl RobustZ {
    /// Squared deviations over the number of features.
    fn squares<'a>(&'a self, row: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let n = float(count(self.features.len().max(1)));
        self.features.iter().zip(row).map(move |((median, spread), value)| {
            let z = ((value - median) / spread).abs().min(LARGEST);
            z * z / n
        })
    }
}

impl Detector for RobustZ {
    fn name(&self) -> &'static str {
        "robust-z"
    }

    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        no_rows(rows)?;
        self.features = rows.columns().into_iter().map(|column| median_and_spread(column.to_vec())).collect();
        Ok(())
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn score(&self, row: &[f64]) -> f64 {
        self.squares(row).sum::<f64>().sqrt()
    }

    fn reason(&self, row: &[f64]) -> Vec<f64> {
        super::matrix::scaled_to(self.squares(row).collect(), self.score(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_are_those_of_the_median_and_where_there_is_none_of_the_mean() {
        assert_eq!(median_and_spread(vec![5.0, 1.0, 2.0, 4.0, 3.0]), (3.0, 1.4826));
        let (median, spread) = median_and_spread(vec![0.0, 0.0, 0.0, 4.0]);
        assert!(median == 0.0 && (spread - 1.253_314).abs() < 1e-12);
        assert_eq!(median_and_spread(vec![7.0; 3]), (7.0, 1.0));
    }

    #[test]
    fn one_wild_feature_is_held_and_the_reason_adds_up() {
        let rows = ndarray::Array2::from_shape_fn((5, 2), |(i, _)| float(i as u64));
        let mut z = RobustZ::default();
        z.fit(rows.view()).unwrap();
        assert!((z.score(&[2.0, 2.0 + 1.4826]) - 0.5f64.sqrt()).abs() < 1e-12);
        assert!((z.score(&[2.0, 1e9]) - 50f64.sqrt()).abs() < 1e-12);
        let reason = z.reason(&[3.0, 9.0]);
        assert!((reason.iter().sum::<f64>() - z.score(&[3.0, 9.0])).abs() < 1e-12 && reason[1] > reason[0]);
    }
}
