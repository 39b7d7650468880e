//! SMTP: RFC 5321.

use super::framing::lines;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::{contains, first_line, known, reply_code, split_word, starts_with, trimmed};
use crate::report::{Record, SmtpRecord, Text};

const PORTS: [u16; 3] = [25, 587, 2525];

const COMMANDS: [&str; 18] = [
    "HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "VRFY", "EXPN", "HELP", "NOOP", "QUIT", "AUTH",
    "STARTTLS", "ETRN", "TURN", "XCLIENT",
];

const MECHANISMS: [&str; 12] = [
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "NTLM",
    "GSSAPI",
    "XOAUTH2",
    "OAUTHBEARER",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "EXTERNAL",
    "ANONYMOUS",
];

/// A greeting that names itself, or any greeting on the port; a client that introduces itself as only mail does.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let line = first_line(probe.payload);
    let is_named = contains(line, b"smtp") || contains(line, b"mail") || PORTS.contains(&probe.ports.0);
    let greets = (line.starts_with(b"220 ") || line.starts_with(b"220-")) && is_named;
    let introduces = |word| starts_with(line, word) && line.len() > 5 && line.is_ascii();
    let is_client = introduces(b"EHLO ") || introduces(b"HELO ");
    (greets || is_client).then(|| Match::parsed("smtp", Smtp::default()))
}

/// What the next reply answers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    #[default]
    Nothing,
    Auth,
    Data,
    Recipient,
    Tls,
}

#[derive(Debug, Default)]
struct Smtp {
    record: SmtpRecord,
    waiting: Waiting,
    /// Inside a mail: lines are no commands.
    is_mail: bool,
}

impl Smtp {
    fn line(&mut self, line: &[u8]) -> Progress {
        let line = trimmed(line);
        if self.is_mail {
            // A mail's own lines may look like replies; only its end counts.
            if line == b"." {
                self.is_mail = false;
                self.record.mails += 1;
            }
            return Progress::More;
        }
        if line.first().is_some_and(u8::is_ascii_digit) {
            return self.reply(line);
        }
        // Credentials go over the line by themselves.
        if self.waiting != Waiting::Auth {
            self.command(line);
        }
        Progress::More
    }

    fn command(&mut self, line: &[u8]) {
        let (word, rest) = split_word(line);
        let Some(command) = known(&COMMANDS, word) else { return };
        self.record.commands.add(command);
        self.waiting = Waiting::Nothing;
        match command {
            "HELO" | "EHLO" | "LHLO" if !rest.is_empty() => {
                self.record.helo.get_or_insert_with(|| Text::new(rest));
            }
            "MAIL" => self.record.senders += 1,
            "RCPT" => {
                self.record.recipients += 1;
                self.waiting = Waiting::Recipient;
            }
            "DATA" => self.waiting = Waiting::Data,
            "STARTTLS" => self.waiting = Waiting::Tls,
            "AUTH" => {
                self.record.login_attempts += 1;
                self.record.auth_mechanism =
                    self.record.auth_mechanism.or(Some(known(&MECHANISMS, split_word(rest).0).unwrap_or("other")));
                self.waiting = Waiting::Auth;
            }
            _ => {}
        }
    }

    fn reply(&mut self, line: &[u8]) -> Progress {
        if self.record.banner.is_none() && line.starts_with(b"220") && self.record.commands.is_empty() {
            self.record.banner = Some(Text::new(line.get(4..).unwrap_or_default()));
        }
        let Some(code) = reply_code(line) else { return Progress::More };
        match (self.waiting, code) {
            (Waiting::Auth, 334) => return Progress::More,
            (Waiting::Auth, 235) => self.record.logins += 1,
            (Waiting::Auth, 421 | 432 | 454 | 500..=599) => self.record.failed_logins += 1,
            (Waiting::Data, 354) => self.is_mail = true,
            // Several may have been named at once.
            (Waiting::Recipient, _) => {
                self.record.refused_recipients += u64::from((450..=599).contains(&code));
                return Progress::More;
            }
            (Waiting::Tls, 220) => {
                self.record.has_tls = true;
                return Progress::Inner;
            }
            _ => {}
        }
        self.waiting = Waiting::Nothing;
        Progress::More
    }
}

impl Parser for Smtp {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        lines(view, |line| self.line(line))
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Smtp(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn counts_senders_recipients_and_guesses() {
        let found = over_tcp(
            40_001,
            &[
                (false, b"220 mx.example ESMTP ready\r\n"),
                (true, b"EHLO client.example\r\n"),
                (false, b"250-mx.example\r\n250 AUTH LOGIN\r\n"),
                (true, b"AUTH LOGIN\r\n"),
                (false, b"334 VXNlcm5hbWU6\r\n"),
                (true, b"c2VjcmV0\r\n"),
                (false, b"334 UGFzc3dvcmQ6\r\n"),
                (true, b"DATA\r\n"),
                (false, b"535 5.7.8 no\r\n"),
                (true, b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n"),
                (false, b"250 ok\r\n250 ok\r\n550 who\r\n"),
                (true, b"DATA\r\n"),
                (false, b"354 go on\r\n"),
                (true, b"Subject: x\r\n\r\n535 in the mail\r\nQUIT\r\n.\r\n"),
                (false, b"250 queued\r\n"),
                (true, b"QUIT\r\n"),
            ],
        );
        let [Record::Smtp(smtp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((smtp.senders, smtp.recipients, smtp.refused_recipients, smtp.mails), (1, 2, 1, 1));
        assert_eq!((smtp.login_attempts, smtp.failed_logins, smtp.auth_mechanism), (1, 1, Some("LOGIN")));
        assert_eq!((smtp.commands.of("DATA"), smtp.commands.of("QUIT")), (1, 1));
        assert_eq!(
            (smtp.helo.clone(), smtp.banner.clone()),
            (Some("client.example".into()), Some("mx.example ESMTP ready".into()))
        );
        assert!(!format!("{smtp:?}").contains("c2VjcmV0"));
    }

    #[test]
    fn what_follows_starttls_is_looked_at_anew() {
        let hello = b"\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03";
        let talk: [(bool, &[u8]); 4] =
            [(false, b"220 a\r\n"), (true, b"STARTTLS\r\n"), (false, b"220 2.0.0 ready\r\n"), (true, hello)];
        assert_eq!(over_tcp(25, &talk).names_of_services().collect::<Vec<_>>(), ["smtp", "ssl"]);
    }

    #[test]
    fn other_greetings_are_none() {
        for first in [&b"220 hello\r\n"[..], b"220", b"EHLO\r\n", b"HELOS x\r\n", b"221 smtp\r\n"] {
            assert_eq!(named(40_001, &[(false, first)]), None);
        }
    }
}
