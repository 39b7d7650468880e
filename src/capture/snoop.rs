//! The snoop format of Solaris (RFC 1761): a 16-byte header, then records, all big-endian.

use super::{LinkType, Oddities, Record, Step, Stop, u32_at};
use crate::error::Position;
use crate::report::{InterfaceInfo, Reason};
use crate::units::Timestamp;

/// The file's first bytes.
pub(super) const MAGIC: [u8; 8] = *b"snoop\0\0\0";
/// Bytes of the file header.
pub(super) const HEADER_BYTES: usize = 16;
/// Bytes of a record header.
const RECORD_HEADER_BYTES: usize = 24;
/// Padding after a packet is a few bytes; a record that claims more than this is not believed.
const MAX_PADDING: u32 = 1 << 16;

/// A snoop file whose header has been read.
#[derive(Debug)]
pub(super) struct Snoop {
    link_type: LinkType,
    max_packet_bytes: u32,
    /// Packets dropped so far, as the latest record says.
    dropped: u64,
}

/// The registry's number of a snoop link type; what has none gets one that nothing else has.
fn link_type(number: u32) -> LinkType {
    match number {
        // IEEE 802.3 and Ethernet
        0 | 4 => LinkType::ETHERNET,
        // token ring
        2 => LinkType(6),
        // FDDI
        8 => LinkType(10),
        // null and loopback
        9 | 14 => LinkType::NULL,
        // IP over Fibre Channel
        16 => LinkType(122),
        // ATM as SunATM writes it
        18 => LinkType(123),
        // IP over InfiniBand
        26 => LinkType(242),
        _ => LinkType(u16::MAX),
    }
}

impl Snoop {
    /// Reads the file header from its 16 bytes.
    pub(super) fn open(header: &[u8], max_packet_bytes: u32) -> Result<Self, Stop> {
        let version = u32_at(header, 8, true).unwrap_or(0);
        if version != 2 {
            let text = format!("this is snoop version {version}; only 2 is read. Convert it first (editcap IN OUT)");
            return Err(Stop::new(Reason::UnsupportedVersion, text));
        }
        let link_type = link_type(u32_at(header, 12, true).unwrap_or(u32::MAX));
        Ok(Self { link_type, max_packet_bytes, dropped: 0 })
    }

    /// Packets that the capturing program says it dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The file's one interface.
    pub(super) fn interface(&self, packets: u64) -> InterfaceInfo {
        InterfaceInfo {
            name: None,
            description: None,
            link_type: u32::from(self.link_type.0),
            snaplen: 0,
            packets,
            dropped: Some(self.dropped),
        }
    }

    /// Reads the record at the start of `bytes`.
    pub(super) fn step<'a>(&mut self, bytes: &'a [u8], odd: &mut Oddities, at: Position) -> Step<'a> {
        let field = |at| u32_at(bytes, at, true);
        let fields = (field(0), field(4), field(8), field(12), field(16), field(20));
        let (Some(original), Some(captured), Some(length), Some(drops), Some(seconds), Some(micros)) = fields else {
            return Step::Need(RECORD_HEADER_BYTES);
        };
        let room = length.checked_sub(24).and_then(|room| room.checked_sub(captured));
        if captured > self.max_packet_bytes || room.is_none_or(|padding| padding > MAX_PADDING) {
            let text = format!(
                "the record at byte {} claims {captured} captured bytes in a record of {length}; at most {} are believed",
                at.byte, self.max_packet_bytes
            );
            return Step::Stop(Stop::new(Reason::BadLength, text));
        }
        let used = usize::try_from(length).unwrap_or(usize::MAX);
        let end = used - usize::try_from(room.unwrap_or(0)).unwrap_or(0);
        let Some(data) = bytes.get(..used).and_then(|record| record.get(RECORD_HEADER_BYTES..end)) else {
            return Step::Need(used);
        };
        if micros >= 1_000_000 {
            odd.add("ts_invalid", "The fraction of a time stamp is a second or more; it was added as it is.", at);
        }
        if captured > original {
            odd.add(
                "caplen_over_original_length",
                "A record has more captured bytes than it says the packet had; the captured length was taken for both.",
                at,
            );
        }
        if captured == 0 {
            odd.add("zero_length_packet", "A record has no captured bytes; it was counted.", at);
        }
        self.dropped = u64::from(drops);
        let ts = Timestamp::from_parts(i64::from(seconds), i64::from(micros) * 1000);
        let original_len = original.max(captured);
        Step::Frame {
            used,
            frame: Record { ts, original_len, link_type: self.link_type, data, interface: 0, comment: None },
        }
    }
}
