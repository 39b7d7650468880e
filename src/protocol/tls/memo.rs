//! Fingerprints of hellos that were said before: a client says nearly the same one each time, and three digests are not
//! made again.

use std::cell::RefCell;

use super::Transport;
use super::hello::{GROUPS, Hello, SIGNATURES, is_grease};
use crate::protocol::cursor::be16s;
use crate::report::Text;

/// Hellos that are remembered, each in the place that its hash gives it.
const PLACES: usize = 64;
/// Longest [`features`] that are remembered, bytes.
const LONGEST: usize = 1_024;

/// JA3 and JA4.
pub(super) type Fingerprints = (Text, Text);

/// What both are made of, and they.
type Remembered = Option<(Vec<u8>, Fingerprints)>;

thread_local! {
    // Nothing shows whether something was remembered: the features are compared byte by byte.
    static MEMO: RefCell<[Remembered; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}

/// The fingerprints of a client's hello: those of an equal one before, or what `make` gives.
pub(super) fn recall(hello: &Hello<'_>, transport: Transport, make: impl FnOnce() -> Fingerprints) -> Fingerprints {
    let features = features(hello, transport);
    if features.len() > LONGEST {
        return make();
    }
    MEMO.with_borrow_mut(|places| match places.get_mut(place(&features)) {
        Some(Some((known, fingerprints))) if *known == features => fingerprints.clone(),
        Some(other) => {
            let fingerprints = make();
            *other = Some((features, fingerprints.clone()));
            fingerprints
        }
        None => make(),
    })
}

/// All of a hello that JA3 or JA4 depends on, each part behind its length. Neither knows GREASE, which is another each time.
fn features(hello: &Hello<'_>, transport: Transport) -> Vec<u8> {
    let mut features = Vec::with_capacity(256);
    let mut letter = [0; 4];
    let mut add = |part: &[u8]| {
        features.extend_from_slice(&part.len().to_le_bytes());
        features.extend_from_slice(part);
    };
    add(transport.ja4_letter().encode_utf8(&mut letter).as_bytes());
    add(&hello.version.to_be_bytes());
    add(&hello.max_version().to_be_bytes());
    add(hello.alpn().next().unwrap_or_default());
    add(hello.point_formats());
    let kinds = hello.extensions.into_iter().map(|(kind, _)| kind);
    add_numbers(&mut features, kinds);
    for list in [hello.ciphers, hello.list16(GROUPS), hello.list16(SIGNATURES)] {
        add_numbers(&mut features, be16s(list));
    }
    features
}

/// Adds numbers behind their length, without GREASE.
fn add_numbers(features: &mut Vec<u8>, numbers: impl Iterator<Item = u16>) {
    let at = features.len();
    features.extend_from_slice(&[0; 2]);
    numbers.filter(|n| !is_grease(*n)).for_each(|n| features.extend_from_slice(&n.to_be_bytes()));
    // No list of a hello is longer than 2^16 bytes.
    let [low, high, ..] = (features.len() - at - 2).to_le_bytes();
    if let Some(length) = features.get_mut(at..at + 2) {
        length.copy_from_slice(&[low, high]);
    }
}

/// The place of these features: any mix of the bytes will do, eight at a time.
fn place(features: &[u8]) -> usize {
    let (words, rest) = features.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let sum = words.iter().fold(0, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    let sum = rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)));
    usize::from((sum >> 32).to_le_bytes()[0]) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::tls::fingerprint;

    /// A client's hello with these ciphers, groups, signatures and application protocol, from behind its header.
    fn hello(ciphers: &[u8], groups: &[u8], signatures: &[u8], alpn: &[u8]) -> Vec<u8> {
        let sized = |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat();
        let one = [&[u8::try_from(alpn.len()).unwrap()][..], alpn].concat();
        let extension = |kind: u16, list: &[u8]| [&kind.to_be_bytes()[..], &sized(&sized(list))].concat();
        let extensions = [extension(GROUPS, groups), extension(SIGNATURES, signatures), extension(16, &one)].concat();
        [&[3, 3][..], &[7; 32], &[0], &sized(ciphers), &[1, 0], &sized(&extensions)].concat()
    }

    #[test]
    fn every_part_of_a_hello_tells_it_from_the_one_before() {
        let plain = hello(&[0x13, 1, 0x13, 2], &[0, 29], &[4, 3], b"h2");
        let others = [
            hello(&[0x13, 1, 0x13, 3], &[0, 29], &[4, 3], b"h2"),
            hello(&[0x13, 1, 0x13, 2], &[0, 30], &[4, 3], b"h2"),
            hello(&[0x13, 1, 0x13, 2], &[0, 29], &[8, 4], b"h2"),
            hello(&[0x13, 1, 0x13, 2], &[0, 29], &[4, 3], b"h3"),
            hello(&[0x13, 1], &[0x13, 2, 0, 29], &[4, 3], b"h2"),
            hello(&[0x13, 1, 0x13, 2], &[0, 29, 0x1a, 0x1a], &[4, 3], b"h2"),
            hello(&[0x13, 1, 0x13, 2], &[0, 29, 4], &[4, 3], b"h2"),
            plain.iter().enumerate().map(|(at, b)| if at == 1 { 1 } else { *b }).collect(),
        ];
        for bytes in others.iter().chain([&plain]).chain(&others) {
            for transport in [Transport::Tcp, Transport::Quic, Transport::Dtls] {
                let hello = Hello::of_client(bytes, transport);
                let made = (fingerprint::ja3(&hello), fingerprint::ja4(&hello, transport));
                for _ in 0..2 {
                    assert_eq!(recall(&hello, transport, || made.clone()), made);
                }
            }
        }
        let long = hello(&[0x13; 2_000], &[0, 29], &[4, 3], b"h2");
        let hello = Hello::of_client(&long, Transport::Tcp);
        for n in ["a", "b"] {
            assert_eq!(recall(&hello, Transport::Tcp, || (Text::from(n), Text::from(n))).0, Text::from(n));
        }
    }
}
