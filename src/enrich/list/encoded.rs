//! Suricata's string datasets, which are base64.

use crate::base64;

/// Longest text looked at.
const MAX_TEXT: usize = 4096;

/// The text that a text stands for; `None` where it is not base64 of printable ASCII.
pub(super) fn decoded(text: &str) -> Option<String> {
    let digits = text.trim_end_matches('=');
    if digits.len() < 4 || text.len() > MAX_TEXT || !text.len().is_multiple_of(4) {
        return None;
    }
    let bytes = base64::decode(digits.as_bytes(), MAX_TEXT);
    let is_text = digits.bytes().all(|c| base64::digit(c).is_some()) && bytes.iter().all(u8::is_ascii_graphic);
    String::from_utf8(bytes).ok().filter(|_| is_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_printable_text_alone() {
        assert_eq!(decoded("ZXZpbC5leGFtcGxl").as_deref(), Some("evil.example"));
        assert_eq!(decoded("MjAzLjAuMTEzLjk=").as_deref(), Some("203.0.113.9"));
        for text in ["", "a", "abcde", "AAAA", "!!!!", "ZXZpbC5leGFtcGx", "\u{e9}\u{e9}"] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
