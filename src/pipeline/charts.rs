//! What the charts draw, bounded whatever the capture's size.

use crate::detect;
use crate::report::{Charts, Histogram, Report, Scatter, ScatterPoint, Timeline};
use crate::settings::Unit;
use crate::units::{Timestamp, count};

/// Bins of the score histogram.
const BINS: usize = 50;
/// Points of the scatter: the strangest anomalies, a sample of the others, and a sample of the other rows.
const STRANGEST_POINTS: usize = 500;
const ANOMALOUS_POINTS: usize = 1500;
const OTHER_POINTS: usize = 3000;

/// All charts of the report's verdicts.
pub(super) fn draw(report: &Report, ranked: &[usize]) -> Charts {
    Charts {
        histogram: histogram(report),
        scatter: scatter(report, ranked),
        timeline: timeline(report, ranked),
        unit: match report.settings.unit {
            Unit::Flow => "flow",
            Unit::Packet => "packet",
        },
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to BINS
fn histogram(report: &Report) -> Histogram {
    let mut histogram =
        Histogram { rows: vec![0; BINS], anomalies: vec![0; BINS], threshold: report.detection.threshold.score };
    for verdict in (0..report.rows()).filter_map(|row| report.verdict(row)).filter(|v| v.is_scored) {
        let bin = ((f64::from(verdict.score) * crate::units::float(count(BINS))) as usize).min(BINS - 1);
        for (bins, adds) in [(&mut histogram.rows, true), (&mut histogram.anomalies, verdict.is_anomalous())] {
            if let Some(n) = bins.get_mut(bin) {
                *n += u64::from(adds);
            }
        }
    }
    histogram
}

fn scatter(report: &Report, ranked: &[usize]) -> Scatter {
    if report.detection.clusters.is_empty() {
        return Scatter::default();
    }
    let others: Vec<usize> = (0..report.rows())
        .filter(|&row| report.verdict(row).is_some_and(|v| v.is_scored && !v.is_anomalous()))
        .collect();
    // Anomalies last, so that they lie on top.
    let (strangest, anomalous) = ranked.split_at(ranked.len().min(STRANGEST_POINTS));
    let mut wanted = thinned(&others, OTHER_POINTS);
    wanted.extend(thinned(anomalous, ANOMALOUS_POINTS));
    wanted.extend(strangest.iter().rev());
    let places = detect::position(&report.detection, super::rows(report), &wanted);
    let point = |(&row, (x, y)): (&usize, (f64, f64))| {
        let verdict = report.verdict(row)?;
        Some(ScatterPoint {
            x,
            y,
            cluster: verdict.cluster,
            is_anomalous: verdict.is_anomalous(),
            score: f64::from(verdict.score),
            row: count(row),
        })
    };
    Scatter {
        points: wanted.iter().zip(places).filter_map(point).collect(),
        rows: report.detection.rows,
        explained: report.detection.explained,
    }
}

/// Every n-th row, so that at most `most` are left.
fn thinned(rows: &[usize], most: usize) -> Vec<usize> {
    rows.iter().copied().step_by(rows.len().div_ceil(most).max(1)).collect()
}

/// The timeline of the reading, with the anomalies of the present verdicts.
fn timeline(report: &Report, ranked: &[usize]) -> Timeline {
    let mut timeline = report.charts.timeline.clone();
    timeline.anomalies = vec![0; timeline.packets.len()];
    let Some(start) = timeline.start else { return timeline };
    let start_of = |row: usize| -> Option<Timestamp> {
        match report.settings.unit {
            Unit::Flow => report.flows.get(row).map(|f| f.first_ts),
            Unit::Packet => report.packets.get(row).map(|p| p.ts),
        }
    };
    for ts in ranked.iter().filter_map(|&row| start_of(row)) {
        let bin = crate::units::seconds(ts.since(start)) / timeline.bin_seconds;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // negative and NaN become 0
        if let Some(n) = timeline.anomalies.get_mut(bin as usize) {
            *n += 1;
        }
    }
    timeline
}
