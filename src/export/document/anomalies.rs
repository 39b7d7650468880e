//! The strangest rows with their reasons, and what is usual.

use super::{Block, Entry, Extent, Grid, Picture, Section, counted, plain, section};
use crate::export::words::{moment, noun, share, spread, value};
use crate::report::{Anomaly, Cluster, DetectionStatus, FeatureSummary, Report};
use crate::settings::Unit;
use crate::sort;
use crate::units::{count, count_text};

/// Features that mark a cluster.
const MARKS: usize = 3;

pub(super) fn anomalies(report: &Report, extent: Extent) -> Option<Section> {
    let mut blocks = Vec::new();
    if extent.is_full && report.detection.status == DetectionStatus::Scored {
        let told = format!(
            "Scores of {} {}s, from 0 to 1, with the threshold of {:.3}; {} are anomalous.",
            count_text(report.detection.rows),
            noun(report),
            report.detection.threshold.score,
            count_text(report.summary.anomalies)
        );
        blocks.push(Block::Picture(Picture::Histogram, told));
    }
    let is_timed = report.summary.first_ts.is_some();
    let shown = report.anomalies.iter().take(extent.anomalies);
    blocks.extend(shown.map(|a| Block::Entry(entry(a, report.settings.unit, is_timed, extent))));
    let shown = report.anomalies.len().min(extent.anomalies);
    section("anomalies", counted(&format!("Strangest {}s", noun(report)), shown, report.summary.anomalies), blocks)
}

fn entry(a: &Anomaly, unit: Unit, is_timed: bool, extent: Extent) -> Entry {
    let who = match (unit, a.resp.is_empty()) {
        (Unit::Host, true) => format!("{}, {}", a.orig, a.proto),
        (Unit::Host, false) => format!("{}, {}, mostly with {}", a.orig, a.proto, a.resp),
        _ => format!("{} {} \u{2192} {}", a.proto, a.orig, a.resp),
    };
    let mut told = Vec::new();
    if is_timed {
        told.push(moment(a.ts) + " UTC");
    }
    if unit == Unit::Flow {
        told.push(a.id.clone());
    }
    told.push(format!("cluster {}", a.cluster));
    told.push(format!("anomalous by {}", a.reason.replace('_', " ").replace('+', " and ")));
    let mut grid =
        Grid::new("Features that make most of the distance", &["Feature", "#Observed", "#Typical", "#Share"]);
    grid.rows.extend(a.contributions.iter().take(extent.contributions).map(|c| {
        vec![
            plain(c.feature.to_string()),
            plain(value(c.observed, c.unit)),
            plain(format!("{}{}", value(c.typical, c.unit), spread(c))),
            plain(format!("{:.0} %", c.share * 100.0)),
        ]
    }));
    let mut blocks = vec![Block::Text(told.join(", "))];
    if !grid.rows.is_empty() {
        blocks.push(Block::Table(grid));
    }
    Entry { id: None, severity: a.severity, heading: format!("{:.3} {who}", a.score), blocks }
}

/// What is usual: the clusters and what marks each.
pub(super) fn clusters(report: &Report, extent: Extent) -> Option<Section> {
    let d = &report.detection;
    let mut blocks = Vec::new();
    if extent.is_full && !report.charts.scatter.points.is_empty() {
        let told = format!("The {}s in the plane of their two principal components, by cluster.", noun(report));
        blocks.push(Block::Picture(Picture::Scatter, told));
    }
    let mut grid = Grid::new(
        "Clusters, the largest first",
        &["#Cluster", "#Rows", "#Share", "#Anomalous", "What marks it", "What most of it share"],
    );
    for cluster in d.clusters.iter().take(extent.clusters) {
        let small = if cluster.is_small { "; small: all of it is anomalous" } else { "" };
        grid.rows.push(vec![
            plain(cluster.id.to_string()),
            plain(count_text(cluster.rows)),
            plain(share(cluster.rows, d.rows)),
            plain(count_text(cluster.anomalies)),
            plain(marks(cluster, &d.features) + small),
            plain(ties(cluster)),
        ]);
    }
    let shown = grid.rows.len();
    if shown > 0 {
        blocks.push(Block::Table(grid));
    }
    section("clusters", counted("What is usual: clusters", shown, count(d.clusters.len())), blocks)
}

/// What at least half of its rows share.
fn ties(cluster: &Cluster) -> String {
    let ties = cluster.shared.iter();
    ties.map(|tie| {
        // A port's value says what it is.
        let what = if tie.what == "port" { String::new() } else { format!("{} ", tie.what) };
        format!("{what}{} ({})", tie.value, share(tie.rows, cluster.rows))
    })
    .collect::<Vec<_>>()
    .join("; ")
}

/// The features whose typical value is farthest from the centre of the whole capture.
fn marks(cluster: &Cluster, features: &[FeatureSummary]) -> String {
    let mut marks: Vec<(f64, String)> = features
        .iter()
        .zip(&cluster.typical)
        .filter_map(|(feature, typical)| {
            let raw = (*typical)?;
            let transformed = if feature.transform == "log1p" { libm::log1p(raw.max(0.0)) } else { raw };
            let deviation = (transformed - feature.center) / feature.scale;
            let sign = if deviation < 0.0 { "low" } else { "high" };
            let told = format!("{} {} ({sign})", feature.name, value(Some(raw), feature.unit));
            deviation.is_finite().then(|| (deviation.abs(), told))
        })
        .collect();
    // Stable: of equals the first of the catalogue.
    sort::by(&mut marks, |a, b| b.0.total_cmp(&a.0));
    marks.into_iter().take(MARKS).map(|(_, told)| told).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_marks_a_cluster_is_far_from_the_centre() {
        let feature = |name: &'static str, transform, center| FeatureSummary {
            name: name.into(),
            unit: "",
            transform,
            center,
            scale: 1.0,
        };
        let features = [feature("near", "none", 2.0), feature("far", "log1p", 9.0), feature("lost", "none", 0.0)];
        let cluster = Cluster {
            id: 0,
            rows: 1,
            share: 1.0,
            fit_share: 1.0,
            is_small: false,
            anomalies: 0,
            mean_distance: 0.0,
            shared: Vec::new(),
            first_ts: None,
            last_ts: None,
            typical: vec![Some(2.5), Some(0.0), None],
            spread: Vec::new(),
            centroid: Vec::new(),
        };
        assert_eq!(marks(&cluster, &features), "far 0 (low); near 2.5 (high)");
    }
}
