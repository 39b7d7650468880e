//! Euclidean distance for linfa, over slices: its own walks two views of any layout element by element.

use linfa_nn::distance::{Distance, L2Dist};
use ndarray::{ArrayView, Dimension};

use super::matrix::squared_distance;

/// Euclidean distance of rows without missing values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Euclidean;

impl Distance<f64> for Euclidean {
    fn distance<D: Dimension>(&self, a: ArrayView<'_, f64, D>, b: ArrayView<'_, f64, D>) -> f64 {
        self.rdistance(a, b).sqrt()
    }

    #[inline]
    fn rdistance<D: Dimension>(&self, a: ArrayView<'_, f64, D>, b: ArrayView<'_, f64, D>) -> f64 {
        match (a.as_slice(), b.as_slice()) {
            (Some(a), Some(b)) => squared_distance(a, b),
            _ => L2Dist.rdistance(a, b),
        }
    }

    #[inline]
    fn rdist_to_dist(&self, rdist: f64) -> f64 {
        rdist.sqrt()
    }

    #[inline]
    fn dist_to_rdist(&self, dist: f64) -> f64 {
        dist * dist
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn is_linfas_whatever_the_layout() {
        let a = Array2::from_shape_fn((7, 7), |(i, j)| ((i * 5 + j * 3) % 11) as f64 / 3.0);
        let b = a.mapv(|v| v * v - 1.0);
        for (x, y) in a.rows().into_iter().zip(b.rows()).chain(a.columns().into_iter().zip(b.rows())) {
            assert!((Euclidean.rdistance(x, y) - L2Dist.rdistance(x, y)).abs() < 1e-9);
            assert!((Euclidean.distance(x, y) - L2Dist.distance(x, y)).abs() < 1e-9);
        }
        assert!((Euclidean.distance(a.view(), b.view()) - L2Dist.distance(a.view(), b.view())).abs() < 1e-9);
        assert_eq!(Euclidean.rdist_to_dist(Euclidean.dist_to_rdist(3.0)), 3.0);
    }
}
