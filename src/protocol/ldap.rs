//! LDAP: RFC 4511.

use super::bytes::{ber, ber_any, ber_each, ber_find, ber_uint, from, up_to};
use super::framing::{Frame, messages};
use super::ntlm;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::ticket;
use crate::report::{LdapRecord, Record, Text};

const KEEP: usize = 2048;
const MAX_NAMES: usize = 16;
/// Longer messages are not believed.
const MAX_MESSAGE: usize = 16 << 20;

const BIND: u8 = 0x60;
const BIND_RESPONSE: u8 = 0x61;
const SEARCH: u8 = 0x63;
const ENTRY: u8 = 0x64;
const EXTENDED: u8 = 0x77;
const EXTENDED_RESPONSE: u8 = 0x78;
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";

/// A sequence of a message number and an operation whose own fields are there.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload).then(|| Match::parsed("ldap", Ldap::default()))
}

/// The operation of a message: its tag and content.
fn operation(message: &[u8]) -> Option<(u8, &[u8])> {
    let (_, content) = ber(message, 0x30)?;
    let (id_len, rest) = ber(content, 2).filter(|(len, _)| (1..=4).contains(len))?;
    let (tag, len, body) = ber_any(from(rest, id_len))?;
    Some((tag, up_to(body, len)))
}

fn is_message(p: &[u8]) -> bool {
    let Some((len, content)) = ber(p, 0x30).filter(|(len, _)| (5..=MAX_MESSAGE).contains(len)) else { return false };
    // Messages may follow one another, or go on in the next segment.
    let follows = len == content.len() || from(content, len).first() == Some(&0x30) || len > content.len();
    let Some((tag, body)) = operation(p).filter(|_| follows) else { return false };
    let has_result =
        |body| ber(body, 10).is_some_and(|(len, rest)| len == 1 && from(rest, 1).first().is_none_or(|tag| *tag == 4));
    match tag {
        // Version 2 or 3, a name, a choice of proof.
        BIND => matches!(body, [2, 1, 2 | 3, 4, ..]),
        // A base, a scope, how aliases are followed.
        SEARCH => {
            ber(body, 4).is_some_and(|(len, rest)| matches!(from(rest, len), [10, 1, 0..=3, 10, 1, 0..=3, ..] | []))
        }
        ENTRY | 0x66 | 0x68 | 0x6c | 0x6e => body.first() == Some(&4),
        0x42 => body.is_empty() && len < 16,
        BIND_RESPONSE | 0x65 | 0x67 | 0x69 | 0x6b | 0x6d | 0x6f | EXTENDED_RESPONSE => has_result(body),
        0x4a => !body.is_empty() && body.iter().all(|b| *b >= 0x20) && contains_equals(body),
        EXTENDED => body.first() == Some(&0x80),
        0x73 => body.first() == Some(&4),
        _ => false,
    }
}

fn contains_equals(name: &[u8]) -> bool {
    name.contains(&b'=')
}

#[derive(Debug, Default)]
struct Ldap {
    record: LdapRecord,
    asks_tls: bool,
    goes_on: bool,
}

impl Ldap {
    fn read(&mut self, message: &[u8]) -> Progress {
        let Some((tag, body)) = operation(message) else { return Progress::More };
        let r = &mut self.record;
        match tag {
            ENTRY => r.entries += 1,
            0x65 | 0x67 | 0x69 | 0x6b | 0x6d | 0x6f | BIND_RESPONSE | EXTENDED_RESPONSE => {
                return self.result(tag, body);
            }
            BIND => {
                r.operations.add("bind");
                self.bind(body);
            }
            SEARCH => {
                r.operations.add("search");
                r.searches += 1;
                if let Some(base) = ber_find(body, 4).filter(|base| !base.is_empty()) {
                    r.bases.add_new(MAX_NAMES, Text::new(base));
                }
            }
            0x42 => r.operations.add("unbind"),
            0x66 => r.operations.add("modify"),
            0x68 => r.operations.add("add"),
            0x4a => r.operations.add("delete"),
            0x6c => r.operations.add("rename"),
            0x6e => r.operations.add("compare"),
            0x50 => r.operations.add("abandon"),
            EXTENDED => {
                r.operations.add("extended");
                self.asks_tls = ber_find(body, 0x80) == Some(START_TLS);
            }
            _ => {}
        }
        Progress::More
    }

    fn bind(&mut self, body: &[u8]) {
        let r = &mut self.record;
        // A bind that goes on is one.
        r.login_attempts += u64::from(!std::mem::take(&mut self.goes_on));
        let mut fields = ber_each(body).skip(1);
        if let Some((4, name)) = fields.next().filter(|(_, name)| !name.is_empty()) {
            r.bind_name.get_or_insert_with(|| Text::new(name));
        }
        match fields.next() {
            Some((0x80, _)) => drop(r.bind_method.get_or_insert_with(|| "simple".into())),
            Some((0xa3, sasl)) => {
                let mechanism = ber_find(sasl, 4).unwrap_or_default();
                r.bind_method.get_or_insert_with(|| Text::limited(mechanism, 32));
            }
            // Microsoft's own way of NTLM.
            Some((0x89..=0x8b, _)) => drop(r.bind_method.get_or_insert_with(|| "NTLM".into())),
            _ => {}
        }
        if let (None, Some(found)) = (&r.user, ntlm::within(body)) {
            r.user = found.user;
            r.domain = found.domain;
        }
        if let (None, Some(found)) = (&r.ticket_service, ticket::within(body)) {
            (r.ticket_realm, r.ticket_service) = (found.realm, found.service);
        }
    }

    fn result(&mut self, tag: u8, body: &[u8]) -> Progress {
        let Some(code) = ber_find(body, 10).and_then(ber_uint) else { return Progress::More };
        self.record.results.add(result_name(code));
        match (tag, code) {
            (BIND_RESPONSE, 14) => self.goes_on = true,
            (BIND_RESPONSE, 1..) => self.record.failed_logins += 1,
            (EXTENDED_RESPONSE, 0) if self.asks_tls => {
                self.record.has_tls = true;
                return Progress::Inner;
            }
            _ => {}
        }
        Progress::More
    }
}

fn result_name(code: u32) -> &'static str {
    match code {
        0 => "success",
        1 => "operations error",
        2 => "protocol error",
        3 => "time limit exceeded",
        4 => "size limit exceeded",
        5 => "compare false",
        6 => "compare true",
        7 => "method not supported",
        8 => "stronger auth required",
        10 => "referral",
        12 => "critical extension unavailable",
        13 => "confidentiality required",
        14 => "bind in progress",
        16 => "no such attribute",
        32 => "no such object",
        34 => "invalid name",
        48 => "inappropriate authentication",
        49 => "invalid credentials",
        50 => "insufficient access",
        51 => "busy",
        52 => "unavailable",
        53 => "unwilling to perform",
        68 => "entry exists",
        _ => "other",
    }
}

/// A sequence; after a login that protects what follows, nothing is one.
fn frame(bytes: &[u8]) -> Frame {
    match ber(bytes, 0x30) {
        Some((len, content)) if len <= MAX_MESSAGE => Frame::Len(bytes.len() - content.len() + len),
        Some(_) => Frame::Lost,
        None if bytes.first() == Some(&0x30) && bytes.len() < 6 => Frame::Short,
        None => Frame::Lost,
    }
}

impl Parser for Ldap {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| self.read(message))
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let mut rest = bytes;
        while let Frame::Len(len) = frame(rest) {
            self.read(up_to(rest, len));
            rest = from(rest, len);
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Ldap(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp, over_udp};
    use crate::protocol::ticket::tests::shown;

    const BIND_ANN: &[u8] = b"\x30\x17\x02\x01\x01\x60\x12\x02\x01\x03\x04\x05cn=an\x80\x06secret";
    const REFUSED: &[u8] = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\x00\x04\x00";
    const FIND: &[u8] = b"\x30\x1e\x02\x01\x02\x63\x19\x04\x04dc=a\x0a\x01\x02\x0a\x01\x00\x02\x01\x00\x02\x01\x00\x01\x01\x00\x87\x00\x30\x00";

    #[test]
    fn counts_refused_binds_and_searches() {
        let talk: [(bool, &[u8]); 5] =
            [(true, BIND_ANN), (false, REFUSED), (true, BIND_ANN), (false, REFUSED), (true, FIND)];
        let found = over_tcp(40_001, &talk);
        let [Record::Ldap(ldap)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (ldap.login_attempts, ldap.failed_logins, ldap.searches, ldap.results.of("invalid credentials")),
            (2, 2, 1, 2)
        );
        assert_eq!((ldap.bind_name.clone(), ldap.bind_method.clone()), (Some("cn=an".into()), Some("simple".into())));
        assert_eq!(ldap.bases.first, ["dc=a".into()]);
        assert!(!format!("{ldap:?}").contains("secret"));
    }

    #[test]
    fn says_whom_a_kerberos_ticket_is_for() {
        let sized = |tag: u8, content: &[u8]| {
            [&[tag, 0x82][..], &u16::try_from(content.len()).unwrap().to_be_bytes(), content].concat()
        };
        let token = sized(4, &shown("LAB.EXAMPLE", &["ldap", "dc1"]));
        let sasl = sized(0xa3, &[b"\x04\x0aGSS-SPNEGO", &token[..]].concat());
        let bind = sized(BIND, &[b"\x02\x01\x03\x04\0", &sasl[..]].concat());
        let found = over_tcp(389, &[(true, &sized(0x30, &[b"\x02\x01\x01", &bind[..]].concat()))]);
        let [Record::Ldap(ldap)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((ldap.bind_method.clone(), ldap.user.clone()), (Some("GSS-SPNEGO".into()), None));
        assert_eq!(ldap.ticket_service, Some("ldap/dc1".into()));
    }

    #[test]
    fn reads_searches_without_a_connection() {
        let found = over_udp(389, &[(true, FIND)]);
        assert_eq!(found.names_of_services().collect::<Vec<_>>(), ["ldap"]);
    }

    #[test]
    fn other_sequences_are_none() {
        for bytes in [
            &b"\x30\x0c\x02\x01\x01\x04\x07private"[..],
            b"\x30\x07\x02\x01\x01\x60\x02\x02\x01",
            b"\x30\x82",
            b"\x31\x17\x02\x01\x01\x60",
        ] {
            assert_eq!(named(389, &[(true, bytes)]), None);
        }
    }
}
