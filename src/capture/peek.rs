//! What the beginning of a file tells: whether it is a capture, and when its first packet came.

use super::{Limits, Reader};
use crate::settings::Settings;
use crate::units::Timestamp;

/// The time of the first packet; `None` where there is none within `prefix`.
#[must_use]
pub fn first_timestamp(prefix: &[u8], limits: Limits) -> Option<Timestamp> {
    let mut first = None;
    Reader::new(1, limits).push(prefix, &mut |frame| first = first.or(Some(frame.ts)));
    first
}

/// Whether a file that begins like this is read as a capture.
#[must_use]
pub fn is_capture(prefix: &[u8]) -> bool {
    let mut reader = Reader::new(1, Limits::of(&Settings::default()));
    reader.push(prefix, &mut |_| ());
    !reader.format_name().is_empty()
}
