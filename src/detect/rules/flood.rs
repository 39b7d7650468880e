//! Floods: a service is sent so much that it cannot answer.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::probe::flag_count;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many, service, share};
use crate::report::{AddressKind, Proto, Severity, TcpFlags, Technique};
use crate::units::{count_text, float, seconds};

pub(super) const RULE: Rule = Rule {
    kind: "flood",
    name: "Flood",
    how: "A service was sent at least `flood-packets` packets that got no answer (SYNs without a connection, datagrams, ICMP \
          requests, DHCP requests), at an average of at least `flood-rate` a second, and at most a tenth of them were \
          answered. Many sources with a packet or two each are called spoofed.",
    source: "A common Snort rule for SYN floods has 10,000 in a minute to one host; the rate here is the same.",
    caveat: "One-way streams of audio or video, and captures of one direction, look like this.",
    technique: Some(Technique { id: "T1498", name: "Network Denial of Service" }),
    limits: &["flood-packets", "flood-rate"],
    find,
};

/// From so many sources on, with few packets each, they are taken as made up.
const SPOOFED_SOURCES: usize = 100;
const SPOOFED_PACKETS: f64 = 4.0;
/// Above this share of answers it is a conversation.
const ANSWERED_SHARE: f64 = 0.1;
/// A stream of media has packets of a few hundred bytes at an even, moderate rate to one port from one source.
const STREAM_RATE: f64 = 1_500.0;

/// A flow, its packets that a flood would be made of, and how many came back.
type Sent<'r, 'a> = (&'r Row<'a>, u64, u64);

/// The packets of a flow that a flood would be made of, and how many came back.
fn unanswered(row: &Row<'_>) -> Option<(u64, u64)> {
    match row.proto {
        Proto::TCP if row.flow.history.starts_with('^') => None,
        Proto::TCP => {
            let syns = u64::from(flag_count(&row.flow.orig, TcpFlags::SYN));
            let is_open = row.sent.payload + row.back.payload > 0 || matches!(row.flow.conn_state, Some("SF" | "S1"));
            (syns > 0).then_some(if is_open { (0, syns) } else { (syns, 0) })
        }
        Proto::UDP | Proto::ICMP | Proto::ICMPV6 => Some((row.sent.packets, row.back.packets)),
        _ => None,
    }
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let limit = traffic.limit("flood-packets");
    for (target, rows) in traffic.responders() {
        // Most hosts are not sent so many in all.
        if float(rows.iter().fold(0, |sum: u64, row| sum.saturating_add(row.sent.packets))) < limit {
            continue;
        }
        let is_group = AddressKind::of(target).is_group();
        let mut services: BTreeMap<(Proto, u16), Vec<Sent<'_, '_>>> = BTreeMap::new();
        for row in rows {
            // What is sent to a group is answered by nobody; a DHCP server is.
            let is_dhcp = row.proto == Proto::UDP && row.resp_port == 67;
            if let Some((sent, back)) = unanswered(row).filter(|_| !is_group || is_dhcp) {
                let port = if row.proto.has_ports() { row.resp_port } else { 0 };
                services.entry((row.proto, port)).or_default().push((row, sent, back));
            }
        }
        drafts.extend(services.iter().filter_map(|(key, rows)| draft(traffic, target, *key, rows)));
    }
    drafts
}

fn draft(traffic: &Traffic<'_>, target: IpAddr, key: (Proto, u16), rows: &[Sent<'_, '_>]) -> Option<Draft> {
    let sent: u64 = rows.iter().map(|(_, sent, _)| sent).sum();
    let back: u64 = rows.iter().map(|(.., back)| back).sum();
    let first = rows.iter().map(|(row, ..)| row.first_ts).min()?;
    let last = rows.iter().map(|(row, ..)| row.last_ts).max()?;
    // A burst within one moment counts as a second of it.
    let rate = float(sent) / seconds(last.since(first)).max(1.0);
    let sources: BTreeSet<IpAddr> = rows.iter().map(|(row, ..)| row.orig_addr).collect();
    let is_flood = float(sent) >= traffic.limit("flood-packets")
        && rate >= traffic.limit("flood-rate")
        && float(back) <= ANSWERED_SHARE * float(sent);
    let is_stream = key.0 == Proto::UDP && rows.len() <= 3 && rate < STREAM_RATE;
    if !is_flood || is_stream {
        return None;
    }
    let is_spoofed =
        sources.len() >= SPOOFED_SOURCES && float(sent) <= SPOOFED_PACKETS * float(crate::units::count(sources.len()));
    let mut draft = Draft::of_target(target, rows.iter().map(|(row, ..)| **row));
    draft.severity = Severity::High;
    let kind = match key.0 {
        Proto::TCP => "SYN",
        Proto::UDP if key.1 == 67 => "DHCP",
        Proto::UDP => "UDP",
        _ => "ICMP",
    };
    let from = match (is_spoofed, sources.len(), sources.first()) {
        (true, n, _) => format!("{}, most likely spoofed", many(n, "source")),
        (_, 1, Some(source)) => source.to_string(),
        (_, n, _) => many(n, "source"),
    };
    draft.title = format!("{target}: {kind} flood on {} from {from}", service(key.0, key.1));
    draft.evidence = format!(
        "{} packets without an answer, {} a second on average, from {from}; {:.1} % were answered.",
        count_text(sent),
        count_text(whole(rate)),
        100.0 * share(usize::try_from(back).unwrap_or(usize::MAX), usize::try_from(sent + back).unwrap_or(usize::MAX)),
    );
    draft.count("packets", usize::try_from(sent).unwrap_or(usize::MAX));
    draft.measure("packets_a_second", rate);
    draft.count("sources", sources.len());
    let one = if is_spoofed { BTreeSet::new() } else { sources };
    draft.filter = filter_of(target, &one, Some(key));
    if is_spoofed {
        // Nobody who could be asked.
        draft.actors.clear();
    }
    Some(draft)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a rate is not negative
fn whole(rate: f64) -> u64 {
    rate as u64
}
