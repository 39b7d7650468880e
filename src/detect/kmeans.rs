//! KMeans by linfa: fixed seed, clusters in order of size.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::KMeans;
use linfa_nn::distance::L2Dist;
use ndarray::{Array2, ArrayView2};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::{Detector, Nearest};
use crate::error::{Error, Result};

/// Random starts; the one with the smallest inertia is kept.
const RUNS: usize = 4;
/// Iterations after which a start is taken as it is.
const MAX_ITERATIONS: u64 = 100;
/// Movement of the centroids below which a start has converged.
const TOLERANCE: f64 = 1e-3;

/// KMeans, k clusters.
#[derive(Debug)]
pub(super) struct KMeansDetector {
    k: usize,
    seed: u32,
    centroids: Array2<f64>,
    inertia: f64,
}

impl KMeansDetector {
    pub(super) fn new(k: usize, seed: u32) -> Self {
        Self { k, seed, centroids: Array2::zeros((0, 0)), inertia: 0.0 }
    }

    /// Clusters that have members: at most k.
    pub(super) fn clusters(&self) -> usize {
        self.centroids.nrows()
    }

    /// Mean squared distance of the fitted rows to their centroids.
    pub(super) fn inertia(&self) -> f64 {
        self.inertia
    }

    pub(super) fn centroid(&self, id: usize) -> Vec<f64> {
        self.centroids.rows().into_iter().nth(id).map(|row| row.to_vec()).unwrap_or_default()
    }
}

impl Detector for KMeansDetector {
    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        let (n, d) = rows.dim();
        // linfa panics on these
        if n == 0 || d == 0 || rows.iter().any(|v| !v.is_finite()) {
            return Err(Error::Detection(format!("{n} rows of {d} features cannot be clustered")));
        }
        let rng = Xoshiro256Plus::seed_from_u64(u64::from(self.seed));
        let data = DatasetBase::from(rows.to_owned());
        let model = KMeans::params_with(self.k.clamp(1, n), rng, L2Dist)
            .n_runs(RUNS)
            .max_n_iterations(MAX_ITERATIONS)
            .tolerance(TOLERANCE)
            .fit(&data)
            .map_err(|e| Error::Detection(e.to_string()))?;
        self.inertia = model.inertia();
        self.centroids = model.centroids().clone();
        self.order_by_size(rows);
        Ok(())
    }

    fn score(&self, row: &[Option<f64>]) -> Nearest {
        let features = crate::units::float(crate::units::count(row.len().max(1)));
        let mut best = Nearest { cluster: 0, distance: f64::INFINITY };
        for (cluster, centroid) in self.centroids.rows().into_iter().enumerate() {
            let sum: f64 = row.iter().zip(centroid).map(|(v, c)| v.map_or(0.0, |v| (v - c) * (v - c))).sum();
            if sum < best.distance {
                best = Nearest { cluster, distance: sum };
            }
        }
        best.distance = (best.distance / features).sqrt();
        best
    }
}

impl KMeansDetector {
    /// Puts the largest cluster first and drops empty ones: ids then mean something, and do not depend on the start.
    fn order_by_size(&mut self, rows: ArrayView2<'_, f64>) {
        let mut sizes = vec![0usize; self.centroids.nrows()];
        for row in rows.rows() {
            let values: Vec<_> = row.iter().map(|v| Some(*v)).collect();
            if let Some(size) = sizes.get_mut(self.score(&values).cluster) {
                *size += 1;
            }
        }
        let mut order: Vec<usize> = (0..sizes.len()).filter(|&c| sizes.get(c).is_some_and(|s| *s > 0)).collect();
        order.sort_by_key(|&c| std::cmp::Reverse(sizes.get(c).copied()));
        self.centroids = self.centroids.select(ndarray::Axis(0), &order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs() -> Array2<f64> {
        Array2::from_shape_fn((90, 2), |(i, j)| {
            let center = if i < 60 { 0.0 } else { 10.0 };
            center + crate::units::float(((i * 7 + j * 3) % 5) as u64) / 10.0
        })
    }

    #[test]
    fn finds_two_blobs_whatever_the_seed_and_names_the_larger_first() {
        for seed in [1, 42, 7] {
            let mut kmeans = KMeansDetector::new(2, seed);
            kmeans.fit(blobs().view()).unwrap();
            assert_eq!(kmeans.score(&[Some(0.1), Some(0.1)]).cluster, 0);
            let far = kmeans.score(&[Some(10.0), None]);
            assert!(far.cluster == 1 && far.distance < 0.5);
        }
    }

    #[test]
    fn refuses_what_linfa_panics_on() {
        let mut kmeans = KMeansDetector::new(2, 1);
        assert!(kmeans.fit(Array2::zeros((0, 3)).view()).is_err());
        assert!(kmeans.fit(Array2::zeros((3, 0)).view()).is_err());
        assert!(kmeans.fit(Array2::from_elem((3, 2), f64::INFINITY).view()).is_err());
        assert!(kmeans.fit(Array2::from_elem((3, 2), f64::NAN).view()).is_err());
    }

    #[test]
    fn more_clusters_than_rows_or_identical_rows_are_no_harm() {
        for n in 1..6 {
            let mut kmeans = KMeansDetector::new(5, 1);
            kmeans.fit(Array2::zeros((n, 2)).view()).unwrap();
            assert_eq!(kmeans.clusters(), 1);
        }
    }
}
