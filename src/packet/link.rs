//! Everything below IP: link layers, tags and labels, walked header by header until IP or ARP.

mod cooked;
mod ethernet;
mod ethertype;
mod lan;
mod llc;
mod mpls;
mod ppp;
mod wan;
mod wireless;

use super::bytes::{be16, be32, byte, le16, le32, split};
use super::stop::Stop;
use super::trace::Trace;
use crate::capture::LinkType;

/// Tags (VLAN, MACsec, PPPoE ...) read before a frame counts as malformed.
const MAX_TAGS: u8 = 8;
/// Headers of any kind read before a frame counts as malformed.
const MAX_HEADERS: usize = 32;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// A frame of this link type.
    Link(LinkType),
    /// Ethernet addresses.
    Ethernet,
    /// What this Ethernet type announces, or 802.3 content of this length.
    Type(u16),
    /// 802.2 logical link control.
    Llc,
    /// What this network layer protocol identifier announces.
    Nlpid(u8),
    /// PPP from its protocol field on.
    Ppp,
    /// PPP, in HDLC framing or not.
    PppHdlc,
    /// A PPPoE session's header.
    Pppoe,
    /// Cisco's HDLC.
    CiscoHdlc,
    /// A frame relay address.
    FrameRelay,
    /// An MPLS label.
    Mpls,
    /// A network service header.
    Nsh,
    /// 802.11; whether its header is padded to four bytes.
    Wireless { is_padded: bool },
    /// IP of the version that its first bits tell.
    Ip,
    /// Address resolution.
    Arp,
}

/// A header taken off: what follows, and its bytes.
type Step<'a> = Result<(Next, &'a [u8]), Stop>;

/// What follows the link layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NetworkKind {
    Ip,
    Arp,
}

/// The network layer's bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inner<'a> {
    pub(super) kind: NetworkKind,
    pub(super) vlan: Option<u16>,
    pub(super) bytes: &'a [u8],
}

/// What is remembered on the way.
struct Walk<'t, T> {
    trace: &'t mut T,
    vlan: Option<u16>,
    tags: u8,
}

impl<T: Trace> Walk<'_, T> {
    /// Counts a tag.
    fn tag(&mut self) -> Result<(), Stop> {
        self.tags += 1;
        if self.tags > MAX_TAGS { Err(Stop::too_deep()) } else { Ok(()) }
    }
}

/// Takes all headers below the network layer off.
#[inline]
pub(super) fn walk<'a, T: Trace>(next: Next, bytes: &'a [u8], trace: &mut T) -> Result<Inner<'a>, Stop> {
    // Nearly every frame there is: its two headers are looked at in place.
    if next == Next::Link(LinkType::ETHERNET)
        && let Some(bytes) = ethernet::plain_ip(bytes, trace)
    {
        return Ok(Inner { kind: NetworkKind::Ip, vlan: None, bytes });
    }
    headers(next, bytes, trace)
}

#[inline(never)]
fn headers<'a, T: Trace>(mut next: Next, mut bytes: &'a [u8], trace: &mut T) -> Result<Inner<'a>, Stop> {
    let mut w = Walk { trace, vlan: None, tags: 0 };
    for _ in 0..MAX_HEADERS {
        (next, bytes) = match next {
            Next::Ip if bytes.is_empty() => return Err(Stop::short("ip")),
            Next::Ip => return Ok(Inner { kind: NetworkKind::Ip, vlan: w.vlan, bytes }),
            Next::Arp => return Ok(Inner { kind: NetworkKind::Arp, vlan: w.vlan, bytes }),
            Next::Type(number) => ethernet::by_type(number, bytes, &mut w)?,
            Next::Link(LinkType::ETHERNET) | Next::Ethernet => ethernet::header(bytes, &mut w)?,
            Next::Link(link_type) => by_link_type(link_type, bytes, &mut w)?,
            Next::Llc => llc::header(bytes, &mut w)?,
            Next::Nlpid(number) => llc::by_nlpid(number, bytes, &mut w)?,
            Next::Ppp => ppp::protocol(bytes, &mut w)?,
            Next::PppHdlc => ppp::hdlc(bytes, &mut w)?,
            Next::Pppoe => ppp::over_ethernet(bytes, &mut w)?,
            Next::CiscoHdlc => ppp::cisco(bytes, &mut w)?,
            Next::FrameRelay => wan::frame_relay(bytes, &mut w)?,
            Next::Mpls => mpls::stack(bytes, &mut w)?,
            Next::Nsh => mpls::service_header(bytes, &mut w)?,
            Next::Wireless { is_padded } => wireless::header(bytes, is_padded, &mut w)?,
        };
    }
    Err(Stop::too_deep())
}

fn by_link_type<'a, T: Trace>(link_type: LinkType, data: &'a [u8], w: &mut Walk<'_, T>) -> Step<'a> {
    match link_type {
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD => Ok((Next::Ip, data)),
        LinkType::IPV4 => of_version(4, data),
        LinkType::IPV6 => of_version(6, data),
        LinkType::NULL | LinkType::LOOP => cooked::loopback(data, w),
        LinkType::LINUX_SLL => cooked::linux(data, w),
        LinkType::LINUX_SLL2 => cooked::linux_v2(data, w),
        LinkType::NFLOG => cooked::netfilter_log(data, w),
        LinkType::IPNET => cooked::ipnet(data, w),
        LinkType::ENC => cooked::enc(data, w),
        LinkType::PFLOG => cooked::pflog(data, w),
        LinkType::PKTAP => cooked::pktap(data, w),
        LinkType::PPI => wireless::ppi(data, w),
        LinkType::IEEE802_11 => Ok((Next::Wireless { is_padded: false }, data)),
        LinkType::IEEE802_11_RADIOTAP => wireless::radiotap(data, w),
        LinkType::IEEE802_11_PRISM => wireless::prism(data, w),
        LinkType::IEEE802_11_AVS => wireless::avs(data, w),
        LinkType::PPP | LinkType::PPP_HDLC => Ok((Next::PppHdlc, data)),
        LinkType::PPP_PPPD | LinkType::PPP_WITH_DIR => after("direction", data, 1, Next::PppHdlc, w),
        LinkType::PPP_ETHER => Ok((Next::Pppoe, data)),
        LinkType::C_HDLC => Ok((Next::CiscoHdlc, data)),
        LinkType::C_HDLC_WITH_DIR => after("direction", data, 1, Next::CiscoHdlc, w),
        LinkType::FRELAY => Ok((Next::FrameRelay, data)),
        LinkType::FRELAY_WITH_DIR => after("direction", data, 1, Next::FrameRelay, w),
        LinkType::ATM_RFC1483 | LinkType::ATM_CLIP => wan::multiprotocol(data),
        LinkType::SUNATM => wan::sun_atm(data, w),
        LinkType::SLIP => wan::slip(data, w),
        LinkType::ERF => wan::erf(data, w),
        LinkType::JUNIPER_ETHER => wan::juniper_ethernet(data, w),
        LinkType::DOCSIS => wan::docsis(data, w),
        LinkType::MPLS => Ok((Next::Mpls, data)),
        LinkType::IEEE802_5 => lan::token_ring(data, w),
        LinkType::FDDI => lan::fddi(data, w),
        LinkType::ARCNET_LINUX => lan::arcnet(data, 5, w),
        LinkType::ARCNET_BSD => lan::arcnet(data, 3, w),
        LinkType::IP_OVER_FC => after("fibre channel", data, 16, Next::Llc, w),
        LinkType::IPOIB => lan::infiniband(data, w),
        LinkType::APPLE_IP_OVER_IEEE1394 => lan::firewire(data, w),
        LinkType::NETANALYZER => after("netanalyzer", data, 4, Next::Ethernet, w),
        LinkType::EPON | LinkType::ETHERNET_MPACKET => after("preamble", data, 8, Next::Ethernet, w),
        other => Err(Stop::link(other)),
    }
}

/// IP of a version that is known from outside.
#[inline]
fn of_version(version: u8, data: &[u8]) -> Step<'_> {
    if byte(data, 0).is_some_and(|b| b >> 4 != version) { Err(Stop::invalid("ip")) } else { Ok((Next::Ip, data)) }
}

/// A header of `length` bytes whose content says nothing about what follows.
fn after<'a, T: Trace>(name: &'static str, data: &'a [u8], length: usize, next: Next, w: &mut Walk<'_, T>) -> Step<'a> {
    let (header, rest) = split(data, length, name)?;
    w.trace.layer(name, header, || format!("{length} bytes"));
    Ok((next, rest))
}

/// A hardware address for people.
fn mac(bytes: Option<&[u8]>) -> String {
    let hex: Vec<String> = bytes.unwrap_or_default().iter().map(|b| format!("{b:02x}")).collect();
    hex.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::stop::Fault;

    pub(super) fn strip(link_type: LinkType, data: &[u8]) -> Result<Inner<'_>, Stop> {
        walk(Next::Link(link_type), data, &mut ())
    }

    #[test]
    fn walks_vlan_tags_up_to_the_limit() {
        let mut frame = vec![0u8; 12];
        for _ in 0..2 {
            frame.extend([0x81, 0x00, 0x20, 0x05]);
        }
        frame.extend([0x08, 0x00, 0x45]);
        let inner = strip(LinkType::ETHERNET, &frame).unwrap();
        assert_eq!((inner.kind, inner.vlan, inner.bytes), (NetworkKind::Ip, Some(5), [0x45].as_slice()));

        let mut deep = vec![0u8; 12];
        for _ in 0..50 {
            deep.extend([0x81, 0x00, 0x00, 0x01]);
        }
        assert_eq!(strip(LinkType::ETHERNET, &deep).unwrap_err().fault, Fault::TooDeep);
    }

    #[test]
    fn tells_what_is_not_ip_from_what_is_cut() {
        let lldp = [[0u8; 12].as_slice(), &[0x88, 0xcc, 0, 0]].concat();
        assert_eq!(strip(LinkType::ETHERNET, &lldp).unwrap_err(), Stop::named("lldp"));
        assert_eq!(strip(LinkType::ETHERNET, &lldp[..13]).unwrap_err().fault, Fault::Short);
        assert_eq!(strip(LinkType(189), &lldp).unwrap_err(), Stop::link(LinkType(189)));
        let snap = [[0u8; 12].as_slice(), &[0, 9, 0xaa, 0xaa, 3, 0, 0, 0, 8, 6, 1]].concat();
        assert_eq!(strip(LinkType::ETHERNET, &snap).unwrap().kind, NetworkKind::Arp);
    }

    #[test]
    fn reads_loopback_families_of_either_byte_order() {
        for family in [[2, 0, 0, 0], [0, 0, 0, 2], [30, 0, 0, 0], [0, 0, 0, 24]] {
            let frame = [family.as_slice(), &[0x45]].concat();
            assert_eq!(strip(LinkType::NULL, &frame).unwrap().kind, NetworkKind::Ip);
        }
        assert_eq!(strip(LinkType::LOOP, &[0, 0, 0, 7, 1]).unwrap_err().fault, Fault::NonIp);
    }
}
