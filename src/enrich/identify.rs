//! Which kind of side file a file is, by its first and last bytes.

use super::labels::Labels;
use super::{geoip, list, nmap};
use crate::report::Baseline;

/// Kinds of side files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SideKind {
    /// Addresses, domains, URLs, fingerprints and hashes that somebody finds bad.
    ThreatList,
    /// What `nmap -oX` writes.
    Nmap,
    /// What rows really are.
    Labels,
    /// What is normal, of another capture.
    Baseline,
    /// Where addresses are and whose, a MaxMind DB file.
    Geoip,
}

impl SideKind {
    /// Bytes of a file's beginning that [`identify`] wants, or all of a shorter file.
    pub const WANTED_BYTES: usize = 64 * 1024;
    /// Bytes of a file's end that it wants, or all of a shorter file.
    pub const WANTED_END: usize = geoip::METADATA_BYTES;

    /// Every kind.
    pub const ALL: [Self; 5] = [Self::ThreatList, Self::Nmap, Self::Labels, Self::Baseline, Self::Geoip];

    /// Its word, in the page's messages too.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ThreatList => "threat-list",
            Self::Nmap => "nmap",
            Self::Labels => "labels",
            Self::Baseline => "baseline",
            Self::Geoip => "geoip",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The kind of a file that begins with `first` and ends with `last`, which overlap in a short file; `None` for what is no
/// side file, tables included. The content decides, not the name. A capture is to be told before: it may have any file in it.
///
/// A list is text at least half of whose lines are indicators: prose and source code are none.
#[must_use]
pub fn identify(first: &[u8], last: &[u8]) -> Option<SideKind> {
    if geoip::is_database(last) {
        return Some(SideKind::Geoip);
    }
    if nmap::is_nmap(first) {
        return Some(SideKind::Nmap);
    }
    if Baseline::is_baseline(first) {
        return Some(SideKind::Baseline);
    }
    if Labels::is_label_file(first) {
        return Some(SideKind::Labels);
    }
    list::is_list(first).then_some(SideKind::ThreatList)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn side_files_are_told_by_content() {
        use SideKind::{Nmap, ThreatList};
        for (text, kind) in [
            ("<?xml version=\"1.0\"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner=\"nmap\">", Some(Nmap)),
            ("\u{feff}<?xml version=\"1.0\"?><!-- a --><nmaprun>", Some(Nmap)),
            ("<?xml version=\"1.0\"?><pdml>", None),
            ("203.0.113.9\n198.51.100.0/24\n", Some(ThreatList)),
            ("# a list\r\n\r\nevil.example # why\r\n", Some(ThreatList)),
            ("# Feodo Tracker, abuse.ch\n#\n", Some(ThreatList)),
            ("127.0.0.1 localhost\n0.0.0.0 ads.example\n0.0.0.0 more.example\n", Some(ThreatList)),
            ("#fields\tindicator\tindicator_type\tmeta.source\n", Some(ThreatList)),
            ("{\"type\": \"bundle\", \"objects\": [", Some(ThreatList)),
            ("{\"Event\": {\"info\": \"x\", \"Attribute\": [", Some(ThreatList)),
            ("\"first_seen_utc\",\"dst_ip\",\"dst_port\"\n\"2024-01-01\",\"203.0.113.9\",\"443\"\n", Some(ThreatList)),
            ("203.0.113.9\nnonsense\n", Some(ThreatList)),
            ("Dear reader,\nsee www.example.org for more.\nYours\n", None),
            ("fn main() {\n    println!();\n}\n", None),
            ("# Notes\nWe met on Monday.\nNothing else.\n", None),
            ("a,b,c\n1,2,3\n", None),
            ("ts,src_ip,dst_ip,proto\n1,10.0.0.1,10.0.0.2,tcp\n", None),
            ("#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.resp_h\n1.5\tC1\t10.0.0.1\t203.0.113.9\n", None),
            ("ts,id.orig_h,id.resp_h,ja3\n1,10.0.0.1,203.0.113.9,\n", None),
            ("No.,Time,Source,Destination\n1,0.5,10.0.0.1,203.0.113.9\n", None),
            (
                "{\"ts\": 1, \"id.orig_h\": \"10.0.0.1\", \"id.resp_h\": \"203.0.113.9\", \"ja3\": \"e7d705a3286e19ea42f587b344ee6865\"}",
                None,
            ),
            ("203.0.113.9 - - [01/Jan/2024:00:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n", None),
            ("{\"a\": 1}", None),
            ("\0\0\0\0", None),
            ("frame,class\n1,scan\n", Some(SideKind::Labels)),
            ("ip,label\n203.0.113.9,c2\n", Some(SideKind::Labels)),
            ("{\"format\":\"wiresift-baseline\",\"schema_version\":1", Some(SideKind::Baseline)),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(identify(text.as_bytes(), text.as_bytes()), kind, "{text}");
        }
    }

    #[test]
    fn kinds_have_words() {
        for kind in SideKind::ALL {
            assert_eq!(SideKind::named(kind.name()), Some(kind));
        }
        assert_eq!(SideKind::named("capture"), None);
    }
}
