//! Port scan: one host tries many ports of another.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::probe::Probe;
use super::row::Row;
use super::traffic::{Traffic, most_within};
use super::words::{filter_of, list_of, many, whom, within};
use crate::report::{Proto, Severity, Technique};
use crate::sort;

pub(super) const RULE: Rule = Rule {
    kind: "port_scan",
    name: "Port scan",
    how: "One host tried at least `port-scan-ports` ports of another without getting data: SYN, connect, NULL, FIN, Xmas, \
          ACK and UDP probes together, over the whole capture, so slow scans too. High from a hundred ports on.",
    source: "Zeek's scan policy: 15 unique failed ports; the slow variant has no time limit here.",
    caveat: "A monitoring system, a peer-to-peer client or a server that answers on changing ports tries many ports too; \
             a traceroute by UDP is left out by its ports and time to live.",
    technique: Some(Technique { id: "T1046", name: "Network Service Discovery" }),
    limits: &["port-scan-ports"],
    find,
};

/// From so many ports on it is high.
const HIGH_PORTS: usize = 100;
/// A probe to these ports that does not come far is a traceroute's.
const TRACEROUTE_PORTS: std::ops::Range<u16> = 33_434..33_700;
const TRACEROUTE_TTL: u8 = 40;

fn is_traceroute(row: &Row<'_>) -> bool {
    let sent = row.flow.ttl_range(crate::report::End::Orig);
    row.proto == Proto::UDP
        && TRACEROUTE_PORTS.contains(&row.resp_port)
        && sent.is_some_and(|(least, _)| least <= TRACEROUTE_TTL)
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, flows) in traffic.probers() {
        if !traffic.reaches(flows.len(), "port-scan-ports") {
            continue;
        }
        let mut by_target: BTreeMap<IpAddr, Vec<(&Row<'_>, Probe)>> = BTreeMap::new();
        for row in flows.iter().filter(|row| row.resp_addr != actor && !is_traceroute(row)) {
            if let Some(probe) = row.probe {
                by_target.entry(row.resp_addr).or_default().push((row, probe));
            }
        }
        let ports = |probes: &[(&Row<'_>, Probe)]| {
            probes.iter().map(|(row, _)| (row.proto, row.resp_port)).collect::<BTreeSet<_>>().len()
        };
        by_target.retain(|_, probes| traffic.reaches(ports(probes), "port-scan-ports"));
        if !by_target.is_empty() {
            drafts.push(draft(actor, &by_target));
        }
    }
    drafts
}

fn draft(actor: IpAddr, by_target: &BTreeMap<IpAddr, Vec<(&Row<'_>, Probe)>>) -> Draft {
    let all = || by_target.values().flatten();
    let mut draft = Draft::of_actor(actor, all().map(|(row, _)| **row));
    let kinds = sort::set(all().map(|(_, probe)| *probe));
    let mut tried: Vec<_> = all().map(|(row, _)| (row.first_ts, (row.proto, row.resp_port))).collect();
    tried.sort_unstable();
    let ports: BTreeSet<(Proto, u16)> = tried.iter().map(|(_, port)| *port).collect();
    let fastest = most_within(&tried, 60.0);
    let kinds = list_of(kinds.iter().map(|probe| probe.name()));
    draft.severity = if ports.len() >= HIGH_PORTS { Severity::High } else { Severity::Medium };
    let target = whom(&draft.targets);
    draft.title = format!("{actor}: port scan of {target}, {} ({kinds})", many(ports.len(), "port"));
    draft.evidence = format!(
        "{} of {target} were tried{} by {kinds} probes and gave no data, at most {fastest} in a minute.",
        many(ports.len(), "port"),
        within(&tried),
    );
    draft.count("ports", ports.len());
    draft.count("probes", tried.len());
    draft.count("ports_a_minute", fastest);
    draft.filter = filter_of(actor, &draft.targets, None);
    draft
}
