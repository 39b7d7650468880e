//! Traffic in equal bins of time, whose width follows the capture's length.

use std::collections::BTreeMap;

use crate::chunked::Chunked;
use crate::report::{Bucket, Fields, FlowRecord, PROTO_NAMES, Proto, Timeline, TimelineProtocol, proto_place};
use crate::units::{NS_PER_SEC, Timestamp, seconds};

/// Most bins; when there are more, each two become one.
const MAX_BINS: i64 = 300;
/// Width of a bin at first: 10 ms.
const FIRST_WIDTH_NS: i64 = NS_PER_SEC / 100;

/// Protocols told apart; what is none of them was not decoded.
const PROTOS: usize = PROTO_NAMES.len();
/// What packets are called that were not decoded.
const UNDECODED: &str = "undecoded";

/// What falls into a bin: everything, and of it what was decoded, by protocol.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    all: Bucket,
    protos: [Bucket; PROTOS],
}

impl Bin {
    fn merge(&mut self, other: &Self) {
        self.all.merge(&other.all);
        for (sum, more) in self.protos.iter_mut().zip(&other.protos) {
            sum.merge(more);
        }
    }

    /// What is of no protocol.
    fn undecoded(&self) -> Bucket {
        self.protos.iter().fold(self.all, |rest, of| Bucket {
            packets: rest.packets.saturating_sub(of.packets),
            bytes: rest.bytes.saturating_sub(of.bytes),
        })
    }
}

/// A bin that is being counted.
#[derive(Debug)]
struct Current {
    bin: i64,
    /// Its times: a packet of the same bin is told without a division.
    first_ns: i64,
    last_ns: i64,
    counts: Bin,
}

/// Counts packets and bytes by time. Bins are aligned to the epoch, so the order of packets does not matter.
#[derive(Debug)]
pub(super) struct TimelineBuilder {
    width_ns: i64,
    bins: BTreeMap<i64, Bin>,
    /// The bin counted last, kept out of the map while packets keep falling into it.
    current: Option<Current>,
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
        if let Some(bin) = self.bin(ts) {
            bin.all.merge(&Bucket { packets, bytes });
        }
    }

    /// Says of what protocol packets of one time are, which were counted before or will be.
    #[inline]
    pub(super) fn add_proto(&mut self, ts: Timestamp, proto: Proto, packets: u64, bytes: u64) {
        if let Some(sum) = self.bin(ts).and_then(|bin| bin.protos.get_mut(proto_place(proto))) {
            sum.merge(&Bucket { packets, bytes });
        }
    }

    /// The bin of a time, which becomes the current one.
    #[inline]
    fn bin(&mut self, ts: Timestamp) -> Option<&mut Bin> {
        if self.current.as_ref().is_none_or(|current| ts.0 < current.first_ns || ts.0 > current.last_ns) {
            self.turn_to(ts);
        }
        self.current.as_mut().map(|current| &mut current.counts)
    }

    /// Makes the bin of a time the current one.
    #[inline(never)]
    fn turn_to(&mut self, ts: Timestamp) {
        self.store();
        let (bin, since) = (ts.0.div_euclid(self.width_ns), ts.0.rem_euclid(self.width_ns));
        let first_ns = ts.0.saturating_sub(since);
        let last_ns = ts.0.saturating_add(self.width_ns - 1 - since);
        self.current = Some(Current { bin, first_ns, last_ns, counts: Bin::default() });
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
        let current = other.current.iter().map(|current| (&current.bin, &current.counts));
        for (bin, counts) in other.bins.iter().chain(current) {
            self.bins.entry(bin.div_euclid(ratio.max(1))).or_default().merge(counts);
        }
        self.fit();
    }

    fn store(&mut self) {
        if let Some(Current { bin, counts, .. }) = self.current.take() {
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
        let mut wider: BTreeMap<i64, Bin> = BTreeMap::new();
        for (bin, counts) in &self.bins {
            wider.entry(bin.div_euclid(2)).or_default().merge(counts);
        }
        self.bins = wider;
    }

    /// The timeline with the beginnings of these flows; anomalies and findings still 0.
    pub(super) fn build(mut self, flows: &Chunked<FlowRecord>) -> Timeline {
        self.store();
        let (Some((&first, _)), Some((&last, _))) = (self.bins.first_key_value(), self.bins.last_key_value()) else {
            return Timeline::default();
        };
        let none = Bin::default();
        let bins: Vec<&Bin> = (first..=last).map(|bin| self.bins.get(&bin).unwrap_or(&none)).collect();
        let begun = Begun::count(flows, bins.len(), |ts| {
            usize::try_from(ts.0.div_euclid(self.width_ns).saturating_sub(first)).ok()
        });
        let part = |name: &str, flows: Option<&Vec<u64>>, of: &dyn Fn(&Bin) -> Bucket| TimelineProtocol {
            name: name.to_owned(),
            packets: bins.iter().map(|bin| of(bin).packets).collect(),
            bytes: bins.iter().map(|bin| of(bin).bytes).collect(),
            flows: flows.cloned().unwrap_or_default(),
        };
        let decoded = PROTO_NAMES.iter().enumerate().map(|(place, name)| {
            part(name, begun.protos.get(place), &|bin| bin.protos.get(place).copied().unwrap_or_default())
        });
        let undecoded = std::iter::once_with(|| part(UNDECODED, Some(&begun.unknown), &Bin::undecoded));
        let is_there = |p: &TimelineProtocol| p.packets.iter().chain(&p.flows).any(|n| *n > 0);
        Timeline {
            start: Some(Timestamp(first.saturating_mul(self.width_ns))),
            bin_seconds: seconds(self.width_ns.unsigned_abs()),
            packets: bins.iter().map(|bin| bin.all.packets).collect(),
            bytes: bins.iter().map(|bin| bin.all.bytes).collect(),
            protocols: decoded.chain(undecoded).filter(is_there).collect(),
            flows: begun.all,
            anomalies: vec![0; bins.len()],
            findings: vec![0; bins.len()],
        }
    }
}

/// Flows by the bin that they begin in.
struct Begun {
    all: Vec<u64>,
    protos: [Vec<u64>; PROTOS],
    /// Of tables that do not say the protocol.
    unknown: Vec<u64>,
}

impl Begun {
    fn count(flows: &Chunked<FlowRecord>, bins: usize, bin_of: impl Fn(Timestamp) -> Option<usize>) -> Self {
        let mut begun =
            Self { all: vec![0; bins], protos: std::array::from_fn(|_| vec![0; bins]), unknown: vec![0; bins] };
        for flow in flows.iter().filter(|flow| flow.knows(Fields::TIME)) {
            let Some(bin) = bin_of(flow.first_ts) else { continue };
            let of = begun.protos.get_mut(proto_place(flow.proto)).filter(|_| flow.knows(Fields::PROTO));
            for counts in [&mut begun.all, of.unwrap_or(&mut begun.unknown)] {
                if let Some(n) = counts.get_mut(bin) {
                    *n += 1;
                }
            }
        }
        begun
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
            let t = forwards.build(&Chunked::default());
            assert_eq!(t, backwards.build(&Chunked::default()));
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
                assert_eq!(
                    (first.span(), first.build(&Chunked::default())),
                    (whole.span(), whole.build(&Chunked::default())),
                    "{step} {cut}"
                );
            }
        }
    }

    #[test]
    fn protocols_are_parts_of_the_whole_in_any_order() {
        let mut forwards = TimelineBuilder::default();
        let mut backwards = TimelineBuilder::default();
        let proto =
            |i: i64| [Proto::TCP, Proto::UDP, Proto::Arp, Proto::ICMPV6, Proto::ESP][usize::try_from(i % 5).unwrap()];
        for i in 0..1000 {
            let (ts, late) = (Timestamp(i * NS_PER_SEC), Timestamp((999 - i) * NS_PER_SEC));
            forwards.add(ts, 10);
            // What is decoded later than it is read.
            if i % 10 > 0 {
                forwards.add_proto(ts, proto(i), 1, 10);
            }
            backwards.add(late, 10);
        }
        (0..1000).filter(|i| i % 10 > 0).for_each(|i| backwards.add_proto(Timestamp(i * NS_PER_SEC), proto(i), 1, 10));
        let t = forwards.build(&Chunked::default());
        assert_eq!(t, backwards.build(&Chunked::default()));
        let sums: Vec<(&str, u64)> = t.protocols.iter().map(|p| (p.name.as_str(), p.packets.iter().sum())).collect();
        let expected = [("tcp", 100), ("udp", 200), ("icmp", 200), ("arp", 200), ("other", 200), ("undecoded", 100)];
        assert_eq!(sums, expected);
        for (bin, bytes) in t.bytes.iter().enumerate() {
            assert_eq!(t.protocols.iter().map(|p| p.bytes[bin]).sum::<u64>(), *bytes);
        }
    }

    #[test]
    fn holds_at_the_ends_of_time() {
        let mut t = TimelineBuilder::default();
        for ts in [0, i64::MIN, i64::MAX, 5] {
            t.add(Timestamp(ts), 1);
        }
        assert_eq!(t.build(&Chunked::default()).packets.iter().sum::<u64>(), 4);
        assert_eq!(TimelineBuilder::default().build(&Chunked::default()), Timeline::default());
    }
}
