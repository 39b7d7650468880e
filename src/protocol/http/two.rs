//! HTTP/2 in clear: RFC 9113. Its frames tell how much is asked and answered; its headers are compressed and not read.

use crate::protocol::bytes::{be24, be32, size};
use crate::protocol::framing::{Frame, messages};
use crate::protocol::parser::{Parser, Progress, View};
use crate::report::{HttpRecord, Record};

/// What a client begins with: section 3.4.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Its first line: enough to know it by.
const FIRST_LINE: usize = 16;
/// Length, type, flags and stream: section 4.1.
const HEADER: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const END_STREAM: u8 = 1;
/// The last type that is registered: PRIORITY_UPDATE, RFC 9218.
const LAST_TYPE: u8 = 0x10;

/// Whether a client begins HTTP/2.
pub(super) fn is_start(bytes: &[u8]) -> bool {
    bytes.get(..FIRST_LINE).is_some_and(|line| PREFACE.starts_with(line))
}

#[derive(Debug)]
pub(super) struct Two {
    record: HttpRecord,
    /// The latest stream that a request began: later ones have larger numbers.
    last_stream: u32,
}

impl Default for Two {
    fn default() -> Self {
        Self { record: HttpRecord { version: Some("2".into()), ..HttpRecord::default() }, last_stream: 0 }
    }
}

impl Two {
    fn read(&mut self, from_orig: bool, frame: &[u8]) {
        let (Some(kind), Some(flags), Some(stream)) = (frame.get(3), frame.get(4), be32(frame, 5)) else { return };
        match (*kind, from_orig) {
            (HEADERS, true) if stream > self.last_stream => {
                self.last_stream = stream;
                self.record.requests += 1;
            }
            (DATA | HEADERS, false) => self.record.responses += u64::from(flags & END_STREAM),
            _ => {}
        }
    }
}

fn frame(bytes: &[u8]) -> Frame {
    if bytes.starts_with(PREFACE) {
        return Frame::Len(PREFACE.len());
    }
    let (Some(len), Some(kind), Some(stream)) = (be24(bytes, 0), bytes.get(3), be32(bytes, 5)) else {
        return Frame::Short;
    };
    if PREFACE.starts_with(bytes) {
        return Frame::Short;
    }
    // The first bit of a stream's number is reserved.
    if *kind > LAST_TYPE || stream >> 31 != 0 { Frame::Lost } else { Frame::Len(HEADER + size(len)) }
}

impl Parser for Two {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let from_orig = view.from_orig;
        messages(view, PREFACE.len(), frame, |message| {
            if !message.starts_with(PREFACE) {
                self.read(from_orig, message);
            }
            Progress::More
        })
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Http(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    fn frame(kind: u8, flags: u8, stream: u8, content: &[u8]) -> Vec<u8> {
        [&[0, 0, u8::try_from(content.len()).unwrap(), kind, flags, 0, 0, 0, stream], content].concat()
    }

    #[test]
    fn counts_what_is_asked_and_answered() {
        let asked = [PREFACE, &frame(4, 0, 0, b""), &frame(HEADERS, 5, 1, b"\x82\x84"), &frame(HEADERS, 4, 3, b"\x83")];
        let trailers = frame(HEADERS, 5, 3, b"\xbe");
        let answered = [frame(4, 0, 0, b"\0\x03\0\0\0d"), frame(HEADERS, 4, 1, b"\x88"), frame(DATA, 1, 1, &[7; 90])];
        let end = frame(HEADERS, 5, 3, b"\x8d");
        let talk: [(bool, &[u8]); 5] = [
            (true, &asked.concat()),
            (false, &answered.concat()[..20]),
            (false, &answered.concat()[20..]),
            (true, &trailers),
            (false, &end),
        ];
        let found = over_tcp(50_051, &talk);
        assert_eq!(found.services_text(), "http");
        let [Record::Http(http)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((http.version.clone(), http.requests, http.responses), (Some("2".into()), 2, 2));
    }

    #[test]
    fn a_change_to_it_is_the_same_protocol() {
        let talk: [(bool, &[u8]); 4] = [
            (true, b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n"),
            (false, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
            (true, PREFACE),
            (true, &frame(HEADERS, 5, 3, b"\x82")),
        ];
        let found = over_tcp(80, &talk);
        assert_eq!(found.services_text(), "http");
        let versions: Vec<_> = found
            .records
            .iter()
            .filter_map(|r| if let Record::Http(r) = r { r.version.clone() } else { None })
            .collect();
        assert_eq!(versions, ["1.1".into(), "2".into()]);
    }

    #[test]
    fn less_than_its_first_line_is_none() {
        for bytes in [&PREFACE[..FIRST_LINE - 1], b"PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n", b"PRI /a HTTP/1.1\r\n\r\n"] {
            assert_eq!(named(80, &[(true, bytes)]), None);
        }
    }
}
