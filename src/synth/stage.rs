//! The agenda: whoever is next acts, and puts at most one frame on the wire.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::VecDeque;

use super::Class;
use super::exchange::Spoken;
use super::network::Network;
use super::rng::Rng;

/// Nanoseconds in a microsecond, a millisecond, a second.
pub(super) const US: u64 = 1000;
pub(super) const MS: u64 = 1000 * US;
pub(super) const SEC: u64 = 1000 * MS;

/// Something that acts at given times.
pub(super) trait Source {
    /// Acts at `now`: at most one frame is put into `stage.frame`. Returns when to act again; `None` ends it.
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64>;
}

/// What the sources share.
pub(super) struct Stage {
    pub(super) rng: Rng,
    pub(super) net: Network,
    /// The frame of this step; empty when there is none.
    pub(super) frame: Vec<u8>,
    /// What the frame belongs to.
    pub(super) class: Class,
    /// Frames written so far.
    pub(super) written: u64,
    /// Conversations begun since somebody looked, where that is noted.
    pub(super) spoken: Vec<Spoken>,
    agenda: BinaryHeap<Entry>,
    order: u64,
}

struct Entry {
    at: u64,
    /// Who was entered first acts first: the heap alone would not say.
    order: u64,
    source: Box<dyn Source>,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    /// The heap gives its greatest: the earliest is that.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

impl Stage {
    pub(super) fn new(net: Network, rng: Rng) -> Self {
        let agenda = BinaryHeap::new();
        Self { rng, net, frame: Vec::new(), class: Class::Benign, written: 0, spoken: Vec::new(), agenda, order: 0 }
    }

    pub(super) fn enter(&mut self, at: u64, source: Box<dyn Source>) {
        self.order += 1;
        self.agenda.push(Entry { at, order: self.order, source });
    }

    /// Lets the next source act; returns when it did. `None` when nobody is left.
    pub(super) fn step(&mut self) -> Option<u64> {
        let Entry { at, mut source, .. } = self.agenda.pop()?;
        self.frame.clear();
        if let Some(next) = source.step(at, self) {
            self.enter(next.max(at), source);
        }
        Some(at)
    }
}

/// Frames made beforehand, each some time after the one before.
pub(super) struct Sequence {
    class: Class,
    frames: VecDeque<(u64, Vec<u8>)>,
}

impl Sequence {
    pub(super) fn new(class: Class) -> Self {
        Self { class, frames: VecDeque::new() }
    }

    /// Appends what `build` makes, `gap` after the frame before.
    pub(super) fn then(mut self, gap: u64, build: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut frame = Vec::new();
        build(&mut frame);
        self.frames.push_back((gap, frame));
        self
    }

    /// Enters it to begin at `now`; returns when its last frame goes out.
    pub(super) fn enter(self, now: u64, stage: &mut Stage) -> u64 {
        let first = self.frames.front().map_or(0, |(gap, _)| *gap);
        let end = now + self.frames.iter().map(|(gap, _)| gap).sum::<u64>();
        stage.enter(now + first, Box::new(self));
        end
    }
}

impl Source for Sequence {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        let (_, frame) = self.frames.pop_front()?;
        stage.frame = frame;
        stage.class = self.class;
        self.frames.front().map(|(gap, _)| now + gap)
    }
}
