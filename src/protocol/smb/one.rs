//! SMB 1.

use super::{Smb, nt_status, utf16};
use crate::protocol::bytes::{from, le16, le32, until_zero};
use crate::report::Text;

/// Before the words: the header and their count.
const WORDS: usize = 33;
const IS_RESPONSE: u8 = 0x80;
/// Texts are in UTF-16, statuses in 32 bits.
const UNICODE: u16 = 0x8000;
const NT_STATUS: u16 = 0x4000;
/// Actions that a create answer tells: the file is new, or took another's place.
const CREATED: [u32; 2] = [0, 2];

const NEGOTIATE: u8 = 0x72;
const SESSION_SETUP: u8 = 0x73;
const TREE_CONNECT: u8 = 0x75;
const TRANSACTION: u8 = 0x25;
const WRITE: u8 = 0x2f;
const CREATE: u8 = 0xa2;

impl Smb {
    pub(super) fn one(&mut self, message: &[u8]) {
        let (Some(command), Some(status), Some(flags)) = (message.get(4).copied(), le32(message, 5), message.get(9))
        else {
            return;
        };
        let is_nt = le16(message, 10).is_some_and(|flags| flags & NT_STATUS != 0);
        if flags & IS_RESPONSE != 0 {
            self.one_answer(command, if is_nt { status } else { of_dos(status) }, message);
        } else {
            self.record.commands.add(name(command));
            self.one_request(command, message);
        }
    }

    fn one_request(&mut self, command: u8, message: &[u8]) {
        let words = usize::from(message.get(32).copied().unwrap_or_default());
        // After the words, and the count of the bytes that follow.
        let data = WORDS + 2 * words + 2;
        let field = |at: usize| le16(message, WORDS + at).map(usize::from).unwrap_or_default();
        match command {
            SESSION_SETUP if words == 12 => self.identity(from(message, data)),
            SESSION_SETUP if words == 13 => {
                // Two proofs come first; their lengths are the seventh and eighth word.
                let (user, after) = text_at(message, data + field(14) + field(16));
                let (domain, _) = text_at(message, after);
                if !user.is_empty() {
                    self.record.users.add_new(super::MAX_NAMES, user.clone());
                    self.record.user.get_or_insert(user);
                    self.record.domain.get_or_insert(domain);
                }
            }
            TREE_CONNECT if words == 4 => {
                let (path, _) = text_at(message, data + field(6));
                if !path.is_empty() {
                    self.share(path);
                }
            }
            CREATE if words == 24 => {
                let (path, _) = text_at(message, data);
                self.file(path);
            }
            WRITE => self.call(message, field(4), field(22)),
            // A call through a pipe: function and handle are the set-up words.
            TRANSACTION if words >= 16 && field(28) == 0x26 => self.call(message, field(30), field(24)),
            _ => {}
        }
    }

    fn call(&mut self, message: &[u8], handle: usize, at: usize) {
        let handle = u64::try_from(handle).unwrap_or_default();
        self.pipes.write(handle, from(message, at), &mut self.record.interfaces, &mut self.record.operations);
    }

    fn one_answer(&mut self, command: u8, status: u32, message: &[u8]) {
        self.status(status);
        match command {
            // Where SMB 2 is chosen, its own answer says so.
            NEGOTIATE if status == 0 => {
                self.record.dialect.get_or_insert("1");
            }
            SESSION_SETUP => {
                self.login(status);
                self.identity(message);
            }
            TREE_CONNECT if nt_status::is_failure(status) => self.record.refused_shares += 1,
            CREATE if status == 0 => {
                let is_new = le32(message, WORDS + 7).is_some_and(|action| CREATED.contains(&action));
                self.record.created += u64::from(is_new);
            }
            _ => {}
        }
    }
}

/// A text in UTF-16 at an even place, or in bytes, up to its 0; and the place after it.
fn text_at(message: &[u8], at: usize) -> (Text, usize) {
    if le16(message, 10).is_some_and(|flags| flags & UNICODE != 0) {
        let at = at + at % 2;
        let (units, _) = from(message, at).as_chunks::<2>();
        let len = units.iter().position(|unit| *unit == [0, 0]).unwrap_or(units.len());
        (utf16(from(message, at)), at + 2 * len + 2)
    } else {
        let bytes = until_zero(from(message, at));
        (Text::new(bytes), at + bytes.len() + 1)
    }
}

/// The new status for an old one: a class and a code.
fn of_dos(status: u32) -> u32 {
    let [class, _, low, high] = status.to_le_bytes();
    match (class, u16::from_le_bytes([low, high])) {
        (0, _) => 0,
        (1, 2) => 0xc000_0034,
        (1, 3) => 0xc000_003a,
        (1, 5) | (2, 4) => 0xc000_0022,
        (2, 2) => 0xc000_006d,
        (2, 6) => 0xc000_00cc,
        _ => 0xc000_0001,
    }
}

fn name(command: u8) -> &'static str {
    match command {
        0x00 => "create directory",
        0x01 => "delete directory",
        0x04 => "close",
        0x05 => "flush",
        0x06 => "delete",
        0x07 => "rename",
        0x08 => "query information",
        0x0b => "old write",
        0x10 => "check directory",
        0x1d => "write raw",
        0x24 => "lock",
        0x25 | 0x26 => "transaction",
        0x2b => "echo",
        0x2d => "open",
        0x2e => "read",
        0x2f => "write",
        0x32 | 0x33 => "transaction 2",
        0x34 => "find close",
        0x70 | 0x75 => "tree connect",
        0x71 => "tree disconnect",
        0x72 => "negotiate",
        0x73 => "session setup",
        0x74 => "logoff",
        0x80 => "query disk",
        0xa0 | 0xa1 => "nt transaction",
        0xa2 => "create",
        0xa4 => "cancel",
        _ => "other",
    }
}
