//! The columns of the table of hosts.

use super::{CLUSTER, Cell, Column, ColumnKind, Key, REASON, Read, SCORE, SEVERITY};
use crate::report::HostRecord;

/// A column of whole numbers.
macro_rules! number {
    ($name:literal, $label:literal, $meaning:literal, $kind:ident, $value:expr) => {
        Column {
            name: $name,
            label: $label,
            meaning: $meaning,
            kind: ColumnKind::$kind,
            read: Read::Host(|h| Cell::count(u64::from($value(h))), |h| Key::integer(u64::from($value(h)))),
        }
    };
}

fn failed(host: &HostRecord) -> Option<f64> {
    host.orig.failed_share()
}

fn name(host: &HostRecord) -> &str {
    host.name.as_deref().unwrap_or_default()
}

pub(super) static COLUMNS: &[Column] = &[
    SCORE,
    SEVERITY,
    Column {
        name: "address",
        label: "Host",
        meaning: "Its address",
        kind: ColumnKind::Endpoint,
        read: Read::Host(|h| Cell::text(h.address.to_string()), |h| Key::endpoint(h.address, 0)),
    },
    number!("orig_flows", "Flows begun", "Flows it began", Count, |h: &HostRecord| h.orig.flows),
    number!("orig_peers", "Hosts tried", "Distinct hosts that it began flows to", Count, |h: &HostRecord| h.orig.peers),
    number!("orig_ports", "Ports tried", "Distinct ports that it tried", Count, |h: &HostRecord| h.orig.ports),
    Column {
        name: "failed",
        label: "Failed",
        meaning: "Share of the flows it began that got nothing back",
        kind: ColumnKind::Share,
        read: Read::Host(|h| Cell::optional(failed(h)), |h| Key::optional(failed(h))),
    },
    number!("resp_flows", "Flows taken", "Flows that others began to it", Count, |h: &HostRecord| h.resp.flows),
    number!("resp_peers", "Askers", "Distinct hosts that began flows to it", Count, |h: &HostRecord| h.resp.peers),
    number!("resp_ports", "Ports asked", "Distinct ports that were tried on it", Count, |h: &HostRecord| h.resp.ports),
    number!("packets", "Packets", "Packets of its flows", Count, |h: &HostRecord| h.packets),
    number!("bytes", "Bytes", "Original bytes of its flows on the wire", Bytes, |h: &HostRecord| h.wire_bytes),
    number!("sent", "Sent", "Payload bytes it sent", Bytes, |h: &HostRecord| h.sent().payload_bytes),
    number!("received", "Received", "Payload bytes it received", Bytes, |h: &HostRecord| h.received().payload_bytes),
    Column {
        name: "proto",
        label: "Protocols",
        meaning: "Protocols of its flows",
        kind: ColumnKind::Text,
        read: Read::Host(|h| Cell::text(h.protos_text()), |h| Key::text(&h.protos_text())),
    },
    Column {
        name: "name",
        label: "Name",
        meaning: "The name that the capture gives it",
        kind: ColumnKind::Text,
        read: Read::Host(|h| Cell::text(name(h)), |h| Key::text(name(h))),
    },
    Column {
        name: "ts",
        label: "First packet",
        meaning: "Time of the first packet of its flows, UTC",
        kind: ColumnKind::Time,
        read: Read::Host(|h| Cell::time(h.first_ts), |h| Key::time(h.first_ts)),
    },
    CLUSTER,
    REASON,
];
