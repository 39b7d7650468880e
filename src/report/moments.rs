//! Exact sums of a series of whole numbers, and what follows from them.

use super::Squares;
use crate::units::float;

/// Count, sum, sum of squares, smallest and largest of a series of whole numbers.
///
/// All sums are exact integers, so merging in any order gives the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    /// How many.
    pub n: u64,
    /// Sum.
    pub sum: u64,
    /// Sum of squares.
    pub sum_squares: Squares,
    /// Smallest; `u64::MAX` when there is none.
    pub min: u64,
    /// Largest; 0 when there is none.
    pub max: u64,
}

impl Default for Moments {
    fn default() -> Self {
        Self::NONE
    }
}

impl Moments {
    /// Of nothing.
    pub const NONE: Self = Self { n: 0, sum: 0, sum_squares: Squares::NONE, min: u64::MAX, max: 0 };

    /// Adds one value.
    #[inline]
    pub fn add(&mut self, value: u64) {
        self.n += 1;
        self.sum = self.sum.saturating_add(value);
        self.sum_squares.add(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Adds another series.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.sum = self.sum.saturating_add(other.sum);
        self.sum_squares.merge(other.sum_squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Arithmetic mean; `None` of nothing.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| float(self.sum) / float(self.n))
    }

    /// Sample standard deviation (n - 1); 0 of one value, `None` of nothing.
    #[must_use]
    pub fn std_dev(&self) -> Option<f64> {
        std_dev(self.n, self.sum, self.sum_squares.value())
    }

    /// Smallest; `None` of nothing.
    #[must_use]
    pub fn smallest(&self) -> Option<u64> {
        (self.n > 0).then_some(self.min)
    }

    /// Largest; `None` of nothing.
    #[must_use]
    pub fn largest(&self) -> Option<u64> {
        (self.n > 0).then_some(self.max)
    }
}

/// n * sum(x^2) - sum(x)^2, exact in integers where it fits, so that no digits cancel away.
#[allow(clippy::cast_precision_loss)]
fn std_dev(n: u64, sum: u64, sum_squares: u128) -> Option<f64> {
    if n < 2 {
        return (n == 1).then_some(0.0);
    }
    let spread = u128::from(n)
        .checked_mul(sum_squares)
        .zip(u128::from(sum).checked_mul(u128::from(sum)))
        .map(|(a, b)| a.saturating_sub(b) as f64)
        .unwrap_or_else(|| (float(n) * sum_squares as f64 - float(sum) * float(sum)).max(0.0));
    Some((spread / (float(n) * float(n - 1))).sqrt())
}

/// The same of sizes below 2^32, in less room.
///
/// **Range** the sum of squares stops at 2^64: after 4 * 10^9 packets of the largest size that IP allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeMoments {
    /// How many.
    pub n: u64,
    /// Sum.
    pub sum: u64,
    /// Sum of squares.
    pub sum_squares: u64,
    /// Smallest; `u32::MAX` when there is none.
    pub min: u32,
    /// Largest; 0 when there is none.
    pub max: u32,
}

impl Default for SizeMoments {
    fn default() -> Self {
        Self::NONE
    }
}

impl SizeMoments {
    /// Of nothing.
    pub const NONE: Self = Self { n: 0, sum: 0, sum_squares: 0, min: u32::MAX, max: 0 };

    /// Adds one size.
    #[inline]
    pub fn add(&mut self, size: u32) {
        let wide = u64::from(size);
        self.n += 1;
        self.sum = self.sum.saturating_add(wide);
        self.sum_squares = self.sum_squares.saturating_add(wide * wide);
        self.min = self.min.min(size);
        self.max = self.max.max(size);
    }

    /// Adds another series.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.sum = self.sum.saturating_add(other.sum);
        self.sum_squares = self.sum_squares.saturating_add(other.sum_squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Arithmetic mean; `None` of nothing.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| float(self.sum) / float(self.n))
    }

    /// Sample standard deviation (n - 1); 0 of one size, `None` of nothing.
    #[must_use]
    pub fn std_dev(&self) -> Option<f64> {
        std_dev(self.n, self.sum, u128::from(self.sum_squares))
    }

    /// Smallest; `None` of nothing.
    #[must_use]
    pub fn smallest(&self) -> Option<u64> {
        (self.n > 0).then_some(u64::from(self.min))
    }

    /// Largest; `None` of nothing.
    #[must_use]
    pub fn largest(&self) -> Option<u64> {
        (self.n > 0).then_some(u64::from(self.max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_exact_and_merge() {
        let mut all = Moments::default();
        let (mut a, mut b) = (Moments::default(), Moments::default());
        for (i, x) in [2u64, 4, 4, 4, 5, 5, 7, 9].into_iter().enumerate() {
            all.add(x);
            if i < 3 { a.add(x) } else { b.add(x) }
        }
        a.merge(&b);
        assert_eq!(a, all);
        assert_eq!(all.mean(), Some(5.0));
        assert!((all.std_dev().unwrap_or(0.0) - (32.0f64 / 7.0).sqrt()).abs() < 1e-15);
        assert_eq!((all.smallest(), all.largest()), (Some(2), Some(9)));
        assert_eq!(Moments::default().std_dev(), None);
    }

    #[test]
    fn sizes_are_the_same_in_less_room() {
        let (mut wide, mut narrow, mut half) = (Moments::default(), SizeMoments::default(), SizeMoments::default());
        for size in [0u32, 3, 1460, 65_535, u32::MAX, 40] {
            wide.add(u64::from(size));
            if size > 9 { narrow.add(size) } else { half.add(size) }
        }
        narrow.merge(&half);
        assert_eq!((narrow.n, narrow.mean(), narrow.std_dev()), (wide.n, wide.mean(), wide.std_dev()));
        assert_eq!((narrow.smallest(), narrow.largest()), (wide.smallest(), wide.largest()));
        assert_eq!((SizeMoments::default().std_dev(), SizeMoments::default().smallest()), (None, None));
    }

    #[test]
    fn a_constant_large_series_has_no_spread() {
        let mut m = Moments::default();
        for _ in 0..1000 {
            m.add(120_000_000_007);
        }
        assert_eq!(m.std_dev(), Some(0.0));
    }
}
