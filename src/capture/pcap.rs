//! The classic pcap format: a 24-byte header, then records.

use pcap_parser::parse_pcap_header;

use super::chain::{Chain, Link};
use super::{LinkType, Oddities, Record, Step, Stop, u32_at};
use crate::error::Position;
use crate::report::{InterfaceInfo, Reason};
use crate::units::Timestamp;

/// Bytes of the file header.
pub(super) const HEADER_BYTES: usize = 24;
/// Bytes of a record header.
const RECORD_HEADER_BYTES: usize = 16;
/// Kuznetzov's "modified" format adds interface index, protocol and packet type to each record header.
const MODIFIED_RECORD_HEADER_BYTES: usize = 24;

/// The magics in file order, and whether each is big-endian.
const MAGICS: [([u8; 4], bool); 6] = [
    ([0xd4, 0xc3, 0xb2, 0xa1], false),
    ([0xa1, 0xb2, 0xc3, 0xd4], true),
    ([0x4d, 0x3c, 0xb2, 0xa1], false),
    ([0xa1, 0xb2, 0x3c, 0x4d], true),
    ([0x34, 0xcd, 0xb2, 0xa1], false),
    ([0xa1, 0xb2, 0xcd, 0x34], true),
];

/// Whether a file that begins like this may be pcap.
pub(super) fn may_begin(first: &[u8]) -> bool {
    MAGICS.iter().any(|(magic, _)| first.iter().zip(magic).all(|(a, b)| a == b))
}

/// In which order a record states its two lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LengthOrder {
    /// Captured, original.
    AsWritten,
    /// Original, captured: writers before version 2.3.
    Swapped,
    /// Version 2.3 was written both ways: the smaller one is the captured length.
    Either,
}

/// The four fields of a record header.
struct RecordHeader {
    seconds: u32,
    fraction: u32,
    captured: u32,
    original: u32,
}

/// A pcap file whose header has been read.
#[derive(Debug)]
pub(super) struct Pcap {
    big_endian: bool,
    header_bytes: usize,
    lengths: LengthOrder,
    nanos_per_unit: i64,
    snaplen: u32,
    link_type: LinkType,
    max_packet_bytes: u32,
    /// Second of the last record that was read, for judging others by.
    last_second: Option<u32>,
}

impl Pcap {
    /// Reads the file header from its 24 bytes.
    pub(super) fn open(header: &[u8], max_packet_bytes: u32) -> Result<Self, Stop> {
        let is_modified =
            header.starts_with(&[0x34, 0xcd, 0xb2, 0xa1]) || header.starts_with(&[0xa1, 0xb2, 0xcd, 0x34]);
        let big_endian = header.first() == Some(&0xa1);
        // The big-endian modified format is unknown to the parser; its header differs in the magic alone.
        let mut plain = [0u8; HEADER_BYTES];
        plain.iter_mut().zip(header).for_each(|(to, from)| *to = *from);
        if is_modified && big_endian {
            plain.iter_mut().zip([0xa1, 0xb2, 0xc3, 0xd4]).for_each(|(to, from)| *to = from);
        }
        let (_, parsed) = parse_pcap_header(&plain)
            .map_err(|_| Stop::new(Reason::ShortHeader, "the pcap file header cannot be read"))?;
        if parsed.version_major != 2 {
            let (major, minor) = (parsed.version_major, parsed.version_minor);
            return Err(Stop::new(
                Reason::UnsupportedVersion,
                format!("this is pcap version {major}.{minor}; only 2.x is read. Convert it first (editcap IN OUT)"),
            ));
        }
        Ok(Self {
            big_endian,
            header_bytes: if is_modified { MODIFIED_RECORD_HEADER_BYTES } else { RECORD_HEADER_BYTES },
            lengths: match parsed.version_minor {
                0..=2 => LengthOrder::Swapped,
                3 => LengthOrder::Either,
                _ => LengthOrder::AsWritten,
            },
            nanos_per_unit: if parsed.is_nanosecond_precision() { 1 } else { 1000 },
            snaplen: parsed.snaplen,
            link_type: LinkType::from_pcap_header(parsed.network.0.cast_unsigned()),
            max_packet_bytes,
            last_second: None,
        })
    }

    /// The file's one interface.
    pub(super) fn interface(&self, packets: u64) -> InterfaceInfo {
        InterfaceInfo {
            name: None,
            description: None,
            link_type: u32::from(self.link_type.0),
            snaplen: self.snaplen,
            packets,
            dropped: None,
        }
    }

    fn record_header(&self, bytes: &[u8]) -> Option<RecordHeader> {
        let field = |at| u32_at(bytes, at, self.big_endian);
        let (first, second) = (field(8)?, field(12)?);
        let is_swapped = match self.lengths {
            LengthOrder::AsWritten => false,
            LengthOrder::Swapped => true,
            LengthOrder::Either => first > second,
        };
        let (captured, original) = if is_swapped { (second, first) } else { (first, second) };
        Some(RecordHeader { seconds: field(0)?, fraction: field(4)?, captured, original })
    }

    /// Reads the record at the start of `bytes`.
    pub(super) fn step<'a>(&mut self, bytes: &'a [u8], odd: &mut Oddities, at: Position) -> Step<'a> {
        let Some(header) = bytes.get(..self.header_bytes).and_then(|b| self.record_header(b)) else {
            return Step::Need(self.header_bytes);
        };
        if header.captured > self.max_packet_bytes {
            return Step::Stop(Stop::new(
                Reason::BadLength,
                format!(
                    "the record at byte {} claims {} captured bytes; at most {} are believed",
                    at.byte, header.captured, self.max_packet_bytes
                ),
            ));
        }
        let used = self.header_bytes + usize::try_from(header.captured).unwrap_or(usize::MAX - self.header_bytes);
        let Some(data) = bytes.get(self.header_bytes..used) else { return Step::Need(used) };
        self.note_oddities(&header, odd, at);
        self.last_second = Some(header.seconds);
        let ts = Timestamp::from_parts(i64::from(header.seconds), i64::from(header.fraction) * self.nanos_per_unit);
        let original_len = header.original.max(header.captured);
        Step::Frame {
            used,
            frame: Record { ts, original_len, link_type: self.link_type, data, interface: 0, comment: None },
        }
    }

    fn note_oddities(&self, header: &RecordHeader, odd: &mut Oddities, at: Position) {
        if i64::from(header.fraction) * self.nanos_per_unit >= 1_000_000_000 {
            odd.add("ts_invalid", "The fraction of a time stamp is a second or more; it was added as it is.", at);
        }
        if header.captured > header.original {
            odd.add(
                "caplen_over_original_length",
                "A record has more captured bytes than it says the packet had; the captured length was taken for both.",
                at,
            );
        }
        // 0 and the largest value mean unknown
        if self.snaplen != 0 && header.captured > self.snaplen {
            odd.add("caplen_over_snaplen", "A record is longer than the file's snapshot length; it was kept.", at);
        }
        if header.captured == 0 {
            odd.add("zero_length_packet", "A record has no captured bytes; it was counted.", at);
        }
    }
}

/// Records after damage are looked for at most this far in time from the last good one.
const PLAUSIBLE_SECONDS: u32 = 7 * 86_400;
/// A wire length above this is no packet's: the largest IPv6 jumbograms in practice and offloaded segments are below.
const PLAUSIBLE_ORIGINAL: u32 = 1 << 20;

impl Chain for Pcap {
    const LINKS: usize = 4;

    fn link(&self, bytes: &[u8]) -> Link {
        let Some(header) = bytes.get(..self.header_bytes).and_then(|b| self.record_header(b)) else {
            return Link::Need(self.header_bytes);
        };
        let is_near = self.last_second.is_none_or(|last| last.abs_diff(header.seconds) <= PLAUSIBLE_SECONDS);
        let is_plausible = is_near
            && (1..=self.max_packet_bytes).contains(&header.captured)
            && (header.captured..=PLAUSIBLE_ORIGINAL.max(self.max_packet_bytes)).contains(&header.original)
            && i64::from(header.fraction) * self.nanos_per_unit < 1_000_000_000;
        if is_plausible {
            Link::Of(self.header_bytes + usize::try_from(header.captured).unwrap_or(usize::MAX - self.header_bytes))
        } else {
            Link::None
        }
    }
}
