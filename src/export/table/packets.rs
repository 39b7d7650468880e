//! Packets as the detector saw them.

use super::{Column, cluster, score};
use crate::export::cell::Cell;
use crate::report::{Fields, PacketRecord, TcpFlags};

pub(super) static COLUMNS: &[Column<PacketRecord>] = &[
    Column { name: "number", cell: |p| Cell::Count(p.number) },
    Column { name: "ts", cell: |p| if p.knows(Fields::TIME) { Cell::Moment(p.ts) } else { Cell::Unknown } },
    Column { name: "src", cell: |p| Cell::Text(p.src.to_string()) },
    Column { name: "src_port", cell: |p| port(p.src_port) },
    Column { name: "dst", cell: |p| Cell::Text(p.dst.to_string()) },
    Column { name: "dst_port", cell: |p| port(p.dst_port) },
    Column { name: "proto", cell: |p| Cell::Text(p.proto.name()) },
    Column { name: "length", cell: |p| Cell::Count(u64::from(p.length)) },
    Column { name: "payload_len", cell: |p| count(p, Fields::PAYLOAD, p.payload_len) },
    Column { name: "entropy", cell: |p| Cell::or_unknown(p.entropy, Cell::Single) },
    Column { name: "header_len", cell: |p| count(p, Fields::HEADER, u32::from(p.header_len)) },
    Column { name: "tcp_flags", cell: |p| Cell::or_unknown(p.flags, |f| Cell::Text(flags(f))) },
    Column { name: "tcp_window", cell: |p| Cell::or_unknown(p.window, |w| Cell::Count(u64::from(w))) },
    Column { name: "ttl", cell: |p| Cell::or_unknown(p.ttl, |t| Cell::Count(u64::from(t))) },
    Column { name: "iat", cell: |p| Cell::or_unknown(p.iat_ns, Cell::Span) },
    Column { name: "cluster", cell: |p| cluster(&p.verdict) },
    Column { name: "score", cell: |p| score(&p.verdict) },
    Column { name: "severity", cell: |p| Cell::Word(p.verdict.severity.name()) },
    Column { name: "reason", cell: |p| Cell::word(p.verdict.reason()) },
];

fn count(packet: &PacketRecord, wanted: Fields, value: u32) -> Cell {
    if packet.knows(wanted) { Cell::Count(u64::from(value)) } else { Cell::Unknown }
}

fn port(port: Option<u16>) -> Cell {
    Cell::or_unknown(port, |p| Cell::Count(u64::from(p)))
}

/// The set flags as letters, FIN first; `0` when none is.
fn flags(flags: TcpFlags) -> String {
    let set: String = flags.names().filter_map(|name| name.chars().next()).collect();
    if set.is_empty() { "0".to_owned() } else { set }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_letters() {
        assert_eq!(flags(TcpFlags(0x12)), "SA");
        assert_eq!(flags(TcpFlags(0xff)), "FSRPAUEC");
        assert_eq!(flags(TcpFlags(0)), "0");
    }
}
