//! What each strange flow gets: one test a row of the table of bad inputs (C = flow state, D7 = order, J = resources).
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use crate::generators::frames::{self, ACK, SYN, arp, ethernet, icmp, ipv4, ipv6, tcp, udp, vlan, vxlan};
use crate::generators::pcap::{KUZNETZOV, NANOSECONDS, Pcap, Style};
use crate::generators::played::play;
use crate::generators::tuples;
use proptest::prelude::*;
use wiresift::export::{Csv, Exporter, ReportJson, Table as Rows};
use wiresift::flow::{KeyRule, Limits, Table};
use wiresift::packet::Packet;
use wiresift::pipeline::Analyzer;
use wiresift::report::{EndReason, FlowRecord, Overflow, Report};
use wiresift::settings::Settings;
use wiresift::synth::{Config, Format, write};
use wiresift::units::Timestamp;

const A: [u8; 4] = [10, 0, 0, 1];
const B: [u8; 4] = [10, 0, 0, 2];

fn settings(pairs: &[(&str, &str)]) -> Settings {
    Settings::from_pairs(pairs.iter().copied()).unwrap()
}

fn analyze_files(files: &[&[u8]], settings: &Settings, seed: u64, piece: usize) -> Report {
    let mut analyzer = Analyzer::new(settings.clone(), [seed, !seed]).unwrap();
    for file in files {
        analyzer.begin_file("capture");
        file.chunks(piece).for_each(|piece| analyzer.push(piece));
    }
    let report = analyzer.finish().unwrap();
    assert!(report.ledger.is_balanced(&report.flows), "{:?}", report.ledger);
    report
}

fn analyze(file: &[u8]) -> Report {
    analyze_files(&[file], &Settings::default(), 1, usize::MAX)
}

fn said(report: &Report) -> Vec<u8> {
    let mut all = Vec::new();
    ReportJson.export(report, &mut all).unwrap();
    Csv(Rows::Flows).export(report, &mut all).unwrap();
    all
}

/// A file of frames at these seconds.
fn file(frames: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut file = Pcap::new(Style::default());
    for (at, frame) in frames {
        file.packet(*at, 0, frame);
    }
    file.bytes
}

fn ip(proto: u8, src: [u8; 4], dst: [u8; 4], payload: &[u8]) -> Vec<u8> {
    ethernet(0x0800, &ipv4(proto, src, dst, payload))
}

fn limits(max_flows: u32, max_bytes: u64) -> Limits {
    Limits {
        idle_seconds: 120,
        active_seconds: 1800,
        linger_seconds: 5,
        key: KeyRule { vlan: false, tunnel: true },
        content_bytes: 16_384,
        max_flows,
        max_bytes,
    }
}

#[test]
fn c01_a_flood_beyond_the_table_is_counted_exactly_and_stands_first() {
    let mut flood = Pcap::new(Style::default());
    let mut bytes = 0;
    for i in 0..30_000u32 {
        let [_, a, b, c] = i.to_be_bytes();
        let frame = ip(6, [100, a, b, c], [192, 0, 2, 80], &tcp(1_024 + (i % 60_000) as u16, 443, SYN, b""));
        bytes += frame.len() as u64;
        flood.packet(1_000 + i / 1_000, i % 1_000, &frame);
    }
    let report = analyze_files(&[&flood.bytes], &settings(&[("max-flows", "500")]), 1, usize::MAX);
    let full = report.ledger.untracked.table_full;
    assert_eq!((report.flows.len(), full.packets), (500, 29_500));
    assert_eq!(full.bytes + report.flows.iter().map(FlowRecord::wire_bytes).sum::<u64>(), bytes);
    let Overflow { buckets, other } = &report.ledger.overflow;
    assert_eq!((buckets.len(), other), (1, &None));
    let bucket = &buckets[0];
    assert_eq!((bucket.responder, bucket.port, bucket.sum.packets), ([192, 0, 2, 80].into(), Some(443), 29_500));
    assert!((27_500..=31_500).contains(&bucket.sum.originators), "{}", bucket.sum.originators);
    let first = &report.findings[0];
    assert_eq!((first.kind, first.packets, first.score), ("overflow", 29_500, None));
    assert!(report.summary.verdict.contains("192.0.2.80"), "{}", report.summary.verdict);
}

#[test]
fn c02_crafted_tuples_take_no_longer_ways_than_random_ones() {
    // A way is what the table looks at before it finds a key's place: counted, not timed.
    use std::hash::{BuildHasher, Hash};
    use wiresift::flow::{Key, Keyed};
    let rule = KeyRule { vlan: false, tunnel: true };
    let longest = |family: tuples::Family, seed: u64| {
        let hash = Keyed::new([seed, !seed]);
        let mut places = vec![0u32; 1 << 17];
        let mut total = 0u64;
        for packet in tuples::packets(family, 100_000) {
            let key = Key::of(&packet, rule).0;
            let mut hasher = hash.build_hasher();
            key.hash(&mut hasher);
            let place = std::hash::Hasher::finish(&hasher) & 0x1_ffff;
            let here = &mut places[place as usize];
            total += u64::from(*here);
            *here += 1;
        }
        (*places.iter().max().unwrap(), total)
    };
    for seed in 0..8 {
        let (longest_random, total_random) = longest(tuples::ALL[0].1, seed);
        for (name, family) in tuples::ALL {
            let (way, total) = longest(family, seed);
            assert!(way <= 2 * longest_random && total <= 2 * total_random, "{name}, seed {seed}: {way}, {total}");
        }
    }
    // And whatever the seed, the same flows.
    for (name, family) in tuples::ALL {
        let run = |seed: u64| {
            let mut table = Table::new(limits(5_000, 1 << 30), [seed, 99]);
            for packet in tuples::packets(family, 6_000) {
                table.add(&packet);
            }
            table.finish()
        };
        let expected = run(0);
        assert!((1..8).all(|seed| run(seed) == expected), "{name}");
    }
}

#[test]
fn c03_times_that_go_back_jump_or_stand_still() {
    let frame = |n: u8| frames::udp_frame(n, 9);
    // Ten years back and forth, all at once, backwards.
    for times in [[0, 320_000_000, 1, 320_000_001, 2], [7; 5], [50, 40, 30, 20, 10], [0, 119, 238, 357, 476]] {
        let all: Vec<_> = times.iter().map(|at| (1_000_000_000 + at, frame(2))).collect();
        let report = analyze(&file(&all));
        assert_eq!(report.flows.iter().map(FlowRecord::packets).sum::<u64>(), 5);
        assert!(report.flows.iter().all(|f| f.first_ts <= f.last_ts && f.duration_ns() <= 120_000_000_000 * 4));
        assert!(report.flows.iter().all(|f| f.iat.max <= 120_000_000_000));
    }
    // Two files of the same hour, one after the other: the clock of the second is its own.
    let one = file(&[(1_000, frame(2)), (1_050, frame(3)), (1_100, frame(4))]);
    let two = file(&[(1_010, frame(2)), (1_060, frame(3)), (1_090, frame(5))]);
    let report = analyze_files(&[&one, &two], &Settings::default(), 1, usize::MAX);
    assert_eq!(report.flows.iter().map(FlowRecord::packets).collect::<Vec<_>>(), [2, 2, 1, 1]);
}

#[test]
fn c04_the_ends_of_time_and_durations_of_nothing() {
    let mut table = Table::new(limits(100, 1 << 20), [1, 2]);
    let base = tuples::packets(tuples::ALL[0].1, 1).remove(0);
    for (i, ts) in [0, i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1, 0].into_iter().enumerate() {
        table.add(&Packet { ts: Timestamp(ts), number: i as u64 + 1, ..base });
    }
    let (flows, _) = table.finish();
    assert_eq!(flows.iter().map(FlowRecord::packets).sum::<u64>(), 6);
    assert!(flows.iter().all(|f| f.first_ts <= f.last_ts));
    let mut nanos = Pcap::new(Style { magic: NANOSECONDS, ..Style::default() });
    nanos.packet(u32::MAX, 999_999_999, &frames::udp_frame(2, 4)).packet(
        u32::MAX,
        999_999_999,
        &frames::udp_frame(2, 4),
    );
    let report = analyze(&nanos.bytes);
    let text = String::from_utf8(said(&report)).unwrap();
    assert_eq!((report.flows.len(), report.flows[0].duration_ns()), (1, 0));
    assert!(!text.contains("NaN") && !text.contains("inf"));
}

#[test]
fn c05_ports_used_again_make_another_flow_with_another_id() {
    let ends = [(A, 40_000), (B, 80)];
    let flows = analyze(&file(&play(">S <SA >A >FA <FA >A >S.q50 <SA.q90 >A >A.d9 >S.q900.t7200", ends, [1, 1]))).flows;
    assert_eq!(
        flows.iter().map(|f| (f.packets(), f.end)).collect::<Vec<_>>(),
        [(6, EndReason::Fin), (4, EndReason::Idle), (1, EndReason::EndOfCapture)]
    );
    let mut uids: Vec<u64> = flows.iter().map(|f| f.uid).collect();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), 3);
    // Data after a reset belongs to it while it lingers, and is a flow of its own later.
    let flows = analyze(&file(&play(">S <SA >A <RA >A.d5 >A.d5.t9", ends, [1, 1]))).flows;
    assert_eq!(
        flows.iter().map(|f| (f.packets(), f.end)).collect::<Vec<_>>(),
        [(5, EndReason::Rst), (1, EndReason::EndOfCapture)]
    );
    assert_eq!(analyze(&file(&[(1, ip(17, A, B, &udp(1, 2, b"")))])).flows.len(), 1, "one packet is a flow");
}

#[test]
fn c06_every_kind_of_ends_has_a_flow_whichever_way_it_goes() {
    let same = [127, 0, 0, 1];
    let frames = |swap: bool| {
        let (a, b) = if swap { (B, A) } else { (A, B) };
        let (six_a, six_b) = if swap { (2, 1) } else { (1, 2) };
        [
            ip(1, a, b, &icmp(8, 0, b"")),
            ip(1, a, b, &icmp(3, 1, b"")),
            ethernet(0x86dd, &ipv6(58, six_a, six_b, &icmp(135, 0, b""))),
            ethernet(0x0806, &arp(1, a, b)),
            ip(2, a, b, b"igmp"),
            ip(17, a, [224, 0, 0, 251], &udp(5_353, 5_353, b"m")),
            ip(17, [0, 0, 0, 0], [255, 255, 255, 255], &udp(68, 67, b"d")),
            // LAND: the same address and port at both ends.
            ip(6, same, same, &tcp(80, 80, SYN, b"")),
            ip(6, a, b, &tcp(0, 0, SYN, b"")),
        ]
    };
    let count = |frames: &[Vec<u8>]| {
        let all: Vec<_> = frames.iter().enumerate().map(|(i, f)| (i as u32, f.clone())).collect();
        analyze(&file(&all)).flows.len()
    };
    assert_eq!((count(&frames(false)), count(&frames(true))), (9, 9));
    // There and back, questions on both sides: they are no answers to each other, nor are one-way messages, and to
    // multicast each host has a flow of its own.
    let both = [frames(false), frames(true)].concat();
    assert_eq!(count(&both), 9 + 4);
}

#[test]
fn c07_sequence_numbers_wrap_and_storms_do_not_overflow() {
    let ends = [(A, 40_000), (B, 80)];
    let script = format!(">S <SA >A {}<A", ">A.d1000 <A ".repeat(40));
    for initial in [u32::MAX - 20_000, u32::MAX, 0, i32::MAX as u32 - 9] {
        let flow = analyze(&file(&play(&script, ends, [initial, initial]))).flows[0].clone();
        assert_eq!(
            (flow.orig.payload_bytes, flow.stream.missed_bytes(), flow.stream.retransmissions()),
            (40_000, 0, 0)
        );
    }
    // Keep-alives and a storm of the same byte.
    let storm = format!(">S <SA >A >A.d100 {}", ">A.q100.d1 ".repeat(20_000));
    let mut frames = play(&storm, ends, [9, 9]);
    frames.iter_mut().for_each(|(at, _)| *at = 5);
    let flow = analyze(&file(&frames)).flows[0].clone();
    assert_eq!((flow.stream.orig.retransmissions, flow.history.as_str()), (20_000, "ShADTTTTT"));
}

#[test]
fn c08_a_flow_of_very_many_packets_costs_no_more_than_a_small_one() {
    let base = tuples::packets(tuples::ALL[0].1, 1).remove(0);
    let mut table = Table::new(limits(10, 1 << 20), [1, 2]);
    let mut bytes = 0;
    for i in 0..3_000_000u64 {
        // Lengths beyond 2^32 in all.
        let packet = Packet {
            number: i + 1,
            ts: Timestamp((i * 1_000).cast_signed()),
            wire_len: 1 << 20,
            tcp: None,
            proto: wiresift::report::Proto::UDP,
            ..base
        };
        table.add(&packet);
        if i == 10 {
            bytes = table.bytes();
        }
    }
    assert_eq!(table.bytes(), bytes);
    let (flows, _) = table.finish();
    assert_eq!((flows[0].packets(), flows[0].wire_bytes()), (3_000_000, 3_000_000 << 20));
}

#[test]
fn c09_vlans_and_virtual_networks_tell_flows_apart_where_wanted() {
    let frame = |id: u16| {
        let inner = ethernet(0x0800, &ipv4(17, A, B, &udp(1, 2, b"x")));
        ethernet(0x8100, &vlan(id, 0x0800, &inner[14..]))
    };
    let mut tagged = Pcap::new(Style { magic: KUZNETZOV, ..Style::default() });
    for id in 0..4_096 {
        tagged.packet(1, 0, &frame(id));
    }
    let of =
        |pairs: &[(&str, &str)], bytes: &[u8]| analyze_files(&[bytes], &settings(pairs), 1, usize::MAX).flows.len();
    assert_eq!(of(&[], &tagged.bytes), 1);
    assert_eq!(of(&[("vlan-key", "on")], &tagged.bytes), 4_096);
    let networks: Vec<_> =
        (0..20).map(|vni| (1, ip(17, [192, 0, 2, 1], [192, 0, 2, 2], &vxlan(vni, &frames::udp_frame(2, 5))))).collect();
    assert_eq!(of(&[], &file(&networks)), 20);
    assert_eq!(of(&[("tunnel-key", "off")], &file(&networks)), 1);
}

#[test]
fn c10_files_follow_each_other_in_the_order_given() {
    let talk = play(">S <SA >A >A.d10 <A.d20 >FA <FA >A", [(A, 40_000), (B, 80)], [1, 1]);
    let (first, second) = talk.split_at(3);
    let one = analyze(&file(&talk));
    let two = analyze_files(&[&file(first), &file(second)], &Settings::default(), 1, usize::MAX);
    assert_eq!((one.flows.len(), two.flows.len(), two.files.len()), (1, 1, 2));
    assert_eq!((&one.flows[0].history, one.flows[0].conn_state), (&two.flows[0].history, two.flows[0].conn_state));
    assert_eq!(one.flows[0].packets(), two.flows[0].packets());
}

#[test]
fn d07_pieces_seeds_and_equal_times_change_no_byte() {
    let mut bytes = Vec::new();
    write(&Config { packets: 600, seed: 3, format: Format::Pcap }, &mut bytes, None).unwrap();
    // All at the same time: only the order of the packets counts.
    let mut still = bytes.clone();
    let mut at = 24;
    while at < still.len() {
        let length = u32::from_le_bytes(still[at + 8..at + 12].try_into().unwrap()) as usize;
        still[at..at + 8].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 0]);
        at += 16 + length;
    }
    for capture in [&bytes, &still] {
        let expected = said(&analyze_files(&[capture], &Settings::default(), 0, usize::MAX));
        for (seed, piece) in [(1, 1), (2, 7), (3, 1_000), (4, 65_536), (5, usize::MAX), (u64::MAX, 17)] {
            let again = said(&analyze_files(&[capture], &Settings::default(), seed, piece));
            assert!(again == expected, "seed {seed}, pieces of {piece}");
        }
    }
}

#[test]
fn d07_any_number_of_threads_gives_the_same_bytes() {
    let mut bytes = Vec::new();
    // More rows than one thread takes at a time.
    write(&Config { packets: 40_000, seed: 5, format: Format::Pcap }, &mut bytes, None).unwrap();
    let by = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| analyze_files(&[&bytes], &Settings::default(), 1, usize::MAX))
    };
    let one = by(1);
    assert!(one.flows.len() > 2_048 && !one.findings.is_empty(), "{}", one.flows.len());
    for threads in [2, 3, 8] {
        assert!(said(&by(threads)) == said(&one), "{threads} threads");
    }
}

#[test]
fn j03_every_table_of_flows_has_a_bound_that_is_counted() {
    // The flow table by number and by memory, what is beyond it, a history, stretches of a stream.
    for (max_flows, max_bytes) in [(50, 1 << 30), (u32::MAX, 200_000)] {
        let mut table = Table::new(limits(max_flows, max_bytes), [1, 2]);
        let refused = tuples::packets(tuples::ALL[0].1, 5_000).iter().filter(|p| table.add(p).is_none()).count();
        assert!(table.bytes() <= max_bytes && refused > 4_000, "{refused}");
        let (flows, overflow) = table.finish();
        let beyond: u64 = overflow.sums().map(|s| s.packets).sum();
        assert_eq!((flows.len() + refused, beyond), (5_000, refused as u64));
        assert!(overflow.buckets.len() <= Overflow::BUCKETS && overflow.other.is_some());
    }
    let ends = [(A, 40_000), (B, 80)];
    let holes = format!(">S <SA >A {}", (1..2_000).map(|i| format!(">A.q{}.d5 ", i * 10)).collect::<String>());
    let flow = analyze(&file(&play(&holes, ends, [1, 1]))).flows[0].clone();
    assert!(flow.history.ends_with('X') && flow.history.len() <= 32, "{}", flow.history);
}

#[test]
fn j04_what_open_flows_hold_is_within_the_budget() {
    // Byte counters, answers and streams of very many flows: what there is no room for is left out and counted.
    let mut capture = Pcap::new(Style::default());
    for i in 0..40_000u32 {
        let [_, a, b, c] = i.to_be_bytes();
        let (src, dst) = ([10, a, b, c], [192, 0, 2, 1]);
        capture.packet(1, 0, &ip(6, src, dst, &tcp(5_000, 80, ACK, &[c; 150])));
        capture.packet(1, 0, &ip(6, dst, src, &tcp(80, 5_000, ACK, &[b; 150])));
    }
    let report = analyze_files(&[&capture.bytes], &settings(&[("max-memory", "64")]), 1, usize::MAX);
    assert!(report.ledger.untracked.table_full.packets > 0 || !report.warnings.is_empty());
    assert!(!report.warnings.iter().any(|w| w.kind == "accounting_error"));
}

#[test]
fn j05_work_grows_with_the_packets_and_not_with_their_square() {
    // Looks a table takes at its open flows to sweep them: at most two an idle timeout, however many packets come.
    let mut table = Table::new(limits(u32::MAX, 1 << 30), [1, 2]);
    let packets = tuples::packets(tuples::ALL[1].1, 20_000);
    for (i, packet) in packets.iter().enumerate() {
        // Each a second later than the one before: old flows end, and their places are used again.
        table.add(&Packet { ts: Timestamp(i as i64 * 1_000_000_000), ..*packet });
    }
    assert!(table.bytes() < 20_000 * 1_400, "places of ended flows are used again: {}", table.bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn c07_any_numbers_and_flags_keep_the_account(
        packets in proptest::collection::vec(
            (any::<bool>(), 0u8..64, any::<u32>(), any::<u32>(), any::<u16>(), 0u32..3_000), 1..200)
    ) {
        let mut table = Table::new(limits(100, 1 << 24), [5, 6]);
        let base = tuples::packets(tuples::ALL[0].1, 1).remove(0);
        for (i, (is_back, flags, seq, ack, window, payload_len)) in packets.iter().enumerate() {
            let mut packet = Packet { number: i as u64 + 1, ts: Timestamp(i as i64), payload_len: *payload_len, ..base };
            packet.tcp = packet.tcp.map(|t| wiresift::packet::Tcp {
                flags: wiresift::report::TcpFlags(u16::from(*flags)),
                seq: *seq,
                ack: *ack,
                window: *window,
                ..t
            });
            if *is_back {
                (packet.src, packet.dst) = (packet.dst, packet.src);
                (packet.src_port, packet.dst_port) = (packet.dst_port, packet.src_port);
            }
            table.add(&packet);
        }
        let (flows, _) = table.finish();
        prop_assert_eq!(flows.iter().map(FlowRecord::packets).sum::<u64>(), packets.len() as u64);
        for flow in &flows {
            prop_assert!(flow.history.len() <= 32 && flow.conn_state.is_some());
        }
    }
}
