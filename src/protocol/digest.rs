//! Digests as lower-case hexadecimal.

use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

/// The MD5, 32 characters.
pub(super) fn md5_hex(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

/// The SHA-1, 40 characters.
pub(super) fn sha1_hex(bytes: &[u8]) -> String {
    hex(&Sha1::digest(bytes))
}

/// The SHA-256, 64 characters.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Two characters a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(2 * bytes.len());
    bytes.iter().for_each(|byte| push_hex(&mut text, *byte));
    String::from_utf8(text).unwrap_or_default()
}

/// Adds two characters, without the machinery of `write!`: every hello is written so.
pub(super) fn push_hex(text: &mut Vec<u8>, byte: u8) {
    let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' - 10 + n };
    text.extend_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
}

/// Adds a number in decimal.
pub(super) fn push_decimal(text: &mut Vec<u8>, n: u16) {
    let digit = |place: u16| {
        let [digit, _] = (n / place % 10).to_le_bytes();
        b'0' + digit
    };
    let digits = [digit(10_000), digit(1_000), digit(100), digit(10), digit(1)];
    let zeros = usize::from(n < 10) + usize::from(n < 100) + usize::from(n < 1_000) + usize::from(n < 10_000);
    text.extend_from_slice(digits.get(zeros..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_standard_library_does() {
        for n in 0..=u16::MAX {
            let mut text = Vec::new();
            push_decimal(&mut text, n);
            assert_eq!(text, n.to_string().into_bytes());
        }
    }

    #[test]
    fn digests_are_those_of_their_standards() {
        assert_eq!(md5_hex(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hex(&[0, 9, 0x5a, 0xff]), "00095aff");
        assert_eq!(sha1_hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
