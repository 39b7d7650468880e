//! POP3: RFC 1939.

use super::framing::lines;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::{contains, first_line, known, split_word, starts_with, trimmed};
use crate::report::{Pop3Record, Record, Text};

const COMMANDS: [&str; 16] = [
    "USER", "PASS", "APOP", "AUTH", "STAT", "LIST", "RETR", "DELE", "NOOP", "RSET", "QUIT", "TOP", "UIDL", "CAPA",
    "STLS", "UTF8",
];

/// A greeting that names itself, or any on the port; commands after such a greeting.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let line = first_line(probe.payload);
    let is_port = probe.has_port(&[110]);
    let greets = starts_with(line, b"+OK") && (contains(line, b"pop3") || contains(line, b"pop server") || is_port);
    let greeted = is_port || starts_with(probe.other, b"+OK");
    let begins =
        [&b"USER "[..], b"CAPA", b"APOP ", b"AUTH ", b"AUTH\r"].iter().any(|word| starts_with(probe.payload, word));
    (greets || (greeted && begins)).then(|| Match::parsed("pop3", Pop3::default()))
}

#[derive(Debug, Default)]
struct Pop3 {
    record: Pop3Record,
    /// The command whose answer has not come: only an answer's first line is one.
    last: Option<&'static str>,
}

impl Pop3 {
    fn line(&mut self, line: &[u8]) -> Progress {
        let line = trimmed(line);
        let is_refused = starts_with(line, b"-ERR");
        if is_refused || starts_with(line, b"+OK") {
            return self.answer(line, is_refused);
        }
        let (word, rest) = split_word(line);
        // Mail may hold any line; commands are not sent while an answer is awaited.
        let Some(command) = known(&COMMANDS, word).filter(|_| self.last.is_none()) else { return Progress::More };
        self.record.commands.add(command);
        self.last = Some(command);
        match command {
            "USER" => {
                self.record.user.get_or_insert_with(|| Text::new(rest));
            }
            "APOP" => {
                self.record.user.get_or_insert_with(|| Text::new(split_word(rest).0));
                self.record.login_attempts += 1;
            }
            "PASS" => self.record.login_attempts += 1,
            // Without a mechanism it asks which there are.
            "AUTH" if !rest.is_empty() => self.record.login_attempts += 1,
            _ => {}
        }
        Progress::More
    }

    fn answer(&mut self, line: &[u8], is_refused: bool) -> Progress {
        match self.last.take() {
            None if !is_refused && self.record.banner.is_none() && self.record.commands.is_empty() => {
                self.record.banner = Some(Text::new(trimmed(line.get(3..).unwrap_or_default())));
            }
            Some("PASS" | "APOP" | "AUTH") if is_refused => self.record.failed_logins += 1,
            Some("PASS" | "APOP" | "AUTH") => self.record.logins += 1,
            Some("STLS") if !is_refused => {
                self.record.has_tls = true;
                return Progress::Inner;
            }
            _ => {}
        }
        Progress::More
    }
}

impl Parser for Pop3 {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        lines(view, |line| self.line(line))
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Pop3(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn counts_refused_passwords() {
        let found = over_tcp(
            40_001,
            &[
                (false, b"+OK POP3 server ready\r\n"),
                (true, b"USER mrose\r\n"),
                (false, b"+OK\r\n"),
                (true, b"PASS secret\r\n"),
                (false, b"-ERR no\r\n"),
                (true, b"PASS tanstaaf\r\n"),
                (false, b"+OK in\r\n"),
                (true, b"RETR 1\r\n"),
                (false, b"+OK 120 octets\r\n-ERR in the mail\r\n.\r\n"),
            ],
        );
        let [Record::Pop3(pop)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((pop.login_attempts, pop.failed_logins, pop.logins, pop.commands.of("RETR")), (2, 1, 1, 1));
        assert_eq!((pop.user.clone(), pop.banner.clone()), (Some("mrose".into()), Some("POP3 server ready".into())));
        assert!(!format!("{pop:?}").contains("tanstaaf"));
    }

    #[test]
    fn other_texts_are_none() {
        assert_eq!(named(40_001, &[(false, b"+OK\r\n")]), None);
        assert_eq!(named(110, &[(false, b"+PONG\r\n")]), None);
        assert_eq!(named(40_001, &[(false, b"+OK\r\n"), (true, b"USER a\r\n")]), Some("pop3"));
    }
}
