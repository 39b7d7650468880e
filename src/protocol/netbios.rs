//! NetBIOS over TCP and UDP: RFC 1001, RFC 1002.

use super::bytes::{be16, be24, from, size};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{NetbiosRecord, Record, Text};

const KEEP: usize = 80;
const MAX_NAMES: usize = 16;
/// A name: a length, 32 letters, a 0.
const NAME: usize = 34;
const HEADER: usize = 12;

/// A name service message: a header as DNS has it, and a name of 32 letters from A to P.
pub(super) fn recognise_names(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let (flags, questions, answers) = (be16(p, 2)?, be16(p, 4)?, be16(p, 6)?);
    let is_operation = operation(flags).is_some() && flags & 0x0040 == 0;
    let is_name = name(from(p, HEADER)).is_some() && matches!(be16(p, HEADER + NAME), Some(0x20 | 0x21));
    (is_operation && is_name && questions + answers.min(1) == 1).then(|| Match::parsed("netbios", Netbios::default()))
}

/// A datagram service message: a known type, an address, a name.
pub(super) fn recognise_datagrams(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_datagram = matches!(p.first(), Some(0x10..=0x12)) && be16(p, 8) == Some(138) && name(from(p, 14)).is_some();
    is_datagram.then(|| Match::parsed("netbios", Netbios::default()))
}

/// A session request: two names.
pub(super) fn recognise_sessions(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_request = p.first() == Some(&0x81) && be24(p, 1).is_some_and(|len| (68..=512).contains(&len));
    (is_request && name(from(p, 4)).is_some() && name(from(p, 4 + NAME)).is_some())
        .then(|| Match::parsed("netbios", Netbios::default()))
}

/// A name and its kind: 15 characters and a number, each in two letters from A to P.
fn name(bytes: &[u8]) -> Option<Text> {
    let letters =
        bytes.strip_prefix(&[32])?.get(..32).filter(|_| matches!(bytes.get(33), Some(0 | 1..=63 | 0xc0..)))?;
    let mut decoded = [0u8; 16];
    let (pairs, _) = letters.as_chunks::<2>();
    for (byte, [high, low]) in decoded.iter_mut().zip(pairs) {
        let (high, low) = (high.checked_sub(b'A').filter(|n| *n < 16)?, low.checked_sub(b'A').filter(|n| *n < 16)?);
        *byte = high << 4 | low;
    }
    let (kind, text) = decoded.split_last()?;
    let text = text.trim_ascii_end();
    let end = text.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1);
    let shown = Text::new(text.get(..end).unwrap_or_default());
    Some(Text::from(format!("{shown}<{kind:02x}>").as_str()))
}

fn operation(flags: u16) -> Option<&'static str> {
    let is_answer = flags & 0x8000 != 0;
    Some(match ((flags >> 11) & 15, is_answer) {
        (0, false) => "query",
        (0, true) => "query answer",
        (5, false) => "registration",
        (5, true) => "registration answer",
        (6, false) => "release",
        (6, true) => "release answer",
        (7, _) => "wait",
        (8 | 9, false) => "refresh",
        (8 | 9, true) => "refresh answer",
        (15, _) => "multi-homed registration",
        _ => return None,
    })
}

#[derive(Debug, Default)]
struct Netbios {
    record: NetbiosRecord,
}

impl Netbios {
    fn add(&mut self, message: &'static str, name: Option<Text>) {
        self.record.messages.add(message);
        if let Some(name) = name {
            self.record.names.add_new(MAX_NAMES, name);
        }
    }

    fn session(&mut self, message: &[u8]) -> Progress {
        match message.first() {
            Some(0x81) => {
                self.record.caller = name(from(message, 4 + NAME));
                self.add("session request", name(from(message, 4)));
            }
            Some(0x82) => {
                self.record.messages.add("session accepted");
                return Progress::Inner;
            }
            Some(0x83) => {
                self.record.messages.add("session refused");
                self.record.errors += 1;
            }
            Some(0x84) => self.record.messages.add("session retargeted"),
            _ => return Progress::Inner,
        }
        Progress::More
    }
}

fn frame(bytes: &[u8]) -> Frame {
    match (bytes.first(), be24(bytes, 1)) {
        (Some(0 | 0x81..=0x85), Some(len)) => Frame::Len(4 + size(len)),
        (Some(0 | 0x81..=0x85), None) => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for Netbios {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        // What the session carries is another protocol's.
        if view.data().first() == Some(&0) {
            return Progress::Inner;
        }
        messages(view, KEEP, frame, |message| self.session(message))
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        match bytes.first() {
            Some(0x10..=0x12) if be16(bytes, 8) == Some(138) => {
                let source = name(from(bytes, 14));
                let target = name(from(bytes, 14 + NAME));
                self.record.caller = self.record.caller.take().or(source);
                self.add("datagram", target);
            }
            _ => {
                let Some(flags) = be16(bytes, 2) else { return Progress::More };
                let Some(operation) = operation(flags) else { return Progress::More };
                self.record.errors += u64::from(flags & 0x8000 != 0 && flags & 15 != 0);
                self.add(operation, name(from(bytes, HEADER)));
            }
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Netbios(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_tcp, over_udp};

    fn encoded(text: &str, kind: u8) -> Vec<u8> {
        let padded: Vec<u8> = text.bytes().chain(std::iter::repeat(b' ')).take(15).chain([kind]).collect();
        let letters = padded.iter().flat_map(|b| [b'A' + (b >> 4), b'A' + (b & 15)]);
        std::iter::once(32).chain(letters).chain([0]).collect()
    }

    #[test]
    fn reads_names() {
        let query =
            [&b"\x00\x01\x01\x10\x00\x01\x00\x00\x00\x00\x00\x00"[..], &encoded("FRED", 0x20), b"\x00\x20\x00\x01"]
                .concat();
        let negative =
            [&b"\x00\x01\x85\x83\x00\x00\x00\x01\x00\x00\x00\x00"[..], &encoded("FRED", 0x20), b"\x00\x20\x00\x01"]
                .concat();
        let found = over_udp(137, &[(true, &query), (false, &negative)]);
        let [Record::Netbios(netbios)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(netbios.names.first, ["FRED<20>".into()]);
        assert_eq!((netbios.messages.of("query"), netbios.messages.of("query answer"), netbios.errors), (1, 1, 1));
    }

    #[test]
    fn reads_datagrams_and_sessions() {
        let datagram = [
            &b"\x11\x02\x00\x01\xc0\x00\x02\x01\x00\x8a\x00\x80\x00\x00"[..],
            &encoded("PC7", 0),
            &encoded("LAB", 0x1d),
        ]
        .concat();
        let found = over_udp(138, &[(true, &datagram)]);
        let [Record::Netbios(netbios)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (netbios.caller.clone(), netbios.names.first.as_slice()),
            (Some("PC7<00>".into()), &["LAB<1d>".into()][..])
        );

        let request = [&b"\x81\x00\x00\x44"[..], &encoded("SRV", 0x20), &encoded("PC7", 0)].concat();
        let smb = b"\x00\x00\x00\x54\xfeSMB\x40\x00";
        let found = over_tcp(139, &[(true, &request), (false, b"\x82\0\0\0"), (true, smb)]);
        assert_eq!(found.names_of_services().collect::<Vec<_>>(), ["netbios", "smb"]);
    }

    #[test]
    fn other_names_are_none() {
        let mut query =
            [&b"\x00\x01\x01\x10\x00\x01\x00\x00\x00\x00\x00\x00"[..], &encoded("FRED", 0x20), b"\x00\x20\x00\x01"]
                .concat();
        query[20] = b'Z';
        assert_ne!(named_udp(40_001, &[(true, &query)]), Some("netbios"));
    }
}
