//! What the packets of a flow measure beyond its counts: sizes, headers, bulks, pauses, the first packets.

mod content;
mod opening;
mod program;

use super::{Direction, FlowRecord, Moments};
use crate::units::Timestamp;
pub use content::Content;
pub use opening::{Opened, Opening};
pub use program::Program;

/// A flow's measurements. Those of its first packet are always there, so that a flow of one packet stays small.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measures {
    /// Bytes of the first packet's transport header.
    pub first_header: u8,
    /// Time to live of the first packet; `None` without IP.
    pub first_ttl: Option<u8>,
    /// Whether a byte of payload was captured.
    pub has_payload: bool,
    /// What runs and begins in one of the first segments of a TCP flow whose protocol is not known by then; `None` too where
    /// the payload was not looked into.
    pub program: Option<Program>,
    /// What the payload of originator and responder looks like.
    pub content: [Content; 2],
    /// What needs two packets; `None` for a flow of one, and where the memory budget left no room.
    pub series: Option<Box<Series>>,
}

/// Measurements of all packets of a flow with two or more.
///
/// **Memory** constant, whatever the number of packets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Packets of the originator.
    pub orig: Side,
    /// Packets of the responder.
    pub resp: Side,
    /// Gaps of more than a second between packets of either side.
    pub gaps: u64,
    /// Since when there was no pause.
    pub active_since: Timestamp,
    /// Nanoseconds of the active periods that a pause ended; [`FlowRecord::active`] has the last one too.
    pub active: Moments,
    /// Nanoseconds of the pauses.
    pub idle: Moments,
    /// The packets that may become a bulk.
    pub run: Run,
    /// The first packets.
    pub opening: Opening,
}

/// The run of packets with payload that the latest one belongs to: one of the other side ends it, so there is one a flow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Run {
    /// Packets.
    pub packets: u32,
    /// Whose.
    pub from_orig: bool,
    /// Payload bytes, as long as it is no bulk.
    pub bytes: u64,
    /// First packet.
    pub first: Timestamp,
    /// Latest packet.
    pub last: Timestamp,
}

/// Measurements of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Bytes on the wire a packet.
    pub wire: Sizes,
    /// Bytes from the IP header on a packet.
    pub ip: Sizes,
    /// Bytes of the transport headers.
    pub header_bytes: u64,
    /// Smallest transport header; 255 where there was no packet.
    pub smallest_header: u8,
    /// Packets with payload.
    pub data_packets: u64,
    /// Smallest and largest TCP window, unscaled; `None` without TCP.
    pub window: Option<(u16, u16)>,
    /// Smallest and largest time to live; `None` without IP.
    pub ttl: Option<(u8, u8)>,
    /// Bulks.
    pub bulk: Bulk,
}

impl Default for Side {
    fn default() -> Self {
        Self {
            wire: Sizes::default(),
            ip: Sizes::default(),
            header_bytes: 0,
            smallest_header: u8::MAX,
            data_packets: 0,
            window: None,
            ttl: None,
            bulk: Bulk::default(),
        }
    }
}

/// What [`Moments`] need beside the count and the sum, which the direction has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Sum of squares; it stays at its largest value when there is more, which takes 4 * 10^9 packets of 64 KiB.
    pub sum_squares: u64,
    /// Smallest; `u32::MAX` when there is none.
    pub min: u32,
    /// Largest; 0 when there is none.
    pub max: u32,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { sum_squares: 0, min: u32::MAX, max: 0 }
    }
}

impl Sizes {
    /// Adds one size.
    #[inline]
    pub fn add(&mut self, size: u32) {
        self.sum_squares = self.sum_squares.saturating_add(u64::from(size) * u64::from(size));
        self.min = self.min.min(size);
        self.max = self.max.max(size);
    }

    fn moments(&self, n: u64, sum: u64) -> Moments {
        let (min, max) = (u64::from(self.min), u64::from(self.max));
        Moments { n, sum, sum_squares: self.sum_squares.into(), min, max }
    }
}

/// Four or more packets with payload in one direction, at most a second apart and with none of the other side between.
///
/// **Source** CICFlowMeter's "bulk", without its mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bulk {
    /// Bulks.
    pub bulks: u64,
    /// Packets in them.
    pub packets: u64,
    /// Payload bytes in them.
    pub bytes: u64,
    /// Nanoseconds from their first packets to their last.
    pub ns: u64,
}

/// A side of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Originator.
    Orig,
    /// Responder.
    Resp,
}

impl FlowRecord {
    /// The counts of a side.
    #[must_use]
    pub fn direction(&self, end: End) -> &Direction {
        match end {
            End::Orig => &self.orig,
            End::Resp => &self.resp,
        }
    }

    /// The measurements of a side; `None` where they were not made (see [`Measures::series`]).
    #[must_use]
    pub fn side(&self, end: End) -> Option<&Side> {
        let series = self.measures.series.as_ref()?;
        Some(match end {
            End::Orig => &series.orig,
            End::Resp => &series.resp,
        })
    }

    /// Whether the flow is its first packet alone, which needs no [`Series`].
    fn is_single(&self) -> bool {
        self.packets() == 1
    }

    /// Whether the flow is one packet of this side alone.
    fn is_single_of(&self, end: End) -> bool {
        self.is_single() && self.direction(end).packets == 1
    }

    /// Bytes on the wire a packet of a side; `None` where that was not measured.
    #[must_use]
    pub fn wire_sizes(&self, end: End) -> Option<Moments> {
        let side = self.side(end).map(|s| &s.wire);
        self.sizes(side, self.direction(end).packets, self.direction(end).wire_bytes)
    }

    /// Bytes from the IP header on a packet of a side; `None` where that was not measured.
    #[must_use]
    pub fn ip_sizes(&self, end: End) -> Option<Moments> {
        let side = self.side(end).map(|s| &s.ip);
        self.sizes(side, self.direction(end).packets, self.direction(end).ip_bytes)
    }

    fn sizes(&self, sizes: Option<&Sizes>, n: u64, sum: u64) -> Option<Moments> {
        match (sizes, n) {
            (Some(sizes), 1..) => Some(sizes.moments(n, sum)),
            (_, 0) => Some(Moments::default()),
            (None, _) => self.is_single().then(|| {
                let mut one = Moments::default();
                one.add(sum);
                one
            }),
        }
    }

    /// Bytes of a side's transport headers; `None` where that was not measured.
    #[must_use]
    pub fn header_bytes(&self, end: End) -> Option<u64> {
        match self.side(end) {
            Some(side) => Some(side.header_bytes),
            None if self.is_single_of(end) => Some(u64::from(self.measures.first_header)),
            None => self.is_single().then_some(0),
        }
    }

    /// A side's smallest transport header; `None` where there is no packet, or that was not measured.
    #[must_use]
    pub fn smallest_header(&self, end: End) -> Option<u8> {
        match self.side(end) {
            Some(side) => (self.direction(end).packets > 0).then_some(side.smallest_header),
            None => (self.is_single_of(end)).then_some(self.measures.first_header),
        }
    }

    /// A side's packets with payload; `None` where that was not measured.
    #[must_use]
    pub fn data_packets(&self, end: End) -> Option<u64> {
        match self.side(end) {
            Some(side) => Some(side.data_packets),
            None => self.is_single().then(|| u64::from(self.direction(end).payload_bytes > 0)),
        }
    }

    /// A side's smallest and largest time to live; `None` where there is no packet, or that was not measured.
    #[must_use]
    pub fn ttl_range(&self, end: End) -> Option<(u8, u8)> {
        match self.side(end) {
            Some(side) => side.ttl,
            None if self.is_single_of(end) => self.measures.first_ttl.map(|ttl| (ttl, ttl)),
            None => None,
        }
    }

    /// A side's smallest and largest TCP window, unscaled; `None` where there is none, or that was not measured.
    #[must_use]
    pub fn window_range(&self, end: End) -> Option<(u16, u16)> {
        match self.side(end) {
            Some(side) => side.window,
            None if self.is_single() => self.direction(end).first_window.map(|w| (w, w)),
            None => None,
        }
    }

    /// A side's bulks; `None` where that was not measured.
    #[must_use]
    pub fn bulk(&self, end: End) -> Option<Bulk> {
        self.side(end).map(|s| s.bulk).or_else(|| self.is_single().then(Bulk::default))
    }

    /// Parts of the flow with no gap of more than a second inside; `None` where that was not measured.
    #[must_use]
    pub fn subflows(&self) -> Option<u64> {
        self.measures.series.as_ref().map(|s| s.gaps + 1).or_else(|| self.is_single().then_some(1))
    }

    /// Nanoseconds of the periods without a pause of more than five seconds, the last one too; `None` where that was not
    /// measured.
    #[must_use]
    pub fn active(&self) -> Option<Moments> {
        let (mut all, since) = match &self.measures.series {
            Some(series) => (series.active, series.active_since),
            None if self.is_single() => (Moments::default(), self.first_ts),
            None => return None,
        };
        all.add(self.last_ts.since(since));
        Some(all)
    }

    /// Nanoseconds of the pauses of more than five seconds; `None` where that was not measured.
    #[must_use]
    pub fn idle(&self) -> Option<Moments> {
        self.measures.series.as_ref().map(|s| s.idle).or_else(|| self.is_single().then(Moments::default))
    }

    /// The first packets, at most [`Opening::PACKETS`]; empty where that was not measured.
    #[must_use]
    pub fn opening(&self) -> Opening {
        match &self.measures.series {
            Some(series) => series.opening.clone(),
            None if self.is_single() => Opening::of_first(self),
            None => Opening::default(),
        }
    }
}
