//! What the charts draw, bounded whatever the capture's size.

mod axes;
mod host_graph;
mod host_ports;
mod layout;
mod talks;

pub(super) use axes::scatter_of;

use crate::detect::Explainer;
use crate::report::{Charts, Detection, Histogram, Report, Scatter, ScatterPoint, Story, Timeline, Verdict};
use crate::settings::Unit;
use crate::units::{Timestamp, count};

/// Bins of the score histogram.
const BINS: usize = 50;
/// Points of the scatter: the strangest anomalies, a sample of the others, and a sample of the other rows.
const STRANGEST_POINTS: usize = 500;
const ANOMALOUS_POINTS: usize = 1500;
const OTHER_POINTS: usize = 3000;

/// All charts of the report's verdicts.
pub(super) fn draw(
    report: &Report,
    explainer: &Explainer<'_>,
    verdicts: &[Verdict],
    ranked: &[usize],
    stories: &[Story],
) -> Charts {
    let talks = talks::of(report);
    Charts {
        histogram: histogram(report.detection.threshold.score, verdicts),
        scatter: scatter(&report.detection, explainer, verdicts, ranked),
        timeline: timeline(report, ranked),
        host_graph: host_graph::build(report, &talks, stories),
        host_ports: host_ports::build(report, &talks),
        unit: report.settings.unit.name(),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to BINS
fn histogram(threshold: f64, verdicts: &[Verdict]) -> Histogram {
    let mut histogram = Histogram { rows: vec![0; BINS], anomalies: vec![0; BINS], threshold };
    for verdict in verdicts.iter().filter(|v| v.is_scored) {
        let bin = ((f64::from(verdict.score) * crate::units::float(count(BINS))) as usize).min(BINS - 1);
        for (bins, adds) in [(&mut histogram.rows, true), (&mut histogram.anomalies, verdict.is_anomalous())] {
            if let Some(n) = bins.get_mut(bin) {
                *n += u64::from(adds);
            }
        }
    }
    histogram
}

fn scatter(detection: &Detection, explainer: &Explainer<'_>, verdicts: &[Verdict], ranked: &[usize]) -> Scatter {
    if detection.clusters.is_empty() {
        return Scatter::default();
    }
    let is_other = |v: &Verdict| v.is_scored && !v.is_anomalous();
    let others: Vec<usize> = verdicts.iter().enumerate().filter(|(_, v)| is_other(v)).map(|(row, _)| row).collect();
    // Anomalies last, so that they lie on top.
    let (strangest, anomalous) = ranked.split_at(ranked.len().min(STRANGEST_POINTS));
    let mut wanted = thinned(&others, OTHER_POINTS);
    wanted.extend(thinned(anomalous, ANOMALOUS_POINTS));
    wanted.extend(strangest.iter().rev());
    let point = |&row: &usize| {
        let verdict = verdicts.get(row)?;
        let (x, y) = explainer.position(row);
        Some(ScatterPoint {
            x,
            y,
            cluster: verdict.cluster,
            is_anomalous: verdict.is_anomalous(),
            score: f64::from(verdict.score),
            row: count(row),
        })
    };
    let points = wanted.iter().filter_map(point).collect();
    Scatter { points, rows: detection.rows, explained: detection.explained, axes: None }
}

/// Every n-th row, so that at most `most` are left.
fn thinned(rows: &[usize], most: usize) -> Vec<usize> {
    rows.iter().copied().step_by(rows.len().div_ceil(most).max(1)).collect()
}

/// The timeline of the reading, with the anomalies of the present verdicts.
fn timeline(report: &Report, ranked: &[usize]) -> Timeline {
    let mut timeline = report.charts.timeline.clone();
    timeline.anomalies = vec![0; timeline.packets.len()];
    let start_of = |row: usize| -> Option<Timestamp> {
        match report.settings.unit {
            Unit::Flow => report.flows.get(row).map(|f| f.first_ts),
            Unit::Packet => report.packets.get(row).map(|p| p.ts),
            Unit::Host => report.hosts.get(row).map(|h| h.first_ts),
        }
    };
    for ts in ranked.iter().filter_map(|&row| start_of(row)) {
        if let Some(n) = bin_of(&timeline, ts).and_then(|bin| timeline.anomalies.get_mut(bin)) {
            *n += 1;
        }
    }
    timeline
}

/// Marks where findings begin.
pub(super) fn mark_findings(report: &mut Report) {
    let timeline = &mut report.charts.timeline;
    timeline.findings = vec![0; timeline.packets.len()];
    for finding in &report.findings {
        if let Some(n) = bin_of(timeline, finding.first_ts).and_then(|bin| timeline.findings.get_mut(bin)) {
            *n += 1;
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // negative and NaN become 0
fn bin_of(timeline: &Timeline, ts: Timestamp) -> Option<usize> {
    Some((crate::units::seconds(ts.since(timeline.start?)) / timeline.bin_seconds) as usize)
}
