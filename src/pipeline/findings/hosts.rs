//! Anomalous hosts: a finding each, and one about their target where many did nothing but send to it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::{ANOMALY_CAVEAT, LISTED, MANY_SOURCES, evidence, members, severity, source};
use crate::detect::Explainer;
use crate::filter::export::{display_address, host_filter};
use crate::report::{Finding, HostRecord, Proto, Report, Role};
use crate::sort;
use crate::units::{Timestamp, count, count_text};

/// What a host has its finding by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Host(usize),
    /// The only peer and service of many.
    Target(IpAddr, Proto, u16),
}

/// A peer and service if they are all that a host ever did.
fn only_target(host: &HostRecord) -> Option<(IpAddr, Proto, u16)> {
    let is_only = host.resp.flows == 0 && host.orig.peers == 1 && host.orig.ports == 1;
    let (proto, port) = host.orig.main_service.filter(|_| is_only)?;
    Some((host.orig.main_peer?, proto, port))
}

/// The findings of the ranked hosts, not in order yet.
pub(super) fn group(report: &Report, explainer: &Explainer<'_>, ranked: &[usize]) -> Vec<Finding> {
    let host = |row: &usize| report.hosts.get(*row);
    let mut sources: BTreeMap<(IpAddr, Proto, u16), usize> = BTreeMap::new();
    for target in ranked.iter().filter_map(host).filter_map(only_target) {
        *sources.entry(target).or_default() += 1;
    }
    let mut groups: BTreeMap<Owner, Vec<usize>> = BTreeMap::new();
    for &row in ranked {
        let target = host(&row).and_then(only_target).filter(|t| sources.get(t).is_some_and(|n| *n >= MANY_SOURCES));
        let owner = target.map_or(Owner::Host(row), |(peer, proto, port)| Owner::Target(peer, proto, port));
        groups.entry(owner).or_default().push(row);
    }
    let mut groups: Vec<(Owner, Vec<usize>)> = groups.into_iter().collect();
    // The strangest first, and no more than are shown: their peers are looked up.
    sort::by_key(&mut groups, |(_, rows)| rows.first().and_then(|row| ranked.iter().position(|r| r == row)));
    groups.truncate(Report::MAX_FINDINGS);
    let peers = peers(report, &groups);
    groups.iter().filter_map(|(owner, rows)| finding(report, explainer, *owner, rows, &peers)).collect()
}

/// Some of the hosts that each of those with a finding of its own sent to.
fn peers(report: &Report, groups: &[(Owner, Vec<usize>)]) -> BTreeMap<IpAddr, BTreeSet<IpAddr>> {
    let own = groups.iter().filter_map(|(owner, _)| match owner {
        Owner::Host(row) => report.hosts.get(*row).map(|host| (host.address, BTreeSet::new())),
        Owner::Target(..) => None,
    });
    let mut peers = sort::map(own);
    for flow in &report.flows {
        if let Some(peers) = peers.get_mut(&flow.orig_addr).filter(|p| p.len() < LISTED) {
            peers.insert(flow.resp_addr);
        }
    }
    peers
}

/// The rows are in order of score: the first is the strangest.
fn finding(
    report: &Report,
    explainer: &Explainer<'_>,
    owner: Owner,
    rows: &[usize],
    peers: &BTreeMap<IpAddr, BTreeSet<IpAddr>>,
) -> Option<Finding> {
    let strangest = *rows.first()?;
    let verdict = report.verdict(strangest)?;
    let hosts: Vec<&HostRecord> = rows.iter().filter_map(|row| report.hosts.get(*row)).collect();
    let first = hosts.first()?;
    let (title, targets, target_count, filter) = match owner {
        Owner::Host(_) => {
            let targets = peers.get(&first.address).map(|p| p.iter().map(IpAddr::to_string).collect());
            (title(first), targets.unwrap_or_default(), u64::from(first.orig.peers), host_filter(first))
        }
        Owner::Target(target, proto, port) => {
            let port = if proto.has_ports() { format!(" port {port}") } else { String::new() };
            let many = count_text(count(hosts.len()));
            let title = format!("{target}: {many} anomalous hosts that only sent to it, {}{port}", proto.name());
            (title, vec![target.to_string()], 1, display_address(target, proto == Proto::Arp))
        }
    };
    Some(Finding {
        id: String::new(),
        kind: "anomalous_hosts",
        severity: severity(report, rows.iter().copied()),
        title,
        actors: hosts.iter().take(LISTED).map(|h| h.address.to_string()).collect(),
        targets,
        target_count,
        first_ts: hosts.iter().map(|h| h.first_ts).min().unwrap_or(Timestamp(0)),
        last_ts: hosts.iter().map(|h| h.last_ts).max().unwrap_or(Timestamp(0)),
        rows: count(hosts.len()),
        raised: Vec::new(),
        packets: hosts.iter().map(|h| h.packets).sum(),
        bytes: hosts.iter().map(|h| h.wire_bytes).sum(),
        score: Some(f64::from(verdict.score)),
        evidence: evidence(explainer, strangest, verdict, "host"),
        counts: Vec::new(),
        technique: None,
        source: source(report),
        caveat: ANOMALY_CAVEAT,
        filter,
        members: members(rows.iter().copied()),
    })
}

fn title(host: &HostRecord) -> String {
    let many = |n: u32, one: &str| format!("{} {one}{}", count_text(u64::from(n)), if n == 1 { "" } else { "s" });
    let side = |role: &Role, towards: &str| {
        let (flows, peers, ports) = (many(role.flows, "flow"), many(role.peers, "host"), many(role.ports, "service"));
        format!("{flows} {towards} {peers} and {ports}")
    };
    let sides = [(&host.orig, "to"), (&host.resp, "from")];
    let sides: Vec<String> = sides.iter().filter(|(role, _)| role.flows > 0).map(|(r, t)| side(r, t)).collect();
    format!("{}: anomalous host, {}", host.address, sides.join(", "))
}
