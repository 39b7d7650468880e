//! STUN and TURN: RFC 8489, RFC 8656.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bytes::{be16, be32, from, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{Record, StunRecord, Text};

const COOKIE: u32 = 0x2112_a442;
const HEADER: usize = 20;
const KEEP: usize = 1024;
/// Attributes of one message that are read.
const MAX_ATTRIBUTES: usize = 32;

/// RFC 5389's magic cookie, a known method, and a length that is that of the datagram.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload, probe.is_cut).then(|| Match::parsed("stun", Stun::default()))
}

/// Over TCP messages follow one another.
pub(super) fn recognise_stream(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let whole = be16(p, 2).map(|len| up_to(p, HEADER + usize::from(len)))?;
    is_message(whole, false).then(|| Match::parsed("stun", Stun::default()))
}

fn is_message(p: &[u8], is_cut: bool) -> bool {
    let Some(stated) = be16(p, 2).filter(|n| n % 4 == 0).map(|n| HEADER + usize::from(n)) else { return false };
    be32(p, 4) == Some(COOKIE)
        && be16(p, 0).is_some_and(|kind| name(kind).is_some())
        && (stated == p.len() || is_cut && stated > p.len())
}

fn name(kind: u16) -> Option<&'static str> {
    Some(match kind {
        0x0001 => "binding request",
        0x0011 => "binding indication",
        0x0101 => "binding success",
        0x0111 => "binding error",
        0x0003 => "allocate request",
        0x0103 => "allocate success",
        0x0113 => "allocate error",
        0x0004 | 0x0104 | 0x0114 => "refresh",
        0x0006 | 0x0106 | 0x0116 => "send",
        0x0016 => "send indication",
        0x0017 => "data indication",
        0x0008 | 0x0108 | 0x0118 => "create permission",
        0x0009 | 0x0109 | 0x0119 => "channel bind",
        0x000a | 0x010a | 0x011a => "connect",
        0x000b | 0x010b | 0x011b => "connection bind",
        0x001c => "connection attempt",
        // Google's own.
        0x0080 | 0x0200 | 0x0300 | 0x0310 => "other",
        _ => return None,
    })
}

#[derive(Debug, Default)]
struct Stun {
    record: StunRecord,
}

impl Stun {
    fn read(&mut self, from_orig: bool, message: &[u8]) {
        let Some(kind) = be16(message, 0) else { return };
        let r = &mut self.record;
        r.messages.add(name(kind).unwrap_or("other"));
        r.errors += u64::from(kind & 0x0110 == 0x0110);
        let mut rest = from(message, HEADER);
        for _ in 0..MAX_ATTRIBUTES {
            let (Some(attribute), Some(len)) = (be16(rest, 0), be16(rest, 2)) else { return };
            let value = up_to(from(rest, 4), usize::from(len));
            match attribute {
                0x8022 => drop(r.software.get_or_insert_with(|| Text::limited(value, 128))),
                0x0014 => drop(r.realm.get_or_insert_with(|| Text::limited(value, 128))),
                // The address that the other side sees: plain in old answers.
                0x0020 if !from_orig && r.mapped_address.is_none() => {
                    (r.mapped_address, r.mapped_port) = address(value, message, true);
                }
                0x0001 if !from_orig && r.mapped_address.is_none() => {
                    (r.mapped_address, r.mapped_port) = address(value, message, false);
                }
                0x0012 if r.peer_address.is_none() => r.peer_address = address(value, message, true).0,
                _ => {}
            }
            rest = from(rest, 4 + usize::from(len).next_multiple_of(4));
        }
    }
}

/// An address and port, hidden from routers that rewrite addresses by the cookie and the transaction's number.
fn address(value: &[u8], message: &[u8], is_hidden: bool) -> (Option<IpAddr>, Option<u16>) {
    let key = if is_hidden { message.get(4..HEADER).unwrap_or(&[0; 16]) } else { &[0; 16] };
    let port = be16(value, 2).zip(be16(key, 0)).map(|(port, key)| port ^ key);
    let shown = |len: usize| -> Vec<u8> { from(value, 4).iter().zip(key).take(len).map(|(b, k)| b ^ k).collect() };
    let address = match value.get(1) {
        Some(1) => shown(4).first_chunk::<4>().map(|b| IpAddr::V4(Ipv4Addr::from(*b))),
        Some(2) => shown(16).first_chunk::<16>().map(|b| IpAddr::V6(Ipv6Addr::from(*b))),
        _ => None,
    };
    (address, port.filter(|_| address.is_some()))
}

/// A message, or TURN's data on a channel.
fn frame(bytes: &[u8]) -> Frame {
    match (be16(bytes, 0), be16(bytes, 2)) {
        (Some(0x4000..=0x4fff), Some(len)) => Frame::Len(4 + usize::from(len).next_multiple_of(4)),
        (Some(0..=0x3fff), Some(len)) if be32(bytes, 4).is_none_or(|cookie| cookie == COOKIE) => {
            Frame::Len(HEADER + usize::from(len))
        }
        (_, None) => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for Stun {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let from_orig = view.from_orig;
        messages(view, KEEP, frame, |message| {
            if be32(message, 4) == Some(COOKIE) {
                self.read(from_orig, message);
            }
            Progress::More
        })
    }

    fn message(&mut self, from_orig: bool, bytes: &[u8]) -> Progress {
        if be32(bytes, 4) == Some(COOKIE) {
            self.read(from_orig, bytes);
            return Progress::More;
        }
        // What the ends agreed on follows on the same ports: DTLS, RTP and RTCP by their first bytes (RFC 7983).
        if matches!(bytes.first(), Some(20..=63 | 128..=191)) { Progress::Inner } else { Progress::More }
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Stun(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_tcp, over_udp};

    const REQUEST: &[u8] = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl";
    /// RFC 5769 section 2.2's address: 192.0.2.1, port 32853.
    const ANSWER: &[u8] = b"\x01\x01\x00\x14\x21\x12\xa4\x42abcdefghijkl\x80\x22\x00\x03abc\x00\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43";

    #[test]
    fn reads_the_mapped_address() {
        for found in [
            over_udp(40_001, &[(true, REQUEST), (false, ANSWER)]),
            over_tcp(40_001, &[(true, REQUEST), (false, ANSWER)]),
        ] {
            let [Record::Stun(stun)] = &found.records[..] else { panic!("{found:?}") };
            assert_eq!((stun.mapped_address, stun.mapped_port), (Some([192, 0, 2, 1].into()), Some(32_853)));
            assert_eq!((stun.software.clone(), stun.messages.of("binding request")), (Some("abc".into()), 1));
        }
    }

    #[test]
    fn what_follows_is_looked_at_anew() {
        let dtls = b"\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02ab";
        let found = over_udp(40_001, &[(true, REQUEST), (false, ANSWER), (true, dtls)]);
        assert_eq!(found.names_of_services().next(), Some("stun"));
        assert_eq!(found.services.len(), 2);
    }

    #[test]
    fn other_cookies_and_lengths_are_none() {
        for bytes in [
            &b"\x00\x01\x00\x00\x21\x12\xa4\x43abcdefghijkl"[..],
            &REQUEST[..19],
            b"\x00\x01\x00\x04\x21\x12\xa4\x42abcdefghijkl",
        ] {
            assert_eq!(named_udp(3478, &[(true, bytes)]), None);
        }
    }
}
