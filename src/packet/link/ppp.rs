//! PPP in its framings, PPPoE, and Cisco's HDLC.

use super::ethertype::{self, type_text};
use super::{Next, Step, Stop, Trace, Walk, be16, byte, split};

/// PPP in HDLC framing begins with "all stations, unnumbered"; Cisco's framing with unicast or broadcast.
const ALL_STATIONS: u8 = 0xff;
const CISCO_UNICAST: u8 = 0x0f;
const CISCO_BROADCAST: u8 = 0x8f;

/// PPP with address and control bytes, without them, or Cisco's framing instead.
pub(super) fn hdlc<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    match byte(data, 0).ok_or(Stop::short("ppp"))? {
        ALL_STATIONS => {
            let (header, rest) = split(data, 2, "ppp")?;
            w.trace.layer("hdlc", header, || "address 0xff".to_owned());
            Ok((Next::Ppp, rest))
        }
        CISCO_UNICAST | CISCO_BROADCAST => Ok((Next::CiscoHdlc, data)),
        _ => Ok((Next::Ppp, data)),
    }
}

/// PPP from its protocol field on, which may be compressed to one byte.
pub(super) fn protocol<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let first = byte(data, 0).ok_or(Stop::short("ppp"))?;
    let length = if first & 1 == 1 { 1 } else { 2 };
    let (header, rest) = split(data, length, "ppp")?;
    let number = be16(header, 0).unwrap_or(u16::from(first));
    w.trace.layer("ppp", header, || format!("protocol 0x{number:04x}"));
    match number {
        0x0021 | 0x0057 => Ok((Next::Ip, rest)),
        0x0281 | 0x0283 => Ok((Next::Mpls, rest)),
        0x0023 => {
            let (&nlpid, rest) = rest.split_first().ok_or(Stop::short("osi"))?;
            Ok((Next::Nlpid(nlpid), rest))
        }
        other => Err(name(other).map_or(Stop::numbered("ppp protocol", other), Stop::named)),
    }
}

fn name(number: u16) -> Option<&'static str> {
    Some(match number {
        0x0029 => "appletalk",
        0x002b => "ipx",
        0x002d | 0x002f => "vj compression",
        0x0031 => "ppp bridging",
        0x003d => "ppp multilink",
        0x003f => "netbios",
        0x0053 => "ppp encryption",
        0x00fb | 0x00fd => "ppp compressed data",
        0x0201 => "stp",
        0x0207 => "cdp",
        0x8021 => "ipcp",
        0x8023 => "osinlcp",
        0x802b => "ipxcp",
        0x8031 => "bcp",
        0x8053 => "ecp",
        0x8057 => "ipv6cp",
        0x80fb | 0x80fd => "ccp",
        0x8207 => "cdpcp",
        0x8281 => "mplscp",
        0xc021 => "lcp",
        0xc023 => "pap",
        0xc025 => "lqr",
        0xc029 => "cbcp",
        0xc02b => "bacp",
        0xc02d => "bap",
        0xc223 => "chap",
        0xc227 => "eap",
        _ => return None,
    })
}

/// A PPPoE session's header (RFC 2516): version and type, code 0, session, length.
pub(super) fn over_ethernet<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    w.tag()?;
    let (header, rest) = split(data, 6, "pppoe")?;
    let length = usize::from(be16(header, 4).unwrap_or(0));
    w.trace.layer("pppoe", header, || format!("session {}, {length} bytes", be16(header, 2).unwrap_or(0)));
    if byte(header, 1) != Some(0) {
        return Err(Stop::named("pppoe-discovery"));
    }
    // What is behind the stated length is padding; a length of 0 is nobody's.
    let content = if length == 0 { rest } else { rest.get(..length).unwrap_or(rest) };
    Ok((Next::Ppp, content))
}

/// Cisco's HDLC: address, control, an Ethernet type.
pub(super) fn cisco<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 4, "c-hdlc")?;
    let number = be16(header, 2).ok_or(Stop::short("c-hdlc"))?;
    w.trace.layer("c-hdlc", header, || type_text(number));
    match number {
        0x8035 => Err(Stop::named("slarp")),
        0x2000 => Err(Stop::named("cdp")),
        // ISO: LLC's service access points again, of which the OSI one carries an identifier after a byte of padding
        0xfefe => {
            let rest = rest.strip_prefix(&[0x03]).unwrap_or(rest);
            let (&nlpid, rest) = rest.split_first().ok_or(Stop::short("osi"))?;
            Ok((Next::Nlpid(nlpid), rest))
        }
        ..=super::ethernet::LARGEST_802_3_LENGTH => Err(ethertype::stop(number)),
        other => Ok((Next::Type(other), rest)),
    }
}
