//! Who was talked to by the packets that found no place in the flow table.

use std::net::IpAddr;

use serde::Serialize;

use super::Proto;
use crate::units::Timestamp;

/// Packets beyond the flow table, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverflowSum {
    /// Packets. Exact.
    pub packets: u64,
    /// Their original bytes. Exact.
    pub bytes: u64,
    /// The earliest.
    pub first_ts: Timestamp,
    /// The latest.
    pub last_ts: Timestamp,
    /// Distinct originators, estimated by a sketch with a standard error of 1.6 %.
    pub originators: u64,
    /// Distinct originator addresses and ports, estimated alike: about the flows they would have been.
    pub flows: u64,
}

/// Packets beyond the flow table to one responder, port and protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverflowBucket {
    /// To whom.
    pub responder: IpAddr,
    /// At which port; `None` where the protocol has none.
    pub port: Option<u16>,
    /// Over what.
    pub proto: Proto,
    /// How much.
    #[serde(flatten)]
    pub sum: OverflowSum,
}

/// Packets beyond the flow table by (responder, port, protocol).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Overflow {
    /// At most [`Overflow::BUCKETS`], most packets first. One that was among the others for a while is counted from its
    /// latest return on: its packets before are in `other`.
    pub buckets: Vec<OverflowBucket>,
    /// All others.
    pub other: Option<OverflowSum>,
}

impl Overflow {
    /// Most buckets told apart.
    pub const BUCKETS: usize = 128;

    /// All sums, the others last.
    pub fn sums(&self) -> impl Iterator<Item = &OverflowSum> {
        self.buckets.iter().map(|b| &b.sum).chain(&self.other)
    }

    /// Flows they would have been, about.
    #[must_use]
    pub fn flows(&self) -> u64 {
        self.sums().fold(0, |all, sum| all.saturating_add(sum.flows))
    }
}
