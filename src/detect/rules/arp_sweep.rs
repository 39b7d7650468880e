//! ARP sweep: one host asks for the hardware addresses of a whole network.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::{Traffic, most_within};
use super::words::{filter_of, many, within};
use crate::report::{Proto, Severity, Technique};

pub(super) const RULE: Rule = Rule {
    kind: "arp_sweep",
    name: "ARP sweep",
    how: "One host asked by ARP for at least `arp-sweep-hosts` addresses within a minute, and at least half of all it asked \
          for gave no answer.",
    source: "Slips: 5 targets within 30 seconds; raised to what a router does not reach.",
    caveat: "A router asks for many addresses when it starts, or when it is scanned from outside itself.",
    technique: Some(Technique { id: "T1018", name: "Remote System Discovery" }),
    limits: &["arp-sweep-hosts"],
    find,
};

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.originators() {
        let asked: Vec<Row<'_>> =
            rows.iter().filter(|row| row.proto == Proto::Arp && row.resp_addr != actor).copied().collect();
        let times: Vec<_> = asked.iter().map(|row| (row.first_ts, row.resp_addr)).collect();
        let fastest = most_within(&times, 60.0);
        if !traffic.reaches(fastest, "arp-sweep-hosts") {
            continue;
        }
        let hosts: BTreeSet<IpAddr> = asked.iter().map(|row| row.resp_addr).collect();
        let answered: BTreeSet<IpAddr> =
            asked.iter().filter(|row| row.back.packets > 0).map(|row| row.resp_addr).collect();
        if 2 * answered.len() > hosts.len() {
            continue;
        }
        let mut draft = Draft::of_actor(actor, asked);
        draft.severity = Severity::Medium;
        draft.title = format!("{actor}: ARP sweep of {}", many(hosts.len(), "address"));
        draft.evidence = format!(
            "It asked for {} by ARP{}, at most {fastest} in a minute; {} answered.",
            many(hosts.len(), "address"),
            within(&times),
            many(answered.len(), "host"),
        );
        draft.count("hosts", hosts.len());
        draft.count("answered", answered.len());
        draft.count("hosts_a_minute", fastest);
        draft.filter = filter_of(actor, &BTreeSet::new(), Some((Proto::Arp, 0)));
        drafts.push(draft);
    }
    drafts
}
