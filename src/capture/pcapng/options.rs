//! The options at the end of a block, read where they lie.

use super::super::u16_at;

/// Ends a list of options.
const END_OF_OPTIONS: u16 = 0;

/// Code and value of each option of a list, up to its end mark or the first that does not fit.
pub(super) struct Options<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl<'a> Options<'a> {
    /// The options in `bytes`: a block's part between its fixed fields and its trailing length.
    pub(super) fn new(bytes: &'a [u8], big_endian: bool) -> Self {
        Self { rest: bytes, big_endian }
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let code = u16_at(self.rest, 0, self.big_endian)?;
        let length = usize::from(u16_at(self.rest, 2, self.big_endian)?);
        if code == END_OF_OPTIONS {
            self.rest = &[];
            return None;
        }
        let value = self.rest.get(4..4 + length)?;
        self.rest = self.rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_padded_values_until_the_end_mark() {
        let bytes = [0, 1, 0, 3, b'a', b'b', b'c', 0, 0, 9, 0, 1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0];
        let all: Vec<_> = Options::new(&bytes, true).collect();
        assert_eq!(all, [(1, b"abc".as_slice()), (9, &[6])]);
        // little-endian these lengths reach past the block
        assert_eq!(Options::new(&bytes, false).count(), 0);
        assert_eq!(Options::new(&[], true).count(), 0);
    }
}
