//! DNS tunnel: data in the names that are asked for, and in the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use hashbrown::HashMap;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many};
use crate::flow::Keyed;
use crate::report::{DnsRecord, Proto, Severity, Technique};
use crate::units::{bytes_text, count, float};

pub(super) const RULE: Rule = Rule {
    kind: "dns_tunnel",
    name: "DNS tunnel",
    how: "At least `dns-tunnel-names` different names below one domain were asked for by one host, and these are long (32 \
          bytes before the domain on average), or most questions are for types that carry data (TXT, NULL, CNAME, MX, KEY, \
          PRIVATE) and the names look like none that people make up. Names of reverse look-ups, of local services and of \
          content networks with few names are left out by that.",
    source: "RITA counts subdomains (100 to 1,000 a day); PCAP Hunter: more than 20 names, more than 30 bytes on average.",
    caveat: "Block lists, anti-virus look-ups and some content networks ask in long names too.",
    technique: Some(Technique { id: "T1071.004", name: "Application Layer Protocol: DNS" }),
    limits: &["dns-tunnel-names"],
    find,
};

/// Bytes before the domain, on average, of names that carry data.
const LONG_NAME: f64 = 32.0;
const SOMEWHAT_LONG: f64 = 12.0;
/// Types whose answers carry much.
const CARRIERS: [&str; 8] = ["TXT", "NULL", "CNAME", "MX", "KEY", "SRV", "PRIVATE", "TYPE65399"];
/// Domains whose names are made of addresses or of services.
const OWN_KIND: [&str; 4] = ["arpa", "local", "localdomain", "lan"];
const HIGH_NAMES: usize = 200;

/// The part of a name that somebody registered: its last two labels, or three where the second is short.
fn domain(name: &str) -> &str {
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at);
    let (Some(last), Some(before)) = (dots.next(), dots.next()) else { return name };
    let is_short = last - before - 1 <= 3;
    let at = if is_short { dots.next() } else { Some(before) };
    at.and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

#[derive(Debug, Default)]
struct Asked<'a> {
    rows: Vec<Row<'a>>,
    names: BTreeSet<&'a str>,
    /// Distinct names that were not listed each.
    unlisted: u64,
    carriers: u64,
    questions: u64,
}

/// The flows that asked a name server, with what they asked.
fn questions<'r, 'a: 'r>(rows: &'r [Row<'a>]) -> impl Iterator<Item = (&'r Row<'a>, &'a DnsRecord)> {
    let asks = rows.iter().filter(|row| !matches!(row.resp_port, 5353 | 5355 | 137));
    asks.filter_map(|row| Some((row, row.dns()?)))
}

/// The domains with enough questions to have so many names: most have not, and need not be looked at closely.
fn wide<'a>(traffic: &Traffic<'_>, rows: &[Row<'a>]) -> BTreeSet<&'a str> {
    let limit = traffic.limit("dns-tunnel-names");
    if float(questions(rows).map(|(_, dns)| dns.queries.total).fold(0, u64::saturating_add)) < limit {
        return BTreeSet::new();
    }
    // No output depends on the key.
    let mut asked: HashMap<&str, u64, Keyed> = HashMap::with_hasher(Keyed::new([0, 0]));
    for (_, dns) in questions(rows) {
        let listed = dns.queries.first.iter().map(|question| domain(question.name.as_str()));
        let unlisted = dns.queries.total.saturating_sub(count(dns.queries.first.len()));
        for (at, domain) in listed.enumerate() {
            *asked.entry(domain).or_default() += if at == 0 { 1 + unlisted } else { 1 };
        }
    }
    asked.into_iter().filter(|(_, n)| float(*n) >= limit).map(|(domain, _)| domain).collect()
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.askers() {
        let wide = wide(traffic, rows);
        if wide.is_empty() {
            continue;
        }
        let mut by_domain: BTreeMap<&str, Asked<'_>> = BTreeMap::new();
        for (row, dns) in questions(rows) {
            let mut main: Option<&str> = None;
            for question in &dns.queries.first {
                let name = question.name.as_str();
                let domain = domain(name);
                main.get_or_insert(domain);
                if !wide.contains(domain) {
                    continue;
                }
                let asked = by_domain.entry(domain).or_default();
                if asked.rows.last().is_none_or(|last| last.row != row.row) {
                    asked.rows.push(*row);
                }
                asked.names.insert(name);
            }
            if let Some(asked) = main.and_then(|domain| by_domain.get_mut(domain)) {
                asked.unlisted += dns.queries.total.saturating_sub(count(dns.queries.first.len()));
                asked.questions += dns.query_types.total();
                asked.carriers += CARRIERS.iter().map(|kind| dns.query_types.of(kind)).sum::<u64>();
            }
        }
        for (domain, asked) in by_domain {
            drafts.extend(draft(traffic, actor, domain, &asked));
        }
    }
    drafts
}

fn draft(traffic: &Traffic<'_>, actor: IpAddr, domain: &str, asked: &Asked<'_>) -> Option<Draft> {
    let names = asked.names.len() + usize::try_from(asked.unlisted).unwrap_or(usize::MAX);
    if !traffic.reaches(names, "dns-tunnel-names") || OWN_KIND.contains(&domain.rsplit('.').next().unwrap_or_default())
    {
        return None;
    }
    let before: usize = asked.names.iter().map(|name| name.len() - domain.len()).sum();
    let mean = super::words::share(before, asked.names.len());
    let carried = float(asked.carriers) / float(asked.questions.max(1));
    let is_odd = asked.names.iter().filter(|name| is_made(name, domain)).count() * 2 > asked.names.len();
    if mean < LONG_NAME && !(carried > 0.5 && mean >= SOMEWHAT_LONG && is_odd) {
        return None;
    }
    let sum = |of: fn(&DnsRecord) -> u64| asked.rows.iter().filter_map(|row| row.dns()).map(of).sum::<u64>();
    let mut draft = Draft::of_actor(actor, asked.rows.iter().copied());
    draft.severity = if names >= HIGH_NAMES && is_odd { Severity::High } else { Severity::Medium };
    draft.title = format!("{actor}: DNS tunnel through {domain}");
    draft.evidence = format!(
        "{} below {domain} were asked for, {mean:.0} bytes before it on average; {:.0} % of the questions are for types that \
         carry data, and TXT and NULL answers brought {}.",
        many(names, "name"),
        100.0 * carried,
        bytes_text(sum(|dns| dns.txt_bytes)),
    );
    draft.count("names", names);
    draft.measure("mean_name_bytes", mean);
    draft.measure("carrier_share", carried);
    draft.measure("answer_bytes", float(sum(|dns| dns.txt_bytes)));
    draft.filter =
        format!("{} && dns.qry.name contains \"{domain}\"", filter_of(actor, &BTreeSet::new(), Some((Proto::UDP, 53))));
    Some(draft)
}

/// Whether a name looks encoded: many digits, or capitals and small letters by turns, or hardly a vowel, in what stands
/// before the domain.
fn is_made(name: &str, domain: &str) -> bool {
    let own = name.get(..name.len() - domain.len()).unwrap_or_default();
    let letters = own.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = own.bytes().filter(u8::is_ascii_digit).count();
    let vowels = own.bytes().filter(|b| matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u')).count();
    let others = own.bytes().filter(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'.' | b'-' | b'_')).count();
    own.len() >= 10 && (digits * 5 > own.len() || vowels * 5 < letters || others > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_what_somebody_registered() {
        for (name, expected) in [
            ("example.com", "example.com"),
            ("a.b.example.com", "example.com"),
            ("x.y.example.co.uk", "example.co.uk"),
            ("localhost", "localhost"),
            ("t.co", "t.co"),
            ("", ""),
        ] {
            assert_eq!(domain(name), expected, "{name}");
        }
    }

    #[test]
    fn encoded_names_look_made() {
        assert!(is_made("0ab1cd22ef334455.t.example.com", "example.com"));
        assert!(!is_made("static-assets.images.example.com", "example.com"));
    }
}
