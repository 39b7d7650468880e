//! Where the headers of a file are, so that a record can be read again without everything before it.

use crate::report::{FileIndex, Span};

/// More headers than this are not remembered: the file is then read from its beginning.
const MAX_SPANS: usize = 4_096;

/// Collects the headers' places as they are read.
#[derive(Debug, Default)]
pub(super) struct IndexBuilder {
    headers: Vec<Span>,
    is_overfull: bool,
}

impl IndexBuilder {
    /// Notes a header of `length` bytes at `start`; headers come in order.
    pub(super) fn add(&mut self, start: u64, length: u64) {
        let end = start + length;
        let is_full = self.headers.len() >= MAX_SPANS;
        match self.headers.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ if is_full => self.is_overfull = true,
            _ => self.headers.push(Span { start, end }),
        }
    }

    /// The index of a file of `packets` packets, the first of which is `first_packet`.
    pub(super) fn build(self, first_packet: u64, packets: u64, is_seekable: bool) -> FileIndex {
        FileIndex {
            headers: self.headers,
            first_packet,
            end_packet: first_packet + packets,
            is_seekable: is_seekable && !self.is_overfull,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_neighbours_and_gives_up_on_too_many() {
        let mut index = IndexBuilder::default();
        index.add(0, 28);
        index.add(28, 20);
        index.add(100, 20);
        let spans = index.build(1, 3, true);
        assert_eq!(spans.headers, [Span { start: 0, end: 48 }, Span { start: 100, end: 120 }]);
        assert!(spans.is_seekable && spans.end_packet == 4);

        let mut index = IndexBuilder::default();
        (0..5_000).for_each(|i| index.add(i * 100, 20));
        let spans = index.build(1, 0, true);
        assert!(!spans.is_seekable && spans.headers.len() == MAX_SPANS);
    }
}
