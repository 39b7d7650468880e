//! Scoring against a baseline: what is normal is learned from a capture known to be good, not from the capture's own rows.
//!
//! All rows of the baseline are normal, so nothing is capped, trimmed or called a small cluster, and rows are scored
//! however few there are. The ensemble then is Mahalanobis distance and distance from the centre with equal weights, over
//! the features that count the flows around a flow: hosts that behave otherwise than before show in these, while flows
//! of other sizes come every day. With the benign twin of three composed days as the baseline, areas under the ROC curve
//! of the detector's own scores are 0.997, 0.997 and 0.991 so; with the ensemble for captures without a baseline they are
//! 0.991, 0.997 and 0.963 (a study with scikit-learn; features and weights were chosen on these days).
//!
//! The score 0.5 lies where one in a hundred of the baseline's own rows is stranger, each scored by a model fitted without
//! it ([`HELD_OUT`] parts in turn): a covariance finds the rows it was made from nearer than others like them.

mod compare;
mod learn;
mod names;

pub use compare::{Found, compare};
pub use learn::learn;

use std::collections::BTreeSet;
use std::sync::Arc;

use ndarray::Array2;

use super::model::{self, Model};
use super::threshold::quantile;
use super::{Detected, Nearest, clusters, decide, score_all};
use crate::error::{Error, Result};
use crate::features::{Column, FeatureInfo, Rows, Scaler, catalogue, center_and_scale, choose, is_of_context};
use crate::report::{Baseline, Model as Fitted};
use crate::settings::{DetectorChoice, Settings};
use crate::units::count;

/// Parts that the baseline's rows are held out in.
const HELD_OUT: usize = 5;
/// Share of the baseline's held-out rows that has scores below 0.5.
const USUAL: f64 = 0.99;
/// A scale of distances that is none.
const SMALLEST_SCALE: f64 = 1e-6;
/// Steps of a transformed value that count as the same.
const STEPS_PER_UNIT: f64 = 8.0;
/// Missing features named in an error.
const NAMED: usize = 5;

/// Transformed values of a row.
type Values = Vec<Option<f64>>;

/// Scores the rows `scored` by what the baseline holds.
///
/// **Errors** `Baseline` where it is of another unit or lacks a feature; `Detection` when the numbers cannot be fitted.
pub(super) fn score(
    rows: Rows<'_>,
    scored: &[usize],
    features: &[(usize, FeatureInfo)],
    settings: &Settings,
    baseline: &Baseline,
    mut detected: Detected,
) -> Result<Detected> {
    check(baseline, settings)?;
    let good = rows_of(baseline, features)?;
    if scored.is_empty() || features.is_empty() {
        return Ok(detected);
    }
    let scaler = scaler(&good, features, settings);
    let detection = &mut detected.detection;
    detection.is_of_good_rows = true;
    detection.unique_rows = baseline.unique_rows;
    detection.fit_rows = count(good.len());
    detection.features = scaler.summaries();
    let matrix = Array2::from_shape_fn((good.len(), scaler.columns.len()), |(i, j)| {
        let value = good.get(i).and_then(|row| *row.get(j)?);
        value.zip(scaler.columns.get(j)).map_or(0.0, |(v, column)| column.scale(v))
    });
    let kmeans = super::cluster(detection, matrix.view(), settings)?;
    let fitted: Vec<Nearest> = matrix.rows().into_iter().map(|row| kmeans.nearest(&row.to_vec())).collect();
    let k = kmeans.clusters();
    let learned = distinct(&good, &scaler.columns, settings);
    let model = Model::fit_good(&learned, &scaler.columns, k, settings)?;
    detection.members = u8::try_from(model.members()).unwrap_or(u8::MAX);
    detection.fit_distances = held_out(&learned, &scaler.columns, k, settings)?;
    detection.score_scale = quantile(&detection.fit_distances, USUAL).max(SMALLEST_SCALE);
    score_all(&mut detected.verdicts, rows, scored, &scaler, &kmeans, &model);
    detection.model = Fitted(Some(Arc::new(model)));
    let typical = |member: usize, column: usize| {
        let value = good.get(member).and_then(|row| *row.get(column)?)?;
        Some(scaler.columns.get(column)?.info.transform.invert(value))
    };
    detection.clusters = clusters(&fitted, scaler.columns.len(), &kmeans, &detected.verdicts, &typical);
    decide(detection, detected.verdicts.iter_mut(), settings);
    Ok(detected)
}

/// Refuses a baseline that says nothing of the rows of these settings.
///
/// **Errors** `Baseline`.
pub fn check(baseline: &Baseline, settings: &Settings) -> Result<()> {
    let own = settings.unit;
    match baseline.unit() {
        Some(unit) if unit == own => {}
        _ => {
            return Err(Error::Baseline(format!(
                "its rows are {}s, not {}s: make one with the same unit",
                baseline.unit,
                own.name()
            )));
        }
    }
    let catalogue = catalogue(own);
    let chosen = choose(settings, &catalogue)?;
    let features: Vec<_> = chosen.into_iter().filter_map(|i| Some((i, catalogue.get(i)?.clone()))).collect();
    places(baseline, &features).map(drop)
}

/// Where the baseline has these features.
fn places(baseline: &Baseline, features: &[(usize, FeatureInfo)]) -> Result<Vec<usize>> {
    let (mut places, mut lacking) = (Vec::new(), Vec::new());
    for (_, info) in features {
        let is_same = |f: &crate::report::BaselineFeature| f.name == info.name && f.transform == info.transform.name();
        match baseline.features.iter().position(is_same) {
            Some(place) => places.push(place),
            None => lacking.push(info.name.as_ref()),
        }
    }
    if let Some(named) = lacking.get(..lacking.len().min(NAMED)).filter(|named| !named.is_empty()) {
        let more = if lacking.len() > NAMED { " and others" } else { "" };
        return Err(Error::Baseline(format!(
            "it lacks the features {}{more}: make it again with the same features",
            named.join(", ")
        )));
    }
    Ok(places)
}

/// The baseline's rows with just these features, in their order.
fn rows_of(baseline: &Baseline, features: &[(usize, FeatureInfo)]) -> Result<Vec<Values>> {
    let places = places(baseline, features)?;
    let value = |row: &Values, place: &usize| row.get(*place).copied().flatten();
    Ok(baseline.rows.iter().map(|row| places.iter().map(|place| value(row, place)).collect()).collect())
}

fn scaler(good: &[Values], features: &[(usize, FeatureInfo)], settings: &Settings) -> Scaler {
    let columns = features.iter().enumerate().map(|(at, (feature, info))| {
        let values = good.iter().filter_map(|row| row.get(at).copied().flatten()).collect();
        let (center, scale) = center_and_scale(values, settings.scaling);
        Column { feature: *feature, info: info.clone(), center, scale }
    });
    Scaler { columns: columns.collect() }
}

/// The rows that differ in what the ensemble looks at: one behaviour of a host is one row however many flows it has.
fn distinct(good: &[Values], columns: &[Column], settings: &Settings) -> Vec<Values> {
    let is_seen = |c: &Column| settings.detector != DetectorChoice::Ensemble || is_of_context(&c.info.name);
    let seen: Vec<usize> = (0..).zip(columns).filter(|(_, c)| is_seen(c)).map(|(at, _)| at).collect();
    if seen.is_empty() {
        return good.to_vec();
    }
    let mut known = BTreeSet::new();
    let step = |row: &Values, at: &usize| {
        let value = row.get(*at).copied().flatten();
        value.map(|v| ((v * STEPS_PER_UNIT).round() + 0.0).to_bits())
    };
    let mut is_new = |row: &&Values| known.insert(seen.iter().map(|at| step(row, at)).collect::<Vec<_>>());
    let rows: Vec<Values> = good.iter().filter(|row| is_new(row)).cloned().collect();
    if rows.len() < Baseline::MIN_ROWS { good.to_vec() } else { rows }
}

/// Distances of the rows, each by a model fitted on the other parts; ascending.
fn held_out(good: &[Values], columns: &[Column], k: usize, settings: &Settings) -> Result<Vec<f64>> {
    let mut distances = Vec::with_capacity(good.len());
    let mut room = model::Room::default();
    for part in 0..HELD_OUT {
        let (held, rest): (Vec<_>, Vec<_>) = (0..).zip(good).partition(|(i, _)| i % HELD_OUT == part);
        let rest: Vec<Values> = rest.into_iter().map(|(_, row)| row.clone()).collect();
        if held.is_empty() || rest.is_empty() {
            continue;
        }
        let model = Model::fit_scoring(&rest, columns, k.min(rest.len()), settings)?;
        distances.extend(held.into_iter().map(|(_, row)| model.distance(row, &mut room)));
    }
    distances.sort_unstable_by(f64::total_cmp);
    Ok(distances)
}
