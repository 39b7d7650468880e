//! Scans by a real nmap beside captures: what was declared against what answers, and the scan itself.
//!
//! `tests/golden/nmap/make` made the scan and the capture.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use wiresift::enrich::{NmapScan, SideFile, SideFiles, SideKind, identify};
use wiresift::pipeline::Analyzer;
use wiresift::report::{Finding, InventoryHost, PortVerdict, Report, ScanReport, Severity};
use wiresift::settings::Settings;

fn golden(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/nmap").join(name);
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn report(xml: &[u8], capture: &[u8]) -> Report {
    let mut files = SideFiles::default();
    files.add(SideFile::read(SideKind::Nmap, "scan.xml", xml).unwrap());
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(capture);
    analyzer.finish_with(&files).unwrap()
}

fn scan(report: &Report) -> &ScanReport {
    &report.enrichment.as_ref().unwrap().scans[0]
}

fn verdicts(host: &InventoryHost) -> BTreeMap<u16, PortVerdict> {
    host.ports.iter().map(|port| (port.port, port.verdict)).collect()
}

fn of_kind<'a>(report: &'a Report, kind: &str) -> Vec<&'a Finding> {
    report.findings.iter().filter(|finding| finding.kind == kind).collect()
}

/// The golden scan with something else in its place.
fn changed(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(golden("scan.xml")).unwrap();
    assert!(text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

#[test]
fn declared_and_observed_ports_are_compared() {
    let report = report(&golden("scan.xml"), &golden("scan.pcap"));
    let scan = scan(&report);
    assert_eq!((scan.version.as_str(), scan.is_cut, scan.host_count), ("7.93", false, 1));
    let host = &scan.hosts[0];
    assert!(host.is_up && host.addresses == ["127.0.0.2"]);
    assert_eq!(host.not_shown[0].as_str(), "31 closed");
    use PortVerdict::{Confirmed, Silent, Undeclared};
    assert_eq!(verdicts(host), BTreeMap::from([(18022, Silent), (18080, Confirmed), (18090, Undeclared)]));
    let web = host.ports.iter().find(|port| port.port == 18080).unwrap();
    assert_eq!((web.flows, web.answered, web.clients, web.observed_service), (12, 12, 1, Some("http")));
    assert_eq!(web.product.as_ref().unwrap().as_str(), "BaseHTTPServer 0.6");
    let found = of_kind(&report, "undeclared_service");
    assert_eq!((found.len(), found[0].severity, found[0].rows), (1, Severity::Medium, 3));
    assert!(found[0].evidence.contains("tcp port 18090 (closed by nmap) answered as http in 3 flows from 1 host"));
    assert_eq!(found[0].filter, "ip.addr == 127.0.0.2 && tcp.port == 18090");
}

#[test]
fn the_scan_itself_is_called_so() {
    let with = report(&golden("scan.xml"), &golden("scan.pcap"));
    assert_eq!(scan(&with).scanner.as_deref(), Some("127.0.0.1"));
    assert!(scan(&with).scan_flows >= 33);
    let found = of_kind(&with, "port_scan");
    assert_eq!((found.len(), found[0].severity), (1, Severity::Low));
    assert!(found[0].title.ends_with("this is the scan of scan.xml"), "{}", found[0].title);
    assert!(found[0].evidence.contains("nmap -sT -sV -p 18000-18030,18080,18090"), "{}", found[0].evidence);
    // Of another time it is somebody else's.
    let other = changed("start=\"1795", "start=\"1695");
    let other = String::from_utf8(other).unwrap().replace("time=\"1795", "time=\"1695").into_bytes();
    let without = report(&other, &golden("scan.pcap"));
    assert_eq!(scan(&without).scanner, None);
    let found = of_kind(&without, "port_scan");
    assert!(found[0].severity >= Severity::Medium && !found[0].title.contains("scan.xml"));
}

#[test]
fn filtered_and_mistaken_services_are_told() {
    let xml = changed("state=\"closed\" count", "state=\"filtered\" count");
    let filtered = report(&xml, &golden("scan.pcap"));
    assert_eq!(verdicts(&scan(&filtered).hosts[0])[&18090], PortVerdict::FilteredAnswers);
    assert_eq!(of_kind(&filtered, "filtered_service")[0].severity, Severity::Low);
    let xml = changed("<service name=\"http\" product", "<service name=\"ssh\" product");
    let other = report(&xml, &golden("scan.pcap"));
    assert_eq!(verdicts(&scan(&other).hosts[0])[&18080], PortVerdict::OtherService);
    assert_eq!(of_kind(&other, "other_service").len(), 1);
    // What was not scanned is no contradiction.
    let xml = changed("18000-18030,18080,18090\"/>", "18000-18030,18080\"/>");
    let less = report(&xml, &golden("scan.pcap"));
    assert_eq!(verdicts(&scan(&less).hosts[0])[&18090], PortVerdict::NotScanned);
    assert!(of_kind(&less, "undeclared_service").is_empty());
}

#[test]
fn a_scan_of_other_hosts_changes_nothing() {
    let xml = changed("addr=\"127.0.0.2\"", "addr=\"2001:db8::9\"");
    let report = report(&xml, &golden("scan.pcap"));
    assert_eq!(scan(&report).scanner, None);
    assert!(scan(&report).hosts[0].ports.iter().all(|port| port.verdict == PortVerdict::Silent));
    assert!(report.findings.iter().all(|finding| !finding.kind.ends_with("_service")));
}

#[test]
fn a_real_nmap_of_now_is_read() {
    let Ok(version) = Command::new("nmap").arg("--version").output() else {
        eprintln!("SKIPPED: nmap is not installed");
        return;
    };
    assert!(version.status.success());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let dir = tempfile::tempdir().unwrap();
    let xml = dir.path().join("now.xml");
    let ports = format!("{port},1");
    let run = Command::new("nmap")
        .args(["-sT", "-n", "-Pn", "-p", ports.as_str(), "-oX"])
        .arg(&xml)
        .arg("127.0.0.1")
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let bytes = fs::read(&xml).unwrap();
    assert_eq!(identify(&bytes, &bytes), Some(SideKind::Nmap));
    let report = report(&bytes, &golden("scan.pcap"));
    let host = &scan(&report).hosts[0];
    assert_eq!((host.addresses[0].as_str(), host.is_up), ("127.0.0.1", true));
    assert_eq!(verdicts(host).get(&port), Some(&PortVerdict::Silent));
}

#[test]
fn a_scan_cut_anywhere_is_read_or_refused() {
    let xml = golden("scan.xml");
    for end in 0..xml.len() {
        match NmapScan::read("cut.xml", &xml[..end]) {
            Ok(scan) => assert!(scan.hosts() <= 1),
            Err(error) => assert_eq!(error.kind(), "side-file"),
        }
    }
    let whole_host = String::from_utf8(xml).unwrap();
    let cut = whole_host.split("<runstats>").next().unwrap();
    let report = report(cut.as_bytes(), &golden("scan.pcap"));
    // Its last host says when it ended.
    assert!(scan(&report).is_cut && scan(&report).scanner.is_some());
}

#[test]
fn hostile_documents_do_no_harm() {
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
        <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
        <nmaprun scanner="nmap" args="&c;&x;" start="1"><host><status state="up"/><address addr="10.0.0.1"/>
        <hostnames><hostname name="&c;&#7;&lt;script&gt;"/><hostname name="<script>alert(1)</script>"/></hostnames></host></nmaprun>"#;
    let scan = NmapScan::read("laughs.xml", laughs.as_bytes());
    if let Ok(scan) = scan {
        let mut files = SideFiles::default();
        files.add(SideFile::Nmap(Box::new(scan)));
        let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
        analyzer.push(&golden("scan.pcap"));
        let report = analyzer.finish_with(&files).unwrap();
        let text = serde_json::to_string(&report.enrichment).unwrap();
        assert!(!text.contains("haha") && !text.contains("root:") && text.len() < 10_000, "{text}");
    }
    let deep = format!("<nmaprun>{}", "<a>".repeat(100_000));
    assert_eq!(NmapScan::read("deep.xml", deep.as_bytes()).unwrap_err().kind(), "side-file");
    let wide = format!(
        "<nmaprun args=\"{}\"><host>{}</host></nmaprun>",
        "x".repeat(70_000),
        "<address addr=\"10.0.0.1\"/>".repeat(5_000)
    );
    assert_eq!(NmapScan::read("wide.xml", wide.as_bytes()).unwrap().hosts(), 1);
    for (text, says) in [
        ("<pdml></pdml>", "nmap -oX FILE"),
        ("", "nmap -oX FILE"),
        ("<!-- <nmaprun -->", "no <nmaprun>"),
        ("<?xml version=\"1.0\"?><a <nmaprun", "damaged at line 1"),
    ] {
        let error = NmapScan::read("x.xml", text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    let odd = changed("portid=\"18022\"", "portid=\"99999\"");
    assert_eq!(NmapScan::read("odd.xml", &odd).unwrap().faults()[0].kind, "bad_port");
    let odd = changed("addr=\"127.0.0.2\"", "addr=\"nobody\"");
    assert_eq!(NmapScan::read("odd.xml", &odd).unwrap().faults()[0].kind, "bad_host");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn damaged_scans_are_read_or_refused(at in 0usize..1800, bytes in proptest::collection::vec(any::<u8>(), 0..6)) {
        let mut xml = golden("scan.xml");
        let at = at % xml.len();
        let end = (at + bytes.len()).min(xml.len());
        xml.splice(at..end, bytes);
        let _ = identify(&xml, &xml);
        let _ = NmapScan::read("x.xml", &xml);
    }

    #[test]
    fn any_bytes_behind_the_root_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let xml = [b"<nmaprun>".as_slice(), &bytes].concat();
        let _ = NmapScan::read("x.xml", &xml);
    }
}

#[test]
fn the_command_line_shows_the_inventory() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/nmap");
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"))
        .args(["analyze", "-q", "scan.pcap", "--nmap", "scan.xml"])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("127.0.0.2: undeclared 18090/tcp; silent 18022/tcp; confirmed 18080/tcp"), "{text}");
    assert!(text.contains("scan.xml: nmap, 1 host; from 127.0.0.1,"), "{text}");
}
