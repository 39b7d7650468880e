//! Local networks other than Ethernet: token ring, FDDI, ARCNET, InfiniBand, IEEE 1394.

use super::ethertype::type_text;
use super::{Next, Step, Stop, Trace, Walk, be16, byte, mac, split};

/// Bit of a source address: a routing field follows.
const ROUTED: u8 = 0x80;
/// Frame control bits: LLC of a token ring, and of FDDI.
const TOKEN_RING_LLC: u8 = 0x40;
const FDDI_LLC: u8 = 0x10;

/// ARCNET's protocol numbers, those of RFC 1051 and of RFC 1201.
const ARCNET_IP_1051: u8 = 0xf0;
const ARCNET_ARP_1051: u8 = 0xf1;
const ARCNET_IP: u8 = 0xd4;
const ARCNET_ARP: u8 = 0xd5;

/// Token ring: access and frame control, addresses, a routing field where the source says so, LLC.
pub(super) fn token_ring<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (fixed, rest) = split(data, 14, "token ring")?;
    let routing = if byte(fixed, 8).is_some_and(|b| b & ROUTED != 0) {
        usize::from(byte(rest, 0).ok_or(Stop::short("token ring"))? & 0x1f)
    } else {
        0
    };
    let (header, rest) = split(data, 14 + routing, "token ring")?;
    w.trace.layer("token ring", header, || format!("{} → {}", mac(header.get(8..14)), mac(header.get(2..8))));
    if byte(header, 1).unwrap_or(0) & 0xc0 != TOKEN_RING_LLC {
        return Err(Stop::named("token ring management"));
    }
    Ok((Next::Llc, rest))
}

/// FDDI: frame control, addresses, LLC.
pub(super) fn fddi<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 13, "fddi")?;
    w.trace.layer("fddi", header, || format!("{} → {}", mac(header.get(7..13)), mac(header.get(1..7))));
    if byte(header, 0).unwrap_or(0) & 0x70 != 0x40 | FDDI_LLC {
        return Err(Stop::named("fddi management"));
    }
    Ok((Next::Llc, rest))
}

/// ARCNET: addresses (and an offset), a protocol number, and for RFC 1201 a split flag and a sequence number.
pub(super) fn arcnet<'a, T: Trace>(data: &'a [u8], length: usize, w: &mut Walk<'_, T>) -> Step<'a> {
    let kind = byte(data, length - 1).ok_or(Stop::short("arcnet"))?;
    let is_split = matches!(kind, ARCNET_IP | ARCNET_ARP);
    // A split flag of 0xff announces an exception: padding, then the true flag and number.
    let exception = usize::from(is_split && byte(data, length) == Some(0xff)) * 4;
    let (header, rest) = split(data, length + exception + usize::from(is_split) * 3, "arcnet")?;
    w.trace.layer("arcnet", header, || {
        format!("0x{:02x} → 0x{:02x}", byte(header, 0).unwrap_or(0), byte(header, 1).unwrap_or(0))
    });
    let fragment = if is_split { byte(header, length + exception).unwrap_or(0) } else { 0 };
    match kind {
        // Later pieces have an even flag other than 0.
        _ if fragment != 0 && fragment & 1 == 0 => Err(Stop::named("arcnet fragment")),
        ARCNET_IP | ARCNET_IP_1051 => Ok((Next::Ip, rest)),
        ARCNET_ARP | ARCNET_ARP_1051 => Ok((Next::Arp, rest)),
        0xcd => Err(Stop::named("bacnet")),
        0xfa => Err(Stop::named("ipx")),
        other => Err(Stop::numbered("arcnet protocol", u16::from(other))),
    }
}

/// IP over InfiniBand: the global route header, an Ethernet type, two reserved bytes.
pub(super) fn infiniband<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 44, "infiniband")?;
    let number = be16(header, 40).ok_or(Stop::short("infiniband"))?;
    w.trace.layer("infiniband", header, || type_text(number));
    Ok((Next::Type(number), rest))
}

/// IP over IEEE 1394 as Apple writes it: addresses of eight bytes, an Ethernet type.
pub(super) fn firewire<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 18, "firewire")?;
    let number = be16(header, 16).ok_or(Stop::short("firewire"))?;
    w.trace.layer("firewire", header, || {
        format!("{} → {}, {}", mac(header.get(8..16)), mac(header.get(..8)), type_text(number))
    });
    Ok((Next::Type(number), rest))
}
