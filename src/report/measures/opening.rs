//! The first packets of a flow: their sizes, directions and gaps.

use crate::report::FlowRecord;

/// One of the first packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opened {
    /// Nanoseconds since the flow's packet before; 0 for the first.
    pub gap_ns: u64,
    /// Bytes on the wire.
    pub wire_len: u32,
    /// Payload bytes.
    pub payload_len: u32,
}

/// The first packets of a flow, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    packets: [Opened; Self::PACKETS],
    /// A bit for each packet of the responder.
    from_resp: u16,
    len: u8,
}

impl Opening {
    /// Most packets kept.
    pub const PACKETS: usize = 10;

    /// Of a flow's first packet alone, from the counts of a flow that has no other.
    #[must_use]
    pub fn of_first(flow: &FlowRecord) -> Self {
        let narrow = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let from_orig = flow.orig.packets > 0;
        let side = if from_orig { &flow.orig } else { &*flow.resp };
        let mut opening = Self::default();
        opening.add(
            Opened { gap_ns: 0, wire_len: narrow(side.wire_bytes), payload_len: narrow(side.payload_bytes) },
            from_orig,
        );
        opening
    }

    /// Adds the next packet, unless there are enough.
    #[inline]
    pub fn add(&mut self, packet: Opened, from_orig: bool) {
        let Some(place) = self.packets.get_mut(usize::from(self.len)) else { return };
        *place = packet;
        self.from_resp |= u16::from(!from_orig) << self.len;
        self.len += 1;
    }

    /// The packets, and whether each is the originator's.
    pub fn iter(&self) -> impl Iterator<Item = (&Opened, bool)> {
        let packets = self.packets.iter().take(usize::from(self.len)).enumerate();
        packets.map(|(i, packet)| (packet, self.from_resp >> i & 1 == 0))
    }

    /// Bytes on the wire of the packet at a place from 0, negative from the responder; `None` where there is none.
    #[must_use]
    pub fn signed_size(&self, place: usize) -> Option<i64> {
        self.iter().nth(place).map(|(p, from_orig)| i64::from(p.wire_len) * if from_orig { 1 } else { -1 })
    }

    /// Nanoseconds from the packet before to the packet at a place from 1; `None` where there is none.
    #[must_use]
    pub fn gap_ns(&self, place: usize) -> Option<u64> {
        self.iter().nth(place).filter(|_| place > 0).map(|(p, _)| p.gap_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_first_packets_with_their_directions() {
        let mut opening = Opening::default();
        assert_eq!((opening.signed_size(0), opening.gap_ns(1)), (None, None));
        for i in 0..20u32 {
            opening.add(Opened { gap_ns: u64::from(i), wire_len: 100 + i, payload_len: i }, i % 3 != 1);
        }
        assert_eq!(opening.iter().count(), Opening::PACKETS);
        let sizes: Vec<_> = (0..11).filter_map(|i| opening.signed_size(i)).collect();
        assert_eq!(sizes, [100, -101, 102, 103, -104, 105, 106, -107, 108, 109]);
        assert_eq!((opening.gap_ns(0), opening.gap_ns(9), opening.gap_ns(10)), (None, Some(9), None));
    }
}
