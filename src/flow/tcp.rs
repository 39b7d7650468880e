//! A TCP flow while it is open: states, history, and what its sequence numbers tell.

use super::endpoint::{self, Endpoint, Event, Phase};
use super::history;
use super::holes::{self, Holes, Payload};
use crate::packet::{self, Packet};
use crate::report::{EndReason, FlowRecord, StreamSide, TcpFlags};
use crate::units::Timestamp;

/// Kinds of packets that Zeek writes once a direction, and those it writes again when their sequence number changes.
const ACK: u8 = 1;
const DATA: u8 = 1 << 1;
const FIN_RST: u8 = 1 << 2;
const MULTI: u8 = 1 << 3;
const SYN: u8 = 1 << 4;
const FIN: u8 = 1 << 5;
const RST: u8 = 1 << 6;
const LIMITED: u8 = 1 << 7;

/// Sequence numbers of SYN and RST that are further off than this are not believed (Zeek's figure).
const FAR: u32 = 1 << 20;

/// One side's numbers.
#[derive(Debug, Default)]
struct Side {
    end: Endpoint,
    /// Kinds of packets seen.
    seen: u8,
    has_fin: bool,
    has_acked: bool,
    last_window: u16,
    /// Sequence number of its SYN, or one before its first byte where none was seen.
    start: u32,
    /// One past the highest sequence number.
    last: u32,
    /// Highest number the other side acknowledged.
    acked: u32,
    last_ack: u32,
    last_syn: u32,
    last_fin: u32,
    last_rst: u32,
    /// One past its FIN.
    fin_end: u32,
    holes: Holes,
}

impl Side {
    fn begin(&mut self, start: u32) {
        self.start = start;
        self.acked = start;
        self.holes.begin(start.wrapping_add(1));
    }

    /// Payload bytes by the sequence numbers.
    fn size(&self) -> u32 {
        let end = if holes::is_before(self.acked, self.last) { self.last } else { self.acked };
        let octets = 1 + u32::from(self.has_fin);
        end.wrapping_sub(self.start).saturating_sub(octets)
    }
}

/// What has passed in one TCP flow.
#[derive(Debug, Default)]
pub(super) struct Tcp {
    orig: Side,
    resp: Side,
    /// When both sides had closed, or one had reset.
    closed: Option<Timestamp>,
    /// The originator's last SYN before it was answered.
    syn: Option<Timestamp>,
    /// The first answer, until it is acknowledged.
    syn_ack: Option<Timestamp>,
}

impl Tcp {
    /// Notes one packet. `has_room`: there is memory for stretches of payload that came before those they follow.
    pub(super) fn note(
        &mut self,
        packet: &Packet<'_>,
        tcp: packet::Tcp,
        (from_orig, has_room): (bool, bool),
        record: &mut FlowRecord,
    ) {
        let flags = tcp.flags;
        let (syn, fin, rst) = (flags.has(TcpFlags::SYN), flags.has(TcpFlags::FIN), flags.has(TcpFlags::RST));
        let event = Event { flags, from_orig, has_payload: packet.payload_len > 0 };
        // The data of a RST is no part of the stream.
        let payload = if rst { 0 } else { packet.payload_len };
        let end = tcp.seq.wrapping_add(payload).wrapping_add(u32::from(syn) + u32::from(fin));
        self.time(packet.ts, flags, from_orig, record);

        let (sender, peer) =
            if from_orig { (&mut self.orig, &mut self.resp) } else { (&mut self.resp, &mut self.orig) };
        let mut letters = Letters { record, from_orig };
        sender.locate(tcp.seq, end, syn);
        sender.name(flags, tcp.seq, end, packet.payload_len, &mut letters);
        if tcp.window == 0 && !rst && peer.end.now != Phase::Closed && sender.end.now != Phase::Reset {
            letters.count(b'W', |side| &mut side.zero_windows);
        }
        if fin {
            sender.has_fin = true;
            sender.fin_end = end;
        }
        let is_pure_ack = flags.has(TcpFlags::ACK) && payload == 0 && !syn && !fin && !rst;
        if is_pure_ack {
            let is_same = sender.has_acked && (sender.last_ack, sender.last_window) == (tcp.ack, tcp.window);
            if is_same && holes::is_before(tcp.ack, peer.last) {
                letters.side().duplicate_acks = letters.side().duplicate_acks.saturating_add(1);
            }
            (sender.has_acked, sender.last_ack, sender.last_window) = (true, tcp.ack, tcp.window);
        }
        if flags.has(TcpFlags::ACK) {
            if peer.end.now == Phase::Inactive {
                peer.begin(tcp.ack.wrapping_sub(1));
                peer.last = peer.start;
            } else if !rst && holes::is_before(peer.acked, tcp.ack) {
                peer.acked = tcp.ack;
            }
        }
        sender.move_on(end, flags);
        endpoint::advance(&mut sender.end, &mut peer.end, event);
        if flags.has(TcpFlags::ACK) && !rst {
            peer.acknowledge(tcp.ack, sender.end.is_clean(), &mut letters);
        }
        if payload > 0 && sender.end.now != Phase::Reset {
            sender.see(tcp.seq.wrapping_add(u32::from(syn)), payload, has_room, &mut letters);
        }
        let is_reset = self.orig.end.now == Phase::Reset || self.resp.end.now == Phase::Reset;
        let is_shut = self.orig.end.now == Phase::Closed && self.resp.end.now == Phase::Closed;
        if self.closed.is_none() && (is_reset || is_shut) {
            self.closed = Some(packet.ts);
        }
    }

    /// The times of the handshake.
    fn time(&mut self, ts: Timestamp, flags: TcpFlags, from_orig: bool, record: &mut FlowRecord) {
        let (is_syn, is_ack) = (flags.has(TcpFlags::SYN), flags.has(TcpFlags::ACK));
        if flags.has(TcpFlags::RST) || flags.has(TcpFlags::FIN) {
            return;
        }
        match (from_orig, is_syn, is_ack) {
            (true, true, false) if self.syn_ack.is_none() => self.syn = Some(ts),
            (false, true, true) if self.resp.end.now == Phase::Inactive => {
                self.syn_ack = Some(ts);
                if let Some(syn) = self.syn {
                    record.stream.syn_ack_ns = Some(ts.since(syn));
                }
            }
            (true, false, true) => {
                let is_first = record.stream.ack_ns.is_none();
                if let Some(syn_ack) = self.syn_ack.filter(|_| is_first) {
                    record.stream.ack_ns = Some(ts.since(syn_ack));
                }
            }
            _ => {}
        }
    }

    /// When it was closed by both sides, or reset by one.
    pub(super) fn closed(&self) -> Option<Timestamp> {
        self.closed
    }

    /// Why it ended, where it did so itself.
    pub(super) fn end_reason(&self) -> Option<EndReason> {
        let is_reset = self.orig.end.now == Phase::Reset || self.resp.end.now == Phase::Reset;
        self.closed.map(|_| if is_reset { EndReason::Rst } else { EndReason::Fin })
    }

    /// Zeek's `conn_state`.
    pub(super) fn conn_state(&self, history: &str) -> &'static str {
        let sent_nothing = self.orig.size() == 0 && self.resp.size() == 0;
        endpoint::conn_state(self.orig.end, self.resp.end, sent_nothing, history::is_syn_then_reset(history))
    }

    /// Whether a SYN could only be that of another connection than this one.
    pub(super) fn is_other_syn(&self, seq: u32, from_orig: bool) -> bool {
        !from_orig || self.orig.seen & SYN == 0 || self.orig.last_syn != seq
    }

    /// Bytes of memory it holds beside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        self.orig.holes.heap_bytes() + self.resp.holes.heap_bytes()
    }
}

impl Side {
    /// Begins the numbering with the side's first packet, and anew with a SYN that says so.
    fn locate(&mut self, seq: u32, end: u32, is_syn: bool) {
        match self.end.now {
            Phase::Inactive if is_syn => {
                self.begin(seq);
                self.last = end;
            }
            // As if there had been a SYN, so that sizes mean the same; its own bytes are not yet repeated.
            Phase::Inactive => {
                self.begin(seq.wrapping_sub(1));
                self.last = seq;
            }
            Phase::SynSent | Phase::SynAckSent | Phase::Established | Phase::Partial if is_syn && seq != self.start => {
                self.begin(seq);
                self.last = end;
            }
            Phase::Reset if is_syn && self.end.before == Phase::Inactive => {
                self.begin(seq);
                self.last = end;
            }
            _ => {}
        }
    }

    /// Writes what kind of packet it is.
    fn name(&mut self, flags: TcpFlags, seq: u32, end: u32, payload: u32, letters: &mut Letters<'_>) {
        let (syn, fin, rst) = (flags.has(TcpFlags::SYN), flags.has(TcpFlags::FIN), flags.has(TcpFlags::RST));
        let ack = flags.has(TcpFlags::ACK);
        let (kind, letter, last, number) = match (syn, fin, rst) {
            (false, true, true) => (FIN_RST, b'I', None, 0),
            (true, true, _) | (true, _, true) => (MULTI, b'Q', None, 0),
            (true, ..) => (SYN, if ack { b'H' } else { b'S' }, Some(&mut self.last_syn), seq),
            (_, true, _) => (FIN, b'F', Some(&mut self.last_fin), end),
            (.., true) => (RST, b'R', Some(&mut self.last_rst), seq),
            _ if payload > 0 => (DATA, b'D', None, 0),
            _ if ack => (ACK, b'A', None, 0),
            _ => return,
        };
        let is_first = self.seen & kind == 0;
        self.seen |= kind;
        let is_moved = last.is_some_and(|last| std::mem::replace(last, number) != number);
        if is_first || is_moved {
            letters.write(letter);
        }
    }

    /// Moves the highest number.
    fn move_on(&mut self, end: u32, flags: TcpFlags) {
        let delta = holes::distance(end, self.last);
        let is_odd = flags.has(TcpFlags::SYN) || flags.has(TcpFlags::RST);
        let is_believed = self.end.now != Phase::Reset && !(is_odd && delta.unsigned_abs() > FAR);
        // A FIN after nothing else ends a connection of which the rest, maybe gigabytes, was not captured.
        let is_only_fin = flags.has(TcpFlags::FIN) && self.last == self.start.wrapping_add(1);
        if is_believed && (delta > 0 || is_only_fin) {
            self.last = end;
        }
    }

    /// The other side acknowledged up to `ack`.
    fn acknowledge(&mut self, ack: u32, is_peer_clean: bool, letters: &mut Letters<'_>) {
        let is_believed = is_peer_clean && self.end.is_clean();
        // The FIN takes a number, and no byte.
        let up_to =
            if self.has_fin && !holes::is_before(ack, self.fin_end) { self.fin_end.wrapping_sub(1) } else { ack };
        self.holes.acknowledge(up_to, |bytes| {
            if is_believed {
                letters.gap(bytes);
            }
        });
    }

    /// Notes where payload lies.
    fn see(&mut self, start: u32, length: u32, has_room: bool, letters: &mut Letters<'_>) {
        let seen = self.holes.see(start, start.wrapping_add(length), has_room);
        if seen != Payload::New {
            let counts = letters.side();
            let is_late = seen == Payload::Late;
            let counter = if is_late { &mut counts.out_of_order } else { &mut counts.retransmissions };
            *counter = counter.saturating_add(1);
            // Zeek does not tell the two apart.
            if history::is_written(counts.out_of_order.saturating_add(counts.retransmissions)) {
                letters.write(b'T');
            }
        }
        if self.holes.is_limited() && self.seen & LIMITED == 0 {
            self.seen |= LIMITED;
            letters.write(b'X');
        }
    }
}

/// Where one packet's letters and counts go.
struct Letters<'a> {
    record: &'a mut FlowRecord,
    from_orig: bool,
}

impl Letters<'_> {
    fn side(&mut self) -> &mut StreamSide {
        let stream = &mut self.record.stream;
        if self.from_orig { &mut stream.orig } else { &mut stream.resp }
    }

    fn write(&mut self, letter: u8) {
        history::write(&mut self.record.history, letter, self.from_orig);
    }

    /// Counts one, and writes its letter at the first, tenth, hundredth time.
    fn count(&mut self, letter: u8, counter: fn(&mut StreamSide) -> &mut u32) {
        let counter = counter(self.side());
        *counter = counter.saturating_add(1);
        if history::is_written(*counter) {
            self.write(letter);
        }
    }

    /// A stretch of the other side's bytes is missing.
    fn gap(&mut self, bytes: u32) {
        self.from_orig = !self.from_orig;
        let side = self.side();
        side.missed_bytes = side.missed_bytes.saturating_add(u64::from(bytes));
        self.count(b'G', |side| &mut side.gaps);
        self.from_orig = !self.from_orig;
    }
}
