//! Web attack: one client searches a web server for holes, or tries to use one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, list_of, many, whom};
use crate::report::{Application, HttpRecord, Proto, Severity, Tally, Technique};
use crate::units::{count_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "web_attack",
    name: "Web attack",
    how: "Requests of one client to one web server look like injections (SQL, commands, scripts, Log4Shell, Shellshock), \
          traversals or known exploits: low for one or two, medium from `web-attack-requests` on or for what has no harmless \
          reading, high from fifty on or from three kinds on. A scanner's name in the requests: medium. At least \
          `web-scan-requests` requests of which half are for what is not there: medium, high from a thousand on.",
    source: "Zeek's detection of SQL injection: 50 requests; OWASP's testing guide for the patterns.",
    caveat: "Pages about security, and scanners that the owner runs, look the same. Whether an attack succeeded is not seen.",
    technique: Some(Technique { id: "T1190", name: "Exploit Public-Facing Application" }),
    limits: &["web-attack-requests", "web-scan-requests"],
    find,
};

/// Requests from which on it is high.
const HIGH_ATTACKS: u64 = 50;
const HIGH_KINDS: usize = 3;
const HIGH_SCAN: u64 = 1_000;
/// Kinds that nobody sends by chance.
const CERTAIN: [&str; 4] = ["Log4Shell", "Shellshock", "expression injection", "known exploit"];
/// Names that scanners give themselves, in user agents and in what they ask for; in lower case.
const SCANNERS: [&str; 24] = [
    "sqlmap",
    "nikto",
    "nmap scripting engine",
    "appscan",
    "acunetix",
    "netsparker",
    "nessus",
    "openvas",
    "w3af",
    "wpscan",
    "dirbuster",
    "gobuster",
    "feroxbuster",
    "ffuf",
    "wfuzz",
    "masscan",
    "zgrab",
    "nuclei",
    "whatweb",
    "joomscan",
    "arachni",
    "burpcollaborator",
    "zmeu",
    "havij",
];

/// What a client did to a server.
#[derive(Debug, Default)]
struct Visit<'a> {
    rows: Vec<Row<'a>>,
    requests: u64,
    /// Answers that what was asked for is not there or not understood.
    vain: u64,
    attacks: Tally,
    scanners: BTreeSet<&'static str>,
    uris: BTreeSet<&'a str>,
}

impl<'a> Visit<'a> {
    fn add(&mut self, row: Row<'a>, http: &'a HttpRecord) {
        self.rows.push(row);
        self.requests = self.requests.saturating_add(http.requests);
        self.vain = self.vain.saturating_add(http.statuses.of("4xx").saturating_sub(http.denied));
        self.attacks.merge(&http.attacks);
        for text in [&http.user_agent, &http.uri, &http.referrer].into_iter().flatten() {
            let text = text.as_str().to_ascii_lowercase();
            self.scanners.extend(SCANNERS.iter().filter(|name| text.contains(**name)));
        }
        self.uris.extend(http.uri.as_ref().map(|uri| uri.as_str()));
    }

    fn severity(&self, traffic: &Traffic<'_>) -> Severity {
        let attacks = self.attacks.total();
        let kinds = self.attacks.iter().count();
        let is_certain = self.attacks.iter().any(|(kind, _)| CERTAIN.contains(&kind));
        let by_attack = match attacks {
            0 => Severity::None,
            HIGH_ATTACKS.. => Severity::High,
            _ if kinds >= HIGH_KINDS && float(attacks) >= traffic.limit("web-attack-requests") => Severity::High,
            _ if is_certain || float(attacks) >= traffic.limit("web-attack-requests") => Severity::Medium,
            _ => Severity::Low,
        };
        let by_scan = match self.vain {
            vain if float(self.requests) < traffic.limit("web-scan-requests") || vain * 2 < self.requests => {
                Severity::None
            }
            HIGH_SCAN.. => Severity::High,
            _ => Severity::Medium,
        };
        let by_name = if self.scanners.is_empty() { Severity::None } else { Severity::Medium };
        by_attack.max(by_scan).max(by_name)
    }
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.speakers() {
        let mut by_server: BTreeMap<(IpAddr, u16), Visit<'_>> = BTreeMap::new();
        for row in rows {
            if let Some(http) = row.application.and_then(Application::http) {
                by_server.entry((row.resp_addr, row.resp_port)).or_default().add(*row, http);
            }
        }
        by_server.retain(|_, visit| visit.severity(traffic) > Severity::None);
        if !by_server.is_empty() {
            drafts.push(draft(traffic, actor, &by_server));
        }
    }
    drafts
}

fn draft(traffic: &Traffic<'_>, actor: IpAddr, by_server: &BTreeMap<(IpAddr, u16), Visit<'_>>) -> Draft {
    let visits = || by_server.values();
    let severity = visits().map(|visit| visit.severity(traffic)).max().unwrap_or_default();
    // A few stray requests are these, not everything the client asked; a scan is all it did there, requests or none.
    let is_scan = severity >= Severity::Medium;
    let is_meant = |row: &Row<'_>| {
        let is_attack = || row.application.and_then(Application::http).is_some_and(|http| !http.attacks.is_empty());
        by_server.contains_key(&(row.resp_addr, row.resp_port)) && (is_scan || is_attack())
    };
    let mut draft = Draft::of_actor(actor, traffic.of_originator(actor).iter().copied().filter(is_meant));
    draft.severity = severity;
    let mut attacks = Tally::default();
    visits().for_each(|visit| attacks.merge(&visit.attacks));
    let requests = visits().map(|visit| visit.requests).sum::<u64>();
    let vain = visits().map(|visit| visit.vain).sum::<u64>();
    let uris = visits().map(|visit| visit.uris.len()).sum::<usize>();
    let scanners: BTreeSet<&str> = visits().flat_map(|visit| visit.scanners.iter().copied()).collect();
    let target = whom(&draft.targets);
    let kinds = list_of(attacks.iter().map(|(kind, _)| kind));
    draft.title = match (kinds.is_empty(), scanners.is_empty()) {
        (false, _) => format!("{actor}: web attack on {target} ({kinds})"),
        (true, false) => format!("{actor}: web scan of {target} by {}", list_of(scanners.iter().copied())),
        (true, true) => format!("{actor}: web scan of {target}"),
    };
    let counts: Vec<String> = attacks.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
    let patterns =
        if counts.is_empty() { String::new() } else { format!(" Look like attacks: {}.", counts.join(", ")) };
    let named =
        if scanners.is_empty() { String::new() } else { format!(" They name {}.", list_of(scanners.iter().copied())) };
    draft.evidence = format!(
        "{} requests in {}, {} of them answered as not there or not understood, for {} at the flows' beginnings.{patterns}{named}",
        count_text(requests),
        many(visits().map(|visit| visit.rows.len()).sum(), "flow"),
        count_text(vain),
        many(uris, "distinct URI"),
    );
    draft.measure("requests", float(requests));
    draft.measure("not_found", float(vain));
    draft.measure("attack_requests", float(attacks.total()));
    draft.count("uris", uris);
    let port = by_server.keys().next().filter(|_| by_server.len() == 1).map(|(_, port)| (Proto::TCP, *port));
    draft.filter = filter_of(actor, &draft.targets, port);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, saying, tcp};
    use crate::report::{FlowRecord, Record};

    fn asked(i: i64, change: impl Fn(&mut HttpRecord)) -> FlowRecord {
        let mut http = HttpRecord { requests: 1, responses: 1, uri: Some("/".into()), ..HttpRecord::default() };
        change(&mut http);
        saying(tcp(i, [192, 0, 2, 5], ([10, 0, 0, 9], 80), (300, 2_000)), "http", Record::Http(Box::new(http)))
    }

    fn severity(flows: Vec<FlowRecord>) -> Option<Severity> {
        found(&RULE, flows).first().map(|finding| finding.severity)
    }

    #[test]
    fn injections_are_graver_the_more_they_are() {
        let sql = |n: i64| (0..n).map(|i| asked(i, |http| http.attacks.add("SQL injection"))).collect();
        assert_eq!([1, 5, 60].map(|n| severity(sql(n))), [Severity::Low, Severity::Medium, Severity::High].map(Some));
        assert_eq!(severity(vec![asked(0, |http| http.attacks.add("Log4Shell"))]), Some(Severity::Medium));
    }

    #[test]
    fn scans_are_known_by_name_and_by_what_is_not_there() {
        let named = asked(0, |http| http.user_agent = Some("sqlmap/1.7 (https://sqlmap.org)".into()));
        assert_eq!(severity(vec![named]), Some(Severity::Medium));
        let searching = |vain: u64| {
            asked(0, |http| {
                (http.requests, http.responses) = (400, 400);
                http.statuses.add_many("4xx", vain);
            })
        };
        assert_eq!(severity(vec![searching(300)]), Some(Severity::Medium));
        assert_eq!(severity(vec![searching(100)]), None);
    }

    #[test]
    fn browsing_with_a_few_dead_links_is_none() {
        let browsing = (0..300).map(|i| {
            asked(i, |http| {
                http.user_agent = Some("Mozilla/5.0 (X11; Linux x86_64)".into());
                http.statuses.add(if i % 5 == 0 { "4xx" } else { "2xx" });
            })
        });
        assert_eq!(severity(browsing.collect()), None);
        // Somebody who is asked for a password again and again searches for nothing.
        let denied = asked(0, |http| {
            (http.requests, http.denied) = (400, 400);
            http.statuses.add_many("4xx", 400);
        });
        assert_eq!(severity(vec![denied]), None);
    }
}
