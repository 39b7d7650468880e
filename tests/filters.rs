//! Filters for other tools, against these tools: what Wireshark shows and libpcap captures are the packets of the
//! selected flows. Says so when a tool is missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::cast_possible_truncation)]

mod bpf;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use wiresift::chunked::Chunked;
use wiresift::filter::Filter;
use wiresift::filter::export::{Export, bpf, bpf_of, display_filter, display_filter_of};
use wiresift::pipeline::Analyzer;
use wiresift::report::{FlowRecord, PacketRecord, Report};
use wiresift::settings::Settings;
use wiresift::synth;

/// A day of everything the generator has, small enough for dozens of runs of another tool.
fn capture() -> Vec<u8> {
    let mut bytes = Vec::new();
    synth::write(&synth::Config { packets: 6000, ..synth::Config::default() }, &mut bytes, None).unwrap();
    bytes
}

fn analyze(bytes: &[u8], unit: &str) -> Report {
    let mut analyzer = Analyzer::new(Settings::from_pairs([("unit", unit)]).unwrap(), [3, 5]).unwrap();
    analyzer.begin_file("capture.pcap");
    analyzer.push(bytes);
    analyzer.finish().unwrap()
}

/// What is selected: a name for messages, the rows, and the filter that selected them.
struct Case {
    name: String,
    rows: Vec<u32>,
    filter: Option<Filter>,
}

fn cases(report: &Report) -> Vec<Case> {
    const FILTERS: [&str; 18] = [
        "anomalous",
        "port 53",
        "tcp and not port 443",
        "net 10/8 and (port in {22, 80-90} or icmp)",
        "service tls",
        "service dns and score > 0.2",
        "state S0",
        "state REJ and dport < 1024",
        "icmp",
        "arp",
        "proto udp and bytes > 1k",
        "not tcp",
        "severity >= high",
        "duration > 60",
        "orig_pkts 1 resp_pkts 0",
        "src 10/8",
        "number 1-200",
        "score < 0",
    ];
    let mut cases: Vec<Case> = FILTERS
        .iter()
        .map(|text| {
            let filter = Filter::parse(text).unwrap();
            Case { name: (*text).to_owned(), rows: filter.selects(report), filter: Some(filter) }
        })
        .collect();
    let plain = |name: String, rows: Vec<u32>| Case { name, rows, filter: None };
    cases.extend(report.findings.iter().take(8).map(|f| plain(format!("finding {}", f.id), f.members.clone())));
    let n = report.flows.len() as u32;
    cases.extend([0, 1, n / 3, n / 2, n - 1].map(|row| plain(format!("flow {row}"), vec![row])));
    cases.push(plain("every 97th flow".into(), (0..n).step_by(97).collect()));
    cases.push(plain("every 400th flow".into(), (0..n).step_by(400).collect()));
    cases.push(plain("all flows".into(), (0..n).collect()));
    cases
}

fn is_of(flow: &FlowRecord, p: &PacketRecord) -> bool {
    let ends = |a, ap: u16, b, bp: u16| ((a, ap), (b, bp));
    let forth = ends(flow.orig_addr, flow.orig_port, flow.resp_addr, flow.resp_port);
    let this = ends(p.src, p.src_port.unwrap_or(0), p.dst, p.dst_port.unwrap_or(0));
    flow.proto == p.proto
        && (flow.first_packet..=flow.last_packet).contains(&p.number)
        && (this == forth || (this.1, this.0) == forth)
}

/// The numbers of the packets of some flows.
fn packets_of(report: &Report, rows: &[u32], packets: &Chunked<PacketRecord>) -> BTreeSet<u64> {
    let flows: Vec<&FlowRecord> = rows.iter().map(|row| &report.flows[*row as usize]).collect();
    let mut numbers = BTreeSet::new();
    for p in packets {
        if flows.iter().any(|f| is_of(f, p)) {
            numbers.insert(p.number);
        }
    }
    let expected: u64 = flows.iter().map(|f| f.packets()).sum();
    assert_eq!(numbers.len() as u64, expected, "packets of {} flows", rows.len());
    numbers
}

fn is_there(tool: &str) -> bool {
    let is_there = Command::new(tool).arg("-v").output().is_ok_and(|o| o.status.success());
    if !is_there {
        eprintln!("SKIPPED: no {tool}");
    }
    is_there
}

fn shown_by_tshark(file: &Path, filter: &str) -> BTreeSet<u64> {
    let args = ["-n", "-T", "fields", "-e", "frame.number", "-Y", filter, "-r"];
    let output = Command::new("tshark").args(args).arg(file).output().unwrap();
    assert!(output.status.success(), "{filter}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|n| n.parse().unwrap()).collect()
}

/// Exports match what they say: exactly the packets, or more where they are wider.
fn check(case: &Case, export: &Export, expected: &BTreeSet<u64>, found: &BTreeSet<u64>) {
    let missing: Vec<_> = expected.difference(found).take(5).collect();
    assert!(missing.is_empty(), "{}: `{}` misses {missing:?}", case.name, export.text);
    let more: Vec<_> = found.difference(expected).take(5).collect();
    assert_eq!(more.is_empty(), !export.is_wider, "{}: `{}` has {more:?} too", case.name, export.text);
}

#[test]
fn wireshark_shows_the_packets_of_the_selected_flows() {
    if !is_there("tshark") {
        return;
    }
    let bytes = capture();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture.pcap");
    std::fs::write(&file, &bytes).unwrap();
    let (report, packets) = (analyze(&bytes, "flow"), analyze(&bytes, "packet").packets);
    let mut exact = 0;
    for case in cases(&report) {
        let expected = packets_of(&report, &case.rows, &packets);
        let mut exports = vec![display_filter(&report, &case.rows)];
        exports.extend(case.filter.as_ref().map(|f| display_filter_of(&report, f, &case.rows)));
        exports.dedup();
        for export in exports {
            check(&case, &export, &expected, &shown_by_tshark(&file, &export.text));
            exact += u32::from(!export.is_wider);
        }
    }
    eprintln!("{exact} display filters are exact");
    assert!(exact >= 15);
}

#[test]
fn libpcap_captures_the_packets_of_the_selected_flows() {
    if !is_there("dumpcap") || bpf::compile("tcp").is_none() {
        eprintln!("SKIPPED: dumpcap compiles no filters here");
        return;
    }
    let bytes = capture();
    let (report, packets) = (analyze(&bytes, "flow"), analyze(&bytes, "packet").packets);
    let frames = bpf::frames(&bytes);
    let mut exact = 0;
    for case in cases(&report) {
        let expected = packets_of(&report, &case.rows, &packets);
        let mut exports = vec![bpf(&report, &case.rows)];
        exports.extend(case.filter.as_ref().map(|f| bpf_of(&report, f, &case.rows)));
        exports.dedup();
        for export in exports {
            let program = bpf::compile(&export.text).unwrap_or_else(|| panic!("{}: `{}`", case.name, export.text));
            let captured = frames.iter().zip(1..).filter(|(f, _)| bpf::accepts(&program, f)).map(|(_, n)| n).collect();
            check(&case, &export, &expected, &captured);
            exact += u32::from(!export.is_wider);
        }
    }
    eprintln!("{exact} capture filters are exact");
    assert!(exact >= 15);
}
