//! Packets written as a capture of their own: byte-identical, at the nanosecond, of their link types; and as lists.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::generators::pcapng::{Pcapng, SECRETS};
use crate::generators::{frames, office, pcap};
use serde_json::Value;
use tempfile::TempDir;
use wiresift::capture::{Limits, Reader};
use wiresift::export::{PacketBlock, PcapngWriter, Source};
use wiresift::settings::Settings;
use wiresift::units::Timestamp;

/// Time, length on the wire, link type and bytes.
type Frame = (i64, u32, u16, Vec<u8>);

fn frames(file: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut reader = Reader::new(1, Limits::of(&Settings::default()));
    reader.push(file, &mut |f| frames.push((f.ts.0, f.original_len, f.link_type.0, f.data.to_vec())));
    assert_eq!(reader.finish().outcome.reason, None);
    frames
}

fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"));
    command.arg("extract").args(args).current_dir(dir).output().unwrap()
}

/// Runs and expects success; what it wrote to standard output.
fn extract(dir: &Path, args: &[&str]) -> Vec<u8> {
    let output = run(dir, args);
    assert_eq!(output.status.code(), Some(0), "{args:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A tool of Wireshark, if it is installed.
fn peer(name: &str) -> Option<Command> {
    let is_there = Command::new(name).arg("-v").output().is_ok();
    if !is_there {
        eprintln!("SKIPPED: {name} is not installed");
    }
    is_there.then(|| Command::new(name))
}

/// Two interfaces of different link types, times to the nanosecond and before 1970, cut packets, secrets.
fn mixed() -> Vec<u8> {
    let mut file = Pcapng::new(true);
    let before_1970 = (-1_000_000_000i64).to_be_bytes();
    file.interface(1, 65_535, &[(9, &[9])]);
    file.interface(101, 96, &[(9, &[9]), (14, &before_1970)]);
    file.block(SECRETS, b"TLSK\0\0\0\x12CLIENT_RANDOM 0001");
    for i in 0..40u64 {
        let frame = frames::udp_frame(2 + (i % 5) as u8, 40 + i as usize);
        let ts = 999_999_000_000_000 + i * 1_000_000_007;
        if i % 3 == 0 {
            let bytes = &frame[14..14 + 60];
            file.packet_claiming(1, ts, bytes.len() as u32, frame.len() as u32 - 14, bytes);
        } else {
            file.packet(0, ts, &frame);
        }
    }
    file.bytes
}

struct Captures {
    dir: TempDir,
}

impl Captures {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("office.pcap"), office::capture(200)).unwrap();
        fs::write(dir.path().join("mixed.pcapng"), mixed()).unwrap();
        let style =
            pcap::Style { magic: pcap::NANOSECONDS, big_endian: true, link_type: 101, ..pcap::Style::default() };
        fs::write(dir.path().join("raw.pcap"), pcap::udp_file(style, 30).bytes).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn frames(&self, name: &str) -> Vec<Frame> {
        frames(&fs::read(self.path(name)).unwrap())
    }
}

#[test]
fn g5_every_packet_comes_back_as_it_was() {
    let captures = Captures::new();
    // in order of time: before 1970, 1970, 2024
    let mut all = Vec::new();
    for name in ["mixed.pcapng", "raw.pcap", "office.pcap"] {
        all.extend(captures.frames(name));
    }
    for unit in ["flow", "packet"] {
        let args = ["office.pcap", "raw.pcap", "mixed.pcapng", "--filter", "", "-w", "-", "-q", "--unit", unit];
        let written = extract(captures.dir.path(), &args);
        assert!(frames(&written) == all, "unit {unit}");
        assert!(!written.windows(13).any(|w| w == b"CLIENT_RANDOM"), "secrets were written");
        assert_eq!(written, extract(captures.dir.path(), &args));
        agrees_with_peers(&written, &all, captures.dir.path());
    }
}

/// capinfos counts the packets, and tshark gives their times, lengths, link types and bytes.
fn agrees_with_peers(written: &[u8], all: &[Frame], dir: &Path) {
    let file = dir.join("written.pcapng");
    fs::write(&file, written).unwrap();
    if let Some(mut capinfos) = peer("capinfos") {
        let output = capinfos.args(["-Mcrd"]).arg(&file).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.lines().any(|l| l.starts_with("Number of packets:") && l.ends_with(&format!(" {}", all.len()))));
    }
    let Some(mut tshark) = peer("tshark") else { return };
    let fields = ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.encap_type"];
    let columns = fields.iter().flat_map(|f| ["-e", f]);
    let output = tshark.args(["-n", "-T", "fields"]).args(columns).arg("-r").arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), all.len());
    for (line, (ts, original, link, data)) in text.lines().zip(all) {
        // its numbers of link types: 1 is Ethernet, 7 raw IP; and -0.5 s is written as -1.5 or 0.5 by some versions
        let link = if *link == 1 { 1 } else { 7 };
        let rest = format!("{original}\t{}\t{link}", data.len());
        assert!(line.ends_with(&rest), "{line}: expected {rest}");
        if *ts >= 0 {
            assert!(line.starts_with(&Timestamp(*ts).epoch_seconds()), "{line}: expected {ts}");
        }
    }
}

#[test]
fn the_finding_of_a_rule_has_the_same_packets_whatever_the_rows_are() {
    let dir = tempfile::tempdir().unwrap();
    let wiresift = |args: &[&str]| {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"));
        let output = command.args(args).current_dir(dir.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}\n{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    wiresift(&["synth", "--packets", "8000", "--seed", "5", "-w", "demo.pcap"]);
    let findings = |unit: &str| -> Vec<Value> {
        let report = wiresift(&["analyze", "-q", "-r", "demo.pcap", "-T", "json", "--unit", unit]);
        let report: Value = serde_json::from_slice(&report).unwrap();
        report["findings"].as_array().unwrap().iter().filter(|f| !f["technique"].is_null()).cloned().collect()
    };
    let packets = |unit: &str, finding: &Value| -> Vec<Frame> {
        let id = finding["id"].as_str().unwrap();
        frames(&extract(dir.path(), &["demo.pcap", "-q", "--unit", unit, "--finding", id, "-w", "-"]))
    };
    let of_packets = findings("packet");
    let mut compared = 0;
    for finding in findings("flow") {
        let is_it = |other: &&Value| ["kind", "actors", "targets"].iter().all(|name| other[name] == finding[name]);
        let other = of_packets.iter().find(is_it).unwrap_or_else(|| panic!("no {finding}"));
        let all = packets("flow", &finding);
        assert!(!all.is_empty() && all == packets("packet", other), "{finding}");
        assert_eq!(other["rows"].as_u64().unwrap(), all.len() as u64);
        compared += 1;
    }
    assert!(compared >= 3, "{compared} findings");
}

#[test]
fn g5_comments_are_carried_whole_and_only_when_given() {
    let write = |comment| {
        let mut writer = PcapngWriter::begin(Vec::new(), None).unwrap();
        let source = Source { file: 0, interface: 0, link_type: 1, snaplen: 0, name: Some("eth0") };
        let data = &frames::udp_frame(3, 10);
        let packet = PacketBlock { source, ts: Timestamp(1), original_len: 52, data, comment };
        writer.packet(&packet).unwrap();
        std::mem::take(writer.get_mut())
    };
    assert!(write(Some(b"odd".as_slice())).windows(3).any(|w| w == b"odd"));
    let Some(mut tshark) = peer("tshark") else { return };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("comment.pcapng");
    fs::write(&file, write(Some("seen at 5 o'clock ✓".as_bytes()))).unwrap();
    let fields = ["-T", "fields", "-e", "frame.comment", "-e", "frame.interface_name"];
    let output = tshark.args(["-n", "-r"]).arg(&file).args(fields).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "seen at 5 o'clock ✓\teth0\n");
    fs::write(&file, write(None)).unwrap();
    let output = Command::new("tshark").args(["-n", "-r"]).arg(&file).args(fields).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "\teth0\n");
}

#[test]
fn flows_and_findings_are_the_packets_of_their_rows() {
    let captures = Captures::new();
    let dir = captures.dir.path();
    // Every flow is a run of its own.
    fs::write(captures.path("little.pcap"), office::capture(40)).unwrap();
    let report = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"))
        .args(["analyze", "-T", "json", "little.pcap", "--threshold", "0.1"])
        .current_dir(dir)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let finding = &report["findings"][0];
    let written = extract(dir, &["little.pcap", "--threshold", "0.1", "--finding", "F1", "-w", "-", "-q"]);
    assert_eq!(frames(&written).len() as u64, finding["packets"].as_u64().unwrap());

    let table = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"))
        .args(["flows", "-T", "ndjson", "little.pcap"])
        .current_dir(dir)
        .output()
        .unwrap();
    let mut union = Vec::new();
    for line in String::from_utf8(table.stdout).unwrap().lines() {
        let flow: Value = serde_json::from_str(line).unwrap();
        let written = extract(dir, &["little.pcap", "--flow", flow["uid"].as_str().unwrap(), "-w", "-", "-q"]);
        let packets = frames(&written);
        let stated = flow["orig_pkts"].as_u64().unwrap() + flow["resp_pkts"].as_u64().unwrap();
        assert_eq!(packets.len() as u64, stated);
        union.extend(packets);
    }
    let mut all = captures.frames("little.pcap");
    union.sort();
    all.sort();
    assert!(union == all, "every packet is of one flow");
}

#[test]
fn packets_are_listed_for_people_and_for_machines() {
    let captures = Captures::new();
    let dir = captures.dir.path();
    let args = ["raw.pcap", "mixed.pcapng", "--filter", "10.0.0.3", "--limit", "3"];
    let output = run(dir, &args);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("Packet 2  1970-01-12T13:46:40.000000007Z"), "{text}");
    assert!(text.contains("  udp  10.0.0.3:1003 -> 10.0.0.1:53  83 bytes\n"), "{text}");
    assert!(text.contains("\n  file      mixed.pcapng, byte "), "{text}");
    assert!(
        text.contains("\n  00000000  02 00 00 00 00 02 02 00  00 00 00 01 08 00 45 00  |..............E.|\n"),
        "{text}"
    );
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("3 of 13 packets are listed; "));

    let lines = extract(dir, &[&args[..], &["-T", "ndjson", "--bytes", "2"]].concat());
    let lines: Vec<Value> = lines.split(|b| *b == b'\n').filter_map(|l| serde_json::from_slice(l).ok()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[0]["number"], &lines[0]["bytes"]), (&2.into(), &"0200".into()));
    assert_eq!((&lines[0]["src"], &lines[0]["dst_port"]), (&"10.0.0.3".into(), &53.into()));
    assert!(lines[0]["layers"].as_array().is_some_and(|l| !l.is_empty()));
}

#[test]
fn nothing_selected_is_an_empty_capture_and_an_empty_list() {
    let captures = Captures::new();
    let dir = captures.dir.path();
    assert_eq!(extract(dir, &["office.pcap", "--filter", "port:1"]), b"");
    assert_eq!(frames(&extract(dir, &["office.pcap", "--filter", "port:1", "-w", "-"])), Vec::new());
}

#[test]
fn unknown_names_are_refused_with_what_lists_them() {
    let captures = Captures::new();
    for (args, advice) in [
        (["office.pcap", "--finding", "F99"], "`wiresift analyze -r FILE` lists them"),
        (["office.pcap", "--flow", "Cnone"], "`wiresift flows -r FILE` lists them"),
    ] {
        let output = run(captures.dir.path(), &args);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(advice));
    }
}

/// Every corpus capture of a modest size: all tracked packets come back.
#[test]
fn real_captures_come_back_as_they_were() {
    let Some(root) = crate::generators::corpus::folder() else { return };
    let table = fs::read_to_string(root.join("EXPECTED.tsv")).unwrap();
    let paths = table.lines().skip(1).filter_map(|l| l.split('\t').next()).map(|p| root.join(p));
    let mut tried = 0;
    for path in paths.filter(|p| fs::metadata(p).is_ok_and(|m| m.len() < 300_000)) {
        let bytes = fs::read(&path).unwrap();
        tried += u64::from(comes_back(&bytes, &path));
    }
    eprintln!("{tried} captures extracted");
    assert!(tried > 500);
}

fn comes_back(bytes: &[u8], path: &Path) -> bool {
    use wiresift::packet::Decoder;
    use wiresift::pipeline::Analyzer;
    use wiresift::retrieve::{Options, Retrieval};
    let settings = Settings::default();
    let mut analyzer = Analyzer::new(settings.clone(), [1, 2]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(bytes);
    let report = analyzer.finish().unwrap();
    let (mut tracked, mut odd, mut decoder) = (Vec::new(), Default::default(), Decoder::default());
    let mut reader = Reader::new(1, Limits::of(&settings));
    reader.push(bytes, &mut |f| {
        if decoder.decode(f, &mut odd).is_ok() {
            tracked.push((f.ts.0, f.original_len, f.link_type.0, f.data.to_vec()));
        }
    });
    let rows: Vec<u32> = (0..report.flows.len() as u32).collect();
    let options = Options { pcapng: true, ..Options::default() };
    let mut retrieval = Retrieval::new(&report, &rows, options).unwrap();
    let mut written = retrieval.take_pcapng();
    retrieval.check_file(0, bytes.len() as u64).unwrap();
    while let Some(wanted) = retrieval.wanted() {
        let given = retrieval.give(&bytes[wanted.start as usize..wanted.end as usize]);
        assert!(given.is_ok(), "{}: {given:?}", path.display());
        written.extend(retrieval.take_pcapng());
    }
    let found = retrieval.finish();
    assert_eq!(found.as_ref().map(|f| f.packets).ok(), Some(tracked.len() as u64), "{}: {found:?}", path.display());
    assert!(frames(&written) == tracked, "{}", path.display());
    true
}
