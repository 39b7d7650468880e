//! Ethernet frames with correct lengths and checksums.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One end of a conversation as the wire sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) mac: [u8; 6],
    pub(super) ip: IpAddr,
    pub(super) port: u16,
    /// Time to live of its packets where they are captured.
    pub(super) ttl: u8,
}

impl End {
    /// Bytes of its network header.
    pub(super) fn ip_header(&self) -> usize {
        if self.ip.is_ipv4() { 20 } else { 40 }
    }
}

/// What of a TCP header is not an address.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tcp {
    pub(super) seq: u32,
    pub(super) ack: u32,
    pub(super) flags: u8,
    pub(super) window: u16,
}

pub(super) const FIN: u8 = 1;
pub(super) const SYN: u8 = 2;
pub(super) const RST: u8 = 4;
pub(super) const PSH: u8 = 8;
pub(super) const ACK: u8 = 16;

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
const ICMPV6: u8 = 58;

/// Maximum segment size 1460, no-op, window scale 8, two no-ops, selective acknowledgements permitted: as Windows sends.
const SYN_OPTIONS: [u8; 12] = [2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2];
/// The smallest Ethernet payload; the capture shows frames padded to it, without their check sequence.
const SHORTEST: usize = 60;

/// A TCP segment; `fill` appends exactly `len` payload bytes.
pub(super) fn tcp(
    out: &mut Vec<u8>,
    (from, to): (&End, &End),
    id: u16,
    header: Tcp,
    len: usize,
    fill: impl FnOnce(&mut Vec<u8>),
) {
    let options: &[u8] = if header.flags & SYN == 0 { &[] } else { &SYN_OPTIONS };
    let header_len = 20 + options.len();
    network(out, (from, to), TCP, id, header_len + len);
    let start = out.len();
    out.extend_from_slice(&from.port.to_be_bytes());
    out.extend_from_slice(&to.port.to_be_bytes());
    out.extend_from_slice(&header.seq.to_be_bytes());
    out.extend_from_slice(&header.ack.to_be_bytes());
    out.push(if options.is_empty() { 5 << 4 } else { 8 << 4 });
    out.push(header.flags);
    out.extend_from_slice(&header.window.to_be_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(options);
    fill(out);
    seal(out, (from, to), TCP, start, 16);
    pad(out);
}

/// A UDP datagram.
pub(super) fn udp(out: &mut Vec<u8>, ends: (&End, &End), id: u16, payload: &[u8]) {
    let len = 8 + payload.len();
    network(out, ends, UDP, id, len);
    let start = out.len();
    out.extend_from_slice(&ends.0.port.to_be_bytes());
    out.extend_from_slice(&ends.1.port.to_be_bytes());
    out.extend_from_slice(&short(len).to_be_bytes());
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(payload);
    seal(out, ends, UDP, start, 6);
    pad(out);
}

/// An ICMP or ICMPv6 message of `kind`; the four bytes after the checksum are the start of `body`.
pub(super) fn icmp(out: &mut Vec<u8>, ends: (&End, &End), id: u16, kind: u8, body: &[u8]) {
    let proto = if ends.0.ip.is_ipv4() { ICMP } else { ICMPV6 };
    network(out, ends, proto, id, 4 + body.len());
    let start = out.len();
    out.extend_from_slice(&[kind, 0, 0, 0]);
    out.extend_from_slice(body);
    seal(out, ends, proto, start, 2);
    pad(out);
}

/// An ARP request (`to` unknown, broadcast unless its MAC is given) or reply.
pub(super) fn arp(out: &mut Vec<u8>, is_reply: bool, from: &End, to_mac: Option<[u8; 6]>, wanted: Ipv4Addr) {
    let IpAddr::V4(ip) = from.ip else { return };
    out.extend_from_slice(&to_mac.unwrap_or([0xff; 6]));
    out.extend_from_slice(&from.mac);
    out.extend_from_slice(&[8, 6, 0, 1, 8, 0, 6, 4, 0, if is_reply { 2 } else { 1 }]);
    out.extend_from_slice(&from.mac);
    out.extend_from_slice(&ip.octets());
    out.extend_from_slice(&if is_reply { to_mac.unwrap_or_default() } else { [0; 6] });
    out.extend_from_slice(&wanted.octets());
    pad(out);
}

/// Ethernet and IP headers in front of `len` bytes of `proto`.
fn network(out: &mut Vec<u8>, (from, to): (&End, &End), proto: u8, id: u16, len: usize) {
    out.extend_from_slice(&to.mac);
    out.extend_from_slice(&from.mac);
    match (from.ip, to.ip) {
        (IpAddr::V4(source), IpAddr::V4(target)) => {
            out.extend_from_slice(&[8, 0]);
            let start = out.len();
            let fragment = if proto == TCP { 0x40 } else { 0 };
            out.extend_from_slice(&[0x45, 0]);
            out.extend_from_slice(&short(20 + len).to_be_bytes());
            out.extend_from_slice(&id.to_be_bytes());
            out.extend_from_slice(&[fragment, 0, from.ttl, proto, 0, 0]);
            out.extend_from_slice(&source.octets());
            out.extend_from_slice(&target.octets());
            let sum = fold(out.get(start..).map_or(0, sum));
            write(out, start + 10, sum);
        }
        (source, target) => {
            out.extend_from_slice(&[0x86, 0xdd, 0x60, 0, 0, 0]);
            out.extend_from_slice(&short(len).to_be_bytes());
            out.extend_from_slice(&[proto, from.ttl]);
            out.extend_from_slice(&v6(source).octets());
            out.extend_from_slice(&v6(target).octets());
        }
    }
}

/// Writes the checksum of everything from `start` on at `start + at`.
fn seal(out: &mut [u8], (from, to): (&End, &End), proto: u8, start: usize, at: usize) {
    let Some(data) = out.get(start..) else { return };
    let mut total = sum(data);
    // ICMP over IPv4 has no pseudo header.
    if proto != ICMP {
        total += address_sum(from.ip) + address_sum(to.ip) + u64::from(proto) + crate::units::count(data.len());
    }
    let checksum = match fold(total) {
        // RFC 768: zero means that there is none.
        0 if proto == UDP => 0xffff,
        other => other,
    };
    write(out, start + at, checksum);
}

fn write(out: &mut [u8], at: usize, value: u16) {
    if let Some(slot) = out.get_mut(at..at + 2) {
        slot.copy_from_slice(&value.to_be_bytes());
    }
}

fn pad(out: &mut Vec<u8>) {
    if out.len() < SHORTEST {
        out.resize(SHORTEST, 0);
    }
}

fn address_sum(ip: IpAddr) -> u64 {
    match ip {
        IpAddr::V4(ip) => sum(&ip.octets()),
        IpAddr::V6(ip) => sum(&ip.octets()),
    }
}

/// The 16-bit words added up, in pieces of 32 bits: the carries fold to the same.
fn sum(data: &[u8]) -> u64 {
    let (words, rest) = data.as_chunks::<4>();
    let mut tail = [0; 4];
    for (slot, byte) in tail.iter_mut().zip(rest) {
        *slot = *byte;
    }
    words.iter().map(|w| u64::from(u32::from_be_bytes(*w))).sum::<u64>() + u64::from(u32::from_be_bytes(tail))
}

/// RFC 1071: the complement of the sum with its carries added.
fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !short(usize::try_from(sum).unwrap_or(0))
}

fn v6(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    }
}

/// A length as the wire writes it; nothing built here is longer than a frame.
pub(super) fn short(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use etherparse::{NetSlice, SlicedPacket, TransportSlice};

    fn end(ip: &str, port: u16) -> End {
        End { mac: [2; 6], ip: ip.parse().unwrap(), port, ttl: 64 }
    }

    #[test]
    fn checksums_are_those_that_the_decoder_computes() {
        for (a, b) in [("10.0.0.1", "203.0.113.9"), ("2001:db8::1", "2001:db8::2")] {
            let (a, b) = (end(a, 50_000), end(b, 443));
            for payload in [&b""[..], b"x", b"odd", b"even", &[0xff; 333]] {
                let mut out = Vec::new();
                let header = Tcp { seq: 1, ack: 2, flags: PSH | ACK, window: 512 };
                tcp(&mut out, (&a, &b), 7, header, payload.len(), |o| o.extend_from_slice(payload));
                assert_eq!(verify(&out), payload);
                out.clear();
                udp(&mut out, (&a, &b), 7, payload);
                assert_eq!(verify(&out), payload);
                out.clear();
                icmp(&mut out, (&a, &b), 7, if a.ip.is_ipv4() { 8 } else { 128 }, &[&[0, 1, 0, 2], payload].concat());
                assert_eq!(verify(&out), payload);
            }
        }
    }

    /// Checks every checksum of a frame; returns what its transport carries.
    pub(in crate::synth) fn verify(frame: &[u8]) -> Vec<u8> {
        let packet = SlicedPacket::from_ethernet(frame).unwrap();
        let ip = match packet.net.unwrap() {
            NetSlice::Ipv4(ip) => {
                assert_eq!(ip.header().header_checksum(), ip.header().to_header().calc_header_checksum());
                Ok((ip.header().source(), ip.header().destination()))
            }
            NetSlice::Ipv6(ip) => Err((ip.header().source(), ip.header().destination())),
            NetSlice::Arp(_) => return Vec::new(),
        };
        let (sum, expected, payload) = match packet.transport.unwrap() {
            TransportSlice::Tcp(t) => {
                let header = t.to_header();
                let expected = match ip {
                    Ok((a, b)) => header.calc_checksum_ipv4_raw(a, b, t.payload()),
                    Err((a, b)) => header.calc_checksum_ipv6_raw(a, b, t.payload()),
                };
                (t.checksum(), expected.unwrap(), t.payload())
            }
            TransportSlice::Udp(u) => {
                let header = u.to_header();
                let expected = match ip {
                    Ok((a, b)) => header.calc_checksum_ipv4_raw(a, b, u.payload()),
                    Err((a, b)) => header.calc_checksum_ipv6_raw(a, b, u.payload()),
                };
                (u.checksum(), expected.unwrap(), u.payload())
            }
            TransportSlice::Icmpv4(i) => (i.header().checksum, i.icmp_type().calc_checksum(i.payload()), i.payload()),
            TransportSlice::Icmpv6(i) => {
                let (a, b) = ip.unwrap_err();
                (i.checksum(), i.icmp_type().calc_checksum(a, b, i.payload()).unwrap(), i.payload())
            }
            TransportSlice::Igmp(_) => unreachable!(),
        };
        assert_eq!(sum, expected);
        payload.to_vec()
    }
}
