//! What the payload says: an application protocol's name, or nothing. Never an error.
//!
//! An [`Inspector`] follows a flow: recognisers look at the first payloads of each direction until one knows its protocol,
//! and that protocol's parser reads on until its record is complete.
//!
//! Only what few other bytes could be is named: a fixed word, or lengths and fields that agree with each other. A port
//! alone names nothing; it only helps where a protocol's first bytes say little.

mod binary;
mod database;
mod digest;
mod dns;
mod inspector;
mod lines;
mod parser;
mod registry;
mod ssh;
mod stream;
mod tls;

pub use inspector::{Inspector, Piece};

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
