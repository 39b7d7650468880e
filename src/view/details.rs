//! Everything known of one row.

mod host;
mod place;
mod table;

use serde::Serialize;

use super::cell::Cell;
use super::column::{ColumnKind, endpoint, flags_text, packet_port, port};
use crate::filter::export::conversation_filter;
use crate::report::{
    Change, Context, Contribution, Direction, EndReason, FlowRecord, KnownBy, Neighbour, PacketRecord, Proto, Report,
    TcpFlags, Verdict,
};
use crate::settings::Unit;
use crate::units::seconds;

/// One value with its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// What it is called.
    pub label: &'static str,
    /// How it is written.
    pub kind: ColumnKind,
    /// The value.
    pub value: Cell,
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// The fields.
    pub fields: Vec<Field>,
}

/// One row with its explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Details {
    /// Row in the report, from 0.
    pub row: usize,
    /// The flow's uid, the packet's number or the host's address.
    pub id: String,
    /// Protocol.
    pub proto: String,
    /// Originator, sender or host.
    pub orig: String,
    /// Responder or receiver; empty for a host.
    pub resp: String,
    /// Whether it was scored.
    pub is_scored: bool,
    /// Whether it is anomalous.
    pub is_anomalous: bool,
    /// 0-1.
    pub score: Cell,
    /// Severity's word.
    pub severity: &'static str,
    /// Why it is anomalous; empty when it is not.
    pub reason: &'static str,
    /// Detectors that flag it, and how many took part.
    pub agreement: [u8; 2],
    /// Nearest cluster.
    pub cluster: u16,
    /// Wireshark display filter that shows it.
    pub filter: String,
    /// Its fields in groups.
    pub sections: Vec<Section>,
    /// Every feature's share of the distance, largest first.
    pub contributions: Vec<Contribution>,
    /// The smallest change that would make it normal.
    pub change: Vec<Change>,
    /// The nearest normal row of the sample.
    pub neighbour: Option<Neighbour>,
}

/// The row's fields and explanation; `None` where the report has no such row.
#[must_use]
pub fn details(report: &Report, row: usize) -> Option<Details> {
    let verdict = report.verdict(row)?;
    let (change, neighbour) = crate::pipeline::contrast(report, row);
    let mut base = match report.settings.unit {
        Unit::Flow => match report.flows.get(row)? {
            flow if flow.table.is_some() => table::of_flow(flow),
            flow => of_flow(flow),
        },
        Unit::Packet => of_packet(report.packets.get(row)?),
        Unit::Host => host::of(report.hosts.get(row)?),
    };
    if let Some(places) = place::section(report, row) {
        base.sections.insert(base.sections.len().min(1), places);
    }
    Some(Details {
        row,
        is_scored: verdict.is_scored,
        is_anomalous: verdict.is_anomalous(),
        score: if verdict.is_scored { Cell::number(f64::from(verdict.score)) } else { Cell::Missing },
        severity: verdict.severity.name(),
        reason: verdict.reason(),
        agreement: [crate::pipeline::votes(report, row), report.detection.members],
        cluster: verdict.cluster,
        contributions: crate::pipeline::explain(report, row),
        change,
        neighbour,
        ..base
    })
}

impl Details {
    /// Adds a text to the first group, for what other modules know of the row.
    pub fn note(&mut self, label: &'static str, text: String) {
        if let Some(section) = self.sections.first_mut() {
            section.fields.push(field(label, ColumnKind::Text, Cell::text(text)));
        }
    }
}

pub(super) fn field(label: &'static str, kind: ColumnKind, value: Cell) -> Field {
    Field { label, kind, value }
}

fn section(title: &'static str, fields: Vec<Field>) -> Section {
    Section { title: title.to_owned(), fields }
}

fn of_flow(f: &FlowRecord) -> Details {
    let (orig_port, resp_port) = (port(f.proto, f.orig_port), port(f.proto, f.resp_port));
    let mut flow = vec![
        field("First packet", ColumnKind::Time, Cell::time(f.first_ts)),
        field("Last packet", ColumnKind::Time, Cell::time(f.last_ts)),
        field("Duration", ColumnKind::Seconds, Cell::number(seconds(f.duration_ns()))),
        field("First packet's number", ColumnKind::Count, Cell::count(f.first_packet)),
        field("Service", ColumnKind::Text, Cell::text(service_text(f))),
        field("Connection state", ColumnKind::Text, Cell::text(state_text(f.conn_state))),
        field("History", ColumnKind::Text, Cell::text(f.history.as_str())),
        field("Ended by", ColumnKind::Text, Cell::text(end_text(f.end))),
        field("Mean gap between packets", ColumnKind::Seconds, Cell::optional(f.iat.mean().map(|ns| ns / 1e9))),
    ];
    if f.proto.is_icmp() {
        flow.push(field("ICMP type", ColumnKind::Count, Cell::count(u64::from(f.orig_port))));
    }
    if let Some(vlan) = f.vlan {
        flow.push(field("VLAN", ColumnKind::Count, Cell::count(u64::from(vlan))));
    }
    Details {
        id: f.uid_text(),
        proto: f.proto.name(),
        orig: endpoint(f.orig_addr, orig_port),
        resp: endpoint(f.resp_addr, resp_port),
        filter: conversation_filter(f.proto, (f.orig_addr, orig_port), (f.resp_addr, resp_port)),
        sections: [
            vec![section("Flow", flow)],
            f.application.as_deref().map(super::records::sections).unwrap_or_default(),
            vec![
                section("Originator to responder", direction(&f.orig)),
                section("Responder to originator", direction(&f.resp)),
                section("Stream", stream(f)),
                section("Flows around it", context(&f.context, Span::Window)),
                section("Over the whole capture", context(&f.context, Span::Capture)),
                section("Verdict", verdict(&f.verdict)),
            ],
        ]
        .concat()
        .into_iter()
        .filter(|section| !section.fields.is_empty())
        .collect(),
        ..empty()
    }
}

fn of_packet(p: &PacketRecord) -> Details {
    let (src_port, dst_port) = (packet_port(p, p.src_port), packet_port(p, p.dst_port));
    let optional = |n: Option<u16>| n.map_or(Cell::Missing, |n| Cell::count(u64::from(n)));
    let fields = vec![
        field("Time", ColumnKind::Time, Cell::time(p.ts)),
        field("Length on the wire", ColumnKind::Bytes, Cell::count(u64::from(p.length))),
        field("Header", ColumnKind::Bytes, Cell::count(u64::from(p.header_len))),
        field("Payload", ColumnKind::Bytes, Cell::count(u64::from(p.payload_len))),
        field("Payload entropy (bits a byte)", ColumnKind::Number, Cell::optional(p.entropy.map(f64::from))),
        field("TCP flags", ColumnKind::Text, Cell::text(flags_text(p))),
        field("TCP window", ColumnKind::Count, optional(p.window)),
        field("Time to live", ColumnKind::Count, optional(p.ttl.map(u16::from))),
        field("Gap to the packet before", ColumnKind::Seconds, Cell::optional(p.iat_ns.map(seconds))),
    ];
    Details {
        id: p.number.to_string(),
        proto: p.proto.name(),
        orig: endpoint(p.src, src_port),
        resp: endpoint(p.dst, dst_port),
        filter: format!("frame.number == {}", p.number),
        sections: vec![section("Packet", fields), section("Verdict", verdict(&p.verdict))],
        ..empty()
    }
}

fn empty() -> Details {
    Details {
        row: 0,
        id: String::new(),
        proto: String::new(),
        orig: String::new(),
        resp: String::new(),
        is_scored: false,
        is_anomalous: false,
        score: Cell::Missing,
        severity: "none",
        reason: "",
        agreement: [0, 0],
        cluster: 0,
        filter: String::new(),
        sections: Vec::new(),
        contributions: Vec::new(),
        change: Vec::new(),
        neighbour: None,
    }
}

fn direction(d: &Direction) -> Vec<Field> {
    let counted = TcpFlags::NAMED.iter().zip(d.flags).filter(|(_, n)| *n > 0);
    let flags: Vec<String> = counted.map(|((_, name), n)| format!("{name} {n}")).collect();
    let mut fields = vec![
        field("Packets", ColumnKind::Count, Cell::count(d.packets)),
        field("Bytes on the wire", ColumnKind::Bytes, Cell::count(d.wire_bytes)),
        field("Payload", ColumnKind::Bytes, Cell::count(d.payload_bytes)),
        field("Mean payload of a packet", ColumnKind::Bytes, Cell::optional(d.payload.mean())),
        field("Payload entropy (bits a byte)", ColumnKind::Number, Cell::optional(d.entropy)),
        field("Mean gap between packets", ColumnKind::Seconds, Cell::optional(d.iat.mean().map(|ns| ns / 1e9))),
        field("TCP flags", ColumnKind::Text, Cell::text(flags.join(", "))),
    ];
    if d.bad_checksums > 0 {
        fields.push(field("Packets with a wrong checksum", ColumnKind::Count, Cell::count(u64::from(d.bad_checksums))));
    }
    if d.cut_packets > 0 {
        fields.push(field("Packets cut by the snapshot length", ColumnKind::Count, Cell::count(d.cut_packets)));
    }
    fields
}

/// What the sequence numbers of a TCP flow tell; nothing of others.
fn stream(f: &FlowRecord) -> Vec<Field> {
    if f.proto != Proto::TCP {
        return Vec::new();
    }
    let both = |orig: u32, resp: u32| Cell::text(format!("{orig} sent, {resp} received"));
    let (s, o, r) = (&f.stream, &f.stream.orig, &f.stream.resp);
    vec![
        field("Handshake round trip", ColumnKind::Seconds, Cell::optional(s.rtt_ns().map(seconds))),
        field("SYN to SYN ACK", ColumnKind::Seconds, Cell::optional(s.syn_ack_ns.map(seconds))),
        field("Missed payload", ColumnKind::Bytes, Cell::count(s.missed_bytes())),
        field("Gaps", ColumnKind::Text, both(o.gaps, r.gaps)),
        field("Retransmissions", ColumnKind::Text, both(o.retransmissions, r.retransmissions)),
        field("Out of order", ColumnKind::Text, both(o.out_of_order, r.out_of_order)),
        field("Zero windows", ColumnKind::Text, both(o.zero_windows, r.zero_windows)),
        field("Duplicate acknowledgements", ColumnKind::Text, both(o.duplicate_acks, r.duplicate_acks)),
    ]
}

/// The flows that a flow is seen among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    Window,
    Capture,
}

fn context(context: &Context, span: Span) -> Vec<Field> {
    let Some(around) = context.around.as_deref() else { return Vec::new() };
    let s = if span == Span::Window { &around.window } else { &around.capture };
    let n = |label, value: u32| field(label, ColumnKind::Count, Cell::count(u64::from(value)));
    let share = |label, value: f32| field(label, ColumnKind::Share, Cell::number(f64::from(value)));
    let mut fields = vec![
        n("Flows of the originator", s.orig_flows),
        n("Hosts it talked to", s.orig_peers),
        n("Ports it tried", s.orig_ports),
        share("Its flows without an answer", s.orig_failed_share),
        field("Payload it sent in them", ColumnKind::Bytes, Cell::count(s.orig_sent)),
        field("Payload it got back", ColumnKind::Bytes, Cell::count(s.orig_received)),
        n("Its flows to this port of anybody", s.orig_service_flows),
        n("Hosts it tried this port of", s.orig_service_peers),
        n("Flows to the responder", s.resp_flows),
        n("Hosts that talked to the responder", s.resp_peers),
        n("Ports that were tried on the responder", s.resp_ports),
        share("Flows to it without an answer", s.resp_failed_share),
        n("Flows of this pair", s.pair_flows),
        n("Ports tried in this pair", s.pair_ports),
        n("Flows to this service", s.service_flows),
    ];
    if span == Span::Capture {
        let number = |label, value: Option<f32>| field(label, ColumnKind::Number, Cell::optional(value.map(f64::from)));
        fields.extend([
            number("Flows of the originator each second", around.orig_rate),
            number("Unevenness of the gaps to this service (0 = like a clock)", around.gap_variation),
            number("Unevenness of what was sent to it (0 = always the same)", around.size_variation),
            number("Rarity of the responder (0 = every flow)", Some(around.responder_rarity)),
            number("Rarity of the port", Some(around.service_rarity)),
            number("Rarity of the application protocol", context.application_rarity.get()),
            number("Rarity of the server name", context.name_rarity.get()),
            number("Rarity of the JA4", context.ja4_rarity.get()),
        ]);
    }
    fields
}

fn verdict(v: &Verdict) -> Vec<Field> {
    if !v.is_scored {
        return vec![field("Scored", ColumnKind::Text, Cell::text("no: outside the chosen protocol, or too few rows"))];
    }
    vec![
        field("Score", ColumnKind::Score, Cell::number(f64::from(v.score))),
        field("Severity", ColumnKind::Severity, Cell::text(v.severity.name())),
        field("Cluster", ColumnKind::Count, Cell::count(u64::from(v.cluster))),
        field("Distance to its centre", ColumnKind::Number, Cell::number(f64::from(v.distance))),
    ]
}

/// The protocols and how they are known.
fn service_text(f: &FlowRecord) -> String {
    let Some(application) = f.application.as_deref() else {
        let how = match f.known_without_payload() {
            Some(KnownBy::Header) => " (by its number in the IP header)",
            Some(_) => " (by the table)",
            None => "",
        };
        return format!("{}{how}", f.service.unwrap_or_default());
    };
    let mut text = String::new();
    for (at, service) in application.services.iter().enumerate() {
        let is_last_of_its_kind = application.services.get(at + 1).is_none_or(|next| next.known_by != service.known_by);
        text.push_str(if at > 0 { " > " } else { "" });
        text.push_str(service.name);
        if is_last_of_its_kind {
            text.push_str(&match service.known_by {
                KnownBy::Payload => " (by its payload)".to_owned(),
                other => format!(" (by its {}, {:.0} % sure)", other.name(), service.confidence * 100.0),
            });
        }
    }
    text
}

/// The state with what it means.
fn state_text(state: Option<&str>) -> String {
    let Some(state) = state else { return String::new() };
    let meaning = match state {
        "S0" => "an attempt without an answer",
        "S1" => "established, not closed",
        "SF" => "established and closed",
        "REJ" => "refused",
        "S2" => "established, the originator wants to close, no answer",
        "S3" => "established, the responder wants to close, no answer",
        "RSTO" => "established, reset by the originator",
        "RSTR" => "reset by the responder",
        "RSTOS0" => "originator sent SYN, then RST",
        "RSTRH" => "responder sent SYN ACK, then RST",
        "SH" => "originator sent SYN, then FIN; no answer seen",
        "SHR" => "responder sent SYN ACK, then FIN; no SYN seen",
        "OTH" => "seen from the middle",
        _ => return state.to_owned(),
    };
    format!("{state} ({meaning})")
}

fn end_text(end: EndReason) -> &'static str {
    match end {
        EndReason::Idle => "idle timeout",
        EndReason::Active => "active timeout",
        EndReason::Fin => "close (FIN of both sides)",
        EndReason::Rst => "reset (RST)",
        EndReason::TableFull => "full flow table: its next packet did not fit",
        EndReason::EndOfCapture => "end of the capture",
    }
}
