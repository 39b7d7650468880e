//! What other tools can name of a row: its conversation.

use std::net::IpAddr;

use crate::report::{FlowRecord, PacketRecord, Proto, Tunnel, TunnelKind};

/// Two ends, a protocol and ports.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conversation<'a> {
    pub(super) proto: Proto,
    pub(super) pair: Pair,
    /// Ports of originator and responder; ICMP type, and code or the answer's type.
    pub(super) ports: (u16, u16),
    /// First and last packet.
    pub(super) numbers: (u64, u64),
    pub(super) tunnel: Option<&'a Tunnel>,
    pub(super) has_vlan: bool,
    /// Whether it stands for what is inside a tunnel: then only the second port is known.
    pub(super) is_outside: bool,
}

/// Two addresses without a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) low: IpAddr,
    pub(super) high: IpAddr,
}

impl Pair {
    pub(super) fn new(a: IpAddr, b: IpAddr) -> Self {
        Self { low: a.min(b), high: a.max(b) }
    }
}

/// What flows share that other tools cannot tell apart: ends, protocol and ports without a direction.
pub(super) type Key = (Proto, Pair, u16, u16);

/// An ICMP type, and its code where no type answers it.
pub(super) type IcmpKind = (u16, Option<u16>);

impl<'a> Conversation<'a> {
    pub(super) fn of_flow(f: &'a FlowRecord) -> Self {
        Self {
            proto: f.proto,
            pair: Pair::new(f.orig_addr, f.resp_addr),
            ports: (f.orig_port, f.resp_port),
            numbers: (f.first_packet, f.last_packet),
            tunnel: f.tunnel.as_deref(),
            has_vlan: f.vlan.is_some(),
            is_outside: false,
        }
    }

    pub(super) fn of_packet(p: &PacketRecord) -> Self {
        Self {
            proto: p.proto,
            pair: Pair::new(p.src, p.dst),
            ports: (p.src_port.unwrap_or(0), p.dst_port.unwrap_or(0)),
            numbers: (p.number, p.number),
            tunnel: None,
            has_vlan: false,
            is_outside: false,
        }
    }

    /// The tunnel in its place, where there is one.
    pub(super) fn seen_outside(self) -> Self {
        let Some(tunnel) = self.tunnel else { return self };
        let (proto, port) = match tunnel.kind {
            TunnelKind::IpInIp => (Proto::Ip(if self.pair.low.is_ipv6() { 41 } else { 4 }), 0),
            TunnelKind::Gre | TunnelKind::Nvgre => (Proto::Ip(47), 0),
            TunnelKind::Vxlan => (Proto::UDP, 4789),
            TunnelKind::Geneve => (Proto::UDP, 6081),
            TunnelKind::Gtp => (Proto::UDP, 2152),
            TunnelKind::Teredo => (Proto::UDP, 3544),
            TunnelKind::EtherIp => (Proto::Ip(97), 0),
            TunnelKind::Mpls => (Proto::Ip(137), 0),
            TunnelKind::L2tp => (Proto::UDP, 1701),
        };
        Self {
            proto,
            pair: Pair::new(tunnel.src, tunnel.dst),
            ports: (0, port),
            tunnel: None,
            is_outside: true,
            ..self
        }
    }

    /// The ICMP kinds of its packets.
    pub(super) fn icmp_kinds(&self) -> Vec<IcmpKind> {
        let (kind, other) = self.ports;
        if has_answer(self.proto, kind) { vec![(kind, None), (other, None)] } else { vec![(kind, Some(other))] }
    }

    /// What makes it one flow with others.
    pub(super) fn key(&self) -> Key {
        let (a, b) = self.ports;
        (self.proto, self.pair, a.min(b), a.max(b))
    }
}

/// Whether the type has an answer or is one: then its two ports are both types.
fn has_answer(proto: Proto, kind: u16) -> bool {
    if proto == Proto::ICMP {
        matches!(kind, 0 | 8 | 9 | 10 | 13..=18)
    } else {
        matches!(kind, 128..=131 | 133..=136 | 139 | 140 | 144 | 145)
    }
}

/// Whether packets of the type quote another packet.
pub(super) fn is_icmp_error(proto: Proto, kind: u16) -> bool {
    match proto {
        Proto::ICMP => matches!(kind, 3..=5 | 11 | 12),
        Proto::ICMPV6 => matches!(kind, 1..=4 | 137),
        _ => false,
    }
}
