//! Every capture of the corpus: counted as capinfos counts it, or stopped for a stated reason; the laws hold.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::collections::BTreeMap;
use std::path::Path;

use crate::generators::corpus::{files, folder};
use wiresift::capture::{Frame, Limits, LinkType, Oddities, Reader};
use wiresift::packet::{Decoder, layers};
use wiresift::pipeline::Analyzer;
use wiresift::report::{Reason, Report};
use wiresift::settings::Settings;
use wiresift::units::Timestamp;

fn analyze(bytes: &[u8], piece: usize) -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), [3, 5]).unwrap();
    analyzer.begin_file("capture");
    bytes.chunks(piece).for_each(|part| analyzer.push(part));
    analyzer.finish().unwrap()
}

fn check(report: &Report, path: &Path) {
    let path = path.display();
    assert!(report.ledger.is_balanced(&report.flows), "{path}: the account does not add up");
    for flow in &report.flows {
        let v = &flow.verdict;
        assert!((0.0..=1.0).contains(&v.score) && v.distance.is_finite(), "{path}: score {}", v.score);
    }
    let text = serde_json::to_string(report).unwrap();
    assert!(!text.contains("NaN") && !text.contains("inf,"), "{path}");
}

/// One row of the table of expectations.
struct Expected {
    exit: String,
    packets: u64,
    /// Where capinfos stopped with an error: the packets before.
    after_reading: u64,
}

fn expectations(root: &Path) -> BTreeMap<String, Expected> {
    let table = std::fs::read_to_string(root.join("EXPECTED.tsv")).unwrap();
    let row = |line: &str| {
        let column: Vec<&str> = line.split('\t').collect();
        let number = |i: usize| column.get(i).and_then(|n| n.parse().ok()).unwrap_or(0);
        let expected = Expected { exit: column[1].to_owned(), packets: number(4), after_reading: number(5) };
        (column[0].to_owned(), expected)
    };
    table.lines().skip(1).map(row).collect()
}

/// Where capinfos exits 0 the counts are equal. Where it stops with an error we read at least as much as it did, unless
/// a record claims more bytes than are believed: there we stop before that record, where capinfos guesses other layouts.
#[test]
fn counts_equal_those_of_capinfos() {
    let Some(root) = folder() else { return };
    let mut table: BTreeMap<String, usize> = BTreeMap::new();
    let (mut tried, mut fewer) = (0, Vec::new());
    for (name, expected) in expectations(&root) {
        let path = root.join(&name);
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let report = analyze(&bytes, 65_537);
        check(&report, &path);
        tried += 1;
        let got = report.ledger.packets;
        let reason = report.outcome.reason.map_or_else(|| "complete".to_owned(), |r| format!("{r:?}"));
        let verdict = if expected.exit == "0" {
            assert_eq!(got, expected.packets, "{name}: capinfos exits 0");
            "equal"
        } else if got >= expected.after_reading {
            "at least as many"
        } else {
            assert_eq!(report.outcome.reason, Some(Reason::BadLength), "{name}: {got} packets");
            fewer.push(format!("{name}: {got} of {}", expected.after_reading));
            "fewer"
        };
        *table.entry(format!("capinfos {}, {verdict}, {reason}", expected.exit)).or_default() += 1;
    }
    for (row, captures) in &table {
        eprintln!("{captures:5} {row}");
    }
    eprintln!("{tried} captures; fewer than capinfos: {}", fewer.join(", "));
    assert!(tried > 1_000 && fewer.len() <= 6);
}

/// Files of the hostile folders that no table names, read as captures and as single frames of every link type.
#[test]
fn hostile_bytes_are_read_as_files_and_as_frames() {
    let Some(root) = folder() else { return };
    let known = expectations(&root);
    let mut frames = 0;
    for path in files(&root.join("hostile")) {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        if known.contains_key(&name) && !name.contains("fuzz") {
            continue;
        }
        check(&analyze(&bytes, 4_096), &path);
        let data = &bytes[..bytes.len().min(65_536)];
        let (mut decoder, mut oddities) = (Decoder::default(), Oddities::default());
        for link_type in (0..=300).map(LinkType) {
            frames += 1;
            let original_len = data.len() as u32;
            let ts = Timestamp(0);
            let frame =
                Frame { number: frames, offset: 0, ts, original_len, link_type, data, interface: 0, comment: None };
            let _ = decoder.decode(&frame, &mut oddities);
            assert!(layers(&frame).len() <= 32);
        }
    }
    eprintln!("{frames} frames of any bytes");
    assert!(frames > 10_000);
}

/// Time in nanoseconds, captured and original length, link type.
type Packet = (i64, u64, u64, u64);

#[test]
fn synthetic_times_and_lengths() {
    let Some(root) = folder() else { return };
    let folder = root.join("conformance/_synthetic");
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (mut files, mut different) = (0, Vec::new());
    for (name, entry) in expected.as_object().unwrap() {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let mut got: Vec<Packet> = Vec::new();
        let mut reader = Reader::new(1, Limits::of(&Settings::default()));
        let mut sink = |f: &wiresift::capture::Frame<'_>| {
            got.push((f.ts.0, f.data.len() as u64, u64::from(f.original_len), u64::from(f.link_type.0)));
        };
        reader.push(&bytes, &mut sink);
        reader.end(&mut sink);
        let number = |packet: &serde_json::Value, key: &str| packet[key].as_u64().unwrap();
        let of = |p: &serde_json::Value| {
            (p["ts_ns"].as_i64().unwrap_or(0), number(p, "caplen"), number(p, "len"), number(p, "linktype"))
        };
        let wanted: Vec<Packet> = entry["packets"].as_array().unwrap().iter().map(of).collect();
        files += 1;
        if got != wanted {
            different.push(format!("{name} ({}): {got:?} instead of {wanted:?}", entry["note"]));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    eprintln!("{files} files with every packet as expected");
}
