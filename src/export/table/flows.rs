//! Flows under the names and in the order of Zeek's conn.log, then what is ours.

use super::{Column, cluster, score};
use crate::export::address::is_local;
use crate::export::cell::Cell;
use crate::export::community_id::community_id;
use crate::report::FlowRecord;

/// **Source** Zeek 6 `conn.log`; the last five are ours.
pub(super) static COLUMNS: &[Column<FlowRecord>] = &[
    Column { name: "ts", cell: |f| Cell::Moment(f.first_ts) },
    Column { name: "uid", cell: |f| Cell::Text(f.uid_text()) },
    Column { name: "id.orig_h", cell: |f| Cell::Text(f.orig_addr.to_string()) },
    Column { name: "id.orig_p", cell: |f| Cell::Count(u64::from(f.orig_port)) },
    Column { name: "id.resp_h", cell: |f| Cell::Text(f.resp_addr.to_string()) },
    Column { name: "id.resp_p", cell: |f| Cell::Count(u64::from(f.resp_port)) },
    Column { name: "proto", cell: |f| Cell::Text(f.proto.name()) },
    // Not measured: what the payload says is not looked at.
    Column { name: "service", cell: |_| Cell::Unknown },
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
    // Not measured: tunnels are not followed.
    Column { name: "tunnel_parents", cell: |_| Cell::Unknown },
    Column { name: "ip_proto", cell: |f| Cell::or_unknown(f.proto.number(), |n| Cell::Count(u64::from(n))) },
    Column { name: "community_id", cell: |f| Cell::or_unknown(community_id(f), Cell::Text) },
    Column { name: "cluster", cell: |f| cluster(&f.verdict) },
    Column { name: "score", cell: |f| score(&f.verdict) },
    Column { name: "severity", cell: |f| Cell::Word(f.verdict.severity.name()) },
    Column { name: "reason", cell: |f| Cell::word(f.verdict.reason()) },
];
