//! Labels of every kind held against captures made here: who is meant, what is measured, what a file that is none says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::fs;

use crate::generators::{corpus, office};
use assert_cmd::Command;
use proptest::prelude::*;
use serde_json::Value;
use wiresift::enrich::labels::{Labels, Role, evaluate};
use wiresift::pipeline::Analyzer;
use wiresift::report::{Evaluation, Report};
use wiresift::settings::Settings;

/// 60 usual flows, and one upload from 10.0.0.14:51515 to 203.0.113.9:4444 whose first packet is not the capture's.
fn report(pairs: &[(&str, &str)]) -> Report {
    let mut analyzer = Analyzer::new(Settings::from_pairs(pairs.iter().copied()).unwrap(), [1, 2]).unwrap();
    analyzer.push(&office::capture(60));
    analyzer.finish().unwrap()
}

fn measured(report: &Report, text: &str) -> Evaluation {
    evaluate(report, &[Labels::read("labels.csv", text.as_bytes(), &[]).unwrap()])
}

const UPLOAD: &str = "203.0.113.9";

#[test]
fn every_kind_of_label_finds_the_upload() {
    let report = report(&[]);
    let upload = report.flows.iter().find(|f| f.resp_addr.to_string() == UPLOAD).unwrap();
    let first = upload.first_ts.epoch_seconds();
    let files = [
        (
            "flows",
            "Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Label\nx,203.0.113.9,4444,10.0.0.14,51515,6,4/3/2024 8:00,Infiltration\n".to_owned(),
        ),
        ("flows", "proto,src,sport,dst,dport,label\nTCP,10.0.0.14,51515,203.0.113.9,4444,exfil\n".into()),
        ("flows", "flow_id\tlabel\n203.0.113.9-10.0.0.14-4444-51515-6\tbot\n".into()),
        ("ranges", "address;label\n203.0.113.9;c2\n".into()),
        ("ranges", format!("start,end,address,label\n{first},{first},203.0.113.9,c2\n")),
        ("packets", format!("frame,class\n{},x\n", upload.first_packet)),
    ];
    for (kind, text) in files {
        let e = measured(&report, &text);
        assert_eq!((e.rows, e.attacks, e.is_rest_benign, e.labels[0].kind.as_str()), (61, 1, true, kind), "{text}");
        assert_eq!((e.labels[0].lines, e.labels[0].unmatched), (1, 0), "{text}");
        assert!(e.roc.area.unwrap() > 0.98 && e.classes.len() == 1, "{text}: {:?}", e.roc.area);
    }
}

#[test]
fn a_range_at_another_time_and_another_port_match_nothing() {
    let report = report(&[]);
    for text in [
        "start,end,address,label\n1,2,203.0.113.9,c2\n",
        "proto,src,sport,dst,dport,label\nTCP,10.0.0.14,51515,203.0.113.9,4445,exfil\n",
        "proto,src,sport,dst,dport,start,end,label\nTCP,10.0.0.14,51515,203.0.113.9,4444,1,2,exfil\n",
    ] {
        let e = measured(&report, text);
        assert_eq!((e.attacks, e.labels[0].unmatched, e.roc.area), (0, 1, None), "{text}");
    }
}

#[test]
fn who_lists_benign_rows_lists_all() {
    let report = report(&[]);
    let e = measured(
        &report,
        "proto,src,sport,dst,dport,label\n6,10.0.0.14,51515,203.0.113.9,4444,exfil\n17,10.0.0.10,40000,10.0.0.1,53,BENIGN\n17,10.0.0.12,40002,10.0.0.1,53,?\n17,10.9.9.9,1,10.0.0.1,53,BENIGN\n",
    );
    assert_eq!((e.rows, e.attacks, e.unlabelled, e.left_out, e.is_rest_benign), (2, 1, 58, 1, false));
    assert_eq!((e.labels[0].unmatched, e.roc.area), (1, Some(1.0)));
    assert_eq!(e.confusion.true_positives + e.confusion.false_negatives, 1);
}

#[test]
fn packets_and_hosts_are_rows_too() {
    let packets = report(&[("unit", "packet")]);
    let attack: Vec<String> = packets
        .packets
        .iter()
        .filter(|p| [p.src, p.dst].iter().any(|a| a.to_string() == UPLOAD))
        .map(|p| format!("{},upload\n", p.number))
        .collect();
    let e = measured(&packets, &format!("frame,class\n{}999999,upload\n", attack.concat()));
    assert_eq!((e.attacks, e.labels[0].unmatched, e.unit.as_str()), (200, 1, "packet"));
    let everything = measured(&packets, "frame,class\n*,flood\n");
    assert_eq!((everything.attacks, everything.rows), (everything.rows, packets.packets.len() as u64));
    let hosts = report(&[("unit", "host")]);
    let e = measured(&hosts, "ip,label\n203.0.113.9,c2\n");
    // Eight are too few to be scored.
    assert_eq!((e.rows, e.unscored, e.labels[0].unmatched, e.unit.as_str()), (0, 8, 0, "host"));
}

#[test]
fn columns_are_mapped_by_hand() {
    let report = report(&[]);
    let map = [("wer".to_owned(), Role::Address), ("was".to_owned(), Role::Label)];
    let labels = Labels::read("x.csv", b"wer,was\n203.0.113.9,c2\n", &map).unwrap();
    assert_eq!(labels.file().columns, ["wer = address", "was = label"]);
    assert_eq!(evaluate(&report, &[labels]).attacks, 1);
}

#[test]
fn the_command_measures_and_draws() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("a.pcap"), office::capture(60)).unwrap();
    fs::write(path("labels.csv"), "ip,label,zone\n203.0.113.9,c2,\nx,c2,\n").unwrap();
    let run = |args: &[&str]| {
        let base = ["evaluate", "-r", &path("a.pcap")];
        Command::cargo_bin("wiresift").unwrap().args(base).args(args).output().unwrap()
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let labels = path("labels.csv");
    let done = run(&["--labels", &labels, "-o", &path("pictures")]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let said = text(&done.stdout);
    for words in [
        "labels.csv: 1 lines about ranges, 0 of them match nothing",
        "61 flows are labelled and scored, 1 of them attacks",
        "ROC-AUC",
        "c2",
    ] {
        assert!(said.contains(words), "{words} in\n{said}");
    }
    assert!(text(&done.stderr).contains("an address that is none"));
    for name in ["confusion_matrix", "roc_curve", "precision_recall_curve"] {
        assert!(fs::read(path(&format!("pictures/{name}.png"))).unwrap().starts_with(b"\x89PNG"));
        assert!(fs::read_to_string(path(&format!("pictures/{name}.svg"))).unwrap().contains("</svg>"));
    }
    let json: Value = serde_json::from_slice(&run(&["--labels", &labels, "-q", "-T", "json"]).stdout).unwrap();
    assert_eq!((json["attacks"].as_u64(), json["classes"][0]["name"].as_str()), (Some(1), Some("c2")));
    let mapped = run(&["--labels", &labels, "-q", "--label-map", "zone=class", "--label-map", "ip=address"]);
    assert_eq!(mapped.status.code(), Some(0), "{}", text(&mapped.stderr));
    for wrong in [vec!["--labels", &labels, "--label-map", "ip=who"], vec![]] {
        assert_eq!(run(&wrong).status.code(), Some(2), "{wrong:?}");
    }
    let none = run(&["--labels", &path("a.pcap")]);
    assert!(none.status.code() == Some(1) && text(&none.stderr).contains("names no columns of labels"));
}

#[test]
fn labels_of_composed_days_say_what_their_makers_counted() {
    let Some(folder) = corpus::folder() else { return };
    let read = |name: &str| fs::read(folder.join("mixed").join(name)).unwrap();
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.push(&read("dm3_stealth.pcap"));
    let report = analyzer.finish().unwrap();
    let labels = Labels::read("dm3", &read("dm3_stealth.flows.tsv"), &[]).unwrap();
    let e = evaluate(&report, &[labels]);
    assert_eq!((e.labels[0].lines, e.labels[0].faults.len(), e.is_rest_benign), (1364, 0, false));
    let rows = |name: &str| e.classes.iter().find(|c| c.name == name).map_or(0, |c| c.rows);
    assert_eq!((rows("worm"), rows("icmp_tunnel"), rows("dns_tunnel")), (10, 1, 1));
    assert!(e.roc.area.unwrap() > 0.9 && e.labels[0].unmatched < 20, "{:?} {:?}", e.roc.area, e.labels[0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_a_label_file_holds_it_is_read_or_refused(
        head in prop_oneof![Just("frame,class"), Just("proto,src,sport,dst,dport,start,label"), Just("ip;label;start;end"), Just("")],
        body in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        static REPORT: std::sync::LazyLock<Report> = std::sync::LazyLock::new(|| report(&[]));
        let bytes = [head.as_bytes(), b"\n", &body].concat();
        if let Ok(labels) = Labels::read("x", &bytes, &[]) {
            let e = evaluate(&REPORT, &[labels]);
            prop_assert_eq!(e.rows + e.unlabelled + e.left_out + e.unscored, REPORT.rows() as u64);
            prop_assert!(e.roc.area.is_none_or(|area| (0.0..=1.0).contains(&area)));
        }
    }
}
