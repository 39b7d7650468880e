//! What one flow alone cannot show: counts over the flows around it.

use std::sync::Arc;

/// The flows around a flow.
///
/// **Memory** 24 bytes a flow and about 0.2 kB more for each (window, originator, responder, service), which all of its
/// flows share.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Context {
    /// What all flows of the same (window, originator, responder, service) share; `None` before it is counted.
    pub around: Option<Arc<Around>>,
    /// -ln of the share of the flow's recognised application protocol in the flows that have one.
    pub application_rarity: Rarity,
    /// -ln of the share of the flow's server name in the flows that have one.
    pub name_rarity: Rarity,
    /// -ln of the share of the flow's JA4 in the flows that have one.
    pub ja4_rarity: Rarity,
}

/// -ln of a share: 0 = every flow; missing where the flow has no such value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rarity(f32);

impl Default for Rarity {
    fn default() -> Self {
        Self::MISSING
    }
}

impl Rarity {
    /// The flow has no such value.
    pub const MISSING: Self = Self(-1.0);

    /// A rarity; missing where it is negative or not a number.
    #[must_use]
    pub fn new(value: f32) -> Self {
        if value >= 0.0 && value.is_finite() { Self(value) } else { Self::MISSING }
    }

    /// Its value.
    #[must_use]
    pub fn get(self) -> Option<f32> {
        (self.0 >= 0.0).then_some(self.0)
    }
}

/// What the flows of one (window, originator, responder, service) have in common.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Around {
    /// Counts in the flow's window of 60 s.
    pub window: Scope,
    /// Counts over the whole capture.
    pub capture: Scope,
    /// Flows of the originator in the capture for each second from the first to the last of them; `None` where all begin
    /// at once.
    pub orig_rate: Option<f32>,
    /// Coefficient of variation of the gaps between flows of the same (originator, responder, service), 0 = like a clock;
    /// `None` with fewer than three gaps.
    pub gap_variation: Option<f32>,
    /// Coefficient of variation of the payload the originator sent in them; `None` with fewer than three gaps and where
    /// it sent none.
    pub size_variation: Option<f32>,
    /// -ln of the share of the responder in all flows.
    pub responder_rarity: f32,
    /// -ln of the share of the (protocol, responder port) in all flows.
    pub service_rarity: f32,
    /// Share of the originator's DNS answers that say the name does not exist; `None` without answers.
    pub orig_nxdomain_share: Option<f32>,
    /// Distinct hardware addresses from which the originator sent ARP; `None` where it sent none.
    pub orig_macs: Option<u32>,
}

/// Counts over flows that begin in the same span of time.
///
/// **Units** flows, hosts, ports (protocol and port of the responder) and payload bytes; shares are 0-1. A service is a
/// protocol and a responder's port; the type stands for the port in ICMP.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scope {
    /// Flows of the originator.
    pub orig_flows: u32,
    /// Flows to the responder.
    pub resp_flows: u32,
    /// Flows from the originator to the responder.
    pub pair_flows: u32,
    /// Flows to the (responder, service).
    pub service_flows: u32,
    /// Flows of the originator to the service, whoever responds.
    pub orig_service_flows: u32,
    /// Distinct responders of the originator.
    pub orig_peers: u32,
    /// Distinct services of the originator.
    pub orig_ports: u32,
    /// Distinct originators of the responder.
    pub resp_peers: u32,
    /// Distinct services of the responder that somebody tried.
    pub resp_ports: u32,
    /// Distinct services that the originator tried on the responder.
    pub pair_ports: u32,
    /// Distinct responders of the originator for the service.
    pub orig_service_peers: u32,
    /// Share of the originator's flows that got nothing back.
    pub orig_failed_share: f32,
    /// Share of the flows to the responder that got nothing back.
    pub resp_failed_share: f32,
    /// Payload bytes that the originator sent in the flows it began.
    pub orig_sent: u64,
    /// Payload bytes that it got back in them.
    pub orig_received: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rarity_is_a_number_or_missing() {
        assert_eq!(Rarity::default().get(), None);
        assert_eq!(Rarity::new(0.0).get(), Some(0.0));
        for bad in [f32::NAN, f32::INFINITY, -0.5] {
            assert_eq!(Rarity::new(bad), Rarity::MISSING);
        }
    }
}
