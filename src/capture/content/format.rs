//! The formats a file's content may have.

use super::super::chain::{Chain as _, Verdict};
use super::super::erf::{self, Erf};
use super::super::pcap::{self, Pcap};
use super::super::pcapng::{self, Pcapng};
use super::super::snoop::{self, Snoop};
use super::super::{Stop, identify};
use crate::report::FileMetadata;
use crate::tabular;

/// Bytes more that are asked for while ERF records cannot be told from others.
const PROBE_STEP: usize = 4_096;

#[derive(Debug)]
pub(super) enum Format {
    Unknown,
    Pcap(Pcap),
    Pcapng(Box<Pcapng>),
    Snoop(Snoop),
    Erf(Erf),
    Table(Box<tabular::Reader>),
}

/// What the first bytes of a file lead to.
pub(super) enum Opening {
    /// The format is known; its header has this many bytes, read.
    Known { format: Format, header: usize },
    /// At least this many bytes are wanted.
    Need(usize),
    /// It cannot be read.
    Stop(Stop),
    /// No capture; it may yet be a table.
    NoCapture,
}

/// Whether a file that begins like this may be a capture.
pub(super) fn may_begin(first: &[u8]) -> bool {
    let begins = |magic: &[u8]| first.iter().zip(magic).all(|(a, b)| a == b);
    !first.is_empty() && (pcap::may_begin(first) || begins(&pcapng::MAGIC) || begins(&snoop::MAGIC))
}

/// Finds the format from the file's first bytes.
pub(super) fn open(bytes: &[u8], max_packet_bytes: u32) -> Opening {
    if bytes.starts_with(&pcapng::MAGIC) {
        return Opening::Known { format: Format::Pcapng(Box::new(Pcapng::new(max_packet_bytes))), header: 0 };
    }
    if bytes.len() < snoop::MAGIC.len() && may_begin(bytes) {
        return Opening::Need(if pcap::may_begin(bytes) && bytes.len() >= 4 {
            pcap::HEADER_BYTES
        } else {
            bytes.len() + 1
        });
    }
    if pcap::may_begin(bytes) {
        let Some(header) = bytes.get(..pcap::HEADER_BYTES) else { return Opening::Need(pcap::HEADER_BYTES) };
        return match Pcap::open(header, max_packet_bytes) {
            Ok(pcap) => Opening::Known { format: Format::Pcap(pcap), header: pcap::HEADER_BYTES },
            Err(stop) => Opening::Stop(stop),
        };
    }
    if bytes.starts_with(&snoop::MAGIC) {
        let Some(header) = bytes.get(..snoop::HEADER_BYTES) else { return Opening::Need(snoop::HEADER_BYTES) };
        return match Snoop::open(header, max_packet_bytes) {
            Ok(snoop) => Opening::Known { format: Format::Snoop(snoop), header: snoop::HEADER_BYTES },
            Err(stop) => Opening::Stop(stop),
        };
    }
    if bytes.len() < identify::WANTED_BYTES {
        return Opening::Need(identify::WANTED_BYTES);
    }
    match erf::begins(bytes, false) {
        Verdict::Yes => Opening::Known { format: Format::Erf(Erf::default()), header: 0 },
        Verdict::No => Opening::NoCapture,
        Verdict::Unknown => Opening::Need(bytes.len() + PROBE_STEP),
    }
}

impl Format {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Pcap(_) => "pcap",
            Self::Pcapng(_) => "pcapng",
            Self::Snoop(_) => "snoop",
            Self::Erf(_) => "erf",
            Self::Table(table) => table.format_name(),
        }
    }

    /// Whether the file's header was read: before that it may yet be rejected.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Pcapng(pcapng) => pcapng.is_open(),
            _ => true,
        }
    }

    /// Whether reading may begin at any record, given the headers. ERF has none to tell the format by.
    pub(super) fn is_seekable(&self) -> bool {
        match self {
            Self::Unknown | Self::Erf(_) | Self::Table(_) => false,
            Self::Pcap(_) | Self::Snoop(_) => true,
            Self::Pcapng(pcapng) => pcapng.is_open() && !pcapng.has_simple_packets(),
        }
    }

    /// Whether records can be told from other bytes without those before them.
    pub(super) fn can_be_found_again(&self) -> bool {
        match self {
            Self::Pcap(_) => true,
            Self::Pcapng(pcapng) => pcapng.is_open(),
            _ => false,
        }
    }

    /// Whether records follow each other plausibly from the beginning of `bytes` on.
    pub(super) fn follows(&self, bytes: &[u8], is_end: bool) -> Verdict {
        match self {
            Self::Pcap(pcap) => pcap.follows(bytes, is_end),
            Self::Pcapng(pcapng) => pcapng.follows(bytes, is_end),
            _ => Verdict::No,
        }
    }

    /// Packets that the capturing program says it dropped.
    pub(super) fn dropped(&self) -> u64 {
        match self {
            Self::Pcapng(pcapng) => pcapng.dropped(),
            Self::Snoop(snoop) => snoop.dropped(),
            _ => 0,
        }
    }

    /// What the file says of itself.
    pub(super) fn into_metadata(self, packets: u64) -> FileMetadata {
        let interface = match self {
            Self::Unknown | Self::Table(_) => return FileMetadata::default(),
            Self::Pcapng(pcapng) => return pcapng.into_metadata(),
            Self::Pcap(pcap) => pcap.interface(packets),
            Self::Snoop(snoop) => snoop.interface(packets),
            Self::Erf(erf) => erf.interface(packets),
        };
        FileMetadata { interfaces: vec![interface], interface_count: 1, ..FileMetadata::default() }
    }
}
