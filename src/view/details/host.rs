//! Everything known of one host.

use super::{Cell, ColumnKind, Details, Field, empty, field, section, verdict};
use crate::filter::export::host_filter;
use crate::report::{HostRecord, Role, STATES};
use crate::units::seconds;

pub(super) fn of(h: &HostRecord) -> Details {
    Details {
        id: h.address.to_string(),
        proto: h.protos_text(),
        orig: h.address.to_string(),
        filter: host_filter(h),
        sections: vec![
            section("Host", host(h)),
            section("Flows it began", role(&h.orig, "to")),
            section("Flows to it", role(&h.resp, "from")),
            section("What its flows say", content(h)),
            section("Verdict", verdict(&h.verdict)),
        ],
        ..empty()
    }
}

fn n(label: &'static str, value: u32) -> Field {
    field(label, ColumnKind::Count, Cell::count(u64::from(value)))
}

fn bytes(label: &'static str, value: u64) -> Field {
    field(label, ColumnKind::Bytes, Cell::count(value))
}

fn text(label: &'static str, value: impl Into<String>) -> Field {
    field(label, ColumnKind::Text, Cell::text(value))
}

fn number(label: &'static str, value: Option<f64>) -> Field {
    field(label, ColumnKind::Number, Cell::optional(value))
}

fn host(h: &HostRecord) -> Vec<Field> {
    let mut fields = vec![
        text("Name in the capture", h.name.as_deref().unwrap_or_default()),
        text("Address", format!("{}, {}", h.kind.name(), if h.is_local { "local" } else { "not local" })),
        text("Hardware addresses in ARP", h.macs.text()),
        field("First packet", ColumnKind::Time, Cell::time(h.first_ts)),
        field("Last packet", ColumnKind::Time, Cell::time(h.last_ts)),
        field("Duration", ColumnKind::Seconds, Cell::number(seconds(h.duration_ns()))),
        n("Minutes with new flows", h.active_windows),
        n("Flows", h.flows),
        n("Other hosts", h.peers),
        field("Packets", ColumnKind::Count, Cell::count(h.packets)),
        bytes("Bytes on the wire", h.wire_bytes),
        bytes("Payload sent", h.sent().payload_bytes),
        bytes("Payload received", h.received().payload_bytes),
        number("Balance of the payload (-1 = only received, 1 = only sent)", h.balance()),
        text("Protocols", h.protos_text()),
    ];
    if h.self_flows > 0 {
        fields.push(n("Flows with itself", h.self_flows));
    }
    fields
}

fn role(role: &Role, towards: &str) -> Vec<Field> {
    let states = STATES.iter().zip(role.states).filter(|(_, n)| *n > 0);
    let states: Vec<String> = states.map(|(state, n)| format!("{state} {n}")).collect();
    let peer = role.main_peer.map(|peer| format!("{towards} {peer}")).unwrap_or_default();
    let service = role.main_service.map(|(proto, port)| match proto.has_ports() {
        true => format!("{} {port}", proto.name()),
        false => proto.name(),
    });
    let span = |label, ns: Option<f64>| field(label, ColumnKind::Seconds, Cell::optional(ns.map(|ns| ns / 1e9)));
    vec![
        n("Flows begun", role.flows),
        field("Without an answer", ColumnKind::Share, Cell::optional(role.failed_share())),
        n("Hosts at the other end", role.peers),
        n("Ports", role.ports),
        n("Most hosts for one port", role.port_peers),
        n("Most ports with one host", role.pair_ports),
        n("Most flows in a minute", role.peak_flows),
        text("Most flows", peer),
        text("Most flows by port", service.unwrap_or_default()),
        field("Packets sent", ColumnKind::Count, Cell::count(role.sent.packets)),
        field("Packets received", ColumnKind::Count, Cell::count(role.received.packets)),
        bytes("Payload sent", role.sent.payload_bytes),
        bytes("Payload received", role.received.payload_bytes),
        span("Mean gap between flows", role.gap_mean_ns),
        number("Unevenness of the gaps (0 = like a clock)", role.gap_variation.map(f64::from)),
        span("Mean duration", role.duration_mean_ns),
        text("Connection states", states.join(", ")),
    ]
}

fn content(h: &HostRecord) -> Vec<Field> {
    let optional = |value: Option<u32>| value.map_or(Cell::Missing, |n| Cell::count(u64::from(n)));
    let dns = h.dns;
    let share = dns.and_then(|dns| dns.nxdomain_share());
    vec![
        text("Application protocols", h.services.join(", ")),
        number("Mean entropy sent (bits a byte)", h.sent_entropy.map(f64::from)),
        number("Mean entropy received (bits a byte)", h.received_entropy.map(f64::from)),
        bytes("Most payload sent in one flow", h.largest_sent),
        number("Unevenness of its steadiest flows (0 = like a clock)", h.steadiest.map(f64::from)),
        field("DNS questions", ColumnKind::Count, optional(dns.map(|dns| dns.queries))),
        field("DNS names that do not exist", ColumnKind::Share, Cell::optional(share)),
        field("Server names asked for", ColumnKind::Count, optional(h.server_names)),
    ]
}
