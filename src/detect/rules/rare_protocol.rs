//! Rare protocol: of many hosts one alone speaks it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many, whom};
use crate::report::{Application, Proto, Severity};

pub(super) const RULE: Rule = Rule {
    kind: "rare_protocol",
    name: "Rare protocol",
    how: "Of at least `rare-protocol-hosts` hosts that began flows, one alone used an application protocol that its payload \
          shows, or a transport protocol beside TCP, UDP, ICMP, IGMP and ARP, in at most a hundredth of the flows. Info. \
          Protocols that every host has are left out.",
    source: "our own; RITA's modifier for what at most 2 % of the hosts do is the model.",
    caveat: "Somebody's work may need what nobody else's does.",
    technique: None,
    limits: &["rare-protocol-hosts"],
    find,
};

/// What keeps a network and its browsers going, rare only because a capture is short.
const COMMON: [&str; 19] = [
    "dns", "http", "ssl", "quic", "ntp", "dhcp", "netbios", "ssdp", "stun", "icmp", "icmp6", "http2", "dtls", "smb",
    "snmp", "kerberos", "ldap", "dce_rpc", "rtp",
];
/// Internet protocols that are common: ICMP, IGMP, TCP, UDP, ICMPv6, and no next header.
const COMMON_IP: [u8; 6] = [1, 2, 6, 17, 58, 59];
/// Most findings: beyond, the capture has no usual protocols.
const MOST: usize = 8;

fn name(row: &Row<'_>) -> Option<Cow<'static, str>> {
    if let Proto::Ip(number) = row.proto
        && !COMMON_IP.contains(&number)
    {
        return Some(row.proto.name().into());
    }
    // Where nothing came back nobody spoke it.
    let service = row.application.filter(|_| row.back.packets > 0)?.service()?;
    let is_told = |a: &Application| !a.is_guess() && a.confidence() >= 1.0;
    (!COMMON.contains(&service) && row.application.is_some_and(is_told)).then_some(Cow::Borrowed(service))
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut by_name: BTreeMap<Cow<'static, str>, Vec<Row<'_>>> = BTreeMap::new();
    let (mut hosts, mut flows) = (0, 0);
    for (_, rows) in traffic.originators() {
        hosts += 1;
        flows += rows.len();
        for &row in rows {
            if let Some(name) = name(&row) {
                by_name.entry(name).or_default().push(row);
            }
        }
    }
    if !traffic.reaches(hosts, "rare-protocol-hosts") {
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for (name, rows) in by_name {
        let users: BTreeSet<IpAddr> = rows.iter().map(|row| row.orig_addr).collect();
        if let (1, Some(user)) = (users.len(), users.first())
            && rows.len() * 100 <= flows
        {
            drafts.push(draft(*user, &name, &rows, hosts));
        }
    }
    if drafts.len() > MOST { Vec::new() } else { drafts }
}

fn draft(actor: IpAddr, name: &str, rows: &[Row<'_>], hosts: usize) -> Draft {
    let mut draft = Draft::of_actor(actor, rows.iter().copied());
    draft.severity = Severity::Info;
    let to = whom(&draft.targets);
    draft.title = format!("{actor}: alone uses {name}");
    draft.evidence =
        format!("Of {} only this one used {name}, in {} to {to}.", many(hosts, "host"), many(rows.len(), "flow"));
    draft.count("hosts", hosts);
    draft.count("flows", rows.len());
    let services: BTreeSet<(Proto, u16)> = rows.iter().map(|row| (row.proto, row.resp_port)).collect();
    let one = services.first().copied().filter(|_| services.len() == 1);
    draft.filter = filter_of(actor, &draft.targets, one);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, saying, tcp};
    use crate::report::{FlowRecord, Record};

    fn irc(from: u8) -> FlowRecord {
        let flow = tcp(0, [10, 0, 0, from], ([192, 0, 2, 9], 6667), (300, 900));
        saying(flow, "irc", Record::Irc(Box::default()))
    }

    fn browsing(hosts: u8) -> Vec<FlowRecord> {
        (0..200).map(|i| tcp(i64::from(i), [10, 0, 0, i % hosts], ([192, 0, 2, 1], 443), (900, 9_000))).collect()
    }

    #[test]
    fn what_one_of_many_uses_is_told() {
        let mut flows = browsing(30);
        flows.push(irc(7));
        let all = found(&RULE, flows.clone());
        let [finding] = &all[..] else { panic!("{all:?}") };
        assert_eq!((finding.severity, finding.actors.first().map(String::as_str)), (Severity::Info, Some("10.0.0.7")));
        // Two are a habit.
        flows.push(irc(8));
        assert_eq!(found(&RULE, flows), []);
    }

    #[test]
    fn among_few_hosts_nothing_is_rare() {
        let mut flows = browsing(5);
        flows.push(irc(3));
        assert_eq!(found(&RULE, flows), []);
    }
}
