//! QUIC: the client's hello out of its Initial packets, which anybody can decrypt.
//!
//! **Source** RFC 9000 section 17.2, RFC 9001 section 5, RFC 9369 (version 2).

mod crypto_frames;
mod google;
mod initial;
mod version;

use super::bytes::be32;
use super::parser::{Match, Parser, Probe, Progress};
use super::tls::Transport;
use super::tls::handshake::CLIENT_HELLO;
use super::tls::hello::Hello;
use crate::report::{QuicRecord, Record, Text};
use crypto_frames::CryptoFrames;
use initial::Packets;
use version::Version;

/// Initial packets that are decrypted: a hello with large keys takes two, a split one a few more.
const MAX_INITIALS: u32 = 12;
/// Datagrams after which no hello will come.
const MAX_DATAGRAMS: u32 = 24;

pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let version = google::version_of(p).or_else(|| version_of(probe))?;
    Some(Match::parsed("quic", Quic { record: QuicRecord { version, ..QuicRecord::default() }, ..Quic::default() }))
}

/// The version of a packet with a long header.
fn version_of(probe: &Probe<'_>) -> Option<Text> {
    let p = probe.payload;
    let flags = p.first()?;
    let number = be32(p, 1).filter(|_| flags & 0x80 != 0)?;
    let version = Version::of(number)?;
    let is_known = match version {
        Version::Reserved => flags & 0x40 != 0,
        // A list of versions says too little elsewhere.
        Version::Negotiation => probe.has_port(&[443]),
        _ => !version.has_fixed_bit() || flags & 0x40 != 0,
    };
    let has_ids = p.get(5).is_some_and(|len| *len <= 20 || version.is_old_google());
    (is_known && has_ids && p.len() >= 11).then(|| version.name(number))
}

#[derive(Debug, Default)]
struct Quic {
    record: QuicRecord,
    packets: Packets,
    frames: CryptoFrames,
    datagrams: u32,
}

impl Parser for Quic {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        self.datagrams += 1;
        if let Some(hello) = google::hello(bytes) {
            read_google(&mut self.record, &hello);
            return Progress::Done;
        }
        let mut frames = std::mem::take(&mut self.frames);
        self.packets.decrypt(bytes, MAX_INITIALS, &mut |plain, number| {
            if let Some(version) = Version::of(number) {
                self.record.version = version.name(number);
            }
            frames.add(plain);
        });
        self.frames = frames;
        let is_over = self.read_hello() || self.datagrams >= MAX_DATAGRAMS || self.packets.count >= MAX_INITIALS;
        if is_over { Progress::Done } else { Progress::More }
    }

    fn heap_bytes(&self) -> usize {
        self.frames.heap_bytes()
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Quic(Box::new(self.record)))
    }
}

impl Quic {
    /// Reads the hello once it is whole.
    fn read_hello(&mut self) -> bool {
        let stream = self.frames.in_order();
        if let Some(hello) = google::hello(stream).filter(|_| stream.starts_with(google::CLIENT_HELLO)) {
            read_google(&mut self.record, &hello);
            return true;
        }
        let &[CLIENT_HELLO, a, b, c, ref rest @ ..] = stream else { return false };
        let len = usize::try_from(u32::from_be_bytes([0, a, b, c])).unwrap_or(usize::MAX);
        let Some(body) = rest.get(..len) else { return false };
        self.record.offer = Hello::of_client(body, Transport::Quic).offer(Transport::Quic);
        true
    }
}

fn read_google(record: &mut QuicRecord, hello: &google::GoogleHello<'_>) {
    record.offer.server_name = hello.server_name.map(Text::new);
    record.user_agent = hello.user_agent.map(Text::new);
}
