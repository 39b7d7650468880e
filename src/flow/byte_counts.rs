//! Exact byte counts and their Shannon entropy.

/// Payload up to this many bytes is kept as it is: cheaper than a table of 256 counters.
const FEW: usize = 512;
/// Counts below this have their `c * log2(c)` in a table.
const TABLE: usize = 2048;

/// How often each byte value occurred; mergeable.
#[derive(Debug, Clone, Default)]
pub enum ByteCounts {
    /// Nothing yet.
    #[default]
    Empty,
    /// The bytes themselves.
    Few(Vec<u8>),
    /// A counter for each value, and their total.
    Many(Box<[u32; 256]>, u64),
    /// The same, wide enough for every capture.
    Huge(Box<[u64; 256]>),
}

impl ByteCounts {
    /// Counts the bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        match self {
            Self::Empty if bytes.len() <= FEW => *self = Self::Few(bytes.to_vec()),
            Self::Few(kept) if kept.len() + bytes.len() <= FEW => kept.extend_from_slice(bytes),
            Self::Empty => self.widen(bytes),
            Self::Few(kept) => {
                let kept = std::mem::take(kept);
                self.widen(&kept);
                self.add(bytes);
            }
            Self::Many(counts, total) => {
                *total += crate::units::count(bytes.len());
                // No counter can pass its limit before their total does.
                if *total > u64::from(u32::MAX) {
                    let mut wide = Box::new([0u64; 256]);
                    wide.iter_mut().zip(counts.iter()).for_each(|(w, c)| *w = u64::from(*c));
                    *self = Self::Huge(wide);
                    self.add(bytes);
                } else {
                    tally(counts, bytes);
                }
            }
            Self::Huge(counts) => {
                let mut now = [0u32; 256];
                for part in bytes.chunks(1 << 31) {
                    tally(&mut now, part);
                    counts.iter_mut().zip(&mut now).for_each(|(c, n)| *c += u64::from(std::mem::take(n)));
                }
            }
        }
    }

    fn widen(&mut self, bytes: &[u8]) {
        *self = Self::Many(Box::new([0; 256]), 0);
        self.add(bytes);
    }

    /// Shannon entropy in bits a byte, 0-8; `None` of nothing.
    #[must_use]
    pub fn entropy(&self, table: &EntropyTable) -> Option<f64> {
        match self {
            Self::Empty => None,
            Self::Few(bytes) => table.of_bytes(bytes),
            Self::Many(counts, _) => table.of_counts(counts.iter().map(|&c| u64::from(c))),
            Self::Huge(counts) => table.of_counts(counts.iter().copied()),
        }
    }
}

/// Adds each byte's occurrence to its counter.
// A u8 indexes all of 256 counters: no check, no panic.
#[allow(clippy::indexing_slicing)]
fn tally(counts: &mut [u32; 256], bytes: &[u8]) {
    for &b in bytes {
        counts[usize::from(b)] += 1;
    }
}

/// `c * log2(c)` for small counts, so that entropy costs one look-up a value.
#[derive(Debug, Clone)]
pub struct EntropyTable {
    products: Vec<f64>,
}

impl Default for EntropyTable {
    fn default() -> Self {
        Self { products: (0..crate::units::count(TABLE)).map(product).collect() }
    }
}

fn product(c: u64) -> f64 {
    let c = crate::units::float(c);
    if c > 1.0 { c * libm::log2(c) } else { 0.0 }
}

impl EntropyTable {
    /// Entropy of the bytes, bits a byte; `None` of nothing.
    #[must_use]
    pub fn of_bytes(&self, bytes: &[u8]) -> Option<f64> {
        let mut counts = [0u32; 256];
        tally(&mut counts, bytes);
        self.of_counts(counts.iter().map(|&c| u64::from(c)))
    }

    /// Entropy of counts: log2(n) - sum(c log2 c) / n. Always summed in the order of the byte values.
    fn of_counts(&self, counts: impl Iterator<Item = u64>) -> Option<f64> {
        let (mut n, mut sum) = (0u64, 0.0);
        for c in counts {
            n += c;
            sum += usize::try_from(c).ok().and_then(|c| self.products.get(c)).copied().unwrap_or_else(|| product(c));
        }
        let total = crate::units::float(n);
        (n > 0).then(|| (libm::log2(total) - sum / total).clamp(0.0, 8.0))
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_exact_whatever_the_pieces() {
        let table = EntropyTable::default();
        let all: Vec<u8> = (0..40_000u32).map(|i| ((i * i) >> 3) as u8).collect();
        let whole = table.of_bytes(&all);
        for piece in [1, 7, 511, 512, 513, 1400, 40_000] {
            let mut counts = ByteCounts::default();
            all.chunks(piece).for_each(|p| counts.add(p));
            assert_eq!(counts.entropy(&table), whole, "{piece}");
        }
        let even: Vec<u8> = (0..=255).collect();
        assert_eq!(table.of_bytes(&even), Some(8.0));
        assert_eq!(table.of_bytes(&[7; 3000]), Some(0.0));
        assert_eq!(table.of_bytes(b"aabb"), Some(1.0));
        assert_eq!(ByteCounts::default().entropy(&table), None);
    }

    #[test]
    fn counters_widen_before_they_overflow() {
        let table = EntropyTable::default();
        let mut counts = ByteCounts::Many(Box::new([1 << 24; 256]), u64::from(u32::MAX) - 3);
        counts.add(b"abcdef");
        assert!(matches!(counts, ByteCounts::Huge(_)));
        assert!(counts.entropy(&table).is_some_and(|e| (e - 8.0).abs() < 1e-9));
    }
}
