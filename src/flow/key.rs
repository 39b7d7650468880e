//! What makes packets one flow.

use std::net::IpAddr;

use crate::packet::Packet;
use crate::report::Proto;

/// The 5-tuple without a direction: the smaller (address, port) stands first. Packets of different virtual networks
/// (VXLAN, Geneve, NVGRE) are of different flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    low: [u8; 16],
    high: [u8; 16],
    ports: u32,
    network: u32,
    proto: u16,
    is_v6: bool,
}

/// ARP has no protocol number; this is beyond all of them.
const ARP: u16 = 256;

fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(v6) => v6.octets(),
    }
}

impl Key {
    /// The packet's key, and whether its sender is the key's first end.
    #[must_use]
    pub fn of(packet: &Packet<'_>) -> (Self, bool) {
        let (src, dst) = (octets(packet.src), octets(packet.dst));
        let is_low = (src, packet.src_port) <= (dst, packet.dst_port);
        let (low, low_port, high, high_port) = if is_low {
            (src, packet.src_port, dst, packet.dst_port)
        } else {
            (dst, packet.dst_port, src, packet.src_port)
        };
        let proto = packet.proto.number().map_or(ARP, u16::from);
        let ports = u32::from(low_port) << 16 | u32::from(high_port);
        let is_v6 = packet.proto != Proto::Arp && packet.src.is_ipv6();
        (Self { low, high, ports, network: packet.network(), proto, is_v6 }, is_low)
    }

    /// A fixed 64-bit mix of the key and `salt`: the flow's id. Not for tables, whose hash is keyed.
    #[must_use]
    pub fn mix(&self, salt: u64) -> u64 {
        let mut state = salt ^ u64::from(self.ports) << 17 ^ u64::from(self.proto) << 1 ^ u64::from(self.is_v6);
        if self.network != 0 {
            state = mix64(state ^ u64::from(self.network));
        }
        for half in self.low.chunks(8).chain(self.high.chunks(8)) {
            let word = half.first_chunk::<8>().map_or(0, |c| u64::from_be_bytes(*c));
            state = mix64(state ^ word);
        }
        mix64(state)
    }
}

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014): a fixed mix of 64 bits, for ids and samples. It is not keyed:
/// tables whose keys an attacker chooses need more.
#[must_use]
pub fn mix64(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
