//! DNP3: IEEE 1815.

use super::bytes::{be16, le16};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{Dnp3Record, Record};

const START: u16 = 0x0564;
/// The link layer's header with its checksum; the blocks after it have 16 bytes and a checksum of two.
const HEADER: usize = 10;
const KEEP: usize = 24;
const MAX_STATIONS: usize = 16;

/// The two start bytes, a length, and the header's checksum.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_frame(probe.payload).then(|| Match::parsed("dnp3", Dnp3::default()))
}

fn is_frame(p: &[u8]) -> bool {
    be16(p, 0) == Some(START)
        && p.get(2).is_some_and(|len| *len >= 5)
        && p.get(..8).zip(le16(p, 8)).is_some_and(|(header, sum)| checksum(header) == sum)
}

/// The cyclic redundancy check of IEEE 1815: polynomial 0x3d65, reflected, inverted.
fn checksum(bytes: &[u8]) -> u16 {
    let crc = bytes.iter().fold(0u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xa6bc } else { crc >> 1 })
    });
    !crc
}

#[derive(Debug, Default)]
struct Dnp3 {
    record: Dnp3Record,
}

impl Dnp3 {
    fn read(&mut self, frame: &[u8]) {
        if !is_frame(frame) {
            return;
        }
        let r = &mut self.record;
        if let (Some(destination), Some(source)) = (le16(frame, 4), le16(frame, 6)) {
            r.destinations.add_new(MAX_STATIONS, destination);
            r.sources.add_new(MAX_STATIONS, source);
        }
        // User data, the first segment of a message: transport, application control, function.
        let is_data = frame.get(3).is_some_and(|control| matches!(control & 0x0f, 3 | 4) && control & 0x40 != 0);
        let is_first = frame.get(HEADER).is_some_and(|transport| transport & 0x40 != 0);
        let Some(function) = frame.get(HEADER + 2).filter(|_| is_data && is_first) else { return };
        let name = name(*function);
        if *function >= 0x80 {
            r.responses.add(name);
        } else {
            r.functions.add(name);
            r.writes += u64::from(matches!(function, 2..=6 | 13..=19 | 27 | 29 | 31));
        }
    }
}

fn name(function: u8) -> &'static str {
    match function {
        0 => "confirm",
        1 => "read",
        2 => "write",
        3 => "select",
        4 => "operate",
        5 => "direct operate",
        6 => "direct operate, no answer",
        7..=10 => "freeze",
        11 | 12 => "freeze at time",
        13 => "cold restart",
        14 => "warm restart",
        15 | 16 => "initialise",
        17 => "start application",
        18 => "stop application",
        19 => "save configuration",
        20 => "enable unsolicited",
        21 => "disable unsolicited",
        22 => "assign class",
        23 => "delay measurement",
        24 => "record current time",
        25 => "open file",
        26 => "close file",
        27 => "delete file",
        28 => "get file info",
        29 => "authenticate file",
        30 => "abort file",
        31 => "activate configuration",
        32 | 33 => "authentication",
        0x81 => "response",
        0x82 => "unsolicited response",
        0x83 => "authentication response",
        _ => "other",
    }
}

/// Length of a frame: the stated one counts from the control byte on, without checksums.
fn frame(bytes: &[u8]) -> Frame {
    match (be16(bytes, 0), bytes.get(2)) {
        (Some(START), Some(len @ 5..)) => {
            let data = usize::from(len - 5);
            Frame::Len(HEADER + data + 2 * data.div_ceil(16))
        }
        (None, _) | (Some(START), None) => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for Dnp3 {
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
        Some(Record::Dnp3(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp, over_udp};

    /// A frame from station 1 to 1024 with so many data bytes, all checksums right.
    fn built(data: &[u8]) -> Vec<u8> {
        let mut out = vec![0x05, 0x64, u8::try_from(5 + data.len()).unwrap(), 0xc4, 0x00, 0x04, 0x01, 0x00];
        out.extend(checksum(&out).to_le_bytes());
        for block in data.chunks(16) {
            out.extend(block);
            out.extend(checksum(block).to_le_bytes());
        }
        out
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // The catalogue's check value of CRC-16/DNP.
        assert_eq!(checksum(b"123456789"), 0xea82);
    }

    #[test]
    fn counts_functions_and_controls() {
        let read = built(b"\xc0\xc1\x01\x3c\x02\x06");
        let operate = built(b"\xc1\xc2\x05\x0c\x01\x28\x01\x00\x00\x00\x03\x01\x64\x00\x00\x00\x64\x00\x00\x00\x00");
        let answer = built(b"\xc0\xc1\x81\x00\x00");
        for found in [
            over_tcp(40_001, &[(true, &[read.clone(), operate.clone()].concat()), (false, &answer)]),
            over_udp(40_001, &[(true, &read), (true, &operate), (false, &answer)]),
        ] {
            let [Record::Dnp3(dnp)] = &found.records[..] else { panic!("{found:?}") };
            assert_eq!(
                (
                    dnp.functions.of("read"),
                    dnp.functions.of("direct operate"),
                    dnp.responses.of("response"),
                    dnp.writes
                ),
                (1, 1, 1, 1)
            );
            assert_eq!((dnp.sources.first.as_slice(), dnp.destinations.first.as_slice()), (&[1][..], &[1024][..]));
        }
    }

    #[test]
    fn a_wrong_checksum_is_none() {
        let mut bytes = built(b"\xc0\xc1\x01");
        bytes[8] ^= 1;
        assert_eq!(named(20_000, &[(true, &bytes)]), None);
    }
}
