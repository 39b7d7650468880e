//! IPv4, IPv6 and ARP.

use std::net::{IpAddr, Ipv4Addr};

use etherparse::err::{ipv4, ipv6};
use etherparse::{ArpPacketSlice, EtherType, Ipv4HeaderSlice, Ipv6HeaderSlice};

use super::checksum::{self, Verdict};
use super::extension::{self, End, Extensions, Fragment};
use super::fragment::{Datagram, Ends, Fragments};
use super::link::Inner;
use super::stop::{Fault, Stop};
use super::trace::Trace;
use super::transport::{self, Above, Segment};
use super::{Packet, bytes};
use crate::capture::{Frame, Oddities};
use crate::error::Position;
use crate::report::{Proto, Tunnel};
use crate::units::count;

/// Bytes of an IPv6 header.
const IPV6_HEADER: u32 = 40;
const NO_NEXT_HEADER: u8 = 59;
/// IPv4 options: the end, padding, and the two that change the destination on the way.
const OPTION_END: u8 = 0;
const OPTION_NOTHING: u8 = 1;
const LOOSE_ROUTE: u8 = 131;
const STRICT_ROUTE: u8 = 137;

/// An IP packet's bytes and what is known of them from outside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) bytes: &'a [u8],
    /// Bytes there were on the wire from here on, padding included; at least those captured.
    pub(super) on_wire: u32,
    /// Whether a length beyond `on_wire` shows that this is no IP packet at all.
    pub(super) is_guess: bool,
    pub(super) vlan: Option<u16>,
    pub(super) tunnel: Option<Tunnel>,
}

/// What both versions say.
struct Header {
    src: IpAddr,
    dst: IpAddr,
    ttl: u8,
    proto: u8,
    /// Bytes of all headers.
    length: u32,
    /// Bytes of the packet by its length field; 0 where it says nothing.
    stated: u32,
    fragment: Fragment,
    chain_end: End,
    /// Whether the addresses that checksums cover may be others than these.
    is_rerouted: bool,
}

/// Decodes ARP for IPv4: the sender asks or answers the target.
pub(super) fn arp<'a, T: Trace>(frame: &Frame<'a>, inner: &Inner<'a>, trace: &mut T) -> Result<Packet<'a>, Stop> {
    let arp = ArpPacketSlice::from_slice(inner.bytes).map_err(|_| Stop::short("arp"))?;
    let address = |bytes: &[u8]| bytes.first_chunk::<4>().map(|b| IpAddr::V4(Ipv4Addr::from(*b)));
    let is_ipv4 = arp.proto_addr_type() == EtherType::IPV4 && arp.proto_addr_size() == 4;
    let (Some(src), Some(dst), true) =
        (address(arp.sender_protocol_addr()), address(arp.target_protocol_addr()), is_ipv4)
    else {
        return Err(Stop::named("arp"));
    };
    trace.layer("arp", arp.slice(), || match arp.operation().0 {
        1 => format!("who has {dst}? tell {src}"),
        2 => format!("{src} answers {dst}"),
        n => format!("operation {n}, {src} to {dst}"),
    });
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
        has_bad_checksum: false,
        payload_len: 0,
        payload: &[],
    })
}

/// Who sent an ARP packet, and from which hardware address.
pub(super) fn arp_sender(bytes: &[u8]) -> Option<(IpAddr, [u8; 6])> {
    let arp = ArpPacketSlice::from_slice(bytes).ok()?;
    let mac = <[u8; 6]>::try_from(arp.sender_hw_addr()).ok()?;
    let address = <[u8; 4]>::try_from(arp.sender_protocol_addr()).ok()?;
    Some((IpAddr::V4(Ipv4Addr::from(address)), mac))
}

/// Decodes IP and what it carries; tells too which part of a packet it is.
#[inline(always)]
#[allow(clippy::inline_always)]
pub(super) fn ip<'a, T: Trace>(
    frame: &Frame<'a>,
    place: &Place<'a>,
    fragments: &mut Fragments,
    odd: &mut Oddities,
    trace: &mut T,
) -> Result<(Packet<'a>, Fragment), Stop> {
    let at = Position { packet: frame.number, byte: frame.offset };
    let header = match bytes::byte(place.bytes, 0).map(|b| b >> 4) {
        Some(4) => ipv4(place.bytes, odd, at, trace)?,
        Some(6) => ipv6(place.bytes, trace)?,
        Some(_) => return Err(Stop::invalid("ip")),
        None => return Err(Stop::short("ip")),
    };
    // A length of 0 (segmentation offload, jumbogram) says nothing: the frame's length holds.
    let ip_bytes = if header.stated == 0 { place.on_wire.max(header.length) } else { header.stated };
    if ip_bytes > place.on_wire {
        if place.is_guess {
            return Err(Stop::invalid("ip"));
        }
        odd.add("ip_length_over_frame", "An IP length reaches beyond its frame; the part that is there was used.", at);
    }
    match header.chain_end {
        End::Whole => {}
        // Nobody knows what would have followed.
        End::Cut if count(place.bytes.len()) < u64::from(ip_bytes) => return Err(Stop::short("ip extension")),
        End::Cut => odd.add(
            "ip_extension_unreadable",
            "An IP extension header cannot be read; what follows it was not decoded.",
            at,
        ),
        End::Limit => odd.add(
            "ip_extension_limit",
            "More than 16 IP extension headers follow each other; what follows them was not decoded.",
            at,
        ),
    }
    let to_size = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let end = to_size(ip_bytes).min(place.bytes.len());
    let payload = place.bytes.get(to_size(header.length)..end).unwrap_or_default();
    let room = ip_bytes.saturating_sub(header.length);
    let (mut proto, part) = (header.proto, header.fragment);
    let mut above = if part.offset > 0 || header.chain_end != End::Whole {
        Above::payload_only(payload, room)
    } else {
        let segment = Segment {
            bytes: payload,
            room,
            proto,
            src: header.src,
            dst: header.dst,
            is_fragment: part.is_part(),
            has_final_addresses: !header.is_rerouted,
        };
        match transport::decode(&segment, odd, at, trace) {
            // The first fragment may be too small for its header.
            Err(stop) if stop.fault == Fault::Short && part.has_more => Above::payload_only(payload, room),
            read => read?,
        }
    };
    if part.is_part() {
        let network = place.tunnel.map_or(0, super::virtual_network);
        let Header { src, dst, .. } = header;
        let packet = Datagram { src, dst, id: part.id, proto: header.proto, vlan: place.vlan, network };
        let own = (part.offset == 0).then_some(Ends { proto, src_port: above.src_port, dst_port: above.dst_port });
        match fragments.note(packet, part, room, own, (frame.ts, at), odd) {
            Some(ends) => {
                proto = ends.proto;
                (above.src_port, above.dst_port) = (ends.src_port, ends.dst_port);
            }
            None => odd.add(
                "fragment_without_ports",
                "An IP fragment came without the first one, which has the ports; it is part of a flow without ports.",
                at,
            ),
        }
    }
    let packet = Packet {
        number: frame.number,
        ts: frame.ts,
        wire_len: frame.original_len,
        src: header.src,
        dst: header.dst,
        src_port: above.src_port,
        dst_port: above.dst_port,
        proto: Proto::Ip(proto),
        vlan: place.vlan,
        offset: frame.offset,
        tunnel: place.tunnel,
        ip_bytes,
        header_len: u16::try_from(header.length + above.header_len).unwrap_or(u16::MAX),
        ttl: Some(header.ttl),
        tcp: above.tcp,
        has_bad_checksum: above.has_bad_checksum,
        payload_len: above.payload_len,
        payload: above.payload,
    };
    Ok((packet, part))
}

fn ipv4<T: Trace>(data: &[u8], odd: &mut Oddities, at: Position, trace: &mut T) -> Result<Header, Stop> {
    let h = Ipv4HeaderSlice::from_slice(data).map_err(|e| match e {
        ipv4::HeaderSliceError::Len(_) => Stop::short("ipv4"),
        ipv4::HeaderSliceError::Content(_) => Stop::invalid("ipv4"),
    })?;
    let mut length = u32::from(h.ihl()) * 4;
    let stated = u32::from(h.total_len());
    if stated != 0 && stated < length {
        return Err(Stop::invalid("ipv4"));
    }
    let fragment = Fragment {
        id: u32::from(h.identification()),
        offset: u32::from(h.fragments_offset().value()) * 8,
        has_more: h.more_fragments(),
    };
    let (src, dst) = (IpAddr::V4(h.source_addr()), IpAddr::V4(h.destination_addr()));
    trace.layer("ipv4", h.slice(), || {
        let part = if fragment.is_part() {
            let more = if fragment.has_more { ", more follow" } else { "" };
            format!(", fragment 0x{:04x} from byte {}{more}", fragment.id, fragment.offset)
        } else {
            String::new()
        };
        format!("{src} → {dst}, {}, {stated} bytes, ttl {}{part}", Proto::Ip(h.protocol().0).name(), h.ttl())
    });
    match checksum::ipv4_header(h.slice()) {
        Verdict::Good => {}
        Verdict::Offloaded => transport::note_offloaded(odd, at),
        Verdict::Bad => odd.add("ip_checksum_bad", "An IPv4 header has a wrong checksum.", at),
    }
    let is_rerouted = length > 20 && has_source_route(h.options(), odd, at);
    let mut proto = h.protocol().0;
    let mut chain_end = End::Whole;
    // Authentication is the only header that IPv4 puts before the transport.
    if proto == extension::AUTHENTICATION && fragment.offset == 0 {
        let chain = chain(proto, data, length, stated, trace);
        (proto, chain_end, length) = (chain.proto, chain.end, length + length_of(&chain));
    }
    Ok(Header { src, dst, ttl: h.ttl(), proto, length, stated, fragment, chain_end, is_rerouted })
}

fn ipv6<T: Trace>(data: &[u8], trace: &mut T) -> Result<Header, Stop> {
    let h = Ipv6HeaderSlice::from_slice(data).map_err(|e| match e {
        ipv6::HeaderSliceError::Len(_) => Stop::short("ipv6"),
        ipv6::HeaderSliceError::Content(_) => Stop::invalid("ipv6"),
    })?;
    let (src, dst) = (IpAddr::V6(h.source_addr()), IpAddr::V6(h.destination_addr()));
    let mut header = Header {
        src,
        dst,
        ttl: h.hop_limit(),
        proto: h.next_header().0,
        length: IPV6_HEADER,
        stated: match h.payload_length() {
            0 if h.next_header().0 != NO_NEXT_HEADER => 0,
            n => IPV6_HEADER + u32::from(n),
        },
        fragment: Fragment::default(),
        chain_end: End::Whole,
        is_rerouted: false,
    };
    trace.layer("ipv6", h.slice(), || {
        let next = Proto::Ip(header.proto).name();
        format!("{src} → {dst}, {next}, {} bytes, hop limit {}", h.payload_length(), header.ttl)
    });
    if extension::is_extension(header.proto) {
        let chain = chain(header.proto, data, header.length, header.stated, trace);
        header.proto = chain.proto;
        header.length += length_of(&chain);
        header.fragment = chain.fragment.unwrap_or_default();
        header.chain_end = chain.end;
        header.is_rerouted = chain.is_rerouted;
    }
    Ok(header)
}

/// The headers between the IP header of `length` bytes and the transport, inside the packet's stated bytes.
fn chain<T: Trace>(kind: u8, data: &[u8], length: u32, stated: u32, trace: &mut T) -> Extensions {
    let to_size = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let end = if stated == 0 { data.len() } else { to_size(stated).min(data.len()) };
    extension::walk(kind, data.get(to_size(length)..end).unwrap_or_default(), trace)
}

fn length_of(chain: &Extensions) -> u32 {
    u32::try_from(chain.length).unwrap_or(u32::MAX)
}

/// Looks through IPv4 options for a source route. Each takes at least a byte, and there are at most 40.
fn has_source_route(mut options: &[u8], odd: &mut Oddities, at: Position) -> bool {
    let mut is_found = false;
    while let Some((&kind, rest)) = options.split_first() {
        if kind == OPTION_END {
            break;
        }
        if kind == OPTION_NOTHING {
            options = rest;
            continue;
        }
        is_found |= matches!(kind, LOOSE_ROUTE | STRICT_ROUTE);
        let length = bytes::byte(rest, 0).map_or(0, usize::from);
        let Some(behind) = options.get(length..).filter(|_| length >= 2) else {
            odd.add("ip_option_bad", "An IPv4 option's length is impossible; the options after it were not read.", at);
            break;
        };
        options = behind;
    }
    is_found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_walked_to_their_end_and_no_further() {
        let at = Position { packet: 1, byte: 0 };
        let mut odd = Oddities::default();
        assert!(has_source_route(&[1, 131, 7, 4, 1, 2, 3, 4], &mut odd, at));
        assert!(!has_source_route(&[7, 4, 4, 0, 0, 131], &mut odd, at));
        assert!(odd.clone().into_sorted().is_empty());
        for bad in [[7, 0, 0, 0], [7, 1, 0, 0], [1, 1, 7, 9], [1, 1, 1, 7]] {
            assert!(!has_source_route(&bad, &mut odd, at));
        }
        assert_eq!(odd.into_sorted()[0].count, 4);
    }
}
