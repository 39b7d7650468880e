//! Counting what headers show, sender by sender.

use std::collections::BTreeMap;

use crate::report::{Sender, Sign, SignCount};
use crate::units::Timestamp;

/// Signs of senders told apart; of WEP every length of a frame is one.
pub(super) const MAX_KINDS: usize = 8_192;

/// Frames with signs.
///
/// **Memory** bounded: 8,192 kinds, about 1 MB.
#[derive(Debug, Default)]
pub(super) struct Signs {
    kinds: BTreeMap<(Sign, Sender, Option<u32>), Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    packets: u64,
    first: Timestamp,
    last: Timestamp,
}

impl Signs {
    /// Counts a frame; false where there is no room for its kind.
    pub(super) fn add(&mut self, sign: Sign, sender: Sender, length: Option<u32>, ts: Timestamp) -> bool {
        self.put((sign, sender, length), Seen { packets: 1, first: ts, last: ts })
    }

    fn put(&mut self, kind: (Sign, Sender, Option<u32>), more: Seen) -> bool {
        let is_room = self.kinds.len() < MAX_KINDS;
        match self.kinds.get_mut(&kind) {
            Some(seen) => {
                seen.packets += more.packets;
                seen.first = seen.first.min(more.first);
                seen.last = seen.last.max(more.last);
            }
            None if is_room => drop(self.kinds.insert(kind, more)),
            None => return false,
        }
        true
    }

    /// Adds another's counts; false where there is no room for all of them.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        other.kinds.iter().fold(true, |is_room, (kind, seen)| self.put(*kind, *seen) && is_room)
    }

    /// The counts in order of sign, sender and length.
    pub(super) fn into_sorted(self) -> Vec<SignCount> {
        let row = |((sign, sender, length), seen): (_, Seen)| SignCount {
            sign,
            sender,
            length,
            packets: seen.packets,
            first_ts: seen.first,
            last_ts: seen.last,
        };
        self.kinds.into_iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_bounded_and_add_up() {
        let sender = Sender::Station([1; 6]);
        let mut signs = Signs::default();
        let taken = (0..9_000).filter(|n| signs.add(Sign::WepData, sender, Some(*n), Timestamp(i64::from(*n)))).count();
        assert_eq!(taken, MAX_KINDS);
        let mut other = Signs::default();
        assert!(other.add(Sign::WepData, sender, Some(5), Timestamp(-3)) && signs.merge(&other));
        assert!(other.add(Sign::WepData, sender, Some(8_999), Timestamp(0)) && !signs.merge(&other));
        let rows = signs.into_sorted();
        assert_eq!((rows[5].packets, rows[5].first_ts, rows[5].last_ts), (3, Timestamp(-3), Timestamp(5)));
    }
}
