//! Lists in columns: which of them has the indicator, and what the others say of it.

use super::indicator::{Indicator, Mark};
use super::reader::At;
use crate::enrich::faults::Fault;
use crate::report::Severity;

/// Names of columns with indicators, in snake case.
const INDICATORS: &[&str] = &[
    "ip",
    "ip_address",
    "ipaddress",
    "dst_ip",
    "dstip",
    "dest_ip",
    "src_ip",
    "srcip",
    "address",
    "addr",
    "ip_port",
    "host",
    "hostname",
    "domain",
    "domain_name",
    "fqdn",
    "url",
    "ioc",
    "ioc_value",
    "indicator",
    "observable",
    "value",
    "cidr",
    "network",
    "subnet",
    "netblock",
    "sha1",
    "sha1_hash",
    "cert_sha1",
    "sha256",
    "cert_sha256",
    "ja3",
    "ja3_md5",
    "ja3_hash",
    "ja3s",
    "ja4",
    "hassh",
    "fingerprint",
    "hash",
];
/// Names of columns that say why something is listed, the most telling first.
const NOTES: &[&str] = &[
    "malware_printable",
    "malware",
    "malware_family",
    "family",
    "signature",
    "listingreason",
    "listing_reason",
    "threat",
    "threat_type",
    "reason",
    "description",
    "desc",
    "meta_desc",
    "category",
    "type",
    "tags",
    "comment",
    "note",
];
const LEVELS: &[&str] = &["threat_level", "severity", "level", "risk"];
const CONFIDENCES: &[&str] = &["confidence", "confidence_level", "abuse_confidence_score", "abuseconfidencescore"];
/// Names of columns that together are of flows or packets, and of no list.
const ORIGINATORS: &[&str] =
    &["src_ip", "srcip", "source_ip", "src", "source", "saddr", "src_addr", "id_orig_h", "orig"];
const RESPONDERS: &[&str] =
    &["dst_ip", "dstip", "dest_ip", "dst", "destination", "daddr", "dst_addr", "id_resp_h", "resp"];
/// Longest name of a column: what is longer is prose.
const MAX_NAME: usize = 40;
/// Most cells of a row looked at.
const MAX_CELLS: usize = 256;

/// The cells of a line, between tabs or else commas, without their quotes; one where there is neither.
pub(super) fn split(line: &str) -> Vec<String> {
    let separator = if line.contains('\t') { '\t' } else { ',' };
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(cell) = cells.last_mut() else { break };
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if is_quoted || cell.trim().is_empty() => is_quoted = !is_quoted,
            c if c == separator && !is_quoted => {
                if cells.len() >= MAX_CELLS {
                    break;
                }
                cells.push(String::new());
            }
            c => cell.push(c),
        }
    }
    cells.iter_mut().for_each(|cell| *cell = cell.trim().to_owned());
    cells
}

/// A name in snake case: `Listing Reason` is `listing_reason`.
pub(super) fn snake(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    name.trim().trim_start_matches('#').trim().chars().map(plain).collect()
}

/// The most that the list's own word for a threat justifies.
pub(super) fn worst_of_word(word: &str) -> Option<Severity> {
    Some(match word.to_ascii_lowercase().as_str() {
        "info" | "informational" => Severity::Info,
        "low" => Severity::Low,
        "medium" | "moderate" => Severity::Medium,
        "high" | "critical" => Severity::Critical,
        _ => return None,
    })
}

/// The most that a score justifies, of so many: below a quarter low, below a half medium.
pub(super) fn worst_of_score(score: u32, most: u32) -> Severity {
    match () {
        () if score.saturating_mul(4) < most => Severity::Low,
        () if score.saturating_mul(2) < most => Severity::Medium,
        () => Severity::Critical,
    }
}

/// What the columns of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    names: Vec<String>,
}

impl Columns {
    /// The columns of a header; `None` where it names none that could hold an indicator.
    pub(super) fn named<S: AsRef<str>>(cells: &[S]) -> Option<Self> {
        if cells.len() < 2 || cells.iter().any(|cell| cell.as_ref().len() > MAX_NAME) {
            return None;
        }
        Self::of(cells)
    }

    /// The fields of an object; `None` where none could hold an indicator.
    pub(super) fn of<S: AsRef<str>>(names: &[S]) -> Option<Self> {
        let names: Vec<String> = names.iter().map(|name| snake(name.as_ref())).collect();
        names.iter().any(|name| INDICATORS.contains(&name.as_str())).then_some(Self { names })
    }

    /// Whether there are columns for both ends of a flow: a list has one.
    pub(super) fn is_of_traffic(&self) -> bool {
        let has = |ends: &[&str]| self.names.iter().any(|name| ends.contains(&name.as_str()));
        has(ORIGINATORS) && has(RESPONDERS)
    }

    /// The indicators of a row; `None` where the columns that should have one have none.
    pub(super) fn read<'a>(&self, cells: &'a [String], line: u64) -> Option<(At<'a>, Vec<Indicator>)> {
        let cell = |wanted: &str| {
            let place = self.names.iter().position(|name| name == wanted)?;
            cells.get(place).map(String::as_str).filter(|cell| !cell.is_empty())
        };
        let found = self.indicators(cells)?;
        let note = NOTES.iter().find_map(|name| cell(name)).unwrap_or("");
        let level = LEVELS.iter().find_map(|name| cell(name)).and_then(worst_of_level);
        let confidence = CONFIDENCES.iter().find_map(|name| cell(name)).and_then(worst_of_confidence);
        let worst = level.unwrap_or(Severity::Critical).min(confidence.unwrap_or(Severity::Critical));
        Some((At { line, worst, note }, found))
    }

    /// URLs alone where there are any: the host of one, in a column beside it, is not bad as a whole.
    fn indicators(&self, cells: &[String]) -> Option<Vec<Indicator>> {
        let of = |(name, cell): (&String, &String)| match name.as_str() {
            "ja3s" => Indicator::mark(Mark::Ja3s, cell).ok(),
            "hassh" => Indicator::mark(Mark::Hassh, cell).ok(),
            name if INDICATORS.contains(&name) => Indicator::parse(cell).ok(),
            _ => None,
        };
        let mut found: Vec<Indicator> = self.names.iter().zip(cells).filter_map(of).collect();
        let is_url = |indicator: &Indicator| matches!(indicator, Indicator::Url { .. });
        if found.iter().any(is_url) {
            found.retain(is_url);
        }
        (!found.is_empty()).then_some(found)
    }
}

fn worst_of_level(text: &str) -> Option<Severity> {
    // Slips: a word, or a number from 0 to 1.
    worst_of_word(text).or_else(|| {
        let level: f64 = text.parse().ok()?;
        Some(match level {
            l if !(0.0..=1.0).contains(&l) => return None,
            l if l < 0.25 => Severity::Low,
            l if l < 0.5 => Severity::Medium,
            _ => Severity::Critical,
        })
    })
}

/// A word, or a number from 0 to 100.
pub(super) fn worst_of_confidence(text: &str) -> Option<Severity> {
    let score = text.parse::<u32>().ok().filter(|score| *score <= 100);
    score.map(|score| worst_of_score(score, 100)).or_else(|| worst_of_word(text))
}

/// Why the columns give nothing: what the first of them that is not empty is.
pub(super) fn fault_of(columns: &Columns, cells: &[String]) -> Fault {
    let named =
        columns.names.iter().zip(cells).filter(|(name, cell)| INDICATORS.contains(&name.as_str()) && !cell.is_empty());
    named.filter_map(|(_, cell)| Indicator::parse(cell).err()).next().unwrap_or(Fault::BadLine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_with_their_quotes() {
        assert_eq!(split("\"a\",\"b,c\",\"d\"\"e\",f"), ["a", "b,c", "d\"e", "f"]);
        assert_eq!(split("a\tb,c\t"), ["a", "b,c", ""]);
        assert_eq!(split("one"), ["one"]);
        assert_eq!(split("\"open, and no end"), ["open, and no end"]);
        assert_eq!(split(&",".repeat(1000)).len(), MAX_CELLS);
    }

    #[test]
    fn columns_are_found_by_name() {
        assert!(Columns::named(&["Firstseen", "DstIP", "DstPort"]).is_some());
        assert!(Columns::named(&["a", "b"]).is_none());
        assert!(Columns::named(&["url"]).is_none());
        assert!(Columns::named(&["src_ip", "dst_ip"]).is_some_and(|columns| columns.is_of_traffic()));
        assert!(Columns::of(&["id.orig_h", "id.resp_h", "ja3"]).is_some_and(|columns| columns.is_of_traffic()));
        let columns = Columns::named(&["id", "url", "host", "threat", "confidence_level"]).unwrap();
        let row = ["1", "http://evil.example/x", "evil.example", "malware_download", "30"].map(str::to_owned);
        let (at, found) = columns.read(&row, 7).unwrap();
        assert_eq!((at.line, at.worst, at.note), (7, Severity::Medium, "malware_download"));
        assert_eq!(found, [Indicator::Url { host: "evil.example".into(), path: "/x".into() }]);
        assert!(columns.read(&["1", "", ""].map(str::to_owned), 8).is_none());
    }

    #[test]
    fn a_lists_own_word_lowers_what_it_justifies() {
        assert_eq!(worst_of_level("0.1"), Some(Severity::Low));
        assert_eq!(worst_of_level("HIGH"), Some(Severity::Critical));
        assert_eq!(worst_of_level("5"), None);
        assert_eq!(worst_of_confidence("100"), Some(Severity::Critical));
        assert_eq!(worst_of_score(20, 127), Severity::Low);
    }
}
