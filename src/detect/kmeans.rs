//! KMeans by linfa: fixed seed, clusters in order of size.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::KMeans;
use ndarray::{Array2, ArrayView2};
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

use super::euclidean::Euclidean;
use super::matrix::{no_rows, scaled_to, squared_distance};
use super::{Detector, Nearest};
use crate::error::{Error, Result};
use crate::sort;
use crate::units::{count, float};

/// Random starts; the one with the smallest inertia is kept.
const RUNS: usize = 4;
/// Iterations after which a start is taken as it is.
const MAX_ITERATIONS: u64 = 100;
/// Movement of the centroids below which a start has converged.
const TOLERANCE: f64 = 1e-3;
/// A cluster with a spread below this is a point: it is not scaled.
const SMALLEST_SPREAD: f64 = 1e-6;

/// KMeans, k clusters.
#[derive(Debug)]
pub(super) struct KMeansDetector {
    k: usize,
    seed: u32,
    runs: usize,
    centroids: Array2<f64>,
    /// Root mean square distance of each cluster's fitted rows.
    spreads: Vec<f64>,
    inertia: f64,
}

impl KMeansDetector {
    pub(super) fn new(k: usize, seed: u32) -> Self {
        Self { k, seed, runs: RUNS, centroids: Array2::zeros((0, 0)), spreads: Vec::new(), inertia: 0.0 }
    }

    /// With so many random starts.
    pub(super) fn with_runs(self, runs: usize) -> Self {
        Self { runs, ..self }
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
    fn name(&self) -> &'static str {
        "kmeans"
    }

    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        let n = rows.nrows();
        // linfa panics on these
        no_rows(rows)?;
        let rng = Xoshiro256Plus::seed_from_u64(u64::from(self.seed));
        let data = DatasetBase::from(rows.to_owned());
        let model = KMeans::params_with(self.k.clamp(1, n), rng, Euclidean)
            .n_runs(self.runs)
            .max_n_iterations(MAX_ITERATIONS)
            .tolerance(TOLERANCE)
            .fit(&data)
            .map_err(|e| Error::Detection(e.to_string()))?;
        self.inertia = model.inertia();
        self.centroids = model.centroids().clone();
        self.order_by_size(rows);
        self.measure_spreads(rows);
        Ok(())
    }

    /// Distance from the nearest centroid over the spread of its cluster: in a wide cluster far is not yet strange.
    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn score(&self, row: &[f64]) -> f64 {
        let nearest = self.nearest(row);
        nearest.distance / self.spreads.get(nearest.cluster).copied().unwrap_or(1.0)
    }

    fn reason(&self, row: &[f64]) -> Vec<f64> {
        let cluster = self.nearest(row).cluster;
        let squares = row.iter().zip(self.centroid(cluster)).map(|(v, c)| (v - c) * (v - c)).collect();
        scaled_to(squares, self.score(row))
    }
}

impl KMeansDetector {
    /// The nearest centroid; missing features, which are not a number, count as its own.
    pub(super) fn nearest(&self, row: &[f64]) -> Nearest {
        let features = float(count(row.len().max(1)));
        let mut best = Nearest { cluster: 0, distance: f64::INFINITY };
        for (cluster, centroid) in self.centroids.rows().into_iter().enumerate() {
            let sum = squared_distance(row, centroid.to_slice().unwrap_or_default());
            if sum < best.distance {
                best = Nearest { cluster, distance: sum };
            }
        }
        best.distance = (best.distance / features).sqrt();
        best
    }

    /// A cluster's spread is that of its members and, as if it had one more, of all rows: a cluster of one has none of its
    /// own.
    fn measure_spreads(&mut self, rows: ArrayView2<'_, f64>) {
        let mut sums = vec![(0.0, 0.0); self.centroids.nrows()];
        let mut all = 0.0;
        for row in rows.rows() {
            let nearest = self.nearest(&row.to_vec());
            let square = nearest.distance * nearest.distance;
            all += square;
            if let Some((sum, n)) = sums.get_mut(nearest.cluster) {
                (*sum, *n) = (*sum + square, *n + 1.0);
            }
        }
        let mean = all / float(count(rows.nrows().max(1)));
        let spread = |(sum, n): (f64, f64)| ((sum + mean) / (n + 1.0)).sqrt();
        self.spreads = sums.into_iter().map(spread).map(|s| if s > SMALLEST_SPREAD { s } else { 1.0 }).collect();
    }

    /// Puts the largest cluster first and drops empty ones: ids then mean something, and do not depend on the start.
    fn order_by_size(&mut self, rows: ArrayView2<'_, f64>) {
        let mut sizes = vec![0usize; self.centroids.nrows()];
        for row in rows.rows() {
            if let Some(size) = sizes.get_mut(self.nearest(&row.to_vec()).cluster) {
                *size += 1;
            }
        }
        let mut order: Vec<usize> = (0..sizes.len()).filter(|&c| sizes.get(c).is_some_and(|s| *s > 0)).collect();
        sort::by_key(&mut order, |&c| std::cmp::Reverse(sizes.get(c).copied()));
        self.centroids = self.centroids.select(ndarray::Axis(0), &order).as_standard_layout().into_owned();
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
            assert_eq!(kmeans.nearest(&[0.1, 0.1]).cluster, 0);
            let far = kmeans.nearest(&[10.0, f64::NAN]);
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
