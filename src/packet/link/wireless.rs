//! 802.11, and the headers that radios put before it.

use super::{Next, Step, Stop, Trace, Walk, be16, be32, byte, le16, le32, mac, split};
use crate::capture::LinkType;

/// Cookies of an AVS header, in its first four bytes.
const AVS_COOKIE: u32 = 0x8021_1000;
/// Bytes of a Prism header.
const PRISM: usize = 144;

/// Bits of the second frame control byte.
const TO_DS: u8 = 0x01;
const FROM_DS: u8 = 0x02;
const PROTECTED: u8 = 0x40;
const ORDER: u8 = 0x80;
/// Bits of a data frame's subtype.
const NULL: u8 = 4;
const QOS: u8 = 8;
/// Bit of the QoS field: several service data units in one frame.
const AGGREGATE: u8 = 0x80;

/// Radiotap: the next word of the present bits is another, its fields, and its flag for a padded 802.11 header.
const MORE_PRESENT: u32 = 1 << 31;
const TIMER_PRESENT: u32 = 1;
const FLAGS_PRESENT: u32 = 2;
const PADDED: u8 = 0x20;

/// A radiotap header: little-endian, its length in its third and fourth byte.
pub(super) fn radiotap<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let length = usize::from(le16(data, 2).ok_or(Stop::short("radiotap"))?);
    if length < 8 {
        return Err(Stop::invalid("radiotap"));
    }
    let (header, rest) = split(data, length, "radiotap")?;
    let is_padded = radiotap_flags(header).is_some_and(|f| f & PADDED != 0);
    w.trace.layer("radiotap", header, || format!("{length} bytes"));
    Ok((Next::Wireless { is_padded }, rest))
}

/// The flags field: the first or, after the timer, the second field behind all words of present bits.
fn radiotap_flags(header: &[u8]) -> Option<u8> {
    let present = le32(header, 4)?;
    if present & FLAGS_PRESENT == 0 {
        return None;
    }
    let mut at = 4;
    while le32(header, at)? & MORE_PRESENT != 0 {
        at += 4;
    }
    at += 4;
    if present & TIMER_PRESENT != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    byte(header, at)
}

/// A per-packet information header: the link type of what follows is in it.
pub(super) fn ppi<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    w.tag()?;
    let (Some(length), Some(link)) = (le16(data, 2), le32(data, 4)) else { return Err(Stop::short("ppi")) };
    if length < 8 {
        return Err(Stop::invalid("ppi"));
    }
    let (header, rest) = split(data, usize::from(length), "ppi")?;
    let link = LinkType::from_pcap_header(link);
    w.trace.layer("ppi", header, || format!("link type {}", link.name()));
    Ok((Next::Link(link), rest))
}

/// A Prism header, or the AVS header that some drivers send under the same link type.
pub(super) fn prism<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    if be32(data, 0).is_some_and(|cookie| cookie & 0xffff_f000 == AVS_COOKIE) {
        return avs(data, w);
    }
    // The length is in the capturing host's byte order; whichever order makes sense is taken.
    let stated = [le32(data, 4), be32(data, 4)].into_iter().flatten().find(|n| (8..=1_024).contains(n));
    let length = stated.and_then(|n| usize::try_from(n).ok()).unwrap_or(PRISM);
    let (header, rest) = split(data, length, "prism")?;
    w.trace.layer("prism", header, || format!("{length} bytes"));
    Ok((Next::Wireless { is_padded: false }, rest))
}

/// An AVS header: big-endian, its length in its second word.
pub(super) fn avs<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let length = be32(data, 4).ok_or(Stop::short("avs"))?;
    if length < 8 {
        return Err(Stop::invalid("avs"));
    }
    let (header, rest) = split(data, usize::try_from(length).unwrap_or(usize::MAX), "avs")?;
    w.trace.layer("avs", header, || format!("{length} bytes"));
    Ok((Next::Wireless { is_padded: false }, rest))
}

/// An 802.11 header. Data frames in the clear lead to LLC.
pub(super) fn header<'a, T: Trace>(data: &'a [u8], is_padded: bool, w: &mut Walk<'_, T>) -> Step<'a> {
    let Some(&[control, flags]) = data.first_chunk::<2>() else { return Err(Stop::short("802.11")) };
    let (kind, subtype) = ((control >> 2) & 3, control >> 4);
    match kind {
        0 => return Err(Stop::named(management(subtype))),
        1 => return Err(Stop::named(control_frame(subtype))),
        2 if subtype & NULL != 0 => return Err(Stop::named("802.11 null data")),
        2 => {}
        _ => return Err(Stop::named("802.11 extension")),
    }
    let (is_relayed, is_qos) = (flags & (TO_DS | FROM_DS) == TO_DS | FROM_DS, subtype & QOS != 0);
    let addresses = if is_relayed { 30 } else { 24 };
    let qos = if is_qos { byte(data, addresses).ok_or(Stop::short("802.11"))? } else { 0 };
    let length = addresses + usize::from(is_qos) * 2 + usize::from(is_qos && flags & ORDER != 0) * 4;
    let length = if is_padded { length.next_multiple_of(4) } else { length };
    let (header, rest) = split(data, length, "802.11")?;
    w.trace.layer("802.11", header, || format!("data, {} → {}", mac(header.get(10..16)), mac(header.get(4..10))));
    if flags & PROTECTED != 0 {
        return Err(Stop::named("802.11 protected data"));
    }
    if le16(header, 22).is_some_and(|sequence| sequence & 0xf != 0) {
        return Err(Stop::named("802.11 fragment"));
    }
    if qos & AGGREGATE == 0 {
        return Ok((Next::Llc, rest));
    }
    // Of an aggregate the first service data unit stands for the frame: addresses, length, LLC.
    let (header, rest) = split(rest, 14, "802.11 aggregate")?;
    let length = usize::from(be16(header, 12).unwrap_or(0));
    w.trace.layer("a-msdu", header, || {
        format!("first of several, {} → {}, {length} bytes", mac(header.get(6..12)), mac(header.get(..6)))
    });
    Ok((Next::Llc, rest.get(..length).unwrap_or(rest)))
}

fn management(subtype: u8) -> &'static str {
    match subtype {
        0 => "802.11 association request",
        1 => "802.11 association response",
        2 => "802.11 reassociation request",
        3 => "802.11 reassociation response",
        4 => "802.11 probe request",
        5 => "802.11 probe response",
        6 => "802.11 timing advertisement",
        8 => "802.11 beacon",
        9 => "802.11 atim",
        10 => "802.11 disassociation",
        11 => "802.11 authentication",
        12 => "802.11 deauthentication",
        13 | 14 => "802.11 action",
        _ => "802.11 management",
    }
}

fn control_frame(subtype: u8) -> &'static str {
    match subtype {
        2 => "802.11 trigger",
        4 => "802.11 beamforming report poll",
        5 => "802.11 ndp announcement",
        6 => "802.11 control extension",
        7 => "802.11 control wrapper",
        8 => "802.11 block ack request",
        9 => "802.11 block ack",
        10 => "802.11 ps-poll",
        11 => "802.11 rts",
        12 => "802.11 cts",
        13 => "802.11 ack",
        14 | 15 => "802.11 cf-end",
        _ => "802.11 control",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::link::{NetworkKind, walk};

    const LLC_IP: [u8; 9] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0, 0x45];

    fn data_frame(subtype: u8, flags: u8, extra: &[u8]) -> Vec<u8> {
        let mut frame = vec![subtype << 4 | 8, flags];
        frame.resize(24, 0);
        frame.extend(extra);
        frame.extend(LLC_IP);
        frame
    }

    fn read(frame: &[u8], is_padded: bool) -> Result<(NetworkKind, u8), Stop> {
        walk(Next::Wireless { is_padded }, frame, &mut ()).map(|inner| (inner.kind, inner.bytes[0]))
    }

    #[test]
    fn finds_ip_behind_every_form_of_the_header() {
        let ip = Ok((NetworkKind::Ip, 0x45));
        assert_eq!(read(&data_frame(0, TO_DS, &[]), false), ip);
        assert_eq!(read(&data_frame(0, TO_DS | FROM_DS, &[0; 6]), false), ip);
        assert_eq!(read(&data_frame(8, FROM_DS, &[0; 2]), false), ip);
        assert_eq!(read(&data_frame(8, FROM_DS | ORDER, &[0; 6]), false), ip);
        assert_eq!(read(&data_frame(8, FROM_DS, &[0; 4]), true), ip);
        let aggregate = [&[AGGREGATE, 0][..], &[0; 12], &[0, 9]].concat();
        assert_eq!(read(&data_frame(8, FROM_DS, &aggregate), false), ip);
    }

    #[test]
    fn names_what_cannot_be_read() {
        let what = |frame: &[u8]| read(frame, false).unwrap_err();
        assert_eq!(what(&data_frame(0, PROTECTED, &[])), Stop::named("802.11 protected data"));
        assert_eq!(what(&[0x80, 0]), Stop::named("802.11 beacon"));
        assert_eq!(what(&[0xd4, 0]), Stop::named("802.11 ack"));
        assert_eq!(what(&data_frame(4, 0, &[])), Stop::named("802.11 null data"));
        assert_eq!(what(&[0x08]), Stop::short("802.11"));
    }

    #[test]
    fn finds_the_radio_flags_behind_the_timer() {
        let header = [0, 0, 24, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, PADDED];
        assert_eq!(radiotap_flags(&header), Some(PADDED));
        assert_eq!(radiotap_flags(&[0, 0, 9, 0, 2, 0, 0, 0, 0x10]), Some(0x10));
        assert_eq!(radiotap_flags(&[0, 0, 8, 0, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
