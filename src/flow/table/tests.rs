#![allow(clippy::cast_possible_truncation)]

use super::*;
use crate::report::Proto;

fn packet(number: u64, seconds: i64, src: u8, dst: u8, payload: &[u8]) -> Packet<'_> {
    Packet {
        number,
        ts: Timestamp::from_parts(seconds, 0),
        wire_len: 100,
        src: [10, 0, 0, src].into(),
        dst: [10, 0, 0, dst].into(),
        src_port: u16::from(src),
        dst_port: u16::from(dst),
        proto: Proto::UDP,
        vlan: None,
        offset: 0,
        tunnel: None,
        ip_bytes: 86,
        header_len: 28,
        ttl: Some(64),
        tcp: None,
        has_bad_checksum: false,
        payload_len: u32::try_from(payload.len()).unwrap(),
        payload,
    }
}

fn limits(idle_seconds: u32, active_seconds: u32, max_flows: u32) -> Limits {
    let key = KeyRule { vlan: false, tunnel: true };
    Limits {
        idle_seconds,
        active_seconds,
        linger_seconds: 5,
        key,
        content_bytes: 16_384,
        max_flows,
        max_bytes: 1 << 20,
    }
}

fn table(max_flows: u32) -> Table {
    Table::new(limits(120, 1800, max_flows), [1, 2])
}

#[test]
fn joins_both_directions_and_splits_by_time() {
    let mut t = table(100);
    for p in [packet(1, 0, 1, 2, b"ab"), packet(2, 1, 2, 1, b"c"), packet(3, 200, 2, 1, b"")] {
        assert!(t.add(&p).is_some());
    }
    let flows = t.finish().0;
    assert_eq!(flows.len(), 2);
    assert_eq!((flows[0].orig.packets, flows[0].resp.packets, flows[0].end), (1, 1, EndReason::Idle));
    assert_eq!(flows[0].orig_addr, std::net::IpAddr::from([10, 0, 0, 1]));
    assert_eq!(flows[1].orig_addr, std::net::IpAddr::from([10, 0, 0, 2]));
    assert_ne!(flows[0].uid, flows[1].uid);
}

#[test]
fn splits_a_long_flow_at_the_active_timeout() {
    let mut t = table(100);
    for i in 0..=40 {
        t.add(&packet(i + 1, i64::try_from(i).unwrap() * 100, 1, 2, b""));
    }
    let flows = t.finish().0;
    assert_eq!(flows.iter().map(|f| f.packets()).collect::<Vec<_>>(), [19, 19, 3]);
}

#[test]
fn a_full_table_keeps_counting_its_own_flows() {
    let mut t = table(1);
    assert_eq!(t.add(&packet(1, 0, 1, 2, b"")), Some(None));
    assert_eq!(t.add(&packet(2, 0, 3, 4, b"")), None);
    assert_eq!(t.add(&packet(3, 1, 2, 1, b"")), Some(Some(1_000_000_000)));
    assert_eq!(t.finish().0.len(), 1);
}

#[test]
fn one_wrong_time_stamp_does_not_end_everything() {
    let mut t = table(100);
    t.add(&packet(1, 1000, 1, 2, b""));
    t.add(&packet(2, 400_000_000, 3, 4, b""));
    t.add(&packet(3, 1001, 2, 1, b""));
    assert_eq!(t.finish().0.len(), 2);
}

#[test]
fn the_hash_seed_changes_nothing() {
    let run = |seed| {
        let mut t = Table::new(limits(2, 9, 50), seed);
        for i in 0..2000u64 {
            let (a, b) = ((i * 7 % 13) as u8, (i * 5 % 11) as u8);
            t.add(&packet(i + 1, i64::try_from(i / 10).unwrap(), a, b, &[a; 30]));
        }
        t.finish().0
    };
    assert_eq!(run([1, 2]), run([0xdead_beef, 77]));
}
