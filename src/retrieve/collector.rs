//! Frames to the packets of the rows: counted, listed and written.

use std::collections::BTreeMap;

use super::listed::ListedPacket;
use super::target::Target;
use super::{Options, Retrieval, Retrieved};
use crate::capture::{Frame, Oddities};
use crate::error;
use crate::export::{PacketBlock, PcapngWriter, Source};
use crate::flow::{Key, KeyRule};
use crate::packet::{Decoder, Packet};
use crate::report::{InterfaceInfo, Report};
use crate::scrub::Scrubber;

/// Takes every frame that is read again.
#[derive(Debug)]
pub(super) struct Collector {
    options: Options,
    is_by_number: bool,
    key_rule: KeyRule,
    targets: Vec<Target>,
    /// The next target that has not begun.
    next: usize,
    /// Targets that have begun and not ended. Ordered, not hashed: the keys are an attacker's choice.
    open: BTreeMap<Key, usize>,
    ended: usize,
    decoder: Decoder,
    oddities: Oddities,
    file: usize,
    /// Number of the last frame read, of use or not.
    seen: u64,
    packets: u64,
    bytes: u64,
    listed: Vec<ListedPacket>,
    writer: Option<PcapngWriter<Vec<u8>>>,
    scrubber: Scrubber,
    interfaces: Vec<Vec<InterfaceInfo>>,
    problem: Option<String>,
}

impl Collector {
    pub(super) fn new(report: &Report, targets: Vec<Target>, options: Options) -> error::Result<Self> {
        let scrubber = Scrubber::new(options.scrub);
        let begin = || PcapngWriter::begin(Vec::new(), scrubber.statement());
        let writer = options.pcapng.then(begin).transpose()?;
        let interfaces = report.files.iter().map(|f| f.metadata.interfaces.clone());
        Ok(Self {
            options: Options { preview_bytes: options.preview_bytes.min(Retrieval::MAX_PREVIEW), ..options },
            is_by_number: super::is_by_number(report),
            key_rule: KeyRule::of(&report.settings),
            targets,
            next: 0,
            open: BTreeMap::new(),
            ended: 0,
            decoder: Decoder::default(),
            oddities: Oddities::default(),
            file: 0,
            seen: 0,
            packets: 0,
            bytes: 0,
            listed: Vec::new(),
            interfaces: if options.pcapng { interfaces.collect() } else { Vec::new() },
            writer,
            scrubber,
            problem: None,
        })
    }

    /// The frames that come next are of this file.
    pub(super) fn begin_file(&mut self, file: usize) {
        self.file = file;
    }

    /// The frames that come next do not follow those before: fragments of other packets have come between.
    pub(super) fn jump(&mut self) {
        self.decoder = Decoder::default();
    }

    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    /// What was not as it should be, once.
    pub(super) fn take_problem(&mut self) -> Option<String> {
        self.problem.take()
    }

    pub(super) fn listed(&self) -> &[ListedPacket] {
        &self.listed
    }

    pub(super) fn take_pcapng(&mut self) -> Vec<u8> {
        self.writer.as_mut().map(|w| std::mem::take(w.get_mut())).unwrap_or_default()
    }

    pub(super) fn retrieved(&self) -> Retrieved {
        Retrieved { packets: self.packets, bytes: self.bytes, listed: self.listed.len() }
    }

    /// The file last read and what was not found, if that is so.
    pub(super) fn missing(&self) -> Option<(usize, String)> {
        let missing = self.targets.len() - self.ended;
        (missing > 0).then(|| (self.file, format!("the packets of {missing} chosen rows are not there as they were")))
    }

    /// Takes a frame. Frames after `last`, the last one wanted of its part, are not looked at.
    pub(super) fn take(&mut self, frame: &Frame<'_>, last: u64) {
        if self.problem.is_some() || frame.number > last {
            return;
        }
        self.seen = frame.number;
        let begins = self.targets.get(self.next).is_some_and(|t| t.first.number == frame.number);
        if self.is_by_number && !begins {
            return;
        }
        // Frames of no row are decoded too: they may hold the ports of fragments that follow.
        let decoded = self.decoder.decode(frame, &mut self.oddities).ok();
        let found = if begins { self.begin(decoded.as_ref()) } else { Ok(self.row_of(decoded.as_ref())) };
        let added = match (found, decoded) {
            (Ok(Some((key, row))), Some(packet)) => self.add(key, row, frame, &packet),
            (found, _) => found.map(|_| ()),
        };
        if let Err(what) = added {
            self.problem = Some(format!("packet {} at byte {} {what}", frame.number, frame.offset));
        }
    }

    /// Begins the next row with its first packet.
    fn begin(&mut self, packet: Option<&Packet<'_>>) -> Result<Option<(Key, usize)>, String> {
        let row = self.next;
        let key = self.targets.get(row).zip(packet).and_then(|(t, p)| t.key_if_begun_by(p, self.key_rule));
        let Some(key) = key else { return Err("is not what it was".into()) };
        self.next += 1;
        if self.open.insert(key, row).is_some() {
            return Err("begins a row before the row of the same addresses has ended".into());
        }
        Ok(Some((key, row)))
    }

    /// The open row that a packet belongs to.
    fn row_of(&self, packet: Option<&Packet<'_>>) -> Option<(Key, usize)> {
        let (key, _) = Key::of(packet?, self.key_rule);
        self.open.get(&key).map(|row| (key, *row))
    }

    fn add(&mut self, key: Key, row: usize, frame: &Frame<'_>, packet: &Packet<'_>) -> Result<(), String> {
        let Some(target) = self.targets.get_mut(row) else { return Ok(()) };
        target.add(packet);
        if target.last.number <= packet.number {
            if !target.ends_with(packet) || !target.is_whole() {
                return Err("ends a row that is not what it was".into());
            }
            self.ended += 1;
            self.open.remove(&key);
        }
        self.packets += 1;
        self.bytes += u64::from(frame.original_len);
        if self.listed.len() < self.options.keep {
            self.listed.push(ListedPacket::new(frame, packet, self.file, self.options.preview_bytes));
        }
        self.write(frame).map_err(|e| e.to_string())
    }

    fn write(&mut self, frame: &Frame<'_>) -> error::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let interface = usize::try_from(frame.interface).ok();
        let info = self.interfaces.get(self.file).zip(interface).and_then(|(all, i)| all.get(i));
        let is_silent = self.scrubber.is_silent();
        let source = Source {
            file: self.file,
            interface: frame.interface,
            link_type: frame.link_type.0,
            snaplen: info.map_or(0, |i| i.snaplen),
            name: info.and_then(|i| i.name.as_deref()).filter(|_| !is_silent),
        };
        let comment = frame.comment.filter(|_| self.options.comments && !is_silent);
        let (ts, original_len) = (frame.ts, frame.original_len);
        self.scrubber.scrub(frame, |data| writer.packet(&PacketBlock { source, ts, original_len, data, comment }))
    }
}
