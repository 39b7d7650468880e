//! The measurements of a flow's packets as they come: constant work and memory for each.

mod bulk;

use crate::packet::Packet;
use crate::report::{Direction, FlowRecord, Measures, Opened, Opening, Series, Side};
use crate::units::{NS_PER_SEC, count};

/// A longer gap begins another subflow, nanoseconds. **Source** CICFlowMeter.
const SUBFLOW_GAP: u64 = NS_PER_SEC.unsigned_abs();
/// A longer gap is a pause, nanoseconds. **Source** CICFlowMeter's activity timeout.
const PAUSE: u64 = 5 * NS_PER_SEC.unsigned_abs();
/// Bytes of memory that the measurements of a flow take from its second packet on.
pub(super) const SERIES_BYTES: u64 = 560;
const _: () = assert!(size_of::<Series>() + 16 <= 560 && align_of::<Series>() <= 8);

/// The measurements of a flow that `packet` begins.
pub(super) fn begin(packet: &Packet<'_>) -> Measures {
    Measures { first_header: packet.transport_header_len(), first_ttl: packet.ttl, ..Measures::default() }
}

/// Begins what needs two packets, when the record has counted the flow's first one alone.
pub(super) fn grow(record: &mut FlowRecord) {
    let Measures { first_header, first_ttl, .. } = record.measures;
    let mut series = Series { active_since: record.first_ts, ..Series::default() };
    let narrow = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    // A flow whose first packet was a SYN ACK began with the responder.
    let from_orig = record.orig.packets > 0;
    let first = if from_orig { &record.orig } else { &*record.resp };
    let Direction { wire_bytes, ip_bytes, payload_bytes, first_window, .. } = *first;
    let side = if from_orig { &mut series.orig } else { &mut series.resp };
    side.wire.add(narrow(wire_bytes));
    side.ip.add(narrow(ip_bytes));
    side.header_bytes = u64::from(first_header);
    side.smallest_header = first_header;
    side.data_packets = u64::from(payload_bytes > 0);
    side.window = first_window.map(|w| (w, w));
    side.ttl = first_ttl.map(|ttl| (ttl, ttl));
    series.opening = Opening::of_first(record);
    bulk::add(&mut series.run, &mut side.bulk, narrow(payload_bytes), record.first_ts, from_orig);
    record.measures.series = Some(Box::new(series));
}

/// Adds a packet that is not the flow's first, `gap` nanoseconds after the one before and after `before` others.
#[inline]
pub(super) fn add(series: &mut Series, packet: &Packet<'_>, from_orig: bool, gap: u64, before: u64) {
    let Packet { wire_len, payload_len, .. } = *packet;
    // Most packets come later: the opening is not looked at.
    if before < count(Opening::PACKETS) {
        series.opening.add(Opened { gap_ns: gap, wire_len, payload_len }, from_orig);
    }
    if gap > SUBFLOW_GAP {
        pause(series, packet, gap);
    }
    let side = if from_orig { &mut series.orig } else { &mut series.resp };
    add_to_side(side, packet);
    if payload_len > 0 {
        side.data_packets += 1;
        bulk::add(&mut series.run, &mut side.bulk, payload_len, packet.ts, from_orig);
    }
}

#[inline]
fn add_to_side(side: &mut Side, packet: &Packet<'_>) {
    side.wire.add(packet.wire_len);
    side.ip.add(packet.ip_bytes);
    let header = packet.transport_header_len();
    side.header_bytes += u64::from(header);
    side.smallest_header = side.smallest_header.min(header);
    if let Some(tcp) = packet.tcp {
        let (low, high) = side.window.unwrap_or((tcp.window, tcp.window));
        side.window = Some((low.min(tcp.window), high.max(tcp.window)));
    }
    if let Some(ttl) = packet.ttl {
        let (low, high) = side.ttl.unwrap_or((ttl, ttl));
        side.ttl = Some((low.min(ttl), high.max(ttl)));
    }
}

#[cold]
fn pause(series: &mut Series, packet: &Packet<'_>, gap: u64) {
    series.gaps += 1;
    if gap > PAUSE {
        // The gap is counted from the latest packet, which an earlier time stamp does not move.
        series.active.add(packet.ts.since(series.active_since).saturating_sub(gap));
        series.idle.add(gap);
        series.active_since = packet.ts;
    }
}

#[cfg(test)]
mod tests;
