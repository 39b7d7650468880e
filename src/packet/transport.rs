//! TCP, UDP, SCTP, ICMP and ICMPv6.

use etherparse::err::tcp::HeaderSliceError;
use etherparse::{TcpSlice, UdpSlice};

use super::{LayerError, Tcp};
use crate::capture::Oddities;
use crate::error::Position;
use crate::report::{Proto, TcpFlags};

/// Bytes of a UDP header, of an ICMP echo header, and of an SCTP common header.
const UDP_HEADER: u32 = 8;
const ICMP_HEADER: u32 = 8;
const SCTP_HEADER: u32 = 12;

/// What the transport layer says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Above<'a> {
    pub(super) src_port: u16,
    pub(super) dst_port: u16,
    pub(super) header_len: u32,
    pub(super) tcp: Option<Tcp>,
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
        Self { src_port, dst_port, header_len: header, tcp: None, payload_len, payload }
    }
}

/// Decodes the transport header at the start of `bytes`. `room` is what the IP header says there should be;
/// `is_incomplete` tells that not all of it was captured.
pub(super) fn decode<'a>(
    proto: Proto,
    bytes: &'a [u8],
    room: u32,
    is_incomplete: bool,
    odd: &mut Oddities,
    at: Position,
) -> Result<Above<'a>, LayerError> {
    match proto {
        Proto::TCP => tcp(bytes, room, is_incomplete),
        Proto::UDP => udp(bytes, room, odd, at),
        Proto::ICMP | Proto::ICMPV6 => {
            let (&kind, rest) = bytes.split_first().ok_or(LayerError::Short)?;
            let &code = rest.first().ok_or(LayerError::Short)?;
            let ports = (u16::from(kind), u16::from(counterpart(proto, kind).unwrap_or(code)));
            Ok(Above::after(bytes, ICMP_HEADER, room, ports))
        }
        Proto::SCTP => {
            let ports = ports(bytes)?;
            Ok(Above::after(bytes, SCTP_HEADER, room, ports))
        }
        _ => Ok(Above::payload_only(bytes, room)),
    }
}

fn ports(bytes: &[u8]) -> Result<(u16, u16), LayerError> {
    let &[a, b, c, d] = bytes.first_chunk::<4>().ok_or(LayerError::Short)?;
    Ok((u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])))
}

fn tcp(bytes: &[u8], room: u32, is_incomplete: bool) -> Result<Above<'_>, LayerError> {
    match TcpSlice::from_slice(bytes) {
        Ok(tcp) => {
            let header = u32::from(tcp.data_offset()) * 4;
            let mut above = Above::after(bytes, header, room, (tcp.source_port(), tcp.destination_port()));
            above.tcp = tcp_fields(bytes);
            Ok(above)
        }
        // Options cut by the snapshot length: the fixed fields are there.
        Err(HeaderSliceError::Len(_)) if is_incomplete && bytes.len() >= 16 => {
            let header = u32::from(bytes.get(12).copied().unwrap_or(0) >> 4) * 4;
            if header < 20 {
                return Err(LayerError::Invalid);
            }
            let mut above = Above::after(bytes, header, room, ports(bytes)?);
            above.tcp = tcp_fields(bytes);
            Ok(above)
        }
        Err(HeaderSliceError::Len(_)) => Err(LayerError::Short),
        Err(HeaderSliceError::Content(_)) => Err(LayerError::Invalid),
    }
}

fn tcp_fields(bytes: &[u8]) -> Option<Tcp> {
    let &[_, _, _, _, s0, s1, s2, s3, a0, a1, a2, a3, offset, flags, w0, w1] = bytes.first_chunk::<16>()?;
    Some(Tcp {
        flags: TcpFlags(u16::from_be_bytes([offset & 1, flags])),
        seq: u32::from_be_bytes([s0, s1, s2, s3]),
        ack: u32::from_be_bytes([a0, a1, a2, a3]),
        window: u16::from_be_bytes([w0, w1]),
    })
}

fn udp<'a>(bytes: &'a [u8], room: u32, odd: &mut Oddities, at: Position) -> Result<Above<'a>, LayerError> {
    let udp = UdpSlice::from_slice_lax(bytes).map_err(|_| LayerError::Short)?;
    let length = u32::from(udp.length());
    // 0 stands for "more than 65,535" (jumbogram) or segmentation offload
    if length != 0 && length < UDP_HEADER {
        return Err(LayerError::Invalid);
    }
    if length > room {
        odd.add("udp_length_over_ip", "A UDP length reaches beyond its IP packet; the IP length was taken.", at);
    }
    let stated = if length == 0 { room } else { length.min(room) };
    Ok(Above::after(bytes, UDP_HEADER, stated, (udp.source_port(), udp.destination_port())))
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

    const AT: Position = Position { packet: 1, byte: 0 };

    #[test]
    fn reads_tcp_whose_options_were_cut() {
        let mut header = [0u8; 20];
        header[..4].copy_from_slice(&[0, 80, 4, 210]);
        header[12] = 8 << 4;
        header[13] = 0x12;
        let above = tcp(&header, 60, true).unwrap();
        assert_eq!((above.src_port, above.dst_port, above.payload_len), (80, 1234, 28));
        assert_eq!(above.tcp.unwrap().flags, TcpFlags(0x12));
        assert_eq!(tcp(&header, 60, false).unwrap_err(), LayerError::Short);
        header[12] = 1 << 4;
        assert_eq!(tcp(&header, 60, true).unwrap_err(), LayerError::Invalid);
    }

    #[test]
    fn bounds_udp_payload_by_both_lengths() {
        let mut odd = Oddities::default();
        let datagram = [0, 53, 0, 99, 0, 12, 0, 0, 1, 2, 3, 4, 9, 9];
        let above = udp(&datagram, 14, &mut odd, AT).unwrap();
        assert_eq!((above.payload, above.payload_len), ([1, 2, 3, 4].as_slice(), 4));
        let short = [0, 53, 0, 99, 0, 7, 0, 0];
        assert_eq!(udp(&short, 8, &mut odd, AT).unwrap_err(), LayerError::Invalid);
    }

    #[test]
    fn pairs_icmp_questions_with_answers() {
        let echo = decode(Proto::ICMP, &[8, 0, 0, 0, 0, 0, 0, 0, 1], 9, false, &mut Oddities::default(), AT).unwrap();
        assert_eq!((echo.src_port, echo.dst_port, echo.payload_len), (8, 0, 1));
        let reply = decode(Proto::ICMP, &[0, 0], 2, false, &mut Oddities::default(), AT).unwrap();
        assert_eq!((reply.src_port, reply.dst_port), (0, 8));
        let unreachable = decode(Proto::ICMP, &[3, 1], 2, false, &mut Oddities::default(), AT).unwrap();
        assert_eq!((unreachable.src_port, unreachable.dst_port), (3, 1));
    }
}
