//! The content of a file, unpacked: finds the format, carries records over the borders of the pieces it is given, keeps
//! account, and finds the way again after damage.

mod ending;
mod format;
mod search;

use super::chain::Verdict;
use super::duplicate::Recent;
use super::index::IndexBuilder;
use super::reader::{Account, Limits};
use super::{Frame, Oddities, Step, Stop, erf, unpack};
use crate::error::Position;
use crate::report::Reason;
use crate::tabular;
use crate::units::count;
use ending::not_a_capture;
use format::{Format, Opening};
use search::{Damage, Search};

/// Reads one file's content, pushed in pieces of any size.
#[derive(Debug)]
pub(super) struct Content {
    format: Format,
    limits: Limits,
    /// A record of which only the beginning has come; while a way is searched, all bytes since the damage.
    carry: Vec<u8>,
    /// Bytes at the front of the carry that are done with: only while and after a search.
    carry_start: usize,
    /// Whether the carry holds whole records to be read before anything else.
    must_replay: bool,
    /// Bytes the carry must have before the next step.
    need: usize,
    /// Bytes of a skipped block still to come, and where it began.
    to_skip: u64,
    skip_start: u64,
    /// Offset of the next unread byte.
    offset: u64,
    first_number: u64,
    account: Account,
    pub(super) oddities: Oddities,
    stop: Option<Stop>,
    search: Option<Search>,
    damage: Option<Damage>,
    index: IndexBuilder,
    /// What the content was packed in; empty where it was not.
    packing: String,
    recent: Recent,
}

/// What is said of a frame that was captured twice.
const DUPLICATE: &str = "A frame is the copy of one just before it, as mirror ports give them; both were counted.";

/// What one step did.
enum Done {
    Used(usize),
    Need(usize),
    Stopped,
}

impl Content {
    pub(super) fn new(first_number: u64, limits: Limits) -> Self {
        Self {
            format: Format::Unknown,
            limits,
            carry: Vec::new(),
            carry_start: 0,
            must_replay: false,
            need: 0,
            to_skip: 0,
            skip_start: 0,
            offset: 0,
            first_number,
            account: Account::default(),
            oddities: Oddities::default(),
            stop: None,
            search: None,
            damage: None,
            index: IndexBuilder::default(),
            packing: String::new(),
            recent: Recent::default(),
        }
    }

    pub(super) fn format_name(&self) -> &'static str {
        self.format.name()
    }

    pub(super) fn is_done(&self) -> bool {
        self.stop.is_some()
    }

    pub(super) fn packets(&self) -> u64 {
        match &self.format {
            Format::Table(table) => table.sum().packets,
            _ => self.account.packets,
        }
    }

    /// Rows of a table that became records.
    pub(super) fn table_rows(&self) -> u64 {
        match &self.format {
            Format::Table(table) => table.kept(),
            _ => 0,
        }
    }

    /// Whether the bytes so far are those of a capture, or may become it.
    pub(super) fn is_capture(&self) -> bool {
        match &self.stop {
            Some(stop) => self.format.is_open() || stop.reason == Reason::UnsupportedVersion,
            None if matches!(self.format, Format::Table(_)) => false,
            None if !matches!(self.format, Format::Unknown) => true,
            None => format::may_begin(&self.carry) || erf::begins(&self.carry, true) == Verdict::Yes,
        }
    }

    /// Where the next packet would be.
    pub(super) fn position(&self) -> Position {
        Position { packet: self.first_number + self.account.packets, byte: self.offset }
    }

    /// Takes the next bytes and gives every frame that is whole to `sink`.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(&Frame<'_>)) {
        self.account.file_bytes += count(bytes.len());
        self.consume(bytes, sink);
    }

    fn consume(&mut self, mut bytes: &[u8], sink: &mut impl FnMut(&Frame<'_>)) {
        while self.stop.is_none() {
            if self.must_replay {
                self.replay(sink);
                continue;
            }
            if bytes.is_empty() {
                return;
            }
            bytes = if self.search.is_some() {
                self.look_on(bytes)
            } else if self.to_skip > 0 {
                self.skip(bytes)
            } else if self.carry.is_empty() {
                self.read_in_place(bytes, sink)
            } else {
                self.read_carried(bytes, sink)
            };
        }
    }

    fn skip<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let now = self.to_skip.min(count(bytes.len()));
        self.to_skip -= now;
        self.offset += now;
        self.account.skipped_bytes += now;
        bytes.get(usize::try_from(now).unwrap_or(bytes.len())..).unwrap_or_default()
    }

    /// Reads records straight from the given bytes and carries what is left.
    fn read_in_place<'a>(&mut self, bytes: &'a [u8], sink: &mut impl FnMut(&Frame<'_>)) -> &'a [u8] {
        let mut rest = bytes;
        while !rest.is_empty() && self.to_skip == 0 {
            match self.step(rest, sink) {
                Done::Used(n) => rest = rest.get(n..).unwrap_or_default(),
                Done::Need(n) => {
                    self.need = n;
                    self.carry.extend_from_slice(rest);
                    return &[];
                }
                Done::Stopped => return rest,
            }
        }
        rest
    }

    /// Fills the carry up to what its record needs, and reads it.
    fn read_carried<'a>(&mut self, bytes: &'a [u8], sink: &mut impl FnMut(&Frame<'_>)) -> &'a [u8] {
        let missing = self.need.saturating_sub(self.carry.len());
        let (now, rest) = bytes.split_at(missing.min(bytes.len()));
        self.carry.extend_from_slice(now);
        if self.carry.len() < self.need {
            return rest;
        }
        let carried = std::mem::take(&mut self.carry);
        match self.step(&carried, sink) {
            // The file's first bytes may hold its header and more.
            Done::Used(n) if n < carried.len() => {
                self.carry = carried;
                self.carry_start = n;
                self.must_replay = true;
            }
            Done::Used(_) => {
                self.carry = carried;
                self.carry.clear();
            }
            Done::Need(n) => {
                self.need = n;
                self.carry = carried;
            }
            Done::Stopped => self.carry = carried,
        }
        rest
    }

    /// Reads what the carry holds after its start.
    fn replay(&mut self, sink: &mut impl FnMut(&Frame<'_>)) {
        self.must_replay = false;
        let buffer = std::mem::take(&mut self.carry);
        let mut at = std::mem::take(&mut self.carry_start);
        while let Some(rest) = buffer.get(at..).filter(|rest| !rest.is_empty()) {
            if self.to_skip > 0 {
                at = buffer.len() - self.skip(rest).len();
                continue;
            }
            match self.step(rest, sink) {
                Done::Used(n) => at += n,
                Done::Need(n) => {
                    self.need = n;
                    self.carry.extend_from_slice(rest);
                    return;
                }
                Done::Stopped => {
                    self.carry = buffer;
                    self.carry_start = at;
                    return;
                }
            }
        }
    }

    /// One step of the format's parser on `bytes`, which are not empty.
    #[inline]
    fn step(&mut self, bytes: &[u8], sink: &mut impl FnMut(&Frame<'_>)) -> Done {
        let at = self.position();
        let step = match &mut self.format {
            Format::Pcap(pcap) => pcap.step(bytes, &mut self.oddities, at),
            Format::Pcapng(pcapng) => pcapng.step(bytes, &mut self.oddities, at),
            Format::Snoop(snoop) => snoop.step(bytes, &mut self.oddities, at),
            Format::Erf(erf) => erf.step(bytes, &mut self.oddities, at),
            Format::Table(table) => {
                table.push(bytes);
                self.offset += count(bytes.len());
                return Done::Used(bytes.len());
            }
            Format::Unknown => return self.open(bytes),
        };
        match step {
            Step::Need(n) => Done::Need(n),
            Step::Frame { used, frame } => {
                self.account.packets += 1;
                self.account.record_bytes += count(used);
                self.offset += count(used);
                if self.recent.is_repeated(frame.ts, frame.original_len, frame.data) {
                    self.oddities.add("duplicate_frame", DUPLICATE, at);
                }
                sink(&Frame {
                    number: at.packet,
                    offset: at.byte,
                    ts: frame.ts,
                    original_len: frame.original_len,
                    link_type: frame.link_type,
                    data: frame.data,
                    interface: frame.interface,
                    comment: frame.comment,
                });
                Done::Used(used)
            }
            Step::Header { used, is_needed } => {
                self.take_header(used, is_needed);
                Done::Used(used)
            }
            Step::Skip { total } => {
                self.skip_start = self.offset;
                self.to_skip = total;
                let left = self.skip(bytes).len();
                Done::Used(bytes.len() - left)
            }
            Step::Stop(stop) => {
                self.halt(stop);
                Done::Stopped
            }
        }
    }

    fn take_header(&mut self, used: usize, is_needed: bool) {
        if is_needed {
            self.index.add(self.offset, count(used));
        }
        self.account.header_bytes += count(used);
        self.offset += count(used);
    }

    /// Finds the format from the file's first bytes.
    fn open(&mut self, bytes: &[u8]) -> Done {
        match format::open(bytes, self.limits.max_packet_bytes) {
            Opening::Known { format, header } => {
                self.format = format;
                if header > 0 {
                    self.take_header(header, true);
                }
                Done::Used(header)
            }
            Opening::Need(n) => Done::Need(n),
            Opening::Stop(stop) => {
                self.stop = Some(stop);
                Done::Stopped
            }
            Opening::NoCapture => self.open_table(bytes),
        }
    }

    /// Finds out whether the file is a table: what is no capture may be one.
    fn open_table(&mut self, bytes: &[u8]) -> Done {
        match tabular::open(bytes, false, self.limits.table, self.first_number) {
            tabular::Opening::Table(table) => {
                self.format = Format::Table(table);
                Done::Used(0)
            }
            tabular::Opening::Need(n) => Done::Need(n),
            tabular::Opening::No => {
                self.stop = Some(not_a_capture(bytes, &self.packing));
                Done::Stopped
            }
        }
    }

    /// Names what the content is packed in. Of packed content, what comes after the end of the reading is not unpacked.
    pub(super) fn set_packing(&mut self, names: unpack::Names) {
        if self.packing.is_empty() {
            self.packing = unpack::joined(names);
        }
    }

    fn accounted(&self) -> u64 {
        self.account.header_bytes + self.account.record_bytes + self.account.skipped_bytes
    }

    /// Takes back the bytes after the place where reading stopped: how many of them were unpacked is chance.
    pub(super) fn forget_rest(&mut self) {
        self.account.file_bytes = self.accounted();
    }

    /// Goes on at the record that begins at `offset` and is packet `number`.
    pub(super) fn jump(&mut self, offset: u64, number: u64) {
        self.carry.clear();
        self.carry_start = 0;
        self.must_replay = false;
        self.search = None;
        self.need = 0;
        self.to_skip = 0;
        self.offset = offset;
        self.first_number = number.saturating_sub(self.account.packets);
    }
}
