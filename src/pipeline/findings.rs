//! Anomalous rows grouped by who did it: one finding an actor, not one a flow.

mod hosts;
pub(super) mod news;
mod raised;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::overflow;
use crate::detect::Explainer;
use crate::filter::export::{display_address, display_service};
use crate::report::{Fields, Finding, Proto, Report, Severity, Verdict, What};
use crate::settings::{Settings, Suppressions, Unit};
use crate::sort;
use crate::units::{Timestamp, count, count_text};

/// So many originators with at most `FEW_ROWS` anomalous rows each to the same service are one finding about the target.
const MANY_SOURCES: usize = 10;
const FEW_ROWS: usize = 3;
/// Addresses listed in a finding.
const LISTED: usize = 20;
/// The protocol of a table's row that names none.
const UNNAMED: Proto = Proto::Ip(255);
const ANOMALY_SOURCE: &str = "The detector: how far a row is from what is typical of this capture.";
const BASELINE_SOURCE: &str = "The detector: how far a row is from what is typical of the baseline.";
const ANOMALY_CAVEAT: &str = "What is rare is not bad: a new device, a backup or an update stands out too.";
/// Features named in the evidence.
const NAMED: usize = 3;

/// One anomalous row as a finding needs it.
#[derive(Debug, Clone, Copy)]
struct Event {
    row: usize,
    /// Whether the addresses are known.
    has_ends: bool,
    actor: IpAddr,
    target: IpAddr,
    proto: Proto,
    port: u16,
    first: Timestamp,
    last: Timestamp,
    packets: u64,
    bytes: u64,
}

/// Who a group of events belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Actor(IpAddr),
    Target(IpAddr, Proto, u16),
    /// Rows of a table that names no hosts, by service.
    Nobody(Proto, u16),
}

fn event(report: &Report, row: usize) -> Option<Event> {
    Some(match report.settings.unit {
        Unit::Flow => {
            let f = report.flows.get(row)?;
            Event {
                row,
                has_ends: f.knows(Fields::ADDRESSES),
                actor: f.orig_addr,
                target: f.resp_addr,
                proto: f.proto,
                port: if f.proto.has_ports() { f.resp_port } else { 0 },
                first: f.first_ts,
                last: f.last_ts,
                packets: f.packets(),
                bytes: f.wire_bytes(),
            }
        }
        Unit::Packet => {
            let p = report.packets.get(row)?;
            Event {
                row,
                has_ends: p.knows(Fields::ADDRESSES),
                actor: p.src,
                target: p.dst,
                proto: p.proto,
                port: if p.proto.has_ports() { p.dst_port.unwrap_or(0) } else { 0 },
                first: p.ts,
                last: p.ts,
                packets: 1,
                bytes: u64::from(p.length),
            }
        }
        // They have findings of their own.
        Unit::Host => return None,
    })
}

/// What is told.
pub(super) struct Told {
    pub(super) findings: Vec<Finding>,
    /// How many there are, those included that are too many for a report.
    pub(super) all: u64,
    /// Those that the settings suppress.
    pub(super) suppressed: u64,
}

/// The findings: what the flow table had no room for, then the ranked anomalous rows, most severe first.
pub(super) fn group(
    report: &Report,
    explainer: &Explainer<'_>,
    ranked: &[usize],
    by_rule: Vec<Finding>,
    suppressed: &Suppressed,
    news: Vec<Finding>,
) -> Told {
    // What a rule explains is not told again, nor what was not to be told.
    let unexplained = |row: &&usize| {
        report.verdict(**row).is_some_and(|v| v.is_odd() && v.rule < Severity::Low) && !suppressed.rows.contains(*row)
    };
    let ranked: Vec<usize> = ranked.iter().filter(unexplained).copied().collect();
    let mut findings = match report.settings.unit {
        Unit::Host => hosts::group(report, explainer, &ranked),
        Unit::Flow | Unit::Packet => by_owner(report, explainer, &ranked),
    };
    findings.extend(by_rule);
    findings.extend(news);
    findings.extend(overflow::findings(report));
    let all = findings.len();
    findings.retain(|finding| !is_suppressed(&report.settings.suppress, finding));
    let suppressed = suppressed.findings + count(all - findings.len());
    // Within a severity, many rows of one owner say more than one row that is a little stranger.
    let weight = |f: &Finding| f.score.unwrap_or(1.0) * (1.0 + libm::log10(crate::units::float(f.rows.max(1))));
    // What is known to be bad comes before what is only strange.
    let is_known = |f: &Finding| f.technique.is_some() && f.severity >= Severity::Medium;
    let is_beyond = |f: &Finding| f.kind == overflow::KIND;
    let is_news = |f: &Finding| What::ALL.iter().any(|what| what.kind() == f.kind);
    sort::by(&mut findings, |a, b| {
        is_beyond(b)
            .cmp(&is_beyond(a))
            .then(is_known(b).cmp(&is_known(a)))
            .then(b.severity.cmp(&a.severity))
            // What is only new comes behind what is strange.
            .then(is_news(a).cmp(&is_news(b)))
            .then(weight(b).total_cmp(&weight(a)))
            .then(a.first_ts.cmp(&b.first_ts))
    });
    let all = count(findings.len());
    findings.truncate(Report::MAX_FINDINGS);
    for (i, finding) in findings.iter_mut().enumerate() {
        finding.id = format!("F{}", i + 1);
    }
    raised::note(report, &mut findings);
    Told { findings, all, suppressed }
}

/// What rules found and the settings suppress.
#[derive(Debug, Default)]
pub(super) struct Suppressed {
    findings: u64,
    /// Their rows.
    rows: BTreeSet<usize>,
}

/// Takes out the rules' findings that are not to be told.
pub(super) fn suppress(settings: &Settings, by_rule: &mut Vec<Finding>) -> Suppressed {
    let mut suppressed = Suppressed::default();
    by_rule.retain(|finding| {
        let is_told = !is_suppressed(&settings.suppress, finding);
        if !is_told {
            suppressed.findings += 1;
            // Of packets a rule's rows are none of the unit.
            if settings.unit == Unit::Flow {
                suppressed.rows.extend(finding.members.iter().filter_map(|&row| usize::try_from(row).ok()));
            }
        }
        is_told
    });
    suppressed
}

fn is_suppressed(suppress: &Suppressions, finding: &Finding) -> bool {
    let hosts = if finding.actors.is_empty() { &finding.targets } else { &finding.actors };
    suppress.cover(finding.kind, hosts)
}

/// Findings of flows or packets.
fn by_owner(report: &Report, explainer: &Explainer<'_>, ranked: &[usize]) -> Vec<Finding> {
    let events: Vec<Event> = ranked.iter().filter_map(|&row| event(report, row)).collect();
    let mut rows_of: BTreeMap<IpAddr, usize> = BTreeMap::new();
    for e in &events {
        *rows_of.entry(e.actor).or_default() += 1;
    }
    let is_minor = |actor: &IpAddr| rows_of.get(actor).is_some_and(|n| *n <= FEW_ROWS);
    let mut sources: BTreeMap<(IpAddr, Proto, u16), BTreeSet<IpAddr>> = BTreeMap::new();
    for e in events.iter().filter(|e| is_minor(&e.actor)) {
        sources.entry((e.target, e.proto, e.port)).or_default().insert(e.actor);
    }
    let mut groups: BTreeMap<Owner, Vec<Event>> = BTreeMap::new();
    for e in events {
        let service = (e.target, e.proto, e.port);
        let is_distributed = is_minor(&e.actor) && sources.get(&service).is_some_and(|s| s.len() >= MANY_SOURCES);
        let owner = if !e.has_ends {
            Owner::Nobody(e.proto, e.port)
        } else if is_distributed {
            Owner::Target(e.target, e.proto, e.port)
        } else {
            Owner::Actor(e.actor)
        };
        groups.entry(owner).or_default().push(e);
    }
    groups.iter().filter_map(|(owner, events)| finding(report, explainer, *owner, events)).collect()
}

/// Events are in order of score: the first is the strangest.
fn finding(report: &Report, explainer: &Explainer<'_>, owner: Owner, events: &[Event]) -> Option<Finding> {
    let strangest = events.first()?;
    let verdict = report.verdict(strangest.row)?;
    let with_ends = || events.iter().filter(|e| e.has_ends);
    let targets: BTreeSet<IpAddr> = with_ends().map(|e| e.target).collect();
    let actors: BTreeSet<IpAddr> = with_ends().map(|e| e.actor).collect();
    let services: BTreeSet<(Proto, u16)> = events.iter().map(|e| (e.proto, e.port)).collect();
    let noun = report.settings.unit.name();
    let rows = count(events.len());
    let what = format!("{} anomalous {noun}{}", count_text(rows), if rows == 1 { "" } else { "s" });
    let service = service_text(&services);
    let title = match owner {
        Owner::Actor(actor) => format!("{actor}: {what} to {}{service}", hosts_text(&targets)),
        Owner::Target(target, ..) => format!("{target}: {what} from {}{service}", hosts_text(&actors)),
        Owner::Nobody(UNNAMED, _) => format!("{what} of unknown hosts"),
        Owner::Nobody(..) => format!("{what} of unknown hosts{service}"),
    };
    Some(Finding {
        id: String::new(),
        kind: if report.settings.unit == Unit::Flow { "anomalous_flows" } else { "anomalous_packets" },
        severity: severity(report, events.iter().map(|e| e.row)),
        title,
        actors: actors.iter().take(LISTED).map(IpAddr::to_string).collect(),
        targets: targets.iter().take(LISTED).map(IpAddr::to_string).collect(),
        target_count: count(targets.len()),
        first_ts: events.iter().map(|e| e.first).min()?,
        last_ts: events.iter().map(|e| e.last).max()?,
        rows,
        raised: Vec::new(),
        packets: events.iter().map(|e| e.packets).sum(),
        bytes: events.iter().map(|e| e.bytes).sum(),
        score: Some(f64::from(verdict.score)),
        evidence: evidence(explainer, strangest.row, verdict, noun),
        counts: Vec::new(),
        technique: None,
        source: source(report),
        caveat: ANOMALY_CAVEAT,
        filter: filter(owner, &targets, &services),
        members: members(events.iter().map(|e| e.row)),
    })
}

fn members(rows: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut rows: Vec<u32> = rows.filter_map(|row| u32::try_from(row).ok()).collect();
    rows.sort_unstable();
    rows
}

/// The severity that at least a tenth of the rows reach: one wild row among many does not speak for all.
fn severity(report: &Report, rows: impl Iterator<Item = usize>) -> Severity {
    let mut all: Vec<Severity> = rows.filter_map(|row| report.verdict(row)).map(|v| v.severity).collect();
    sort::by(&mut all, |a, b| b.cmp(a));
    all.get(all.len() / 10).copied().unwrap_or_default()
}

fn hosts_text(hosts: &BTreeSet<IpAddr>) -> String {
    match (hosts.len(), hosts.first()) {
        (1, Some(host)) => host.to_string(),
        (n, _) => format!("{} hosts", count_text(count(n))),
    }
}

fn service_text(services: &BTreeSet<(Proto, u16)>) -> String {
    match (services.len(), services.first()) {
        (1, Some((proto, 0))) => format!(", {}", proto.name()),
        (1, Some((proto, port))) => format!(", {} port {port}", proto.name()),
        (n, _) => format!(", {} services", count_text(count(n))),
    }
}

/// What the detector holds rows against.
fn source(report: &Report) -> &'static str {
    if report.baseline.is_some() { BASELINE_SOURCE } else { ANOMALY_SOURCE }
}

/// The strangest row's features in words.
fn evidence(explainer: &Explainer<'_>, row: usize, verdict: &Verdict, noun: &str) -> String {
    let number = |v: Option<f64>, unit: &str| match v {
        None => "missing".to_owned(),
        Some(v) if unit.is_empty() => number_text(v),
        Some(v) => format!("{} {unit}", number_text(v)),
    };
    let features: Vec<String> = explainer
        .contributions(row, verdict)
        .iter()
        .take(NAMED)
        .filter(|c| c.share > 0.0)
        .map(|c| {
            let [observed, typical] = [c.observed, c.typical].map(|v| number(v, c.unit));
            // Of a cluster that is strange as a whole the row is typical: it is beside all others that it is not.
            let usual = number(explainer.usual(&c.feature), c.unit);
            match observed == typical && observed != usual {
                true => format!("{} {observed} (usual {usual})", c.feature),
                false => format!("{} {observed} (typical {typical})", c.feature),
            }
        })
        .collect();
    let reason = match (verdict.is_far, verdict.is_small_cluster) {
        (_, false) => "far from what is typical",
        (false, true) => "in a cluster of few",
        (true, true) => "far from what is typical and in a cluster of few",
    };
    format!("The strangest {noun} (score {:.3}) is {reason}: {}.", verdict.score, features.join("; "))
}

/// Up to three decimals, no trailing zeros.
fn number_text(v: f64) -> String {
    let text = format!("{v:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A Wireshark display filter for the group's traffic.
fn filter(owner: Owner, targets: &BTreeSet<IpAddr>, services: &BTreeSet<(Proto, u16)>) -> String {
    let is_arp = services.iter().all(|(proto, _)| *proto == Proto::Arp);
    let mut terms = vec![match owner {
        Owner::Actor(address) | Owner::Target(address, ..) => display_address(address, is_arp),
        Owner::Nobody(..) => return String::new(),
    }];
    if let (Owner::Actor(_), 1, Some(target)) = (owner, targets.len(), targets.first()) {
        terms.push(display_address(*target, is_arp));
    }
    if let (1, Some((proto, port))) = (services.len(), services.first()) {
        terms.extend(display_service(*proto, Some(*port)));
    }
    terms.join(" && ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_numbers_without_noise() {
        assert_eq!([0.0, -0.0001, 2.0, 2.5, 1234.5678].map(number_text), ["0", "0", "2", "2.5", "1234.568"]);
    }

    #[test]
    fn filters_name_hosts_and_services() {
        let a = IpAddr::from([10, 0, 0, 1]);
        let one = |proto, port| BTreeSet::from([(proto, port)]);
        let targets = BTreeSet::from([IpAddr::from([10, 0, 0, 2])]);
        assert_eq!(
            filter(Owner::Actor(a), &targets, &one(Proto::TCP, 22)),
            "ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && tcp.port == 22"
        );
        assert_eq!(
            filter(Owner::Actor(a), &targets, &one(Proto::Arp, 0)),
            "(arp.src.proto_ipv4 == 10.0.0.1 || arp.dst.proto_ipv4 == 10.0.0.1) && \
             (arp.src.proto_ipv4 == 10.0.0.2 || arp.dst.proto_ipv4 == 10.0.0.2)"
        );
    }
}
