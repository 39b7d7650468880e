//! Messages out of a stream, of which the beginnings are read.

use super::bytes::up_to;
use super::parser::{Progress, View};
use super::words::LINE;
use crate::units::count;

/// What the first bytes of a message say of its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// More bytes are needed to say.
    Short,
    /// So many bytes from the first.
    Len(usize),
    /// No message begins like this.
    Lost,
}

/// Shows every message that has come to `take`, at most its first `keep` bytes, and passes over the rest of it, until
/// `take` wants no more.
///
/// Where no message begins, everything that has come is passed over: after a hole or foreign bytes, reading goes on with
/// the first segment that begins a message.
pub(super) fn messages(
    view: &mut View<'_>,
    keep: usize,
    measure: impl Fn(&[u8]) -> Frame,
    mut take: impl FnMut(&[u8]) -> Progress,
) -> Progress {
    loop {
        let data = view.data();
        if data.is_empty() {
            return Progress::More;
        }
        match measure(data) {
            Frame::Len(len) if data.len() >= len.min(keep) => {
                let progress = take(up_to(data, len.min(keep)));
                view.skip(count(len.max(1)));
                if progress != Progress::More {
                    return progress;
                }
            }
            Frame::Short | Frame::Len(_) if !view.is_full => return Progress::More,
            Frame::Short | Frame::Len(_) | Frame::Lost => {
                view.skip(count(data.len()));
                return Progress::More;
            }
        }
    }
}

/// Shows every line that has come to `take`, until it wants no more.
pub(super) fn lines(view: &mut View<'_>, take: impl FnMut(&[u8]) -> Progress) -> Progress {
    messages(view, LINE, |bytes| line(bytes, LINE), take)
}

/// A line: up to its line feed. One that is longer than `limit` is taken in pieces.
fn line(bytes: &[u8], limit: usize) -> Frame {
    match up_to(bytes, limit).iter().position(|b| *b == b'\n') {
        Some(at) => Frame::Len(at + 1),
        None if bytes.len() >= limit => Frame::Len(limit),
        None => Frame::Short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A length in the first two bytes, of what follows them.
    fn measure(bytes: &[u8]) -> Frame {
        match bytes {
            [0xff, _, ..] => Frame::Lost,
            [a, b, ..] => Frame::Len(2 + usize::from(u16::from_be_bytes([*a, *b]))),
            _ => Frame::Short,
        }
    }

    fn read(data: &[u8], keep: usize) -> (Vec<Vec<u8>>, u64) {
        let mut view = View::new(data, true, false, 0);
        let mut out = Vec::new();
        let progress = messages(&mut view, keep, measure, |m| {
            out.push(m.to_vec());
            if m == b"\0\x01!" { Progress::Done } else { Progress::More }
        });
        assert_eq!(progress == Progress::Done, out.last().is_some_and(|m| m == b"\0\x01!"));
        (out, view.read())
    }

    #[test]
    fn splits_what_has_come() {
        assert_eq!(read(b"\0\x01a\0\x02bc\0", 9), (vec![b"\0\x01a".to_vec(), b"\0\x02bc".to_vec()], 7));
        assert_eq!(read(b"\0\x01!\0\x01a", 9), (vec![b"\0\x01!".to_vec()], 3));
    }

    #[test]
    fn shows_long_messages_in_part_and_passes_over_the_rest() {
        assert_eq!(read(b"\0\x20abc", 4), (vec![b"\0\x20ab".to_vec()], 34));
    }

    #[test]
    fn passes_over_what_begins_no_message() {
        assert_eq!(read(b"\0\x01a\xff\xffxyz", 9), (vec![b"\0\x01a".to_vec()], 8));
    }

    #[test]
    fn lines_are_bounded() {
        assert_eq!(line(b"abc", 3), Frame::Len(3));
        assert_eq!((line(b"a\nb", 3), line(b"ab", 3)), (Frame::Len(2), Frame::Short));
    }
}
