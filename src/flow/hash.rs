//! The hash of all tables whose keys a capture chooses.

use std::hash::{BuildHasher, Hasher};

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014): a fixed mix of 64 bits, for ids and samples. It is not keyed:
/// tables whose keys an attacker chooses need [`Keyed`].
#[must_use]
#[inline]
pub fn mix64(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Words of key; the ninth word of a message uses the first one's again.
const WORDS: usize = 8;

/// A keyed hash of keys made of a few 64-bit words.
///
/// Two different keys of equally many words, at most eight, collide with a probability of 2^-32 over the seeds, whoever
/// chose the keys, as long as no output shows the seed. It takes one 64-bit multiplication a word and none of 128 bits,
/// which wasm does not have.
///
/// **Source** NH, the universal hash of UMAC (Black, Halevi, Krawczyk, Krovetz, Rogaway 1999; RFC 4418).
#[derive(Debug, Clone, Copy)]
pub struct Keyed {
    words: [u64; WORDS],
}

impl Keyed {
    /// The hash with this seed: give random numbers.
    #[must_use]
    pub fn new([a, b]: [u64; 2]) -> Self {
        let mut state = mix64(a) ^ b.rotate_left(32);
        let words = [(); WORDS].map(|()| {
            state = mix64(state ^ b);
            state
        });
        Self { words }
    }
}

impl BuildHasher for Keyed {
    type Hasher = KeyedHasher;

    #[inline]
    fn build_hasher(&self) -> KeyedHasher {
        KeyedHasher { key: *self, at: 0, sum: 0 }
    }
}

/// A message being hashed by [`Keyed`].
#[derive(Debug, Clone, Copy)]
pub struct KeyedHasher {
    key: Keyed,
    at: usize,
    sum: u64,
}

impl Hasher for KeyedHasher {
    #[inline]
    fn write_u64(&mut self, word: u64) {
        if self.at == WORDS {
            self.sum = mix64(self.sum);
            self.at = 0;
        }
        let key = self.key.words.get(self.at).copied().unwrap_or_default();
        let half = |shift: u32| ((word >> shift) & 0xffff_ffff).wrapping_add(key >> shift) & 0xffff_ffff;
        self.sum = self.sum.wrapping_add(half(0).wrapping_mul(half(32)));
        self.at += 1;
    }

    #[inline]
    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    #[inline]
    fn write_u16(&mut self, n: u16) {
        self.write_u64(u64::from(n));
    }

    #[inline]
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    #[inline]
    fn write_usize(&mut self, n: usize) {
        self.write_u64(crate::units::count(n));
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let mut last = [0u8; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.write_u64(u64::from_le_bytes(last) ^ crate::units::count(bytes.len()) << 56);
    }

    // A table takes its place from the low bits and its tag from the high ones: all have to depend on the whole sum.
    #[inline]
    fn finish(&self) -> u64 {
        mix64(self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_seed_is_another_hash_and_every_word_counts() {
        let mut seen = HashSet::new();
        for seed in 0..20 {
            let hash = Keyed::new([seed, !seed]);
            for i in 0..12 {
                let mut words = [0u64; 12];
                for bit in [0, 31, 32, 63] {
                    words[i] = 1 << bit;
                    assert!(seen.insert(hash.hash_one(words)), "seed {seed}, word {i}, bit {bit}");
                }
            }
        }
    }

    #[test]
    fn one_hundred_thousand_keys_that_differ_little_spread_evenly() {
        // High bits, low bits, multiples of large powers of two, and swapped halves: what defeats a weak mix.
        let keys = |i: u64| [[i, 0], [i << 40, i], [i << 47, !i << 47], [i.rotate_left(32), i]];
        let hash = Keyed::new([7, 11]);
        for pattern in 0..4 {
            let mut buckets = vec![0u32; 1 << 17];
            for i in 0..100_000 {
                let place = hash.hash_one(keys(i)[pattern]) & 0x1_ffff;
                buckets[usize::try_from(place).unwrap()] += 1;
            }
            // 100,000 balls in 131,072 buckets: the fullest of a random throw has 7 or 8.
            assert!(buckets.iter().max() < Some(&14), "pattern {pattern}");
        }
    }
}
