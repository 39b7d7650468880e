//! The messages that begin a TLS connection.
//!
//! **Source** RFC 8446 section 4.1; RFC 6347 section 4.2 for DTLS.

use super::names::version_name;
use super::{Transport, fingerprint};
use crate::protocol::cursor::{Cursor, be16s};
use crate::report::{Listed, Offer, Text};

/// Extensions by number (IANA "TLS ExtensionType Values").
pub(super) const SERVER_NAME: u16 = 0;
pub(super) const GROUPS: u16 = 10;
const POINT_FORMATS: u16 = 11;
pub(super) const SIGNATURES: u16 = 13;
pub(super) const ALPN: u16 = 16;
pub(super) const VERSIONS: u16 = 43;
const ECH: u16 = 0xfe0d;

/// Application protocols listed.
const MAX_ALPN: usize = 8;

/// A hello's fields. Where the message ends early, those before that are there.
#[derive(Debug, Default)]
pub(in crate::protocol) struct Hello<'a> {
    pub(super) version: u16,
    /// Of a client all that it offers, of a server the one it chose.
    pub(super) ciphers: &'a [u8],
    pub(super) extensions: Extensions<'a>,
    /// Whether everything that belongs to it was there.
    pub(super) is_whole: bool,
}

/// Extensions one after the other: number and content.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::protocol) struct Extensions<'a>(&'a [u8]);

impl<'a> Iterator for Extensions<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut cursor = Cursor(self.0);
        let kind = cursor.be16()?;
        let content = cursor.sized16()?;
        self.0 = cursor.0;
        Some((kind, content))
    }
}

impl<'a> Hello<'a> {
    /// A client's hello, from behind the handshake header.
    pub(in crate::protocol) fn of_client(bytes: &'a [u8], transport: Transport) -> Self {
        let mut hello = Self::default();
        hello.is_whole = hello.read_client(&mut Cursor(bytes), transport).is_some();
        hello
    }

    fn read_client(&mut self, cursor: &mut Cursor<'a>, transport: Transport) -> Option<()> {
        self.read_beginning(cursor)?;
        if transport == Transport::Dtls {
            cursor.sized8()?;
        }
        self.ciphers = cursor.sized16()?;
        cursor.sized8()?;
        self.read_extensions(cursor)
    }

    /// A server's hello.
    pub(super) fn of_server(bytes: &'a [u8]) -> Self {
        let mut hello = Self::default();
        hello.is_whole = hello.read_server(&mut Cursor(bytes)).is_some();
        hello
    }

    fn read_server(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        self.read_beginning(cursor)?;
        self.ciphers = cursor.take(2)?;
        cursor.u8()?;
        self.read_extensions(cursor)
    }

    fn read_beginning(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        self.version = cursor.be16()?;
        cursor.take(32)?;
        cursor.sized8()?;
        Some(())
    }

    /// The extensions to the end of the message; SSL 3 has none.
    fn read_extensions(&mut self, cursor: &mut Cursor<'a>) -> Option<()> {
        if cursor.is_empty() {
            return Some(());
        }
        let len = usize::from(cursor.be16()?);
        let there = cursor.0.get(..len);
        self.extensions = Extensions(there.unwrap_or(cursor.0));
        there.map(|_| ())
    }

    fn extension(&self, wanted: u16) -> Option<&'a [u8]> {
        self.extensions.into_iter().find(|(kind, _)| *kind == wanted).map(|(_, content)| content)
    }

    /// What an extension lists whose content is one list with a length of two bytes.
    pub(super) fn list16(&self, wanted: u16) -> &'a [u8] {
        self.extension(wanted).and_then(|content| Cursor(content).sized16()).unwrap_or_default()
    }

    /// Point formats.
    pub(super) fn point_formats(&self) -> &'a [u8] {
        self.extension(POINT_FORMATS).and_then(|content| Cursor(content).sized8()).unwrap_or_default()
    }

    /// Application protocols.
    pub(super) fn alpn(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut cursor = Cursor(self.list16(ALPN));
        std::iter::from_fn(move || cursor.sized8())
    }

    /// The highest version that a client offers, without GREASE.
    pub(super) fn max_version(&self) -> u16 {
        let list = self.extension(VERSIONS).and_then(|content| Cursor(content).sized8()).unwrap_or_default();
        let offered = be16s(list).filter(|v| !is_grease(*v));
        // DTLS counts downwards.
        let highest = if self.version >> 8 == 0xfe { offered.min() } else { offered.max() };
        highest.unwrap_or(self.version)
    }

    /// The version that a server chose.
    pub(super) fn chosen_version(&self) -> u16 {
        self.extension(VERSIONS).and_then(|content| Cursor(content).be16()).unwrap_or(self.version)
    }

    /// The first host name of the server name extension.
    fn server_name(&self) -> Option<&'a [u8]> {
        let mut names = Cursor(Cursor(self.extension(SERVER_NAME)?).sized16()?);
        loop {
            let kind = names.u8()?;
            let name = names.sized16()?;
            if kind == 0 {
                return Some(name);
            }
        }
    }

    /// What a record says of a client's hello.
    pub(in crate::protocol) fn offer(&self, transport: Transport) -> Offer {
        let mut alpn = Listed::default();
        self.alpn().for_each(|name| alpn.add(MAX_ALPN, || Text::limited(name, 64)));
        let (ja3, ja4) = self.is_whole.then(|| fingerprint::of_client(self, transport)).unzip();
        Offer {
            server_name: self.server_name().map(Text::new),
            has_ech: self.extension(ECH).is_some(),
            alpn,
            max_version: (self.version != 0).then(|| version_name(self.max_version())),
            ja3,
            ja4,
        }
    }
}

/// Numbers that mean nothing and are sent to keep others tolerant (RFC 8701).
pub(super) fn is_grease(number: u16) -> bool {
    let [high, low] = number.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}
