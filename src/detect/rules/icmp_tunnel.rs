//! ICMP tunnel: echo requests and replies that carry a conversation.

use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::filter_of;
use crate::report::{Direction, End, FlowRecord, Proto, Severity, Technique};
use crate::units::{bytes_text, count_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "icmp_tunnel",
    name: "ICMP tunnel",
    how: "At least `icmp-tunnel-packets` echo messages of one flow differ in size within a direction or between request and \
          reply, where a ping repeats itself and is given back as it was sent.",
    source: "RFC 792: a reply gives back the request's data.",
    caveat: "Path MTU tests by ping change sizes; replies that are lost leave a few bytes of difference.",
    technique: Some(Technique { id: "T1095", name: "Non-Application Layer Protocol" }),
    limits: &["icmp-tunnel-packets"],
    find,
};

/// From so many payload bytes on it is high.
const HIGH_BYTES: u64 = 10_000;
/// Sizes that a person's pings may take on by hand.
const FEW_SIZES: f64 = 0.05;

fn is_echo(flow: &FlowRecord) -> bool {
    match flow.proto {
        Proto::ICMP => matches!(flow.orig_port, 0 | 8),
        Proto::ICMPV6 => matches!(flow.orig_port, 128 | 129),
        _ => false,
    }
}

/// Variation of payload sizes, as a share of their mean.
fn variation(direction: &Direction) -> f64 {
    let mean = direction.payload.mean().unwrap_or(0.0);
    if mean <= 0.0 { 0.0 } else { direction.payload.std_dev().unwrap_or(0.0) / mean }
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.pingers() {
        for row in rows.into_iter().filter(|row| is_echo(row.flow)) {
            let f = row.flow;
            if float(f.packets()) < traffic.limit("icmp-tunnel-packets") {
                continue;
            }
            let varies = variation(&f.orig) > FEW_SIZES || variation(&f.resp) > FEW_SIZES;
            let mean = |end: End| f.direction(end).payload.mean().unwrap_or(0.0);
            let differs = f.resp.packets > 0 && (mean(End::Orig) - mean(End::Resp)).abs() > 4.0;
            let largest = f.orig.payload.max.max(f.resp.payload.max);
            if (varies || differs) && largest > 64 {
                drafts.push(draft(actor, row));
            }
        }
    }
    drafts
}

fn draft(actor: IpAddr, row: Row<'_>) -> Draft {
    let f = row.flow;
    let bytes = f.orig.payload_bytes + f.resp.payload_bytes;
    let mut draft = Draft::of_actor(actor, [row]);
    draft.severity = if bytes >= HIGH_BYTES { Severity::High } else { Severity::Medium };
    draft.title = format!("{actor}: ICMP echo to {} carries data", f.resp_addr);
    let sizes = |d: &Direction| format!("{} to {} bytes", d.payload.min, d.payload.max);
    draft.evidence = format!(
        "{} requests and {} replies with {} of data: requests of {}, replies of {}. A ping's do not change.",
        count_text(f.orig.packets),
        count_text(f.resp.packets),
        bytes_text(bytes),
        sizes(&f.orig),
        sizes(&f.resp),
    );
    draft.measure("bytes", float(bytes));
    draft.measure("packets", float(f.packets()));
    draft.filter = filter_of(actor, &draft.targets, Some((f.proto, 0)));
    draft
}
