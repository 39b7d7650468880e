//! Two analyses to one: `analyse(A ++ B) = merge(analyse(A), analyse(B))`.

use super::Analyzer;
use super::continuation::{Continuation, Entry, Fate, Trail};
use super::sink::Sink;
use crate::capture::{Frame, Oddities};
use crate::chunked::Chunked;
use crate::error::{Error, Result};
use crate::flow::{Key, Table};
use crate::packet::Packet;
use crate::report::Proto;
use crate::settings::Settings;

impl Analyzer {
    /// An analyser of what follows something that another analyses: it can be merged behind that one.
    ///
    /// **Memory** it keeps the packets of its beginning that may belong to flows from before (see [`Analyzer::merge`])
    /// within the budget. Where they do not fit, its own report is still right, and it cannot be merged.
    ///
    /// **Errors** as [`Analyzer::new`].
    pub fn continuation(settings: Settings, hash_seed: [u64; 2]) -> Result<Self> {
        let mut analyzer = Self::new(settings, hash_seed)?;
        analyzer.sink.continuation = Some(Continuation::new(&analyzer.settings, hash_seed));
        Ok(analyzer)
    }

    /// Appends the analysis of the files that follow this one's: the result is what one analyser would have that was
    /// given the files of both, in this order, to the byte. Flows, handshakes, messages and fragmented packets that are
    /// split between the two are put together. `(a merge b) merge c = a merge (b merge c)`.
    ///
    /// **How** `next` has kept the packets that may belong to flows from before: those of keys seen in its first idle
    /// timeout and a minute, until the key is silent for the idle timeout. They pass through this one's flow table; all
    /// other flows of `next` are taken over as they are.
    ///
    /// **Errors** `Merge`, and neither is left, where the result might not be the same: the settings differ; `next` is no
    /// [`Analyzer::continuation`]; a limit was met (`max_memory`, `max_flows`, `max_packet_rows`, fragments, 256 kinds of
    /// undecoded packets); `next` has tables; flows of this one reach more than a minute into `next`, or fragments more
    /// than half a minute; packets at its beginning are later than others by more than a quarter of the idle timeout; or
    /// fragments there, without their first, come after flows of its own or others of their packet.
    pub fn merge(mut self, mut next: Self) -> Result<Self> {
        if self.settings != next.settings {
            return Err(Error::Merge("their settings differ"));
        }
        if self.baseline != next.baseline {
            return Err(Error::Merge("their baselines differ"));
        }
        self.end_file();
        next.end_file();
        let before = self.sink.ledger.packets;
        self.sink.merge(next.sink)?;
        for file in &mut next.files {
            file.shift_packets(before);
        }
        for index in &mut next.index {
            index.first_packet += before;
            index.end_packet += before;
        }
        self.files.append(&mut next.files);
        self.index.append(&mut next.index);
        self.bytes += next.bytes;
        Ok(self)
    }
}

/// A refusal.
fn no<T>(why: &'static str) -> Result<T> {
    Err(Error::Merge(why))
}

impl Sink {
    /// Whether a limit made something depend on what else there was.
    fn is_limited(&self) -> bool {
        self.ledger.untracked.table_full.packets > 0
            || self.ledger.packet_rows_full > 0
            || self.table.has_given_up()
            || self.oddities.count("fragment_table_full") > 0
            || self.oddities.count("arp_senders_full") > 0
            || self.oddities.count("signs_full") > 0
    }

    /// Appends what follows.
    pub(super) fn merge(&mut self, mut next: Self) -> Result<()> {
        if self.original.is_some() || next.original.is_some() {
            return no("flows by the rules of the original CICFlowMeter are not merged");
        }
        let Some(mut log) = next.continuation.take() else { return no(next.refusal) };
        let is_first = self.ledger.packets == 0 && self.tables.is_empty();
        if !next.tables.is_empty() {
            if !is_first {
                return no("tables are not merged");
            }
            self.tables = std::mem::take(&mut next.tables);
        }
        if !is_first && (self.is_limited() || next.is_limited()) {
            return no("a limit was met");
        }
        let before = self.ledger.packets;
        self.table.begin_file();
        if let Some((own, begin)) = self.continuation.as_mut().zip(log.begun()) {
            own.begin(begin);
        }
        if !is_first && log.begun().is_some_and(|begin| self.decoder.overlaps(&next.decoder, begin)) {
            return no("fragments of the first go on for more than half a minute in the second's time");
        }
        self.ledger.merge(&next.ledger);
        // A flow of this one that was swept away by a kept packet could not be seen to reach into those of the other.
        self.table.hold(true);
        self.replay(log.take_entries(), before);
        self.check(&log, &next.table, is_first)?;
        self.table.absorb(next.table, before, is_first).map_err(Error::Merge)?;
        self.table.hold(false);
        self.table.sweep_again();
        for mut row in next.packets {
            row.number += before;
            if self.has_room_for_row() {
                self.push_row(row);
            } else {
                self.ledger.packet_rows_full += 1;
            }
        }
        if !self.decoder.absorb(next.decoder) && !is_first {
            return no("a limit was met");
        }
        if !self.arp.merge(&next.arp) {
            return no("a limit was met");
        }
        if !self.signs.merge(&next.signs) {
            return no("a limit was met");
        }
        self.timeline.merge(&next.timeline);
        self.links.merge(&next.links);
        if !self.undecoded.merge(&next.undecoded) {
            return no("there are more kinds of undecoded packets than are told apart");
        }
        self.oddities.append(&next.oddities, before);
        if !is_first && (self.is_limited() || !self.table.is_within_limits()) {
            return no("a limit was met");
        }
        Ok(())
    }

    /// Passes kept packets and frames on, in their order, with their numbers in the whole.
    fn replay(&mut self, entries: Chunked<Entry>, before: u64) {
        for entry in entries {
            match entry {
                Entry::Packet(packet, payload) => {
                    let number = packet.number + before;
                    self.track(&Packet { number, payload: &payload, ..*packet });
                }
                Entry::Frame(kept) => self.decode(&kept.frame(before)),
            }
        }
    }

    /// Whether none of this one's flows can go on in a flow that the other began on its own.
    fn check(&mut self, log: &Continuation, next: &Table, is_first: bool) -> Result<()> {
        const REACHES: &str = "the first goes on for more than a minute in the second's time";
        if is_first || log.begun().is_none() {
            return Ok(());
        }
        let (settled, idle) = (log.settled(), self.table.idle_ns());
        let reaching = self.table.open_unless(|key, last| match log.trail(key) {
            Some(Trail::Left(first)) => first.since(last) > idle,
            Some(Trail::Kept(kept)) => last <= kept.max(settled),
            None => last <= settled,
        });
        if next.has_flow_of(&reaching) {
            return no(REACHES);
        }
        if let Some(own) = &mut self.continuation {
            for (key, trail) in log.trails() {
                if let Trail::Left(first) = trail
                    && !own.leave(key, *first)
                {
                    return no("flows of the two overlap");
                }
            }
            let is_ahead = |(key, trail): &(&Key, &Trail)| match trail {
                Trail::Kept(last) => log.trail(key).is_none() && *last > settled,
                Trail::Left(_) => false,
            };
            let ahead: Vec<Key> = own.trails().filter(is_ahead).map(|(key, _)| *key).collect();
            if next.has_flow_of(&ahead) {
                return no(REACHES);
            }
        }
        Ok(())
    }
}

/// Why a continuation cannot be merged.
pub(super) const NO_CONTINUATION: &str = "the second is not a continuation";
const NO_ROOM: &str = "the second had no room to keep its beginning";
const PACKET_TOO_LATE: &str =
    "a packet at its beginning is later than the others by more than a quarter of the idle timeout";
const FRAGMENT_TOO_LATE: &str =
    "a fragment at its beginning, without its first, comes after flows of its own or later than what came before";
/// With less room than this nothing more is kept for a merge: a frame is smaller.
const LEAST_ROOM: u64 = 1 << 20;

impl Sink {
    /// Decodes a frame and passes it on.
    pub(super) fn decode(&mut self, frame: &Frame<'_>) {
        let Some(log) = &mut self.continuation else {
            // By reference: a packet is not moved out of its result.
            match &self.decoder.decode(frame, &mut self.oddities) {
                Ok(packet) => self.pass(frame, packet),
                Err(undecoded) => self.count_undecoded(frame, *undecoded),
            }
            return;
        };
        // Oddities of a frame that has to wait are counted when it is decoded at last.
        let mut odd = Oddities::default();
        let begin = log.begin(frame.ts);
        self.decoder.continue_from(begin);
        let decoded = self.decoder.decode(frame, &mut odd);
        if self.decoder.must_wait() {
            let is_late = self.table.clock_at(frame.ts).since(frame.ts) > self.table.slack_ns();
            // A flow that began here may turn out to be the frame's.
            if is_late || self.decoder.waits_late() || self.table.flows() > 0 {
                self.settle_for(FRAGMENT_TOO_LATE);
                return self.decode(frame);
            }
            self.table.tick(frame.ts);
            log.keep_frame(frame);
            self.table.reserve(log.bytes());
            return;
        }
        self.oddities.merge(&odd);
        match decoded {
            Ok(packet) => self.pass(frame, &packet),
            Err(undecoded) => self.count_undecoded(frame, undecoded),
        }
    }

    fn pass(&mut self, frame: &Frame<'_>, packet: &Packet<'_>) {
        if packet.proto == Proto::Arp {
            self.note_arp(frame);
        }
        self.note_signs(frame, Ok(packet));
        self.track(packet);
    }

    /// Keeps the packet for a merge, where that is needed and there is room for it; whether it did.
    pub(super) fn keep(&mut self, packet: &Packet<'_>) -> bool {
        if self.table.room() < LEAST_ROOM {
            self.settle_for(NO_ROOM);
            return false;
        }
        let Self { continuation: Some(log), table, .. } = self else { return false };
        log.begin(packet.ts);
        let slack = table.slack_ns();
        let clock = table.clock_at(packet.ts);
        match log.fate(packet, |key| table.is_open(key), clock, slack) {
            Fate::Passed => false,
            Fate::Kept => {
                table.tick(packet.ts);
                log.keep(packet);
                table.reserve(log.bytes());
                true
            }
            Fate::TooLate => {
                self.settle_for(PACKET_TOO_LATE);
                false
            }
        }
    }

    /// From here on it cannot be merged.
    fn settle_for(&mut self, why: &'static str) {
        let settled = self.settle();
        debug_assert!(settled.is_ok(), "what is merged behind nothing is itself");
        self.refusal = why;
    }

    /// What was kept passes through the flow table after all: nothing came before.
    ///
    /// **Errors** none: what is merged behind nothing is itself.
    pub(super) fn settle(&mut self) -> Result<()> {
        if self.continuation.is_none() {
            return Ok(());
        }
        let nothing = Self::new(&self.settings, self.hash_seed);
        let all = std::mem::replace(self, nothing);
        // It sweeps at last: what was kept did not see all the time that passed, and the packets that come may be late.
        self.merge(all)
    }
}
