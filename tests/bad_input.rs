//! What each bad container gets: one test a row of the table of bad inputs (A = file container).
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

use crate::generators::frames::{udp_frame, vlan};
use crate::generators::pcap::{self, KUZNETZOV, MICROSECONDS, NANOSECONDS, Pcap, Style};
use crate::generators::pcapng::{self, Pcapng};
use crate::generators::{erf, snoop};
use proptest::prelude::*;
use wiresift::pipeline::Analyzer;
use wiresift::report::{Reason, Report, Status};
use wiresift::settings::Settings;
use wiresift::units::Timestamp;

fn analyze(bytes: &[u8]) -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), [7, 11]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(bytes);
    let report = analyzer.finish().unwrap();
    assert!(report.ledger.is_balanced(&report.flows), "{:?}", report.ledger);
    assert_eq!(report.ledger.file_bytes, bytes.len() as u64);
    report
}

fn warned(report: &Report, kind: &str) -> u64 {
    report.warnings.iter().find(|w| w.kind == kind).map_or(0, |w| w.count)
}

#[track_caller]
fn assert_ends(report: &Report, status: Status, reason: Reason, offset: usize, packets: u64) {
    let o = &report.outcome;
    assert_eq!((o.status, o.reason, o.offset), (status, Some(reason), Some(offset as u64)), "{:?}", o.message);
    assert_eq!((report.ledger.packets, o.packets_before), (packets, packets));
    assert!(o.message.as_ref().is_some_and(|m| !m.is_empty()));
}

fn seeds() -> Vec<(Vec<u8>, Vec<usize>)> {
    let mut seeds = Vec::new();
    for big_endian in [false, true] {
        for magic in [MICROSECONDS, NANOSECONDS, KUZNETZOV] {
            let file = pcap::udp_file(Style { magic, big_endian, ..Style::default() }, 6);
            seeds.push((file.bytes, file.offsets));
        }
        let file = pcapng::udp_file(big_endian, 6);
        // the ends of the section header, the interface and the packets
        seeds.push((file.bytes, file.offsets[2..].to_vec()));
    }
    seeds
}

#[test]
fn a01_an_empty_file_is_rejected() {
    assert_ends(&analyze(&[]), Status::Rejected, Reason::EmptyFile, 0, 0);
}

#[test]
fn a02_a_header_without_packets_is_complete() {
    for file in [Pcap::new(Style::default()).bytes, pcapng::udp_file(true, 0).bytes] {
        let report = analyze(&file);
        assert_eq!(report.outcome.status, Status::Complete);
        assert_eq!((report.ledger.packets, report.flows.len(), report.summary.first_ts), (0, 0, None));
        assert_eq!(report.summary.verdict, "The capture holds no packets.");
        let json = serde_json::to_string(&report).unwrap();
        assert!(!json.contains("NaN") && !json.contains("Infinity"));
    }
}

#[test]
fn a03_every_prefix_of_a_header_is_rejected() {
    for (bytes, offsets) in seeds() {
        let header = if bytes[0] == 0x0a { 28 } else { offsets[0] };
        for length in 1..header {
            let report = analyze(&bytes[..length]);
            assert_eq!((report.outcome.status, report.outcome.reason), (Status::Rejected, Some(Reason::ShortHeader)));
        }
    }
}

#[test]
fn a04_a_cut_anywhere_keeps_the_whole_records_before_it() {
    for (bytes, offsets) in seeds() {
        for cut in offsets[0]..=bytes.len() {
            let whole = offsets.iter().filter(|o| **o <= cut).count() - 1;
            let report = analyze(&bytes[..cut]);
            if offsets.contains(&cut) {
                assert_eq!(report.outcome.status, Status::Complete, "cut at {cut}");
                assert_eq!(report.ledger.packets, whole as u64);
            } else {
                assert_ends(&report, Status::Partial, Reason::Truncated, offsets[whole], whole as u64);
            }
        }
    }
}

#[test]
fn a05_a_record_longer_than_the_snapshot_length_is_kept() {
    let mut file = Pcap::new(Style { snaplen: 50, ..Style::default() });
    file.packet(1, 0, &udp_frame(2, 100)).packet(2, 0, &udp_frame(2, 0));
    let report = analyze(&file.bytes);
    assert_eq!((report.outcome.status, report.ledger.decoded), (Status::Complete, 2));
    assert_eq!(warned(&report, "caplen_over_snaplen"), 1);
}

#[test]
fn a06_an_impossible_length_ends_the_file_without_an_allocation() {
    for length in [262_145, 0x7fff_ffff, u32::MAX] {
        let mut file = pcap::udp_file(Style::default(), 2);
        let at = file.bytes.len();
        file.record(9, 0, length, length, &[0; 40]);
        let report = analyze(&file.bytes);
        assert_ends(&report, Status::Partial, Reason::BadLength, at, 2);
        assert_eq!(report.ledger.trailing_bytes, 56);
    }
    // believable, but more than the file has
    let mut file = pcap::udp_file(Style::default(), 2);
    let at = file.bytes.len();
    file.record(9, 0, 262_144, 262_144, &[0; 40]);
    assert_ends(&analyze(&file.bytes), Status::Partial, Reason::Truncated, at, 2);
}

#[test]
fn a07_swapped_lengths_are_taken_as_captured() {
    let mut file = Pcap::new(Style::default());
    let frame = udp_frame(2, 60);
    file.record(1, 0, frame.len() as u32, 20, &frame);
    let report = analyze(&file.bytes);
    assert_eq!((report.ledger.decoded, report.ledger.bytes), (1, frame.len() as u64));
    assert_eq!(warned(&report, "caplen_over_original_length"), 1);
}

#[test]
fn a08_records_without_bytes_are_counted() {
    let mut file = Pcap::new(Style::default());
    file.record(1, 0, 0, 0, &[]).record(1, 0, 0, 1500, &[]);
    for _ in 0..100_000 {
        file.record(2, 0, 0, 0, &[]);
    }
    let report = analyze(&file.bytes);
    assert_eq!((report.outcome.status, report.ledger.packets), (Status::Complete, 100_002));
    assert_eq!((report.ledger.truncated_by_snaplen, report.ledger.malformed), (1, 100_001));
    assert_eq!(warned(&report, "zero_length_packet"), 100_002);
    // zeros after the header are such records too
    let zeros = [Pcap::new(Style::default()).bytes, vec![0; 16 * 1000]].concat();
    assert_eq!(analyze(&zeros).ledger.packets, 1000);
}

#[test]
fn a09_odd_snapshot_lengths_are_unknown_not_allocated() {
    for snaplen in [0, 1, u32::MAX] {
        let report = analyze(&pcap::udp_file(Style { snaplen, ..Style::default() }, 3).bytes);
        assert_eq!((report.outcome.status, report.ledger.decoded), (Status::Complete, 3));
    }
}

#[test]
fn a10_impossible_times_are_flagged_and_never_overflow() {
    let mut file = Pcap::new(Style::default());
    let frame = udp_frame(2, 4);
    for (seconds, fraction) in [(u32::MAX, u32::MAX), (0, 0), (5, 1_000_000), (u32::MAX, 999_999), (5, 999_999)] {
        file.packet(seconds, fraction, &frame);
    }
    let report = analyze(&file.bytes);
    assert_eq!((report.ledger.decoded, warned(&report, "ts_invalid")), (5, 2));
    assert_eq!(report.summary.first_ts, Some(Timestamp(0)));
    assert!(report.summary.last_ts.unwrap().to_string().starts_with("2106-02-07T"));
    assert!(report.flows.iter().all(|f| f.duration_ns() < 10_000_000_000_000_000_000));
}

#[test]
fn a11_every_magic_is_read_and_other_versions_are_not() {
    for big_endian in [false, true] {
        for magic in [MICROSECONDS, NANOSECONDS, KUZNETZOV] {
            let style = Style { magic, big_endian, ..Style::default() };
            let mut file = Pcap::new(style);
            file.packet(1_000, 7, &udp_frame(2, 9)).packet(1_001, 7, &udp_frame(3, 9));
            let report = analyze(&file.bytes);
            let nanos = if magic == NANOSECONDS { 7 } else { 7_000 };
            assert_eq!((report.outcome.status, report.ledger.decoded), (Status::Complete, 2), "{magic:x} {big_endian}");
            assert_eq!(report.summary.first_ts, Some(Timestamp(1_000_000_000_000 + nanos)));
            for version in [(1, 0), (3, 0), (543, 2)] {
                let report = analyze(&pcap::udp_file(Style { version, ..style }, 2).bytes);
                assert_ends(&report, Status::Rejected, Reason::UnsupportedVersion, 0, 0);
            }
        }
    }
}

#[test]
fn a11_old_writers_swap_the_lengths() {
    let frame = udp_frame(2, 60);
    let cut = &frame[..50];
    let (whole, captured) = (frame.len() as u32, cut.len() as u32);
    for (version, is_swapped) in [((2, 0), true), ((2, 2), true), ((2, 3), true), ((2, 3), false), ((2, 4), false)] {
        let mut file = Pcap::new(Style { version, ..Style::default() });
        let (first, second) = if is_swapped { (whole, captured) } else { (captured, whole) };
        file.record(1, 0, first, second, cut).packet(2, 0, &frame);
        let report = analyze(&file.bytes);
        assert_eq!((report.outcome.status, report.ledger.packets), (Status::Complete, 2), "{version:?}");
        let lengths = (report.ledger.captured_bytes, report.ledger.bytes);
        assert_eq!(lengths, (u64::from(captured + whole), u64::from(2 * whole)), "{version:?}");
        assert!(report.warnings.is_empty());
    }
}

#[test]
fn a11_snoop_is_read_and_its_other_versions_are_not() {
    let (bytes, offsets) = snoop::udp_file(4, 6);
    let report = analyze(&bytes);
    assert_eq!((report.outcome.status, report.ledger.decoded), (Status::Complete, 6));
    assert_eq!((report.files[0].format, report.ledger.dropped_by_capture), ("snoop", 2));
    assert_eq!(report.summary.first_ts, Some(Timestamp(1_000_000_000_000_000)));
    let interface = &report.files[0].metadata.interfaces[0];
    assert_eq!((interface.link_type, interface.packets, interface.dropped), (1, 6, Some(2)));
    for cut in 1..bytes.len() {
        let report = analyze(&bytes[..cut]);
        let whole = offsets.iter().filter(|o| **o <= cut).count().saturating_sub(1);
        if cut < 16 {
            assert_eq!((report.outcome.status, report.outcome.reason), (Status::Rejected, Some(Reason::ShortHeader)));
        } else if offsets.contains(&cut) {
            assert_eq!((report.outcome.status, report.ledger.packets), (Status::Complete, whole as u64));
        } else {
            assert_ends(&report, Status::Partial, Reason::Truncated, offsets[whole], whole as u64);
        }
    }
    let mut other = bytes.clone();
    other[11] = 3;
    assert_ends(&analyze(&other), Status::Rejected, Reason::UnsupportedVersion, 0, 0);
    let mut impossible = bytes;
    impossible[offsets[2] + 8..offsets[2] + 12].copy_from_slice(&8u32.to_be_bytes());
    assert_ends(&analyze(&impossible), Status::Partial, Reason::BadLength, offsets[2], 2);
}

#[test]
fn a11_erf_is_known_by_its_records() {
    let (bytes, offsets) = erf::udp_file(6);
    let report = analyze(&bytes);
    assert_eq!((report.outcome.status, report.ledger.decoded, report.files[0].format), (Status::Complete, 6, "erf"));
    assert_eq!(report.summary.first_ts, Some(Timestamp(1_000_000_000_500_000_000)));
    for cut in offsets[4]..bytes.len() {
        let whole = offsets.iter().filter(|o| **o <= cut).count() - 1;
        let report = analyze(&bytes[..cut]);
        if offsets.contains(&cut) {
            assert_eq!((report.outcome.status, report.ledger.packets), (Status::Complete, whole as u64));
        } else {
            assert_ends(&report, Status::Partial, Reason::Truncated, offsets[whole], whole as u64);
        }
    }
    // extension headers, padding, a kind without a link type of its own, and a length below the header's
    let frame = udp_frame(3, 20);
    let ethernet = [&[0, 0], frame.as_slice(), &[0; 6]].concat();
    let mut file = erf::record(erf::ETHERNET, erf::START, 0, &[[3; 8], [4; 8]], frame.len() as u16, &ethernet);
    file.extend(erf::record(erf::PADDING, erf::START, 0, &[], 0, &[0; 40]));
    file.extend(erf::record(21, erf::START, 0, &[], 60, &[7; 60]));
    file.extend(erf::record(22, erf::START + 1, 0, &[], frame.len() as u16 - 14, &frame[14..]));
    let end = file.len();
    file.extend(erf::ethernet(erf::START, 0, &frame));
    file[end + 10..end + 12].copy_from_slice(&[0, 15]);
    let report = analyze(&file);
    assert_ends(&report, Status::Partial, Reason::BadLength, end, 3);
    let counts = |n: u32| report.ledger.link_types.iter().find(|t| t.link_type == n).map(|t| t.packets);
    assert_eq!((counts(1), counts(197), counts(228)), (Some(1), Some(1), Some(1)));
    assert_eq!((report.ledger.decoded, report.ledger.captured_bytes), (2, 2 * frame.len() as u64 - 14 + 76));
}

#[test]
fn a12_unknown_link_types_are_counted_by_type() {
    let report = analyze(&pcap::udp_file(Style { link_type: 147, ..Style::default() }, 4).bytes);
    assert_eq!(
        (report.outcome.status, report.ledger.unsupported_link, report.ledger.decoded),
        (Status::Complete, 4, 0)
    );
    assert_eq!(report.ledger.link_types[0].link_type, 147);
    // the rest of a mixed file goes on
    let mut mixed = Pcapng::new(false);
    mixed.interface(189, 0, &[]).interface(1, 0, &[]).packet(0, 1, &[1, 2, 3]).packet(1, 2, &udp_frame(2, 3));
    let report = analyze(&mixed.bytes);
    assert_eq!((report.ledger.unsupported_link, report.ledger.decoded), (1, 1));
    // bits that tell of frame check sequences
    assert_eq!(
        analyze(&pcap::udp_file(Style { link_type: 0x5400_0001, ..Style::default() }, 4).bytes).ledger.decoded,
        4
    );
}

#[test]
fn a13_garbage_after_the_last_record_is_trailing() {
    for garbage in [b"garbage".as_slice(), b"this is a longer piece of garbage", &[0xff; 300], &[0xff; 300_000]] {
        for (bytes, offsets) in seeds() {
            let end = bytes.len();
            let report = analyze(&[&bytes, garbage].concat());
            assert_eq!((report.outcome.status, report.ledger.packets), (Status::Partial, 6));
            assert_eq!(report.outcome.offset, Some(end as u64));
            assert_eq!(report.ledger.trailing_bytes, garbage.len() as u64);
            assert_eq!(offsets.last(), Some(&end));
        }
    }
}

#[test]
fn a14_what_is_no_capture_is_named() {
    for (bytes, name) in [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), "PNG"),
        (b"\x7fELF\x02\x01\x01", "ELF"),
        (b"<!doctype html><html><body>404</body></html>", "HTML"),
        (b"{\"packets\": []}", "JSON"),
        (b"PK\x03\x04rest of the zip", "zip"),
        (b"BZh91AY&SY", "bunzip2"),
        (b"%PDF-1.7", "PDF"),
        (b"#separator \\x09", "Zeek"),
        (b"ts,uid,id.orig_h\n1,2,3\n", "CSV"),
        (b"just words and words", "text"),
        (b"{\"ts\":1.0,\"uid\":\"C\",\"id.orig_h\":\"10.0.0.1\"}", "Zeek"),
        (b"\xa1\xb2\x34\xcd\0\x02\0\x04", "Mesquita"),
        (b"GMBU\0\0\0\0", "Network Monitor"),
    ] {
        for copies in [1, 50] {
            let report = analyze(&bytes.repeat(copies));
            assert_ends(&report, Status::Rejected, Reason::UnknownFormat, 0, 0);
            let message = report.outcome.message.unwrap();
            assert!(message.contains(name), "{message}");
        }
    }
    // a thousand random files that do not begin with a magic
    let mut state = 1u64;
    for _ in 0..1_000 {
        let bytes: Vec<u8> = (0..200)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect();
        assert_ends(&analyze(&bytes), Status::Rejected, Reason::UnknownFormat, 0, 0);
    }
}

#[test]
fn a15_packets_without_their_interface_are_skipped() {
    let mut file = Pcapng::new(false);
    file.packet(0, 1, &udp_frame(2, 3)).simple_packet(60, &udp_frame(2, 3)).interface(1, 0, &[]);
    file.packet(7, 1, &udp_frame(2, 3)).packet(0, 2, &udp_frame(2, 3));
    let report = analyze(&file.bytes);
    assert_eq!((report.outcome.status, report.ledger.decoded), (Status::Complete, 1));
    assert_eq!(warned(&report, "unknown_interface"), 3);
    assert!(report.ledger.skipped_bytes > 0);
}

#[test]
fn a16_impossible_block_lengths_end_the_file() {
    for (kind, length) in [(6, 0), (6, 4), (6, 8), (6, 11), (1, 13), (6, 0x7fff_fffc), (5, 9), (2, 0xffff_fffc)] {
        let mut file = pcapng::udp_file(false, 3);
        let at = file.bytes.len();
        file.raw_block(kind, length, &[0; 40], length);
        let report = analyze(&file.bytes);
        assert_ends(&report, Status::Partial, Reason::BadLength, at, 3);
    }
    let mut file = pcapng::udp_file(true, 3);
    let at = file.bytes.len();
    file.raw_block(9, 52, &[0; 40], 48);
    assert_ends(&analyze(&file.bytes), Status::Partial, Reason::BadBlock, at, 3);
}

#[test]
fn a17_lengths_inside_blocks_are_checked_and_many_blocks_are_no_harm() {
    let mut file = pcapng::udp_file(false, 1);
    file.packet_claiming(0, 5, 5_000, 5_000, &udp_frame(2, 3));
    // an option that reaches past its block, and an unknown one
    let mut body = vec![0; 20];
    body[12] = 4;
    body[16] = 4;
    body.extend([1, 2, 3, 4]);
    body.extend([1, 0, 0xff, 0x7f]);
    file.block(pcapng::PACKET, &body);
    for _ in 0..20_000 {
        file.block(0x4242, &[]);
    }
    for _ in 0..70_000 {
        file.interface(1, 0, &[]);
    }
    let report = analyze(&file.bytes);
    assert_eq!((report.outcome.status, report.ledger.packets), (Status::Complete, 2));
    assert_eq!(warned(&report, "bad_packet_block"), 1);
    assert_eq!(warned(&report, "unknown_block"), 20_000);
    assert_eq!(warned(&report, "too_many_interfaces"), 70_001 - 65_536);
}

#[test]
fn a18_each_interface_has_its_own_resolution() {
    let mut file = Pcapng::new(true);
    file.interface(1, 0, &[(9, &[9])]).interface(1, 0, &[(9, &[0x80 | 10]), (14, &5i64.to_be_bytes())]);
    file.packet(0, 3_000_000_001, &udp_frame(2, 3)).packet(1, 1024, &udp_frame(3, 3));
    let report = analyze(&file.bytes);
    let times: Vec<i64> = report.flows.iter().map(|f| f.first_ts.0).collect();
    assert_eq!(times, [3_000_000_001, 6_000_000_000]);
}

#[test]
fn a19_sections_of_either_byte_order_follow_each_other() {
    let both = [pcapng::udp_file(false, 2).bytes, pcapng::udp_file(true, 3).bytes].concat();
    let report = analyze(&both);
    assert_eq!((report.outcome.status, report.ledger.decoded), (Status::Complete, 5));
}

#[test]
fn a20_every_block_with_packets_is_counted_and_secrets_are_not_shown() {
    let frame = udp_frame(2, 30);
    let mut file = pcapng::udp_file(false, 1);
    file.simple_packet(frame.len() as u32, &frame).obsolete_packet(0, 77, &frame).statistics(0, 12);
    file.block(pcapng::SECRETS, b"TLSKSUPERSECRET!").block(pcapng::NAMES, &[0; 4]).block(pcapng::CUSTOM, &[0; 8]);
    let report = analyze(&file.bytes);
    assert_eq!((report.ledger.decoded, report.ledger.dropped_by_capture), (3, 12));
    assert_eq!((warned(&report, "no_timestamp"), warned(&report, "decryption_secrets")), (1, 1));
    assert!(!serde_json::to_string(&report).unwrap().contains("SUPERSECRET"));
}

#[test]
fn a20_what_a_file_says_of_itself_is_kept_and_bounded() {
    let frame = udp_frame(2, 30);
    for big_endian in [false, true] {
        let mut file = Pcapng::new(big_endian);
        file.section_with(&[(2, b"a machine"), (3, b"an os"), (4, b"a writer \xff"), (1, b"of the section")]);
        file.interface(1, 96, &[(2, b"eth0"), (3, b"the uplink"), (1, b"of the interface")]).interface(101, 0, &[]);
        file.packet_with(0, 5, &frame, &[(1, b"of the packet"), (1, b"and more")]).packet(0, 6, &frame);
        file.packet(1, 7, &frame[14..]).statistics(0, 12);
        let long = "n".repeat(5_000);
        file.names(&[([10, 0, 0, 2], "two.test"), ([10, 0, 0, 1], &long)], &[([9; 16], "six.test")]);
        file.block(pcapng::SECRETS, b"TLSKSUPERSECRET!");
        let report = analyze(&file.bytes);
        let m = &report.files[0].metadata;
        assert_eq!((m.sections, m.secrets, report.ledger.dropped_by_capture), (2, 1, 12));
        assert_eq!((m.hardware.as_deref(), m.os.as_deref()), (Some("a machine"), Some("an os")));
        assert_eq!(m.application.as_deref(), Some("a writer \u{fffd}"));
        let eth0 = &m.interfaces[0];
        assert_eq!((eth0.name.as_deref(), eth0.description.as_deref()), (Some("eth0"), Some("the uplink")));
        assert_eq!((eth0.link_type, eth0.snaplen, eth0.packets, eth0.dropped), (1, 96, 2, Some(12)));
        let other = &m.interfaces[1];
        assert_eq!((other.link_type, other.packets, other.dropped, m.interface_count), (101, 1, None, 2));
        let notes: Vec<_> = m.comments.iter().map(|n| (n.packet, n.text.as_str())).collect();
        let expected =
            [(None, "of the section"), (None, "of the interface"), (Some(1), "of the packet"), (Some(1), "and more")];
        assert_eq!((notes.as_slice(), m.comment_count), (expected.as_slice(), 4));
        let names: Vec<_> = m.names.iter().map(|n| (n.address.to_string(), n.name.chars().count())).collect();
        let six = "909:909:909:909:909:909:909:909".to_owned();
        assert_eq!(names, [("10.0.0.2".to_owned(), 8), ("10.0.0.1".to_owned(), 256), (six, 8)]);
        assert!(!serde_json::to_string(&report).unwrap().contains("SUPERSECRET"));
    }
    let mut file = Pcapng::new(true);
    for i in 0..2_000u32 {
        file.interface(1, 0, &[(1, b"a comment")]);
        file.names(&[(i.to_be_bytes(), "name")], &[]);
    }
    let report = analyze(&file.bytes);
    let m = &report.files[0].metadata;
    assert_eq!((m.interfaces.len(), m.comments.len(), m.names.len()), (64, 100, 1_000));
    assert_eq!((m.interface_count, m.comment_count, m.name_count), (2_000, 2_000, 2_000));
}

#[test]
fn what_cannot_be_decoded_is_in_one_bucket_each() {
    use crate::generators::frames::{arp, ethernet, ipv4, tcp};
    let mut file = Pcap::new(Style::default());
    let whole = ethernet(0x0800, &ipv4(6, [1, 1, 1, 1], [2, 2, 2, 2], &tcp(1, 2, 2, &[])));
    file.packet(1, 0, &whole)
        .packet(2, 0, &ethernet(0x0806, &arp(1, [1, 1, 1, 1], [2, 2, 2, 2])))
        .packet(3, 0, &ethernet(0x88cc, &[0; 30]))
        .packet(4, 0, &ethernet(0x0800, &[0x41; 20]))
        .packet(5, 0, &whole[..40])
        .record(6, 0, 40, whole.len() as u32, &whole[..40])
        .packet(7, 0, &ethernet(0x8100, &vlan(5, 0x0800, &whole[14..])));
    let report = analyze(&file.bytes);
    let l = &report.ledger;
    assert_eq!((l.packets, l.decoded, l.non_ip, l.malformed, l.truncated_by_snaplen), (7, 3, 1, 2, 1));
    assert_eq!(report.flows.iter().find(|f| f.vlan == Some(5)).map(|_| 1), None, "the VLAN is not part of the key");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_end_in_an_outcome(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        analyze(&bytes);
    }

    #[test]
    fn any_bytes_after_a_header_end_in_an_outcome(
        which in 0usize..8,
        keep in 0usize..400,
        garbage in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let (bytes, offsets) = seeds().swap_remove(which);
        let keep = offsets[0].max(keep.min(bytes.len()));
        analyze(&[&bytes[..keep], &garbage].concat());
    }

    #[test]
    fn any_flipped_byte_ends_in_an_outcome(which in 0usize..8, at in 0usize..700, with in any::<u8>()) {
        let (mut bytes, _) = seeds().swap_remove(which);
        let at = at % bytes.len();
        bytes[at] = with;
        analyze(&bytes);
    }

    #[test]
    fn any_times_are_kept_in_order_of_value(times in proptest::collection::vec(any::<(u32, u32)>(), 1..40)) {
        let mut file = Pcap::new(Style::default());
        for (seconds, fraction) in &times {
            file.packet(*seconds, *fraction, &udp_frame(2, 5));
        }
        let report = analyze(&file.bytes);
        prop_assert_eq!(report.ledger.decoded, times.len() as u64);
        let first = times.iter().map(|(s, f)| i64::from(*s) * 1_000_000_000 + i64::from(*f) * 1_000).min();
        prop_assert_eq!(report.summary.first_ts.map(|t| t.0), first);
    }

    #[test]
    fn pieces_do_not_change_the_report(which in 0usize..8, cut in 0usize..900, chunks in proptest::collection::vec(1usize..300, 1..20)) {
        let (bytes, _) = seeds().swap_remove(which);
        let bytes = &bytes[..cut.min(bytes.len())];
        let mut analyzer = Analyzer::new(Settings::default(), [1, 1]).unwrap();
        analyzer.begin_file("capture");
        let mut rest = bytes;
        for chunk in chunks.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*chunk).min(rest.len()));
            analyzer.push(now);
            rest = later;
        }
        let pieces = serde_json::to_string(&analyzer.finish().unwrap()).unwrap();
        prop_assert_eq!(pieces, serde_json::to_string(&analyze(bytes)).unwrap());
    }
}
