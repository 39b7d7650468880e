//! One host: an address and what all its flows say of it.

use std::net::IpAddr;

use super::{AddressKind, Proto, Report, Verdict};
use crate::sort;
use crate::units::Timestamp;

/// Zeek's connection states, in the order of [`Role::states`].
pub const STATES: [&str; 13] =
    ["S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"];

/// Packets and bytes that went one way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Packets.
    pub packets: u64,
    /// Original bytes on the wire, link layer included.
    pub wire_bytes: u64,
    /// Payload bytes above the transport header.
    pub payload_bytes: u64,
}

impl Traffic {
    /// Adds more of it.
    pub fn merge(&mut self, other: &Self) {
        self.packets = self.packets.saturating_add(other.packets);
        self.wire_bytes = self.wire_bytes.saturating_add(other.wire_bytes);
        self.payload_bytes = self.payload_bytes.saturating_add(other.payload_bytes);
    }
}

/// A host on one side of its flows: as their originator, or as their responder.
///
/// **Units** flows, hosts, services; a service is a protocol and a responder's port (in ICMP the type). All counts are of
/// the flows in the report, and exact.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Role {
    /// Flows.
    pub flows: u32,
    /// Flows that got nothing back: no payload on TCP, no packet elsewhere.
    pub failed: u32,
    /// What the host sent in them.
    pub sent: Traffic,
    /// What it got.
    pub received: Traffic,
    /// Distinct other ends.
    pub peers: u32,
    /// Distinct services: tried by the originator, or tried on the responder.
    pub ports: u32,
    /// Most peers for one service: a sweep as originator, popularity as responder.
    pub port_peers: u32,
    /// Most services with one peer: a port scan.
    pub pair_ports: u32,
    /// Most flows that begin in one window of 60 s.
    pub peak_flows: u32,
    /// Flows by Zeek's connection state, in the order of [`STATES`].
    pub states: [u32; 13],
    /// The peer of most flows, of equals the first.
    pub main_peer: Option<IpAddr>,
    /// The protocol and port (in ICMP the type) of most flows, of equals the first.
    pub main_service: Option<(Proto, u16)>,
    /// Mean time between the beginnings of flows, nanoseconds; `None` below two flows.
    pub gap_mean_ns: Option<f64>,
    /// Their standard deviation over their mean, 0 = like a clock; `None` with fewer than three gaps.
    pub gap_variation: Option<f32>,
    /// Mean duration of the flows, nanoseconds; `None` without flows.
    pub duration_mean_ns: Option<f64>,
}

impl Role {
    /// Share of the flows that got nothing back; `None` without flows.
    #[must_use]
    pub fn failed_share(&self) -> Option<f64> {
        share(self.failed, self.flows)
    }

    /// Share of the flows in one of these connection states; `None` without flows.
    #[must_use]
    pub fn state_share(&self, states: &[&str]) -> Option<f64> {
        let named = STATES.iter().zip(self.states).filter(|(name, _)| states.contains(name));
        share(named.map(|(_, n)| n).fold(0, u32::saturating_add), self.flows)
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// Questions a host asked the domain name system, and how they were answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DnsCounts {
    /// Questions.
    pub queries: u32,
    /// Answers.
    pub answers: u32,
    /// Answers that say the name does not exist (RFC 1035, RCODE 3).
    pub nxdomain: u32,
}

impl DnsCounts {
    /// Share of the answers that say the name does not exist; `None` without answers.
    #[must_use]
    pub fn nxdomain_share(&self) -> Option<f64> {
        share(self.nxdomain, self.answers)
    }
}

/// Hardware addresses from which an address sent ARP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Macs {
    kept: [[u8; 6]; Self::MOST],
    count: u8,
}

impl Macs {
    /// Addresses told apart; more are as many.
    pub const MOST: usize = 8;

    /// Adds one; whether it is known afterwards.
    pub fn add(&mut self, mac: [u8; 6]) -> bool {
        if self.iter().any(|known| *known == mac) {
            return true;
        }
        let Some(place) = self.kept.get_mut(usize::from(self.count)) else { return false };
        *place = mac;
        self.count += 1;
        true
    }

    /// How many, at most [`Self::MOST`].
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::from(self.count)
    }

    /// In order of appearance.
    pub fn iter(&self) -> impl Iterator<Item = &[u8; 6]> {
        self.kept.iter().take(usize::from(self.count))
    }

    /// As text, `02:00:00:00:00:01`, joined by commas.
    #[must_use]
    pub fn text(&self) -> String {
        let one = |mac: &[u8; 6]| mac.map(|byte| format!("{byte:02x}")).join(":");
        self.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// One host.
#[derive(Debug, Clone, PartialEq)]
pub struct HostRecord {
    /// Its address.
    pub address: IpAddr,
    /// What kind of address that is.
    pub kind: AddressKind,
    /// Whether it is private, link-local or loopback.
    pub is_local: bool,
    /// The name the capture gives it. As it is there: make it safe before it is shown.
    pub name: Option<Box<str>>,
    /// Hardware addresses from which it sent ARP.
    pub macs: Macs,
    /// First packet of its flows.
    pub first_ts: Timestamp,
    /// Latest packet of its flows.
    pub last_ts: Timestamp,
    /// Distinct flows it is an end of.
    pub flows: u32,
    /// Of these, both ends are itself.
    pub self_flows: u32,
    /// Packets of its flows, each once.
    pub packets: u64,
    /// Original bytes of its flows.
    pub wire_bytes: u64,
    /// As originator.
    pub orig: Role,
    /// As responder.
    pub resp: Role,
    /// Distinct other ends on either side.
    pub peers: u32,
    /// Windows of 60 s in which one of its flows begins.
    pub active_windows: u32,
    /// Flows of TCP, UDP, ICMP (both versions), ARP and other protocols.
    pub protos: [u32; 5],
    /// Numbers of the other protocols, ascending.
    pub other_protos: Vec<u8>,
    /// Application protocols recognised in its flows by what their payload says, in order of name.
    pub services: Vec<&'static str>,
    /// Mean payload entropy of what it sent, over the flows with payload, bits a byte.
    pub sent_entropy: Option<f32>,
    /// Mean payload entropy of what it received.
    pub received_entropy: Option<f32>,
    /// Most payload bytes it sent in one flow.
    pub largest_sent: u64,
    /// Smallest variation of the gaps between flows to one (responder, service), 0 = like a clock; `None` where none has
    /// three gaps.
    pub steadiest: Option<f32>,
    /// What it asked the domain name system; `None` where no such flow was read.
    pub dns: Option<DnsCounts>,
    /// Distinct server names it asked for in TLS, QUIC and HTTP; `None` where no such flow was read.
    pub server_names: Option<u32>,
    /// What the detector says of it (unit host).
    pub verdict: Verdict,
}

impl HostRecord {
    /// What it sent on either side.
    #[must_use]
    pub fn sent(&self) -> Traffic {
        sum(self.orig.sent, &self.resp.sent)
    }

    /// What it received on either side.
    #[must_use]
    pub fn received(&self) -> Traffic {
        sum(self.orig.received, &self.resp.received)
    }

    /// Nanoseconds from its first to its latest packet.
    #[must_use]
    pub fn duration_ns(&self) -> u64 {
        self.last_ts.since(self.first_ts)
    }

    /// (sent - received) / (sent + received) of the payload, -1 to 1; `None` without payload.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // a ratio needs no more than 53 bits
    pub fn balance(&self) -> Option<f64> {
        let (sent, received) = (self.sent().payload_bytes as f64, self.received().payload_bytes as f64);
        (sent + received > 0.0).then(|| (sent - received) / (sent + received))
    }

    /// Whether one of its flows has the protocol, of ICMP either version.
    #[must_use]
    pub fn has_proto(&self, proto: Proto) -> bool {
        match (proto_place(proto), proto) {
            (OTHER, Proto::Ip(number)) => self.other_protos.binary_search(&number).is_ok(),
            (place, _) => self.protos.get(place).is_some_and(|n| *n > 0),
        }
    }

    /// Whether one of its flows is neither TCP, UDP, ICMP nor ARP.
    #[must_use]
    pub fn has_other_proto(&self) -> bool {
        !self.other_protos.is_empty()
    }

    /// Its protocols in words: `tcp+udp`.
    #[must_use]
    pub fn protos_text(&self) -> String {
        let used = PROTO_NAMES.iter().zip(self.protos).filter(|(_, n)| *n > 0);
        used.map(|(name, _)| *name).collect::<Vec<_>>().join("+")
    }
}

fn sum(mut one: Traffic, other: &Traffic) -> Traffic {
    one.merge(other);
    one
}

/// Names of the places of [`HostRecord::protos`].
pub const PROTO_NAMES: [&str; 5] = ["tcp", "udp", "icmp", "arp", "other"];

/// The last place of [`HostRecord::protos`].
const OTHER: usize = 4;

/// The place of a protocol in [`HostRecord::protos`].
#[must_use]
pub fn proto_place(proto: Proto) -> usize {
    match proto {
        Proto::TCP => 0,
        Proto::UDP => 1,
        _ if proto.is_icmp() => 2,
        Proto::Arp => 3,
        Proto::Ip(_) => OTHER,
    }
}

impl Report {
    /// The flows that one of these hosts is an end of, in order.
    ///
    /// **Memory** four bytes a flow.
    #[must_use]
    pub fn flows_of_hosts(&self, hosts: &[u32]) -> Vec<u32> {
        let at = |row: &u32| usize::try_from(*row).ok().and_then(|row| self.hosts.get(row));
        let mut addresses: Vec<IpAddr> = hosts.iter().filter_map(at).map(|h| h.address).collect();
        sort::ascending(&mut addresses);
        let is_meant = |address| addresses.binary_search(&address).is_ok();
        let flows = (0..).zip(&self.flows);
        flows.filter(|(_, f)| is_meant(f.orig_addr) || is_meant(f.resp_addr)).map(|(row, _)| row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_addresses_are_counted_once_and_bounded() {
        let mut macs = Macs::default();
        assert_eq!((macs.count(), macs.text()), (0, String::new()));
        assert!(macs.add([2, 0, 0, 0, 0, 1]) && macs.add([2, 0, 0, 0, 0, 1]) && macs.add([0xfe; 6]));
        assert_eq!((macs.count(), macs.text().as_str()), (2, "02:00:00:00:00:01, fe:fe:fe:fe:fe:fe"));
        for n in 0..20 {
            macs.add([n; 6]);
        }
        assert_eq!((macs.count(), macs.iter().count()), (8, 8));
        assert!(!macs.add([99; 6]) && macs.add([0xfe; 6]));
    }

    #[test]
    fn shares_of_nothing_are_missing() {
        let mut role = Role::default();
        assert_eq!((role.failed_share(), role.state_share(&["S0"])), (None, None));
        (role.flows, role.failed) = (4, 1);
        role.states[0] = 1;
        role.states[3] = 2;
        assert_eq!((role.failed_share(), role.state_share(&["S0", "REJ"])), (Some(0.25), Some(0.75)));
        assert_eq!(DnsCounts::default().nxdomain_share(), None);
        assert_eq!(DnsCounts { queries: 9, answers: 4, nxdomain: 3 }.nxdomain_share(), Some(0.75));
    }
}
