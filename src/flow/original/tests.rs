use super::*;
use crate::packet::Tcp;

/// Enough memory for every flow of a test.
const ROOM: u64 = 1 << 20;
const S: u16 = TcpFlags::SYN;
const A: u16 = TcpFlags::ACK;
const F: u16 = TcpFlags::FIN;
const P: u16 = TcpFlags::PSH;
const R: u16 = TcpFlags::RST;

/// A TCP packet of (milliseconds, from the client, flags, payload, window), with 20 bytes of header.
type Sent = (i64, bool, u16, u32, u16);

fn packet(number: u64, &(ms, from_client, flags, payload_len, window): &Sent) -> Packet<'static> {
    let (client, server) = (([10, 0, 0, 1].into(), 4000), ([10, 0, 0, 2].into(), 80));
    let ((src, src_port), (dst, dst_port)) = if from_client { (client, server) } else { (server, client) };
    Packet {
        number,
        ts: Timestamp(ms * 1_000_000),
        wire_len: 54 + payload_len,
        src,
        dst,
        src_port,
        dst_port,
        proto: Proto::TCP,
        vlan: None,
        offset: 0,
        tunnel: None,
        ip_bytes: 40 + payload_len,
        header_len: 40,
        ttl: Some(64),
        tcp: Some(Tcp { flags: TcpFlags(flags), seq: 0, ack: 0, window, header_len: 20 }),
        has_bad_checksum: false,
        payload_len,
        payload: &[],
    }
}

fn play(packets: &[Sent]) -> Vec<OriginalFlow> {
    let mut original = Original::new([1, 2]);
    for (number, sent) in (1..).zip(packets) {
        original.add(&packet(number, sent), ROOM);
    }
    original.finish()
}

/// Packets forward and backward of each flow.
fn shapes(flows: &[OriginalFlow]) -> Vec<(u64, u64)> {
    flows.iter().map(|f| (f.fwd.packets, f.bwd.packets)).collect()
}

#[test]
fn bug_1_counts_the_first_packet_twice_in_the_flow_s_lengths() {
    let flows = play(&[(0, true, A, 100, 1), (1, false, A, 10, 2), (2, true, A, 40, 3)]);
    assert_eq!((flows[0].lengths.n, flows[0].lengths.sum), (4, 100 + 100 + 10 + 40));
    assert_eq!((flows[0].fwd.lengths.n, flows[0].fwd.bytes), (2, 140));
}

#[test]
fn bug_2_takes_every_packet_for_the_backward_bulk() {
    // Turn by turn: no bulk of either side, and one of both together.
    let flows = play(&[(0, true, A, 10, 1), (100, false, A, 20, 1), (200, true, A, 30, 1), (300, false, A, 40, 1)]);
    let bulk = flows[0].bulk;
    assert_eq!((bulk.bulks, bulk.packets, bulk.bytes, bulk.duration_us), (1, 4, 100, 300_000));
    let slow: Vec<Sent> = (0..8).map(|i| (i * 1001, true, A, 10, 1)).collect();
    assert_eq!(play(&slow)[0].bulk.bulks, 0);
}

#[test]
fn bug_3_ends_a_flow_at_the_first_backward_fin() {
    let hello = [(0, true, S, 0, 1), (1, false, S | A, 0, 1), (2, true, A, 0, 1)];
    // The server closes first: what follows is a flow of three packets.
    let mut closed = hello.to_vec();
    closed.extend([(3, false, F | A, 0, 1), (4, true, A, 0, 1), (5, true, F | A, 0, 1), (6, false, A, 0, 1)]);
    assert_eq!(shapes(&play(&closed)), [(2, 2), (2, 1)]);
    // The client closes first: the flow goes on until the server's FIN, and the last ACK alone is never written.
    let mut closed = hello.to_vec();
    closed.extend([(3, true, F | A, 0, 1), (4, false, A, 0, 1), (5, false, F | A, 0, 1), (6, true, A, 0, 1)]);
    assert_eq!(shapes(&play(&closed)), [(3, 3)]);
    // A second FIN of the client is thrown away, an ACK behind it is not.
    let mut twice = hello.to_vec();
    twice.extend([(3, true, F | A, 0, 1), (4, true, F | A, 0, 1), (5, true, A, 0, 1)]);
    assert_eq!(shapes(&play(&twice)), [(4, 1)]);
}

#[test]
fn bug_4_ends_a_flow_at_a_reset() {
    let flows = play(&[(0, true, S, 0, 1), (1, false, R | A, 0, 1), (2, false, R, 0, 1), (3, true, A, 0, 1)]);
    assert_eq!(shapes(&flows), [(1, 1), (1, 1)]);
    assert_eq!(flows[1].src, std::net::IpAddr::from([10, 0, 0, 2]), "the appendix has the other direction");
}

#[test]
fn bugs_5_6_and_10_look_at_the_wrong_packets() {
    let flows =
        play(&[(0, true, P | A, 5, 11), (1, true, P | A, 5, 12), (2, false, P | A, 1, 13), (3, false, A, 0, 14)]);
    let f = &flows[0];
    assert_eq!((f.fwd.psh, f.bwd.psh, f.flags[3]), (1, 0, 3));
    assert_eq!((f.fwd_window, f.bwd_window), (11, 14));
    assert_eq!(f.act_data, 1, "of two forward packets with payload");
}

#[test]
fn bugs_8_and_9_count_gaps_and_lose_the_last_period() {
    // Active 0-2 s, idle 6 s, active at 8 s.
    let flows = play(&[(0, true, A, 0, 1), (2000, true, A, 0, 1), (8000, true, A, 0, 1), (8500, true, A, 0, 1)]);
    let f = &flows[0];
    assert_eq!(f.gaps_over_a_second, 2);
    assert_eq!((f.active.n, f.active.sum, f.idle.n, f.idle.sum), (1, 2_000_000, 1, 6_000_000));
    assert_eq!(play(&[(0, true, A, 0, 1), (900, true, A, 0, 1)])[0].gaps_over_a_second, 0);
}

#[test]
fn bug_11_never_writes_a_flow_of_one_packet() {
    assert!(play(&[(0, true, S, 0, 1)]).is_empty());
}

#[test]
fn bug_12_ends_a_flow_120_s_after_its_start_and_keeps_its_direction() {
    let mut packets: Vec<Sent> = (0..3).map(|i| (i * 50_000, true, A, 7, 1)).collect();
    packets.extend([(120_001, false, F | A, 9, 2), (120_002, false, A, 0, 3)]);
    let flows = play(&packets);
    assert_eq!(shapes(&flows), [(3, 0), (1, 1)], "the FIN that comes too late ends nothing and counts as forward");
    assert_eq!((flows[1].src_port, flows[1].fwd.bytes, flows[1].fwd_window), (4000, 9, 2));
}

#[test]
fn other_protocols_are_protocol_0_and_ipv6_is_not_read() {
    let mut original = Original::new([1, 2]);
    for number in 1..=2 {
        let icmp = Packet { proto: Proto::ICMP, tcp: None, ..packet(number, &(0, true, 0, 56, 0)) };
        original.add(&icmp, ROOM);
        let v6 = Packet { src: [0u16; 8].into(), dst: [1u16; 8].into(), ..packet(number, &(0, true, A, 0, 0)) };
        original.add(&v6, ROOM);
    }
    let flows = original.finish();
    assert_eq!(flows.len(), 1);
    assert_eq!((flows[0].protocol, flows[0].src_port, flows[0].fwd.bytes, flows[0].fwd.header_bytes), (0, 0, 0, 0));
}

#[test]
fn what_memory_does_not_allow_is_counted() {
    let mut original = Original::new([1, 2]);
    assert!(original.add(&packet(1, &(0, true, S, 0, 1)), ROOM) > 0);
    let other = Packet { src_port: 1, ..packet(2, &(0, true, S, 0, 1)) };
    assert_eq!(original.add(&other, 10), 0);
    assert_eq!(original.left_out(), 1);
}

#[test]
fn the_hash_seed_changes_nothing() {
    let run = |seed| {
        let mut original = Original::new(seed);
        for i in 0..500u64 {
            let port = u16::try_from(i * 7 % 40).unwrap();
            let sent = (i64::try_from(i).unwrap() * 10, i % 3 == 0, if i % 11 == 0 { F } else { A }, 5, 1);
            let p = packet(i, &sent);
            let p = if sent.1 { Packet { src_port: port, ..p } } else { Packet { dst_port: port, ..p } };
            original.add(&p, ROOM * 100);
        }
        original.finish()
    };
    assert_eq!(run([1, 2]), run([77, 99]));
}
