//! The classic pcap format: a 24-byte header, then records.

use pcap_parser::{parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use super::{LinkType, Oddities, Record, Step, Stop, u32_at};
use crate::error::Position;
use crate::report::Reason;
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

/// A pcap file whose header has been read.
#[derive(Debug)]
pub(super) struct Pcap {
    big_endian: bool,
    is_modified: bool,
    nanos_per_unit: i64,
    snaplen: u32,
    link_type: LinkType,
    max_packet_bytes: u32,
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
            is_modified,
            nanos_per_unit: if parsed.is_nanosecond_precision() { 1 } else { 1000 },
            snaplen: parsed.snaplen,
            link_type: LinkType::from_pcap_header(parsed.network.0.cast_unsigned()),
            max_packet_bytes,
        })
    }

    /// Reads the record at the start of `bytes`.
    pub(super) fn step<'a>(&self, bytes: &'a [u8], odd: &mut Oddities, at: Position) -> Step<'a> {
        let header = if self.is_modified { MODIFIED_RECORD_HEADER_BYTES } else { RECORD_HEADER_BYTES };
        if bytes.len() < header {
            return Step::Need(header);
        }
        let Some(captured) = u32_at(bytes, 8, self.big_endian) else { return Step::Need(header) };
        if captured > self.max_packet_bytes {
            return Step::Stop(Stop::new(
                Reason::BadLength,
                format!(
                    "the record at byte {} claims {captured} captured bytes; at most {} are believed",
                    at.byte, self.max_packet_bytes
                ),
            ));
        }
        let used = header + usize::try_from(captured).unwrap_or(usize::MAX - header);
        let Some(record) = bytes.get(..used) else { return Step::Need(used) };
        let parsed = if self.big_endian { parse_pcap_frame_be(record) } else { parse_pcap_frame(record) };
        let Ok((_, block)) = parsed else {
            return Step::Stop(Stop::new(Reason::BadLength, format!("the record at byte {} cannot be read", at.byte)));
        };
        let data = record.get(header..).unwrap_or_default();
        self.note_oddities(block.ts_usec, block.caplen, block.origlen, odd, at);
        let ts = Timestamp::from_parts(i64::from(block.ts_sec), i64::from(block.ts_usec) * self.nanos_per_unit);
        let original_len = block.origlen.max(block.caplen);
        Step::Frame {
            used,
            frame: Record { ts, original_len, link_type: self.link_type, data, interface: 0, comment: None },
        }
    }

    fn note_oddities(&self, fraction: u32, captured: u32, original: u32, odd: &mut Oddities, at: Position) {
        if i64::from(fraction) * self.nanos_per_unit >= 1_000_000_000 {
            odd.add("ts_invalid", "The fraction of a time stamp is a second or more; it was added as it is.", at);
        }
        if captured > original {
            odd.add(
                "caplen_over_original_length",
                "A record has more captured bytes than it says the packet had; the captured length was taken for both.",
                at,
            );
        }
        // 0 and the largest value mean unknown
        if self.snaplen != 0 && captured > self.snaplen {
            odd.add("caplen_over_snaplen", "A record is longer than the file's snapshot length; it was kept.", at);
        }
        if captured == 0 {
            odd.add("zero_length_packet", "A record has no captured bytes; it was counted.", at);
        }
    }
}
