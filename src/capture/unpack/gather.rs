//! Collects the bytes of one header or block from the pieces they come in.

/// Bytes that wait until there are enough of them.
#[derive(Debug, Default)]
pub(super) struct Gather {
    bytes: Vec<u8>,
    /// Bytes that were taken and cleared before these.
    past: u64,
}

impl Gather {
    /// Moves bytes from `input` until there are `wanted`; whether there are. No more than what has come is allocated.
    pub(super) fn fill(&mut self, wanted: usize, input: &mut &[u8]) -> bool {
        let missing = wanted.saturating_sub(self.bytes.len()).min(input.len());
        let (now, rest) = input.split_at(missing);
        self.bytes.extend_from_slice(now);
        *input = rest;
        self.bytes.len() >= wanted
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The place of the first byte among all that have come this way.
    pub(super) fn start(&self) -> u64 {
        self.past
    }

    /// Counts bytes that were used without being gathered.
    pub(super) fn pass_by(&mut self, bytes: usize) {
        self.past += crate::units::count(bytes);
    }

    /// Is done with the gathered bytes.
    pub(super) fn clear(&mut self) {
        self.past += crate::units::count(self.bytes.len());
        self.bytes.clear();
    }

    /// Is done with the first `used` gathered bytes.
    pub(super) fn clear_front(&mut self, used: usize) {
        let used = used.min(self.bytes.len());
        self.past += crate::units::count(used);
        self.bytes.drain(..used);
    }
}

/// The little-endian number in the four bytes at `at`; 0 past the end.
pub(super) fn u32_le(bytes: &[u8], at: usize) -> u32 {
    super::super::u32_at(bytes, at, false).unwrap_or(0)
}
