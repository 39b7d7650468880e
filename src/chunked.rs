//! A list that grows without being moved.

use std::ops::{Index, IndexMut};

/// Bytes of a chunk, about.
const CHUNK_BYTES: usize = 1 << 22;

/// A list in chunks: growing costs no copy, and no moment where the old and the new list are both there.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunked<T> {
    chunks: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T> Chunked<T> {
    /// Elements of a chunk: a power of two, so that a place is found by shifts.
    const LENGTH: usize = {
        let length = CHUNK_BYTES / size_of::<T>();
        if length < 2 { 1 } else { length.next_power_of_two() / 2 }
    };

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends one; returns its place.
    pub fn push(&mut self, value: T) -> usize {
        if self.len.is_multiple_of(Self::LENGTH) {
            self.chunks.push(Vec::with_capacity(Self::LENGTH));
        }
        if let Some(last) = self.chunks.last_mut() {
            last.push(value);
        }
        self.len += 1;
        self.len - 1
    }

    /// The one at a place.
    #[must_use]
    #[inline]
    pub fn get(&self, place: usize) -> Option<&T> {
        self.chunks.get(place / Self::LENGTH)?.get(place % Self::LENGTH)
    }

    /// The one at a place, to be changed.
    #[must_use]
    #[inline]
    pub fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        self.chunks.get_mut(place / Self::LENGTH)?.get_mut(place % Self::LENGTH)
    }

    /// The first one.
    #[must_use]
    pub fn first(&self) -> Option<&T> {
        self.get(0)
    }

    /// All, in order.
    pub fn iter(&self) -> Iter<'_, T> {
        self.chunks.iter().flatten()
    }

    /// All, in order, to be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        self.chunks.iter_mut().flatten()
    }

    /// Keeps those for which something holds.
    pub fn retain(&mut self, mut holds: impl FnMut(&T) -> bool) {
        *self = std::mem::take(self).into_iter().filter(|value| holds(value)).collect();
    }

    /// Keeps the first `len`.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len {
            return;
        }
        self.chunks.truncate(len.div_ceil(Self::LENGTH));
        if let Some(last) = self.chunks.last_mut() {
            last.truncate(len - len.saturating_sub(1) / Self::LENGTH * Self::LENGTH);
        }
        self.len = len;
    }

    /// Sorts by a key, those of one key in the order they had. Needs 16 bytes an element or a little more, no second list.
    pub fn sort_by_cached_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        if self.iter().is_sorted_by_key(&key) {
            return;
        }
        let mut order: Vec<(K, usize)> = self.iter().map(key).zip(0..).collect();
        order.sort_unstable();
        // Where the element of each place has come from: followed until it is one that has not been moved.
        let mut from: Vec<usize> = order.into_iter().map(|(_, place)| place).collect();
        for to in 0..self.len {
            let mut place = to;
            while let Some(source) = from.get_mut(place).map(|source| std::mem::replace(source, place)) {
                if source == to || source == place {
                    break;
                }
                self.swap(place, source);
                place = source;
            }
        }
    }

    /// Exchanges two.
    pub fn swap(&mut self, one: usize, other: usize) {
        let ([a, b], [i, j]) = ([one, other].map(|p| p / Self::LENGTH), [one, other].map(|p| p % Self::LENGTH));
        if a == b {
            let Some(chunk) = self.chunks.get_mut(a) else { return };
            if i.max(j) < chunk.len() {
                chunk.swap(i, j);
            }
        } else if let Ok([a, b]) = self.chunks.get_disjoint_mut([a, b])
            && let (Some(one), Some(other)) = (a.get_mut(i), b.get_mut(j))
        {
            std::mem::swap(one, other);
        }
    }
}

/// All of a [`Chunked`], in order.
pub type Iter<'a, T> = std::iter::Flatten<std::slice::Iter<'a, Vec<T>>>;
/// All of a [`Chunked`], in order, to be changed.
pub type IterMut<'a, T> = std::iter::Flatten<std::slice::IterMut<'a, Vec<T>>>;

impl<T> IntoIterator for Chunked<T> {
    type Item = T;
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Vec<T>>>;

    /// Each chunk is freed when its last element has been taken.
    fn into_iter(self) -> Self::IntoIter {
        self.chunks.into_iter().flatten()
    }
}

impl<'a, T> IntoIterator for &'a Chunked<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Chunked<T> {
    type Item = &'a mut T;
    type IntoIter = IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T> Extend<T> for Chunked<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        values.into_iter().for_each(|value| {
            self.push(value);
        });
    }
}

impl<T> FromIterator<T> for Chunked<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut all = Self::default();
        all.extend(values);
        all
    }
}

impl<T> From<Vec<T>> for Chunked<T> {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T, const N: usize> From<[T; N]> for Chunked<T> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

/// The one at a place.
///
/// # Panics
///
/// As a list's: [`Chunked::get`] does not.
impl<T> Index<usize> for Chunked<T> {
    type Output = T;

    #[allow(clippy::indexing_slicing)] // said
    fn index(&self, place: usize) -> &T {
        &self.chunks[place / Self::LENGTH][place % Self::LENGTH]
    }
}

impl<T> IndexMut<usize> for Chunked<T> {
    #[allow(clippy::indexing_slicing)] // said
    fn index_mut(&mut self, place: usize) -> &mut T {
        &mut self.chunks[place / Self::LENGTH][place % Self::LENGTH]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_places() {
        for n in [0, 1, 32_767, 32_768, 65_535, 65_536, 65_537, 200_000] {
            let mut list = Chunked::default();
            for i in 0..n {
                assert_eq!(list.push([i; 8]), i);
            }
            assert_eq!((list.len(), list.is_empty()), (n, n == 0));
            if let Some(last) = n.checked_sub(1).and_then(|i| list.get_mut(i)) {
                last[0] += 1;
            }
            assert_eq!(list.get(n), None);
            let mut all = list.clone();
            let numbers = |list: &Chunked<[usize; 8]>| list.iter().map(|a| a[1]).collect::<Vec<_>>();
            assert_eq!(numbers(&all), (0..n).collect::<Vec<_>>());
            assert_eq!(n.checked_sub(1).map(|i| list[i][0]), n.checked_sub(1).map(|i| i + 1));
            // Turned round, and two alike keep their order.
            all.sort_by_cached_key(|a| std::cmp::Reverse(a[1] / 2));
            let expected = (0..n.div_ceil(2)).rev().flat_map(|i| [2 * i, 2 * i + 1]).filter(|i| *i < n);
            assert_eq!(numbers(&all), expected.collect::<Vec<_>>());
            all.sort_by_cached_key(|a| a[1].wrapping_mul(0x9e37_79b9) % 1_000_003);
            all.sort_by_cached_key(|a| a[1]);
            assert_eq!(numbers(&all), (0..n).collect::<Vec<_>>());
            all.truncate(n / 2);
            assert_eq!((all.len(), numbers(&all)), (n / 2, (0..n / 2).collect()));
            all.truncate(n);
            assert_eq!(all.len(), n / 2);
            list.retain(|a| a[1] % 3 == 0);
            assert_eq!((list.len(), numbers(&list)), (n.div_ceil(3), (0..n).step_by(3).collect()));
        }
    }
}
