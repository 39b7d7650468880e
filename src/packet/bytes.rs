//! Reading numbers and headers off the front of untrusted bytes.

use super::stop::Stop;

/// The first `n` bytes and the rest; the bytes end inside `what` where there are fewer.
pub(super) fn split<'a>(data: &'a [u8], n: usize, what: &'static str) -> Result<(&'a [u8], &'a [u8]), Stop> {
    data.split_at_checked(n).ok_or(Stop::short(what))
}

/// The byte at `at`.
pub(super) fn byte(data: &[u8], at: usize) -> Option<u8> {
    data.get(at).copied()
}

/// The two bytes at `at`, big-endian.
pub(super) fn be16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?.first_chunk().map(|b| u16::from_be_bytes(*b))
}

/// The two bytes at `at`, little-endian.
pub(super) fn le16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?.first_chunk().map(|b| u16::from_le_bytes(*b))
}

/// The three bytes at `at`, big-endian.
pub(super) fn be24(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..)?.first_chunk().map(|&[a, b, c]| u32::from_be_bytes([0, a, b, c]))
}

/// The four bytes at `at`, big-endian.
pub(super) fn be32(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..)?.first_chunk().map(|b| u32::from_be_bytes(*b))
}

/// The four bytes at `at`, little-endian.
pub(super) fn le32(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..)?.first_chunk().map(|b| u32::from_le_bytes(*b))
}
