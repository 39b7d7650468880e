//! The compressed formats by their first bytes.

use super::{lz4, skippable, xz, zstd};

/// First bytes and what they begin.
const MAGICS: [(&[u8], Kind); 5] = [
    (&[0x1f, 0x8b, 8], Kind::Gzip),
    (&zstd::MAGIC, Kind::Zstd),
    (&lz4::MAGIC, Kind::Lz4),
    (&lz4::LEGACY_MAGIC, Kind::Lz4),
    (&xz::MAGIC, Kind::Xz),
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
        if first.iter().zip(magic).all(|(a, b)| a == b) {
            if first.len() >= magic.len() {
                return Sniffed::Is(kind);
            }
            is_open = true;
        }
    }
    // lz4 has skippable frames too; whoever begins with one is taken for zstd, whose tools write them.
    match first.get(..skippable::NUMBER_BYTES) {
        Some(number) if skippable::may_begin(number) => return Sniffed::Is(Kind::Zstd),
        Some(_) => {}
        None => is_open |= skippable::may_begin(first),
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
