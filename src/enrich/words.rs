//! Hosts and filters as findings of side files say them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::report::printable;
use crate::units::{count, count_text};

/// Addresses listed in a finding.
pub(crate) const LISTED: usize = 20;
/// Addresses named in a filter: with more it would be longer than what it finds is worth.
const FILTERED: usize = 10;
/// Characters of a file's name shown.
const NAME: usize = 60;

/// `1 port`, `2,300 ports`, `3 addresses`.
pub(crate) fn many(n: usize, one: &str, other: &str) -> String {
    format!("{} {}", count_text(count(n)), if n == 1 { one } else { other })
}

/// A file's name, short and safe to show.
pub(crate) fn shown_name(name: &str) -> String {
    let safe = printable(name);
    if safe.chars().count() <= NAME {
        return safe.into_owned();
    }
    safe.chars().take(NAME - 3).chain("...".chars()).collect()
}

/// The first addresses as text.
pub(crate) fn listed(addresses: &BTreeSet<IpAddr>) -> Vec<String> {
    addresses.iter().take(LISTED).map(IpAddr::to_string).collect()
}

fn is_address(address: &IpAddr) -> String {
    match address {
        IpAddr::V4(_) => format!("ip.addr == {address}"),
        IpAddr::V6(_) => format!("ipv6.addr == {address}"),
    }
}

/// One of these addresses, as a Wireshark display filter; nothing where they are none or too many.
pub(crate) fn any_of(addresses: &BTreeSet<IpAddr>) -> Option<String> {
    let terms: Vec<String> = addresses.iter().map(is_address).collect();
    match terms.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        many if many.len() <= FILTERED => Some(format!("({})", many.join(" || "))),
        _ => None,
    }
}

/// Text as Wireshark's filters quote it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_name_hosts_while_they_are_few() {
        let hosts = |n: u8| (1..=n).map(|i| IpAddr::from([10, 0, 0, i])).collect::<BTreeSet<_>>();
        assert_eq!(any_of(&hosts(0)), None);
        assert_eq!(any_of(&hosts(1)).as_deref(), Some("ip.addr == 10.0.0.1"));
        assert_eq!(any_of(&hosts(2)).as_deref(), Some("(ip.addr == 10.0.0.1 || ip.addr == 10.0.0.2)"));
        assert_eq!(any_of(&hosts(11)), None);
        assert_eq!(quoted("a\"b\\"), "\"a\\\"b\\\\\"");
        assert_eq!(many(1, "flow", "flows") + &many(2, "flow", "flows"), "1 flow2 flows");
    }
}
