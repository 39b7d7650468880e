//! Chooses the hosts of the graph and adds up what goes between them.

use std::cmp::Reverse;
use std::net::IpAddr;

use super::layout::{self, Spring};
use super::talks::Talk;
use crate::report::{GraphEdge, GraphNode, HostGraph, HostRecord, Report, Severity, Story};
use crate::sort;
use crate::units::count;

/// Hosts drawn one by one: more could not be told apart, nor labelled.
const MOST_HOSTS: usize = 60;
/// Conversations drawn.
const MOST_EDGES: usize = 300;
/// How strongly the node of the other hosts pulls: it is joined to nearly all, and would be the middle of everything.
const PULL_OF_OTHERS: f64 = 0.15;

/// The graph of the report's hosts and of their flows, as grave as the stories say.
pub(super) fn build(report: &Report, talks: &[Talk], stories: &[Story]) -> HostGraph {
    let chosen = choose(&report.hosts, &severities(stories));
    if chosen.is_empty() {
        return HostGraph::default();
    }
    let mut nodes: Vec<GraphNode> = chosen.iter().map(|(severity, host)| node(*severity, host)).collect();
    let others = report.summary.hosts.max(count(report.hosts.len())).saturating_sub(count(nodes.len()));
    let mut places: Vec<(IpAddr, usize)> = chosen.iter().enumerate().map(|(i, (_, h))| (h.address, i)).collect();
    sort::ascending(&mut places);
    if others > 0 {
        nodes.push(GraphNode { hosts: others, ..GraphNode::default() });
    }
    let mut edges = edges(talks, &places, &mut nodes);
    sort::by_key(&mut edges, |e| (e.anomalies == 0, Reverse(e.bytes), e.from, e.to));
    let more_edges = count(edges.len().saturating_sub(MOST_EDGES));
    edges.truncate(MOST_EDGES);
    let springs: Vec<Spring> = edges.iter().filter_map(|edge| spring(edge, chosen.len())).collect();
    for (node, (x, y)) in nodes.iter_mut().zip(layout::place(chosen.len() + usize::from(others > 0), &springs)) {
        (node.x, node.y) = (x, y);
    }
    HostGraph { nodes, edges, more_edges }
}

/// What the stories say of each host, in order of address.
fn severities(stories: &[Story]) -> Vec<(IpAddr, Severity)> {
    let of = |story: &Story| Some((story.host.parse().ok()?, story.severity));
    let mut severities: Vec<_> = stories.iter().filter_map(of).collect();
    // The gravest of each first.
    sort::by_key(&mut severities, |(address, severity)| (*address, Reverse(*severity)));
    severities.dedup_by_key(|(address, _)| *address);
    severities
}

/// The gravest hosts, of equals those with most bytes.
fn choose<'a>(hosts: &'a [HostRecord], severities: &[(IpAddr, Severity)]) -> Vec<(Severity, &'a HostRecord)> {
    let severity_of = |host: &HostRecord| {
        let place = severities.binary_search_by_key(&host.address, |(address, _)| *address).ok();
        place.and_then(|at| severities.get(at)).map_or(Severity::None, |(_, severity)| *severity)
    };
    let mut all: Vec<_> = hosts.iter().map(|host| (severity_of(host), host)).collect();
    sort::first_by_key(&mut all, MOST_HOSTS, |(severity, host)| {
        (Reverse(*severity), Reverse(host.wire_bytes), host.address)
    });
    all
}

fn node(severity: Severity, host: &HostRecord) -> GraphNode {
    GraphNode {
        address: host.address.to_string(),
        hosts: 1,
        flows: u64::from(host.flows),
        bytes: host.wire_bytes,
        peers: u64::from(host.peers),
        severity,
        x: 0.0,
        y: 0.0,
    }
}

/// What goes between two nodes; what does not touch a chosen host is only counted in the node of the others.
fn edges(talks: &[Talk], places: &[(IpAddr, usize)], nodes: &mut [GraphNode]) -> Vec<GraphEdge> {
    let side = nodes.len();
    let place_of = |address: IpAddr| {
        let place = places.binary_search_by_key(&address, |(address, _)| *address).ok();
        place.and_then(|at| places.get(at)).map_or(places.len(), |(_, place)| *place)
    };
    let mut sums = vec![GraphEdge::default(); side * side];
    for talk in talks {
        let (a, b) = (place_of(talk.orig), place_of(talk.resp));
        let (from, to) = (a.min(b), a.max(b));
        if let Some(others) = nodes.get_mut(to).filter(|_| to == places.len()) {
            others.flows += 1;
            others.bytes = others.bytes.saturating_add(talk.bytes);
        }
        if from == to {
            continue;
        }
        if let Some(sum) = sums.get_mut(from * side + to) {
            sum.flows += 1;
            sum.bytes = sum.bytes.saturating_add(talk.bytes);
            sum.anomalies += u64::from(talk.is_anomalous);
        }
    }
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let ends = |(at, sum): (usize, GraphEdge)| GraphEdge { from: number(at / side), to: number(at % side), ..sum };
    sums.into_iter().enumerate().filter(|(_, sum)| sum.flows > 0).map(ends).collect()
}

fn spring(edge: &GraphEdge, others: usize) -> Option<Spring> {
    let (from, to) = (usize::try_from(edge.from).ok()?, usize::try_from(edge.to).ok()?);
    Some(Spring { from, to, pull: if to == others { PULL_OF_OTHERS } else { 1.0 } })
}
