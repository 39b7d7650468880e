//! The account of a reading: where every byte and every packet went, and how it ended.

use serde::Serialize;

use super::{FileMetadata, Overflow, TableReport};
use crate::error::Position;

/// How a reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything was read.
    Complete,
    /// A valid prefix was read and analysed.
    Partial,
    /// Nothing could be read.
    Rejected,
}

/// Why a reading ended early. Stable names, the same in page and command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The file has no bytes.
    EmptyFile,
    /// The file ends inside its header.
    ShortHeader,
    /// The first bytes are not a capture's.
    UnknownFormat,
    /// A capture, of a version we do not read.
    UnsupportedVersion,
    /// The file ends inside a record.
    Truncated,
    /// A record or block claims an impossible length.
    BadLength,
    /// A block's two lengths differ.
    BadBlock,
    /// A section header without a known byte order.
    BadByteOrder,
    /// The reader stopped with an input error.
    Io,
    /// Of several files, not all were read whole.
    SomeFiles,
    /// A compressed file ends inside its data.
    CompressedTruncated,
    /// A compressed file's data or checksum is wrong.
    CompressedDamaged,
    /// A compressed file grows beyond `max-expansion` or `max-content`.
    ExpansionLimit,
    /// The file changed while it was read.
    FileChanged,
}

/// How a reading ended, where and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// Why, unless it is complete.
    pub reason: Option<Reason>,
    /// Byte offset in the file's content at which reading stopped or bytes were first skipped, unless it is complete.
    pub offset: Option<u64>,
    /// Packets read before.
    pub packets_before: u64,
    /// What, where, what was expected, what to do.
    pub message: Option<String>,
}

impl Outcome {
    /// A complete reading of `packets` packets.
    #[must_use]
    pub fn complete(packets: u64) -> Self {
        Self { status: Status::Complete, reason: None, offset: None, packets_before: packets, message: None }
    }
}

/// Packets and original bytes of one bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// Packets.
    pub packets: u64,
    /// Original bytes.
    pub bytes: u64,
}

impl Bucket {
    /// Counts one packet.
    pub fn add(&mut self, bytes: u64) {
        self.packets += 1;
        self.bytes += bytes;
    }
    /// Adds another bucket.
    pub fn merge(&mut self, other: &Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
    }
}

/// Packets that belong to no flow, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Untracked {
    /// No IP or ARP inside.
    pub non_ip: Bucket,
    /// Headers that contradict themselves.
    pub malformed: Bucket,
    /// Headers cut by the snapshot length.
    pub truncated_by_snaplen: Bucket,
    /// A link layer that is not decoded.
    pub unsupported_link: Bucket,
    /// The flow table was full.
    pub table_full: Bucket,
    /// Of rows of tables beyond the limits on memory and rows.
    pub rows_full: Bucket,
}

impl Untracked {
    /// All buckets added up.
    #[must_use]
    pub fn total(&self) -> Bucket {
        let mut sum = Bucket::default();
        let Self { non_ip, malformed, truncated_by_snaplen, unsupported_link, table_full, rows_full } = self;
        for b in [non_ip, malformed, truncated_by_snaplen, unsupported_link, table_full, rows_full] {
            sum.merge(b);
        }
        sum
    }
}

/// Packets that were not decoded, of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndecodedCount {
    /// The bucket: `non_ip`, `malformed`, `truncated_by_snaplen` or `unsupported_link`.
    pub reason: &'static str,
    /// What they were: `lldp`, `802.11 beacon`, `ethertype 0x88b5` ...
    pub what: String,
    /// Packets.
    pub packets: u64,
}

/// Packets of one link type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkTypeCount {
    /// The number of the tcpdump registry.
    pub link_type: u32,
    /// Its name there, in lower case.
    pub name: String,
    /// Packets.
    pub packets: u64,
}

/// Where every byte and packet went.
///
/// The laws, checked at the end of every run:
/// `file_bytes = header_bytes + record_bytes + skipped_bytes + trailing_bytes`;
/// `packets = decoded + non_ip + malformed + truncated_by_snaplen + unsupported_link`;
/// `packets = packets of the flows + untracked` and the same for bytes;
/// `untracked.table_full = sums of the overflow`, packets and bytes;
/// `flows_created = flows_reported + flows_merged_into_overflow`;
/// `table_rows = table_rows_used + table_rows_bad + table_rows_full`.
///
/// The rows of a table of flows count with the packets and bytes that their columns give, where they give any; the rows
/// of a table of packets are packets. Both are `decoded`, and `untracked.rows_full` where there was no room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Packets read.
    pub packets: u64,
    /// Their original lengths added up.
    pub bytes: u64,
    /// Their captured lengths added up.
    pub captured_bytes: u64,
    /// Bytes of the files.
    pub file_bytes: u64,
    /// Of these: file and section headers, interface and other metadata blocks.
    pub header_bytes: u64,
    /// Of these: packet records with their headers.
    pub record_bytes: u64,
    /// Of these: blocks of unknown type or of use to nobody here, and damaged bytes between records.
    pub skipped_bytes: u64,
    /// Of these: bytes after the place where reading stopped.
    pub trailing_bytes: u64,
    /// Packets that became part of the analysis.
    pub decoded: u64,
    /// Packets without IP or ARP.
    pub non_ip: u64,
    /// Packets whose headers contradict themselves.
    pub malformed: u64,
    /// Packets whose headers are cut by the snapshot length.
    pub truncated_by_snaplen: u64,
    /// Packets of a link layer that is not decoded.
    pub unsupported_link: u64,
    /// Packets outside every flow, by reason.
    pub untracked: Untracked,
    /// Decoded packets that are not rows because the packet table is full (unit packet).
    pub packet_rows_full: u64,
    /// Hosts that have no row because the host table is full.
    pub host_rows_full: u64,
    /// Flows begun.
    pub flows_created: u64,
    /// Flows in the report.
    pub flows_reported: u64,
    /// Flows that did not fit as records of their own.
    pub flows_merged_into_overflow: u64,
    /// The packets of `untracked.table_full` by whom they were sent to.
    pub overflow: Overflow,
    /// Packets that were not decoded by kind, most frequent first; at most 256 kinds, the rest is `other`.
    pub undecoded: Vec<UndecodedCount>,
    /// Packets by link type.
    pub link_types: Vec<LinkTypeCount>,
    /// Packets the capturing program says it dropped (pcapng interface statistics).
    pub dropped_by_capture: u64,
    /// Rows of tables.
    pub table_rows: u64,
    /// Of these: rows that became flows or packets.
    pub table_rows_used: u64,
    /// Of these: rows that cannot be understood; by reason in the files' reports.
    pub table_rows_bad: u64,
    /// Of these: rows beyond the limits on memory and rows.
    pub table_rows_full: u64,
}

/// One input file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Last component of its name.
    pub name: String,
    /// `pcap`, `pcapng`, `snoop`, `erf`; of tables `csv`, `tsv`, `zeek-tsv`, `json-lines`; empty when none of them.
    pub format: &'static str,
    /// What it is compressed with: `gzip`, `zstd`, `lz4`, `xz`; empty where it is not. Two layers: `gzip+xz`.
    pub compression: String,
    /// Its bytes as they are stored.
    pub stored_bytes: u64,
    /// Bytes of its content: the same where it is not compressed. All offsets count these. Of compressed content that
    /// ends early, what comes after the end is not unpacked and not counted.
    pub bytes: u64,
    /// Its packets.
    pub packets: u64,
    /// How its reading ended.
    pub outcome: Outcome,
    /// What it says of itself.
    pub metadata: FileMetadata,
    /// Its rows and columns, where it is a table.
    pub table: Option<TableReport>,
}

/// A counted oddity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stable name.
    pub kind: &'static str,
    /// One sentence.
    pub message: &'static str,
    /// How often.
    pub count: u64,
    /// Where first.
    pub first: Position,
}
