//! Distance from the centre: the root mean square of a row's standardised features.
//!
//! KMeans with one cluster. The plainest of all, and among the best: with most features strange, nothing hides in a cluster
//! of its like.

use ndarray::ArrayView2;

use super::Detector;
use super::matrix::{means, no_rows, squared_distance};
use crate::error::Result;
use crate::units::{count, float};

/// The mean of the fitted rows.
#[derive(Debug, Default)]
pub(super) struct Center {
    mean: Vec<f64>,
}

impl Center {
    fn squares<'a>(&'a self, row: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let n = float(count(self.mean.len().max(1)));
        self.mean.iter().zip(row).map(move |(m, v)| (v - m) * (v - m) / n)
    }
}

impl Detector for Center {
    fn name(&self) -> &'static str {
        "center"
    }

    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        no_rows(rows)?;
        self.mean = means(rows);
        Ok(())
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn score(&self, row: &[f64]) -> f64 {
        (squared_distance(&self.mean, row) / float(count(self.mean.len().max(1)))).sqrt()
    }

    fn reason(&self, row: &[f64]) -> Vec<f64> {
        super::matrix::scaled_to(self.squares(row).collect(), self.score(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_root_mean_square_from_the_mean() {
        let mut center = Center::default();
        center.fit(ndarray::array![[0.0, 2.0], [2.0, 2.0]].view()).unwrap();
        assert!((center.score(&[4.0, 6.0]) - 12.5f64.sqrt()).abs() < 1e-12);
        let reason = center.reason(&[4.0, 6.0]);
        assert!((reason[0] * 16.0 - reason[1] * 9.0).abs() < 1e-12);
    }
}
