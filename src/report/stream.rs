//! What the sequence numbers of a TCP flow tell.

use super::sparse::Blank;

/// One direction of a TCP stream, by its sequence numbers. Counters stop at their limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamSide {
    /// Payload bytes that the other side acknowledged though no packet with them was seen, as Zeek counts them: only
    /// while both sides are established or closing. Bytes that the snapshot length cut are not missed.
    pub missed_bytes: u64,
    /// Stretches of missed bytes.
    pub gaps: u32,
    /// Packets that only repeat payload that was seen before.
    pub retransmissions: u32,
    /// Packets that bring payload which later payload was seen before.
    pub out_of_order: u32,
    /// Packets that say there is no room for more; not those with RST, after it, or after the other side's FIN.
    pub zero_windows: u32,
    /// Packets that acknowledge what was acknowledged before while there is unacknowledged payload (RFC 5681, 2).
    pub duplicate_acks: u32,
}

/// What the sequence numbers and times of a TCP flow tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stream {
    /// Originator to responder.
    pub orig: StreamSide,
    /// Responder to originator.
    pub resp: StreamSide,
    /// Nanoseconds from the originator's last SYN to the responder's first SYN ACK.
    pub syn_ack_ns: Option<u64>,
    /// Nanoseconds from there to the originator's first ACK: with the one before, the round trip.
    pub ack_ns: Option<u64>,
}

impl Stream {
    const NOTHING: StreamSide = StreamSide {
        missed_bytes: 0,
        gaps: 0,
        retransmissions: 0,
        out_of_order: 0,
        zero_windows: 0,
        duplicate_acks: 0,
    };

    /// Missed bytes of both directions: conn.log's `missed_bytes`.
    #[must_use]
    pub fn missed_bytes(&self) -> u64 {
        self.orig.missed_bytes.saturating_add(self.resp.missed_bytes)
    }

    /// Retransmissions of both directions.
    #[must_use]
    pub fn retransmissions(&self) -> u64 {
        u64::from(self.orig.retransmissions) + u64::from(self.resp.retransmissions)
    }

    /// Nanoseconds of the handshake from SYN to ACK; `None` where part of it was not seen.
    #[must_use]
    pub fn rtt_ns(&self) -> Option<u64> {
        self.syn_ack_ns.zip(self.ack_ns).map(|(there, back)| there.saturating_add(back))
    }
}

impl Blank for Stream {
    const BLANK: &'static Self = &Self { orig: Self::NOTHING, resp: Self::NOTHING, syn_ack_ns: None, ack_ns: None };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_round_trip_needs_both_halves() {
        let mut stream = Stream { syn_ack_ns: Some(5), ..Stream::default() };
        assert_eq!((stream, stream.rtt_ns()), (Stream { syn_ack_ns: Some(5), ..*Stream::BLANK }, None));
        stream.ack_ns = Some(7);
        assert_eq!(stream.rtt_ns(), Some(12));
    }
}
