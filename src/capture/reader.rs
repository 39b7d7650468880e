//! The push reader: finds the format, carries records over the borders of the pieces it is given, and keeps account.

use super::pcap::{self, Pcap};
use super::pcapng::{self, Pcapng};
use super::{Frame, Oddities, Step, Stop, identify};
use crate::error::Position;
use crate::report::{FileIndex, FileMetadata, Outcome, Reason, Status};
use crate::settings::Settings;
use crate::units::count;

/// Bytes wanted before a file that is no capture is named.
const IDENTIFY_BYTES: usize = 64;

/// What a reader believes and bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest captured length of a record that is believed, bytes.
    pub max_packet_bytes: u32,
    /// Whether reading goes on after damage.
    pub resync: bool,
    /// Largest growth of compressed data, as a factor.
    pub max_expansion: u32,
    /// Largest content of a compressed file, bytes.
    pub max_content_bytes: u64,
}

impl Limits {
    /// The limits that the settings name.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            max_packet_bytes: settings.max_packet_bytes,
            resync: settings.resync,
            max_expansion: settings.max_expansion,
            max_content_bytes: u64::from(settings.max_content) * 1_000_000,
        }
    }
}

/// How the reading of a file ended.
#[derive(Debug)]
pub struct Ending {
    /// How, where and why.
    pub outcome: Outcome,
    /// Where its bytes went.
    pub account: Account,
    /// What was odd.
    pub oddities: Oddities,
    /// What it says of itself.
    pub metadata: FileMetadata,
    /// What it is compressed with, as [`FileReport::compression`](crate::report::FileReport::compression).
    pub compression: String,
    /// How its records are found again.
    pub index: FileIndex,
    /// Packets that the capturing program says it dropped.
    pub dropped: u64,
}

/// Where the bytes of one file went, and its packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// Bytes given, as they are stored.
    pub stored_bytes: u64,
    /// Bytes of the content: the same where nothing is compressed.
    pub file_bytes: u64,
    /// File, section and interface headers and other metadata.
    pub header_bytes: u64,
    /// Packet records.
    pub record_bytes: u64,
    /// Blocks of no use here.
    pub skipped_bytes: u64,
    /// Bytes after the place where reading stopped.
    pub trailing_bytes: u64,
    /// Packets read.
    pub packets: u64,
}

#[derive(Debug)]
enum Format {
    Unknown,
    Pcap(Pcap),
    Pcapng(Pcapng),
}

/// Reads one file, pushed in pieces of any size.
///
/// **Memory** one record: at most the largest believed record and its header.
#[derive(Debug)]
pub struct Reader {
    format: Format,
    limits: Limits,
    /// A record of which only the beginning has come.
    carry: Vec<u8>,
    /// Bytes the carry must have before the next step.
    need: usize,
    /// Bytes of a skipped block still to come, and where it began.
    to_skip: u64,
    skip_start: u64,
    /// File offset of the next unread byte.
    offset: u64,
    first_number: u64,
    account: Account,
    oddities: Oddities,
    stop: Option<Stop>,
}

/// What one step did.
enum Done {
    Used(usize),
    Need(usize),
    Stopped,
}

impl Reader {
    /// A reader whose first frame gets the number `first_number`.
    #[must_use]
    pub fn new(first_number: u64, limits: Limits) -> Self {
        Self {
            format: Format::Unknown,
            limits,
            carry: Vec::new(),
            need: 0,
            to_skip: 0,
            skip_start: 0,
            offset: 0,
            first_number,
            account: Account::default(),
            oddities: Oddities::default(),
            stop: None,
        }
    }

    /// `pcap`, `pcapng`, or empty while neither.
    #[must_use]
    pub fn format_name(&self) -> &'static str {
        match self.format {
            Format::Unknown => "",
            Format::Pcap(_) => "pcap",
            Format::Pcapng(_) => "pcapng",
        }
    }

    /// Whether the reading has ended: more bytes are only counted.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.stop.is_some()
    }

    /// Packets read so far.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.account.packets
    }

    /// Takes the next bytes and gives every frame that is whole to `sink`.
    pub fn push(&mut self, mut bytes: &[u8], sink: &mut impl FnMut(&Frame<'_>)) {
        self.account.stored_bytes += count(bytes.len());
        self.account.file_bytes += count(bytes.len());
        while self.stop.is_none() && !bytes.is_empty() {
            if self.to_skip > 0 {
                bytes = self.skip(bytes);
            } else if self.carry.is_empty() {
                bytes = self.read_in_place(bytes, sink);
            } else {
                bytes = self.read_carried(bytes, sink);
            }
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
                Done::Stopped => return &[],
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
            // The carry holds exactly one record, or the beginning of a block whose rest is skipped.
            Done::Used(_) => {
                self.carry = carried;
                self.carry.clear();
            }
            Done::Need(n) => {
                self.need = n;
                self.carry = carried;
            }
            Done::Stopped => {}
        }
        rest
    }

    /// One step of the format's parser on `bytes`, which are not empty.
    fn step(&mut self, bytes: &[u8], sink: &mut impl FnMut(&Frame<'_>)) -> Done {
        let at = Position { packet: self.first_number + self.account.packets, byte: self.offset };
        let step = match &mut self.format {
            Format::Unknown => return self.open(bytes, sink),
            Format::Pcap(pcap) => pcap.step(bytes, &mut self.oddities, at),
            Format::Pcapng(pcapng) => pcapng.step(bytes, &mut self.oddities, at),
        };
        match step {
            Step::Need(n) => Done::Need(n),
            Step::Frame { used, frame } => {
                self.account.packets += 1;
                self.account.record_bytes += count(used);
                self.offset += count(used);
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
            Step::Header { used } => {
                self.account.header_bytes += count(used);
                self.offset += count(used);
                Done::Used(used)
            }
            Step::Skip { total } => {
                self.skip_start = self.offset;
                self.to_skip = total;
                let left = self.skip(bytes).len();
                Done::Used(bytes.len() - left)
            }
            Step::Stop(stop) => {
                self.stop = Some(stop);
                Done::Stopped
            }
        }
    }

    /// Finds the format from the file's first bytes.
    fn open(&mut self, bytes: &[u8], sink: &mut impl FnMut(&Frame<'_>)) -> Done {
        if bytes.starts_with(&pcapng::MAGIC) {
            self.format = Format::Pcapng(Pcapng::new(self.limits.max_packet_bytes));
            return self.step(bytes, sink);
        }
        if bytes.len() < 4 && may_begin(bytes) {
            return Done::Need(4);
        }
        if pcap::may_begin(bytes) {
            let Some(header) = bytes.get(..pcap::HEADER_BYTES) else { return Done::Need(pcap::HEADER_BYTES) };
            match Pcap::open(header, self.limits.max_packet_bytes) {
                Ok(pcap) => {
                    self.format = Format::Pcap(pcap);
                    self.account.header_bytes += count(pcap::HEADER_BYTES);
                    self.offset += count(pcap::HEADER_BYTES);
                    return Done::Used(pcap::HEADER_BYTES);
                }
                Err(stop) => self.stop = Some(stop),
            }
            return Done::Stopped;
        }
        if bytes.len() < IDENTIFY_BYTES {
            return Done::Need(IDENTIFY_BYTES);
        }
        self.stop = Some(not_a_capture(bytes.get(..IDENTIFY_BYTES).unwrap_or_default()));
        Done::Stopped
    }

    /// Goes on at the record that begins at `offset` of the content, whose packet has the number `number`. The headers
    /// before it must have been pushed; what waits for more bytes is dropped.
    pub fn jump(&mut self, offset: u64, number: u64) {
        self.carry.clear();
        self.need = 0;
        self.to_skip = 0;
        self.offset = offset;
        self.first_number = number - self.account.packets.min(number);
    }

    /// Ends the file.
    #[must_use]
    pub fn finish(mut self) -> Ending {
        if self.stop.is_none() {
            self.stop = self.stop_at_end();
        }
        let is_open = match &self.format {
            Format::Unknown => false,
            Format::Pcap(_) => true,
            Format::Pcapng(pcapng) => pcapng.is_open(),
        };
        let dropped = if let Format::Pcapng(pcapng) = &self.format { pcapng.dropped() } else { 0 };
        let mut offset = self.offset;
        if self.to_skip > 0 {
            // the part of the cut block that has come was counted as skipped
            self.account.skipped_bytes -= self.offset - self.skip_start;
            offset = self.skip_start;
        }
        let accounted = self.account.header_bytes + self.account.record_bytes + self.account.skipped_bytes;
        self.account.trailing_bytes = self.account.file_bytes - accounted;
        let packets = self.account.packets;
        let outcome = match self.stop {
            None => Outcome::complete(packets),
            Some(stop) => Outcome {
                status: if is_open { Status::Partial } else { Status::Rejected },
                reason: Some(stop.reason),
                offset: Some(offset),
                packets_before: packets,
                message: Some(stop.message),
            },
        };
        Ending {
            outcome,
            account: self.account,
            oddities: self.oddities,
            metadata: FileMetadata::default(),
            compression: String::new(),
            index: FileIndex::default(),
            dropped,
        }
    }

    /// What the end of the file means for bytes that wait for more.
    fn stop_at_end(&self) -> Option<Stop> {
        if self.account.file_bytes == 0 {
            return Some(Stop::new(Reason::EmptyFile, "the file is empty (0 bytes)"));
        }
        let length = self.account.file_bytes;
        let short = || Stop::new(Reason::ShortHeader, format!("the file ends inside its header, after {length} bytes"));
        match &self.format {
            Format::Unknown if may_begin(&self.carry) => Some(short()),
            Format::Unknown => Some(not_a_capture(&self.carry)),
            Format::Pcapng(pcapng) if !pcapng.is_open() => Some(short()),
            _ if self.carry.is_empty() && self.to_skip == 0 => None,
            _ => {
                let start = if self.to_skip > 0 { self.skip_start } else { self.offset };
                let text = format!("the file ends inside the record that begins at byte {start}");
                Some(Stop::new(Reason::Truncated, text))
            }
        }
    }
}

/// Whether a file that begins like this may be a capture.
fn may_begin(first: &[u8]) -> bool {
    pcap::may_begin(first) || first.iter().zip(pcapng::MAGIC).all(|(a, b)| *a == b)
}

fn not_a_capture(first: &[u8]) -> Stop {
    let (name, advice) = identify::name_of(first);
    let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
    Stop::new(Reason::UnknownFormat, format!("this is {name}, not a pcap or pcapng capture{advice}"))
}
