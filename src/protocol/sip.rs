//! SIP: RFC 3261.

use super::bytes::{find, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use super::status::status_name;
use super::words::{first_line, header, headers, known, number, split_word, trimmed};
use crate::report::{Record, SipRecord, Text};

/// Bytes of a message that are read: its header mostly fits.
const KEEP: usize = 4096;

const METHODS: [&str; 14] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "OPTIONS",
    "REGISTER",
    "PRACK",
    "SUBSCRIBE",
    "NOTIFY",
    "PUBLISH",
    "INFO",
    "REFER",
    "MESSAGE",
    "UPDATE",
];

/// A request or status line with the protocol's version.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload).then(|| Match::parsed("sip", Sip::default()))
}

fn is_message(payload: &[u8]) -> bool {
    if !payload.first().is_some_and(u8::is_ascii_uppercase) {
        return false;
    }
    let line = first_line(payload);
    line.starts_with(b"SIP/2.0 ") && line.get(8..).and_then(number).is_some()
        || line.ends_with(b" SIP/2.0") && known(&METHODS, split_word(line).0).is_some()
}

#[derive(Debug, Default)]
struct Sip {
    record: SipRecord,
}

impl Sip {
    fn read(&mut self, message: &[u8]) {
        let message = trimmed_start(message);
        if !is_message(message) {
            return;
        }
        let (word, rest) = split_word(first_line(message));
        if word == b"SIP/2.0" {
            let code = number(rest).unwrap_or_default();
            self.record.statuses.add(status_name(code));
            self.record.refusals += u64::from(matches!(code, 401 | 403 | 407));
        } else if let Some(method) = known(&METHODS, word) {
            self.record.methods.add(method);
            let has_credentials =
                header(message, b"Authorization").or(header(message, b"Proxy-Authorization")).is_some();
            self.record.login_attempts += u64::from(has_credentials);
        }
        self.headers(message);
    }

    fn headers(&mut self, message: &[u8]) {
        let r = &mut self.record;
        if r.from.is_some() && r.to.is_some() && r.user_agent.is_some() {
            return;
        }
        for (name, value) in headers(message) {
            match () {
                () if is(name, b"From", b"f") => drop(r.from.get_or_insert_with(|| Text::new(address(value)))),
                () if is(name, b"To", b"t") => drop(r.to.get_or_insert_with(|| Text::new(address(value)))),
                () if is(name, b"User-Agent", b"Server") => drop(r.user_agent.get_or_insert_with(|| Text::new(value))),
                () => {}
            }
        }
    }
}

fn is(name: &[u8], long: &[u8], other: &[u8]) -> bool {
    name.eq_ignore_ascii_case(long) || name.eq_ignore_ascii_case(other)
}

/// Without the parameters that follow it: tags change with every call.
fn address(value: &[u8]) -> &[u8] {
    match value.iter().position(|b| *b == b'>') {
        Some(end) => up_to(value, end + 1),
        None => trimmed(value.split(|b| *b == b';').next().unwrap_or_default()),
    }
}

/// Empty lines between messages keep connections alive.
fn trimmed_start(message: &[u8]) -> &[u8] {
    message.trim_ascii_start()
}

/// A header, and a body of the stated length.
pub(super) fn frame(bytes: &[u8]) -> Frame {
    let blank = bytes.len() - bytes.trim_ascii_start().len();
    if blank > 0 {
        return Frame::Len(blank);
    }
    let head = up_to(bytes, KEEP);
    match find(head, b"\r\n\r\n") {
        Some(end) => {
            let head = up_to(head, end + 2);
            let length = header(head, b"Content-Length").or(header(head, b"l")).and_then(number).unwrap_or(0);
            Frame::Len(end + 4 + super::bytes::size(length))
        }
        None if bytes.len() >= KEEP => Frame::Lost,
        None => Frame::Short,
    }
}

impl Parser for Sip {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| {
            self.read(message);
            Progress::More
        })
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        self.read(up_to(bytes, KEEP));
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Sip(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, named_udp, over_tcp, over_udp};

    const REGISTER: &[u8] = b"REGISTER sip:registrar.example SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: Bob <sip:bob@example>;tag=4\r\nTo: <sip:bob@example>\r\nAuthorization: Digest username=\"bob\", response=\"6629\"\r\nUser-Agent: friendly-scanner\r\nContent-Length: 0\r\n\r\n";
    const REFUSED: &[u8] = b"SIP/2.0 401 Unauthorized\r\nFrom: Bob <sip:bob@example>;tag=4\r\nl: 2\r\n\r\nab";

    #[test]
    fn counts_refusals_over_udp_and_tcp() {
        let talk: Vec<(bool, &[u8])> = (0..4).flat_map(|_| [(true, REGISTER), (false, REFUSED)]).collect();
        for found in [over_udp(40_001, &talk), over_tcp(40_001, &talk)] {
            let [Record::Sip(sip)] = &found.records[..] else { panic!("{found:?}") };
            assert_eq!(
                (sip.methods.of("REGISTER"), sip.statuses.of("401"), sip.refusals, sip.login_attempts),
                (4, 4, 4, 4)
            );
            assert_eq!(
                (sip.from.clone(), sip.to.clone()),
                (Some("Bob <sip:bob@example>".into()), Some("<sip:bob@example>".into()))
            );
            assert_eq!(sip.user_agent, Some("friendly-scanner".into()));
            assert!(!format!("{sip:?}").contains("6629"));
        }
    }

    #[test]
    fn other_lines_are_none() {
        for text in [&b"INVITE sip:a SIP/1.0\r\n"[..], b"CALL sip:a SIP/2.0\r\n", b"SIP/2.0 x\r\n", b"sip:a"] {
            assert_eq!((named(5060, &[(true, text)]), named_udp(5060, &[(true, text)])), (None, None));
        }
    }
}
