//! What payload bytes look like.

/// How many payload bytes of a direction were counted, and how many of them are text.
///
/// Beyond 2^32 bytes both are scaled down together: their ratio is what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Content {
    bytes: u32,
    printable: u32,
}

impl Content {
    /// Of so many bytes, of which so many are printable.
    #[must_use]
    pub fn new(bytes: u64, printable: u64) -> Self {
        let excess = 32 - (bytes >> 32).leading_zeros().saturating_sub(32);
        let narrow = |n: u64| u32::try_from(n >> excess).unwrap_or(u32::MAX);
        Self { bytes: narrow(bytes), printable: narrow(printable) }
    }

    /// Bytes counted: those captured. 0 too where they were not counted for want of memory.
    #[must_use]
    pub fn bytes(&self) -> u32 {
        self.bytes
    }

    /// Share of printable ASCII, tabs and line ends, 0-1; `None` of nothing.
    #[must_use]
    pub fn printable_share(&self) -> Option<f64> {
        (self.bytes > 0).then(|| f64::from(self.printable) / f64::from(self.bytes))
    }

    /// An entropy of these bytes over the largest that so many bytes can have, `min(8, log2 bytes)`, 0-1; `None` of fewer
    /// than two bytes: one alone has no entropy to compare.
    #[must_use]
    pub fn relative_entropy(&self, entropy: Option<f64>) -> Option<f64> {
        let most = libm::log2(f64::from(self.bytes)).min(8.0);
        entropy.filter(|_| self.bytes > 1).map(|e| (e / most).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_bytes_are_held_against_what_they_can_have() {
        let four = Content::new(4, 2);
        assert_eq!(four.relative_entropy(Some(2.0)), Some(1.0));
        assert_eq!(four.relative_entropy(Some(1.0)), Some(0.5));
        assert_eq!(four.printable_share(), Some(0.5));
        assert_eq!(Content::new(1, 1).relative_entropy(Some(0.0)), None);
        assert_eq!(Content::new(1 << 20, 0).relative_entropy(Some(8.0)), Some(1.0));
        assert_eq!(Content::default().printable_share(), None);
    }

    #[test]
    fn more_bytes_than_fit_keep_their_ratio() {
        for shift in [31, 32, 33, 40, 63] {
            let share = Content::new(1 << shift, 1 << (shift - 2)).printable_share().unwrap();
            assert!((share - 0.25).abs() < 1e-9, "{shift}: {share}");
        }
        assert_eq!(Content::new(u64::MAX, u64::MAX).printable_share(), Some(1.0));
    }
}
