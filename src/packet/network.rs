//! IPv4, IPv6 with extension headers, and ARP.

use std::net::{IpAddr, Ipv4Addr};

use etherparse::err::ip::LaxHeaderSliceError;
use etherparse::{ArpPacketSlice, EtherType, LaxIpSlice};

use super::link::Inner;
use super::transport::{self, Above};
use super::{LayerError, Packet};
use crate::capture::{Frame, Oddities};
use crate::error::Position;
use crate::report::Proto;

/// Decodes ARP for IPv4: the sender asks or answers the target.
pub(super) fn arp<'a>(frame: &Frame<'a>, inner: &Inner<'a>) -> Result<Packet<'a>, LayerError> {
    let arp = ArpPacketSlice::from_slice(inner.bytes).map_err(|_| LayerError::Short)?;
    let address = |bytes: &[u8]| bytes.first_chunk::<4>().map(|b| IpAddr::V4(Ipv4Addr::from(*b)));
    let is_ipv4 = arp.proto_addr_type() == EtherType::IPV4 && arp.proto_addr_size() == 4;
    let (Some(src), Some(dst), true) =
        (address(arp.sender_protocol_addr()), address(arp.target_protocol_addr()), is_ipv4)
    else {
        return Err(LayerError::NonIp);
    };
    let length = u16::try_from(arp.slice().len()).unwrap_or(u16::MAX);
    Ok(Packet {
        number: frame.number,
        ts: frame.ts,
        wire_len: frame.original_len,
        src,
        dst,
        src_port: 0,
        dst_port: 0,
        proto: Proto::Arp,
        vlan: inner.vlan,
        offset: frame.offset,
        tunnel: None,
        ip_bytes: 0,
        header_len: length,
        ttl: None,
        tcp: None,
        payload_len: 0,
        payload: &[],
    })
}

/// Decodes IP and what it carries.
pub(super) fn ip<'a>(frame: &Frame<'a>, inner: &Inner<'a>, odd: &mut Oddities) -> Result<Packet<'a>, LayerError> {
    let (ip, stop) = LaxIpSlice::from_slice(inner.bytes).map_err(|e| match e {
        LaxHeaderSliceError::Len(_) => LayerError::Short,
        LaxHeaderSliceError::Content(_) => LayerError::Invalid,
    })?;
    let at = Position { packet: frame.number, byte: frame.offset };
    if stop.is_some() {
        odd.add(
            "ip_extension_unreadable",
            "An IP extension header cannot be read; what follows it was not decoded.",
            at,
        );
    }
    let captured = u32::try_from(inner.bytes.len()).unwrap_or(u32::MAX);
    let (ttl, headers, stated, is_later_fragment) = match &ip {
        LaxIpSlice::Ipv4(v4) => {
            let h = v4.header();
            let auth = v4.extensions().auth.map_or(0, |a| a.slice().len());
            let offset = h.fragments_offset().value();
            (h.ttl(), h.slice().len() + auth, u32::from(h.total_len()), offset > 0)
        }
        LaxIpSlice::Ipv6(v6) => {
            let h = v6.header();
            let is_later = is_later_fragment(h.next_header().0, v6.extensions().slice());
            let stated = if h.payload_length() == 0 { 0 } else { 40 + u32::from(h.payload_length()) };
            (h.hop_limit(), 40 + v6.extensions().slice().len(), stated, is_later)
        }
    };
    let headers = u32::try_from(headers).unwrap_or(u32::MAX);
    // A length of 0 (segmentation offload, jumbogram) or shorter than the header says nothing: the frame's length holds.
    let ip_bytes = if stated < headers { captured.max(headers) } else { stated };
    if stated < headers && stated != 0 {
        odd.add("ip_length_invalid", "An IP length is shorter than its header; the frame's length was taken.", at);
    }
    let payload = ip.payload();
    if payload.incomplete && u64::from(frame.original_len) == crate::units::count(frame.data.len()) {
        odd.add("ip_length_over_frame", "An IP length reaches beyond its frame; the part that is there was used.", at);
    }
    let proto = Proto::Ip(payload.ip_number.0);
    let room = ip_bytes.saturating_sub(headers);
    let above = if is_later_fragment {
        odd.add("fragment_without_ports", "A later IP fragment has no ports; it is a flow of its own.", at);
        Above::payload_only(payload.payload, room)
    } else {
        transport::decode(proto, payload.payload, room, payload.incomplete, odd, at)?
    };
    Ok(Packet {
        number: frame.number,
        ts: frame.ts,
        wire_len: frame.original_len,
        src: ip.source_addr(),
        dst: ip.destination_addr(),
        src_port: above.src_port,
        dst_port: above.dst_port,
        proto,
        vlan: inner.vlan,
        offset: frame.offset,
        tunnel: None,
        ip_bytes,
        header_len: u16::try_from(headers + above.header_len).unwrap_or(u16::MAX),
        ttl: Some(ttl),
        tcp: above.tcp,
        payload_len: above.payload_len,
        payload: above.payload,
    })
}

/// Extension headers by the number that announces them: hop-by-hop, routing, destination, mobility, HIP, shim6.
const OPTION_HEADERS: [u8; 6] = [0, 43, 60, 135, 139, 140];
const FRAGMENT_HEADER: u8 = 44;
const AUTHENTICATION_HEADER: u8 = 51;

/// Whether a fragment header with an offset is among the extension headers.
///
/// etherparse 0.21's own iterator reads past the end of extension headers that were cut (its debug build says so), so
/// they are walked here.
fn is_later_fragment(mut kind: u8, mut headers: &[u8]) -> bool {
    while let Some(&[next, length, offset_high, offset_low]) = headers.first_chunk::<4>() {
        let bytes = match kind {
            FRAGMENT_HEADER if u16::from_be_bytes([offset_high, offset_low]) >> 3 > 0 => return true,
            FRAGMENT_HEADER => 8,
            AUTHENTICATION_HEADER => (usize::from(length) + 2) * 4,
            kind if OPTION_HEADERS.contains(&kind) => (usize::from(length) + 1) * 8,
            _ => return false,
        };
        kind = next;
        headers = headers.get(bytes..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_later_fragments_behind_other_headers() {
        let hop_by_hop = [44, 0, 0, 0, 0, 0, 0, 0];
        let first = [17, 0, 0, 1, 0, 0, 0, 9];
        let later = [17, 0, 0, 8, 0, 0, 0, 9];
        assert!(is_later_fragment(0, &[hop_by_hop, later].concat()));
        assert!(!is_later_fragment(0, &[hop_by_hop, first].concat()));
        assert!(!is_later_fragment(0, &hop_by_hop[..3]));
        assert!(!is_later_fragment(17, &later));
        assert!(!is_later_fragment(0, &[0; 4000]));
    }
}
