//! What holds for every capture: the account balances, pieces and hash seeds change nothing, directions are symmetric.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::net::IpAddr;

use crate::generators::pcap::{Pcap, Style};
use proptest::prelude::*;
use proptest::sample::select;
use wiresift::export::{Csv, Exporter, ReportJson, Table};
use wiresift::pipeline::Analyzer;
use wiresift::report::{Reason, Report, Status, Verdict};
use wiresift::settings::{Settings, Unit};
use wiresift::synth::{Config, Format, write};

/// Of a pcap file.
const HEADER: usize = 24;
const RECORD: usize = 16;

fn office(packets: u64, seed: u64, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&Config { packets, seed, format }, &mut bytes, None).unwrap();
    bytes
}

fn settings(unit: Unit) -> Settings {
    Settings { unit, ..Settings::default() }
}

fn analyze(files: &[&[u8]], settings: &Settings) -> Report {
    let mut analyzer = Analyzer::new(settings.clone(), [3, 5]).unwrap();
    for file in files {
        analyzer.begin_file("capture");
        analyzer.push(file);
    }
    let report = analyzer.finish().unwrap();
    check(&report);
    assert_eq!(report.ledger.file_bytes, files.iter().map(|f| f.len() as u64).sum::<u64>());
    report
}

/// The laws of the ledger and of the scores.
fn check(report: &Report) {
    let l = &report.ledger;
    assert_eq!(l.file_bytes, l.header_bytes + l.record_bytes + l.skipped_bytes + l.trailing_bytes);
    assert_eq!(l.packets, l.decoded + l.non_ip + l.malformed + l.truncated_by_snaplen + l.unsupported_link);
    let untracked = l.untracked.total();
    assert_eq!(l.packets, report.flows.iter().map(|f| f.packets()).sum::<u64>() + untracked.packets);
    assert_eq!(l.bytes, report.flows.iter().map(|f| f.wire_bytes()).sum::<u64>() + untracked.bytes);
    assert_eq!(l.flows_created, l.flows_reported + l.flows_merged_into_overflow);
    assert_eq!(l.flows_reported, report.flows.len() as u64);
    assert_eq!(l.link_types.iter().map(|t| t.packets).sum::<u64>(), l.packets);
    let verdicts = (0..report.rows()).map(|row| report.verdict(row).unwrap());
    for Verdict { score, distance, .. } in verdicts {
        assert!((0.0..=1.0).contains(score) && distance.is_finite() && *distance >= 0.0);
    }
}

/// Everything that a report says.
fn said(report: &Report) -> Vec<u8> {
    let mut all = Vec::new();
    ReportJson.export(report, &mut all).unwrap();
    Csv(Table::Flows).export(report, &mut all).unwrap();
    Csv(Table::Packets).export(report, &mut all).unwrap();
    all
}

/// Where the records of a pcap file begin, and where the last one ends.
fn offsets(pcap: &[u8]) -> Vec<usize> {
    let mut all = vec![HEADER];
    let mut at = HEADER;
    while at < pcap.len() {
        at += RECORD + u32::from_le_bytes(pcap[at + 8..at + 12].try_into().unwrap()) as usize;
        all.push(at);
    }
    all
}

/// Swaps addresses and ports of every TCP and UDP packet over IP.
fn reverse(pcap: &mut [u8]) {
    let records = offsets(pcap);
    for at in &records[..records.len() - 1] {
        let frame = &mut pcap[at + RECORD..];
        let (proto, addresses, size) = match frame[12..14] {
            [8, 0] => (frame[23], 26, 4),
            [0x86, 0xdd] => (frame[20], 22, 16),
            _ => continue,
        };
        let ports = addresses + 2 * size;
        for (at, size) in [(addresses, size), (ports, 2)] {
            if at == addresses || proto == 6 || proto == 17 {
                let (left, right) = frame[at..at + 2 * size].split_at_mut(size);
                left.swap_with_slice(right);
            }
        }
    }
}

type End = (IpAddr, u16);
/// Packets and bytes.
type Sent = (u64, u64);

/// Originator and responder of every TCP and UDP flow and what they sent, sorted; the ends exchanged where wanted.
fn ends(report: &Report, is_reversed: bool) -> Vec<(End, End, Sent, Sent)> {
    let with_ports = report.flows.iter().filter(|f| f.proto.has_ports());
    let mut all: Vec<_> = with_ports
        .map(|f| {
            let (orig, resp) = ((f.orig_addr, f.orig_port), (f.resp_addr, f.resp_port));
            let sent = ((f.orig.packets, f.orig.wire_bytes), (f.resp.packets, f.resp.wire_bytes));
            if is_reversed { (resp, orig, sent.0, sent.1) } else { (orig, resp, sent.0, sent.1) }
        })
        .collect();
    all.sort();
    all
}

fn unit() -> impl Strategy<Value = Unit> {
    select(vec![Unit::Flow, Unit::Packet])
}

fn format() -> impl Strategy<Value = Format> {
    select(vec![Format::Pcap, Format::Pcapng])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn pieces_and_hash_seeds_change_nothing(
        packets in 0u64..900,
        seed in any::<u64>(),
        format in format(),
        unit in unit(),
        hash_seed in any::<[u64; 2]>(),
        sizes in proptest::collection::vec(1usize..5_000, 1..12),
    ) {
        let bytes = office(packets, seed, format);
        let whole = analyze(&[&bytes], &settings(unit));
        let mut analyzer = Analyzer::new(settings(unit), hash_seed).unwrap();
        analyzer.begin_file("capture");
        let mut rest = bytes.as_slice();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*size).min(rest.len()));
            analyzer.push(now);
            rest = later;
        }
        prop_assert_eq!(whole.ledger.packets, packets);
        prop_assert!(said(&analyzer.finish().unwrap()) == said(&whole));
    }

    #[test]
    fn a_prefix_keeps_its_whole_records(packets in 1u64..400, seed in any::<u64>(), share in 0.0..1.0f64) {
        let bytes = office(packets, seed, Format::Pcap);
        let offsets = offsets(&bytes);
        let cut = HEADER + ((bytes.len() - HEADER) as f64 * share) as usize;
        let whole = offsets.iter().filter(|o| **o <= cut).count() - 1;
        let report = analyze(&[&bytes[..cut]], &settings(Unit::Flow));
        prop_assert_eq!(report.ledger.packets, whole as u64);
        if offsets.contains(&cut) {
            prop_assert_eq!(report.outcome.status, Status::Complete);
        } else {
            prop_assert_eq!((report.outcome.status, report.outcome.reason), (Status::Partial, Some(Reason::Truncated)));
            prop_assert_eq!(report.outcome.offset, Some(offsets[whole] as u64));
        }
    }

    #[test]
    fn reversed_packets_make_the_same_flows_reversed(packets in 1u64..900, seed in any::<u64>()) {
        let mut bytes = office(packets, seed, Format::Pcap);
        let forth = analyze(&[&bytes], &settings(Unit::Flow));
        reverse(&mut bytes);
        let back = analyze(&[&bytes], &settings(Unit::Flow));
        prop_assert_eq!(forth.flows.len(), back.flows.len());
        prop_assert_eq!(ends(&forth, false), ends(&back, true));
    }

    #[test]
    fn files_add_up(a in 0u64..500, b in 0u64..500, seed in any::<u64>(), format in format()) {
        let (first, second) = (office(a, seed, format), office(b, seed ^ 1, Format::Pcap));
        let both = analyze(&[&first, &second], &settings(Unit::Flow)).ledger;
        let one = analyze(&[&first], &settings(Unit::Flow)).ledger;
        let other = analyze(&[&second], &settings(Unit::Flow)).ledger;
        prop_assert_eq!(both.packets, one.packets + other.packets);
        prop_assert_eq!(both.bytes, one.bytes + other.bytes);
        prop_assert_eq!(both.captured_bytes, one.captured_bytes + other.captured_bytes);
        prop_assert_eq!(both.decoded, one.decoded + other.decoded);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_frame_of_any_link_type_is_counted_once(
        link_type in select(vec![0, 1, 12, 14, 101, 105, 108, 113, 127, 147, 228, 229, 276, 0xffff]),
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..120), 0..40),
        unit in unit(),
    ) {
        let mut file = Pcap::new(Style { link_type, ..Style::default() });
        for (frame, second) in frames.iter().zip(0..) {
            file.packet(second, 0, frame);
        }
        let report = analyze(&[&file.bytes], &settings(unit));
        prop_assert_eq!((report.outcome.status, report.ledger.packets), (Status::Complete, frames.len() as u64));
    }

    #[test]
    fn damaged_frames_keep_the_laws(
        seed in 0u64..20,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..80, any::<u8>()), 1..60),
        unit in unit(),
    ) {
        let mut bytes = office(120, seed, Format::Pcap);
        let offsets = offsets(&bytes);
        for (which, at, with) in damage {
            let record = which.index(offsets.len() - 1);
            let at = offsets[record] + RECORD + at;
            if at < offsets[record + 1] {
                bytes[at] = with;
            }
        }
        let report = analyze(&[&bytes], &settings(unit));
        prop_assert_eq!((report.outcome.status, report.ledger.packets), (Status::Complete, 120));
    }

    #[test]
    fn a_damaged_file_ends_in_an_outcome(
        seed in 0u64..20,
        format in format(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        unit in unit(),
    ) {
        let mut bytes = office(60, seed, format);
        for (at, with) in damage {
            let at = at.index(bytes.len());
            bytes[at] = with;
        }
        analyze(&[&bytes], &settings(unit));
    }
}
