//! Capture time stamps to nanoseconds, exactly.

use crate::units::Timestamp;

/// Units of a pcapng time stamp: `if_tsresol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolution {
    /// 10^-n seconds.
    Decimal(u8),
    /// 2^-n seconds.
    Binary(u8),
}

impl Resolution {
    /// Microseconds, what holds where no option says otherwise.
    pub(super) const DEFAULT: Self = Self::Decimal(6);

    /// From the option's byte: the top bit chooses the base.
    pub(super) fn from_option(byte: u8) -> Self {
        if byte & 0x80 == 0 { Self::Decimal(byte) } else { Self::Binary(byte & 0x7f) }
    }

    /// `units` of this resolution in nanoseconds, rounded down.
    fn nanoseconds(self, units: u64) -> u128 {
        let units = u128::from(units);
        match self {
            Self::Decimal(n @ 0..=9) => units * 10u128.pow(u32::from(9 - n)),
            // 2^64 / 10^20 < 1: nothing is left
            Self::Decimal(n) if n - 9 >= 20 => 0,
            Self::Decimal(n) => units / 10u128.pow(u32::from(n - 9)),
            Self::Binary(n) => (units * 1_000_000_000) >> u32::from(n),
        }
    }

    /// The moment `units` after the epoch and `offset` seconds; the flag tells that it was out of range and saturated.
    pub(super) fn timestamp(self, units: u64, offset: i64) -> (Timestamp, bool) {
        let ns = i128::try_from(self.nanoseconds(units)).unwrap_or(i128::MAX);
        let total = ns.saturating_add(i128::from(offset) * 1_000_000_000);
        match i64::try_from(total) {
            Ok(ns) => (Timestamp(ns), false),
            Err(_) => (Timestamp(if total < 0 { i64::MIN } else { i64::MAX }), true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_every_resolution_exactly() {
        // expected values by Python's fractions.Fraction
        for (byte, units, offset, ns, saturated) in [
            (6u8, 1_709_539_206_823_613, 0, 1_709_539_206_823_613_000, false),
            (9, 1_709_539_206_823_613_001, 0, 1_709_539_206_823_613_001, false),
            (0, 1_709_539_206, 0, 1_709_539_206_000_000_000, false),
            (12, 1_500, 0, 1, false),
            (127, u64::MAX, 0, 0, false),
            (0x80 | 20, 1 << 20, 0, 1_000_000_000, false),
            (0x80 | 32, 3, 0, 0, false),
            (0xff, u64::MAX, 0, 0, false),
            (6, 0, -1, -1_000_000_000, false),
            (6, u64::MAX, 0, i64::MAX, true),
            (6, 0, i64::MIN, i64::MIN, true),
            (6, 0, i64::MAX, i64::MAX, true),
            (0x80, 2, 3, 5_000_000_000, false),
        ] {
            assert_eq!(Resolution::from_option(byte).timestamp(units, offset), (Timestamp(ns), saturated), "{byte}");
        }
    }
}
