//! What bytes begin, where it is something that runs.
//!
//! **Source** the formats' own documents: PE and COFF, ELF, Mach-O, Java class files, Dalvik, MS-SHLLINK, MS-CFB.

use crate::report::Program;

/// What runs; `None` for everything else.
#[must_use]
pub fn program(body: &[u8]) -> Option<Program> {
    Some(match body {
        // A PE header's place follows at byte 60: within the first few hundred bytes, as far as it is there.
        [b'M', b'Z', ..] if is_pe(body) => Program::Windows,
        [0x7f, b'E', b'L', b'F', 1 | 2, ..] => Program::Linux,
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => Program::Mac,
        [0xca, 0xfe, 0xba, 0xbe, ..] => Program::Java,
        [b'd', b'e', b'x', b'\n', b'0', ..] => Program::Android,
        [0x4c, 0, 0, 0, 1, 0x14, 2, 0, ..] => Program::Shortcut,
        [b'#', b'!', b'/', ..] => Program::Script,
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Program::Compound,
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
        assert_eq!(program(&pe), Some(Program::Windows));
        assert_eq!(program(&pe[..100]), Some(Program::Windows));
        pe[0x80] = b'X';
        assert_eq!(program(&pe), None);
        assert_eq!(program(b"\x7fELF\x02\x01"), Some(Program::Linux));
        assert_eq!(program(b"#!/bin/sh\n"), Some(Program::Script));
        for other in [
            &b""[..],
            b"MZ Mazda is a word of at least sixty-four bytes in a text that goes on and on",
            b"<html>",
            b"PK\x03\x04",
            b"GIF89a",
        ] {
            assert_eq!(program(other), None, "{other:?}");
        }
    }
}
