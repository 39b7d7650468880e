//! The detectors against scikit-learn's on the same rows (`tests/golden/detectors/make.py` writes those).

use ndarray::Array2;
use serde_json::Value;

use super::Detector;
use super::forest::{Forest, SUBSAMPLE};
use super::kmeans::KMeansDetector;
use super::mahalanobis::Mahalanobis;
use super::residual::Residual;
use crate::units::{count, float};

fn expected() -> Value {
    serde_json::from_str(include_str!("../../tests/golden/detectors/expected.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn rows(expected: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = expected["rows"].as_array().unwrap().iter().map(numbers).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn scores(detector: &impl Detector, rows: &Array2<f64>) -> Vec<f64> {
    rows.rows().into_iter().map(|row| detector.score(&row.to_vec())).collect()
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, row) in order.into_iter().enumerate() {
        ranks[row] = float(count(rank));
    }
    ranks
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = float(count(a.len()));
    let (ma, mb) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let product =
        |x: &[f64], mx: f64, y: &[f64], my: f64| x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>();
    product(a, ma, b, mb) / (product(a, ma, a, ma) * product(b, mb, b, mb)).sqrt()
}

#[test]
fn kmeans_has_the_inertia_of_scikit_learn() {
    let expected = expected();
    let mut kmeans = KMeansDetector::new(3, 42);
    kmeans.fit(rows(&expected).view()).unwrap();
    let theirs = expected["kmeans_inertia"].as_f64().unwrap();
    assert!((kmeans.inertia() / theirs - 1.0).abs() < 0.01, "{} {theirs}", kmeans.inertia());
}

#[test]
fn isolation_forests_rank_as_scikit_learn_s() {
    let expected = expected();
    let rows = rows(&expected);
    let mut forest = Forest::new(400, SUBSAMPLE, 42);
    forest.fit(rows.view()).unwrap();
    let (ours, theirs) = (scores(&forest, &rows), numbers(&expected["isolation_forest"]));
    let ranked = correlation(&ranks(&ours), &ranks(&theirs));
    assert!(ranked >= 0.98, "rank correlation {ranked}");
    let largest = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(largest < 0.05, "largest difference {largest}");
}

#[test]
fn mahalanobis_distances_are_scikit_learn_s_on_the_rows_kept() {
    let expected = expected();
    let rows = rows(&expected);
    let mut detector = Mahalanobis::default();
    detector.fit_once(rows.view()).unwrap();
    for (ours, theirs) in scores(&detector, &rows).iter().zip(numbers(&expected["mahalanobis"])) {
        // the ridge of a millionth is ours
        assert!((ours / theirs - 1.0).abs() < 1e-4, "{ours} {theirs}");
    }
}

#[test]
fn what_principal_components_leave_is_scikit_learn_s() {
    let expected = expected();
    let rows = rows(&expected);
    let mut detector = Residual::default();
    detector.fit(rows.view()).unwrap();
    for (ours, theirs) in scores(&detector, &rows).iter().zip(numbers(&expected["pca_residual"])) {
        assert!((ours - theirs).abs() < 1e-6, "{ours} {theirs}");
    }
}
