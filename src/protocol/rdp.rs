//! Remote desktops: MS-RDPBCGR.

use super::bytes::{be16, find, from, is_len, le16, le32};
use super::framing::messages;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::s7comm::tpkt;
use crate::report::{RdpRecord, Record, Text};

const KEEP: usize = 1024;
/// Protections: the old one, TLS, CredSSP, RDSTLS, CredSSP with early answer, Azure's.
const TLS: u32 = 1;
const CREDSSP: u32 = 2;

/// TPKT with an X.224 connection request or its answer: with a cookie, a negotiation, or on the port.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_tpkt = p.starts_with(&[3, 0]) && be16(p, 2).is_some_and(|n| is_len(n, p));
    let is_connection =
        matches!(p.get(5), Some(0xe0 | 0xd0)) && p.get(4).is_some_and(|n| usize::from(*n) + 5 == p.len());
    let marks = negotiation(p).is_some() || from(p, 11).starts_with(b"Cookie: msts");
    (is_tpkt && is_connection && (marks || probe.has_port(&[3389]))).then(|| Match::parsed("rdp", Rdp::default()))
}

/// Kind and value of the negotiation at the end: request 1, answer 2, refusal 3.
fn negotiation(p: &[u8]) -> Option<(u8, u32)> {
    let at = p.len().checked_sub(8).filter(|at| *at >= 11)?;
    let last = from(p, at);
    let is_it = matches!(last, [1..=3, _, 8, 0, ..]);
    // A request may be followed by a correlation of 36 bytes.
    let earlier = p.len().checked_sub(44).filter(|at| *at >= 11).map(|at| from(p, at));
    let found = if is_it { Some(last) } else { earlier.filter(|e| matches!(e, [1, _, 8, 0, ..])) }?;
    Some((*found.first()?, le32(found, 4)?))
}

#[derive(Debug, Default)]
struct Rdp {
    record: RdpRecord,
    packets: u8,
}

impl Rdp {
    fn read(&mut self, packet: &[u8]) -> Progress {
        const MAX_PACKETS: u8 = 8;
        let r = &mut self.record;
        match (packet.get(5), negotiation(packet)) {
            (Some(0xe0), found) => {
                if let Some(cookie) = from(packet, 11).strip_prefix(b"Cookie: ") {
                    let end = find(cookie, b"\r\n").unwrap_or(cookie.len());
                    let value = cookie.get(..end).unwrap_or_default();
                    r.cookie = Some(Text::limited(value.strip_prefix(b"mstshash=").unwrap_or(value), 64));
                }
                r.requested = Some(found.map_or("standard", |(_, flags)| security(flags)));
            }
            (Some(0xd0), Some((2, selected))) => {
                r.selected = Some(security(selected));
                return if selected & (TLS | CREDSSP | 8) != 0 { Progress::Inner } else { Progress::More };
            }
            (Some(0xd0), Some((3, code))) => r.failure = Some(failure(code)),
            (Some(0xd0), _) => r.selected = Some("standard"),
            // The conference's request names the client.
            (Some(0xf0), _) => {
                if let Some(name) = client_name(packet) {
                    r.client = Some(name);
                    return Progress::Done;
                }
            }
            _ => {}
        }
        self.packets += 1;
        if self.packets >= MAX_PACKETS { Progress::Done } else { Progress::More }
    }
}

/// The client's core data: type 0xc001, version, size of the screen, colours, keyboard, build, then its name.
fn client_name(packet: &[u8]) -> Option<Text> {
    let at = packet.windows(4).position(|w| matches!(w, [0x01, 0xc0, _, 0 | 1]))?;
    let data = from(packet, at);
    let is_version = le16(data, 6).is_some_and(|major| (8..=16).contains(&major));
    let name = data.get(24..56).filter(|_| is_version)?;
    let (units, _) = name.as_chunks::<2>();
    let end = units.iter().position(|unit| *unit == [0, 0]).unwrap_or(units.len());
    name.get(..2 * end).filter(|name| !name.is_empty()).map(Text::utf16)
}

fn security(flags: u32) -> &'static str {
    match flags {
        0 => "standard",
        1 => "TLS",
        2 => "CredSSP",
        3 => "TLS, CredSSP",
        4 => "RDSTLS",
        8 => "CredSSP early",
        11 => "TLS, CredSSP, CredSSP early",
        16 => "Azure",
        _ => "several",
    }
}

fn failure(code: u32) -> &'static str {
    match code {
        1 => "TLS required",
        2 => "TLS not allowed",
        3 => "no certificate",
        4 => "inconsistent flags",
        5 => "CredSSP required",
        6 => "TLS with user authentication required",
        _ => "other",
    }
}

impl Parser for Rdp {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, tpkt, |packet| self.read(packet))
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Rdp(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    fn packet(kind: u8, rest: &[u8]) -> Vec<u8> {
        let n = u8::try_from(6 + rest.len()).unwrap();
        [&[3, 0, 0, n + 5, n, kind, 0, 0, 0, 0, 0], rest].concat()
    }

    #[test]
    fn reads_cookie_and_negotiation() {
        let request = packet(0xe0, b"Cookie: mstshash=ann\r\n\x01\x00\x08\x00\x03\x00\x00\x00");
        let answer = packet(0xd0, b"\x02\x1f\x08\x00\x02\x00\x00\x00");
        let hello = b"\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03";
        let found = over_tcp(40_001, &[(true, &request), (false, &answer), (true, hello)]);
        let Record::Rdp(rdp) = &found.records[0] else { panic!("{found:?}") };
        assert_eq!(
            (rdp.cookie.clone(), rdp.requested, rdp.selected),
            (Some("ann".into()), Some("TLS, CredSSP"), Some("CredSSP"))
        );
        assert_eq!(found.names_of_services().collect::<Vec<_>>(), ["rdp", "ssl"]);

        let refusal = packet(0xd0, b"\x03\x00\x08\x00\x05\x00\x00\x00");
        let found = over_tcp(3389, &[(true, &packet(0xe0, b"")), (false, &refusal)]);
        let Record::Rdp(rdp) = &found.records[0] else { panic!("{found:?}") };
        assert_eq!((rdp.requested, rdp.failure), (Some("standard"), Some("CredSSP required")));
    }

    #[test]
    fn other_connections_are_none() {
        assert_eq!(named(40_001, &[(true, &packet(0xe0, b""))]), None);
        assert_eq!(named(3389, &[(true, &packet(0xe0, b"")[..10])]), None);
        assert_eq!(named(3389, &[(true, &packet(0xf0, b""))]), None);
    }
}
