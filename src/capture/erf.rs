//! Endace's extensible record format: records without a file header, known by how they follow each other.

use super::chain::{Chain, Link, Verdict};
use super::{LinkType, Oddities, Record, Step, Stop, u16_at, u32_at};
use crate::error::Position;
use crate::report::{InterfaceInfo, Reason};
use crate::units::Timestamp;

/// Time stamp, type, flags and three lengths.
const RECORD_HEADER_BYTES: usize = 16;
/// Bytes of an extension header.
const EXTENSION_BYTES: usize = 8;
/// More extension headers than this are not believed.
const MAX_EXTENSIONS: usize = 16;
/// Set in the type of a record and of an extension header when an extension header follows.
const HAS_EXTENSION: u8 = 0x80;
/// A record that carries nothing.
const PADDING: u8 = 48;
/// Records of a file are this close in time where no magic tells the format.
const PLAUSIBLE_SECONDS: u32 = 86_400;
/// 1990-01-01: no earlier time is believed where no magic tells the format.
const EARLIEST_SECOND: u32 = 631_152_000;

/// The header of a record.
struct Header {
    /// Units of 2^-32 s after the epoch.
    time: u64,
    kind: u8,
    has_extension: bool,
    record_len: usize,
    wire_len: u32,
}

impl Header {
    fn of(bytes: &[u8]) -> Option<Self> {
        let time = u64::from(u32_at(bytes, 4, false)?) << 32 | u64::from(u32_at(bytes, 0, false)?);
        let kind = *bytes.get(8)?;
        Some(Self {
            time,
            kind: kind & !HAS_EXTENSION,
            has_extension: kind & HAS_EXTENSION != 0,
            record_len: usize::from(u16_at(bytes, 10, true)?),
            wire_len: u32::from(u16_at(bytes, 14, true)?),
        })
    }

    fn second(&self) -> u32 {
        u32::try_from(self.time >> 32).unwrap_or(u32::MAX)
    }

    /// Nanoseconds since the epoch, rounded to the nearest.
    fn timestamp(&self) -> Timestamp {
        let ns = (u128::from(self.time) * 1_000_000_000 + (1 << 31)) >> 32;
        Timestamp(i64::try_from(ns).unwrap_or(i64::MAX))
    }
}

/// An ERF file.
#[derive(Debug, Default)]
pub(super) struct Erf {
    /// The link type of the first packet.
    link_type: Option<LinkType>,
}

/// Whether the file's first bytes are ERF records. Call it after every magic has failed: nothing else marks the format.
pub(super) fn begins(bytes: &[u8], is_end: bool) -> Verdict {
    let printable = |b: &u8| (0x20..0x7f).contains(b) || matches!(b, b'\t' | b'\r' | b'\n');
    // text of many equal characters would pass for records
    match bytes.get(..RECORD_HEADER_BYTES) {
        Some(header) if header.iter().all(printable) => Verdict::No,
        Some(header) => Header::of(header).map_or(Verdict::No, |h| Probe { second: h.second() }.follows(bytes, is_end)),
        None if is_end => Verdict::No,
        None => Verdict::Unknown,
    }
}

/// Judges records by the time of the first one.
struct Probe {
    second: u32,
}

impl Chain for Probe {
    const LINKS: usize = 4;

    fn link(&self, bytes: &[u8]) -> Link {
        let Some(header) = Header::of(bytes) else { return Link::Need(RECORD_HEADER_BYTES) };
        let second = header.second();
        let is_plausible = (1..=PADDING).contains(&header.kind)
            && second >= EARLIEST_SECOND
            && second.abs_diff(self.second) <= PLAUSIBLE_SECONDS
            && header.record_len > RECORD_HEADER_BYTES
            && (header.kind == PADDING || header.wire_len > 0);
        if is_plausible { Link::Of(header.record_len) } else { Link::None }
    }
}

/// Where the packet is in a record's payload, and its link type; `None` for kinds that keep their record's header.
fn payload(kind: u8, bytes: &[u8]) -> Option<(usize, LinkType)> {
    let hdlc = |at: usize| {
        let is_cisco = matches!(bytes.get(at), Some(0x0f | 0x8f));
        // ppp_hdlc, c_hdlc
        (at, LinkType(if is_cisco { 104 } else { 50 }))
    };
    match kind {
        // Ethernet, plain and coloured, behind an offset and a padding byte
        2 | 11 | 16 | 20 => Some((2, LinkType::ETHERNET)),
        // HDLC, plain and coloured
        1 | 10 | 15 | 19 => Some(hdlc(0)),
        // multichannel HDLC, behind its own header
        5 | 17 => Some(hdlc(4)),
        22 => Some((0, LinkType::IPV4)),
        23 => Some((0, LinkType::IPV6)),
        _ => None,
    }
}

impl Erf {
    /// The file's one interface.
    pub(super) fn interface(&self, packets: u64) -> InterfaceInfo {
        InterfaceInfo {
            name: None,
            description: None,
            link_type: u32::from(self.link_type.unwrap_or(LinkType::ERF).0),
            snaplen: 0,
            packets,
            dropped: None,
        }
    }

    /// Reads the record at the start of `bytes`.
    pub(super) fn step<'a>(&mut self, bytes: &'a [u8], odd: &mut Oddities, at: Position) -> Step<'a> {
        let Some(header) = Header::of(bytes) else { return Step::Need(RECORD_HEADER_BYTES) };
        let bad =
            |what: &str| Step::Stop(Stop::new(Reason::BadLength, format!("the ERF record at byte {} {what}", at.byte)));
        if header.kind == 0 {
            return bad("has no known type");
        }
        if header.record_len < RECORD_HEADER_BYTES {
            return bad(&format!("claims an impossible length of {}", header.record_len));
        }
        let Some(record) = bytes.get(..header.record_len) else { return Step::Need(header.record_len) };
        if header.kind == PADDING {
            return Step::Skip { total: crate::units::count(header.record_len) };
        }
        let mut start = RECORD_HEADER_BYTES;
        let mut has_extension = header.has_extension;
        for _ in 0..MAX_EXTENSIONS {
            if !has_extension {
                break;
            }
            has_extension = record.get(start).is_some_and(|b| b & HAS_EXTENSION != 0);
            start += EXTENSION_BYTES;
        }
        let Some(body) = record.get(start..).filter(|_| !has_extension) else {
            return bad("has extension headers that do not fit it");
        };
        let (data, link_type, original) = match payload(header.kind, body) {
            Some((skip, link_type)) => {
                let data = body.get(skip..).unwrap_or_default();
                // a record is padded; the packet ends where its wire length says
                let captured = data.len().min(usize::try_from(header.wire_len).unwrap_or(usize::MAX));
                (data.get(..captured).unwrap_or(data), link_type, header.wire_len)
            }
            None => (record, LinkType::ERF, u32::try_from(header.record_len).unwrap_or(u32::MAX)),
        };
        if data.is_empty() {
            odd.add("zero_length_packet", "A record has no captured bytes; it was counted.", at);
        }
        self.link_type.get_or_insert(link_type);
        let frame =
            Record { ts: header.timestamp(), original_len: original, link_type, data, interface: 0, comment: None };
        Step::Frame { used: header.record_len, frame }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_its_fractions() {
        let at = |time| Header { time, kind: 2, has_extension: false, record_len: 16, wire_len: 0 }.timestamp();
        assert_eq!(at(1 << 32), Timestamp(1_000_000_000));
        assert_eq!(at(1 << 31), Timestamp(500_000_000));
        assert_eq!(at(4_294_967_295), Timestamp(1_000_000_000));
        assert_eq!(at(u64::MAX), Timestamp(4_294_967_296_000_000_000));
    }

    #[test]
    fn does_not_take_text_for_records() {
        assert_eq!(begins(&[b' '; 40_000], true), Verdict::No);
        assert_eq!(begins(&[0; 400], true), Verdict::No);
        assert_eq!(begins(&[0x40; 8], false), Verdict::Unknown);
    }
}
