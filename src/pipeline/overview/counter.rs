//! Counts by key, of which the largest are kept.

use std::cmp::Reverse;
use std::hash::{BuildHasher as _, Hash, Hasher};

use hashbrown::HashMap;

use crate::flow::Keyed;
use crate::report::{Overview, Top, Volume};
use crate::units::count;

/// What flows add up to by key.
pub(super) struct Counter<K>(HashMap<K, Volume, Keyed>);

impl<K: Copy + Hash + Ord> Counter<K> {
    pub(super) fn new(hash: Keyed) -> Self {
        Self(HashMap::with_hasher(hash))
    }

    pub(super) fn add(&mut self, key: K, volume: &Volume) {
        self.0.entry(key).or_default().merge(volume);
    }

    /// In no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &Volume)> {
        self.0.iter()
    }

    /// The largest, as `made` of their keys. The order of the table never shows: keys settle what is equal.
    pub(super) fn top<T>(self, made: impl Fn(K, Volume) -> T) -> Top<T> {
        let all = count(self.0.len());
        let mut others = Volume::default();
        let mut first: Vec<(Rank<K>, Volume)> = Vec::with_capacity(Overview::TOP + 1);
        for (key, volume) in self.0 {
            let rank = (Reverse(volume.bytes), Reverse(volume.packets), Reverse(volume.flows), key);
            let place = first.partition_point(|(other, _)| *other < rank);
            if place < Overview::TOP {
                first.insert(place, (rank, volume));
            } else {
                others.merge(&volume);
            }
            if first.len() > Overview::TOP
                && let Some((_, last)) = first.pop()
            {
                others.merge(&last);
            }
        }
        Top { count: all, first: first.into_iter().map(|((.., key), volume)| made(key, volume)).collect(), others }
    }
}

type Rank<K> = (Reverse<u64>, Reverse<u64>, Reverse<u64>, K);

/// A name whose ASCII letters are equal in either case, by the hash of its lower case: names are compared with many others
/// and written down only where they are among the largest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    text: &'a str,
    hash: u64,
}

impl<'a> Name<'a> {
    pub(super) fn new(text: &'a str, hash: Keyed) -> Self {
        let mut hasher = hash.build_hasher();
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        words.iter().for_each(|word| hasher.write(&word.map(|byte| byte.to_ascii_lowercase())));
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = from.to_ascii_lowercase());
        hasher.write(&last);
        Self { text, hash: hasher.finish() }
    }

    pub(super) fn lower(self) -> String {
        self.text.to_ascii_lowercase()
    }

    fn letters(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.text.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(other.text)
    }
}

impl Eq for Name<'_> {}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.letters().cmp(other.letters())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(flows: u64, packets: u64, bytes: u64) -> Volume {
        Volume { flows, packets, bytes }
    }

    #[test]
    fn the_largest_come_first_and_the_others_are_added_up() {
        for seed in 0..20 {
            let mut counter = Counter::new(Keyed::new([seed, 1]));
            for key in 0..25u32 {
                counter.add(key, &volume(1, 2, 100 + u64::from(key % 5)));
            }
            counter.add(24, &volume(1, 0, 0));
            counter.add(3, &volume(0, 9, 0));
            let top = counter.top(|key, volume| (key, volume.bytes));
            // Most bytes, then most packets, then most flows, then the key.
            let keys: Vec<u32> = top.first.iter().map(|(key, _)| *key).collect();
            assert_eq!(keys, [24, 4, 9, 14, 19, 3, 8, 13, 18, 23], "seed {seed}");
            assert_eq!((top.count, top.others), (25, volume(15, 30, 15 * 101)), "seed {seed}");
        }
    }

    #[test]
    fn few_leave_no_others() {
        let mut counter = Counter::new(Keyed::new([1, 2]));
        counter.add(7u32, &volume(1, 1, 1));
        let top = counter.top(|key, _| key);
        assert_eq!(top, Top { count: 1, first: vec![7], others: Volume::default() });
        assert_eq!(Counter::<u32>::new(Keyed::new([1, 2])).top(|key, _| key), Top::default());
    }

    #[test]
    fn names_are_one_in_either_case() {
        let hash = Keyed::new([5, 6]);
        let mut counter = Counter::new(hash);
        for text in ["WWW.Example.org", "www.example.ORG", "www.example.org.", "", "wwwwwwww", "wwwwwwww\0"] {
            counter.add(Name::new(text, hash), &volume(1, 0, 0));
        }
        let top = counter.top(|name, volume| (name.lower(), volume.flows));
        let found: Vec<(&str, u64)> = top.first.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        let expected = [("www.example.org", 2), ("", 1), ("www.example.org.", 1), ("wwwwwwww", 1), ("wwwwwwww\0", 1)];
        assert_eq!(found, expected);
    }
}
