//! Redis: the RESP protocol.

use super::bytes::{find, from, size, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use super::words::{known, number, starts_with};
use crate::report::{Record, RedisRecord};

const KEEP: usize = 1024;
/// Parts of one command whose lengths are followed.
const MAX_PARTS: u32 = 64;

const COMMANDS: [&str; 64] = [
    "AUTH",
    "HELLO",
    "PING",
    "ECHO",
    "QUIT",
    "SELECT",
    "GET",
    "SET",
    "MGET",
    "MSET",
    "DEL",
    "EXISTS",
    "EXPIRE",
    "TTL",
    "INCR",
    "DECR",
    "KEYS",
    "SCAN",
    "TYPE",
    "HGET",
    "HSET",
    "HGETALL",
    "HMSET",
    "HMGET",
    "HDEL",
    "LPUSH",
    "RPUSH",
    "LPOP",
    "RPOP",
    "LRANGE",
    "LLEN",
    "BLPOP",
    "BRPOP",
    "SADD",
    "SREM",
    "SMEMBERS",
    "ZADD",
    "ZRANGE",
    "ZREM",
    "PUBLISH",
    "SUBSCRIBE",
    "PSUBSCRIBE",
    "MULTI",
    "EXEC",
    "EVAL",
    "EVALSHA",
    "SCRIPT",
    "INFO",
    "CONFIG",
    "CLIENT",
    "COMMAND",
    "FLUSHALL",
    "FLUSHDB",
    "SAVE",
    "BGSAVE",
    "SLAVEOF",
    "REPLICAOF",
    "PSYNC",
    "REPLCONF",
    "MODULE",
    "DEBUG",
    "MONITOR",
    "SHUTDOWN",
    "DBSIZE",
];

/// A command: an array of lengths and strings, the first of which is a word.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    command(probe.payload).is_some_and(is_word).then(|| Match::parsed("redis", Redis::default()))
}

fn is_word(word: &[u8]) -> bool {
    (2..=20).contains(&word.len()) && word.iter().all(|b| b.is_ascii_alphabetic() || b"._-".contains(b))
}

/// The first string of an array.
fn command(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"*")?;
    let parts = number(rest).filter(|n| (1..=1_000_000).contains(n))?;
    let rest = from(rest, decimal_len(parts)).strip_prefix(b"\r\n$")?;
    let len = number(rest)?;
    let rest = from(rest, decimal_len(len)).strip_prefix(b"\r\n")?;
    rest.get(..size(len)).filter(|_| from(rest, size(len)).starts_with(b"\r\n"))
}

fn decimal_len(n: u32) -> usize {
    size(n.checked_ilog10().unwrap_or(0)) + 1
}

#[derive(Debug, Default)]
struct Redis {
    record: RedisRecord,
}

impl Redis {
    fn read(&mut self, message: &[u8]) {
        let r = &mut self.record;
        match message.first() {
            Some(b'-') => {
                r.errors += 1;
                r.failed_logins +=
                    u64::from(starts_with(message, b"-WRONGPASS") || starts_with(message, b"-ERR invalid password"));
                r.unauthenticated += u64::from(starts_with(message, b"-NOAUTH"));
            }
            Some(b'*') => {
                let Some(name) = command(message).filter(|word| is_word(word)) else { return };
                let name = known(&COMMANDS, name).unwrap_or("other");
                r.commands.add(name);
                let has_password =
                    name == "AUTH" || (name == "HELLO" && super::words::contains(message, b"\r\nAUTH\r\n"));
                r.login_attempts += u64::from(has_password);
            }
            _ => {}
        }
    }
}

/// A line, or an array of strings with all its parts: answers that hold arrays of arrays are read by their lines.
fn frame(bytes: &[u8]) -> Frame {
    let Some(line) = find(up_to(bytes, KEEP), b"\r\n").map(|at| at + 2) else {
        return if bytes.len() >= KEEP { Frame::Lost } else { Frame::Short };
    };
    match bytes {
        [b'$', rest @ ..] => Frame::Len(line + number(rest).map_or(0, |len| size(len) + 2)),
        [b'*', rest @ ..] if from(bytes, line).first() == Some(&b'$') => {
            let mut at = line;
            for _ in 0..number(rest).unwrap_or(0).min(MAX_PARTS) {
                let part = up_to(from(bytes, at), 16);
                let Some(end) = find(part, b"\r\n") else {
                    return if part.len() < 16 { Frame::Short } else { Frame::Len(at) };
                };
                match part {
                    [b'$', digits @ ..] => at += end + 2 + number(digits).map_or(0, |len| size(len) + 2),
                    _ => return Frame::Len(at),
                }
                // The rest of a long part has not come: its length is enough.
                if at >= bytes.len() {
                    return Frame::Len(at);
                }
            }
            Frame::Len(at)
        }
        _ => Frame::Len(line),
    }
}

impl Parser for Redis {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| {
            self.read(message);
            Progress::More
        })
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Redis(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn counts_commands_and_refused_passwords() {
        let found = over_tcp(
            40_001,
            &[
                (true, b"*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n*1\r\n$4\r\nping\r\n"),
                (false, b"-WRONGPASS invalid username-password pair\r\n-NOAUTH Authentication required.\r\n"),
                (true, b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\n*1\r\n*\r\n"),
                (false, b"+OK\r\n"),
            ],
        );
        let [Record::Redis(redis)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((redis.login_attempts, redis.failed_logins, redis.unauthenticated, redis.errors), (1, 1, 1, 2));
        assert_eq!(redis.commands.iter().collect::<Vec<_>>(), [("AUTH", 1), ("PING", 1), ("SET", 1)]);
        assert!(!format!("{redis:?}").contains("secret"));
    }

    #[test]
    fn other_stars_are_none() {
        for bytes in
            [&b"*2\r\n"[..], b"*x\r\n$4\r\nAUTH\r\n", b"*1\r\n$4\r\nAUT\r\n", b"*1\r\n$2\r\n12\r\n", b"* OK\r\n"]
        {
            assert_eq!(named(6379, &[(true, bytes)]), None);
        }
    }
}
