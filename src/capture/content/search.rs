//! Going on after damage: looking for the next records that follow each other plausibly.

use super::super::Stop;
use super::super::chain::Verdict;
use super::Content;
use crate::error::Position;
use crate::report::Reason;
use crate::units::count;

/// Bytes that a search takes at once, and after how many given up it drops them.
const SEARCH_PIECE: usize = 4_096;
const SEARCH_KEPT: usize = 1 << 16;

/// A search in progress.
#[derive(Debug)]
pub(super) struct Search {
    /// The damage that it began at.
    pub(super) stop: Stop,
    /// Bytes that were looked at, given up and dropped.
    passed: u64,
    /// The place in the kept bytes to look at next.
    next: usize,
}

/// The first damage after which reading went on.
#[derive(Debug)]
pub(super) struct Damage {
    pub(super) stop: Stop,
    pub(super) offset: u64,
    skipped: u64,
}

impl Damage {
    /// What was damaged, how much was skipped, and what ended the reading after all.
    pub(super) fn message(self, last: Option<Stop>) -> String {
        let skipped = format!("{}; {} bytes were skipped and reading went on", self.stop.message, self.skipped);
        match last {
            None => skipped,
            Some(stop) => format!("{skipped}; then {}", stop.message),
        }
    }
}

impl Content {
    /// Ends the reading here, or begins to look for records after the damage.
    pub(super) fn halt(&mut self, stop: Stop) {
        let is_damage = matches!(stop.reason, Reason::BadLength | Reason::BadBlock | Reason::BadByteOrder);
        if self.limits.resync && is_damage && self.format.can_be_found_again() {
            self.search = Some(Search { stop, passed: 0, next: 1 });
        } else {
            self.stop = Some(stop);
        }
    }

    /// Goes on with the search for plausible records; the rest of the bytes when it is over.
    pub(super) fn look_on<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (now, rest) = bytes.split_at(SEARCH_PIECE.min(bytes.len()));
        self.carry.extend_from_slice(now);
        self.must_replay = self.look(false);
        rest
    }

    /// Looks for plausible records in the carry. Whether they were found: then the carry starts with them.
    pub(super) fn look(&mut self, is_end: bool) -> bool {
        let Some(search) = &mut self.search else { return false };
        loop {
            let rest = self.carry.get(self.carry_start + search.next..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            match self.format.follows(rest, is_end) {
                Verdict::Yes => {
                    let skipped = search.passed + count(search.next);
                    self.carry_start += search.next;
                    self.account.skipped_bytes += skipped;
                    let at = Position { packet: self.first_number + self.account.packets, byte: self.offset };
                    self.oddities.add("resynced", "Damaged bytes were skipped up to the next plausible records.", at);
                    let damage = Damage { stop: search.stop.clone(), offset: self.offset, skipped: 0 };
                    self.damage.get_or_insert(damage).skipped += skipped;
                    self.offset += skipped;
                    self.search = None;
                    return true;
                }
                Verdict::No => search.next += 1,
                Verdict::Unknown => break,
            }
        }
        let passed = self.carry_start + search.next;
        if passed > SEARCH_KEPT && passed > self.carry.len() / 2 {
            self.carry.drain(..passed.min(self.carry.len()));
            search.passed += count(search.next);
            search.next = 0;
            self.carry_start = 0;
        }
        false
    }
}
