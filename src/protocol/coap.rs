//! CoAP: RFC 7252.

use super::bytes::{be16, from};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{CoapRecord, Record, Text};

const PORTS: [u16; 2] = [5683, 5684];
const MAX_PATHS: usize = 16;
const MAX_OPTIONS: usize = 32;
const URI_HOST: u16 = 3;
const URI_PATH: u16 = 11;

/// On the port: version 1, a known code and options that end where the payload begins; on other ports a request whose
/// answer has its number and token.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let options = options(p)?;
    let answers = probe.other.first().is_some_and(|first| *first >> 4 == 4)
        && is_method(probe.other)
        && be16(probe.other, 2) == be16(p, 2)
        && p.first().is_some_and(|first| first >> 4 == 6)
        && token(p).is_some_and(|token| {
            !token.is_empty() && crate::protocol::bytes::up_to(from(probe.other, 4), token.len()) == token
        });
    let named = is_method(p) && options.iter().any(|(number, _)| *number == URI_PATH);
    let known = probe.has_port(&PORTS) && (named || !is_method(p) || p.len() == 4);
    (known || answers).then(|| Match::parsed("coap", Coap::default()))
}

fn is_method(p: &[u8]) -> bool {
    matches!(p.get(1), Some(1..=7))
}

fn token(p: &[u8]) -> Option<&[u8]> {
    p.get(4..4 + usize::from(p.first()? & 15))
}

/// The options of a well-formed message.
fn options(p: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let &[first, code, ..] = p.first_chunk::<4>()?;
    let is_code = matches!(code, 0..=7 | 0x40..=0x5f | 0x80..=0x9f | 0xa0..=0xa5);
    if first >> 6 != 1 || first & 15 > 8 || !is_code || (code == 0 && p.len() != 4) {
        return None;
    }
    let mut rest = p.get(4 + usize::from(first & 15)..)?;
    let mut number = 0u16;
    let mut found = Vec::new();
    while let [head, after @ ..] = rest {
        if *head == 0xff {
            return (!after.is_empty()).then_some(found);
        }
        let (delta, after) = extended(head >> 4, after)?;
        let (len, after) = extended(head & 15, after)?;
        number = number.checked_add(delta)?;
        let (value, after) = after.split_at_checked(usize::from(len))?;
        if found.len() < MAX_OPTIONS {
            found.push((number, value));
        }
        rest = after;
    }
    Some(found)
}

/// A number of four bits, or with one or two bytes more.
fn extended(nibble: u8, rest: &[u8]) -> Option<(u16, &[u8])> {
    match nibble {
        0..=12 => Some((u16::from(nibble), rest)),
        13 => rest.split_first().map(|(more, rest)| (u16::from(*more) + 13, rest)),
        14 => Some((be16(rest, 0)?.checked_add(269)?, from(rest, 2))),
        _ => None,
    }
}

#[derive(Debug, Default)]
struct Coap {
    record: CoapRecord,
}

impl Parser for Coap {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let Some(options) = options(bytes) else { return Progress::More };
        let r = &mut self.record;
        match bytes.get(1) {
            Some(0) => r.responses.add("empty"),
            Some(1) => r.methods.add("GET"),
            Some(2) => r.methods.add("POST"),
            Some(3) => r.methods.add("PUT"),
            Some(4) => r.methods.add("DELETE"),
            Some(5..=7) => r.methods.add("other"),
            Some(0x40..=0x5f) => r.responses.add("2.xx"),
            Some(0x80..=0x9f) => r.responses.add("4.xx"),
            _ => r.responses.add("5.xx"),
        }
        let path: Vec<&[u8]> =
            options.iter().filter(|(number, _)| *number == URI_PATH).map(|(_, value)| *value).collect();
        if !path.is_empty() {
            r.paths.add_new(MAX_PATHS, Text::limited(&path.join(&b'/'), 128));
        }
        if let (None, Some((_, host))) = (&r.host, options.iter().find(|(number, _)| *number == URI_HOST)) {
            r.host = Some(Text::new(host));
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Coap(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    /// RFC 7252 appendix A's request with a token: GET /temperature.
    const GET: &[u8] = b"\x41\x01\x7d\x35\x20\xbbtemperature";
    const CONTENT: &[u8] = b"\x61\x45\x7d\x35\x20\xff22.3 C";

    #[test]
    fn reads_methods_and_paths() {
        for port in [5683, 40_001] {
            let found = over_udp(port, &[(true, GET), (false, CONTENT), (true, GET)]);
            let [Record::Coap(coap)] = &found.records[..] else { panic!("{found:?}") };
            assert_eq!((coap.responses.of("2.xx"), coap.paths.first.as_slice()), (1, &["temperature".into()][..]));
        }
    }

    #[test]
    fn other_messages_are_none() {
        assert_eq!(named_udp(40_001, &[(true, GET)]), None);
        for bytes in [
            &b"\x81\x01\x7d\x35\x20\xbbtemperature"[..],
            &GET[..9],
            b"\x41\xff\x7d\x35\x20",
            b"\x41\x45\x7d\x35\x20\xff",
        ] {
            assert_eq!(named_udp(5683, &[(true, bytes)]), None);
        }
    }
}
