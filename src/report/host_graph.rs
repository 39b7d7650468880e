//! Who talks to whom: the hosts that matter most and the conversations between them, placed in a plane.

use serde::{Deserialize, Serialize};

use super::Severity;

/// One host of the graph, or all the others together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GraphNode {
    /// Its address; empty of the node that stands for the other hosts.
    pub address: String,
    /// Hosts that it stands for: 1, or as many as the others are.
    pub hosts: u64,
    /// Flows it is an end of.
    pub flows: u64,
    /// Original bytes of them.
    pub bytes: u64,
    /// Distinct other ends; 0 of the other hosts together.
    pub peers: u64,
    /// That of the gravest finding of its story.
    pub severity: Severity,
    /// Its place from left to right. **Range** 0 to 1.
    pub x: f64,
    /// Its place from top to bottom. **Range** 0 to 1.
    pub y: f64,
}

/// All flows between two nodes, whoever began them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GraphEdge {
    /// The node that comes first in the list, from 0.
    pub from: u32,
    /// The other one.
    pub to: u32,
    /// Flows.
    pub flows: u64,
    /// Original bytes.
    pub bytes: u64,
    /// Of the flows, anomalous (unit flow).
    pub anomalies: u64,
}

/// The host graph, bounded whatever the capture's size.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HostGraph {
    /// The gravest hosts first, of equals those with most bytes; behind them, where there are more, all others as one node.
    pub nodes: Vec<GraphNode>,
    /// Conversations: those with anomalies first, then by bytes.
    pub edges: Vec<GraphEdge>,
    /// Conversations beyond the bound.
    pub more_edges: u64,
}
