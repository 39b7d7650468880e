//! The host graph and the services of hosts: what is chosen, what is counted, and that nothing is lost at the bounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use crate::generators::frames::SYN;
use crate::generators::office;
use wiresift::export::{Exporter, ReportJson};
use wiresift::pipeline::{self, Analyzer};
use wiresift::report::{HostGraph, HostPorts, Report, Severity};
use wiresift::settings::Settings;

fn settings(pairs: &[(&str, &str)]) -> Settings {
    Settings::from_pairs(pairs.iter().copied()).unwrap()
}

fn analyze(capture: &[u8], pairs: &[(&str, &str)], hash_seed: [u64; 2]) -> Report {
    let mut analyzer = Analyzer::new(settings(pairs), hash_seed).unwrap();
    analyzer.begin_file("a.pcap");
    analyzer.push(capture);
    analyzer.finish().unwrap()
}

/// `hosts` hosts that ask one server, and one that tries `ports` ports of each of the first forty.
fn scanned(hosts: u64, ports: u64) -> Vec<u8> {
    let mut frames = Vec::new();
    let address = |i: u64| [10, 0, (i / 200) as u8, 10 + (i % 200) as u8];
    for i in 0..hosts * 4 {
        let host = (address(i % hosts), 40_000 + (i % 20_000) as u16);
        frames.push(office::udp(i * 9_000, host, ([10, 9, 0, 1], 53), &vec![b'q'; 30 + (i % 9) as usize]));
        frames.push(office::udp(i * 9_000 + 900, ([10, 9, 0, 1], 53), host, &vec![b'r'; 90 + (i % 17) as usize]));
    }
    for i in 0..40 * ports {
        let target = (address(i % 40), 1 + (i / 40) as u16);
        frames.push(office::tcp(i * 10_000 + 5, ([10, 9, 0, 99], 50_000 + i as u16), target, SYN, b""));
    }
    frames.sort_by_key(|f| f.0);
    office::file(&frames)
}

/// What holds of every graph and heat map.
fn check(report: &Report) -> (&HostGraph, &HostPorts) {
    let (graph, ports) = (&report.charts.host_graph, &report.charts.host_ports);
    let number = |n: usize| u64::try_from(n).unwrap();
    let hosts = graph.nodes.iter().filter(|node| !node.address.is_empty()).count();
    assert!(hosts <= 60 && graph.edges.len() <= 300);
    assert_eq!(graph.nodes.iter().map(|node| node.hosts).sum::<u64>(), report.summary.hosts);
    for node in &graph.nodes {
        assert!((0.0..=1.0).contains(&node.x) && (0.0..=1.0).contains(&node.y), "{node:?}");
    }
    for edge in &graph.edges {
        assert!(edge.from < edge.to && (edge.to as usize) < graph.nodes.len(), "{edge:?}");
    }
    let others = usize::from(ports.other_hosts > 0);
    assert!(ports.hosts.len() + others <= 25);
    assert!(ports.services.len() + usize::from(ports.other_services > 0) <= 20);
    let flows = number(report.flows.len());
    assert_eq!(ports.cells.iter().map(|cell| cell.flows).sum::<u64>(), flows, "every flow has its cell");
    let bytes: u64 = report.flows.iter().map(|flow| flow.wire_bytes()).sum();
    assert_eq!(ports.cells.iter().map(|cell| cell.bytes).sum::<u64>(), bytes);
    for (place, host) in ports.hosts.iter().enumerate() {
        let row = ports.cells.iter().filter(|cell| cell.host as usize == place);
        assert_eq!(row.map(|cell| cell.flows).sum::<u64>(), host.flows, "{host:?}");
    }
    for (place, service) in ports.services.iter().enumerate() {
        let column = ports.cells.iter().filter(|cell| cell.service as usize == place);
        assert_eq!(column.map(|cell| cell.flows).sum::<u64>(), service.flows, "{service:?}");
    }
    (graph, ports)
}

#[test]
fn the_gravest_host_is_first_then_those_with_most_bytes() {
    let report = analyze(&scanned(45, 5), &[], [1, 2]);
    let (graph, ports) = check(&report);
    assert_eq!((graph.nodes.len(), graph.nodes[0].address.as_str()), (47, "10.9.0.99"));
    assert!(graph.nodes[0].severity >= Severity::Medium, "{:?}", graph.nodes[0]);
    assert_eq!((graph.nodes[0].peers, graph.nodes[0].flows), (40, 200));
    let grave = graph.nodes.iter().filter(|node| node.severity > Severity::None).count();
    assert!(
        graph.nodes.iter().is_sorted_by_key(|node| (std::cmp::Reverse(node.severity), std::cmp::Reverse(node.bytes)))
    );
    assert_eq!(graph.nodes[grave].address, "10.9.0.1", "of those of whom nothing was found");
    assert_eq!((graph.edges.len(), graph.more_edges), (85, 0));
    assert!(graph.edges[0].anomalies > 0, "conversations with anomalies come first");

    assert_eq!((ports.hosts[0].address.as_str(), ports.hosts[0].flows), ("10.9.0.1", 180));
    assert_eq!((ports.services[0].proto.as_str(), ports.services[0].port), ("udp", Some(53)));
    assert_eq!((ports.services.len(), ports.other_services), (6, 0));
    assert_eq!((ports.hosts.len(), ports.other_hosts), (24, 17));
}

#[test]
fn what_has_no_room_is_counted() {
    let report = analyze(&scanned(500, 30), &[], [1, 2]);
    let (graph, ports) = check(&report);
    assert_eq!((graph.nodes.len(), graph.nodes[60].hosts), (61, 442));
    assert!(graph.nodes[60].address.is_empty() && graph.nodes[60].flows > 0);
    assert_eq!((ports.services.len(), ports.other_services), (19, 12));
    assert_eq!((ports.hosts.len(), ports.other_hosts), (24, 17));
}

#[test]
fn neither_hash_seed_nor_way_changes_a_byte() {
    let capture = scanned(120, 8);
    let charts = |report: &Report| {
        let mut out = Vec::new();
        ReportJson.export(report, &mut out).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        serde_json::to_string(&(&json["charts"]["host_graph"], &json["charts"]["host_ports"])).unwrap()
    };
    let once = analyze(&capture, &[], [1, 2]);
    let mut again = analyze(&capture, &[("unit", "host")], [77, 3]);
    check(&again);
    pipeline::redetect(&mut again, &settings(&[])).unwrap();
    assert_eq!(charts(&once), charts(&again));
}

#[test]
fn nobody_is_no_graph() {
    let report = analyze(&office::file(&[]), &[], [1, 2]);
    assert_eq!((&report.charts.host_graph, &report.charts.host_ports), (&HostGraph::default(), &HostPorts::default()));
}
