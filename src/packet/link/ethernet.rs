//! Ethernet and the tags behind its addresses.

use super::ethertype::{self, type_text};
use super::{Next, Step, Stop, Trace, Walk, be16, be32, byte, mac, of_version, split};

/// Bytes of the two addresses and the type.
const HEADER: usize = 14;
/// Values of the type field up to this are an 802.3 length.
pub(super) const LARGEST_802_3_LENGTH: u16 = 1500;

const IPV4: u16 = 0x0800;
const ARP: u16 = 0x0806;
const IPV6: u16 = 0x86dd;

/// Bits of a MACsec tag's first byte: a channel identifier follows; the data is encrypted; the data is changed.
const MACSEC_CHANNEL: u8 = 0x20;
const MACSEC_ENCRYPTED: u8 = 0x08;
const MACSEC_CHANGED: u8 = 0x04;

/// What is behind the addresses, where that is IP of the version that the type says.
#[inline]
pub(super) fn plain_ip<'a, T: Trace>(data: &'a [u8], trace: &mut T) -> Option<&'a [u8]> {
    let (header, rest) = data.split_first_chunk::<HEADER>()?;
    let &[.., high, low] = header;
    let number = u16::from_be_bytes([high, low]);
    match (number, rest.first()? >> 4) {
        (IPV4, 4) | (IPV6, 6) => {
            tell(header, number, trace);
            Some(rest)
        }
        _ => None,
    }
}

fn tell<T: Trace>(header: &[u8], number: u16, trace: &mut T) {
    trace.layer("ethernet", header, || {
        format!("{} → {}, {}", mac(header.get(6..12)), mac(header.get(..6)), type_text(number))
    });
}

/// The addresses and the type.
pub(super) fn header<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, HEADER, "ethernet")?;
    let number = be16(header, 12).ok_or(Stop::short("ethernet"))?;
    tell(header, number, w.trace);
    Ok((Next::Type(number), rest))
}

/// What a type announces.
pub(super) fn by_type<'a, T: Trace>(number: u16, data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    match number {
        IPV4 => of_version(4, data),
        IPV6 => of_version(6, data),
        ARP => Ok((Next::Arp, data)),
        0x8100 | 0x88a8 | 0x9100 | 0x9200 => vlan(data, w),
        ..=LARGEST_802_3_LENGTH => by_length(number, data),
        0x8847 | 0x8848 => Ok((Next::Mpls, data)),
        0x8863 => Err(Stop::named("pppoe-discovery")),
        0x8864 => Ok((Next::Pppoe, data)),
        0x880b => Ok((Next::Ppp, data)),
        0x8870 => Ok((Next::Llc, data)),
        0x6558 => Ok((Next::Ethernet, data)),
        0x894f => Ok((Next::Nsh, data)),
        0x88e5 => macsec(data, w),
        0x88e7 => tagged("pbb", data, 4, Next::Ethernet, w),
        0x22f3 => trill(data, w),
        0x8809 => Err(Stop::named(slow_protocol(data))),
        // Cisco's virtual NIC tag, redundancy tags of 802.1CB and HSR: the type of what follows is their last field.
        0x8926 => typed_tag("vntag", data, w),
        0xf1c1 => typed_tag("r-tag", data, w),
        0x892f => typed_tag("hsr", data, w),
        0xd28b => arista(data, w),
        other => Err(ethertype::stop(other)),
    }
}

fn vlan<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    w.tag()?;
    let (header, rest) = split(data, 4, "vlan")?;
    let (Some(tag), Some(number)) = (be16(header, 0), be16(header, 2)) else { return Err(Stop::short("vlan")) };
    w.vlan = w.vlan.or(Some(tag & 0x0fff));
    w.trace.layer("vlan", header, || format!("id {}, priority {}, {}", tag & 0x0fff, tag >> 13, type_text(number)));
    Ok((Next::Type(number), rest))
}

/// A tag of four bytes and the type of what follows.
fn typed_tag<'a, T: Trace>(name: &'static str, data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let number = be16(data, 4).ok_or(Stop::short(name))?;
    tagged(name, data, 6, Next::Type(number), w)
}

fn tagged<'a, T: Trace>(
    name: &'static str,
    data: &'a [u8],
    length: usize,
    next: Next,
    w: &mut Walk<'_, T>,
) -> Step<'a> {
    w.tag()?;
    let (header, rest) = split(data, length, name)?;
    w.trace.layer(name, header, || format!("0x{:08x}", be32(header, 0).unwrap_or(0)));
    Ok((next, rest))
}

/// Arista's time stamp: subtype, version, a time of eight or, in form 2, six bytes, and the type of what follows.
fn arista<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let time = if byte(data, 3).ok_or(Stop::short("arista"))? >> 4 == 2 { 6 } else { 8 };
    let number = be16(data, 4 + time).ok_or(Stop::short("arista"))?;
    tagged("arista time stamp", data, 6 + time, Next::Type(number), w)
}

/// 802.1AE: what is only authenticated can be read, what is encrypted cannot.
fn macsec<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    w.tag()?;
    let control = byte(data, 0).ok_or(Stop::short("macsec"))?;
    let length = if control & MACSEC_CHANNEL == 0 { 6 } else { 14 };
    let (header, rest) = split(data, length, "macsec")?;
    let is_readable = control & (MACSEC_ENCRYPTED | MACSEC_CHANGED) == 0;
    w.trace.layer("macsec", header, || {
        let packet = be32(header, 2).unwrap_or(0);
        format!("{}, packet {packet}", if is_readable { "authenticated" } else { "encrypted" })
    });
    if !is_readable {
        return Err(Stop::named("macsec"));
    }
    let (number, rest) = split(rest, 2, "macsec")?;
    Ok((Next::Type(be16(number, 0).unwrap_or(0)), rest))
}

/// Transparent interconnection of lots of links (RFC 6325): options in words of four bytes, then Ethernet.
fn trill<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let options = usize::from((be16(data, 0).ok_or(Stop::short("trill"))? >> 6) & 0x1f);
    tagged("trill", data, 6 + options * 4, Next::Ethernet, w)
}

/// An 802.3 frame of `length` bytes; what is behind them is padding.
fn by_length(length: u16, data: &[u8]) -> Step<'_> {
    if data.starts_with(&[0xff, 0xff]) {
        return Err(Stop::named("ipx"));
    }
    let content = if length == 0 { data } else { data.get(..usize::from(length)).unwrap_or(data) };
    Ok((Next::Llc, content))
}

fn slow_protocol(data: &[u8]) -> &'static str {
    match byte(data, 0) {
        Some(1) => "lacp",
        Some(2) => "marker",
        Some(3) => "ethernet oam",
        Some(10) => "ossp",
        _ => "slow protocols",
    }
}

/// Whether an Ethernet header is at the front of bytes that do not say what they are.
pub(super) fn is_plausible(data: &[u8]) -> bool {
    let version = byte(data, HEADER).map(|b| b >> 4);
    match be16(data, 12) {
        Some(IPV4) => version == Some(4),
        Some(IPV6) => version == Some(6),
        Some(ARP | 0x8100 | 0x88a8 | 0x8847 | 0x8863 | 0x8864 | 0x88cc | 0x8809 | 0x8902 | 0x9000) => true,
        Some(length @ 3..=LARGEST_802_3_LENGTH) => data.len() >= HEADER + usize::from(length),
        _ => false,
    }
}
