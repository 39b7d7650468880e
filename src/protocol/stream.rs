//! One direction of a TCP connection, put in order within bounds.

use crate::units::count;

/// Bytes kept of a direction that have come in order and were not read.
pub(super) const BUFFER_BYTES: usize = 16 * 1024;
/// Segments kept that came before their turn, and their bytes: one window of a fast sender.
const PENDING: usize = 16;
const PENDING_BYTES: usize = 24 * 1024;
/// A segment that lies further back than this is none that came late.
const LATE: u32 = 1 << 16;

/// Bytes of one direction in order, without what came twice. The first copy of a byte counts.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Sequence number of the next byte.
    next: Option<u32>,
    /// In order, unread.
    buffer: Vec<u8>,
    /// Beyond a hole, by sequence number.
    pending: Vec<(u32, Vec<u8>)>,
    /// Bytes to come that nobody reads.
    skip: u64,
    /// Whether something was read or passed over: then nothing can be put before it.
    has_read: bool,
    /// Whether the last segment was cut by the snapshot length: what is missing will not come.
    is_cut: bool,
    /// Holes given up.
    pub(super) gaps: u32,
}

impl Stream {
    /// Whether nothing more is read of it.
    pub(super) fn is_closed(&self) -> bool {
        self.skip == u64::MAX
    }

    /// Reads nothing more of it, and gives its memory back.
    pub(super) fn close(&mut self) {
        self.skip = u64::MAX;
        self.buffer = Vec::new();
        self.pending = Vec::new();
    }

    /// Bytes of memory held.
    pub(super) fn heap_bytes(&self) -> usize {
        // Vectors double as they grow.
        2 * self.buffer.len() + self.pending.iter().map(|(_, bytes)| 48 + bytes.len()).sum::<usize>()
    }

    /// In order and unread.
    pub(super) fn buffered(&self) -> &[u8] {
        &self.buffer
    }

    /// Whether a segment begins before what comes next.
    pub(super) fn is_behind(&self, seq: Option<u32>) -> bool {
        seq.zip(self.next).is_some_and(|(seq, next)| seq.wrapping_sub(next) >= 1 << 31)
    }

    /// Whether no more fits.
    pub(super) fn is_full(&self) -> bool {
        self.buffer.len() >= BUFFER_BYTES
    }

    /// Takes a segment; the part of it that comes next in order is the result, not yet buffered. It is empty where the
    /// segment was put before what is buffered.
    pub(super) fn offer<'a>(&mut self, seq: Option<u32>, payload: &'a [u8], is_cut: bool) -> Option<&'a [u8]> {
        if self.is_closed() {
            return None;
        }
        let Some(seq) = seq else { return Some(payload) };
        let next = *self.next.get_or_insert(seq);
        let ahead = seq.wrapping_sub(next);
        let new = if ahead == 0 {
            payload
        } else if ahead < 1 << 31 {
            if !self.jump(u64::from(ahead)) {
                self.keep(seq, payload);
                return None;
            }
            payload
        } else {
            let late = next.wrapping_sub(seq);
            match usize::try_from(late).ok().and_then(|late| payload.get(late..)) {
                Some(new) if !new.is_empty() => new,
                _ => return self.put_before(seq, payload).then_some(&[]),
            }
        };
        let new_len = u32::try_from(new.len()).unwrap_or(u32::MAX);
        self.next = Some(if ahead < 1 << 31 { seq } else { next }.wrapping_add(new_len));
        self.is_cut = is_cut;
        Some(self.skipped(new))
    }

    /// The segment kept for later whose turn has come, or the first one behind a hole that will not be filled.
    pub(super) fn next_pending(&mut self) -> Option<Vec<u8>> {
        loop {
            let (seq, _) = self.pending.first()?;
            let ahead = seq.wrapping_sub(self.next?);
            let is_full = self.pending.len() > PENDING || self.pending_bytes() > PENDING_BYTES;
            let is_overdue = is_full || self.is_cut || self.skip >= u64::from(ahead);
            if ahead != 0 && ahead < 1 << 31 && !is_overdue {
                return None;
            }
            let (seq, bytes) = self.pending.remove(0);
            if ahead != 0 && ahead < 1 << 31 {
                self.leave_out(u64::from(ahead));
                self.next = Some(seq);
            }
            if let Some(new) = self.offer(Some(seq), &bytes, false).filter(|new| !new.is_empty()) {
                return Some(new.to_vec());
            }
        }
    }

    /// Appends bytes in order, as far as there is room.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        let room = BUFFER_BYTES.saturating_sub(self.buffer.len());
        self.buffer.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// Drops what was read of the buffer.
    pub(super) fn settle_buffered(&mut self, read: u64) {
        let shown = self.buffer.len();
        if self.note_read(shown, read) {
            let used = usize::try_from(read).unwrap_or(shown).min(shown);
            self.buffer.drain(..used);
        }
        if self.buffer.is_empty() {
            self.buffer = Vec::new();
        }
    }

    /// Buffers what was not read of a segment that was shown without the buffer.
    pub(super) fn settle(&mut self, shown: &[u8], read: u64) {
        if self.note_read(shown.len(), read) {
            let left = usize::try_from(read).ok().and_then(|n| shown.get(n..)).unwrap_or_default();
            self.append(left);
        }
    }

    /// Counts bytes that were read or are to be passed over; false where that is all there will ever be.
    fn note_read(&mut self, shown: usize, read: u64) -> bool {
        if read == u64::MAX {
            self.close();
            return false;
        }
        self.has_read |= read > 0;
        self.skip = self.skip.saturating_add(read.saturating_sub(count(shown)));
        true
    }

    /// Forgets what came so far: it begins anew with the segment that comes next.
    pub(super) fn forget(&mut self) {
        *self = Self { gaps: self.gaps.saturating_add(1), has_read: true, ..Self::default() };
    }

    /// Drops what is unread: the next segment begins a message.
    pub(super) fn drop_unread(&mut self) {
        self.buffer = Vec::new();
        self.has_read = true;
    }

    /// Takes the buffer out, to show it.
    pub(super) fn take_buffer(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    /// Puts it back.
    pub(super) fn put_buffer(&mut self, buffer: Vec<u8>) {
        self.buffer = buffer;
    }

    /// Whether the bytes up to a segment ahead are none that anybody reads, or will not come.
    fn jump(&mut self, ahead: u64) -> bool {
        if self.skip >= ahead {
            self.skip -= ahead;
            return true;
        }
        if self.is_cut && self.pending.is_empty() {
            self.leave_out(ahead);
            return true;
        }
        false
    }

    /// A hole of so many bytes: what stands before it is unfinished for ever.
    fn leave_out(&mut self, bytes: u64) {
        if self.skip >= bytes {
            self.skip -= bytes;
            return;
        }
        self.skip = 0;
        self.has_read = true;
        self.gaps = self.gaps.saturating_add(1);
        self.buffer.clear();
    }

    /// The part of new bytes that is not passed over.
    fn skipped<'a>(&mut self, new: &'a [u8]) -> &'a [u8] {
        if self.skip == 0 {
            return new;
        }
        let n = usize::try_from(self.skip).unwrap_or(usize::MAX).min(new.len());
        self.skip -= count(n);
        new.get(n..).unwrap_or_default()
    }

    fn pending_bytes(&self) -> usize {
        self.pending.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Keeps a segment for later.
    fn keep(&mut self, seq: u32, payload: &[u8]) {
        if self.pending.len() > PENDING || self.pending_bytes() > PENDING_BYTES {
            return;
        }
        let base = self.next.unwrap_or(seq);
        let place = self.pending.partition_point(|(other, _)| other.wrapping_sub(base) < seq.wrapping_sub(base));
        let is_known =
            self.pending.get(place).is_some_and(|(other, bytes)| *other == seq && bytes.len() >= payload.len());
        if !is_known {
            self.pending.insert(place, (seq, payload.to_vec()));
        }
    }

    /// A segment that comes before the first one seen: as long as nothing was read, it is put before it.
    fn put_before(&mut self, seq: u32, payload: &[u8]) -> bool {
        let first = self.next.map(|next| next.wrapping_sub(u32::try_from(self.buffer.len()).unwrap_or(0)));
        let back = first.map_or(u32::MAX, |first| first.wrapping_sub(seq));
        if self.has_read || back == 0 || back > LATE || self.buffer.len() + payload.len() > BUFFER_BYTES {
            return false;
        }
        // Only where the two meet: a hole between them would be one for ever.
        let Some(before) = usize::try_from(back).ok().and_then(|back| payload.get(..back)) else { return false };
        self.buffer.splice(..0, before.iter().copied());
        true
    }
}
