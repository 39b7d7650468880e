//! Threat lists of every format against a capture that has what they list, and lists that want to do harm.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::fs;

use crate::generators::frames::{ACK, FIN, PSH, SYN, ethernet, ipv4, tcp_segment};
use crate::generators::office::{End, Timed, file, udp};
use crate::generators::talks::{self, Talk};
use proptest::prelude::*;
use wiresift::enrich::{SideFile, SideFiles, SideKind, ThreatList, identify};
use wiresift::export::{Exporter as _, ReportJson};
use wiresift::pipeline::{self, Analyzer};
use wiresift::report::{Finding, ListReport, Report, Severity};
use wiresift::settings::Settings;

const INSIDE: [u8; 4] = [10, 0, 0, 5];
const RESOLVER: [u8; 4] = [10, 0, 0, 1];
/// TLS with `Bad.Example` and its certificate, HTTP with `evil.example/a?b=c`, SSH.
const TLS: [u8; 4] = [203, 0, 113, 9];
const HTTP: [u8; 4] = [198, 51, 100, 7];
const SSH: [u8; 4] = [192, 0, 2, 22];
/// It knocks, and nobody answers.
const KNOCKER: [u8; 4] = [192, 0, 2, 66];

fn talk(at: u64, orig: End, resp: End, said: &Talk) -> Vec<Timed> {
    let segment = |at, from_orig: bool, flags, (seq, ack), payload: &[u8]| {
        let (src, dst) = if from_orig { (orig, resp) } else { (resp, orig) };
        let segment = tcp_segment((src.1, dst.1), flags, (seq, ack, 8_192), payload);
        (at, ethernet(0x0800, &ipv4(6, src.0, dst.0, &segment)))
    };
    let mut frames = vec![
        segment(at, true, SYN, (0, 0), b""),
        segment(at + 100, false, SYN | ACK, (0, 1), b""),
        segment(at + 200, true, ACK, (1, 1), b""),
    ];
    let (mut next, mut now) = ([1u32, 1], at + 300);
    for (from_orig, payload) in said {
        let (own, other) = (usize::from(!from_orig), usize::from(*from_orig));
        frames.push(segment(now, *from_orig, PSH | ACK, (next[own], next[other]), payload));
        next[own] += payload.len() as u32;
        now += 500;
    }
    frames.push(segment(now, true, FIN | ACK, (next[0], next[1]), b""));
    frames.push(segment(now + 100, false, FIN | ACK, (next[1], next[0] + 1), b""));
    frames
}

fn capture() -> Vec<u8> {
    let from = |port| (INSIDE, port);
    let mut frames = Vec::new();
    for (at, (is_tcp, labels)) in
        (0..).zip([(false, [&b"www"[..], b"evil", b"example"]), (false, [b"a", b"fine", b"test"])])
    {
        assert!(!is_tcp);
        let [(_, asked), (_, answer)] = &talks::dns(&labels)[..] else { unreachable!() };
        frames.push(udp(at * 10_000, from(50_000 + at as u16), (RESOLVER, 53), asked));
        frames.push(udp(at * 10_000 + 900, (RESOLVER, 53), from(50_000 + at as u16), answer));
    }
    frames.extend(talk(100_000, from(51_000), (TLS, 443), &talks::tls(b"Bad.Example", b"bad.example")));
    frames.extend(talk(200_000, from(51_001), (HTTP, 8080), &talks::http(b"evil.example:8080", b"agent")));
    frames.extend(talk(300_000, from(51_002), (SSH, 22), &talks::ssh(b"SSH-2.0-a", b"SSH-2.0-b")));
    for i in 0..3 {
        frames.push(crate::generators::office::tcp(
            400_000 + i,
            (KNOCKER, 4_000),
            (INSIDE, 1_000 + i as u16),
            SYN,
            b"",
        ));
    }
    frames.sort_by_key(|frame| frame.0);
    file(&frames)
}

fn list(text: &str) -> ThreatList {
    ThreatList::read("list", text.as_bytes()).unwrap()
}

fn files(texts: &[&str]) -> SideFiles {
    let mut files = SideFiles::default();
    for (i, text) in texts.iter().enumerate() {
        files.add(SideFile::read(SideKind::ThreatList, &format!("list {i}"), text.as_bytes()).unwrap());
    }
    files
}

fn analyzed(files: &SideFiles, settings: &[(&'static str, &'static str)]) -> Report {
    let mut analyzer = Analyzer::new(Settings::from_pairs(settings.iter().copied()).unwrap(), [1, 2]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(&capture());
    analyzer.finish_with(files).unwrap()
}

/// The findings of a list, and what the report says of it.
fn met(text: &str) -> (Vec<Finding>, ListReport) {
    let report = analyzed(&files(&[text]), &[]);
    let told = report.enrichment.unwrap().lists.remove(0);
    (report.findings.into_iter().filter(|finding| finding.kind.starts_with("listed")).collect(), told)
}

/// The one finding of a list: kind, severity, actor, and its evidence.
fn only(text: &str) -> (&'static str, Severity, String, String) {
    let (mut found, told) = met(text);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    assert_eq!((told.entries_met, told.faults.len()), (1, 0), "{text}: {told:?}");
    let finding = found.remove(0);
    (finding.kind, finding.severity, finding.actors[0].clone(), finding.evidence)
}

fn json(report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    ReportJson.export(report, &mut out).unwrap();
    out
}

#[test]
fn every_kind_of_entry_is_met() {
    use Severity::{High, Low, Medium};
    let (sha1, sha256) = {
        use sha1::Digest as _;
        let der = talks::certificate(b"bad.example");
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02X}")).collect::<String>();
        (hex(&sha1::Sha1::digest(&der)), hex(&sha2::Sha256::digest(&der)))
    };
    for (entry, kind, severity, actor, evidence) in [
        ("203.0.113.9", "listed_address", High, "10.0.0.5", "203.0.113.9 (line 1) in 1 flow."),
        ("203.0.113.0/24 # a net", "listed_address", High, "10.0.0.5", "of 203.0.113.0/24 (line 1, listed as a net)"),
        ("192.0.2.66", "listed_address", Low, "192.0.2.66", "192.0.2.66 (line 1) in 3 flows."),
        ("10.0.0.1", "listed_address", Medium, "10.0.0.5", "10.0.0.1 (line 1) in 2 flows."),
        ("bad.example", "listed_domain", High, "10.0.0.5", "bad.example (line 1) in 1 flow."),
        ("evil.example", "listed_domain", High, "10.0.0.5", "evil.example (line 1) in 2 flows."),
        ("www.evil.example", "listed_domain", Medium, "10.0.0.5", "www.evil.example (line 1) in 1 flow."),
        ("hxxp://evil[.]example/a?b=c", "listed_url", High, "10.0.0.5", "evil.example/a?b=c (line 1)"),
        ("https://bad.example/login", "listed_url", Low, "10.0.0.5", "bad.example, host of listed URLs"),
        ("t13d1516h2_8daaf6152771_e5627efa2ab1", "listed_fingerprint", Medium, "10.0.0.5", "JA4 t13d1516h2"),
        (sha1.as_str(), "listed_certificate", High, "10.0.0.5", "SHA-1 "),
        (sha256.as_str(), "listed_certificate", High, "10.0.0.5", "SHA-256 "),
    ] {
        let found = only(entry);
        assert_eq!((found.0, found.1, found.2.as_str()), (kind, severity, actor), "{entry}");
        assert!(found.3.contains(evidence), "{entry}: {}", found.3);
    }
    for entry in
        ["203.0.114.0/24", "example.org", "notevil.example", "http://evil.example/other", "ab".repeat(20).as_str()]
    {
        assert_eq!(met(entry).0, [], "{entry}");
    }
}

#[test]
fn lists_are_read_in_every_format() {
    let sslbl = "################\n# abuse.ch SSLBL Botnet C2 IP Blacklist (CSV) #\n# Firstseen,DstIP,DstPort\n\
                 2024-01-01 10:00:00,203.0.113.9,443\r\n# END 1 entries\n";
    let feodo = "# Feodo Tracker by abuse.ch\n\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\",\"malware\"\n\
                 \"2024-01-01 10:00:00\",\"203.0.113.9\",\"443\",\"online\",\"2024-01-02\",\"Dridex\"\n";
    let urlhaus = "# abuse.ch URLhaus\n# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\n\
                   \"1\",\"2024-01-01\",\"http://evil.example/a?b=c\",\"online\",\"\",\"malware_download\",\"elf\",\
                   \"https://urlhaus.abuse.ch/url/1/\",\"x\"\n";
    let zeek = "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\nbad.example\tIntel::DOMAIN\tus\tphish\n";
    let stix = r#"{"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "identity", "id": "identity--1", "name": "us"},
        {"type": "indicator", "id": "indicator--1", "name": "c2", "pattern_type": "stix", "pattern": "[ipv4-addr:value = '203.0.113.9']"}]}"#;
    let misp = r#"{"Event": {"info": "x", "Attribute": [
        {"uuid": "1", "type": "domain", "category": "Network activity", "value": "bad.example", "to_ids": true, "comment": "phish"}],
        "Object": [{"name": "o", "Attribute": []}]}}"#;
    for (text, format, note) in [
        ("203.0.113.9\t7\n", "csv", ""),
        ("# c\n;c\n\u{feff}203.0.113.9 ; SBL1\r\n", "plain", ""),
        ("203.0.113.9 ; SBL1\r\n", "plain", "SBL1"),
        ("127.0.0.1\tbad.example # ads\n", "hosts", ""),
        ("0.0.0.0 bad.example # ads\n", "hosts", "ads"),
        ("! title\n||bad.example^$third-party\n", "adblock", ""),
        ("203.0.113.9,5,100\n", "suricata-iprep", ""),
        ("YmFkLmV4YW1wbGU=\n", "suricata-dataset", ""),
        ("\"203.0.113.9\",\"high\",\"a bot\"\n", "csv", "a bot"),
        ("ioc,threat_level,description\n203.0.113.9,high,a bot\n", "csv", "a bot"),
        ("ja3_md5,Listingreason\n00000000000000000000000000000000,x\n203.0.113.9,y\n", "csv", "y"),
        (sslbl, "abuse-ch-csv", ""),
        (feodo, "abuse-ch-csv", "Dridex"),
        (urlhaus, "abuse-ch-csv", "malware_download"),
        (zeek, "zeek-intel", "phish"),
        (stix, "stix", "c2"),
        (misp, "misp", "phish"),
        ("[{\"ip_address\": \"203.0.113.9\", \"malware\": \"Dridex\"}]", "json", "Dridex"),
        ("{\"1\": [{\"ioc_value\": \"203.0.113.9:443\", \"malware\": \"Dridex\"}]}", "json", "Dridex"),
        ("{\"ioc\": \"203.0.113.9\"}\n{\"ioc\": \"bad.example.test\"}\n", "json", ""),
        ("[\"203.0.113.9\"]", "json", ""),
    ] {
        let (found, told) = met(text);
        assert_eq!(told.format, format, "{text}");
        if !note.is_empty() || format != "plain" && format != "hosts" {
            assert_eq!(found.len(), 1, "{text}: {found:?} {told:?}");
            let told = format!("listed as {note}");
            assert!(found[0].evidence.contains(&told) || note.is_empty(), "{text}: {}", found[0].evidence);
        }
        assert_eq!(identify(text.as_bytes(), text.as_bytes()), Some(SideKind::ThreatList), "{text}");
    }
}

#[test]
fn lines_are_told_from_one_whatever_the_format() {
    for (text, line) in [
        ("# one\n\n203.0.113.9\n", 3),
        (
            "{\"type\": \"bundle\", \"id\": \"bundle--1\", \"objects\": [\n\n{\"type\": \"ipv4-addr\", \"id\": \"ipv4-addr--1\", \"value\": \"203.0.113.9\"}]}",
            3,
        ),
        ("{\"ioc\": \"203.0.113.200\"}\n{\"ioc\": \"203.0.113.9\"}\n", 2),
    ] {
        let (found, _) = met(text);
        assert!(found[0].evidence.contains(&format!("203.0.113.9 (line {line})")), "{text}: {}", found[0].evidence);
    }
}

#[test]
fn a_lists_own_word_and_private_networks_lower_a_finding() {
    for (text, severity) in [
        ("203.0.113.9,5,20", Severity::Low),
        ("ioc,threat_level\n203.0.113.9,medium", Severity::Medium),
        ("ioc,confidence_level\n203.0.113.9,10", Severity::Low),
        ("\"203.0.113.9\",\"info\",\"x\"", Severity::Info),
        ("203.0.0.0/15", Severity::Medium),
    ] {
        assert_eq!(only(text).1, severity, "{text}");
    }
}

#[test]
fn what_cannot_be_used_is_counted_by_reason() {
    let text = "127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 0.0.0.0\n0.0.0.0/0\n10.0.0.0/8\nnot an entry\n\
                224.0.0.1\n203.0.113.9\n";
    let (found, told) = met(text);
    assert_eq!((found.len(), told.entries), (1, 1));
    let counted: Vec<(&str, u64, u64)> = told.faults.iter().map(|f| (f.kind, f.count, f.first_line)).collect();
    let expected = [("bad_line", 1, 6), ("too_wide", 1, 4), ("reserved_address", 2, 5), ("local_name", 3, 1)];
    assert_eq!(counted, expected);
    let misp = r#"{"Attribute": [{"type": "ip-dst", "value": "203.0.113.9", "to_ids": false},
        {"type": "sha256", "value": "ab", "to_ids": true}, {"type": "ip-dst", "value": "203.0.113.10", "to_ids": true}]}"#;
    let kinds: Vec<&str> = list(misp).faults().iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, ["not_in_traffic", "not_for_detection"]);
}

#[test]
fn files_that_are_no_lists_are_refused_with_what_to_do() {
    for (bytes, says) in [
        (&b"Dear reader,\nthis is prose.\n"[..], "A list has one a line"),
        (b"\xff\xfea\0b\0", "UTF-16"),
        (b"\xd4\xc3\xb2\xa1\x02\0\x04\0", "binary data"),
        (b"{\"type\": \"bundle\", ", "JSON cannot be read"),
    ] {
        let error = ThreatList::read("x.txt", bytes).unwrap_err();
        assert_eq!(error.kind(), "side-file");
        assert!(error.to_string().contains(says) && error.to_string().contains("x.txt"), "{error}");
    }
    for empty in ["", "# only comments\n", "[]", "\u{feff}"] {
        assert_eq!(list(empty).entries(), 0);
    }
}

#[test]
fn hits_raise_their_flows_and_others_stay() {
    let report = analyzed(&files(&["203.0.113.9\n"]), &[]);
    for flow in &report.flows {
        let is_hit = flow.resp_addr.to_string() == "203.0.113.9";
        assert_eq!(flow.verdict.rule == Severity::High, is_hit);
    }
    let finding = &report.findings[0];
    assert_eq!((finding.members.len(), finding.rows, finding.id.as_str()), (1, 1, "F1"));
    assert!(finding.filter.contains("ip.addr == 10.0.0.5 && ip.addr == 203.0.113.9"), "{}", finding.filter);
}

#[test]
fn given_before_or_after_and_with_other_settings_the_report_is_the_same() {
    let lists = ["203.0.113.9\nevil.example\n", "192.0.2.0/24\nnonsense here\n"];
    let files = files(&lists);
    let at_once = analyzed(&files, &[]);
    let mut later = analyzed(&SideFiles::default(), &[]);
    let without = json(&later);
    assert!(!String::from_utf8_lossy(&without).contains("\"enrichment\""));
    pipeline::enrich(&mut later, &files).unwrap();
    assert_eq!(json(&later), json(&at_once));
    for unit in ["host", "packet", "flow"] {
        let settings = Settings::from_pairs([("unit", unit)]).unwrap();
        if pipeline::redetect(&mut later, &settings).is_ok() {
            let count = |r: &Report| r.findings.iter().filter(|f| f.kind.starts_with("listed")).count();
            assert_eq!(count(&later), count(&analyzed(&files, &[("unit", unit)])), "{unit}");
        }
    }
    pipeline::enrich(&mut later, &SideFiles::default()).unwrap();
    assert_eq!(json(&later), without);
}

#[test]
fn many_hosts_that_meet_the_same_are_one_finding() {
    let mut frames = Vec::new();
    for i in 0..40u8 {
        frames.extend(talk(
            u64::from(i) * 9_000,
            ([10, 0, 1, i], 40_000),
            (TLS, 443),
            &talks::tls(b"bad.example", b"x"),
        ));
    }
    frames.sort_by_key(|frame| frame.0);
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(&file(&frames));
    let report = analyzer.finish_with(&files(&["203.0.113.9"])).unwrap();
    let listed: Vec<&Finding> = report.findings.iter().filter(|f| f.kind == "listed_address").collect();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].rows, listed[0].actors.len(), listed[0].target_count), (40, 20, 1));
    assert!(listed[0].title.starts_with("40 hosts send to 1 listed address"), "{}", listed[0].title);
}

#[test]
fn hostile_lists_do_no_harm() {
    let long = "a".repeat(64 * 1024);
    let markup = "203.0.113.9 # <script>alert(1)</script>\u{202e}\u{7}\n";
    let text = format!("{long}\n{long}.example\n\u{0}\n\u{1b}[31m\n{markup}");
    // NUL stands beyond what is looked at.
    let (found, told) = met(&text);
    assert_eq!((told.entries, found.len()), (1, 1));
    assert!(found[0].evidence.contains("<script>alert(1)</script>\\u{202e}\\u{7}"), "{}", found[0].evidence);
    assert_eq!(
        told.faults.iter().map(|f| (f.kind, f.count)).collect::<Vec<_>>(),
        [("bad_line", 2), ("line_too_long", 2)]
    );
    let deep = format!("{}\"x\"{}", "[".repeat(500), "]".repeat(500));
    let _ = ThreatList::read("deep", deep.as_bytes());
    let nested = "{\"data\":".repeat(60) + "1" + &"}".repeat(60);
    let _ = ThreatList::read("nested", nested.as_bytes());
    let one = "x,".repeat(4_000);
    let _ = ThreatList::read("cells", one.as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = identify(&bytes, &bytes);
        let _ = ThreatList::read("x", &bytes);
    }

    #[test]
    fn any_text_of_what_lists_are_made_of_is_read_or_refused(text in "[\\[\\]{}\"',:;#|*^$/\\\\0-9a-f.\t\r\n =-]{0,300}") {
        let _ = identify(text.as_bytes(), text.as_bytes());
        let _ = ThreatList::read("x", text.as_bytes());
        let json = format!("{{\"type\":\"indicator\",\"id\":\"indicator--1\",\"pattern\":{}}}", serde_json::json!(text));
        let _ = ThreatList::read("x", json.as_bytes());
    }

    #[test]
    fn damaged_documents_are_read_or_refused(at in 0usize..400, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = br#"{"type":"bundle","objects":[{"type":"indicator","id":"indicator--1","pattern":"[domain-name:value = 'a.example' OR ipv4-addr:value IN ('203.0.113.9','198.51.100.7')]"},{"uuid":"1","category":"x","type":"domain|ip","value":"a.example|203.0.113.9"}]}"#.to_vec();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let _ = ThreatList::read("x", &bytes);
    }
}

#[test]
fn the_command_line_says_what_was_met_and_what_was_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    write("c.pcap", &capture());
    write("office.pcap", &crate::generators::office::capture(300));
    write("bad.txt", b"203.0.113.9 # Dridex\nnonsense\n");
    write("urls.csv", b"# abuse.ch\n# id,url,threat\n1,http://evil.example/a?b=c,malware\n");
    write("prose.txt", b"Nothing here is an entry.\n");
    let run = |args: &str| {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"))
            .args(args.split_whitespace())
            .current_dir(dir.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = run("analyze c.pcap --intel bad.txt --intel urls.csv");
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("10.0.0.5: sends to 1 listed address (bad.txt)"), "{out}");
    assert!(out.contains("On bad.txt: 203.0.113.9 (line 1, listed as Dridex) in 1 flow."), "{out}");
    assert!(out.contains("10.0.0.5: asks for 1 listed URL (urls.csv)"), "{out}");
    assert!(out.contains("bad.txt: threat list (plain), 1 entry, 1 met in 1 flow; 1 line not used"), "{out}");
    assert!(err.contains("bad.txt: Lines that are no address") && err.contains("first in line 2"), "{err}");
    let filter = "flows office.pcap -q -T csv --filter rule";
    let rows = |args: &str| run(args).1.lines().skip(1).filter(|row| row.contains("203.0.113.9")).count();
    assert_eq!((rows(&format!("{filter} --intel bad.txt")), rows(filter)), (1, 0));
    let (code, out, _) = run("analyze c.pcap --intel bad.txt -q --fail-on high");
    assert_eq!(code, 4, "{out}");
    let (code, _, err) = run("analyze c.pcap --intel prose.txt");
    assert!(code == 1 && err.contains("--intel prose.txt") && err.contains("line 1 begins"), "{err}");
    let (code, _, err) = run("analyze c.pcap --intel nosuch.txt");
    assert!(code == 1 && err.contains("cannot read it"), "{err}");
    let (code, _, err) = run("analyze c.pcap --nmap bad.txt");
    assert!(code == 1 && err.contains("nmap -oX"), "{err}");
    let (_, help, _) = run("analyze --help");
    assert!(
        help.contains("--intel <FILE>") && help.contains("STIX 2 and MISP") && help.contains("--nmap <FILE>"),
        "{help}"
    );
}
