//! The flow features.

mod content;
mod sizes;
mod tcp;
mod times;

use super::{Feature, Transform, context_table, join};
use crate::host::is_failed;
use crate::report::{Direction, FlowRecord, Moments, SizeMoments};
use crate::units::{float, seconds};

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

fn per_second(amount: u64, flow: &FlowRecord) -> Option<f64> {
    let duration = seconds(flow.duration_ns());
    (duration > 0.0).then(|| float(amount) / duration)
}

fn ms(ns: Option<f64>) -> Option<f64> {
    ns.map(|v| v / 1e6)
}

fn variation(moments: &Moments) -> Option<f64> {
    let (std, mean) = moments.std_dev().zip(moments.mean())?;
    (moments.n > 1 && mean > 0.0).then(|| std / mean)
}

fn payload_bytes(flow: &FlowRecord) -> u64 {
    flow.orig.payload_bytes + flow.resp.payload_bytes
}

fn flag(flow: &FlowRecord, index: usize) -> Option<f64> {
    Some(flag_of(&flow.orig, index)? + flag_of(&flow.resp, index)?)
}

fn flag_of(direction: &Direction, index: usize) -> Option<f64> {
    Some(f64::from(direction.flags.get(index).copied().unwrap_or(0)))
}

/// Payload a packet of either side.
fn payload(flow: &FlowRecord) -> SizeMoments {
    let mut both = flow.orig.payload;
    both.merge(&flow.resp.payload);
    both
}

fn ratio(amount: f64, of: f64) -> Option<f64> {
    (of > 0.0).then(|| amount / of)
}

fn is(yes: bool) -> Option<f64> {
    Some(if yes { 1.0 } else { 0.0 })
}

/// Every flow feature. Payload = bytes above the transport header, by the length fields. A definition says after
/// "; missing" when there is no value; beside that, what memory did not allow to be measured is missing.
pub static FLOW_FEATURES: &[Feature<FlowRecord>] = &join::<_, COUNT>(PARTS);

const PARTS: &[&[Feature<FlowRecord>]] =
    &[FIRST, sizes::FEATURES, times::FEATURES, tcp::FEATURES, content::FEATURES, context_table::FEATURES];
const COUNT: usize = super::total(PARTS);

const FIRST: &[Feature<FlowRecord>] = &[
    feature("duration", "s", "From first to last packet.", LOG, true, |f| Some(seconds(f.duration_ns()))),
    feature("orig_pkts", "packets", "Packets of the originator.", LOG, true, |f| Some(float(f.orig.packets))),
    feature("resp_pkts", "packets", "Packets of the responder.", LOG, true, |f| Some(float(f.resp.packets))),
    feature("orig_bytes", "bytes", "Payload of the originator.", LOG, true, |f| Some(float(f.orig.payload_bytes))),
    feature("resp_bytes", "bytes", "Payload of the responder.", LOG, true, |f| Some(float(f.resp.payload_bytes))),
    feature("orig_ip_bytes", "bytes", "IP bytes of the originator, headers included.", LOG, false, |f| {
        Some(float(f.orig.ip_bytes))
    }),
    feature("resp_ip_bytes", "bytes", "IP bytes of the responder, headers included.", LOG, false, |f| {
        Some(float(f.resp.ip_bytes))
    }),
    feature(
        "bytes_per_second",
        "B/s",
        "Payload of both sides over the duration; missing when that is 0.",
        LOG,
        false,
        |f| per_second(payload_bytes(f), f),
    ),
    feature(
        "pkts_per_second",
        "1/s",
        "Packets of both sides over the duration; missing when that is 0.",
        LOG,
        false,
        |f| per_second(f.packets(), f),
    ),
    feature(
        "byte_balance",
        "",
        "(orig - resp) / (orig + resp) of the payload, -1 to 1; missing without payload.",
        LINEAR,
        true,
        |f| {
            let (orig, resp) = (float(f.orig.payload_bytes), float(f.resp.payload_bytes));
            (orig + resp > 0.0).then(|| (orig - resp) / (orig + resp))
        },
    ),
    feature("orig_payload_mean", "bytes", "Mean payload of the originator's packets.", LOG, true, |f| {
        f.orig.payload.mean()
    }),
    feature("orig_payload_std", "bytes", "Sample standard deviation of the originator's payloads.", LOG, true, |f| {
        f.orig.payload.std_dev()
    }),
    feature("orig_payload_max", "bytes", "Largest payload of the originator.", LOG, false, |f| {
        f.orig.payload.largest().map(float)
    }),
    feature(
        "resp_payload_mean",
        "bytes",
        "Mean payload of the responder's packets; missing when it sent none.",
        LOG,
        true,
        |f| f.resp.payload.mean(),
    ),
    feature(
        "resp_payload_std",
        "bytes",
        "Sample standard deviation of the responder's payloads; missing when it sent no packet.",
        LOG,
        false,
        |f| f.resp.payload.std_dev(),
    ),
    feature(
        "resp_payload_max",
        "bytes",
        "Largest payload of the responder; missing when it sent no packet.",
        LOG,
        false,
        |f| f.resp.payload.largest().map(float),
    ),
    feature("iat_mean", "ms", "Mean time between packets; missing with one packet.", LOG, true, |f| ms(f.iat.mean())),
    feature(
        "iat_std",
        "ms",
        "Sample standard deviation of the time between packets; missing with one packet.",
        LOG,
        false,
        |f| ms(f.iat.std_dev()),
    ),
    feature("iat_min", "ms", "Shortest time between packets; missing with one packet.", LOG, false, |f| {
        ms(f.iat.smallest().map(float))
    }),
    feature("iat_max", "ms", "Longest time between packets; missing with one packet.", LOG, true, |f| {
        ms(f.iat.largest().map(float))
    }),
    feature(
        "iat_variation",
        "",
        "Standard deviation over mean of the time between packets, 0 = like a clock; missing below three packets.",
        LOG,
        true,
        |f| variation(&f.iat),
    ),
    feature(
        "orig_entropy",
        "bits/byte",
        "Shannon entropy of the originator's captured payload, of its first content-bytes, 0-8; missing without payload.",
        LINEAR,
        true,
        |f| f.orig.entropy,
    ),
    feature(
        "resp_entropy",
        "bits/byte",
        "Shannon entropy of the responder's captured payload, of its first content-bytes, 0-8; missing without payload.",
        LINEAR,
        true,
        |f| f.resp.entropy,
    ),
    feature("fin_pkts", "packets", "Packets with FIN.", LOG, false, |f| flag(f, 0)),
    feature("syn_pkts", "packets", "Packets with SYN.", LOG, true, |f| flag(f, 1)),
    feature("rst_pkts", "packets", "Packets with RST.", LOG, true, |f| flag(f, 2)),
    feature("psh_pkts", "packets", "Packets with PSH.", LOG, false, |f| flag(f, 3)),
    feature("ack_pkts", "packets", "Packets with ACK.", LOG, false, |f| flag(f, 4)),
    feature("urg_pkts", "packets", "Packets with URG.", LOG, true, |f| flag(f, 5)),
    feature("orig_port", "", "Originator's port; missing where the protocol has none.", LOG, false, |f| {
        f.proto.has_ports().then(|| f64::from(f.orig_port))
    }),
    feature("resp_port", "", "Responder's port; missing where the protocol has none.", LOG, false, |f| {
        f.proto.has_ports().then(|| f64::from(f.resp_port))
    }),
    feature("is_failed", "", "1 when nothing came back: no payload on TCP, no packet elsewhere.", LINEAR, true, |f| {
        is(is_failed(f))
    }),
];
