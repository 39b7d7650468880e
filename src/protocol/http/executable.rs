//! What a body is by its first bytes, where it is something that runs.
//!
//! **Source** the formats' own documents: PE and COFF, ELF, Mach-O, Java class files, Dalvik, MS-SHLLINK, MS-CFB.

/// The name of what runs; `None` for everything else.
pub(super) fn kind(body: &[u8]) -> Option<&'static str> {
    Some(match body {
        // A PE header's place follows at byte 60: within the first few hundred bytes, as far as it is there.
        [b'M', b'Z', ..] if is_pe(body) => "Windows program",
        [0x7f, b'E', b'L', b'F', 1 | 2, ..] => "Linux program",
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => "macOS program",
        [0xca, 0xfe, 0xba, 0xbe, ..] => "Java class",
        [b'd', b'e', b'x', b'\n', b'0', ..] => "Android program",
        [0x4c, 0, 0, 0, 1, 0x14, 2, 0, ..] => "Windows shortcut",
        [b'#', b'!', b'/', ..] => "script",
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => "old Office document or installer",
        _ => return None,
    })
}

fn is_pe(body: &[u8]) -> bool {
    // Only the first 64 bytes may be known.
    let Some([a, b, c, d]) = body.get(60..64).and_then(|at| <[u8; 4]>::try_from(at).ok()) else {
        return body.len() < 64;
    };
    let at = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    (4..=4_096).contains(&at) && body.get(at..at + 2).is_none_or(|sign| sign == b"PE" || sign == b"NE" || sign == b"LE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_first_bytes() {
        let mut pe = vec![0; 256];
        pe[..2].copy_from_slice(b"MZ");
        pe[60] = 0x80;
        pe[0x80..0x82].copy_from_slice(b"PE");
        assert_eq!(kind(&pe), Some("Windows program"));
        assert_eq!(kind(&pe[..100]), Some("Windows program"));
        pe[0x80] = b'X';
        assert_eq!(kind(&pe), None);
        assert_eq!(kind(b"\x7fELF\x02\x01"), Some("Linux program"));
        assert_eq!(kind(b"#!/bin/sh\n"), Some("script"));
        for other in [
            &b""[..],
            b"MZ Mazda is a word of at least sixty-four bytes in a text that goes on and on",
            b"<html>",
            b"PK\x03\x04",
            b"GIF89a",
        ] {
            assert_eq!(kind(other), None, "{other:?}");
        }
    }
}
