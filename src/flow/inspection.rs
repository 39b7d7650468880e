//! How far an open flow's payload has been looked into.

use crate::packet::Packet;
use crate::protocol::{Inspector, Piece, program};
use crate::report::{Application, FlowRecord, Held as _, Proto, TcpFlags};

/// Bytes of a length that stands before a program.
const LENGTH: usize = 4;
/// Bytes that are too few to tell a program by.
const LEAST: usize = 64;

/// A flow's inspector while it wants more.
#[derive(Debug, Default)]
pub(super) struct Inspection {
    inspector: Option<Box<Inspector>>,
    /// Bytes of memory held by it.
    bytes: u32,
    /// Whether there will be none: it is complete, or given up.
    is_over: bool,
}

impl Inspection {
    /// Bytes of memory held by the inspector.
    pub(super) fn heap_bytes(&self) -> u32 {
        self.bytes
    }

    /// Whether the packet is of interest.
    #[inline]
    pub(super) fn wants(&self, packet: &Packet<'_>, from_orig: bool) -> bool {
        !self.is_over
            && !packet.payload.is_empty()
            && self.inspector.as_ref().is_none_or(|inspector| inspector.wants_more(from_orig))
    }

    /// Shows the packet to the inspector, which must not hold more than `room` bytes; false where it was given up for
    /// that.
    pub(super) fn feed(&mut self, record: &mut FlowRecord, packet: &Packet<'_>, from_orig: bool, room: u64) -> bool {
        if self.inspector.is_none() {
            self.inspector = Inspector::new(record.proto, record.orig_port, record.resp_port).map(Box::new);
        }
        let Some(inspector) = &mut self.inspector else {
            self.is_over = true;
            return true;
        };
        if record.proto == Proto::TCP && record.measures.program.is_none() && !inspector.is_reading() {
            // Some send its length before it.
            let behind = || packet.payload.get(LENGTH..).filter(|rest| rest.len() > LEAST).and_then(program);
            record.measures.program = program(packet.payload).filter(|_| packet.payload.len() > LEAST).or_else(behind);
        }
        inspector.feed(&Piece {
            from_orig,
            seq: packet.tcp.map(|t| t.seq.wrapping_add(u32::from(t.flags.has(TcpFlags::SYN)))),
            payload: packet.payload,
            is_cut: packet.is_cut(),
        });
        self.bytes = u32::try_from(inspector.heap_bytes()).unwrap_or(u32::MAX);
        let has_room = u64::from(self.bytes) <= room;
        if !has_room || inspector.is_over() {
            self.finish(record);
        }
        has_room
    }

    /// Writes what was recognised into the record.
    pub(super) fn finish(&mut self, record: &mut FlowRecord) {
        (self.is_over, self.bytes) = (true, 0);
        if let Some(found) = self.inspector.take().and_then(|inspector| inspector.finish()) {
            record.service = found.service();
            record.application = Some(Box::new(found));
        }
    }
}

/// Bytes of memory held by what was recognised in a flow.
pub(super) fn application_bytes(record: &FlowRecord) -> u64 {
    record.application.as_deref().map_or(0, |a: &Application| u64::try_from(a.held_bytes()).unwrap_or(u64::MAX))
}
