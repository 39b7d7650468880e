//! Base64 of Suricata's string datasets (RFC 4648 section 4).

/// Longest text looked at.
const MAX_TEXT: usize = 4096;

/// The text that a text stands for; `None` where it is not base64 of printable ASCII.
pub(super) fn decoded(text: &str) -> Option<String> {
    let digits = text.trim_end_matches('=');
    if digits.len() < 4 || text.len() > MAX_TEXT || !text.len().is_multiple_of(4) {
        return None;
    }
    let mut out = String::with_capacity(digits.len() / 4 * 3 + 3);
    let (mut bits, mut n) = (0u32, 0u32);
    for c in digits.bytes() {
        bits = bits << 6 | u32::from(digit(c)?);
        n += 6;
        if n >= 8 {
            n -= 8;
            let byte = u8::try_from(bits >> n & 0xff).ok()?;
            bits &= (1 << n) - 1;
            out.push(byte.is_ascii_graphic().then_some(char::from(byte))?);
        }
    }
    Some(out)
}

fn digit(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
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
