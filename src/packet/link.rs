//! Link layers down to IP or ARP: Ethernet with VLAN tags and SNAP, Linux cooked, BSD loopback, raw IP.

use super::LayerError;
use crate::capture::LinkType;

/// VLAN tags read before a frame counts as malformed.
const MAX_VLAN_TAGS: usize = 8;
/// Values of the Ethernet type field up to this are an 802.3 length.
const LARGEST_802_3_LENGTH: u16 = 1500;
/// LLC header of a SNAP frame with an Ethernet type: DSAP, SSAP, control, OUI 0.
const SNAP: [u8; 6] = [0xaa, 0xaa, 0x03, 0, 0, 0];

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_ARP: u16 = 0x0806;
const ETHERTYPE_IPV6: u16 = 0x86dd;
const ETHERTYPES_VLAN: [u16; 4] = [0x8100, 0x88a8, 0x9100, 0x9200];

/// Address families of BSD loopback headers: IPv4 everywhere; IPv6 on NetBSD/OpenBSD, FreeBSD, macOS, Linux.
const FAMILY_IPV4: u32 = 2;
const FAMILIES_IPV6: [u32; 4] = [24, 28, 30, 10];

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

/// Takes the link layer off.
pub(super) fn strip(link_type: LinkType, data: &[u8]) -> Result<Inner<'_>, LayerError> {
    match link_type {
        LinkType::ETHERNET => by_ethertype(be16(data, 12)?, data.get(14..).unwrap_or_default()),
        LinkType::LINUX_SLL => by_ethertype(be16(data, 14)?, data.get(16..).unwrap_or_default()),
        LinkType::LINUX_SLL2 => {
            let rest = data.get(20..).ok_or(LayerError::Short)?;
            by_ethertype(be16(data, 0)?, rest)
        }
        LinkType::NULL | LinkType::LOOP => {
            let (family, rest) = data.split_first_chunk::<4>().ok_or(LayerError::Short)?;
            by_family(*family, rest)
        }
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD | LinkType::IPV4 | LinkType::IPV6 => ip(None, data),
        _ => Err(LayerError::Link),
    }
}

fn be16(data: &[u8], at: usize) -> Result<u16, LayerError> {
    let two = data.get(at..).and_then(|d| d.first_chunk::<2>()).ok_or(LayerError::Short)?;
    Ok(u16::from_be_bytes(*two))
}

fn ip(vlan: Option<u16>, bytes: &[u8]) -> Result<Inner<'_>, LayerError> {
    if bytes.is_empty() {
        return Err(LayerError::Short);
    }
    Ok(Inner { kind: NetworkKind::Ip, vlan, bytes })
}

fn by_ethertype(mut ethertype: u16, mut rest: &[u8]) -> Result<Inner<'_>, LayerError> {
    let mut vlan = None;
    for _ in 0..=MAX_VLAN_TAGS {
        match ethertype {
            ETHERTYPE_IPV4 | ETHERTYPE_IPV6 => return ip(vlan, rest),
            ETHERTYPE_ARP => return Ok(Inner { kind: NetworkKind::Arp, vlan, bytes: rest }),
            tag if ETHERTYPES_VLAN.contains(&tag) => {
                vlan = vlan.or(Some(be16(rest, 0)? & 0x0fff));
                ethertype = be16(rest, 2)?;
                rest = rest.get(4..).unwrap_or_default();
            }
            length if length <= LARGEST_802_3_LENGTH && rest.starts_with(&SNAP) => {
                ethertype = be16(rest, 6)?;
                rest = rest.get(8..).unwrap_or_default();
            }
            _ => return Err(LayerError::NonIp),
        }
    }
    Err(LayerError::Invalid)
}

/// The family is in the byte order of the capturing host, which the file does not always tell: both are tried.
fn by_family(family: [u8; 4], rest: &[u8]) -> Result<Inner<'_>, LayerError> {
    let is_ip = |n: u32| n == FAMILY_IPV4 || FAMILIES_IPV6.contains(&n);
    if is_ip(u32::from_le_bytes(family)) || is_ip(u32::from_be_bytes(family)) {
        return ip(None, rest);
    }
    Err(LayerError::NonIp)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(strip(LinkType::ETHERNET, &deep).unwrap_err(), LayerError::Invalid);
    }

    #[test]
    fn tells_what_is_not_ip_from_what_is_cut() {
        let lldp = [[0u8; 12].as_slice(), &[0x88, 0xcc, 0, 0]].concat();
        assert_eq!(strip(LinkType::ETHERNET, &lldp).unwrap_err(), LayerError::NonIp);
        assert_eq!(strip(LinkType::ETHERNET, &lldp[..13]).unwrap_err(), LayerError::Short);
        assert_eq!(strip(LinkType(105), &lldp).unwrap_err(), LayerError::Link);
        let snap = [[0u8; 12].as_slice(), &[0, 9, 0xaa, 0xaa, 3, 0, 0, 0, 8, 6, 1]].concat();
        assert_eq!(strip(LinkType::ETHERNET, &snap).unwrap().kind, NetworkKind::Arp);
    }

    #[test]
    fn reads_loopback_families_of_either_byte_order() {
        for family in [[2, 0, 0, 0], [0, 0, 0, 2], [30, 0, 0, 0], [0, 0, 0, 24]] {
            let frame = [family.as_slice(), &[0x45]].concat();
            assert_eq!(strip(LinkType::NULL, &frame).unwrap().kind, NetworkKind::Ip);
        }
        assert_eq!(strip(LinkType::LOOP, &[0, 0, 0, 7, 1]).unwrap_err(), LayerError::NonIp);
    }
}
