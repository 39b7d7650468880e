//! A sum of squares that nothing outgrows.

/// A sum of squares, 0 to 2^128 - 1, where it stops.
///
/// **Shape** two words: a 128-bit integer would align all that holds it to 16 bytes, and in wasm every allocation of such
/// a thing is one of more bytes whose ends are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Squares {
    high: u64,
    low: u64,
}

impl Squares {
    /// Of nothing.
    pub const NONE: Self = Self { high: 0, low: 0 };

    /// Adds the square of one value.
    #[inline]
    pub fn add(&mut self, value: u64) {
        // 128 bits cost a lot in wasm, and few values need them.
        if let Ok(small) = u32::try_from(value) {
            let (low, is_over) = self.low.overflowing_add(u64::from(small) * u64::from(small));
            if !is_over {
                self.low = low;
                return;
            }
        }
        self.put(self.value().saturating_add(u128::from(value) * u128::from(value)));
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: Self) {
        self.put(self.value().saturating_add(other.value()));
    }

    /// The sum.
    #[must_use]
    pub const fn value(self) -> u128 {
        (self.high as u128) << 64 | self.low as u128
    }

    #[allow(clippy::cast_possible_truncation)] // the two halves
    fn put(&mut self, value: u128) {
        (self.high, self.low) = ((value >> 64) as u64, value as u64);
    }
}

impl From<u64> for Squares {
    fn from(low: u64) -> Self {
        Self { high: 0, low }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_sum_in_128_bits() {
        let values =
            [0, 1, 3, u64::from(u32::MAX), 1 << 40, u64::from(u32::MAX), u64::MAX >> 1, 7, u64::from(u32::MAX)];
        let mut squares = Squares::NONE;
        let mut sum = 0u128;
        for value in values.into_iter().cycle().take(4 * values.len()) {
            squares.add(value);
            sum = sum.saturating_add(u128::from(value) * u128::from(value));
            assert_eq!(squares.value(), sum);
        }
        let mut twice = squares;
        twice.merge(squares);
        assert_eq!(twice.value(), sum.saturating_mul(2));
        assert_eq!(Squares::from(9).value(), 9);
    }

    #[test]
    fn stops_at_the_largest() {
        let mut squares = Squares::NONE;
        for _ in 0..3 {
            squares.add(u64::MAX);
        }
        assert_eq!(squares.value(), u128::MAX);
        squares.add(2);
        squares.merge(Squares::from(1));
        assert_eq!(squares.value(), u128::MAX);
    }

    #[test]
    fn asks_for_no_more_than_a_words_alignment() {
        assert_eq!(align_of::<Squares>(), align_of::<u64>());
    }
}
