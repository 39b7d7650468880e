//! Seeded numbers and the few distributions that traffic needs.

use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};

/// A stream of numbers that depends on its seed and nothing else.
///
/// **Source** xoshiro256++, seeded by splitmix64 (Blackman and Vigna 2019); the floats go through `libm`, so that
/// wasm draws the same.
#[derive(Debug)]
pub(super) struct Rng(Xoshiro256PlusPlus);

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    pub(super) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.word()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    pub(super) fn short(&mut self) -> u16 {
        (self.word() >> 48) as u16
    }

    /// A port that a system would choose for an originator (RFC 6335, dynamic ports).
    pub(super) fn port(&mut self) -> u16 {
        u16::try_from(self.between(49_152, 65_535)).unwrap_or(u16::MAX)
    }

    /// A number in [0, 1).
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Exponentially distributed with this mean, at least 1.
    pub(super) fn exponential(&mut self, mean: u64) -> u64 {
        whole(-libm::log(1.0 - self.unit()) * crate::units::float(mean)).max(1)
    }

    /// Log-normal: half of the numbers are below `median`; `sigma` of the logarithm makes the tail.
    pub(super) fn log_normal(&mut self, median: u64, sigma: f64) -> u64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        let normal = radius * libm::cos(std::f64::consts::TAU * self.unit());
        whole(libm::exp(sigma * normal) * crate::units::float(median))
    }

    /// `value` moved by at most this share of it in either direction.
    pub(super) fn jitter(&mut self, value: u64, share: f64) -> u64 {
        whole(crate::units::float(value) * (1.0 + share * (2.0 * self.unit() - 1.0)))
    }

    /// One of `items`, the first ones more often, as some sites are more visited than others.
    pub(super) fn favourite<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let u = self.unit();
        let at = whole(u * u * crate::units::float(crate::units::count(items.len())));
        items.get(usize::try_from(at).ok()?)
    }

    pub(super) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let at = self.below(crate::units::count(items.len()));
        usize::try_from(at).ok().and_then(|i| items.get(i)).copied().unwrap_or_default()
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.0.fill_bytes(&mut out);
        out
    }
}

/// Appends `len` bytes that look encrypted and that the same seed brings again.
pub(super) fn noise(out: &mut Vec<u8>, seed: u64, len: usize) {
    let mut words = SplitMix64::seed_from_u64(seed);
    out.reserve(len + 8);
    let end = out.len() + len;
    while out.len() < end {
        out.extend_from_slice(&words.next_u64().to_le_bytes());
    }
    out.truncate(end);
}

/// The whole part of a number that is not negative.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn whole(x: f64) -> u64 {
    // `as` saturates, and gives 0 for NaN.
    x as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_stay_in_their_ranges() {
        let mut rng = Rng::new(7);
        for _ in 0..10_000 {
            assert!(rng.below(10) < 10);
            assert!((3..=5).contains(&rng.between(3, 5)));
            assert!((0.0..1.0).contains(&rng.unit()));
            assert!(rng.port() >= 49_152);
            assert!((900..=1100).contains(&rng.jitter(1000, 0.1)));
        }
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn means_and_medians_are_those_asked_for() {
        let mut rng = Rng::new(1);
        let mean = (0..20_000).map(|_| rng.exponential(1000)).sum::<u64>() / 20_000;
        assert!((950..1050).contains(&mean), "{mean}");
        let below = (0..20_000).filter(|_| rng.log_normal(1000, 1.3) < 1000).count();
        assert!((9_700..10_300).contains(&below), "{below}");
    }

    #[test]
    fn noise_is_repeatable_and_keeps_what_was_there() {
        for len in [0, 1, 7, 8, 9, 1460] {
            let (mut a, mut b) = (vec![1, 2, 3], vec![1, 2, 3]);
            noise(&mut a, 5, len);
            noise(&mut b, 5, len);
            assert_eq!(a, b);
            assert_eq!(a.len(), 3 + len);
            assert!(a.starts_with(&[1, 2, 3]));
        }
    }
}
