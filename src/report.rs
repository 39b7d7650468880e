//! What a run found: plain data, the only thing exports, plots, the page and the terminal read.

mod address;
mod application;
mod baseline;
mod context;
mod detection;
mod enrichment;
mod evaluation;
mod flow;
mod guesses;
mod host;
mod host_graph;
mod host_ports;
mod ledger;
mod limit;
mod measures;
mod metadata;
mod moments;
mod original;
mod overflow;
mod overview;
mod packet;
mod place;
mod printable;
mod sign;
mod sparse;
mod squares;
mod story;
mod stream;
mod table;

use std::sync::Arc;

use serde::Serialize;

pub use address::{AddressKind, is_local};
pub use application::*;
pub use baseline::{Baseline, BaselineFeature, BaselineUse, Known, Names, New, News, What};
pub use context::{Around, Context, Rarity, Scope};
pub use detection::{
    Anomaly, Candidate, Change, Charts, Cluster, Contribution, Count, Detection, DetectionStatus, FeatureSummary,
    Finding, Histogram, Model, Neighbour, Raise, Reasons, Scatter, ScatterPoint, Severity, Shared, Technique,
    Threshold, Timeline, TimelineProtocol, Verdict,
};
pub use enrichment::{Enrichment, InventoryHost, InventoryPort, ListReport, PortVerdict, ScanReport, SideFault};
pub use evaluation::{ClassResult, Confusion, Curve, CurvePoint, Evaluation, LabelFault, LabelFile};
pub use flow::{Direction, EndReason, FlowRecord, Tunnel, TunnelKind};
pub use guesses::Guesses;
pub use host::{DnsCounts, HostRecord, Macs, PROTO_NAMES, Role, STATES, Traffic, proto_place};
pub use host_graph::{GraphEdge, GraphNode, HostGraph};
pub use host_ports::{HostPorts, PortCell, PortHost, PortService};
pub use ledger::{
    Bucket, FileReport, Ledger, LinkTypeCount, Outcome, Reason, Status, UndecodedCount, Untracked, Warning,
};
pub use limit::Limit;
pub use measures::{Bulk, Content, End, Measures, Opened, Opening, Program, Run, Series, Side, Sizes};
pub use metadata::{FileIndex, FileMetadata, HostName, InterfaceInfo, Note, Span};
pub use moments::{Moments, SizeMoments};
pub use original::{OriginalBulk, OriginalFlow, OriginalSide, Spread};
pub use overflow::{Overflow, OverflowBucket, OverflowSum};
pub use overview::{Conversation, NameUse, Overview, PortUse, Talker, Top, Volume};
pub use packet::{PacketRecord, Proto, TcpFlags};
pub use place::{CountryUse, DatabaseReport, Facts, Geography, NetworkUse, Place, Places};
pub(crate) use printable::is_plain;
pub use printable::printable;
pub use sign::{Sender, Sign, SignCount};
pub use sparse::{Blank, Sparse};
pub use squares::Squares;
pub use story::{Part, Story};
pub use stream::{Stream, StreamSide};
pub use table::{ColumnUse, Fault, Fields, LabelCount, Layout, OwnColumn, TableKind, TableReport, TableRow};

use crate::chunked::Chunked;
use crate::settings::Settings;
use crate::units::Timestamp;

/// Version of the report's JSON shape; raised when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything one run found.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The crate's version.
    pub wiresift_version: &'static str,
    /// How the reading ended.
    pub outcome: Outcome,
    /// What was read and what became of it.
    pub ledger: Ledger,
    /// One entry a file, in reading order.
    pub files: Vec<FileReport>,
    /// Key figures.
    pub summary: Summary,
    /// The largest talkers, conversations, ports and names.
    pub overview: Overview,
    /// What the model that names protocols did; `None` where it was not asked.
    pub guesses: Option<Guesses>,
    /// The settings of the run.
    pub settings: Settings,
    /// Numeric columns of tables that are features of this run beside the catalogue's.
    pub columns: Vec<OwnColumn>,
    /// What the detector learned.
    pub detection: Detection,
    /// Anomalies grouped by actor, most severe first.
    pub findings: Vec<Finding>,
    /// The findings host by host, the highest threat first.
    pub stories: Vec<Story>,
    /// Findings that the settings suppress.
    pub suppressed: u64,
    /// The highest scores with their explanations, at most [`Report::MAX_ANOMALIES`].
    pub anomalies: Vec<Anomaly>,
    /// What the charts draw.
    pub charts: Charts,
    /// What files beside the capture say; absent where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrichment: Option<Enrichment>,
    /// Counted oddities of the input.
    pub warnings: Vec<Warning>,
    /// Every limit on what the input decides, and how much was beyond it.
    pub limits: Vec<Limit>,
    /// Headers that honest frames hardly have, by sign and sender; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<SignCount>,
    /// How well the verdicts agree with labels; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Evaluation>,
    /// How to find records again, one entry a file. Not part of the JSON report.
    #[serde(skip)]
    pub index: Vec<FileIndex>,
    /// Every flow, in order of first packet. Not part of the JSON report: `flows` exports it.
    #[serde(skip)]
    pub flows: Chunked<FlowRecord>,
    /// Every kept packet (unit packet). Not part of the JSON report: `packets` exports it.
    #[serde(skip)]
    pub packets: Chunked<PacketRecord>,
    /// Every kept host, in order of its first flow. Not part of the JSON report: `hosts` exports it.
    #[serde(skip)]
    pub hosts: Vec<HostRecord>,
    /// Flows by the rules of the original CICFlowMeter, where the run kept them. Not part of the JSON report.
    #[serde(skip)]
    pub original_cicflowmeter: Vec<OriginalFlow>,
    /// What the rows are scored against instead of themselves. Not part of the JSON report, which says of it what
    /// [`BaselineUse`] holds.
    #[serde(skip)]
    pub baseline: Option<Arc<Baseline>>,
}

impl Report {
    /// Most anomalies explained in the report itself.
    pub const MAX_ANOMALIES: usize = 500;
    /// Most findings in a report.
    pub const MAX_FINDINGS: usize = 200;
    /// Most stories in a report.
    pub const MAX_STORIES: usize = 100;

    /// Number of rows of the unit in force.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self.settings.unit {
            crate::settings::Unit::Flow => self.flows.len(),
            crate::settings::Unit::Packet => self.packets.len(),
            crate::settings::Unit::Host => self.hosts.len(),
        }
    }

    /// Whether any file is a table with labels.
    #[must_use]
    pub fn has_labels(&self) -> bool {
        self.files.iter().filter_map(|file| file.table.as_ref()).any(|table| !table.labels.is_empty())
    }

    /// Whether any file is a table: its rows have no packets that could be read again.
    #[must_use]
    pub fn has_tables(&self) -> bool {
        self.files.iter().any(|file| file.table.is_some())
    }

    /// The verdict of row `row` of the unit in force, to be changed.
    #[must_use]
    pub fn verdict_mut(&mut self, row: usize) -> Option<&mut Verdict> {
        match self.settings.unit {
            crate::settings::Unit::Flow => self.flows.get_mut(row).map(|f| &mut f.verdict),
            crate::settings::Unit::Packet => self.packets.get_mut(row).map(|p| &mut p.verdict),
            crate::settings::Unit::Host => self.hosts.get_mut(row).map(|h| &mut h.verdict),
        }
    }

    /// The verdict of row `row` of the unit in force.
    #[must_use]
    pub fn verdict(&self, row: usize) -> Option<&Verdict> {
        match self.settings.unit {
            crate::settings::Unit::Flow => self.flows.get(row).map(|f| &f.verdict),
            crate::settings::Unit::Packet => self.packets.get(row).map(|p| &p.verdict),
            crate::settings::Unit::Host => self.hosts.get(row).map(|h| &h.verdict),
        }
    }
}

/// Key figures of a capture.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// One sentence for a person.
    pub verdict: String,
    /// Packets read.
    pub packets: u64,
    /// Their original lengths added up.
    pub bytes: u64,
    /// Flows kept.
    pub flows: u64,
    /// Distinct addresses of the kept flows.
    pub hosts: u64,
    /// Earliest packet.
    pub first_ts: Option<Timestamp>,
    /// Latest packet.
    pub last_ts: Option<Timestamp>,
    /// Seconds between them.
    pub duration: f64,
    /// Rows of the unit in force that were scored.
    pub rows: u64,
    /// Rows that are anomalous.
    pub anomalies: u64,
    /// Flows, packets and bytes by protocol, largest first.
    pub protocols: Vec<ProtocolCount>,
}

/// One protocol's share of a capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProtocolCount {
    /// Name as in the flow records.
    pub proto: String,
    /// Flows.
    pub flows: u64,
    /// Packets.
    pub packets: u64,
    /// Original bytes.
    pub bytes: u64,
}
