//! How often each of a protocol's names occurred.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::Held;

/// Counts by name, in order of first occurrence. Names are the protocol's own words: commands, functions, statuses.
///
/// **Memory** at most [`Tally::MAX_NAMES`] counters; further names are counted together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    counts: Vec<(&'static str, u64)>,
    others: u64,
}

impl Tally {
    /// Names counted each for itself.
    pub const MAX_NAMES: usize = 32;
    /// What stands for the names that found no counter.
    pub const OTHERS: &'static str = "others";

    /// Counts one occurrence.
    pub fn add(&mut self, name: &'static str) {
        self.add_many(name, 1);
    }

    /// Counts so many occurrences.
    pub fn add_many(&mut self, name: &'static str, n: u64) {
        if n == 0 {
            return;
        }
        if let Some((_, count)) = self.counts.iter_mut().find(|(known, _)| *known == name) {
            *count = count.saturating_add(n);
        } else if self.counts.len() < Self::MAX_NAMES && name != Self::OTHERS {
            self.counts.push((name, n));
        } else {
            self.others = self.others.saturating_add(n);
        }
    }

    /// Occurrences of a name.
    #[must_use]
    pub fn of(&self, name: &str) -> u64 {
        self.iter().find(|(known, _)| *known == name).map_or(0, |(_, n)| n)
    }

    /// All occurrences.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.iter().fold(0, |sum, (_, n)| sum.saturating_add(n))
    }

    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.others == 0
    }

    /// Names with their counts, in order of first occurrence, those without a counter last.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let others = (self.others > 0).then_some((Self::OTHERS, self.others));
        self.counts.iter().copied().chain(others)
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        other.counts.iter().for_each(|(name, n)| self.add_many(name, *n));
        self.add_many(Self::OTHERS, other.others);
    }
}

impl Held for Tally {
    fn held_bytes(&self) -> usize {
        // A growing list has room for as many counters again.
        48 + 2 * 24 * self.counts.len()
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, n) in self.iter() {
            map.serialize_entry(name, &n)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_name_in_order() {
        let mut tally = Tally::default();
        ["USER", "PASS", "USER"].into_iter().for_each(|name| tally.add(name));
        assert_eq!((tally.of("USER"), tally.of("PASS"), tally.of("QUIT"), tally.total()), (2, 1, 0, 3));
        assert_eq!(serde_json::to_string(&tally).unwrap(), r#"{"USER":2,"PASS":1}"#);
    }

    #[test]
    fn further_names_are_counted_together() {
        const NAMES: [&str; 34] = [
            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k",
            "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x",
        ];
        let mut tally = Tally::default();
        NAMES.into_iter().for_each(|name| tally.add(name));
        assert_eq!((tally.iter().count(), tally.total()), (33, 34));
        assert_eq!(tally.iter().last(), Some((Tally::OTHERS, 2)));
        let mut twice = tally.clone();
        twice.merge(&tally);
        assert_eq!(twice.total(), 68);
    }
}
