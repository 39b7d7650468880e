//! Address scan: one host tries the same port of many.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::{Traffic, most_within};
use super::words::{filter_of, many, service, within};
use crate::report::{Proto, Severity, Technique};

pub(super) const RULE: Rule = Rule {
    kind: "address_scan",
    name: "Address scan",
    how: "One host tried the same port of at least `address-scan-hosts` hosts without getting data, and these are at least \
          half of the hosts it tried there. High from two hundred hosts on.",
    source: "Zeek's scan policy: 25 unique hosts with failed connections to one port.",
    caveat: "Peer-to-peer clients and clients whose servers are gone try many hosts too.",
    technique: Some(Technique { id: "T1018", name: "Remote System Discovery" }),
    limits: &["address-scan-hosts"],
    find,
};

/// From so many hosts on it is high.
const HIGH_HOSTS: usize = 200;

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, flows) in traffic.originators() {
        if !traffic.reaches(flows.len(), "address-scan-hosts") {
            continue;
        }
        let mut by_port: BTreeMap<(Proto, u16), Vec<&Row<'_>>> = BTreeMap::new();
        for row in flows.iter().filter(|row| row.proto.has_ports() && row.resp_addr != actor) {
            by_port.entry((row.proto, row.resp_port)).or_default().push(row);
        }
        let mut found: Vec<((Proto, u16), Vec<&Row<'_>>)> = Vec::new();
        for (port, rows) in by_port {
            let hosts: BTreeSet<IpAddr> = rows.iter().map(|row| row.resp_addr).collect();
            let tried: Vec<&Row<'_>> = rows.into_iter().filter(|row| row.probe.is_some()).collect();
            let vain: BTreeSet<IpAddr> = tried.iter().map(|row| row.resp_addr).collect();
            if traffic.reaches(vain.len(), "address-scan-hosts") && 2 * vain.len() >= hosts.len() {
                found.push((port, tried));
            }
        }
        if !found.is_empty() {
            drafts.push(draft(actor, &found));
        }
    }
    drafts
}

fn draft(actor: IpAddr, found: &[((Proto, u16), Vec<&Row<'_>>)]) -> Draft {
    let mut draft = Draft::of_actor(actor, found.iter().flat_map(|(_, rows)| rows).map(|row| **row));
    let mut tried: Vec<_> = found.iter().flat_map(|(_, rows)| rows).map(|row| (row.first_ts, row.resp_addr)).collect();
    tried.sort_unstable();
    let fastest = most_within(&tried, 60.0);
    let one = found.first().filter(|_| found.len() == 1).map(|(port, _)| *port);
    let ports = one.map_or_else(|| many(found.len(), "port"), |(proto, port)| service(proto, port));
    let hosts = many(draft.targets.len(), "host");
    draft.severity = if draft.targets.len() >= HIGH_HOSTS { Severity::High } else { Severity::Medium };
    draft.title = format!("{actor}: scan of {hosts} for {ports}");
    draft.evidence =
        format!("{hosts} were tried on {ports}{} and gave no data, at most {fastest} in a minute.", within(&tried));
    draft.count("hosts", draft.targets.len());
    draft.count("probes", tried.len());
    draft.count("hosts_a_minute", fastest);
    draft.filter = filter_of(actor, &draft.targets, one);
    draft
}
