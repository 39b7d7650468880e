//! TCP headers, broken ones included.

use super::{Above, Segment, Stop, Trace, ports};
use crate::capture::Oddities;
use crate::error::Position;
use crate::packet::Tcp;
use crate::packet::bytes::byte;
use crate::report::TcpFlags;

/// Bytes of a header without options.
const HEADER: u32 = 20;
/// Where the checksum stands.
const CHECKSUM: usize = 16;
/// Options of one byte.
const OPTION_END: u8 = 0;
const OPTION_NOTHING: u8 = 1;
/// What most segments carry: two bytes of padding and time stamps.
const TIME_STAMPS: [u8; 4] = [1, 1, 8, 10];

/// Decodes a header. Its ports, flags and numbers count even where its length or options make no sense.
pub(super) fn decode<'a, T: Trace>(
    segment: &Segment<'a>,
    odd: &mut Oddities,
    at: Position,
    trace: &mut T,
) -> Result<Above<'a>, Stop> {
    let Segment { bytes, room, .. } = *segment;
    let ports = ports(bytes, "tcp")?;
    // The snapshot length may cut what is behind the window; a packet that ends there is broken, unless fragments follow.
    let Some(fields) = fields(bytes).filter(|_| room >= HEADER || segment.is_fragment) else {
        if !segment.is_fragment {
            return Err(Stop::short("tcp"));
        }
        trace.layer("tcp", bytes, || format!("{} → {}", ports.0, ports.1));
        return Ok(Above::after(bytes, HEADER.min(room), room, ports));
    };
    let stated = u32::from(byte(bytes, 12).unwrap_or(0) >> 4) * 4;
    let is_bad = stated < HEADER || (stated > room && !segment.is_fragment);
    if is_bad {
        odd.add("bad_TCP_header_len", "A TCP header's length is impossible; its fixed fields were used.", at);
    }
    let length = if is_bad { HEADER.min(room) } else { stated };
    let captured = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len());
    let (header, _) = bytes.split_at_checked(captured).unwrap_or((bytes, &[]));
    if length > HEADER && !segment.is_partial() {
        check_options(header.get(20..).unwrap_or_default(), odd, at);
    }
    let mut above = Above::after(bytes, length, room, ports);
    above.tcp = Some(Tcp { header_len: u8::try_from(length).unwrap_or(u8::MAX), ..fields });
    check_flags(fields.flags, above.payload_len, odd, at);
    above.has_bad_checksum = segment.check(room, Some(CHECKSUM), odd, at);
    trace.layer("tcp", header, || {
        let (Tcp { seq, ack, window, .. }, payload) = (fields, above.payload_len);
        let flags = flag_names(fields.flags);
        format!("{} → {} [{flags}] seq {seq}, ack {ack}, window {window}, {payload} bytes", ports.0, ports.1)
    });
    Ok(above)
}

fn fields(bytes: &[u8]) -> Option<Tcp> {
    let &[_, _, _, _, s0, s1, s2, s3, a0, a1, a2, a3, offset, flags, w0, w1] = bytes.first_chunk::<16>()?;
    Some(Tcp {
        flags: TcpFlags(u16::from_be_bytes([offset & 1, flags])),
        seq: u32::from_be_bytes([s0, s1, s2, s3]),
        ack: u32::from_be_bytes([a0, a1, a2, a3]),
        window: u16::from_be_bytes([w0, w1]),
        header_len: 20,
    })
}

/// Combinations that no sender of good faith sets, by Zeek's names where it has one.
fn check_flags(flags: TcpFlags, payload_len: u32, odd: &mut Oddities, at: Position) {
    const ORDINARY: u16 = TcpFlags::ACK | TcpFlags::PSH;
    let set = flags.0 & 0x3f;
    if set & !ORDINARY == 0 && set != 0 {
        return;
    }
    let has = |mask| flags.has(mask);
    if set == 0 {
        odd.add("tcp_no_flags", "A TCP segment has no flags.", at);
    } else if has(TcpFlags::FIN | TcpFlags::PSH | TcpFlags::URG) && !has(TcpFlags::ACK) {
        odd.add("TCP_christmas", "A TCP segment has FIN, PSH and URG set and not ACK.", at);
    } else if has(TcpFlags::SYN | TcpFlags::FIN) {
        odd.add("tcp_syn_fin", "A TCP segment has SYN and FIN set.", at);
    } else if has(TcpFlags::SYN | TcpFlags::RST) {
        odd.add("tcp_syn_rst", "A TCP segment has SYN and RST set.", at);
    }
    if has(TcpFlags::SYN) && payload_len > 0 {
        odd.add("SYN_with_data", "A TCP segment with SYN carries data.", at);
    }
}

/// Walks the options. Each takes at least a byte, and there are at most 40.
fn check_options(mut options: &[u8], odd: &mut Oddities, at: Position) {
    if options.len() == 12 && options.starts_with(&TIME_STAMPS) {
        return;
    }
    while let Some((&kind, rest)) = options.split_first() {
        options = match kind {
            OPTION_END => return,
            OPTION_NOTHING => rest,
            _ => {
                let length = byte(rest, 0).map_or(0, usize::from);
                match options.get(length..).filter(|_| length >= 2) {
                    Some(behind) => behind,
                    None => {
                        odd.add("tcp_option_bad", "A TCP option's length is impossible.", at);
                        return;
                    }
                }
            }
        };
    }
}

fn flag_names(flags: TcpFlags) -> String {
    flags.names().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::segment;
    use super::*;
    use crate::packet::stop::Fault;
    use crate::report::Proto;

    const AT: Position = Position { packet: 1, byte: 0 };

    fn header(offset: u8, flags: u8) -> [u8; 20] {
        let mut header = [0u8; 20];
        header[..4].copy_from_slice(&[0, 80, 4, 210]);
        header[12] = offset << 4;
        header[13] = flags;
        header
    }

    fn read(bytes: &[u8], room: u32) -> (Result<Above<'_>, Stop>, Vec<&'static str>) {
        let mut odd = Oddities::default();
        let above = decode(&segment(Proto::TCP, bytes, room), &mut odd, AT, &mut ());
        let kinds = odd.into_sorted().iter().map(|w| w.kind).filter(|k| *k != "transport_checksum_bad").collect();
        (above, kinds)
    }

    #[test]
    fn reads_a_header_whose_options_were_cut() {
        let bytes = header(8, 0x12);
        let (above, odd) = read(&bytes, 60);
        let above = above.unwrap();
        assert_eq!((above.src_port, above.dst_port, above.payload_len), (80, 1234, 28));
        assert_eq!((above.tcp.unwrap().flags, odd), (TcpFlags(0x12), vec!["SYN_with_data"]));
        assert_eq!(read(&bytes[..15], 60).0.unwrap_err().fault, Fault::Short);
        assert_eq!(read(&bytes[..16], 16).0.unwrap_err().fault, Fault::Short);
    }

    #[test]
    fn an_impossible_length_is_counted_and_the_rest_kept() {
        for offset in [0, 4, 6] {
            let bytes = header(offset, 0x10);
            let (above, odd) = read(&bytes, 20);
            assert_eq!((above.unwrap().dst_port, odd), (1234, vec!["bad_TCP_header_len"]), "{offset}");
        }
    }

    #[test]
    fn strange_flags_and_options_are_counted() {
        let odd = |flags| read(&header(5, flags), 20).1;
        assert_eq!(odd(0), ["tcp_no_flags"]);
        assert_eq!(odd(0x29), ["TCP_christmas"]);
        assert_eq!(odd(0x03), ["tcp_syn_fin"]);
        assert_eq!(odd(0x06), ["tcp_syn_rst"]);
        assert_eq!(odd(0x12), Vec::<&str>::new());
        for (options, is_bad) in
            [([2, 4, 5, 0xb4], false), ([3, 0, 0, 0], true), ([3, 1, 0, 0], true), ([8, 10, 0, 0], true)]
        {
            let bytes = [header(6, 0x10).as_slice(), &options].concat();
            assert_eq!(read(&bytes, 24).1.contains(&"tcp_option_bad"), is_bad, "{options:?}");
        }
    }
}
