//! TLS over TCP.
//!
//! **Source** RFC 8446, RFC 5246, RFC 6101 (SSL 3), RFC 5246 appendix E.2 (SSL 2's hello).

mod certificate;
pub(super) mod dtls;
mod fingerprint;
pub(super) mod handshake;
pub(super) mod hello;
mod memo;
mod names;

use super::bytes::{be16, be24};
use super::cursor::Cursor;
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{Record, TlsRecord};
use crate::units::count;
use handshake::{Messages, Reader};

/// Record types.
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
/// Longest record: 2^14 bytes and what encryption may add (RFC 5246 section 6.2.3).
const MAX_RECORD: u16 = (1 << 14) + 2048;
const RECORD_HEADER: usize = 5;

/// What carries the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// TLS over TCP.
    Tcp,
    /// DTLS over UDP.
    Dtls,
    /// QUIC.
    Quic,
}

impl Transport {
    fn ja4_letter(self) -> char {
        match self {
            Self::Tcp => 't',
            Self::Dtls => 'd',
            Self::Quic => 'q',
        }
    }
}

pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_tls = is_record(p) || ssl2_hello(p).is_some();
    is_tls.then(|| Match::parsed("ssl", Tls::default()))
}

/// A record header, and a content that its type can have.
fn is_record(p: &[u8]) -> bool {
    let Some(&[kind, major, minor, _, _]) = p.first_chunk::<RECORD_HEADER>() else { return false };
    if major != 3 || minor > 4 {
        return false;
    }
    let Some(len) = be16(p, 3) else { return false };
    match kind {
        HANDSHAKE => p.get(RECORD_HEADER..).is_some_and(|message| is_handshake(message, len)),
        // Change cipher spec and alert have one length each, encrypted alerts a few more.
        CHANGE_CIPHER_SPEC => len == 1 && p.get(RECORD_HEADER).is_none_or(|b| *b == 1),
        ALERT => len == 2 || (17..=64).contains(&len),
        APPLICATION_DATA => (17..=MAX_RECORD).contains(&len) && minor >= 1,
        _ => false,
    }
}

/// A handshake message's own length fits its record, or goes on in the next one.
fn is_handshake(message: &[u8], record: u16) -> bool {
    let is_hello = matches!(message.first(), Some(1 | 2));
    let len = be24(message, 1).unwrap_or(u32::MAX);
    (5..=MAX_RECORD).contains(&record) && is_hello && (34..1 << 17).contains(&len)
}

/// SSL 2's hello, which old clients sent to offer SSL 3 and TLS: its version and length.
fn ssl2_hello(p: &[u8]) -> Option<(u16, u64)> {
    let &[high, low, 1, major, minor, ..] = p else { return None };
    let stated = u16::from_be_bytes([high & 0x7f, low]);
    let sum = [5, 7, 9].into_iter().filter_map(|at| be16(p, at)).fold(9u16, u16::saturating_add);
    let is_version = (major == 3 && minor <= 3) || (major, minor) == (0, 2);
    let is_hello = high & 0x80 != 0 && is_version && stated == sum && be16(p, 5).is_some_and(|n| n > 0 && n % 3 == 0);
    is_hello.then(|| (u16::from_be_bytes([major, minor]), 2 + u64::from(stated)))
}

#[derive(Debug, Default)]
struct Tls {
    record: TlsRecord,
    sides: [Side; 2],
}

/// How far a direction has been read.
#[derive(Debug, Default)]
struct Side {
    /// Type of the record being read, and its bytes that have not come.
    kind: u8,
    left: usize,
    messages: Messages,
    is_encrypted: bool,
}

impl Parser for Tls {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let [orig, resp] = &mut self.sides;
        let side = if view.from_orig { orig } else { resp };
        if view.gaps > 0 && side.left > 0 {
            view.skip_all();
            return Progress::More;
        }
        while !view.data().is_empty() {
            if side.left == 0 && !side.begin_record(view, &mut self.record) {
                break;
            }
            let part = view.data().get(..side.left).unwrap_or(view.data());
            side.left -= part.len();
            side.read(part, view.from_orig, &mut self.record);
            view.skip(count(part.len()));
            if side.is_encrypted {
                view.skip_all();
            }
        }
        Progress::More
    }

    fn heap_bytes(&self) -> usize {
        self.sides.iter().map(|side| side.messages.heap_bytes()).sum()
    }

    fn finish(mut self: Box<Self>) -> Option<Record> {
        let [orig, resp] = &mut self.sides;
        self.record.is_established = orig.is_encrypted && resp.is_encrypted;
        for (side, is_client) in [(orig, true), (resp, false)] {
            Reader { record: &mut self.record, is_client, transport: Transport::Tcp }.read_rest(&side.messages);
        }
        Some(Record::Tls(Box::new(self.record)))
    }
}

impl Side {
    /// Takes a record's header; false where it is not whole or none.
    fn begin_record(&mut self, view: &mut View<'_>, record: &mut TlsRecord) -> bool {
        if let Some((version, len)) = ssl2_hello(view.data()).filter(|_| view.from_orig) {
            record.offer.max_version.get_or_insert_with(|| names::version_name(version));
            view.skip(len);
            return false;
        }
        let mut header = Cursor(view.data());
        let (Some(kind), Some(version), Some(len)) = (header.u8(), header.be16(), header.be16()) else { return false };
        if !(CHANGE_CIPHER_SPEC..=APPLICATION_DATA).contains(&kind) || version >> 8 != 3 || len > MAX_RECORD {
            view.skip_all();
            return false;
        }
        (self.kind, self.left) = (kind, usize::from(len));
        view.skip(count(RECORD_HEADER));
        true
    }

    fn read(&mut self, part: &[u8], is_client: bool, record: &mut TlsRecord) {
        match self.kind {
            HANDSHAKE => {
                let mut reader = Reader { record, is_client, transport: Transport::Tcp };
                self.messages.add(part, &mut |kind, body| reader.read(kind, body));
            }
            // Encrypted ones are longer.
            ALERT if self.left == 0 => {
                if let &[_, description] = part {
                    record.alert.get_or_insert_with(|| names::alert_name(description));
                }
            }
            CHANGE_CIPHER_SPEC | APPLICATION_DATA => self.is_encrypted = true,
            _ => {}
        }
    }
}
