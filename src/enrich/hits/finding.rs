//! What was met on a list, as a finding.

use super::kind::{Kind, SOURCE};
use super::{Group, Met};
use crate::enrich::list::{Entry, ThreatList};
use crate::enrich::words::{any_of, listed, many, quoted, shown_name};
use crate::report::{Count, Finding, FlowRecord, Report};
use crate::units::{count, count_text, float};

/// Entries named in the evidence.
const NAMED: usize = 5;
/// Texts named in a filter.
const FILTERED: usize = 5;

/// The finding of a group; `None` where it has no flow.
pub(super) fn of(report: &Report, list: &ThreatList, kind: Kind, mut group: Group) -> Option<Finding> {
    group.rows.sort_unstable();
    group.rows.dedup();
    let flows = || group.rows.iter().filter_map(|&row| report.flows.get(usize::try_from(row).ok()?));
    let list_name = shown_name(list.name());
    let (noun, nouns) = kind.nouns();
    let (one, all) = kind.verb();
    let (who, verb) = match (group.actors.len(), group.actors.first()) {
        (1, Some(actor)) => (format!("{actor}:"), one),
        (n, _) => (format!("{} hosts", count_text(count(n))), all),
    };
    let what = match kind {
        Kind::FromAddress => many(group.targets.len(), "host", "hosts"),
        _ => many(group.met.len(), noun, nouns),
    };
    Some(Finding {
        id: String::new(),
        kind: kind.name(),
        severity: group.severity,
        title: format!("{who} {verb} {what} ({list_name})"),
        actors: listed(&group.actors),
        targets: listed(&group.targets),
        target_count: count(group.targets.len()),
        first_ts: flows().map(|f| f.first_ts).min()?,
        last_ts: flows().map(|f| f.last_ts).max()?,
        rows: count(group.rows.len()),
        raised: Vec::new(),
        packets: flows().map(FlowRecord::packets).fold(0, u64::saturating_add),
        bytes: flows().map(FlowRecord::wire_bytes).fold(0, u64::saturating_add),
        score: None,
        evidence: evidence(list, &list_name, &group),
        counts: vec![
            Count { name: "listed_entries", value: float(count(group.met.len())) },
            Count { name: "flows", value: float(count(group.rows.len())) },
        ],
        technique: kind.technique(),
        source: SOURCE,
        caveat: kind.caveat(),
        filter: filter(kind, &group),
        members: std::mem::take(&mut group.rows),
    })
}

fn evidence(list: &ThreatList, list_name: &str, group: &Group) -> String {
    let named = |(entry, met): (&Entry, &Met)| {
        let note = list.note(*entry).map(|note| format!(", listed as {note}")).unwrap_or_default();
        let flows = if met.flows == 1 { "1 flow".to_owned() } else { format!("{} flows", count_text(met.flows)) };
        format!("{} (line {}{note}) in {flows}", met.text, entry.line)
    };
    // Entries are in the order of their lines.
    let told: Vec<String> = group.met.iter().take(NAMED).map(named).collect();
    let rest = group.met.len().saturating_sub(NAMED);
    let more = if rest > 0 { format!("; and {} more entries", count_text(count(rest))) } else { String::new() };
    format!("On {list_name}: {}{more}.", told.join("; "))
}

/// A Wireshark display filter: the hosts, and what was met where it has a field.
fn filter(kind: Kind, group: &Group) -> String {
    let texts: Vec<&str> = group.met.values().map(|met| met.text.split(" of ").next().unwrap_or_default()).collect();
    let is_few = texts.len() <= FILTERED;
    let each = |fields: &[&str]| {
        let terms: Vec<String> = texts
            .iter()
            .flat_map(|text| fields.iter().map(move |field| format!("{field} == {}", quoted(text))))
            .collect();
        format!("({})", terms.join(" || "))
    };
    let what = match kind {
        Kind::Domain if is_few => Some(each(&["dns.qry.name", "tls.handshake.extensions_server_name", "http.host"])),
        Kind::Fingerprint if is_few => {
            let field = |text: &&str| {
                let (name, value) = text.split_once(' ')?;
                let field = match name {
                    "JA3" => "tls.handshake.ja3",
                    "JA3S" => "tls.handshake.ja3s",
                    "JA4" => "tls.handshake.ja4",
                    _ => "ssh.kex.hassh",
                };
                Some(format!("{field} == {}", quoted(value)))
            };
            Some(format!("({})", texts.iter().filter_map(field).collect::<Vec<_>>().join(" || ")))
        }
        _ => any_of(&group.targets),
    };
    [any_of(&group.actors), what].into_iter().flatten().collect::<Vec<_>>().join(" && ")
}
