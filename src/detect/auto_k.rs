//! The number of clusters, where the user gives none: the k with the largest mean silhouette on a sample.
//!
//! Source: Rousseeuw 1987. Of all k whose silhouette is within a hundredth of the best, the smallest is taken.
//!
//! Hosts are few, and the strangest of few rows would be the centroid of a cluster of its own, at distance 0 from itself.
//! So of hosts only such k count whose clusters each have a few members; where there is none, all hosts are one cluster.

use ndarray::{ArrayView2, Axis};
use rayon::prelude::*;

use super::Detector;
use super::kmeans::KMeansDetector;
use super::matrix::squared_distance;
use crate::error::Result;
use crate::report::Candidate;
use crate::settings::{Settings, Unit};
use crate::units::{count, float};

/// Rows the silhouette is computed on: it needs all their distances to each other.
const SAMPLE: usize = 500;
/// Random starts of a candidate: it only has to be told from the others.
const RUNS: usize = 2;
/// Candidates.
const SMALLEST: usize = 2;
const LARGEST: usize = 10;
/// A larger k must be better by this much.
const MARGIN: f64 = 0.01;
/// Hosts that a kind of host has at least, where the small-cluster rule does not take them for strange.
const KIND_OF_HOST: usize = 5;

/// The number of clusters and, when it was chosen here, the candidates.
pub(super) fn choose(rows: ArrayView2<'_, f64>, settings: &Settings) -> Result<(usize, Vec<Candidate>)> {
    if let Some(k) = settings.k {
        return Ok((usize::try_from(k).unwrap_or(usize::MAX), Vec::new()));
    }
    // Fitting rows come in random order: any stride is a sample.
    let step = rows.nrows().div_ceil(SAMPLE).max(1);
    let picked: Vec<usize> = (0..rows.nrows()).step_by(step).collect();
    let sample = rows.select(Axis(0), &picked);
    let n = sample.nrows();
    if n < 2 * SMALLEST {
        return Ok((1, Vec::new()));
    }
    let distances = pairwise(sample.view());
    let candidate = |k: usize| -> Result<Option<Candidate>> {
        let mut kmeans = KMeansDetector::new(k, settings.seed).with_runs(RUNS);
        kmeans.fit(sample.view())?;
        let members: Vec<usize> = sample.rows().into_iter().map(|r| kmeans.nearest(&r.to_vec()).cluster).collect();
        if settings.unit == Unit::Host && has_lone_few(&members, kmeans.clusters(), settings.small_cluster) {
            return Ok(None);
        }
        let silhouette = silhouette(&distances, &members, kmeans.clusters());
        Ok(Some(Candidate { k: u32::try_from(k).unwrap_or(u32::MAX), silhouette }))
    };
    // Collected first: of several errors the first one is told.
    let tried: Vec<Result<Option<Candidate>>> =
        (SMALLEST..=LARGEST.min(n / 2)).into_par_iter().map(candidate).collect();
    let candidates: Vec<Candidate> = tried.into_iter().filter_map(Result::transpose).collect::<Result<_>>()?;
    let best = candidates.iter().map(|c| c.silhouette).fold(f64::NEG_INFINITY, f64::max);
    let chosen = candidates.iter().find(|c| c.silhouette >= best - MARGIN).map_or(1, |c| c.k);
    Ok((usize::try_from(chosen).unwrap_or(1), candidates))
}

/// Whether a cluster has too few members to be a kind of row, and too many for the small-cluster rule.
fn has_lone_few(members: &[usize], clusters: usize, small: f64) -> bool {
    let limit = small * float(count(members.len()));
    let size = |cluster| members.iter().filter(|m| **m == cluster).count();
    (0..clusters).map(size).any(|size| size < KIND_OF_HOST && float(count(size)) >= limit)
}

fn pairwise(rows: ArrayView2<'_, f64>) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = rows.rows().into_iter().map(|row| row.to_vec()).collect();
    let mut distances = vec![vec![0.0; rows.len()]; rows.len()];
    for (i, a) in rows.iter().enumerate() {
        for (j, b) in rows.iter().enumerate().take(i) {
            let distance = squared_distance(a, b).sqrt();
            for (from, to) in [(i, j), (j, i)] {
                if let Some(cell) = distances.get_mut(from).and_then(|line| line.get_mut(to)) {
                    *cell = distance;
                }
            }
        }
    }
    distances
}

/// Mean silhouette, -1 to 1; 0 for members of clusters of one, and when there is one cluster only.
fn silhouette(distances: &[Vec<f64>], members: &[usize], clusters: usize) -> f64 {
    if clusters < 2 {
        return 0.0;
    }
    let mut sizes = vec![0u64; clusters];
    for &m in members {
        if let Some(size) = sizes.get_mut(m) {
            *size += 1;
        }
    }
    let mut total = 0.0;
    for (row, &own) in distances.iter().zip(members) {
        let mut sums = vec![0.0; clusters];
        for (d, &m) in row.iter().zip(members) {
            if let Some(sum) = sums.get_mut(m) {
                *sum += d;
            }
        }
        let own_size = sizes.get(own).copied().unwrap_or(1);
        if own_size < 2 {
            continue;
        }
        let inside = sums.get(own).copied().unwrap_or(0.0) / float(own_size - 1);
        let others = sums.iter().zip(&sizes).enumerate().filter(|(c, (_, size))| *c != own && **size > 0);
        let outside = others.map(|(_, (sum, size))| sum / float(*size)).fold(f64::INFINITY, f64::min);
        let larger = inside.max(outside);
        if larger > 0.0 && larger.is_finite() {
            total += (outside - inside) / larger;
        }
    }
    total / float(count(members.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// `k` tight blobs far apart.
    fn blobs(k: usize) -> Array2<f64> {
        Array2::from_shape_fn((k * 30, 3), |(i, j)| {
            let corner = if (i % k) >> j & 1 == 1 { 20.0 } else { 0.0 };
            corner + float(((i / k * 7 + j * 5) % 11) as u64) / 20.0
        })
    }

    #[test]
    fn finds_the_number_of_blobs() {
        for k in 2..=8 {
            let (chosen, candidates) = choose(blobs(k).view(), &Settings::default()).unwrap();
            assert_eq!(chosen, k);
            assert_eq!(candidates.len(), 9);
            assert!(candidates.iter().all(|c| (-1.0..=1.0).contains(&c.silhouette)));
        }
    }

    #[test]
    fn silhouette_equals_a_hand_computed_one() {
        // points 0, 1 | 10 on a line: (10-1)/10, (9-1)/9, 0 for the cluster of one
        let distances = vec![vec![0.0, 1.0, 10.0], vec![1.0, 0.0, 9.0], vec![10.0, 9.0, 0.0]];
        let expected = (9.0 / 10.0 + 8.0 / 9.0) / 3.0;
        assert!((silhouette(&distances, &[0, 0, 1], 2) - expected).abs() < 1e-12);
    }

    #[test]
    fn a_lone_host_is_no_kind_of_host() {
        // Nineteen alike and one far away.
        let rows =
            Array2::from_shape_fn(
                (20, 2),
                |(i, j)| {
                    if i == 7 { 50.0 } else { float(((i * 7 + j * 5) % 11) as u64) / 20.0 }
                },
            );
        let flows = choose(rows.view(), &Settings::default()).unwrap();
        assert_eq!(flows.0, 2);
        let hosts = Settings { unit: Unit::Host, ..Settings::default() };
        let (k, candidates) = choose(rows.view(), &hosts).unwrap();
        assert_eq!((k, candidates.iter().find(|c| c.k == 2)), (1, None));
        // Kinds with enough members are found.
        assert_eq!(choose(blobs(3).view(), &hosts).unwrap().0, 3);
        // Below the small-cluster share it is strange anyway.
        assert!(!has_lone_few(&[0; 1000], 1, 0.01));
        let mut members = vec![0; 1000];
        members[5] = 1;
        assert!(!has_lone_few(&members, 2, 0.01) && has_lone_few(&members, 2, 0.001));
    }

    #[test]
    fn takes_the_users_k() {
        let settings = Settings { k: Some(4), ..Settings::default() };
        assert_eq!(choose(blobs(2).view(), &settings).unwrap(), (4, Vec::new()));
    }
}
