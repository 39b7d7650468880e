//! The labels of a table: each text is kept once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::value::is_nothing;
use crate::report::{LabelCount, TableReport};
use crate::sort;

/// Longest label that is kept, characters.
const MAX_LENGTH: usize = 128;
/// Labels named in the report.
const MAX_NAMED: usize = 100;

#[derive(Debug, Default)]
pub(super) struct Labels {
    seen: BTreeMap<Arc<str>, u64>,
    /// Rows whose label found no room.
    ignored: u64,
}

impl Labels {
    /// The label, counted; `None` where the cell has none, or one too many.
    pub(super) fn of(&mut self, text: &str) -> Option<Arc<str>> {
        let end = text.char_indices().nth(MAX_LENGTH).map_or(text.len(), |(end, _)| end);
        let text = text.get(..end).filter(|text| !is_nothing(text))?;
        if let Some((label, n)) = self.seen.get_key_value(text) {
            let (label, n) = (Arc::clone(label), n + 1);
            self.seen.insert(Arc::clone(&label), n);
            return Some(label);
        }
        if self.seen.len() >= TableReport::MAX_LABELS {
            self.ignored += 1;
            return None;
        }
        let label: Arc<str> = text.into();
        self.seen.insert(Arc::clone(&label), 1);
        Some(label)
    }

    /// Rows whose label is not told apart from others: they have none.
    pub(super) fn ignored(&self) -> u64 {
        self.ignored
    }

    /// The labels with their rows, most frequent first.
    pub(super) fn into_counts(self) -> Vec<LabelCount> {
        let count = |(label, rows): (Arc<str>, u64)| LabelCount { label: label.as_ref().to_owned(), rows };
        let mut counts: Vec<LabelCount> = self.seen.into_iter().map(count).collect();
        sort::by_key(&mut counts, |c| std::cmp::Reverse(c.rows));
        counts.truncate(MAX_NAMED);
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_shared_counted_and_bounded() {
        let mut labels = Labels::default();
        let first = labels.of("BENIGN");
        assert!(labels.of("BENIGN").zip(first).is_some_and(|(a, b)| Arc::ptr_eq(&a, &b)));
        assert_eq!((labels.of(""), labels.of("-")), (None, None));
        assert_eq!(labels.of(&"é".repeat(500)).map(|l| l.chars().count()), Some(MAX_LENGTH));
        for i in 0..TableReport::MAX_LABELS {
            let _ = labels.of(&i.to_string());
        }
        let before = labels.ignored();
        assert_eq!(labels.of("one more"), None);
        assert_eq!(labels.ignored(), before + 1);
        let counts = labels.into_counts();
        assert_eq!((counts.len(), counts.first().map(|c| c.rows)), (MAX_NAMED, Some(2)));
    }
}
