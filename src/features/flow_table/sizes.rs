//! Sizes of packets and headers, on the wire, from the IP header on and above the transport header.

use super::{LINEAR, LOG, feature, payload};
use crate::features::Feature;
use crate::report::{End, FlowRecord, Moments};
use crate::units::float;

use End::{Orig, Resp};

/// Bytes on the wire a packet of either side.
fn wire(flow: &FlowRecord) -> Option<Moments> {
    let mut both = flow.wire_sizes(Orig)?;
    both.merge(&flow.wire_sizes(Resp)?);
    Some(both)
}

pub(super) const FEATURES: &[Feature<FlowRecord>] = &[
    feature("orig_wire_bytes", "bytes", "Bytes of the originator on the wire.", LOG, false, |f| {
        Some(float(f.orig.wire_bytes))
    }),
    feature("resp_wire_bytes", "bytes", "Bytes of the responder on the wire.", LOG, false, |f| {
        Some(float(f.resp.wire_bytes))
    }),
    feature("wire_bytes", "bytes", "Bytes of both sides on the wire.", LOG, false, |f| Some(float(f.wire_bytes()))),
    feature("pkts", "packets", "Packets of both sides.", LOG, false, |f| Some(float(f.packets()))),
    feature("payload_bytes", "bytes", "Payload of both sides.", LOG, false, |f| Some(float(payload(f).sum))),
    feature("wire_min", "bytes", "Smallest packet on the wire.", LOG, false, |f| wire(f)?.smallest().map(float)),
    feature("wire_mean", "bytes", "Mean packet on the wire.", LOG, false, |f| wire(f)?.mean()),
    feature("wire_std", "bytes", "Sample standard deviation of the packets on the wire.", LOG, false, |f| {
        wire(f)?.std_dev()
    }),
    feature("wire_max", "bytes", "Largest packet on the wire.", LOG, false, |f| wire(f)?.largest().map(float)),
    feature("orig_wire_min", "bytes", "Smallest packet of the originator on the wire.", LOG, false, |f| {
        f.wire_sizes(Orig)?.smallest().map(float)
    }),
    feature("orig_wire_mean", "bytes", "Mean packet of the originator on the wire.", LOG, false, |f| {
        f.wire_sizes(Orig)?.mean()
    }),
    feature(
        "orig_wire_std",
        "bytes",
        "Sample standard deviation of the originator's packets on the wire.",
        LOG,
        false,
        |f| f.wire_sizes(Orig)?.std_dev(),
    ),
    feature("orig_wire_max", "bytes", "Largest packet of the originator on the wire.", LOG, false, |f| {
        f.wire_sizes(Orig)?.largest().map(float)
    }),
    feature(
        "resp_wire_min",
        "bytes",
        "Smallest packet of the responder on the wire; missing when it sent none.",
        LOG,
        false,
        |f| f.wire_sizes(Resp)?.smallest().map(float),
    ),
    feature(
        "resp_wire_mean",
        "bytes",
        "Mean packet of the responder on the wire; missing when it sent none.",
        LOG,
        false,
        |f| f.wire_sizes(Resp)?.mean(),
    ),
    feature(
        "resp_wire_std",
        "bytes",
        "Sample standard deviation of the responder's packets on the wire; missing when it sent none.",
        LOG,
        false,
        |f| f.wire_sizes(Resp)?.std_dev(),
    ),
    feature(
        "resp_wire_max",
        "bytes",
        "Largest packet of the responder on the wire; missing when it sent none.",
        LOG,
        false,
        |f| f.wire_sizes(Resp)?.largest().map(float),
    ),
    feature("orig_ip_mean", "bytes", "Mean IP packet of the originator, headers included.", LOG, false, |f| {
        f.ip_sizes(Orig)?.mean()
    }),
    feature("orig_ip_std", "bytes", "Sample standard deviation of the originator's IP packets.", LOG, false, |f| {
        f.ip_sizes(Orig)?.std_dev()
    }),
    feature(
        "resp_ip_mean",
        "bytes",
        "Mean IP packet of the responder, headers included; missing when it sent none.",
        LOG,
        false,
        |f| f.ip_sizes(Resp)?.mean(),
    ),
    feature(
        "resp_ip_std",
        "bytes",
        "Sample standard deviation of the responder's IP packets; missing when it sent none.",
        LOG,
        false,
        |f| f.ip_sizes(Resp)?.std_dev(),
    ),
    feature("payload_min", "bytes", "Smallest payload of a packet.", LOG, false, |f| payload(f).smallest().map(float)),
    feature("payload_mean", "bytes", "Mean payload of the packets.", LOG, false, |f| payload(f).mean()),
    feature("payload_std", "bytes", "Sample standard deviation of the payloads.", LOG, false, |f| payload(f).std_dev()),
    feature("payload_max", "bytes", "Largest payload of a packet.", LOG, false, |f| payload(f).largest().map(float)),
    feature("orig_payload_min", "bytes", "Smallest payload of the originator.", LOG, false, |f| {
        f.orig.payload.smallest().map(float)
    }),
    feature(
        "resp_payload_min",
        "bytes",
        "Smallest payload of the responder; missing when it sent no packet.",
        LOG,
        false,
        |f| f.resp.payload.smallest().map(float),
    ),
    feature("orig_header_bytes", "bytes", "Transport headers of the originator.", LOG, false, |f| {
        f.header_bytes(Orig).map(float)
    }),
    feature("resp_header_bytes", "bytes", "Transport headers of the responder.", LOG, false, |f| {
        f.header_bytes(Resp).map(float)
    }),
    feature("orig_header_min", "bytes", "Smallest transport header of the originator.", LINEAR, false, |f| {
        f.smallest_header(Orig).map(f64::from)
    }),
    feature(
        "resp_header_min",
        "bytes",
        "Smallest transport header of the responder; missing when it sent no packet.",
        LINEAR,
        false,
        |f| f.smallest_header(Resp).map(f64::from),
    ),
    feature("orig_data_pkts", "packets", "Packets of the originator with payload.", LOG, false, |f| {
        f.data_packets(Orig).map(float)
    }),
    feature("resp_data_pkts", "packets", "Packets of the responder with payload.", LOG, false, |f| {
        f.data_packets(Resp).map(float)
    }),
    feature("cut_share", "", "Share of the packets whose payload the snapshot length cut, 0-1.", LINEAR, false, |f| {
        Some(float(f.orig.cut_packets + f.resp.cut_packets) / float(f.packets()))
    }),
];
