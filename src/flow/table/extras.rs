//! What flows need beside their records, within one budget.

use crate::flow::inspection::application_bytes;
use crate::flow::measure::{self, SERIES_BYTES};
use crate::flow::open::OpenFlow;
use crate::packet::Packet;
use crate::report::FlowRecord;
use crate::units::count;

/// What must be left for an open flow to keep what few flows need.
const SPARE_BYTES: u64 = 4_096;

/// The memory that flows take beside their records, open ones beside themselves, and what was left out for want of it.
///
/// A budget, here, is how many bytes all of it may be.
#[derive(Debug, Default)]
pub(super) struct Extras {
    /// Held by what responders did, the sequence numbers told, further packets measured, what was recognised, and by
    /// the byte counts and inspectors of open flows.
    pub(super) bytes: u64,
    /// Directions whose bytes were not counted to the end: they have no entropy.
    pub(super) uncounted: u64,
    /// Flows whose payload was not looked into to the end.
    pub(super) uninspected: u64,
    /// Flows of two packets or more that were not measured beyond their counts.
    pub(super) unmeasured: u64,
}

impl Extras {
    /// Whether something was left out.
    pub(super) fn has_given_up(&self) -> bool {
        self.uncounted + self.uninspected + self.unmeasured > 0
    }

    /// Takes over what another table holds.
    pub(super) fn absorb(&mut self, next: &Self) {
        self.bytes += next.bytes;
        self.uncounted += next.uncounted;
        self.uninspected += next.uninspected;
        self.unmeasured += next.unmeasured;
    }

    /// Something that held so many bytes holds so many now.
    #[inline]
    fn change(&mut self, before: usize, after: usize) {
        self.bytes = self.bytes + count(after) - count(before);
    }

    /// Adds a packet that is not the flow's first; returns the nanoseconds since the one before.
    #[inline]
    pub(super) fn add(
        &mut self,
        (flow, record): (&mut OpenFlow, &mut FlowRecord),
        is_low: bool,
        packet: &Packet<'_>,
        budget: u64,
    ) -> u64 {
        if record.measures.series.is_none() && record.packets() == 1 {
            self.grow(record, budget);
        }
        let before = flow.tcp.heap_bytes();
        let gap = flow.add(record, is_low, packet, self.bytes + SPARE_BYTES <= budget);
        self.change(before, flow.tcp.heap_bytes());
        gap
    }

    /// Adds a flow's first packet.
    pub(super) fn begin(
        &mut self,
        (flow, record): (&mut OpenFlow, &mut FlowRecord),
        is_low: bool,
        packet: &Packet<'_>,
    ) {
        flow.count(record, is_low, packet, true);
        self.change(0, flow.tcp.heap_bytes());
    }

    /// Begins the measurements that a flow needs from its second packet on.
    fn grow(&mut self, record: &mut FlowRecord, budget: u64) {
        if self.bytes + SERIES_BYTES > budget {
            self.unmeasured += 1;
            return;
        }
        measure::grow(record);
        self.bytes += SERIES_BYTES;
    }

    /// Looks into a packet's payload: counts the values of its bytes, as far as they are among the first `limit` of
    /// their direction, and shows it to the inspector.
    #[inline]
    pub(super) fn look_into(
        &mut self,
        (flow, record): (&mut OpenFlow, &mut FlowRecord),
        is_low: bool,
        packet: &Packet<'_>,
        (limit, budget): (u32, u64),
    ) {
        if packet.payload.is_empty() {
            return;
        }
        let counted = flow.bytes(is_low).within(packet.payload, limit);
        if !counted.is_empty() {
            self.count(flow, is_low, counted, budget);
        }
        if flow.inspection.wants(packet, flow.is_from_orig(is_low)) {
            self.inspect(flow, record, is_low, packet, budget);
        }
    }

    #[inline(never)]
    fn count(&mut self, flow: &mut OpenFlow, is_low: bool, payload: &[u8], budget: u64) {
        let bytes = flow.bytes(is_low);
        let before = bytes.heap_bytes();
        if self.bytes - count(before) + count(bytes.heap_bytes_with(payload.len())) > budget {
            self.uncounted += 1;
            bytes.give_up();
        } else {
            bytes.add(payload);
        }
        self.change(before, bytes.heap_bytes());
    }

    #[inline(never)]
    fn inspect(
        &mut self,
        flow: &mut OpenFlow,
        record: &mut FlowRecord,
        is_low: bool,
        packet: &Packet<'_>,
        budget: u64,
    ) {
        let from_orig = flow.is_from_orig(is_low);
        let others = self.bytes - u64::from(flow.inspection.heap_bytes());
        let has_room = flow.inspection.feed(record, packet, from_orig, budget.saturating_sub(others));
        self.uninspected += u64::from(!has_room);
        self.bytes = others + u64::from(flow.inspection.heap_bytes()) + application_bytes(record);
    }
}
