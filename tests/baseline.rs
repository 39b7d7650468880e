//! What a baseline promises: what is normal in one capture scores another, what is new is listed, and a file that is none,
//! empty, cut or foreign is said so.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::fs;

use crate::generators::office::{End, Timed, file, tcp, udp};
use crate::generators::{
    corpus,
    frames::{ACK, PSH, SYN},
};
use assert_cmd::Command;
use proptest::prelude::*;
use serde_json::Value;
use wiresift::pipeline::{self, Analyzer};
use wiresift::report::{Baseline, Report, Severity, What};
use wiresift::settings::Settings;

/// An office whose hosts ask for names and fetch pages; `net` is its network.
fn office(flows: u64, net: u8, seed: u64) -> Vec<Timed> {
    let mut frames = Vec::new();
    let vary = |i: u64, below: u64| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed.wrapping_mul(77)) % below;
    for i in 0..flows {
        let host: End = ([10, net, 0, 10 + (i % 12) as u8], 40_000 + (i % 20_000) as u16);
        let at = i * 180_000 + vary(i, 90_000);
        if i % 2 == 0 {
            let server = ([10, net, 0, 1], 53);
            frames.push(udp(at, host, server, &vec![b'q'; 30 + vary(i, 19) as usize]));
            frames.push(udp(at + 900, server, host, &vec![b'r'; 90 + vary(i, 67) as usize]));
        } else {
            let server = ([10, net, 0, 2], 80);
            frames.push(tcp(at, host, server, SYN, b""));
            frames.push(tcp(at + 200, server, host, SYN | ACK, b""));
            frames.push(tcp(at + 400, host, server, PSH | ACK, &vec![b'g'; 120 + vary(i, 131) as usize]));
            frames.push(tcp(at + 2_000, server, host, PSH | ACK, &vec![b'h'; 500 + vary(i, 801) as usize]));
        }
    }
    frames
}

/// A host that nobody knew tries 200 ports of the server and then uses one that answers.
fn intrusion() -> Vec<Timed> {
    let mut frames = Vec::new();
    let at = 30_000_000;
    for i in 0..200u16 {
        frames.push(tcp(at + u64::from(i) * 5_000, ([10, 0, 0, 99], 50_000), ([10, 0, 0, 2], 1_000 + i), SYN, b""));
    }
    let (intruder, server) = (([10, 0, 0, 99], 51_000), ([10, 0, 0, 2], 8_443));
    frames.push(tcp(at + 2_000_000, intruder, server, PSH | ACK, b"hello"));
    frames.push(tcp(at + 2_000_300, server, intruder, PSH | ACK, b"welcome"));
    frames
}

fn capture(mut frames: Vec<Timed>) -> Vec<u8> {
    frames.sort_by_key(|f| f.0);
    file(&frames)
}

fn analyse(bytes: &[u8], settings: Settings, baseline: Option<Baseline>) -> Report {
    let mut analyzer = Analyzer::new(settings, [1, 2]).unwrap();
    if let Some(baseline) = baseline {
        analyzer.use_baseline(baseline).unwrap();
    }
    analyzer.begin_file("office.pcap");
    bytes.chunks(1000).for_each(|piece| analyzer.push(piece));
    analyzer.finish().unwrap()
}

fn good() -> Baseline {
    pipeline::learn_baseline(&analyse(&capture(office(400, 0, 1)), Settings::default(), None)).unwrap()
}

fn json(report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    wiresift::export::Exporter::export(&wiresift::export::ReportJson, report, &mut out).unwrap();
    out
}

#[test]
fn another_day_of_the_same_office_is_normal_and_the_intruder_is_new() {
    let day = || [office(400, 0, 2), intrusion()].concat();
    let report = analyse(&capture(day()), Settings::default(), Some(good()));
    let used = report.detection.baseline.as_ref().unwrap();
    assert_eq!((used.captures.as_slice(), used.is_foreign), (["office.pcap".to_owned()].as_slice(), false));
    assert!(used.notes.is_empty(), "{:?}", used.notes);
    let new = |what: What| used.new.iter().find(|n| n.what == what).unwrap();
    let names = |what| new(what).listed.iter().map(|n| n.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names(What::Hosts), ["10.0.0.99"]);
    assert_eq!(names(What::Services), ["10.0.0.2 tcp/8443"]);
    assert_eq!(names(What::Pairs), ["10.0.0.99 > 10.0.0.2 tcp/8443"]);
    assert_eq!((new(What::Hosts).count, new(What::Hosts).of, new(What::Hosts).listed[0].flows), (1, 15, 201));
    let finding = report.findings.iter().find(|f| f.kind == "new_hosts").unwrap();
    assert_eq!(
        (finding.severity, finding.actors.as_slice(), finding.rows),
        (Severity::Low, ["10.0.0.99".to_owned()].as_slice(), 201)
    );

    // The detector alone tells the scan from the office.
    let is_attack = |row: usize| report.flows.get(row).unwrap().orig_addr.to_string() == "10.0.0.99";
    let own = |row: usize| report.flows.get(row).unwrap().verdict.own_score;
    let scanned = (0..report.flows.len()).filter(|row| is_attack(*row)).map(own).fold(1.0, f32::min);
    let office: Vec<f32> = (0..report.flows.len()).filter(|row| !is_attack(*row)).map(own).collect();
    let above = office.iter().filter(|score| **score >= scanned).count();
    assert!(above * 100 <= office.len(), "{above} of {} flows are as strange as the scan", office.len());
}

#[test]
fn a_baseline_scores_few_rows_and_the_same_bytes_come_of_any_road() {
    let baseline = Baseline::from_json(&good().to_json().unwrap()).unwrap();
    assert_eq!(baseline, good(), "what is written reads back");
    let few = analyse(&capture(intrusion().split_off(200)), Settings::default(), Some(baseline.clone()));
    assert!(few.flows.len() == 1 && few.flows.get(0).unwrap().verdict.is_scored);

    let day = capture([office(300, 0, 3), intrusion()].concat());
    let whole = analyse(&day, Settings::default(), Some(baseline.clone()));
    let mut later = analyse(&day, Settings::default(), None);
    let before = json(&later);
    assert!(!String::from_utf8_lossy(&before).contains("\"baseline\""), "absent where there is none");
    pipeline::use_baseline(&mut later, Some(baseline)).unwrap();
    assert_eq!(json(&later), json(&whole));
    let other = Settings::from_pairs([("detector", "kmeans"), ("threshold", "0.6")]).unwrap();
    pipeline::redetect(&mut later, &other).unwrap();
    assert!(later.detection.baseline.is_some(), "other settings keep it");
    pipeline::redetect(&mut later, &Settings::default()).unwrap();
    assert_eq!(json(&later), json(&whole));
    pipeline::use_baseline(&mut later, None).unwrap();
    assert_eq!(json(&later), before);
}

#[test]
fn other_rows_and_features_are_refused_and_the_report_stays() {
    let day = capture(office(200, 0, 3));
    let mut report = analyse(&day, Settings::default(), Some(good()));
    let before = json(&report);
    for (name, value, words) in [("unit", "host", "flows, not hosts"), ("features", "all", "lacks the features")] {
        let error = pipeline::redetect(&mut report, &Settings::from_pairs([(name, value)]).unwrap()).unwrap_err();
        assert!(error.kind() == "baseline" && error.to_string().contains(words), "{error}");
        assert_eq!(json(&report), before);
    }
    let hosts = Settings::from_pairs([("unit", "host")]).unwrap();
    assert_eq!(Analyzer::new(hosts, [1, 2]).unwrap().use_baseline(good()).unwrap_err().kind(), "baseline");
}

#[test]
fn every_unit_and_detector_has_its_baseline() {
    for (unit, detector) in [
        ("flow", "kmeans"),
        ("flow", "isolation-forest"),
        ("packet", "ensemble"),
        ("host", "ensemble"),
        ("flow", "pca"),
    ] {
        let settings = Settings::from_pairs([("unit", unit), ("detector", detector)]).unwrap();
        let learned = analyse(&capture(office(300, 0, 1)), settings.clone(), None);
        let baseline = pipeline::learn_baseline(&learned).unwrap();
        let report = analyse(&capture([office(300, 0, 2), intrusion()].concat()), settings, Some(baseline));
        let scores: Vec<f32> = (0..report.rows()).map(|row| report.verdict(row).unwrap().score).collect();
        assert!(scores.iter().all(|s| (0.0..=1.0).contains(s)) && scores.iter().any(|s| *s > 0.0), "{unit} {detector}");
        assert!(report.detection.clusters.iter().all(|c| !c.is_small), "all of a baseline is normal");
    }
}

#[test]
fn foreign_and_other_settings_are_said() {
    let report = analyse(&capture(office(300, 77, 1)), Settings::default(), Some(good()));
    let used = report.detection.baseline.as_ref().unwrap();
    assert!(used.is_foreign && used.common_hosts == 0 && used.notes[0].contains("foreign"));
    assert!(report.summary.verdict.ends_with("The baseline is foreign: it is of another network."));
    let other = Settings::from_pairs([("idle-timeout", "30")]).unwrap();
    let report = analyse(&capture(office(300, 0, 1)), other, Some(good()));
    let notes = report.detection.baseline.unwrap().notes;
    assert_eq!(notes, ["The baseline was made with idle-timeout 120, this run has 30."]);
}

#[test]
fn an_empty_capture_is_no_baseline() {
    for flows in [0, 4] {
        let report = analyse(&capture(office(flows, 0, 1)), Settings::default(), None);
        let error = pipeline::learn_baseline(&report).unwrap_err().to_string();
        assert!(error.contains("too few to say what is normal"), "{error}");
    }
}

#[test]
fn the_command_saves_uses_and_refuses() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (clean, day, kept) = (path("clean.pcap"), path("day.pcap"), path("clean.json"));
    fs::write(&clean, capture(office(400, 0, 1))).unwrap();
    fs::write(&day, capture([office(400, 0, 2), intrusion()].concat())).unwrap();
    let run = |args: &[&str]| Command::cargo_bin("wiresift").unwrap().args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();

    let saved = run(&["analyze", "-q", "-r", &clean, "--save-baseline", &kept]);
    assert_eq!(saved.status.code(), Some(0), "{}", text(&saved.stderr));
    let baseline = Baseline::from_json(&fs::read(&kept).unwrap()).unwrap();
    assert_eq!(baseline.captures, ["clean.pcap"]);
    assert_eq!(run(&["analyze", "-q", "-r", &clean, "--save-baseline", &kept]).status.code(), Some(1), "it is there");
    assert_eq!(run(&["analyze", "-q", "-r", &clean, "--save-baseline", "-"]).status.code(), Some(2));

    let used = text(&run(&["analyze", "-q", "-r", &day, "--baseline", &kept]).stdout);
    for words in [
        "Baseline    clean.pcap (400 rows",
        "New         1 host of 15",
        "1 service of 3",
        "1 new host beside the baseline: 10.0.0.99",
    ] {
        assert!(used.contains(words), "{words} in\n{used}");
    }
    let json: Value =
        serde_json::from_slice(&run(&["analyze", "-q", "-r", &day, "--baseline", &kept, "-T", "json"]).stdout).unwrap();
    assert_eq!(json["detection"]["baseline"]["new"][0]["listed"][0]["name"], "10.0.0.99");

    fs::write(path("empty.json"), "{}").unwrap();
    for (file, words) in
        [(path("empty.json"), "no baseline"), (day.clone(), "no baseline"), (path("none.json"), "No such file")]
    {
        let refused = run(&["flows", "-q", "-r", &day, "--baseline", &file]);
        assert!(refused.status.code() == Some(1) && text(&refused.stderr).contains(words), "{}", text(&refused.stderr));
    }
    fs::write(path("four.pcap"), capture(office(4, 0, 1))).unwrap();
    let few = run(&["analyze", "-q", "-r", &path("four.pcap"), "--save-baseline", &path("four.json")]);
    assert!(
        few.status.code() == Some(1) && text(&few.stderr).contains("too few") && !dir.path().join("four.json").exists()
    );
}

#[test]
fn with_the_benign_twin_the_composed_days_are_ranked() {
    let Some(folder) = corpus::folder() else { return };
    let mixed = folder.join("mixed");
    let read = |name: &str| fs::read(mixed.join(name)).unwrap();
    let twin = pipeline::learn_baseline(&analyse(&read("dm0_office_clean.pcap"), Settings::default(), None)).unwrap();
    let own = benign_part(&read("dm2_ad_day.pcap"), &String::from_utf8(read("dm2_ad_day.packets.csv")).unwrap());
    let lab = pipeline::learn_baseline(&analyse(&own, Settings::default(), None)).unwrap();
    for (name, baseline) in [("dm1_office_hour", &twin), ("dm2_ad_day", &lab), ("dm3_stealth", &twin)] {
        let report = analyse(&read(&format!("{name}.pcap")), Settings::default(), Some(baseline.clone()));
        let file = format!("{name}.flows.tsv");
        let labels = wiresift::enrich::labels::Labels::read(&file, &read(&file), &[]).unwrap();
        let evaluation = wiresift::enrich::labels::evaluate(&report, &[labels]);
        let area = evaluation.roc.area.unwrap();
        println!("{name}: ROC-AUC {area:.4}, average precision {:.4}", evaluation.precision_recall.area.unwrap());
        assert!(area >= 0.98, "{name}: {area}");
    }
}

/// A capture without the packets whose label names an attack.
fn benign_part(pcap: &[u8], labels: &str) -> Vec<u8> {
    let is_benign: std::collections::HashMap<usize, bool> = labels
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .map(|cells| (cells[0].parse().unwrap(), cells[1].is_empty()))
        .collect();
    let mut out = pcap[..24].to_vec();
    let (mut at, mut number) = (24, 0);
    while at + 16 <= pcap.len() {
        let length = 16 + u32::from_le_bytes(pcap[at + 8..at + 12].try_into().unwrap()) as usize;
        number += 1;
        if is_benign.get(&number).copied().unwrap_or(true) {
            out.extend_from_slice(&pcap[at..at + length]);
        }
        at += length;
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_a_file_holds_it_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Baseline::from_json(&bytes);
    }

    #[test]
    fn a_changed_file_is_refused_or_scores(at in 0usize..200_000, byte in any::<u8>()) {
        static FILE: std::sync::LazyLock<(Vec<u8>, Vec<u8>)> =
            std::sync::LazyLock::new(|| (good().to_json().unwrap(), capture(office(40, 0, 2))));
        let mut changed = FILE.0.clone();
        let place = at % changed.len();
        changed[place] = byte;
        if let Ok(baseline) = Baseline::from_json(&changed) {
            let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
            if analyzer.use_baseline(baseline).is_ok() {
                analyzer.push(&FILE.1);
                if let Ok(report) = analyzer.finish() {
                    prop_assert!(report.flows.iter().all(|f| f.verdict.score.is_finite()));
                }
            }
        }
    }
}
