//! Names that do not exist: what a program asks for that makes names up until one answers.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many, share, within};
use crate::report::{Severity, Technique};
use crate::units::{count, count_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "failed_names",
    name: "Names that do not exist",
    how: "One host was told at least `failed-names` times that a name does not exist, for different names, and more often \
          than not. High where the names look made by a program: few vowels, digits among letters, all of one length.",
    source: "Slips: 10 names that do not exist; RITA and PCAP Hunter look at the letters.",
    caveat: "A wrong search domain, a spam filter or a browser's own test asks for names that do not exist.",
    technique: Some(Technique { id: "T1568.002", name: "Domain Generation Algorithms" }),
    limits: &["failed-names"],
    find,
};

const MADE_SHARE: f64 = 0.5;
/// Of so many, however they look, it is more than a mistake.
const MANY: u64 = 50;

/// Whether a label looks made by a program.
fn is_made(name: &str) -> bool {
    let label = name.split('.').next().unwrap_or_default();
    let letters = label.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = label.bytes().filter(u8::is_ascii_digit).count();
    let vowels = label.bytes().filter(|b| matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u')).count();
    let mut run = 0;
    let mut longest = 0;
    for b in label.bytes().map(|b| b.to_ascii_lowercase()) {
        let is_consonant = b.is_ascii_alphabetic() && !matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        run = if is_consonant { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    label.len() >= 8 && (vowels * 4 < letters || digits * 4 > label.len() || longest >= 5)
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.askers() {
        let (mut failed, mut answered) = (0, 0);
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let mut hit: Vec<Row<'_>> = Vec::new();
        for row in rows {
            let Some(dns) = row.dns() else { continue };
            answered += dns.rcodes.total();
            let nxdomain = dns.rcodes.of("NXDOMAIN");
            if nxdomain > 0 {
                failed += nxdomain;
                names.extend(dns.queries.first.iter().map(|q| q.name.as_str()).filter(|n| !n.ends_with(".arpa")));
                hit.push(*row);
            }
        }
        if float(failed) >= traffic.limit("failed-names")
            && traffic.reaches(names.len(), "failed-names")
            && 2 * failed >= answered
        {
            drafts.push(draft(actor, &hit, &names, failed, answered));
        }
    }
    drafts
}

fn draft(actor: IpAddr, hit: &[Row<'_>], names: &BTreeSet<&str>, failed: u64, answered: u64) -> Draft {
    let times: Vec<_> = hit.iter().map(|row| (row.first_ts, ())).collect();
    let made = share(names.iter().filter(|name| is_made(name)).count(), names.len());
    let mut draft = Draft::of_actor(actor, hit.iter().copied());
    draft.severity = match (made >= MADE_SHARE, failed >= MANY) {
        (true, true) => Severity::High,
        (true, false) | (false, true) => Severity::Medium,
        (false, false) => Severity::Low,
    };
    draft.title = format!("{actor}: asked for {} that do not exist", many(names.len(), "name"));
    let example = names.iter().find(|name| is_made(name)).or_else(|| names.first()).unwrap_or(&"");
    draft.evidence = format!(
        "{} of {} DNS answers{} say that the name does not exist; {:.0} % of the names look made by a program, such as {example}.",
        count_text(failed),
        count_text(answered),
        within(&times),
        100.0 * made
    );
    draft.measure("failed", float(failed));
    draft.measure("answered", float(answered));
    draft.measure("made_share", made);
    draft.measure("names", float(count(names.len())));
    draft.filter = format!("{} && dns.flags.rcode == 3", filter_of(actor, &BTreeSet::new(), None));
    draft
}
