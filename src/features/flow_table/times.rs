//! Time between packets a direction, active periods and pauses, parts of a flow, and rates.

use super::{LOG, feature, ms, per_second, ratio};
use crate::features::Feature;
use crate::report::FlowRecord;
use crate::units::{float, seconds};

/// An amount of a flow's parts with no gap of more than a second inside.
fn a_subflow(flow: &FlowRecord, amount: u64) -> Option<f64> {
    ratio(float(amount), float(flow.subflows()?))
}

pub(super) const FEATURES: &[Feature<FlowRecord>] = &[
    feature(
        "orig_iat_total",
        "ms",
        "From the originator's first packet to its last; missing with one packet of it.",
        LOG,
        false,
        |f| (f.orig.iat.n > 0).then(|| float(f.orig.iat.sum) / 1e6),
    ),
    feature(
        "orig_iat_mean",
        "ms",
        "Mean time between packets of the originator; missing with one packet of it.",
        LOG,
        false,
        |f| ms(f.orig.iat.mean()),
    ),
    feature(
        "orig_iat_std",
        "ms",
        "Sample standard deviation of the time between packets of the originator; missing with one packet of it.",
        LOG,
        false,
        |f| ms(f.orig.iat.std_dev()),
    ),
    feature(
        "orig_iat_min",
        "ms",
        "Shortest time between packets of the originator; missing with one packet of it.",
        LOG,
        false,
        |f| ms(f.orig.iat.smallest().map(float)),
    ),
    feature(
        "orig_iat_max",
        "ms",
        "Longest time between packets of the originator; missing with one packet of it.",
        LOG,
        false,
        |f| ms(f.orig.iat.largest().map(float)),
    ),
    feature(
        "resp_iat_total",
        "ms",
        "From the responder's first packet to its last; missing with fewer than two packets of it.",
        LOG,
        false,
        |f| (f.resp.iat.n > 0).then(|| float(f.resp.iat.sum) / 1e6),
    ),
    feature(
        "resp_iat_mean",
        "ms",
        "Mean time between packets of the responder; missing with fewer than two packets of it.",
        LOG,
        false,
        |f| ms(f.resp.iat.mean()),
    ),
    feature(
        "resp_iat_std",
        "ms",
        "Sample standard deviation of the time between packets of the responder; missing with fewer than two packets \
         of it.",
        LOG,
        false,
        |f| ms(f.resp.iat.std_dev()),
    ),
    feature(
        "resp_iat_min",
        "ms",
        "Shortest time between packets of the responder; missing with fewer than two packets of it.",
        LOG,
        false,
        |f| ms(f.resp.iat.smallest().map(float)),
    ),
    feature(
        "resp_iat_max",
        "ms",
        "Longest time between packets of the responder; missing with fewer than two packets of it.",
        LOG,
        false,
        |f| ms(f.resp.iat.largest().map(float)),
    ),
    feature("active_mean", "s", "Mean period without a pause of more than 5 s.", LOG, false, |f| {
        f.active()?.mean().map(|ns| ns / 1e9)
    }),
    feature(
        "active_std",
        "s",
        "Sample standard deviation of the periods without a pause of more than 5 s.",
        LOG,
        false,
        |f| f.active()?.std_dev().map(|ns| ns / 1e9),
    ),
    feature("active_min", "s", "Shortest period without a pause of more than 5 s.", LOG, false, |f| {
        f.active()?.smallest().map(seconds)
    }),
    feature("active_max", "s", "Longest period without a pause of more than 5 s.", LOG, false, |f| {
        f.active()?.largest().map(seconds)
    }),
    feature("pauses", "", "Pauses of more than 5 s.", LOG, false, |f| f.idle().map(|idle| float(idle.n))),
    feature("idle_mean", "s", "Mean pause of more than 5 s; missing without one.", LOG, false, |f| {
        f.idle()?.mean().map(|ns| ns / 1e9)
    }),
    feature(
        "idle_std",
        "s",
        "Sample standard deviation of the pauses of more than 5 s; missing without one.",
        LOG,
        false,
        |f| f.idle()?.std_dev().map(|ns| ns / 1e9),
    ),
    feature("idle_min", "s", "Shortest pause of more than 5 s; missing without one.", LOG, false, |f| {
        f.idle()?.smallest().map(seconds)
    }),
    feature("idle_max", "s", "Longest pause of more than 5 s; missing without one.", LOG, false, |f| {
        f.idle()?.largest().map(seconds)
    }),
    feature("subflows", "", "Parts of the flow with no gap of more than 1 s inside.", LOG, false, |f| {
        f.subflows().map(float)
    }),
    feature("orig_pkts_per_subflow", "packets", "Packets of the originator a part (subflow).", LOG, false, |f| {
        a_subflow(f, f.orig.packets)
    }),
    feature("resp_pkts_per_subflow", "packets", "Packets of the responder a part (subflow).", LOG, false, |f| {
        a_subflow(f, f.resp.packets)
    }),
    feature("orig_bytes_per_subflow", "bytes", "Payload of the originator a part (subflow).", LOG, false, |f| {
        a_subflow(f, f.orig.payload_bytes)
    }),
    feature("resp_bytes_per_subflow", "bytes", "Payload of the responder a part (subflow).", LOG, false, |f| {
        a_subflow(f, f.resp.payload_bytes)
    }),
    feature(
        "orig_pkts_per_second",
        "1/s",
        "Packets of the originator over the duration; missing when that is 0.",
        LOG,
        false,
        |f| per_second(f.orig.packets, f),
    ),
    feature(
        "resp_pkts_per_second",
        "1/s",
        "Packets of the responder over the duration; missing when that is 0.",
        LOG,
        false,
        |f| per_second(f.resp.packets, f),
    ),
    feature(
        "orig_bytes_per_second",
        "B/s",
        "Payload of the originator over the duration; missing when that is 0.",
        LOG,
        false,
        |f| per_second(f.orig.payload_bytes, f),
    ),
    feature(
        "resp_bytes_per_second",
        "B/s",
        "Payload of the responder over the duration; missing when that is 0.",
        LOG,
        false,
        |f| per_second(f.resp.payload_bytes, f),
    ),
    feature("pkts_ratio", "", "Packets of the responder over those of the originator.", LOG, false, |f| {
        ratio(float(f.resp.packets), float(f.orig.packets))
    }),
];
