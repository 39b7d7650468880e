//! Frames to packets: addresses, ports, flags, lengths and the payload, borrowed from the frame.

mod bytes;
mod checksum;
mod extension;
mod fragment;
mod link;
mod network;
mod signs;
mod stop;
mod trace;
mod transport;
mod tunnel;

use std::net::IpAddr;

pub use signs::{signs, wep_sender};
pub use trace::Layer;

use crate::capture::{Frame, Oddities};
use crate::error::Position;
use crate::report::{Proto, TcpFlags, Tunnel, TunnelKind};
use crate::units::Timestamp;
use extension::Fragment;
use fragment::Fragments;
use link::{NetworkKind, Next};
use network::Place;
use stop::Stop;
use trace::{Layers, Trace};
use tunnel::Opening;

/// Bytes of headers without options (RFC 791, 8200, 768, 792, 9260).
const IPV4_HEADER: u16 = 20;
const IPV6_HEADER: u16 = 40;
const UDP_HEADER: u8 = 8;
const ICMP_HEADER: u8 = 8;
const SCTP_HEADER: u8 = 12;

/// TCP's own fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tcp {
    /// Flags.
    pub flags: TcpFlags,
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgement number.
    pub ack: u32,
    /// Window, unscaled.
    pub window: u16,
    /// Bytes of the header, options included; 20 where the header says something impossible.
    pub header_len: u8,
}

/// One decoded packet.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// Number in the run, from 1.
    pub number: u64,
    /// When it was captured.
    pub ts: Timestamp,
    /// Original length on the wire, bytes.
    pub wire_len: u32,
    /// Sender.
    pub src: IpAddr,
    /// Receiver.
    pub dst: IpAddr,
    /// Sender's port; for ICMP the type; 0 where there is none.
    pub src_port: u16,
    /// Receiver's port; for ICMP the code, or the type of the answer to this type; 0 where there is none.
    pub dst_port: u16,
    /// Protocol above IP, or ARP.
    pub proto: Proto,
    /// Outermost VLAN.
    pub vlan: Option<u16>,
    /// Byte offset of its record in its file's content.
    pub offset: u64,
    /// The innermost tunnel it came through. Addresses and ports are those inside.
    pub tunnel: Option<Tunnel>,
    /// Bytes from the IP header on, by its length field; by the captured length where that is 0.
    pub ip_bytes: u32,
    /// Bytes of the network and transport headers.
    pub header_len: u16,
    /// IP time to live or hop limit.
    pub ttl: Option<u8>,
    /// TCP's fields.
    pub tcp: Option<Tcp>,
    /// Whether the checksum above IP is wrong, and not only left to the sender's network card.
    pub has_bad_checksum: bool,
    /// Payload bytes above the transport header, by the length fields.
    pub payload_len: u32,
    /// The captured part of the payload.
    pub payload: &'a [u8],
}

impl Packet<'_> {
    /// Whether part of the payload was not captured.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        u32::try_from(self.payload.len()).is_ok_and(|n| n < self.payload_len)
    }

    /// Bytes of the transport header: of TCP with its options; 0 where there is none, as in later fragments.
    #[must_use]
    pub fn transport_header_len(&self) -> u8 {
        if let Some(tcp) = self.tcp {
            return tcp.header_len;
        }
        let header = match self.proto {
            Proto::UDP => UDP_HEADER,
            Proto::ICMP | Proto::ICMPV6 => ICMP_HEADER,
            Proto::SCTP => SCTP_HEADER,
            _ => return 0,
        };
        let network = if self.src.is_ipv6() { IPV6_HEADER } else { IPV4_HEADER };
        if self.header_len >= network + u16::from(header) { header } else { 0 }
    }

    /// The virtual network it belongs to: a number of its own for every VXLAN, Geneve or NVGRE identifier; 0 outside of
    /// them. The same addresses in two networks are not the same hosts.
    #[must_use]
    pub fn network(&self) -> u32 {
        self.tunnel.map_or(0, virtual_network)
    }
}

/// See [`Packet::network`]. GTP and GRE identifiers differ by direction, so they name no network.
fn virtual_network(tunnel: Tunnel) -> u32 {
    let space = match tunnel.kind {
        TunnelKind::Vxlan => 1,
        TunnelKind::Geneve => 2,
        TunnelKind::Nvgre => 3,
        _ => return 0,
    };
    tunnel.id.map_or(0, |id| space << 24 | (id & 0x00ff_ffff))
}

/// A frame that is not a packet of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecoded {
    /// Its one bucket in the ledger.
    pub why: Why,
    /// What it is, as far as that is known: a protocol's name in lower case (`lldp`, `802.11 beacon`); empty else.
    pub what: &'static str,
    /// The number that names it where `what` names only its space: `("ethertype", 0x88b5)`.
    pub number: Option<u16>,
}

/// Why a frame is not a packet of the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// No IP or ARP inside.
    NonIp,
    /// Headers that contradict themselves.
    Malformed,
    /// Headers cut by the snapshot length.
    Truncated,
    /// A link layer that is not decoded.
    UnsupportedLink,
}

/// Decodes frames. It remembers what single frames do not tell: the ports of IP fragments.
///
/// **Which packet counts** A packet's addresses, ports and protocol are those of the innermost IP packet that can be read:
/// its IP header, and the header of TCP, UDP, ICMP or SCTP where it has one. What a tunnel carries that cannot be read, or
/// is not IP, leaves the packet that carries it. A tunnel that only a UDP port announces (VXLAN, Geneve, GTP-U, Teredo,
/// L2TP, MPLS) counts when its payload parses as that tunnel with an IP packet inside that fits into it. At most four
/// tunnels are opened (`tunnel_too_deep`).
///
/// **Fragments** A later IP fragment gets the ports of the first one when that was seen at most 30 s before; a fragment
/// of a tunnel's packet belongs to the flow of the tunnel itself.
///
/// **Memory** bounded: at most 4,096 fragmented packets are remembered, the oldest forgotten first
/// (`fragment_table_full`).
#[derive(Debug, Default)]
pub struct Decoder {
    fragments: Fragments,
}

impl Decoder {
    /// How long the first fragment of a packet is remembered, nanoseconds.
    pub const FRAGMENT_LIFETIME_NS: u64 = fragment::LIFETIME_NS;
    /// Most fragmented packets that are remembered at once.
    pub const MAX_FRAGMENTED: usize = fragment::CAPACITY;

    /// The frames continue others that were captured before `begin` and are not known: fragments that may belong to
    /// packets from before have to wait until they are.
    pub(crate) fn continue_from(&mut self, begin: Timestamp) {
        self.fragments.wait_from(begin);
    }

    /// Whether the frame decoded last, since [`Self::continue_from`], has to wait: what was decoded is worth nothing.
    pub(crate) fn must_wait(&self) -> bool {
        self.fragments.has_to_wait()
    }

    /// Whether that frame comes after others of its packet that did not have to wait.
    pub(crate) fn waits_late(&self) -> bool {
        self.fragments.waits_late()
    }

    /// Whether fragments of both may belong together that did not wait: the first's are later than the beginning of the
    /// frames that followed by more than half a minute.
    pub(crate) fn overlaps(&self, next: &Self, begin: Timestamp) -> bool {
        next.fragments.has_any() && self.fragments.reaches(begin)
    }

    /// Takes over what the decoder of the frames that followed remembers; whether there is room for it.
    pub(crate) fn absorb(&mut self, next: Self) -> bool {
        self.fragments.absorb(next.fragments)
    }

    /// Decodes a frame.
    ///
    /// **Errors** the one bucket of the ledger that the frame belongs to; oddities of frames that can be used are
    /// counted in `odd`.
    pub fn decode<'a>(&mut self, frame: &Frame<'a>, odd: &mut Oddities) -> Result<Packet<'a>, Undecoded> {
        self.walk(frame, odd, &mut ()).map_err(|stop| {
            if stop.fault == stop::Fault::TooDeep {
                let at = Position { packet: frame.number, byte: frame.offset };
                odd.add(
                    "too_deep",
                    "More tags or labels than anybody nests stand before a packet; it was not read.",
                    at,
                );
            }
            stop.blame(is_cut(frame))
        })
    }

    // Inlined as network::ip is: a packet is some 200 bytes, and moving it costs as much as reading its headers.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn walk<'a, T: Trace>(&mut self, frame: &Frame<'a>, odd: &mut Oddities, trace: &mut T) -> Result<Packet<'a>, Stop> {
        let inner = link::walk(Next::Link(frame.link_type), frame.data, trace)?;
        if inner.kind == NetworkKind::Arp {
            return network::arp(frame, &inner, trace);
        }
        let missing = frame.original_len.saturating_sub(frame.captured_len());
        let place = Place {
            bytes: inner.bytes,
            on_wire: length(inner.bytes).saturating_add(missing),
            is_guess: false,
            vlan: inner.vlan,
            tunnel: None,
        };
        let (packet, part) = network::ip(frame, &place, &mut self.fragments, odd, trace)?;
        match tunnel::open(&packet) {
            Some(opening) if part.offset == 0 => Ok(self.innermost(frame, (packet, part), opening, odd, trace)),
            _ => Ok(packet),
        }
    }

    /// The packet inside all tunnels that can be opened.
    #[inline(never)]
    fn innermost<'a, T: Trace>(
        &mut self,
        frame: &Frame<'a>,
        (mut packet, mut part): (Packet<'a>, Fragment),
        mut opening: Opening<'a>,
        odd: &mut Oddities,
        trace: &mut T,
    ) -> Packet<'a> {
        loop {
            // What is inside may turn out not to be what it seems: until then it is not counted.
            let (mut inner_odd, mark) = (Oddities::default(), trace.mark());
            match self.inside(frame, &packet, part.has_more, &opening, &mut inner_odd, trace) {
                Ok(_) if depth(&packet) == tunnel::MAX_DEPTH => {
                    let at = Position { packet: frame.number, byte: frame.offset };
                    odd.add(
                        "tunnel_too_deep",
                        "More than four tunnels are around a packet; the fifth was not opened.",
                        at,
                    );
                    trace.rewind(mark);
                    return packet;
                }
                Ok(next) => (packet, part) = next,
                Err(stop) => {
                    if stop.name().is_none() {
                        trace.rewind(mark);
                    }
                    return packet;
                }
            }
            odd.merge(&inner_odd);
            match tunnel::open(&packet) {
                Some(next) if part.offset == 0 => opening = next,
                _ => return packet,
            }
        }
    }

    /// The packet that another one carries.
    #[inline(never)]
    fn inside<'a, T: Trace>(
        &mut self,
        frame: &Frame<'a>,
        carrier: &Packet<'a>,
        is_first_fragment: bool,
        opening: &Opening<'a>,
        odd: &mut Oddities,
        trace: &mut T,
    ) -> Result<(Packet<'a>, Fragment), Stop> {
        if !opening.header.is_empty() {
            trace.layer(opening.kind.name(), opening.header, || {
                opening.id.map_or_else(|| "tunnel".to_owned(), |id| format!("tunnel {id}"))
            });
        }
        let inner = link::walk(opening.next, opening.bytes, trace)?;
        if inner.kind == NetworkKind::Arp {
            return Err(Stop::named("arp"));
        }
        let missing = carrier.payload_len.saturating_sub(length(carrier.payload));
        let place = Place {
            bytes: inner.bytes,
            on_wire: length(inner.bytes).saturating_add(missing),
            is_guess: opening.is_guess && !is_first_fragment,
            vlan: carrier.vlan.or(inner.vlan),
            tunnel: Some(Tunnel {
                kind: opening.kind,
                depth: depth(carrier) + 1,
                id: opening.id,
                src: carrier.src,
                dst: carrier.dst,
            }),
        };
        network::ip(frame, &place, &mut self.fragments, odd, trace)
    }
}

/// The layers of a frame, outermost first, as [`Decoder::decode`] reads them; at most 32. Bytes behind the headers are the
/// last layer: `payload`, or what they are by name, or `data`.
#[must_use]
pub fn layers(frame: &Frame<'_>) -> Vec<Layer> {
    let mut found = Layers::of(frame.data);
    match Decoder::default().walk(frame, &mut Oddities::default(), &mut found) {
        Ok(packet) => found.finish("payload", Some(packet.payload)),
        Err(stop) => found.finish(stop.name().unwrap_or("data"), None),
    }
}

/// The sender of an ARP frame and its hardware address, where that is six bytes long.
#[must_use]
pub fn arp_sender(frame: &Frame<'_>) -> Option<(IpAddr, [u8; 6])> {
    let inner = link::walk(Next::Link(frame.link_type), frame.data, &mut ()).ok()?;
    (inner.kind == NetworkKind::Arp).then(|| network::arp_sender(inner.bytes)).flatten()
}

fn is_cut(frame: &Frame<'_>) -> bool {
    frame.original_len > frame.captured_len()
}

fn depth(packet: &Packet<'_>) -> u8 {
    packet.tunnel.map_or(0, |t| t.depth)
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}
