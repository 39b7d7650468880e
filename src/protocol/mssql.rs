//! SQL Server: the tabular data stream, MS-TDS.

use super::bytes::{be16, from, le16, le32, up_to};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{MssqlRecord, Record, Text};

const KEEP: usize = 2048;
const HEADER: usize = 8;
const MAX_NAMES: usize = 16;
const BATCH: u8 = 1;
const RPC: u8 = 3;
const RESPONSE: u8 = 4;
const LOGIN: u8 = 16;
const PRELOGIN: u8 = 18;
/// Errors that refuse a login: wrong password, unknown user, disabled account, no access to the database.
const DENIED: [u32; 8] = [18_450, 18_452, 18_456, 18_470, 18_486, 18_487, 18_488, 4_060];

/// A message of the client's: a pre-login's table of options, a login, or a query with its headers or in UTF-16.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let &[kind, status, _, _, _, _, _, window] = p.first_chunk::<HEADER>()?;
    let len = usize::from(be16(p, 2)?);
    // A message may go on in further packets; what is cut off is not known.
    let is_length = len == p.len() || (len > p.len() && len <= 0x7fff) || (HEADER..p.len()).contains(&len);
    if !is_length || status & 0xe0 != 0 || window != 0 || len < HEADER {
        return None;
    }
    let body = from(p, HEADER);
    let is_known = match kind {
        PRELOGIN => is_prelogin(body),
        BATCH | RPC => has_headers(body) || (kind == BATCH && is_utf16(body)) || (kind == RPC && is_call(body)),
        LOGIN => {
            le32(body, 0).is_some_and(|n| n.checked_add(8).is_some_and(|n| n == u32::from(be16(p, 2).unwrap_or(0))))
                && is_tds_version(body)
        }
        _ => false,
    };
    is_known.then(|| Match::parsed("mssql", Mssql::default()))
}

/// The first option is the version, six bytes behind the table.
fn is_prelogin(body: &[u8]) -> bool {
    body.first() == Some(&0)
        && be16(body, 3) == Some(6)
        && be16(body, 1).is_some_and(|at| (6..=64).contains(&at) && at % 5 == 1)
}

/// A login's version: 7.0 to 7.4, the highest byte last.
fn is_tds_version(body: &[u8]) -> bool {
    body.get(7).is_some_and(|version| (0x70..=0x74).contains(version))
}

/// `ALL_HEADERS` of version 7.2: its length, and the header of the transaction.
fn has_headers(body: &[u8]) -> bool {
    le32(body, 0).is_some_and(|len| (22..=1024).contains(&len)) && le32(body, 4) == Some(18) && le16(body, 8) == Some(2)
}

fn is_utf16(body: &[u8]) -> bool {
    let (units, _) = up_to(body, 32).as_chunks::<2>();
    units.len() >= 4
        && units.iter().all(|[low, high]| *high == 0 && ((0x20..0x7f).contains(low) || b"\t\r\n".contains(low)))
}

/// A procedure's name with its length before it.
fn is_call(body: &[u8]) -> bool {
    let name = le16(body, 0).filter(|n| (3..=256).contains(n)).and_then(|n| body.get(2..2 + 2 * usize::from(n)));
    name.is_some_and(is_utf16)
}

#[derive(Debug, Default)]
struct Mssql {
    record: MssqlRecord,
}

impl Mssql {
    fn read(&mut self, message: &[u8]) {
        let body = from(message, HEADER);
        let r = &mut self.record;
        let name = match message.first().copied().unwrap_or_default() {
            BATCH => "batch",
            2 => "old_login",
            RPC => {
                self.call(body);
                "rpc"
            }
            RESPONSE => {
                self.tokens(body);
                "response"
            }
            6 => "attention",
            7 => "bulk_load",
            14 => "transaction",
            LOGIN => {
                self.login(body);
                "login"
            }
            17 => "sspi",
            PRELOGIN => {
                // The option's table begins with 0; TLS inside begins with a record.
                r.has_tls |= matches!(body, [0x14..=0x17, 3, ..]);
                "prelogin"
            }
            _ => return,
        };
        self.record.messages.add(name);
    }

    fn login(&mut self, body: &[u8]) {
        /// Places of the offsets: host, user, application, database. The password's is not looked at.
        const HOST: usize = 36;
        const USER: usize = 40;
        const APPLICATION: usize = 48;
        const DATABASE: usize = 68;
        if !is_tds_version(body) {
            return;
        }
        let r = &mut self.record;
        r.login_attempts += 1;
        let fields =
            [(HOST, &mut r.host), (USER, &mut r.user), (APPLICATION, &mut r.application), (DATABASE, &mut r.database)];
        for (at, field) in fields {
            let (Some(offset), Some(chars)) = (le16(body, at), le16(body, at + 2)) else { continue };
            let text = body.get(usize::from(offset)..usize::from(offset) + 2 * usize::from(chars)).unwrap_or_default();
            if field.is_none() && !text.is_empty() {
                *field = Some(Text::utf16(text));
            }
        }
    }

    fn call(&mut self, body: &[u8]) {
        let headers = if has_headers(body) { le32(body, 0).map_or(0, super::bytes::size) } else { 0 };
        let rest = from(body, headers);
        let name = match le16(rest, 0) {
            Some(0xffff) => return,
            Some(n) => rest.get(2..2 + 2 * usize::from(n)).filter(|name| !name.is_empty() && name.len() <= 256),
            None => None,
        };
        if let Some(name) = name {
            self.record.procedures.add_new(MAX_NAMES, Text::utf16(name));
        }
    }

    /// Reads the tokens that have a length: errors, notes, changes, the answer to a login.
    fn tokens(&mut self, body: &[u8]) {
        let mut rest = body;
        while let [token @ (0xaa | 0xab | 0xad | 0xe3 | 0xed), ..] = rest {
            let Some(len) = le16(rest, 1) else { return };
            let content = from(rest, 3);
            match token {
                0xaa => {
                    self.record.errors += 1;
                    let is_denied = le32(content, 0).is_some_and(|number| DENIED.contains(&number));
                    self.record.failed_logins += u64::from(is_denied);
                }
                0xad => self.record.logins += 1,
                _ => {}
            }
            rest = from(content, usize::from(len));
        }
    }
}

/// A packet, or a TLS record: logins may be encrypted alone.
fn frame(bytes: &[u8]) -> Frame {
    match bytes {
        [0x14..=0x17, 3, ..] if bytes.len() >= 5 => {
            be16(bytes, 3).map_or(Frame::Short, |len| Frame::Len(5 + usize::from(len)))
        }
        [1..=18, _, ..] if bytes.len() >= HEADER => match be16(bytes, 2) {
            Some(len) if usize::from(len) >= HEADER => Frame::Len(usize::from(len)),
            _ => Frame::Lost,
        },
        [1..=0x17, ..] if bytes.len() < HEADER => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for Mssql {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |message| {
            self.read(message);
            Progress::More
        })
    }

    fn finish(mut self: Box<Self>) -> Option<Record> {
        let answered = self.record.failed_logins + self.record.logins;
        self.record.login_attempts = self.record.login_attempts.max(answered);
        Some(Record::Mssql(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
        let len = u16::try_from(body.len() + HEADER).unwrap().to_be_bytes();
        [&[kind, 1, len[0], len[1], 0, 0, 1, 0], body].concat()
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn login() -> Vec<u8> {
        let mut body = vec![0; 94];
        body[4..8].copy_from_slice(&0x7400_0004u32.to_le_bytes());
        for (at, text) in [(36, "PC7"), (40, "sa"), (44, "secret"), (48, "tool"), (68, "master")] {
            let offset = u16::try_from(body.len()).unwrap();
            body[at..at + 2].copy_from_slice(&offset.to_le_bytes());
            body[at + 2..at + 4].copy_from_slice(&u16::try_from(text.len()).unwrap().to_le_bytes());
            body.extend(utf16(text));
        }
        let len = u32::try_from(body.len()).unwrap();
        body[..4].copy_from_slice(&len.to_le_bytes());
        packet(LOGIN, &body)
    }

    #[test]
    fn counts_refused_logins() {
        let prelogin = packet(PRELOGIN, b"\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x0b\x00\x0c\x38\x00\x00\x02");
        let denied = packet(
            RESPONSE,
            b"\xaa\x08\x00\x18\x48\x00\x00\x01\x0e\x00\x00\xfd\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        );
        let login = login();
        let found =
            over_tcp(40_001, &[(true, &prelogin), (true, &login), (false, &denied), (true, &login), (false, &denied)]);
        let [Record::Mssql(tds)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((tds.login_attempts, tds.failed_logins, tds.logins, tds.errors), (2, 2, 0, 2));
        assert_eq!(
            (tds.user.clone(), tds.host.clone(), tds.database.clone()),
            (Some("sa".into()), Some("PC7".into()), Some("master".into()))
        );
        assert!(!format!("{tds:?}").contains("secret"));
    }

    #[test]
    fn knows_queries_in_the_middle() {
        let call = packet(RPC, &[&b"\x09\x00"[..], &utf16("sp_helpdb"), b"\0\0"].concat());
        let found = over_tcp(40_001, &[(true, &call)]);
        let [Record::Mssql(tds)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(tds.procedures.first, ["sp_helpdb".into()]);
        assert_eq!(named(40_001, &[(true, &packet(BATCH, &utf16("SELECT 1")))]), Some("mssql"));
    }

    #[test]
    fn other_bytes_are_none() {
        for body in [&b"SELECT 1"[..], b"\0\0\0\0\0\0\0\0\0\0", b""] {
            for kind in [BATCH, RPC, RESPONSE, LOGIN, PRELOGIN] {
                assert_eq!(named(1433, &[(true, &packet(kind, body))]), None);
            }
        }
    }
}
