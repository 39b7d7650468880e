//! STIX 2: indicators by their patterns, and observed addresses, names, URLs and certificates.
//!
//! **Source** OASIS STIX 2.1, sections 4.7 (indicator), 6 (cyber-observables) and 9 (patterns).

use super::columns;
use super::indicator::{Indicator, Mark};
use super::json::{Object, is_true, text};
use super::reader::{At, Building, Format};
use crate::enrich::faults::Fault;
use crate::report::Severity;

/// Objects that are no indicators and hold none.
const BESIDE: &[&str] = &[
    "attack-pattern",
    "campaign",
    "course-of-action",
    "extension-definition",
    "grouping",
    "identity",
    "infrastructure",
    "intrusion-set",
    "language-content",
    "location",
    "malware",
    "malware-analysis",
    "marking-definition",
    "note",
    "observed-data",
    "opinion",
    "relationship",
    "report",
    "sighting",
    "threat-actor",
    "tool",
    "vulnerability",
];
const FILES: &[&str] = &[
    "file",
    "artifact",
    "directory",
    "email-addr",
    "email-message",
    "mutex",
    "process",
    "software",
    "user-account",
    "windows-registry-key",
    "mac-addr",
    "autonomous-system",
];
/// Comparisons of one pattern looked at.
const MAX_COMPARISONS: usize = 1024;

/// Takes an object if it is one of STIX's; false otherwise.
pub(super) fn take(object: &Object<'_>, line: u64, into: &mut Building) -> bool {
    let Some(kind) = text(object, "type") else { return false };
    let is_stix = text(object, "id").is_some_and(|id| id.starts_with(&format!("{kind}--")));
    if !is_stix || kind == "bundle" {
        return false;
    }
    let confidence = text(object, "confidence").and_then(|c| columns::worst_of_confidence(&c));
    let note = text(object, "name").or_else(|| text(object, "description")).unwrap_or_default();
    let at = At { line, worst: confidence.unwrap_or(Severity::Critical), note: &note };
    let value = || text(object, "value").unwrap_or_default();
    match kind.as_str() {
        "indicator" if is_true(object, "revoked") => into.faults.add(Fault::NotForDetection, line),
        "indicator" => match text(object, "pattern_type").as_deref() {
            None | Some("stix") => pattern(&text(object, "pattern").unwrap_or_default(), at, into),
            Some(_) => into.faults.add(Fault::Combined, line),
        },
        "ipv4-addr" | "ipv6-addr" | "url" => into.take(Format::Stix, Indicator::parse(&value()), at),
        "domain-name" => into.take(Format::Stix, Indicator::domain(&value()), at),
        kind if FILES.contains(&kind) => into.faults.add(Fault::NotInTraffic, line),
        kind if BESIDE.contains(&kind) => {}
        _ => into.faults.add(Fault::NotInTraffic, line),
    }
    true
}

/// Takes the comparisons of a pattern that each mean something alone.
fn pattern(pattern: &str, at: At<'_>, into: &mut Building) {
    let parts = parts(pattern);
    if parts.is_empty() || parts.len() > MAX_COMPARISONS {
        return into.faults.add(Fault::BadLine, at.line);
    }
    let is_joined = |part: &Part<'_>| ["AND", "FOLLOWEDBY", "NOT"].iter().any(|word| has_word(part.plain, word));
    if parts.iter().any(is_joined) {
        return into.faults.add(Fault::Combined, at.line);
    }
    // The path of a comparison stands in what is not quoted before its values; several values follow `IN`.
    let mut path = "";
    for Part { plain, quoted } in parts {
        let Some(quoted) = quoted else { continue };
        if plain.contains([':', '.']) {
            path = plain.trim_start_matches(|c: char| !c.is_ascii_lowercase()).trim_start_matches("or ");
        }
        match by_path(path, plain, quoted) {
            Some(found) => into.take(Format::Stix, found, at),
            // `hashes.'SHA-1'`: part of the path.
            None => continue,
        }
    }
}

/// What is not quoted, and the quoted text behind it.
struct Part<'a> {
    plain: &'a str,
    quoted: Option<&'a str>,
}

fn parts(pattern: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some((plain, after)) = rest.split_once('\'') {
        let Some((quoted, next)) = after.split_once('\'') else { break };
        parts.push(Part { plain, quoted: Some(quoted) });
        rest = next;
    }
    if !parts.is_empty() {
        parts.push(Part { plain: rest, quoted: None });
    }
    parts
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word)
}

/// The indicator of a path and a quoted text; `None` where the text belongs to the path.
fn by_path(path: &str, plain: &str, quoted: &str) -> Option<Result<Indicator, Fault>> {
    if path.starts_with("x509-certificate:") {
        return match (quoted, digits(quoted)) {
            ("SHA-1" | "SHA-256" | "MD5", _) => None,
            (text, 40) => Some(Indicator::mark(Mark::CertSha1, text)),
            (text, 64) => Some(Indicator::mark(Mark::CertSha256, text)),
            _ => Some(Err(Fault::NotInTraffic)),
        };
    }
    // `file:hashes.'SHA-256' = '...'`: the name of the hash.
    if plain.trim_end().ends_with('.') {
        return None;
    }
    if ["LIKE", "MATCHES"].iter().any(|word| has_word(plain, word)) || plain.contains("!=") {
        return Some(Err(Fault::Combined));
    }
    Some(match path.split_once(':').map(|(kind, _)| kind) {
        Some("ipv4-addr" | "ipv6-addr" | "network-traffic") => Indicator::parse(quoted),
        Some("domain-name") => Indicator::domain(quoted),
        Some("url") => Indicator::parse(quoted),
        _ => Err(Fault::NotInTraffic),
    })
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_hexdigit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (u64, Vec<(&'static str, u64)>) {
        let mut building = Building::default();
        pattern(text, At::line(1, ""), &mut building);
        let faults = building.faults.report().iter().map(|fault| (fault.kind, fault.count)).collect();
        (building.store.counts().entries, faults)
    }

    #[test]
    fn patterns_of_one_comparison_are_read() {
        for (text, entries) in [
            ("[ipv4-addr:value = '203.0.113.9']", 1),
            ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", 1),
            ("[ipv4-addr:value = '203.0.113.9' OR ipv4-addr:value = '203.0.113.10']", 2),
            ("[domain-name:value IN ('evil.example', 'worse.example')]", 2),
            ("[url:value = 'http://evil.example/x'] OR [domain-name:value = 'evil.example']", 2),
            ("[x509-certificate:hashes.'SHA-1' = 'abababababababababababababababababababab']", 1),
            ("[network-traffic:dst_ref.value = '203.0.113.9']", 1),
        ] {
            assert_eq!(read(text), (entries, vec![]), "{text}");
        }
    }

    #[test]
    fn what_needs_more_than_one_thing_or_no_traffic_is_counted() {
        for (text, fault) in [
            ("[ipv4-addr:value = '203.0.113.9' AND network-traffic:dst_port = 443]", "combined_pattern"),
            ("[domain-name:value LIKE 'evil%']", "combined_pattern"),
            ("[file:hashes.'SHA-256' = 'ab']", "not_in_traffic"),
            ("[domain-name:value = ", "bad_line"),
            ("", "bad_line"),
            ("'''''''", "not_in_traffic"),
        ] {
            let (entries, faults) = read(text);
            assert_eq!(entries, 0, "{text}");
            assert_eq!(faults.first().map(|(kind, _)| *kind), Some(fault), "{text}");
        }
    }
}
