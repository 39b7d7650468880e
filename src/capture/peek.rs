//! A look at the beginning of a file: whether it is a capture, and when it begins.

use super::{Limits, Reader};
use crate::settings::Settings;
use crate::units::Timestamp;

/// Bytes of a file that are looked at to tell whether it is a capture.
const ENOUGH: usize = 1 << 16;
/// Bytes read at once until there is a frame.
const PIECE: usize = 1 << 12;

/// The time of the first frame in `prefix`, the first bytes of a capture, compressed or not; `None` where they hold no
/// whole frame. A frame without a time of its own has the time 0.
#[must_use]
pub fn first_timestamp(prefix: &[u8], limits: Limits) -> Option<Timestamp> {
    let mut first = None;
    let mut reader = Reader::new(1, limits);
    for piece in prefix.chunks(PIECE) {
        reader.push(piece, &mut |frame| first = first.or(Some(frame.ts)));
        if first.is_some() {
            return first;
        }
    }
    reader.end(&mut |frame| first = first.or(Some(frame.ts)));
    first
}

/// Whether `prefix`, the first bytes of a file, are those of a capture, compressed or not. 64 KiB are enough; of less,
/// the beginning of a capture's magic counts as one.
#[must_use]
pub fn is_capture(prefix: &[u8]) -> bool {
    let mut reader = Reader::new(1, Limits::of(&Settings::default()));
    for piece in prefix.chunks(PIECE).take(ENOUGH / PIECE) {
        reader.push(piece, &mut |_| {});
        if reader.is_done() {
            break;
        }
    }
    reader.is_capture()
}
