//! A scan as nmap's XML tells it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::enrich::faults::Faults;
use crate::error::Result;
use crate::report::{SideFault, Text};
use crate::units::{Timestamp, count};

/// A port by protocol and number.
pub(super) type Port = (&'static str, u16);

/// What `nmap -oX` wrote.
#[derive(Debug, Clone, Default)]
pub struct NmapScan {
    pub(super) name: String,
    pub(super) version: Text,
    pub(super) args: Text,
    pub(super) start: Option<Timestamp>,
    pub(super) finished: Option<Timestamp>,
    /// Whether the document ends before its root does.
    pub(super) is_cut: bool,
    /// Ports asked for, by protocol: first and last of each range.
    pub(super) scanned: BTreeMap<&'static str, Vec<(u16, u16)>>,
    pub(super) hosts: Vec<NmapHost>,
    pub(super) faults: Faults,
}

/// A host of a scan.
#[derive(Debug, Clone, Default)]
pub(super) struct NmapHost {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) mac: Option<Text>,
    pub(super) names: Vec<Text>,
    pub(super) os: Option<Text>,
    pub(super) is_up: bool,
    pub(super) end: Option<Timestamp>,
    pub(super) ports: BTreeMap<Port, NmapPort>,
    /// States of ports that are not listed, with how many.
    pub(super) others: Vec<(Text, u64)>,
}

/// A port of a host.
#[derive(Debug, Clone, Default)]
pub(super) struct NmapPort {
    pub(super) state: Text,
    pub(super) service: Option<Text>,
    /// Whether the service is known by what it said, and not by its number.
    pub(super) is_probed: bool,
    pub(super) product: Option<Text>,
}

impl NmapScan {
    /// Most hosts kept of a scan.
    pub const MAX_HOSTS: usize = 65_536;

    /// Reads what `nmap -oX FILE` writes, also of a scan that was interrupted.
    ///
    /// **Errors** `SideFile` where the bytes are no XML, or not nmap's.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self> {
        super::parse::read(name, bytes)
    }

    /// Hosts in it.
    #[must_use]
    pub fn hosts(&self) -> u64 {
        count(self.hosts.len())
    }

    /// Parts of it that are not used, and why.
    #[must_use]
    pub fn faults(&self) -> Vec<SideFault> {
        self.faults.report()
    }

    /// When it ended: of an interrupted one, when its last host did.
    pub(super) fn end(&self) -> Option<Timestamp> {
        self.finished.or_else(|| self.hosts.iter().filter_map(|host| host.end).max())
    }

    /// Whether a port was asked for.
    pub(super) fn has_scanned(&self, (proto, port): Port) -> bool {
        self.scanned.get(proto).is_some_and(|ranges| ranges.iter().any(|(low, high)| (*low..=*high).contains(&port)))
    }

    /// How many ports of a host were asked for.
    pub(super) fn ports_a_host(&self) -> u64 {
        let of = |(low, high): &(u16, u16)| u64::from(high.saturating_sub(*low)) + 1;
        self.scanned.values().flatten().map(of).sum()
    }
}
