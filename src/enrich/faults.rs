//! What of a side file is not used, counted by reason with the line of the first.

use std::collections::BTreeMap;

use crate::report::SideFault;

/// Why something is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    BadLine,
    LineTooLong,
    TooWide,
    Reserved,
    LocalName,
    NotInTraffic,
    NotForDetection,
    Combined,
    BeyondLimit,
    BadHost,
    BadPort,
    BadRecord,
    Ipv4Only,
}

impl Fault {
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::BadLine => (
                "bad_line",
                "Lines that are no address, network, domain, URL, JA3, JA4 or hash of a certificate are not used.",
            ),
            Self::LineTooLong => ("line_too_long", "Lines of more than 8 KiB are not used."),
            Self::TooWide => ("too_wide", "Networks wider than /8 (IPv6: /16) would match half of the world."),
            Self::Reserved => (
                "reserved_address",
                "Addresses and networks that are nobody's or everybody's (private ranges as a whole, loopback, link-local, \
                 multicast, unspecified) are not used.",
            ),
            Self::LocalName => {
                ("local_name", "Names of this machine and names without a dot (localhost, broadcasthost) are not used.")
            }
            Self::NotInTraffic => (
                "not_in_traffic",
                "Indicators that no captured traffic shows (files, e-mail addresses, registry keys) are not used.",
            ),
            Self::NotForDetection => (
                "not_for_detection",
                "Entries that the list itself takes out (exceptions, revoked, not for detection).",
            ),
            Self::Combined => {
                ("combined_pattern", "Patterns that want several things at once are not used: one alone means nothing.")
            }
            Self::BeyondLimit => ("beyond_limit", "Entries beyond the largest number that is kept are not used."),
            Self::BadHost => ("bad_host", "Hosts without an address that can be read are not used."),
            Self::BadRecord => {
                ("bad_record", "Addresses whose record in the database is damaged are taken for unknown.")
            }
            Self::Ipv4Only => {
                ("ipv4_only", "The database has networks of IPv4 only: addresses of IPv6 are not looked up in it.")
            }
            Self::BadPort => ("bad_port", "Ports without a number or a known protocol are not used."),
        }
    }
}

/// Counted faults.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(BTreeMap<Fault, (u64, u64)>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault, line: u64) {
        self.0.entry(fault).or_insert((0, line)).0 += 1;
    }

    /// How often one occurred.
    pub(crate) fn of(&self, fault: Fault) -> u64 {
        self.0.get(&fault).map_or(0, |(count, _)| *count)
    }

    /// Line of the first of one.
    pub(crate) fn first(&self, fault: Fault) -> Option<u64> {
        self.0.get(&fault).map(|(_, line)| *line)
    }

    pub(crate) fn report(&self) -> Vec<SideFault> {
        let told = |(fault, (count, first_line)): (&Fault, &(u64, u64))| {
            let (kind, message) = fault.told();
            SideFault { kind, message, count: *count, first_line: *first_line }
        };
        self.0.iter().map(told).collect()
    }
}
