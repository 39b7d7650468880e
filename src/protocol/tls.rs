//! TLS, DTLS and QUIC.

use super::parser::{Match, Probe};
use super::{be16, be24, be32};

/// Record types: change cipher spec, alert, handshake, application data.
const HANDSHAKE: u8 = 22;
/// Longest record: 2^14 bytes and what encryption may add (RFC 5246 section 6.2.3).
const MAX_RECORD: u16 = (1 << 14) + 2048;

pub(super) fn over_tcp(probe: &Probe<'_>) -> Option<Match> {
    name_over_tcp(probe).map(Match::named)
}

fn name_over_tcp(probe: &Probe<'_>) -> Option<&'static str> {
    let p = probe.payload;
    let &[kind, major, minor, _, _] = p.first_chunk::<5>()?;
    if major == 3 && minor <= 4 {
        let len = be16(p, 3)?;
        let is_record = match kind {
            HANDSHAKE => is_handshake(p.get(5..)?, len),
            // Change cipher spec and alert have one length each, encrypted alerts a few more.
            20 => len == 1,
            21 => len == 2 || (17..=64).contains(&len),
            23 => (17..=MAX_RECORD).contains(&len) && minor >= 1,
            _ => false,
        };
        return is_record.then_some("ssl");
    }
    is_ssl2_hello(p).then_some("ssl")
}

/// A handshake message's own length fits its record, or goes on in the next one.
fn is_handshake(message: &[u8], record: u16) -> bool {
    let is_hello = matches!(message.first(), Some(1 | 2));
    let len = be24(message, 1).unwrap_or(u32::MAX);
    (5..=MAX_RECORD).contains(&record) && is_hello && (34..1 << 17).contains(&len)
}

/// SSL 2's hello, which old clients sent to offer SSL 3 and TLS (RFC 5246 appendix E.2).
fn is_ssl2_hello(p: &[u8]) -> bool {
    let &[high, low, 1, major, minor, ..] = p else { return false };
    let stated = u16::from_be_bytes([high & 0x7f, low]);
    let sum = [5, 7, 9].into_iter().filter_map(|at| be16(p, at)).fold(9u16, u16::saturating_add);
    let is_version = (major == 3 && minor <= 3) || (major, minor) == (0, 2);
    high & 0x80 != 0 && is_version && stated == sum && be16(p, 5).is_some_and(|n| n > 0 && n % 3 == 0)
}

pub(super) fn over_udp(probe: &Probe<'_>) -> Option<Match> {
    name_over_udp(probe).map(Match::named)
}

fn name_over_udp(probe: &Probe<'_>) -> Option<&'static str> {
    let p = probe.payload;
    if is_dtls(p) {
        return Some("dtls");
    }
    is_quic(probe).then_some("quic")
}

/// DTLS: a record header of 13 bytes whose length fits the datagram.
fn is_dtls(p: &[u8]) -> bool {
    let Some(&[kind, major, minor]) = p.first_chunk::<3>() else { return false };
    let is_version = major == 0xfe && matches!(minor, 0xff | 0xfd);
    let fits = be16(p, 11).is_some_and(|len| len > 0 && usize::from(len) + 13 <= p.len());
    is_version && (20..=23).contains(&kind) && fits
}

fn is_quic(probe: &Probe<'_>) -> bool {
    let p = probe.payload;
    let Some(flags) = p.first() else { return false };
    // Google's versions before 44: flags with a version and an eight-byte connection id.
    if flags & 0xc9 == 0x09 && p.get(9..11) == Some(b"Q0") {
        return p.get(11..13).is_some_and(|n| n.iter().all(u8::is_ascii_digit));
    }
    let (true, Some(version)) = (flags & 0x80 != 0, be32(p, 1)) else { return false };
    let is_known = match version {
        // RFC 9000, RFC 9369.
        1 | 0x6b33_43cf => flags & 0x40 != 0,
        // Drafts; Facebook's; Google's Q044 to Q050 and T050, T051; versions that force negotiation.
        0xff00_0001..=0xff00_00ff | 0xface_b000..=0xface_b00f => true,
        0x5130_3434..=0x5130_3530 | 0x5430_3530..=0x5430_3531 => true,
        v if v & 0x0f0f_0f0f == 0x0a0a_0a0a => flags & 0x40 != 0,
        // Version negotiation says too little elsewhere.
        0 => probe.has_port(&[443]),
        _ => false,
    };
    let has_ids = p.get(5).is_some_and(|len| *len <= 20 || (version >> 16) == 0x5130);
    is_known && has_ids && p.len() >= 11
}
