//! Skippable frames, which zstd and lz4 share: a number, a length, and bytes that mean nothing to either.

use super::gather::{Gather, u32_le};
use crate::units::count;

/// A skippable frame's first number without its last four bits (RFC 8878 section 3.1.2).
const NUMBER: u32 = 0x184d_2a50;

/// Bytes of that number.
pub(super) const NUMBER_BYTES: usize = 4;

/// Whether these, at most four bytes, begin a skippable frame or may still turn out to.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    let [first, rest @ ..] = NUMBER.to_le_bytes();
    let Some((found, found_rest)) = bytes.split_first() else { return true };
    found & 0xf0 == first && rest.starts_with(found_rest)
}

/// How far a skippable frame has been passed, its number behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skip {
    /// Its length comes next.
    Length,
    /// So many bytes are left.
    Bytes(u64),
}

impl Skip {
    /// Passes what there is of the frame; `None` when its end is reached.
    pub(super) fn pass(self, gather: &mut Gather, input: &mut &[u8]) -> Option<Self> {
        let left = match self {
            Self::Length => {
                if !gather.fill(4, input) {
                    return Some(Self::Length);
                }
                let length = u64::from(u32_le(gather.bytes(), 0));
                gather.clear();
                length
            }
            Self::Bytes(left) => {
                let now = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
                gather.pass_by(now);
                *input = input.get(now..).unwrap_or_default();
                left - count(now)
            }
        };
        (left > 0).then_some(Self::Bytes(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_the_sixteen_numbers_begins_one() {
        for last in 0..16 {
            let number = (NUMBER + last).to_le_bytes();
            assert!((0..=4).all(|n| may_begin(&number[..n])));
        }
        assert!(!may_begin(&[0x40]) && !may_begin(&[0x50, 0x2a, 0x4d, 0x19]));
    }

    #[test]
    fn passes_a_frame_in_pieces_of_any_size() {
        let frame = [&5u32.to_le_bytes()[..], b"12345"].concat();
        for size in 1..=frame.len() {
            let (mut skip, mut gather) = (Some(Skip::Length), Gather::default());
            for mut piece in frame.chunks(size) {
                while let (Some(now), false) = (skip, piece.is_empty()) {
                    skip = now.pass(&mut gather, &mut piece);
                }
            }
            assert_eq!(skip, None, "{size}");
        }
        let mut empty: &[u8] = &[0; 4];
        assert_eq!(Skip::Length.pass(&mut Gather::default(), &mut empty), None);
    }
}
