//! Numbers, hosts and filters as findings say them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::filter::export::{display_address, display_service};
use crate::report::Proto;
use crate::units::{Timestamp, count, count_text, duration_text, float};

/// `1 port`, `2,300 ports`.
pub(super) fn many(n: usize, one: &str) -> String {
    let ending = match (n, one.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{} {one}{ending}", count_text(count(n)))
}

/// `SYN`, `SYN and FIN`, `SYN, FIN and Xmas`.
pub(super) fn list_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A part of a whole; 0 of nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    float(count(part)) / float(count(whole.max(1)))
}

/// The one host, or how many.
pub(super) fn whom(hosts: &BTreeSet<IpAddr>) -> String {
    match (hosts.len(), hosts.first()) {
        (1, Some(host)) => host.to_string(),
        (n, _) => many(n, "host"),
    }
}

/// ` within 3 min`, of what comes in order of time; nothing where it is one moment.
pub(super) fn within<K>(things: &[(Timestamp, K)]) -> String {
    match (things.first(), things.last()) {
        (Some((first, _)), Some((last, _))) if last > first => format!(" within {}", duration_text(last.since(*first))),
        _ => String::new(),
    }
}

/// A protocol with its port: `tcp port 22`, `icmp`.
pub(super) fn service(proto: Proto, port: u16) -> String {
    if proto.has_ports() { format!("{} port {port}", proto.name()) } else { proto.name() }
}

/// A Wireshark display filter: an end, the other one where it is one, a service where it is one.
pub(super) fn filter_of(end: IpAddr, others: &BTreeSet<IpAddr>, service: Option<(Proto, u16)>) -> String {
    let is_arp = service.is_some_and(|(proto, _)| proto == Proto::Arp);
    let mut terms = vec![display_address(end, is_arp)];
    if let (1, Some(other)) = (others.len(), others.first()) {
        terms.push(display_address(*other, is_arp));
    }
    if let Some((proto, port)) = service {
        terms.extend(display_service(proto, Some(port)));
    }
    terms.join(" && ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_lists_and_numbers_as_people_do() {
        assert_eq!(
            [vec![], vec!["a"], vec!["a", "b"], vec!["a", "b", "c"]].map(list_of),
            ["", "a", "a and b", "a, b and c"]
        );
        assert_eq!((many(1, "port").as_str(), many(2300, "port").as_str()), ("1 port", "2,300 ports"));
        assert_eq!(many(60, "address"), "60 addresses");
        let at = |seconds: i64| (Timestamp(seconds * 1_000_000_000), ());
        assert_eq!(within(&[at(3)]), "");
        assert!(within(&[at(3), at(63)]).starts_with(" within 1 min"));
    }
}
