//! A flow that may still grow.

use super::byte_counts::{ByteCounts, EntropyTable};
use super::key::Key;
use super::state::State;
use crate::packet::Packet;
use crate::protocol::{self, MAX_PROBES};
use crate::report::{Context, Direction, EndReason, FlowRecord, Moments, TcpFlags, Tunnel, Verdict};
use crate::units::Timestamp;

/// Flags in the order of [`Direction::flags`].
const FLAGS: [u16; 8] = [
    TcpFlags::FIN,
    TcpFlags::SYN,
    TcpFlags::RST,
    TcpFlags::PSH,
    TcpFlags::ACK,
    TcpFlags::URG,
    TcpFlags::ECE,
    TcpFlags::CWR,
];

#[derive(Debug)]
pub(super) struct OpenFlow {
    pub(super) key: Key,
    pub(super) first_ts: Timestamp,
    pub(super) last_ts: Timestamp,
    pub(super) state: State,
    first_packet: u64,
    last_packet: u64,
    first_offset: u64,
    last_offset: u64,
    tunnel: Option<Box<Tunnel>>,
    service: Option<&'static str>,
    /// Payloads looked at for the service, of originator and responder.
    probes: [u8; 2],
    /// Whether the originator is the key's first end.
    orig_is_low: bool,
    ends: (std::net::IpAddr, u16, std::net::IpAddr, u16),
    proto: crate::report::Proto,
    vlan: Option<u16>,
    orig: Direction,
    resp: Direction,
    orig_bytes: ByteCounts,
    resp_bytes: ByteCounts,
    iat: Moments,
}

impl OpenFlow {
    /// The flow that `packet` begins: its sender is the originator.
    pub(super) fn begin(key: Key, is_low: bool, packet: &Packet<'_>) -> Self {
        let mut flow = Self {
            key,
            first_ts: packet.ts,
            last_ts: packet.ts,
            state: State::default(),
            first_packet: packet.number,
            last_packet: packet.number,
            first_offset: packet.offset,
            last_offset: packet.offset,
            tunnel: packet.tunnel.map(Box::new),
            service: None,
            probes: [0; 2],
            orig_is_low: is_low,
            ends: (packet.src, packet.src_port, packet.dst, packet.dst_port),
            proto: packet.proto,
            vlan: packet.vlan,
            orig: Direction::default(),
            resp: Direction::default(),
            orig_bytes: ByteCounts::Empty,
            resp_bytes: ByteCounts::Empty,
            iat: Moments::default(),
        };
        flow.count(packet, true);
        flow
    }

    /// Adds a packet; returns the nanoseconds since the one before.
    pub(super) fn add(&mut self, is_low: bool, packet: &Packet<'_>) -> u64 {
        let gap = packet.ts.since(self.last_ts);
        self.iat.add(gap);
        self.first_ts = self.first_ts.min(packet.ts);
        self.last_ts = self.last_ts.max(packet.ts);
        self.last_packet = packet.number;
        self.last_offset = packet.offset;
        self.count(packet, is_low == self.orig_is_low);
        gap
    }

    fn count(&mut self, packet: &Packet<'_>, from_orig: bool) {
        self.state.note(packet, from_orig);
        let (side, bytes) =
            if from_orig { (&mut self.orig, &mut self.orig_bytes) } else { (&mut self.resp, &mut self.resp_bytes) };
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
            for (count, flag) in side.flags.iter_mut().zip(FLAGS) {
                *count = count.saturating_add(u32::from(tcp.flags.has(flag)));
            }
        }
        bytes.add(packet.payload);
        if self.service.is_none() && !packet.payload.is_empty() {
            self.probe(packet, from_orig);
        }
    }

    /// Looks what the first payloads of a direction say.
    fn probe(&mut self, packet: &Packet<'_>, from_orig: bool) {
        let [orig, resp] = &mut self.probes;
        let probes = if from_orig { orig } else { resp };
        if *probes < MAX_PROBES {
            *probes += 1;
            self.service = protocol::identify(packet.proto, packet.src_port, packet.dst_port, packet.payload);
        }
    }

    /// The finished record.
    pub(super) fn finish(mut self, end: EndReason, entropy: &EntropyTable) -> FlowRecord {
        self.orig.entropy = self.orig_bytes.entropy(entropy);
        self.resp.entropy = self.resp_bytes.entropy(entropy);
        let (orig_addr, orig_port, resp_addr, resp_port) = self.ends;
        FlowRecord {
            uid: self.key.mix(self.first_ts.0.cast_unsigned() ^ self.first_packet.rotate_left(32)),
            first_ts: self.first_ts,
            last_ts: self.last_ts,
            first_packet: self.first_packet,
            last_packet: self.last_packet,
            first_offset: self.first_offset,
            last_offset: self.last_offset,
            orig_addr,
            resp_addr,
            orig_port,
            resp_port,
            proto: self.proto,
            vlan: self.vlan,
            tunnel: self.tunnel,
            service: self.service,
            conn_state: self.state.conn_state(self.proto, self.resp.packets > 0),
            history: self.state.into_history(),
            orig: self.orig,
            resp: self.resp,
            iat: self.iat,
            end,
            context: Context::default(),
            verdict: Verdict::default(),
        }
    }
}
