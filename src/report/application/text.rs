//! Text from the wire.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

use super::Held;
use crate::report::{is_plain, printable};

/// Text from the wire, safe to show: controls, invisible and direction-changing characters are `\u{..}`, bytes that are no
/// UTF-8 are `\x..`, and what is longer than its bound ends in `… (n bytes)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(Box<str>);

impl Text {
    /// Bytes of the wire that most texts keep.
    pub const MAX_BYTES: usize = 256;

    /// The text of these bytes, bounded by [`Text::MAX_BYTES`].
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self::limited(bytes, Self::MAX_BYTES)
    }

    /// The text of the first `limit` bytes.
    #[must_use]
    pub fn limited(bytes: &[u8], limit: usize) -> Self {
        let kept = bytes.get(..limit).unwrap_or(bytes);
        if let Some(plain) = str::from_utf8(kept).ok().filter(|_| kept.len() == bytes.len() && is_plain(kept)) {
            return Self(plain.into());
        }
        let mut text = String::with_capacity(kept.len());
        let mut chunks = kept.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            text.push_str(&printable(chunk.valid()));
            // A character that the bound cut is left out.
            if kept.len() == bytes.len() || chunks.peek().is_some() {
                for byte in chunk.invalid() {
                    // Writing into a String cannot fail.
                    let _ = write!(text, "\\x{byte:02x}");
                }
            }
        }
        if kept.len() < bytes.len() {
            let _ = write!(text, "… ({} bytes)", bytes.len());
        }
        Self(text.into_boxed_str())
    }

    /// The text of these bytes in UTF-16, little-endian, as Windows writes names; bounded by [`Text::MAX_BYTES`].
    #[must_use]
    pub fn utf16(bytes: &[u8]) -> Self {
        let (units, _) = bytes.as_chunks::<2>();
        let kept = units.get(..Self::MAX_BYTES / 2).unwrap_or(units);
        let decoded = char::decode_utf16(kept.iter().map(|unit| u16::from_le_bytes(*unit)));
        let text: String = decoded.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        let mut text = printable(&text).into_owned();
        if kept.len() < units.len() {
            // Writing into a String cannot fail.
            let _ = write!(text, "… ({} bytes)", bytes.len());
        }
        Self(text.into_boxed_str())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Held for Text {
    fn held_bytes(&self) -> usize {
        // A pointer with its length, and what the allocator adds.
        32 + self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_bytes_are_shown_and_bounded() {
        for (bytes, text) in [
            (&b"example.org"[..], "example.org"),
            (b"a\0b\r\n\x1b[31m", "a\\u{0}b\\u{d}\\u{a}\\u{1b}[31m"),
            (b"\xff\xfe", "\\xff\\xfe"),
            ("x\u{202e}y".as_bytes(), "x\\u{202e}y"),
            ("Größe".as_bytes(), "Größe"),
        ] {
            assert_eq!(Text::new(bytes).as_str(), text);
        }
        assert_eq!(Text::utf16(b"A\0\x2e\x20\x00\xd8").as_str(), "A\\u{202e}\u{fffd}");
        assert_eq!(Text::utf16(&[b'a', 0].repeat(200)).as_str().len(), 128 + "… (400 bytes)".len());
        assert_eq!(Text::limited(b"abcdef", 3).as_str(), "abc… (6 bytes)");
        assert_eq!(Text::limited("aé".as_bytes(), 2).as_str(), "a… (3 bytes)");
        assert_eq!(Text::new(&[b'a'; 70_000]).as_str().len(), 256 + "… (70000 bytes)".len());
    }
}
