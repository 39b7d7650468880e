//! Key figures and the verdict sentence.

use std::collections::BTreeMap;

use crate::chunked::Chunked;
use crate::report::{
    DetectionStatus, Fields, FlowRecord, Ledger, Proto, ProtocolCount, Report, Severity, Status, Summary,
};
use crate::settings::Unit;
use crate::sort;
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
    sort::by_key(&mut protocols, |p| std::cmp::Reverse(p.packets));
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
    let scored = count_text(rows);
    let is_few = report.detection.status == DetectionStatus::NotEnoughData;
    let of_rules = report.findings.iter().filter(|f| f.severity > Severity::Info);
    match (report.findings.first(), of_rules.count()) {
        (Some(first), _) if anomalies > 0 => {
            format!("{} of {scored} {noun} stand out. First: {}.", count_text(anomalies), first.title)
        }
        // What rules find needs no row that stands out, and no rows at all.
        (Some(first), found @ 1..) => {
            let rest = match rows {
                0 => String::new(),
                _ if is_few => format!(" {scored} {noun} are too few to say what is normal."),
                _ => format!(" Among the {scored} {noun} nothing stands out."),
            };
            let s = if found == 1 { "" } else { "s" };
            format!("{} finding{s}. First: {}.{rest}", count_text(count(found)), first.title)
        }
        _ if is_few => format!("Not enough data: {scored} {noun} are too few to say what is normal."),
        _ if anomalies > 0 => format!("{} of {scored} {noun} stand out.", count_text(anomalies)),
        _ if report.detection.status == DetectionStatus::NoOutliers => {
            format!("Nothing stands out: all {scored} {noun} look alike.")
        }
        _ => format!("Nothing stands out among {scored} {noun}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Analyzer;
    use crate::report::Finding;
    use crate::settings::Settings;

    fn of(status: DetectionStatus, rows: u64, anomalies: u64, findings: &[(&str, Severity)]) -> String {
        let mut report = Analyzer::new(Settings::default(), [1, 2]).unwrap().finish_reading();
        report.outcome.status = Status::Complete;
        report.detection.status = status;
        report.summary = Summary { packets: 9, rows, anomalies, ..report.summary };
        report.findings = findings
            .iter()
            .map(|(title, severity)| Finding { title: (*title).into(), severity: *severity, ..Finding::default() })
            .collect();
        sentence(&report)
    }

    #[test]
    fn what_rules_find_is_told_where_rows_say_nothing() {
        use DetectionStatus::{NoOutliers, NotEnoughData, Scored};
        let found = [("A scan", Severity::High), ("A burst", Severity::Info)];
        assert_eq!(of(NotEnoughData, 0, 0, &found), "1 finding. First: A scan.");
        assert_eq!(
            of(NotEnoughData, 3, 0, &found),
            "1 finding. First: A scan. 3 flows are too few to say what is normal."
        );
        assert_eq!(of(Scored, 300, 0, &found), "1 finding. First: A scan. Among the 300 flows nothing stands out.");
        assert_eq!(of(Scored, 300, 2, &found), "2 of 300 flows stand out. First: A scan.");
        // What is only worth knowing does not stand out.
        assert_eq!(of(Scored, 300, 0, &found[1..]), "Nothing stands out among 300 flows.");
        assert_eq!(of(NoOutliers, 300, 0, &found[1..]), "Nothing stands out: all 300 flows look alike.");
        assert_eq!(of(NotEnoughData, 0, 0, &found[1..]), "Not enough data: 0 flows are too few to say what is normal.");
    }
}
