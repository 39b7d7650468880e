use super::*;
use crate::flow::{KeyRule, Limits, Table};
use crate::packet::Tcp;
use crate::report::{End, Proto, TcpFlags};
use crate::units::Timestamp;

/// A packet of (milliseconds, from the originator, payload): a TCP header of 20 or, with payload, 32 bytes.
fn packet(number: u64, ms: i64, from_orig: bool, payload: u32) -> Packet<'static> {
    let (a, b) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
    let header_len = if payload > 0 { 32 } else { 20 };
    Packet {
        number,
        ts: Timestamp(ms * 1_000_000),
        wire_len: 14 + 20 + u32::from(header_len) + payload,
        src: if from_orig { a } else { b },
        dst: if from_orig { b } else { a },
        src_port: if from_orig { 1000 } else { 80 },
        dst_port: if from_orig { 80 } else { 1000 },
        proto: Proto::TCP,
        vlan: None,
        offset: 0,
        tunnel: None,
        ip_bytes: 20 + u32::from(header_len) + payload,
        header_len: 20 + u16::from(header_len),
        ttl: Some(if number.is_multiple_of(2) { 64 } else { 63 }),
        tcp: Some(Tcp { flags: TcpFlags(TcpFlags::ACK), seq: 0, ack: 0, window: 100, header_len }),
        has_bad_checksum: false,
        payload_len: payload,
        payload: &[],
    }
}

fn flow(packets: &[(i64, bool, u32)], max_bytes: u64) -> FlowRecord {
    let key = KeyRule { vlan: false, tunnel: true };
    let (idle_seconds, active_seconds, linger_seconds) = (600, 6000, 5);
    let limits =
        Limits { idle_seconds, active_seconds, linger_seconds, key, content_bytes: 256, max_flows: 9, max_bytes };
    let mut table = Table::new(limits, [1, 2]);
    for (number, &(ms, from_orig, payload)) in (1..).zip(packets) {
        table.add(&packet(number, ms, from_orig, payload));
    }
    let flows = table.finish().0;
    assert_eq!(flows.len(), 1);
    flows.into_iter().next().unwrap()
}

#[test]
fn a_flow_of_one_packet_has_every_measure_without_a_series() {
    let one = flow(&[(0, true, 100)], 1 << 20);
    assert!(one.measures.series.is_none());
    let sizes = one.wire_sizes(End::Orig).unwrap();
    assert_eq!((sizes.n, sizes.mean(), sizes.std_dev()), (1, Some(166.0), Some(0.0)));
    assert_eq!(one.wire_sizes(End::Resp).unwrap().n, 0);
    assert_eq!((one.header_bytes(End::Orig), one.smallest_header(End::Orig)), (Some(32), Some(32)));
    assert_eq!((one.header_bytes(End::Resp), one.smallest_header(End::Resp)), (Some(0), None));
    assert_eq!((one.data_packets(End::Orig), one.data_packets(End::Resp)), (Some(1), Some(0)));
    assert_eq!((one.ttl_range(End::Orig), one.ttl_range(End::Resp)), (Some((63, 63)), None));
    assert_eq!((one.subflows(), one.active().unwrap().n, one.idle().unwrap().n), (Some(1), 1, 0));
    assert_eq!(one.opening().signed_size(0), Some(166));
}

#[test]
fn the_first_packet_is_counted_as_the_others_are() {
    let two = flow(&[(0, true, 100), (20, false, 0), (30, true, 0)], 1 << 20);
    let sizes = two.wire_sizes(End::Orig).unwrap();
    assert_eq!((sizes.n, sizes.sum, sizes.min, sizes.max), (2, 166 + 54, 54, 166));
    assert_eq!(sizes.sum_squares, (166 * 166 + 54 * 54).into());
    assert_eq!(two.ip_sizes(End::Resp).unwrap().max, 40);
    assert_eq!((two.header_bytes(End::Orig), two.smallest_header(End::Orig)), (Some(52), Some(20)));
    assert_eq!((two.data_packets(End::Orig), two.data_packets(End::Resp)), (Some(1), Some(0)));
    assert_eq!(two.ttl_range(End::Orig), Some((63, 63)));
    let opening = two.opening();
    assert_eq!([0, 1, 2].map(|i| opening.signed_size(i)), [Some(166), Some(-54), Some(54)]);
    assert_eq!([1, 2, 3].map(|i| opening.gap_ns(i)), [Some(20_000_000), Some(10_000_000), None]);
}

#[test]
fn pauses_part_active_periods_and_the_last_period_counts() {
    // Active 0-2 s (a gap of 2 s is a subflow, no pause), idle 6 s, active at 8 s alone, idle 10 s, active 18-19 s.
    let f = flow(&[(0, true, 0), (2000, false, 0), (8000, true, 0), (18_000, true, 0), (19_000, false, 0)], 1 << 20);
    let (active, idle) = (f.active().unwrap(), f.idle().unwrap());
    assert_eq!((active.n, active.sum, active.max), (3, 3_000_000_000, 2_000_000_000));
    assert_eq!((idle.n, idle.min, idle.max), (2, 6_000_000_000, 10_000_000_000));
    assert_eq!(active.sum + idle.sum, f.duration_ns());
    assert_eq!(f.subflows(), Some(4), "a gap of exactly a second is none");
}

#[test]
fn a_bulk_may_begin_with_the_first_packet() {
    let packets: Vec<_> = (0..6).map(|i| (i * 100, true, 10)).collect();
    assert_eq!(
        flow(&packets, 1 << 20).bulk(End::Orig),
        Some(crate::report::Bulk { bulks: 1, packets: 6, bytes: 60, ns: 500_000_000 })
    );
}

#[test]
fn d11_what_memory_did_not_allow_is_missing_not_zero() {
    let f = flow(&[(0, true, 0), (10, false, 0)], 2200);
    assert_eq!(f.packets(), 2);
    assert!(f.measures.series.is_none());
    assert_eq!((f.wire_sizes(End::Orig), f.header_bytes(End::Orig), f.subflows()), (None, None, None));
    assert_eq!((f.active(), f.bulk(End::Resp), f.opening().signed_size(0)), (None, None, None));
}
