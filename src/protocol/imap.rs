//! IMAP: RFC 9051, RFC 3501.

use super::framing::lines;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::{contains, first_line, known, split_word, starts_with, trimmed};
use crate::report::{ImapRecord, Record, Text};

const MAX_NAMES: usize = 16;
/// Longest tag of a command that an answer is awaited for.
const MAX_TAG: usize = 32;

const COMMANDS: [&str; 35] = [
    "CAPABILITY",
    "NOOP",
    "LOGOUT",
    "STARTTLS",
    "AUTHENTICATE",
    "LOGIN",
    "SELECT",
    "EXAMINE",
    "CREATE",
    "DELETE",
    "RENAME",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "LIST",
    "LSUB",
    "STATUS",
    "APPEND",
    "CHECK",
    "CLOSE",
    "EXPUNGE",
    "SEARCH",
    "FETCH",
    "STORE",
    "COPY",
    "MOVE",
    "UID",
    "ID",
    "IDLE",
    "NAMESPACE",
    "ENABLE",
    "GETQUOTA",
    "GETQUOTAROOT",
    "UNSELECT",
    "SORT",
    "COMPRESS",
];

/// A greeting that names itself, or any on the port; commands on the port or after such a greeting.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let line = first_line(probe.payload);
    let is_greeting = |line: &[u8]| starts_with(line, b"* OK") || starts_with(line, b"* PREAUTH");
    let is_port = probe.has_port(&[143]);
    let greets = is_greeting(line) && (contains(line, b"imap") || is_port);
    let (tag, rest) = split_word(line);
    let is_command = is_tag(tag) && known(&COMMANDS, split_word(rest).0).is_some();
    let greeted = is_port || is_greeting(first_line(probe.other));
    (greets || (greeted && is_command)).then(|| Match::parsed("imap", Imap::default()))
}

fn is_tag(word: &[u8]) -> bool {
    (1..=MAX_TAG).contains(&word.len()) && word.iter().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(b))
}

#[derive(Debug, Default)]
struct Imap {
    record: ImapRecord,
    /// Tag of the login or the STARTTLS that has not been answered.
    tag: Vec<u8>,
    is_tls: bool,
}

impl Imap {
    fn line(&mut self, line: &[u8]) -> Progress {
        let line = trimmed(line);
        let (tag, rest) = split_word(line);
        if tag == b"*" {
            if self.record.banner.is_none() && self.record.commands.is_empty() && starts_with(rest, b"OK") {
                self.record.banner = Some(Text::new(split_word(rest).1));
            }
            return Progress::More;
        }
        if !is_tag(tag) {
            return Progress::More;
        }
        let (word, arguments) = split_word(rest);
        if !self.tag.is_empty() && tag == self.tag.as_slice() {
            return self.answer(word);
        }
        if let Some(command) = known(&COMMANDS, word) {
            self.command(command, tag, arguments);
        }
        Progress::More
    }

    fn command(&mut self, command: &'static str, tag: &[u8], arguments: &[u8]) {
        self.record.commands.add(command);
        match command {
            "LOGIN" | "AUTHENTICATE" => {
                self.record.login_attempts += 1;
                self.tag = tag.to_vec();
                self.is_tls = false;
                let user = unquoted(arguments);
                if command == "LOGIN" && !user.is_empty() {
                    self.record.user.get_or_insert_with(|| Text::new(user));
                }
            }
            "STARTTLS" => {
                self.tag = tag.to_vec();
                self.is_tls = true;
            }
            "SELECT" | "EXAMINE" => {
                let mailbox = unquoted(arguments);
                if !mailbox.is_empty() {
                    self.record.mailboxes.add_new(MAX_NAMES, Text::new(mailbox));
                }
            }
            _ => {}
        }
    }

    fn answer(&mut self, word: &[u8]) -> Progress {
        let (is_ok, is_refused) =
            (word.eq_ignore_ascii_case(b"OK"), word.eq_ignore_ascii_case(b"NO") || word.eq_ignore_ascii_case(b"BAD"));
        if !is_ok && !is_refused {
            return Progress::More;
        }
        self.tag = Vec::new();
        if self.is_tls {
            self.record.has_tls = is_ok;
            return if is_ok { Progress::Inner } else { Progress::More };
        }
        self.record.logins += u64::from(is_ok);
        self.record.failed_logins += u64::from(is_refused);
        Progress::More
    }
}

/// The first argument, without quotes; empty where it follows as a literal.
fn unquoted(arguments: &[u8]) -> &[u8] {
    match arguments {
        [b'"', rest @ ..] => rest.split(|b| *b == b'"').next().unwrap_or_default(),
        [b'{', ..] => &[],
        _ => split_word(arguments).0,
    }
}

impl Parser for Imap {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        lines(view, |line| self.line(line))
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Imap(Box::new(self.record)))
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
                (false, b"* OK IMAP4rev1 Service Ready\r\n"),
                (true, b"a001 LOGIN \"mrc\" secret\r\n"),
                (false, b"a001 NO LOGIN failed\r\n"),
                (true, b"a002 login mrc sesame\r\n"),
                (false, b"a002 OK LOGIN completed\r\n"),
                (true, b"a003 SELECT \"INBOX\"\r\n"),
                (false, b"* 18 EXISTS\r\na003 OK done\r\n"),
            ],
        );
        let [Record::Imap(imap)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((imap.login_attempts, imap.failed_logins, imap.logins), (2, 1, 1));
        assert_eq!((imap.user.clone(), imap.mailboxes.first[0].as_str()), (Some("mrc".into()), "INBOX"));
        assert_eq!(imap.banner, Some("IMAP4rev1 Service Ready".into()));
        assert!(!format!("{imap:?}").contains("sesame"));
    }

    #[test]
    fn other_texts_are_none() {
        assert_eq!(named(40_001, &[(false, b"* OK hello\r\n")]), None);
        assert_eq!(named(40_001, &[(true, b"a1 LOGIN a b\r\n")]), None);
        assert_eq!(named(143, &[(true, b"a1 LOGIN a b\r\n")]), Some("imap"));
    }
}
