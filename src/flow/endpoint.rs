//! One side of a TCP connection as Zeek sees it, and the states that two sides add up to.

use crate::report::TcpFlags;

/// What one side has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing yet.
    #[default]
    Inactive,
    /// Sent SYN.
    SynSent,
    /// Sent SYN ACK though it is the originator.
    SynAckSent,
    /// In the middle of a connection whose beginning was not seen.
    Partial,
    /// Answered the handshake, or had it answered.
    Established,
    /// Sent FIN.
    Closed,
    /// Sent RST.
    Reset,
}

/// The phase of a side and the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) now: Phase,
    pub(super) before: Phase,
}

impl Endpoint {
    fn to(&mut self, next: Phase) {
        if next != self.now {
            self.before = self.now;
            self.now = next;
        }
    }

    /// Whether the handshake was seen and nothing went wrong since: only then are gaps in what it sent believed.
    pub(super) fn is_clean(self) -> bool {
        self.now == Phase::Established || (self.now == Phase::Closed && self.before == Phase::Established)
    }

    fn is_unknown(self) -> bool {
        matches!(self.now, Phase::Inactive | Phase::Partial)
    }
}

/// One packet, as far as it moves the sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) flags: TcpFlags,
    pub(super) from_orig: bool,
    pub(super) has_payload: bool,
}

impl Event {
    fn has(self, flag: u16) -> bool {
        self.flags.has(flag)
    }
}

/// Moves the sender of a packet, and its peer where the packet says something of it.
///
/// **Source** the transitions of Zeek 7's TCP analysis, by which its `conn_state` is defined.
pub(super) fn advance(sender: &mut Endpoint, peer: &mut Endpoint, event: Event) {
    let (syn, fin, rst) = (event.has(TcpFlags::SYN), event.has(TcpFlags::FIN), event.has(TcpFlags::RST));
    match sender.now {
        Phase::Inactive => wake(sender, peer, event),
        Phase::SynSent | Phase::SynAckSent => {
            if fin {
                sender.to(Phase::Closed);
            }
            if rst {
                sender.to(Phase::Reset);
            }
        }
        Phase::Established | Phase::Partial => {
            let is_late_syn = syn && !event.has(TcpFlags::ACK);
            if is_late_syn && sender.now == Phase::Partial && peer.now == Phase::Inactive {
                sender.to(Phase::SynSent);
            }
            if fin && !rst {
                sender.to(Phase::Closed);
                // A FIN and then a RST of the peer, answered by a FIN, is an ordinary end.
                if peer.now == Phase::Reset && peer.before == Phase::Closed {
                    peer.to(Phase::Closed);
                }
            }
            if rst {
                sender.to(Phase::Reset);
            }
        }
        Phase::Closed => {
            if rst && peer.now != Phase::Closed {
                sender.to(Phase::Reset);
            }
        }
        Phase::Reset => {}
    }
}

/// The first packet of a side.
fn wake(sender: &mut Endpoint, peer: &mut Endpoint, event: Event) {
    let ack = event.has(TcpFlags::ACK);
    if event.has(TcpFlags::SYN) {
        match (event.from_orig, ack) {
            (true, true) => sender.to(Phase::SynAckSent),
            (true, false) => sender.to(Phase::SynSent),
            (false, _) => {
                if peer.now == Phase::SynSent {
                    peer.to(Phase::Established);
                }
                sender.to(Phase::Established);
            }
        }
    }
    if event.has(TcpFlags::FIN) {
        sender.to(Phase::Closed);
    }
    if event.has(TcpFlags::RST) {
        sender.to(Phase::Reset);
    }
    if sender.now != Phase::Inactive {
        return;
    }
    // Some acknowledge a SYN before they answer it.
    let is_early_ack = !event.from_orig && !event.has_payload && peer.now == Phase::SynSent;
    if is_early_ack {
        return;
    }
    sender.to(if ack && peer.now == Phase::Established { Phase::Established } else { Phase::Partial });
}

/// Zeek's `conn_state` of two sides. `sent_nothing`: no payload either way; `is_syn_then_reset`: the history is no more
/// than a SYN and the originator's RST.
pub(super) fn conn_state(orig: Endpoint, resp: Endpoint, sent_nothing: bool, is_syn_then_reset: bool) -> &'static str {
    match (orig.now, resp.now) {
        (Phase::SynSent | Phase::SynAckSent, Phase::Reset) => "REJ",
        (Phase::Reset, Phase::Reset) if sent_nothing => "REJ",
        (_, Phase::Reset) if orig.is_unknown() => "RSTRH",
        (_, Phase::Reset) => "RSTR",
        (Phase::Reset, _) if !resp.is_unknown() => "RSTO",
        (Phase::Reset, _) if is_syn_then_reset => "RSTOS0",
        (Phase::Reset, _) => "OTH",
        (Phase::Closed, Phase::Closed) => "SF",
        (Phase::Closed, _) if resp.is_unknown() => "SH",
        (Phase::Closed, _) => "S2",
        (_, Phase::Closed) if orig.is_unknown() => "SHR",
        (_, Phase::Closed) => "S3",
        (Phase::SynSent, Phase::Inactive) => "S0",
        (Phase::Established, Phase::Established) => "S1",
        _ => "OTH",
    }
}
