//! The scan itself in the capture: who scanned, which flows are its own, and findings that are nothing but it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::NmapScan;
use super::scan::Port;
use crate::enrich::words::shown_name;
use crate::report::{Fields, Finding, FlowRecord, Proto, Report, ScanReport, Severity};
use crate::units::{NS_PER_SEC, Timestamp, count};

/// nmap states whole seconds, and probes after and before what it states.
const SLACK_NS: i64 = 2 * NS_PER_SEC;
/// So many ports and hosts tried are a scan, however many more were asked for.
const ENOUGH: u64 = 100;
/// Findings that a scan alone explains: what it is known for is no more than worth knowing.
const SCANS: &[&str] = &["port_scan", "address_scan", "ping_sweep", "arp_sweep"];

/// Flows that are a scan's own.
#[derive(Debug, Default)]
pub(super) struct OwnFlows {
    pub(super) scanner: Option<IpAddr>,
    pub(super) rows: BTreeSet<u32>,
}

fn window(start: Option<Timestamp>, end: Option<Timestamp>) -> Option<(Timestamp, Timestamp)> {
    let (start, end) = (start?, end?);
    Some((Timestamp(start.0.saturating_sub(SLACK_NS)), Timestamp(end.0.saturating_add(SLACK_NS))))
}

/// The port of a flow's responder, where its protocol has ports that nmap scans.
pub(super) fn port_of(flow: &FlowRecord) -> Option<Port> {
    let proto = match flow.proto {
        Proto::TCP => "tcp",
        Proto::UDP => "udp",
        Proto::SCTP => "sctp",
        _ => return None,
    };
    Some((proto, flow.resp_port))
}

/// Finds the scan: in its time, the host that tried most of what was scanned, if it is at least half or a hundred.
pub(super) fn own_flows(report: &Report, scan: &NmapScan) -> OwnFlows {
    let Some((first, last)) = window(scan.start, scan.end()) else { return OwnFlows::default() };
    let targets: BTreeSet<IpAddr> = scan.hosts.iter().flat_map(|host| &host.addresses).copied().collect();
    let is_in_time = |flow: &FlowRecord| flow.first_ts >= first && flow.first_ts <= last;
    let in_time = || {
        (0u32..).zip(&report.flows).filter(|(_, f)| {
            f.knows(Fields::ADDRESSES.and(Fields::PROTO))
                && is_in_time(f)
                && targets.contains(&f.resp_addr.to_canonical())
        })
    };
    let mut tried: BTreeMap<IpAddr, BTreeSet<(IpAddr, Port)>> = BTreeMap::new();
    for (_, flow) in in_time() {
        if let Some(port) = port_of(flow).filter(|port| scan.has_scanned(*port)) {
            tried.entry(flow.orig_addr).or_default().insert((flow.resp_addr, port));
        }
    }
    let up = count(scan.hosts.iter().filter(|host| host.is_up).count());
    let expected = up.saturating_mul(scan.ports_a_host());
    let is_enough = |n: u64| n >= ENOUGH || n > 0 && n.saturating_mul(2) >= expected;
    // The first of equals has the lowest address.
    let most = tried.iter().rev().max_by_key(|(_, tried)| tried.len());
    let Some(scanner) = most.filter(|(_, tried)| is_enough(count(tried.len()))).map(|(scanner, _)| *scanner) else {
        return OwnFlows::default();
    };
    OwnFlows {
        scanner: Some(scanner),
        rows: in_time().filter(|(_, f)| f.orig_addr == scanner).map(|(row, _)| row).collect(),
    }
}

/// Says of findings about the scanner in the scan's time that they are the scan. One that is nothing but a scan is low.
pub(crate) fn name_scan(report: &Report, scan: &ScanReport, findings: &mut [Finding]) {
    let Some((first, last)) = window(scan.start, scan.end) else { return };
    let Some(scanner) = &scan.scanner else { return };
    let name = shown_name(&scan.name);
    for finding in findings.iter_mut().filter(|finding| finding.actors.iter().eq([scanner])) {
        let flows = || finding.members.iter().filter_map(|&row| report.flows.get(usize::try_from(row).ok()?));
        let is_own = |flow: &FlowRecord| flow.first_ts >= first && flow.first_ts <= last;
        let (all, own) = (flows().count(), flows().filter(|flow| is_own(flow)).count());
        let is_whole = if all > 0 { all == own } else { finding.first_ts >= first && finding.last_ts <= last };
        let is_scan = SCANS.contains(&finding.kind);
        if is_whole && is_scan {
            finding.severity = finding.severity.min(Severity::Low);
        }
        if is_whole {
            let is = if is_scan { "this is" } else { "in the time of" };
            finding.title = format!("{}: {is} the scan of {name}", finding.title);
        }
        let told = match (is_whole, own) {
            (true, _) => {
                format!(" This is the scan of {name} ({}), or happened in its time from the same host.", scan.args)
            }
            (false, 0) => continue,
            (false, own) => format!(" Of its {all} flows {own} are in the time of the scan of {name}."),
        };
        finding.evidence.push_str(&told);
    }
}
