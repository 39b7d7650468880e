//! Pseudo headers of capturing systems: loopback, Linux cooked, netfilter, Solaris, BSD and Apple.

use super::ethertype::type_text;
use super::{Next, Step, Stop, Trace, Walk, be16, be32, byte, le16, le32, mac, split};
use crate::capture::LinkType;

/// Address families of BSD loopback headers: IPv4 everywhere; IPv6 on NetBSD/OpenBSD, FreeBSD, macOS, Linux.
const FAMILY_IPV4: u32 = 2;
const FAMILIES_IPV6: [u32; 4] = [24, 28, 30, 10];
/// IPv6 in Solaris.
const FAMILY_IPV6_SOLARIS: u8 = 26;
const FAMILY_OSI: u32 = 7;

/// ARP hardware types of Linux interfaces whose protocol field is not an Ethernet type, or that need none.
const NETLINK: u16 = 824;
const FRAME_RELAY: u16 = 770;
const RADIOTAP: u16 = 803;
const WIRELESS: u16 = 801;

/// Netfilter log: the attribute that holds the packet, and the bits of an attribute's type.
const NFLOG_PAYLOAD: u16 = 9;
const NFLOG_TYPE: u16 = 0x3fff;

/// A family of four bytes, in the byte order of the capturing host, which the file does not always tell: both are tried.
pub(super) fn loopback<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    if data.starts_with(&[0xff, 0x03]) {
        return Ok((Next::PppHdlc, data));
    }
    let (header, rest) = split(data, 4, "loopback")?;
    let (Some(little), Some(big)) = (le32(header, 0), be32(header, 0)) else { return Err(Stop::short("loopback")) };
    let family = little.min(big);
    w.trace.layer("loopback", header, || format!("family {family}"));
    match u16::try_from(family) {
        _ if family == FAMILY_IPV4 || FAMILIES_IPV6.contains(&family) => Ok((Next::Ip, rest)),
        _ if family == FAMILY_OSI => {
            let (&number, rest) = rest.split_first().ok_or(Stop::short("osi"))?;
            Ok((Next::Nlpid(number), rest))
        }
        Ok(number @ 0x0600..) => Ok((Next::Type(number), rest)),
        Ok(number) => Err(Stop::numbered("address family", number)),
        Err(_) => Err(Stop::invalid("loopback")),
    }
}

/// Linux cooked capture, version 1.
pub(super) fn linux<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 16, "sll")?;
    let (Some(hardware), Some(protocol)) = (be16(header, 2), be16(header, 14)) else { return Err(Stop::short("sll")) };
    let length = usize::from(be16(header, 4).unwrap_or(0)).min(8);
    w.trace.layer("sll", header, || format!("from {}, {}", mac(header.get(6..6 + length)), type_text(protocol)));
    by_linux_protocol(hardware, protocol, rest)
}

/// Linux cooked capture, version 2.
pub(super) fn linux_v2<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 20, "sll2")?;
    let (Some(protocol), Some(hardware)) = (be16(header, 0), be16(header, 8)) else { return Err(Stop::short("sll2")) };
    let interface = be32(header, 4).unwrap_or(0);
    let length = usize::from(byte(header, 11).unwrap_or(0)).min(8);
    w.trace.layer("sll2", header, || {
        let from = mac(header.get(12..12 + length));
        format!("interface {interface}, from {from}, {}", type_text(protocol))
    });
    by_linux_protocol(hardware, protocol, rest)
}

fn by_linux_protocol(hardware: u16, protocol: u16, rest: &[u8]) -> Step<'_> {
    match (hardware, protocol) {
        (NETLINK, _) => Err(Stop::named("netlink")),
        (FRAME_RELAY, _) => Ok((Next::FrameRelay, rest)),
        (RADIOTAP, _) => Ok((Next::Link(LinkType::IEEE802_11_RADIOTAP), rest)),
        (WIRELESS, _) => Ok((Next::Wireless { is_padded: false }, rest)),
        (_, 0x0001) => Err(Stop::named("ipx")),
        (_, 0x0003) => Ok((Next::Ethernet, rest)),
        (_, 0x0004) => Ok((Next::Llc, rest)),
        (_, 0x0006 | 0x0007) => Ok((Next::PppHdlc, rest)),
        (_, 0x000c..=0x000e) => Err(Stop::named("can")),
        (_, number @ ..=super::ethernet::LARGEST_802_3_LENGTH) => Err(Stop::numbered("sll protocol", number)),
        (_, number) => Ok((Next::Type(number), rest)),
    }
}

/// Linux netfilter log: attributes of which one is the packet. Lengths are in the capturing host's byte order; hosts are
/// little-endian.
pub(super) fn netfilter_log<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, mut rest) = split(data, 4, "nflog")?;
    let family = byte(header, 0).unwrap_or(0);
    w.trace.layer("nflog", header, || format!("family {family}, group {}", be16(header, 2).unwrap_or(0)));
    while !rest.is_empty() {
        let (Some(length), Some(kind)) = (le16(rest, 0), le16(rest, 2)) else { break };
        let length = usize::from(length);
        let Some(content) = length.checked_sub(4) else { return Err(Stop::invalid("nflog")) };
        let (attribute, value) = split(rest, 4, "nflog")?;
        if kind & NFLOG_TYPE == NFLOG_PAYLOAD {
            w.trace.layer("nflog payload", attribute, || format!("{content} bytes"));
            return Ok((Next::Ip, value.get(..content).unwrap_or(value)));
        }
        rest = rest.get(length.next_multiple_of(4)..).ok_or(Stop::short("nflog"))?;
    }
    Err(Stop::named("nflog without packet"))
}

/// Solaris IP observability: the family is the second byte.
pub(super) fn ipnet<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 24, "ipnet")?;
    let family = byte(header, 1).unwrap_or(0);
    w.trace.layer("ipnet", header, || format!("family {family}"));
    if u32::from(family) == FAMILY_IPV4 || family == FAMILY_IPV6_SOLARIS {
        return Ok((Next::Ip, rest));
    }
    Err(Stop::numbered("address family", u16::from(family)))
}

/// BSD IPsec interface: family, security parameter index, flags.
pub(super) fn enc<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, 12, "enc")?;
    w.trace.layer("enc", header, || format!("spi 0x{:08x}", be32(header, 4).unwrap_or(0)));
    Ok((Next::Ip, rest))
}

/// BSD packet filter log: a header that states its length, padded to four bytes, and the family behind it.
pub(super) fn pflog<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    let length = usize::from(byte(data, 0).ok_or(Stop::short("pflog"))?);
    let (header, rest) = split(data, length.next_multiple_of(4), "pflog")?;
    let family = u32::from(byte(header, 1).unwrap_or(0));
    w.trace.layer("pflog", header, || format!("family {family}"));
    if family == FAMILY_IPV4 || FAMILIES_IPV6.contains(&family) {
        return Ok((Next::Ip, rest));
    }
    Err(Stop::invalid("pflog"))
}

/// Apple's packet header: little-endian length, record type, link type of what follows.
pub(super) fn pktap<'a, T: Trace>(data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    w.tag()?;
    let (Some(length), Some(link)) = (le32(data, 0), le32(data, 8)) else { return Err(Stop::short("pktap")) };
    if length < 108 {
        return Err(Stop::invalid("pktap"));
    }
    let (header, rest) = split(data, usize::try_from(length).unwrap_or(usize::MAX), "pktap")?;
    let link = LinkType::from_pcap_header(link);
    w.trace.layer("pktap", header, || format!("link type {}", link.name()));
    Ok((Next::Link(link), rest))
}
