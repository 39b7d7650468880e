//! What the payload looks like, bulks of it, and the first packets.

use super::{LINEAR, LOG, feature, ratio};
use crate::features::Feature;
use crate::report::{Bulk, End, FlowRecord};
use crate::units::{float, seconds};

use End::{Orig, Resp};

fn bytes_per_bulk(bulk: Bulk) -> Option<f64> {
    ratio(float(bulk.bytes), float(bulk.bulks))
}

fn pkts_per_bulk(bulk: Bulk) -> Option<f64> {
    ratio(float(bulk.packets), float(bulk.bulks))
}

fn bulk_rate(bulk: Bulk) -> Option<f64> {
    ratio(float(bulk.bytes), seconds(bulk.ns))
}

/// Bytes on the wire of the packet at a place from 0, negative from the responder.
#[allow(clippy::cast_precision_loss)] // below 2^32
fn size<const PLACE: usize>(flow: &FlowRecord) -> Option<f64> {
    flow.opening().signed_size(PLACE).map(|size| size as f64)
}

/// Milliseconds from the packet before to the packet at a place from 1.
fn gap<const PLACE: usize>(flow: &FlowRecord) -> Option<f64> {
    flow.opening().gap_ns(PLACE).map(|ns| float(ns) / 1e6)
}

/// What the definitions of the first packets say.
macro_rules! opening {
    ($nth:literal) => {
        concat!("Bytes on the wire of packet ", $nth, ", negative from the responder; missing when there is none.")
    };
    ($nth:literal after $before:literal) => {
        concat!("Time from packet ", $before, " to packet ", $nth, "; missing when there is none.")
    };
}

pub(super) const FEATURES: &[Feature<FlowRecord>] = &[
    feature(
        "orig_printable_share",
        "",
        "Share of printable ASCII, tabs and line ends in the originator's captured payload, 0-1; missing without \
         payload.",
        LINEAR,
        false,
        |f| {
            let [orig, _] = f.measures.content;
            orig.printable_share()
        },
    ),
    feature(
        "resp_printable_share",
        "",
        "Share of printable ASCII, tabs and line ends in the responder's captured payload, 0-1; missing without \
         payload.",
        LINEAR,
        false,
        |f| {
            let [_, resp] = f.measures.content;
            resp.printable_share()
        },
    ),
    feature(
        "orig_relative_entropy",
        "",
        "Entropy of the originator's captured payload over the most that so many bytes can have, min(8, log2 n), 0-1; \
         missing with fewer than two bytes.",
        LINEAR,
        false,
        |f| {
            let [orig, _] = f.measures.content;
            orig.relative_entropy(f.orig.entropy)
        },
    ),
    feature(
        "resp_relative_entropy",
        "",
        "Entropy of the responder's captured payload over the most that so many bytes can have, min(8, log2 n), 0-1; \
         missing with fewer than two bytes.",
        LINEAR,
        false,
        |f| {
            let [_, resp] = f.measures.content;
            resp.relative_entropy(f.resp.entropy)
        },
    ),
    feature(
        "orig_bulks",
        "",
        "Bulks of the originator: four or more packets with payload in a row, at most 1 s apart.",
        LOG,
        false,
        |f| f.bulk(Orig).map(|b| float(b.bulks)),
    ),
    feature(
        "resp_bulks",
        "",
        "Bulks of the responder: four or more packets with payload in a row, at most 1 s apart.",
        LOG,
        false,
        |f| f.bulk(Resp).map(|b| float(b.bulks)),
    ),
    feature(
        "orig_bytes_per_bulk",
        "bytes",
        "Payload a bulk of the originator; missing without one.",
        LOG,
        false,
        |f| f.bulk(Orig).and_then(bytes_per_bulk),
    ),
    feature("resp_bytes_per_bulk", "bytes", "Payload a bulk of the responder; missing without one.", LOG, false, |f| {
        f.bulk(Resp).and_then(bytes_per_bulk)
    }),
    feature(
        "orig_pkts_per_bulk",
        "packets",
        "Packets a bulk of the originator; missing without one.",
        LOG,
        false,
        |f| f.bulk(Orig).and_then(pkts_per_bulk),
    ),
    feature(
        "resp_pkts_per_bulk",
        "packets",
        "Packets a bulk of the responder; missing without one.",
        LOG,
        false,
        |f| f.bulk(Resp).and_then(pkts_per_bulk),
    ),
    feature(
        "orig_bulk_rate",
        "B/s",
        "Payload of the originator's bulks over their time; missing without one and when that is 0.",
        LOG,
        false,
        |f| f.bulk(Orig).and_then(bulk_rate),
    ),
    feature(
        "resp_bulk_rate",
        "B/s",
        "Payload of the responder's bulks over their time; missing without one and when that is 0.",
        LOG,
        false,
        |f| f.bulk(Resp).and_then(bulk_rate),
    ),
    feature("pkt1_size", "bytes", "Bytes on the wire of the first packet.", LINEAR, false, size::<0>),
    feature("pkt2_size", "bytes", opening!("2"), LINEAR, false, size::<1>),
    feature("pkt3_size", "bytes", opening!("3"), LINEAR, false, size::<2>),
    feature("pkt4_size", "bytes", opening!("4"), LINEAR, false, size::<3>),
    feature("pkt5_size", "bytes", opening!("5"), LINEAR, false, size::<4>),
    feature("pkt6_size", "bytes", opening!("6"), LINEAR, false, size::<5>),
    feature("pkt7_size", "bytes", opening!("7"), LINEAR, false, size::<6>),
    feature("pkt8_size", "bytes", opening!("8"), LINEAR, false, size::<7>),
    feature("pkt9_size", "bytes", opening!("9"), LINEAR, false, size::<8>),
    feature("pkt10_size", "bytes", opening!("10"), LINEAR, false, size::<9>),
    feature("pkt2_gap", "ms", opening!("2" after "1"), LOG, false, gap::<1>),
    feature("pkt3_gap", "ms", opening!("3" after "2"), LOG, false, gap::<2>),
    feature("pkt4_gap", "ms", opening!("4" after "3"), LOG, false, gap::<3>),
    feature("pkt5_gap", "ms", opening!("5" after "4"), LOG, false, gap::<4>),
    feature("pkt6_gap", "ms", opening!("6" after "5"), LOG, false, gap::<5>),
    feature("pkt7_gap", "ms", opening!("7" after "6"), LOG, false, gap::<6>),
    feature("pkt8_gap", "ms", opening!("8" after "7"), LOG, false, gap::<7>),
    feature("pkt9_gap", "ms", opening!("9" after "8"), LOG, false, gap::<8>),
    feature("pkt10_gap", "ms", opening!("10" after "9"), LOG, false, gap::<9>),
];
