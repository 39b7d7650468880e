//! Which services of which hosts are asked for.

use serde::{Deserialize, Serialize};

/// A responder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PortHost {
    /// Its address.
    pub address: String,
    /// Flows it is the responder of.
    pub flows: u64,
}

/// A protocol and, where it has them, a responder's port.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PortService {
    /// The protocol's name as in the flow records.
    pub proto: String,
    /// The port.
    pub port: Option<u16>,
    /// Flows to it.
    pub flows: u64,
}

/// The flows of one responder and one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PortCell {
    /// The responder's place in the list, from 0; as many as the list has: the other hosts.
    pub host: u32,
    /// The service's place in the list, from 0; as many as the list has: the other services.
    pub service: u32,
    /// Flows.
    pub flows: u64,
    /// Original bytes.
    pub bytes: u64,
    /// Of the flows, anomalous (unit flow).
    pub anomalies: u64,
}

/// Responders by service, bounded whatever the capture's size.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HostPorts {
    /// The responders of most flows, most first.
    pub hosts: Vec<PortHost>,
    /// The services of most flows, most first.
    pub services: Vec<PortService>,
    /// What is not empty, row by row.
    pub cells: Vec<PortCell>,
    /// Responders that are not listed.
    pub other_hosts: u64,
    /// Services that are not listed.
    pub other_services: u64,
}
