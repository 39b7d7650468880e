//! IRC: RFC 1459, RFC 2812.

use super::framing::lines;
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::{first_line, known, number, split_word, trimmed};
use crate::report::{IrcRecord, Record, Text};

const MAX_NAMES: usize = 16;
const PORTS: [u16; 12] = [194, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 7000];

const COMMANDS: [&str; 29] = [
    "NICK",
    "USER",
    "PASS",
    "JOIN",
    "PART",
    "PRIVMSG",
    "NOTICE",
    "PING",
    "PONG",
    "QUIT",
    "MODE",
    "TOPIC",
    "KICK",
    "INVITE",
    "WHO",
    "WHOIS",
    "WHOWAS",
    "LIST",
    "NAMES",
    "OPER",
    "CAP",
    "AUTHENTICATE",
    "ISON",
    "USERHOST",
    "AWAY",
    "ERROR",
    "KILL",
    "MOTD",
    "LUSERS",
];

/// A client that introduces itself by nickname and user, a server's numbered welcome; single commands on the ports.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let found = is_introduction(probe.payload) || is_server(first_line(probe.payload)) || is_command(probe);
    found.then(|| Match::parsed("irc", Irc::default()))
}

fn is_introduction(payload: &[u8]) -> bool {
    const FIRST_LINES: usize = 6;
    let (mut nick, mut user) = (false, false);
    for line in payload.split(|b| *b == b'\n').take(FIRST_LINES).map(trimmed) {
        let (word, rest) = split_word(line);
        match word {
            b"NICK" | b"nick" => nick |= !rest.is_empty(),
            // A name, two modes, and the real name.
            b"USER" | b"user" => user |= rest.split(|b| *b == b' ').filter(|part| !part.is_empty()).count() >= 4,
            b"PASS" | b"CAP" | b"" => {}
            _ => return false,
        }
    }
    nick && user
}

/// `:server NOTICE AUTH :...`, `:server 001 nick :...`.
fn is_server(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b":") else { return line.starts_with(b"NOTICE AUTH :") };
    let (server, rest) = split_word(rest);
    let (word, rest) = split_word(rest);
    let is_server = !server.is_empty() && server.iter().all(|b| b.is_ascii_graphic());
    let is_notice = word == b"NOTICE" && [&b"AUTH"[..], b"*", b"Auth"].contains(&split_word(rest).0);
    let is_welcome = matches!(word, b"001" | b"002" | b"020" | b"375" | b"433") && !rest.is_empty();
    is_server && (is_notice || is_welcome)
}

fn is_command(probe: &Probe<'_>) -> bool {
    let (word, rest) = split_word(first_line(probe.payload));
    let is_opening = matches!(word, b"NICK" | b"USER" | b"PASS" | b"JOIN" | b"CAP" | b"PING" | b"PONG" | b"PRIVMSG");
    let is_relayed = word.first() == Some(&b':') && known(&COMMANDS, split_word(rest).0).is_some();
    probe.has_port(&PORTS) && !rest.is_empty() && (is_opening || is_relayed)
}

#[derive(Debug, Default)]
struct Irc {
    record: IrcRecord,
}

impl Irc {
    fn line(&mut self, line: &[u8]) -> Progress {
        let line = trimmed(line);
        let (prefix, message) = match line.strip_prefix(b":") {
            Some(rest) => split_word(rest),
            None => (&b""[..], line),
        };
        let (word, rest) = split_word(message);
        if let Some(code) = number(word).filter(|_| word.len() == 3 && !prefix.is_empty()) {
            self.record.failed_logins += u64::from(code == 464);
            self.record.server.get_or_insert_with(|| Text::new(prefix));
            return Progress::More;
        }
        let Some(command) = known(&COMMANDS, word) else { return Progress::More };
        self.record.commands.add(command);
        let argument = split_word(rest).0;
        match command {
            "NICK" if prefix.is_empty() && !argument.is_empty() => {
                self.record.nick.get_or_insert_with(|| Text::new(argument));
            }
            "USER" if !argument.is_empty() => {
                self.record.user.get_or_insert_with(|| Text::new(argument));
            }
            "JOIN" if prefix.is_empty() => {
                for channel in argument.split(|b| *b == b',').filter(|channel| !channel.is_empty()) {
                    self.record.channels.add_new(MAX_NAMES, Text::new(channel));
                }
            }
            _ => {}
        }
        Progress::More
    }
}

impl Parser for Irc {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        lines(view, |line| self.line(line))
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Irc(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn reads_who_joins_what() {
        let found = over_tcp(
            40_001,
            &[
                (true, b"PASS secret\r\nNICK wiz\r\nUSER guest 0 * :Ronnie\r\n"),
                (false, b":irc.example 001 wiz :Welcome\r\n"),
                (true, b"JOIN #a,#b\r\nPRIVMSG #a :hello\r\n"),
                (false, b":irc.example 464 wiz :Password incorrect\r\n"),
            ],
        );
        let [Record::Irc(irc)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (irc.nick.clone(), irc.user.clone(), irc.server.clone()),
            (Some("wiz".into()), Some("guest".into()), Some("irc.example".into()))
        );
        assert_eq!((irc.channels.total, irc.commands.of("PRIVMSG"), irc.failed_logins), (2, 1, 1));
        assert!(!format!("{irc:?}").contains("secret"));
    }

    #[test]
    fn single_words_are_none() {
        for text in [&b"NICK a\r\n"[..], b"USER a\r\n", b":a b\r\n", b"NICK a\r\nUSER a\r\n", b"NOTICE of change\r\n"] {
            assert_eq!(named(40_001, &[(true, text)]), None);
        }
        assert_eq!(named(6667, &[(true, b"NICK a\r\n")]), Some("irc"));
        assert_eq!(named(40_001, &[(false, b":irc.example NOTICE AUTH :*** Looking up\r\n")]), Some("irc"));
    }
}
