//! Odd TLS: encrypted traffic that does not look like a browser's, an app's or a mail program's.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::threshold::median_and_mad;
use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, list_of, many, service};
use crate::report::{Certificate, Proto, Record, Severity, Technique, Text, TlsRecord, is_local};
use crate::units::{Timestamp, duration_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "odd_tls",
    name: "Odd TLS",
    how: "TLS connections of one host to another with at least `odd-tls-signs` of: a certificate that signs itself or whose \
          issuer the server made; no server name asked for; a port that no protocol over TLS has; a certificate valid for \
          more than ten years or less than a day; a version before TLS 1.2; a connection open for half of the capture; \
          connections at even intervals; a client hello (JA4) that of at least five clients this one alone sends, and there \
          alone. To hosts inside it takes one more, as devices there sign their own.",
    source: "Slips: certificates that sign themselves; RITA: rare fingerprints; CA/Browser Forum: 398 days at most.",
    caveat: "Appliances, private services and VPNs sign their own certificates and choose their own ports.",
    technique: Some(Technique { id: "T1573", name: "Encrypted Channel" }),
    limits: &["odd-tls-signs"],
    find,
};

/// Ports registered for TLS or used for it every day.
const USUAL_PORTS: [u16; 26] = [
    21, 25, 110, 143, 389, 443, 465, 563, 587, 636, 853, 989, 990, 992, 993, 994, 995, 1433, 3269, 3389, 5061, 5223,
    5228, 8443, 8883, 9443,
];
const DAY: i64 = 86_400;
/// Gaps between connections, below which nothing is even; those of one burst are none; and the deviation of even ones.
const EVEN_GAPS: usize = 8;
const LEAST_GAP_NS: f64 = 1e9;
const EVEN_SHARE: f64 = 0.05;
/// Clients, of which on what one alone sends is its own.
const FEW_CLIENTS: usize = 5;
/// Longer than any public authority signs for.
const LONG_VALID: i64 = 3_650 * DAY;

fn tls<'a>(row: &Row<'a>) -> Option<&'a TlsRecord> {
    row.records().iter().find_map(|record| match record {
        Record::Tls(tls) => Some(&**tls),
        _ => None,
    })
}

fn certificate_signs(certificate: &Certificate, is_chain: bool, signs: &mut BTreeSet<&'static str>) {
    if certificate.is_self_signed {
        signs.insert("a certificate that signs itself");
    } else if !is_chain {
        signs.insert("a certificate without that of its issuer");
    }
    if let (Some(from), Some(to)) = (certificate.not_before, certificate.not_after) {
        let valid = to.seconds().saturating_sub(from.seconds());
        if valid > LONG_VALID {
            signs.insert("a certificate valid for more than ten years");
        } else if valid < DAY {
            signs.insert("a certificate valid for less than a day");
        }
    }
}

/// What is odd about a connection.
fn signs_of(row: &Row<'_>, tls: &TlsRecord) -> BTreeSet<&'static str> {
    let mut signs = BTreeSet::new();
    if let Some(first) = tls.certificates.first.first() {
        certificate_signs(first, tls.certificates.total > 1, &mut signs);
    }
    if tls.offer.server_name.is_none() && tls.offer.ja3.is_some() {
        signs.insert("no server name asked for");
    }
    if !USUAL_PORTS.contains(&row.resp_port) {
        signs.insert("an unusual port");
    }
    if tls.version.as_ref().is_some_and(|v| matches!(v.as_str(), "SSLv3" | "TLSv1.0" | "TLSv1.1" | "SSLv2")) {
        signs.insert("an outdated version");
    }
    signs
}

/// The connections of a host to one service.
#[derive(Debug, Default)]
struct Talk<'a> {
    /// What is odd about them.
    signs: BTreeSet<&'static str>,
    /// Whose certificate they brought.
    subject: Option<String>,
    begun: Vec<Timestamp>,
    ja4s: BTreeSet<&'a str>,
}

/// Whether connections begin at even intervals, of a second and more.
fn is_even(begun: &[Timestamp]) -> bool {
    let gaps = begun.iter().zip(begun.iter().skip(1)).map(|(before, after)| float(after.since(*before)));
    let mut gaps: Vec<f64> = gaps.collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let (median, deviation) = median_and_mad(&gaps);
    gaps.len() >= EVEN_GAPS && median >= LEAST_GAP_NS && deviation <= EVEN_SHARE * median
}

/// Who sends a client hello to whom, where that is always the same.
type Pair = (IpAddr, (IpAddr, u16));

/// The client hellos of a capture, by their JA4.
#[derive(Debug, Default)]
struct Hellos<'a> {
    pairs: BTreeMap<&'a str, Option<Pair>>,
    clients: usize,
}

impl<'a> Hellos<'a> {
    fn of(traffic: &Traffic<'a>) -> Self {
        let mut hellos = Self::default();
        for (actor, rows) in traffic.tls_clients() {
            let ja4s = rows.iter().filter_map(|row| Some((ja4(row)?, (actor, (row.resp_addr, row.resp_port)))));
            hellos.clients += usize::from(ja4s.clone().next().is_some());
            for (ja4, pair) in ja4s {
                let known = hellos.pairs.entry(ja4).or_insert(Some(pair));
                *known = known.filter(|known| *known == pair);
            }
        }
        hellos
    }

    /// Whether of several clients one alone sends it, to one service alone.
    fn is_lone(&self, ja4: &str) -> bool {
        self.clients >= FEW_CLIENTS && self.pairs.get(ja4).is_some_and(Option::is_some)
    }
}

fn ja4<'a>(row: &Row<'a>) -> Option<&'a str> {
    tls(row)?.offer.ja4.as_ref().map(Text::as_str)
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let span = traffic.span_ns();
    let hellos = Hellos::of(traffic);
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.tls_clients() {
        let mut talks: BTreeMap<(IpAddr, u16), Talk<'_>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.proto == Proto::TCP) {
            let Some(tls) = tls(row) else { continue };
            let Talk { signs, subject, begun, ja4s } = talks.entry((row.resp_addr, row.resp_port)).or_default();
            signs.extend(signs_of(row, tls));
            begun.push(row.first_ts);
            ja4s.extend(ja4(row));
            let lasts = row.duration_ns();
            if lasts > 600_000_000_000 && 2 * lasts >= span {
                signs.insert("open for half of the capture");
            }
            if let Some(certificate) = tls.certificates.first.first() {
                subject.get_or_insert_with(|| certificate.subject.to_string());
            }
        }
        for ((target, port), Talk { mut signs, subject, begun, ja4s }) in talks {
            if is_even(&begun) {
                signs.insert("connections at even intervals");
            }
            if ja4s.iter().any(|ja4| hellos.is_lone(ja4)) {
                signs.insert("a client hello that nobody else sends");
            }
            let more = if is_local(target) { 1.0 } else { 0.0 };
            if float(crate::units::count(signs.len())) >= traffic.limit("odd-tls-signs") + more {
                // What was said there without TLS belongs to it.
                let all = traffic.of_originator(actor).iter().filter(|row| row.proto == Proto::TCP);
                let all: Vec<Row<'_>> =
                    all.filter(|row| (row.resp_addr, row.resp_port) == (target, port)).copied().collect();
                drafts.push(draft(actor, (target, port), &all, &signs, subject));
            }
        }
    }
    drafts
}

fn draft(
    actor: IpAddr,
    (target, port): (IpAddr, u16),
    rows: &[Row<'_>],
    signs: &BTreeSet<&'static str>,
    subject: Option<String>,
) -> Draft {
    let mut draft = Draft::of_actor(actor, rows.iter().copied());
    // A certificate that signs itself, on a port of its own, is what tools for remote control bring.
    let is_tool = signs.contains("an unusual port") && signs.iter().any(|sign| sign.contains("certificate"));
    draft.severity = if is_tool { Severity::Medium } else { Severity::Low };
    draft.title = format!("{actor}: odd TLS to {target}, {}", service(Proto::TCP, port));
    let longest = rows.iter().map(|row| row.duration_ns()).max().unwrap_or(0);
    let subject = subject.map_or_else(String::new, |subject| format!(" The certificate says {subject}."));
    draft.evidence = format!(
        "{}, the longest of {}: {}.{subject}",
        many(rows.len(), "connection"),
        duration_text(longest),
        list_of(signs.iter().copied())
    );
    draft.count("signs", signs.len());
    draft.count("connections", rows.len());
    draft.filter = filter_of(actor, &draft.targets, Some((Proto::TCP, port)));
    draft
}
