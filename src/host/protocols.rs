//! What application protocols tell of hosts.

use super::links::Links;
use super::place;
use crate::report::{DnsCounts, FlowRecord};

/// The server name of a flow: of TLS, QUIC or HTTP.
pub(super) fn server_name(_flow: &FlowRecord) -> Option<&str> {
    None
}

/// The JA4 of a flow's client.
pub(super) fn ja4(_flow: &FlowRecord) -> Option<&str> {
    None
}

/// Questions and answers of a flow of the domain name system.
pub(super) fn dns(_flow: &FlowRecord) -> Option<DnsCounts> {
    None
}

/// Counts by the originator's number; empty where no flow has any.
#[derive(Debug, Default)]
pub(super) struct Facts {
    dns: Vec<Option<DnsCounts>>,
}

impl Facts {
    pub(super) fn dns(&self, host: u32) -> Option<DnsCounts> {
        self.dns.get(place(host)).copied().flatten()
    }

    #[allow(clippy::cast_possible_truncation)] // a share needs no more than 24 bits
    pub(super) fn nxdomain_share(&self, host: u32) -> Option<f32> {
        self.dns(host)?.nxdomain_share().map(|share| share as f32)
    }
}

/// Adds up what the flows of each originator say.
pub(super) fn by_originator(flows: &[FlowRecord], links: &Links) -> Facts {
    let mut facts = Facts::default();
    for (flow, link) in flows.iter().zip(&links.flows) {
        let Some((more, talk)) = dns(flow).zip(links.talks.get(place(link.talk))) else { continue };
        facts.dns.resize(links.hosts.len(), None);
        if let Some(sum) = facts.dns.get_mut(place(talk.orig)) {
            let sum = sum.get_or_insert_default();
            sum.queries = sum.queries.saturating_add(more.queries);
            sum.answers = sum.answers.saturating_add(more.answers);
            sum.nxdomain = sum.nxdomain.saturating_add(more.nxdomain);
        }
    }
    facts
}
