//! The bounded flow table.

use std::hash::BuildHasher as _;

use hashbrown::HashTable;

use super::byte_counts::EntropyTable;
use super::chunked::Chunked;
use super::hash::Keyed;
use super::inspection::application_bytes;
use super::key::Key;
use super::measure::{self, SERIES_BYTES};
use super::open::{OpenFlow, record_of};
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
    /// Bytes of memory for flows, open and ended together, as [`Table::bytes`] estimates them.
    pub max_bytes: u64,
}

/// Bytes that a flow costs from its beginning to the end of the run: its record and its history, and once more as much.
/// That is needed while the records are collected in one piece, and afterwards it is free for the detection.
pub const FLOW_BYTES: u64 = 2 * (784 + 48);
/// Bytes that an open flow costs beside its byte counts: itself, its entry in the index, and what the index needs while
/// it grows.
const OPEN_BYTES: u64 = 136 + 80;

// The same on every target, so that every target refuses the same flows; and no target may need more.
const _: () = assert!(size_of::<FlowRecord>() <= 784);
const _: () = assert!(size_of::<Option<OpenFlow>>() <= 136);
const _: () = assert!(size_of::<Entry>() <= 16);

/// Tracks flows. Time is the capture's: the latest time stamp seen, which one wrong stamp cannot move by more than the
/// idle timeout.
///
/// **Memory** at most `max_bytes`, estimated by constants: 1.6 kB a flow, of which half is only needed after the reading,
/// 0.6 kB more from its second packet on, 0.2 to 2 kB while it is open, up to 100 kB more while its first messages are
/// read, and what those said.
#[derive(Debug)]
pub struct Table {
    idle_ns: u64,
    active_ns: u64,
    max_flows: u64,
    max_bytes: u64,
    hash: Keyed,
    index: HashTable<Entry>,
    open: Chunked<Option<OpenFlow>>,
    free: Vec<usize>,
    /// Of all flows, in order of their first packets.
    records: Chunked<FlowRecord>,
    /// Held by the byte counts and inspectors of open flows.
    count_bytes: u64,
    /// Held by what was recognised in flows, until the end of the run.
    application_bytes: u64,
    given_up: u64,
    given_up_inspections: u64,
    /// Held by the measurements of flows with two packets or more.
    series_bytes: u64,
    unmeasured: u64,
    entropy: EntropyTable,
    clock: Option<Timestamp>,
    last_sweep: Option<Timestamp>,
}

/// Where an open flow is. Its hash is kept: a growing index does not look at the flows.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u64,
    slot: u32,
}

impl Table {
    /// An empty table whose hashes are keyed by `seed`; no output depends on it.
    #[must_use]
    pub fn new(limits: Limits, seed: [u64; 2]) -> Self {
        let ns = |seconds: u32| u64::from(seconds) * NS_PER_SEC.unsigned_abs();
        Self {
            idle_ns: ns(limits.idle_seconds),
            active_ns: ns(limits.active_seconds),
            max_flows: u64::from(limits.max_flows),
            max_bytes: limits.max_bytes,
            hash: Keyed::new(seed),
            index: HashTable::new(),
            open: Chunked::default(),
            free: Vec::new(),
            records: Chunked::default(),
            count_bytes: 0,
            application_bytes: 0,
            given_up: 0,
            given_up_inspections: 0,
            series_bytes: 0,
            unmeasured: 0,
            entropy: EntropyTable::default(),
            clock: None,
            last_sweep: None,
        }
    }

    /// Flows begun so far.
    #[must_use]
    pub fn flows(&self) -> u64 {
        count(self.records.len())
    }

    /// Bytes of memory that the flows need until the end of the run, estimated.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        count(self.records.len()) * FLOW_BYTES
            + count(self.open.len()) * OPEN_BYTES
            + self.count_bytes
            + self.application_bytes
            + self.series_bytes
    }

    /// Takes bytes out of the budget: something else uses them.
    pub fn give_away(&mut self, bytes: u64) {
        self.max_bytes = self.max_bytes.saturating_sub(bytes);
    }

    /// Bytes left in the budget.
    #[must_use]
    pub fn room(&self) -> u64 {
        self.max_bytes.saturating_sub(self.bytes())
    }

    /// Directions of flows whose bytes were not counted to the end for want of memory: they have no entropy.
    #[must_use]
    pub fn given_up(&self) -> u64 {
        self.given_up
    }

    /// Flows whose payload was not looked into to the end for want of memory: their records may lack something.
    #[must_use]
    pub fn given_up_inspections(&self) -> u64 {
        self.given_up_inspections
    }

    /// Flows of two packets or more that were not measured beyond their counts for want of memory.
    #[must_use]
    pub fn unmeasured(&self) -> u64 {
        self.unmeasured
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
        let hash = self.hash.hash_one(key);
        if let Some(slot) = self.find(hash, &key) {
            match self.ends_before(slot, packet) {
                None => {
                    self.grow(slot);
                    let flow = self.open.get_mut(slot)?.as_mut()?;
                    let gap = flow.add(self.records.get_mut(flow.record)?, is_low, packet);
                    self.count_bytes_of(slot, is_low, packet.payload);
                    self.inspect(slot, is_low, packet);
                    return Some(Some(gap));
                }
                Some(reason) => self.end(slot, hash, reason),
            }
        }
        self.begin(hash, key, is_low, packet).then_some(None)
    }

    fn find(&self, hash: u64, key: &Key) -> Option<usize> {
        let is_it = |entry: &Entry| {
            let flow = self.open.get(slot_of(entry)).and_then(Option::as_ref);
            entry.hash == hash && flow.is_some_and(|flow| flow.key == *key)
        };
        self.index.find(hash, is_it).map(slot_of)
    }

    /// Begins a flow, where the table has room for one.
    fn begin(&mut self, hash: u64, key: Key, is_low: bool, packet: &Packet<'_>) -> bool {
        let costs = FLOW_BYTES + if self.free.is_empty() { OPEN_BYTES } else { 0 };
        if self.flows() >= self.max_flows || self.room() < costs {
            return false;
        }
        let record = self.records.push(record_of(packet));
        let mut flow = OpenFlow::begin(key, is_low, record);
        if let Some(record) = self.records.get_mut(record) {
            flow.count(record, packet, true);
        }
        let slot = match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.open.get_mut(slot) {
                    *place = Some(flow);
                }
                slot
            }
            None => self.open.push(Some(flow)),
        };
        let entry = Entry { hash, slot: u32::try_from(slot).unwrap_or(u32::MAX) };
        self.index.insert_unique(hash, entry, |entry| entry.hash);
        self.count_bytes_of(slot, is_low, packet.payload);
        self.inspect(slot, is_low, packet);
        true
    }

    /// Begins the measurements that a flow needs from its second packet on, where memory allows.
    #[inline]
    fn grow(&mut self, slot: usize) {
        let room = self.room();
        let flow = self.open.get(slot).and_then(Option::as_ref);
        let Some(record) = flow.and_then(|flow| self.records.get_mut(flow.record)) else { return };
        if record.packets() != 1 {
            return;
        }
        if room < SERIES_BYTES {
            self.unmeasured += 1;
            return;
        }
        measure::grow(record);
        self.series_bytes += SERIES_BYTES;
    }

    /// Counts payload for the entropy; where memory does not allow more counters, that direction will have none.
    fn count_bytes_of(&mut self, slot: usize, is_low: bool, payload: &[u8]) {
        let room = self.room();
        let Some(flow) = self.open.get_mut(slot).and_then(Option::as_mut) else { return };
        let bytes = flow.bytes(is_low);
        let before = count(bytes.heap_bytes());
        if count(bytes.heap_bytes_with(payload.len())) > before + room {
            self.given_up += 1;
            bytes.give_up();
        } else {
            bytes.add(payload);
        }
        self.count_bytes = self.count_bytes + count(bytes.heap_bytes()) - before;
    }

    /// Looks into the payload; where memory does not allow it, the flow's inspection ends.
    #[inline]
    fn inspect(&mut self, slot: usize, is_low: bool, packet: &Packet<'_>) {
        let Some(flow) = self.open.get(slot).and_then(Option::as_ref) else { return };
        let from_orig = flow.is_from_orig(is_low);
        if flow.inspection.wants(packet, from_orig) {
            self.inspect_wanted(slot, from_orig, packet);
        }
    }

    #[inline(never)]
    fn inspect_wanted(&mut self, slot: usize, from_orig: bool, packet: &Packet<'_>) {
        let room = self.room();
        let Some(flow) = self.open.get_mut(slot).and_then(Option::as_mut) else { return };
        let Some(record) = self.records.get_mut(flow.record) else { return };
        let before = count(flow.inspection.heap_bytes());
        let has_room = flow.inspection.feed(record, packet, from_orig, before + room);
        self.given_up_inspections += u64::from(!has_room);
        self.count_bytes = self.count_bytes + count(flow.inspection.heap_bytes()) - before;
        self.application_bytes += application_bytes(record);
    }

    /// Why the flow ends before this packet of its own key, if it does.
    fn ends_before(&self, slot: usize, packet: &Packet<'_>) -> Option<EndReason> {
        let flow = self.open.get(slot)?.as_ref()?;
        let record = self.records.get(flow.record)?;
        if packet.ts.since(record.last_ts) > self.idle_ns {
            return Some(EndReason::Idle);
        }
        if packet.ts.since(record.first_ts) > self.active_ns {
            return Some(EndReason::Active);
        }
        let is_new = packet.tcp.is_some_and(|t| t.flags.has(TcpFlags::SYN) && !t.flags.has(TcpFlags::ACK));
        (is_new && flow.state.is_closed()).then_some(EndReason::Closed)
    }

    fn end(&mut self, slot: usize, hash: u64, reason: EndReason) {
        let Some(flow) = self.open.get_mut(slot).and_then(Option::take) else { return };
        if let Ok(entry) = self.index.find_entry(hash, |entry| slot_of(entry) == slot) {
            entry.remove();
        }
        self.free.push(slot);
        self.count_bytes -= count(flow.heap_bytes());
        if let Some(record) = self.records.get_mut(flow.record) {
            let before = application_bytes(record);
            flow.finish(record, reason, &self.entropy);
            self.application_bytes += application_bytes(record) - before;
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
        if clock.since(last) >= self.idle_ns / 2 {
            self.last_sweep = Some(clock);
            self.sweep(clock);
        }
    }

    #[inline(never)]
    fn sweep(&mut self, clock: Timestamp) {
        for slot in 0..self.open.len() {
            let Some(flow) = self.open.get(slot).and_then(Option::as_ref) else { continue };
            let last = self.records.get(flow.record).map(|record| record.last_ts);
            if last.is_some_and(|last| clock.since(last) > self.idle_ns) {
                let hash = self.hash.hash_one(flow.key);
                self.end(slot, hash, EndReason::Idle);
            }
        }
    }

    /// Ends all flows and returns them in order of their first packet.
    #[must_use]
    pub fn finish(mut self) -> Vec<FlowRecord> {
        for slot in 0..self.open.len() {
            let Some(flow) = self.open.get_mut(slot).and_then(Option::take) else { continue };
            if let Some(record) = self.records.get_mut(flow.record) {
                flow.finish(record, EndReason::EndOfCapture, &self.entropy);
            }
        }
        let Self { records, open, index, .. } = self;
        drop((open, index));
        records.into_vec()
    }
}

fn slot_of(entry: &Entry) -> usize {
    usize::try_from(entry.slot).unwrap_or(usize::MAX)
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
        Table::new(Limits { idle_seconds: 120, active_seconds: 1800, max_flows, max_bytes: 1 << 20 }, [1, 2])
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
            let mut t =
                Table::new(Limits { idle_seconds: 2, active_seconds: 9, max_flows: 50, max_bytes: 1 << 20 }, seed);
            for i in 0..2000u64 {
                let (a, b) = ((i * 7 % 13) as u8, (i * 5 % 11) as u8);
                t.add(&packet(i + 1, i64::try_from(i / 10).unwrap(), a, b, &[a; 30]));
            }
            t.finish()
        };
        assert_eq!(run([1, 2]), run([0xdead_beef, 77]));
    }
}
