//! What the detector learned, what it says of each row, and what the charts draw.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Application, BaselineUse, HostGraph, HostPorts};
use crate::units::Timestamp;

/// How much attention something deserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Not anomalous.
    #[default]
    None,
    /// Worth knowing.
    Info,
    /// Barely over the threshold.
    Low,
    /// Clearly apart from the rest.
    Medium,
    /// Far from everything else.
    High,
    /// Certain and harmful; no single detector gives it.
    Critical,
}

impl Severity {
    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What the detector says of one row.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Verdict {
    /// What the detector alone scores it, 0-1.
    pub own_score: f32,
    /// Severity of the gravest finding of a rule that it is part of.
    pub rule: Severity,
    /// Whether it was scored: rows of other protocols than the chosen one are not.
    pub is_scored: bool,
    /// 0-1; higher is stranger.
    pub score: f32,
    /// How strange the detector finds it, in the detector's own units.
    pub distance: f32,
    /// Nearest cluster.
    pub cluster: u16,
    /// Whether the distance exceeds the threshold.
    pub is_far: bool,
    /// Whether its cluster is too small.
    pub is_small_cluster: bool,
    /// Severity of the score.
    pub severity: Severity,
}

impl Verdict {
    /// Whether the detector finds the row anomalous.
    #[must_use]
    pub fn is_odd(&self) -> bool {
        self.is_far || self.is_small_cluster
    }

    /// Whether the row is anomalous: to the detector, or as part of a rule's finding that is more than information.
    #[must_use]
    pub fn is_anomalous(&self) -> bool {
        self.is_odd() || self.rule >= Severity::Low
    }

    /// Why it is anomalous, in a word; empty when it is not.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match (self.rule >= Severity::Low, self.is_far, self.is_small_cluster) {
            (true, true, true) => "rule+distance+small_cluster",
            (true, true, false) => "rule+distance",
            (true, false, true) => "rule+small_cluster",
            (true, false, false) => "rule",
            (false, true, true) => "distance+small_cluster",
            (false, true, false) => "distance",
            (false, false, true) => "small_cluster",
            (false, false, false) => "",
        }
    }
}

/// Whether there are scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DetectionStatus {
    /// Rows were scored.
    Scored,
    /// All rows are alike: scores are 0.
    NoOutliers,
    /// Too few rows to say what is normal.
    #[default]
    NotEnoughData,
}

/// One candidate for k and its criterion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candidate {
    /// Number of clusters.
    pub k: u32,
    /// Mean silhouette over the sample, -1 to 1.
    pub silhouette: f64,
}

/// One feature as it was used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureSummary {
    /// Catalogue name, or `column_` and a table's column.
    pub name: Cow<'static, str>,
    /// Unit of the raw value.
    pub unit: &'static str,
    /// Transform before scaling.
    pub transform: &'static str,
    /// Centre in transformed units.
    pub center: f64,
    /// Scale in transformed units.
    pub scale: f64,
}

/// The threshold in force.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Threshold {
    /// Distance above which a row is anomalous.
    pub distance: f64,
    /// The score of that distance.
    pub score: f64,
}

/// One cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cluster {
    /// Its number, from 0, largest first.
    pub id: u16,
    /// Rows in it.
    pub rows: u64,
    /// Their share of the scored rows.
    pub share: f64,
    /// Its share of the fitted rows: unlike `share`, a flood cannot raise it.
    pub fit_share: f64,
    /// Whether `fit_share` is below the small-cluster setting.
    pub is_small: bool,
    /// Anomalous rows in it.
    pub anomalies: u64,
    /// Mean distance of its rows.
    pub mean_distance: f64,
    /// What at least half of its rows share beside their features.
    pub shared: Vec<Shared>,
    /// When its first row begins; `None` where rows have no time, and of hosts.
    pub first_ts: Option<Timestamp>,
    /// When its last row ends.
    pub last_ts: Option<Timestamp>,
    /// Median raw value of each feature over its rows in the fitting sample, in the order of `features`; null where
    /// no row has one.
    pub typical: Vec<Option<f64>>,
    /// Median absolute deviation from `typical` of the same rows' raw values, in the order of `features`.
    pub spread: Vec<Option<f64>>,
    /// Centroid in scaled feature space, in the order of `features`.
    pub centroid: Vec<f64>,
}

/// Something that rows have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// `originator`, `responder`, `source`, `destination`, `port` or `service`.
    pub what: &'static str,
    /// An address, a protocol and its port, a service.
    pub value: String,
    /// Rows that have it.
    pub rows: u64,
}

/// Fitted detectors that can be asked for their reasons.
pub trait Reasons: fmt::Debug + Send + Sync {
    /// The features' shares of the distance of a row, signed, in the order of the detection's features; they add up to 1,
    /// or are all 0. `row`: its transformed values, `None` where missing.
    fn shares(&self, row: &[Option<f64>]) -> Vec<f64>;

    /// How strange a row is, in the detector's units. `row`: as for the shares.
    fn distance_of(&self, row: &[Option<f64>]) -> f64;

    /// Detectors that flag a row, of those that took part. `row`: as for the shares.
    fn votes(&self, row: &[Option<f64>]) -> u8;

    /// The middle of a feature among the rows that were learned from, transformed.
    fn center(&self, feature: usize) -> Option<f64>;
}

/// What was fitted, where something was.
#[derive(Debug, Clone, Default)]
pub struct Model(pub Option<Arc<dyn Reasons>>);

// What a model says of the rows is in their verdicts.
impl PartialEq for Model {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What the detector learned.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Detection {
    /// Whether there are scores.
    pub status: DetectionStatus,
    /// The detector.
    pub detector: &'static str,
    /// Detectors that took part: several in an ensemble.
    pub members: u8,
    /// Rows scored.
    pub rows: u64,
    /// Distinct rows after quantisation.
    pub unique_rows: u64,
    /// Rows fitted on.
    pub fit_rows: u64,
    /// Share of the rows that the most frequent unique row stands for.
    pub largest_group_share: f64,
    /// Number of clusters.
    pub k: u32,
    /// The candidates when k is auto.
    pub candidates: Vec<Candidate>,
    /// Features used.
    pub features: Vec<FeatureSummary>,
    /// Within-cluster sum of squared distances over the fitted rows, divided by their number.
    pub inertia: f64,
    /// The threshold in force.
    pub threshold: Threshold,
    /// The clusters, largest first.
    pub clusters: Vec<Cluster>,
    /// Share of the fitted rows' variance on each of the two principal components, 0-1.
    pub explained: [f64; 2],
    /// The two principal components in scaled feature space.
    pub components: [Vec<f64>; 2],
    /// Distance that has the score 0.5: the scale of all scores.
    pub score_scale: f64,
    /// What the rows were scored against, where it was not this capture itself; absent else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineUse>,
    /// Whether the rows that were fitted on are all known to be good: then no cluster of few of them is strange.
    #[serde(skip)]
    pub is_of_good_rows: bool,
    /// The fitted detectors, for their reasons.
    #[serde(skip)]
    pub model: Model,
    /// The rows of the capture that the clusters were fitted on; none with a baseline.
    #[serde(skip)]
    pub sample: Vec<u32>,
    /// Distances of the fitted rows, ascending: what threshold rules are computed from.
    #[serde(skip)]
    pub fit_distances: Vec<f64>,
}

/// How one feature contributed to a distance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    /// Catalogue name, or `column_` and a table's column.
    pub feature: Cow<'static, str>,
    /// Unit of the raw values.
    pub unit: &'static str,
    /// This row's raw value; null when missing.
    pub observed: Option<f64>,
    /// Median of its cluster, or of the nearest one that is neither small nor mostly anomalous; null when unknown.
    pub typical: Option<f64>,
    /// Median absolute deviation from `typical` in that cluster; null when unknown.
    pub spread: Option<f64>,
    /// Share of the distance; the shares of all features add up to 1. Below 0 where the feature makes the row less strange
    /// beside its others.
    pub share: f64,
}

/// One feature of a row, and what it is elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Catalogue name, or `column_` and a table's column.
    pub feature: Cow<'static, str>,
    /// Unit of the raw values.
    pub unit: &'static str,
    /// Its raw value; null when missing.
    pub from: Option<f64>,
    /// The other raw value; null when missing.
    pub to: Option<f64>,
}

/// The normal row that is most like another row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Neighbour {
    /// Row in the table of the unit in force, from 0.
    pub row: u64,
    /// The flow's uid, the packet's number, or the host's address.
    pub id: String,
    /// What sets the two most apart, at most three features, of the row and of its neighbour.
    pub apart: Vec<Change>,
}

/// One anomalous row with its explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Anomaly {
    /// Row in the table of the unit in force, from 0.
    pub row: u64,
    /// The flow's uid, the packet's number, or the host's address.
    pub id: String,
    /// First packet.
    pub ts: Timestamp,
    /// Protocol.
    pub proto: String,
    /// Originator, sender or host: `address` or `address:port`.
    pub orig: String,
    /// Responder, receiver, or the host's busiest peer.
    pub resp: String,
    /// What was recognised in a flow's payload.
    pub application: Option<Application>,
    /// 0-1.
    pub score: f64,
    /// Severity of the score.
    pub severity: Severity,
    /// `distance`, `small_cluster` or both joined by `+`.
    pub reason: &'static str,
    /// Nearest cluster.
    pub cluster: u16,
    /// How strange the detector finds it, in the detector's own units.
    pub distance: f64,
    /// Detectors that flag it, of those that took part.
    pub agreement: u8,
    /// The features that made it, largest share first, at most five.
    pub contributions: Vec<Contribution>,
    /// The smallest change that would make the row normal: features made typical. Empty where it is anomalous for another
    /// reason than its distance, where no change does, and for all but the first [`Anomaly::EXPLAINED`].
    pub change: Vec<Change>,
    /// The nearest normal row of the sample, of the first [`Anomaly::EXPLAINED`].
    pub neighbour: Option<Neighbour>,
}

impl Anomaly {
    /// Anomalies whose change and neighbour are in the report; of any row the page tells them.
    pub const EXPLAINED: usize = 20;
}

/// A technique of MITRE ATT&CK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Technique {
    /// Its id: `T1046`.
    pub id: &'static str,
    /// Its name there.
    pub name: &'static str,
}

/// One number of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Count {
    /// What is counted, in snake case.
    pub name: &'static str,
    /// How many, or how much.
    pub value: f64,
}

/// A finding had so many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Raise {
    /// A power of ten.
    pub rows: u64,
    /// When the last of them began.
    pub ts: Timestamp,
}

/// What stands out: by a rule, or anomalies of one actor.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Finding {
    /// Stable within the run: `F1`, `F2` ...
    pub id: String,
    /// What kind of finding: that of its rule, `anomalous_flows`, `anomalous_packets`, `anomalous_hosts`, or `overflow`:
    /// packets that the flow table had no room for.
    pub kind: &'static str,
    /// How much attention it deserves.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// The addresses that did it.
    pub actors: Vec<String>,
    /// The addresses it was done to, at most 20.
    pub targets: Vec<String>,
    /// How many targets there are in all.
    pub target_count: u64,
    /// First packet.
    pub first_ts: Timestamp,
    /// Last packet.
    pub last_ts: Timestamp,
    /// Its rows of the unit in force: flows, or the hosts that did it; none of packets where a rule found it.
    pub rows: u64,
    /// When its tenth row began, its hundredth, and so on: one finding a kind and actor, told again as it grows.
    pub raised: Vec<Raise>,
    /// Packets in them.
    pub packets: u64,
    /// Original bytes in them.
    pub bytes: u64,
    /// Highest score, 0-1; null where nothing was scored.
    pub score: Option<f64>,
    /// The evidence in words.
    pub evidence: String,
    /// The evidence in numbers.
    pub counts: Vec<Count>,
    /// MITRE ATT&CK's name for it; null where it has none.
    pub technique: Option<Technique>,
    /// Where the thresholds come from.
    pub source: &'static str,
    /// What would make it wrong.
    pub caveat: &'static str,
    /// A Wireshark display filter that shows it.
    pub filter: String,
    /// Its rows in the report. Not part of the JSON report.
    #[serde(skip)]
    pub members: Vec<u32>,
}

/// Counts of scores in equal bins from 0 to 1.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// Rows per bin.
    pub rows: Vec<u64>,
    /// Of these, anomalous.
    pub anomalies: Vec<u64>,
    /// Score of the threshold.
    pub threshold: f64,
}

/// One row in the plane of the two principal components.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScatterPoint {
    /// First component.
    pub x: f64,
    /// Second component.
    pub y: f64,
    /// Nearest cluster.
    pub cluster: u16,
    /// Whether the row is anomalous.
    pub is_anomalous: bool,
    /// 0-1.
    pub score: f64,
    /// Row in the table.
    pub row: u64,
}

/// The scatter's points: all anomalies up to a bound, and a seeded sample of the rest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Scatter {
    /// The points drawn.
    pub points: Vec<ScatterPoint>,
    /// Rows they stand for.
    pub rows: u64,
    /// Share of the variance on each axis, 0-1.
    pub explained: [f64; 2],
    /// What is on the axes where it is not the two principal components; absent else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axes: Option<[String; 2]>,
}

/// Traffic in equal bins of time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Timeline {
    /// Start of the first bin.
    pub start: Option<Timestamp>,
    /// Seconds a bin.
    pub bin_seconds: f64,
    /// Packets per bin.
    pub packets: Vec<u64>,
    /// Original bytes per bin.
    pub bytes: Vec<u64>,
    /// Flows that begin in the bin.
    pub flows: Vec<u64>,
    /// The same by protocol: `tcp`, `udp`, `icmp` (both versions), `arp`, `other` and, of what could not be decoded,
    /// `undecoded`. In this order, those that there are; together they are the whole.
    pub protocols: Vec<TimelineProtocol>,
    /// Anomalous rows that begin in the bin.
    pub anomalies: Vec<u64>,
    /// Findings that begin in the bin.
    pub findings: Vec<u64>,
}

/// One protocol's share of a [`Timeline`], in the same bins.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TimelineProtocol {
    /// Its name.
    pub name: String,
    /// Packets per bin.
    pub packets: Vec<u64>,
    /// Original bytes per bin.
    pub bytes: Vec<u64>,
    /// Flows that begin in the bin.
    pub flows: Vec<u64>,
}

/// What the charts draw.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Charts {
    /// Score histogram.
    pub histogram: Histogram,
    /// Cluster scatter.
    pub scatter: Scatter,
    /// Traffic over time.
    pub timeline: Timeline,
    /// Who talks to whom.
    pub host_graph: HostGraph,
    /// Which services of which hosts are asked for.
    pub host_ports: HostPorts,
    /// `flow`, `packet` or `host`: what a row is, for the titles.
    pub unit: &'static str,
}
