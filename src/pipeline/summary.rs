//! Key figures and the verdict sentence.

use std::collections::BTreeMap;

use crate::chunked::Chunked;
use crate::report::{DetectionStatus, Fields, FlowRecord, Ledger, Proto, ProtocolCount, Report, Status, Summary};
use crate::settings::Unit;
use crate::units::{Timestamp, count, count_text, seconds};

/// The figures that do not depend on the detection.
pub(super) fn measure(
    ledger: &Ledger,
    flows: &Chunked<FlowRecord>,
    hosts: u64,
    span: Option<(Timestamp, Timestamp)>,
) -> Summary {
    let mut protocols: BTreeMap<Proto, ProtocolCount> = BTreeMap::new();
    for flow in flows.iter().filter(|flow| flow.knows(Fields::PROTO)) {
        let protocol = protocols.entry(flow.proto).or_insert_with(|| ProtocolCount {
            proto: flow.proto.name(),
            flows: 0,
            packets: 0,
            bytes: 0,
        });
        protocol.flows += 1;
        protocol.packets += flow.packets();
        protocol.bytes += flow.wire_bytes();
    }
    let mut protocols: Vec<ProtocolCount> = protocols.into_values().collect();
    protocols.sort_by_key(|p| std::cmp::Reverse(p.packets));
    Summary {
        verdict: String::new(),
        packets: ledger.packets,
        bytes: ledger.bytes,
        flows: count(flows.len()),
        hosts,
        first_ts: span.map(|(first, _)| first),
        last_ts: span.map(|(_, last)| last),
        duration: span.map_or(0.0, |(first, last)| seconds(last.since(first))),
        rows: 0,
        anomalies: 0,
        protocols,
    }
}

/// What a person with no time reads.
pub(super) fn sentence(report: &Report) -> String {
    let told = told(report);
    match &report.detection.baseline {
        Some(used) if used.is_foreign => format!("{told} The baseline is foreign: it is of another network."),
        _ => told,
    }
}

fn told(report: &Report) -> String {
    let noun = format!("{}s", report.settings.unit.name());
    let Summary { rows, anomalies, packets, .. } = report.summary;
    if report.outcome.status == Status::Rejected {
        return "This is not a capture that can be read.".into();
    }
    if packets == 0 && report.flows.is_empty() {
        let what = if report.has_tables() {
            "The table holds no rows that can be read."
        } else {
            "The capture holds no packets."
        };
        return what.into();
    }
    if rows == 0 && report.settings.unit == Unit::Packet && report.has_tables() {
        return "This is a table of flows: set the unit to flow to score them.".into();
    }
    let first = || report.findings.first().map(|f| format!(" First: {}.", f.title)).unwrap_or_default();
    let is_beyond = report.findings.first().is_some_and(|f| f.kind == "overflow");
    let beyond = if is_beyond { first() } else { String::new() };
    match report.detection.status {
        DetectionStatus::NotEnoughData => {
            format!("Not enough data: {} {noun} are too few to say what is normal.{beyond}", count_text(rows))
        }
        DetectionStatus::NoOutliers if is_beyond => format!("All {} {noun} kept look alike.{beyond}", count_text(rows)),
        DetectionStatus::NoOutliers => format!("Nothing stands out: all {} {noun} look alike.", count_text(rows)),
        DetectionStatus::Scored if anomalies == 0 && is_beyond => {
            format!("Nothing stands out among the {} {noun} kept.{beyond}", count_text(rows))
        }
        DetectionStatus::Scored if anomalies == 0 => {
            format!("Nothing stands out among {} {noun}.", count_text(rows))
        }
        DetectionStatus::Scored => {
            format!("{} of {} {noun} stand out.{}", count_text(anomalies), count_text(rows), first())
        }
    }
}
