//! How the original CICFlowMeter adds a packet to a flow.

use std::net::IpAddr;

use crate::report::{OriginalBulk, OriginalFlow, OriginalSide, TcpFlags};

/// A longer gap is one between subflows, and ends a run that may be a bulk, microseconds.
const SECOND: i64 = 1_000_000;
/// A longer gap is a pause, microseconds.
const ACTIVITY_TIMEOUT: i64 = 5_000_000;
/// Packets from which on a run is a bulk.
const BULK: u64 = 4;

/// What the original sees of a packet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) number: u64,
    pub(super) us: i64,
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    pub(super) src_port: u16,
    pub(super) dst_port: u16,
    pub(super) protocol: u8,
    pub(super) payload: u32,
    pub(super) header: u8,
    pub(super) window: u16,
    pub(super) flags: TcpFlags,
}

/// The flow that a packet begins; it counts as forward.
pub(super) fn first(seen: &Seen) -> OriginalFlow {
    let mut flow = OriginalFlow {
        src: seen.src,
        dst: seen.dst,
        src_port: seen.src_port,
        dst_port: seen.dst_port,
        protocol: seen.protocol,
        first_packet: seen.number,
        start_us: seen.us,
        last_us: seen.us,
        fwd_window: seen.window,
        seg_min: seen.header.into(),
        active_from_us: seen.us,
        active_to_us: seen.us,
        ..OriginalFlow::default()
    };
    add_to_bulk(&mut flow.bulk, seen);
    count_flags(&mut flow.flags, seen.flags);
    // Once for the flow and once for its side.
    flow.lengths.add(seen.payload.into());
    flow.lengths.add(seen.payload.into());
    flow.fwd.psh = u64::from(seen.flags.has(TcpFlags::PSH));
    flow.fwd.urg = u64::from(seen.flags.has(TcpFlags::URG));
    add_to_side(&mut flow.fwd, seen);
    flow
}

/// Adds a packet that is not the first.
pub(super) fn add(flow: &mut OriginalFlow, seen: &Seen, is_forward: bool) {
    add_to_bulk(&mut flow.bulk, seen);
    if seen.us.saturating_sub(flow.last_us) > SECOND {
        flow.gaps_over_a_second += 1;
        active_or_idle(flow, seen.us);
    }
    count_flags(&mut flow.flags, seen.flags);
    flow.lengths.add(seen.payload.into());
    if is_forward {
        flow.act_data += u64::from(seen.payload > 0);
        flow.seg_min = flow.seg_min.min(seen.header.into());
        add_to_side(&mut flow.fwd, seen);
    } else {
        flow.bwd_window = seen.window;
        add_to_side(&mut flow.bwd, seen);
    }
    flow.gaps.add(seen.us.saturating_sub(flow.last_us));
    flow.last_us = seen.us;
}

fn add_to_side(side: &mut OriginalSide, seen: &Seen) {
    if side.packets > 0 {
        side.gaps.add(seen.us.saturating_sub(side.last_us));
    }
    side.packets += 1;
    side.bytes += u64::from(seen.payload);
    side.lengths.add(seen.payload.into());
    side.header_bytes += u64::from(seen.header);
    side.last_us = seen.us;
}

/// Notes that the flow is active, and a pause where it was longer than the activity timeout.
pub(super) fn active_or_idle(flow: &mut OriginalFlow, us: i64) {
    let pause = us.saturating_sub(flow.active_to_us);
    if pause > ACTIVITY_TIMEOUT {
        let active = flow.active_to_us.saturating_sub(flow.active_from_us);
        if active > 0 {
            flow.active.add(active);
        }
        flow.idle.add(pause);
        flow.active_from_us = us;
    }
    flow.active_to_us = us;
}

/// Its comparison of the packet's sender with the flow's is of two copies and never true: all are backward.
fn add_to_bulk(bulk: &mut OriginalBulk, seen: &Seen) {
    let bytes = u64::from(seen.payload);
    if bytes == 0 {
        return;
    }
    let Some(start) = bulk.start_us.filter(|_| seen.us.saturating_sub(bulk.last_us) <= SECOND) else {
        *bulk = OriginalBulk { start_us: Some(seen.us), last_us: seen.us, run_packets: 1, run_bytes: bytes, ..*bulk };
        return;
    };
    bulk.run_packets += 1;
    bulk.run_bytes += bytes;
    match bulk.run_packets {
        ..BULK => {}
        BULK => {
            bulk.bulks += 1;
            bulk.packets += BULK;
            bulk.bytes += bulk.run_bytes;
            bulk.duration_us = bulk.duration_us.saturating_add(seen.us.saturating_sub(start));
        }
        _ => {
            bulk.packets += 1;
            bulk.bytes += bytes;
            bulk.duration_us = bulk.duration_us.saturating_add(seen.us.saturating_sub(bulk.last_us));
        }
    }
    bulk.last_us = seen.us;
}

fn count_flags(counts: &mut [u64; 8], flags: TcpFlags) {
    let order = [
        TcpFlags::FIN,
        TcpFlags::SYN,
        TcpFlags::RST,
        TcpFlags::PSH,
        TcpFlags::ACK,
        TcpFlags::URG,
        TcpFlags::ECE,
        TcpFlags::CWR,
    ];
    for (n, mask) in counts.iter_mut().zip(order) {
        *n += u64::from(flags.has(mask));
    }
}
