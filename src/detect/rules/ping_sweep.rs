//! Ping sweep: one host asks many whether they are there, by ICMP.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::{Traffic, most_within};
use super::words::{filter_of, many, within};
use crate::report::{AddressKind, Proto, Severity, Technique};

pub(super) const RULE: Rule = Rule {
    kind: "ping_sweep",
    name: "Ping sweep",
    how: "One host sent ICMP echo, time stamp, information or mask requests to at least `ping-sweep-hosts` hosts. Low where \
          nearly all answered, as those of a monitoring system do.",
    source: "Slips: from 5 hosts on, certain at 255; nmap's ping types.",
    caveat: "A monitoring system pings what it watches.",
    technique: Some(Technique { id: "T1018", name: "Remote System Discovery" }),
    limits: &["ping-sweep-hosts"],
    find,
};

/// From so many hosts on it is high.
const HIGH_HOSTS: usize = 200;
/// With this share of answers the hosts are known to be there.
const KNOWN_SHARE: f64 = 0.9;

fn is_request(row: &Row<'_>) -> bool {
    let kind = row.orig_port;
    match row.proto {
        Proto::ICMP => matches!(kind, 8 | 13 | 15 | 17),
        Proto::ICMPV6 => kind == 128,
        _ => false,
    }
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.pingers() {
        let asked: Vec<Row<'_>> =
            rows.into_iter().filter(|row| is_request(row) && !AddressKind::of(row.resp_addr).is_group()).collect();
        let hosts: BTreeSet<IpAddr> = asked.iter().map(|row| row.resp_addr).collect();
        if !traffic.reaches(hosts.len(), "ping-sweep-hosts") {
            continue;
        }
        let answered: BTreeSet<IpAddr> =
            asked.iter().filter(|row| row.back.packets > 0).map(|row| row.resp_addr).collect();
        let times: Vec<_> = asked.iter().map(|row| (row.first_ts, row.resp_addr)).collect();
        let fastest = most_within(&times, 60.0);
        let mut draft = Draft::of_actor(actor, asked);
        draft.severity = if super::words::share(answered.len(), hosts.len()) > KNOWN_SHARE {
            Severity::Low
        } else if hosts.len() >= HIGH_HOSTS {
            Severity::High
        } else {
            Severity::Medium
        };
        draft.title = format!("{actor}: ping sweep of {}", many(hosts.len(), "host"));
        draft.evidence = format!(
            "{} were asked{} by ICMP, at most {fastest} in a minute; {} answered.",
            many(hosts.len(), "host"),
            within(&times),
            answered.len()
        );
        draft.count("hosts", hosts.len());
        draft.count("answered", answered.len());
        draft.count("hosts_a_minute", fastest);
        draft.filter = format!("{} && (icmp || icmpv6)", filter_of(actor, &BTreeSet::new(), None));
        drafts.push(draft);
    }
    drafts
}
