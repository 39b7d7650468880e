//! How often each of a few things occurred.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::Held;

/// Occurrences by name, in the order of the first ones. In JSON `{"NOERROR": 3, "NXDOMAIN": 12}`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally(Vec<(&'static str, u64)>);

impl Tally {
    /// Names that are told apart; what comes later counts as `other`.
    pub const MAX_NAMES: usize = 24;
    const OTHER: &'static str = "other";

    /// Counts one more.
    pub fn add(&mut self, name: &'static str) {
        let is_full = self.0.len() >= Self::MAX_NAMES && !self.0.iter().any(|(known, _)| *known == name);
        let name = if is_full { Self::OTHER } else { name };
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.0.push((name, 1)),
        }
    }

    /// How often it occurred.
    #[must_use]
    pub fn of(&self, name: &str) -> u64 {
        self.0.iter().find(|(known, _)| *known == name).map_or(0, |(_, count)| *count)
    }

    /// All occurrences.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// Names with their counts, in the order of the first ones.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().copied()
    }

    /// Whether nothing occurred.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, count) in &self.0 {
            map.serialize_entry(name, count)?;
        }
        map.end()
    }
}

impl Held for Tally {
    fn held_bytes(&self) -> usize {
        // A growing list has room for as many again.
        40 + 2 * 24 * self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_name_within_its_bound() {
        const NAMES: [&str; 30] = [
            "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
            "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29",
        ];
        let mut tally = Tally::default();
        NAMES.into_iter().chain(["3"]).for_each(|name| tally.add(name));
        assert_eq!((tally.of("3"), tally.of("29"), tally.of("other"), tally.total()), (2, 0, 6, 31));
        assert!(serde_json::to_string(&tally).unwrap().starts_with(r#"{"0":1,"1":1,"2":1,"3":2,"#));
    }
}
