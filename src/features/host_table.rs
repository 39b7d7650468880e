//! The host features: what all flows of an address add up to.

use super::{Feature, Transform};
use crate::report::HostRecord;
use crate::units::{count, float, seconds};

const LINEAR: Transform = Transform::Linear;
const LOG: Transform = Transform::Log1p;

type Value = fn(&HostRecord) -> Option<f64>;

const fn feature(
    name: &'static str,
    unit: &'static str,
    definition: &'static str,
    transform: Transform,
    is_default: bool,
    value: Value,
) -> Feature<HostRecord> {
    Feature { name, unit, definition, transform, is_default, value }
}

fn n(count: u32) -> Option<f64> {
    Some(f64::from(count))
}

fn b(bytes: u64) -> Option<f64> {
    Some(float(bytes))
}

fn balance(one: f64, other: f64) -> Option<f64> {
    (one + other > 0.0).then(|| (one - other) / (one + other))
}

fn proto_share(host: &HostRecord, place: usize) -> Option<f64> {
    let flows = host.protos.get(place)?;
    (host.flows > 0).then(|| f64::from(*flows) / f64::from(host.flows))
}

/// Every host feature. Nothing back: no payload on TCP, no packet elsewhere. A minute is a window of 60 s of the capture,
/// counted from its first packet.
pub static HOST_FEATURES: &[Feature<HostRecord>] = &[
    feature("orig_flows", "flows", "Flows it began.", LOG, true, |h| n(h.orig.flows)),
    feature(
        "orig_failed_share",
        "",
        "Share of the flows it began that got nothing back, 0-1; missing without such flows.",
        LINEAR,
        true,
        |h| h.orig.failed_share(),
    ),
    feature("orig_peers", "hosts", "Distinct responders of the flows it began.", LOG, true, |h| n(h.orig.peers)),
    feature("orig_ports", "ports", "Distinct protocols and ports it tried.", LOG, true, |h| n(h.orig.ports)),
    feature("orig_port_peers", "hosts", "Most responders it tried the same port of: a sweep.", LOG, true, |h| {
        n(h.orig.port_peers)
    }),
    feature("orig_pair_ports", "ports", "Most ports it tried on one responder: a port scan.", LOG, true, |h| {
        n(h.orig.pair_ports)
    }),
    feature("orig_peak_flows", "flows", "Most flows it began that begin in one minute.", LOG, true, |h| {
        n(h.orig.peak_flows)
    }),
    feature(
        "orig_gap_mean",
        "s",
        "Mean time between the beginnings of the flows it began; missing below two.",
        LOG,
        false,
        |h| h.orig.gap_mean_ns.map(|ns| ns / 1e9),
    ),
    feature(
        "orig_gap_variation",
        "",
        "Standard deviation over mean of the time between the flows it began, 0 = like a clock; missing below four.",
        LOG,
        true,
        |h| h.orig.gap_variation.map(f64::from),
    ),
    feature("orig_duration_mean", "s", "Mean duration of the flows it began; missing without.", LOG, true, |h| {
        h.orig.duration_mean_ns.map(|ns| ns / 1e9)
    }),
    feature(
        "orig_attempt_share",
        "",
        "Share of the flows it began that are TCP attempts without an answer (S0, SH), 0-1; missing without flows.",
        LINEAR,
        false,
        |h| h.orig.state_share(&["S0", "SH"]),
    ),
    feature(
        "orig_refused_share",
        "",
        "Share of the flows it began that are refused TCP attempts (REJ, RSTOS0, RSTRH), 0-1; missing without flows.",
        LINEAR,
        false,
        |h| h.orig.state_share(&["REJ", "RSTOS0", "RSTRH"]),
    ),
    feature(
        "orig_reset_share",
        "",
        "Share of the flows it began that ended by a reset after they were established (RSTO, RSTR), 0-1; missing \
         without flows.",
        LINEAR,
        false,
        |h| h.orig.state_share(&["RSTO", "RSTR"]),
    ),
    feature(
        "orig_closed_share",
        "",
        "Share of the flows it began that were established and closed (SF), 0-1; missing without flows.",
        LINEAR,
        false,
        |h| h.orig.state_share(&["SF"]),
    ),
    feature("resp_flows", "flows", "Flows to it.", LOG, true, |h| n(h.resp.flows)),
    feature(
        "resp_failed_share",
        "",
        "Share of the flows to it that got nothing back, 0-1; missing without such flows.",
        LINEAR,
        true,
        |h| h.resp.failed_share(),
    ),
    feature("resp_peers", "hosts", "Distinct originators of the flows to it.", LOG, true, |h| n(h.resp.peers)),
    feature("resp_ports", "ports", "Distinct protocols and ports that were tried on it.", LOG, true, |h| {
        n(h.resp.ports)
    }),
    feature("resp_port_peers", "hosts", "Most originators that tried the same port of it.", LOG, true, |h| {
        n(h.resp.port_peers)
    }),
    feature("resp_pair_ports", "ports", "Most ports that one originator tried on it.", LOG, true, |h| {
        n(h.resp.pair_ports)
    }),
    feature("resp_peak_flows", "flows", "Most flows to it that begin in one minute.", LOG, true, |h| {
        n(h.resp.peak_flows)
    }),
    feature(
        "resp_gap_mean",
        "s",
        "Mean time between the beginnings of the flows to it; missing below two.",
        LOG,
        false,
        |h| h.resp.gap_mean_ns.map(|ns| ns / 1e9),
    ),
    feature(
        "resp_gap_variation",
        "",
        "Standard deviation over mean of the time between the flows to it, 0 = like a clock; missing below four.",
        LOG,
        false,
        |h| h.resp.gap_variation.map(f64::from),
    ),
    feature("resp_duration_mean", "s", "Mean duration of the flows to it; missing without.", LOG, false, |h| {
        h.resp.duration_mean_ns.map(|ns| ns / 1e9)
    }),
    feature(
        "resp_attempt_share",
        "",
        "Share of the flows to it that are TCP attempts without an answer (S0, SH), 0-1; missing without flows.",
        LINEAR,
        false,
        |h| h.resp.state_share(&["S0", "SH"]),
    ),
    feature(
        "resp_refused_share",
        "",
        "Share of the flows to it that are refused TCP attempts (REJ, RSTOS0, RSTRH), 0-1; missing without flows.",
        LINEAR,
        false,
        |h| h.resp.state_share(&["REJ", "RSTOS0", "RSTRH"]),
    ),
    feature(
        "resp_reset_share",
        "",
        "Share of the flows to it that ended by a reset after they were established (RSTO, RSTR), 0-1; missing \
         without flows.",
        LINEAR,
        false,
        |h| h.resp.state_share(&["RSTO", "RSTR"]),
    ),
    feature(
        "resp_closed_share",
        "",
        "Share of the flows to it that were established and closed (SF), 0-1; missing without flows.",
        LINEAR,
        false,
        |h| h.resp.state_share(&["SF"]),
    ),
    feature("flows", "flows", "Flows it is an end of.", LOG, false, |h| n(h.flows)),
    feature("peers", "hosts", "Distinct hosts at the other end, whoever began.", LOG, false, |h| n(h.peers)),
    feature(
        "role_balance",
        "",
        "(flows it began - flows to it) / (both), -1 = only responder, 1 = only originator.",
        LINEAR,
        false,
        |h| balance(f64::from(h.orig.flows), f64::from(h.resp.flows)),
    ),
    feature("packets", "packets", "Packets of its flows.", LOG, false, |h| b(h.packets)),
    feature("bytes", "bytes", "Bytes of its flows on the wire.", LOG, false, |h| b(h.wire_bytes)),
    feature("sent_pkts", "packets", "Packets it sent.", LOG, false, |h| b(h.sent().packets)),
    feature("received_pkts", "packets", "Packets it received.", LOG, false, |h| b(h.received().packets)),
    feature("sent_bytes", "bytes", "Payload it sent.", LOG, true, |h| b(h.sent().payload_bytes)),
    feature("received_bytes", "bytes", "Payload it received.", LOG, true, |h| b(h.received().payload_bytes)),
    feature(
        "byte_balance",
        "",
        "(sent - received) / (sent + received) of its payload, -1 to 1; missing without payload.",
        LINEAR,
        true,
        |h| h.balance(),
    ),
    feature("largest_sent", "bytes", "Most payload it sent in one flow.", LOG, true, |h| b(h.largest_sent)),
    feature("packets_per_flow", "packets", "Packets of its flows over their number.", LOG, false, |h| {
        (h.flows > 0).then(|| float(h.packets) / f64::from(h.flows))
    }),
    feature("packet_size_mean", "bytes", "Bytes on the wire over packets, of its flows.", LOG, false, |h| {
        (h.packets > 0).then(|| float(h.wire_bytes) / float(h.packets))
    }),
    feature("duration", "s", "From the first to the latest packet of its flows.", LOG, false, |h| {
        Some(seconds(h.duration_ns()))
    }),
    feature("active_windows", "minutes", "Minutes in which one of its flows begins.", LOG, false, |h| {
        n(h.active_windows)
    }),
    feature("flows_per_window", "flows", "Its flows over the minutes in which one begins.", LOG, false, |h| {
        (h.active_windows > 0).then(|| f64::from(h.flows) / f64::from(h.active_windows))
    }),
    feature(
        "steadiest_gap_variation",
        "",
        "Smallest variation of the time between flows to one responder and port, 0 = like a clock; missing where \
         none has four flows.",
        LOG,
        true,
        |h| h.steadiest.map(f64::from),
    ),
    feature(
        "sent_entropy",
        "bits/byte",
        "Mean payload entropy of what it sent in a flow, 0-8; missing without payload.",
        LINEAR,
        true,
        |h| h.sent_entropy.map(f64::from),
    ),
    feature(
        "received_entropy",
        "bits/byte",
        "Mean payload entropy of what it received in a flow, 0-8; missing without payload.",
        LINEAR,
        true,
        |h| h.received_entropy.map(f64::from),
    ),
    feature("tcp_share", "", "Share of its flows that are TCP, 0-1.", LINEAR, false, |h| proto_share(h, 0)),
    feature("udp_share", "", "Share of its flows that are UDP, 0-1.", LINEAR, false, |h| proto_share(h, 1)),
    feature("icmp_share", "", "Share of its flows that are ICMP of either version, 0-1.", LINEAR, false, |h| {
        proto_share(h, 2)
    }),
    feature("arp_share", "", "Share of its flows that are ARP, 0-1.", LINEAR, false, |h| proto_share(h, 3)),
    feature(
        "service_count",
        "services",
        "Distinct application protocols recognised in its flows, at most 32.",
        LOG,
        false,
        |h| b(count(h.services.len())),
    ),
    feature(
        "dns_queries",
        "queries",
        "Questions it asked the domain name system; missing where no such flow was read.",
        LOG,
        false,
        |h| n(h.dns?.queries),
    ),
    feature(
        "nxdomain_share",
        "",
        "Share of the answers that say the name does not exist, 0-1; missing without answers.",
        LINEAR,
        false,
        |h| h.dns?.nxdomain_share(),
    ),
    feature(
        "server_names",
        "names",
        "Distinct server names it asked for in TLS, QUIC and HTTP; missing where no such flow was read.",
        LOG,
        false,
        |h| h.server_names.map(f64::from),
    ),
    feature(
        "macs",
        "addresses",
        "Distinct hardware addresses from which it sent ARP, at most 8; missing where it sent none.",
        LOG,
        false,
        |h| Some(h.macs.count()).filter(|n| *n > 0).map(f64::from),
    ),
    feature("is_local", "", "1 when the address is private, link-local or loopback.", LINEAR, false, |h| {
        Some(f64::from(u8::from(h.is_local)))
    }),
];
