//! A flow that may still grow.

use super::byte_counts::{ByteCounts, EntropyTable};
use super::history;
use super::inspection::Inspection;
use super::key::Key;
use super::measure;
use super::tcp::Tcp;
use crate::packet::Packet;
use crate::protocol;
use crate::report::{Context, Direction, EndReason, FlowRecord, Moments, Proto, Sparse, Stream, TcpFlags, Verdict};
use crate::units::count;

/// What a flow needs only while packets may come; its measurements are in its record from the beginning.
#[derive(Debug)]
pub(super) struct OpenFlow {
    pub(super) key: Key,
    /// Place of its record.
    pub(super) record: usize,
    /// Idle unless the flow is TCP. Not in a box: most flows are TCP, and places are used again.
    pub(super) tcp: Tcp,
    pub(super) inspection: Inspection,
    /// Whether the originator is the key's first end.
    orig_is_low: bool,
    orig_bytes: ByteCounts,
    resp_bytes: ByteCounts,
}

/// Whether a packet is the answer to a connection's first one.
fn is_syn_ack(packet: &Packet<'_>) -> bool {
    let rest = TcpFlags::FIN | TcpFlags::RST;
    packet.tcp.is_some_and(|t| t.flags.has(TcpFlags::SYN | TcpFlags::ACK) && t.flags.0 & rest == 0)
}

impl OpenFlow {
    /// The flow that `packet` begins, whose record is at the place `record`. It has not been added yet.
    pub(super) fn begin(key: Key, is_low: bool, record: usize, packet: &Packet<'_>) -> Self {
        Self {
            key,
            record,
            tcp: Tcp::default(),
            inspection: Inspection::default(),
            orig_is_low: is_low != is_syn_ack(packet),
            orig_bytes: ByteCounts::Empty,
            resp_bytes: ByteCounts::Empty,
        }
    }

    /// Whether the packet's sender, the key's first end or not, is the originator.
    pub(super) fn is_from_orig(&self, is_low: bool) -> bool {
        is_low == self.orig_is_low
    }

    /// Adds a packet to the flow and its record; returns the nanoseconds since the one before.
    pub(super) fn add(&mut self, record: &mut FlowRecord, is_low: bool, packet: &Packet<'_>, has_room: bool) -> u64 {
        let gap = packet.ts.since(record.last_ts);
        let before = record.packets();
        if let Some(series) = &mut record.measures.series {
            measure::add(series, packet, is_low == self.orig_is_low, gap, before);
        }
        record.iat.add(gap);
        record.first_ts = record.first_ts.min(packet.ts);
        record.last_ts = record.last_ts.max(packet.ts);
        record.last_packet = packet.number;
        record.last_offset = packet.offset;
        self.count(record, is_low, packet, has_room);
        gap
    }

    /// Adds a packet to the measurements of its direction. `has_room`: there is memory for what few flows need.
    pub(super) fn count(&mut self, record: &mut FlowRecord, is_low: bool, packet: &Packet<'_>, has_room: bool) {
        let from_orig = self.is_from_orig(is_low);
        let side = if from_orig { &mut record.orig } else { &mut *record.resp };
        if let Some(last) = side.last_ts {
            side.iat.add(packet.ts.since(last));
        }
        side.packets += 1;
        side.wire_bytes += u64::from(packet.wire_len);
        side.ip_bytes += u64::from(packet.ip_bytes);
        side.payload_bytes += u64::from(packet.payload_len);
        side.payload.add(packet.payload_len);
        side.first_ts = side.first_ts.or(Some(packet.ts));
        side.last_ts = Some(side.last_ts.map_or(packet.ts, |t| t.max(packet.ts)));
        side.cut_packets += u64::from(packet.is_cut());
        record.measures.has_payload |= !packet.payload.is_empty();
        if let Some(tcp) = packet.tcp {
            side.first_window = side.first_window.or(Some(tcp.window));
            // Mostly one or two.
            for place in tcp.flags.places() {
                if let Some(count) = side.flags.get_mut(place) {
                    *count = count.saturating_add(1);
                }
            }
        }
        if packet.has_bad_checksum {
            side.bad_checksums = side.bad_checksums.saturating_add(1);
            if history::is_written(side.bad_checksums) && matches!(packet.proto, Proto::TCP | Proto::UDP) {
                history::write(&mut record.history, b'C', from_orig);
            }
        }
        match packet.tcp {
            Some(tcp) => self.tcp.note(packet, tcp, (from_orig, has_room), record),
            None if packet.proto == Proto::UDP => {
                let side = if from_orig { &record.orig } else { &*record.resp };
                // Zeek writes every datagram as data, an empty one too.
                if side.packets == 1 {
                    history::write(&mut record.history, b'D', from_orig);
                }
            }
            None => {}
        }
    }

    /// The byte counts of a direction.
    pub(super) fn bytes(&mut self, is_low: bool) -> &mut ByteCounts {
        if is_low == self.orig_is_low { &mut self.orig_bytes } else { &mut self.resp_bytes }
    }

    /// Bytes of memory it holds beside itself.
    pub(super) fn heap_bytes(&self) -> u64 {
        let bytes = self.orig_bytes.heap_bytes() + self.resp_bytes.heap_bytes();
        count(bytes + self.tcp.heap_bytes()) + u64::from(self.inspection.heap_bytes())
    }

    /// Completes the record, but for its uid: that needs the number of its first packet in the whole run.
    pub(super) fn finish(mut self, record: &mut FlowRecord, end: EndReason, entropy: &EntropyTable) {
        self.inspection.finish(record);
        record.orig.entropy = self.orig_bytes.entropy(entropy);
        if record.resp.is_kept() {
            record.resp.entropy = self.resp_bytes.entropy(entropy);
        }
        record.measures.content = [self.orig_bytes.content(), self.resp_bytes.content()];
        record.uid = self.key.mix();
        record.conn_state = conn_state(record, &self.tcp);
        record.end = self.tcp.end_reason().unwrap_or(end);
    }
}

/// Zeek's `conn_state`; `None` where Zeek has no connections. Zeek calls everything but TCP and UDP `OTH`.
fn conn_state(record: &FlowRecord, tcp: &Tcp) -> Option<&'static str> {
    match record.proto {
        Proto::Arp => None,
        Proto::TCP => Some(tcp.conn_state(&record.history)),
        Proto::UDP => Some(if record.resp.packets > 0 { "SF" } else { "S0" }),
        _ => Some("OTH"),
    }
}

/// The record of the flow that `packet` begins, before the packet is counted.
pub(super) fn record_of(packet: &Packet<'_>) -> FlowRecord {
    let (src, dst) = ((packet.src, packet.src_port), (packet.dst, packet.dst_port));
    let is_flipped = is_syn_ack(packet);
    let (orig, resp) = if is_flipped { (dst, src) } else { (src, dst) };
    FlowRecord {
        uid: 0,
        first_ts: packet.ts,
        last_ts: packet.ts,
        first_packet: packet.number,
        last_packet: packet.number,
        first_offset: packet.offset,
        last_offset: packet.offset,
        orig_addr: orig.0,
        resp_addr: resp.0,
        orig_port: orig.1,
        resp_port: resp.1,
        proto: packet.proto,
        vlan: packet.vlan,
        tunnel: packet.tunnel.map(Box::new),
        service: protocol::by_number(packet.proto),
        application: None,
        conn_state: None,
        history: if is_flipped { "^".to_owned() } else { String::new() },
        orig: Direction::default(),
        resp: Sparse::default(),
        stream: Sparse::<Stream>::default(),
        iat: Moments::default(),
        measures: measure::begin(packet),
        end: EndReason::EndOfCapture,
        context: Context::default(),
        verdict: Verdict::default(),
        table: None,
    }
}

#[cfg(test)]
mod tests;
