//! PostgreSQL: the frontend/backend protocol, version 3.

use super::bytes::{be32, from, is_len, size, until_zero};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{PostgresqlRecord, Record, Text};

const KEEP: usize = 1024;
const VERSION_3: u32 = 196_608;
const CANCEL: u32 = 80_877_102;
const TLS: u32 = 80_877_103;
const GSSAPI: u32 = 80_877_104;
/// Longest message that is believed: a start-up message's limit is 10,000 bytes, others' a gigabyte.
const MAX_START: u32 = 10_000;
const MAX_MESSAGE: u32 = 1 << 30;

/// The client's start in version 3, or its question whether the server speaks TLS or GSSAPI.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let (len, code) = (be32(p, 0)?, be32(p, 4)?);
    let is_question = matches!(code, TLS | GSSAPI) && len == 8;
    let is_start = code == VERSION_3 && from(p, 8).starts_with(b"user\0") || code == CANCEL && len == 16;
    (is_len(len, p) && (is_question || is_start)).then(|| Match::parsed("postgresql", Postgresql::default()))
}

#[derive(Debug, Default)]
struct Postgresql {
    record: PostgresqlRecord,
    /// The server owes a byte: whether it speaks TLS or GSSAPI.
    is_asked: bool,
}

impl Postgresql {
    fn read(&mut self, message: &[u8], from_orig: bool) -> Progress {
        let body = from(message, 5);
        match message {
            [b'S'] if self.is_asked => {
                self.record.has_tls = true;
                return Progress::Inner;
            }
            [b'N' | b'G'] if self.is_asked => self.is_asked = false,
            [0, ..] => self.start(message),
            [b'R', ..] => self.authentication(body),
            [b'p', ..] => self.record.login_attempts += 1,
            [b'E', ..] if body.first() == Some(&b'S') => {
                self.record.errors += 1;
                let code = body.split(|b| *b == 0).find_map(|field| field.strip_prefix(b"C"));
                self.record.failed_logins += u64::from(code.is_some_and(|code| code.starts_with(b"28")));
            }
            [b'Q' | b'P', ..] if from_orig => self.record.queries += 1,
            [b'S', ..] => {
                if let (None, Some(version)) = (&self.record.version, body.strip_prefix(b"server_version\0")) {
                    self.record.version = Some(Text::new(until_zero(version)));
                }
            }
            _ => {}
        }
        Progress::More
    }

    fn start(&mut self, message: &[u8]) {
        match be32(message, 4) {
            Some(TLS | GSSAPI) => self.is_asked = true,
            Some(VERSION_3) => {
                let mut words = from(message, 8).split(|b| *b == 0);
                while let (Some(name), Some(value)) = (words.next(), words.next()) {
                    let field = match name {
                        b"user" => &mut self.record.user,
                        b"database" => &mut self.record.database,
                        b"application_name" => &mut self.record.application,
                        b"" => break,
                        _ => continue,
                    };
                    *field = Some(Text::new(value));
                }
            }
            _ => {}
        }
    }

    fn authentication(&mut self, body: &[u8]) {
        let method = match be32(body, 0) {
            Some(0) => {
                self.record.logins += 1;
                return;
            }
            Some(2) => "kerberos",
            Some(3) => "cleartext",
            Some(5) => "md5",
            Some(7) => "gss",
            Some(9) => "sspi",
            Some(10) => "sasl",
            _ => return,
        };
        self.record.auth_method.get_or_insert(method);
    }
}

fn frame(bytes: &[u8], is_asked: bool) -> Frame {
    match bytes {
        [b'S' | b'N' | b'G'] if is_asked => Frame::Len(1),
        [0, ..] => match be32(bytes, 0) {
            Some(len @ 8..=MAX_START) => Frame::Len(size(len)),
            Some(_) => Frame::Lost,
            None => Frame::Short,
        },
        [kind, ..] if kind.is_ascii_alphabetic() || kind.is_ascii_digit() => match be32(bytes, 1) {
            Some(len @ 4..=MAX_MESSAGE) => Frame::Len(1 + size(len)),
            Some(_) => Frame::Lost,
            None => Frame::Short,
        },
        _ => Frame::Lost,
    }
}

impl Parser for Postgresql {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let (is_asked, from_orig) = (self.is_asked, view.from_orig);
        messages(view, KEEP, |bytes| frame(bytes, is_asked), |message| self.read(message, from_orig))
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Postgresql(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    const START: &[u8] = b"\0\0\0\x33\0\x03\0\0user\0joe\0database\0shop\0application_name\0a\0\0";

    #[test]
    fn reads_user_database_and_refusal() {
        assert_eq!(START.len(), 0x33);
        let found = over_tcp(
            40_001,
            &[
                (true, b"\0\0\0\x08\x04\xd2\x16\x2f"),
                (false, b"N"),
                (true, START),
                (false, b"R\0\0\0\x0c\0\0\0\x05salt"),
                (true, b"p\0\0\0\x0bmd5abc\0"),
                (false, b"E\0\0\0\x25SFATAL\0VFATAL\0C28P01\0Mno password\0\0"),
            ],
        );
        let [Record::Postgresql(pg)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (pg.user.clone(), pg.database.clone(), pg.application.clone()),
            (Some("joe".into()), Some("shop".into()), Some("a".into()))
        );
        assert_eq!((pg.login_attempts, pg.failed_logins, pg.logins, pg.auth_method), (1, 1, 0, Some("md5")));
        assert!(!format!("{pg:?}").contains("md5abc"));
    }

    #[test]
    fn what_follows_the_answer_to_tls_is_looked_at_anew() {
        let hello = b"\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03";
        let talk: [(bool, &[u8]); 3] = [(true, b"\0\0\0\x08\x04\xd2\x16\x2f"), (false, b"S"), (true, hello)];
        assert_eq!(over_tcp(5432, &talk).names_of_services().collect::<Vec<_>>(), ["postgresql", "ssl"]);
    }

    #[test]
    fn other_lengths_are_none() {
        for bytes in [&START[..START.len() - 1], b"\0\0\0\x09\x04\xd2\x16\x2f\0", b"\0\0\0\x0d\0\x03\0\0name\0"] {
            assert_eq!(named(5432, &[(true, bytes)]), None);
        }
    }
}
