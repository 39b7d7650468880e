//! CICFlowMeter's columns, without the mistakes of the original.
//!
//! **Source** ahlashkari/CICFlowMeter 98a5eba, FlowFeature.java and BasicFlow.java; the mistakes by Engelen, Rimmer and
//! Joosen 2021 and Liu et al. 2022.

use super::{Column, Kind, Row};
use crate::export::Cell;
use crate::report::{Bulk, Direction, End, FlowRecord, Moments, SizeMoments};
use crate::units::{Timestamp, float};

use End::{Orig, Resp};
use Kind::{Float, Integer, Text};

/// What holds for the whole table.
pub(super) const NOTES: &[&str] = &[
    "One row a flow of IP, in order of the first packets, flows of one packet too. A flow ends after the idle timeout (120 s \
     of silence, where the original counts 120 s from the start), the active timeout, or its TCP end.",
    "Times are microseconds with the capture's digits; Timestamp is dd/MM/yyyy hh:mm:ss AM or PM, in UTC and not in the \
     zone of the machine.",
    "Every packet is counted once, in its own direction; divisions are of real numbers; the last active period counts; \
     subflows are the parts between gaps, so that a flow without a gap is one.",
    "IPv4 and IPv6 are measured alike. ICMP has its type and code as ports, and every IP protocol its number.",
    "Rates over a duration of 0 are empty, not Infinity or NaN. Other values that do not exist are 0 as in the original.",
    "Standard deviations and the variance are of the sample (n - 1), and 0 of one value.",
    "Lengths are payload by the IP length fields; what the link layer pads is no payload.",
    "Label is empty: the original writes NeedManualLabel.",
];

/// Nanoseconds as microseconds; 0 where there is no value.
fn us(ns: Option<f64>) -> Cell {
    Cell::Float(ns.map_or(0.0, |ns| ns / 1e3))
}

fn number(value: Option<f64>) -> Cell {
    Cell::Float(value.unwrap_or(0.0))
}

fn whole(value: Option<u64>) -> Cell {
    Cell::Count(value.unwrap_or(0))
}

/// What was not measured is empty.
fn measured<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
    Cell::or_unknown(value, cell)
}

fn rate(amount: u64, flow: &FlowRecord) -> Cell {
    let ns = flow.duration_ns();
    if ns == 0 { Cell::Unknown } else { Cell::Float(float(amount) / (float(ns) / 1e9)) }
}

fn lengths(flow: &FlowRecord) -> SizeMoments {
    let mut both = flow.orig.payload;
    both.merge(&flow.resp.payload);
    both
}

fn payload(flow: &FlowRecord) -> u64 {
    flow.orig.payload_bytes + flow.resp.payload_bytes
}

/// Packets with a flag, by its place in [`Direction::flags`].
fn flags<const PLACE: usize>(directions: &[&Direction]) -> Cell {
    Cell::Count(directions.iter().filter_map(|d| d.flags.get(PLACE)).map(|&n| u64::from(n)).sum())
}

fn bulk(flow: &FlowRecord, end: End, amount: fn(Bulk) -> u64) -> Cell {
    measured(flow.bulk(end), |b| Cell::Float(if b.bulks > 0 { float(amount(b)) / float(b.bulks) } else { 0.0 }))
}

fn bulk_rate(flow: &FlowRecord, end: End) -> Cell {
    measured(flow.bulk(end), |b| match (b.bulks, b.ns) {
        (0, _) => Cell::Float(0.0),
        (_, 0) => Cell::Unknown,
        _ => Cell::Float(float(b.bytes) / (float(b.ns) / 1e9)),
    })
}

fn a_subflow(flow: &FlowRecord, amount: u64) -> Cell {
    measured(flow.subflows(), |n| Cell::Float(float(amount) / float(n)))
}

fn periods(moments: Option<Moments>, value: fn(&Moments) -> Option<f64>) -> Cell {
    measured(moments, |m| us(value(&m)))
}

fn smallest(moments: &Moments) -> Option<f64> {
    moments.smallest().map(float)
}

fn largest(moments: &Moments) -> Option<f64> {
    moments.largest().map(float)
}

/// `dd/MM/yyyy hh:mm:ss a` in UTC.
pub(super) fn timestamp(ts: Timestamp) -> Cell {
    let seconds = jiff::Timestamp::from_second(ts.0.div_euclid(1_000_000_000));
    Cell::or_unknown(seconds.ok(), |ts| Cell::Text(ts.strftime("%d/%m/%Y %I:%M:%S %p").to_string()))
}

fn flow_id(flow: &FlowRecord) -> Cell {
    let proto = flow.proto.number().unwrap_or_default();
    let (src, dst) = (flow.orig_addr, flow.resp_addr);
    Cell::Text(format!("{src}-{dst}-{}-{}-{proto}", flow.orig_port, flow.resp_port))
}

const fn column(name: &'static str, kind: Kind, unit: &'static str, cell: fn(&Row<'_>) -> Cell) -> Column {
    Column { name, kind, unit, definition: "", cell }
}

const fn key(name: &'static str, kind: Kind, definition: &'static str, cell: fn(&Row<'_>) -> Cell) -> Column {
    Column { name, kind, unit: "", definition, cell }
}

pub(super) static COLUMNS: &[Column] = &[
    key("Flow ID", Text, "Source, destination, their ports and the protocol.", |r| flow_id(r.flow)),
    key("Src IP", Text, "Originator's address.", |r| Cell::Text(r.flow.orig_addr.to_string())),
    key("Src Port", Integer, "Originator's port; for ICMP the type.", |r| Cell::Count(r.flow.orig_port.into())),
    key("Dst IP", Text, "Responder's address.", |r| Cell::Text(r.flow.resp_addr.to_string())),
    key("Dst Port", Integer, "Responder's port; for ICMP the code or the answer's type.", |r| {
        Cell::Count(r.flow.resp_port.into())
    }),
    key("Protocol", Integer, "IP protocol number.", |r| {
        Cell::or_unknown(r.flow.proto.number(), |n| Cell::Count(n.into()))
    }),
    key("Timestamp", Text, "First packet: dd/MM/yyyy hh:mm:ss AM or PM, UTC.", |r| timestamp(r.flow.first_ts)),
    column("Flow Duration", Float, "us", |r| us(Some(float(r.flow.duration_ns())))),
    column("Total Fwd Packet", Integer, "packets", |r| Cell::Count(r.flow.orig.packets)),
    column("Total Bwd packets", Integer, "packets", |r| Cell::Count(r.flow.resp.packets)),
    column("Total Length of Fwd Packet", Integer, "bytes", |r| Cell::Count(r.flow.orig.payload_bytes)),
    column("Total Length of Bwd Packet", Integer, "bytes", |r| Cell::Count(r.flow.resp.payload_bytes)),
    column("Fwd Packet Length Max", Integer, "bytes", |r| whole(r.flow.orig.payload.largest())),
    column("Fwd Packet Length Min", Integer, "bytes", |r| whole(r.flow.orig.payload.smallest())),
    column("Fwd Packet Length Mean", Float, "bytes", |r| number(r.flow.orig.payload.mean())),
    column("Fwd Packet Length Std", Float, "bytes", |r| number(r.flow.orig.payload.std_dev())),
    column("Bwd Packet Length Max", Integer, "bytes", |r| whole(r.flow.resp.payload.largest())),
    column("Bwd Packet Length Min", Integer, "bytes", |r| whole(r.flow.resp.payload.smallest())),
    column("Bwd Packet Length Mean", Float, "bytes", |r| number(r.flow.resp.payload.mean())),
    column("Bwd Packet Length Std", Float, "bytes", |r| number(r.flow.resp.payload.std_dev())),
    column("Flow Bytes/s", Float, "B/s", |r| rate(payload(r.flow), r.flow)),
    column("Flow Packets/s", Float, "1/s", |r| rate(r.flow.packets(), r.flow)),
    column("Flow IAT Mean", Float, "us", |r| us(r.flow.iat.mean())),
    column("Flow IAT Std", Float, "us", |r| us(r.flow.iat.std_dev())),
    column("Flow IAT Max", Float, "us", |r| us(largest(&r.flow.iat))),
    column("Flow IAT Min", Float, "us", |r| us(smallest(&r.flow.iat))),
    column("Fwd IAT Total", Float, "us", |r| us(Some(float(r.flow.orig.iat.sum)))),
    column("Fwd IAT Mean", Float, "us", |r| us(r.flow.orig.iat.mean())),
    column("Fwd IAT Std", Float, "us", |r| us(r.flow.orig.iat.std_dev())),
    column("Fwd IAT Max", Float, "us", |r| us(largest(&r.flow.orig.iat))),
    column("Fwd IAT Min", Float, "us", |r| us(smallest(&r.flow.orig.iat))),
    column("Bwd IAT Total", Float, "us", |r| us(Some(float(r.flow.resp.iat.sum)))),
    column("Bwd IAT Mean", Float, "us", |r| us(r.flow.resp.iat.mean())),
    column("Bwd IAT Std", Float, "us", |r| us(r.flow.resp.iat.std_dev())),
    column("Bwd IAT Max", Float, "us", |r| us(largest(&r.flow.resp.iat))),
    column("Bwd IAT Min", Float, "us", |r| us(smallest(&r.flow.resp.iat))),
    column("Fwd PSH Flags", Integer, "packets", |r| flags::<3>(&[&r.flow.orig])),
    column("Bwd PSH Flags", Integer, "packets", |r| flags::<3>(&[&r.flow.resp])),
    column("Fwd URG Flags", Integer, "packets", |r| flags::<5>(&[&r.flow.orig])),
    column("Bwd URG Flags", Integer, "packets", |r| flags::<5>(&[&r.flow.resp])),
    column("Fwd Header Length", Integer, "bytes", |r| measured(r.flow.header_bytes(Orig), Cell::Count)),
    column("Bwd Header Length", Integer, "bytes", |r| measured(r.flow.header_bytes(Resp), Cell::Count)),
    column("Fwd Packets/s", Float, "1/s", |r| rate(r.flow.orig.packets, r.flow)),
    column("Bwd Packets/s", Float, "1/s", |r| rate(r.flow.resp.packets, r.flow)),
    column("Packet Length Min", Integer, "bytes", |r| whole(lengths(r.flow).smallest())),
    column("Packet Length Max", Integer, "bytes", |r| whole(lengths(r.flow).largest())),
    column("Packet Length Mean", Float, "bytes", |r| number(lengths(r.flow).mean())),
    column("Packet Length Std", Float, "bytes", |r| number(lengths(r.flow).std_dev())),
    Column {
        name: "Packet Length Variance",
        kind: Float,
        unit: "bytes^2",
        definition: "Square of Packet Length Std.",
        cell: |r| number(lengths(r.flow).std_dev().map(|std| std * std)),
    },
    column("FIN Flag Count", Integer, "packets", |r| flags::<0>(&[&r.flow.orig, &r.flow.resp])),
    column("SYN Flag Count", Integer, "packets", |r| flags::<1>(&[&r.flow.orig, &r.flow.resp])),
    column("RST Flag Count", Integer, "packets", |r| flags::<2>(&[&r.flow.orig, &r.flow.resp])),
    column("PSH Flag Count", Integer, "packets", |r| flags::<3>(&[&r.flow.orig, &r.flow.resp])),
    column("ACK Flag Count", Integer, "packets", |r| flags::<4>(&[&r.flow.orig, &r.flow.resp])),
    column("URG Flag Count", Integer, "packets", |r| flags::<5>(&[&r.flow.orig, &r.flow.resp])),
    column("CWR Flag Count", Integer, "packets", |r| flags::<7>(&[&r.flow.orig, &r.flow.resp])),
    column("ECE Flag Count", Integer, "packets", |r| flags::<6>(&[&r.flow.orig, &r.flow.resp])),
    column("Down/Up Ratio", Float, "", |r| Cell::Float(float(r.flow.resp.packets) / float(r.flow.orig.packets.max(1)))),
    Column {
        name: "Average Packet Size",
        kind: Float,
        unit: "bytes",
        definition: "The same as Packet Length Mean.",
        cell: |r| number(lengths(r.flow).mean()),
    },
    Column {
        name: "Fwd Segment Size Avg",
        kind: Float,
        unit: "bytes",
        definition: "The same as Fwd Packet Length Mean.",
        cell: |r| number(r.flow.orig.payload.mean()),
    },
    Column {
        name: "Bwd Segment Size Avg",
        kind: Float,
        unit: "bytes",
        definition: "The same as Bwd Packet Length Mean.",
        cell: |r| number(r.flow.resp.payload.mean()),
    },
    column("Fwd Bytes/Bulk Avg", Float, "bytes", |r| bulk(r.flow, Orig, |b| b.bytes)),
    column("Fwd Packet/Bulk Avg", Float, "packets", |r| bulk(r.flow, Orig, |b| b.packets)),
    column("Fwd Bulk Rate Avg", Float, "B/s", |r| bulk_rate(r.flow, Orig)),
    column("Bwd Bytes/Bulk Avg", Float, "bytes", |r| bulk(r.flow, Resp, |b| b.bytes)),
    column("Bwd Packet/Bulk Avg", Float, "packets", |r| bulk(r.flow, Resp, |b| b.packets)),
    column("Bwd Bulk Rate Avg", Float, "B/s", |r| bulk_rate(r.flow, Resp)),
    column("Subflow Fwd Packets", Float, "packets", |r| a_subflow(r.flow, r.flow.orig.packets)),
    column("Subflow Fwd Bytes", Float, "bytes", |r| a_subflow(r.flow, r.flow.orig.payload_bytes)),
    column("Subflow Bwd Packets", Float, "packets", |r| a_subflow(r.flow, r.flow.resp.packets)),
    column("Subflow Bwd Bytes", Float, "bytes", |r| a_subflow(r.flow, r.flow.resp.payload_bytes)),
    column("FWD Init Win Bytes", Integer, "bytes", |r| whole(r.flow.orig.first_window.map(u64::from))),
    column("Bwd Init Win Bytes", Integer, "bytes", |r| whole(r.flow.resp.first_window.map(u64::from))),
    column("Fwd Act Data Pkts", Integer, "packets", |r| measured(r.flow.data_packets(Orig), Cell::Count)),
    column("Fwd Seg Size Min", Integer, "bytes", |r| measured(r.flow.smallest_header(Orig), |n| Cell::Count(n.into()))),
    column("Active Mean", Float, "us", |r| periods(r.flow.active(), Moments::mean)),
    column("Active Std", Float, "us", |r| periods(r.flow.active(), Moments::std_dev)),
    column("Active Max", Float, "us", |r| periods(r.flow.active(), largest)),
    column("Active Min", Float, "us", |r| periods(r.flow.active(), smallest)),
    column("Idle Mean", Float, "us", |r| periods(r.flow.idle(), Moments::mean)),
    column("Idle Std", Float, "us", |r| periods(r.flow.idle(), Moments::std_dev)),
    column("Idle Max", Float, "us", |r| periods(r.flow.idle(), largest)),
    column("Idle Min", Float, "us", |r| periods(r.flow.idle(), smallest)),
    key("Label", Text, "Empty.", |_| Cell::Unknown),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_84_columns_with_the_label() {
        // Numbered 1 to 85 in the original, without the 62nd, which was the 41st again.
        assert_eq!(COLUMNS.len(), 84);
        assert_eq!(COLUMNS.last().map(|c| c.name), Some("Label"));
    }

    #[test]
    fn times_have_twelve_hours() {
        let at = |seconds: i64| timestamp(Timestamp(seconds * 1_000_000_000));
        assert_eq!(at(1_499_342_340), Cell::Text("06/07/2017 11:59:00 AM".into()));
        assert_eq!(at(1_499_342_400 + 3600), Cell::Text("06/07/2017 01:00:00 PM".into()));
        assert_eq!(at(-1), Cell::Text("31/12/1969 11:59:59 PM".into()));
    }
}
