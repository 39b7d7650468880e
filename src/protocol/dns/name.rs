//! Names with pointers.

/// Pointers followed in one name: no honest one has more than a few.
const MAX_HOPS: usize = 20;
/// Longest name (RFC 1035 section 3.1) and longest label.
const MAX_NAME: usize = 255;
const MAX_LABEL: usize = 63;

/// A name as text, in lower case, without the dot at its end; a dot inside a label is `\.`.
pub(super) struct Name {
    pub(super) text: Vec<u8>,
    /// Bytes on the wire were no pointer used.
    pub(super) len: usize,
}

/// The name at `at` of a message, and where the bytes behind it begin; `None` where it cannot be one: it points forward
/// or in circles, runs beyond the message, or is too long.
pub(super) fn read(message: &[u8], at: usize) -> Option<(Name, usize)> {
    let mut name = Name { text: Vec::new(), len: 1 };
    let (mut at, mut behind, mut hops) = (at, None, 0);
    loop {
        let len = usize::from(*message.get(at)?);
        match len {
            0 => return Some((name, behind.unwrap_or(at + 1))),
            1..=MAX_LABEL => {
                let label = message.get(at + 1..at + 1 + len)?;
                at += 1 + len;
                name.len += 1 + len;
                if name.len > MAX_NAME {
                    return None;
                }
                push(&mut name.text, label);
            }
            0xc0.. => {
                let target = (len & 0x3f) << 8 | usize::from(*message.get(at + 1)?);
                behind = behind.or(Some(at + 2));
                hops += 1;
                if target >= at || hops > MAX_HOPS {
                    return None;
                }
                at = target;
            }
            _ => return None,
        }
    }
}

fn push(text: &mut Vec<u8>, label: &[u8]) {
    if !text.is_empty() {
        text.push(b'.');
    }
    for byte in label {
        if matches!(byte, b'.' | b'\\') {
            text.push(b'\\');
        }
        text.push(byte.to_ascii_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(message: &[u8], at: usize) -> Option<(String, usize)> {
        read(message, at).map(|(name, behind)| (String::from_utf8(name.text).unwrap(), behind))
    }

    #[test]
    fn follows_pointers_backwards() {
        let message = b"\x03Www\x07example\x00\x01a\xc0\x04\x02b.\xc0\x0d";
        assert_eq!(text(message, 0), Some(("www.example".into(), 13)));
        assert_eq!(text(message, 13), Some(("a.example".into(), 17)));
        assert_eq!(text(message, 17), Some(("b\\..a.example".into(), 22)));
    }

    #[test]
    fn impossible_names_are_none() {
        for message in
            [&b"\xc0\x00"[..], b"\xc0\x02\xc0\x00", b"\x01a\xc0\x00", b"\x40a", b"\x05ab", b"\x01a", b"\xc0", b""]
        {
            assert_eq!(text(message, 0), None, "{}", message.escape_ascii());
        }
        let mut long = Vec::new();
        for _ in 0..5 {
            long.push(63);
            long.extend([b'a'; 63]);
        }
        long.push(0);
        assert_eq!(text(&long, 0), None);
        let mut deep = b"\x01a\x00".to_vec();
        for i in 0..30u8 {
            deep.extend([1, b'b', 0xc0, if i == 0 { 0 } else { 3 + 4 * (i - 1) }]);
        }
        assert_eq!((text(&deep, 3 + 4 * 19).is_some(), text(&deep, 3 + 4 * 20)), (true, None));
    }
}
