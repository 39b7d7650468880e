//! PCA reconstruction: what the directions in which the fitted rows vary most cannot tell of a row.
//!
//! **Source** Shyu et al. 2003 and the residual subspace of Lakhina, Crovella and Diot 2004. As many principal components
//! are kept as hold nine tenths of the variance; the score is the root mean square of what is left over.

use ndarray::ArrayView2;

use super::Detector;
use super::matrix::{covariance, eigen, means, no_rows};
use crate::error::Result;
use crate::sort;
use crate::units::{count, float};

/// Share of the variance that the components kept hold.
const KEPT: f64 = 0.9;

/// The centre and the components kept, one a row.
#[derive(Debug, Default)]
pub(super) struct Residual {
    center: Vec<f64>,
    /// One after the other.
    components: Vec<f64>,
}

impl Residual {
    /// What is left of each feature.
    fn rest(&self, row: &[f64]) -> Vec<f64> {
        let off: Vec<f64> = row.iter().zip(&self.center).map(|(v, c)| v - c).collect();
        let mut rest = off.clone();
        for component in self.components.chunks(off.len().max(1)) {
            let along: f64 = component.iter().zip(&off).map(|(a, b)| a * b).sum();
            rest.iter_mut().zip(component).for_each(|(r, a)| *r -= along * a);
        }
        rest
    }
}

impl Detector for Residual {
    fn name(&self) -> &'static str {
        "pca"
    }

    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        no_rows(rows)?;
        self.center = means(rows);
        let covariance = covariance(rows);
        let total: f64 = covariance.diag().sum();
        let (values, vectors) = eigen(covariance);
        let mut order: Vec<(usize, f64)> = values.into_iter().enumerate().collect();
        sort::by(&mut order, |a, b| b.1.total_cmp(&a.1));
        let mut held = 0.0;
        let mut kept = Vec::new();
        for (column, value) in order {
            if held >= KEPT * total || value <= 0.0 {
                break;
            }
            held += value;
            kept.push(column);
        }
        self.components = vectors.select(ndarray::Axis(1), &kept).t().iter().copied().collect();
        Ok(())
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn score(&self, row: &[f64]) -> f64 {
        let squares: f64 = self.rest(row).iter().map(|r| r * r).sum();
        (squares / float(count(row.len().max(1)))).sqrt()
    }

    fn reason(&self, row: &[f64]) -> Vec<f64> {
        let squares = self.rest(row).iter().map(|r| r * r).collect();
        super::matrix::scaled_to(squares, self.score(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn rows_in_the_plane_are_rebuilt_and_others_are_not() {
        // two features that go together, one that is free, one that is constant
        let rows = Array2::from_shape_fn((80, 4), |(i, j)| match j {
            0 | 1 => float((i as u64 * 13) % 41),
            2 => float((i as u64 * 29) % 37),
            _ => 1.0,
        });
        let mut pca = Residual::default();
        pca.fit(rows.view()).unwrap();
        assert_eq!(pca.components.len(), 2 * 4);
        assert!(pca.score(&[3.0, 3.0, 30.0, 1.0]) < 1e-9);
        assert!((pca.score(&[3.0, 3.0, 30.0, 5.0]) - 2.0).abs() < 1e-9);
        let reason = pca.reason(&[3.0, 9.0, 30.0, 5.0]);
        assert!((reason.iter().sum::<f64>() - pca.score(&[3.0, 9.0, 30.0, 5.0])).abs() < 1e-9);
        assert!(reason[3] > 0.0 && reason[2] < 1e-9);
    }
}
