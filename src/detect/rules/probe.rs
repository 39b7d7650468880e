//! What a scanner sends, told by the flags of a flow of which nothing came.

use crate::report::{Direction, FlowRecord, Proto, TcpFlags};

/// What a TCP flow's originator tried, by the flags it sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Probe {
    /// A SYN, and at most a reset after the answer.
    Syn,
    /// A connection that was completed, and nothing said.
    Connect,
    /// No flag.
    Null,
    /// FIN alone.
    Fin,
    /// FIN, PSH and URG.
    Xmas,
    /// ACK alone.
    Ack,
    /// A datagram.
    Datagram,
}

impl Probe {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Syn => "SYN",
            Self::Connect => "connect",
            Self::Null => "NULL",
            Self::Fin => "FIN",
            Self::Xmas => "Xmas",
            Self::Ack => "ACK",
            Self::Datagram => "UDP",
        }
    }
}

/// Most packets that a probe sends.
const PROBE_PACKETS: u64 = 8;

/// Packets of a direction with a flag.
pub(super) fn flag_count(side: &Direction, wanted: u16) -> u32 {
    side.flags.iter().zip(TcpFlags::NAMED).find(|(_, (flag, _))| *flag == wanted).map_or(0, |(n, _)| *n)
}

/// What a flow of which nothing came tried, if it is one that a scanner sends.
pub(super) fn probe(flow: &FlowRecord) -> Option<Probe> {
    if flow.orig.packets == 0 || flow.orig.packets > PROBE_PACKETS {
        return None;
    }
    match flow.proto {
        Proto::TCP => tcp_probe(flow),
        // From a service to a client's port it is the answer to what was not captured.
        Proto::UDP if flow.orig_port < 1024 && flow.resp_port >= 1024 => None,
        Proto::UDP => Some(Probe::Datagram),
        _ => None,
    }
}

fn tcp_probe(flow: &FlowRecord) -> Option<Probe> {
    let orig = &flow.orig;
    let has = |flag| flag_count(orig, flag) > 0;
    if has(TcpFlags::SYN) {
        if flow.history.starts_with('^') {
            return None;
        }
        let is_complete =
            flow.history.contains('h') && has(TcpFlags::ACK) && !matches!(flow.conn_state, Some("S0" | "REJ"));
        let only_reset = flow.history.contains('R') && !flow.history.contains('A');
        return Some(if is_complete && !only_reset { Probe::Connect } else { Probe::Syn });
    }
    // What began before the capture is no probe: it says more, or sends data.
    if orig.packets > 2 || orig.payload_bytes > 0 {
        return None;
    }
    let flags = [TcpFlags::FIN, TcpFlags::RST, TcpFlags::PSH, TcpFlags::ACK, TcpFlags::URG].map(has);
    match flags {
        [false, false, false, false, false] => Some(Probe::Null),
        [true, false, false, false, false] => Some(Probe::Fin),
        [true, false, true, false, true] => Some(Probe::Xmas),
        [false, false, false, true, false] if flow.resp.packets <= 1 => Some(Probe::Ack),
        _ => None,
    }
}
