//! Generated captures against the figures that capinfos and tshark give for them (`scripts/golden` writes those).

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use wiresift::pipeline::Analyzer;
use wiresift::report::{FlowRecord, Proto, Report};
use wiresift::settings::Settings;
use wiresift::synth;

type End = (IpAddr, u16);

/// Packets and bytes from the smaller end and from the larger end.
type Traffic = [u64; 4];

struct Capture {
    name: String,
    config: synth::Config,
}

fn golden(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}; run scripts/golden", path.display()))
}

fn captures() -> Vec<Capture> {
    let text = golden("captures.tsv");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let [name, packets, seed, format] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let format = if format == "pcapng" { synth::Format::Pcapng } else { synth::Format::Pcap };
        let config = synth::Config { packets: packets.parse().unwrap(), seed: seed.parse().unwrap(), format };
        Capture { name: name.to_owned(), config }
    })
    .collect()
}

fn analyze(config: &synth::Config) -> Report {
    let mut bytes = Vec::new();
    synth::write(config, &mut bytes, None).unwrap();
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.begin_file("generated");
    bytes.chunks(65_536).for_each(|chunk| analyzer.push(chunk));
    analyzer.finish().unwrap()
}

fn proto_name(flow: &FlowRecord) -> Option<&'static str> {
    match flow.proto {
        Proto::TCP => Some("tcp"),
        Proto::UDP => Some("udp"),
        _ => None,
    }
}

/// Flows of the same ends added up: tshark's conversations know no timeout.
fn conversations(report: &Report) -> BTreeMap<(&'static str, End, End), Traffic> {
    let mut all = BTreeMap::new();
    for flow in &report.flows {
        let Some(proto) = proto_name(flow) else { continue };
        let orig = ((flow.orig_addr, flow.orig_port), flow.orig.packets, flow.orig.wire_bytes);
        let resp = ((flow.resp_addr, flow.resp_port), flow.resp.packets, flow.resp.wire_bytes);
        let (low, high) = if orig.0 <= resp.0 { (orig, resp) } else { (resp, orig) };
        let sum: &mut Traffic = all.entry((proto, low.0, high.0)).or_default();
        for (total, n) in sum.iter_mut().zip([low.1, low.2, high.1, high.2]) {
            *total += n;
        }
    }
    all
}

/// The report's figures under the names of `figures.tsv`.
fn figures(report: &Report) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([
        ("packets".to_owned(), report.ledger.packets.to_string()),
        ("bytes".to_owned(), report.ledger.bytes.to_string()),
        ("first_ts".to_owned(), report.summary.first_ts.unwrap().epoch_seconds()),
        ("last_ts".to_owned(), report.summary.last_ts.unwrap().epoch_seconds()),
    ]);
    for proto in ["tcp", "udp"] {
        let of_proto = conversations(report).into_iter().filter(|((name, ..), _)| *name == proto);
        let [n, packets, bytes] = of_proto
            .fold([0; 3], |[n, packets, bytes], (_, [pa, ba, pb, bb])| [n + 1, packets + pa + pb, bytes + ba + bb]);
        all.insert(format!("{proto}_conversations"), n.to_string());
        all.insert(format!("{proto}_packets"), packets.to_string());
        all.insert(format!("{proto}_bytes"), bytes.to_string());
    }
    all
}

/// capinfos cuts the zeros that end a fraction of a second; we write nine decimals.
fn same_number(ours: &str, theirs: &str) -> bool {
    let trimmed = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    ours == theirs || (ours.contains('.') && trimmed(ours) == trimmed(theirs))
}

#[test]
fn counts_bytes_and_times_are_those_of_capinfos_and_tshark() {
    for Capture { name, config } in captures() {
        let ours = figures(&analyze(&config));
        let expected = golden(&format!("{name}/figures.tsv"));
        assert_eq!(expected.lines().count(), ours.len(), "{name}: figures");
        for row in expected.lines() {
            let (key, theirs) = row.split_once('\t').unwrap();
            let found = ours.get(key).unwrap_or_else(|| panic!("{name}: no figure {key}"));
            assert!(same_number(found, theirs), "{name}: {key} is {found}, expected {theirs}");
        }
    }
}

#[test]
fn conversations_are_those_of_tshark() {
    for Capture { name, config } in captures() {
        let ours = conversations(&analyze(&config));
        for row in golden(&format!("{name}/conversations.tsv")).lines() {
            let cells: Vec<&str> = row.split('\t').collect();
            let [proto, a, a_port, b, b_port, ref counts @ ..] = cells[..] else { panic!("{name}: {row}") };
            let a: End = (a.parse().unwrap(), a_port.parse().unwrap());
            let b: End = (b.parse().unwrap(), b_port.parse().unwrap());
            let mut theirs: Traffic = [0; 4];
            theirs.iter_mut().zip(counts).for_each(|(n, text)| *n = text.parse().unwrap());
            if a > b {
                theirs.rotate_left(2);
            }
            let proto = if proto == "tcp" { "tcp" } else { "udp" };
            assert_eq!(ours.get(&(proto, a.min(b), a.max(b))), Some(&theirs), "{name}: {row}");
        }
    }
}
