//! Fields of fixed width, and ASN.1 BER.

/// Two bytes in network order.
pub(super) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u16::from_be_bytes(*b))
}

/// Three bytes in network order.
pub(super) fn be24(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|[a, b, c]| u32::from_be_bytes([0, *a, *b, *c]))
}

/// Four bytes in network order.
pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u32::from_be_bytes(*b))
}

/// Two bytes, the lowest first.
pub(super) fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u16::from_le_bytes(*b))
}

/// Three bytes, the lowest first.
pub(super) fn le24(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|[a, b, c]| u32::from_le_bytes([*a, *b, *c, 0]))
}

/// Four bytes, the lowest first.
pub(super) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u32::from_le_bytes(*b))
}

/// Eight bytes, the lowest first.
pub(super) fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..).and_then(|b| b.first_chunk()).map(|b| u64::from_le_bytes(*b))
}

/// Whether a stated length is that of the bytes.
pub(super) fn is_len(stated: impl TryInto<usize>, bytes: &[u8]) -> bool {
    stated.try_into().is_ok_and(|n| n == bytes.len())
}

/// A length of the wire as a length in memory.
pub(super) fn size(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// The first `n` bytes, or fewer where there are fewer.
pub(super) fn up_to(bytes: &[u8], n: usize) -> &[u8] {
    bytes.get(..n).unwrap_or(bytes)
}

/// The bytes from `at` on; none where there are none.
pub(super) fn from(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..).unwrap_or_default()
}

/// Where `part` begins in `text`.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len().max(1)).position(|w| w == part)
}

/// Up to the byte 0, without it; all of it where there is none.
pub(super) fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|b| *b == 0).next().unwrap_or_default()
}

/// An ASN.1 BER tag's stated length and what follows its header. The content may be cut.
pub(super) fn ber(bytes: &[u8], tag: u8) -> Option<(usize, &[u8])> {
    let (found, len, content) = ber_any(bytes)?;
    (found == tag).then_some((len, content))
}

/// Any ASN.1 BER tag of one byte, its stated length, and what follows its header.
pub(super) fn ber_any(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *first < 0x80 {
        return Some((*tag, usize::from(*first), rest));
    }
    let n = usize::from(*first & 0x7f);
    let (octets, rest) = rest.split_at_checked(n).filter(|_| (1..=4).contains(&n))?;
    let len = octets.iter().fold(0u32, |len, octet| len << 8 | u32::from(*octet));
    Some((*tag, size(len), rest))
}

/// The tagged values that follow one another in `bytes`: tag and content; the last may be cut.
pub(super) fn ber_each(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (tag, len, content) = ber_any(rest)?;
        rest = from(content, len);
        Some((tag, up_to(content, len)))
    })
}

/// The content of the first value with this tag among those that follow one another.
pub(super) fn ber_find(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    ber_each(bytes).find(|(found, _)| *found == tag).map(|(_, content)| content)
}

/// A BER integer of at most four bytes, not negative.
pub(super) fn ber_uint(content: &[u8]) -> Option<u32> {
    let digits = content.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(content);
    (1..=4).contains(&digits.len()).then(|| digits.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_and_never_past_the_end() {
        let b = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!((be16(&b, 0), be24(&b, 1), be32(&b, 4)), (Some(0x102), Some(0x20304), Some(0x0506_0708)));
        assert_eq!((le16(&b, 0), le24(&b, 1), le32(&b, 4)), (Some(0x201), Some(0x40302), Some(0x0807_0605)));
        assert_eq!(
            (be16(&b, 7), be24(&b, 6), le32(&b, 5), le64(&b, 1), le16(&b, usize::MAX)),
            (None, None, None, None, None)
        );
        assert_eq!(
            (from(&b, 9), up_to(&b, 9).len(), find(&b, &[3, 4]), until_zero(b"ab\0c")),
            (&[][..], 8, Some(2), &b"ab"[..])
        );
    }

    #[test]
    fn reads_tagged_values() {
        let value = [0x30, 0x81, 0x05, 0x02, 0x01, 0x07, 0x04, 0x00, 0xff];
        assert_eq!(ber(&value, 0x30), Some((5, &value[3..])));
        let inner = up_to(&value[3..], 5);
        assert_eq!(ber_each(inner).collect::<Vec<_>>(), [(2, &[7][..]), (4, &[][..])]);
        assert_eq!(ber_find(inner, 2).and_then(ber_uint), Some(7));
        assert_eq!((ber_uint(&[0, 0x80]), ber_uint(&[1; 5]), ber_uint(&[])), (Some(0x80), None, None));
        for end in 0..value.len() {
            assert!(ber_each(&value[..end]).count() <= 1);
        }
        assert_eq!(ber_any(&[0x30, 0x85, 0, 0, 0, 0, 1]), None);
    }
}
