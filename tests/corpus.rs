//! Real captures, where the corpus is at hand (`WIRESIFT_CORPUS`, else `../shared/corpus`): packet counts against
//! capinfos, laws, finite scores. Says so when it is skipped.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use wiresift::pipeline::Analyzer;
use wiresift::report::{Reason, Report, Status};
use wiresift::settings::Settings;

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("WIRESIFT_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let found = named.into_iter().chain([beside]).find(|p| p.join("EXPECTED.tsv").is_file());
    if found.is_none() {
        eprintln!("SKIPPED: no capture corpus; set WIRESIFT_CORPUS to its folder");
    }
    found
}

fn analyze(bytes: &[u8], chunk: usize) -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), [3, 5]).unwrap();
    analyzer.begin_file("capture");
    bytes.chunks(chunk).for_each(|c| analyzer.push(c));
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

/// Captures as capinfos counts them. Where capinfos stops with an error we read at least as much as it did, unless a
/// record claims more bytes than a packet can have: there we stop before that record and capinfos after it.
#[test]
fn counts_equal_those_of_capinfos() {
    let Some(root) = corpus() else { return };
    let table = std::fs::read_to_string(root.join("EXPECTED.tsv")).unwrap();
    let (mut equal, mut stopped_before) = (0, 0);
    for line in table.lines().skip(1) {
        let column: Vec<&str> = line.split('\t').collect();
        let path = root.join(column[0]);
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let report = analyze(&bytes, 65_537);
        check(&report, &path);
        let number = |i: usize| column.get(i).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        let got = report.ledger.packets;
        if column[1] == "0" && got == number(4) || column[1] != "0" && got >= number(5) {
            equal += 1;
        } else {
            assert_eq!(report.outcome.reason, Some(Reason::BadLength), "{}: {got} packets: {line}", path.display());
            stopped_before += 1;
        }
    }
    eprintln!("{equal} captures counted as capinfos counts them, {stopped_before} stopped at an impossible length");
    assert!(equal > 1_000 && stopped_before * 100 < equal, "{equal} equal, {stopped_before} stopped before");
}

#[test]
fn labelled_days_give_the_same_report_in_any_pieces() {
    let Some(root) = corpus() else { return };
    for name in ["mixed/dm3_stealth.pcap", "labelled/b03_meet.pcapng", "labelled/b16_voip.pcap"] {
        let bytes = std::fs::read(root.join(name)).unwrap();
        let whole = analyze(&bytes, usize::MAX);
        assert_eq!(whole.outcome.status, Status::Complete, "{name}");
        let expected = serde_json::to_string(&whole).unwrap();
        for chunk in [977, 65_536] {
            assert!(serde_json::to_string(&analyze(&bytes, chunk)).unwrap() == expected, "{name} in pieces of {chunk}");
        }
    }
}
