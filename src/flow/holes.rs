//! Which payload of a direction was seen, by sequence numbers: enough to tell a gap from a repetition.

/// Separate stretches kept above the first hole. A sender whose losses make more of them is followed no further.
const MAX_STRETCHES: usize = 16;

/// Where in a stream payload was seen: everything below `next`, and stretches above it.
#[derive(Debug, Default)]
pub(super) struct Holes {
    /// The first byte not seen.
    next: u32,
    /// Seen above it, as start and end, in order and apart from each other.
    above: Vec<Stretch>,
    is_limited: bool,
}

type Stretch = (u32, u32);

/// What a packet's payload is to what was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    /// All or part of it is beyond everything seen.
    New,
    /// It fills what later payload left open.
    Late,
    /// All of it was seen.
    Repeated,
}

/// Whether `a` lies before `b` in a space that wraps around.
pub(super) fn is_before(a: u32, b: u32) -> bool {
    distance(a, b) < 0
}

/// How far `a` lies behind `b`; negative when before it.
pub(super) fn distance(a: u32, b: u32) -> i32 {
    a.wrapping_sub(b).cast_signed()
}

impl Holes {
    /// Begins at the first byte of a stream.
    pub(super) fn begin(&mut self, first: u32) {
        self.next = first;
        self.above.clear();
        self.is_limited = false;
    }

    /// Whether there were too many stretches to go on.
    pub(super) fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// Bytes of memory it holds beside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        match self.above.capacity() {
            0 => 0,
            n => n * size_of::<Stretch>() + 16,
        }
    }

    /// Notes payload from `start` up to `end`. Where there is no room for more stretches, they are given up.
    pub(super) fn see(&mut self, start: u32, end: u32, has_room: bool) -> Payload {
        let highest = self.above.last().map_or(self.next, |s| s.1);
        let is_new = is_before(highest, end);
        if !is_before(self.next, end) {
            return Payload::Repeated;
        }
        if !is_before(self.next, start) {
            self.next = end;
            self.close_up();
            return if is_new { Payload::New } else { Payload::Late };
        }
        match self.insert(start, end, has_room) {
            _ if is_new => Payload::New,
            true => Payload::Late,
            false => Payload::Repeated,
        }
    }

    /// Takes in the stretches that `next` has reached.
    fn close_up(&mut self) {
        while let Some(&(start, end)) = self.above.first() {
            if is_before(self.next, start) {
                return;
            }
            if is_before(self.next, end) {
                self.next = end;
            }
            self.above.remove(0);
        }
    }

    /// Adds a stretch above the first hole; whether some of it was not there.
    fn insert(&mut self, mut start: u32, mut end: u32, has_room: bool) -> bool {
        let is_there = |s: &Stretch| !is_before(start, s.0) && !is_before(s.1, end);
        if self.is_limited || self.above.iter().any(is_there) {
            return false;
        }
        let first = self.above.partition_point(|s| is_before(s.1, start));
        let after = self.above.partition_point(|s| !is_before(end, s.0));
        if let Some(touched) = self.above.get(first..after)
            && let (Some(low), Some(high)) = (touched.first(), touched.last())
        {
            start = if is_before(low.0, start) { low.0 } else { start };
            end = if is_before(end, high.1) { high.1 } else { end };
        }
        let is_full = self.above.len() == MAX_STRETCHES || (!has_room && self.above.len() == self.above.capacity());
        if first == after && is_full {
            self.is_limited = true;
            self.above = Vec::new();
            return true;
        }
        self.above.splice(first..after.max(first), [(start, end)]);
        true
    }

    /// The other side has everything up to `ack`. Returns each stretch of it that was not seen, by its length: nobody
    /// will send it again.
    pub(super) fn acknowledge(&mut self, ack: u32, mut missed: impl FnMut(u32)) {
        while is_before(self.next, ack) {
            let hole_ends = self.above.first().map_or(ack, |s| if is_before(s.0, ack) { s.0 } else { ack });
            if !self.is_limited {
                missed(hole_ends.wrapping_sub(self.next));
            }
            self.next = hole_ends;
            self.close_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missed(holes: &mut Holes, ack: u32) -> Vec<u32> {
        let mut all = Vec::new();
        holes.acknowledge(ack, |n| all.push(n));
        all
    }

    #[test]
    fn tells_new_late_and_repeated_payload_apart_across_the_wrap() {
        for first in [0, 1_000, u32::MAX - 25, u32::MAX / 2 - 20] {
            let mut holes = Holes::default();
            holes.begin(first);
            let mut see = |from: u32, to: u32| holes.see(first.wrapping_add(from), first.wrapping_add(to), true);
            assert_eq!(see(0, 10), Payload::New);
            assert_eq!(see(0, 10), Payload::Repeated);
            assert_eq!(see(5, 15), Payload::New);
            assert_eq!(see(20, 30), Payload::New);
            assert_eq!(see(40, 50), Payload::New);
            assert_eq!(see(22, 28), Payload::Repeated);
            assert_eq!(see(30, 40), Payload::Late);
            assert_eq!(see(15, 20), Payload::Late);
            assert_eq!(see(15, 50), Payload::Repeated);
            assert_eq!(missed(&mut holes, first.wrapping_add(50)), [0u32; 0]);
        }
    }

    #[test]
    fn what_is_acknowledged_and_was_not_seen_is_missed_once() {
        let mut holes = Holes::default();
        holes.begin(u32::MAX - 4);
        holes.see(5, 15, true);
        holes.see(25, 35, true);
        assert_eq!(missed(&mut holes, 30), [10, 10]);
        assert_eq!(missed(&mut holes, 40), [5]);
        assert_eq!(missed(&mut holes, 40), [0u32; 0]);
        assert_eq!(holes.see(0, 5, true), Payload::Repeated);
    }

    #[test]
    fn too_many_holes_end_the_count_and_not_the_memory() {
        let mut holes = Holes::default();
        for i in 1..1_000 {
            holes.see(i * 10, i * 10 + 5, true);
        }
        assert!(holes.is_limited() && holes.heap_bytes() <= 16 * 8 + 16);
        assert_eq!(missed(&mut holes, 20_000), [0u32; 0]);
        assert_eq!(holes.see(20_000, 20_010, true), Payload::New);
        let mut poor = Holes::default();
        poor.see(10, 20, false);
        assert!(poor.is_limited() && poor.heap_bytes() == 0);
    }
}
