//! Kerberos 5: RFC 4120.

use super::bytes::{be32, ber, ber_each, ber_find, ber_uint, from, is_len, size};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{KerberosRecord, Record, Text};

const KEEP: usize = 2048;
const MAX_NAMES: usize = 16;
/// RC4's encryption types: 23, 24, and Microsoft's old numbers.
const RC4: [u32; 4] = [23, 24, 0xffff_ff7b, 0xffff_ff80];

const AS_REQ: u8 = 0x6a;
const AS_REP: u8 = 0x6b;
const TGS_REQ: u8 = 0x6c;
const TGS_REP: u8 = 0x6d;
const ERROR: u8 = 0x7e;

/// An application tag with a sequence that begins with version 5 and the tag's own message type.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload, probe.is_cut).then(|| Match::parsed("kerberos", Kerberos::default()))
}

/// The same after four bytes of length; a long message goes on in the next segment.
pub(super) fn recognise_stream(probe: &Probe<'_>) -> Option<Match> {
    let (len, message) = (be32(probe.payload, 0)?, from(probe.payload, 4));
    let is_length = is_len(len, message) || (message.len() >= 500 && size(len) > message.len() && len < 1 << 20);
    (is_length && is_message(message, true)).then(|| Match::parsed("kerberos", Kerberos::default()))
}

fn is_message(p: &[u8], may_go_on: bool) -> bool {
    let Some(tag @ (0x6a..=0x6f | 0x74 | 0x75 | 0x7e)) = p.first().copied() else { return false };
    let Some((len, sequence)) = ber(p, tag) else { return false };
    let is_length = len == sequence.len() || (may_go_on && len > sequence.len());
    let Some((_, fields)) = ber(sequence, 0x30).filter(|_| is_length) else { return false };
    // Requests count their fields from 1.
    let first = if matches!(tag, AS_REQ | TGS_REQ) { 0xa1 } else { 0xa0 };
    let number = |tag| ber_find(fields, tag).and_then(|field| ber_find(field, 2)).and_then(ber_uint);
    number(first) == Some(5) && number(first + 1) == Some(u32::from(tag & 0x1f))
}

#[derive(Debug, Default)]
struct Kerberos {
    record: KerberosRecord,
}

impl Kerberos {
    fn read(&mut self, message: &[u8]) {
        let Some(tag) = message.first().copied() else { return };
        let Some(fields) = ber(message, tag).and_then(|(_, sequence)| ber(sequence, 0x30)).map(|(_, fields)| fields)
        else {
            return;
        };
        let name = match tag {
            AS_REQ => "AS-REQ",
            AS_REP => "AS-REP",
            TGS_REQ => "TGS-REQ",
            TGS_REP => "TGS-REP",
            0x6e => "AP-REQ",
            0x6f => "AP-REP",
            0x74 => "SAFE",
            0x75 => "PRIV",
            ERROR => "ERROR",
            _ => return,
        };
        self.record.messages.add(name);
        match tag {
            AS_REQ | TGS_REQ => self.request(fields),
            AS_REP | TGS_REP => {
                self.realm(ber_find(fields, 0xa3));
                self.client(ber_find(fields, 0xa4));
            }
            ERROR => self.error(fields),
            _ => {}
        }
    }

    /// The request's body: client, realm, service, encryption types.
    fn request(&mut self, fields: &[u8]) {
        let Some(body) = ber_find(fields, 0xa4).and_then(|body| ber_find(body, 0x30)) else { return };
        self.client(ber_find(body, 0xa1));
        self.realm(ber_find(body, 0xa2));
        if let Some(service) = ber_find(body, 0xa3).and_then(principal) {
            self.record.services.add_new(MAX_NAMES, service);
        }
        let types = ber_find(body, 0xa8).and_then(|types| ber_find(types, 0x30));
        let first = types.and_then(|types| ber_find(types, 2)).and_then(ber_uint);
        self.record.weak_requests += u64::from(first.is_some_and(|first| RC4.contains(&first)));
    }

    fn error(&mut self, fields: &[u8]) {
        let code = ber_find(fields, 0xa6).and_then(|code| ber_find(code, 2)).and_then(ber_uint).unwrap_or_default();
        self.record.errors.add(error_name(code));
        self.record.failed_logins += u64::from(matches!(code, 24 | 31));
        self.realm(ber_find(fields, 0xa9));
        self.client(ber_find(fields, 0xa8));
    }

    fn client(&mut self, name: Option<&[u8]>) {
        if let Some(name) = name.and_then(principal) {
            self.record.clients.add_new(MAX_NAMES, name.clone());
            self.record.client.get_or_insert(name);
        }
    }

    fn realm(&mut self, realm: Option<&[u8]>) {
        if let Some(realm) = realm.and_then(|realm| ber_find(realm, 0x1b)) {
            self.record.realm.get_or_insert_with(|| Text::limited(realm, 128));
        }
    }
}

/// A principal's parts, joined by slashes.
pub(super) fn principal(name: &[u8]) -> Option<Text> {
    const MAX_PARTS: usize = 4;
    let parts = ber_find(ber_find(name, 0x30)?, 0xa1).and_then(|parts| ber_find(parts, 0x30))?;
    let parts: Vec<&[u8]> =
        ber_each(parts).filter(|(tag, _)| *tag == 0x1b).map(|(_, part)| part).take(MAX_PARTS).collect();
    (!parts.is_empty()).then(|| Text::limited(&parts.join(&b'/'), 128))
}

fn error_name(code: u32) -> &'static str {
    match code {
        6 => "C_PRINCIPAL_UNKNOWN",
        7 => "S_PRINCIPAL_UNKNOWN",
        9 => "NULL_KEY",
        12 => "POLICY",
        13 => "BADOPTION",
        14 => "ETYPE_NOSUPP",
        18 => "CLIENT_REVOKED",
        23 => "KEY_EXPIRED",
        24 => "PREAUTH_FAILED",
        25 => "PREAUTH_REQUIRED",
        29 => "SVC_UNAVAILABLE",
        31 => "BAD_INTEGRITY",
        32 => "TKT_EXPIRED",
        34 => "REPEAT",
        37 => "SKEW",
        41 => "MODIFIED",
        52 => "RESPONSE_TOO_BIG",
        60 => "GENERIC",
        68 => "WRONG_REALM",
        _ => "other",
    }
}

fn frame(bytes: &[u8]) -> Frame {
    match (be32(bytes, 0), bytes.get(4)) {
        (Some(1..=0x0010_0000), Some(0x6a..=0x6f | 0x74 | 0x75 | 0x7e)) => {
            Frame::Len(4 + be32(bytes, 0).map_or(0, size))
        }
        (_, None) => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for Kerberos {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| {
            self.read(from(message, 4));
            Progress::More
        })
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        self.read(bytes);
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Kerberos(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_tcp, over_udp};

    fn tagged(tag: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let len = u8::try_from(content.len()).unwrap();
        if len < 0x80 { [&[tag, len], &content[..]].concat() } else { [&[tag, 0x81, len], &content[..]].concat() }
    }

    fn number(n: u8) -> Vec<u8> {
        vec![2, 1, n]
    }

    fn name(parts: &[&[u8]]) -> Vec<u8> {
        let parts: Vec<Vec<u8>> = parts.iter().map(|part| tagged(0x1b, &[part])).collect();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        tagged(0x30, &[&tagged(0xa0, &[&number(1)]), &tagged(0xa1, &[&tagged(0x30, &parts)])])
    }

    fn request() -> Vec<u8> {
        let body = tagged(
            0x30,
            &[
                &tagged(0xa0, &[b"\x03\x05\0\x40\0\0\0"]),
                &tagged(0xa1, &[&name(&[b"ann"])]),
                &tagged(0xa2, &[&tagged(0x1b, &[b"LAB.EXAMPLE"])]),
                &tagged(0xa3, &[&name(&[b"krbtgt", b"LAB.EXAMPLE"])]),
                &tagged(0xa8, &[&tagged(0x30, &[&number(23)])]),
            ],
        );
        let fields = [tagged(0xa1, &[&number(5)]), tagged(0xa2, &[&number(10)]), tagged(0xa4, &[&body])].concat();
        tagged(AS_REQ, &[&tagged(0x30, &[&fields])])
    }

    fn error(code: u8) -> Vec<u8> {
        let fields = [
            tagged(0xa0, &[&number(5)]),
            tagged(0xa1, &[&number(30)]),
            tagged(0xa6, &[&number(code)]),
            tagged(0xa9, &[&tagged(0x1b, &[b"LAB.EXAMPLE"])]),
        ];
        tagged(ERROR, &[&tagged(0x30, &[&fields.concat()])])
    }

    #[test]
    fn counts_wrong_passwords_over_udp_and_tcp() {
        let with_len = |m: Vec<u8>| [&u32::try_from(m.len()).unwrap().to_be_bytes()[..], &m].concat();
        let (request, error) = (request(), error(24));
        let over_udp = over_udp(88, &[(true, &request), (false, &error), (true, &request), (false, &error)]);
        let (request, error) = (with_len(request), with_len(error));
        let over_tcp = over_tcp(88, &[(true, &request), (false, &error), (true, &request), (false, &error)]);
        for found in [over_udp, over_tcp] {
            let [Record::Kerberos(krb)] = &found.records[..] else { panic!("{found:?}") };
            assert_eq!(
                (krb.messages.of("AS-REQ"), krb.errors.of("PREAUTH_FAILED"), krb.failed_logins, krb.weak_requests),
                (2, 2, 2, 2)
            );
            assert_eq!((krb.client.clone(), krb.realm.clone()), (Some("ann".into()), Some("LAB.EXAMPLE".into())));
            assert_eq!(krb.services.first, ["krbtgt/LAB.EXAMPLE".into()]);
        }
    }

    #[test]
    fn another_version_type_or_length_is_none() {
        let good = request();
        for at in [1, good.len()] {
            assert_eq!(named_udp(88, &[(true, &good[..good.len() - at])]), None);
        }
        let place = good.windows(3).position(|w| w == [2, 1, 5]).unwrap();
        let mut bad = good.clone();
        bad[place + 2] = 4;
        assert_eq!(named_udp(88, &[(true, &bad)]), None);
    }
}
