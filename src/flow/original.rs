//! The flows of the original CICFlowMeter, kept beside ours where a run is asked for them: its rules and its mistakes.
//!
//! **Source** what ahlashkari/CICFlowMeter 98a5eba does in FlowGenerator.java and BasicFlow.java.

mod sum;

use hashbrown::HashMap;

use super::hash::Keyed;
use super::key::{Key, KeyRule};
use crate::packet::Packet;
use crate::report::{OriginalFlow, Proto, TcpFlags};
use crate::units::Timestamp;
use sum::Seen;

/// A flow ends this long after its start, microseconds.
const FLOW_TIMEOUT: i64 = 120_000_000;
/// Bytes of memory that a flow takes to the end of the run: itself, its box and place in the index, and once more while
/// the flows are collected.
const FLOW_BYTES: u64 = 2 * 1040 + 128;
const _: () = assert!(size_of::<OriginalFlow>() <= 1040);

/// The flows of the original.
#[derive(Debug)]
pub struct Original {
    live: HashMap<Key, Box<OriginalFlow>, Keyed>,
    /// In the order in which they ended.
    ended: Vec<OriginalFlow>,
    left_out: u64,
}

impl Original {
    /// Nothing yet; `seed` keys the index, and no output depends on it.
    #[must_use]
    pub fn new(seed: [u64; 2]) -> Self {
        Self { live: HashMap::with_hasher(Keyed::new(seed)), ended: Vec::new(), left_out: 0 }
    }

    /// Adds a packet where a new flow may take `room` bytes of memory; returns what it took.
    pub fn add(&mut self, packet: &Packet<'_>, room: u64) -> u64 {
        let Some(seen) = see(packet) else { return 0 };
        let bare =
            Packet { src_port: seen.src_port, dst_port: seen.dst_port, proto: Proto::Ip(seen.protocol), ..*packet };
        let (key, _) = Key::of(&bare, KeyRule { vlan: false, tunnel: false });
        if let Some(flow) = self.live.get_mut(&key) {
            return match step(flow, &seen) {
                Step::Stays => 0,
                Step::Ends => {
                    self.ended.extend(self.live.remove(&key).map(|flow| *flow));
                    0
                }
                Step::TimedOut => self.replace(key, &seen, room),
            };
        }
        if room < FLOW_BYTES {
            self.left_out += 1;
            return 0;
        }
        self.live.insert(key, Box::new(sum::first(&seen)));
        FLOW_BYTES
    }

    /// Ends a flow that is too long, and begins another in its direction: the packet counts as forward whoever sent it.
    fn replace(&mut self, key: Key, seen: &Seen, room: u64) -> u64 {
        let Some(flow) = self.live.get_mut(&key) else { return 0 };
        let OriginalFlow { src, dst, src_port, dst_port, .. } = **flow;
        let next = OriginalFlow { src, dst, src_port, dst_port, ..sum::first(seen) };
        let old = std::mem::replace(&mut **flow, next);
        // The original never writes a flow of one packet.
        if old.packets() <= 1 {
            return 0;
        }
        if room < FLOW_BYTES {
            self.left_out += 1;
            return 0;
        }
        self.ended.push(old);
        FLOW_BYTES
    }

    /// Flows that memory did not allow to be kept.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// All flows that the original writes: those that ended, then the others by their first packets.
    #[must_use]
    pub fn finish(self) -> Vec<OriginalFlow> {
        let Self { live, mut ended, .. } = self;
        let mut rest: Vec<OriginalFlow> = live.into_values().map(|flow| *flow).filter(|f| f.packets() > 1).collect();
        rest.sort_unstable_by_key(|flow| flow.first_packet);
        ended.append(&mut rest);
        ended
    }
}

/// What the original sees of a packet; `None` of what it does not read: IPv6 and everything that is not IP.
fn see(packet: &Packet<'_>) -> Option<Seen> {
    if !packet.src.is_ipv4() || packet.proto == Proto::Arp {
        return None;
    }
    let header = packet.transport_header_len();
    let is_known = match packet.proto {
        Proto::TCP => packet.tcp.is_some(),
        Proto::UDP => header > 0,
        _ => false,
    };
    let (src_port, dst_port, protocol) = match packet.proto.number() {
        Some(number) if is_known => (packet.src_port, packet.dst_port, number),
        _ => (0, 0, 0),
    };
    Some(Seen {
        number: packet.number,
        us: micros(packet.ts),
        src: packet.src,
        dst: packet.dst,
        src_port,
        dst_port,
        protocol,
        payload: if is_known { packet.payload_len } else { 0 },
        header: if is_known { header } else { 0 },
        window: packet.tcp.map_or(0, |t| t.window),
        flags: packet.tcp.map_or(TcpFlags::default(), |t| t.flags),
    })
}

fn micros(ts: Timestamp) -> i64 {
    ts.0.div_euclid(1000)
}

/// What becomes of a flow with its next packet.
enum Step {
    Stays,
    Ends,
    TimedOut,
}

/// Adds the next packet as the original does.
fn step(flow: &mut OriginalFlow, seen: &Seen) -> Step {
    if seen.us.saturating_sub(flow.start_us) > FLOW_TIMEOUT {
        return Step::TimedOut;
    }
    let is_forward = seen.src == flow.src;
    if seen.flags.has(TcpFlags::FIN) {
        let fins = if is_forward { &mut flow.fwd.fins } else { &mut flow.bwd.fins };
        *fins += 1;
        // A second FIN of a side is thrown away.
        if *fins > 1 {
            return Step::Stays;
        }
        // It means "both sides sent one", and asks the backward side twice.
        if flow.bwd.fins + flow.bwd.fins == 2 {
            sum::add(flow, seen, is_forward);
            return Step::Ends;
        }
    } else if seen.flags.has(TcpFlags::RST) {
        sum::add(flow, seen, is_forward);
        return Step::Ends;
    }
    sum::active_or_idle(flow, seen.us);
    sum::add(flow, seen, is_forward);
    Step::Stays
}

#[cfg(test)]
mod tests;
