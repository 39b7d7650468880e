//! The packet features: those of the desktop tools that cluster single packets.

use std::net::{IpAddr, Ipv4Addr};

use super::{Feature, Transform};
use crate::report::{PacketRecord, Proto, TcpFlags};
use crate::units::float;

const LINEAR: Transform = Transform::Linear;
const LOG: Transform = Transform::Log1p;

const fn feature(
    name: &'static str,
    unit: &'static str,
    definition: &'static str,
    transform: Transform,
    is_default: bool,
    value: fn(&PacketRecord) -> Option<f64>,
) -> Feature<PacketRecord> {
    Feature { name, unit, definition, transform, is_default, value }
}

fn flag(packet: &PacketRecord, mask: u16) -> Option<f64> {
    packet.flags.map(|f| f64::from(u8::from(f.has(mask))))
}

fn port(packet: &PacketRecord, port: Option<u16>) -> Option<f64> {
    port.filter(|_| packet.proto.has_ports()).map(f64::from)
}

fn is(yes: bool) -> Option<f64> {
    Some(f64::from(u8::from(yes)))
}

/// Flags without the one that tells about explicit congestion notification's nonce (RFC 9293 has eight).
const ALL_FLAGS: u16 = 0xff;

/// Every packet feature.
pub static PACKET_FEATURES: &[Feature<PacketRecord>] = &[
    feature("length", "bytes", "Length on the wire.", LOG, true, |p| Some(f64::from(p.length))),
    feature("payload_size", "bytes", "Payload above the transport header, by the length fields.", LOG, true, |p| {
        Some(f64::from(p.payload_len))
    }),
    feature(
        "payload_entropy",
        "bits/byte",
        "Shannon entropy of the captured payload, 0-8; missing without.",
        LINEAR,
        true,
        |p| p.entropy.map(f64::from),
    ),
    feature("header_length", "bytes", "Network and transport headers.", LINEAR, true, |p| {
        Some(f64::from(p.header_len))
    }),
    feature("iat", "ms", "Time since the flow's packet before; missing for its first.", LOG, true, |p| {
        p.iat_ns.map(|ns| float(ns) / 1e6)
    }),
    feature("src_port", "", "Sender's port; missing where the protocol has none.", LOG, true, |p| port(p, p.src_port)),
    feature("dst_port", "", "Receiver's port; missing where the protocol has none.", LOG, true, |p| {
        port(p, p.dst_port)
    }),
    feature("syn", "", "1 with SYN; missing outside TCP.", LINEAR, true, |p| flag(p, TcpFlags::SYN)),
    feature("ack", "", "1 with ACK; missing outside TCP.", LINEAR, true, |p| flag(p, TcpFlags::ACK)),
    feature("fin", "", "1 with FIN; missing outside TCP.", LINEAR, true, |p| flag(p, TcpFlags::FIN)),
    feature("rst", "", "1 with RST; missing outside TCP.", LINEAR, true, |p| flag(p, TcpFlags::RST)),
    feature("psh", "", "1 with PSH; missing outside TCP.", LINEAR, true, |p| flag(p, TcpFlags::PSH)),
    feature("urg", "", "1 with URG; missing outside TCP.", LINEAR, true, |p| flag(p, TcpFlags::URG)),
    feature("window", "bytes", "TCP window, unscaled; missing outside TCP.", LOG, true, |p| p.window.map(f64::from)),
    feature("ttl", "hops", "IP time to live or hop limit; missing for ARP.", LINEAR, true, |p| p.ttl.map(f64::from)),
    feature("is_tcp", "", "1 for TCP.", LINEAR, false, |p| Some(f64::from(u8::from(p.proto == Proto::TCP)))),
    feature("is_udp", "", "1 for UDP.", LINEAR, false, |p| Some(f64::from(u8::from(p.proto == Proto::UDP)))),
    feature("is_icmp", "", "1 for ICMP and ICMPv6.", LINEAR, false, |p| is(p.proto.is_icmp())),
    feature("is_ipv6", "", "1 for IPv6.", LINEAR, false, |p| is(p.src.is_ipv6())),
    feature("is_multicast", "", "1 to a multicast or broadcast address.", LINEAR, false, |p| {
        is(p.dst.is_multicast() || p.dst == IpAddr::V4(Ipv4Addr::BROADCAST))
    }),
    feature("ece", "", "1 with ECE; missing outside TCP.", LINEAR, false, |p| flag(p, TcpFlags::ECE)),
    feature("cwr", "", "1 with CWR; missing outside TCP.", LINEAR, false, |p| flag(p, TcpFlags::CWR)),
    feature("flags_set", "", "TCP flags that are set, 0-8; missing outside TCP.", LINEAR, false, |p| {
        p.flags.map(|f| f64::from((f.0 & ALL_FLAGS).count_ones()))
    }),
    feature("is_bare_ack", "", "1 with ACK alone and no payload; missing outside TCP.", LINEAR, false, |p| {
        p.flags.map(|f| f64::from(u8::from(f.0 & ALL_FLAGS == TcpFlags::ACK && p.payload_len == 0)))
    }),
    feature(
        "payload_share",
        "",
        "Payload over the length on the wire, 0-1; missing when that is 0.",
        LINEAR,
        false,
        |p| (p.length > 0).then(|| (f64::from(p.payload_len) / f64::from(p.length)).min(1.0)),
    ),
    feature("low_port", "", "Smaller of the two ports; missing where the protocol has none.", LOG, false, |p| {
        port(p, p.src_port.zip(p.dst_port).map(|(a, b)| a.min(b)))
    }),
];
