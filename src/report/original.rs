//! A flow as the original CICFlowMeter sees it, mistakes included.

use std::net::{IpAddr, Ipv4Addr};

use crate::units::float;

/// Count, sum, sum of squares, smallest and largest of numbers that may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spread {
    /// How many.
    pub n: u64,
    /// Sum.
    pub sum: i128,
    /// Sum of squares.
    pub sum_squares: u128,
    low: i64,
    high: i64,
}

impl Spread {
    /// Adds one value.
    pub fn add(&mut self, value: i64) {
        let is_first = self.n == 0;
        self.low = if is_first { value } else { self.low.min(value) };
        self.high = if is_first { value } else { self.high.max(value) };
        self.n += 1;
        self.sum = self.sum.saturating_add(value.into());
        let size = u128::from(value.unsigned_abs());
        self.sum_squares = self.sum_squares.saturating_add(size.saturating_mul(size));
    }

    /// Smallest; 0 of nothing.
    #[must_use]
    pub fn min(&self) -> i64 {
        self.low
    }

    /// Largest; 0 of nothing.
    #[must_use]
    pub fn max(&self) -> i64 {
        self.high
    }

    /// Arithmetic mean; 0 of nothing.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn mean(&self) -> f64 {
        if self.n == 0 { 0.0 } else { self.sum as f64 / float(self.n) }
    }

    /// Sample variance (n - 1); 0 of one value and of nothing.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn variance(&self) -> f64 {
        if self.n < 2 {
            return 0.0;
        }
        let square = self.sum.unsigned_abs().checked_mul(self.sum.unsigned_abs());
        let spread = u128::from(self.n).checked_mul(self.sum_squares).zip(square).map_or_else(
            || (float(self.n) * self.sum_squares as f64 - self.sum as f64 * self.sum as f64).max(0.0),
            |(a, b)| a.saturating_sub(b) as f64,
        );
        spread / (float(self.n) * float(self.n - 1))
    }

    /// Sample standard deviation; 0 of one value and of nothing.
    #[must_use]
    pub fn std_dev(&self) -> f64 {
        self.variance().sqrt()
    }
}

/// One direction of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OriginalSide {
    /// Packets.
    pub packets: u64,
    /// Payload bytes.
    pub bytes: u64,
    /// Payload bytes a packet.
    pub lengths: Spread,
    /// Microseconds between packets.
    pub gaps: Spread,
    /// Time of the last packet, microseconds.
    pub last_us: i64,
    /// Bytes of the transport headers.
    pub header_bytes: u64,
    /// 1 where the first packet has PSH.
    pub psh: u64,
    /// 1 where the first packet has URG.
    pub urg: u64,
    /// FINs seen.
    pub fins: u64,
}

/// Bulks of both directions, which the original takes for backward ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OriginalBulk {
    /// Begin of the run of packets, microseconds.
    pub start_us: Option<i64>,
    /// Its last packet.
    pub last_us: i64,
    /// Its packets.
    pub run_packets: u64,
    /// Its payload bytes.
    pub run_bytes: u64,
    /// Bulks.
    pub bulks: u64,
    /// Packets in bulks.
    pub packets: u64,
    /// Payload bytes in bulks.
    pub bytes: u64,
    /// Microseconds of bulks.
    pub duration_us: i64,
}

/// A flow by the rules of the original CICFlowMeter.
///
/// **Units** microseconds, payload bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalFlow {
    /// Source.
    pub src: IpAddr,
    /// Destination.
    pub dst: IpAddr,
    /// Source's port; 0 outside TCP and UDP.
    pub src_port: u16,
    /// Destination's port; 0 outside TCP and UDP.
    pub dst_port: u16,
    /// 6, 17, or 0 for everything else.
    pub protocol: u8,
    /// Number of the first packet in the capture.
    pub first_packet: u64,
    /// First packet.
    pub start_us: i64,
    /// Last packet, which may be before the first.
    pub last_us: i64,
    /// Forward: from the source.
    pub fwd: OriginalSide,
    /// Backward.
    pub bwd: OriginalSide,
    /// Payload bytes a packet, the first one twice.
    pub lengths: Spread,
    /// Microseconds between packets.
    pub gaps: Spread,
    /// Packets with FIN, SYN, RST, PSH, ACK, URG, ECE, CWR in that order.
    pub flags: [u64; 8],
    /// Bulks.
    pub bulk: OriginalBulk,
    /// Gaps of more than a second.
    pub gaps_over_a_second: u64,
    /// Window of the first forward packet.
    pub fwd_window: u16,
    /// Window of the last backward packet.
    pub bwd_window: u16,
    /// Forward packets with payload, but for the first.
    pub act_data: u64,
    /// Smallest forward transport header.
    pub seg_min: u64,
    /// Begin of the active period.
    pub active_from_us: i64,
    /// End of the active period so far.
    pub active_to_us: i64,
    /// Active periods but for the last.
    pub active: Spread,
    /// Pauses of more than five seconds.
    pub idle: Spread,
}

impl Default for OriginalFlow {
    fn default() -> Self {
        Self {
            src: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            dst: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            src_port: 0,
            dst_port: 0,
            protocol: 0,
            first_packet: 0,
            start_us: 0,
            last_us: 0,
            fwd: OriginalSide::default(),
            bwd: OriginalSide::default(),
            lengths: Spread::default(),
            gaps: Spread::default(),
            flags: [0; 8],
            bulk: OriginalBulk::default(),
            gaps_over_a_second: 0,
            fwd_window: 0,
            bwd_window: 0,
            act_data: 0,
            seg_min: 0,
            active_from_us: 0,
            active_to_us: 0,
            active: Spread::default(),
            idle: Spread::default(),
        }
    }
}

impl OriginalFlow {
    /// Packets of both directions.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.fwd.packets + self.bwd.packets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_takes_negative_numbers() {
        let mut spread = Spread::default();
        assert_eq!((spread.mean(), spread.variance(), spread.min(), spread.max()), (0.0, 0.0, 0, 0));
        [-4, 2, 5].into_iter().for_each(|v| spread.add(v));
        assert_eq!((spread.mean(), spread.variance(), spread.min(), spread.max()), (1.0, 21.0, -4, 5));
    }

    #[test]
    fn the_ends_of_the_range_do_not_overflow() {
        let mut spread = Spread::default();
        [i64::MIN, i64::MAX, i64::MIN].into_iter().for_each(|v| spread.add(v));
        assert!(spread.std_dev().is_finite() && spread.std_dev() > 1e18);
    }
}
