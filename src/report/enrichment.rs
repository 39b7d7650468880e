//! What files beside the capture say, and what of it the traffic shows.

use serde::Serialize;

use super::{DatabaseReport, Finding, Geography, Places, Text};
use crate::units::Timestamp;

/// What the side files of a run say.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Enrichment {
    /// Threat lists, in the order they were given.
    pub lists: Vec<ListReport>,
    /// Port scans by nmap, in the order they were given.
    pub scans: Vec<ScanReport>,
    /// GeoIP databases, in the order they were given; absent where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub databases: Vec<DatabaseReport>,
    /// Countries and networks by what the databases say; absent without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geography: Option<Geography>,
    /// Where the addresses are. Not part of the JSON report: the tables of flows and hosts have it.
    #[serde(skip)]
    pub places: Places,
    /// What follows from them, without ids. They are among the report's findings, and kept here for when the detection runs
    /// again.
    #[serde(skip)]
    pub findings: Vec<Finding>,
}

/// A threat list and how much of it was met.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ListReport {
    /// The file's name.
    pub name: String,
    /// How it is written: `plain`, `hosts`, `csv`, `zeek-intel`, `stix` ...
    pub format: &'static str,
    /// Entries that traffic is compared with, each once.
    pub entries: u64,
    /// Of these: addresses and networks.
    pub addresses: u64,
    /// Of these: domains.
    pub domains: u64,
    /// Of these: URLs.
    pub urls: u64,
    /// Of these: JA3, JA4 and HASSH fingerprints.
    pub fingerprints: u64,
    /// Of these: hashes of certificates.
    pub certificates: u64,
    /// What of it is not used, and why.
    pub faults: Vec<SideFault>,
    /// Entries that were met.
    pub entries_met: u64,
    /// Flows that met one.
    pub flows_met: u64,
}

/// Something in a side file that was not used, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SideFault {
    /// Its name in snake case.
    pub kind: &'static str,
    /// One sentence.
    pub message: &'static str,
    /// How often.
    pub count: u64,
    /// Line of the first, from 1; 0 in a file that has no lines.
    pub first_line: u64,
}

/// A port scan by nmap, compared with the traffic.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ScanReport {
    /// The file's name.
    pub name: String,
    /// nmap's version.
    pub version: Text,
    /// nmap's command line.
    pub args: Text,
    /// When it began.
    pub start: Option<Timestamp>,
    /// When it ended.
    pub end: Option<Timestamp>,
    /// Whether the file ends before the scan does.
    pub is_cut: bool,
    /// Who scanned, where the capture has the scan in it.
    pub scanner: Option<String>,
    /// Flows of the capture that are the scan itself: nothing is concluded from them.
    pub scan_flows: u64,
    /// Hosts in the file.
    pub host_count: u64,
    /// The first of them, in the file's order.
    pub hosts: Vec<InventoryHost>,
    /// What of the file is not used, and why.
    pub faults: Vec<SideFault>,
}

impl ScanReport {
    /// Most hosts in a report.
    pub const MAX_HOSTS: usize = 1024;
}

/// A host as nmap found it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct InventoryHost {
    /// Its addresses.
    pub addresses: Vec<String>,
    /// Its hardware address.
    pub mac: Option<Text>,
    /// Its names.
    pub names: Vec<Text>,
    /// nmap's best guess of its operating system.
    pub os: Option<Text>,
    /// Whether it answered.
    pub is_up: bool,
    /// Ports that nmap only counted, by their state: `997 closed`.
    pub not_shown: Vec<Text>,
    /// Ports listed or seen, by protocol and number.
    pub ports: Vec<InventoryPort>,
    /// How many there are, those not kept included.
    pub port_count: u64,
}

impl InventoryHost {
    /// Most ports of a host in a report.
    pub const MAX_PORTS: usize = 256;
}

/// A port of a scanned host: what nmap says and what the traffic shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InventoryPort {
    /// `tcp`, `udp` or `sctp`.
    pub proto: &'static str,
    /// Its number.
    pub port: u16,
    /// nmap's word: `open`, `closed`, `filtered`; `None` where it says nothing of the port.
    pub state: Option<Text>,
    /// What nmap takes the service for.
    pub service: Option<Text>,
    /// Product and version.
    pub product: Option<Text>,
    /// Flows to it, without the scan's.
    pub flows: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Hosts that they came from.
    pub clients: u64,
    /// The service by what the payload says.
    pub observed_service: Option<&'static str>,
    /// How the two agree.
    pub verdict: PortVerdict,
}

/// How a scan and the traffic agree on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PortVerdict {
    /// It answers and was not found open.
    Undeclared,
    /// It answers, and the scan was kept out by a filter.
    FilteredAnswers,
    /// It answers as another service than nmap recognised.
    OtherService,
    /// It answers, and was not scanned.
    NotScanned,
    /// Found open, asked, and never answered.
    Unanswered,
    /// Found open, and nobody used it.
    Silent,
    /// Found open, and it answers.
    Confirmed,
    /// Not open, and it does not answer.
    Quiet,
}

impl PortVerdict {
    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Undeclared => "undeclared",
            Self::FilteredAnswers => "filtered_answers",
            Self::OtherService => "other_service",
            Self::NotScanned => "not_scanned",
            Self::Unanswered => "unanswered",
            Self::Silent => "silent",
            Self::Confirmed => "confirmed",
            Self::Quiet => "quiet",
        }
    }
}
