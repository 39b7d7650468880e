//! Hosts as rows: what a whole capture gives, what bounds them, and the way between the units.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use crate::generators::frames::{self, SYN};
use crate::generators::pcapng::Pcapng;
use crate::generators::{corpus, office};
use wiresift::detect;
use wiresift::export::{Csv, Exporter, Ndjson, ReportJson, Table};
use wiresift::features::Rows;
use wiresift::filter::Filter;
use wiresift::filter::export::{bpf, display_filter, display_filter_of};
use wiresift::pipeline::{self, Analyzer};
use wiresift::report::{DetectionStatus, Report};
use wiresift::retrieve::{Options, Retrieval};
use wiresift::settings::{Settings, Unit};

fn settings(pairs: &[(&str, &str)]) -> Settings {
    Settings::from_pairs(pairs.iter().copied()).unwrap()
}

fn analyze(capture: &[u8], pairs: &[(&str, &str)]) -> Report {
    let mut analyzer = Analyzer::new(settings(pairs), [3, 4]).unwrap();
    analyzer.begin_file("a.pcap");
    analyzer.push(capture);
    analyzer.finish().unwrap()
}

fn written(exporter: &dyn Exporter, report: &Report) -> String {
    let mut out = Vec::new();
    exporter.export(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Forty hosts that ask one server, and one that tries a port of every host.
fn scanned() -> Vec<u8> {
    let mut frames = Vec::new();
    for i in 0..400u64 {
        let host = ([10, 0, 0, 10 + (i % 40) as u8], 40_000 + i as u16);
        frames.push(office::udp(i * 30_000, host, ([10, 0, 0, 1], 53), &vec![b'q'; 30 + (i % 9) as usize]));
        frames.push(office::udp(i * 30_000 + 900, ([10, 0, 0, 1], 53), host, &vec![b'r'; 90 + (i % 17) as usize]));
    }
    for i in 0..200u64 {
        let target = ([10, 0, 0, 10 + (i % 40) as u8], 1 + (i / 40) as u16);
        frames.push(office::tcp(i * 10_000 + 5, ([10, 0, 0, 99], 50_000 + i as u16), target, SYN, b""));
    }
    frames.sort_by_key(|f| f.0);
    office::file(&frames)
}

#[test]
fn the_scanner_is_the_strangest_host() {
    let report = analyze(&scanned(), &[("unit", "host")]);
    assert_eq!((report.hosts.len(), report.summary.hosts, report.summary.rows), (42, 42, 42));
    assert_eq!(report.detection.status, DetectionStatus::Scored);
    assert_eq!(report.anomalies[0].id, "10.0.0.99");
    let finding = &report.findings[0];
    assert_eq!((finding.kind, finding.rows, finding.target_count), ("address_scan", 1, 40));
    assert!(finding.title.starts_with("10.0.0.99: scan of 40 hosts for 5 ports"), "{finding:?}");
    assert_eq!(
        finding.members,
        [report.hosts.iter().position(|h| h.address.to_string() == "10.0.0.99").unwrap() as u32]
    );
    assert_eq!((finding.actors.as_slice(), finding.targets.len()), (["10.0.0.99".to_owned()].as_slice(), 20));
    assert_eq!(finding.filter, "ip.addr == 10.0.0.99");
    assert!(report.summary.verdict.contains(" hosts stand out."), "{}", report.summary.verdict);
    assert_eq!(report.charts.unit, "host");
    assert_eq!(report.charts.histogram.rows.iter().sum::<u64>(), 42);
}

#[test]
fn from_flow_to_host_and_back_nothing_is_read_again() {
    for capture in [office::capture(300), scanned(), wiresift::synth::sample()] {
        let mut report = analyze(&capture, &[]);
        for (unit, more) in [("host", ("k", "auto")), ("host", ("threshold", "1")), ("flow", ("k", "3"))] {
            let pairs = [("unit", unit), more];
            pipeline::redetect(&mut report, &settings(&pairs)).unwrap();
            let fresh = analyze(&capture, &pairs);
            assert!(written(&ReportJson, &report) == written(&ReportJson, &fresh), "{pairs:?}");
            for table in [Table::Flows, Table::Hosts, Table::Anomalies] {
                assert!(written(&Csv(table), &report) == written(&Csv(table), &fresh), "{pairs:?} {table:?}");
            }
        }
        let error = pipeline::redetect(&mut report, &settings(&[("unit", "packet")])).unwrap_err();
        assert_eq!(error.kind(), "detection");
    }
}

#[test]
fn hosts_are_exported_whatever_the_unit() {
    let flows = analyze(&scanned(), &[]);
    let text = written(&Csv(Table::Hosts), &flows);
    assert_eq!(text.lines().count(), 43);
    assert!(text.starts_with("address,name,kind,local,macs,first_ts,"));
    let unscored = text.lines().find(|line| line.starts_with("10.0.0.99,")).unwrap();
    assert!(unscored.ends_with(",,,none,"), "{unscored}");
    let hosts = analyze(&scanned(), &[("unit", "host")]);
    let text = written(&Csv(Table::Hosts), &hosts);
    let scored = text.lines().find(|line| line.starts_with("10.0.0.99,")).unwrap();
    assert!(!scored.contains(",none,"), "{scored}");
    let flows = written(&Ndjson(Table::Flows), &hosts);
    assert!(flows.lines().count() > 100 && flows.lines().all(|line| line.contains("\"score\":null")));
}

/// `n` hosts that each send two datagrams, the last of them one more, and five that send ten.
fn many_hosts(n: u32) -> Vec<u8> {
    let mut frames = Vec::new();
    for i in 0..n {
        let [_, a, b, c] = i.to_be_bytes();
        for port in 0..2 {
            frames.push(office::udp(u64::from(i) * 10, ([10, a, b, c], 1000 + port), ([192, 0, 2, 1], 9), b"x"));
        }
    }
    for i in 0..5u8 {
        for port in 0..10 {
            frames.push(office::udp(u64::from(n) * 10, ([172, 16, 0, i], 1000 + port), ([192, 0, 2, 1], 9), b"x"));
        }
    }
    office::file(&frames)
}

#[test]
fn j3_too_many_hosts_are_counted() {
    let capture = many_hosts(5_000);
    let report = analyze(&capture, &[("unit", "host"), ("max-hosts", "100")]);
    assert_eq!((report.hosts.len(), report.ledger.host_rows_full, report.summary.hosts), (100, 4_906, 5_006));
    let busiest = |report: &Report| report.hosts.iter().filter(|h| h.flows >= 10).count();
    assert_eq!(busiest(&report), 6, "those with most flows are kept, though they come last");
    let text = written(&wiresift::export::Text, &report);
    assert!(text.contains("4,906 hosts beyond the host table's limit (--max-hosts)"), "{text}");
    // A sixteenth of 80 MB at 1,024 bytes a host.
    let report = analyze(&capture, &[("unit", "host"), ("max-memory", "80")]);
    assert_eq!((report.hosts.len(), report.ledger.host_rows_full), (4_882, 124));
    assert_eq!(busiest(&report), 6);
    assert_eq!(analyze(&capture, &[]).ledger.host_rows_full, 0);
}

#[test]
fn d1_few_hosts_have_no_score() {
    for n in 0..64 {
        let report = analyze(&many_hosts(n), &[]);
        let hosts = &report.hosts[..report.hosts.len().min(n as usize)];
        let detected = detect::run(Rows::Hosts(hosts), &settings(&[("unit", "host")])).unwrap();
        let expected =
            if hosts.len() < detect::MIN_ROWS { DetectionStatus::NotEnoughData } else { detected.detection.status };
        assert_eq!((detected.detection.status, detected.verdicts.len()), (expected, hosts.len()), "{n} hosts");
        assert!(detected.verdicts.iter().all(|v| (0.0..=1.0).contains(&v.score) && v.distance.is_finite()));
    }
}

#[test]
fn d2_hosts_that_are_alike_have_no_outliers() {
    let report = analyze(&many_hosts(40), &[]);
    let alike: Vec<_> = (0..40).map(|_| report.hosts[0].clone()).collect();
    let detected = detect::run(Rows::Hosts(&alike), &settings(&[("unit", "host")])).unwrap();
    assert_eq!(detected.detection.status, DetectionStatus::NoOutliers);
    assert!(detected.verdicts.iter().all(|v| v.score == 0.0));
}

#[test]
fn c6_groups_and_the_host_itself_are_rows() {
    let mut frames: Vec<office::Timed> = (0..20u8)
        .map(|i| office::udp(u64::from(i) * 1000, ([10, 0, 0, i + 1], 1000), ([10, 0, 0, 200], 9), b"x"))
        .collect();
    let any = ([0, 0, 0, 0], 68);
    frames.push(office::udp(30_000, any, ([255, 255, 255, 255], 67), b"discover"));
    frames.push(office::udp(31_000, ([10, 0, 0, 1], 5353), ([224, 0, 0, 251], 5353), b"query"));
    frames.push(office::tcp(32_000, ([10, 0, 0, 9], 80), ([10, 0, 0, 9], 80), SYN, b""));
    frames.push((33_000, frames::ethernet(0x0806, &frames::arp(1, [10, 0, 0, 1], [10, 0, 0, 200]))));
    let report = analyze(&office::file(&frames), &[("unit", "host")]);
    let host = |address: &str| report.hosts.iter().find(|h| h.address.to_string() == address).unwrap();
    for (address, kind, is_scored) in [
        ("255.255.255.255", "broadcast", false),
        ("224.0.0.251", "multicast", false),
        ("0.0.0.0", "unspecified", true),
        ("10.0.0.9", "unicast", true),
    ] {
        assert_eq!((host(address).kind.name(), host(address).verdict.is_scored), (kind, is_scored), "{address}");
    }
    let land = host("10.0.0.9");
    assert_eq!((land.flows, land.self_flows, land.orig.flows, land.resp.flows, land.peers), (2, 1, 2, 1, 1));
    assert_eq!((host("10.0.0.1").macs.text().as_str(), host("10.0.0.1").macs.count()), ("02:00:00:00:00:01", 1));
    assert_eq!(host("10.0.0.200").macs.count(), 0, "it was asked for and said nothing");
}

#[test]
fn the_captures_own_names_are_shown() {
    let mut capture = Pcapng::new(false);
    capture.section(1).interface(1, 0, &[]).names(&[([10, 0, 0, 5], "printer")], &[]);
    capture.packet(0, 1_000_000, &frames::udp_frame(5, 10));
    let report = analyze(&capture.bytes, &[("unit", "host")]);
    let named: Vec<&str> = report.hosts.iter().filter_map(|h| h.name.as_deref()).collect();
    assert_eq!(named, ["printer"]);
    assert_eq!(Filter::parse("printer").unwrap().selects(&report).len(), 1);
}

fn host_row(report: &Report, address: &str) -> u32 {
    report.hosts.iter().position(|h| h.address.to_string() == address).unwrap() as u32
}

#[test]
fn hosts_are_filtered_and_become_filters() {
    let report = analyze(&scanned(), &[("unit", "host")]);
    let rows = |text: &str| Filter::parse(text).unwrap().selects(&report);
    let (scanner, server) = (host_row(&report, "10.0.0.99"), host_row(&report, "10.0.0.1"));
    for (text, expected) in [
        ("host 10.0.0.99", vec![scanner]),
        ("ip 10.0.0.99 or ip 10.0.0.1", vec![server.min(scanner), server.max(scanner)]),
        ("orig_flows > 100", vec![scanner]),
        ("resp_flows > 100", vec![server]),
        ("peers >= 41", vec![]),
        ("ports > 3", vec![scanner]),
        ("failed > 0.9", vec![scanner]),
        ("not proto udp", vec![scanner]),
        ("src 10.0.0.1", vec![]),
        ("dst 10.0.0.1", vec![server]),
        ("port 53", vec![]),
        ("severity >= low and 10.0.0.99", vec![scanner]),
        ("uid 10.0.0.99", vec![scanner]),
        ("peer 10.0.0.10 and ports > 2", vec![scanner]),
    ] {
        assert_eq!(rows(text), expected, "{text}");
    }
    assert_eq!((rows("10.0.0.0/24").len(), rows("peer 10.0.0.99").len()), (42, 40));
    assert_eq!(rows("net 10/8 and proto tcp").len(), 41);
    let made = display_filter(&report, &[scanner]);
    assert_eq!((made.text.as_str(), made.is_wider, made.note.as_str()), ("ip.addr == 10.0.0.99", false, ""));
    assert_eq!(bpf(&report, &[scanner]).text, "ip host 10.0.0.99");
    let two = display_filter(&report, &[server, scanner]);
    assert_eq!(two.text, "ip.addr in {10.0.0.1, 10.0.0.99}");
    // A filter of hosts says nothing of single packets: it is not translated word by word.
    let tcp = Filter::parse("proto tcp and orig_flows < 20").unwrap();
    let selected = tcp.selects(&report);
    assert!(display_filter_of(&report, &tcp, &selected).text.starts_with("ip.addr in {10.0.0.10, "));
    assert_eq!(display_filter_of(&report, &Filter::default(), &rows("")).text, "");
}

#[test]
fn the_packets_of_a_host_are_those_of_its_flows() {
    let capture = scanned();
    let report = analyze(&capture, &[("unit", "host")]);
    for address in ["10.0.0.99", "10.0.0.1"] {
        let row = host_row(&report, address);
        let options = Options { keep: 1000, ..Options::default() };
        let mut retrieval = Retrieval::new(&report, &[row], options).unwrap();
        while let Some(wanted) = retrieval.wanted() {
            retrieval.give(&capture[wanted.start as usize..wanted.end as usize]).unwrap();
        }
        let host = &report.hosts[row as usize];
        assert_eq!(retrieval.finish().unwrap().packets, host.packets, "{address}");
        assert!(retrieval.listed().iter().all(|p| p.src == host.address || p.dst == host.address));
    }
    assert_eq!(Retrieval::new(&report, &[42], Options::default()).unwrap_err().kind(), "selection");
}

#[test]
fn many_hosts_that_only_send_to_one_are_one_finding() {
    let mut capture = Vec::new();
    for i in 0..180u64 {
        let host = ([10, 0, 0, (i % 60) as u8 + 1], 40_000 + i as u16);
        for (resp, port) in [([10, 9, 0, 1], 53), ([10, 9, 0, 2], 443), ([10, 9, 0, 3 + (i % 7) as u8], 80)] {
            capture.push(office::udp(i * 9_000, host, (resp, port), &vec![b'q'; 40 + (i % 60) as usize]));
            capture.push(office::udp(i * 9_000 + 70, (resp, port), host, &vec![b'r'; 400 + (i % 90) as usize]));
        }
    }
    for i in 0..40u8 {
        for n in 0..=i % 4 {
            let at = u64::from(i) + u64::from(n) * 70_000;
            capture.push(office::tcp(at, ([203, 0, 113, i], 1024 + u16::from(n)), ([10, 9, 0, 9], 80), SYN, b""));
        }
    }
    capture.sort_by_key(|f| f.0);
    // Everything is anomalous: it is the grouping that is looked at.
    let pairs = [("unit", "host"), ("threshold-rule", "score"), ("threshold", "0")];
    let report = analyze(&office::file(&capture), &pairs);
    let finding = report.findings.iter().find(|f| f.title.ends_with("that only sent to it, tcp port 80")).unwrap();
    // Those that are a cluster's centre are not anomalous.
    assert!((20..=40).contains(&finding.rows) && finding.packets > finding.rows, "{finding:?}");
    assert!(finding.title.starts_with(&format!("10.9.0.9: {} anomalous hosts", finding.rows)), "{}", finding.title);
    assert_eq!((finding.targets.as_slice(), finding.actors.len()), (["10.9.0.9".to_owned()].as_slice(), 20));
    assert_eq!(finding.members.len() as u64, finding.rows);
}

/// Where the corpus is there: scanners among other hosts come first.
#[test]
fn scanners_of_the_corpus_come_first() {
    let Some(corpus) = corpus::folder() else { return };
    for (file, scanner) in [
        ("labelled/d04_iot_bot_scan.pcap", "192.168.2.16"),
        ("labelled/d28_icmp_sweep.pcap", "10.0.0.128"),
        ("labelled/d29_arp_sweep.pcap", "10.0.0.128"),
        ("mixed/dm2_ad_day.pcap", "192.168.1.205"),
    ] {
        let Ok(bytes) = std::fs::read(corpus.join(file)) else { continue };
        let report = analyze(&bytes, &[("unit", "host")]);
        assert_eq!(report.settings.unit, Unit::Host);
        // The day has another attacker beside the scanner.
        let first = report.anomalies.iter().take(2);
        assert!(first.clone().any(|a| a.id == scanner), "{file}: {:?}", first.map(|a| &a.id).collect::<Vec<_>>());
    }
}
