//! The handshake's bytes out of CRYPTO frames, in whatever order they come.

use super::initial::varint;
use crate::protocol::cursor::Cursor;

/// Bytes kept, and pieces: a hello is below two thousand bytes mostly, and some clients cut it into dozens of pieces.
const MAX_BYTES: usize = 24 * 1024;
const MAX_PIECES: usize = 128;

/// Frame types (RFC 9000 section 19).
const PADDING: u64 = 0;
const PING: u64 = 1;
const ACK: u64 = 2;
const ACK_ECN: u64 = 3;
const CRYPTO: u64 = 6;

/// The bytes known in order, and pieces beyond a hole.
#[derive(Debug, Default)]
pub(super) struct CryptoFrames {
    in_order: Vec<u8>,
    pieces: Vec<(usize, Vec<u8>)>,
}

impl CryptoFrames {
    /// Takes the frames of a packet, up to the first that has no place in an Initial packet.
    pub(super) fn add(&mut self, frames: &[u8]) {
        let mut rest = Cursor(frames);
        while self.take_frame(&mut rest).is_some() {}
    }

    fn take_frame(&mut self, rest: &mut Cursor<'_>) -> Option<()> {
        match varint(rest)? {
            PADDING | PING => {}
            kind @ (ACK | ACK_ECN) => {
                // Largest, delay; then ranges: one, and two more numbers for each that is said to follow.
                varint(rest)?;
                varint(rest)?;
                let ranges = varint(rest)?;
                let numbers = ranges.checked_mul(2)?.checked_add(if kind == ACK_ECN { 4 } else { 1 })?;
                for _ in 0..numbers {
                    varint(rest)?;
                }
            }
            CRYPTO => {
                let offset = usize::try_from(varint(rest)?).ok()?;
                let len = usize::try_from(varint(rest)?).ok()?;
                self.put(offset, rest.take(len)?);
            }
            _ => return None,
        }
        Some(())
    }

    /// The first copy of a byte counts.
    fn put(&mut self, offset: usize, bytes: &[u8]) {
        let held: usize = self.in_order.len() + self.pieces.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        if held + bytes.len() > MAX_BYTES || self.pieces.len() >= MAX_PIECES {
            return;
        }
        if offset > self.in_order.len() {
            self.pieces.push((offset, bytes.to_vec()));
            return;
        }
        self.join(offset, bytes);
        while let Some(place) = self.pieces.iter().position(|(offset, _)| *offset <= self.in_order.len()) {
            let (offset, bytes) = self.pieces.swap_remove(place);
            self.join(offset, &bytes);
        }
    }

    fn join(&mut self, offset: usize, bytes: &[u8]) {
        let known = self.in_order.len().saturating_sub(offset);
        self.in_order.extend_from_slice(bytes.get(known..).unwrap_or_default());
    }

    /// The bytes known from the first on.
    pub(super) fn in_order(&self) -> &[u8] {
        &self.in_order
    }

    /// Bytes of memory held.
    pub(super) fn heap_bytes(&self) -> usize {
        2 * self.in_order.len() + self.pieces.iter().map(|(_, bytes)| 48 + bytes.len()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crypto(offset: u8, bytes: &[u8]) -> Vec<u8> {
        [&[6, offset, u8::try_from(bytes.len()).unwrap()], bytes].concat()
    }

    #[test]
    fn pieces_are_put_in_order() {
        let mut frames = CryptoFrames::default();
        frames.add(&[crypto(4, b"efgh"), vec![0, 1], crypto(8, b"i")].concat());
        assert_eq!(frames.in_order(), b"");
        frames.add(&[vec![2, 5, 0, 1, 0, 0, 0], crypto(0, b"abc"), crypto(2, b"cdX")].concat());
        assert_eq!(frames.in_order(), b"abcdXfghi".as_slice());
        assert!(frames.pieces.is_empty());
    }

    #[test]
    fn garbage_and_floods_are_bounded() {
        let mut frames = CryptoFrames::default();
        frames.add(&[6, 0x7f]);
        frames.add(&[2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]);
        for _ in 0..1000 {
            frames.add(&crypto(60, &[7; 50]));
        }
        assert!(frames.pieces.len() <= MAX_PIECES && frames.heap_bytes() < 2 * MAX_BYTES);
    }
}
