//! Wireshark's display filters.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::net::IpAddr;

use super::Selection;
use super::conversation::IcmpKind;
use super::cover::{Clauses, Cover, Group, Ports, runs};
use crate::report::Proto;
use crate::sort;

/// Every packet from or to the address: `ip.addr == 10.0.0.1`; in ARP the protocol addresses.
#[must_use]
pub fn address(address: IpAddr, is_arp: bool) -> String {
    match address {
        IpAddr::V4(_) if is_arp => format!("(arp.src.proto_ipv4 == {address} || arp.dst.proto_ipv4 == {address})"),
        IpAddr::V4(_) => format!("ip.addr == {address}"),
        IpAddr::V6(_) => format!("ipv6.addr == {address}"),
    }
}

/// The protocol, and the port on any end where it has ports and one is given; `None` for ARP, whose addresses say it.
#[must_use]
pub fn service(name: Proto, port: Option<u16>) -> Option<String> {
    match (name, port) {
        (Proto::Arp, _) => None,
        (name, Some(port)) if name.has_ports() => Some(format!("{}.port == {port}", name.name())),
        (name, _) => Some(proto(name)),
    }
}

/// Both directions between two ends.
pub(super) fn conversation(proto: Proto, orig: (IpAddr, Option<u16>), resp: (IpAddr, Option<u16>)) -> String {
    if proto == Proto::Arp {
        let pair = format!("{{{}, {}}}", orig.0, resp.0);
        return format!("arp.src.proto_ipv4 in {pair} && arp.dst.proto_ipv4 in {pair}");
    }
    let mut parts = vec![address(orig.0, false), address(resp.0, false)];
    let ports: Vec<u16> = [orig.1, resp.1].into_iter().flatten().filter(|_| proto.has_ports()).collect();
    if ports.is_empty() {
        parts.extend(service(proto, None));
    }
    parts.extend(ports.into_iter().filter_map(|port| service(proto, Some(port))));
    parts.join(" && ")
}

/// The protocol alone.
pub(crate) fn proto(proto: Proto) -> String {
    match proto {
        Proto::TCP => "tcp".to_owned(),
        Proto::UDP => "udp".to_owned(),
        Proto::SCTP => "sctp".to_owned(),
        Proto::ICMP => "icmp".to_owned(),
        Proto::ICMPV6 => "icmpv6".to_owned(),
        Proto::Arp => "arp".to_owned(),
        Proto::Ip(n) => format!("(ip.proto == {n} || ipv6.nxt == {n})"),
    }
}

/// `== 5` or `in {1..3, 5}`.
pub(crate) fn set<T: PartialEq + Display>(ranges: &[(T, T)]) -> String {
    match ranges {
        [(low, high)] if low == high => format!("== {low}"),
        many => {
            let range = |(low, high): &(T, T)| if low == high { low.to_string() } else { format!("{low}..{high}") };
            format!("in {{{}}}", many.iter().map(range).collect::<Vec<_>>().join(", "))
        }
    }
}

fn numbers(values: &BTreeSet<u16>) -> String {
    set(&runs(values.iter().copied(), |p| p.checked_add(1)))
}

fn addresses<'a>(list: impl Iterator<Item = &'a IpAddr>) -> String {
    set(&list.map(|a| (*a, *a)).collect::<Vec<_>>())
}

/// The whole filter.
pub(super) fn text(cover: &Cover, selection: &Selection<'_>) -> String {
    match cover {
        // No packet has the number 0.
        Cover::Nothing => "frame.number == 0".to_owned(),
        Cover::Flows(c) | Cover::Services(c) | Cover::Pairs(c) => clauses(c, selection),
        Cover::Hosts(hosts) => {
            let of = |is_arp: bool, is_v4: bool| -> Option<String> {
                let list: Vec<&IpAddr> =
                    hosts.iter().filter(|(arp, a)| *arp == is_arp && a.is_ipv4() == is_v4).map(|(_, a)| a).collect();
                (!list.is_empty()).then(|| addresses(list.into_iter()))
            };
            let mut parts = Vec::new();
            let layer = layer(selection);
            parts.extend(of(false, true).map(|list| format!("ip.addr{layer} {list}")));
            parts.extend(of(false, false).map(|list| format!("ipv6.addr{layer} {list}")));
            let arp = of(true, true);
            parts.extend(arp.map(|list| format!("arp.src.proto_ipv4 {list} || arp.dst.proto_ipv4 {list}")));
            parts.join(" || ")
        }
        Cover::Protos(protos) => protos.iter().map(|p| proto(*p)).collect::<Vec<_>>().join(" || "),
    }
}

/// Where ICMP errors quote other packets, the first layer is the packet itself. Inside a tunnel that would be the tunnel.
fn layer(selection: &Selection<'_>) -> &'static str {
    let is_tunnelled = || selection.chosen().any(|c| c.tunnel.is_some());
    if selection.has_icmp_errors() && !is_tunnelled() { "#1" } else { "" }
}

fn clauses(clauses: &Clauses, selection: &Selection<'_>) -> String {
    let has_errors = selection.has_icmp_errors();
    let layer = layer(selection);
    let groups = clauses.grouped();
    let is_quotable =
        |g: &&Group<'_>| !matches!(g.what.proto, Some(Proto::Arp)) && !matches!(g.what.ports, Ports::Icmp(_));
    let names_any = |g: &&Group<'_>| g.what.proto.is_none();
    let plain: Vec<String> = groups.iter().filter(|g| !names_any(g) && is_quotable(g)).map(|g| clause(g, "")).collect();
    let other: Vec<String> =
        groups.iter().filter(|g| names_any(g) || !is_quotable(g)).map(|g| clause(g, layer)).collect();
    let mut parts = other;
    let guard = ["!icmp", "!icmpv6"].join(" && ");
    match plain.as_slice() {
        [] => {}
        _ if !has_errors => parts.extend(plain),
        [one] => parts.push(format!("{one} && {guard}")),
        many => parts.push(format!("({}) && {guard}", joined(many))),
    }
    match parts.as_slice() {
        [one] => one.clone(),
        many => joined(many),
    }
}

fn joined(clauses: &[String]) -> String {
    match clauses {
        [one] => one.clone(),
        many => many.iter().map(|c| format!("({c})")).collect::<Vec<_>>().join(" || "),
    }
}

/// The packets between a host and others that meet the condition.
fn clause(group: &Group<'_>, layer: &str) -> String {
    let mut parts = vec![if group.what.proto == Some(Proto::Arp) { arp(group) } else { hosts(group, layer) }];
    match (group.what.proto, &group.what.ports) {
        (None | Some(Proto::Arp), _) => {}
        (Some(_), Ports::Icmp(kinds)) => parts.push(icmp(kinds, group.hub.is_ipv6(), layer)),
        (Some(p), Ports::Any) => parts.push(proto(p)),
        (Some(p), Ports::Same(port)) => {
            let name = p.name();
            parts.push(format!("{name}.srcport == {port} && {name}.dstport == {port}"));
        }
        (Some(p), Ports::Both(port, others)) => {
            let name = p.name();
            parts.push(format!("{name}.port == {port} && {name}.port {}", numbers(others)));
        }
        (Some(p), Ports::Either(ports)) => parts.push(format!("{}.port {}", p.name(), numbers(ports))),
    }
    if let Some((first, last)) = group.what.numbers {
        parts.push(format!("frame.number {}", set(&[(first, last)])));
    }
    parts.join(" && ")
}

fn hosts(group: &Group<'_>, layer: &str) -> String {
    let ip = if group.hub.is_ipv4() { "ip" } else { "ipv6" };
    let hub = group.hub;
    if group.others.contains(&hub) {
        return format!("{ip}.src{layer} == {hub} && {ip}.dst{layer} == {hub}");
    }
    format!("{ip}.addr{layer} == {hub} && {ip}.addr{layer} {}", addresses(group.others.iter()))
}

fn arp(group: &Group<'_>) -> String {
    let (hub, others) = (group.hub, addresses(group.others.iter()));
    if group.others.contains(&hub) {
        return format!("arp.src.proto_ipv4 == {hub} && arp.dst.proto_ipv4 == {hub}");
    }
    format!(
        "((arp.src.proto_ipv4 == {hub} && arp.dst.proto_ipv4 {others}) || \
         (arp.src.proto_ipv4 {others} && arp.dst.proto_ipv4 == {hub}))"
    )
}

fn icmp(kinds: &BTreeSet<IcmpKind>, is_v6: bool, layer: &str) -> String {
    let name = if is_v6 { "icmpv6" } else { "icmp" };
    let types = sort::set(kinds.iter().filter(|(_, code)| code.is_none()).map(|(kind, _)| *kind));
    let mut parts = Vec::new();
    if !types.is_empty() {
        parts.push(format!("{name}.type{layer} {}", numbers(&types)));
    }
    for (kind, code) in kinds {
        parts.extend(code.map(|code| format!("{name}.type{layer} == {kind} && {name}.code{layer} == {code}")));
    }
    match parts.as_slice() {
        [one] => one.clone(),
        many => format!("({})", joined(many)),
    }
}
