//! The compressed formats by their first bytes.

use super::{lz4, xz, zstd};

/// First bytes and what they begin. The last four bits of a skippable frame may be any.
const MAGICS: [(&[u8], Kind); 6] = [
    (&[0x1f, 0x8b, 8], Kind::Gzip),
    (&zstd::MAGIC, Kind::Zstd),
    (&lz4::MAGIC, Kind::Lz4),
    (&lz4::LEGACY_MAGIC, Kind::Lz4),
    (&xz::MAGIC, Kind::Xz),
    (&[0x50, 0x2a, 0x4d, 0x18], Kind::Zstd),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Gzip,
    Zstd,
    Lz4,
    Xz,
}

/// Bytes of the longest of them.
pub(super) const LONGEST_MAGIC: usize = 6;

/// What the first bytes tell.
pub(super) enum Sniffed {
    Is(Kind),
    Nothing,
    Unknown,
}

/// What `first` begin.
pub(super) fn sniff(first: &[u8]) -> Sniffed {
    let mut is_open = false;
    for (magic, kind) in MAGICS {
        let same = |(at, (a, b)): (usize, (&u8, &u8))| {
            a == b || at == 0 && *b == 0x50 && magic.ends_with(&[0x2a, 0x4d, 0x18]) && a & 0xf0 == 0x50
        };
        if first.iter().zip(magic).enumerate().all(same) {
            if first.len() >= magic.len() {
                return Sniffed::Is(kind);
            }
            is_open = true;
        }
    }
    if is_open { Sniffed::Unknown } else { Sniffed::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_whole_magics_from_their_beginnings() {
        for (magic, kind) in MAGICS {
            assert!(matches!(sniff(magic), Sniffed::Is(k) if k == kind));
            for length in 0..magic.len() {
                assert!(matches!(sniff(magic.get(..length).unwrap_or_default()), Sniffed::Unknown));
            }
        }
        assert!(matches!(sniff(&[0x5f, 0x2a, 0x4d, 0x18]), Sniffed::Is(Kind::Zstd)));
        assert!(matches!(sniff(&[0xd4, 0xc3]), Sniffed::Nothing));
        assert!(matches!(sniff(&[0x1f, 0x8c]), Sniffed::Nothing));
    }
}
