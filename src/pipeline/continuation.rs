//! What an analysis keeps so that it can be merged behind another: the packets that may belong to the other's flows.

use hashbrown::HashMap;

use crate::capture::{Frame, LinkType};
use crate::chunked::Chunked;
use crate::flow::{Key, KeyRule, Keyed};
use crate::packet::{Decoder, Packet};
use crate::settings::Settings;
use crate::units::{NS_PER_SEC, Timestamp, count};

/// Bytes that a kept packet or frame costs beside its own bytes, and a key.
const ENTRY_BYTES: u64 = 320;
const KEY_BYTES: u64 = 200;
const _: () = assert!(size_of::<Packet<'static>>() + size_of::<Entry>() + 64 <= 320);
const _: () = assert!(2 * size_of::<(Key, Trail)>() <= 200);

/// The beginning of an analysis that continues another.
///
/// **What is kept** Every packet of a key that was first seen in the first idle timeout and a minute: a flow of the part
/// before may go on with it. It is kept until the key is silent for longer than the idle timeout, for then a flow ends
/// whatever came before. IP fragments of the first minute, and what follows them, are kept as frames: the ports may have
/// been in the part before.
///
/// **Memory** within the budget of the flow table.
#[derive(Debug)]
pub(super) struct Continuation {
    key_rule: KeyRule,
    idle_ns: u64,
    begin: Option<Timestamp>,
    keys: HashMap<Key, Trail, Keyed>,
    /// Latest of the frames that wait: each may be a packet of any key.
    waiting: Option<Timestamp>,
    entries: Chunked<Entry>,
    bytes: u64,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is kept.
    Kept,
    /// It passes on: no flow from before can have it.
    Passed,
    /// It would be kept, but is so late that its flow may be over in one table and not in another.
    TooLate,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trail {
    /// Its packets are kept; the latest of them.
    Kept(Timestamp),
    /// They were kept, until a flow began at this time that no earlier packet can belong to.
    Left(Timestamp),
}

/// A kept packet or frame.
#[derive(Debug)]
pub(super) enum Entry {
    Packet(Box<Packet<'static>>, Box<[u8]>),
    Frame(Box<Kept>),
}

/// A frame with its own bytes.
#[derive(Debug)]
pub(super) struct Kept {
    number: u64,
    offset: u64,
    ts: Timestamp,
    original_len: u32,
    link_type: LinkType,
    data: Box<[u8]>,
}

impl Kept {
    /// The frame, its number `before` higher.
    pub(super) fn frame(&self, before: u64) -> Frame<'_> {
        Frame {
            number: self.number + before,
            offset: self.offset,
            ts: self.ts,
            original_len: self.original_len,
            link_type: self.link_type,
            data: &self.data,
            interface: 0,
            comment: None,
        }
    }
}

impl Continuation {
    pub(super) fn new(settings: &Settings, seed: [u64; 2]) -> Self {
        Self {
            key_rule: KeyRule::of(settings),
            idle_ns: u64::from(settings.idle_timeout) * NS_PER_SEC.unsigned_abs(),
            begin: None,
            keys: HashMap::with_hasher(Keyed::new(seed)),
            waiting: None,
            entries: Chunked::default(),
            bytes: 0,
        }
    }

    /// Notes the time of the first frame.
    pub(super) fn begin(&mut self, ts: Timestamp) -> Timestamp {
        *self.begin.get_or_insert(ts)
    }

    pub(super) fn begun(&self) -> Option<Timestamp> {
        self.begin
    }

    /// Up to when a key that was not seen before may continue a flow.
    fn window(&self) -> Timestamp {
        let ns = i64::try_from(self.idle_ns).unwrap_or(i64::MAX).saturating_add(reach());
        Timestamp(self.begin.unwrap_or_default().0.saturating_add(ns))
    }

    /// The latest time at which packets that are not kept here may have passed before, so that no flow here is theirs.
    pub(super) fn settled(&self) -> Timestamp {
        Timestamp(self.begin.unwrap_or_default().0.saturating_add(reach()))
    }

    /// What becomes of a packet. `is_open`: whether its key has a flow here already. `clock` is the file's.
    pub(super) fn fate(
        &mut self,
        packet: &Packet<'_>,
        is_open: impl FnOnce(&Key) -> bool,
        clock: Timestamp,
        slack_ns: u64,
    ) -> Fate {
        let (key, _) = Key::of(packet, self.key_rule);
        if is_open(&key) {
            self.leave(&key, packet.ts);
            return Fate::Passed;
        }
        let window = self.window();
        let is_kept = match self.keys.get_mut(&key) {
            Some(Trail::Left(_)) => false,
            Some(trail @ Trail::Kept(_)) => {
                let last = if let Trail::Kept(last) = *trail { last } else { packet.ts };
                let is_over = packet.ts.since(self.waiting.map_or(last, |waiting| waiting.max(last))) > self.idle_ns;
                *trail = if is_over { Trail::Left(packet.ts) } else { Trail::Kept(last.max(packet.ts)) };
                !is_over
            }
            None if packet.ts > window && self.waiting.is_none_or(|ts| packet.ts.since(ts) > self.idle_ns) => false,
            None => {
                self.keys.insert(key, Trail::Kept(packet.ts));
                self.bytes += KEY_BYTES;
                true
            }
        };
        match is_kept {
            false => Fate::Passed,
            true if clock.since(packet.ts) > slack_ns => Fate::TooLate,
            true => Fate::Kept,
        }
    }

    /// Keeps a packet.
    pub(super) fn keep(&mut self, packet: &Packet<'_>) {
        let payload: Box<[u8]> = packet.payload.into();
        self.bytes += ENTRY_BYTES + count(payload.len());
        let rest = Packet { payload: &[], ..*packet };
        self.entries.push(Entry::Packet(Box::new(without_payload(&rest)), payload));
    }

    /// Keeps a frame that cannot be decoded yet.
    pub(super) fn keep_frame(&mut self, frame: &Frame<'_>) {
        self.bytes += ENTRY_BYTES + KEY_BYTES + count(frame.data.len());
        self.waiting = self.waiting.max(Some(frame.ts));
        self.entries.push(Entry::Frame(Box::new(Kept {
            number: frame.number,
            offset: frame.offset,
            ts: frame.ts,
            original_len: frame.original_len,
            link_type: frame.link_type,
            data: frame.data.into(),
        })));
    }

    /// Bytes of memory held.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn take_entries(&mut self) -> Chunked<Entry> {
        std::mem::take(&mut self.entries)
    }

    /// What is known of a key.
    pub(super) fn trail(&self, key: &Key) -> Option<Trail> {
        self.keys.get(key).copied()
    }

    /// Every key.
    pub(super) fn trails(&self) -> impl Iterator<Item = (&Key, &Trail)> {
        self.keys.iter()
    }

    /// Notes that a flow of the key began here that no earlier packet can belong to; whether that is so.
    pub(super) fn leave(&mut self, key: &Key, first: Timestamp) -> bool {
        match self.keys.get_mut(key) {
            Some(trail) => {
                let Trail::Kept(last) = *trail else { return true };
                *trail = Trail::Left(first);
                first.since(last) > self.idle_ns
            }
            None => true,
        }
    }
}

/// Fragments may wait for each other twice their lifetime.
fn reach() -> i64 {
    i64::try_from(2 * Decoder::FRAGMENT_LIFETIME_NS).unwrap_or(i64::MAX)
}

/// The packet without its payload, which is kept apart.
fn without_payload(packet: &Packet<'_>) -> Packet<'static> {
    let Packet {
        number,
        ts,
        wire_len,
        src,
        dst,
        src_port,
        dst_port,
        proto,
        vlan,
        offset,
        tunnel,
        ip_bytes,
        header_len,
        ttl,
        tcp,
        has_bad_checksum,
        payload_len,
        payload: _,
    } = *packet;
    Packet {
        number,
        ts,
        wire_len,
        src,
        dst,
        src_port,
        dst_port,
        proto,
        vlan,
        offset,
        tunnel,
        ip_bytes,
        header_len,
        ttl,
        tcp,
        has_bad_checksum,
        payload_len,
        payload: &[],
    }
}
