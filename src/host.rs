//! What one flow cannot show: counts over the flows around it, and the hosts they add up to.
//!
//! Both come from the kept flows when the reading is over, so whatever merges flows merges them. Hosts, pairs and
//! services are numbered once ([`links`]); from there on everything is counted in lists by number ([`counts`]), window by
//! window and over the whole capture. Distinct counts are exact: the flows are bounded, so what they name is bounded too.

mod arp;
mod counts;
mod links;
mod protocols;
mod rarity;
mod records;
mod regularity;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use arp::ArpSenders;
pub use protocols::{ja4, server_name};

use crate::chunked::Chunked;
use crate::flow::Keyed;
use crate::report::{Around, Fields, FlowRecord, HostName, HostRecord, Proto};
use crate::units::count;
use counts::Counts;
use links::Links;
use records::{Peaks, Sources};
use regularity::Regularity;

/// Flows are counted together in windows of this many seconds of the capture's time.
pub const WINDOW_SECONDS: u64 = 60;
/// Bytes that a flow's context costs at most, where no flow shares it with another.
pub const CONTEXT_BYTES: u64 = 256;
/// Bytes that a host's record costs, its texts and its part of the detection included.
pub const HOST_BYTES: u64 = 1024;

const _: () = assert!(size_of::<Around>() + 16 <= 256);
const _: () = assert!(size_of::<HostRecord>() <= 768);

/// What else is known of hosts when the flows are.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Who sent ARP from where.
    pub arp: ArpSenders,
    /// Names that the capture gives to addresses; of several for one address the first counts.
    pub names: Vec<HostName>,
}

/// The hosts of the flows.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The kept ones, in order of their first flows.
    pub hosts: Vec<HostRecord>,
    /// How many there are.
    pub seen: u64,
}

/// Whether nothing came back: no payload on TCP, no packet elsewhere.
#[must_use]
pub fn is_failed(flow: &FlowRecord) -> bool {
    // Of a flow of a table that does not say so nothing is held against it.
    flow.knows(needed_to_fail())
        && if flow.proto == Proto::TCP { flow.resp.payload_bytes == 0 } else { flow.resp.packets == 0 }
}

/// What must be known of a flow to say whether it failed.
#[must_use]
pub const fn needed_to_fail() -> Fields {
    Fields::PROTO.and(Fields::RESP_BYTES).and(Fields::RESP_PKTS)
}

/// Fills every flow's [`Context`](crate::report::Context) and returns the number of hosts. `flows` are in order of their
/// first packets; `seed` keys the maps, and no output depends on it.
pub fn annotate(flows: &mut Chunked<FlowRecord>, seed: [u64; 2]) -> u64 {
    survey(flows, &Known::default(), 0, seed).seen
}

/// As [`annotate`], and the records of the hosts: of more than `max_hosts` those with most flows, of equals those that
/// come first.
///
/// **Memory** while it runs, about 0.1 kB a flow, and 0.2 kB each host and each (originator, responder, service), beside
/// the contexts, which are at most [`CONTEXT_BYTES`] a flow, and what it returns.
pub fn survey(flows: &mut Chunked<FlowRecord>, known: &Known, max_hosts: usize, seed: [u64; 2]) -> Survey {
    let hash = Keyed::new(seed);
    let links = Links::of(flows, hash);
    let mut whole = Counts::new(&links);
    whole.begin();
    for (link, flow) in links.flows.iter().zip(flows.iter()) {
        whole.add(&links, link, flow);
    }
    let regularity = Regularity::of(flows, &links);
    let facts = protocols::by_originator(flows, &links);
    let mut peaks = Peaks::new(links.hosts.len());
    let shared = Shared { whole: &whole, regularity: &regularity, facts: &facts, known, links: &links };
    by_window(flows, &links, &mut peaks, |link, window| shared.around(link, window));
    rarity::annotate(flows, hash);
    let sources =
        Sources { flows, links: &links, whole: &whole, regularity: &regularity, facts: &facts, peaks: &peaks, known };
    let hosts = records::of(&sources, max_hosts);
    Survey { hosts, seen: count(links.hosts.len()) }
}

/// Counts window by window and gives each flow what it shares with the others of its talk.
fn by_window(
    flows: &mut Chunked<FlowRecord>,
    links: &Links,
    peaks: &mut Peaks,
    mut around: impl FnMut(&links::Link, &Counts) -> Around,
) {
    let mut order: Vec<u32> = (0..links::number(links.flows.len())).collect();
    let window_of = |i: &u32| links.flows.get(place(*i)).map(|l| l.window);
    if !order.is_sorted_by_key(window_of) {
        order.sort_by_key(window_of);
    }
    let mut window = Counts::new(links);
    // By talk; those of earlier windows are void.
    let mut given: Vec<(u32, Option<Arc<Around>>)> = vec![(0, None); links.talks.len()];
    for members in order.chunk_by(|a, b| window_of(a) == window_of(b)) {
        let epoch = window.begin();
        let pairs = || members.iter().filter_map(|&i| Some((i, links.flows.get(place(i))?)));
        for (i, link) in pairs() {
            if let Some(flow) = flows.get(place(i)) {
                window.add(links, link, flow);
            }
        }
        peaks.add(&window);
        for (i, link) in pairs() {
            let (Some(flow), Some(given)) = (flows.get_mut(place(i)), given.get_mut(place(link.talk))) else {
                continue;
            };
            if given.0 != epoch {
                *given = (epoch, Some(Arc::new(around(link, &window))));
            }
            flow.context.around.clone_from(&given.1);
        }
    }
}

/// What a talk's context is made of.
struct Shared<'a> {
    whole: &'a Counts,
    regularity: &'a Regularity,
    facts: &'a protocols::Facts,
    known: &'a Known,
    links: &'a Links,
}

impl Shared<'_> {
    fn around(&self, link: &links::Link, window: &Counts) -> Around {
        let Some(talk) = self.links.talks.get(place(link.talk)) else { return Around::default() };
        let steady = self.regularity.talk(link.talk);
        let macs = self.links.hosts.get(place(talk.orig)).and_then(|address| self.known.arp.of(*address));
        Around {
            window: window.scope(talk),
            capture: self.whole.scope(talk),
            orig_rate: self.whole.rate(self.links, talk.orig),
            gap_variation: steady.gaps,
            size_variation: steady.sizes,
            responder_rarity: self.whole.responder_rarity(talk),
            service_rarity: self.whole.service_rarity(talk),
            orig_nxdomain_share: self.facts.nxdomain_share(talk.orig),
            orig_macs: macs.map(crate::report::Macs::count),
        }
    }
}

/// A number as a place in a list.
fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
