//! Reads fields one after the other.

/// What is left of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    /// The next bytes; `None`, and nothing taken, where there are not so many.
    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn be16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|b| u16::from_be_bytes(*b))
    }

    pub(super) fn be24(&mut self) -> Option<u32> {
        self.take(3)?.first_chunk().map(|[a, b, c]| u32::from_be_bytes([0, *a, *b, *c]))
    }

    pub(super) fn be32(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().map(|b| u32::from_be_bytes(*b))
    }

    /// Bytes whose length stands in the byte before them.
    pub(super) fn sized8(&mut self) -> Option<&'a [u8]> {
        let len = self.u8()?;
        self.take(usize::from(len))
    }

    /// Bytes whose length stands in the two bytes before them.
    pub(super) fn sized16(&mut self) -> Option<&'a [u8]> {
        let len = self.be16()?;
        self.take(usize::from(len))
    }

    /// Bytes whose length stands in the three bytes before them.
    pub(super) fn sized24(&mut self) -> Option<&'a [u8]> {
        let len = self.be24()?;
        self.take(usize::try_from(len).ok()?)
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Numbers of two bytes side by side; a byte left over at the end is none.
pub(super) fn be16s(bytes: &[u8]) -> impl Iterator<Item = u16> + Clone {
    bytes.as_chunks().0.iter().map(|b| u16::from_be_bytes(*b))
}
