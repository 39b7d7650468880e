//! What one flow cannot show: counts over the flows around it.

mod window;

use std::net::IpAddr;

use hashbrown::HashMap;

use crate::flow::Keyed;
use crate::report::{FlowRecord, Known, Moments, Proto};
use crate::units::{Timestamp, count, float};
use window::Window;

/// Flows are counted together in windows of this many seconds of the capture's time.
pub const WINDOW_SECONDS: u64 = 60;
/// Gaps needed before their variation means something.
const MIN_GAPS: u64 = 3;

/// A map whose order never reaches an output.
type Map<K, V> = HashMap<K, V, Keyed>;

/// What is asked of a flow again and again, in small numbers.
#[derive(Debug, Clone, Copy)]
struct Ends {
    /// Number of the originator, in order of appearance.
    orig: u32,
    /// Number of the responder.
    resp: u32,
    /// Protocol and port.
    service: u32,
    /// Number of the (originator, responder, service), in order of appearance.
    talk: u32,
    window: u64,
    is_failed: bool,
}

impl Ends {
    fn pair(&self) -> u64 {
        u64::from(self.orig) << 32 | u64::from(self.resp)
    }
}

/// Protocol and responder's port in one number: ARP, which has no number, is beyond them all.
fn service(flow: &FlowRecord) -> u32 {
    let port = if flow.proto.has_ports() { flow.resp_port } else { flow.orig_port };
    let proto = flow.proto.number().map_or(256, u32::from);
    proto << 16 | u32::from(port)
}

/// Whether nothing came back: no payload on TCP, no packet elsewhere.
#[must_use]
pub fn is_failed(flow: &FlowRecord) -> bool {
    if flow.proto == Proto::TCP { flow.resp.payload_bytes == 0 } else { flow.resp.packets == 0 }
}

/// What must be known of a flow to say whether it failed.
#[must_use]
pub const fn needed_to_fail() -> Known {
    Known::PROTO.and(Known::RESP_BYTES).and(Known::RESP_PKTS)
}

/// Fills every flow's [`Context`](crate::report::Context) and returns the number of hosts. `flows` are in order of their
/// first packets; `seed` keys the maps.
///
/// **Memory** while it runs, at most 0.3 kB a flow.
pub fn annotate(flows: &mut [FlowRecord], seed: [u64; 2]) -> u64 {
    let hash = Keyed::new(seed);
    let start = flows.iter().map(|f| f.first_ts).min().unwrap_or_default();
    let mut numbers = Numbers::new(hash, start);
    let ends: Vec<Ends> = flows.iter().map(|flow| numbers.ends(flow)).collect();
    let Numbers { hosts, talks, .. } = numbers;
    let hosts = hosts.len();
    let variations = gap_variations(flows, &ends, talks.len());
    drop(talks);

    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by_key(|&i| ends.get(i).map(|e| e.window));
    let mut window = Window::new(hash, hosts);
    for members in order.chunk_by(|&a, &b| ends.get(a).map(|e| e.window) == ends.get(b).map(|e| e.window)) {
        window.fill(&ends, members);
        for &i in members {
            if let (Some(flow), Some(ends)) = (flows.get_mut(i), ends.get(i)) {
                flow.context = window.context(ends);
            }
        }
    }
    drop(order);
    annotate_rarity(flows, &ends, hash);
    for (flow, ends) in flows.iter_mut().zip(&ends) {
        flow.context.gap_variation = variations.get(place(ends.talk)).copied().flatten();
    }
    count(hosts)
}

/// A number as a place in a list.
fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Numbers hosts and talks as they appear.
struct Numbers {
    start: Timestamp,
    hosts: Map<(bool, u64, u64), u32>,
    talks: Map<(u64, u32), u32>,
}

impl Numbers {
    fn new(hash: Keyed, start: Timestamp) -> Self {
        Self { start, hosts: HashMap::with_hasher(hash), talks: HashMap::with_hasher(hash) }
    }

    fn host(&mut self, address: IpAddr) -> u32 {
        let key = match address {
            IpAddr::V4(v4) => (false, u64::from(v4.to_bits()), 0),
            IpAddr::V6(v6) => {
                let [a, b, c, d, e, f, g, h, rest @ ..] = v6.octets();
                (true, u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes(rest))
            }
        };
        let next = number(self.hosts.len());
        *self.hosts.entry(key).or_insert(next)
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn ends(&mut self, flow: &FlowRecord) -> Ends {
        let mut ends = Ends {
            orig: self.host(flow.orig_addr),
            resp: self.host(flow.resp_addr),
            service: service(flow),
            talk: 0,
            window: flow.first_ts.since(self.start) / (WINDOW_SECONDS * 1_000_000_000),
            is_failed: is_failed(flow),
        };
        let next = number(self.talks.len());
        ends.talk = *self.talks.entry((ends.pair(), ends.service)).or_insert(next);
        ends
    }
}

/// A length as a number; there are never 2^32 flows.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[allow(clippy::cast_possible_truncation)] // rarity is at most ln(2^64) = 44
fn annotate_rarity(flows: &mut [FlowRecord], ends: &[Ends], hash: Keyed) {
    let mut services: Map<u32, (u64, f32)> = HashMap::with_hasher(hash);
    for ends in ends {
        services.entry(ends.service).or_default().0 += 1;
    }
    let total = float(count(flows.len()));
    services.values_mut().for_each(|(n, rarity)| *rarity = libm::log(total / float(*n)) as f32);
    for (flow, ends) in flows.iter_mut().zip(ends) {
        flow.context.service_rarity = services.get(&ends.service).map_or(0.0, |(_, rarity)| *rarity);
    }
}

/// The variation of the gaps between the flows of each talk, where there are enough of them.
#[allow(clippy::cast_possible_truncation)] // a coefficient of variation needs no more than 24 bits
fn gap_variations(flows: &[FlowRecord], ends: &[Ends], talks: usize) -> Vec<Option<f32>> {
    let mut gaps: Vec<(Option<Timestamp>, Moments)> = vec![(None, Moments::default()); talks];
    for (flow, ends) in flows.iter().zip(ends) {
        let Some((last, gaps)) = gaps.get_mut(place(ends.talk)) else { continue };
        if let Some(last) = last.replace(flow.first_ts) {
            gaps.add(flow.first_ts.since(last));
        }
    }
    let variation = |(_, gaps): &(Option<Timestamp>, Moments)| {
        let (std, mean) = gaps.std_dev().zip(gaps.mean()).filter(|(_, mean)| gaps.n >= MIN_GAPS && *mean > 0.0)?;
        Some((std / mean) as f32)
    };
    gaps.iter().map(variation).collect()
}
