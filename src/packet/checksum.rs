//! The Internet checksum (RFC 1071), and what a wrong one tells.

use std::net::IpAddr;

/// What a checksum says of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Right, or absent.
    Good,
    /// The sum that a sender leaves whose network card was to finish it.
    Offloaded,
    /// Wrong.
    Bad,
}

/// The sum of `bytes` as little-endian words: the one's complement sum does not care for the byte order as long as it is
/// the same everywhere. Wide lanes, so that the compiler makes vectors of them.
fn sum(bytes: &[u8]) -> u64 {
    let (wide, rest) = bytes.as_chunks::<32>();
    let mut lanes = [0u64; 8];
    for chunk in wide {
        for (lane, word) in lanes.iter_mut().zip(chunk.as_chunks::<4>().0) {
            *lane += u64::from(u32::from_le_bytes(*word));
        }
    }
    let (words, last) = rest.as_chunks::<4>();
    let mut total: u64 = lanes.iter().sum();
    for word in words {
        total += u64::from(u32::from_le_bytes(*word));
    }
    let mut tail = [0; 4];
    for (to, from) in tail.iter_mut().zip(last) {
        *to = *from;
    }
    total + u64::from(u32::from_le_bytes(tail))
}

/// The sum in 16 bits, its carries added.
#[allow(clippy::cast_possible_truncation)] // three folds leave 16 bits
fn fold(sum: u64) -> u16 {
    let sum = (sum >> 32) + (sum & 0xffff_ffff);
    let sum = (sum >> 16) + (sum & 0xffff);
    let sum = (sum >> 16) + (sum & 0xffff);
    ((sum >> 16) + (sum & 0xffff)) as u16
}

/// Checks an IPv4 header.
pub(super) fn ipv4_header(header: &[u8]) -> Verdict {
    match fold(sum(header)) {
        0xffff => Verdict::Good,
        _ if header.get(10..12) == Some(&[0, 0]) => Verdict::Offloaded,
        _ => Verdict::Bad,
    }
}

/// Checks a message that is summed without addresses: ICMP.
pub(super) fn plain(message: &[u8]) -> Verdict {
    if fold(sum(message)) == 0xffff { Verdict::Good } else { Verdict::Bad }
}

/// Checks a message that is summed with its addresses: TCP, UDP, ICMPv6. `at` is where its checksum stands.
pub(super) fn with_addresses(src: IpAddr, dst: IpAddr, proto: u8, message: &[u8], at: usize) -> Verdict {
    let Some(&field) = message.get(at..).and_then(|m| m.first_chunk::<2>()) else { return Verdict::Good };
    let addresses = match (src, dst) {
        (IpAddr::V4(a), IpAddr::V4(b)) => sum(&a.octets()) + sum(&b.octets()),
        (IpAddr::V6(a), IpAddr::V6(b)) => sum(&a.octets()) + sum(&b.octets()),
        _ => return Verdict::Good,
    };
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let unsized_header = addresses + sum(&[0, proto]);
    let header = unsized_header + sum(&length.to_be_bytes());
    if fold(header + sum(message)) == 0xffff {
        return Verdict::Good;
    }
    let field = u16::from_le_bytes(field);
    // Segmentation offload leaves the length to the card too.
    if field == fold(header) || field == fold(unsized_header) { Verdict::Offloaded } else { Verdict::Bad }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 1071 by the book, word by word.
    fn by_the_book(bytes: &[u8]) -> u16 {
        let mut sum = 0u32;
        for pair in bytes.chunks(2) {
            sum += u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
            sum = (sum & 0xffff) + (sum >> 16);
        }
        u16::try_from(sum).unwrap()
    }

    #[test]
    fn sums_any_length_as_the_book_does() {
        let bytes: Vec<u8> = (0..3_000u32).map(|i| (i * i % 251).to_le_bytes()[0]).collect();
        for length in (0..200).chain([1_460, 2_999, 3_000]) {
            assert_eq!(fold(sum(&bytes[..length])).swap_bytes(), by_the_book(&bytes[..length]), "{length}");
        }
        assert_eq!(fold(sum(&[0xff; 1_501])).swap_bytes(), by_the_book(&[0xff; 1_501]));
    }

    #[test]
    fn tells_an_offloaded_sum_from_a_wrong_one() {
        let (src, dst) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let mut datagram = [0, 53, 0, 99, 0, 12, 0, 0, 1, 2, 3, 4];
        let header = by_the_book(&[10, 0, 0, 1, 10, 0, 0, 2, 0, 17, 0, 12]);
        datagram[6..8].copy_from_slice(&header.to_be_bytes());
        assert_eq!(with_addresses(src, dst, 17, &datagram, 6), Verdict::Offloaded);
        datagram[6..8].copy_from_slice(&[0, 0]);
        let all = [&[10, 0, 0, 1, 10, 0, 0, 2, 0, 17, 0, 12], datagram.as_slice()].concat();
        datagram[6..8].copy_from_slice(&(!by_the_book(&all)).to_be_bytes());
        assert_eq!(with_addresses(src, dst, 17, &datagram, 6), Verdict::Good);
        datagram[11] ^= 1;
        assert_eq!(with_addresses(src, dst, 17, &datagram, 6), Verdict::Bad);
    }
}
