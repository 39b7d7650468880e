//! Telnet: RFC 854.

use super::bytes::{find, from, up_to};
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::contains;
use crate::report::{Record, TelnetRecord, Text};
use crate::units::count;

const IAC: u8 = 0xff;
const SUBNEGOTIATION: u8 = 0xfa;
const TERMINAL_TYPE: u8 = 24;
/// Text of a segment that is searched for prompts: its end.
const TAIL: usize = 256;

/// Commands that negotiate options: two, or one and a second side's on the port.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    if probe.payload.first() != Some(&IAC) {
        return None;
    }
    let negotiations = negotiations(probe.payload);
    (negotiations >= 2 || (negotiations == 1 && probe.has_port(&[23, 2323])))
        .then(|| Match::parsed("telnet", Telnet::default()))
}

/// Well-formed negotiations of known options that the bytes begin with; 0 where one is malformed.
fn negotiations(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    let mut n = 0;
    loop {
        rest = match rest {
            [IAC, 0xfb..=0xfe, option, after @ ..] if option_name(*option).is_some() => after,
            [IAC, SUBNEGOTIATION, option, after @ ..] if option_name(*option).is_some() => {
                match find(after, &[IAC, 0xf0]) {
                    Some(at) => from(after, at + 2),
                    None => return 0,
                }
            }
            [IAC, 0xf0..=0xfe, ..] | [IAC] => return n.min(1),
            [IAC, ..] => return 0,
            _ => return n,
        };
        n += 1;
    }
}

/// Options of IANA's list that are in use.
fn option_name(option: u8) -> Option<[&'static str; 4]> {
    macro_rules! verbs {
        ($name:literal) => {
            Some([concat!("will ", $name), concat!("wont ", $name), concat!("do ", $name), concat!("dont ", $name)])
        };
    }
    match option {
        0 => verbs!("binary"),
        1 => verbs!("echo"),
        3 => verbs!("suppress-go-ahead"),
        5 => verbs!("status"),
        6 => verbs!("timing-mark"),
        24 => verbs!("terminal-type"),
        25 => verbs!("end-of-record"),
        31 => verbs!("window-size"),
        32 => verbs!("terminal-speed"),
        33 => verbs!("flow-control"),
        34 => verbs!("linemode"),
        35 => verbs!("x-display"),
        36 => verbs!("environment"),
        37 => verbs!("authentication"),
        38 => verbs!("encryption"),
        39 => verbs!("new-environment"),
        40 => verbs!("tn3270e"),
        42 => verbs!("charset"),
        44 => verbs!("com-port"),
        2 | 4 | 7..=23 | 26..=30 | 41 | 43 | 45..=49 => verbs!("other"),
        _ => None,
    }
}

#[derive(Debug, Default)]
struct Telnet {
    record: TelnetRecord,
}

impl Telnet {
    fn segment(&mut self, bytes: &[u8]) -> usize {
        let mut text = Vec::new();
        let mut rest = bytes;
        loop {
            rest = match rest {
                [] => break,
                [IAC, verb @ 0xfb..=0xfe, option, after @ ..] => {
                    let name = option_name(*option).and_then(|names| names.get(usize::from(verb - 0xfb)).copied());
                    self.record.options.add(name.unwrap_or("unknown option"));
                    after
                }
                [IAC, SUBNEGOTIATION, after @ ..] => match find(after, &[IAC, 0xf0]) {
                    Some(at) => {
                        self.subnegotiation(up_to(after, at));
                        from(after, at + 2)
                    }
                    // It goes on in the next segment.
                    None => break,
                },
                [IAC, IAC, after @ ..] => after,
                [IAC] | [IAC, 0xfb..=0xfe] => break,
                [IAC, _, after @ ..] => after,
                [other, after @ ..] => {
                    text.push(*other);
                    after
                }
            };
        }
        self.text(from(&text, text.len().saturating_sub(TAIL)));
        bytes.len() - rest.len()
    }

    fn subnegotiation(&mut self, bytes: &[u8]) {
        if let [TERMINAL_TYPE, 0, terminal @ ..] = bytes {
            self.record.terminal.get_or_insert_with(|| Text::limited(terminal, 40));
        }
    }

    /// Prompts end what is sent; refusals may stand before the next prompt.
    fn text(&mut self, text: &[u8]) {
        let end = text.trim_ascii_end();
        let prompts = |words: &[&[u8]]| {
            words.iter().any(|word| end.len() >= word.len() && contains(from(end, end.len() - word.len()), word))
        };
        self.record.login_prompts +=
            u64::from(prompts(&[b"login:", b"username:", b"user name:", b"user:", b"login as:"]));
        self.record.password_prompts += u64::from(prompts(&[b"password:", b"passwd:"]));
        let refused = [
            &b"login incorrect"[..],
            b"login failed",
            b"incorrect password",
            b"authentication failed",
            b"access denied",
            b"bad password",
            b"invalid password",
            b"login invalid",
            b"incorrect login",
        ]
        .iter()
        .any(|word| contains(text, word));
        self.record.failed_logins += u64::from(refused);
    }
}

impl Parser for Telnet {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let data = view.data();
        let read = self.segment(data);
        view.skip(count(if view.is_full { data.len() } else { read }));
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Telnet(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn counts_prompts_and_refusals() {
        let mut talk: Vec<(bool, &[u8])> = vec![
            (false, b"\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01"),
            (true, b"\xff\xfb\x18\xff\xfa\x18\x00VT100\xff\xf0"),
        ];
        for _ in 0..3 {
            talk.extend([
                (false, &b"\r\nrouter login: "[..]),
                (true, b"root\r\n"),
                (false, b"Password: "),
                (true, b"xc3511\r\n"),
                (false, b"\r\nLogin incorrect\r\n"),
            ]);
        }
        let found = over_tcp(40_001, &talk);
        let [Record::Telnet(telnet)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((telnet.login_prompts, telnet.password_prompts, telnet.failed_logins), (3, 3, 3));
        assert_eq!((telnet.options.of("do terminal-type"), telnet.options.of("will echo")), (1, 1));
        assert_eq!(telnet.terminal, Some("VT100".into()));
        assert!(!format!("{telnet:?}").contains("xc3511"));
    }

    #[test]
    fn bytes_that_look_alike_are_none() {
        for bytes in
            [&b"\xff\xff\xff\xff\xff\xff"[..], b"\xff\xfb\x01", b"\xff\xfb\xc8\xff\xfb\xc8", b"\xff\xd8\xff\xe0"]
        {
            assert_eq!(named(40_001, &[(false, bytes)]), None);
        }
        assert_eq!(named(23, &[(false, b"\xff\xfb\x01")]), Some("telnet"));
    }
}
