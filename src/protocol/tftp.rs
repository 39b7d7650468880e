//! TFTP: RFC 1350, RFC 2347.

use super::bytes::{be16, from};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{Record, Text, TftpRecord};

const MAX_NAMES: usize = 16;

/// A read or write request: a name and a mode, each ended by 0.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    request(probe.payload).is_some().then(|| Match::parsed("tftp", Tftp::default()))
}

/// Name and mode.
fn request(p: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0, 1 | 2, rest @ ..] = p else { return None };
    let mut parts = rest.split(|b| *b == 0);
    let (name, mode) = (parts.next()?, parts.next()?);
    let is_name = !name.is_empty() && name.iter().all(|b| (0x20..0x7f).contains(b));
    let is_mode = [&b"octet"[..], b"netascii", b"mail"].iter().any(|m| mode.eq_ignore_ascii_case(m));
    // The mode's own 0 leaves one more part.
    (is_name && is_mode && parts.next().is_some()).then_some((name, mode))
}

#[derive(Debug, Default)]
struct Tftp {
    record: TftpRecord,
}

impl Parser for Tftp {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let r = &mut self.record;
        r.messages.add(match be16(bytes, 0) {
            Some(1) => "read",
            Some(2) => "write",
            Some(3) => "data",
            Some(4) => "ack",
            Some(5) => "error",
            Some(6) => "options",
            _ => return Progress::More,
        });
        r.errors += u64::from(bytes.starts_with(&[0, 5]));
        if let Some((name, mode)) = request(from(bytes, 0)) {
            r.files.add_new(MAX_NAMES, Text::new(name));
            r.mode.get_or_insert_with(|| Text::new(mode));
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Tftp(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    #[test]
    fn reads_names_of_files() {
        let found = over_udp(40_001, &[(true, b"\0\x01boot.img\0octet\0"), (false, b"\0\x05\0\x01no\0")]);
        let [Record::Tftp(tftp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (tftp.files.first.as_slice(), tftp.mode.clone(), tftp.errors),
            (&["boot.img".into()][..], Some("octet".into()), 1)
        );
    }

    #[test]
    fn other_requests_are_none() {
        for bytes in [&b"\0\x03boot\0octet\0"[..], b"\0\x01boot\0octet", b"\0\x01\0octet\0", b"\0\x01boot\0other\0"] {
            assert_eq!(named_udp(69, &[(true, bytes)]), None);
        }
    }
}
