//! Handshake messages, put together from records and read into the record of the flow.

use super::hello::Hello;
use super::names::{cipher_name, version_name};
use super::{Transport, certificate, fingerprint};
use crate::protocol::cursor::{Cursor, be16s};
use crate::report::{Listed, Text, TlsRecord};

/// Message types.
pub(in crate::protocol) const CLIENT_HELLO: u8 = 1;
pub(super) const SERVER_HELLO: u8 = 2;
pub(super) const CERTIFICATE: u8 = 11;
const HEADER: usize = 4;
/// Longest message kept: chains of certificates are a few thousand bytes, hellos with many keys below that.
const MAX_MESSAGE: usize = 48 * 1024;
/// Certificates of one side that are read.
const MAX_CERTIFICATES: usize = 4;

/// The bytes of one direction's handshake messages until they are whole.
#[derive(Debug, Default)]
pub(in crate::protocol) struct Messages {
    buffer: Vec<u8>,
    /// Bytes to come of a message that is not of interest.
    skip: usize,
}

impl Messages {
    /// Takes the next bytes and calls `read` with each message that is whole: its type and its body.
    pub(in crate::protocol) fn add(&mut self, part: &[u8], read: &mut dyn FnMut(u8, &[u8])) {
        let passed = self.skip.min(part.len());
        self.skip -= passed;
        self.buffer.extend_from_slice(part.get(passed..).unwrap_or_default());
        let mut at = 0;
        while let Some((kind, len)) = header(self.buffer.get(at..).unwrap_or_default()) {
            let end = at + HEADER + len;
            let is_wanted = matches!(kind, CLIENT_HELLO | SERVER_HELLO | CERTIFICATE) && len <= MAX_MESSAGE;
            match self.buffer.get(at + HEADER..end) {
                Some(body) if is_wanted => read(kind, body),
                Some(_) => {}
                None if is_wanted => break,
                None => {
                    self.skip = end - self.buffer.len();
                    at = self.buffer.len();
                    break;
                }
            }
            at = end;
        }
        self.buffer.drain(..at.min(self.buffer.len()));
        if self.buffer.is_empty() {
            self.buffer = Vec::new();
        }
    }

    /// Bytes of memory held.
    pub(in crate::protocol) fn heap_bytes(&self) -> usize {
        2 * self.buffer.len()
    }
}

/// A message's type and length.
fn header(bytes: &[u8]) -> Option<(u8, usize)> {
    let mut cursor = Cursor(bytes);
    Some((cursor.u8()?, usize::try_from(cursor.be24()?).ok()?))
}

/// Writes what messages say into a record.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) record: &'a mut TlsRecord,
    pub(super) is_client: bool,
    pub(super) transport: Transport,
}

impl Reader<'_> {
    /// Reads a whole message; the first of each kind counts.
    pub(super) fn read(&mut self, kind: u8, body: &[u8]) {
        match kind {
            CLIENT_HELLO if self.record.offer.max_version.is_none() => {
                self.record.offer = Hello::of_client(body, self.transport).offer(self.transport);
            }
            SERVER_HELLO => self.read_answer(&Hello::of_server(body)),
            CERTIFICATE => {
                let list =
                    if self.is_client { &mut self.record.client_certificates } else { &mut self.record.certificates };
                if list.is_empty() {
                    read_certificates(list, body);
                }
            }
            _ => {}
        }
    }

    /// Reads what there is of a hello that did not come whole.
    pub(super) fn read_rest(&mut self, messages: &Messages) {
        if let Some((CLIENT_HELLO, _)) = header(&messages.buffer) {
            self.read(CLIENT_HELLO, messages.buffer.get(HEADER..).unwrap_or_default());
        }
    }

    fn read_answer(&mut self, hello: &Hello<'_>) {
        if hello.version == 0 || self.record.version.is_some() {
            return;
        }
        self.record.version = Some(version_name(hello.chosen_version()));
        self.record.cipher = be16s(hello.ciphers).next().map(cipher_name);
        self.record.chosen_alpn = hello.alpn().next().map(|name| Text::limited(name, 64));
        if hello.is_whole && self.transport == Transport::Tcp {
            self.record.ja3s = Some(fingerprint::ja3s(hello));
        }
    }
}

fn read_certificates(list: &mut Listed<crate::report::Certificate>, body: &[u8]) {
    let mut chain = Cursor(body);
    let mut chain = Cursor(chain.sized24().unwrap_or_default());
    while let Some(der) = chain.sized24() {
        list.add(MAX_CERTIFICATES, || certificate::read(der));
    }
}
