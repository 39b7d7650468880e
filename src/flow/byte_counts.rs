//! Exact byte counts and their Shannon entropy.

use std::ops::{BitOr, RangeInclusive};

use crate::report::Content;
use crate::units::{count, float};

/// Payload up to this many bytes is kept as it is: most flows are questions and answers of one packet each.
const FEW: usize = 128;
/// Counts below this have their `c * log2(c)` in a table.
const TABLE: usize = 2048;

/// How often each byte value occurred; mergeable.
#[derive(Debug, Clone, Default)]
pub enum ByteCounts {
    /// Nothing yet.
    #[default]
    Empty,
    /// The bytes themselves.
    Few(Box<Few>),
    /// A counter for each value, as long as none can pass its limit, and their total.
    Narrow(Box<[u16; 256]>, u16),
    /// The same, wider.
    Many(Box<[u32; 256]>, u32),
    /// Counting was given up.
    GivenUp,
}

/// How counts are kept.
#[derive(Debug, Clone, Copy)]
enum Form {
    Few,
    Narrow,
    Many,
}

impl Form {
    /// The narrowest form that holds so many bytes.
    fn of(total: u64) -> Self {
        match total {
            n if n <= count(FEW) => Self::Few,
            n if n <= u64::from(u16::MAX) => Self::Narrow,
            _ => Self::Many,
        }
    }

    /// Bytes of memory, with what the allocator adds.
    fn bytes(self) -> usize {
        16 + match self {
            Self::Few => size_of::<Few>(),
            Self::Narrow => size_of::<[u16; 256]>(),
            Self::Many => size_of::<[u32; 256]>(),
        }
    }
}

/// A few bytes.
#[derive(Debug, Clone)]
pub struct Few {
    len: u8,
    bytes: [u8; FEW],
}

impl ByteCounts {
    /// Counts the bytes, as long as there are no more than `u32::MAX` altogether.
    #[inline]
    pub fn add(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() && !self.add_in_place(bytes) {
            self.widen(bytes.len());
            // Wide enough now.
            self.add_in_place(bytes);
        }
    }

    /// As many of the bytes as are still to be counted when only the first `limit` of all are.
    #[inline]
    #[must_use]
    pub fn within<'a>(&self, bytes: &'a [u8], limit: u32) -> &'a [u8] {
        let left = self.total().map_or(0, |total| u64::from(limit).saturating_sub(total));
        usize::try_from(left).ok().and_then(|left| bytes.get(..left)).unwrap_or(bytes)
    }

    /// Counts the bytes where there is room for them.
    #[inline]
    fn add_in_place(&mut self, bytes: &[u8]) -> bool {
        match self {
            Self::Empty => false,
            Self::Few(few) => few.add(bytes),
            Self::Narrow(counts, total) => {
                let sum = u16::try_from(bytes.len()).ok().and_then(|n| total.checked_add(n));
                sum.is_some_and(|sum| {
                    *total = sum;
                    tally(counts, bytes);
                    true
                })
            }
            Self::Many(counts, total) => {
                let sum = u32::try_from(bytes.len()).ok().and_then(|n| total.checked_add(n));
                sum.is_some_and(|sum| {
                    *total = sum;
                    tally(counts, bytes);
                    true
                })
            }
            Self::GivenUp => true,
        }
    }

    /// Makes room for so many bytes more: the narrowest form that holds them all.
    #[inline(never)]
    fn widen(&mut self, more: usize) {
        let counted = self.total().unwrap_or(u64::MAX);
        let mut wider = match Form::of(counted.saturating_add(count(more))) {
            Form::Few => Self::Few(Box::new(Few { len: 0, bytes: [0; FEW] })),
            Form::Narrow => Self::Narrow(Box::new([0; 256]), 0),
            Form::Many => Self::Many(Box::new([0; 256]), 0),
        };
        wider.take_over(self);
        *self = wider;
    }

    /// Stops counting: there will be no entropy.
    pub fn give_up(&mut self) {
        *self = Self::GivenUp;
    }

    /// Adds the counters of a narrower form.
    fn take_over(&mut self, narrower: &Self) {
        match (self, narrower) {
            (wide, Self::Few(few)) => {
                wide.add_in_place(few.bytes());
            }
            (Self::Many(wide, total), Self::Narrow(counts, n)) => {
                *total += u32::from(*n);
                wide.iter_mut().zip(counts.iter()).for_each(|(w, c)| *w += u32::from(*c));
            }
            _ => {}
        }
    }

    /// Bytes counted; `None` where counting was given up.
    #[inline]
    fn total(&self) -> Option<u64> {
        match self {
            Self::Empty => Some(0),
            Self::Few(few) => Some(u64::from(few.len)),
            Self::Narrow(_, total) => Some(u64::from(*total)),
            Self::Many(_, total) => Some(u64::from(*total)),
            Self::GivenUp => None,
        }
    }

    /// Bytes of memory it holds beside itself.
    #[must_use]
    #[inline]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Empty | Self::GivenUp => 0,
            Self::Few(_) => Form::Few.bytes(),
            Self::Narrow(..) => Form::Narrow.bytes(),
            Self::Many(..) => Form::Many.bytes(),
        }
    }

    /// Bytes of memory it will hold beside itself when so many bytes more are counted.
    #[must_use]
    #[inline]
    pub fn heap_bytes_with(&self, more: usize) -> usize {
        match self.total() {
            Some(total) if more > 0 => self.heap_bytes().max(Form::of(total.saturating_add(count(more))).bytes()),
            _ => self.heap_bytes(),
        }
    }

    /// Shannon entropy in bits a byte, 0-8; `None` of nothing, and where counting was given up.
    #[must_use]
    pub fn entropy(&self, table: &EntropyTable) -> Option<f64> {
        match self {
            Self::Empty | Self::GivenUp => None,
            Self::Few(few) => table.of_bytes(few.bytes()),
            Self::Narrow(counts, total) => table.of_counts(counts, u64::from(*total)),
            Self::Many(counts, total) => table.of_counts(counts, u64::from(*total)),
        }
    }

    /// How many bytes there are and how many of them are text; none where counting was given up.
    #[must_use]
    pub fn content(&self) -> Content {
        match self {
            Self::Empty | Self::GivenUp => Content::default(),
            Self::Few(few) => {
                Content::new(u64::from(few.len), count(few.bytes().iter().filter(|b| is_printable(**b)).count()))
            }
            Self::Narrow(counts, total) => Content::new(u64::from(*total), printable(counts)),
            Self::Many(counts, total) => Content::new(u64::from(*total), printable(counts)),
        }
    }
}

/// Whether a byte is text: printable ASCII, a tab or a line end.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// How many of the counted bytes are text.
fn printable<C: Copy + Into<u64>>(counts: &[C; 256]) -> u64 {
    let text = [9..=10, 13..=13, 32..=126];
    let sum = |range| counts.get::<RangeInclusive<usize>>(range).into_iter().flatten().map(|&c| c.into()).sum::<u64>();
    text.into_iter().map(sum).sum()
}

impl Few {
    fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn add(&mut self, bytes: &[u8]) -> bool {
        let start = usize::from(self.len);
        let Some(room) = self.bytes.get_mut(start..start + bytes.len()) else { return false };
        room.copy_from_slice(bytes);
        self.len = u8::try_from(start + bytes.len()).unwrap_or(u8::MAX);
        true
    }
}

/// A counter of one byte value.
trait Counter {
    fn increment(&mut self);
}

macro_rules! counter {
    ($($width:ty),*) => {
        $(impl Counter for $width {
            #[inline]
            fn increment(&mut self) {
                *self = self.wrapping_add(1);
            }
        })*
    };
}

counter!(u16, u32, u64);

/// Adds each byte's occurrence to its counter.
// Never inlined: a browser optimises a function when it is called, not while it runs.
// A u8 indexes all of 256 counters: no check, no panic.
#[inline(never)]
#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)]
fn tally<C: Counter>(counts: &mut [C; 256], bytes: &[u8]) {
    // Eight at a time by one load.
    let (eights, rest) = bytes.as_chunks();
    for eight in eights {
        let word = u64::from_le_bytes(*eight);
        for byte in 0..8 {
            counts[usize::from((word >> (8 * byte)) as u8)].increment();
        }
    }
    for &b in rest {
        counts[usize::from(b)].increment();
    }
}

/// `c * log2(c)` for small counts, so that entropy costs one look-up a value.
#[derive(Debug, Clone)]
pub struct EntropyTable {
    products: Vec<f64>,
}

impl Default for EntropyTable {
    fn default() -> Self {
        Self { products: (0..count(TABLE)).map(product).collect() }
    }
}

fn product(c: u64) -> f64 {
    let c = float(c);
    if c > 1.0 { c * libm::log2(c) } else { 0.0 }
}

impl EntropyTable {
    /// Entropy of the bytes, bits a byte; `None` of nothing.
    #[must_use]
    pub fn of_bytes(&self, bytes: &[u8]) -> Option<f64> {
        if bytes.len() <= usize::from(u16::MAX) {
            let mut counts = [0u16; 256];
            tally(&mut counts, bytes);
            return self.of_counts(&counts, count(bytes.len()));
        }
        let mut counts = [0u64; 256];
        tally(&mut counts, bytes);
        self.of_counts(&counts, count(bytes.len()))
    }

    /// Entropy of counts whose sum is `n`: log2(n) - sum(c log2 c) / n. Always summed in the same order, of every fourth
    /// byte value by itself; counts of 0 and 1, mostly all of them, add nothing and are passed over.
    fn of_counts<C: Copy + Into<u64> + BitOr<Output = C>>(&self, counts: &[C; 256], n: u64) -> Option<f64> {
        let mut sums = [0.0; 4];
        // Sixteen at a time: most of a text's are not there.
        for sixteen in counts.as_chunks::<16>().0 {
            let [first, rest @ ..] = *sixteen;
            if rest.into_iter().fold(first, |all, c| all | c).into() < 2 {
                continue;
            }
            for four in sixteen.as_chunks::<4>().0 {
                sums.iter_mut().zip(four).for_each(|(sum, c)| *sum += self.product((*c).into()));
            }
        }
        let [a, b, c, d] = sums;
        let total = float(n);
        (n > 0).then(|| (libm::log2(total) - ((a + b) + (c + d)) / total).clamp(0.0, 8.0))
    }

    #[inline]
    fn product(&self, c: u64) -> f64 {
        usize::try_from(c).ok().and_then(|c| self.products.get(c)).copied().unwrap_or_else(|| product(c))
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_exact_whatever_the_pieces() {
        let table = EntropyTable::default();
        let all: Vec<u8> = (0..140_000u32).map(|i| (i.wrapping_mul(i) >> 3) as u8).collect();
        let whole = table.of_bytes(&all);
        for piece in [1, 7, 127, 128, 129, 1400, 65_535, 65_536, 140_000] {
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
    fn text_is_counted_in_every_form() {
        let text = b"GET /\r\n\tx\0\x01\x7f\xff";
        for times in [1, 20, 5000, 70_000] {
            let mut counts = ByteCounts::default();
            (0..times).for_each(|_| counts.add(text));
            let content = counts.content();
            assert_eq!(content.bytes(), 13 * times);
            assert_eq!(content.printable_share(), Some(9.0 / 13.0), "{times}");
        }
        assert_eq!(ByteCounts::GivenUp.content(), Content::default());
    }

    #[test]
    fn only_the_first_bytes_are_within_a_limit() {
        let mut counts = ByteCounts::default();
        for (piece, taken) in [(&b"abcd"[..], 4), (b"efg", 3), (b"hijk", 3), (b"l", 0)] {
            let within = counts.within(piece, 10);
            assert_eq!(within, &piece[..taken]);
            counts.add(within);
        }
        assert_eq!(counts.content().bytes(), 10);
        assert_eq!(ByteCounts::GivenUp.within(b"abc", 10), b"");
    }

    #[test]
    fn counters_widen_before_they_overflow() {
        let table = EntropyTable::default();
        let even = |counts: &ByteCounts| counts.entropy(&table).is_some_and(|e| (e - 8.0).abs() < 1e-9);
        let counts = ByteCounts::Many(Box::new([1 << 23; 256]), 1 << 31);
        assert!(even(&counts));
        let mut counts = ByteCounts::Narrow(Box::new([255; 256]), 255 << 8);
        counts.add(&[0; 255]);
        assert!(matches!(counts, ByteCounts::Narrow(..)));
        counts.add(&[0]);
        assert!(matches!(counts, ByteCounts::Many(_, 65_536)));
        assert_eq!(counts.heap_bytes(), 1040);
    }
}
