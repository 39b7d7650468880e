//! Reflection and amplification: answers that nobody asked for, to a victim whose address somebody else wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, list_of, many};
use crate::report::{AddressKind, Proto, Severity, Technique};
use crate::units::{bytes_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "reflection",
    name: "Reflection",
    how: "A host was sent answers without a request from at least `reflection-hosts` hosts by the ports of one service that \
          is known to amplify, or SYN ACKs and resets from as many; or, seen at the reflector, a host was sent at least \
          `reflection-factor` times what it asked for, in at least `reflection-flows` exchanges with such a service.",
    source: "The services of CISA's alert TA14-017A on UDP amplification.",
    caveat: "A capture that begins late or has one direction only shows answers without requests.",
    technique: Some(Technique { id: "T1498.002", name: "Reflection Amplification" }),
    limits: &["reflection-hosts", "reflection-factor", "reflection-flows"],
    find,
};

/// Services over UDP that answer more than they are asked.
const AMPLIFIERS: [(u16, &str); 20] = [
    (17, "QOTD"),
    (19, "chargen"),
    (53, "DNS"),
    (69, "TFTP"),
    (111, "portmap"),
    (123, "NTP"),
    (137, "NetBIOS"),
    (161, "SNMP"),
    (389, "CLDAP"),
    (427, "SLP"),
    (500, "ISAKMP"),
    (520, "RIP"),
    (623, "IPMI"),
    (1434, "MSSQL"),
    (1900, "SSDP"),
    (3283, "ARMS"),
    (3702, "WS-Discovery"),
    (5353, "mDNS"),
    (5683, "CoAP"),
    (11_211, "memcached"),
];

fn amplifier(port: u16) -> Option<&'static str> {
    AMPLIFIERS.iter().find(|(known, _)| *known == port).map(|(_, name)| *name)
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (victim, rows) in traffic.responders() {
        if AddressKind::of(victim).is_group() {
            continue;
        }
        // Answers alone: the flow begins at the service's port.
        let unasked = rows.iter().filter(|row| {
            row.proto == Proto::UDP
                && row.back.packets == 0
                && row.resp_port != row.orig_port
                && amplifier(row.orig_port).is_some()
        });
        drafts.extend(by_hosts(traffic, victim, unasked, |row| row.orig_addr, |row| amplifier(row.orig_port)));
    }
    for (victim, rows) in traffic.originators() {
        if AddressKind::of(victim).is_group() {
            continue;
        }
        // As the flow of a SYN ACK without a SYN is turned, its originator is who should have sent that.
        let answers = rows
            .iter()
            .filter(|row| row.proto == Proto::TCP && row.sent.payload == 0 && row.flow.history.starts_with("^h"));
        // A closed service answers with a reset; that alone is turned by nobody.
        let resets = traffic.of_responder(victim).iter().filter(|row| is_bare_reset(row));
        let other = move |row: &Row<'_>| if row.resp_addr == victim { row.orig_addr } else { row.resp_addr };
        drafts.extend(by_hosts(traffic, victim, answers.chain(resets), other, |_| Some("TCP")));
        drafts.extend(amplified(traffic, victim, rows));
    }
    drafts
}

/// Whether it is nothing but resets from a well-known port.
fn is_bare_reset(row: &Row<'_>) -> bool {
    let is_reset = || {
        let history = &row.flow.history;
        history.starts_with('R') && history.bytes().all(|b| b == b'R')
    };
    row.proto == Proto::TCP && row.orig_port < 1024 && row.back.packets == 0 && is_reset()
}

fn by_hosts<'a: 'b, 'b>(
    traffic: &Traffic<'_>,
    victim: IpAddr,
    unasked: impl Iterator<Item = &'b Row<'a>>,
    reflector: impl Fn(&Row<'_>) -> IpAddr,
    name: fn(&Row<'_>) -> Option<&'static str>,
) -> Option<Draft> {
    let rows: Vec<Row<'a>> = unasked.copied().collect();
    let reflectors: BTreeSet<IpAddr> = rows.iter().map(reflector).collect();
    if !traffic.reaches(reflectors.len(), "reflection-hosts") {
        return None;
    }
    let services: BTreeSet<&str> = rows.iter().filter_map(name).collect();
    let services = list_of(services);
    let bytes: u64 = rows.iter().map(|row| row.flow.wire_bytes()).sum();
    let mut draft = Draft::of_target(victim, rows.iter().copied());
    draft.actors = reflectors;
    draft.targets = BTreeSet::from([victim]);
    draft.severity = Severity::High;
    draft.title = format!("{victim}: {services} answers from {} that it did not ask", many(draft.actors.len(), "host"));
    draft.evidence = format!(
        "{} sent {} of {services} answers in {} without a request: the requests were sent by somebody else under its address.",
        many(draft.actors.len(), "host"),
        bytes_text(bytes),
        many(rows.len(), "flow"),
    );
    draft.count("reflectors", draft.actors.len());
    draft.measure("bytes", float(bytes));
    draft.filter = filter_of(victim, &BTreeSet::new(), None);
    Some(draft)
}

/// Seen where the requests arrive: many that are answered by much more.
fn amplified(traffic: &Traffic<'_>, victim: IpAddr, rows: &[Row<'_>]) -> Vec<Draft> {
    let factor = traffic.limit("reflection-factor");
    let mut by_service: BTreeMap<(IpAddr, u16), Vec<Row<'_>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.proto == Proto::UDP && amplifier(row.resp_port).is_some()) {
        if float(row.back.payload) >= factor * float(row.sent.payload.max(1)) {
            by_service.entry((row.resp_addr, row.resp_port)).or_default().push(*row);
        }
    }
    by_service.retain(|_, rows| traffic.reaches(rows.len(), "reflection-flows"));
    let drafts = by_service.into_iter().map(|((reflector, port), rows)| {
        let sum = |of: fn(&Row<'_>) -> u64| rows.iter().map(of).sum::<u64>();
        let (asked, given) = (sum(|r| r.flow.orig.payload_bytes), sum(|r| r.flow.resp.payload_bytes));
        let name = amplifier(port).unwrap_or_default();
        let mut draft = Draft::of_actor(reflector, rows.iter().copied());
        draft.targets = BTreeSet::from([victim]);
        draft.severity = Severity::Medium;
        draft.title = format!(
            "{reflector}: {name} answers to {victim} {:.0} times as large as its requests",
            float(given) / float(asked.max(1))
        );
        draft.evidence = format!(
            "{} of {name}: {} asked, {} given. Where {victim} did not ask, {reflector} is used as an amplifier.",
            many(rows.len(), "exchange"),
            bytes_text(asked),
            bytes_text(given),
        );
        draft.measure("factor", float(given) / float(asked.max(1)));
        draft.count("exchanges", rows.len());
        draft.filter = filter_of(reflector, &draft.targets, Some((Proto::UDP, port)));
        draft
    });
    drafts.collect()
}
