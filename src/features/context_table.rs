//! The flow features that one flow alone cannot show: those of the flows around it.
//!
//! In the same minute: in the same window of 60 s of the capture, counted from its first packet. All are missing before
//! the flows were counted together.

use super::{Feature, Transform};
use crate::report::{Around, FlowRecord, Scope};
use crate::units::float;

const LINEAR: Transform = Transform::Linear;
const LOG: Transform = Transform::Log1p;

type Value = fn(&FlowRecord) -> Option<f64>;

const fn feature(
    name: &'static str,
    unit: &'static str,
    definition: &'static str,
    transform: Transform,
    is_default: bool,
    value: Value,
) -> Feature<FlowRecord> {
    Feature { name, unit, definition, transform, is_default, value }
}

fn around(flow: &FlowRecord, value: fn(&Around) -> Option<f64>) -> Option<f64> {
    value(flow.context.around.as_deref()?)
}

fn window(flow: &FlowRecord, value: fn(&Scope) -> Option<f64>) -> Option<f64> {
    value(&flow.context.around.as_deref()?.window)
}

fn capture(flow: &FlowRecord, value: fn(&Scope) -> Option<f64>) -> Option<f64> {
    value(&flow.context.around.as_deref()?.capture)
}

fn n(count: u32) -> Option<f64> {
    Some(f64::from(count))
}

fn b(bytes: u64) -> Option<f64> {
    Some(float(bytes))
}

fn x(value: f32) -> Option<f64> {
    Some(f64::from(value))
}

fn service_share(scope: &Scope) -> Option<f64> {
    (scope.orig_flows > 0).then(|| f64::from(scope.orig_service_flows) / f64::from(scope.orig_flows))
}

fn balance(scope: &Scope) -> Option<f64> {
    let (sent, received) = (float(scope.orig_sent), float(scope.orig_received));
    (sent + received > 0.0).then(|| (sent - received) / (sent + received))
}

/// Every feature of the flows around a flow.
pub(super) const FEATURES: &[Feature<FlowRecord>] = &[
    feature("orig_window_flows", "flows", "Flows of the originator in the same minute.", LOG, true, |f| {
        window(f, |s| n(s.orig_flows))
    }),
    feature("resp_window_flows", "flows", "Flows to the responder in the same minute.", LOG, true, |f| {
        window(f, |s| n(s.resp_flows))
    }),
    feature("pair_window_flows", "flows", "Flows of the same two hosts in the same minute.", LOG, true, |f| {
        window(f, |s| n(s.pair_flows))
    }),
    feature(
        "service_window_flows",
        "flows",
        "Flows to the same responder and port in the same minute.",
        LOG,
        true,
        |f| window(f, |s| n(s.service_flows)),
    ),
    feature(
        "orig_window_peers",
        "hosts",
        "Distinct responders of the originator in the same minute.",
        LOG,
        true,
        |f| window(f, |s| n(s.orig_peers)),
    ),
    feature(
        "orig_window_ports",
        "ports",
        "Distinct responder ports of the originator in the same minute.",
        LOG,
        true,
        |f| window(f, |s| n(s.orig_ports)),
    ),
    feature(
        "resp_window_peers",
        "hosts",
        "Distinct originators of the responder in the same minute.",
        LOG,
        true,
        |f| window(f, |s| n(s.resp_peers)),
    ),
    feature(
        "orig_failed_share",
        "",
        "Share of the originator's flows in the same minute that got nothing back, 0-1.",
        LINEAR,
        true,
        |f| window(f, |s| x(s.orig_failed_share)),
    ),
    feature(
        "service_rarity",
        "",
        "-ln of the share of the protocol and responder port in all flows; 0 = every flow.",
        LINEAR,
        true,
        |f| around(f, |a| x(a.service_rarity)),
    ),
    feature(
        "gap_variation",
        "",
        "Standard deviation over mean of the time between flows of the same hosts and port, 0 = like a clock; \
         missing with fewer than four such flows.",
        LOG,
        true,
        |f| around(f, |a| a.gap_variation.map(f64::from)),
    ),
    feature(
        "resp_window_ports",
        "ports",
        "Distinct ports of the responder that somebody tried in the same minute.",
        LOG,
        true,
        |f| window(f, |s| n(s.resp_ports)),
    ),
    feature(
        "pair_window_ports",
        "ports",
        "Distinct ports that the originator tried on the responder in the same minute.",
        LOG,
        true,
        |f| window(f, |s| n(s.pair_ports)),
    ),
    feature(
        "orig_service_window_flows",
        "flows",
        "Flows of the originator to the same port of anybody in the same minute.",
        LOG,
        true,
        |f| window(f, |s| n(s.orig_service_flows)),
    ),
    feature(
        "orig_service_window_peers",
        "hosts",
        "Distinct responders of the originator for the same port in the same minute.",
        LOG,
        true,
        |f| window(f, |s| n(s.orig_service_peers)),
    ),
    feature(
        "orig_service_window_share",
        "",
        "Share of the originator's flows in the same minute that go to the same port, 0-1.",
        LINEAR,
        true,
        |f| window(f, service_share),
    ),
    feature(
        "resp_failed_share",
        "",
        "Share of the flows to the responder in the same minute that got nothing back, 0-1.",
        LINEAR,
        true,
        |f| window(f, |s| x(s.resp_failed_share)),
    ),
    feature(
        "orig_window_sent",
        "bytes",
        "Payload that the originator sent in its flows of the same minute.",
        LOG,
        true,
        |f| window(f, |s| b(s.orig_sent)),
    ),
    feature(
        "orig_window_received",
        "bytes",
        "Payload that the originator got in its flows of the same minute.",
        LOG,
        true,
        |f| window(f, |s| b(s.orig_received)),
    ),
    feature(
        "orig_window_balance",
        "",
        "(sent - received) / (sent + received) of the originator's payload in the same minute, -1 to 1; missing without.",
        LINEAR,
        true,
        |f| window(f, balance),
    ),
    feature("orig_total_flows", "flows", "Flows of the originator in the capture.", LOG, true, |f| {
        capture(f, |s| n(s.orig_flows))
    }),
    feature("resp_total_flows", "flows", "Flows to the responder in the capture.", LOG, true, |f| {
        capture(f, |s| n(s.resp_flows))
    }),
    feature("pair_total_flows", "flows", "Flows of the same two hosts in the capture.", LOG, true, |f| {
        capture(f, |s| n(s.pair_flows))
    }),
    feature("service_total_flows", "flows", "Flows to the same responder and port in the capture.", LOG, true, |f| {
        capture(f, |s| n(s.service_flows))
    }),
    feature(
        "orig_service_total_flows",
        "flows",
        "Flows of the originator to the same port of anybody in the capture.",
        LOG,
        true,
        |f| capture(f, |s| n(s.orig_service_flows)),
    ),
    feature("orig_total_peers", "hosts", "Distinct responders of the originator in the capture.", LOG, true, |f| {
        capture(f, |s| n(s.orig_peers))
    }),
    feature(
        "orig_total_ports",
        "ports",
        "Distinct responder ports of the originator in the capture.",
        LOG,
        true,
        |f| capture(f, |s| n(s.orig_ports)),
    ),
    feature("resp_total_peers", "hosts", "Distinct originators of the responder in the capture.", LOG, true, |f| {
        capture(f, |s| n(s.resp_peers))
    }),
    feature(
        "resp_total_ports",
        "ports",
        "Distinct ports of the responder that somebody tried in the capture.",
        LOG,
        true,
        |f| capture(f, |s| n(s.resp_ports)),
    ),
    feature(
        "pair_total_ports",
        "ports",
        "Distinct ports that the originator tried on the responder in the capture.",
        LOG,
        true,
        |f| capture(f, |s| n(s.pair_ports)),
    ),
    feature(
        "orig_service_total_peers",
        "hosts",
        "Distinct responders of the originator for the same port in the capture.",
        LOG,
        true,
        |f| capture(f, |s| n(s.orig_service_peers)),
    ),
    feature(
        "orig_service_total_share",
        "",
        "Share of the originator's flows in the capture that go to the same port, 0-1.",
        LINEAR,
        true,
        |f| capture(f, service_share),
    ),
    feature(
        "orig_total_failed_share",
        "",
        "Share of the originator's flows in the capture that got nothing back, 0-1.",
        LINEAR,
        true,
        |f| capture(f, |s| x(s.orig_failed_share)),
    ),
    feature(
        "resp_total_failed_share",
        "",
        "Share of the flows to the responder in the capture that got nothing back, 0-1.",
        LINEAR,
        true,
        |f| capture(f, |s| x(s.resp_failed_share)),
    ),
    feature("orig_total_sent", "bytes", "Payload that the originator sent in all flows it began.", LOG, true, |f| {
        capture(f, |s| b(s.orig_sent))
    }),
    feature("orig_total_received", "bytes", "Payload that the originator got in all flows it began.", LOG, true, |f| {
        capture(f, |s| b(s.orig_received))
    }),
    feature(
        "orig_total_balance",
        "",
        "(sent - received) / (sent + received) of the originator's payload in the capture, -1 to 1; missing without.",
        LINEAR,
        true,
        |f| capture(f, balance),
    ),
    feature(
        "orig_flow_rate",
        "1/s",
        "Flows of the originator over the time from its first to its last; missing where that is 0.",
        LOG,
        true,
        |f| around(f, |a| a.orig_rate.map(f64::from)),
    ),
    feature(
        "size_variation",
        "",
        "Standard deviation over mean of the payload the originator sent in flows of the same hosts and port; missing \
         with fewer than four such flows and where it sent none.",
        LOG,
        true,
        |f| around(f, |a| a.size_variation.map(f64::from)),
    ),
    feature(
        "responder_rarity",
        "",
        "-ln of the share of the responder in all flows; 0 = every flow.",
        LINEAR,
        true,
        |f| around(f, |a| x(a.responder_rarity)),
    ),
    feature(
        "application_rarity",
        "",
        "-ln of the share of the recognised application protocol in the flows that have one; missing without.",
        LINEAR,
        true,
        |f| f.context.application_rarity.get().map(f64::from),
    ),
    feature(
        "name_rarity",
        "",
        "-ln of the share of the server name in the flows that have one; missing without.",
        LINEAR,
        true,
        |f| f.context.name_rarity.get().map(f64::from),
    ),
    feature(
        "ja4_rarity",
        "",
        "-ln of the share of the JA4 in the flows that have one; missing without.",
        LINEAR,
        true,
        |f| f.context.ja4_rarity.get().map(f64::from),
    ),
    feature(
        "orig_nxdomain_share",
        "",
        "Share of the originator's DNS answers that say the name does not exist, 0-1; missing without answers.",
        LINEAR,
        true,
        |f| around(f, |a| a.orig_nxdomain_share.map(f64::from)),
    ),
    feature(
        "orig_macs",
        "addresses",
        "Distinct hardware addresses from which the originator sent ARP, at most 8; missing where it sent none.",
        LOG,
        true,
        |f| around(f, |a| a.orig_macs.map(f64::from)),
    ),
];
