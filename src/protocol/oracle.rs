//! Oracle: the transparent network substrate, TNS.

use super::bytes::{be16, be32, find, from, size, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{OracleRecord, Record, Text};

const KEEP: usize = 2048;
const HEADER: usize = 8;
const MAX_TYPE: u8 = 19;
const CONNECT: u8 = 1;

/// A connect packet with its description, which may follow in a packet of its own.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_connect = p.get(4) == Some(&CONNECT) && be16(p, 2) == Some(0) && p.len() >= 34;
    let len = usize::from(be16(p, 0)?);
    let (data_len, data_at) = (be16(p, 24)?, be16(p, 26)?);
    let is_length = len == p.len() || (len == usize::from(data_at) && p.len() >= len);
    let version = be16(p, 8)?;
    let data = from(p, usize::from(data_at));
    let is_described = data.is_empty() || data.trim_ascii_start().starts_with(b"(") || probe.has_port(&[1521]);
    let found = is_connect
        && is_length
        && (0x0100..=0x0200).contains(&version)
        && data_at >= 26
        && data_len > 0
        && is_described;
    found.then(|| Match::parsed("oracle", Oracle::default()))
}

#[derive(Debug, Default)]
struct Oracle {
    record: OracleRecord,
}

impl Oracle {
    fn read(&mut self, packet: &[u8], from_orig: bool) {
        let Some(kind) = packet.get(4).copied() else { return };
        let body = from(packet, HEADER);
        let name = match kind {
            CONNECT => {
                self.connect(body);
                "connect"
            }
            2 => "accept",
            3 => "acknowledge",
            4 => {
                self.record.refused += 1;
                "refuse"
            }
            5 => "redirect",
            6 => {
                self.data(body, from_orig);
                "data"
            }
            7 => "null",
            9 => "abort",
            11 => "resend",
            12 => "marker",
            13 => "attention",
            14 => "control",
            _ => "other",
        };
        self.record.packets.add(name);
    }

    /// `(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=x)(CID=(PROGRAM=x)(HOST=x)(USER=x)))...)`
    fn connect(&mut self, body: &[u8]) {
        let r = &mut self.record;
        let cid = find_word(body, b"(CID=").map_or(&[][..], |at| from(body, at));
        r.service = r.service.take().or_else(|| value(body, b"(SERVICE_NAME=").or_else(|| value(body, b"(SID=")));
        r.program = r.program.take().or_else(|| value(cid, b"(PROGRAM="));
        r.host = r.host.take().or_else(|| value(cid, b"(HOST="));
        r.os_user = r.os_user.take().or_else(|| value(cid, b"(USER="));
    }

    fn data(&mut self, body: &[u8], from_orig: bool) {
        // Two bytes of flags come first.
        let body = from(body, 2);
        if body.starts_with(b"(") {
            return self.connect(body);
        }
        match body {
            // The user is named, and afterwards proves itself.
            [3, 0x76, rest @ ..] if from_orig => {
                if let (None, Some(user)) = (&self.record.user, user(rest)) {
                    self.record.user = Some(Text::new(user));
                }
            }
            [3, 0x73, rest @ ..] if from_orig => {
                self.record.login_attempts += 1;
                if let (None, Some(user)) = (&self.record.user, user(rest)) {
                    self.record.user = Some(Text::new(user));
                }
            }
            _ => {
                let Some(at) = find(body, b"ORA-") else { return };
                let code = super::words::number(from(body, at + 4));
                self.record.errors += u64::from(code.is_some());
                // Wrong name or password, no right to connect, locked, expired, null password.
                let is_denied = matches!(code, Some(1005 | 1017 | 1045 | 28_000 | 28_001 | 28_009));
                self.record.failed_logins += u64::from(is_denied);
            }
        }
    }
}

fn find_word(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|w| w.eq_ignore_ascii_case(word))
}

fn value(text: &[u8], key: &[u8]) -> Option<Text> {
    let rest = from(text, find_word(text, key)? + key.len());
    let value = rest.split(|b| *b == b')' || *b == b'(').next().filter(|value| !value.is_empty())?;
    Some(Text::limited(value, 128))
}

/// The user's name stands before the first of the named values, with its length before it.
fn user(call: &[u8]) -> Option<&[u8]> {
    const MAX_NAME: usize = 128;
    let key = find(up_to(call, 512), b"AUTH_")?;
    // The key's length is written as four bytes and one, or as two and one.
    [5, 3, 2].into_iter().find_map(|before| {
        let end = key.checked_sub(before)?;
        (1..=MAX_NAME.min(end)).find_map(|n| {
            let start = end - n;
            let name = call.get(start..end)?;
            let len = call.get(start.checked_sub(1)?)?;
            (usize::from(*len) == n && name.iter().all(u8::is_ascii_graphic)).then_some(name)
        })
    })
}

/// Two bytes of length and a checksum that is mostly 0, or since version 12 four bytes of length.
fn frame(bytes: &[u8]) -> Frame {
    // An urgent byte between packets interrupts a call.
    if matches!(bytes, [b'!'] | [b'!', 0, 0, ..]) {
        return Frame::Len(1);
    }
    let (Some(short), Some(sum), Some(long)) = (be16(bytes, 0), be16(bytes, 2), be32(bytes, 0)) else {
        return Frame::Short;
    };
    let Some(kind) = bytes.get(4) else { return Frame::Short };
    let len = if short != 0 && sum == 0 { usize::from(short) } else { size(long) };
    let is_packet = (1..=MAX_TYPE).contains(kind) && (HEADER..=1 << 21).contains(&len);
    if is_packet { Frame::Len(len) } else { Frame::Lost }
}

impl Parser for Oracle {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let from_orig = view.from_orig;
        messages(view, KEEP, frame, |packet| {
            self.read(packet, from_orig);
            Progress::More
        })
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Oracle(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    fn connect(data: &[u8]) -> Vec<u8> {
        let mut packet = vec![0; 34];
        packet[..2].copy_from_slice(&u16::try_from(34 + data.len()).unwrap().to_be_bytes());
        packet[4] = CONNECT;
        packet[8..10].copy_from_slice(&0x013eu16.to_be_bytes());
        packet[24..26].copy_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        packet[27] = 34;
        packet.extend_from_slice(data);
        packet
    }

    fn data(body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(10 + body.len()).unwrap().to_be_bytes();
        [&len[..], &[6, 0, 0, 0, 0, 0], body].concat()
    }

    #[test]
    fn reads_connect_data_and_refusals() {
        let first = connect(b"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=ORCL)(CID=(PROGRAM=sqlplus)(HOST=pc)(USER=root)))(ADDRESS=(HOST=192.0.2.1)))");
        let name = data(b"\x03\x76\x02\xfe\xff\x05SCOTT\x0d\0\0\0\x0dAUTH_TERMINAL\x05");
        let proof = data(b"\x03\x73\x03\xfe\xff\x05SCOTT\x0c\0\0\0\x0cAUTH_SESSKEY\x40secret");
        let denied = data(b"\x04\x01\0\0\x33ORA-01017: invalid username/password; logon denied");
        let found = over_tcp(40_001, &[(true, &first), (true, b"!"), (true, &name), (true, &proof), (false, &denied)]);
        let [Record::Oracle(tns)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (tns.service.clone(), tns.program.clone(), tns.host.clone(), tns.os_user.clone()),
            (Some("ORCL".into()), Some("sqlplus".into()), Some("pc".into()), Some("root".into()))
        );
        assert_eq!(
            (tns.user.clone(), tns.login_attempts, tns.failed_logins, tns.errors),
            (Some("SCOTT".into()), 1, 1, 1)
        );
        assert_eq!(tns.packets.of("data"), 3);
        assert!(!format!("{tns:?}").contains("secret"));
    }

    #[test]
    fn other_bytes_are_none() {
        let mut other = connect(b"(DESCRIPTION=)");
        other[4] = 2;
        assert_eq!(named(1521, &[(true, &other)]), None);
        assert_eq!(named(1521, &[(true, &connect(b"(DESCRIPTION=)")[..30])]), None);
    }
}
