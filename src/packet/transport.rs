//! TCP, UDP, SCTP, ICMP and ICMPv6.

mod tcp;

use std::net::IpAddr;

use super::Tcp;
use super::bytes::be16;
use super::checksum::{self, Verdict};
use super::stop::Stop;
use super::trace::Trace;
use crate::capture::Oddities;
use crate::error::Position;
use crate::report::Proto;

/// Bytes of a UDP header, of an ICMP echo header, and of an SCTP common header.
const UDP_HEADER: u32 = 8;
const ICMP_HEADER: u32 = 8;
const SCTP_HEADER: u32 = 12;
/// Where the checksums of UDP and ICMPv6 stand.
const UDP_CHECKSUM: usize = 6;
const ICMP_CHECKSUM: usize = 2;

/// The bytes above IP.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'a> {
    /// Those captured, no more than `room`.
    pub(super) bytes: &'a [u8],
    /// How many there should be.
    pub(super) room: u32,
    pub(super) proto: u8,
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    /// Whether this is only the beginning: the first fragment.
    pub(super) is_fragment: bool,
    /// Whether the IP header's addresses are those that checksums cover.
    pub(super) has_final_addresses: bool,
}

impl Segment<'_> {
    /// Whether bytes that should be here are not.
    fn is_partial(&self) -> bool {
        self.is_fragment || u32::try_from(self.bytes.len()).is_ok_and(|n| n < self.room)
    }

    /// Checks the sum of the first `length` bytes where all of them are here; whether it is wrong.
    fn check(&self, length: u32, checksum_at: Option<usize>, odd: &mut Oddities, at: Position) -> bool {
        if self.is_fragment || !self.has_final_addresses {
            return false;
        }
        let Some(message) = usize::try_from(length).ok().and_then(|n| self.bytes.get(..n)) else {
            return false;
        };
        let verdict = match checksum_at {
            Some(place) => checksum::with_addresses(self.src, self.dst, self.proto, message, place),
            None => checksum::plain(message),
        };
        match verdict {
            Verdict::Good => {}
            Verdict::Offloaded => note_offloaded(odd, at),
            Verdict::Bad => {
                odd.add("transport_checksum_bad", "A TCP, UDP or ICMP message has a wrong checksum.", at);
            }
        }
        verdict == Verdict::Bad
    }
}

/// Counts a checksum that the sender's network card was to finish.
pub(super) fn note_offloaded(odd: &mut Oddities, at: Position) {
    odd.add("checksum_offloaded", "A packet was captured before the sender's network card finished its checksum.", at);
}

/// What the transport layer says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Above<'a> {
    pub(super) src_port: u16,
    pub(super) dst_port: u16,
    pub(super) header_len: u32,
    pub(super) tcp: Option<Tcp>,
    pub(super) has_bad_checksum: bool,
    pub(super) payload_len: u32,
    pub(super) payload: &'a [u8],
}

impl<'a> Above<'a> {
    /// Bytes without a header we know. `room` is their number by the IP header.
    pub(super) fn payload_only(bytes: &'a [u8], room: u32) -> Self {
        Self::after(bytes, 0, room, (0, 0))
    }

    /// A header of `header` bytes, and the rest as payload: no more of it than the IP length allows.
    fn after(bytes: &'a [u8], header: u32, room: u32, (src_port, dst_port): (u16, u16)) -> Self {
        let payload_len = room.saturating_sub(header);
        let start = usize::try_from(header).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(payload_len).unwrap_or(usize::MAX)).min(bytes.len());
        let payload = bytes.get(start..end).unwrap_or_default();
        Self { src_port, dst_port, header_len: header, tcp: None, has_bad_checksum: false, payload_len, payload }
    }
}

/// Decodes the transport header at the start of a segment.
pub(super) fn decode<'a, T: Trace>(
    segment: &Segment<'a>,
    odd: &mut Oddities,
    at: Position,
    trace: &mut T,
) -> Result<Above<'a>, Stop> {
    let (bytes, room) = (segment.bytes, segment.room);
    match Proto::Ip(segment.proto) {
        Proto::TCP => tcp::decode(segment, odd, at, trace),
        Proto::UDP => udp(segment, odd, at, trace),
        proto @ (Proto::ICMP | Proto::ICMPV6) => {
            let Some(&[kind, code]) = bytes.first_chunk::<2>() else { return Err(Stop::short("icmp")) };
            let name = if proto == Proto::ICMP { "icmp" } else { "icmpv6" };
            let header = bytes.get(..8).unwrap_or(bytes);
            trace.layer(name, header, || format!("type {kind}, code {code}, {room} bytes"));
            let is_bad = segment.check(room, (proto == Proto::ICMPV6).then_some(ICMP_CHECKSUM), odd, at);
            let ports = (u16::from(kind), u16::from(counterpart(proto, kind).unwrap_or(code)));
            Ok(Above { has_bad_checksum: is_bad, ..Above::after(bytes, ICMP_HEADER, room, ports) })
        }
        Proto::SCTP => {
            let ports = ports(bytes, "sctp")?;
            let header = bytes.get(..12).unwrap_or(bytes);
            trace.layer("sctp", header, || format!("{} → {}", ports.0, ports.1));
            Ok(Above::after(bytes, SCTP_HEADER, room, ports))
        }
        _ => Ok(Above::payload_only(bytes, room)),
    }
}

fn ports(bytes: &[u8], what: &'static str) -> Result<(u16, u16), Stop> {
    be16(bytes, 0).zip(be16(bytes, 2)).ok_or(Stop::short(what))
}

fn udp<'a, T: Trace>(
    segment: &Segment<'a>,
    odd: &mut Oddities,
    at: Position,
    trace: &mut T,
) -> Result<Above<'a>, Stop> {
    let ports = ports(segment.bytes, "udp")?;
    let Some(header) = segment.bytes.first_chunk::<8>() else {
        // Cut behind the ports: the IP length says the rest.
        if !segment.is_partial() || (segment.room < UDP_HEADER && !segment.is_fragment) {
            return Err(Stop::short("udp"));
        }
        trace.layer("udp", segment.bytes, || format!("{} → {}", ports.0, ports.1));
        return Ok(Above::after(segment.bytes, UDP_HEADER, segment.room, ports));
    };
    let length = be16(header, 4).map_or(0, u32::from);
    // 0 stands for "more than 65,535" (jumbogram) or segmentation offload
    if length != 0 && length < UDP_HEADER {
        return Err(Stop::invalid("udp"));
    }
    if length > segment.room && !segment.is_fragment {
        odd.add("udp_length_over_ip", "A UDP length reaches beyond its IP packet; the IP length was taken.", at);
    }
    trace.layer("udp", header, || format!("{} → {}, {length} bytes", ports.0, ports.1));
    let stated = if length == 0 { segment.room } else { length.min(segment.room) };
    let has_checksum = be16(header, UDP_CHECKSUM) != Some(0);
    let is_checked = has_checksum && stated == length;
    let is_bad = is_checked && segment.check(length, Some(UDP_CHECKSUM), odd, at);
    Ok(Above { has_bad_checksum: is_bad, ..Above::after(segment.bytes, UDP_HEADER, stated, ports) })
}

/// The ICMP type that answers this one, or that it answers; `None` for one-way types (Community ID v1's table).
fn counterpart(proto: Proto, kind: u8) -> Option<u8> {
    let pairs: &[(u8, u8)] = if proto == Proto::ICMP {
        &[(8, 0), (13, 14), (15, 16), (17, 18), (10, 9)]
    } else {
        &[(128, 129), (130, 131), (133, 134), (135, 136), (139, 140), (144, 145)]
    };
    pairs.iter().find_map(|&(a, b)| match kind {
        k if k == a => Some(b),
        k if k == b => Some(a),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::stop::Fault;

    const AT: Position = Position { packet: 1, byte: 0 };

    pub(super) fn segment(proto: Proto, bytes: &[u8], room: u32) -> Segment<'_> {
        let (src, dst) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let proto = proto.number().unwrap();
        Segment { bytes, room, proto, src, dst, is_fragment: false, has_final_addresses: true }
    }

    fn read(proto: Proto, bytes: &[u8], room: u32) -> Result<Above<'_>, Stop> {
        decode(&segment(proto, bytes, room), &mut Oddities::default(), AT, &mut ())
    }

    #[test]
    fn bounds_udp_payload_by_both_lengths() {
        let datagram = [0, 53, 0, 99, 0, 12, 0, 0, 1, 2, 3, 4, 9, 9];
        let above = read(Proto::UDP, &datagram, 14).unwrap();
        assert_eq!((above.payload, above.payload_len), ([1, 2, 3, 4].as_slice(), 4));
        let short = [0, 53, 0, 99, 0, 7, 0, 0];
        assert_eq!(read(Proto::UDP, &short, 8).unwrap_err().fault, Fault::Invalid);
    }

    #[test]
    fn pairs_icmp_questions_with_answers() {
        let echo = read(Proto::ICMP, &[8, 0, 0, 0, 0, 0, 0, 0, 1], 9).unwrap();
        assert_eq!((echo.src_port, echo.dst_port, echo.payload_len), (8, 0, 1));
        let reply = read(Proto::ICMP, &[0, 0], 2).unwrap();
        assert_eq!((reply.src_port, reply.dst_port), (0, 8));
        let unreachable = read(Proto::ICMP, &[3, 1], 2).unwrap();
        assert_eq!((unreachable.src_port, unreachable.dst_port), (3, 1));
    }
}
