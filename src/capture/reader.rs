//! The push reader: unpacks what is compressed, and reads the capture inside.

use super::content::Content;
use super::unpack::{Flow, Names, Unpacker};
use super::{Frame, Oddities};
use crate::report::{FileIndex, FileMetadata, Outcome};
use crate::settings::Settings;
use crate::tabular::{self, Table};
use crate::units::count;

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
    /// How much of a table is kept.
    pub table: tabular::Limits,
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
            table: tabular::Limits {
                flows: u64::from(settings.max_flows),
                packets: u64::from(settings.max_packet_rows),
                memory: u64::from(settings.max_memory) * 1_000_000,
            },
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
    /// Its rows, where it is a table.
    pub table: Option<Table>,
}

/// Where the bytes of one file went, and its packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// Bytes given, as they are stored.
    pub stored_bytes: u64,
    /// Bytes of the content: the same where nothing is compressed. Of compressed content that ends early, what comes
    /// after the end is not unpacked and not counted.
    pub file_bytes: u64,
    /// File, section and interface headers and other metadata.
    pub header_bytes: u64,
    /// Packet records, or rows of a table.
    pub record_bytes: u64,
    /// Blocks of no use here, damaged bytes between records, and bad rows of a table.
    pub skipped_bytes: u64,
    /// Bytes after the place where reading stopped.
    pub trailing_bytes: u64,
    /// Packets read; of a table of flows those that its columns give.
    pub packets: u64,
}

/// Reads one file, pushed in pieces of any size.
///
/// **Memory** one record: at most the largest believed record and its header; for compressed files also the window of
/// each layer, at most 128 MiB as the formats' own programs allow.
#[derive(Debug)]
pub struct Reader {
    unpacker: Unpacker,
    content: Content,
    stored_bytes: u64,
    has_ended: bool,
}

impl Reader {
    /// A reader whose first frame gets the number `first_number`.
    #[must_use]
    pub fn new(first_number: u64, limits: Limits) -> Self {
        Self {
            unpacker: Unpacker::new(limits),
            content: Content::new(first_number, limits),
            stored_bytes: 0,
            has_ended: false,
        }
    }

    /// `pcap`, `pcapng`, `snoop`, `erf`, a table's format, or empty while none of them.
    #[must_use]
    pub fn format_name(&self) -> &'static str {
        self.content.format_name()
    }

    /// Whether the reading has ended: more bytes are only counted.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.content.is_done() || self.unpacker.has_ended()
    }

    /// Packets read so far.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.content.packets()
    }

    /// Rows of a table that became records so far.
    #[must_use]
    pub fn table_rows(&self) -> u64 {
        self.content.table_rows()
    }

    /// Packets that the rows of a table so far stand for.
    #[must_use]
    pub fn table_packets(&self) -> u64 {
        if self.content.table_rows() > 0 { self.content.packets() } else { 0 }
    }

    /// Whether what has come so far is a capture, or the beginning of one.
    #[must_use]
    pub(super) fn is_capture(&self) -> bool {
        self.content.is_capture()
    }

    /// Takes the next bytes and gives every frame that is whole to `sink`.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(&Frame<'_>)) {
        self.stored_bytes += count(bytes.len());
        if self.unpacker.is_plain() {
            return self.content.push(bytes, sink);
        }
        let content = &mut self.content;
        self.unpacker.push(bytes, &mut |names, piece| take(content, names, piece, sink));
    }

    /// Goes on at the record that begins at `offset` of the content, whose packet has the number `number`. The headers
    /// before it ([`FileIndex::headers`]) must have been pushed; what waits for more bytes is dropped.
    pub fn jump(&mut self, offset: u64, number: u64) {
        self.content.jump(offset, number);
    }

    /// Ends the file and gives the frames that only its end makes certain. Call it before [`Reader::finish`], which knows
    /// no sink.
    pub fn end(&mut self, sink: &mut impl FnMut(&Frame<'_>)) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let content = &mut self.content;
        let fault = self.unpacker.finish(&mut |names, piece| take(content, names, piece, sink));
        if self.unpacker.has_garbage() {
            self.content.oddities.add(
                "compressed_trailing_bytes",
                "Bytes after the end of the compressed data were ignored.",
                self.content.position(),
            );
        }
        self.content.end(fault, sink);
    }

    /// Ends the file.
    #[must_use]
    pub fn finish(mut self) -> Ending {
        self.end(&mut |_| {});
        let ending = self.content.finish();
        let mut account = ending.account;
        account.stored_bytes = self.stored_bytes;
        Ending {
            outcome: ending.outcome,
            account,
            oddities: ending.oddities,
            metadata: ending.metadata,
            compression: self.unpacker.packing(),
            index: ending.index,
            dropped: ending.dropped,
            table: ending.table,
        }
    }
}

/// Gives bytes to the content's reader; unpacked ones until that wants no more. All of a plain file is counted.
fn take(content: &mut Content, names: Names, piece: &[u8], sink: &mut impl FnMut(&Frame<'_>)) -> Flow {
    let is_packed = names.iter().any(|name| !name.is_empty());
    if is_packed && content.is_done() {
        return Flow::Stop;
    }
    if is_packed {
        content.set_packing(names);
    }
    content.push(piece, sink);
    if is_packed && content.is_done() {
        content.forget_rest();
        return Flow::Stop;
    }
    Flow::GoOn
}
