//! Rows to scores: fit on what is typical, score every row, decide by a threshold, and explain.
//!
//! Detectors are fitted on unique rows drawn with a cap per host ([`sample`]), so whoever is loud does not define what is
//! normal, and on ordinary rows beside them ([`ordinary`]). The clusters are KMeans's whatever the detector is: they show
//! which rows are alike.

mod auto_k;
pub mod baseline;
mod center;
mod change;
mod euclidean;
mod explain;
mod forest;
mod histogram;
mod kmeans;
mod mahalanobis;
mod matrix;
mod model;
mod ordinary;
mod principal;
mod residual;
mod robust_z;
pub mod rules;
mod sample;
#[cfg(test)]
mod tests;
mod threshold;

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

pub use explain::{Explainer, contributions};
pub use threshold::{combined_score, decide, distance_of, score_of, weight_of};

use crate::error::Result;
use crate::features::{Reader, Rows, Scaler, choose, transformed};
use crate::report::{Baseline, Cluster, Detection, DetectionStatus, HostRecord, Model, Proto, Verdict};
use crate::settings::{ProtocolChoice, Settings};
use crate::units::{count, float};

/// Rows that a thread takes at a time: every row's result is its own, so their order does not matter.
const PIECE: usize = 1024;
/// With fewer scored rows than this nothing is said.
pub const MIN_ROWS: usize = 10;
/// The ensemble's distance of a flow that has the score 0.5, in deviations; from 9.3 on, the score 0.7, severity is medium.
/// Measured on twelve captures of honest traffic, each with ordinary rows made without it: in ten, 2 of 724 flows were
/// beyond 4 and none beyond 4.1; in one of phones half were at 6, and in one that asks for nothing but text records of DNS
/// all were at about 10. Large scans lie at 10 to 20; most attacks do not.
const ENSEMBLE_SCALE: f64 = 4.0;

/// What a fitted detector says of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// The cluster.
    pub cluster: usize,
    /// Root mean square distance to its centroid, in scaled units.
    pub distance: f64,
}

/// A detector that can be fitted and then asked about any row. Rows hold scaled values, 0 for a missing one.
pub trait Detector: Send + Sync {
    /// Its word, as in the settings.
    fn name(&self) -> &'static str;

    /// Whether it inverts a covariance, which wants more rows than features.
    fn needs_inverse(&self) -> bool {
        false
    }

    /// Learns from `rows`, **Shape** `(n_rows, n_features)`, finite. The same rows give the same bytes.
    ///
    /// **Errors** `Detection` when the numbers cannot be fitted.
    fn fit(&mut self, rows: ArrayView2<'_, f64>) -> Result<()>;

    /// How strange a row is, in units of its own: not negative, higher is stranger. **Shape** `(n_features)`.
    fn score(&self, row: &[f64]) -> f64;

    /// The same score, with room for what it needs on the way.
    fn score_in(&self, row: &[f64], _room: &mut Vec<f64>) -> f64 {
        self.score(row)
    }

    /// The features' parts of the score, signed: they add up to it. **Shape** `(n_features)`.
    fn reason(&self, row: &[f64]) -> Vec<f64>;
}

/// The rows' verdicts and what they rest on.
#[derive(Debug, Clone, Default)]
pub struct Detected {
    /// What was learned.
    pub detection: Detection,
    /// One a row of the unit.
    pub verdicts: Vec<Verdict>,
}

/// Detects over all rows of the unit.
///
/// **Errors** `InvalidSetting` for unknown features; `Detection` when the numbers cannot be fitted.
pub fn run(rows: Rows<'_>, settings: &Settings) -> Result<Detected> {
    run_against(rows, settings, None)
}

/// The same by what is typical of a baseline's rows, where there is one.
///
/// **Errors** those of [`run`]; `Baseline` for one of other rows.
pub fn run_against(rows: Rows<'_>, settings: &Settings, baseline: Option<&Baseline>) -> Result<Detected> {
    let catalogue = rows.catalogue();
    let features = choose(settings, &catalogue)?;
    let scored: Vec<usize> = (0..rows.len()).filter(|&r| is_chosen(rows, r, settings.protocol)).collect();
    // Of a table most features are unknown: they would only make all rows more alike.
    let has_tables = rows.has_tables();
    let is_unknown = |feature: usize| has_tables && scored.iter().all(|&r| rows.raw(r, feature).is_none());
    let features = features.into_iter().filter(|&i| !is_unknown(i));
    let features: Vec<_> = features.filter_map(|i| Some((i, catalogue.get(i)?.clone()))).collect();
    let mut detected = Detected {
        detection: Detection { detector: settings.detector.name(), rows: count(scored.len()), ..Detection::default() },
        verdicts: vec![Verdict::default(); rows.len()],
    };
    if let Some(baseline) = baseline {
        return baseline::score(rows, &scored, &features, settings, baseline, detected);
    }
    if scored.len() < MIN_ROWS || features.is_empty() {
        return Ok(detected);
    }
    let sample = sample::draw(rows, &scored, &features, settings);
    let detection = &mut detected.detection;
    detection.unique_rows = sample.unique;
    detection.largest_group_share = float(sample.largest_group) / float(count(scored.len()));
    detection.fit_rows = count(sample.rows.len());
    detection.sample = sample.rows.iter().filter_map(|&row| u32::try_from(row).ok()).collect();
    let scaler = Scaler::fit(rows, &sample.rows, &features, settings.scaling);
    detection.features = scaler.summaries();
    if sample.unique < 2 {
        detection.status = DetectionStatus::NoOutliers;
        detected.verdicts = vec![Verdict { is_scored: true, ..Verdict::default() }; rows.len()];
        mask(&mut detected.verdicts, &scored);
        return Ok(detected);
    }
    let matrix = matrix(rows, &sample.rows, &scaler);
    let kmeans = cluster(detection, matrix.view(), settings)?;
    let fitted: Vec<Nearest> = matrix.rows().into_iter().map(|row| kmeans.nearest(&row.to_vec())).collect();
    let learned = learned(rows, &sample.strict, &scaler);
    let model = model::Model::fit(&learned, &scaler.columns, kmeans.clusters(), settings)?;
    detection.members = u8::try_from(model.members()).unwrap_or(u8::MAX);
    detection.fit_distances = model.distances(&learned);
    let is_absolute = model.members() > 1 && matches!(rows, Rows::Flows(_));
    detection.score_scale = if is_absolute { ENSEMBLE_SCALE } else { threshold::score_scale(&detection.fit_distances) };
    score_all(&mut detected.verdicts, rows, &scored, &scaler, &kmeans, &model);
    detection.model = Model(Some(Arc::new(model)));
    let typical = |member: usize, column: usize| {
        rows.raw(*sample.rows.get(member)?, scaler.columns.get(column).map(|c| c.feature)?)
    };
    detection.clusters = clusters(&fitted, scaler.columns.len(), &kmeans, &detected.verdicts, &typical);
    decide(detection, detected.verdicts.iter_mut(), settings);
    Ok(detected)
}

/// Clusters the scaled rows and notes what they say as a whole.
fn cluster(
    detection: &mut Detection,
    matrix: ArrayView2<'_, f64>,
    settings: &Settings,
) -> Result<kmeans::KMeansDetector> {
    let (k, candidates) = auto_k::choose(matrix, settings)?;
    let mut kmeans = kmeans::KMeansDetector::new(k, settings.seed);
    kmeans.fit(matrix)?;
    detection.status = DetectionStatus::Scored;
    detection.k = u32::try_from(kmeans.clusters()).unwrap_or(u32::MAX);
    detection.candidates = candidates;
    detection.inertia = kmeans.inertia();
    let principal = principal::Principal::fit(matrix);
    detection.explained = principal.explained;
    detection.components = principal.components;
    Ok(kmeans)
}

/// Transformed values of what the detectors learn from: the rows given and, of flows, ordinary ones.
fn learned(rows: Rows<'_>, fit: &[usize], scaler: &Scaler) -> Vec<Vec<Option<f64>>> {
    let transformed = |&row: &usize| scaler.columns.iter().map(|c| c.transformed(rows, row)).collect();
    let mut all: Vec<Vec<Option<f64>>> = fit.iter().map(transformed).collect();
    if matches!(rows, Rows::Flows(_)) {
        all.extend(ordinary::rows(scaler.columns.iter().map(|c| c.info.name.as_ref())));
    }
    all
}

fn is_chosen(rows: Rows<'_>, row: usize, choice: ProtocolChoice) -> bool {
    let proto = match rows {
        Rows::Flows(flows) => flows.get(row).map(|f| f.proto),
        Rows::Packets(packets) => packets.get(row).map(|p| p.proto),
        Rows::Hosts(hosts) => return hosts.get(row).is_some_and(|host| is_chosen_host(host, choice)),
    };
    let Some(proto) = proto else { return false };
    match choice {
        ProtocolChoice::All => true,
        ProtocolChoice::Tcp => proto == Proto::TCP,
        ProtocolChoice::Udp => proto == Proto::UDP,
        ProtocolChoice::Icmp => proto.is_icmp(),
        ProtocolChoice::Arp => proto == Proto::Arp,
        ProtocolChoice::Other => proto != Proto::TCP && proto != Proto::UDP && !proto.is_icmp() && proto != Proto::Arp,
    }
}

/// Hosts are chosen by what they use. A group's address that sends nothing is no host to be compared with others.
fn is_chosen_host(host: &HostRecord, choice: ProtocolChoice) -> bool {
    let uses = match choice {
        ProtocolChoice::All => true,
        ProtocolChoice::Tcp => host.has_proto(Proto::TCP),
        ProtocolChoice::Udp => host.has_proto(Proto::UDP),
        ProtocolChoice::Icmp => host.has_proto(Proto::ICMP),
        ProtocolChoice::Arp => host.has_proto(Proto::Arp),
        ProtocolChoice::Other => host.has_other_proto(),
    };
    uses && (!host.kind.is_group() || host.sent().packets > 0)
}

fn mask(verdicts: &mut [Verdict], scored: &[usize]) {
    let mut chosen = scored.iter().peekable();
    for (i, verdict) in verdicts.iter_mut().enumerate() {
        if chosen.next_if(|&&s| s == i).is_none() {
            *verdict = Verdict::default();
        }
    }
}

/// The fitting matrix: missing values stand at the column's centre.
fn matrix(rows: Rows<'_>, fit: &[usize], scaler: &Scaler) -> Array2<f64> {
    let mut matrix = Array2::zeros((fit.len(), scaler.columns.len()));
    for (mut line, &row) in matrix.rows_mut().into_iter().zip(fit) {
        for (cell, column) in line.iter_mut().zip(&scaler.columns) {
            *cell = column.scaled(rows, row).unwrap_or(0.0);
        }
    }
    matrix
}

#[allow(clippy::cast_possible_truncation)] // distances and scores need no more than 24 bits
fn score_all(
    verdicts: &mut [Verdict],
    rows: Rows<'_>,
    scored: &[usize],
    scaler: &Scaler,
    kmeans: &kmeans::KMeansDetector,
    model: &model::Model,
) {
    let reader = Reader::new(scaler.columns.iter().map(|c| (c.feature, &c.info)));
    // One after the other by each thread, in room of its own.
    let score = |piece: &[usize]| {
        let (mut values, mut scaled) = (Vec::with_capacity(scaler.columns.len()), Vec::new());
        let mut room = model::Room::default();
        let one = |&row: &usize| {
            values.clear();
            reader.read(rows.at(row)?, |transform, raw| values.push(raw.map(|raw| transformed(transform, raw))));
            let distance = model.distance(&values, &mut room);
            scaled.clear();
            scaled
                .extend(values.iter().zip(&scaler.columns).map(|(v, column)| v.map_or(f64::NAN, |v| column.scale(v))));
            let cluster = kmeans.nearest(&scaled).cluster;
            Some((distance as f32, u16::try_from(cluster).unwrap_or(u16::MAX)))
        };
        piece.iter().map(one).collect::<Vec<_>>()
    };
    let scores: Vec<Vec<Option<(f32, u16)>>> = scored.par_chunks(PIECE).map(score).collect();
    for (&row, score) in scored.iter().zip(scores.into_iter().flatten()) {
        if let Some(((distance, cluster), verdict)) = score.zip(verdicts.get_mut(row)) {
            *verdict = Verdict { is_scored: true, distance, cluster, ..Verdict::default() };
        }
    }
}

/// What each cluster looks like. `typical` gives the raw value of a fitted row's column; `decide` fills in which clusters
/// are small and how many anomalies they hold.
fn clusters(
    fitted: &[Nearest],
    columns: usize,
    kmeans: &kmeans::KMeansDetector,
    verdicts: &[Verdict],
    typical: &dyn Fn(usize, usize) -> Option<f64>,
) -> Vec<Cluster> {
    let total = float(count(verdicts.iter().filter(|v| v.is_scored).count()));
    let of_cluster = |id: u16| {
        let is_member = |(_, n): &(usize, &Nearest)| n.cluster == usize::from(id);
        let members: Vec<usize> = (0..).zip(fitted).filter(is_member).map(|(i, _)| i).collect();
        let (mut size, mut sum) = (0u64, 0.0);
        for verdict in verdicts.iter().filter(|v| v.is_scored && v.cluster == id) {
            size += 1;
            sum += f64::from(verdict.distance);
        }
        let middle = |values: &mut Vec<f64>| {
            values.sort_unstable_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        let of_column = |column| {
            let mut values: Vec<f64> = members.iter().filter_map(|&member| typical(member, column)).collect();
            let Some(median) = middle(&mut values) else { return (None, None) };
            values.iter_mut().for_each(|value| *value = (*value - median).abs());
            (Some(median), middle(&mut values))
        };
        let (typical, spread) = (0..columns).map(of_column).unzip();
        Cluster {
            id,
            rows: size,
            share: float(size) / total,
            fit_share: float(count(members.len())) / float(count(fitted.len())),
            is_small: false,
            anomalies: 0,
            mean_distance: if size == 0 { 0.0 } else { sum / float(size) },
            shared: Vec::new(),
            first_ts: None,
            last_ts: None,
            typical,
            spread,
            centroid: kmeans.centroid(usize::from(id)),
        }
    };
    (0..u16::try_from(kmeans.clusters()).unwrap_or(u16::MAX)).map(of_cluster).collect()
}
