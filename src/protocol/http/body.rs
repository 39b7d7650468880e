//! What stands between two heads.

use crate::protocol::parser::View;
use crate::units::count;

/// Longest line that states a chunk's length, extensions included.
const MAX_LINE: usize = 512;

/// The rest of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Body {
    /// Nothing: a head comes next.
    #[default]
    None,
    /// So many bytes.
    Sized(u64),
    /// Chunks, each with its length before it.
    Chunked,
    /// Lines behind the last chunk.
    Trailers,
    /// Everything up to the end of the connection.
    Endless,
}

impl Body {
    /// Passes over what has come of it; whether a head comes next.
    pub(super) fn pass_over(&mut self, view: &mut View<'_>) -> bool {
        loop {
            match *self {
                Self::None => return true,
                Self::Endless => {
                    view.skip_all();
                    return false;
                }
                Self::Sized(bytes) => {
                    view.skip(bytes);
                    *self = Self::None;
                }
                Self::Chunked => {
                    let Some(line) = take_line(view) else { return false };
                    match chunk_len(line) {
                        // The line's end behind the chunk.
                        Some(len @ 1..) => view.skip(len.saturating_add(2)),
                        Some(0) => *self = Self::Trailers,
                        None => *self = Self::None,
                    }
                }
                Self::Trailers => {
                    let Some(line) = take_line(view) else { return false };
                    if line.is_empty() {
                        *self = Self::None;
                    }
                }
            }
            if view.data().is_empty() {
                return *self == Self::None;
            }
        }
    }
}

/// The next line without its end, taken; one that is too long counts as read up to there.
fn take_line<'a>(view: &mut View<'a>) -> Option<&'a [u8]> {
    let data = view.data();
    let end = match data.iter().take(MAX_LINE).position(|b| *b == b'\n') {
        Some(end) => end,
        None if data.len() >= MAX_LINE => MAX_LINE - 1,
        None => return None,
    };
    view.skip(count(end + 1));
    let line = data.get(..end)?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

fn chunk_len(line: &[u8]) -> Option<u64> {
    let digits = line.split(|b| matches!(b, b';' | b' ')).next().filter(|digits| !digits.is_empty())?;
    digits.iter().try_fold(0u64, |len, b| {
        let digit = char::from(*b).to_digit(16)?;
        len.checked_mul(16)?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_of(mut body: Body, data: &[u8]) -> (bool, u64) {
        let mut view = View::new(data, true, false, 0);
        (body.pass_over(&mut view), view.read())
    }

    #[test]
    fn chunks_are_passed_over_to_the_end() {
        let chunks = b"4;x=y\r\nabcd\r\n0A\r\n0123456789\r\n0\r\nName: value\r\n\r\nGET";
        assert_eq!(left_of(Body::Chunked, chunks), (true, 47));
        assert_eq!(left_of(Body::Chunked, b"fffff\r\nabc"), (false, 7 + 0xfffff + 2));
        assert_eq!(left_of(Body::Chunked, b"ff"), (false, 0));
        assert_eq!(left_of(Body::Sized(1 << 40), b"abc"), (true, 1 << 40));
        assert!(left_of(Body::Chunked, b"ffffffffffffffffff\r\n").0);
    }
}
