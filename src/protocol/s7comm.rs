//! S7comm, over ISO's transport on TCP (RFC 1006), as public analyses describe it.

use super::bytes::{be16, from};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{Record, S7commRecord};

const KEEP: usize = 64;
/// TPKT's header and the transport's data header.
const HEAD: usize = 7;
const JOB: u8 = 1;
const USER_DATA: u8 = 7;

/// Data with S7comm's number in it; on the port a connection request whose ends are named in two bytes each.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_tpkt = p.starts_with(&[3, 0]) && be16(p, 2).is_some_and(|len| usize::from(len) <= p.len() && len >= 7);
    let connects = probe.has_port(&[102]) && p.get(5) == Some(&0xe0) && is_connection(p);
    (is_tpkt && (is_data(p) || connects)).then(|| Match::parsed("s7comm", S7comm::default()))
}

/// The protocol's number, a known kind of message and parameters within the message.
fn is_data(p: &[u8]) -> bool {
    if p.get(4..7) != Some(&[2, 0xf0, 0x80]) {
        return false;
    }
    match from(p, HEAD) {
        [0x32, 1 | 2 | 3 | 7, 0, 0, ..] => be16(p, HEAD + 6).is_some_and(|n| HEAD + 10 + usize::from(n) <= p.len()),
        [0x72, 1..=3, high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])) + HEAD + 4 <= p.len(),
        _ => false,
    }
}

/// A caller and a called end of two bytes each, as controllers have them: kind of connection, rack and slot.
fn is_connection(p: &[u8]) -> bool {
    destination(p).is_some_and(|tsap| matches!(tsap >> 8, 1..=3))
}

fn destination(p: &[u8]) -> Option<u16> {
    let mut rest = from(p, 11);
    loop {
        match rest {
            [0xc2, 2, high, low, ..] => return Some(u16::from_be_bytes([*high, *low])),
            [_, len, after @ ..] => rest = from(after, usize::from(*len)),
            _ => return None,
        }
    }
}

#[derive(Debug, Default)]
struct S7comm {
    record: S7commRecord,
}

impl S7comm {
    fn read(&mut self, message: &[u8]) {
        let r = &mut self.record;
        match (message.get(5), from(message, HEAD)) {
            (Some(0xe0), _) => r.destination = r.destination.or(destination(message)),
            (Some(0xf0), [0x32, kind, ..]) => {
                let parameters = from(message, HEAD + if matches!(kind, 2 | 3) { 12 } else { 10 });
                match *kind {
                    JOB => {
                        let function = parameters.first().copied().unwrap_or_default();
                        r.functions.add(name(function));
                        r.writes += u64::from(matches!(function, 0x05 | 0x1a..=0x1c | 0x28 | 0x29));
                    }
                    2 | 3 => r.errors += u64::from(be16(message, HEAD + 10).is_some_and(|error| error != 0)),
                    // The group of a request stands in the lower half of its byte.
                    USER_DATA if parameters.get(5).is_some_and(|kind| kind & 0xf0 == 0x40) => {
                        r.functions.add(group(parameters.get(5).copied().unwrap_or_default() & 0x0f));
                    }
                    _ => {}
                }
            }
            (Some(0xf0), [0x72, ..]) => r.is_plus = true,
            _ => {}
        }
    }
}

fn name(function: u8) -> &'static str {
    match function {
        0x00 => "cpu services",
        0x04 => "read variable",
        0x05 => "write variable",
        0x1a => "request download",
        0x1b => "download block",
        0x1c => "download ended",
        0x1d => "start upload",
        0x1e => "upload",
        0x1f => "end upload",
        0x28 => "program control",
        0x29 => "stop",
        0xf0 => "setup communication",
        _ => "other",
    }
}

fn group(group: u8) -> &'static str {
    match group {
        1 => "programmer commands",
        2 => "cyclic data",
        3 => "block functions",
        4 => "system status",
        5 => "security",
        7 => "time",
        _ => "other user data",
    }
}

/// TPKT's header: version 3 and the length.
pub(super) fn tpkt(bytes: &[u8]) -> Frame {
    match (bytes.first(), bytes.get(1), be16(bytes, 2)) {
        (Some(3), Some(0), Some(len)) if len >= 5 => Frame::Len(usize::from(len)),
        (Some(3), None, _) | (Some(3), Some(0), None) => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for S7comm {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, tpkt, |message| {
            self.read(message);
            Progress::More
        })
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::S7comm(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    const CONNECT: &[u8] = b"\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02";
    const SETUP: &[u8] =
        b"\x03\x00\x00\x19\x02\xf0\x80\x32\x01\x00\x00\x00\x00\x00\x08\x00\x00\xf0\x00\x00\x01\x00\x01\x01\xe0";
    const STOP: &[u8] =
        b"\x03\x00\x00\x21\x02\xf0\x80\x32\x01\x00\x00\x00\x01\x00\x10\x00\x00\x29\x00\x00\x00\x00\x00\x09P_PROGRAM";

    #[test]
    fn counts_functions_and_controls() {
        let refused = b"\x03\x00\x00\x14\x02\xf0\x80\x32\x03\x00\x00\x00\x01\x00\x01\x00\x00\x81\x04\x29";
        let found = over_tcp(40_001, &[(true, SETUP), (true, STOP), (false, refused)]);
        let [Record::S7comm(s7)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (s7.functions.of("setup communication"), s7.functions.of("stop"), s7.writes, s7.errors),
            (1, 1, 1, 1)
        );

        let found = over_tcp(102, &[(true, CONNECT)]);
        let [Record::S7comm(s7)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(s7.destination, Some(0x0102));
    }

    #[test]
    fn other_transports_are_none() {
        for bytes in [CONNECT, b"\x03\x00\x00\x0b\x02\xf0\x80\x33\x01\x00\x00", &SETUP[..20]] {
            assert_eq!(named(40_001, &[(true, bytes)]), None);
        }
    }
}
