//! Cleartext credentials: a login was made, and its password could be read on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, list_of, many, whom};
use crate::report::{FlowRecord, Record, Severity, Technique, Text};

pub(super) const RULE: Rule = Rule {
    kind: "cleartext_credentials",
    name: "Credentials in clear",
    how: "A login was accepted whose password went over the wire readable: FTP, Telnet, POP3, IMAP, SMTP (PLAIN, LOGIN), HTTP \
          Basic, LDAP's simple bind, Redis, PostgreSQL's cleartext password, SQL Server without TLS, XMPP (PLAIN), or an \
          SNMP community that was answered. Low; an SNMP community alone is info. From `cleartext-logins` logins on.",
    source: "the protocols' own documents: RFC 959, 854, 1939, 9051, 4954, 7617, 4511, 3416; MS-TDS 2.2.6.4.",
    caveat: "The way between the two may be protected otherwise. Passwords are not kept and not shown.",
    technique: Some(Technique { id: "T1040", name: "Network Sniffing" }),
    limits: &["cleartext-logins"],
    find,
};

/// Names shown in a finding.
const SHOWN: usize = 5;

/// One login.
#[derive(Debug, PartialEq)]
struct Login<'a> {
    protocol: &'static str,
    user: Option<&'a Text>,
}

fn logins(flow: &FlowRecord) -> impl Iterator<Item = Login<'_>> {
    let records = flow.application.iter().flat_map(|application| &application.records);
    records.filter_map(|record| login(record, flow))
}

/// What the record says of a login that was accepted; `None` where there is none, or its password was not readable.
fn login<'a>(record: &'a Record, flow: &FlowRecord) -> Option<Login<'a>> {
    let said = |protocol, is_one: bool, user: Option<&'a Text>| is_one.then_some(Login { protocol, user });
    match record {
        Record::Ftp(r) => {
            said("FTP", r.logins > 0 && r.login_attempts > 0 && !r.users.first.iter().any(is_guest), r.user.as_ref())
        }
        Record::Telnet(r) => said("Telnet", r.password_prompts > r.failed_logins && flow.orig.payload_bytes > 0, None),
        Record::Pop3(r) => said("POP3", r.logins > 0 && r.commands.of("PASS") > 0, r.user.as_ref()),
        Record::Imap(r) => said("IMAP", r.logins > 0 && r.commands.of("LOGIN") > 0, r.user.as_ref()),
        Record::Smtp(r) => said("SMTP", r.logins > 0 && matches!(r.auth_mechanism, Some("PLAIN" | "LOGIN")), None),
        Record::Xmpp(r) => {
            let is_plain = r.auth_mechanism.as_ref().is_some_and(|m| m.as_str() == "PLAIN");
            said("XMPP", r.logins > 0 && is_plain, None)
        }
        Record::Http(r) => {
            let is_basic = r.authorization.as_ref().is_some_and(|s| s.as_str().eq_ignore_ascii_case("basic"));
            said("HTTP Basic", is_basic && r.responses > r.denied, None)
        }
        Record::Ldap(r) => {
            let is_simple = r.bind_method.as_ref().is_some_and(|m| m.as_str() == "simple");
            let is_named = r.bind_name.as_ref().is_some_and(|name| !name.is_empty());
            said(
                "LDAP",
                is_simple && is_named && r.login_attempts > r.failed_logins && flow.resp.payload_bytes > 0,
                r.bind_name.as_ref(),
            )
        }
        Record::Redis(r) => said("Redis", r.login_attempts > r.failed_logins && flow.resp.payload_bytes > 0, None),
        Record::Postgresql(r) => {
            let is_clear = r.auth_method.is_some_and(|method| method == "cleartext");
            said("PostgreSQL", is_clear && r.logins > 0, r.user.as_ref())
        }
        Record::Mssql(r) => said("SQL Server", r.logins > 0 && !r.has_tls && r.user.is_some(), r.user.as_ref()),
        Record::Snmp(r) => {
            let is_clear = r.community_length.is_some_and(|len| len > 0);
            said(SNMP, is_clear && flow.resp.packets > 0, None)
        }
        _ => None,
    }
}

const SNMP: &str = "SNMP";

/// Names under which anybody may log in.
fn is_guest(user: &Text) -> bool {
    ["anonymous", "ftp", "guest"].iter().any(|guest| user.as_str().eq_ignore_ascii_case(guest))
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (actor, rows) in traffic.speakers() {
        let rows: Vec<Row<'_>> = rows.iter().filter(|row| logins(row.flow).next().is_some()).copied().collect();
        if !rows.is_empty() && traffic.reaches(rows.len(), "cleartext-logins") {
            drafts.push(draft(actor, &rows));
        }
    }
    drafts
}

fn draft(actor: IpAddr, rows: &[Row<'_>]) -> Draft {
    let mut draft = Draft::of_actor(actor, rows.iter().copied());
    let mut by_protocol: BTreeMap<&str, usize> = BTreeMap::new();
    let mut users: BTreeSet<&str> = BTreeSet::new();
    for login in rows.iter().flat_map(|row| logins(row.flow)) {
        *by_protocol.entry(login.protocol).or_default() += 1;
        users.extend(login.user.map(Text::as_str));
    }
    let is_community = by_protocol.keys().all(|protocol| *protocol == SNMP);
    draft.severity = if is_community { Severity::Info } else { Severity::Low };
    let protocols = list_of(by_protocol.keys().copied());
    let target = whom(&draft.targets);
    draft.title = format!("{actor}: credentials in clear to {target} ({protocols})");
    let shown = list_of(users.iter().copied().take(SHOWN));
    let names = match users.len() {
        0 => String::new(),
        n if n > SHOWN => format!(" Users: {shown} and {} more.", n - SHOWN),
        1 => format!(" User: {shown}."),
        _ => format!(" Users: {shown}."),
    };
    let counts: Vec<String> = by_protocol.iter().map(|(protocol, n)| format!("{protocol} {n}")).collect();
    draft.evidence = format!(
        "{} made a login whose secret was readable on the way to {target}: {}.{names}",
        many(rows.len(), "flow"),
        counts.join(", "),
    );
    draft.count("flows", rows.len());
    draft.count("users", users.len());
    let services: BTreeSet<_> = rows.iter().map(|row| (row.proto, row.resp_port)).collect();
    let one = services.first().copied().filter(|_| services.len() == 1);
    draft.filter = filter_of(actor, &draft.targets, one);
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rules::made::{found, saying, tcp};
    use crate::report::{FtpRecord, HttpRecord, Pop3Record};

    const CLIENT: [u8; 4] = [10, 0, 0, 5];

    fn ftp(user: &str, logins: u64) -> FlowRecord {
        let mut record = FtpRecord { user: Some(user.into()), login_attempts: 1, logins, ..FtpRecord::default() };
        record.users.add(1, || user.into());
        saying(tcp(0, CLIENT, ([10, 0, 0, 9], 21), (60, 200)), "ftp", Record::Ftp(Box::new(record)))
    }

    fn http(scheme: &str, denied: u64) -> FlowRecord {
        let record = HttpRecord {
            authorization: Some(scheme.into()),
            requests: 1,
            responses: 1,
            denied,
            ..HttpRecord::default()
        };
        saying(tcp(0, CLIENT, ([10, 0, 0, 9], 80), (60, 200)), "http", Record::Http(Box::new(record)))
    }

    #[test]
    fn an_accepted_login_is_told_with_the_user() {
        let all = found(&RULE, vec![ftp("ann", 1), http("Basic", 0)]);
        let [finding] = &all[..] else { panic!("{all:?}") };
        assert_eq!((finding.severity, finding.rows), (Severity::Low, 2));
        assert!(finding.evidence.contains("FTP 1, HTTP Basic 1. User: ann."), "{}", finding.evidence);
    }

    #[test]
    fn refused_guest_and_hidden_logins_are_none() {
        let mut apop = Pop3Record { login_attempts: 1, logins: 1, ..Pop3Record::default() };
        apop.commands.add("APOP");
        let apop = saying(tcp(0, CLIENT, ([10, 0, 0, 9], 110), (60, 200)), "pop3", Record::Pop3(Box::new(apop)));
        assert_eq!(
            found(&RULE, vec![ftp("ann", 0), ftp("anonymous", 1), http("Digest", 0), http("Basic", 1), apop]),
            []
        );
    }
}
