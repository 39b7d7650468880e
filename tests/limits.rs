//! Row J3 of the table of bad inputs: everything whose number the input decides has a limit with a name, and a capture
//! that goes beyond it says how far.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;

use wiresift::export::{Exporter, Html, Markdown, Text};
use wiresift::pipeline::Analyzer;
use wiresift::report::{FileMetadata, Limit, Report, TableReport};
use wiresift::settings::Settings;

use crate::generators::frames::{arp, ethernet, ipv4, ipv4_fragment, ipv6, tcp, udp, udp_frame};
use crate::generators::pcap::capture;
use crate::generators::pcapng::Pcapng;
use crate::generators::talks;

/// A capture and the settings that take it beyond a limit.
struct Beyond {
    bytes: Vec<u8>,
    settings: &'static [(&'static str, &'static str)],
    has_original: bool,
}

fn of(bytes: Vec<u8>, settings: &'static [(&'static str, &'static str)]) -> Beyond {
    Beyond { bytes, settings, has_original: false }
}

fn analyze(beyond: &Beyond) -> Report {
    let mut settings = Settings::default();
    beyond.settings.iter().for_each(|(name, value)| settings.set(name, value).unwrap());
    let mut analyzer = Analyzer::new(settings, [1, 2]).unwrap();
    if beyond.has_original {
        analyzer.keep_original_cicflowmeter();
    }
    analyzer.begin_file("beyond");
    beyond.bytes.chunks(1 << 20).for_each(|piece| analyzer.push(piece));
    analyzer.finish().unwrap()
}

/// A datagram from host number `i`.
fn from(i: u32, payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = i.to_be_bytes();
    ethernet(0x0800, &ipv4(17, [10, a, b, c], [192, 0, 2, 1], &udp(4000, 53, payload)))
}

/// Each of `hosts` hosts asks as often as `times`.
fn hosts(hosts: u32, times: u32, payload: &[u8]) -> Vec<u8> {
    capture((0..hosts * times).map(|i| from(i % hosts, payload)))
}

/// Hosts whose questions are all for other long names.
fn long_names(hosts: u32, times: u32) -> Vec<u8> {
    capture((0..hosts * times).map(|i| {
        let label = [format!("{i:08}").as_bytes(), &[b'n'; 54]].concat();
        from(i % hosts, &talks::dns_message(0x0100, &[&label, &label, &label, &label[..50]], 16, 0, &[]))
    }))
}

/// A table of flows with so many columns, each row with a label of its own.
fn table(columns: usize, rows: usize) -> Vec<u8> {
    let known = "start_time,source_address,destination_address,dport,proto,spkts,label";
    let mut text = known.to_owned() + &(7..columns).map(|i| format!(",number {i}")).collect::<String>() + "\n";
    for row in 0..rows {
        write!(text, "{row},10.0.0.1,10.0.0.2,53,udp,3,kind {row}").unwrap();
        (7..columns).for_each(|column| write!(text, ",{}", row + column).unwrap());
        text.push('\n');
    }
    text.into_bytes()
}

/// Many hosts that each try more ports in vain than any honest one.
fn scanners(n: u32) -> Vec<u8> {
    const PORTS: u32 = 20;
    capture((0..n * PORTS).map(|i| {
        let [_, _, b, c] = (i / PORTS).to_be_bytes();
        let port = u16::try_from(1000 + i % PORTS).unwrap();
        ethernet(0x0800, &ipv4(6, [10, 0, b, c], [192, 0, b, c], &tcp(40_000, port, 2, b"")))
    }))
}

fn pcapng(fill: impl FnOnce(&mut Pcapng)) -> Vec<u8> {
    let mut file = Pcapng::new(false);
    file.section(1);
    fill(&mut file);
    file.bytes
}

/// What goes beyond a limit. A new limit needs a capture here.
fn beyond(name: &str) -> Beyond {
    match name {
        "flows" | "overflow_buckets" => {
            let to = |i: u32| {
                let [_, _, b, c] = i.to_be_bytes();
                ethernet(0x0800, &ipv4(17, [10, 0, 0, 1], [192, 0, b, c], &udp(4000, 53, b"x")))
            };
            of(capture((0..2_000).map(to)), &[("max-flows", "1000")])
        }
        "hosts" => of(hosts(2_000, 1, b"x"), &[("max-hosts", "1000")]),
        "packet_rows" => of(hosts(10, 200, b"x"), &[("unit", "packet"), ("max-packet-rows", "1000")]),
        "table_rows" => of(table(7, 1_500), &[("max-flows", "1000")]),
        "table_columns" => of(table(TableReport::MAX_COLUMNS + 9, 30), &[]),
        "table_labels" => of(table(7, TableReport::MAX_LABELS + 9), &[]),
        "counted_directions" => of(hosts(60_000, 2, &[b'x'; 70]), &[("max-memory", "64")]),
        "inspected_payloads" => of(long_names(20_000, 4), &[("max-memory", "64")]),
        "measured_flows" => of(hosts(60_000, 2, &[b'x'; 70]), &[("max-memory", "64")]),
        "original_flows" => Beyond { has_original: true, ..of(hosts(60_000, 2, &[b'x'; 70]), &[("max-memory", "64")]) },
        "fragmented_packets" => {
            let first = |id: u16| {
                let ends = [[10, 0, 0, 1], [10, 0, 0, 2]];
                ethernet(0x0800, &ipv4_fragment(17, ends, id, 0, true, &udp(1, 2, &[0; 24])))
            };
            of(capture((0..5_000).map(first)), &[])
        }
        "interfaces" | "described_interfaces" => of(
            pcapng(|file| {
                for _ in 0..=FileMetadata::MAX_INTERFACES {
                    file.interface(1, 0, &[]);
                }
                file.packet(0, 0, &udp_frame(1, 10));
            }),
            &[],
        ),
        "comments" => of(
            pcapng(|file| {
                file.interface(1, 0, &[]);
                for i in 0..200 {
                    file.packet_with(0, i, &udp_frame(1, 10), &[(1, b"said")]);
                }
            }),
            &[],
        ),
        "capture_names" => of(
            pcapng(|file| {
                for i in 0..1_500u32 {
                    file.names(&[(i.to_be_bytes(), "host")], &[]);
                }
            }),
            &[],
        ),
        "undecoded_kinds" => of(capture((0x9000..0x9400).map(|kind| ethernet(kind, &[0; 46]))), &[]),
        "signs" => {
            // A routing header of type 0, each from another host.
            let routed = |i: u32| {
                let mut packet = ipv6(43, 1, 2, &[&[17, 0, 0, 0, 0, 0, 0, 0], udp(7, 7, b"x").as_slice()].concat());
                packet[20..24].copy_from_slice(&i.to_be_bytes());
                ethernet(0x86dd, &packet)
            };
            of(capture((0..9_000).map(routed)), &[])
        }
        "arp_senders" => {
            let asked = |i: u32| ethernet(0x0806, &arp(1, (0x0a00_0000 + i).to_be_bytes(), [10, 0, 0, 1]));
            of(capture((1..70_000).map(asked)), &[])
        }
        "findings" | "stories" => of(scanners(300), &[]),
        "explained_anomalies" => of(hosts(3_000, 1, b"x"), &[("threshold-rule", "percentile"), ("threshold", "50")]),
        other => panic!("no capture goes beyond the limit {other}"),
    }
}

#[test]
fn j3_every_limit_has_a_name_and_a_capture_that_goes_beyond_it() {
    let calm = analyze(&of(hosts(50, 3, b"x"), &[]));
    assert!(calm.limits.iter().all(|limit| limit.beyond == 0), "{:?}", calm.limits);
    for Limit { name, .. } in &calm.limits {
        let report = analyze(&beyond(name));
        let limit = report.limits.iter().find(|limit| limit.name == *name).unwrap();
        assert!(limit.beyond > 0, "{name}: {:?}", report.limits);
        assert!(!report.warnings.iter().any(|w| w.kind == "accounting_error"), "{name}");
    }
}

#[test]
fn j3_what_is_beyond_is_counted_exactly_and_said_in_every_report() {
    let report = analyze(&beyond("table_labels"));
    let limit = report.limits.iter().find(|limit| limit.name == "table_labels").unwrap();
    assert_eq!(*limit, Limit { name: "table_labels", most: Some(4_096), beyond: 9 });
    let report = analyze(&beyond("findings"));
    let of = |name: &str| report.limits.iter().find(|limit| limit.name == name).unwrap().clone();
    assert_eq!((report.findings.len(), of("findings").most), (Report::MAX_FINDINGS, Some(200)));
    assert_eq!((of("findings").beyond, of("stories").beyond), (100, 100));
    let exporters: [&dyn Exporter; 3] = [&Text, &Html, &Markdown];
    for exporter in exporters {
        let mut text = Vec::new();
        exporter.export(&report, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("Limits reached"), "{text}");
    }
}
