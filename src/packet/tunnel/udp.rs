//! Tunnels that a UDP port announces. A port is a weak word: what is inside has to be IP.

use super::bytes::{be16, be24, be32, byte};
use super::{Next, Opening, TunnelKind};
use crate::packet::Packet;

const L2TP: u16 = 1701;
const GTP: u16 = 2152;
const TEREDO: u16 = 3544;
const VXLAN: u16 = 4789;
const VXLAN_GPE: u16 = 4790;
const GENEVE: u16 = 6081;
const MPLS: u16 = 6635;
/// Where Linux sends VXLAN unless told otherwise.
const VXLAN_LINUX: u16 = 8472;

/// VXLAN's flags: there is a network identifier, and in the generic form a next protocol.
const VXLAN_HAS_ID: u8 = 0x08;
const VXLAN_HAS_NEXT: u8 = 0x04;

/// GTP's first byte: version 1 of the user plane; its optional fields; the type of user data.
const GTP_VERSION_MASK: u8 = 0xf0;
const GTP_VERSION: u8 = 0x30;
const GTP_OPTIONAL: u8 = 0x07;
const GTP_EXTENDED: u8 = 0x04;
const GTP_USER_DATA: u8 = 0xff;
/// Extension headers read of one GTP header.
const MAX_GTP_EXTENSIONS: usize = 8;

/// Bits of an L2TP version 2 header: control message, length, sequence, offset.
const L2TP_CONTROL: u16 = 0x8000;
const L2TP_LENGTH: u16 = 0x4000;
const L2TP_SEQUENCE: u16 = 0x0800;
const L2TP_OFFSET: u16 = 0x0200;
const L2TP_VERSION: u16 = 0x000f;

/// Opens what the ports announce.
#[inline]
pub(super) fn open<'a>(packet: &Packet<'a>) -> Option<Opening<'a>> {
    let opening = match (packet.dst_port, packet.src_port) {
        (VXLAN | VXLAN_LINUX | VXLAN_GPE, _) => vxlan(packet.payload, packet.dst_port),
        (GENEVE, _) => geneve(packet.payload),
        (MPLS, _) => Opening::new(TunnelKind::Mpls, None, packet.payload, 0, Next::Mpls),
        (GTP, _) | (_, GTP) => gtp(packet.payload),
        (TEREDO, _) | (_, TEREDO) => teredo(packet.payload),
        (L2TP, _) | (_, L2TP) => l2tp(packet.payload),
        _ => None,
    }?;
    Some(Opening { is_guess: true, ..opening })
}

fn vxlan(data: &[u8], port: u16) -> Option<Opening<'_>> {
    let flags = byte(data, 0)?;
    if flags & VXLAN_HAS_ID == 0 {
        return None;
    }
    let next = match (port, flags & VXLAN_HAS_NEXT, byte(data, 3)?) {
        (VXLAN_GPE, VXLAN_HAS_NEXT, 1 | 2) => Next::Ip,
        (VXLAN_GPE, VXLAN_HAS_NEXT, 4) => Next::Nsh,
        (VXLAN_GPE, VXLAN_HAS_NEXT, 5) => Next::Mpls,
        _ => Next::Ethernet,
    };
    Opening::new(TunnelKind::Vxlan, be24(data, 4), data, 8, next)
}

fn geneve(data: &[u8]) -> Option<Opening<'_>> {
    let first = byte(data, 0)?;
    if first >> 6 != 0 {
        return None;
    }
    let length = 8 + usize::from(first & 0x3f) * 4;
    Opening::new(TunnelKind::Geneve, be24(data, 4), data, length, Next::Type(be16(data, 2)?))
}

fn gtp(data: &[u8]) -> Option<Opening<'_>> {
    let flags = byte(data, 0)?;
    if flags & GTP_VERSION_MASK != GTP_VERSION || byte(data, 1)? != GTP_USER_DATA {
        return None;
    }
    let mut length = if flags & GTP_OPTIONAL == 0 { 8 } else { 12 };
    let mut next = if flags & GTP_EXTENDED == 0 { 0 } else { byte(data, 11)? };
    for _ in 0..MAX_GTP_EXTENSIONS {
        if next == 0 {
            break;
        }
        let words = usize::from(byte(data, length)?).max(1);
        length += words * 4;
        next = byte(data, length - 1)?;
    }
    Opening::new(TunnelKind::Gtp, be32(data, 4), data, length, Next::Ip)
}

/// Teredo (RFC 4380): an authentication and an origin indication may stand before IPv6.
fn teredo(data: &[u8]) -> Option<Opening<'_>> {
    let mut length = 0;
    if be16(data, length)? == 1 {
        let (client, value) = (byte(data, 2)?, byte(data, 3)?);
        length += 4 + usize::from(client) + usize::from(value) + 9;
    }
    if be16(data, length)? == 0 {
        length += 8;
    }
    if byte(data, length)? >> 4 != 6 {
        return None;
    }
    Opening::new(TunnelKind::Teredo, None, data, length, Next::Ip)
}

fn l2tp(data: &[u8]) -> Option<Opening<'_>> {
    let flags = be16(data, 0)?;
    if flags & L2TP_VERSION != 2 || flags & L2TP_CONTROL != 0 {
        return None;
    }
    let mut at = if flags & L2TP_LENGTH == 0 { 2 } else { 4 };
    let id = be32(data, at)?;
    at += if flags & L2TP_SEQUENCE == 0 { 4 } else { 8 };
    if flags & L2TP_OFFSET != 0 {
        at += 2 + usize::from(be16(data, at)?);
    }
    Opening::new(TunnelKind::L2tp, Some(id), data, at, Next::PppHdlc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(opening: Option<Opening<'_>>) -> Option<(Option<u32>, usize, Next)> {
        opening.map(|o| (o.id, o.header.len(), o.next))
    }

    #[test]
    fn headers_are_as_long_as_they_say() {
        assert_eq!(ends(vxlan(&[8, 0, 0, 0, 0, 1, 2, 0], VXLAN)), Some((Some(0x102), 8, Next::Ethernet)));
        assert_eq!(ends(vxlan(&[0x0c, 0, 0, 1, 0, 1, 2, 0], VXLAN_GPE)), Some((Some(0x102), 8, Next::Ip)));
        assert_eq!(ends(vxlan(&[0, 0, 0, 0, 0, 1, 2, 0], VXLAN)), None);
        let options = [&[2, 0, 0x65, 0x58, 0, 0, 7, 0][..], &[0; 8]].concat();
        assert_eq!(ends(geneve(&options)), Some((Some(7), 16, Next::Type(0x6558))));
        assert_eq!(ends(gtp(&[0x30, 0xff, 0, 0, 0, 0, 0, 9])), Some((Some(9), 8, Next::Ip)));
        let extended = [&[0x34, 0xff, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0x85][..], &[1, 0, 0, 0x85], &[1, 0, 0, 0]].concat();
        assert_eq!(ends(gtp(&extended)), Some((Some(9), 20, Next::Ip)));
        assert_eq!(ends(gtp(&[0x32, 1, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0])), None, "an echo request");
        let indicated = [&[0, 1, 0, 0][..], &[0; 9], &[0, 0, 1, 2, 3, 4, 5, 6], &[0x60]].concat();
        assert_eq!(ends(teredo(&indicated)), Some((None, 21, Next::Ip)));
        assert_eq!(ends(teredo(&[0x45])), None);
        assert_eq!(ends(l2tp(&[0x40, 2, 0, 9, 0, 1, 0, 2, 0xff])), Some((Some(0x1_0002), 8, Next::PppHdlc)));
        assert_eq!(ends(l2tp(&[0xc8, 2, 0, 9, 0, 1, 0, 2])), None, "a control message");
    }
}
