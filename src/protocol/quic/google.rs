//! Google's QUIC before TLS: its hello is in clear up to version 46.
//!
//! **Source** Google's "QUIC Crypto" and "QUIC Wire Layout Specification" (2016), as Wireshark's `packet-gquic.c` reads it.

use crate::protocol::bytes::find;
use crate::report::Text;

/// The tag that begins a client's hello.
pub(super) const CLIENT_HELLO: &[u8] = b"CHLO";
/// Bytes of a datagram in which the hello begins: behind the header, a hash of 12 bytes and a stream frame's header.
const SEARCHED: usize = 80;
/// Tags that are looked at.
const MAX_TAGS: usize = 64;

/// What a client's hello says.
#[derive(Debug, Default)]
pub(super) struct GoogleHello<'a> {
    pub(super) server_name: Option<&'a [u8]>,
    pub(super) user_agent: Option<&'a [u8]>,
}

/// The version of a packet with the old public header: flags with a version and an eight-byte connection identifier.
pub(super) fn version_of(p: &[u8]) -> Option<Text> {
    let is_header = p.first()? & 0xc9 == 0x09 && p.get(9..11) == Some(b"Q0");
    let digits = p.get(11..13).filter(|n| is_header && n.iter().all(u8::is_ascii_digit))?;
    Some(Text::new(&[b"Q0", digits].concat()))
}

/// A client's hello near the beginning of a datagram or handshake stream.
pub(super) fn hello(bytes: &[u8]) -> Option<GoogleHello<'_>> {
    let begin = find(bytes.get(..SEARCHED).unwrap_or(bytes), CLIENT_HELLO)?;
    let message = bytes.get(begin + CLIENT_HELLO.len()..)?;
    let &[low, high, 0, 0, ref rest @ ..] = message else { return None };
    let tags = usize::from(u16::from_le_bytes([low, high]));
    let values = rest.get(8 * tags..)?;
    let mut hello = GoogleHello::default();
    let mut from = 0;
    for entry in rest.as_chunks::<8>().0.iter().take(tags.min(MAX_TAGS)) {
        let [tag @ .., a, b, c, d] = entry;
        let end = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).ok()?;
        let value = values.get(from..end);
        match tag {
            b"SNI\0" => hello.server_name = value,
            b"UAID" => hello.user_agent = value,
            _ => {}
        }
        from = end;
    }
    Some(hello)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_tags_by_their_ends() {
        let mut bytes = b"\x09aaaaaaaaQ043........CHLO\x02\0\0\0SNI\0".to_vec();
        bytes.extend([9, 0, 0, 0]);
        bytes.extend(b"UAID");
        bytes.extend([12, 0, 0, 0]);
        bytes.extend(b"a.example\x00\x1bX");
        let hello = hello(&bytes).unwrap();
        assert_eq!((hello.server_name, hello.user_agent), (Some(&b"a.example"[..]), Some(&b"\x00\x1bX"[..])));
        assert_eq!(version_of(&bytes).unwrap().as_str(), "Q043");
        for end in 0..bytes.len() {
            let _ = super::hello(&bytes[..end]);
        }
    }
}
