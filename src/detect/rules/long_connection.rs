//! Long connection: one that stays open to an outside host for hours.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many, whom};
use crate::report::{AddressKind, EndReason, Proto, Severity, Technique, is_local};
use crate::units::{duration_text, seconds};

pub(super) const RULE: Rule = Rule {
    kind: "long_connection",
    name: "Long connection",
    how: "A TCP or UDP connection to an outside host that answers lasted at least `long-connection-seconds`; one that the \
          active timeout split counts as a whole. Info, low from eight hours on.",
    source: "RITA: 1, 4, 8 and 12 hours for its categories.",
    caveat: "Shells, messengers, calls and pages that wait for news stay open as long.",
    technique: Some(Technique { id: "T1071", name: "Application Layer Protocol" }),
    limits: &["long-connection-seconds"],
    find,
};

/// From so many seconds on it is low.
const LOW_SECONDS: f64 = 28_800.0;
/// Services that ask now and then, not connections.
const ASKING: [&str; 4] = ["ntp", "dns", "stun", "netbios"];

/// The parts of one connection.
type Parts<'a> = Vec<Row<'a>>;

fn duration_ns(parts: &Parts<'_>) -> u64 {
    let first = parts.first().map(|row| row.first_ts);
    let last = parts.iter().map(|row| row.last_ts).max();
    first.zip(last).map_or(0, |(first, last)| last.since(first))
}

/// The connections of one host to outside ones, each with its parts in order of time.
fn connections<'a>(rows: &[Row<'a>]) -> Vec<Parts<'a>> {
    let mut open: BTreeMap<(Proto, u16, IpAddr, u16), Parts<'a>> = BTreeMap::new();
    let mut done = Vec::new();
    for &row in rows {
        let is_outside = !is_local(row.resp_addr) && AddressKind::of(row.resp_addr) == AddressKind::Unicast;
        let is_asking = row.service.is_some_and(|service| ASKING.contains(&service));
        if !is_outside || is_asking || !matches!(row.proto, Proto::TCP | Proto::UDP) || row.back.packets == 0 {
            continue;
        }
        let parts = open.entry((row.proto, row.orig_port, row.resp_addr, row.resp_port)).or_default();
        if parts.last().is_some_and(|before| before.end != EndReason::Active) {
            done.push(std::mem::take(parts));
        }
        parts.push(row);
    }
    done.extend(open.into_values());
    done
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let least = traffic.limit("long-connection-seconds");
    let mut drafts = Vec::new();
    // Only what is cut by the active timeout has several parts.
    let may_be_long = |row: &Row<'_>| row.end == EndReason::Active || seconds(row.duration_ns()) >= least;
    for (actor, rows) in traffic.originators().filter(|(_, rows)| rows.iter().any(may_be_long)) {
        let long: Vec<Parts<'_>> =
            connections(rows).into_iter().filter(|parts| seconds(duration_ns(parts)) >= least).collect();
        if !long.is_empty() {
            drafts.push(draft(actor, &long));
        }
    }
    drafts
}

fn draft(actor: IpAddr, long: &[Parts<'_>]) -> Draft {
    let mut draft = Draft::of_actor(actor, long.iter().flatten().copied());
    let longest = long.iter().map(duration_ns).max().unwrap_or_default();
    draft.severity = if seconds(longest) >= LOW_SECONDS { Severity::Low } else { Severity::Info };
    let to = whom(&draft.targets);
    draft.title = format!("{actor}: connection of {} to {to}", duration_text(longest));
    draft.evidence = format!(
        "{} to {to} stayed open, the longest for {}, in {}.",
        many(long.len(), "connection"),
        duration_text(longest),
        many(draft.rows.len(), "flow"),
    );
    draft.count("connections", long.len());
    draft.measure("longest_seconds", seconds(longest));
    draft.filter = filter_of(actor, &draft.targets, None);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, tcp};
    use crate::report::FlowRecord;
    use crate::units::Timestamp;

    /// Parts of half an hour, each but the last ended by the active timeout.
    fn split(parts: i64, to: [u8; 4], end: EndReason) -> Vec<FlowRecord> {
        let part = |i: i64| {
            let mut flow = tcp(1_800 * i, [10, 0, 0, 5], (to, 443), (900, 900));
            flow.last_ts = Timestamp::from_parts(1_800 * (i + 1), 0);
            flow.end = end;
            flow
        };
        (0..parts).map(part).collect()
    }

    #[test]
    fn a_split_connection_is_one() {
        let outside = [192, 0, 2, 9];
        let severity =
            |parts| found(&RULE, split(parts, outside, EndReason::Active)).first().map(|f| (f.severity, f.rows));
        assert_eq!(severity(3), Some((Severity::Info, 3)));
        assert_eq!(severity(20), Some((Severity::Low, 20)));
        assert_eq!(severity(1), None);
        // Closed and begun anew, and inside, it is none.
        assert_eq!(found(&RULE, split(3, outside, EndReason::Fin)), []);
        assert_eq!(found(&RULE, split(3, [10, 0, 0, 9], EndReason::Active)), []);
    }
}
