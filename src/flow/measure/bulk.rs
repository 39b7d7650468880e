//! Bulks: runs of packets with payload in one direction.

use crate::report::{Bulk, Run};
use crate::units::{NS_PER_SEC, Timestamp};

/// Packets from which on a run is a bulk. **Source** CICFlowMeter.
const LEAST: u32 = 4;
/// A longer gap ends a run, nanoseconds. **Source** CICFlowMeter.
const GAP: u64 = NS_PER_SEC.unsigned_abs();

/// Adds a packet to the run; `bulk` are the bulks of its direction. A packet without payload changes nothing.
#[inline]
pub(super) fn add(run: &mut Run, bulk: &mut Bulk, payload: u32, ts: Timestamp, from_orig: bool) {
    if payload == 0 {
        return;
    }
    let bytes = u64::from(payload);
    if run.packets == 0 || run.from_orig != from_orig || ts.since(run.last) > GAP {
        *run = Run { packets: 1, from_orig, bytes, first: ts, last: ts };
        return;
    }
    run.packets = run.packets.saturating_add(1);
    match run.packets {
        ..LEAST => run.bytes += bytes,
        LEAST => {
            bulk.bulks += 1;
            bulk.packets += u64::from(LEAST);
            bulk.bytes += run.bytes + bytes;
            bulk.ns += ts.since(run.first);
        }
        _ => {
            bulk.packets += 1;
            bulk.bytes += bytes;
            bulk.ns += ts.since(run.last);
        }
    }
    run.last = run.last.max(ts);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays packets of (milliseconds, payload, from the originator).
    fn play(packets: &[(i64, u32, bool)]) -> [Bulk; 2] {
        let (mut run, mut bulks) = (Run::default(), [Bulk::default(); 2]);
        for &(ms, payload, from_orig) in packets {
            let [orig, resp] = &mut bulks;
            add(&mut run, if from_orig { orig } else { resp }, payload, Timestamp(ms * 1_000_000), from_orig);
        }
        bulks
    }

    #[test]
    fn four_packets_in_a_row_are_a_bulk() {
        let packets: Vec<_> = (0..5).map(|i| (i * 100, 10, true)).collect();
        assert_eq!(play(&packets[..3])[0], Bulk::default());
        assert_eq!(play(&packets[..4])[0], Bulk { bulks: 1, packets: 4, bytes: 40, ns: 300_000_000 });
        assert_eq!(play(&packets)[0], Bulk { bulks: 1, packets: 5, bytes: 50, ns: 400_000_000 });
    }

    #[test]
    fn the_other_side_or_a_second_ends_it_and_an_empty_packet_does_not() {
        let mut packets: Vec<_> = (0..4).map(|i| (i * 100, 10, true)).collect();
        packets.insert(2, (150, 0, false));
        assert_eq!(play(&packets)[0].bulks, 1);
        packets[2] = (150, 1, false);
        assert_eq!(play(&packets), [Bulk::default(); 2]);
        let slow: Vec<_> = (0..8).map(|i| (i * 1000 + i64::from(i > 3), 10, false)).collect();
        assert_eq!(play(&slow)[1].bulks, 2, "just over a second between the fourth and the fifth");
    }
}
