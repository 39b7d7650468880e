//! What contradicts a scan, as findings: one a host and kind.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::NmapScan;
use super::compare::{Compared, Odd};
use crate::enrich::words::{any_of, listed, many, shown_name};
use crate::report::{Count, Finding, FlowRecord, PortVerdict, Report, Severity, Technique};
use crate::units::{count, count_text, float};

/// Ports named in the evidence.
const NAMED: usize = 8;
/// Ports named in a filter.
const FILTERED: usize = 8;
const SOURCE: &str = "The port scan that was given. Medium where a port answers that was found closed, or as another service \
                      than nmap recognised; low where a filter kept the scan out.";
const CAVEAT: &str = "Scan and capture are of two moments: a service that began or moved in between, an address that changed \
                      hands, or a scan from elsewhere in the network looks like this too.";

/// A contradiction that has findings.
struct Kind {
    verdict: PortVerdict,
    name: &'static str,
    severity: Severity,
    /// What the ports do, one and many, after their number.
    does: (&'static str, &'static str),
    technique: Option<Technique>,
}

const KINDS: [Kind; 3] = [
    Kind {
        verdict: PortVerdict::Undeclared,
        name: "undeclared_service",
        severity: Severity::Medium,
        does: ("answers that was not found open", "answer that were not found open"),
        technique: None,
    },
    Kind {
        verdict: PortVerdict::OtherService,
        name: "other_service",
        severity: Severity::Medium,
        does: ("answers as another service", "answer as other services"),
        technique: Some(Technique { id: "T1571", name: "Non-Standard Port" }),
    },
    Kind {
        verdict: PortVerdict::FilteredAnswers,
        name: "filtered_service",
        severity: Severity::Low,
        does: ("answers others than the scanner", "answer others than the scanner"),
        technique: None,
    },
];

/// The findings of a scan.
pub(super) fn all(report: &Report, scan: &NmapScan, hosts: &[Compared]) -> Vec<Finding> {
    hosts.iter().flat_map(|host| KINDS.iter().filter_map(|kind| of(report, scan, host, kind))).collect()
}

fn of(report: &Report, scan: &NmapScan, host: &Compared, kind: &Kind) -> Option<Finding> {
    let odd: Vec<&Odd> = host.odd.iter().filter(|odd| odd.port.verdict == kind.verdict).collect();
    let mut rows: Vec<u32> = odd.iter().flat_map(|odd| &odd.rows).copied().collect();
    rows.sort_unstable();
    let flows = || rows.iter().filter_map(|&row| report.flows.get(usize::try_from(row).ok()?));
    let clients: BTreeSet<IpAddr> = odd.iter().flat_map(|odd| &odd.clients).copied().collect();
    let does = if odd.len() == 1 { kind.does.0 } else { kind.does.1 };
    let name = shown_name(&scan.name);
    let address = host.address;
    Some(Finding {
        id: String::new(),
        kind: kind.name,
        severity: kind.severity,
        title: format!("{address}: {} {does} ({name})", many(odd.len(), "port", "ports")),
        actors: vec![address.to_string()],
        targets: listed(&clients),
        target_count: count(clients.len()),
        first_ts: flows().map(|f| f.first_ts).min()?,
        last_ts: flows().map(|f| f.last_ts).max()?,
        rows: count(rows.len()),
        raised: Vec::new(),
        packets: flows().map(FlowRecord::packets).fold(0, u64::saturating_add),
        bytes: flows().map(FlowRecord::wire_bytes).fold(0, u64::saturating_add),
        score: None,
        evidence: evidence(&name, &odd),
        counts: vec![
            Count { name: "ports", value: float(count(odd.len())) },
            Count { name: "clients", value: float(count(clients.len())) },
        ],
        technique: kind.technique,
        source: SOURCE,
        caveat: CAVEAT,
        filter: filter(address, &odd),
        members: rows,
    })
}

fn evidence(name: &str, odd: &[&Odd]) -> String {
    let told = |odd: &&Odd| {
        let port = &odd.port;
        let declared = match (&port.state, &port.service) {
            (None, _) => "not listed".to_owned(),
            (Some(state), None) => state.to_string(),
            (Some(state), Some(service)) => format!("{state}, {service}"),
        };
        let seen = port.observed_service.map(|service| format!(" as {service}")).unwrap_or_default();
        let answered =
            if port.answered == 1 { "1 flow".into() } else { format!("{} flows", count_text(port.answered)) };
        let clients = many(odd.clients.len(), "host", "hosts");
        format!("{} port {} ({declared} by nmap) answered{seen} in {answered} from {clients}", port.proto, port.port)
    };
    let named: Vec<String> = odd.iter().take(NAMED).map(told).collect();
    let rest = odd.len().saturating_sub(NAMED);
    let more = if rest > 0 { format!("; and {} more ports", count_text(count(rest))) } else { String::new() };
    format!("Beside {name}: {}{more}.", named.join("; "))
}

fn filter(address: IpAddr, odd: &[&Odd]) -> String {
    let ports: Vec<String> =
        odd.iter().take(FILTERED + 1).map(|odd| format!("{}.port == {}", odd.port.proto, odd.port.port)).collect();
    let ports = match ports.as_slice() {
        [one] => Some(one.clone()),
        many if many.len() <= FILTERED => Some(format!("({})", many.join(" || "))),
        _ => None,
    };
    [any_of(&BTreeSet::from([address])), ports].into_iter().flatten().collect::<Vec<_>>().join(" && ")
}
