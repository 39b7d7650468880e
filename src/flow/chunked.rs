//! A list that grows without being moved.

/// Bytes of a chunk, about.
const CHUNK_BYTES: usize = 1 << 22;

/// A list in chunks: growing costs no copy, and no moment where the old and the new list are both there.
#[derive(Debug, Clone)]
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

    /// All, chunk by chunk.
    pub fn into_chunks(self) -> impl Iterator<Item = Vec<T>> {
        self.chunks.into_iter()
    }

    /// All in one piece. Each chunk is freed when it has been moved.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<T> {
        if self.chunks.len() == 1 {
            return self.chunks.pop().unwrap_or_default();
        }
        let mut all = Vec::with_capacity(self.len);
        for mut chunk in self.chunks {
            all.append(&mut chunk);
        }
        all
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
            let all = list.into_vec();
            assert_eq!(all.iter().map(|a| a[1]).collect::<Vec<_>>(), (0..n).collect::<Vec<_>>());
            assert_eq!(all.last().map(|a| a[0]), n.checked_sub(1).map(|i| i + 1));
        }
    }
}
