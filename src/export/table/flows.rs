//! Flows under the names and in the order of Zeek's conn.log, then what is ours.

use super::{Column, cluster, score};
use crate::export::cell::{Cell, write_json};
use crate::export::community_id::community_id;
use crate::report::{Application, Fields, FlowRecord, Proto, Text, Tunnel, is_local};

/// **Source** Zeek 6 `conn.log`; from `community_id` on they are ours.
pub(super) static COLUMNS: &[Column<FlowRecord>] = &[
    Column { name: "ts", cell: |f| known(f, Fields::TIME, || Cell::Moment(f.first_ts)) },
    Column { name: "uid", cell: |f| Cell::Text(f.id_text()) },
    Column { name: "id.orig_h", cell: |f| known(f, Fields::ADDRESSES, || Cell::Text(f.orig_addr.to_string())) },
    Column { name: "id.orig_p", cell: |f| Cell::Count(u64::from(f.orig_port)) },
    Column { name: "id.resp_h", cell: |f| known(f, Fields::ADDRESSES, || Cell::Text(f.resp_addr.to_string())) },
    Column { name: "id.resp_p", cell: |f| Cell::Count(u64::from(f.resp_port)) },
    Column { name: "proto", cell: |f| known(f, Fields::PROTO, || Cell::Text(f.proto.name())) },
    Column { name: "service", cell: service },
    Column { name: "duration", cell: |f| known(f, Fields::DURATION, || Cell::Span(f.duration_ns())) },
    Column { name: "orig_bytes", cell: |f| count(f, Fields::ORIG_BYTES, f.orig.payload_bytes) },
    Column { name: "resp_bytes", cell: |f| count(f, Fields::RESP_BYTES, f.resp.payload_bytes) },
    Column { name: "conn_state", cell: |f| Cell::or_unknown(f.conn_state, Cell::Word) },
    Column { name: "local_orig", cell: |f| known(f, Fields::ADDRESSES, || Cell::Bool(is_local(f.orig_addr))) },
    Column { name: "local_resp", cell: |f| known(f, Fields::ADDRESSES, || Cell::Bool(is_local(f.resp_addr))) },
    Column { name: "missed_bytes", cell: |f| count(f, Fields::MEASURED, f.stream.missed_bytes()) },
    Column {
        name: "history",
        cell: |f| if f.history.is_empty() { Cell::Unknown } else { Cell::Text(f.history.clone()) },
    },
    Column { name: "orig_pkts", cell: |f| count(f, Fields::ORIG_PKTS, f.orig.packets) },
    Column { name: "orig_ip_bytes", cell: |f| count(f, Fields::ORIG_IP_BYTES, f.orig.ip_bytes) },
    Column { name: "resp_pkts", cell: |f| count(f, Fields::RESP_PKTS, f.resp.packets) },
    Column { name: "resp_ip_bytes", cell: |f| count(f, Fields::RESP_IP_BYTES, f.resp.ip_bytes) },
    // Zeek names the flows that carry it; those packets are counted in this flow only, so the tunnel names itself.
    Column { name: "tunnel_parents", cell: |f| Cell::or_unknown(f.tunnel.as_deref(), |t| Cell::Text(tunnel(t))) },
    Column {
        name: "ip_proto",
        cell: |f| Cell::or_unknown(f.proto.number().filter(|_| f.knows(Fields::PROTO)), |n| Cell::Count(u64::from(n))),
    },
    Column { name: "community_id", cell: |f| Cell::or_unknown(community_id(f), Cell::Text) },
    Column { name: "cluster", cell: |f| cluster(&f.verdict) },
    Column { name: "score", cell: |f| score(&f.verdict) },
    Column { name: "severity", cell: |f| Cell::Word(f.verdict.severity.name()) },
    Column { name: "reason", cell: |f| Cell::word(f.verdict.reason()) },
    Column { name: "service_guess", cell: |f| Cell::or_unknown(f.guess(), |guess| Cell::Text(guess.services_text())) },
    Column { name: "service_known_by", cell: known_by },
    Column { name: "service_confidence", cell: |f| Cell::or_unknown(f.service_confidence(), Cell::Single) },
    Column { name: "server_name", cell: |f| of(f, |a| a.server_name().map(text)) },
    Column { name: "ja3", cell: |f| of(f, |a| a.ja3().map(text)) },
    Column { name: "ja4", cell: |f| of(f, |a| a.ja4().map(text)) },
    Column { name: "application", cell: application },
    Column { name: "end", cell: |f| Cell::Word(f.end.name()) },
    Column { name: "rtt", cell: |f| Cell::or_unknown(f.stream.rtt_ns(), Cell::Span) },
    Column { name: "syn_ack_time", cell: |f| Cell::or_unknown(f.stream.syn_ack_ns, Cell::Span) },
    Column { name: "orig_retransmissions", cell: |f| of_tcp(f, f.stream.orig.retransmissions) },
    Column { name: "resp_retransmissions", cell: |f| of_tcp(f, f.stream.resp.retransmissions) },
    Column { name: "orig_out_of_order", cell: |f| of_tcp(f, f.stream.orig.out_of_order) },
    Column { name: "resp_out_of_order", cell: |f| of_tcp(f, f.stream.resp.out_of_order) },
    Column { name: "orig_zero_windows", cell: |f| of_tcp(f, f.stream.orig.zero_windows) },
    Column { name: "resp_zero_windows", cell: |f| of_tcp(f, f.stream.resp.zero_windows) },
    Column { name: "orig_duplicate_acks", cell: |f| of_tcp(f, f.stream.orig.duplicate_acks) },
    Column { name: "resp_duplicate_acks", cell: |f| of_tcp(f, f.stream.resp.duplicate_acks) },
    Column {
        name: "bad_checksums",
        cell: |f| Cell::Count(u64::from(f.orig.bad_checksums) + u64::from(f.resp.bad_checksums)),
    },
];

/// A cell whose value a table may not give.
fn known(flow: &FlowRecord, wanted: Fields, cell: impl FnOnce() -> Cell) -> Cell {
    if flow.knows(wanted) { cell() } else { Cell::Unknown }
}

fn count(flow: &FlowRecord, wanted: Fields, value: u64) -> Cell {
    known(flow, wanted, || Cell::Count(value))
}

/// The protocols, outermost first, separated by commas.
fn service(f: &FlowRecord) -> Cell {
    match f.application.as_deref().filter(|a| a.services.len() > 1 && !a.is_guess()) {
        Some(application) => Cell::Text(application.services_text()),
        None => Cell::or_unknown(f.service, Cell::Word),
    }
}

/// How each of the services, or the guess, is known, in their order.
fn known_by(f: &FlowRecord) -> Cell {
    match &f.application {
        Some(application) => Cell::Text(application.known_by_text()),
        None => Cell::or_unknown(f.known_without_payload(), |known_by| Cell::Word(known_by.name())),
    }
}

/// Something that was recognised.
fn of(f: &FlowRecord, cell: impl FnOnce(&Application) -> Option<Cell>) -> Cell {
    f.application.as_deref().and_then(cell).unwrap_or(Cell::Unknown)
}

fn text(text: &Text) -> Cell {
    Cell::Text(text.as_str().to_owned())
}

/// The whole record: an object in JSON, and its text in CSV.
fn application(f: &FlowRecord) -> Cell {
    of(f, |application| {
        let mut json = Vec::new();
        // Writing to memory fails only for values that JSON does not have, and these have none.
        write_json(application, &mut json).ok()?;
        let json = String::from_utf8(json).ok()?;
        Some(Cell::Both { text: json.clone(), json })
    })
}

/// A count that only TCP flows have.
fn of_tcp(flow: &FlowRecord, n: u32) -> Cell {
    if flow.proto == Proto::TCP { Cell::Count(u64::from(n)) } else { Cell::Unknown }
}

/// The innermost tunnel: its kind, number where it has one, and ends.
fn tunnel(t: &Tunnel) -> String {
    let id = t.id.map_or_else(String::new, |id| format!(" {id}"));
    format!("{}{id} {} {}", t.kind.name(), t.src, t.dst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::TunnelKind;

    #[test]
    fn a_tunnel_names_itself() {
        let ends = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let mut t = Tunnel { kind: TunnelKind::Vxlan, depth: 1, id: Some(42), src: ends.0, dst: ends.1 };
        assert_eq!(tunnel(&t), "vxlan 42 10.0.0.1 10.0.0.2");
        t.id = None;
        assert_eq!(tunnel(&t), "vxlan 10.0.0.1 10.0.0.2");
    }
}
