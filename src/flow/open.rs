//! A flow that may still grow.

use super::byte_counts::{ByteCounts, EntropyTable};
use super::inspection::Inspection;
use super::key::Key;
use super::measure;
use super::state::State;
use crate::packet::Packet;
use crate::protocol;
use crate::report::{Context, Direction, EndReason, FlowRecord, Moments, TcpFlags, Verdict};

/// What a flow needs only while packets may come; its measurements are in its record from the beginning.
#[derive(Debug)]
pub(super) struct OpenFlow {
    pub(super) key: Key,
    /// Place of its record.
    pub(super) record: usize,
    pub(super) state: State,
    pub(super) inspection: Inspection,
    /// Whether the originator is the key's first end.
    orig_is_low: bool,
    orig_bytes: ByteCounts,
    resp_bytes: ByteCounts,
}

impl OpenFlow {
    /// The flow that `packet` begins, whose record is at the place `record`: its sender is the originator. It has not
    /// been added yet.
    pub(super) fn begin(key: Key, is_low: bool, record: usize) -> Self {
        Self {
            key,
            record,
            state: State::default(),
            inspection: Inspection::default(),
            orig_is_low: is_low,
            orig_bytes: ByteCounts::Empty,
            resp_bytes: ByteCounts::Empty,
        }
    }

    /// Adds a packet to the flow and its record; returns the nanoseconds since the one before.
    pub(super) fn add(&mut self, record: &mut FlowRecord, is_low: bool, packet: &Packet<'_>) -> u64 {
        let gap = packet.ts.since(record.last_ts);
        if let Some(series) = &mut record.measures.series {
            measure::add(series, packet, is_low == self.orig_is_low, gap);
        }
        record.iat.add(gap);
        record.first_ts = record.first_ts.min(packet.ts);
        record.last_ts = record.last_ts.max(packet.ts);
        record.last_packet = packet.number;
        record.last_offset = packet.offset;
        self.count(record, packet, is_low == self.orig_is_low);
        gap
    }

    /// Adds a packet to the measurements of its direction.
    pub(super) fn count(&mut self, record: &mut FlowRecord, packet: &Packet<'_>, from_orig: bool) {
        self.state.note(packet, from_orig);
        let side = if from_orig { &mut record.orig } else { &mut record.resp };
        if let Some(last) = side.last_ts {
            side.iat.add(packet.ts.since(last));
        }
        side.packets += 1;
        side.wire_bytes += u64::from(packet.wire_len);
        side.ip_bytes += u64::from(packet.ip_bytes);
        side.payload_bytes += u64::from(packet.payload_len);
        side.payload.add(u64::from(packet.payload_len));
        side.first_ts = side.first_ts.or(Some(packet.ts));
        side.last_ts = Some(side.last_ts.map_or(packet.ts, |t| t.max(packet.ts)));
        side.cut_packets += u64::from(packet.is_cut());
        if let Some(tcp) = packet.tcp {
            side.first_window = side.first_window.or(Some(tcp.window));
            for (count, (flag, _)) in side.flags.iter_mut().zip(TcpFlags::NAMED) {
                *count = count.saturating_add(u32::from(tcp.flags.has(flag)));
            }
        }
    }

    /// Whether a packet of the key's first or second end comes from the originator.
    pub(super) fn is_from_orig(&self, is_low: bool) -> bool {
        is_low == self.orig_is_low
    }

    /// The byte counts of a direction.
    pub(super) fn bytes(&mut self, is_low: bool) -> &mut ByteCounts {
        if is_low == self.orig_is_low { &mut self.orig_bytes } else { &mut self.resp_bytes }
    }

    /// Bytes of memory held by the byte counts and the inspector.
    pub(super) fn heap_bytes(&self) -> usize {
        self.orig_bytes.heap_bytes() + self.resp_bytes.heap_bytes() + self.inspection.heap_bytes()
    }

    /// Completes the record.
    pub(super) fn finish(mut self, record: &mut FlowRecord, end: EndReason, entropy: &EntropyTable) {
        self.inspection.finish(record);
        record.orig.entropy = self.orig_bytes.entropy(entropy);
        record.resp.entropy = self.resp_bytes.entropy(entropy);
        record.measures.content = [self.orig_bytes.content(), self.resp_bytes.content()];
        record.uid = self.key.mix(record.first_ts.0.cast_unsigned() ^ record.first_packet.rotate_left(32));
        record.conn_state = self.state.conn_state(record.proto, record.resp.packets > 0);
        record.history = self.state.into_history();
        record.end = end;
    }
}

/// The record of the flow that `packet` begins, before the packet is counted.
pub(super) fn record_of(packet: &Packet<'_>) -> FlowRecord {
    FlowRecord {
        uid: 0,
        first_ts: packet.ts,
        last_ts: packet.ts,
        first_packet: packet.number,
        last_packet: packet.number,
        first_offset: packet.offset,
        last_offset: packet.offset,
        orig_addr: packet.src,
        resp_addr: packet.dst,
        orig_port: packet.src_port,
        resp_port: packet.dst_port,
        proto: packet.proto,
        vlan: packet.vlan,
        tunnel: packet.tunnel.map(Box::new),
        service: protocol::by_number(packet.proto),
        application: None,
        conn_state: None,
        history: String::new(),
        orig: Direction::default(),
        resp: Direction::default(),
        iat: Moments::default(),
        measures: measure::begin(packet),
        end: EndReason::EndOfCapture,
        context: Context::default(),
        verdict: Verdict::default(),
    }
}
