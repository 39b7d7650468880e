//! Frames that were captured twice, as a mirror port or two interfaces give them.

use crate::units::{Timestamp, count};

/// Frames before it that a frame is compared with: copies follow one another closely. editcap takes as many by default.
const LOOK_BACK: usize = 4;
/// Copies are no further apart than this. Whoever sends again waits longer: TCP for at least 200 ms (RFC 6298).
const APART_NS: u64 = 5_000_000;
/// Bytes compared at the beginning of a frame and at its end: the headers, whose checksums stand for what is between.
const SHOWN: usize = 64;

/// A word that copies have in common and hardly any other frames: both lengths, and the bytes where IPv4 over Ethernet
/// has its identification and TCP its numbers. All of them are among those that are compared.
#[inline]
fn mark_of(original_len: u32, data: &[u8]) -> u64 {
    let word = |at| data.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |eight| u64::from_le_bytes(*eight));
    let lengths = count(data.len()) << 32 ^ u64::from(original_len);
    word(18) ^ word(38).rotate_left(23) ^ lengths.rotate_left(11)
}

/// What is kept of a frame.
#[derive(Debug, Clone, Copy)]
struct Shown {
    ts: Timestamp,
    original_len: u32,
    captured_len: usize,
    first: [u8; SHOWN],
    last: [u8; SHOWN],
}

impl Shown {
    const NOTHING: Self =
        Self { ts: Timestamp(0), original_len: 0, captured_len: 0, first: [0; SHOWN], last: [0; SHOWN] };

    /// Takes the place of the frame before.
    fn set(&mut self, ts: Timestamp, original_len: u32, data: &[u8]) {
        (self.ts, self.original_len, self.captured_len) = (ts, original_len, data.len());
        match (data.first_chunk(), data.last_chunk()) {
            (Some(first), Some(last)) => (self.first, self.last) = (*first, *last),
            _ => self.first.iter_mut().zip(data).for_each(|(to, from)| *to = *from),
        }
    }

    /// Whether that is a copy of it.
    fn is_copied_by(&self, ts: Timestamp, original_len: u32, data: &[u8]) -> bool {
        self.captured_len == data.len()
            && self.original_len == original_len
            && !data.is_empty()
            && ts.since(self.ts).max(self.ts.since(ts)) <= APART_NS
            && match (data.first_chunk(), data.last_chunk()) {
                (Some(first), Some(last)) => self.first == *first && self.last == *last,
                _ => self.first.get(..data.len()) == Some(data),
            }
    }
}

/// The last frames of a file.
#[derive(Debug)]
pub(super) struct Recent {
    /// Of the frames, by which most are told apart.
    marks: [u64; LOOK_BACK],
    frames: [Shown; LOOK_BACK],
    next: usize,
}

impl Default for Recent {
    fn default() -> Self {
        Self { marks: [0; LOOK_BACK], frames: [Shown::NOTHING; LOOK_BACK], next: 0 }
    }
}

impl Recent {
    /// Notes a frame; whether it is a copy of one shortly before it.
    #[inline]
    pub(super) fn is_repeated(&mut self, ts: Timestamp, original_len: u32, data: &[u8]) -> bool {
        let mark = mark_of(original_len, data);
        let is_marked = self.marks.iter().fold(false, |any, other| any | (*other == mark));
        let is_repeated = is_marked && self.has(ts, original_len, data);
        if let Some((place, other)) = self.frames.get_mut(self.next).zip(self.marks.get_mut(self.next)) {
            place.set(ts, original_len, data);
            *other = mark;
        }
        self.next = (self.next + 1) % LOOK_BACK;
        is_repeated
    }

    #[inline(never)]
    fn has(&self, ts: Timestamp, original_len: u32, data: &[u8]) -> bool {
        self.frames.iter().any(|frame| frame.is_copied_by(ts, original_len, data))
    }
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
            let is_copy = |original_len: u32, other: &[u8]| {
                let mut recent = Recent::default();
                recent.is_repeated(at(0), 1514, &frame);
                recent.is_repeated(at(0), original_len, other)
            };
            assert!(is_copy(1514, &frame) && !is_copy(1513, &frame));
            for place in (0..length).filter(|&p| p < SHOWN || p + SHOWN >= length) {
                let mut other = frame.clone();
                other[place] ^= 1;
                assert!(!is_copy(1514, &other), "{place} of {length}");
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
