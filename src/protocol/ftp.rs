//! FTP's control connection: RFC 959.

use super::framing::lines;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::{contains, first_line, known, reply_code, split_word, trimmed};
use crate::report::{FtpRecord, Record, Text};

/// Distinct names kept of a kind.
const MAX_NAMES: usize = 16;

/// RFC 959, 775, 2228, 2389, 2428, 3659, 4217, 7151; what else clients send is not counted by name.
const COMMANDS: [&str; 57] = [
    "USER", "PASS", "ACCT", "CWD", "CDUP", "SMNT", "QUIT", "REIN", "PORT", "PASV", "TYPE", "STRU", "MODE", "RETR",
    "STOR", "STOU", "APPE", "ALLO", "REST", "RNFR", "RNTO", "ABOR", "DELE", "RMD", "MKD", "PWD", "LIST", "NLST",
    "SITE", "SYST", "STAT", "HELP", "NOOP", "XCWD", "XPWD", "XMKD", "XRMD", "XCUP", "AUTH", "ADAT", "PROT", "PBSZ",
    "CCC", "MIC", "CONF", "ENC", "FEAT", "OPTS", "EPRT", "EPSV", "MDTM", "MLST", "MLSD", "SIZE", "HOST", "CLNT",
    "LANG",
];

/// Commands that a client may begin with and other protocols do not share.
const OPENING: [&str; 4] = ["FEAT", "SYST", "OPTS", "PASV"];

/// A greeting that names itself, or one of any words that is answered as only FTP does; commands on the port.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let line = first_line(probe.payload);
    let is_named = is_greeting(line)
        && (contains(probe.payload, b"ftp") || probe.ports.0 == 21)
        && !contains(line, b"smtp")
        && !contains(line, b"mail");
    let greeted = probe.ports.1 == 21 || is_greeting(first_line(probe.other));
    (is_named || (greeted && is_opening(line))).then(|| Match::parsed("ftp", Ftp::default()))
}

fn is_greeting(line: &[u8]) -> bool {
    line.starts_with(b"220 ") || line.starts_with(b"220-")
}

fn is_opening(line: &[u8]) -> bool {
    let (word, rest) = split_word(line);
    match word {
        w if w.eq_ignore_ascii_case(b"USER") => !rest.is_empty(),
        w if w.eq_ignore_ascii_case(b"AUTH") => rest.eq_ignore_ascii_case(b"TLS") || rest.eq_ignore_ascii_case(b"SSL"),
        w => known(&OPENING, w).is_some(),
    }
}

#[derive(Debug, Default)]
struct Ftp {
    record: FtpRecord,
    last: Option<&'static str>,
}

impl Ftp {
    /// Lines tell by themselves who sent them: replies begin with three digits.
    fn line(&mut self, line: &[u8]) -> Progress {
        let line = trimmed(line);
        if line.first().is_some_and(u8::is_ascii_digit) {
            return self.reply(line);
        }
        let (word, rest) = split_word(line);
        let Some(command) = known(&COMMANDS, word) else { return Progress::More };
        self.record.commands.add(command);
        self.last = Some(command);
        match command {
            "USER" => {
                let user = Text::new(rest);
                self.record.user.get_or_insert_with(|| user.clone());
                self.record.users.add_new(MAX_NAMES, user);
            }
            "PASS" => self.record.login_attempts += 1,
            "RETR" | "STOR" | "STOU" | "APPE" | "DELE" | "RNFR" | "RNTO" if !rest.is_empty() => {
                self.record.files.add_new(MAX_NAMES, Text::new(rest));
            }
            _ => {}
        }
        Progress::More
    }

    fn reply(&mut self, line: &[u8]) -> Progress {
        if self.record.banner.is_none() && line.starts_with(b"220") {
            self.record.banner = Some(Text::new(line.get(4..).unwrap_or_default()));
        }
        match (reply_code(line), self.last) {
            (Some(530 | 430), Some("PASS" | "USER")) => self.record.failed_logins += 1,
            // 232: no password was needed.
            (Some(230 | 232), Some("PASS" | "USER")) => self.record.logins += 1,
            (Some(234), Some("AUTH")) => {
                self.record.has_tls = true;
                return Progress::Inner;
            }
            (Some(200..=599), _) => {}
            _ => return Progress::More,
        }
        self.last = None;
        Progress::More
    }
}

impl Parser for Ftp {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        lines(view, |line| self.line(line))
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Ftp(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn counts_refused_passwords_over_the_whole_connection() {
        let mut talk: Vec<(bool, &[u8])> = vec![(false, b"220-Welcome\r\n220 files\r\n")];
        for _ in 0..50 {
            talk.extend([
                (true, &b"USER admin\r\n"[..]),
                (false, b"331 Password, please\r\n"),
                (true, b"PASS secret\r\n"),
                (false, b"530 Login incorrect.\r\n"),
            ]);
        }
        talk.extend([
            (true, &b"USER ann\r\n"[..]),
            (false, b"331 go on\r\n"),
            (true, b"PASS right\r\n"),
            (false, b"230 in\r\n"),
        ]);
        talk.push((true, b"RETR /etc/passwd\r\n"));
        let found = over_tcp(40_001, &talk);
        let [Record::Ftp(ftp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (
                found.names_of_services().collect::<Vec<_>>().as_slice(),
                ftp.failed_logins,
                ftp.logins,
                ftp.login_attempts
            ),
            (&["ftp"][..], 50, 1, 51)
        );
        assert_eq!((ftp.banner.clone(), ftp.user.clone()), (Some("Welcome".into()), Some("admin".into())));
        assert_eq!(
            (ftp.users.first.len(), ftp.files.first[0].as_str(), ftp.commands.of("USER")),
            (2, "/etc/passwd", 51)
        );
        assert!(!format!("{ftp:?}").contains("secret"));
    }

    #[test]
    fn what_follows_auth_tls_is_looked_at_anew() {
        let hello = b"\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03";
        let found = over_tcp(
            21,
            &[(false, b"220 FTP\r\n"), (true, b"AUTH TLS\r\n"), (false, b"234 go\r\n"), (true, &hello[..])],
        );
        assert_eq!(found.names_of_services().collect::<Vec<_>>(), ["ftp", "ssl"]);
    }

    #[test]
    fn other_greetings_are_none() {
        for talk in [
            &[(false, &b"220 mail.example ESMTP\r\n"[..])][..],
            &[(false, b"220 hello\r\n")],
            &[(false, b"220 hello\r\n"), (true, b"EHLO a\r\n")],
            &[(true, b"USER a\r\n")],
        ] {
            assert_ne!(named(40_001, talk), Some("ftp"), "{talk:?}");
        }
    }
}
