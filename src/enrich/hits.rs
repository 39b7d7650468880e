//! Flows that meet what a threat list has.

mod finding;
mod kind;
mod meet;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::list::{Entry, ThreatList};
use crate::report::{Enrichment, Fields, Report, Severity};
use crate::sort;
use crate::units::count;
use kind::Kind;
use meet::Hit;

/// From so many hosts on that meet the same kind of entry of a list, one finding tells of all.
const MANY_ACTORS: usize = 10;

/// What hosts, or one of them, met on a list.
#[derive(Debug, Default)]
struct Group {
    /// Rows of its flows, in order.
    rows: Vec<u32>,
    actors: BTreeSet<IpAddr>,
    targets: BTreeSet<IpAddr>,
    severity: Severity,
    /// What was met, by entry: as it was seen, and in how many flows.
    met: BTreeMap<Entry, Met>,
}

#[derive(Debug)]
struct Met {
    text: String,
    flows: u64,
}

impl Group {
    fn add(&mut self, row: u32, hit: &Hit) {
        if self.rows.last() != Some(&row) {
            self.rows.push(row);
        }
        self.actors.insert(hit.actor);
        self.targets.insert(hit.target);
        self.severity = self.severity.max(hit.severity);
        self.met.entry(hit.entry).or_insert_with(|| Met { text: hit.text.clone(), flows: 0 }).flows += 1;
    }

    fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.actors.extend(other.actors);
        self.targets.extend(other.targets);
        self.severity = self.severity.max(other.severity);
        for (entry, met) in other.met {
            let flows = met.flows;
            self.met.entry(entry).or_insert(Met { flows: 0, ..met }).flows += flows;
        }
    }
}

/// Compares all flows with all lists: what the lists are, what was met of them, and the findings.
pub(super) fn add(report: &Report, lists: &[ThreatList], enrichment: &mut Enrichment) {
    for list in lists {
        let groups = groups(report, list);
        let entries = sort::set(groups.values().flat_map(|group| group.met.keys()).copied());
        let rows: BTreeSet<u32> = groups.values().flat_map(|group| &group.rows).copied().collect();
        let mut told = list.report();
        (told.entries_met, told.flows_met) = (count(entries.len()), count(rows.len()));
        enrichment.lists.push(told);
        let found =
            told_together(groups).into_iter().filter_map(|(kind, group)| finding::of(report, list, kind, group));
        enrichment.findings.extend(found);
    }
}

fn groups(report: &Report, list: &ThreatList) -> BTreeMap<(Kind, IpAddr), Group> {
    let mut groups: BTreeMap<(Kind, IpAddr), Group> = BTreeMap::new();
    let mut hits = Vec::new();
    // Without addresses nobody could be said to have met anything.
    for (row, flow) in (0..).zip(&report.flows).filter(|(_, flow)| flow.knows(Fields::ADDRESSES)) {
        meet::flow(flow, list, &mut hits);
        for hit in hits.drain(..) {
            groups.entry((hit.kind, hit.actor)).or_default().add(row, &hit);
        }
    }
    groups
}

/// The groups of a kind as one where there are many.
fn told_together(groups: BTreeMap<(Kind, IpAddr), Group>) -> Vec<(Kind, Group)> {
    let mut of_kind: BTreeMap<Kind, Vec<Group>> = BTreeMap::new();
    for ((kind, _), group) in groups {
        of_kind.entry(kind).or_default().push(group);
    }
    let mut told = Vec::new();
    for (kind, groups) in of_kind {
        if groups.len() < MANY_ACTORS {
            told.extend(groups.into_iter().map(|group| (kind, group)));
        } else {
            let mut all = Group::default();
            groups.into_iter().for_each(|group| all.merge(group));
            told.push((kind, all));
        }
    }
    told
}
