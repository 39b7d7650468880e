//! Findings that belong to one host, put together to a story with a threat score.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::weight_of;
use crate::report::{Finding, Part, Places, Report, Severity, Story};
use crate::sort;
use crate::units::{count, count_text};

/// With more actors than this a finding is told of its targets: nobody of them is the one who did it.
const FEW: usize = 3;
/// What was found without a rule weighs this much of what a rule finds: strange is not bad.
const ONLY_STRANGE: f64 = 0.5;

/// The stories of findings with their ids, the highest threat first, and how many there are. Where hosts are is told of those
/// that a database has.
pub(super) fn of(findings: &[Finding], places: Option<&Places>) -> (Vec<Story>, u64) {
    let mut by_host: BTreeMap<(Part, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let (part, hosts) = match (finding.actors.len(), finding.targets.len()) {
            (1..=FEW, _) => (Part::Actor, finding.actors.as_slice()),
            (_, 1..=FEW) => (Part::Target, finding.targets.as_slice()),
            (0, 0) => (Part::Network, [].as_slice()),
            (0, _) => (Part::Target, finding.targets.as_slice()),
            _ => (Part::Actor, finding.actors.as_slice()),
        };
        for host in hosts {
            by_host.entry((part, host.as_str())).or_default().push(finding);
        }
        if hosts.is_empty() {
            by_host.entry((Part::Network, "")).or_default().push(finding);
        }
    }
    let mut stories: Vec<Story> =
        by_host.into_iter().filter_map(|((part, host), findings)| story(part, host, &findings, places)).collect();
    sort::by(&mut stories, |a, b| {
        b.threat.total_cmp(&a.threat).then(b.severity.cmp(&a.severity)).then(a.first_ts.cmp(&b.first_ts))
    });
    let all = count(stories.len());
    stories.truncate(Report::MAX_STORIES);
    (stories, all)
}

fn story(part: Part, host: &str, findings: &[&Finding], places: Option<&Places>) -> Option<Story> {
    // The gravest of each kind, in the order of the findings.
    let mut kinds: Vec<(&str, Severity, f64)> = Vec::new();
    for finding in findings {
        let factor = if is_of_rule(finding) { 1.0 } else { ONLY_STRANGE };
        match kinds.iter_mut().find(|(kind, ..)| *kind == finding.kind) {
            Some((_, severity, _)) => *severity = (*severity).max(finding.severity),
            None => kinds.push((finding.kind, finding.severity, factor)),
        }
    }
    let innocent: f64 = kinds.iter().map(|(_, severity, factor)| 1.0 - factor * weight_of(*severity)).product();
    sort::by_key(&mut kinds, |(_, severity, _)| std::cmp::Reverse(*severity));
    Some(Story {
        host: host.to_owned(),
        part,
        threat: tenths(100.0 * (1.0 - innocent)),
        severity: findings.iter().map(|finding| finding.severity).max()?,
        sentence: sentence(part, host, &kinds, findings, places),
        findings: findings.iter().map(|finding| finding.id.clone()).collect(),
        first_ts: findings.iter().map(|finding| finding.first_ts).min()?,
        last_ts: findings.iter().map(|finding| finding.last_ts).max()?,
    })
}

/// To one decimal: more would say what the weights do not know.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Whether it says more than that rows stand out, or are new.
fn is_of_rule(finding: &Finding) -> bool {
    !finding.kind.starts_with("anomalous_") && !finding.kind.starts_with("new_")
}

fn sentence(
    part: Part,
    host: &str,
    kinds: &[(&str, Severity, f64)],
    findings: &[&Finding],
    places: Option<&Places>,
) -> String {
    let named = |host: &str| places.map_or_else(|| host.to_owned(), |places| places.named(host));
    let names: Vec<String> = kinds.iter().map(|(kind, ..)| words(kind)).collect();
    let names = match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    };
    let targets: BTreeSet<&str> =
        findings.iter().flat_map(|finding| &finding.targets).map(String::as_str).filter(|t| *t != host).collect();
    let at_least =
        findings.iter().map(|finding| finding.target_count).max().unwrap_or_default().max(count(targets.len()));
    let whom = match (part, at_least, targets.first()) {
        (Part::Actor, 1, Some(target)) => format!(" towards {}", named(target)),
        (Part::Actor, 2.., _) => format!(" towards {} hosts", count_text(at_least)),
        _ => String::new(),
    };
    match part {
        Part::Actor => format!("{}: {names}{whom}.", named(host)),
        Part::Target => format!("{} was the target of {names}.", named(host)),
        Part::Network => format!("{}.", capital(&names)),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A kind in words; the names of protocols stay what they are.
fn words(kind: &str) -> String {
    let word = |word: &str| match word {
        "arp" | "dns" | "tls" | "dhcp" | "smb" | "icmp" | "wep" => word.to_uppercase(),
        "wifi" => "Wi-Fi".to_owned(),
        "ipv6" => "IPv6".to_owned(),
        _ => word.to_owned(),
    };
    kind.split('_').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Timestamp;

    fn finding(id: &str, kind: &'static str, severity: Severity, actors: &[&str], targets: &[&str]) -> Finding {
        let owned = |all: &[&str]| all.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>();
        Finding {
            id: id.to_owned(),
            kind,
            severity,
            title: String::new(),
            actors: owned(actors),
            targets: owned(targets),
            target_count: count(targets.len()),
            first_ts: Timestamp::from_parts(10, 0),
            last_ts: Timestamp::from_parts(20, 0),
            rows: 1,
            raised: Vec::new(),
            packets: 1,
            bytes: 1,
            score: None,
            evidence: String::new(),
            counts: Vec::new(),
            technique: None,
            source: "",
            caveat: "",
            filter: String::new(),
            members: Vec::new(),
        }
    }

    #[test]
    fn kinds_add_up_and_repetition_does_not() {
        let all = [
            finding("F1", "port_scan", Severity::High, &["10.0.0.9"], &["10.0.0.1"]),
            finding("F2", "password_guessing", Severity::Medium, &["10.0.0.9"], &["10.0.0.1"]),
            finding("F3", "password_guessing", Severity::Medium, &["10.0.0.9"], &["10.0.0.2"]),
            finding("F4", "anomalous_flows", Severity::Medium, &["10.0.0.7"], &["10.0.0.3"]),
        ];
        let (stories, _) = of(&all, None);
        let told: Vec<_> = stories.iter().map(|s| (s.host.as_str(), s.threat, s.severity, s.findings.len())).collect();
        assert_eq!(told, [("10.0.0.9", 92.0, Severity::High, 3), ("10.0.0.7", 30.0, Severity::Medium, 1)]);
        assert_eq!(stories[0].sentence, "10.0.0.9: port scan and password guessing towards 2 hosts.");
        assert_eq!(stories[1].sentence, "10.0.0.7: anomalous flows towards 10.0.0.3.");
    }

    #[test]
    fn many_or_no_actors_make_the_target_the_story() {
        let many = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
        let all = [
            finding("F1", "reflection", Severity::High, &many, &["10.0.0.1"]),
            finding("F2", "flood", Severity::High, &[], &["10.0.0.1"]),
            finding("F3", "wifi_attack", Severity::High, &[], &[]),
        ];
        let told: Vec<_> = of(&all, None).0.into_iter().map(|s| (s.host, s.part, s.sentence)).collect();
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].2, "10.0.0.1 was the target of reflection and flood.");
        assert_eq!((told[1].1, told[1].2.as_str()), (Part::Network, "Wi-Fi attack."));
    }
}
