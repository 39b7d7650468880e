//! The bounded flow table.

use std::hash::BuildHasher as _;

use hashbrown::HashTable;

use super::byte_counts::EntropyTable;
use super::hash::{Keyed, mix64};
use super::inspection::application_bytes;
use super::key::{Key, KeyRule};
use super::open::{OpenFlow, record_of};
use super::overflow::Overflow;
use crate::chunked::Chunked;
use crate::packet::Packet;
use crate::report::{self, Direction, EndReason, FlowRecord, Sparse, Stream, TcpFlags};
use crate::settings::Settings;
use crate::units::{NS_PER_SEC, Timestamp, count};

/// The table's bounds and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Seconds without a packet after which a flow ends.
    pub idle_seconds: u32,
    /// Seconds after which a flow ends though it is active.
    pub active_seconds: u32,
    /// Seconds after its close for which a TCP flow goes on.
    pub linger_seconds: u32,
    /// What tells flows apart.
    pub key: KeyRule,
    /// Payload bytes of each direction whose values are counted.
    pub content_bytes: u32,
    /// Flows kept, open and ended together.
    pub max_flows: u32,
    /// Bytes of memory for flows, open and ended together, as [`Table::bytes`] estimates them.
    pub max_bytes: u64,
}

impl Limits {
    /// Those of the settings, with so many bytes of memory.
    #[must_use]
    pub fn of(settings: &Settings, max_bytes: u64) -> Self {
        Self {
            idle_seconds: settings.idle_timeout,
            active_seconds: settings.active_timeout,
            linger_seconds: settings.close_linger,
            key: KeyRule::of(settings),
            content_bytes: settings.content_bytes,
            max_flows: settings.max_flows,
            max_bytes,
        }
    }
}

/// Bytes that a flow costs from its beginning to the end of the run: its record and its history, and what its hosts and
/// the detection need for it when the reading is over.
pub const FLOW_BYTES: u64 = 600 + 48 + 576;
/// Bytes that an open flow costs beside its byte counts: itself, its entry in the index, and what the index needs while
/// it grows.
const OPEN_BYTES: u64 = 344 + 80;
/// Bytes that an open flow may come to need for its record: they are set aside until it ends.
const GROWTH_BYTES: u64 = (Sparse::<Direction>::HEAP_BYTES + Sparse::<Stream>::HEAP_BYTES) as u64;

// The same on every target, so that every target refuses the same flows; and no target may need more.
const _: () = assert!(size_of::<FlowRecord>() <= 600);
const _: () = assert!(size_of::<Option<OpenFlow>>() <= 344);
const _: () = assert!(size_of::<Entry>() <= 16);
const _: () = assert!(align_of::<FlowRecord>() <= 8 && align_of::<OpenFlow>() <= 8);
const _: () = assert!(size_of::<Direction>() <= 224 && size_of::<Stream>() <= 96);

/// Tracks flows. What becomes of a packet follows from the packets of its own key before it, whatever others come
/// between, as long as the table is not full.
///
/// **When a flow ends** with the first packet of its key that is more than the idle timeout later than its latest packet
/// or earlier than its first, or more than the active timeout later than its first; that is TCP and more than the linger later than its close; or
/// that is the SYN of another connection after its close. Time is the capture's own.
///
/// **Memory** at most `max_bytes`, estimated by constants: 1.2 kB a flow, of which half is only needed after the reading,
/// 0.9 kB more from its second packet on, 0.8 to 3 kB while it is open, up to 100 kB more while its first messages are
/// read, and what those said.
#[derive(Debug)]
pub struct Table {
    idle_ns: u64,
    active_ns: u64,
    linger_ns: u64,
    key_rule: KeyRule,
    content_bytes: u32,
    max_flows: u64,
    max_bytes: u64,
    hash: Keyed,
    index: HashTable<Entry>,
    open: Chunked<Option<OpenFlow>>,
    free: Vec<usize>,
    /// Of all flows, in order of their first packets.
    records: Chunked<FlowRecord>,
    extras: Extras,
    overflow: Overflow,
    reserved: u64,
    entropy: EntropyTable,
    /// Of the present file.
    clock: Option<Timestamp>,
    last_sweep: Option<Timestamp>,
    /// Whether flows that are over stay open for now.
    is_held: bool,
    /// Of all packets.
    latest: Option<Timestamp>,
}

mod absorb;
mod extras;

use extras::Extras;

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
            linger_ns: ns(limits.linger_seconds),
            key_rule: limits.key,
            content_bytes: limits.content_bytes,
            max_flows: u64::from(limits.max_flows),
            max_bytes: limits.max_bytes,
            hash: Keyed::new(seed),
            index: HashTable::new(),
            open: Chunked::default(),
            free: Vec::new(),
            records: Chunked::default(),
            extras: Extras::default(),
            overflow: Overflow::default(),
            reserved: 0,
            entropy: EntropyTable::default(),
            clock: None,
            last_sweep: None,
            is_held: false,
            latest: None,
        }
    }

    /// The packets that come next are of another file: each has a clock of its own.
    pub fn begin_file(&mut self) {
        (self.clock, self.last_sweep) = (None, None);
    }

    /// Flows begun so far.
    #[must_use]
    pub fn flows(&self) -> u64 {
        count(self.records.len())
    }

    /// Bytes of memory that the flows need until the end of the run, estimated.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.fixed_bytes() + self.extras.bytes
    }

    fn fixed_bytes(&self) -> u64 {
        let open = count(self.open.len() - self.free.len());
        let open = count(self.open.len()) * OPEN_BYTES + open * GROWTH_BYTES;
        count(self.records.len()) * FLOW_BYTES + open + self.reserved
    }

    /// Sets bytes aside that something else holds for now.
    pub(crate) fn reserve(&mut self, bytes: u64) {
        self.reserved = bytes;
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
        self.extras.uncounted
    }

    /// Flows whose payload was not looked into to the end for want of memory: their records may lack something.
    #[must_use]
    pub fn given_up_inspections(&self) -> u64 {
        self.extras.uninspected
    }

    /// Flows of two packets or more that were not measured beyond their counts for want of memory.
    #[must_use]
    pub fn unmeasured(&self) -> u64 {
        self.extras.unmeasured
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
        let (key, is_low) = Key::of(packet, self.key_rule);
        let hash = self.hash.hash_one(key);
        let mut ended = None;
        if let Some(slot) = self.find(hash, &key) {
            match self.ends_before(slot, is_low, packet) {
                None => return self.join(slot, is_low, packet),
                Some(reason) => ended = self.end(slot, hash, reason),
            }
        }
        if self.begin(hash, key, is_low, packet) {
            return Some(None);
        }
        self.overflow.add(packet);
        if let Some(record) = ended.and_then(|place| self.records.get_mut(place)) {
            record.end = EndReason::TableFull;
        }
        None
    }

    /// Adds a packet to an open flow.
    fn join(&mut self, slot: usize, is_low: bool, packet: &Packet<'_>) -> Option<Option<u64>> {
        let budget = self.max_bytes.saturating_sub(self.fixed_bytes());
        let flow = self.open.get_mut(slot)?.as_mut()?;
        let record = self.records.get_mut(flow.record)?;
        let gap = self.extras.add((flow, record), is_low, packet, budget);
        self.extras.look_into((flow, record), is_low, packet, (self.content_bytes, budget));
        Some(Some(gap))
    }

    fn find(&self, hash: u64, key: &Key) -> Option<usize> {
        let is_it = |entry: &Entry| {
            // Another's flow is not even looked at: it would have to come from memory.
            entry.hash == hash
                && self.open.get(slot_of(entry)).and_then(Option::as_ref).is_some_and(|flow| flow.key == *key)
        };
        self.index.find(hash, is_it).map(slot_of)
    }

    /// Begins a flow, where the table has room for one.
    fn begin(&mut self, hash: u64, key: Key, is_low: bool, packet: &Packet<'_>) -> bool {
        let costs = FLOW_BYTES + GROWTH_BYTES + if self.free.is_empty() { OPEN_BYTES } else { 0 };
        if self.flows() >= self.max_flows || self.room() < costs {
            return false;
        }
        let place = self.records.push(record_of(packet));
        let mut flow = OpenFlow::begin(key, is_low, place, packet);
        let budget = self.max_bytes.saturating_sub(self.fixed_bytes() + costs - FLOW_BYTES);
        if let Some(record) = self.records.get_mut(place) {
            self.extras.begin((&mut flow, record), is_low, packet);
            self.extras.look_into((&mut flow, record), is_low, packet, (self.content_bytes, budget));
        }
        let slot = self.place(flow);
        let entry = Entry { hash, slot: u32::try_from(slot).unwrap_or(u32::MAX) };
        self.index.insert_unique(hash, entry, |entry| entry.hash);
        true
    }

    /// Puts an open flow where there is a place; returns it.
    fn place(&mut self, flow: OpenFlow) -> usize {
        match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.open.get_mut(slot) {
                    *place = Some(flow);
                }
                slot
            }
            None => self.open.push(Some(flow)),
        }
    }

    /// Why the flow ends before this packet of its own key, if it does.
    fn ends_before(&self, slot: usize, is_low: bool, packet: &Packet<'_>) -> Option<EndReason> {
        let flow = self.open.get(slot)?.as_ref()?;
        let record = self.records.get(flow.record)?;
        // A clock that was set back begins another flow as one that was set forward does.
        if packet.ts.since(record.last_ts).max(record.first_ts.since(packet.ts)) > self.idle_ns {
            return Some(EndReason::Idle);
        }
        if packet.ts.since(record.first_ts) > self.active_ns {
            return Some(EndReason::Active);
        }
        let closed = flow.tcp.closed()?;
        let begins = |t: crate::packet::Tcp| {
            let others = TcpFlags::ACK | TcpFlags::FIN | TcpFlags::RST;
            let is_syn = t.flags.has(TcpFlags::SYN) && t.flags.0 & others == 0;
            is_syn && flow.tcp.is_other_syn(t.seq, flow.is_from_orig(is_low))
        };
        let is_over = packet.ts.since(closed) > self.linger_ns || packet.tcp.is_some_and(begins);
        // The flow's own reason takes the place of this one.
        is_over.then_some(EndReason::Fin)
    }

    /// Ends a flow; returns the place of its record.
    fn end(&mut self, slot: usize, hash: u64, reason: EndReason) -> Option<usize> {
        let flow = self.open.get_mut(slot).and_then(Option::take)?;
        if let Ok(entry) = self.index.find_entry(hash, |entry| slot_of(entry) == slot) {
            entry.remove();
        }
        self.free.push(slot);
        self.extras.bytes -= flow.heap_bytes();
        let place = flow.record;
        let record = self.records.get_mut(place)?;
        let before = application_bytes(record);
        flow.finish(record, reason, &self.entropy);
        let kept = |is_kept: bool, bytes: usize| if is_kept { bytes } else { 0 };
        self.extras.bytes += application_bytes(record) - before;
        self.extras.bytes += count(
            kept(record.resp.is_kept(), Sparse::<Direction>::HEAP_BYTES)
                + kept(record.stream.is_kept(), Sparse::<Stream>::HEAP_BYTES),
        );
        Some(place)
    }

    /// Moves the clock and, twice an idle timeout, ends the flows that are over: that frees their byte counts. The
    /// clock is the latest time stamp of the file, which one wrong stamp cannot move by more than the idle timeout.
    fn advance(&mut self, ts: Timestamp) {
        self.latest = Some(self.latest.map_or(ts, |latest| latest.max(ts)));
        let clock = self.clock_at(ts);
        self.clock = Some(clock);
        let last = *self.last_sweep.get_or_insert(clock);
        if clock.since(last) >= self.idle_ns / 2 && !self.is_held {
            self.last_sweep = Some(clock);
            self.sweep(clock);
        }
    }

    /// Where a packet moves the clock to.
    pub(crate) fn clock_at(&self, ts: Timestamp) -> Timestamp {
        let idle = i64::try_from(self.idle_ns).unwrap_or(i64::MAX);
        self.clock.map_or(ts, |now| ts.min(Timestamp(now.0.saturating_add(idle))).max(now))
    }

    /// Moves the clock by a packet that is not for this table now.
    pub(crate) fn tick(&mut self, ts: Timestamp) {
        self.advance(ts);
    }

    /// How late a packet may be without meeting a flow that was swept away too early.
    pub(crate) fn slack_ns(&self) -> u64 {
        self.idle_ns / 4
    }

    /// From now on no flow is swept away, or flows are again: packets that come meanwhile may not be all there were.
    pub(crate) fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    /// Sweeps once more as it was swept last: flows came that had not been there.
    pub(crate) fn sweep_again(&mut self) {
        if let Some(clock) = self.last_sweep {
            self.sweep(clock);
        }
    }

    #[inline(never)]
    fn sweep(&mut self, clock: Timestamp) {
        let (wait, linger) = (self.idle_ns + self.slack_ns(), self.linger_ns + self.slack_ns());
        for slot in 0..self.open.len() {
            let Some(flow) = self.open.get(slot).and_then(Option::as_ref) else { continue };
            let last = self.records.get(flow.record).map(|record| record.last_ts);
            let is_over = last.is_some_and(|last| clock.since(last) > wait)
                || flow.tcp.closed().is_some_and(|closed| clock.since(closed) > linger);
            if is_over {
                let hash = self.hash.hash_one(flow.key);
                self.end(slot, hash, EndReason::Idle);
            }
        }
    }

    /// Ends all flows; returns them in order of their first packets, and what found no place.
    #[must_use]
    pub fn finish(mut self) -> (Chunked<FlowRecord>, report::Overflow) {
        let latest = self.latest.unwrap_or_default();
        for slot in 0..self.open.len() {
            let Some(flow) = self.open.get_mut(slot).and_then(Option::take) else { continue };
            if let Some(record) = self.records.get_mut(flow.record) {
                let is_idle = latest.since(record.last_ts) > self.idle_ns;
                let reason = if is_idle { EndReason::Idle } else { EndReason::EndOfCapture };
                flow.finish(record, reason, &self.entropy);
            }
        }
        let Self { mut records, open, index, overflow, .. } = self;
        drop((open, index));
        let overflow = overflow.into_report();
        records.sort_by_cached_key(|r| r.first_packet);
        for record in &mut records {
            let first = record.first_ts.0.cast_unsigned() ^ record.first_packet.rotate_left(32);
            record.uid = mix64(record.uid ^ first);
        }
        (records, overflow)
    }
}

fn slot_of(entry: &Entry) -> usize {
    usize::try_from(entry.slot).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
