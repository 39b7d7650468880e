//! The hosts themselves, each out of its flows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::counts::{self, Counts};
use super::links::{Links, number, service_of};
use super::protocols::{Facts, server_name};
use super::regularity::{Groups, MIN_GAPS, Regularity, gaps, variation};
use super::{Known, place};
use crate::chunked::Chunked;
use crate::report::{
    AddressKind, Direction, FlowRecord, HostRecord, Macs, Moments, PROTO_NAMES, Role, STATES, Traffic, Verdict,
    is_local, proto_place,
};
use crate::units::{Timestamp, count, float};

/// The place of protocols without one of their own.
const OTHER: usize = PROTO_NAMES.len() - 1;
/// Most application protocols named of a host.
const MAX_SERVICES: usize = 32;

/// The busiest window of each host.
#[derive(Debug)]
pub(super) struct Peaks {
    hosts: Vec<Peak>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Peak {
    orig: u32,
    resp: u32,
    windows: u32,
}

impl Peaks {
    pub(super) fn new(hosts: usize) -> Self {
        Self { hosts: vec![Peak::default(); hosts] }
    }

    /// Adds a window that was counted.
    pub(super) fn add(&mut self, window: &Counts) {
        for (host, counts) in window.hosts() {
            let Some(peak) = self.hosts.get_mut(place(host)) else { continue };
            peak.orig = peak.orig.max(counts.orig.flows);
            peak.resp = peak.resp.max(counts.resp.flows);
            peak.windows += 1;
        }
    }
}

/// What records are made of.
pub(super) struct Sources<'a> {
    pub(super) flows: &'a Chunked<FlowRecord>,
    pub(super) links: &'a Links,
    pub(super) whole: &'a Counts,
    pub(super) regularity: &'a Regularity,
    pub(super) facts: &'a Facts,
    pub(super) peaks: &'a Peaks,
    pub(super) known: &'a Known,
}

/// What stands out among the pairs and services of a host on one side.
#[derive(Debug, Clone, Copy, Default)]
struct Most {
    peer: Option<u32>,
    peer_flows: u32,
    pair_ports: u32,
    service: Option<u32>,
    service_flows: u32,
    port_peers: u32,
}

impl Most {
    fn add_pair(&mut self, peer: u32, (flows, ports): (u32, u32)) {
        if flows > self.peer_flows {
            (self.peer, self.peer_flows) = (Some(peer), flows);
        }
        self.pair_ports = self.pair_ports.max(ports);
    }

    fn add_service(&mut self, service: u32, (flows, peers): (u32, u32)) {
        if flows > self.service_flows {
            (self.service, self.service_flows) = (Some(service), flows);
        }
        self.port_peers = self.port_peers.max(peers);
    }
}

/// The records of at most `most` hosts.
pub(super) fn of(sources: &Sources<'_>, most: usize) -> Vec<HostRecord> {
    let kept = kept(sources, most);
    if kept.is_empty() {
        return Vec::new();
    }
    let links = sources.links;
    let end = |end: fn(&super::links::Talk) -> u32| {
        let of = move |link: &super::links::Link| links.talks.get(place(link.talk)).map(end);
        Groups::of(links.hosts.len(), links.flows.iter().map(of))
    };
    let (as_orig, as_resp) = (end(|talk| talk.orig), end(|talk| talk.resp));
    let [orig_most, resp_most] = outstanding(sources);
    let peers = distinct_peers(links);
    let mut names: BTreeMap<IpAddr, &str> = BTreeMap::new();
    for name in &sources.known.names {
        names.entry(name.address).or_insert(&name.name);
    }
    let record = |host: u32| {
        let address = *links.hosts.get(place(host))?;
        let mut draft = Draft::new(sources, host, address);
        for (flows, is_orig) in [(as_orig.get(host), true), (as_resp.get(host), false)] {
            for flow in flows.iter().filter_map(|&i| sources.flows.get(place(i))) {
                draft.add(flow, is_orig);
            }
            let begins = flows.iter().filter_map(|&i| sources.flows.get(place(i)));
            draft.end_side(is_orig, &gaps(begins));
        }
        let at = |list: &[Most]| list.get(place(host)).copied().unwrap_or_default();
        let mut record = draft.finish();
        set_most(&mut record.orig, &at(&orig_most), links);
        set_most(&mut record.resp, &at(&resp_most), links);
        record.name = names.get(&address).map(|name| (*name).into());
        record.peers = peers.get(place(host)).copied().unwrap_or(0);
        Some(record)
    };
    kept.into_iter().filter_map(record).collect()
}

/// Numbers of the hosts that are kept, ascending: those with most flows, of equals those that come first.
fn kept(sources: &Sources<'_>, most: usize) -> Vec<u32> {
    let all = number(sources.links.hosts.len());
    let mut hosts: Vec<u32> = (0..all).collect();
    if hosts.len() > most {
        let flows = |host: &u32| {
            let counts = sources.whole.host(*host);
            u64::from(counts.orig.flows) + u64::from(counts.resp.flows)
        };
        hosts.sort_by_cached_key(|host| std::cmp::Reverse(flows(host)));
        hosts.truncate(most);
        hosts.sort_unstable();
    }
    hosts
}

/// What stands out of each host as originator and as responder.
fn outstanding(sources: &Sources<'_>) -> [Vec<Most>; 2] {
    let Sources { links, whole, .. } = sources;
    let mut sides = [(); 2].map(|()| vec![Most::default(); links.hosts.len()]);
    let [orig, resp] = &mut sides;
    for (pair, (from, to)) in (0..).zip(&links.pairs) {
        let counts = whole.pair(pair);
        change(orig, *from, |most| most.add_pair(*to, counts));
        change(resp, *to, |most| most.add_pair(*from, counts));
    }
    for (want, (host, service)) in (0..).zip(&links.wants) {
        change(orig, *host, |most| most.add_service(*service, whole.want(want)));
    }
    for (offer, (host, service)) in (0..).zip(&links.offers) {
        change(resp, *host, |most| most.add_service(*service, whole.offer(offer)));
    }
    sides
}

fn change<T>(list: &mut [T], number: u32, change: impl FnOnce(&mut T)) {
    if let Some(one) = list.get_mut(place(number)) {
        change(one);
    }
}

/// Distinct other hosts of each host, whoever began.
fn distinct_peers(links: &Links) -> Vec<u32> {
    let mut pairs: Vec<(u32, u32)> = links.pairs.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut peers = vec![0; links.hosts.len()];
    for (a, b) in pairs.into_iter().filter(|(a, b)| a != b) {
        change(&mut peers, a, |n| *n += 1);
        change(&mut peers, b, |n| *n += 1);
    }
    peers
}

fn set_most(role: &mut Role, most: &Most, links: &Links) {
    role.port_peers = most.port_peers;
    role.pair_ports = most.pair_ports;
    role.main_peer = most.peer.and_then(|peer| links.hosts.get(place(peer))).copied();
    role.main_service = most.service.and_then(|s| links.services.get(place(s))).copied().map(service_of);
}

/// A host's record while its flows are added up.
struct Draft<'a> {
    record: HostRecord,
    /// Sum and number, of what it sent and of what it received.
    entropy: [(f64, u64); 2],
    duration_ns: u128,
    names: BTreeSet<&'a str>,
}

impl<'a> Draft<'a> {
    fn new(sources: &Sources<'_>, host: u32, address: IpAddr) -> Self {
        let peak = sources.peaks.hosts.get(place(host)).copied().unwrap_or_default();
        let counts = sources.whole.host(host);
        let role = |side: counts::Side, peak_flows| Role {
            flows: side.flows,
            failed: side.failed,
            peers: side.peers,
            ports: side.ports,
            peak_flows,
            ..Role::default()
        };
        let record = HostRecord {
            address,
            kind: AddressKind::of(address),
            is_local: is_local(address),
            name: None,
            macs: sources.known.arp.of(address).copied().unwrap_or_else(Macs::default),
            first_ts: Timestamp(i64::MAX),
            last_ts: Timestamp(i64::MIN),
            flows: 0,
            self_flows: 0,
            packets: 0,
            wire_bytes: 0,
            orig: role(counts.orig, peak.orig),
            resp: role(counts.resp, peak.resp),
            peers: 0,
            active_windows: peak.windows,
            protos: [0; 5],
            other_protos: Vec::new(),
            services: Vec::new(),
            sent_entropy: None,
            received_entropy: None,
            largest_sent: 0,
            steadiest: sources.regularity.steadiest(host),
            dns: sources.facts.dns(host),
            server_names: None,
            verdict: Verdict::default(),
        };
        Self { record, entropy: [(0.0, 0); 2], duration_ns: 0, names: BTreeSet::new() }
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn add(&mut self, flow: &'a FlowRecord, is_orig: bool) {
        #[cfg(test)]
        super::tests::step();
        let record = &mut self.record;
        let is_self = flow.orig_addr == flow.resp_addr;
        let (orig, resp): (&Direction, &Direction) = (&flow.orig, &flow.resp);
        let (sent, received) = if is_orig { (orig, resp) } else { (resp, orig) };
        let role = if is_orig { &mut record.orig } else { &mut record.resp };
        role.sent.merge(&traffic(sent));
        role.received.merge(&traffic(received));
        let state = flow.conn_state.and_then(|state| STATES.iter().position(|known| *known == state));
        if let Some(n) = state.and_then(|place| role.states.get_mut(place)) {
            *n += 1;
        }
        record.largest_sent = record.largest_sent.max(sent.payload_bytes);
        for ((sum, n), entropy) in self.entropy.iter_mut().zip([sent.entropy, received.entropy]) {
            *sum += entropy.unwrap_or(0.0);
            *n += u64::from(entropy.is_some());
        }
        self.duration_ns += u128::from(flow.duration_ns());
        if is_orig {
            self.names.extend(server_name(flow));
        }
        // A flow with itself comes twice.
        if is_self && !is_orig {
            return;
        }
        record.flows += 1;
        record.self_flows += u32::from(is_self);
        record.packets = record.packets.saturating_add(flow.packets());
        record.wire_bytes = record.wire_bytes.saturating_add(flow.wire_bytes());
        record.first_ts = record.first_ts.min(flow.first_ts);
        record.last_ts = record.last_ts.max(flow.last_ts);
        if let Some(n) = record.protos.get_mut(proto_place(flow.proto)) {
            *n += 1;
        }
        if let (OTHER, Some(number)) = (proto_place(flow.proto), flow.proto.number())
            && let Err(place) = record.other_protos.binary_search(&number)
        {
            record.other_protos.insert(place, number);
        }
        let Some(service) = flow.service else { return };
        if let Err(place) = record.services.binary_search(&service)
            && record.services.len() < MAX_SERVICES
        {
            record.services.insert(place, service);
        }
    }

    /// Completes a side when all its flows were added.
    #[allow(clippy::cast_precision_loss)] // a mean needs no more than 53 bits
    fn end_side(&mut self, is_orig: bool, gaps: &Moments) {
        let role = if is_orig { &mut self.record.orig } else { &mut self.record.resp };
        role.gap_mean_ns = gaps.mean();
        role.gap_variation = variation(gaps, MIN_GAPS);
        role.duration_mean_ns = (role.flows > 0).then(|| self.duration_ns as f64 / f64::from(role.flows));
        self.duration_ns = 0;
    }

    #[allow(clippy::cast_possible_truncation)] // an entropy needs no more than 24 bits
    fn finish(mut self) -> HostRecord {
        let [sent, received] = self.entropy.map(|(sum, n)| (n > 0).then(|| (sum / float(n)) as f32));
        (self.record.sent_entropy, self.record.received_entropy) = (sent, received);
        let names = u32::try_from(count(self.names.len())).unwrap_or(u32::MAX);
        self.record.server_names = (names > 0).then_some(names);
        self.record
    }
}

fn traffic(direction: &Direction) -> Traffic {
    Traffic { packets: direction.packets, wire_bytes: direction.wire_bytes, payload_bytes: direction.payload_bytes }
}
