//! Who talked to whom, as numbers in order of appearance.

use std::hash::Hash;
use std::net::IpAddr;

use hashbrown::HashMap;

use super::{WINDOW_SECONDS, is_failed, place};
use crate::chunked::Chunked;
use crate::flow::Keyed;
use crate::report::{FlowRecord, Proto};
use crate::units::Timestamp;

/// Numbers of everything that flows share.
#[derive(Debug)]
pub(super) struct Links {
    pub(super) hosts: Vec<IpAddr>,
    /// First and last beginning of the flows that each host originated; turned round where it originated none.
    pub(super) begins: Vec<(Timestamp, Timestamp)>,
    /// Originator, responder and service.
    pub(super) talks: Vec<Talk>,
    /// Originator and responder.
    pub(super) pairs: Vec<(u32, u32)>,
    /// Originator and service.
    pub(super) wants: Vec<(u32, u32)>,
    /// Responder and service.
    pub(super) offers: Vec<(u32, u32)>,
    /// Protocol and port, see [`service_of`].
    pub(super) services: Vec<u32>,
    /// One a flow, in order.
    pub(super) flows: Vec<Link>,
}

/// A flow's place among the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) talk: u32,
    pub(super) window: u32,
    pub(super) is_failed: bool,
}

/// All flows from one host to a service of another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Talk {
    pub(super) orig: u32,
    pub(super) resp: u32,
    pub(super) pair: u32,
    pub(super) want: u32,
    pub(super) offer: u32,
    pub(super) service: u32,
}

/// Protocol and responder's port in one number: ARP, which has no number, is beyond them all.
fn service(flow: &FlowRecord) -> u32 {
    let port = if flow.proto.has_ports() { flow.resp_port } else { flow.orig_port };
    let proto = flow.proto.number().map_or(256, u32::from);
    proto << 16 | u32::from(port)
}

/// The protocol and port (in ICMP the type) of a number of [`Links::services`].
pub(super) fn service_of(number: u32) -> (Proto, u16) {
    let proto = u8::try_from(number >> 16).map_or(Proto::Arp, Proto::Ip);
    (proto, u16::try_from(number & 0xffff).unwrap_or(u16::MAX))
}

/// An address as words that hash quickly.
fn words(address: IpAddr) -> (bool, u64, u64) {
    match address {
        IpAddr::V4(v4) => (false, u64::from(v4.to_bits()), 0),
        IpAddr::V6(v6) => {
            let [a, b, c, d, e, f, g, h, rest @ ..] = v6.octets();
            (true, u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes(rest))
        }
    }
}

/// A length as a number; there are never 2^32 flows.
pub(super) fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Numbers keys as they appear; their order never shows.
struct Numbers<K>(HashMap<K, u32, Keyed>);

impl<K: Hash + Eq> Numbers<K> {
    fn new(hash: Keyed) -> Self {
        Self(HashMap::with_hasher(hash))
    }

    /// The key's number, and whether it is new.
    fn of(&mut self, key: K) -> (u32, bool) {
        #[cfg(test)]
        super::tests::step();
        let next = number(self.0.len());
        let found = *self.0.entry(key).or_insert(next);
        (found, found == next)
    }
}

struct Builder {
    links: Links,
    start: Timestamp,
    hosts: Numbers<(bool, u64, u64)>,
    talks: Numbers<(u32, u32, u32)>,
    pairs: Numbers<(u32, u32)>,
    wants: Numbers<(u32, u32)>,
    offers: Numbers<(u32, u32)>,
    services: Numbers<u32>,
}

impl Links {
    pub(super) fn of(flows: &Chunked<FlowRecord>, hash: Keyed) -> Self {
        let empty = Self {
            hosts: Vec::new(),
            begins: Vec::new(),
            talks: Vec::new(),
            pairs: Vec::new(),
            wants: Vec::new(),
            offers: Vec::new(),
            services: Vec::new(),
            flows: Vec::with_capacity(flows.len()),
        };
        let mut builder = Builder {
            links: empty,
            start: flows.iter().map(|f| f.first_ts).min().unwrap_or_default(),
            hosts: Numbers::new(hash),
            talks: Numbers::new(hash),
            pairs: Numbers::new(hash),
            wants: Numbers::new(hash),
            offers: Numbers::new(hash),
            services: Numbers::new(hash),
        };
        flows.iter().for_each(|flow| builder.add(flow));
        builder.links
    }
}

impl Builder {
    fn host(&mut self, address: IpAddr) -> u32 {
        let (host, is_new) = self.hosts.of(words(address));
        if is_new {
            self.links.hosts.push(address);
            self.links.begins.push((Timestamp(i64::MAX), Timestamp(i64::MIN)));
        }
        host
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn add(&mut self, flow: &FlowRecord) {
        let (orig, resp) = (self.host(flow.orig_addr), self.host(flow.resp_addr));
        if let Some((first, last)) = self.links.begins.get_mut(place(orig)) {
            (*first, *last) = (flow.first_ts.min(*first), flow.first_ts.max(*last));
        }
        let service = service(flow);
        let (talk, is_new) = self.talks.of((orig, resp, service));
        if is_new {
            self.begin_talk(orig, resp, service);
        }
        let window = flow.first_ts.since(self.start) / (WINDOW_SECONDS * 1_000_000_000);
        let window = u32::try_from(window).unwrap_or(u32::MAX);
        self.links.flows.push(Link { talk, window, is_failed: is_failed(flow) });
    }

    fn begin_talk(&mut self, orig: u32, resp: u32, service: u32) {
        let of = |numbers: &mut Numbers<(u32, u32)>, list: &mut Vec<(u32, u32)>, key| {
            let (number, is_new) = numbers.of(key);
            if is_new {
                list.push(key);
            }
            number
        };
        let (number, is_new) = self.services.of(service);
        if is_new {
            self.links.services.push(service);
        }
        let links = &mut self.links;
        let talk = Talk {
            orig,
            resp,
            pair: of(&mut self.pairs, &mut links.pairs, (orig, resp)),
            want: of(&mut self.wants, &mut links.wants, (orig, number)),
            offer: of(&mut self.offers, &mut links.offers, (resp, number)),
            service: number,
        };
        links.talks.push(talk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_read_back() {
        for (number, expected) in [
            (6 << 16 | 443, (Proto::TCP, 443)),
            (17 << 16 | 65_535, (Proto::UDP, 65_535)),
            (1 << 16 | 8, (Proto::ICMP, 8)),
            (256 << 16, (Proto::Arp, 0)),
        ] {
            assert_eq!(service_of(number), expected);
        }
    }
}
