//! Ports as declared beside ports as seen.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::NmapScan;
use super::recognise::{OwnFlows, port_of};
use super::scan::{NmapHost, NmapPort, Port};
use super::services;
use crate::report::{Fields, FlowRecord, InventoryHost, InventoryPort, PortVerdict, Report, Text};
use crate::sort;
use crate::units::count;

/// A host of the inventory with what its findings need.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) address: IpAddr,
    pub(super) inventory: InventoryHost,
    /// Ports that contradict the scan, with the rows of the flows that show it and who asked.
    pub(super) odd: Vec<Odd>,
}

/// A port that contradicts the scan.
#[derive(Debug)]
pub(super) struct Odd {
    pub(super) port: InventoryPort,
    pub(super) rows: Vec<u32>,
    pub(super) clients: BTreeSet<IpAddr>,
}

/// What the traffic shows of a port.
#[derive(Debug, Default)]
struct Seen {
    flows: u64,
    /// Rows of the flows that were answered.
    answered: Vec<u32>,
    clients: BTreeSet<IpAddr>,
    service: Option<&'static str>,
}

/// Whether the responder serves what it was asked: a TCP connection came about, a datagram was answered.
fn is_served(flow: &FlowRecord, proto: &str) -> bool {
    match proto {
        "tcp" => {
            let is_made = |state: &str| ["SF", "S1", "S2", "S3", "RSTO", "RSTR"].contains(&state);
            flow.history.contains('h') || flow.conn_state.is_some_and(is_made)
        }
        _ => flow.orig.packets > 0 && flow.resp.packets > 0,
    }
}

/// The hosts of the scan in its order, each with its ports.
pub(super) fn hosts(report: &Report, scan: &NmapScan, own: &OwnFlows) -> Vec<Compared> {
    let hosts = scan.hosts.iter().enumerate().rev();
    let places = sort::map(hosts.flat_map(|(i, host)| host.addresses.iter().map(move |a| (*a, i))));
    let mut seen: Vec<BTreeMap<Port, Seen>> = scan.hosts.iter().map(|_| BTreeMap::new()).collect();
    for (row, flow) in (0..).zip(&report.flows).filter(|(_, flow)| flow.knows(Fields::ADDRESSES.and(Fields::PROTO))) {
        let Some(ports) = places.get(&flow.resp_addr.to_canonical()).and_then(|place| seen.get_mut(*place)) else {
            continue;
        };
        let Some(port) = port_of(flow).filter(|_| !own.rows.contains(&row)) else { continue };
        let seen = ports.entry(port).or_default();
        seen.flows += 1;
        seen.clients.insert(flow.orig_addr);
        if is_served(flow, port.0) {
            seen.answered.push(row);
            seen.service = seen.service.or(flow.service);
        }
    }
    scan.hosts.iter().zip(seen).filter_map(|(host, seen)| compared(scan, host, seen)).collect()
}

fn compared(scan: &NmapScan, host: &NmapHost, mut seen: BTreeMap<Port, Seen>) -> Option<Compared> {
    let address = *host.addresses.first()?;
    // What nobody declared and nobody answers is somebody's mistake, and no port of the host.
    seen.retain(|port, seen| host.ports.contains_key(port) || !seen.answered.is_empty());
    let all = sort::set(host.ports.keys().chain(seen.keys()).copied());
    let mut ports = Vec::new();
    let mut odd = Vec::new();
    for port in &all {
        let seen = seen.remove(port).unwrap_or_default();
        let told = told(scan, host, *port, &seen);
        use PortVerdict::{FilteredAnswers, OtherService, Undeclared};
        if matches!(told.verdict, Undeclared | FilteredAnswers | OtherService) {
            odd.push(Odd { port: told.clone(), rows: seen.answered, clients: seen.clients });
        }
        ports.push(told);
    }
    let port_count = count(ports.len());
    // What contradicts the scan first, where not all can be kept.
    if ports.len() > InventoryHost::MAX_PORTS {
        sort::by_key(&mut ports, |port| (port.verdict, port.proto, port.port));
        ports.truncate(InventoryHost::MAX_PORTS);
        sort::by_key(&mut ports, |port| (port.proto, port.port));
    }
    let inventory = InventoryHost {
        addresses: host.addresses.iter().map(IpAddr::to_string).collect(),
        mac: host.mac.clone(),
        names: host.names.clone(),
        os: host.os.clone(),
        is_up: host.is_up,
        not_shown: host.others.iter().map(|(state, n)| Text::from(format!("{n} {state}").as_str())).collect(),
        ports,
        port_count,
    };
    Some(Compared { address, inventory, odd })
}

fn told(scan: &NmapScan, host: &NmapHost, (proto, port): Port, seen: &Seen) -> InventoryPort {
    let listed = host.ports.get(&(proto, port));
    let is_scanned = host.is_up && scan.has_scanned((proto, port));
    // Where all ports that are not listed have one state, this one has it.
    let other = match host.others.as_slice() {
        [(state, _)] if is_scanned => Some(state),
        _ => None,
    };
    let state = listed.map(|port| &port.state).or(other);
    InventoryPort {
        proto,
        port,
        state: state.cloned(),
        service: listed.and_then(|port| port.service.clone()),
        product: listed.and_then(|port| port.product.clone()),
        flows: seen.flows,
        answered: count(seen.answered.len()),
        clients: count(seen.clients.len()),
        observed_service: seen.service,
        verdict: verdict(state.map(Text::as_str), is_scanned, listed, seen),
    }
}

fn verdict(state: Option<&str>, is_scanned: bool, listed: Option<&NmapPort>, seen: &Seen) -> PortVerdict {
    let is_answered = !seen.answered.is_empty();
    let is_other = || {
        let by_nmap = listed.filter(|port| port.is_probed).and_then(|port| port.service.as_ref());
        by_nmap.zip(seen.service).is_some_and(|(by_nmap, service)| services::differ(by_nmap.as_str(), service))
    };
    match (state, is_answered) {
        (Some("open"), true) if is_other() => PortVerdict::OtherService,
        (Some("open"), true) => PortVerdict::Confirmed,
        (Some("open"), false) if seen.flows > 0 => PortVerdict::Unanswered,
        (Some("open"), false) => PortVerdict::Silent,
        // nmap cannot tell these from open ones.
        (Some("open|filtered" | "unfiltered"), true) => PortVerdict::Confirmed,
        (Some("filtered" | "closed|filtered"), true) => PortVerdict::FilteredAnswers,
        (Some(_), true) => PortVerdict::Undeclared,
        (None, true) if is_scanned => PortVerdict::Undeclared,
        (None, true) => PortVerdict::NotScanned,
        (_, false) => PortVerdict::Quiet,
    }
}
