//! What one flow cannot show: counts over the flows around it.

use std::net::IpAddr;

use ahash::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::report::{Context, FlowRecord, Moments, Proto};
use crate::units::{count, float};

/// Flows are counted together in windows of this many seconds of the capture's time.
pub const WINDOW_SECONDS: u64 = 60;
/// Gaps needed before their variation means something.
const MIN_GAPS: u64 = 3;

/// A map whose order never reaches an output.
type Counts<K> = HashMap<K, u32, RandomState>;

fn service(flow: &FlowRecord) -> (Proto, u16) {
    (flow.proto, if flow.proto.has_ports() { flow.resp_port } else { flow.orig_port })
}

/// Fills every flow's [`Context`]. `flows` are in order of their first packets; `seed` keys the maps.
pub fn annotate(flows: &mut [FlowRecord], seed: [u64; 2]) {
    let [a, b] = seed;
    let hasher = RandomState::with_seeds(b, a, a ^ b, !a);
    let start = flows.iter().map(|f| f.first_ts).min().unwrap_or_default();
    let window = |f: &FlowRecord| f.first_ts.since(start) / (WINDOW_SECONDS * 1_000_000_000);

    let mut order: Vec<usize> = (0..flows.len()).collect();
    order.sort_by_key(|&i| flows.get(i).map(window));
    let mut rest = order.as_slice();
    while let Some(first) = rest.first().and_then(|&i| flows.get(i)) {
        let now = window(first);
        let end = rest.iter().position(|&i| flows.get(i).map(window) != Some(now)).unwrap_or(rest.len());
        let (members, after) = rest.split_at(end);
        annotate_window(flows, members, &hasher);
        rest = after;
    }
    annotate_rarity(flows, &hasher);
    annotate_gaps(flows, &hasher);
}

/// The counters of one window.
struct Window {
    orig: Counts<IpAddr>,
    resp: Counts<IpAddr>,
    pair: Counts<(IpAddr, IpAddr)>,
    service: Counts<(IpAddr, Proto, u16)>,
    orig_peers: Counts<IpAddr>,
    orig_ports: Counts<IpAddr>,
    resp_peers: Counts<IpAddr>,
    orig_failed: Counts<IpAddr>,
    seen_ports: HashSet<(IpAddr, Proto, u16), RandomState>,
}

impl Window {
    fn new(hasher: &RandomState) -> Self {
        let counts = || HashMap::with_hasher(hasher.clone());
        Self {
            orig: counts(),
            resp: counts(),
            pair: HashMap::with_hasher(hasher.clone()),
            service: HashMap::with_hasher(hasher.clone()),
            orig_peers: counts(),
            orig_ports: counts(),
            resp_peers: counts(),
            orig_failed: counts(),
            seen_ports: HashSet::with_hasher(hasher.clone()),
        }
    }

    fn add(&mut self, flow: &FlowRecord) {
        let (orig, resp) = (flow.orig_addr, flow.resp_addr);
        let (proto, port) = service(flow);
        *self.orig.entry(orig).or_default() += 1;
        *self.resp.entry(resp).or_default() += 1;
        let pair = self.pair.entry((orig, resp)).or_default();
        *pair += 1;
        if *pair == 1 {
            *self.orig_peers.entry(orig).or_default() += 1;
            *self.resp_peers.entry(resp).or_default() += 1;
        }
        *self.service.entry((resp, proto, port)).or_default() += 1;
        if self.seen_ports.insert((orig, proto, port)) {
            *self.orig_ports.entry(orig).or_default() += 1;
        }
        *self.orig_failed.entry(orig).or_default() += u32::from(is_failed(flow));
    }
}

/// Whether nothing came back: no payload on TCP, no packet elsewhere.
#[must_use]
pub fn is_failed(flow: &FlowRecord) -> bool {
    if flow.proto == Proto::TCP { flow.resp.payload_bytes == 0 } else { flow.resp.packets == 0 }
}

fn annotate_window(flows: &mut [FlowRecord], members: &[usize], hasher: &RandomState) {
    let mut window = Window::new(hasher);
    for flow in members.iter().filter_map(|&i| flows.get(i)) {
        window.add(flow);
    }
    for &i in members {
        let Some(flow) = flows.get_mut(i) else { continue };
        let (orig, resp) = (flow.orig_addr, flow.resp_addr);
        let (proto, port) = service(flow);
        let of = |counts: &Counts<IpAddr>, key| counts.get(&key).copied().unwrap_or(0);
        let orig_flows = of(&window.orig, orig);
        flow.context = Context {
            orig_flows,
            resp_flows: of(&window.resp, resp),
            pair_flows: window.pair.get(&(orig, resp)).copied().unwrap_or(0),
            service_flows: window.service.get(&(resp, proto, port)).copied().unwrap_or(0),
            orig_peers: of(&window.orig_peers, orig),
            orig_ports: of(&window.orig_ports, orig),
            resp_peers: of(&window.resp_peers, resp),
            orig_failed_share: share(of(&window.orig_failed, orig), orig_flows),
            ..flow.context
        };
    }
}

#[allow(clippy::cast_possible_truncation)] // a share needs no more than 24 bits
fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { (f64::from(part) / f64::from(whole)) as f32 }
}

#[allow(clippy::cast_possible_truncation)] // rarity is at most ln(2^64) = 44
fn annotate_rarity(flows: &mut [FlowRecord], hasher: &RandomState) {
    let mut services: HashMap<(Proto, u16), u64, RandomState> = HashMap::with_hasher(hasher.clone());
    for flow in flows.iter() {
        *services.entry(service(flow)).or_default() += 1;
    }
    let total = float(count(flows.len()));
    for flow in flows {
        let n = services.get(&service(flow)).copied().unwrap_or(1);
        flow.context.service_rarity = libm::log(total / float(n)) as f32;
    }
}

#[allow(clippy::cast_possible_truncation)] // a coefficient of variation needs no more than 24 bits
fn annotate_gaps(flows: &mut [FlowRecord], hasher: &RandomState) {
    type Talk = (IpAddr, IpAddr, Proto, u16);
    let talk = |f: &FlowRecord| -> Talk {
        let (proto, port) = service(f);
        (f.orig_addr, f.resp_addr, proto, port)
    };
    let mut talks: HashMap<Talk, (crate::units::Timestamp, Moments), RandomState> =
        HashMap::with_hasher(hasher.clone());
    for flow in flows.iter() {
        match talks.entry(talk(flow)) {
            hashbrown::hash_map::Entry::Vacant(entry) => {
                entry.insert((flow.first_ts, Moments::default()));
            }
            hashbrown::hash_map::Entry::Occupied(mut entry) => {
                let (last, gaps) = entry.get_mut();
                gaps.add(flow.first_ts.since(*last));
                *last = flow.first_ts;
            }
        }
    }
    for flow in flows {
        let gaps = talks.get(&talk(flow)).map(|(_, gaps)| gaps).filter(|gaps| gaps.n >= MIN_GAPS);
        let variation = gaps.and_then(|g| g.std_dev().zip(g.mean())).filter(|(_, mean)| *mean > 0.0);
        flow.context.gap_variation = variation.map(|(std, mean)| (std / mean) as f32);
    }
}
