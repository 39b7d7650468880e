//! What a timeline counts.

use crate::report::{Timeline, TimelineProtocol};
use crate::units::float;

/// What is drawn over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// Original bytes, as bits a second.
    #[default]
    Bytes,
    /// Packets a second.
    Packets,
    /// Flows that begin, a second.
    Flows,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 3] = [Self::Bytes, Self::Packets, Self::Flows];

    /// Its word: `bytes`, `packets` or `flows`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Packets => "packets",
            Self::Flows => "flows",
        }
    }

    /// The measure of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Bytes => "Traffic",
            Self::Packets => "Packets",
            Self::Flows => "Beginning flows",
        }
    }

    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Bytes => "bit/s",
            Self::Packets => "packets/s",
            Self::Flows => "flows/s",
        }
    }

    pub(super) fn whole(self, timeline: &Timeline) -> &[u64] {
        match self {
            Self::Bytes => &timeline.bytes,
            Self::Packets => &timeline.packets,
            Self::Flows => &timeline.flows,
        }
    }

    pub(super) fn part(self, protocol: &TimelineProtocol) -> &[u64] {
        match self {
            Self::Bytes => &protocol.bytes,
            Self::Packets => &protocol.packets,
            Self::Flows => &protocol.flows,
        }
    }

    /// A bin's count, a second.
    pub(super) fn rate(self, n: u64, bin_seconds: f64) -> f64 {
        let each = if self == Self::Bytes { 8.0 } else { 1.0 };
        float(n) * each / bin_seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_word() {
        assert!(Measure::ALL.into_iter().all(|measure| Measure::named(measure.name()) == Some(measure)));
        assert_eq!(Measure::named("frames"), None);
    }
}
