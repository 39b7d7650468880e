//! The largest talkers, conversations, ports and names of the kept flows.

mod counter;

use std::cmp::Reverse;
use std::net::IpAddr;

use crate::chunked::Chunked;
use crate::flow::Keyed;
use crate::host::server_name;
use crate::report::{
    Conversation, Fields, FlowRecord, NameUse, Overview, PortUse, Proto, Report, Severity, Talker, Volume,
};
use counter::{Counter, Name};

/// Counts the flows. `seed` keys the maps, and no output depends on it.
///
/// **Memory** while it runs, at most 128 bytes for each distinct host, pair of hosts, port and name, with half as much
/// again where a map has just grown: less than the survey of the hosts took before. Texts stay where they are.
pub(super) fn measure(flows: &Chunked<FlowRecord>, seed: [u64; 2]) -> Overview {
    let hash = Keyed::new(seed);
    let mut counters = Counters {
        hash,
        talkers: Counter::new(hash),
        conversations: Counter::new(hash),
        ports: Counter::new(hash),
        services: Counter::new(hash),
        servers: Counter::new(hash),
        asked: Counter::new(hash),
    };
    flows.iter().for_each(|flow| counters.add(flow));
    counters.top()
}

/// Gives the talkers the severity of what was found of them.
pub(super) fn judge(report: &mut Report) {
    for talker in &mut report.overview.talkers.first {
        let address = talker.address.to_string();
        let of_it = report.findings.iter().filter(|f| f.actors.contains(&address) || f.targets.contains(&address));
        talker.severity = of_it.map(|finding| finding.severity).max().unwrap_or(Severity::None);
    }
}

fn ends(flow: &FlowRecord) -> Option<(IpAddr, IpAddr)> {
    let (one, other) = (flow.orig_addr, flow.resp_addr);
    flow.knows(Fields::ADDRESSES).then(|| (one.min(other), one.max(other)))
}

/// An address as words that hash quickly, in the order of addresses.
type Words = (bool, u64, u64);

fn words(address: IpAddr) -> Words {
    match address {
        IpAddr::V4(v4) => (false, u64::from(v4.to_bits()), 0),
        IpAddr::V6(v6) => {
            let [high, low] = halves(v6.to_bits());
            (true, high, low)
        }
    }
}

fn halves(bits: u128) -> [u64; 2] {
    [bits >> 64, bits & u128::from(u64::MAX)].map(|half| u64::try_from(half).unwrap_or_default())
}

fn address((is_v6, high, low): Words) -> IpAddr {
    if is_v6 {
        return IpAddr::from((u128::from(high) << 64 | u128::from(low)).to_be_bytes());
    }
    IpAddr::from(u32::try_from(high).unwrap_or_default().to_be_bytes())
}

type Port = (Proto, Option<u16>);

fn port(flow: &FlowRecord) -> Option<Port> {
    let has_port = flow.proto.has_ports() && flow.knows(Fields::PORTS);
    flow.knows(Fields::PROTO).then(|| (flow.proto, has_port.then_some(flow.resp_port)))
}

/// Everything that is counted, in one pass over the flows.
struct Counters<'a> {
    hash: Keyed,
    talkers: Counter<Words>,
    conversations: Counter<(Words, Words)>,
    ports: Counter<Port>,
    /// What was recognised on the ports.
    services: Counter<(Port, &'static str)>,
    servers: Counter<Name<'a>>,
    asked: Counter<Name<'a>>,
}

impl<'a> Counters<'a> {
    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn add(&mut self, flow: &'a FlowRecord) {
        let volume = Volume { flows: 1, packets: flow.packets(), bytes: flow.wire_bytes() };
        if let Some((a, b)) = ends(flow) {
            let (a, b) = (words(a), words(b));
            self.talkers.add(a, &volume);
            if a != b {
                self.talkers.add(b, &volume);
            }
            self.conversations.add((a, b), &volume);
        }
        if let Some(port) = port(flow) {
            self.ports.add(port, &volume);
            if let Some(service) = flow.service {
                self.services.add((port, service), &volume);
            }
        }
        if let Some(name) = server_name(flow) {
            self.servers.add(Name::new(name, self.hash), &volume);
        }
        dns_names(flow, |name| self.asked.add(Name::new(name, self.hash), &volume));
    }

    fn top(self) -> Overview {
        let services = self.services;
        // Of equals the first by name.
        let service_of = |port: Port| {
            let of_it = services.iter().filter(|((at, _), _)| *at == port);
            let most = of_it.max_by_key(|((_, service), volume)| (volume.bytes, volume.flows, Reverse(*service)));
            most.map(|((_, service), _)| *service)
        };
        let name = |name: Name<'a>, volume| NameUse { name: name.lower(), volume };
        Overview {
            talkers: self.talkers.top(|key, volume| Talker { address: address(key), volume, severity: Severity::None }),
            conversations: self.conversations.top(|(a, b), volume| Conversation {
                a: address(a),
                b: address(b),
                volume,
            }),
            ports: self.ports.top(|at, volume| PortUse { proto: at.0, port: at.1, service: service_of(at), volume }),
            server_names: self.servers.top(name),
            dns_names: self.asked.top(name),
        }
    }
}

/// Each name once, whatever was asked of it.
fn dns_names<'a>(flow: &'a FlowRecord, mut add: impl FnMut(&'a str)) {
    let Some(dns) = flow.application.as_ref().and_then(|application| application.dns()) else { return };
    let asked = &dns.queries.first;
    for (i, question) in asked.iter().enumerate() {
        let name = question.name.as_str();
        let is_first = !asked.iter().take(i).any(|other| other.name.as_str().eq_ignore_ascii_case(name));
        if is_first {
            add(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_their_order_as_words() {
        let mut all: Vec<IpAddr> = ["::1", "10.0.0.2", "9.255.0.1", "fe80::1", "255.255.255.255", "::ffff:10.0.0.1"]
            .map(|text| text.parse().unwrap())
            .to_vec();
        all.sort_unstable();
        assert!(all.iter().map(|a| words(*a)).is_sorted());
        assert!(all.iter().all(|a| address(words(*a)) == *a));
    }
}
