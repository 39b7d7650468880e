//! SMB 2 and 3.

use super::{Smb, nt_status, utf16};
use crate::protocol::bytes::{from, le16, le32, le64, size};

const HEADER: usize = 64;
/// Messages chained to one another that are followed.
const MAX_CHAIN: usize = 16;
const IS_RESPONSE: u32 = 1;
const PENDING: u32 = 0x103;
/// The file control code of a call through a pipe.
const PIPE_TRANSCEIVE: u32 = 0x0011_c017;
/// The action that a create answer tells: the file is new, or took another's place.
const CREATED: [u32; 2] = [0, 2];

const SESSION_SETUP: u16 = 1;
const TREE_CONNECT: u16 = 3;
const CREATE: u16 = 5;
const WRITE: u16 = 9;
const IOCTL: u16 = 11;

impl Smb {
    /// Reads a message and those chained to it.
    pub(super) fn two(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        for _ in 0..MAX_CHAIN {
            let (Some(command), Some(flags), Some(next)) = (le16(rest, 12), le32(rest, 16), le32(rest, 20)) else {
                return;
            };
            if flags & IS_RESPONSE != 0 {
                self.two_answer(command, le32(rest, 8).unwrap_or_default(), rest);
            } else {
                self.record.commands.add(name(command));
                self.two_request(command, rest);
            }
            rest = from(rest, size(next));
            if next < 64 || !rest.starts_with(b"\xfeSMB") {
                return;
            }
        }
    }

    fn two_request(&mut self, command: u16, message: &[u8]) {
        let field16 = |at: usize| le16(message, HEADER + at).map(usize::from);
        let field32 = |at: usize| le32(message, HEADER + at).map(size);
        let part = |at: Option<usize>, len: Option<usize>| {
            let (at, len) = (at?, len?);
            message.get(at..).map(|rest| rest.get(..len).unwrap_or(rest))
        };
        match command {
            SESSION_SETUP => self.identity(from(message, HEADER)),
            TREE_CONNECT => {
                if let Some(path) = part(field16(4), field16(6)) {
                    self.share(utf16(path));
                }
            }
            CREATE => {
                if let Some(path) = part(field16(44), field16(46)) {
                    self.file(utf16(path));
                }
            }
            WRITE => {
                let handle = le64(message, HEADER + 24).unwrap_or_default();
                if let Some(data) = part(field16(2), field32(4)) {
                    self.pipes.write(handle, data, &mut self.record.interfaces, &mut self.record.operations);
                }
            }
            IOCTL if le32(message, HEADER + 4) == Some(PIPE_TRANSCEIVE) => {
                let handle = le64(message, HEADER + 16).unwrap_or_default();
                if let Some(data) = part(field32(24), field32(28)) {
                    self.pipes.write(handle, data, &mut self.record.interfaces, &mut self.record.operations);
                }
            }
            _ => {}
        }
    }

    fn two_answer(&mut self, command: u16, status: u32, message: &[u8]) {
        if status == PENDING {
            return;
        }
        self.status(status);
        match command {
            0 if status == 0 => self.record.dialect = le16(message, HEADER + 4).map(dialect).or(self.record.dialect),
            SESSION_SETUP => {
                self.login(status);
                self.identity(from(message, HEADER));
            }
            TREE_CONNECT if nt_status::is_failure(status) => self.record.refused_shares += 1,
            CREATE if status == 0 => {
                let is_new = le32(message, HEADER + 4).is_some_and(|action| CREATED.contains(&action));
                self.record.created += u64::from(is_new);
            }
            _ => {}
        }
    }
}

fn dialect(revision: u16) -> &'static str {
    match revision {
        0x0202 => "2.0.2",
        0x0210 => "2.1",
        0x02ff => "2.x",
        0x0300 => "3.0",
        0x0302 => "3.0.2",
        0x0311 => "3.1.1",
        _ => "other",
    }
}

fn name(command: u16) -> &'static str {
    match command {
        0 => "negotiate",
        1 => "session setup",
        2 => "logoff",
        3 => "tree connect",
        4 => "tree disconnect",
        5 => "create",
        6 => "close",
        7 => "flush",
        8 => "read",
        9 => "write",
        10 => "lock",
        11 => "ioctl",
        12 => "cancel",
        13 => "echo",
        14 => "query directory",
        15 => "change notify",
        16 => "query info",
        17 => "set info",
        18 => "oplock break",
        _ => "other",
    }
}
