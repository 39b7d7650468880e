//! Generic routing encapsulation: RFC 2784 and 1701, PPTP's version 1, NVGRE, ERSPAN and WCCP.

use super::bytes::{be16, be32, byte};
use super::{Next, Opening, TunnelKind};

/// Bits of the first two bytes.
const CHECKSUM: u16 = 0x8000;
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
const ACKNOWLEDGEMENT: u16 = 0x0080;
const VERSION: u16 = 0x0007;

/// Source routes read of one header.
const MAX_ROUTES: usize = 16;

const TRANSPARENT_ETHERNET: u16 = 0x6558;
const PPP: u16 = 0x880b;
const WCCP: u16 = 0x883e;
const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;

/// Opens the header at the front of `data`.
pub(super) fn open(data: &[u8]) -> Option<Opening<'_>> {
    let (flags, protocol) = (be16(data, 0)?, be16(data, 2)?);
    let mut at = 4;
    let mut key = None;
    match flags & VERSION {
        0 => {
            if flags & (CHECKSUM | ROUTING) != 0 {
                at += 4;
            }
            if flags & KEY != 0 {
                key = Some(be32(data, at)?);
                at += 4;
            }
            if flags & SEQUENCE != 0 {
                at += 4;
            }
            if flags & ROUTING != 0 {
                at = skip_routes(data, at)?;
            }
        }
        // PPTP (RFC 2637): the key is the payload's length and the call; without a sequence there is no payload
        1 if flags & KEY != 0 && flags & SEQUENCE != 0 && protocol == PPP => {
            key = Some(be32(data, at)? & 0xffff);
            at += if flags & ACKNOWLEDGEMENT == 0 { 8 } else { 12 };
            return Opening::new(TunnelKind::Gre, key, data, at, Next::PppHdlc);
        }
        _ => return None,
    }
    match protocol {
        TRANSPARENT_ETHERNET => {
            // NVGRE (RFC 7637): the key's upper 24 bits are the virtual subnet, its last byte a flow
            let is_nvgre = flags & (CHECKSUM | ROUTING | KEY | SEQUENCE) == KEY;
            let (kind, id) = if is_nvgre { (TunnelKind::Nvgre, key.map(|k| k >> 8)) } else { (TunnelKind::Gre, key) };
            Opening::new(kind, id, data, at, Next::Ethernet)
        }
        PPP => Opening::new(TunnelKind::Gre, key, data, at, Next::PppHdlc),
        // Version I has no header of its own, and no sequence in GRE's.
        ERSPAN if flags & SEQUENCE == 0 => Opening::new(TunnelKind::Gre, key, data, at, Next::Ethernet),
        ERSPAN => {
            let session = u32::from(be16(data, at + 2)? & 0x03ff);
            Opening::new(TunnelKind::Gre, Some(session), data, at + 8, Next::Ethernet)
        }
        ERSPAN_III => {
            let session = u32::from(be16(data, at + 2)? & 0x03ff);
            let platform = usize::from(byte(data, at + 11)? & 1) * 8;
            Opening::new(TunnelKind::Gre, Some(session), data, at + 12 + platform, Next::Ethernet)
        }
        // Version 2 has a redirect header of four bytes, version 1 none.
        WCCP => {
            let redirect = if byte(data, at)? >> 4 == 4 { 0 } else { 4 };
            Opening::new(TunnelKind::Gre, key, data, at + redirect, Next::Ip)
        }
        other => Opening::new(TunnelKind::Gre, key, data, at, Next::Type(other)),
    }
}

/// The end of the source routes that begin at `at`: family, offset, length, addresses; the last is empty.
fn skip_routes(data: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..MAX_ROUTES {
        let (family, length) = (be16(data, at)?, usize::from(byte(data, at + 3)?));
        at += 4 + length;
        if family == 0 && length == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_takes_its_field() {
        let open = |data: &[u8]| open(data).map(|o| (o.kind, o.id, o.header.len(), o.next));
        let ip = Next::Type(0x0800);
        assert_eq!(open(&[0, 0, 8, 0, 0x45]), Some((TunnelKind::Gre, None, 4, ip)));
        let all = [&[0xf0, 0, 8, 0][..], &[0; 4], &[0, 0, 0, 7], &[0; 4], &[0, 2, 0, 4, 1, 2, 3, 4], &[0; 4], &[0x45]];
        assert_eq!(open(&all.concat()), Some((TunnelKind::Gre, Some(7), 28, ip)));
        assert_eq!(open(&[0x20, 0, 0x65, 0x58, 0, 0, 5, 9]), Some((TunnelKind::Nvgre, Some(5), 8, Next::Ethernet)));
        let pptp = [0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 3];
        assert_eq!(open(&pptp), Some((TunnelKind::Gre, Some(3), 16, Next::PppHdlc)));
        assert_eq!(open(&[0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 3, 0, 0, 0, 1]), None, "an acknowledgement only");
        let span = [&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 5, 0, 0, 0, 0][..]].concat();
        assert_eq!(open(&span), Some((TunnelKind::Gre, Some(5), 16, Next::Ethernet)));
        assert_eq!(open(&[0xf0, 0, 8, 0, 0, 0, 0, 0]), None);
        assert_eq!(open(&[&[0x40, 0, 8, 0][..], &[0, 1, 0, 0].repeat(100)].concat()), None, "routes without end");
    }
}
