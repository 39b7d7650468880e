//! Peer search: one host tries many others, each on a port of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::{Traffic, most_within};
use super::words::{filter_of, many, within};
use crate::report::{Proto, Severity, Technique};

pub(super) const RULE: Rule = Rule {
    kind: "peer_search",
    name: "Peer search",
    how: "One host tried at least `peer-search-hosts` hosts without getting data, on ports that it tried on few of them each \
          (twice as many ports as a third of the hosts), and these are at least half of the hosts that it tried so. Low.",
    source: "Slips calls UDP above port 30,000 to five peers or more peer-to-peer; the number is that of address scans.",
    caveat: "Clients of BitTorrent, of games and of calls look for their peers in the same way.",
    technique: Some(Technique { id: "T1095", name: "Non-Application Layer Protocol" }),
    limits: &["peer-search-hosts"],
    find,
};

/// More hosts than this on one port are a service that many offer, not peers.
const FEW_ON_PORT: usize = 3;

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    traffic.probers().filter_map(|(actor, tried)| draft(traffic, actor, tried)).collect()
}

fn draft(traffic: &Traffic<'_>, actor: IpAddr, tried: &[Row<'_>]) -> Option<Draft> {
    if !traffic.reaches(tried.len(), "peer-search-hosts") {
        return None;
    }
    let service = |row: &Row<'_>| (row.proto, row.resp_port);
    let mut on_port: BTreeMap<(Proto, u16), BTreeSet<IpAddr>> = BTreeMap::new();
    for row in tried {
        on_port.entry(service(row)).or_default().insert(row.resp_addr);
    }
    on_port.retain(|_, hosts| hosts.len() <= FEW_ON_PORT);
    let tried: Vec<Row<'_>> = tried.iter().filter(|row| on_port.contains_key(&service(row))).copied().collect();
    let vain: BTreeSet<IpAddr> = tried.iter().map(|row| row.resp_addr).collect();
    if !traffic.reaches(vain.len(), "peer-search-hosts") || 3 * on_port.len() < 2 * vain.len() {
        return None;
    }
    // Of the hosts that it tried on such ports at least half gave nothing.
    let is_other = |row: &&Row<'_>| row.proto.has_ports() && row.resp_port >= 1024 && row.resp_addr != actor;
    let all: BTreeSet<IpAddr> = traffic.of_originator(actor).iter().filter(is_other).map(|row| row.resp_addr).collect();
    if 2 * vain.len() < all.len() {
        return None;
    }
    let times: Vec<_> = tried.iter().map(|row| (row.first_ts, row.resp_addr)).collect();
    let fastest = most_within(&times, 60.0);
    let (hosts, ports) = (many(vain.len(), "host"), many(on_port.len(), "port"));
    let mut draft = Draft::of_actor(actor, tried.iter().copied());
    draft.severity = Severity::Low;
    draft.title = format!("{actor}: {hosts} sought in vain on {ports}");
    draft.evidence =
        format!("{hosts} were tried on {ports}{} and gave no data, at most {fastest} in a minute.", within(&times));
    draft.count("hosts", vain.len());
    draft.count("probes", tried.len());
    draft.count("hosts_a_minute", fastest);
    draft.filter = filter_of(actor, &BTreeSet::new(), None);
    Some(draft)
}
