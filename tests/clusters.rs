//! What the rows of a cluster share, held against a count of every value.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use wiresift::pipeline::Analyzer;
use wiresift::report::{Cluster, FlowRecord, Report};
use wiresift::settings::Settings;

use crate::generators::office;

fn analyze(unit: &str) -> Report {
    let mut analyzer = Analyzer::new(Settings::from_pairs([("unit", unit), ("k", "4")]).unwrap(), [1, 2]).unwrap();
    analyzer.begin_file("office.pcap");
    analyzer.push(&office::capture(400));
    analyzer.finish().unwrap()
}

fn shared<'a>(cluster: &'a Cluster, what: &str) -> Option<(&'a str, u64)> {
    cluster.shared.iter().find(|shared| shared.what == what).map(|shared| (shared.value.as_str(), shared.rows))
}

/// What a flow has of something that flows may share.
type Value = fn(&FlowRecord) -> Option<String>;

#[test]
fn a_cluster_says_what_at_least_half_of_its_flows_share() {
    let report = analyze("flow");
    let values: [(&str, Value); 4] = [
        ("originator", |flow| Some(flow.orig_addr.to_string())),
        ("responder", |flow| Some(flow.resp_addr.to_string())),
        ("port", |flow| Some(format!("{} port {}", flow.proto.name(), flow.resp_port))),
        ("service", |flow| flow.service.map(str::to_owned)),
    ];
    let mut told = 0;
    for cluster in &report.detection.clusters {
        let members = || report.flows.iter().filter(|flow| flow.verdict.cluster == cluster.id);
        for (what, value) in values {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            members().filter_map(value).for_each(|value| *counts.entry(value).or_default() += 1);
            let most = counts.iter().max_by_key(|(_, rows)| **rows).filter(|(_, rows)| **rows * 2 > cluster.rows);
            match most {
                Some((value, rows)) => assert_eq!(shared(cluster, what), Some((value.as_str(), *rows)), "{what}"),
                // Exactly half may be told or not.
                None => assert!(shared(cluster, what).is_none_or(|(_, rows)| rows * 2 == cluster.rows), "{what}"),
            }
            told += usize::from(most.is_some());
        }
        assert_eq!(cluster.first_ts, members().map(|flow| flow.first_ts).min());
        assert_eq!(cluster.last_ts, members().map(|flow| flow.last_ts).max());
    }
    assert!(told >= 4, "{:?}", report.detection.clusters);
}

#[test]
fn packets_share_their_source_and_hosts_nothing() {
    let packets = analyze("packet");
    let all = || packets.detection.clusters.iter();
    assert!(all().any(|cluster| shared(cluster, "destination").is_some()), "{:?}", packets.detection.clusters);
    assert!(all().all(|cluster| shared(cluster, "originator").is_none() && cluster.first_ts.is_some()));
    let hosts = analyze("host");
    assert!(hosts.detection.clusters.iter().all(|cluster| cluster.shared.is_empty() && cluster.first_ts.is_none()));
}
