//! Frames that were captured twice, as a mirror port or two interfaces give them.

use crate::units::Timestamp;

/// Frames before it that a frame is compared with: copies follow one another closely. editcap takes as many by default.
const LOOK_BACK: usize = 4;
/// Copies are no further apart than this. Whoever sends again waits longer: TCP for at least 200 ms (RFC 6298).
const APART_NS: u64 = 5_000_000;
/// Bytes compared at the beginning of a frame and at its end: the headers, whose checksums stand for what is between.
const SHOWN: usize = 64;
/// An odd number without a pattern.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The last frames of a file.
#[derive(Debug, Default)]
pub(super) struct Recent {
    frames: [Option<(u64, Timestamp)>; LOOK_BACK],
    next: usize,
}

impl Recent {
    /// Notes a frame; whether it is a copy of one shortly before it.
    #[inline]
    pub(super) fn is_repeated(&mut self, ts: Timestamp, original_len: u32, data: &[u8]) -> bool {
        let print = fingerprint(original_len, data);
        let is_same = |frame: &Option<(u64, Timestamp)>| {
            frame.is_some_and(|(other, at)| other == print && ts.since(at).max(at.since(ts)) <= APART_NS)
        };
        let is_repeated = !data.is_empty() && self.frames.iter().any(is_same);
        if let Some(place) = self.frames.get_mut(self.next) {
            *place = Some((print, ts));
        }
        self.next = (self.next + 1) % LOOK_BACK;
        is_repeated
    }
}

/// A number that frames of the same length, beginning and end share, and others hardly ever.
#[inline]
fn fingerprint(original_len: u32, data: &[u8]) -> u64 {
    // Four lanes: one multiplication need not wait for the other.
    let mut lanes = [u64::from(original_len), u64::try_from(data.len()).unwrap_or(u64::MAX), 1, 2];
    for part in [data.get(..SHOWN).unwrap_or(data), data.last_chunk::<SHOWN>().map_or(&[], |end| &end[..])] {
        let mut words = part.chunks_exact(8);
        for (i, word) in words.by_ref().enumerate() {
            let word = word.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            if let Some(lane) = lanes.get_mut(i % 4) {
                *lane = (*lane ^ word).wrapping_mul(MULTIPLIER).rotate_left(29);
            }
        }
        let rest = words.remainder().iter().fold(0, |rest, byte| rest << 8 | u64::from(*byte));
        lanes[3] = (lanes[3] ^ rest).wrapping_mul(MULTIPLIER).rotate_left(29);
    }
    lanes.into_iter().fold(0, |all, lane| (all ^ lane).wrapping_mul(MULTIPLIER).rotate_left(31))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp(ms * 1_000_000)
    }

    #[test]
    fn copies_are_close_in_place_and_time() {
        for apart in 1..=6 {
            let mut recent = Recent::default();
            assert!(!recent.is_repeated(at(0), 60, b"frame"));
            for other in 1..apart {
                assert!(!recent.is_repeated(at(0), 60, &[other]));
            }
            assert_eq!(recent.is_repeated(at(0), 60, b"frame"), usize::from(apart) <= LOOK_BACK, "{apart}");
        }
        for (ms, is_copy) in [(0, true), (5, true), (-5, true), (6, false), (-6, false)] {
            let mut recent = Recent::default();
            recent.is_repeated(at(100), 60, b"frame");
            assert_eq!(recent.is_repeated(at(100 + ms), 60, b"frame"), is_copy, "{ms}");
        }
    }

    #[test]
    fn every_byte_of_beginning_and_end_tells_frames_apart() {
        for length in [1, 7, 8, 63, 64, 65, 127, 128, 1514] {
            let frame: Vec<u8> = (0..=250).cycle().take(length).collect();
            let print = fingerprint(1514, &frame);
            assert_ne!(print, fingerprint(1513, &frame));
            for place in (0..length).filter(|&p| p < SHOWN || p + SHOWN >= length) {
                let mut other = frame.clone();
                other[place] ^= 1;
                assert_ne!(print, fingerprint(1514, &other), "{place} of {length}");
            }
        }
        assert!(!Recent::default().is_repeated(at(0), 0, &[]));
    }

    #[test]
    fn empty_records_are_no_copies() {
        let mut recent = Recent::default();
        assert!((0..9).all(|_| !recent.is_repeated(at(0), 60, &[])));
    }
}
