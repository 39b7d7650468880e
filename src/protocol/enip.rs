//! EtherNet/IP: ODVA's encapsulation and the first bytes of CIP.

use super::bytes::{from, le16, le32, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{EnipRecord, Record};

const KEEP: usize = 256;
const HEADER: usize = 24;
const PORTS: [u16; 2] = [44_818, 2222];
const REGISTER: u16 = 0x65;
const UNCONNECTED: u16 = 0x6f;
const CONNECTED: u16 = 0x70;

/// A known command, the datagram's length and no options; a session's registration, or any command on the ports.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let command = le16(p, 0)?;
    let is_length = le16(p, 2).is_some_and(|n| HEADER + usize::from(n) == p.len());
    let is_header = name(command).is_some() && is_length && le32(p, 20) == Some(0);
    let registers = command == REGISTER && le16(p, HEADER) == Some(1) && p.len() == HEADER + 4;
    let has_items = matches!(command, UNCONNECTED | CONNECTED)
        && le32(p, 4).is_some_and(|session| session != 0)
        && le32(p, HEADER) == Some(0)
        && le16(p, HEADER + 6).is_some_and(|items| (2..=4).contains(&items));
    (is_header && (registers || has_items || probe.has_port(&PORTS))).then(|| Match::parsed("enip", Enip::default()))
}

fn name(command: u16) -> Option<&'static str> {
    Some(match command {
        0x0004 => "list services",
        0x0063 => "list identity",
        0x0064 => "list interfaces",
        REGISTER => "register session",
        0x0066 => "unregister session",
        UNCONNECTED => "send request",
        CONNECTED => "send unit data",
        0x0072 => "indicate status",
        0x0073 => "cancel",
        _ => return None,
    })
}

#[derive(Debug, Default)]
struct Enip {
    record: EnipRecord,
}

impl Enip {
    fn read(&mut self, message: &[u8]) {
        let Some(command) = le16(message, 0) else { return };
        let Some(name) = name(command) else { return };
        let r = &mut self.record;
        r.commands.add(name);
        r.errors += u64::from(le32(message, 8).is_some_and(|status| status != 0));
        if !matches!(command, UNCONNECTED | CONNECTED) {
            return;
        }
        // Interface, timeout, items: type, length, content.
        let mut rest = from(message, HEADER + 8);
        for _ in 0..le16(message, HEADER + 6).unwrap_or(0).min(4) {
            let (Some(kind), Some(len)) = (le16(rest, 0), le16(rest, 2)) else { return };
            let content = up_to(from(rest, 4), usize::from(len));
            // Data on a connection has a number before it.
            let cip = match kind {
                0x00b2 => content,
                0x00b1 => from(content, 2),
                _ => &[],
            };
            match cip.first() {
                Some(service @ ..0x80) => {
                    r.services.add(service_name(*service));
                    r.writes += u64::from(matches!(service, 0x02 | 0x04..=0x07 | 0x10 | 0x4d | 0x4e | 0x53));
                }
                Some(_) => r.errors += u64::from(cip.get(2).is_some_and(|status| *status != 0)),
                None => {}
            }
            rest = from(rest, 4 + usize::from(len));
        }
    }
}

fn service_name(service: u8) -> &'static str {
    match service {
        0x01 => "get attributes all",
        0x02 => "set attributes all",
        0x03 => "get attribute list",
        0x04 => "set attribute list",
        0x05 => "reset",
        0x06 => "start",
        0x07 => "stop",
        0x0a => "multiple service",
        0x0e => "get attribute",
        0x10 => "set attribute",
        0x4c => "read tag",
        0x4d => "write tag",
        0x4e => "read modify write or close",
        0x52 => "unconnected send or read fragmented",
        0x53 => "write fragmented",
        0x54 | 0x5b => "open connection",
        0x55 => "get instance attributes",
        _ => "other",
    }
}

fn frame(bytes: &[u8]) -> Frame {
    match (le16(bytes, 0).and_then(name), le16(bytes, 2)) {
        (Some(_), Some(len)) => Frame::Len(HEADER + usize::from(len)),
        (_, None) => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for Enip {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| {
            self.read(message);
            Progress::More
        })
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        self.read(bytes);
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Enip(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    fn message(command: u16, session: u32, body: &[u8]) -> Vec<u8> {
        let len = u16::try_from(body.len()).unwrap();
        [&command.to_le_bytes()[..], &len.to_le_bytes(), &session.to_le_bytes(), &[0; 16], body].concat()
    }

    #[test]
    fn counts_commands_and_writes() {
        let register = message(REGISTER, 0, &[1, 0, 0, 0]);
        let write = message(
            UNCONNECTED,
            7,
            &[&[0, 0, 0, 0, 5, 0, 2, 0, 0, 0, 0, 0, 0xb2, 0, 4, 0][..], &[0x4d, 1, 2, 3]].concat(),
        );
        let found =
            over_tcp(40_001, &[(true, &register), (false, &message(REGISTER, 7, &[1, 0, 0, 0])), (true, &write)]);
        let [Record::Enip(enip)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((enip.commands.of("register session"), enip.services.of("write tag"), enip.writes), (2, 1, 1));
    }

    #[test]
    fn other_headers_are_none() {
        let mut options = message(REGISTER, 0, &[1, 0, 0, 0]);
        options[20] = 1;
        assert_eq!(named(44_818, &[(true, &options)]), None);
        assert_eq!(named(44_818, &[(true, &message(0x99, 0, &[]))]), None);
        assert_eq!(named(40_001, &[(true, &message(0x63, 0, &[]))]), None);
    }
}
