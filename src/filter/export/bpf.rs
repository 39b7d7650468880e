//! Capture filters as libpcap reads them (pcap-filter(7)).

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Selection;
use super::conversation::IcmpKind;
use super::cover::{Clauses, Cover, Group, Ports, runs};
use crate::report::Proto;

/// The protocol alone.
pub(crate) fn proto(proto: Proto) -> String {
    match proto {
        Proto::TCP => "tcp".to_owned(),
        Proto::UDP => "udp".to_owned(),
        Proto::SCTP => "sctp".to_owned(),
        Proto::ICMP => "icmp".to_owned(),
        Proto::ICMPV6 => "icmp6".to_owned(),
        Proto::Arp => "arp".to_owned(),
        Proto::Ip(n) => format!("(ip proto {n} or ip6 proto {n})"),
    }
}

/// `port 53` or `portrange 20-25`.
pub(crate) fn range((low, high): &(u16, u16)) -> String {
    if low == high { format!("port {low}") } else { format!("portrange {low}-{high}") }
}

fn ports(set: &BTreeSet<u16>) -> String {
    any(&runs(set.iter().copied(), |p| p.checked_add(1)).iter().map(range).collect::<Vec<_>>())
}

fn any(parts: &[String]) -> String {
    match parts {
        [one] => one.clone(),
        many => format!("({})", many.join(" or ")),
    }
}

/// The whole filter. A tag moves what comes after it, so the untagged packets are named first.
pub(super) fn text(cover: &Cover, selection: &Selection<'_>) -> String {
    let text = match cover {
        // No packet is that long.
        Cover::Nothing => return "greater 4294967295".to_owned(),
        Cover::Flows(c) | Cover::Services(c) | Cover::Pairs(c) => clauses(c),
        Cover::Hosts(hosts) => {
            let host = |(is_arp, a): &(bool, IpAddr)| match (is_arp, a) {
                (true, _) => format!("arp host {a}"),
                (false, IpAddr::V4(_)) => format!("ip host {a}"),
                (false, IpAddr::V6(_)) => format!("ip6 host {a}"),
            };
            hosts.iter().map(host).collect::<Vec<_>>().join(" or ")
        }
        Cover::Protos(protos) => protos.iter().map(|p| proto(*p)).collect::<Vec<_>>().join(" or "),
    };
    let (mut has_tagged, mut has_untagged) = (false, false);
    for c in selection.chosen() {
        has_tagged |= c.has_vlan;
        has_untagged |= !c.has_vlan;
    }
    match (has_untagged, has_tagged) {
        (_, false) => text,
        (false, true) => format!("vlan and ({text})"),
        (true, true) => format!("({text}) or (vlan and ({text}))"),
    }
}

fn clauses(clauses: &Clauses) -> String {
    let parts: Vec<String> = clauses.grouped().iter().map(clause).collect();
    match parts.as_slice() {
        [one] => one.clone(),
        many => many.iter().map(|c| format!("({c})")).collect::<Vec<_>>().join(" or "),
    }
}

fn clause(group: &Group<'_>) -> String {
    let is_arp = group.what.proto == Some(Proto::Arp);
    let family = match group.hub {
        _ if is_arp => "arp",
        IpAddr::V4(_) => "ip",
        IpAddr::V6(_) => "ip6",
    };
    let hub = group.hub;
    let mut parts = if group.others.contains(&hub) {
        vec![format!("{family} src host {hub}"), format!("{family} dst host {hub}")]
    } else {
        let others: Vec<String> = group.others.iter().map(|other| format!("{family} host {other}")).collect();
        vec![format!("{family} host {hub}"), any(&others)]
    };
    match (group.what.proto, &group.what.ports) {
        (None | Some(Proto::Arp), _) => {}
        (Some(p), Ports::Icmp(kinds)) => parts.push(format!("{} and {}", proto(p), icmp(kinds, hub.is_ipv6()))),
        (Some(p), Ports::Any) => parts.push(proto(p)),
        (Some(p), Ports::Same(port)) => parts.push(format!("{0} src port {port} and {0} dst port {port}", p.name())),
        (Some(p), Ports::Both(port, others)) => {
            parts.push(format!("{} and port {port} and {}", p.name(), ports(others)));
        }
        (Some(p), Ports::Either(set)) => parts.push(format!("{} and {}", p.name(), ports(set))),
    }
    parts.join(" and ")
}

fn icmp(kinds: &BTreeSet<IcmpKind>, is_v6: bool) -> String {
    // By offset: the names of the fields are younger than many installed versions, and ICMPv6 follows a header of 40 bytes.
    let (of_type, of_code) = if is_v6 { ("ip6[40]", "ip6[41]") } else { ("icmp[0]", "icmp[1]") };
    let part = |(kind, code): &IcmpKind| match code {
        None => format!("{of_type} = {kind}"),
        Some(code) => format!("({of_type} = {kind} and {of_code} = {code})"),
    };
    any(&kinds.iter().map(part).collect::<Vec<_>>())
}
