//! Base64 in text protocols and lists: RFC 4648, section 4.

/// The bytes that a text stands for, at most `most` of them. It ends at the first character that is none of base64's.
pub(crate) fn decode(text: &[u8], most: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(most.min(text.len() / 4 * 3 + 3));
    let (mut bits, mut n) = (0u32, 0);
    for digit in text.iter().map_while(|c| digit(*c)) {
        bits = (bits << 6 | u32::from(digit)) & 0xffff;
        n += 6;
        if n >= 8 {
            n -= 8;
            if bytes.len() == most {
                break;
            }
            bytes.push((bits >> n).to_le_bytes()[0]);
        }
    }
    bytes
}

/// What a character of base64 stands for.
pub(crate) fn digit(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// The text of bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().fold(0usize, |bits, b| bits << 8 | usize::from(*b)) << (8 * (3 - part.len()));
        (0..=part.len()).for_each(|i| text.extend(DIGITS.get(bits >> (18 - 6 * i) & 63).copied().map(char::from)));
        text.push_str("==".get(part.len() - 1..).unwrap_or_default());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_examples_of_the_standard() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYg==", b"foob"),
            ("Zm9vYmFy", b"foobar"),
            ("Zm9vYmFy, Basic", b"foobar"),
            ("-", b""),
        ] {
            assert_eq!(decode(text.as_bytes(), 99), bytes);
        }
        let all: Vec<u8> = (0..=255).collect();
        for end in 0..all.len() {
            assert_eq!(decode(encode(&all[..end]).as_bytes(), 300), all[..end]);
        }
        assert_eq!(decode(encode(&all).as_bytes(), 10), all[..10]);
    }
}
