//! Small linear algebra in plain loops, whose last digits are the same on every machine and in wasm.
//!
//! Not by a linear algebra crate: those multiply matrices with fused operations where the processor has them and take
//! `hypot` from the platform.

use ndarray::{Array2, ArrayView2, Axis};
use wide::f64x4;

use crate::error::{Error, Result};
use crate::units::{count, float};

/// Sweeps over all pairs after which the eigenvectors are taken as they are; ten are plenty for a hundred features.
const SWEEPS: usize = 40;
/// An entry is zero when it is this small beside the largest of the diagonal: what is left where columns depend on each
/// other is rounding of that size, which no sweep takes away.
const NEGLIGIBLE: f64 = 1e-15;

/// Refuses what no detector can be fitted on.
pub(super) fn no_rows(rows: ArrayView2<'_, f64>) -> Result<()> {
    let (n, d) = rows.dim();
    if n == 0 || d == 0 || rows.iter().any(|v| !v.is_finite()) {
        return Err(Error::Detection(format!("{n} rows of {d} features cannot be fitted")));
    }
    Ok(())
}

/// Values made to add up to `sum`; all 0 where they add up to nothing.
pub(super) fn scaled_to(mut values: Vec<f64>, sum: f64) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    let factor = if total > 0.0 { sum / total } else { 0.0 };
    values.iter_mut().for_each(|v| *v *= factor);
    values
}

/// Sum of the products of two lists of the same length, in four running sums.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    sum_of(a, b, |x, y| x * y)
}

/// Squared distance; a missing value, which is not a number, is at none.
pub(super) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    sum_of(a, b, |x, y| {
        let off = x - y;
        let known = off.simd_eq(off) & off;
        known * known
    })
}

/// Sum of what is made of two lists' values of the same place, in four running sums: as vectors and one by one the same
/// bits. What is made of two zeros is zero.
#[inline]
fn sum_of(a: &[f64], b: &[f64], of: impl Fn(f64x4, f64x4) -> f64x4) -> f64 {
    let ((fours, rest), (others, other_rest)) = (a.as_chunks(), b.as_chunks());
    let mut sums = f64x4::ZERO;
    for (x, y) in fours.iter().zip(others) {
        sums += of(f64x4::new(*x), f64x4::new(*y));
    }
    let [first, second, third, fourth] = sums.to_array();
    let [mut x, mut y] = [[0.0; 4]; 2];
    for ((x, y), (v, w)) in x.iter_mut().zip(&mut y).zip(rest.iter().zip(other_rest)) {
        (*x, *y) = (*v, *w);
    }
    let rest: f64 = of(f64x4::new(x), f64x4::new(y)).to_array().iter().sum();
    (first + second) + (third + fourth) + rest
}

/// Mean of each column.
pub(super) fn means(rows: ArrayView2<'_, f64>) -> Vec<f64> {
    rows.mean_axis(Axis(0)).map(|m| m.to_vec()).unwrap_or_default()
}

/// Covariance of the columns, divided by the number of rows.
pub(super) fn covariance(rows: ArrayView2<'_, f64>) -> Array2<f64> {
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
pub(super) fn eigen(mut matrix: Array2<f64>) -> (Vec<f64>, Array2<f64>) {
    let d = matrix.nrows();
    let mut vectors = Array2::eye(d);
    let negligible = NEGLIGIBLE * matrix.diag().iter().fold(0.0, |largest: f64, v| largest.max(v.abs()));
    for _ in 0..SWEEPS {
        let mut is_diagonal = true;
        for p in 0..d {
            for q in p + 1..d {
                let (pp, qq, pq) = (matrix[[p, p]], matrix[[q, q]], matrix[[p, q]]);
                if pq.abs() <= negligible {
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

/// The inverse of a symmetric positive definite matrix, by Cholesky's decomposition; `None` where it is not one.
#[allow(clippy::indexing_slicing)] // i, j and k count the matrix's own axes
pub(super) fn inverse(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let d = matrix.nrows();
    let mut lower = Array2::<f64>::zeros((d, d));
    for i in 0..d {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[[i, k]] * lower[[j, k]]).sum();
            let rest = matrix[[i, j]] - known;
            if i == j && !(rest > 0.0 && rest.is_finite()) {
                return None;
            }
            lower[[i, j]] = if i == j { rest.sqrt() } else { rest / lower[[j, j]] };
        }
    }
    // The inverse of the lower triangle, column by column, and of it the product with its transpose.
    let mut solved = Array2::<f64>::zeros((d, d));
    for j in 0..d {
        solved[[j, j]] = 1.0 / lower[[j, j]];
        for i in j + 1..d {
            let known: f64 = (j..i).map(|k| lower[[i, k]] * solved[[k, j]]).sum();
            solved[[i, j]] = -known / lower[[i, i]];
        }
    }
    Some(Array2::from_shape_fn((d, d), |(i, j)| (i.max(j)..d).map(|k| solved[[k, i]] * solved[[k, j]]).sum()))
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn sums_are_those_of_plain_loops() {
        let value = |i: usize| float(i as u64 * 37 % 101) / 7.0 - 5.0;
        for n in 0..11 {
            let (mut a, b): (Vec<f64>, Vec<f64>) = (0..n).map(|i| (value(i), value(3 * i + 1))).unzip();
            let products: f64 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
            assert!((dot(&a, &b) - products).abs() < 1e-9);
            // Every other one is missing.
            a.iter_mut().step_by(2).for_each(|v| *v = f64::NAN);
            let squares = a.iter().zip(&b).map(|(x, y)| (x - y) * (x - y));
            assert!((squared_distance(&a, &b) - squares.filter(|s| !s.is_nan()).sum::<f64>()).abs() < 1e-9);
        }
    }

    #[test]
    fn an_inverse_times_its_matrix_is_one() {
        let rows = Array2::from_shape_fn((60, 8), |(i, j)| float((i as u64 * (5 + 2 * j as u64)) % 23) / 7.0);
        let matrix = covariance(rows.view()) + Array2::<f64>::eye(8) * 0.01;
        let product = matrix.dot(&inverse(&matrix).unwrap());
        assert!(product.indexed_iter().all(|((i, j), v)| (v - if i == j { 1.0 } else { 0.0 }).abs() < 1e-9));
        assert!(inverse(&Array2::zeros((3, 3))).is_none());
        assert!(inverse(&-Array2::<f64>::eye(2)).is_none());
    }

    #[test]
    fn refuses_what_cannot_be_fitted() {
        for bad in [Array2::zeros((0, 3)), Array2::zeros((3, 0)), Array2::from_elem((3, 2), f64::NAN)] {
            assert!(no_rows(bad.view()).is_err());
        }
        assert!(no_rows(Array2::zeros((1, 1)).view()).is_ok());
    }
}
