//! MySQL: the client/server protocol, version 10.

use super::bytes::{from, is_len, le16, le24, le32, size, until_zero, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{MysqlRecord, Record, Text};

const KEEP: usize = 1024;
/// Capabilities: a database follows, TLS follows, the answer to the challenge has a length byte.
const WITH_DATABASE: u32 = 0x8;
const TLS: u32 = 0x800;
const ENCODED_LENGTH: u32 = 0x0020_0000;
const SECURE: u32 = 0x8000;
/// Access denied in its forms.
const DENIED: [u16; 4] = [1044, 1045, 1698, 3118];

/// The server's greeting: its length, the number 0, protocol 10 and a version ended by 0; or on the port an error instead.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_whole = le24(p, 0).is_some_and(|len| is_len(len, from(p, 4)));
    let is_refusal = matches!(p, [_, _, 0, 0, 0xff, ..]) && le16(p, 5).is_some_and(|code| (1000..5000).contains(&code));
    let found = is_whole && (is_greeting(p) || (is_refusal && probe.has_port(&[3306])));
    found.then(|| Match::parsed("mysql", Mysql::default()))
}

fn is_greeting(p: &[u8]) -> bool {
    let &[_, _, _, 0, 10, ref rest @ ..] = p else { return false };
    let version = until_zero(up_to(rest, 80));
    version.len() < 80
        && version.first().is_some_and(u8::is_ascii_digit)
        && version.contains(&b'.')
        && version.iter().all(u8::is_ascii_graphic)
}

#[derive(Debug, Default)]
struct Mysql {
    record: MysqlRecord,
    has_greeted: bool,
    is_logged_in: bool,
}

impl Mysql {
    fn read(&mut self, message: &[u8]) -> Progress {
        let number = message.get(3).copied().unwrap_or_default();
        let body = from(message, 4);
        match (body.first(), number) {
            (Some(10), 0) if !self.has_greeted && is_greeting(message) => {
                self.has_greeted = true;
                self.record.version = Some(Text::new(until_zero(from(body, 1))));
            }
            (Some(0xff), 1..) | (Some(0xff), 0) if le16(body, 1).is_some_and(|code| (1000..5000).contains(&code)) => {
                self.record.errors += 1;
                self.record.failed_logins += u64::from(le16(body, 1).is_some_and(|code| DENIED.contains(&code)));
            }
            (Some(0), 2..=6) if self.has_greeted && !self.is_logged_in && self.record.login_attempts > 0 => {
                self.is_logged_in = true;
                self.record.logins += 1;
            }
            (Some(_), 1 | 2) if !self.is_logged_in && self.record.login_attempts == 0 => return self.login(body),
            (Some(command), 0) if self.has_greeted || self.is_logged_in => self.command(*command),
            _ => {}
        }
        Progress::More
    }

    fn login(&mut self, body: &[u8]) -> Progress {
        let Some(capabilities) = le32(body, 0) else { return Progress::More };
        if capabilities & TLS != 0 && body.len() == 32 {
            self.record.has_tls = true;
            return Progress::Inner;
        }
        // 23 bytes are reserved between the character set and the name.
        let Some(rest) =
            body.get(32..).filter(|_| body.get(9..32).is_some_and(|zeros| zeros.iter().take(19).all(|b| *b == 0)))
        else {
            return Progress::More;
        };
        self.record.login_attempts += 1;
        let user = until_zero(rest);
        self.record.user = Some(Text::new(user));
        let rest = from(rest, user.len() + 1);
        let proof = match rest.first() {
            Some(len) if capabilities & (ENCODED_LENGTH | SECURE) != 0 => usize::from(*len) + 1,
            _ => until_zero(rest).len() + 1,
        };
        let database = until_zero(from(rest, proof));
        if capabilities & WITH_DATABASE != 0 && !database.is_empty() {
            self.record.database = Some(Text::new(database));
        }
        Progress::More
    }

    fn command(&mut self, command: u8) {
        let name = match command {
            0x01 => "quit",
            0x02 => "init_db",
            0x03 => "query",
            0x04 => "field_list",
            0x05 => "create_db",
            0x06 => "drop_db",
            0x08 => "shutdown",
            0x09 => "statistics",
            0x0c => "process_kill",
            0x0e => "ping",
            0x11 => "change_user",
            0x12 => "binlog_dump",
            0x16 => "stmt_prepare",
            0x17 => "stmt_execute",
            0x19 => "stmt_close",
            0x1a => "stmt_reset",
            0x1b => "set_option",
            0x1f => "reset_connection",
            _ => return,
        };
        self.record.commands.add(name);
        if name == "change_user" {
            self.record.login_attempts += 1;
            self.is_logged_in = false;
        }
    }
}

fn frame(bytes: &[u8]) -> Frame {
    match le24(bytes, 0) {
        Some(len) if bytes.len() >= 4 => Frame::Len(4 + size(len)),
        _ => Frame::Short,
    }
}

impl Parser for Mysql {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| self.read(message))
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Mysql(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    fn packet(number: u8, body: &[u8]) -> Vec<u8> {
        [&[u8::try_from(body.len()).unwrap(), 0, 0, number], body].concat()
    }

    #[test]
    fn reads_version_user_and_refusal() {
        let greeting = packet(0, b"\x0a8.0.36\0\x07\0\0\0saltsalt\0\xff\xf7\x21\x02\0\xff\x81\x15\0\0\0\0\0\0\0\0\0\0moresaltmore\0mysql_native_password\0");
        let login = packet(
            1,
            &[&b"\x8d\xa6\x03\x00\0\0\0\x01\x21"[..], &[0; 23], b"root\0\x04wxyzshop\0mysql_native_password\0"]
                .concat(),
        );
        let denied = packet(2, b"\xff\x15\x04#28000Access denied for user");
        let found = over_tcp(40_001, &[(false, &greeting), (true, &login), (false, &denied)]);
        let [Record::Mysql(mysql)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (mysql.version.clone(), mysql.user.clone(), mysql.database.clone()),
            (Some("8.0.36".into()), Some("root".into()), Some("shop".into()))
        );
        assert_eq!((mysql.login_attempts, mysql.failed_logins, mysql.logins, mysql.errors), (1, 1, 0, 1));
        assert!(!format!("{mysql:?}").contains("wxyz"));

        let accepted = packet(2, b"\0\0\0\x02\0\0\0");
        let query = packet(0, b"\x03select 1");
        let found = over_tcp(40_001, &[(false, &greeting), (true, &login), (false, &accepted), (true, &query)]);
        let [Record::Mysql(mysql)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((mysql.logins, mysql.commands.of("query")), (1, 1));
    }

    #[test]
    fn greetings_of_another_length_or_version_are_none() {
        for bytes in [
            &b"\x0e\x00\x00\x00\x0a8.0.36\0abcde"[..],
            b"\x0d\x00\x00\x00\x09" as &[u8],
            b"\x0d\x00\x00\x00\x0aeight.0\0abcd",
        ] {
            assert_eq!(named(3306, &[(false, bytes)]), None);
        }
    }
}
