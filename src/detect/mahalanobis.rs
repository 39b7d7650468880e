//! Mahalanobis distance: how far a row is from the centre, with the spread and the ties of the features taken out.
//!
//! The covariance is shrunken towards a multiple of the identity by Ledoit and Wolf's 2004 share, which needs no choice and
//! can be inverted however few rows there are. It is made robust by fitting twice: the second time without the
//! twentieth of the rows that lay farthest.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use wide::f64x4;

use super::Detector;
use super::matrix::{covariance, dot, inverse, means, no_rows};
use crate::error::{Error, Result};
use crate::sort;
use crate::units::{count, float};

/// Share of the rows that the second fit keeps.
const KEPT: f64 = 0.95;
/// With fewer rows all are kept.
const FEW: usize = 20;
/// A variance that is none.
const SMALLEST: f64 = 1e-12;

/// Centre and inverse covariance.
#[derive(Debug, Default)]
pub(super) struct Mahalanobis {
    /// Whether all rows are known to be good: then all are kept.
    is_all_good: bool,
    center: Vec<f64>,
    /// Row after row.
    inverse: Vec<f64>,
    /// What stands below its diagonal, line after line, each filled up with zeros to whole fours.
    below: Vec<[f64; 4]>,
}

/// The shrunken covariance of the columns.
///
/// **Source** Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices", section 3.3.
fn shrunken(rows: ArrayView2<'_, f64>) -> Array2<f64> {
    let (n, d) = rows.dim();
    let (n, d) = (float(count(n)), float(count(d)));
    let sample = covariance(rows);
    let mu = sample.diag().sum() / d;
    // Squared distance of the sample covariance from the target, and how much of it is chance.
    let size = sample.iter().map(|v| v * v).sum::<f64>() / d;
    let distance = size - mu * mu;
    let mean = rows.mean_axis(Axis(0)).unwrap_or_default();
    let fourth: f64 = rows
        .rows()
        .into_iter()
        .map(|row| {
            let norm: f64 = row.iter().zip(&mean).map(|(v, m)| (v - m) * (v - m)).sum();
            norm * norm
        })
        .sum();
    let chance = ((fourth / n / d - size) / n).clamp(0.0, distance.max(0.0));
    let share = if distance > 0.0 { chance / distance } else { 0.0 };
    let mut shrunken = sample * (1.0 - share);
    shrunken.diag_mut().iter_mut().for_each(|v| *v += share * mu);
    shrunken
}

impl Mahalanobis {
    /// One that keeps all the rows it is fitted on.
    pub(super) fn of_good_rows() -> Self {
        Self { is_all_good: true, ..Self::default() }
    }

    pub(super) fn fit_once(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        let mut covariance = shrunken(rows);
        let typical = covariance.diag().sum() / float(count(covariance.nrows().max(1)));
        // Columns that depend on each other have no inverse: a little of every column's own does no harm.
        let ridge = if typical > SMALLEST { typical * 1e-6 } else { 1.0 };
        covariance.diag_mut().iter_mut().for_each(|v| *v += ridge);
        let inverse = inverse(&covariance);
        let inverse = inverse.ok_or_else(|| Error::Detection("the covariance has no inverse".into()))?;
        self.inverse = inverse.iter().copied().collect();
        let below = |(i, line): (usize, ArrayView1<'_, f64>)| {
            let fours = (0..i.div_ceil(4)).map(move |four| [0, 1, 2, 3].map(|k| four * 4 + k));
            let line = line.to_vec();
            fours.map(move |at| at.map(|j| line.get(j).copied().filter(|_| j < i).unwrap_or(0.0)))
        };
        self.below = inverse.rows().into_iter().enumerate().flat_map(below).collect();
        self.center = means(rows);
        Ok(())
    }

    /// Every feature's part of the squared distance; negative where its ties to others make the row less strange.
    fn parts(&self, row: &[f64]) -> Vec<f64> {
        let off: Vec<f64> = row.iter().zip(&self.center).map(|(v, c)| v - c).collect();
        self.inverse.chunks(off.len().max(1)).zip(&off).map(|(line, x)| x * dot(line, &off)).collect()
    }
}

impl Detector for Mahalanobis {
    fn name(&self) -> &'static str {
        "mahalanobis"
    }

    fn needs_inverse(&self) -> bool {
        true
    }

    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()> {
        no_rows(rows)?;
        self.fit_once(rows)?;
        let n = rows.nrows();
        if n < FEW || self.is_all_good {
            return Ok(());
        }
        let mut order: Vec<(f64, usize)> =
            rows.rows().into_iter().map(|row| self.score(&row.to_vec())).zip(0..).collect();
        sort::by(&mut order, |a, b| a.0.total_cmp(&b.0));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most n
        order.truncate(libm::ceil(float(count(n)) * KEPT) as usize);
        let mut kept: Vec<usize> = order.into_iter().map(|(_, row)| row).collect();
        kept.sort_unstable();
        self.fit_once(rows.select(Axis(0), &kept).view())
    }

    fn score(&self, row: &[f64]) -> f64 {
        self.score_in(row, &mut Vec::new())
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn score_in(&self, row: &[f64], room: &mut Vec<f64>) -> f64 {
        room.clear();
        room.extend(row.iter().zip(&self.center).map(|(v, c)| v - c));
        let n = room.len();
        room.resize(n.next_multiple_of(4), 0.0);
        let (fours, _) = room.as_chunks::<4>();
        let diagonal = self.inverse.iter().step_by(self.center.len() + 1);
        let mut lines = self.below.as_slice();
        let mut sum = 0.0;
        // The matrix is symmetric: each line up to its diagonal.
        for (i, (x, own)) in room.iter().take(n).zip(diagonal).enumerate() {
            let Some((line, rest)) = lines.split_at_checked(i.div_ceil(4)) else { break };
            lines = rest;
            let sums = line.iter().zip(fours).fold(f64x4::ZERO, |sums, (l, x)| sums + f64x4::new(*l) * f64x4::new(*x));
            let [a, b, c, d] = sums.to_array();
            sum += x * (own * x + 2.0 * ((a + b) + (c + d)));
        }
        sum.max(0.0).sqrt()
    }

    fn reason(&self, row: &[f64]) -> Vec<f64> {
        let parts = self.parts(row);
        super::matrix::scaled_to(parts, self.score(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_between_features_count() {
        // y follows x: a row off the line is strange though each value is usual
        let rows = Array2::from_shape_fn((200, 2), |(i, j)| {
            float((i as u64 * 37) % 101) / 10.0 + if j == 1 { float((i as u64 * 11) % 7) / 50.0 } else { 0.0 }
        });
        let mut detector = Mahalanobis::default();
        detector.fit(rows.view()).unwrap();
        let (on, off) = (detector.score(&[9.0, 9.0]), detector.score(&[2.0, 8.0]));
        assert!(off > 5.0 * on, "{on} {off}");
        let reason = detector.reason(&[2.0, 8.0]);
        assert!((reason.iter().sum::<f64>() - off).abs() < 1e-9);
    }

    #[test]
    fn fewer_rows_than_features_and_no_spread_are_no_harm() {
        for rows in [
            Array2::from_shape_fn((3, 6), |(i, j)| float((i * j) as u64)),
            Array2::zeros((1, 4)),
            Array2::ones((50, 2)),
        ] {
            let mut detector = Mahalanobis::default();
            detector.fit(rows.view()).unwrap();
            assert!(detector.score(&vec![3.0; rows.ncols()]).is_finite());
        }
    }
}
