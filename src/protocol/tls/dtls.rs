//! TLS over UDP.
//!
//! **Source** RFC 6347 section 4; RFC 9147 for version 1.3, whose first hello is the same.

use super::handshake::Reader;
use super::{APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, Transport};
use crate::protocol::bytes::be16;
use crate::protocol::cursor::Cursor;
use crate::protocol::parser::{Match, Parser, Probe, Progress};
use crate::report::{Record, TlsRecord};

const RECORD_HEADER: usize = 13;
/// Longest message that is put together from fragments.
const MAX_MESSAGE: usize = 16 * 1024;
/// Datagrams after which a handshake has failed.
const MAX_DATAGRAMS: u32 = 64;

pub(in crate::protocol) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_record(probe.payload).then(|| Match::parsed("dtls", Dtls::default()))
}

/// A record header of 13 bytes whose length fits the datagram.
fn is_record(p: &[u8]) -> bool {
    let Some(&[kind, major, minor]) = p.first_chunk::<3>() else { return false };
    let is_version = major == 0xfe && matches!(minor, 0xff | 0xfd);
    let fits = be16(p, 11).is_some_and(|len| len > 0 && usize::from(len) + RECORD_HEADER <= p.len());
    is_version && (CHANGE_CIPHER_SPEC..=APPLICATION_DATA).contains(&kind) && fits
}

#[derive(Debug, Default)]
struct Dtls {
    record: TlsRecord,
    messages: [Fragments; 2],
    is_encrypted: [bool; 2],
    datagrams: u32,
}

/// The message of which fragments have come, in order.
#[derive(Debug, Default)]
struct Fragments {
    number: u16,
    bytes: Vec<u8>,
}

impl Parser for Dtls {
    fn message(&mut self, from_orig: bool, bytes: &[u8]) -> Progress {
        self.datagrams += 1;
        let mut rest = Cursor(bytes);
        while self.read_record(&mut rest, from_orig).is_some() {}
        let is_over = self.is_encrypted == [true; 2] || self.datagrams >= MAX_DATAGRAMS;
        if is_over { Progress::Done } else { Progress::More }
    }

    fn heap_bytes(&self) -> usize {
        self.messages.iter().map(|m| 2 * m.bytes.len()).sum()
    }

    fn finish(mut self: Box<Self>) -> Option<Record> {
        self.record.is_established = self.is_encrypted == [true; 2];
        Some(Record::Dtls(Box::new(self.record)))
    }
}

impl Dtls {
    fn read_record(&mut self, rest: &mut Cursor<'_>, from_orig: bool) -> Option<()> {
        let kind = rest.u8()?;
        rest.be16()?;
        let epoch = rest.be16()?;
        rest.take(6)?;
        let content = rest.sized16()?;
        let side = usize::from(!from_orig);
        if epoch > 0 || kind == APPLICATION_DATA {
            *self.is_encrypted.get_mut(side)? = true;
        } else if kind == HANDSHAKE {
            let mut content = Cursor(content);
            while self.read_fragment(&mut content, side).is_some() {}
        }
        Some(())
    }

    fn read_fragment(&mut self, content: &mut Cursor<'_>, side: usize) -> Option<()> {
        let kind = content.u8()?;
        let len = usize::try_from(content.be24()?).ok()?;
        let number = content.be16()?;
        let offset = usize::try_from(content.be24()?).ok()?;
        let part = content.sized24()?;
        let mut reader = Reader { record: &mut self.record, is_client: side == 0, transport: Transport::Dtls };
        if part.len() == len {
            reader.read(kind, part);
            return Some(());
        }
        let message = self.messages.get_mut(side)?;
        if offset == 0 {
            *message = Fragments { number, bytes: Vec::new() };
        }
        if message.number == number && message.bytes.len() == offset && len <= MAX_MESSAGE {
            message.bytes.extend_from_slice(part);
            if message.bytes.len() == len {
                reader.read(kind, &std::mem::take(&mut message.bytes));
            }
        }
        Some(())
    }
}
