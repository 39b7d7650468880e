//! Sorting of short lists by one copy of the sorting code.
//!
//! The standard library's sorts are compiled anew for each type and each comparison, 6 to 8 kB a time, which is much of
//! the page. Here only the comparison is: what is sorted is the places of the items, which are then swapped there.
//! Lists that grow with the traffic keep the standard library's. Sets and maps that are collected are sorted by it too:
//! one whose kind is made in a single place is filled by [`set`] or [`map`].

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Sorts by a comparison, which is to be a total order; of equals the first stays first.
pub(crate) fn by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    first_by(items, items.len(), compare);
}

/// Sorts by what `key` says of each item; of equals the first stays first.
pub(crate) fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts from the least to the greatest.
pub(crate) fn ascending<T: Ord>(items: &mut [T]) {
    by(items, T::cmp);
}

/// Keeps the first `most` of what [`by_key`] would sort, sorted.
pub(crate) fn first_by_key<T, K: Ord>(items: &mut Vec<T>, most: usize, key: impl Fn(&T) -> K) {
    first_by(items, most, |a, b| key(a).cmp(&key(b)));
    items.truncate(most);
}

/// The set of the items. Put in one by one, as collecting sorts them first.
pub(crate) fn set<T: Ord>(items: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// The map of the pairs: of those with one key the last, as where they are collected.
pub(crate) fn map<K: Ord, V>(pairs: impl Iterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// Brings the first `most` to the front, sorted; the others follow in any order.
fn first_by<T>(items: &mut [T], most: usize, compare: impl Fn(&T, &T) -> Ordering) {
    let swaps = swaps(items.len(), most, &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    for (a, b) in swaps {
        items.swap(a, b);
    }
}

/// The pairs of places to swap, one after the other, for the first `most` of `len` items to be in order.
///
/// **Memory** three words an item.
#[inline(never)]
fn swaps(len: usize, most: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<(usize, usize)> {
    let mut places: Vec<usize> = (0..len).collect();
    let order = |a: &usize, b: &usize| compare(*a, *b).then(a.cmp(b));
    if most < len {
        places.select_nth_unstable_by(most, order);
    }
    places.get_mut(..most.min(len)).unwrap_or_default().sort_unstable_by(order);
    let mut swaps = Vec::new();
    for start in 0..len {
        // Round the circle of the items that stand in each other's places; where it was gone round, each is in its own.
        let mut at = start;
        while let Some(place) = places.get_mut(at) {
            let from = std::mem::replace(place, at);
            if from == start {
                break;
            }
            swaps.push((at, from));
            at = from;
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_standard_library(items: Vec<(u8, u16)>) {
            let (mut ours, mut theirs) = (items.clone(), items);
            by_key(&mut ours, |(key, _)| key % 16);
            theirs.sort_by_key(|(key, _)| key % 16);
            prop_assert_eq!(&ours, &theirs);
            by(&mut ours, |a, b| b.cmp(a));
            theirs.sort_by(|a, b| b.cmp(a));
            prop_assert_eq!(&ours, &theirs);
            ascending(&mut ours);
            theirs.sort_unstable();
            prop_assert_eq!(&ours, &theirs);
        }

        #[test]
        fn the_first_are_those_of_the_whole_order(items: Vec<(u8, u16)>, most in 0usize..100) {
            let (mut ours, mut theirs) = (items.clone(), items);
            first_by_key(&mut ours, most, |(key, _)| key % 16);
            by_key(&mut theirs, |(key, _)| key % 16);
            theirs.truncate(most);
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn of_equals_the_first_stays_first() {
        let mut items: Vec<(u32, u32)> = (0..1000).map(|i| (i % 3, i)).collect();
        by_key(&mut items, |(key, _)| *key);
        assert!(items.is_sorted());
    }

    #[test]
    fn lists_of_none_and_of_one_are_sorted() {
        let mut none: [String; 0] = [];
        ascending(&mut none);
        let mut one = ["a"];
        ascending(&mut one);
        assert_eq!(one, ["a"]);
    }

    #[test]
    fn what_is_no_order_loses_no_item() {
        let mut items: Vec<u32> = (0..20).collect();
        by(&mut items, |_, _| Ordering::Less);
        items.sort_unstable();
        assert!(items.into_iter().eq(0..20));
    }
}
