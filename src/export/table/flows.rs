//! Flows under the names and in the order of Zeek's conn.log, then what is ours.

use super::{Column, cluster, score};
use crate::export::cell::Cell;
use crate::export::community_id::community_id;
use crate::report::{FlowRecord, Tunnel, is_local};

/// **Source** Zeek 6 `conn.log`; the last seven are ours.
pub(super) static COLUMNS: &[Column<FlowRecord>] = &[
    Column { name: "ts", cell: |f| Cell::Moment(f.first_ts) },
    Column { name: "uid", cell: |f| Cell::Text(f.uid_text()) },
    Column { name: "id.orig_h", cell: |f| Cell::Text(f.orig_addr.to_string()) },
    Column { name: "id.orig_p", cell: |f| Cell::Count(u64::from(f.orig_port)) },
    Column { name: "id.resp_h", cell: |f| Cell::Text(f.resp_addr.to_string()) },
    Column { name: "id.resp_p", cell: |f| Cell::Count(u64::from(f.resp_port)) },
    Column { name: "proto", cell: |f| Cell::Text(f.proto.name()) },
    Column { name: "service", cell: |f| Cell::or_unknown(f.service, Cell::Word) },
    Column { name: "duration", cell: |f| Cell::Span(f.duration_ns()) },
    Column { name: "orig_bytes", cell: |f| Cell::Count(f.orig.payload_bytes) },
    Column { name: "resp_bytes", cell: |f| Cell::Count(f.resp.payload_bytes) },
    Column { name: "conn_state", cell: |f| Cell::or_unknown(f.conn_state, Cell::Word) },
    Column { name: "local_orig", cell: |f| Cell::Bool(is_local(f.orig_addr)) },
    Column { name: "local_resp", cell: |f| Cell::Bool(is_local(f.resp_addr)) },
    // Not measured: streams are not put together.
    Column { name: "missed_bytes", cell: |_| Cell::Unknown },
    Column {
        name: "history",
        cell: |f| if f.history.is_empty() { Cell::Unknown } else { Cell::Text(f.history.clone()) },
    },
    Column { name: "orig_pkts", cell: |f| Cell::Count(f.orig.packets) },
    Column { name: "orig_ip_bytes", cell: |f| Cell::Count(f.orig.ip_bytes) },
    Column { name: "resp_pkts", cell: |f| Cell::Count(f.resp.packets) },
    Column { name: "resp_ip_bytes", cell: |f| Cell::Count(f.resp.ip_bytes) },
    // Zeek names the flows that carry it; those packets are counted in this flow only, so the tunnel names itself.
    Column { name: "tunnel_parents", cell: |f| Cell::or_unknown(f.tunnel.as_deref(), |t| Cell::Text(tunnel(t))) },
    Column { name: "ip_proto", cell: |f| Cell::or_unknown(f.proto.number(), |n| Cell::Count(u64::from(n))) },
    Column { name: "community_id", cell: |f| Cell::or_unknown(community_id(f), Cell::Text) },
    Column { name: "cluster", cell: |f| cluster(&f.verdict) },
    Column { name: "score", cell: |f| score(&f.verdict) },
    Column { name: "severity", cell: |f| Cell::Word(f.verdict.severity.name()) },
    Column { name: "reason", cell: |f| Cell::word(f.verdict.reason()) },
    Column { name: "service_guess", cell: |f| Cell::or_unknown(f.guess(), |(service, _)| Cell::Word(service)) },
    Column { name: "service_confidence", cell: |f| Cell::or_unknown(f.guess(), |(_, sure)| Cell::Single(sure)) },
];

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
