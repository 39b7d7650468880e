//! What does not fit into the table: counted by whom it was sent to, and by how many.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hyperloglockless::HyperLogLog;

use super::hash::Keyed;
use crate::packet::Packet;
use crate::report::{Overflow as Report, OverflowBucket, OverflowSum, Proto, TcpFlags};
use crate::units::Timestamp;

/// Buckets kept between two foldings.
const MOST: usize = 2 * Report::BUCKETS;
/// Registers of a sketch are two to the power of this, a byte each: a standard error of 1.04 / sqrt(4096) = 1.6 %. Not 11:
/// there the library's correction (0.5.0) makes 0 of small counts.
const PRECISION: u8 = 12;
/// Seed of the sketches. Fixed, as the estimates are part of the report; who knows it can make himself look fewer, and
/// is still counted to the packet.
const SEED: [u64; 2] = [0x5f10_11ab_1e0f_0f10, 0x0b5e_55ed_5eed_0000];

/// To whom: responder, port (0 for none) and protocol.
type To = (IpAddr, u16, Proto);

/// Packets beyond the table.
///
/// **Memory** at most 256 buckets of two sketches of 4 kB: 2.1 MB.
#[derive(Debug)]
pub(super) struct Overflow {
    hash: Keyed,
    buckets: BTreeMap<To, Bucket>,
    other: Option<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    packets: u64,
    bytes: u64,
    first: Timestamp,
    last: Timestamp,
    originators: HyperLogLog<Keyed>,
    flows: HyperLogLog<Keyed>,
}

impl Default for Overflow {
    fn default() -> Self {
        Self { hash: Keyed::new(SEED), buckets: BTreeMap::new(), other: None }
    }
}

/// Whether a packet without a flow is more likely an answer: a SYN ACK, a reset of nothing known, or from the smaller port.
fn is_answer(packet: &Packet<'_>) -> bool {
    let flags = packet.tcp.map(|t| t.flags);
    if let Some(flags) = flags.filter(|f| f.has(TcpFlags::SYN)) {
        return flags.has(TcpFlags::ACK);
    }
    packet.proto.has_ports() && packet.src_port < packet.dst_port
}

impl Overflow {
    /// Whether nothing is beyond the table.
    pub(super) fn is_empty(&self) -> bool {
        self.buckets.is_empty() && self.other.is_none()
    }

    /// Counts a packet.
    pub(super) fn add(&mut self, packet: &Packet<'_>) {
        let (src, dst) = ((packet.src, packet.src_port), (packet.dst, packet.dst_port));
        let (orig, resp) = if is_answer(packet) { (dst, src) } else { (src, dst) };
        let port = if packet.proto.has_ports() { resp.1 } else { 0 };
        let to = (resp.0, port, packet.proto);
        if self.buckets.len() == MOST && !self.buckets.contains_key(&to) {
            self.fold();
        }
        let hash = self.hash;
        let bucket = self.buckets.entry(to).or_insert_with(|| Bucket::new(hash, packet.ts));
        bucket.packets += 1;
        bucket.bytes += u64::from(packet.wire_len);
        bucket.first = bucket.first.min(packet.ts);
        bucket.last = bucket.last.max(packet.ts);
        let address = words(orig.0);
        bucket.originators.insert(&address);
        bucket.flows.insert(&(address, u64::from(orig.1)));
    }

    /// Adds another's counts.
    pub(super) fn merge(&mut self, other: Self) {
        for (to, bucket) in other.buckets {
            match self.buckets.get_mut(&to) {
                Some(ours) => ours.merge(&bucket),
                None => drop(self.buckets.insert(to, bucket)),
            }
            if self.buckets.len() >= MOST {
                self.fold();
            }
        }
        match (&mut self.other, other.other) {
            (Some(ours), Some(theirs)) => ours.merge(&theirs),
            (ours @ None, theirs) => *ours = theirs,
            (Some(_), None) => {}
        }
    }

    /// Keeps the largest buckets; the others become one.
    fn fold(&mut self) {
        let mut order: Vec<(u64, To)> = self.buckets.iter().map(|(to, b)| (b.packets, *to)).collect();
        order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, to) in order.into_iter().skip(Report::BUCKETS) {
            let Some(bucket) = self.buckets.remove(&to) else { continue };
            match &mut self.other {
                Some(other) => other.merge(&bucket),
                None => self.other = Some(bucket),
            }
        }
    }

    /// The sums, largest first.
    pub(super) fn into_report(mut self) -> Report {
        self.fold();
        let bucket = |((responder, port, proto), bucket): (To, Bucket)| OverflowBucket {
            responder,
            port: proto.has_ports().then_some(port),
            proto,
            sum: bucket.sum(),
        };
        let mut buckets: Vec<OverflowBucket> = self.buckets.into_iter().map(bucket).collect();
        // They are in order of their keys: that decides between equals.
        buckets.sort_by_key(|b| std::cmp::Reverse(b.sum.packets));
        Report { buckets, other: self.other.map(|other| other.sum()) }
    }
}

/// An address as two words, never the same for one of the other version.
fn words(address: IpAddr) -> [u64; 2] {
    match address {
        IpAddr::V4(v4) => [u64::from(v4.to_bits()), u64::MAX],
        IpAddr::V6(v6) => {
            let [high, low] = [v6.to_bits() >> 64, v6.to_bits() & u128::from(u64::MAX)];
            [high, low].map(|half| u64::try_from(half).unwrap_or(u64::MAX))
        }
    }
}

impl Bucket {
    fn new(hash: Keyed, ts: Timestamp) -> Self {
        let sketch = || HyperLogLog::with_hasher(PRECISION, hash);
        Self { packets: 0, bytes: 0, first: ts, last: ts, originators: sketch(), flows: sketch() }
    }

    fn merge(&mut self, other: &Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        for (ours, theirs) in [(&mut self.originators, &other.originators), (&mut self.flows, &other.flows)] {
            // They differ only in length, which is the same for all.
            let is_merged = ours.union(theirs).is_ok();
            debug_assert!(is_merged, "sketches of one length");
        }
    }

    fn sum(&self) -> OverflowSum {
        // At least one, and never more than there are packets.
        let estimate = |sketch: &HyperLogLog<Keyed>| whole(sketch.raw_count()).clamp(1, self.packets.max(1));
        OverflowSum {
            packets: self.packets,
            bytes: self.bytes,
            first_ts: self.first,
            last_ts: self.last,
            originators: estimate(&self.originators),
            flows: estimate(&self.flows),
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates; an estimate is finite and not negative
fn whole(estimate: f64) -> u64 {
    libm::round(estimate) as u64
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
mod tests {
    use super::*;
    use crate::packet::Tcp;

    fn syn(i: u32, src: u32, dst: u32, flags: u16) -> Packet<'static> {
        Packet {
            number: u64::from(i) + 1,
            ts: Timestamp(i64::from(i)),
            wire_len: 60,
            src: IpAddr::V4(src.into()),
            dst: IpAddr::V4(dst.into()),
            src_port: (i % 50_000) as u16 + 1_024,
            dst_port: 443,
            proto: Proto::TCP,
            vlan: None,
            offset: 0,
            tunnel: None,
            ip_bytes: 40,
            header_len: 40,
            ttl: None,
            tcp: Some(Tcp { flags: TcpFlags(flags), seq: 0, ack: 0, window: 0, header_len: 20 }),
            has_bad_checksum: false,
            payload_len: 0,
            payload: &[],
        }
    }

    #[test]
    fn counts_are_exact_and_distinct_counts_close() {
        for hosts in [1u32, 20, 300, 5_000, 200_000] {
            let mut overflow = Overflow::default();
            for i in 0..400_000 {
                overflow.add(&syn(i, i % hosts, u32::MAX, TcpFlags::SYN));
            }
            let report = overflow.into_report();
            let sum = &report.buckets[0].sum;
            assert_eq!((report.buckets.len(), sum.packets, sum.bytes), (1, 400_000, 24_000_000));
            assert_eq!((sum.first_ts.0, sum.last_ts.0), (0, 399_999));
            let error = |estimate: u64, true_count: u32| (estimate as f64 / f64::from(true_count) - 1.0).abs();
            // Three standard errors.
            assert!(error(sum.originators, hosts) < 0.05, "{hosts}: {}", sum.originators);
            let flows =
                (0..400_000u32).map(|i| (i % hosts, i % 50_000)).collect::<std::collections::HashSet<_>>().len();
            assert!(error(sum.flows, flows as u32) < 0.05, "{flows}: {}", sum.flows);
        }
    }

    #[test]
    fn few_buckets_are_kept_and_nothing_is_lost() {
        let mut overflow = Overflow::default();
        for i in 0..60_000u32 {
            // One victim among ever new ones.
            let dst = if i % 2 == 0 { 7 } else { 1_000_000 + i };
            overflow.add(&syn(i, i, dst, TcpFlags::SYN));
            assert!(overflow.buckets.len() <= MOST);
        }
        let report = overflow.into_report();
        assert_eq!(report.buckets.len(), Report::BUCKETS);
        assert_eq!((report.buckets[0].responder, report.buckets[0].sum.packets), (IpAddr::from([0, 0, 0, 7]), 30_000));
        assert_eq!(report.sums().map(|s| s.packets).sum::<u64>(), 60_000);
        assert_eq!(report.sums().map(|s| s.bytes).sum::<u64>(), 3_600_000);
    }

    #[test]
    fn answers_are_counted_with_their_questions() {
        let mut overflow = Overflow::default();
        overflow.add(&syn(0, 1, 2, TcpFlags::SYN));
        let mut answer = syn(1, 2, 1, TcpFlags::SYN | TcpFlags::ACK);
        (answer.src_port, answer.dst_port) = (443, 1_024);
        overflow.add(&answer);
        (answer.tcp, answer.ts) = (None, Timestamp(9));
        overflow.add(&answer);
        let report = overflow.into_report();
        let bucket = &report.buckets[0];
        assert_eq!((report.buckets.len(), bucket.port, bucket.sum.packets), (1, Some(443), 3));
        assert_eq!((bucket.sum.originators, bucket.sum.flows), (1, 1));
    }
}
