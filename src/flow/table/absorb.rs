//! Taking over the flows of a table whose packets follow this one's.

use std::hash::BuildHasher as _;

use super::{Entry, Table, slot_of};
use crate::flow::Key;
use crate::report::EndReason;
use crate::units::Timestamp;

impl Table {
    pub(crate) fn idle_ns(&self) -> u64 {
        self.idle_ns
    }

    /// Whether a flow of the key is open.
    pub(crate) fn is_open(&self, key: &Key) -> bool {
        self.find(self.hash.hash_one(key), key).is_some()
    }

    /// The keys of open flows for which something does not hold, by key and latest packet.
    pub(crate) fn open_unless(&self, holds: impl Fn(&Key, Timestamp) -> bool) -> Vec<Key> {
        let open = |entry| {
            let flow = self.open.get(slot_of(entry)).and_then(Option::as_ref)?;
            let record = self.records.get(flow.record)?;
            (!holds(&flow.key, record.last_ts)).then_some(flow.key)
        };
        self.index.iter().filter_map(open).collect()
    }

    /// Whether it has a flow between the ends of one of these keys.
    pub(crate) fn has_flow_of(&self, keys: &[Key]) -> bool {
        let mut records = (0..self.records.len()).filter_map(|place| self.records.get(place));
        !keys.is_empty() && records.any(|record| keys.iter().any(|key| key.is_of(record)))
    }

    /// Whether memory made something be left out.
    pub(crate) fn has_given_up(&self) -> bool {
        self.extras.has_given_up() || !self.overflow.is_empty()
    }

    /// Whether it holds no more than it may.
    pub(crate) fn is_within_limits(&self) -> bool {
        self.flows() <= self.max_flows && self.bytes() <= self.max_bytes
    }

    /// Takes over the flows of `next`, whose packets are numbered after `before` others. An open flow here of a key that
    /// has one there is over: `is_first` says that there is no need to check that.
    pub(crate) fn absorb(&mut self, mut next: Self, before: u64, is_first: bool) -> Result<(), &'static str> {
        let base = self.records.len();
        let slots: Vec<usize> = next.index.iter().map(slot_of).collect();
        for mut record in std::mem::take(&mut next.records) {
            record.first_packet += before;
            record.last_packet += before;
            self.records.push(record);
        }
        for slot in slots {
            let Some(mut flow) = next.open.get_mut(slot).and_then(Option::take) else { continue };
            flow.record += base;
            let hash = self.hash.hash_one(flow.key);
            if let Some(old) = self.find(hash, &flow.key) {
                let last = self.open.get(old).and_then(Option::as_ref).and_then(|f| self.records.get(f.record));
                let first = self.records.get(flow.record).map(|r| r.first_ts);
                let is_over = last.zip(first).is_some_and(|(old, first)| first.since(old.last_ts) > self.idle_ns);
                if !is_over && !is_first {
                    return Err("a flow of the first goes on in one that the second began");
                }
                self.end(old, hash, EndReason::Idle);
            }
            let slot = self.place(flow);
            let entry = Entry { hash, slot: u32::try_from(slot).unwrap_or(u32::MAX) };
            self.index.insert_unique(hash, entry, |entry| entry.hash);
        }
        self.extras.absorb(&next.extras);
        self.overflow.merge(next.overflow);
        self.latest = self.latest.max(next.latest);
        (self.clock, self.last_sweep) = (next.clock, next.last_sweep);
        Ok(())
    }
}
