//! From which confidence on a class is named: measured on captures that were left out.

use std::collections::BTreeMap;

use wiresift::classify::{Class, Guess};

use super::rows::Row;

/// A threshold that no confidence reaches.
pub(super) const NEVER: f32 = 2.0;
/// No threshold is lower.
const FLOOR: f32 = 0.5;
/// Least share of the named flows that must be what they are called.
const PRECISION: f64 = 0.9;
/// Least rows that must be named at the threshold for the share to mean anything.
const LEAST: usize = 20;

/// The smallest confidence of each class from which on at least [`PRECISION`] of what is named so is right. The rows are
/// weighed as if half of the flows that the model is asked about over a transport were none of its protocols, and the
/// protocols equally frequent: what signatures do not recognise is seldom what they know. Within a class every
/// capture weighs the same: it is one witness, however large. No class is named where its forest doubts more than it
/// believes.
pub(super) fn choose(left_out: &[(&Row, Guess)]) -> BTreeMap<Class, f32> {
    let mut sizes: BTreeMap<(Class, usize), f64> = BTreeMap::new();
    for (row, _) in left_out {
        *sizes.entry((row.class, row.capture)).or_default() += 1.0;
    }
    let mut counts: BTreeMap<Class, f64> = BTreeMap::new();
    for (class, _) in sizes.keys() {
        *counts.entry(*class).or_default() += 1.0;
    }
    let protocols = |class: Class| {
        counts.keys().filter(|c| c.proto() == class.proto() && c.service().is_some()).count().max(1) as f64
    };
    let weight = |row: &Row| {
        let share = if row.class.service().is_some() { 0.5 / protocols(row.class) } else { 0.5 };
        let rows = sizes.get(&(row.class, row.capture)).copied().unwrap_or(1.0);
        share / counts.get(&row.class).copied().unwrap_or(1.0) / rows
    };
    let mut thresholds = BTreeMap::new();
    for class in Class::ALL {
        let mut named: Vec<(f32, bool, f64)> = left_out
            .iter()
            .filter(|(_, guess)| guess.class == class)
            .map(|(row, guess)| (guess.confidence, row.class == class, weight(row)))
            .collect();
        named.sort_by(|a, b| b.0.total_cmp(&a.0));
        thresholds.insert(class, if class.service().is_some() { lowest(&named) } else { NEVER });
    }
    thresholds
}

/// The lowest confidence of a list, highest first, above which enough is right by weight.
fn lowest(named: &[(f32, bool, f64)]) -> f32 {
    let (mut right, mut all) = (0.0, 0.0);
    let mut found = NEVER;
    for (i, (confidence, is_right, weight)) in named.iter().enumerate() {
        all += weight;
        right += if *is_right { *weight } else { 0.0 };
        // Equal confidences are named together.
        let is_last = named.get(i + 1).is_none_or(|next| next.0 < *confidence);
        if is_last && *confidence >= FLOOR && i + 1 >= LEAST && right >= PRECISION * all {
            found = *confidence;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_keeps_what_is_right_often_enough() {
        // Of 100 with falling confidence every second one of the later 60 is wrong.
        let named: Vec<(f32, bool, f64)> =
            (0..100_u16).map(|i| (1.0 - f32::from(i) / 100.0, i < 40 || i % 2 == 0, 1.0)).collect();
        let limit = lowest(&named);
        // 40 right ones, then pairs of right and wrong: 9 in 10 are right until 5 of 50 are wrong.
        assert!((0.5..=0.52).contains(&limit), "{limit}");
        assert_eq!(lowest(&named[..10]), NEVER);
        assert_eq!(lowest(&named.iter().map(|(c, _, w)| (*c, false, *w)).collect::<Vec<_>>()), NEVER);
    }
}
