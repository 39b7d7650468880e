//! Syslog: RFC 5424, RFC 3164, RFC 6587.

use super::bytes::{from, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::{number, split_word};
use crate::report::{Record, SyslogRecord, Text};

const KEEP: usize = 1024;
const MAX_NAMES: usize = 16;

const SEVERITIES: [&str; 8] = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// `<priority>` up to 191 with text after it; over TCP with a length before it, or on the port.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    split(probe.payload).is_some().then(|| Match::parsed("syslog", Syslog::default()))
}

/// Over TCP a text in brackets could be anything: the form of RFC 5424 or RFC 3164 is asked for, or a counted length.
pub(super) fn recognise_stream(probe: &Probe<'_>) -> Option<Match> {
    let payload = probe.payload;
    let counted =
        number(payload).filter(|n| (8..=65_535).contains(n)).is_some() && split(split_word(payload).1).is_some();
    let has_form = split(payload)
        .is_some_and(|(_, text)| is_5424(text) || header_3164(text).is_some() || probe.has_port(&[514, 601]));
    (counted || has_form).then(|| Match::parsed("syslog", Syslog::default()))
}

/// The priority, and what follows it.
fn split(message: &[u8]) -> Option<(u32, &[u8])> {
    let rest = message.strip_prefix(b"<")?;
    let digits = rest.iter().take(4).position(|b| *b == b'>').filter(|n| (1..=3).contains(n))?;
    let priority = number(rest).filter(|n| *n <= 191)?;
    let is_number = up_to(rest, digits).iter().all(u8::is_ascii_digit);
    let text = from(rest, digits + 1);
    let is_text = !text.is_empty() && up_to(text, 16).iter().all(|b| (0x20..0x7f).contains(b) || *b >= 0x80);
    (is_number && is_text).then_some((priority, text))
}

/// Version 1 and a time stamp.
fn is_5424(text: &[u8]) -> bool {
    text.starts_with(b"1 - ") || (text.starts_with(b"1 ") && text.get(6) == Some(&b'-') && text.get(9) == Some(&b'-'))
}

/// What follows `Mmm dd hh:mm:ss `.
fn header_3164(text: &[u8]) -> Option<&[u8]> {
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let is_month = text.get(..3).is_some_and(|month| MONTHS.contains(&month));
    let is_time = text.get(9) == Some(&b':') && text.get(12) == Some(&b':') && text.get(15) == Some(&b' ');
    (is_month && is_time).then(|| from(text, 16))
}

#[derive(Debug, Default)]
struct Syslog {
    record: SyslogRecord,
}

impl Syslog {
    fn read(&mut self, message: &[u8]) {
        let Some((priority, text)) = split(message) else { return };
        let index = |n: u32| usize::try_from(n).unwrap_or_default();
        self.record.severities.add(SEVERITIES.get(index(priority % 8)).copied().unwrap_or("other"));
        self.record.facilities.add(FACILITIES.get(index(priority / 8)).copied().unwrap_or("other"));
        let (host, program) = if is_5424(text) {
            let mut words = text.split(|b| *b == b' ').skip(2);
            (words.next(), words.next())
        } else {
            let Some(rest) = header_3164(text) else { return };
            let (host, tag) = split_word(rest);
            let end = tag.iter().position(|b| !(b.is_ascii_alphanumeric() || b"-_./".contains(b)));
            (Some(host), end.filter(|end| matches!(tag.get(*end), Some(b':' | b'['))).map(|end| up_to(tag, end)))
        };
        if let Some(host) = host.filter(|host| !host.is_empty() && *host != b"-") {
            self.record.host.get_or_insert_with(|| Text::new(host));
        }
        if let Some(program) = program.filter(|program| !program.is_empty() && *program != b"-") {
            self.record.programs.add_new(MAX_NAMES, Text::limited(program, 48));
        }
    }
}

/// A counted message, or a line.
fn frame(bytes: &[u8]) -> Frame {
    let (digits, rest) = split_word(up_to(bytes, 8));
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        return match number(digits) {
            Some(len) if rest.first() == Some(&b'<') => Frame::Len(digits.len() + 1 + super::bytes::size(len)),
            _ if bytes.len() < 8 => Frame::Short,
            _ => Frame::Lost,
        };
    }
    match up_to(bytes, KEEP).iter().position(|b| *b == b'\n' || *b == 0) {
        Some(at) => Frame::Len(at + 1),
        None if bytes.len() >= KEEP => Frame::Len(KEEP),
        None => Frame::Short,
    }
}

impl Parser for Syslog {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| {
            let is_counted = message.first().is_some_and(u8::is_ascii_digit);
            self.read(if is_counted { split_word(message).1 } else { message });
            Progress::More
        })
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        self.read(bytes);
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Syslog(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, named_udp, over_tcp, over_udp};

    const OLD: &[u8] = b"<34>Oct 11 22:14:15 mymachine su[12]: 'su root' failed";
    const NEW: &[u8] = b"<165>1 2003-10-11T22:14:15.003Z host.example evntslog - ID47 - text";

    #[test]
    fn reads_both_forms() {
        let found = over_udp(514, &[(true, OLD), (true, NEW), (true, b"<13>free text")]);
        let [Record::Syslog(syslog)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (syslog.severities.of("critical"), syslog.severities.of("notice"), syslog.facilities.of("auth")),
            (1, 2, 1)
        );
        assert_eq!((syslog.host.clone(), syslog.programs.total), (Some("mymachine".into()), 2));
        assert_eq!(syslog.programs.first, ["su".into(), "evntslog".into()]);
    }

    #[test]
    fn reads_counted_messages_over_tcp() {
        let counted = [b"54 ", OLD, b"67 ", NEW].concat();
        let found = over_tcp(40_001, &[(true, &counted)]);
        let [Record::Syslog(syslog)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(syslog.severities.total(), 2);
    }

    #[test]
    fn other_brackets_are_none() {
        for text in [&b"<192>text"[..], b"<a>text", b"<html>", b"<1>", b"<5>\x00\x01\x02", b"<1234>text"] {
            assert_eq!(named_udp(514, &[(true, text)]), None);
        }
        assert_eq!(named(40_001, &[(true, b"<5>text")]), None);
    }
}
