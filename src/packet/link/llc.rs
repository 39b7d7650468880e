//! 802.2 LLC and SNAP, and the identifiers of OSI network layers.

use super::ethertype::{self, type_text};
use super::{Next, Step, Stop, Trace, Walk, be16, byte, split};
use crate::packet::bytes::be24;

/// Control field of an unnumbered information frame.
const UNNUMBERED: u8 = 0x03;
/// Organisations whose SNAP protocol numbers are known here.
const ETHERNET: u32 = 0;
const BRIDGE_TUNNEL: u32 = 0x0000f8;
const CISCO: u32 = 0x00000c;
const IEEE_802: u32 = 0x0080c2;
const APPLE: u32 = 0x080007;

/// An LLC header: service access points and control.
pub(super) fn header<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let Some(&[dsap, ssap, control]) = data.first_chunk::<3>() else { return Err(Stop::short("llc")) };
    let length = if control & 3 == 3 { 3 } else { 4 };
    let (header, rest) = split(data, length, "llc")?;
    w.trace.layer("llc", header, || format!("dsap 0x{dsap:02x}, ssap 0x{ssap:02x}, control 0x{control:02x}"));
    match dsap & 0xfe {
        0xaa if control == UNNUMBERED => snap(rest, w),
        0x06 if control == UNNUMBERED => Ok((Next::Ip, rest)),
        0x00 => Err(Stop::named("llc null")),
        0x04 | 0x08 | 0x0c => Err(Stop::named("sna")),
        0x42 => Err(Stop::named("stp")),
        0x7e => Err(Stop::named("x25")),
        0x80 => Err(Stop::named("xns")),
        0xbc => Err(Stop::named("vines")),
        0xe0 => Err(Stop::named("ipx")),
        0xf0 => Err(Stop::named("netbios")),
        0xf4 => Err(Stop::named("ibm lan management")),
        0xf8 | 0xfc => Err(Stop::named("rpl")),
        0xfe => {
            let (&number, rest) = rest.split_first().ok_or(Stop::short("osi"))?;
            Ok((Next::Nlpid(number), rest))
        }
        0xaa => Err(Stop::named("snap")),
        other => Err(Stop::numbered("llc sap", u16::from(other))),
    }
}

/// A SNAP header: an organisation, and a protocol number of its own.
pub(super) fn snap<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 5, "snap")?;
    let (Some(owner), Some(number)) = (be24(header, 0), be16(header, 3)) else { return Err(Stop::short("snap")) };
    w.trace.layer("snap", header, || format!("organisation {owner:06x}, {}", type_text(number)));
    match (owner, number) {
        (ETHERNET | BRIDGE_TUNNEL, 0x8137 | 0x8138) => Err(Stop::named("ipx")),
        (ETHERNET | BRIDGE_TUNNEL, ..=super::ethernet::LARGEST_802_3_LENGTH) => Err(ethertype::stop(number)),
        (ETHERNET | BRIDGE_TUNNEL, _) => Ok((Next::Type(number), rest)),
        (CISCO, 0x0104) => Err(Stop::named("pagp")),
        (CISCO, 0x010b | 0x010c) => Err(Stop::named("pvst")),
        (CISCO, 0x0111) => Err(Stop::named("udld")),
        (CISCO, 0x2000) => Err(Stop::named("cdp")),
        (CISCO, 0x2001) => Err(Stop::named("cgmp")),
        (CISCO, 0x2003) => Err(Stop::named("vtp")),
        (CISCO, 0x2004) => Err(Stop::named("dtp")),
        (CISCO, 0x200a) => Err(Stop::named("stp uplinkfast")),
        (IEEE_802, 0x0001 | 0x0007) => Ok((Next::Ethernet, rest)),
        (IEEE_802, 0x000e) => Err(Stop::named("stp")),
        (APPLE, 0x809b) => Err(Stop::named("appletalk")),
        (_, number) => Err(Stop::numbered("snap protocol", number)),
    }
}

/// What a network layer protocol identifier (ISO/IEC TR 9577) announces.
pub(super) fn by_nlpid<'a, T: Trace>(number: u8, data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    match number {
        0xcc | 0x8e => Ok((Next::Ip, data)),
        0xcf => Ok((Next::Ppp, data)),
        0x80 => snap(data, w),
        // a byte of padding before the identifier
        0x00 if byte(data, 0).is_some_and(|n| n != 0) => {
            let (&number, rest) = data.split_first().ok_or(Stop::short("nlpid"))?;
            Ok((Next::Nlpid(number), rest))
        }
        0x08 => Err(Stop::named("q933")),
        0x09 => Err(Stop::named("lmi")),
        0x81 => Err(Stop::named("clnp")),
        0x82 => Err(Stop::named("esis")),
        0x83 => Err(Stop::named("isis")),
        0xb1 => Err(Stop::named("frf12")),
        other => Err(Stop::numbered("nlpid", u16::from(other))),
    }
}
