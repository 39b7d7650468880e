//! Traffic in equal bins of time, whose width follows the capture's length.

use std::collections::BTreeMap;

use crate::report::{Bucket, Timeline};
use crate::units::{NS_PER_SEC, Timestamp, seconds};

/// Most bins; when there are more, each two become one.
const MAX_BINS: i64 = 300;
/// Width of a bin at first: 10 ms.
const FIRST_WIDTH_NS: i64 = NS_PER_SEC / 100;

/// Counts packets and bytes by time. Bins are aligned to the epoch, so the order of packets does not matter.
#[derive(Debug)]
pub(super) struct TimelineBuilder {
    width_ns: i64,
    bins: BTreeMap<i64, Bucket>,
    /// The bin counted last, kept out of the map while packets keep falling into it.
    current: Option<(i64, Bucket)>,
    span: Option<(Timestamp, Timestamp)>,
}

impl Default for TimelineBuilder {
    fn default() -> Self {
        Self { width_ns: FIRST_WIDTH_NS, bins: BTreeMap::new(), current: None, span: None }
    }
}

impl TimelineBuilder {
    /// Counts one packet.
    pub(super) fn add(&mut self, ts: Timestamp, bytes: u64) {
        self.add_all(ts, 1, bytes);
    }

    /// Counts packets of one time.
    #[inline]
    pub(super) fn add_all(&mut self, ts: Timestamp, packets: u64, bytes: u64) {
        let (first, last) = self.span.unwrap_or((ts, ts));
        self.span = Some((first.min(ts), last.max(ts)));
        let bin = ts.0.div_euclid(self.width_ns);
        if self.current.is_none_or(|(current, _)| bin != current) {
            self.store();
            self.current = Some((ts.0.div_euclid(self.width_ns), Bucket::default()));
        }
        if let Some((_, counts)) = &mut self.current {
            counts.merge(&Bucket { packets, bytes });
        }
    }

    /// Earliest and latest time.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.span
    }

    /// Adds another's counts.
    pub(super) fn merge(&mut self, other: &Self) {
        self.store();
        let Some((first, last)) = other.span else { return };
        let (ours_first, ours_last) = self.span.unwrap_or((first, last));
        self.span = Some((ours_first.min(first), ours_last.max(last)));
        while self.width_ns < other.width_ns {
            self.widen();
        }
        // Both are powers of two times the same.
        let ratio = self.width_ns / other.width_ns.max(1);
        let current = other.current.iter().map(|(bin, counts)| (bin, counts));
        for (bin, counts) in other.bins.iter().chain(current) {
            self.bins.entry(bin.div_euclid(ratio.max(1))).or_default().merge(counts);
        }
        self.fit();
    }

    fn store(&mut self) {
        if let Some((bin, counts)) = self.current.take() {
            self.bins.entry(bin).or_default().merge(&counts);
        }
        self.fit();
    }

    /// Widens the bins until there are few enough.
    fn fit(&mut self) {
        if let Some((first, last)) = self.span {
            while last.0.div_euclid(self.width_ns) - first.0.div_euclid(self.width_ns) >= MAX_BINS {
                self.widen();
            }
        }
    }

    fn widen(&mut self) {
        self.width_ns *= 2;
        let mut wider: BTreeMap<i64, Bucket> = BTreeMap::new();
        for (bin, counts) in &self.bins {
            wider.entry(bin.div_euclid(2)).or_default().merge(counts);
        }
        self.bins = wider;
    }

    /// The timeline, anomalies still 0.
    pub(super) fn build(mut self) -> Timeline {
        self.store();
        let (Some((&first, _)), Some((&last, _))) = (self.bins.first_key_value(), self.bins.last_key_value()) else {
            return Timeline::default();
        };
        let of = |bin| self.bins.get(&bin).copied().unwrap_or_default();
        Timeline {
            start: Some(Timestamp(first.saturating_mul(self.width_ns))),
            bin_seconds: seconds(self.width_ns.unsigned_abs()),
            packets: (first..=last).map(|b| of(b).packets).collect(),
            bytes: (first..=last).map(|b| of(b).bytes).collect(),
            anomalies: (first..=last).map(|_| 0).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_packet_whatever_the_span_and_order() {
        for step in [1, 1_000_000, NS_PER_SEC, 86_400 * NS_PER_SEC, i64::MAX / 2000] {
            let mut forwards = TimelineBuilder::default();
            let mut backwards = TimelineBuilder::default();
            for i in 0..1000 {
                forwards.add(Timestamp(i * step), 10);
                backwards.add(Timestamp((999 - i) * step), 10);
            }
            let t = forwards.build();
            assert_eq!(t, backwards.build());
            assert_eq!((t.packets.iter().sum::<u64>(), t.bytes.iter().sum::<u64>()), (1000, 10_000));
            assert!(t.packets.len() <= 300);
        }
    }

    #[test]
    fn two_halves_are_the_whole() {
        for step in [1, 1_000_000, NS_PER_SEC, 86_400 * NS_PER_SEC, i64::MAX / 2000] {
            for cut in [0, 1, 10, 500, 999, 1000] {
                let mut parts = [TimelineBuilder::default(), TimelineBuilder::default()];
                let mut whole = TimelineBuilder::default();
                for i in 0..1000 {
                    whole.add(Timestamp(i * step), 10);
                    parts[usize::from(i >= cut)].add(Timestamp(i * step), 10);
                }
                let [mut first, second] = parts;
                first.merge(&second);
                assert_eq!((first.span(), first.build()), (whole.span(), whole.build()), "{step} {cut}");
            }
        }
    }

    #[test]
    fn holds_at_the_ends_of_time() {
        let mut t = TimelineBuilder::default();
        for ts in [0, i64::MIN, i64::MAX, 5] {
            t.add(Timestamp(ts), 1);
        }
        assert_eq!(t.build().packets.iter().sum::<u64>(), 4);
        assert_eq!(TimelineBuilder::default().build(), Timeline::default());
    }
}
