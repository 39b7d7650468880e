//! The two principal components of the fitted rows: the plane of the scatter plot.
//!
//! Computed here and not by a linear algebra crate: those multiply matrices with fused operations where the processor has
//! them and take `hypot` from the platform, so that their last digits differ between machines and in wasm.

use ndarray::{Array2, ArrayView2, Axis};

use crate::units::{count, float};

/// Sweeps over all pairs after which the eigenvectors are taken as they are; ten are plenty for a hundred features.
const SWEEPS: usize = 40;
/// An entry is zero when it is this small beside the diagonal entries of its row and column.
const NEGLIGIBLE: f64 = 1e-15;

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
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
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

fn covariance(rows: ArrayView2<'_, f64>) -> Array2<f64> {
    let (n, d) = rows.dim();
    let mean = rows.mean_axis(Axis(0)).unwrap_or_default();
    let mut sum = Array2::zeros((d, d));
    for row in rows.rows() {
        let centered = &row - &mean;
        for (mut line, x) in sum.rows_mut().into_iter().zip(&centered) {
            line.scaled_add(*x, &centered);
        }
    }
    sum / float(count(n.max(1)))
}

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix, by cyclic Jacobi rotations.
///
/// **Source** Golub and Van Loan, Matrix Computations, 8.5.
#[allow(clippy::indexing_slicing)] // p and q count the matrix's own axes
fn eigen(mut matrix: Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let d = matrix.nrows();
    let mut vectors = Array2::eye(d);
    for _ in 0..SWEEPS {
        let mut is_diagonal = true;
        for p in 0..d {
            for q in p + 1..d {
                let (pp, qq, pq) = (matrix[[p, p]], matrix[[q, q]], matrix[[p, q]]);
                if pq.abs() <= NEGLIGIBLE * (pp.abs() * qq.abs()).sqrt() {
                    continue;
                }
                is_diagonal = false;
                let theta = (qq - pp) / (2.0 * pq);
                let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
                let rotation = Rotation { p, q, cosine, sine: tangent * cosine };
                rotation.turn_columns(&mut matrix);
                rotation.turn_columns(&mut vectors);
                matrix.swap_axes(0, 1);
                rotation.turn_columns(&mut matrix);
                matrix.swap_axes(0, 1);
            }
        }
        if is_diagonal {
            break;
        }
    }
    (matrix.diag().to_vec(), vectors)
}

/// A rotation in the plane of the axes `p` and `q`.
struct Rotation {
    p: usize,
    q: usize,
    cosine: f64,
    sine: f64,
}

impl Rotation {
    #[allow(clippy::indexing_slicing)] // p and q are two of the matrix's columns
    fn turn_columns(&self, matrix: &mut Array2<f64>) {
        for mut row in matrix.rows_mut() {
            let (x, y) = (row[self.p], row[self.q]);
            row[self.p] = self.cosine * x - self.sine * y;
            row[self.q] = self.sine * x + self.cosine * y;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn eigenvectors_solve_their_equation() {
        // A covariance of 30 features made of a few mixed sources: many equal and many tiny eigenvalues.
        let rows = Array2::from_shape_fn((200, 30), |(i, j)| {
            let source = |k: usize| float((i as u64 * (7 + 3 * k as u64)) % 101) / 50.0 - 1.0;
            source(j % 5) * float(1 + j as u64) + source(5) * 0.001
        });
        let matrix = covariance(rows.view());
        let (values, vectors) = eigen(matrix.clone());
        let scale: f64 = matrix.diag().sum();
        for (column, value) in vectors.columns().into_iter().zip(&values) {
            let left = matrix.dot(&column);
            assert!((column.dot(&column) - 1.0).abs() < 1e-12);
            assert!(left.iter().zip(column).all(|(l, v)| (l - v * value).abs() < 1e-12 * scale));
        }
        assert!((values.iter().sum::<f64>() - scale).abs() < 1e-12 * scale);
    }
}
