//! The entries of a list, each under what it is looked up by.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use prefix_trie::PrefixMap;

use super::ThreatList;
use super::indicator::{Indicator, Mark};
use crate::report::{ListReport, Severity, Text};
use crate::units::count;

/// Where an entry stands and how grave it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// Its line, from 1.
    pub(crate) line: u32,
    /// The most that it justifies.
    pub(crate) worst: Severity,
    note: u32,
}

/// All entries of a list. Of an indicator that is listed twice the first entry counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    v4: PrefixMap<Ipv4Net, Entry>,
    v6: PrefixMap<Ipv6Net, Entry>,
    domains: BTreeMap<Box<str>, Entry>,
    urls: BTreeMap<Box<str>, Vec<(Box<str>, Entry)>>,
    url_count: u64,
    marks: BTreeMap<(Mark, Box<str>), Entry>,
    /// What lists say of entries, each text once.
    notes: Vec<Text>,
    note_places: BTreeMap<Text, u32>,
}

/// URLs kept of one host: some hosts of many people have thousands on a list.
const MAX_URLS_OF_HOST: usize = 4096;
/// Texts kept: a list that says something else of every entry is not told apart beyond it.
const MAX_NOTES: usize = 100_000;

impl Store {
    /// Adds an entry; false where the list is full.
    pub(super) fn add(&mut self, indicator: Indicator, line: u64, worst: Severity, note: &str) -> bool {
        if self.len() >= count(ThreatList::MAX_ENTRIES) {
            return false;
        }
        let entry = Entry { line: u32::try_from(line).unwrap_or(u32::MAX), worst, note: self.place_of(note) };
        match indicator {
            Indicator::Net(IpNet::V4(net)) => {
                self.v4.entry(net).or_insert(entry);
            }
            Indicator::Net(IpNet::V6(net)) => {
                self.v6.entry(net).or_insert(entry);
            }
            Indicator::Domain(name) => {
                self.domains.entry(name).or_insert(entry);
            }
            Indicator::Mark(mark, text) => {
                self.marks.entry((mark, text)).or_insert(entry);
            }
            Indicator::Url { host, path } => {
                let paths = self.urls.entry(host).or_default();
                if paths.len() >= MAX_URLS_OF_HOST {
                    return false;
                }
                if !paths.iter().any(|(known, _)| *known == path) {
                    paths.push((path, entry));
                    self.url_count += 1;
                }
            }
        }
        true
    }

    fn len(&self) -> u64 {
        let kept = [self.v4.len(), self.v6.len(), self.domains.len(), self.marks.len()];
        kept.into_iter().map(count).sum::<u64>() + self.url_count
    }

    /// The place of a text, from 1; 0 where there is none.
    fn place_of(&mut self, note: &str) -> u32 {
        let note = Text::limited(note.trim().as_bytes(), 120);
        if note.is_empty() {
            return 0;
        }
        if let Some(place) = self.note_places.get(&note) {
            return *place;
        }
        if self.notes.len() >= MAX_NOTES {
            return 0;
        }
        self.notes.push(note.clone());
        let place = u32::try_from(self.notes.len()).unwrap_or(0);
        self.note_places.insert(note, place);
        place
    }

    pub(super) fn note(&self, entry: Entry) -> Option<&Text> {
        self.notes.get(usize::try_from(entry.note).ok()?.checked_sub(1)?)
    }

    pub(super) fn address(&self, address: IpAddr) -> Option<(String, Entry)> {
        match address.to_canonical() {
            IpAddr::V4(v4) => self.v4.get_lpm(&Ipv4Net::from(v4)).map(|(net, entry)| (shown(net.into()), *entry)),
            IpAddr::V6(v6) => self.v6.get_lpm(&Ipv6Net::from(v6)).map(|(net, entry)| (shown(net.into()), *entry)),
        }
    }

    pub(super) fn domain<'a>(&self, name: &'a str) -> Option<(&'a str, Entry)> {
        let mut rest = name;
        loop {
            if let Some(entry) = self.domains.get(rest) {
                return Some((rest, *entry));
            }
            rest = rest.split_once('.')?.1;
        }
    }

    pub(super) fn has_urls(&self) -> bool {
        self.url_count > 0
    }

    pub(super) fn urls(&self, host: &str) -> &[(Box<str>, Entry)] {
        self.urls.get(host).map_or(&[], Vec::as_slice)
    }

    pub(super) fn mark(&self, mark: Mark, text: &str) -> Option<Entry> {
        if self.marks.is_empty() {
            return None;
        }
        self.marks.get(&(mark, text.into())).copied()
    }

    /// How many entries of each kind there are.
    pub(super) fn counts(&self) -> ListReport {
        let addresses = count(self.v4.len()) + count(self.v6.len());
        let (domains, urls) = (count(self.domains.len()), self.url_count);
        let first = (Mark::CertSha1, Box::from(""));
        let certificates = count(self.marks.range(first..).count());
        let marks = count(self.marks.len());
        ListReport {
            entries: self.len(),
            addresses,
            domains,
            urls,
            fingerprints: marks - certificates,
            certificates,
            ..ListReport::default()
        }
    }
}

fn shown(net: IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() { net.addr().to_string() } else { net.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(lines: &[&str]) -> Store {
        let mut store = Store::default();
        for (line, text) in (1..).zip(lines) {
            let indicator = Indicator::parse(text).unwrap();
            assert!(store.add(indicator, line, Severity::Critical, "why"));
        }
        store
    }

    #[test]
    fn the_narrowest_network_and_the_nearest_domain_count() {
        let store = store(&["203.0.113.0/24", "203.0.113.9", "2001:db8::/32", "evil.example", "a.evil.example"]);
        let line = |found: Option<(String, Entry)>| found.map(|(text, entry)| (text, entry.line));
        assert_eq!(line(store.address("203.0.113.9".parse().unwrap())), Some(("203.0.113.9".into(), 2)));
        assert_eq!(line(store.address("203.0.113.8".parse().unwrap())), Some(("203.0.113.0/24".into(), 1)));
        assert_eq!(line(store.address("::ffff:203.0.113.8".parse().unwrap())), Some(("203.0.113.0/24".into(), 1)));
        assert_eq!(line(store.address("2001:db8::1".parse().unwrap())), Some(("2001:db8::/32".into(), 3)));
        assert_eq!(line(store.address("198.51.100.1".parse().unwrap())), None);
        let domain = |name| store.domain(name).map(|(found, entry)| (found, entry.line));
        assert_eq!(domain("evil.example"), Some(("evil.example", 4)));
        assert_eq!(domain("b.evil.example"), Some(("evil.example", 4)));
        assert_eq!(domain("x.a.evil.example"), Some(("a.evil.example", 5)));
        assert_eq!(domain("notevil.example"), None);
        assert_eq!(domain("example"), None);
        assert_eq!(store.note(store.domain("evil.example").unwrap().1).map(Text::as_str), Some("why"));
    }

    #[test]
    fn what_is_listed_twice_counts_once() {
        let store = store(&["evil.example", "EVIL.example.", "http://evil.example/a", "http://evil.example/a"]);
        let counts = store.counts();
        assert_eq!((counts.entries, counts.domains, counts.urls), (2, 1, 1));
        assert_eq!(store.domain("evil.example").unwrap().1.line, 1);
    }

    #[test]
    fn fingerprints_and_certificates_are_told_apart() {
        let store = store(&["e7d705a3286e19ea42f587b344ee6865", &"ab".repeat(20), &"cd".repeat(32)]);
        let counts = store.counts();
        assert_eq!((counts.fingerprints, counts.certificates), (1, 2));
        assert!(store.mark(Mark::Ja3, "e7d705a3286e19ea42f587b344ee6865").is_some());
        assert!(store.mark(Mark::CertSha1, &"ab".repeat(20)).is_some());
        assert!(store.mark(Mark::Ja4, "x").is_none());
    }
}
