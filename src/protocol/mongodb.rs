//! MongoDB: the wire protocol, and the first field of its documents.

use super::bytes::{find, from, le32, size, until_zero, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::known;
use crate::report::{MongodbRecord, Record, Text};

const KEEP: usize = 1024;
const MAX_NAMES: usize = 16;
const HEADER: usize = 16;
/// The server takes no larger message.
const MAX_MESSAGE: u32 = 48_000_000;
const REPLY: u32 = 1;
const QUERY: u32 = 2004;
const MSG: u32 = 2013;

const COMMANDS: [&str; 44] = [
    "hello",
    "isMaster",
    "ismaster",
    "ping",
    "find",
    "insert",
    "update",
    "delete",
    "aggregate",
    "getMore",
    "count",
    "distinct",
    "findAndModify",
    "saslStart",
    "saslContinue",
    "authenticate",
    "getnonce",
    "logout",
    "listDatabases",
    "listCollections",
    "createIndexes",
    "create",
    "drop",
    "dropDatabase",
    "createUser",
    "dropUser",
    "usersInfo",
    "buildInfo",
    "buildinfo",
    "serverStatus",
    "getParameter",
    "getLog",
    "getCmdLineOpts",
    "connectionStatus",
    "endSessions",
    "killCursors",
    "replSetGetStatus",
    "replSetHeartbeat",
    "whatsmyuri",
    "eval",
    "mapReduce",
    "hostInfo",
    "collStats",
    "dbStats",
];

/// A message's header with a known operation, and the fields that the operation begins with.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload).then(|| Match::parsed("mongodb", Mongodb::default()))
}

fn is_message(p: &[u8]) -> bool {
    let (Some(len), Some(operation)) = (le32(p, 0), le32(p, 12)) else { return false };
    if !(size(len) >= p.len() && (26..=MAX_MESSAGE).contains(&len)) {
        return false;
    }
    let body = from(p, HEADER);
    match operation {
        MSG => {
            // The checksum, more to come, exhaust allowed; then a section of one document.
            let is_flags = le32(body, 0).is_some_and(|flags| flags & !0x0001_0003 == 0);
            is_flags && body.get(4) == Some(&0) && document(from(body, 5)).is_some()
        }
        // A collection's name, two numbers, a document.
        QUERY => {
            let name = until_zero(from(body, 4));
            let is_name = name.len() >= 3 && name.contains(&b'.') && name.iter().all(u8::is_ascii_graphic);
            is_name && document(from(body, 4 + name.len() + 9)).is_some()
        }
        REPLY => le32(p, 8).is_some_and(|to| to != 0) && document(from(body, 20)).is_some(),
        _ => false,
    }
}

/// The name of the first field of a BSON document, with its type.
fn document(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let len = le32(bytes, 0)?;
    let kind = *bytes.get(4)?;
    let name = until_zero(up_to(from(bytes, 5), 64));
    let is_field = (1..=0x13).contains(&kind) && !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    ((5..MAX_MESSAGE).contains(&len) && is_field && name.len() < 64).then_some((kind, name))
}

#[derive(Debug, Default)]
struct Mongodb {
    record: MongodbRecord,
}

impl Mongodb {
    fn read(&mut self, message: &[u8]) {
        let body = from(message, HEADER);
        let is_answer = le32(message, 8).is_some_and(|to| to != 0 && to != u32::MAX);
        match le32(message, 12) {
            Some(MSG) if is_answer => self.answer(from(body, 5)),
            Some(REPLY) => self.answer(from(body, 20)),
            Some(MSG) => {
                let section = from(body, 5);
                self.command(section);
                if let Some(at) = find(section, b"\x02$db\0") {
                    let name = until_zero(from(section, at + 9));
                    self.database(name);
                }
            }
            Some(QUERY) => {
                let collection = until_zero(from(body, 4));
                self.database(collection.split(|b| *b == b'.').next().unwrap_or_default());
                if collection.ends_with(b".$cmd") {
                    self.command(from(body, 4 + collection.len() + 9));
                } else {
                    self.record.commands.add("OP_QUERY");
                }
            }
            Some(2001) => self.record.commands.add("OP_UPDATE"),
            Some(2002) => self.record.commands.add("OP_INSERT"),
            Some(2005) => self.record.commands.add("OP_GET_MORE"),
            Some(2006) => self.record.commands.add("OP_DELETE"),
            Some(2012) => self.record.commands.add("compressed"),
            _ => {}
        }
    }

    fn database(&mut self, name: &[u8]) {
        if !name.is_empty() {
            self.record.databases.add_new(MAX_NAMES, Text::limited(name, 64));
        }
    }

    fn command(&mut self, bytes: &[u8]) {
        let Some((_, name)) = document(bytes) else { return };
        // The table holds both spellings of isMaster: case counts.
        let name = COMMANDS
            .iter()
            .copied()
            .find(|known| known.as_bytes() == name)
            .or(known(&COMMANDS, name))
            .unwrap_or("other");
        self.record.commands.add(name);
        self.record.login_attempts += u64::from(matches!(name, "saslStart" | "authenticate"));
    }

    /// `ok` is a number that is 0 where there is an error, whose code is another field.
    fn answer(&mut self, bytes: &[u8]) {
        let is_error = find(bytes, b"\x01ok\0\0\0\0\0\0\0\0\0").is_some();
        self.record.errors += u64::from(is_error);
        self.record.failed_logins += u64::from(is_error && find(bytes, b"\x10code\0\x12\0\0\0").is_some());
    }
}

fn frame(bytes: &[u8]) -> Frame {
    match le32(bytes, 0) {
        Some(len) if (16..=MAX_MESSAGE).contains(&len) => Frame::Len(size(len)),
        Some(_) => Frame::Lost,
        None => Frame::Short,
    }
}

impl Parser for Mongodb {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| {
            self.read(message);
            Progress::More
        })
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Mongodb(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    fn message(answers: u32, operation: u32, body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(HEADER + body.len()).unwrap();
        [&len.to_le_bytes()[..], &7u32.to_le_bytes(), &answers.to_le_bytes(), &operation.to_le_bytes(), body].concat()
    }

    fn section(fields: &[u8]) -> Vec<u8> {
        let len = u32::try_from(fields.len() + 5).unwrap();
        [&[0, 0, 0, 0, 0], &len.to_le_bytes()[..], fields, &[0]].concat()
    }

    #[test]
    fn counts_commands_and_refused_logins() {
        let start = message(0, MSG, &section(b"\x10saslStart\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0"));
        let denied = message(7, MSG, &section(b"\x01ok\0\0\0\0\0\0\0\0\0\x10code\0\x12\0\0\0"));
        let query = message(0, QUERY, b"\0\0\0\0shop.$cmd\0\0\0\0\0\xff\xff\xff\xff\x0f\0\0\0\x10ping\0\x01\0\0\0\0");
        let found = over_tcp(40_001, &[(true, &start), (false, &denied), (true, &query)]);
        let [Record::Mongodb(mongo)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((mongo.login_attempts, mongo.failed_logins, mongo.errors), (1, 1, 1));
        assert_eq!(mongo.commands.iter().collect::<Vec<_>>(), [("saslStart", 1), ("ping", 1)]);
        assert_eq!(mongo.databases.first, ["admin".into(), "shop".into()]);
    }

    #[test]
    fn other_operations_and_lengths_are_none() {
        for bytes in [
            message(0, 2003, &section(b"\x10ping\0\x01\0\0\0")),
            message(0, MSG, &[0xff; 40]),
            message(0, QUERY, &[0; 40]),
        ] {
            assert_eq!(named(27_017, &[(true, &bytes)]), None);
        }
    }
}
