//! Hosts: what all their flows add up to, and their score where the unit is host.

use super::{Column, cluster, score};
use crate::export::cell::Cell;
use crate::report::{HostRecord, Role, STATES};

/// Sent and received bytes are payload, `bytes` are on the wire.
pub(super) static COLUMNS: &[Column<HostRecord>] = &[
    Column { name: "address", cell: |h| Cell::Text(h.address.to_string()) },
    Column { name: "name", cell: |h| Cell::or_unknown(h.name.as_deref(), |name| Cell::Text(name.to_owned())) },
    Column { name: "kind", cell: |h| Cell::Word(h.kind.name()) },
    Column { name: "local", cell: |h| Cell::Bool(h.is_local) },
    Column { name: "macs", cell: |h| text(h.macs.text()) },
    Column { name: "first_ts", cell: |h| Cell::Moment(h.first_ts) },
    Column { name: "last_ts", cell: |h| Cell::Moment(h.last_ts) },
    Column { name: "flows", cell: |h| n(h.flows) },
    Column { name: "self_flows", cell: |h| n(h.self_flows) },
    Column { name: "peers", cell: |h| n(h.peers) },
    Column { name: "packets", cell: |h| Cell::Count(h.packets) },
    Column { name: "bytes", cell: |h| Cell::Count(h.wire_bytes) },
    Column { name: "active_windows", cell: |h| n(h.active_windows) },
    Column { name: "protos", cell: |h| text(h.protos_text()) },
    Column { name: "services", cell: |h| text(h.services.join(",")) },
    Column { name: "orig_flows", cell: |h| n(h.orig.flows) },
    Column { name: "orig_failed", cell: |h| n(h.orig.failed) },
    Column { name: "orig_peers", cell: |h| n(h.orig.peers) },
    Column { name: "orig_ports", cell: |h| n(h.orig.ports) },
    Column { name: "orig_port_peers", cell: |h| n(h.orig.port_peers) },
    Column { name: "orig_pair_ports", cell: |h| n(h.orig.pair_ports) },
    Column { name: "orig_peak_flows", cell: |h| n(h.orig.peak_flows) },
    Column { name: "orig_sent_pkts", cell: |h| Cell::Count(h.orig.sent.packets) },
    Column { name: "orig_sent_bytes", cell: |h| Cell::Count(h.orig.sent.payload_bytes) },
    Column { name: "orig_received_pkts", cell: |h| Cell::Count(h.orig.received.packets) },
    Column { name: "orig_received_bytes", cell: |h| Cell::Count(h.orig.received.payload_bytes) },
    Column {
        name: "orig_main_peer",
        cell: |h| Cell::or_unknown(h.orig.main_peer, |peer| Cell::Text(peer.to_string())),
    },
    Column { name: "orig_main_service", cell: |h| service(&h.orig) },
    Column { name: "orig_gap_mean", cell: |h| span(h.orig.gap_mean_ns) },
    Column { name: "orig_gap_variation", cell: |h| Cell::or_unknown(h.orig.gap_variation, Cell::Single) },
    Column { name: "orig_duration_mean", cell: |h| span(h.orig.duration_mean_ns) },
    Column { name: "orig_states", cell: |h| states(&h.orig) },
    Column { name: "resp_flows", cell: |h| n(h.resp.flows) },
    Column { name: "resp_failed", cell: |h| n(h.resp.failed) },
    Column { name: "resp_peers", cell: |h| n(h.resp.peers) },
    Column { name: "resp_ports", cell: |h| n(h.resp.ports) },
    Column { name: "resp_port_peers", cell: |h| n(h.resp.port_peers) },
    Column { name: "resp_pair_ports", cell: |h| n(h.resp.pair_ports) },
    Column { name: "resp_peak_flows", cell: |h| n(h.resp.peak_flows) },
    Column { name: "resp_sent_pkts", cell: |h| Cell::Count(h.resp.sent.packets) },
    Column { name: "resp_sent_bytes", cell: |h| Cell::Count(h.resp.sent.payload_bytes) },
    Column { name: "resp_received_pkts", cell: |h| Cell::Count(h.resp.received.packets) },
    Column { name: "resp_received_bytes", cell: |h| Cell::Count(h.resp.received.payload_bytes) },
    Column {
        name: "resp_main_peer",
        cell: |h| Cell::or_unknown(h.resp.main_peer, |peer| Cell::Text(peer.to_string())),
    },
    Column { name: "resp_main_service", cell: |h| service(&h.resp) },
    Column { name: "resp_gap_mean", cell: |h| span(h.resp.gap_mean_ns) },
    Column { name: "resp_gap_variation", cell: |h| Cell::or_unknown(h.resp.gap_variation, Cell::Single) },
    Column { name: "resp_duration_mean", cell: |h| span(h.resp.duration_mean_ns) },
    Column { name: "resp_states", cell: |h| states(&h.resp) },
    Column { name: "steadiest_gap_variation", cell: |h| Cell::or_unknown(h.steadiest, Cell::Single) },
    Column { name: "sent_entropy", cell: |h| Cell::or_unknown(h.sent_entropy, Cell::Single) },
    Column { name: "received_entropy", cell: |h| Cell::or_unknown(h.received_entropy, Cell::Single) },
    Column { name: "largest_sent", cell: |h| Cell::Count(h.largest_sent) },
    Column { name: "dns_queries", cell: |h| Cell::or_unknown(h.dns, |d| n(d.queries)) },
    Column { name: "dns_answers", cell: |h| Cell::or_unknown(h.dns, |d| n(d.answers)) },
    Column { name: "dns_nxdomain", cell: |h| Cell::or_unknown(h.dns, |d| n(d.nxdomain)) },
    Column { name: "server_names", cell: |h| Cell::or_unknown(h.server_names, n) },
    Column { name: "cluster", cell: |h| cluster(&h.verdict) },
    Column { name: "score", cell: |h| score(&h.verdict) },
    Column { name: "severity", cell: |h| Cell::Word(h.verdict.severity.name()) },
    Column { name: "reason", cell: |h| Cell::word(h.verdict.reason()) },
];

fn n(count: u32) -> Cell {
    Cell::Count(u64::from(count))
}

fn text(text: String) -> Cell {
    if text.is_empty() { Cell::Unknown } else { Cell::Text(text) }
}

/// Nanoseconds, of which a mean has fractions that nobody needs.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // not negative, and saturated
fn span(ns: Option<f64>) -> Cell {
    Cell::or_unknown(ns, |ns| Cell::Span(ns as u64))
}

/// The service of most flows: `tcp/443`, or the protocol alone.
fn service(role: &Role) -> Cell {
    Cell::or_unknown(role.main_service, |(proto, port)| {
        Cell::Text(if proto.has_ports() { format!("{}/{port}", proto.name()) } else { proto.name() })
    })
}

/// Flows by Zeek's connection state: `S0=3 SF=12`.
fn states(role: &Role) -> Cell {
    let some = STATES.iter().zip(role.states).filter(|(_, n)| *n > 0);
    text(some.map(|(state, n)| format!("{state}={n}")).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Proto;

    #[test]
    fn services_and_states_are_words() {
        let mut role = Role::default();
        assert_eq!((service(&role), states(&role)), (Cell::Unknown, Cell::Unknown));
        role.main_service = Some((Proto::TCP, 443));
        (role.states[0], role.states[2]) = (3, 12);
        assert_eq!((service(&role), states(&role)), (Cell::Text("tcp/443".into()), Cell::Text("S0=3 SF=12".into())));
        role.main_service = Some((Proto::Arp, 0));
        assert_eq!(service(&role), Cell::Text("arp".into()));
        assert_eq!((span(None), span(Some(1.5e9))), (Cell::Unknown, Cell::Span(1_500_000_000)));
    }
}
