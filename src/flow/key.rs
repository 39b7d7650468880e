//! What makes packets one flow.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use super::hash::mix64;
use crate::packet::Packet;
use crate::report::{FlowRecord, Proto};
use crate::settings::Settings;

/// What beside the 5-tuple tells flows apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRule {
    /// The outermost VLAN (setting `vlan-key`).
    pub vlan: bool,
    /// The virtual network: VXLAN, Geneve and NVGRE identifiers (setting `tunnel-key`).
    pub tunnel: bool,
}

impl KeyRule {
    /// The rule that the settings make.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self { vlan: settings.vlan_key, tunnel: settings.tunnel_key }
    }
}

/// The 5-tuple without a direction: the smaller (address, port) stands first; and what else the rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    low: Address,
    high: Address,
    ports: u32,
    network: u32,
    /// The VLAN and one more; 0 for none.
    vlan: u16,
    proto: u16,
    is_v6: bool,
}

/// An address as two big-endian words: they are in the order of its bytes. IPv4 is the first half of the first word.
type Address = [u64; 2];

/// ARP has no protocol number; this is beyond all of them.
const ARP: u16 = 256;

fn words(address: IpAddr) -> Address {
    match address {
        IpAddr::V4(v4) => [u64::from(v4.to_bits()) << 32, 0],
        IpAddr::V6(v6) => {
            let [a, b, c, d, e, f, g, h, rest @ ..] = v6.octets();
            [u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes(rest)]
        }
    }
}

impl Hash for Key {
    /// As few words as there are: a table's hash is a good part of what a packet costs.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.ports) << 32 | u64::from(self.proto) << 1 | u64::from(self.is_v6));
        if (self.network, self.vlan) != (0, 0) {
            state.write_u64(u64::from(self.network) << 16 | u64::from(self.vlan));
        }
        let ([a, b], [c, d]) = (self.low, self.high);
        if self.is_v6 {
            [a, b, c, d].into_iter().for_each(|word| state.write_u64(word));
        } else {
            state.write_u64(a | c >> 32);
        }
    }
}

impl Key {
    /// Whether a flow is between the same addresses and ports over the same protocol.
    pub(super) fn is_of(&self, flow: &FlowRecord) -> bool {
        let (orig, resp) = ((words(flow.orig_addr), flow.orig_port), (words(flow.resp_addr), flow.resp_port));
        let [a, b, c, d] = self.ports.to_be_bytes();
        let [low_port, high_port] = [[a, b], [c, d]].map(u16::from_be_bytes);
        let (low, high) = if orig <= resp { (orig, resp) } else { (resp, orig) };
        let is_v6 = flow.proto != Proto::Arp && flow.orig_addr.is_ipv6();
        let proto = flow.proto.number().map_or(ARP, u16::from);
        (self.low, low_port, self.high, high_port) == (low.0, low.1, high.0, high.1)
            && (self.proto, self.is_v6) == (proto, is_v6)
    }

    /// The packet's key, and whether its sender is the key's first end.
    #[must_use]
    pub fn of(packet: &Packet<'_>, rule: KeyRule) -> (Self, bool) {
        let (src, dst) = (words(packet.src), words(packet.dst));
        let is_low = (src, packet.src_port) <= (dst, packet.dst_port);
        let (low, low_port, high, high_port) = if is_low {
            (src, packet.src_port, dst, packet.dst_port)
        } else {
            (dst, packet.dst_port, src, packet.src_port)
        };
        let proto = packet.proto.number().map_or(ARP, u16::from);
        let ports = u32::from(low_port) << 16 | u32::from(high_port);
        let is_v6 = packet.proto != Proto::Arp && packet.src.is_ipv6();
        let network = if rule.tunnel { packet.network() } else { 0 };
        let vlan = packet.vlan.filter(|_| rule.vlan).map_or(0, |id| id.saturating_add(1));
        (Self { low, high, ports, network, vlan, proto, is_v6 }, is_low)
    }

    /// A fixed 64-bit mix of the key, for the flow's id. Not for tables, whose hash is keyed.
    #[must_use]
    pub fn mix(&self) -> u64 {
        let mut state = u64::from(self.ports) << 17 ^ u64::from(self.proto) << 1 ^ u64::from(self.is_v6);
        if (self.network, self.vlan) != (0, 0) {
            state = mix64(state ^ u64::from(self.network) ^ u64::from(self.vlan) << 32);
        }
        for word in self.low.into_iter().chain(self.high) {
            state = mix64(state ^ word);
        }
        mix64(state)
    }
}
