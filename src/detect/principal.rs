//! The two principal components of the fitted rows: the plane of the scatter plot.

use ndarray::ArrayView2;

use super::matrix::{covariance, eigen};

use crate::sort;

/// The plane.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Principal {
    pub(super) components: [Vec<f64>; 2],
    /// Share of the variance on each, 0-1.
    pub(super) explained: [f64; 2],
}

impl Principal {
    /// Eigenvectors of the covariance with the two largest eigenvalues. Each points where its largest entry is positive.
    pub(super) fn fit(rows: ArrayView2<'_, f64>) -> Self {
        let covariance = covariance(rows);
        let total: f64 = covariance.diag().sum();
        let (values, vectors) = eigen(covariance);
        let mut order: Vec<(usize, f64)> = values.into_iter().enumerate().collect();
        sort::by(&mut order, |a, b| b.1.total_cmp(&a.1));
        let component = |i: usize| -> Vec<f64> {
            let Some(&(column, _)) = order.get(i) else { return vec![0.0; rows.ncols()] };
            let column = vectors.column(column);
            let largest = column.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            let sign = if largest < 0.0 { -1.0 } else { 1.0 };
            column.iter().map(|v| v * sign).collect()
        };
        let share = |i: usize| {
            let value = order.get(i).map_or(0.0, |(_, value)| *value);
            if total > 0.0 { (value / total).clamp(0.0, 1.0) } else { 0.0 }
        };
        Self { components: [component(0), component(1)], explained: [share(0), share(1)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::float;
    use ndarray::Array2;

    #[test]
    fn finds_the_long_axis() {
        let rows = Array2::from_shape_fn((50, 3), |(i, j)| float(i as u64) * [2.0, 1.0, 0.0][j]);
        let p = Principal::fit(rows.view());
        assert!((p.explained[0] - 1.0).abs() < 1e-9);
        assert!((p.components[0][0] - 2.0 / 5f64.sqrt()).abs() < 1e-9);
        assert!((p.components[0][1] - 1.0 / 5f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn one_feature_or_no_spread_still_gives_a_plane() {
        let one = Array2::from_shape_fn((5, 1), |(i, _)| float(i as u64));
        let p = Principal::fit(one.view());
        assert_eq!(p.components[1], [0.0]);
        let flat = Principal::fit(Array2::<f64>::zeros((5, 2)).view());
        assert_eq!(flat.explained, [0.0, 0.0]);
    }
}
