//! The overview against the flows it is made of, and against the filters that lead from it to the table.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;

use crate::generators::frames::SYN;
use crate::generators::{office, tables, talks};
use serde_json::Value;
use wiresift::export::{Exporter, ReportJson, Text};
use wiresift::host::server_name;
use wiresift::pipeline::Analyzer;
use wiresift::report::{FlowRecord, Overview, Report, Severity, Top, Volume};
use wiresift::settings::Settings;
use wiresift::synth;
use wiresift::units::Timestamp;
use wiresift::view::{Query, View};

fn analyze(bytes: &[u8], seed: [u64; 2]) -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), seed).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(bytes);
    analyzer.finish().unwrap()
}

/// A day of everything the generator has.
fn day() -> Vec<u8> {
    let mut bytes = Vec::new();
    synth::write(&synth::Config { packets: 6000, ..synth::Config::default() }, &mut bytes, None).unwrap();
    bytes
}

fn written(exporter: &dyn Exporter, report: &Report) -> String {
    let mut out = Vec::new();
    exporter.export(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn selected(report: &Report, filter: &str) -> u64 {
    View::select(report, &Query { filter: filter.to_owned(), ..Query::default() })
        .unwrap_or_else(|error| panic!("{filter}: {error:?}"))
        .len() as u64
}

/// Every entry by its name, added up the plain way.
fn by_name(report: &Report, names: impl Fn(&FlowRecord) -> Vec<String>) -> BTreeMap<String, Volume> {
    let mut sums: BTreeMap<String, Volume> = BTreeMap::new();
    for flow in &report.flows {
        let mut names = names(flow);
        names.sort();
        names.dedup();
        for name in names {
            let one = Volume { flows: 1, packets: flow.packets(), bytes: flow.wire_bytes() };
            sums.entry(name).or_default().merge(&one);
        }
    }
    sums
}

fn agrees<T>(top: &Top<T>, sums: &BTreeMap<String, Volume>, of: impl Fn(&T) -> (String, Volume)) {
    assert_eq!(top.count, sums.len() as u64);
    assert_eq!(top.first.len(), sums.len().min(Overview::TOP));
    let mut all = top.others;
    let mut last = u64::MAX;
    for (name, volume) in top.first.iter().map(of) {
        assert_eq!(sums[&name], volume, "{name}");
        assert!(volume.bytes <= last, "{name}");
        (last, _) = (volume.bytes, all.merge(&volume));
    }
    let mut expected = Volume::default();
    sums.values().for_each(|volume| expected.merge(volume));
    assert_eq!(all, expected);
    let larger = sums.values().filter(|volume| volume.bytes > last).count();
    assert!(larger < Overview::TOP, "nothing larger is left out");
}

#[test]
fn every_list_adds_up_the_flows() {
    for bytes in [office::capture(300), synth::sample(), day()] {
        let report = analyze(&bytes, [3, 4]);
        let overview = &report.overview;
        let hosts = by_name(&report, |f| vec![f.orig_addr.to_string(), f.resp_addr.to_string()]);
        agrees(&overview.talkers, &hosts, |t| (t.address.to_string(), t.volume));
        let pair = |a: std::net::IpAddr, b: std::net::IpAddr| format!("{} {}", a.min(b), a.max(b));
        let pairs = by_name(&report, |f| vec![pair(f.orig_addr, f.resp_addr)]);
        agrees(&overview.conversations, &pairs, |c| (pair(c.a, c.b), c.volume));
        assert!(overview.conversations.first.iter().all(|c| c.a <= c.b));
        let port = |proto: String, port: Option<u16>| format!("{proto} {port:?}");
        let ports = by_name(&report, |f| vec![port(f.proto.name(), f.proto.has_ports().then_some(f.resp_port))]);
        agrees(&overview.ports, &ports, |p| (port(p.proto.name(), p.port), p.volume));
        let servers = by_name(&report, |f| server_name(f).map(str::to_ascii_lowercase).into_iter().collect());
        agrees(&overview.server_names, &servers, |n| (n.name.clone(), n.volume));
        let asked = by_name(&report, |f| {
            let dns = f.application.as_ref().and_then(|a| a.dns());
            dns.map(|dns| dns.queries.first.iter().map(|q| q.name.as_str().to_ascii_lowercase()).collect())
                .unwrap_or_default()
        });
        agrees(&overview.dns_names, &asked, |n| (n.name.clone(), n.volume));
    }
}

#[test]
fn each_entry_leads_to_its_flows() {
    for bytes in [synth::sample(), day()] {
        let report = analyze(&bytes, [3, 4]);
        let overview = &report.overview;
        for talker in &overview.talkers.first {
            assert_eq!(selected(&report, &format!("ip {}", talker.address)), talker.volume.flows);
        }
        for both in overview.conversations.first.iter().filter(|both| both.a != both.b) {
            assert_eq!(selected(&report, &format!("ip {} and ip {}", both.a, both.b)), both.volume.flows);
        }
        for port in overview.ports.first.iter().filter(|port| port.port.is_some()) {
            let filter = format!("dport {} and proto {}", port.port.unwrap(), port.proto.name());
            assert_eq!(selected(&report, &filter), port.volume.flows, "{filter}");
        }
        for name in &overview.server_names.first {
            let filter = format!("sni == \"{0}\" or http.host == \"{0}\"", name.name);
            assert_eq!(selected(&report, &filter), name.volume.flows, "{filter}");
        }
        for name in &overview.dns_names.first {
            assert_eq!(selected(&report, &format!("dns.query == \"{}\"", name.name)), name.volume.flows);
        }
        assert!(!overview.server_names.first.is_empty() && !overview.dns_names.first.is_empty());
    }
}

#[test]
fn the_seed_of_the_hash_never_shows() {
    // Many entries of equal size: what settles them is their key.
    let frames: Vec<_> = (0..200u16)
        .map(|i| {
            let host = [10, 0, u8::try_from(i % 50).unwrap(), 1];
            office::udp(u64::from(i) * 1000, (host, 40_000), ([10, 9, 0, 1], 1000 + i), b"?")
        })
        .collect();
    let bytes = office::file(&frames);
    let first = written(&ReportJson, &analyze(&bytes, [0, 0]));
    assert!((1..6).all(|seed| written(&ReportJson, &analyze(&bytes, [seed, !seed])) == first));
    let overview = analyze(&bytes, [0, 0]).overview;
    assert_eq!((overview.talkers.count, overview.ports.count), (51, 200));
    assert_eq!(overview.talkers.first[0].address.to_string(), "10.9.0.1");
    assert_eq!(overview.talkers.first[1].address.to_string(), "10.0.0.1");
    assert_eq!(overview.ports.first[0].port, Some(1000));
    assert_eq!(overview.ports.others.flows, 190);
}

#[test]
fn a_talker_carries_the_gravest_finding_of_it() {
    let mut frames: Vec<_> = (0..300u16)
        .map(|i| office::tcp(u64::from(i) * 9000, ([10, 0, 0, 66], 50_000), ([10, 0, 0, 7], 1 + i), SYN, b""))
        .collect();
    frames.push(office::udp(5, ([10, 0, 0, 8], 40_000), ([10, 0, 0, 9], 4000), &[b'x'; 900]));
    let report = analyze(&office::file(&frames), [1, 2]);
    let scan = report.findings.iter().find(|f| f.kind == "port_scan").unwrap();
    let of = |address: &str| {
        report.overview.talkers.first.iter().find(|t| t.address.to_string() == address).unwrap().severity
    };
    assert!(of("10.0.0.66") >= scan.severity && of("10.0.0.7") >= scan.severity);
    assert_eq!(of("10.0.0.9"), Severity::None);
    let text = written(&Text, &report);
    assert!(text.contains("10.0.0.66: 300 flows") && text.contains("10.0.0.7: 300 flows"), "{text}");
    assert!(text.contains("udp 4000: 1 flow, 1 packet, "), "{text}");
}

#[test]
fn tables_count_what_they_say() {
    let flows = tables::flows(60);
    let report = analyze(tables::cicids2017_ml(&flows).as_bytes(), [1, 2]);
    assert_eq!(report.overview, Overview::default(), "no addresses, no protocols, no names");
    let report = analyze(tables::zeek_tsv(&flows).as_bytes(), [1, 2]);
    assert!(report.overview.talkers.count > 1 && report.overview.ports.count > 0);
    assert_eq!(analyze(&office::file(&[]), [1, 2]).overview, Overview::default());
}

#[test]
fn names_of_a_capture_stay_text() {
    let mut frames = Vec::new();
    for (i, name) in [&b"<img src=x>\x1b[31m"[..], b"\xff\xfe", b"Plain"].into_iter().enumerate() {
        let ends = (([10, 0, 0, 1], 40_000 + u16::try_from(i).unwrap()), ([10, 0, 0, 2], 53));
        let question = talks::dns_message(0x0100, &[name], 1, 0, b"");
        frames.push(office::udp(i as u64 * 100, ends.0, ends.1, &question));
    }
    let report = analyze(&office::file(&frames), [1, 2]);
    let text = written(&ReportJson, &report);
    assert!(!text.contains('\u{1b}') && !text.contains("\\u001b"));
    let whole: Value = serde_json::from_str(&text).unwrap();
    let names = &whole["overview"]["dns_names"];
    assert_eq!(names["count"], 3);
    let first: Vec<&str> = names["first"].as_array().unwrap().iter().map(|n| n["name"].as_str().unwrap()).collect();
    assert!(first.contains(&"plain"), "{first:?}");
}

#[test]
fn the_timeline_by_protocol_is_the_whole_timeline() {
    for bytes in [office::capture(300), synth::sample(), day()] {
        let report = analyze(&bytes, [1, 2]);
        let timeline = &report.charts.timeline;
        for (bin, packets) in timeline.packets.iter().enumerate() {
            let sum = |of: fn(&wiresift::report::TimelineProtocol) -> &Vec<u64>| -> u64 {
                timeline.protocols.iter().map(|p| of(p)[bin]).sum()
            };
            assert_eq!((sum(|p| &p.packets), sum(|p| &p.bytes)), (*packets, timeline.bytes[bin]));
            assert_eq!(sum(|p| &p.flows), timeline.flows[bin]);
        }
        assert_eq!(timeline.flows.iter().sum::<u64>(), report.summary.flows);
        assert_eq!(timeline.findings.iter().sum::<u64>(), report.findings.len() as u64);
    }
}

#[test]
fn a_range_of_the_timeline_is_a_filter() {
    let report = analyze(&day(), [1, 2]);
    let timeline = &report.charts.timeline;
    let start = timeline.start.unwrap();
    let at = |bin: usize| {
        let offset = std::time::Duration::from_secs_f64(timeline.bin_seconds) * u32::try_from(bin).unwrap();
        Timestamp(start.0 + i64::try_from(offset.as_nanos()).unwrap()).to_string()
    };
    let bins = timeline.flows.len();
    for (from, to) in [(0, bins), (bins / 4, bins / 2), (bins / 2, bins / 2 + 1)] {
        let filter = format!("ts >= {} and ts < {}", at(from), at(to));
        assert_eq!(selected(&report, &filter), timeline.flows[from..to].iter().sum::<u64>(), "{filter}");
    }
}
