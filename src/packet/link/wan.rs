//! Wide area links: frame relay, ATM, SLIP, cable modems, and headers of capture cards and routers.

use super::{Next, Step, Stop, Trace, Walk, be16, be32, byte, split};

/// Bit of a frame relay address byte: it is the last.
const LAST_ADDRESS_BYTE: u8 = 1;
const UNNUMBERED: u8 = 0x03;

/// Flags of a Juniper header: there are extensions; there is no link layer.
const JUNIPER_EXTENDED: u8 = 0x80;
const JUNIPER_NO_LINK: u8 = 0x02;

/// Bit of an ERF record's type and of its extension headers' types: another follows.
const ERF_EXTENDED: u8 = 0x80;

/// A Q.922 address of two to four bytes, then a network layer protocol identifier (RFC 2427) or, as Cisco does, an
/// Ethernet type.
pub(super) fn frame_relay<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let length = (1..4).find(|n| byte(data, *n).is_some_and(|b| b & LAST_ADDRESS_BYTE != 0));
    let (header, rest) = split(data, length.map_or(2, |n| n + 1), "frame relay")?;
    let dlci = (u16::from(byte(header, 0).unwrap_or(0)) >> 2) << 4 | u16::from(byte(header, 1).unwrap_or(0)) >> 4;
    w.trace.layer("frame relay", header, || format!("dlci {dlci}"));
    if length.is_none() || byte(header, 0).is_some_and(|b| b & LAST_ADDRESS_BYTE != 0) {
        return Err(Stop::invalid("frame relay"));
    }
    if let Some(rest) = rest.strip_prefix(&[UNNUMBERED]) {
        let (&number, rest) = rest.split_first().ok_or(Stop::short("frame relay"))?;
        return Ok((Next::Nlpid(number), rest));
    }
    let (number, rest) = split(rest, 2, "frame relay")?;
    match be16(number, 0) {
        Some(0x2000) => Err(Stop::named("cdp")),
        Some(number @ 0x0600..) => Ok((Next::Type(number), rest)),
        _ => Err(Stop::named("frame relay")),
    }
}

/// RFC 2684: LLC, which OSI protocols begin with their own service access points.
pub(super) fn multiprotocol(data: &[u8]) -> Step<'_> {
    if byte(data, 0).is_some_and(|b| b >> 4 == 4) {
        return Ok((Next::Ip, data));
    }
    Ok((Next::Llc, data))
}

/// SunATM: direction and traffic type, path, channel.
pub(super) fn sun_atm<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 4, "atm")?;
    w.trace.layer("atm", header, || {
        format!("path {}, channel {}", byte(header, 1).unwrap_or(0), be16(header, 2).unwrap_or(0))
    });
    match byte(header, 0).unwrap_or(0) & 0x0f {
        2 => multiprotocol(rest),
        1 => Err(Stop::named("atm lane")),
        _ => Err(Stop::named("atm")),
    }
}

/// A direction, the compressed header, and the packet.
pub(super) fn slip<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 16, "slip")?;
    let direction = byte(header, 0).unwrap_or(0);
    w.trace.layer("slip", header, || if direction == 0 { "received".into() } else { "sent".into() });
    if direction > 1 {
        return Err(Stop::invalid("slip"));
    }
    Ok((Next::Ip, rest))
}

/// Endace's records: a time stamp, a type, lengths, and extension headers of eight bytes.
pub(super) fn erf<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, mut rest) = split(data, 16, "erf")?;
    let kind = byte(header, 8).unwrap_or(0);
    w.trace.layer("erf", header, || format!("type {}", kind & !ERF_EXTENDED));
    let mut is_extended = kind & ERF_EXTENDED != 0;
    while is_extended {
        let (extension, behind) = split(rest, 8, "erf")?;
        w.trace.layer("erf extension", extension, || format!("type {}", byte(extension, 0).unwrap_or(0) & 0x7f));
        is_extended = byte(extension, 0).is_some_and(|b| b & ERF_EXTENDED != 0);
        rest = behind;
    }
    match kind & !ERF_EXTENDED {
        // Ethernet in its variants, after an offset and a byte of padding
        2 | 11 | 16 | 20 => Ok((Next::Ethernet, split(rest, 2, "erf")?.1)),
        1 => Ok((Next::PppHdlc, rest)),
        22 | 23 => Ok((Next::Ip, rest)),
        other => Err(Stop::numbered("erf type", u16::from(other))),
    }
}

/// Juniper's header: magic number, flags, and extensions that state their length.
pub(super) fn juniper_ethernet<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let flags = byte(data, 3).ok_or(Stop::short("juniper"))?;
    if !data.starts_with(b"MGC") {
        return Err(Stop::invalid("juniper"));
    }
    let extensions =
        if flags & JUNIPER_EXTENDED == 0 { 0 } else { 2 + usize::from(be16(data, 4).ok_or(Stop::short("juniper"))?) };
    let (header, rest) = split(data, 4 + extensions, "juniper")?;
    w.trace.layer("juniper", header, || format!("flags 0x{flags:02x}"));
    if flags & JUNIPER_NO_LINK != 0 {
        let (family, rest) = split(rest, 4, "juniper")?;
        return match be32(family, 0) {
            Some(2 | 0x0200_0000) => Ok((Next::Ip, rest)),
            _ => Err(Stop::named("juniper")),
        };
    }
    Ok((Next::Ethernet, rest))
}

/// DOCSIS: frame control, extended header length, length, extended header, check sequence, and Ethernet in packet frames.
pub(super) fn docsis<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (Some(control), Some(extended)) = (byte(data, 0), byte(data, 1)) else { return Err(Stop::short("docsis")) };
    if control >> 6 != 0 {
        return Err(Stop::named("docsis management"));
    }
    let extended = if control & 1 == 0 { 0 } else { usize::from(extended) };
    let (header, rest) = split(data, 6 + extended, "docsis")?;
    w.trace.layer("docsis", header, || format!("{} bytes", be16(header, 2).unwrap_or(0)));
    Ok((Next::Ethernet, rest))
}
