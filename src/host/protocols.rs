//! What application protocols tell of hosts.

use super::links::Links;
use super::place;
use crate::chunked::Chunked;
use crate::report::{DnsCounts, FlowRecord};

/// The server name of a flow: of TLS, QUIC or HTTP.
#[must_use]
pub fn server_name(flow: &FlowRecord) -> Option<&str> {
    Some(flow.application.as_ref()?.server_name()?.as_str())
}

/// The JA4 of a flow's client.
#[must_use]
pub fn ja4(flow: &FlowRecord) -> Option<&str> {
    Some(flow.application.as_ref()?.ja4()?.as_str())
}

/// Questions and answers of a flow of the domain name system.
pub(super) fn dns(flow: &FlowRecord) -> Option<DnsCounts> {
    let dns = flow.application.as_ref()?.dns()?;
    let short = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Some(DnsCounts {
        queries: short(dns.query_messages),
        answers: short(dns.response_messages),
        nxdomain: short(dns.rcodes.of("NXDOMAIN")),
    })
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
pub(super) fn by_originator(flows: &Chunked<FlowRecord>, links: &Links) -> Facts {
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
