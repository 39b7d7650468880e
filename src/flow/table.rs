//! The bounded flow table.

use ahash::RandomState;
use hashbrown::HashMap;

use super::byte_counts::EntropyTable;
use super::key::Key;
use super::open::OpenFlow;
use crate::packet::Packet;
use crate::report::{EndReason, FlowRecord, TcpFlags};
use crate::units::{NS_PER_SEC, Timestamp, count};

/// The table's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Seconds without a packet after which a flow ends.
    pub idle_seconds: u32,
    /// Seconds after which a flow ends though it is active.
    pub active_seconds: u32,
    /// Flows kept, open and ended together.
    pub max_flows: u32,
}

/// Tracks flows. Time is the capture's: the latest time stamp seen, which one wrong stamp cannot move by more than the
/// idle timeout.
///
/// **Memory** about 0.7 kB a flow, 0.5 to 4 kB more while a flow with payload is open.
#[derive(Debug)]
pub struct Table {
    idle_ns: u64,
    active_ns: u64,
    max_flows: u64,
    index: HashMap<Key, usize, RandomState>,
    open: Vec<Option<OpenFlow>>,
    free: Vec<usize>,
    ended: Vec<FlowRecord>,
    entropy: EntropyTable,
    clock: Option<Timestamp>,
    last_sweep: Option<Timestamp>,
}

impl Table {
    /// An empty table whose hashes are keyed by `seed`; no output depends on it.
    #[must_use]
    pub fn new(limits: Limits, seed: [u64; 2]) -> Self {
        let [a, b] = seed;
        let ns = |seconds: u32| u64::from(seconds) * NS_PER_SEC.unsigned_abs();
        Self {
            idle_ns: ns(limits.idle_seconds),
            active_ns: ns(limits.active_seconds),
            max_flows: u64::from(limits.max_flows),
            index: HashMap::with_hasher(RandomState::with_seeds(a, b, a.rotate_left(32), b.rotate_left(32))),
            open: Vec::new(),
            free: Vec::new(),
            ended: Vec::new(),
            entropy: EntropyTable::default(),
            clock: None,
            last_sweep: None,
        }
    }

    /// Flows begun so far.
    #[must_use]
    pub fn flows(&self) -> u64 {
        count(self.index.len()) + count(self.ended.len())
    }

    /// Entropy of one packet's payload, by the table's own look-up table.
    #[must_use]
    pub fn entropy_of(&self, payload: &[u8]) -> Option<f64> {
        self.entropy.of_bytes(payload)
    }

    /// Adds a packet to its flow. `None` when the table is full and the packet would begin a flow; else the nanoseconds
    /// since the flow's packet before, if there is one.
    pub fn add(&mut self, packet: &Packet<'_>) -> Option<Option<u64>> {
        self.advance(packet.ts);
        let (key, is_low) = Key::of(packet);
        if let Some(&slot) = self.index.get(&key) {
            let end = self.open.get(slot).and_then(Option::as_ref).and_then(|flow| self.ends_before(flow, packet));
            match end {
                None => return Some(self.open.get_mut(slot)?.as_mut().map(|flow| flow.add(is_low, packet))),
                Some(reason) => self.end(slot, reason),
            }
        }
        if self.flows() >= self.max_flows {
            return None;
        }
        let flow = OpenFlow::begin(key, is_low, packet);
        let slot = if let Some(slot) = self.free.pop() {
            if let Some(place) = self.open.get_mut(slot) {
                *place = Some(flow);
            }
            slot
        } else {
            self.open.push(Some(flow));
            self.open.len() - 1
        };
        self.index.insert(key, slot);
        Some(None)
    }

    /// Why the flow ends before this packet of its own key, if it does.
    fn ends_before(&self, flow: &OpenFlow, packet: &Packet<'_>) -> Option<EndReason> {
        if packet.ts.since(flow.last_ts) > self.idle_ns {
            return Some(EndReason::Idle);
        }
        if packet.ts.since(flow.first_ts) > self.active_ns {
            return Some(EndReason::Active);
        }
        let is_new = packet.tcp.is_some_and(|t| t.flags.has(TcpFlags::SYN) && !t.flags.has(TcpFlags::ACK));
        (is_new && flow.state.is_closed()).then_some(EndReason::Closed)
    }

    fn end(&mut self, slot: usize, reason: EndReason) {
        if let Some(flow) = self.open.get_mut(slot).and_then(Option::take) {
            self.index.remove(&flow.key);
            self.free.push(slot);
            self.ended.push(flow.finish(reason, &self.entropy));
        }
    }

    /// Moves the clock and, twice an idle timeout, ends the flows that are over: that frees their byte counts.
    fn advance(&mut self, ts: Timestamp) {
        let idle = i64::try_from(self.idle_ns).unwrap_or(i64::MAX);
        let clock = match self.clock {
            None => ts,
            Some(now) => ts.min(Timestamp(now.0.saturating_add(idle))).max(now),
        };
        self.clock = Some(clock);
        let last = *self.last_sweep.get_or_insert(clock);
        if clock.since(last) < self.idle_ns / 2 {
            return;
        }
        self.last_sweep = Some(clock);
        for slot in 0..self.open.len() {
            let is_over = self.open.get(slot).and_then(Option::as_ref);
            if is_over.is_some_and(|flow| clock.since(flow.last_ts) > self.idle_ns) {
                self.end(slot, EndReason::Idle);
            }
        }
    }

    /// Ends all flows and returns them in order of their first packet.
    #[must_use]
    pub fn finish(mut self) -> Vec<FlowRecord> {
        for flow in self.open.into_iter().flatten() {
            self.ended.push(flow.finish(EndReason::EndOfCapture, &self.entropy));
        }
        self.ended.sort_unstable_by_key(|flow| flow.first_packet);
        self.ended
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation)]
mod tests {
    use super::*;
    use crate::report::Proto;

    fn packet(number: u64, seconds: i64, src: u8, dst: u8, payload: &[u8]) -> Packet<'_> {
        Packet {
            number,
            ts: Timestamp::from_parts(seconds, 0),
            wire_len: 100,
            src: [10, 0, 0, src].into(),
            dst: [10, 0, 0, dst].into(),
            src_port: u16::from(src),
            dst_port: u16::from(dst),
            proto: Proto::UDP,
            vlan: None,
            offset: 0,
            tunnel: None,
            ip_bytes: 86,
            header_len: 28,
            ttl: Some(64),
            tcp: None,
            payload_len: u32::try_from(payload.len()).unwrap(),
            payload,
        }
    }

    fn table(max_flows: u32) -> Table {
        Table::new(Limits { idle_seconds: 120, active_seconds: 1800, max_flows }, [1, 2])
    }

    #[test]
    fn joins_both_directions_and_splits_by_time() {
        let mut t = table(100);
        for p in [packet(1, 0, 1, 2, b"ab"), packet(2, 1, 2, 1, b"c"), packet(3, 200, 2, 1, b"")] {
            assert!(t.add(&p).is_some());
        }
        let flows = t.finish();
        assert_eq!(flows.len(), 2);
        assert_eq!((flows[0].orig.packets, flows[0].resp.packets, flows[0].end), (1, 1, EndReason::Idle));
        assert_eq!(flows[0].orig_addr, std::net::IpAddr::from([10, 0, 0, 1]));
        assert_eq!(flows[1].orig_addr, std::net::IpAddr::from([10, 0, 0, 2]));
        assert_ne!(flows[0].uid, flows[1].uid);
    }

    #[test]
    fn splits_a_long_flow_at_the_active_timeout() {
        let mut t = table(100);
        for i in 0..=40 {
            t.add(&packet(i + 1, i64::try_from(i).unwrap() * 100, 1, 2, b""));
        }
        let flows = t.finish();
        assert_eq!(flows.iter().map(|f| f.packets()).collect::<Vec<_>>(), [19, 19, 3]);
    }

    #[test]
    fn a_full_table_keeps_counting_its_own_flows() {
        let mut t = table(1);
        assert_eq!(t.add(&packet(1, 0, 1, 2, b"")), Some(None));
        assert_eq!(t.add(&packet(2, 0, 3, 4, b"")), None);
        assert_eq!(t.add(&packet(3, 1, 2, 1, b"")), Some(Some(1_000_000_000)));
        assert_eq!(t.finish().len(), 1);
    }

    #[test]
    fn one_wrong_time_stamp_does_not_end_everything() {
        let mut t = table(100);
        t.add(&packet(1, 1000, 1, 2, b""));
        t.add(&packet(2, 400_000_000, 3, 4, b""));
        t.add(&packet(3, 1001, 2, 1, b""));
        assert_eq!(t.finish().len(), 2);
    }

    #[test]
    fn the_hash_seed_changes_nothing() {
        let run = |seed| {
            let mut t = Table::new(Limits { idle_seconds: 2, active_seconds: 9, max_flows: 50 }, seed);
            for i in 0..2000u64 {
                let (a, b) = ((i * 7 % 13) as u8, (i * 5 % 11) as u8);
                t.add(&packet(i + 1, i64::try_from(i / 10).unwrap(), a, b, &[a; 30]));
            }
            t.finish()
        };
        assert_eq!(run([1, 2]), run([0xdead_beef, 77]));
    }
}
