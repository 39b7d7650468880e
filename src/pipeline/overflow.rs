//! What the flow table had no room for, as findings: a flood is not less a flood for having filled the table.

use std::net::IpAddr;

use crate::filter::export::{display_address, display_service};
use crate::report::{Count, Finding, OverflowBucket, Report, Severity, Technique};
use crate::units::{count_text, float};

/// A bucket of fewer packets is no finding ...
const LEAST_PACKETS: u64 = 1_000;
/// ... nor one with a smaller share of the capture's.
const LEAST_SHARE: f64 = 0.01;
/// With this share of the packets and so many flows it is a flood.
const FLOOD_SHARE: f64 = 0.1;
const FLOOD_FLOWS: u64 = 10_000;
/// Findings at most.
const MOST: usize = 10;

/// The kind of these findings.
pub(super) const KIND: &str = "overflow";

/// Findings of the large buckets, most packets first.
pub(super) fn findings(report: &Report) -> Vec<Finding> {
    let share = |bucket: &OverflowBucket| float(bucket.sum.packets) / float(report.ledger.packets.max(1));
    let is_large = |b: &&OverflowBucket| b.sum.packets >= LEAST_PACKETS && share(b) >= LEAST_SHARE;
    let buckets = report.ledger.overflow.buckets.iter().filter(is_large).take(MOST);
    buckets.map(|bucket| finding(bucket, share(bucket))).collect()
}

fn finding(bucket: &OverflowBucket, share: f64) -> Finding {
    let OverflowBucket { responder, port, proto, sum } = bucket;
    let service = port.map_or_else(|| proto.name(), |port| format!("{} port {port}", proto.name()));
    let many = |n: u64, one: &str| format!("about {} {one}{}", count_text(n), if n == 1 { "" } else { "s" });
    let is_flood = share >= FLOOD_SHARE && sum.flows >= FLOOD_FLOWS;
    Finding {
        id: String::new(),
        kind: KIND,
        severity: if is_flood { Severity::High } else { Severity::Medium },
        title: format!(
            "{responder}: {} from {} beyond the flow table, {service}",
            many(sum.flows, "flow"),
            many(sum.originators, "host")
        ),
        actors: Vec::new(),
        targets: vec![responder.to_string()],
        target_count: 1,
        first_ts: sum.first_ts,
        last_ts: sum.last_ts,
        rows: 0,
        raised: Vec::new(),
        packets: sum.packets,
        bytes: sum.bytes,
        score: None,
        evidence: format!(
            "The flow table was full: {} packets, {:.1} % of the capture, went to this service without a flow of their \
             own. They are counted, not scored.",
            count_text(sum.packets),
            share * 100.0
        ),
        counts: vec![
            Count { name: "flows", value: float(sum.flows) },
            Count { name: "originators", value: float(sum.originators) },
        ],
        technique: is_flood.then_some(Technique { id: "T1498", name: "Network Denial of Service" }),
        source: "A tenth of the packets and ten thousand flows make a flood of it.",
        caveat: "A busy service in a capture larger than the memory budget fills the table too.",
        filter: filter(*responder, bucket),
        members: Vec::new(),
    }
}

/// A Wireshark display filter for the bucket's traffic.
fn filter(responder: IpAddr, bucket: &OverflowBucket) -> String {
    let mut terms = vec![display_address(responder, bucket.proto == crate::report::Proto::Arp)];
    terms.extend(display_service(bucket.proto, Some(bucket.port.unwrap_or(0))));
    terms.join(" && ")
}
