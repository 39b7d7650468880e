//! analyse(A ++ B) = merge(analyse(A), analyse(B)), to the byte, wherever the cut is.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

use crate::generators::corpus;
use crate::generators::frames::{self, ethernet, ipv4, ipv4_fragment, udp};
use crate::generators::pcap::{Pcap, Style};
use crate::generators::played::play;
use proptest::prelude::*;
use wiresift::error::Result;
use wiresift::export::{Csv, Exporter, ReportJson, Table};
use wiresift::pipeline::Analyzer;
use wiresift::report::Report;
use wiresift::settings::Settings;
use wiresift::synth::{Config, Format, write};

const HEADER: usize = 24;
const RECORD: usize = 16;

/// Everything that a report says.
fn said(report: &Report) -> String {
    let mut all = Vec::new();
    ReportJson.export(report, &mut all).unwrap();
    Csv(Table::Flows).export(report, &mut all).unwrap();
    Csv(Table::Packets).export(report, &mut all).unwrap();
    String::from_utf8(all).unwrap()
}

fn settings(pairs: &[(&str, &str)]) -> Settings {
    Settings::from_pairs(pairs.iter().copied().chain([("k", "2"), ("fit-rows", "100")])).unwrap()
}

fn whole(files: &[Vec<u8>], settings: &Settings) -> Report {
    let mut analyzer = Analyzer::new(settings.clone(), [3, 5]).unwrap();
    for file in files {
        analyzer.begin_file("part");
        analyzer.push(file);
    }
    analyzer.finish().unwrap()
}

fn part(file: &[u8], settings: &Settings, is_first: bool, seed: u64) -> Analyzer {
    let new = if is_first { Analyzer::new } else { Analyzer::continuation };
    let mut analyzer = new(settings.clone(), [seed, 7]).unwrap();
    analyzer.begin_file("part");
    analyzer.push(file);
    analyzer
}

/// Merged from the left, and from the right.
fn merged(files: &[Vec<u8>], settings: &Settings) -> [Result<Report>; 2] {
    let parts =
        || files.iter().enumerate().map(|(i, file)| part(file, settings, i == 0, i as u64)).collect::<Vec<Analyzer>>();
    let left = parts().into_iter().map(Ok).reduce(|a, b: Result<Analyzer>| a?.merge(b?)).unwrap();
    let right = parts().into_iter().rev().map(Ok).reduce(|b, a: Result<Analyzer>| a?.merge(b?)).unwrap();
    [left.and_then(Analyzer::finish), right.and_then(Analyzer::finish)]
}

/// Where records begin, and the end; `None` where it is no plain little-endian pcap.
fn offsets(pcap: &[u8]) -> Option<Vec<usize>> {
    let magic = pcap.get(..4)?;
    if pcap.len() < HEADER || ![[0xd4, 0xc3, 0xb2, 0xa1], [0x4d, 0x3c, 0xb2, 0xa1]].contains(&magic.try_into().ok()?) {
        return None;
    }
    let mut all = vec![HEADER];
    let mut at = HEADER;
    while let Some(length) = pcap.get(at + 8..at + 12) {
        at += RECORD + u32::from_le_bytes(length.try_into().ok()?) as usize;
        if at > pcap.len() {
            return None;
        }
        all.push(at);
    }
    Some(all)
}

/// The capture in files that end after these packets.
fn split(pcap: &[u8], offsets: &[usize], cuts: &[usize]) -> Vec<Vec<u8>> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % offsets.len()).collect();
    cuts.push(offsets.len() - 1);
    cuts.sort_unstable();
    let mut from = offsets[0];
    let mut files = Vec::new();
    for cut in cuts {
        files.push([&pcap[..HEADER], &pcap[from..offsets[cut]]].concat());
        from = offsets[cut];
    }
    files
}

fn assert_law(files: &[Vec<u8>], settings: &Settings, about: &str) {
    let expected = said(&whole(files, settings));
    for (side, report) in ["left", "right"].into_iter().zip(merged(files, settings)) {
        let report = said(&report.unwrap_or_else(|e| panic!("{about}, {side}: {e}")));
        if report != expected {
            let at = report.lines().zip(expected.lines()).position(|(a, b)| a != b);
            let line = |text: &str| at.and_then(|at| text.lines().nth(at)).map(str::to_owned);
            panic!("{about}, {side}: {:?}\nnot {:?}", line(&report), line(&expected));
        }
    }
}

fn office(packets: u64, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&Config { packets, seed, format: Format::Pcap }, &mut bytes, None).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_cuts_of_an_office_change_nothing(
        seed in 0u64..50,
        cuts in proptest::collection::vec(any::<usize>(), 1..5),
        idle in prop::sample::select(vec!["1", "20", "120"]),
        active in prop::sample::select(vec!["3", "1800"]),
        unit in prop::sample::select(vec!["flow", "packet"]),
    ) {
        let bytes = office(700, seed);
        let offsets = offsets(&bytes).unwrap();
        let settings = settings(&[("idle-timeout", idle), ("active-timeout", active), ("unit", unit)]);
        assert_law(&split(&bytes, &offsets, &cuts), &settings, &format!("seed {seed}, cuts {cuts:?}"));
    }
}

/// A file of frames at these seconds.
fn file(frames: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut file = Pcap::new(Style::default());
    for (at, frame) in frames {
        file.packet(1_700_000_000 + at, 0, frame);
    }
    file.bytes
}

#[test]
fn every_cut_of_a_conversation_changes_nothing() {
    let ends = [([10, 0, 0, 1], 40_000), ([10, 0, 0, 2], 80)];
    for script in [
        ">S <SA >A >A.d10 <A.d20 >-.d100 >A.d30 <A >FA <FA >A.t4 >A.t9 >S.q9 <SA >A",
        ">S <RA >S.q0 <RA >S.q9.t3 <SA >A.t119 >A.t121 >A.d5 <A.w0 <A.a1 <A.a1 >R",
        "<SA >A >A.d10 >A.q1.d10 >A.q5.d50.c <FA >FA >A",
    ] {
        let bytes = file(&play(script, ends, [u32::MAX - 9, 77]));
        let offsets = offsets(&bytes).unwrap();
        for first in 0..offsets.len() {
            for second in first..offsets.len() {
                let files = split(&bytes, &offsets, &[first, second]);
                assert_law(&files, &settings(&[]), &format!("{script}, cut after {first} and {second}"));
            }
        }
    }
}

#[test]
fn every_cut_of_fragmented_packets_changes_nothing() {
    let (a, b) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let datagram = udp(5_000, 53, &[7; 2_000]);
    let part = |id, from: usize, to: usize| {
        ethernet(0x0800, &ipv4_fragment(17, [a, b], id, from as u16, to < datagram.len(), &datagram[from..to]))
    };
    let whole = |port| ethernet(0x0800, &ipv4(17, a, b, &udp(port, 53, b"whole")));
    // Two packets of one flow interleaved, one whose first part comes last, repeated numbers, and a flow beside them.
    let frames = [
        (0, part(1, 0, 800)),
        (1, whole(5_000)),
        (2, part(2, 0, 800)),
        (3, part(1, 800, 1_600)),
        (4, part(2, 800, datagram.len())),
        (5, part(3, 800, datagram.len())),
        (6, part(3, 0, 800)),
        (7, whole(5_001)),
        (29, part(1, 1_600, datagram.len())),
        (31, part(1, 1_600, datagram.len())),
        (50, part(1, 0, 800)),
        (75, part(1, 800, datagram.len())),
        (200, part(1, 0, 800)),
        (201, part(1, 800, datagram.len())),
        (202, whole(5_000)),
    ];
    let bytes = file(&frames);
    let offsets = offsets(&bytes).unwrap();
    for first in 0..offsets.len() {
        for second in [first, (first * 7) % offsets.len()] {
            let files = split(&bytes, &offsets, &[first, second]);
            assert_law(&files, &settings(&[]), &format!("cut after {first} and {second}"));
        }
    }
}

#[test]
fn real_captures_may_be_cut_anywhere() {
    let Some(folder) = corpus::folder() else { return };
    let (mut cut, mut refused) = (0, 0);
    for folder in ["conformance", "protocols"].map(|name| folder.join(name)) {
        for path in corpus::files(&folder) {
            let bytes = std::fs::read(&path).unwrap();
            let Some(offsets) = offsets(&bytes).filter(|o| bytes.len() < 400_000 && o.len() > 3) else { continue };
            // As many cuts as the name makes.
            let name = path.display().to_string();
            let seed = name.bytes().fold(7usize, |seed, b| seed.wrapping_mul(31).wrapping_add(usize::from(b)));
            let files = split(&bytes, &offsets, &[seed, seed / 7, seed / 77]);
            // Time stamps out of order are refused, not guessed at.
            if let Some(why) = merged(&files, &settings(&[])).into_iter().find_map(Result::err) {
                eprintln!("{name}: {why}");
                refused += 1;
                continue;
            }
            assert_law(&files, &settings(&[]), &name);
            cut += 1;
        }
    }
    eprintln!("{cut} captures cut, {refused} refused");
    assert!(cut > 50 && refused * 10 < cut, "{cut} captures cut, {refused} refused");
}

#[test]
fn a_continuation_that_nothing_precedes_is_itself() {
    let bytes = office(900, 3);
    for pairs in [[("idle-timeout", "2"), ("unit", "flow")], [("idle-timeout", "120"), ("unit", "packet")]] {
        let settings = settings(&pairs);
        let alone = part(&bytes, &settings, false, 1).finish().unwrap();
        assert_eq!(said(&alone), said(&whole(std::slice::from_ref(&bytes), &settings)));
    }
}

#[test]
fn what_might_not_be_the_same_is_refused() {
    let bytes = office(400, 1);
    let offsets = offsets(&bytes).unwrap();
    let files = split(&bytes, &offsets, &[200]);
    let base = settings(&[]);
    let refusal = |a: Analyzer, b: Analyzer| a.merge(b).and_then(Analyzer::finish).unwrap_err().to_string();
    let first = || part(&files[0], &base, true, 1);
    assert!(refusal(first(), part(&files[1], &base, true, 1)).contains("not a continuation"));
    assert!(refusal(first(), part(&files[1], &settings(&[("idle-timeout", "9")]), false, 1)).contains("settings"));
    let few = settings(&[("max-flows", "3")]);
    assert!(refusal(part(&files[0], &few, true, 1), part(&files[1], &few, false, 1)).contains("limit"));
    // The second was captured before the first, and began a flow that the first's may be or not.
    let early = file(&[(0, frames::udp_frame(2, 9)), (300, frames::udp_frame(3, 9))]);
    let late = file(&[(1_000, frames::udp_frame(3, 9))]);
    assert!(refusal(part(&late, &base, true, 1), part(&early, &base, false, 1)).contains("goes on"));
    // A minute late: where time passed before, its flow may be over or not.
    let back = file(&[(100, frames::udp_frame(2, 9)), (170, frames::udp_frame(3, 9)), (110, frames::udp_frame(2, 9))]);
    assert!(refusal(first(), part(&back, &base, false, 1)).contains("later than the others"));
    let alone = |is_first| said(&part(&back, &base, is_first, 1).finish().unwrap());
    assert_eq!(alone(false), alone(true));
    // What does not fit is no continuation any more, and its own report is right.
    let small = settings(&[("max-memory", "64")]);
    let mut large = Pcap::new(Style::default());
    for i in 0..60_000u32 {
        let ends = ([10, 0, (i >> 8) as u8, i as u8], [10, 1, 0, 1]);
        large.packet(
            1_700_000_000 + i / 1_000,
            0,
            &frames::ethernet(0x0800, &ipv4(17, ends.0, ends.1, &udp(1, 2, &[0; 900]))),
        );
    }
    assert!(refusal(part(&files[0], &small, true, 1), part(&large.bytes, &small, false, 1)).contains("no room"));
    let alone = part(&large.bytes, &small, false, 1).finish().unwrap();
    assert!(alone.ledger.is_balanced(&alone.flows), "{:?}", alone.ledger);
}
