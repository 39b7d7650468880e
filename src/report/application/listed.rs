//! A list that does not grow beyond its bound and knows how much it left out.

use serde::Serialize;

use super::Held;

/// The first few of many, and how many there were. In JSON `{"total": 12, "first": [...]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed<T> {
    /// How many there were, those not listed included.
    pub total: u64,
    /// The first ones, in the order they came.
    pub first: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { total: 0, first: Vec::new() }
    }
}

impl<T> Listed<T> {
    /// Whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Counts one more, and keeps what `item` makes while fewer than `limit` are listed.
    pub fn add(&mut self, limit: usize, item: impl FnOnce() -> T) {
        self.total += 1;
        if self.first.len() < limit {
            self.keep(item());
        }
    }

    /// Counts one more, and keeps it while fewer than `limit` are listed and it is none of them.
    pub fn add_new(&mut self, limit: usize, item: T)
    where
        T: PartialEq,
    {
        self.total += 1;
        if self.first.len() < limit && !self.first.contains(&item) {
            self.keep(item);
        }
    }

    /// Most lists have one item: no room is made for more before the second.
    fn keep(&mut self, item: T) {
        if self.first.is_empty() {
            self.first.reserve_exact(1);
        }
        self.first.push(item);
    }
}

impl<T: Held> Held for Listed<T> {
    fn held_bytes(&self) -> usize {
        8 + self.first.held_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_the_first_and_counts_all() {
        let mut list = Listed::default();
        for i in 0..5 {
            list.add(3, || i);
        }
        assert_eq!((list.total, list.first), (5, vec![0, 1, 2]));
        let mut list = Listed::default();
        [4, 4, 5].into_iter().for_each(|i| list.add_new(9, i));
        assert_eq!((list.total, list.first), (3, vec![4, 5]));
    }
}
