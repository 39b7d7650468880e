//! Counted oddities: what was strange in the input, how often and where first.

use crate::error::Position;
use crate::report::Warning;
use crate::sort;

/// Collects warnings by kind. The kinds are a fixed list in the code, so the collection is bounded.
#[derive(Debug, Clone, Default)]
pub struct Oddities {
    seen: Vec<Warning>,
}

impl Oddities {
    /// Counts one more of `kind`.
    pub fn add(&mut self, kind: &'static str, message: &'static str, at: Position) {
        match self.seen.iter_mut().find(|w| w.kind == kind) {
            Some(warning) => warning.count += 1,
            None => self.seen.push(Warning { kind, message, count: 1, first: at }),
        }
    }

    /// Counts `count` more of `kind`.
    pub fn add_many(&mut self, kind: &'static str, message: &'static str, count: u64, first: Position) {
        match self.seen.iter_mut().find(|w| w.kind == kind) {
            Some(warning) => warning.count += count,
            None => self.seen.push(Warning { kind, message, count, first }),
        }
    }

    /// Adds another collection's counts; the first place of `self` stays.
    pub fn merge(&mut self, other: &Self) {
        for theirs in &other.seen {
            match self.seen.iter_mut().find(|w| w.kind == theirs.kind) {
                Some(ours) => ours.count += theirs.count,
                None => self.seen.push(theirs.clone()),
            }
        }
    }

    /// How often something was counted.
    #[must_use]
    pub fn count(&self, kind: &str) -> u64 {
        self.seen.iter().find(|w| w.kind == kind).map_or(0, |w| w.count)
    }

    /// Adds the counts of packets that follow `before` others; the first place of both stays.
    pub fn append(&mut self, next: &Self, before: u64) {
        for theirs in &next.seen {
            let mut moved = theirs.clone();
            moved.first.packet += before;
            match self.seen.iter_mut().find(|w| w.kind == theirs.kind) {
                Some(ours) => {
                    ours.count += moved.count;
                    if moved.first.packet < ours.first.packet {
                        ours.first = moved.first;
                    }
                }
                None => self.seen.push(moved),
            }
        }
    }

    /// All warnings, by name.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Warning> {
        sort::by_key(&mut self.seen, |w| w.kind);
        self.seen
    }
}
