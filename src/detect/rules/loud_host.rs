//! Loud host: one of many begins most of the flows, or sends most of the packets.

use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many, whom};
use crate::report::Severity;
use crate::units::{count, count_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "loud_host",
    name: "Loud host",
    how: "Of at least ten hosts that began flows, one began at least `loud-host-share` of all of them, or of their packets, and \
          twenty times as many as the median host. Info.",
    source: "our own; the median, so that the loud one does not lift the bound it is held against.",
    caveat: "A capture is often taken at one host, which is then the loud one.",
    technique: None,
    limits: &["loud-host-share"],
    find,
};

/// Hosts, flows and packets below which nobody is loud.
const FEWEST_HOSTS: usize = 10;
const FEWEST_FLOWS: u64 = 100;
const FEWEST_PACKETS: u64 = 1_000;
/// Times the median.
const ABOVE_MEDIAN: u64 = 20;

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let all: Vec<(IpAddr, [u64; 2])> = traffic
        .originators()
        .map(|(host, rows)| {
            let packets = rows.iter().fold(0u64, |all, row| all.saturating_add(row.packets()));
            (host, [count(rows.len()), packets])
        })
        .collect();
    if all.len() < FEWEST_HOSTS {
        return Vec::new();
    }
    let share = traffic.limit("loud-host-share");
    let is_loud = |place: usize, least: u64| {
        let mut values: Vec<u64> = all.iter().filter_map(|(_, counts)| counts.get(place)).copied().collect();
        values.sort_unstable();
        let median = values.get(values.len() / 2).copied().unwrap_or_default();
        let total = values.iter().fold(0u64, |sum, n| sum.saturating_add(*n));
        let loudest = all.iter().max_by_key(|(_, counts)| counts.get(place).copied())?;
        let n = loudest.1.get(place).copied()?;
        let is = n >= least && float(n) >= share * float(total) && n >= ABOVE_MEDIAN.saturating_mul(median);
        is.then_some((loudest.0, n, total, median))
    };
    let flows = is_loud(0, FEWEST_FLOWS);
    let packets = is_loud(1, FEWEST_PACKETS);
    let mut drafts = Vec::new();
    for (host, rows) in traffic.originators() {
        let of_host = |found: Option<(IpAddr, u64, u64, u64)>| found.filter(|(loud, ..)| *loud == host);
        if of_host(flows).is_some() || of_host(packets).is_some() {
            drafts.push(draft(host, rows, all.len(), of_host(flows), of_host(packets)));
        }
    }
    drafts
}

type Loud = Option<(IpAddr, u64, u64, u64)>;

fn draft(host: IpAddr, rows: &[Row<'_>], hosts: usize, flows: Loud, packets: Loud) -> Draft {
    let mut draft = Draft::of_actor(host, rows.iter().copied());
    draft.severity = Severity::Info;
    draft.title = format!("{host}: the loudest of {}", many(hosts, "host"));
    let said = |loud: Loud, what: &str| {
        loud.map(|(_, n, total, median)| {
            format!(" {} of {} {what}; the median host has {}.", count_text(n), count_text(total), count_text(median))
        })
    };
    draft.evidence = format!(
        "It talked to {}.{}{}",
        whom(&draft.targets),
        said(flows, "flows were begun by it").unwrap_or_default(),
        said(packets, "packets are of flows that it began").unwrap_or_default(),
    );
    draft.count("flows", rows.len());
    draft.measure("hosts", float(count(hosts)));
    draft.filter = filter_of(host, &std::collections::BTreeSet::new(), None);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, tcp};
    use crate::report::FlowRecord;

    fn office(loud: i64) -> Vec<FlowRecord> {
        let quiet = (0..30).map(|i: u8| tcp(i64::from(i), [10, 0, 0, i % 15], ([192, 0, 2, 1], 443), (900, 9_000)));
        quiet.chain((0..loud).map(|i| tcp(i, [10, 0, 0, 99], ([192, 0, 2, 2], 443), (900, 9_000)))).collect()
    }

    #[test]
    fn who_begins_most_flows_is_loud_among_many_only() {
        let all = found(&RULE, office(300));
        assert_eq!(all.iter().map(|f| (f.severity, f.rows)).collect::<Vec<_>>(), [(Severity::Info, 300)]);
        assert_eq!(found(&RULE, office(30)), []);
        let few = office(300).into_iter().filter(|flow| flow.resp_addr != IpAddr::from([192, 0, 2, 1])).collect();
        assert_eq!(found(&RULE, few), []);
    }
}
