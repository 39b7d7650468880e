//! What a capture holds by name, counted over its flows.

use std::net::IpAddr;

use hashbrown::HashMap;

use crate::flow::Keyed;
use crate::host::{is_failed, ja4, server_name};
use crate::report::{AddressKind, Fields, FlowRecord, Names, Proto, Report, What};
use crate::units::Timestamp;

/// Most things of a kind that are counted one by one.
const MOST: usize = 100_000;

/// One thing, cheaper to look up than its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'a> {
    Host(IpAddr),
    Service(IpAddr, Proto, u16),
    Pair(IpAddr, IpAddr, Proto, u16),
    Text(&'a str),
}

impl Key<'_> {
    fn name(self) -> String {
        let service = |host: IpAddr, proto: Proto, port: u16| match proto.has_ports() {
            true => format!("{host} {}/{port}", proto.name()),
            false => format!("{host} {}", proto.name()),
        };
        match self {
            Self::Host(host) => host.to_string(),
            Self::Service(host, proto, port) => service(host, proto, port),
            Self::Pair(orig, resp, proto, port) => format!("{orig} > {}", service(resp, proto, port)),
            Self::Text(text) => cut(text).to_owned(),
        }
    }
}

/// A text cut to the longest name.
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(Names::MAX_BYTES)).unwrap_or(text)
}

/// One thing that was there.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) first_ts: Timestamp,
    pub(super) flows: u64,
    /// Rows of its flows, the first ones.
    pub(super) rows: Vec<u32>,
    /// Whether it was known.
    pub(super) is_known: bool,
}

/// Rows kept of a thing.
const ROWS: usize = 1000;

/// Things of one kind, in order of their first flows.
#[derive(Debug, Default)]
pub(super) struct Things {
    pub(super) seen: Vec<Seen>,
    /// Flows of things that had no room.
    pub(super) beyond: u64,
}

/// The things of a kind that flows of a report name; `known` are those that are no news.
pub(super) fn things(report: &Report, what: What, known: &Names) -> Things {
    let mut places: HashMap<Key<'_>, usize, Keyed> =
        HashMap::with_hasher(Keyed::new([u64::from(report.settings.seed), 2]));
    let mut things = Things::default();
    for (row, flow) in (0..).zip(&report.flows) {
        for key in keys(flow, what).into_iter().flatten() {
            let place = match places.get(&key) {
                Some(place) => *place,
                None if things.seen.len() >= MOST => {
                    things.beyond += 1;
                    continue;
                }
                None => {
                    let name = key.name();
                    let is_known = known.has(&name);
                    let seen = Seen { name, first_ts: flow.first_ts, flows: 0, rows: Vec::new(), is_known };
                    places.insert(key, things.seen.len());
                    things.seen.push(seen);
                    things.seen.len() - 1
                }
            };
            if let Some(seen) = things.seen.get_mut(place) {
                seen.flows += 1;
                if !seen.is_known && seen.rows.len() < ROWS {
                    seen.rows.push(row);
                }
            }
        }
    }
    things
}

/// What a flow names of a kind: at most two things.
fn keys(flow: &FlowRecord, what: What) -> [Option<Key<'_>>; 2] {
    let one = |key| [key, None];
    let knows_ends = flow.knows(Fields::ADDRESSES);
    // A service is known by its answers: whoever scans tries thousands that are none.
    let port = if flow.proto.has_ports() { flow.resp_port } else { 0 };
    let is_answered = knows_ends && flow.knows(Fields::PROTO) && !is_failed(flow) && !is_group(flow.resp_addr);
    match what {
        What::Hosts if knows_ends => {
            let host = |address: IpAddr, has_sent: bool| (has_sent && !is_group(address)).then_some(Key::Host(address));
            [host(flow.orig_addr, flow.orig.packets > 0), host(flow.resp_addr, flow.resp.packets > 0)]
        }
        What::Services => one(is_answered.then_some(Key::Service(flow.resp_addr, flow.proto, port))),
        What::Pairs => one(is_answered.then_some(Key::Pair(flow.orig_addr, flow.resp_addr, flow.proto, port))),
        What::ServerNames => one(server_name(flow).map(Key::Text)),
        What::Ja4s => one(ja4(flow).map(Key::Text)),
        What::Hosts => [None, None],
    }
}

/// Whether an address is no host's.
fn is_group(address: IpAddr) -> bool {
    !matches!(AddressKind::of(address), AddressKind::Unicast)
}
