//! What the user does not want to be told: findings by kind, by host, or both.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Serialize, Serializer};

/// One entry: `KIND`, `ADDRESS`, `NETWORK/BITS`, `KIND@ADDRESS` or `KIND@NETWORK/BITS`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    kind: Option<String>,
    net: Option<IpNet>,
}

/// The entries, in the order given. As text they are separated by commas; `none` is no entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suppressions(Vec<Entry>);

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        let net = |text: &str| {
            IpNet::from_str(text).ok().or_else(|| IpAddr::from_str(text).ok().map(IpNet::from)).map(|net| net.trunc())
        };
        let kind = |text: &str| {
            let is_word = !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            (is_word && text != NONE).then(|| text.to_owned())
        };
        if let Some((before, after)) = text.split_once('@') {
            return Some(Self { kind: Some(kind(before)?), net: Some(net(after)?) });
        }
        let net = net(text);
        Some(Self { kind: if net.is_none() { Some(kind(text)?) } else { None }, net })
    }
}

/// The word for no entry.
const NONE: &str = "none";

impl Suppressions {
    /// Most entries that are taken.
    pub const MOST: usize = 1_000;

    /// The entries of a text; `None` where one of them is none, or there are more than [`Suppressions::MOST`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == NONE {
            return Some(Self::default());
        }
        let entries: Option<Vec<Entry>> =
            text.split(',').take(Self::MOST + 1).map(|e| Entry::parse(e.trim())).collect();
        entries.filter(|entries| entries.len() <= Self::MOST).map(Self)
    }

    /// Whether a finding of this kind by these hosts is not to be told: each host has to be covered.
    #[must_use]
    pub fn cover(&self, kind: &str, hosts: &[String]) -> bool {
        let hosts: Vec<Option<IpAddr>> = hosts.iter().map(|host| host.parse().ok()).collect();
        let of_kind = || self.0.iter().filter(|entry| entry.kind.as_deref().is_none_or(|wanted| wanted == kind));
        let is_covered = |host: &Option<IpAddr>| {
            of_kind().filter_map(|entry| entry.net).any(|net| host.is_some_and(|host| net.contains(&host)))
        };
        of_kind().any(|entry| entry.net.is_none()) || (!hosts.is_empty() && hosts.iter().all(is_covered))
    }
}

impl fmt::Display for Suppressions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(NONE);
        }
        for (i, Entry { kind, net }) in self.0.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { "," })?;
            f.write_str(kind.as_deref().unwrap_or_default())?;
            f.write_str(if kind.is_some() && net.is_some() { "@" } else { "" })?;
            match net {
                Some(net) if net.prefix_len() == net.max_prefix_len() => write!(f, "{}", net.addr())?,
                Some(net) => write!(f, "{net}")?,
                None => {}
            }
        }
        Ok(())
    }
}

impl Serialize for Suppressions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_and_written() {
        for text in ["none", "beacon", "10.0.0.5", "10.0.0.0/8,port_scan@192.0.2.1", "flood@2001:db8::/32"] {
            assert_eq!(Suppressions::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Suppressions::parse("10.1.2.3/8, beacon").unwrap().to_string(), "10.0.0.0/8,beacon");
        for text in ["", ",", "none,beacon", "Beacon", "10.0.0/8", "beacon@", "@10.0.0.1", "10.0.0.1@beacon", "a b"] {
            assert_eq!(Suppressions::parse(text), None, "{text}");
        }
        let many = vec!["a"; Suppressions::MOST + 1].join(",");
        assert!(Suppressions::parse(&many).is_none() && Suppressions::parse(&many[2..]).is_some());
    }

    #[test]
    fn a_finding_is_covered_by_kind_by_host_or_by_both() {
        let hosts = |all: &[&str]| all.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>();
        let is = |text: &str, kind: &str, all: &[&str]| Suppressions::parse(text).unwrap().cover(kind, &hosts(all));
        assert!(!is("none", "beacon", &["10.0.0.1"]) && is("beacon", "beacon", &[]));
        assert!(is("10.0.0.0/8", "beacon", &["10.0.0.1", "10.9.9.9"]) && !is("10.0.0.0/8", "beacon", &[]));
        assert!(!is("10.0.0.0/8", "beacon", &["10.0.0.1", "192.0.2.1"]), "another one did it, too");
        assert!(is("beacon@10.0.0.1", "beacon", &["10.0.0.1"]) && !is("beacon@10.0.0.1", "worm", &["10.0.0.1"]));
        assert!(!is("10.0.0.1", "beacon", &["not an address"]));
    }
}
