//! One frame without what names somebody: its headers rewritten, layer by layer, and cut off behind the last known one.

use std::net::IpAddr;
use std::ops::Range;

use super::addresses::Addresses;
use crate::capture::Frame;
use crate::packet::Layer;

/// Layers without an address of anybody.
const PLAIN: [&str; 16] = [
    "vlan",
    "mpls",
    "pppoe",
    "ppp",
    "hdlc",
    "c-hdlc",
    "llc",
    "snap",
    "loopback",
    "gre",
    "vxlan",
    "gtp",
    "fragment header",
    "radiotap",
    "pseudowire",
    "sctp",
];
/// Options of TCP that say nothing of who it is: end, padding, segment size, window scale, acknowledgements, times.
const TCP_OPTIONS: [u8; 7] = [0, 1, 2, 3, 4, 5, 8];
/// An option of one byte that means nothing, of IPv4 and of TCP.
const NOTHING: u8 = 1;
/// ICMP's redirect, whose header holds a gateway.
const REDIRECT: u8 = 5;

/// Where checksums stand in their headers.
const IPV4_SUM: usize = 10;
const TCP_SUM: usize = 16;
const UDP_SUM: usize = 6;
const ICMP_SUM: usize = 2;

/// The frame up to what its last header carries.
pub(super) fn headers<'a>(frame: &Frame<'a>, layers: &[Layer]) -> &'a [u8] {
    let end = layers.iter().filter(|layer| is_header(layer)).map(|layer| place(layer).end).max();
    end.and_then(|end| frame.data.get(..end)).unwrap_or_default()
}

fn is_header(layer: &Layer) -> bool {
    !matches!(layer.name, "payload" | "data" | "nflog payload")
}

fn place(layer: &Layer) -> Range<usize> {
    let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    number(layer.offset)..number(layer.offset).saturating_add(number(layer.length))
}

/// How sums of 16-bit words changed, for the checksums above them (RFC 1624).
#[derive(Debug, Clone, Copy, Default)]
struct Change(u64);

impl Change {
    fn of(before: &[u8], after: &[u8]) -> Self {
        let words = |bytes: &[u8]| -> Vec<u64> {
            let word = |pair: &[u8]| match *pair {
                [high, low] => u64::from(u16::from_be_bytes([high, low])),
                [last] => u64::from(last) << 8,
                _ => 0,
            };
            bytes.chunks(2).map(word).collect()
        };
        let differ = words(before).into_iter().zip(words(after)).filter(|(old, new)| old != new);
        Self(differ.map(|(old, new)| (0xffff - old) + new).sum())
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    /// The checksum that is as right or wrong as it was.
    fn applied_to(self, [high, low]: [u8; 2]) -> [u8; 2] {
        if self.0 == 0 {
            return [high, low];
        }
        let mut sum = u64::from(!u16::from_be_bytes([high, low])) + self.0;
        while sum > 0xffff {
            sum = (sum >> 16) + (sum & 0xffff);
        }
        (!u16::try_from(sum).unwrap_or_default()).to_be_bytes()
    }
}

/// The frame's headers with other addresses. What is not known to be nobody's is not in it.
pub(super) fn without_names(frame: &Frame<'_>, layers: &[Layer], addresses: &mut Addresses) -> Vec<u8> {
    let mut data = frame.data.to_vec();
    let mut end = 0;
    // Of the addresses that the next transport checksum covers.
    let mut change = Change::default();
    for (number, layer) in layers.iter().enumerate() {
        let place = place(layer);
        // Bytes between two headers are no header's.
        if let Some(between) = data.get_mut(end..place.start) {
            between.fill(0);
        }
        let is_whole = frame.original_len == frame.captured_len() && number + 1 == layers.len();
        let Some(header) = data.get_mut(place.clone()) else { break };
        match rewrite(layer.name, header, addresses, (change, is_whole)) {
            Some(made) => change = made,
            None => break,
        }
        end = end.max(place.end);
    }
    data.truncate(end);
    data
}

/// Rewrites a header; `None` for one that is not known. `above` is what changed for its checksum, and whether all that
/// this covers is kept. The result is what changes for the headers behind it.
fn rewrite(name: &str, header: &mut [u8], addresses: &mut Addresses, above: (Change, bool)) -> Option<Change> {
    match name {
        "ethernet" => macs(header, &[0, 6], addresses),
        "802.11" => macs(header, &[4, 10, 16, 24], addresses),
        "sll" => cooked(header, 4..6, 6..14, addresses),
        "sll2" => cooked(header, 11..12, 12..20, addresses),
        "arp" => return arp(header, addresses),
        "ipv4" => return ipv4(header, addresses),
        "ipv6" => return ipv6(header, addresses),
        "hop-by-hop options" | "destination options" => {
            blank_options(header);
            return Some(above.0);
        }
        "geneve" => header.get_mut(8..).unwrap_or_default().fill(0),
        "tcp" => {
            let before = header.to_vec();
            blank_tcp_options(header);
            let change = above.0.and(Change::of(&before, header));
            sum(header, TCP_SUM, (change, above.1));
        }
        // 0 says that there is no sum.
        "udp" if header.get(UDP_SUM..UDP_SUM + 2) == Some(&[0, 0]) => {}
        "udp" => sum(header, UDP_SUM, above),
        "icmpv6" => sum(header, ICMP_SUM, above),
        "icmp" => {
            let before = header.to_vec();
            if header.first() == Some(&REDIRECT) {
                ipv4_at(header, 4, addresses);
            }
            sum(header, ICMP_SUM, (Change::of(&before, header), above.1));
        }
        "fragment header" => return Some(above.0),
        _ if PLAIN.contains(&name) => {}
        _ => return None,
    }
    Some(Change::default())
}

fn macs(header: &mut [u8], places: &[usize], addresses: &Addresses) {
    for place in places {
        if let Some(mac) = header.get_mut(*place..).and_then(|rest| rest.first_chunk_mut::<6>()) {
            *mac = addresses.mac(*mac);
        }
    }
}

/// A hardware address of a length that the header says.
fn cooked(header: &mut [u8], length: Range<usize>, place: Range<usize>, addresses: &Addresses) {
    let is_mac = header.get(length).is_some_and(|bytes| bytes.iter().rev().eq([6, 0].iter().take(bytes.len())));
    let Some(address) = header.get_mut(place) else { return };
    match address.split_first_chunk_mut::<6>() {
        Some((mac, rest)) if is_mac => {
            *mac = addresses.mac(*mac);
            rest.fill(0);
        }
        _ => address.fill(0),
    }
}

fn ipv4_at(header: &mut [u8], at: usize, addresses: &mut Addresses) {
    let Some(bytes) = header.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<4>()) else { return };
    if let IpAddr::V4(other) = addresses.ip(IpAddr::from(*bytes)) {
        *bytes = other.octets();
    }
}

fn ipv6_at(header: &mut [u8], at: usize, addresses: &mut Addresses) {
    let Some(bytes) = header.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<16>()) else { return };
    if let IpAddr::V6(other) = addresses.ip(IpAddr::from(*bytes)) {
        *bytes = other.octets();
    }
}

/// Of Ethernet and IPv4, as nearly all are.
fn arp(header: &mut [u8], addresses: &mut Addresses) -> Option<Change> {
    if header.get(4..6) != Some(&[6, 4]) {
        return None;
    }
    macs(header, &[8, 18], addresses);
    ipv4_at(header, 14, addresses);
    ipv4_at(header, 24, addresses);
    Some(Change::default())
}

fn ipv4(header: &mut [u8], addresses: &mut Addresses) -> Option<Change> {
    let before = header.to_vec();
    ipv4_at(header, 12, addresses);
    ipv4_at(header, 16, addresses);
    let ends = Change::of(before.get(12..20)?, header.get(12..20)?);
    // They may hold the routers of the way.
    header.get_mut(20..)?.fill(NOTHING);
    let all = Change::of(&before, header);
    let field = header.get_mut(IPV4_SUM..)?.first_chunk_mut::<2>()?;
    // 0 was left to the sender's network card.
    if *field != [0, 0] {
        *field = all.applied_to(*field);
    }
    Some(ends)
}

fn ipv6(header: &mut [u8], addresses: &mut Addresses) -> Option<Change> {
    let before = header.to_vec();
    ipv6_at(header, 8, addresses);
    ipv6_at(header, 24, addresses);
    Some(Change::of(&before, header))
}

/// An extension header's options become one of padding.
fn blank_options(header: &mut [u8]) {
    let Some(([_, _, kind, length], rest)) = header.split_first_chunk_mut::<4>() else { return };
    (*kind, *length) = (NOTHING, u8::try_from(rest.len()).unwrap_or(u8::MAX));
    rest.fill(0);
}

/// Options that may say who it is become padding.
fn blank_tcp_options(header: &mut [u8]) {
    let mut rest = header.get_mut(20..).unwrap_or_default();
    while let Some(&kind) = rest.first() {
        let length = match kind {
            0 => return,
            NOTHING => 1,
            _ => rest.get(1).map_or(1, |length| usize::from(*length)).max(2),
        };
        // One that is longer than there is room for is blanked to the end.
        let (option, behind) = rest.split_at_mut(length.min(rest.len()));
        if option.len() < length || !TCP_OPTIONS.contains(&kind) {
            option.fill(NOTHING);
        }
        rest = behind;
    }
}

/// Fits a checksum where all that it covers is kept; otherwise it would tell of what was cut, and is 0.
fn sum(header: &mut [u8], at: usize, (change, is_whole): (Change, bool)) {
    if let Some(field) = header.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<2>()) {
        *field = if is_whole { change.applied_to(*field) } else { [0, 0] };
    }
}
