//! States and histories of flows played packet by packet, numbers right unless a script says otherwise.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

use super::*;
use crate::flow::{KeyRule, Limits, Table};
use crate::packet;
use crate::report::FlowRecord;
use crate::units::Timestamp;

const KEY: KeyRule = KeyRule { vlan: false, tunnel: true };

/// Plays packets like `S>` (from 10.0.0.1) or `SA<` (to it), a second apart; `D` = ten bytes of payload.
pub(super) fn play(script: &str) -> Vec<FlowRecord> {
    let limits = Limits {
        idle_seconds: 120,
        active_seconds: 1800,
        linger_seconds: 5,
        key: KEY,
        content_bytes: 16_384,
        max_flows: 100,
        max_bytes: 1 << 20,
    };
    let mut table = Table::new(limits, [1, 2]);
    let mut next = [1_000u32, u32::MAX - 5];
    for (i, word) in script.split_whitespace().enumerate() {
        let is_there = word.ends_with('>');
        let mut flags = 0;
        for c in word.chars() {
            flags |= match c {
                'S' => TcpFlags::SYN,
                'A' => TcpFlags::ACK,
                'F' => TcpFlags::FIN,
                'R' => TcpFlags::RST,
                _ => 0,
            };
        }
        let payload: &[u8] = if word.contains('D') { b"0123456789" } else { b"" };
        let (here, there) = if is_there { (0, 1) } else { (1, 0) };
        let ends = [[10, 0, 0, 1], [10, 0, 0, 2]].map(std::net::IpAddr::from);
        let ports = [40_000, 80];
        let packet = Packet {
            number: i as u64 + 1,
            ts: Timestamp::from_parts(i as i64, 0),
            wire_len: 60,
            src: ends[here],
            dst: ends[there],
            src_port: ports[here],
            dst_port: ports[there],
            proto: Proto::TCP,
            vlan: None,
            offset: 0,
            tunnel: None,
            ip_bytes: 40,
            header_len: 40,
            ttl: None,
            tcp: Some(packet::Tcp {
                flags: TcpFlags(flags),
                seq: next[here],
                ack: next[there],
                window: 9,
                header_len: 20,
            }),
            has_bad_checksum: false,
            payload_len: payload.len() as u32,
            payload,
        };
        let octets = u32::from(word.contains('S')) + u32::from(word.contains('F'));
        next[here] = next[here].wrapping_add(payload.len() as u32 + octets);
        table.add(&packet);
    }
    table.finish().0.into_iter().collect()
}

#[test]
fn names_the_thirteen_states() {
    for (script, state, history) in [
        ("S>", "S0", "S"),
        ("S> SA< A>", "S1", "ShA"),
        ("S> SA< A> DA> DA< FA> FA< A>", "SF", "ShADdFf"),
        ("S> RA<", "REJ", "Sr"),
        ("S> SA< A> FA>", "S2", "ShAF"),
        ("S> SA< A> FA<", "S3", "ShAf"),
        ("S> SA< A> R>", "RSTO", "ShAR"),
        ("S> SA< A> RA<", "RSTR", "ShAr"),
        ("S> R>", "RSTOS0", "SR"),
        ("SA< R<", "RSTRH", "^hr"),
        ("S> F>", "SH", "SF"),
        ("SA< F<", "SHR", "^hf"),
        ("A> A<", "OTH", "Aa"),
    ] {
        let flows = play(script);
        assert_eq!(
            (flows.len(), flows[0].conn_state, flows[0].history.as_str()),
            (1, Some(state), history),
            "{script}"
        );
        assert_eq!(flows[0].orig_addr, std::net::IpAddr::from([10, 0, 0, 1]), "{script}");
    }
}

#[test]
fn a_history_and_its_record_cannot_grow_without_end() {
    let flows = play(&"SF> FR> A> DA> S< SA< R< ".repeat(1000));
    assert!(flows.iter().all(|f| f.history.len() <= 32));
}

#[test]
fn a_closed_flow_takes_what_trails_and_then_ends() {
    let flows = play("S> SA< A> FA> FA< A> A> A> A> A> A> A>");
    assert_eq!(flows.iter().map(FlowRecord::packets).collect::<Vec<_>>(), [10, 2]);
    assert_eq!((flows[0].end, flows[0].conn_state), (EndReason::Fin, Some("SF")));
    let flows = play("S> RA< S> RA<");
    assert_eq!(flows.iter().map(|f| (f.packets(), f.end)).collect::<Vec<_>>(), [(2, EndReason::Rst); 2]);
}
