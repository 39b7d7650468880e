//! The columns of the tables: one row of a table here is one column there.

mod host;
mod place;

use std::net::IpAddr;

use serde::Serialize;

use super::cell::{Cell, Key};
use crate::report::{Fields, FlowRecord, HostRecord, PacketRecord, Place, Proto, Report, Severity, Verdict};
use crate::settings::Unit;
use crate::units::seconds;

/// How a column's values are to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// A moment as ISO 8601 in UTC.
    Time,
    /// A word or name.
    Text,
    /// Address and port.
    Endpoint,
    /// A whole number.
    Count,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// 0 to 1.
    Score,
    /// One of the severity words.
    Severity,
    /// A plain number.
    Number,
    /// A share, 0 to 1.
    Share,
}

/// One column.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Column {
    /// Stable name: sort by it.
    pub name: &'static str,
    /// The header's text.
    pub label: &'static str,
    /// What the values are, in a sentence.
    pub meaning: &'static str,
    /// How they are written.
    pub kind: ColumnKind,
    #[serde(skip)]
    read: Read,
}

/// How a column reads its cell and its sort key.
#[derive(Debug, Clone, Copy)]
enum Read {
    Flow(fn(&FlowRecord) -> Cell, fn(&FlowRecord) -> Key),
    Packet(fn(&PacketRecord) -> Cell, fn(&PacketRecord) -> Key),
    Host(fn(&HostRecord) -> Cell, fn(&HostRecord) -> Key),
    Verdict(fn(&Verdict) -> Cell, fn(&Verdict) -> Key),
    /// Of an end's address.
    Place(End, fn(&Place) -> Cell, fn(&Place) -> Key),
}

/// An end of a flow, or a host itself.
#[derive(Debug, Clone, Copy)]
enum End {
    Orig,
    Resp,
    Host,
}

impl Column {
    /// The cell of a report's row; missing where the report has no such row.
    #[must_use]
    pub fn cell(&self, report: &Report, row: usize) -> Cell {
        match self.read {
            Read::Flow(cell, _) => report.flows.get(row).map_or(Cell::Missing, cell),
            Read::Packet(cell, _) => report.packets.get(row).map_or(Cell::Missing, cell),
            Read::Host(cell, _) => report.hosts.get(row).map_or(Cell::Missing, cell),
            Read::Verdict(cell, _) => report.verdict(row).map_or(Cell::Missing, cell),
            Read::Place(end, cell, _) => place::of(report, row, end).map_or(Cell::Missing, cell),
        }
    }

    pub(super) fn key(&self, report: &Report, row: usize) -> Key {
        match self.read {
            Read::Flow(_, key) => report.flows.get(row).map_or(Key::MISSING, key),
            Read::Packet(_, key) => report.packets.get(row).map_or(Key::MISSING, key),
            Read::Host(_, key) => report.hosts.get(row).map_or(Key::MISSING, key),
            Read::Verdict(_, key) => report.verdict(row).map_or(Key::MISSING, key),
            Read::Place(end, _, key) => place::of(report, row, end).map_or(Key::MISSING, key),
        }
    }
}

/// The columns of a unit's table.
#[must_use]
pub fn columns(unit: Unit) -> &'static [Column] {
    match unit {
        Unit::Flow => FLOW,
        Unit::Packet => PACKET,
        Unit::Host => host::COLUMNS,
    }
}

/// The columns of a report's table: with what GeoIP databases say of the addresses, and with the labels of its tables,
/// where they have any.
#[must_use]
pub fn columns_of(report: &Report) -> Vec<Column> {
    let mut all = columns(report.settings.unit).to_vec();
    all.extend(place::columns(report));
    let read = match report.settings.unit {
        Unit::Flow => {
            Read::Flow(|f| Cell::text(f.label().unwrap_or_default()), |f| Key::text(f.label().unwrap_or_default()))
        }
        Unit::Packet => {
            Read::Packet(|p| Cell::text(p.label().unwrap_or_default()), |p| Key::text(p.label().unwrap_or_default()))
        }
        Unit::Host => return all,
    };
    if report.has_labels() {
        let meaning = "What the table that the row is from calls it";
        all.push(Column { name: "label", label: "Label", meaning, kind: ColumnKind::Text, read });
    }
    all
}

/// `address`, `address:port` or `[address]:port`.
#[must_use]
pub(super) fn endpoint(addr: IpAddr, port: Option<u16>) -> String {
    match (addr, port) {
        (_, None) => addr.to_string(),
        (IpAddr::V4(_), Some(port)) => format!("{addr}:{port}"),
        (IpAddr::V6(_), Some(port)) => format!("[{addr}]:{port}"),
    }
}

/// The port where the protocol has ports.
pub(super) fn port(proto: Proto, port: u16) -> Option<u16> {
    proto.has_ports().then_some(port)
}

/// An end of a flow as far as it is known.
pub(super) fn end(flow: &FlowRecord, addr: IpAddr, number: u16) -> String {
    let number = port(flow.proto, number);
    if flow.knows(Fields::ADDRESSES) {
        return endpoint(addr, number);
    }
    number.map_or_else(String::new, |number| format!("unknown:{number}"))
}

fn count(flow: &FlowRecord, wanted: Fields, value: u64) -> Cell {
    if flow.knows(wanted) { Cell::count(value) } else { Cell::Missing }
}

fn integer(flow: &FlowRecord, wanted: Fields, value: u64) -> Key {
    if flow.knows(wanted) { Key::integer(value) } else { Key::MISSING }
}

fn proto_key(proto: Proto) -> Key {
    Key::integer(proto.number().map_or(256, u64::from))
}

fn scored<T>(v: &Verdict, missing: T, value: impl Fn(&Verdict) -> T) -> T {
    if v.is_scored { value(v) } else { missing }
}

const SCORE: Column = Column {
    name: "score",
    label: "Score",
    meaning: "0 to 1; how strange the row is, by its distance from its cluster's centre",
    kind: ColumnKind::Score,
    read: Read::Verdict(
        |v| scored(v, Cell::Missing, |v| Cell::number(f64::from(v.score))),
        |v| scored(v, Key::MISSING, |v| Key::float(f64::from(v.score))),
    ),
};

const SEVERITY: Column = Column {
    name: "severity",
    label: "Severity",
    meaning: "How much attention the row deserves",
    kind: ColumnKind::Severity,
    read: Read::Verdict(
        |v| scored(v, Cell::Missing, |v| Cell::text(v.severity.name())),
        |v| scored(v, Key::MISSING, |v| Key::integer(severity_rank(v.severity))),
    ),
};

const CLUSTER: Column = Column {
    name: "cluster",
    label: "Cluster",
    meaning: "Number of the nearest cluster",
    kind: ColumnKind::Count,
    read: Read::Verdict(
        |v| scored(v, Cell::Missing, |v| Cell::count(u64::from(v.cluster))),
        |v| scored(v, Key::MISSING, |v| Key::integer(u64::from(v.cluster))),
    ),
};

const REASON: Column = Column {
    name: "reason",
    label: "Reason",
    meaning: "Why the row is anomalous: far from its cluster's centre, in a very small cluster, or both",
    kind: ColumnKind::Text,
    read: Read::Verdict(|v| Cell::text(v.reason()), |v| Key::text(v.reason())),
};

pub(super) fn severity_rank(severity: Severity) -> u64 {
    match severity {
        Severity::None => 0,
        Severity::Info => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

static FLOW: &[Column] = &[
    SCORE,
    SEVERITY,
    Column {
        name: "ts",
        label: "First packet",
        meaning: "Time of the first packet, UTC",
        kind: ColumnKind::Time,
        read: Read::Flow(
            |f| if f.knows(Fields::TIME) { Cell::time(f.first_ts) } else { Cell::Missing },
            |f| if f.knows(Fields::TIME) { Key::time(f.first_ts) } else { Key::MISSING },
        ),
    },
    Column {
        name: "proto",
        label: "Protocol",
        meaning: "Transport protocol, or its IP number",
        kind: ColumnKind::Text,
        read: Read::Flow(
            |f| if f.knows(Fields::PROTO) { Cell::text(f.proto.name()) } else { Cell::Missing },
            |f| if f.knows(Fields::PROTO) { proto_key(f.proto) } else { Key::MISSING },
        ),
    },
    Column {
        name: "service",
        label: "Service",
        meaning: "Application protocols by what the payload says, Zeek's names, outermost first; inside of TLS by the port",
        kind: ColumnKind::Text,
        read: Read::Flow(|f| Cell::text(services_text(f)), |f| Key::text(&services_text(f))),
    },
    Column {
        name: "guess",
        label: "Guess",
        meaning: "Application protocol where the payload says nothing: by a model of the flow's measurements, or by the port; its confidence, 0 to 1",
        kind: ColumnKind::Text,
        read: Read::Flow(
            |f| Cell::text(guess_text(f)),
            |f| f.guess().map_or(Key::MISSING, |guess| Key::text(&guess.services_text())),
        ),
    },
    Column {
        name: "orig",
        label: "Originator",
        meaning: "Who sent the first packet",
        kind: ColumnKind::Endpoint,
        read: Read::Flow(|f| Cell::text(end(f, f.orig_addr, f.orig_port)), |f| Key::endpoint(f.orig_addr, f.orig_port)),
    },
    Column {
        name: "resp",
        label: "Responder",
        meaning: "The other side",
        kind: ColumnKind::Endpoint,
        read: Read::Flow(|f| Cell::text(end(f, f.resp_addr, f.resp_port)), |f| Key::endpoint(f.resp_addr, f.resp_port)),
    },
    Column {
        name: "duration",
        label: "Duration",
        meaning: "First to last packet",
        kind: ColumnKind::Seconds,
        read: Read::Flow(
            |f| if f.knows(Fields::DURATION) { Cell::number(seconds(f.duration_ns())) } else { Cell::Missing },
            |f| integer(f, Fields::DURATION, f.duration_ns()),
        ),
    },
    Column {
        name: "packets",
        label: "Packets",
        meaning: "Packets of both directions",
        kind: ColumnKind::Count,
        read: Read::Flow(
            |f| count(f, Fields::ORIG_PKTS.and(Fields::RESP_PKTS), f.packets()),
            |f| integer(f, Fields::ORIG_PKTS.and(Fields::RESP_PKTS), f.packets()),
        ),
    },
    Column {
        name: "bytes",
        label: "Bytes",
        meaning: "Original bytes on the wire, both directions",
        kind: ColumnKind::Bytes,
        read: Read::Flow(
            |f| count(f, Fields::WIRE_BYTES, f.wire_bytes()),
            |f| integer(f, Fields::WIRE_BYTES, f.wire_bytes()),
        ),
    },
    Column {
        name: "orig_bytes",
        label: "Sent",
        meaning: "Payload bytes from originator to responder",
        kind: ColumnKind::Bytes,
        read: Read::Flow(
            |f| count(f, Fields::ORIG_BYTES, f.orig.payload_bytes),
            |f| integer(f, Fields::ORIG_BYTES, f.orig.payload_bytes),
        ),
    },
    Column {
        name: "resp_bytes",
        label: "Received",
        meaning: "Payload bytes from responder to originator",
        kind: ColumnKind::Bytes,
        read: Read::Flow(
            |f| count(f, Fields::RESP_BYTES, f.resp.payload_bytes),
            |f| integer(f, Fields::RESP_BYTES, f.resp.payload_bytes),
        ),
    },
    Column {
        name: "state",
        label: "State",
        meaning: "Zeek's connection state: SF is a normal close, S0 an attempt without an answer, REJ a refusal",
        kind: ColumnKind::Text,
        read: Read::Flow(
            |f| Cell::text(f.conn_state.unwrap_or_default()),
            |f| Key::text(f.conn_state.unwrap_or_default()),
        ),
    },
    CLUSTER,
    REASON,
];

static PACKET: &[Column] = &[
    SCORE,
    SEVERITY,
    Column {
        name: "number",
        label: "No.",
        meaning: "Number of the packet in the capture, from 1",
        kind: ColumnKind::Count,
        read: Read::Packet(|p| Cell::count(p.number), |p| Key::integer(p.number)),
    },
    Column {
        name: "ts",
        label: "Time",
        meaning: "When it was captured, UTC",
        kind: ColumnKind::Time,
        read: Read::Packet(
            |p| if p.knows(Fields::TIME) { Cell::time(p.ts) } else { Cell::Missing },
            |p| if p.knows(Fields::TIME) { Key::time(p.ts) } else { Key::MISSING },
        ),
    },
    Column {
        name: "proto",
        label: "Protocol",
        meaning: "Transport protocol, or its IP number",
        kind: ColumnKind::Text,
        read: Read::Packet(|p| Cell::text(p.proto.name()), |p| proto_key(p.proto)),
    },
    Column {
        name: "src",
        label: "Source",
        meaning: "Sender",
        kind: ColumnKind::Endpoint,
        read: Read::Packet(
            |p| Cell::text(endpoint(p.src, packet_port(p, p.src_port))),
            |p| Key::endpoint(p.src, p.src_port.unwrap_or(0)),
        ),
    },
    Column {
        name: "dst",
        label: "Destination",
        meaning: "Receiver",
        kind: ColumnKind::Endpoint,
        read: Read::Packet(
            |p| Cell::text(endpoint(p.dst, packet_port(p, p.dst_port))),
            |p| Key::endpoint(p.dst, p.dst_port.unwrap_or(0)),
        ),
    },
    Column {
        name: "length",
        label: "Length",
        meaning: "Original length on the wire, bytes",
        kind: ColumnKind::Bytes,
        read: Read::Packet(|p| Cell::count(u64::from(p.length)), |p| Key::integer(u64::from(p.length))),
    },
    Column {
        name: "payload",
        label: "Payload",
        meaning: "Payload bytes above the transport header",
        kind: ColumnKind::Bytes,
        read: Read::Packet(
            |p| if p.knows(Fields::PAYLOAD) { Cell::count(u64::from(p.payload_len)) } else { Cell::Missing },
            |p| if p.knows(Fields::PAYLOAD) { Key::integer(u64::from(p.payload_len)) } else { Key::MISSING },
        ),
    },
    Column {
        name: "entropy",
        label: "Entropy",
        meaning: "Shannon entropy of the payload, bits a byte, 0 to 8",
        kind: ColumnKind::Number,
        read: Read::Packet(|p| Cell::optional(p.entropy.map(f64::from)), |p| Key::optional(p.entropy.map(f64::from))),
    },
    Column {
        name: "iat",
        label: "Gap",
        meaning: "Time since the previous packet of the same flow",
        kind: ColumnKind::Seconds,
        read: Read::Packet(|p| Cell::optional(p.iat_ns.map(seconds)), |p| p.iat_ns.map_or(Key::MISSING, Key::integer)),
    },
    Column {
        name: "flags",
        label: "Flags",
        meaning: "TCP flags",
        kind: ColumnKind::Text,
        read: Read::Packet(
            |p| Cell::text(flags_text(p)),
            |p| p.flags.map_or(Key::MISSING, |f| Key::integer(u64::from(f.0))),
        ),
    },
    CLUSTER,
    REASON,
];

pub(super) fn packet_port(p: &PacketRecord, port: Option<u16>) -> Option<u16> {
    port.filter(|_| p.proto.has_ports())
}

/// The set flags in words, `SYN ACK`; empty without TCP or without flags.
pub(super) fn flags_text(p: &PacketRecord) -> String {
    p.flags.map(|flags| flags.names().collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

/// The services, outermost first, `ssl,imap`; empty where none is known.
fn services_text(f: &FlowRecord) -> String {
    match f.application.as_deref().filter(|application| !application.is_guess()) {
        Some(application) => application.services_text(),
        None => f.service.unwrap_or_default().to_owned(),
    }
}

/// The guessed service and the confidence, `http 0.93`; empty without a guess.
fn guess_text(f: &FlowRecord) -> String {
    f.guess().map_or_else(String::new, |guess| format!("{} {:.2}", guess.services_text(), guess.confidence()))
}
