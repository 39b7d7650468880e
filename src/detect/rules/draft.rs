//! A finding as a rule makes it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Rule;
use super::row::Row;
use super::traffic::Traffic;
use crate::report::{Count, Finding, Severity};
use crate::units::{Timestamp, count, float};

/// Addresses listed in a finding.
const LISTED: usize = 20;

/// What a rule says; the rest follows from the flows.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) severity: Severity,
    /// One line.
    pub(super) title: String,
    /// The numbers in words.
    pub(super) evidence: String,
    pub(super) actors: BTreeSet<IpAddr>,
    pub(super) targets: BTreeSet<IpAddr>,
    /// Rows of its flows.
    pub(super) rows: Vec<u32>,
    pub(super) counts: Vec<Count>,
    /// A Wireshark display filter.
    pub(super) filter: String,
    /// First and last packet and packets, where it has no flows.
    nobody: Option<((Timestamp, Timestamp), u64)>,
}

impl Draft {
    /// One about an actor and these flows of it; the targets are the flows' responders.
    pub(super) fn of_actor<'a>(actor: IpAddr, flows: impl IntoIterator<Item = Row<'a>>) -> Self {
        let mut draft = Self {
            severity: Severity::Medium,
            title: String::new(),
            evidence: String::new(),
            actors: BTreeSet::from([actor]),
            targets: BTreeSet::new(),
            rows: Vec::new(),
            counts: Vec::new(),
            filter: String::new(),
            nobody: None,
        };
        for Row { row, resp_addr, .. } in flows {
            draft.rows.push(row);
            draft.targets.insert(resp_addr);
        }
        draft
    }

    /// One about packets that are of no flow.
    pub(super) fn of_nobody(span: (Timestamp, Timestamp), packets: u64) -> Self {
        let mut draft = Self::of_actor(IpAddr::from([0, 0, 0, 0]), []);
        draft.actors.clear();
        draft.nobody = Some((span, packets));
        draft
    }

    /// One about a target and these flows to it; the actors are the flows' originators.
    pub(super) fn of_target<'a>(target: IpAddr, flows: impl IntoIterator<Item = Row<'a>>) -> Self {
        let mut draft = Self::of_actor(target, []);
        draft.actors.clear();
        draft.targets.insert(target);
        for Row { row, orig_addr, .. } in flows {
            draft.rows.push(row);
            draft.actors.insert(orig_addr);
        }
        draft
    }

    /// Adds a number to what the finding counts.
    pub(super) fn count(&mut self, name: &'static str, n: usize) {
        self.measure(name, float(count(n)));
    }

    /// Adds a measurement to what the finding counts.
    pub(super) fn measure(&mut self, name: &'static str, value: f64) {
        self.counts.push(Count { name, value });
    }

    /// The finding; `None` where it has no flow.
    pub(super) fn finding(mut self, rule: &Rule, traffic: &Traffic<'_>) -> Option<Finding> {
        self.rows.sort_unstable();
        self.rows.dedup();
        let flows = self.rows.iter().filter_map(|&row| traffic.flows.get(usize::try_from(row).ok()?));
        let (mut span, mut packets) = self.nobody.map_or((None, 0), |(span, packets)| (Some(span), packets));
        let mut bytes = 0u64;
        for flow in flows {
            let (first, last) = span.unwrap_or((flow.first_ts, flow.last_ts));
            span = Some((first.min(flow.first_ts), last.max(flow.last_ts)));
            packets = packets.saturating_add(flow.packets());
            bytes = bytes.saturating_add(flow.wire_bytes());
        }
        let (first_ts, last_ts) = span?;
        let listed = |all: &BTreeSet<IpAddr>| all.iter().take(LISTED).map(IpAddr::to_string).collect();
        Some(Finding {
            id: String::new(),
            kind: rule.kind,
            severity: self.severity,
            title: self.title,
            actors: listed(&self.actors),
            targets: listed(&self.targets),
            target_count: count(self.targets.len()),
            first_ts,
            last_ts,
            rows: count(self.rows.len()),
            raised: Vec::new(),
            packets,
            bytes,
            score: None,
            evidence: self.evidence,
            counts: self.counts,
            technique: rule.technique,
            source: rule.source,
            caveat: rule.caveat,
            filter: self.filter,
            members: self.rows,
        })
    }
}
