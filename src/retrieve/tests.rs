#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

use super::plan::Reach;
use super::*;
use crate::capture::Reader;
use crate::pipeline::Analyzer;
use crate::report::{FileIndex, Span};
use crate::settings::Settings;
use crate::synth::{self, Config, Format};

/// Parts exactly as wide as the rows, and any gap is jumped over.
const NARROW: Reach = Reach { gap: 0, before: 0, furthest: 0, headers: 1 << 20 };
/// A little before each row.
const NEAR: Reach = Reach { gap: 500, before: 2_000, furthest: 20_000, headers: 1 << 20 };

type Frames = Vec<(i64, u32, u16, Vec<u8>)>;

fn frames(file: &[u8]) -> Frames {
    let mut frames = Vec::new();
    let mut reader = Reader::new(1, Limits::of(&Settings::default()));
    reader.push(file, &mut |f| frames.push((f.ts.0, f.original_len, f.link_type.0, f.data.to_vec())));
    assert_eq!(reader.finish().outcome.reason, None);
    frames
}

fn synth(packets: u64, seed: u64, format: Format) -> Vec<u8> {
    let mut out = Vec::new();
    synth::write(&Config { packets, seed, format }, &mut out, None).unwrap();
    out
}

fn analyze(files: &[Vec<u8>], settings: &[(&str, &str)]) -> Report {
    let mut analyzer = Analyzer::new(Settings::from_pairs(settings.iter().copied()).unwrap(), [1, 2]).unwrap();
    for (i, file) in files.iter().enumerate() {
        analyzer.begin_file(&format!("{i}.cap"));
        analyzer.push(file);
    }
    let mut report = analyzer.finish_reading();
    report.index = files.iter().map(|file| index(file)).collect();
    report
}

/// The header of a pcap file, or every block of a pcapng file that is no packet.
fn index(file: &[u8]) -> FileIndex {
    let mut headers = vec![Span { start: 0, end: 24 }];
    if file.starts_with(&[10, 13, 13, 10]) {
        headers.clear();
        let (mut at, word) = (0, |at: usize| u32::from_le_bytes(*file[at..].first_chunk::<4>().unwrap()) as usize);
        while at < file.len() {
            let (start, end) = (at as u64, (at + word(at + 4)) as u64);
            if word(at) != 6 {
                headers.push(Span { start, end });
            }
            at = end as usize;
        }
    }
    FileIndex { headers, first_packet: 0, end_packet: 0, is_seekable: true }
}

struct Found {
    listed: Vec<ListedPacket>,
    retrieved: Retrieved,
    pcapng: Vec<u8>,
    read: u64,
}

fn retrieve(report: &Report, files: &[Vec<u8>], rows: &[u32], reach: Reach) -> Result<Found> {
    let options = Options { keep: usize::MAX, preview_bytes: 4096, pcapng: true, ..Options::default() };
    let mut retrieval = Retrieval::with_reach(report, rows, options, reach)?;
    let (mut pcapng, mut read, mut file) = (retrieval.take_pcapng(), 0, usize::MAX);
    while let Some(wanted) = retrieval.wanted() {
        if wanted.file != file {
            file = wanted.file;
            retrieval.check_file(file, files[file].len() as u64)?;
        }
        assert!(wanted.start < wanted.end && wanted.end - wanted.start <= 4 << 20);
        read += wanted.end - wanted.start;
        let end = files[file].len().min(wanted.end as usize);
        retrieval.give(&files[file][end.min(wanted.start as usize)..end])?;
        pcapng.extend(retrieval.take_pcapng());
    }
    let retrieved = retrieval.finish()?;
    Ok(Found { listed: retrieval.listed().to_vec(), retrieved, pcapng, read })
}

fn all_rows(report: &Report) -> Vec<u32> {
    (0..report.rows() as u32).collect()
}

/// Every kind of input that a capture comes as.
fn inputs() -> Vec<Vec<Vec<u8>>> {
    let mut sections = synth(400, 4, Format::Pcapng);
    sections.extend(synth(300, 5, Format::Pcapng));
    let long = synth(900, 7, Format::Pcap);
    // One capture in three files, one of them without packets: flows span files.
    let cut = |at: usize| {
        let mut end = 24;
        for _ in 0..at {
            end += 16 + u32::from_le_bytes(*long[end + 8..].first_chunk::<4>().unwrap()) as usize;
        }
        end
    };
    let part = |a: usize, b: usize| [&long[..24], &long[cut(a)..cut(b)]].concat();
    vec![
        vec![synth(1_500, 1, Format::Pcap)],
        vec![synth(1_500, 2, Format::Pcapng)],
        vec![sections],
        vec![part(0, 300), part(0, 0), part(300, 310), part(310, 900)],
    ]
}

#[test]
fn the_packets_of_all_flows_are_the_tracked_packets_each_once_and_identical() {
    for files in inputs() {
        let all: Frames = files.iter().flat_map(|f| frames(f)).collect();
        for settings in [&[("idle-timeout", "3")][..], &[("unit", "packet")], &[("max-flows", "40")]] {
            let mut report = analyze(&files, settings);
            for (seekable, reach) in [(true, NARROW), (true, NEAR), (true, Reach::default()), (false, NARROW)] {
                report.index.iter_mut().for_each(|i| i.is_seekable = seekable);
                let found = retrieve(&report, &files, &all_rows(&report), reach).unwrap();
                let ledger = &report.ledger;
                assert_eq!(found.retrieved.packets, ledger.decoded - ledger.untracked.table_full.packets);
                let numbers: Vec<u64> = found.listed.iter().map(|p| p.number).collect();
                assert!(numbers.is_sorted_by(|a, b| a < b));
                let again = frames(&found.pcapng);
                assert_eq!(again.len(), numbers.len());
                for (number, frame) in numbers.iter().zip(again) {
                    assert!(all[*number as usize - 1] == frame, "packet {number}");
                }
            }
        }
    }
}

#[test]
fn each_flow_alone_has_its_own_packets() {
    for files in inputs() {
        let all: Frames = files.iter().flat_map(|f| frames(f)).collect();
        let report = analyze(&files, &[("idle-timeout", "3")]);
        let mut owner = vec![None; all.len()];
        for (row, flow) in report.flows.iter().enumerate() {
            for reach in [NARROW, NEAR] {
                let found = retrieve(&report, &files, &[row as u32], reach).unwrap();
                assert_eq!(found.retrieved.packets, flow.packets());
                assert_eq!(found.retrieved.bytes, flow.wire_bytes());
                for packet in &found.listed {
                    let number = packet.number as usize - 1;
                    assert!(owner[number].is_none_or(|o| o == row), "packet {} is of two flows", packet.number);
                    owner[number] = Some(row);
                    assert_eq!((packet.ts.0, &packet.preview), (all[number].0, &all[number].3));
                    assert_eq!(packet.captured_len as usize, packet.preview.len());
                }
            }
        }
        assert_eq!(owner.iter().flatten().count() as u64, report.ledger.decoded);
    }
}

#[test]
fn seekable_files_are_read_where_the_rows_are() {
    let files = [synth(3_000, 3, Format::Pcapng)];
    let report = analyze(&files, &[("unit", "packet")]);
    let found = retrieve(&report, &files, &[2_900, 10], NARROW).unwrap();
    assert_eq!(found.retrieved.packets, 2);
    assert!(found.read < 200_000, "{} of {} bytes read", found.read, files[0].len());
}

#[test]
fn reading_begins_some_way_before_a_flow_at_a_known_record() {
    let files = [synth(3_000, 3, Format::Pcap)];
    let report = analyze(&files, &[]);
    let row = report.flows.iter().position(|f| f.first_packet > 2_000).unwrap();
    let targets = target::of_rows(&report, &[row as u32]).unwrap();
    let start = |reach| plan::of_targets(&report, &targets, reach)[0].parts[0].start;
    assert_eq!(start(NARROW), Some(targets[0].first));
    let earlier = start(NEAR).unwrap();
    let before = targets[0].first.offset - earlier.offset;
    assert!((NEAR.before..=NEAR.furthest).contains(&before), "{before}");
    assert_eq!(start(Reach { before: 1 << 30, ..NEAR }), None);
}

#[test]
fn rows_that_do_not_exist_or_are_too_many_are_refused() {
    let report = analyze(&[synth(100, 3, Format::Pcap)], &[]);
    let refused = |rows: &[u32]| Retrieval::new(&report, rows, Options::default()).unwrap_err();
    assert_eq!(refused(&[0, 1 << 30]).kind(), "selection");
    assert_eq!(refused(&vec![0; Retrieval::MAX_ROWS + 1]).kind(), "selection");
    let nothing = Retrieval::new(&report, &[], Options::default()).unwrap();
    assert_eq!((nothing.wanted(), nothing.finish().unwrap().packets), (None, 0));
}

/// What becomes of a retrieval of every row after `change` was done to the file.
fn after(change: impl FnOnce(&mut Vec<u8>), rows: &[u32], reach: Reach) -> Result<Found> {
    let mut files = [synth(600, 3, Format::Pcap)];
    let report = analyze(&files, &[]);
    let rows = if rows.is_empty() { all_rows(&report) } else { rows.to_vec() };
    change(&mut files[0]);
    retrieve(&report, &files, &rows, reach)
}

#[test]
fn e9_a_file_that_changed_is_refused() {
    let text = |found: Result<Found>| match found {
        Err(Error::FileChanged { file, what }) => {
            assert_eq!(file, "0.cap");
            what
        }
        other => panic!("{:?}", other.map(|f| f.retrieved)),
    };
    for reach in [NARROW, Reach::default()] {
        let grown = text(after(|f| f.push(0), &[], reach));
        assert!(grown.starts_with("it had "), "{grown}");
        text(after(|f| f.truncate(9_000), &[], reach));
        text(after(Vec::clear, &[], reach));
        // the first record's seconds, captured length and first address
        for at in [24, 32, 24 + 16 + 26] {
            text(after(|f| f[at] ^= 0x10, &[], reach));
        }
        // a record's length in the middle
        let middle = analyze(&[synth(600, 3, Format::Pcap)], &[]).flows[20].first_offset as usize;
        text(after(|f| f[middle + 9] ^= 1, &[], reach));
        text(after(|f| f[middle + 8] ^= 4, &[20], reach));
        // another link type
        text(after(|f| f[20] = 113, &[20], reach));
        // one packet less of the flow, the same length of the file
        text(after(|f| f[middle + 16 + 14 + 9] = 99, &[20], reach));
    }
}

#[test]
fn any_bytes_in_place_of_a_file_are_refused_without_a_panic() {
    let files = [synth(300, 3, Format::Pcapng)];
    let report = analyze(&files, &[]);
    let mut rng = 1u64;
    for round in 0..200 {
        let mut changed = files.clone();
        for _ in 0..=round % 5 * 20 {
            rng = crate::flow::mix64(rng);
            let at = rng as usize % changed[0].len();
            changed[0][at] = (rng >> 40) as u8;
        }
        for reach in [NARROW, NEAR] {
            if let Ok(found) = retrieve(&report, &changed, &all_rows(&report), reach) {
                assert_eq!(found.retrieved.packets, report.ledger.decoded);
            }
        }
    }
    for filler in [0, 0xff] {
        let changed = [vec![filler; files[0].len()]];
        assert!(retrieve(&report, &changed, &all_rows(&report), NEAR).is_err());
    }
}

#[test]
fn bytes_that_were_not_wanted_are_refused() {
    let files = [synth(100, 3, Format::Pcap)];
    let report = analyze(&files, &[]);
    let mut retrieval = Retrieval::new(&report, &[0], Options::default()).unwrap();
    let end = retrieval.wanted().unwrap().end as usize;
    assert_eq!(retrieval.give(&files[0][..end - 1]).unwrap_err().kind(), "file-changed");
    assert_eq!(retrieval.finish().unwrap_err().kind(), "file-changed");
    assert_eq!(retrieval.check_file(1, 0).unwrap_err().kind(), "selection");
}

#[test]
fn a_flow_that_begins_between_fragments_is_found() {
    // Datagrams of three fragments each; the active timeout splits the flow inside one.
    let mut file = [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 1].map(u32::to_le_bytes).concat();
    for i in 0..60u32 {
        let fragment = [0x2000u16, 0x2000 + 125, 250][i as usize % 3].to_be_bytes();
        let [id, _] = ((i / 3) as u16).to_le_bytes();
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 3, 252];
        frame.extend([0, id, fragment[0], fragment[1], 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend([0x12, 0x34, 0x56, 0x78, 11, 184, 0, 0]);
        frame.resize(14 + 1020, i as u8);
        let length = frame.len() as u32;
        file.extend([1_000 + i, 0, length, length].map(u32::to_le_bytes).concat());
        file.extend(frame);
    }
    let files = [file];
    let report = analyze(&files, &[("active-timeout", "10")]);
    assert!(report.flows.len() > 4);
    for row in all_rows(&report) {
        let found = retrieve(&report, &files, &[row], Reach { gap: 0, before: 2_500, furthest: 1 << 20, ..NARROW });
        assert_eq!(found.unwrap().retrieved.packets, report.flows[row as usize].packets());
    }
}
