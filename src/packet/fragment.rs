//! The ports of fragmented packets, which only the first fragment has.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use super::extension::Fragment;
use crate::capture::Oddities;
use crate::error::Position;
use crate::units::{NS_PER_SEC, Timestamp};

/// Packets remembered.
pub(super) const CAPACITY: usize = 4_096;
/// How long a packet is remembered after its first fragment, on the capture's clock (Zeek and Linux wait 30 s too).
pub(super) const LIFETIME_NS: u64 = 30 * NS_PER_SEC.unsigned_abs();
/// How far into what follows a part may reach, so that its fragments are put together with those that wait there.
pub(super) const REACH_NS: u64 = LIFETIME_NS;
/// Separate stretches remembered of one packet; where there are more, overlaps between them go unseen.
const MAX_STRETCHES: usize = 4;
/// A fragment that others follow and that is smaller than this is nobody's link (Zeek's least acceptable size).
const SMALLEST: u32 = 64;

/// What fragments of one packet have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Datagram {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    pub(super) id: u32,
    pub(super) proto: u8,
    pub(super) vlan: Option<u16>,
    pub(super) network: u32,
}

/// What the first fragment says that the others do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) proto: u8,
    pub(super) src_port: u16,
    pub(super) dst_port: u16,
}

#[derive(Debug)]
struct Seen {
    serial: u64,
    since: Timestamp,
    ends: Option<Ends>,
    stretches: Vec<(u32, u32)>,
}

/// Remembers fragmented packets, the oldest forgotten first. A sorted map: attackers choose the keys, and no hash is
/// worth less than twelve comparisons.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    seen: BTreeMap<Datagram, Seen>,
    order: VecDeque<(u64, Datagram)>,
    serial: u64,
    waiting: Option<Waiting>,
}

/// Fragments that cannot be read before what came before them is known.
#[derive(Debug)]
struct Waiting {
    begin: Timestamp,
    /// The latest fragment of each packet.
    latest: BTreeMap<Datagram, Timestamp>,
    is_hit: bool,
    /// Whether the one that has to wait comes after fragments of its packet that did not.
    is_late: bool,
}

impl Waiting {
    /// Whether the part before may have fragments of this packet, or those that have to wait themselves.
    fn holds(&mut self, packet: Datagram, ts: Timestamp) -> bool {
        let follows = |last: &Timestamp| ts.since(*last) <= LIFETIME_NS;
        let is_it = ts.since(self.begin) <= REACH_NS + LIFETIME_NS || self.latest.get(&packet).is_some_and(follows);
        if is_it {
            let last = self.latest.entry(packet).or_insert(ts);
            *last = ts.max(*last);
            self.is_hit = true;
        }
        is_it
    }
}

impl Fragments {
    /// From now on fragments wait that may belong to packets from before `begin`.
    pub(super) fn wait_from(&mut self, begin: Timestamp) {
        let new = || Waiting { begin, latest: BTreeMap::new(), is_hit: false, is_late: false };
        let waiting = self.waiting.get_or_insert_with(new);
        (waiting.is_hit, waiting.is_late) = (false, false);
    }

    /// Whether one has to wait since.
    pub(super) fn has_to_wait(&self) -> bool {
        self.waiting.as_ref().is_some_and(|w| w.is_hit)
    }

    /// Whether that one comes after fragments of its packet that did not wait.
    pub(super) fn waits_late(&self) -> bool {
        self.waiting.as_ref().is_some_and(|w| w.is_late)
    }

    /// Whether a fragment that does not wait in what follows from `begin` may belong to one of these.
    pub(super) fn reaches(&self, begin: Timestamp) -> bool {
        let is_beyond = |ts: Timestamp| ts.since(begin) > REACH_NS;
        let waits = |waiting: &Waiting| waiting.begin > begin || waiting.latest.values().copied().any(is_beyond);
        self.seen.values().map(|seen| seen.since).any(is_beyond) || self.waiting.as_ref().is_some_and(waits)
    }

    /// Whether there was a fragment that did not wait.
    pub(super) fn has_any(&self) -> bool {
        self.serial > 0
    }

    /// Takes over what followed. Whether nothing was forgotten for it that a fragment may still belong to.
    pub(super) fn absorb(&mut self, next: Self) -> bool {
        let Self { mut seen, order, .. } = next;
        let latest = seen.values().map(|seen| seen.since).max().unwrap_or_default();
        for (serial, packet) in order {
            let Some(found) = seen.remove(&packet) else { continue };
            if found.serial != serial {
                seen.insert(packet, found);
                continue;
            }
            self.serial += 1;
            self.order.push_back((self.serial, packet));
            self.seen.insert(packet, Seen { serial: self.serial, ..found });
        }
        let mut forgotten = 0;
        while self.order.len() > CAPACITY {
            forgotten += u64::from(self.forget_oldest(latest));
        }
        forgotten == 0
    }

    /// Forgets the oldest packet. Whether a fragment that comes at `ts` may belong to it.
    fn forget_oldest(&mut self, ts: Timestamp) -> bool {
        let Some((serial, oldest)) = self.order.pop_front() else { return false };
        let Some(seen) = self.seen.get(&oldest).filter(|seen| seen.serial == serial) else { return false };
        let is_over = ts.since(seen.since) > LIFETIME_NS;
        self.seen.remove(&oldest);
        !is_over
    }

    /// Notes a fragment of `length` payload bytes. `ends` are its own if it is the first; returned are those of the
    /// packet's first fragment, if it has been seen.
    pub(super) fn note(
        &mut self,
        packet: Datagram,
        fragment: Fragment,
        length: u32,
        ends: Option<Ends>,
        (ts, at): (Timestamp, Position),
        odd: &mut Oddities,
    ) -> Option<Ends> {
        if let Some(waiting) = &mut self.waiting
            && waiting.holds(packet, ts)
        {
            waiting.is_late |= self.seen.contains_key(&packet);
            return None;
        }
        if fragment.has_more && length < SMALLEST {
            odd.add("fragment_tiny", "An IP fragment that others follow is smaller than any link needs.", at);
        }
        let is_stale = |seen: &Seen| ts.since(seen.since) > LIFETIME_NS || seen.since.since(ts) > LIFETIME_NS;
        if self.seen.get(&packet).is_none_or(is_stale) {
            self.begin(packet, ts, at, odd);
        }
        let seen = self.seen.get_mut(&packet)?;
        if seen.overlaps(fragment.offset, fragment.offset.saturating_add(length)) {
            odd.add("fragment_overlap", "An IP fragment holds bytes that another one held already.", at);
        }
        seen.ends = ends.or(seen.ends);
        seen.ends
    }

    fn begin(&mut self, packet: Datagram, ts: Timestamp, at: Position, odd: &mut Oddities) {
        self.serial += 1;
        // None goes for its age alone: a packet that comes late must find what it would have found in time.
        while self.order.len() >= CAPACITY {
            if self.forget_oldest(ts) {
                odd.add(
                    "fragment_table_full",
                    "A fragmented packet was forgotten before its time: too many at once.",
                    at,
                );
            }
        }
        self.order.push_back((self.serial, packet));
        self.seen.insert(packet, Seen { serial: self.serial, since: ts, ends: None, stretches: Vec::new() });
    }
}

impl Seen {
    /// Adds a stretch of bytes; whether some of it was there.
    fn overlaps(&mut self, mut start: u32, mut end: u32) -> bool {
        let is_overlap = self.stretches.iter().any(|&(a, b)| start < b && a < end);
        self.stretches.retain(|&(a, b)| {
            let touches = start <= b && a <= end;
            if touches {
                (start, end) = (start.min(a), end.max(b));
            }
            !touches
        });
        if self.stretches.len() < MAX_STRETCHES {
            self.stretches.push((start, end));
        }
        is_overlap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Position = Position { packet: 1, byte: 0 };
    const DNS: Ends = Ends { proto: 17, src_port: 53, dst_port: 99 };

    fn packet(id: u32) -> Datagram {
        let (src, dst) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        Datagram { src, dst, id, proto: 17, vlan: None, network: 0 }
    }

    fn part(offset: u32, has_more: bool) -> Fragment {
        Fragment { id: 0, offset, has_more }
    }

    fn count(odd: &Oddities, kind: &str) -> u64 {
        odd.clone().into_sorted().iter().find(|w| w.kind == kind).map_or(0, |w| w.count)
    }

    #[test]
    fn later_fragments_learn_the_ports_for_thirty_seconds() {
        let (mut table, mut odd) = (Fragments::default(), Oddities::default());
        let mut note = |id, fragment, ends, s| {
            table.note(packet(id), fragment, 1_480, ends, (Timestamp::from_parts(s, 0), AT), &mut odd)
        };
        assert_eq!(note(1, part(0, true), Some(DNS), 0), Some(DNS));
        assert_eq!(note(1, part(1_480, false), None, 30), Some(DNS));
        assert_eq!(note(2, part(1_480, false), None, 30), None);
        assert_eq!(note(1, part(1_480, false), None, 31), None);
        assert!(odd.into_sorted().is_empty());
    }

    #[test]
    fn overlaps_and_tiny_parts_are_counted() {
        let (mut table, mut odd) = (Fragments::default(), Oddities::default());
        for (offset, length) in [(0, 40), (16, 40), (200, 100), (300, 100), (100, 100), (399, 1)] {
            table.note(packet(1), part(offset, length == 40), length, None, (Timestamp(0), AT), &mut odd);
        }
        assert_eq!((count(&odd, "fragment_overlap"), count(&odd, "fragment_tiny")), (2, 2));
    }

    #[test]
    fn the_oldest_are_forgotten_when_there_are_too_many() {
        let (mut table, mut odd) = (Fragments::default(), Oddities::default());
        for id in 0..10_000 {
            table.note(packet(id), part(0, true), 1_480, Some(DNS), (Timestamp(i64::from(id)), AT), &mut odd);
            assert!(table.seen.len() <= CAPACITY && table.order.len() <= CAPACITY);
        }
        assert_eq!(count(&odd, "fragment_table_full"), 10_000 - CAPACITY as u64);
        let later = |table: &mut Fragments, id, odd: &mut Oddities| {
            table.note(packet(id), part(1_480, false), 9, None, (Timestamp(10_000), AT), odd)
        };
        assert_eq!(later(&mut table, 9_999, &mut odd), Some(DNS));
        assert_eq!(later(&mut table, 0, &mut odd), None);
    }
}
