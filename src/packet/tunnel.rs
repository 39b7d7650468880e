//! Tunnels: packets that carry packets.

mod gre;
mod udp;

use super::bytes::be16;
use super::link::Next;
use super::{Packet, bytes};
use crate::report::{Proto, TunnelKind};

/// Tunnels opened around one packet (Zeek's `Tunnel::max_depth` is 4 as well).
pub(super) const MAX_DEPTH: u8 = 4;

/// IP protocols that are tunnels.
const IPV4: u8 = 4;
const IPV6: u8 = 41;
const GRE: u8 = 47;
const ETHER_IP: u8 = 97;
const MPLS: u8 = 137;
/// EtherIP's version, in the first half of its first byte (RFC 3378).
const ETHER_IP_VERSION: u16 = 0x3000;

/// What a packet carries, if it is a tunnel's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening<'a> {
    pub(super) kind: TunnelKind,
    pub(super) id: Option<u32>,
    /// The tunnel's own header; empty where it has none.
    pub(super) header: &'a [u8],
    pub(super) next: Next,
    pub(super) bytes: &'a [u8],
    /// Whether only a port number speaks for a tunnel, and what is inside has to prove it.
    pub(super) is_guess: bool,
}

impl<'a> Opening<'a> {
    /// A tunnel whose header takes the first `length` bytes of `data`.
    fn new(kind: TunnelKind, id: Option<u32>, data: &'a [u8], length: usize, next: Next) -> Option<Self> {
        let (header, bytes) = data.split_at_checked(length)?;
        Some(Self { kind, id, header, next, bytes, is_guess: false })
    }
}

/// Looks for a tunnel in a packet that is whole or the first fragment.
#[inline]
pub(super) fn open<'a>(packet: &Packet<'a>) -> Option<Opening<'a>> {
    match packet.proto {
        Proto::TCP => None,
        Proto::UDP => udp::open(packet),
        Proto::Ip(number) => by_protocol(number, packet.payload),
        Proto::Arp => None,
    }
}

fn by_protocol(number: u8, payload: &[u8]) -> Option<Opening<'_>> {
    match number {
        IPV4 | IPV6 => {
            let version = if number == IPV4 { 4 } else { 6 };
            Opening::new(TunnelKind::IpInIp, None, payload, 0, Next::Ip)
                .filter(|_| payload.first().is_some_and(|b| b >> 4 == version))
        }
        GRE => gre::open(payload),
        ETHER_IP if be16(payload, 0)? & 0xf000 == ETHER_IP_VERSION => {
            Opening::new(TunnelKind::EtherIp, None, payload, 2, Next::Ethernet)
        }
        MPLS => Opening::new(TunnelKind::Mpls, None, payload, 0, Next::Mpls),
        _ => None,
    }
}
