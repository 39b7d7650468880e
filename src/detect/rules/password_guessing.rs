//! Password guessing: one host tries to log in to another again and again.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::logins::{self, Logins};
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many, service, within};
use crate::report::{Proto, Severity, Technique};
use crate::units::{NS_PER_SEC, count_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "password_guessing",
    name: "Password guessing",
    how: "At least `guessing-failures` logins of one host to a service of another were refused, in one connection or many; \
          or, where logins are hidden, as with SSH, RDP, VNC and TLS, at least `guessing-connections` short connections \
          came to a login service. Critical where a login was accepted after them.",
    source: "Slips: 9 SSH attempts; Zeek: 30 for SSH, 20 for FTP in its windows, which slow guessing stays under.",
    caveat: "A program with an old password fails forever; a monitoring system that connects and leaves looks like guessing.",
    technique: Some(Technique { id: "T1110", name: "Brute Force" }),
    limits: &["guessing-failures", "guessing-connections"],
    find,
};

/// Services whose logins cannot be seen, by port: SSH, RDP, VNC, and the variants over TLS of mail and directories.
const HIDDEN_PORTS: [u16; 12] = [22, 2222, 3389, 5900, 5901, 465, 587, 636, 990, 993, 995, 5986];
/// A connection that is a guess is short and small: seconds, bytes of one side.
const SHORT_NS: u64 = 60 * NS_PER_SEC.unsigned_abs();
const SMALL_BYTES: u64 = 8_000;
const WEB_FACTOR: f64 = 3.0;
/// From so many on it is high.
const HIGH_FAILURES: u64 = 100;

#[derive(Debug, Default)]
struct Tried<'a> {
    rows: Vec<Row<'a>>,
    logins: Logins,
    /// Refused before the last one that was accepted.
    failed_before: u64,
    /// Short connections to a service whose logins are hidden.
    hidden: usize,
}

fn is_hidden(row: &Row<'_>) -> bool {
    let is_login_service = HIDDEN_PORTS.contains(&row.resp_port) || matches!(row.service, Some("ssh" | "rdp"));
    is_login_service
        && row.proto == Proto::TCP
        && row.sent.payload > 0
        && row.duration_ns() <= SHORT_NS
        && row.sent.payload.max(row.back.payload) <= SMALL_BYTES
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.originators() {
        let mut tried: BTreeMap<(IpAddr, Proto, u16), Tried<'_>> = BTreeMap::new();
        for &row in rows {
            let (logins, is_hidden) = (logins::of(&row), is_hidden(&row));
            if logins.attempts == 0 && !is_hidden {
                continue;
            }
            let one = tried.entry((row.resp_addr, row.proto, row.resp_port)).or_default();
            one.rows.push(row);
            one.logins.attempts += logins.attempts;
            one.logins.failed += logins.failed;
            if logins.accepted > 0 {
                one.failed_before = one.logins.failed;
            }
            one.logins.accepted += logins.accepted;
            one.hidden += usize::from(is_hidden);
        }
        for ((target, proto, port), tried) in &tried {
            if is_seen(traffic, tried) || traffic.reaches(tried.hidden, "guessing-connections") {
                drafts.push(draft(traffic, actor, *target, (*proto, *port), tried));
            }
        }
    }
    drafts
}

fn is_web(tried: &Tried<'_>) -> bool {
    tried.rows.iter().any(|row| row.application.is_some_and(|a| a.http().is_some()))
}

/// Whether enough logins were seen to fail. HTTP refuses the first request of every session: it takes more of these.
fn is_seen(traffic: &Traffic<'_>, tried: &Tried<'_>) -> bool {
    let factor = if is_web(tried) { WEB_FACTOR } else { 1.0 };
    float(tried.logins.failed) >= factor * traffic.limit("guessing-failures")
}

fn draft(traffic: &Traffic<'_>, actor: IpAddr, target: IpAddr, key: (Proto, u16), tried: &Tried<'_>) -> Draft {
    let name = tried.rows.iter().find_map(|row| row.service).map_or_else(|| service(key.0, key.1), str::to_owned);
    let times: Vec<_> = tried.rows.iter().map(|row| (row.first_ts, ())).collect();
    let mut draft = Draft::of_actor(actor, tried.rows.iter().copied());
    let is_seen = is_seen(traffic, tried);
    // What a web server gives after a refusal need not be what was refused.
    let is_through = is_seen && !is_web(tried) && float(tried.failed_before) >= traffic.limit("guessing-failures");
    let n = if is_seen { tried.logins.failed } else { crate::units::count(tried.hidden) };
    draft.severity = match (is_through, n >= HIGH_FAILURES) {
        (true, _) => Severity::Critical,
        (_, true) => Severity::High,
        _ => Severity::Medium,
    };
    draft.title = format!("{actor}: password guessing against {name} of {target}");
    draft.evidence = if is_seen {
        let end = match (is_through, tried.logins.accepted) {
            (true, n) => format!("; then {} accepted", if n == 1 { "one was".to_owned() } else { format!("{n} were") }),
            (false, 0) => "; none was accepted".to_owned(),
            (false, n) => format!("; {n} accepted"),
        };
        format!(
            "{} logins were refused in {}{}{end}.",
            count_text(n),
            many(tried.rows.len(), "connection"),
            within(&times)
        )
    } else {
        format!(
            "{} came{}, each shorter than a minute and with less than 8 kB a side: what a refused login looks like.",
            many(tried.hidden, "connection"),
            within(&times)
        )
    };
    draft.measure("failed_logins", float(tried.logins.failed));
    draft.measure("accepted_logins", float(tried.logins.accepted));
    draft.count("connections", tried.rows.len());
    draft.filter = filter_of(actor, &draft.targets, Some(key));
    draft
}
