//! What the payload says: an application protocol's name, or nothing. Never an error.
//!
//! Only what few other bytes could be is named: a fixed word, or lengths and fields that agree with each other. A port
//! alone names nothing; it only helps where a protocol's first bytes say little.

mod binary;
mod database;
mod dns;
mod lines;
mod tls;

use crate::report::Proto;

/// Payload-bearing packets of one direction that are looked at before a flow counts as not recognised.
pub const MAX_PROBES: u8 = 4;

/// What is looked at: one packet's payload and who sent it to whom.
#[derive(Debug, Clone, Copy)]
struct Probe<'a> {
    payload: &'a [u8],
    ports: (u16, u16),
}

impl Probe<'_> {
    /// Whether one of the ports is among these.
    fn has_port(&self, known: &[u16]) -> bool {
        known.contains(&self.ports.0) || known.contains(&self.ports.1)
    }
}

type Recogniser = fn(&Probe<'_>) -> Option<&'static str>;

/// In this order: fixed words first, then what only lengths tell.
const OVER_TCP: &[Recogniser] = &[tls::over_tcp, lines::over_tcp, binary::over_tcp, database::over_tcp, dns::over_tcp];
const OVER_UDP: &[Recogniser] = &[tls::over_udp, lines::over_udp, binary::over_udp, dns::over_udp];

/// The application protocol that the payload of one packet shows, under Zeek's name where Zeek has one: `ssl` for TLS and
/// DTLS, `krb` for Kerberos. `None` where nothing is certain enough.
///
/// **Source** the protocols' RFCs; the names are those of Zeek 7's `service`.
#[must_use]
pub fn identify(proto: Proto, src_port: u16, dst_port: u16, payload: &[u8]) -> Option<&'static str> {
    let recognisers = match proto {
        Proto::TCP => OVER_TCP,
        Proto::UDP => OVER_UDP,
        _ => return None,
    };
    let probe = Probe { payload, ports: (src_port, dst_port) };
    recognisers.iter().find_map(|recognise| recognise(&probe))
}

/// Two bytes in network order.
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u16::from_be_bytes(*b))
}

/// Three bytes in network order.
fn be24(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|[a, b, c]| u32::from_be_bytes([0, *a, *b, *c]))
}

/// Four bytes in network order.
fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u32::from_be_bytes(*b))
}

/// Whether a stated length is that of the bytes.
fn is_len(stated: impl TryInto<usize>, bytes: &[u8]) -> bool {
    stated.try_into().is_ok_and(|n| n == bytes.len())
}

/// An ASN.1 BER tag's content and what follows it. The content may be cut.
fn ber(bytes: &[u8], tag: u8) -> Option<(usize, &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first().filter(|_| *found == tag)?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let n = usize::from(*first & 0x7f);
    let (octets, rest) = rest.split_at_checked(n).filter(|_| (1..=4).contains(&n))?;
    let len = octets.iter().fold(0usize, |len, octet| len << 8 | usize::from(*octet));
    Some((len, rest))
}

#[cfg(test)]
mod tests;
