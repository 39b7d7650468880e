//! pcapng: sections of blocks, many interfaces, any byte order.

mod interface;
mod metadata;
mod options;
mod packet_blocks;

use super::chain::{Chain, Link};
use super::{Oddities, Step, Stop, u16_at, u32_at};
use crate::error::Position;
use crate::report::{FileMetadata, Reason};
use crate::units::Timestamp;
use interface::Interface;

/// Type of a section header block: the same in both byte orders.
pub(super) const SECTION_HEADER: u32 = 0x0a0d_0d0a;
/// Its first bytes.
pub(super) const MAGIC: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

const BYTE_ORDER_BIG: [u8; 4] = [0x1a, 0x2b, 0x3c, 0x4d];
const BYTE_ORDER_LITTLE: [u8; 4] = [0x4d, 0x3c, 0x2b, 0x1a];

const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAME_RESOLUTION: u32 = 4;
const INTERFACE_STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const DECRYPTION_SECRETS: u32 = 10;

/// Type, length and trailing length.
const SMALLEST_BLOCK: u32 = 12;
/// Room in a packet block for its header and options beside the packet.
const BLOCK_OVERHEAD: u32 = 1 << 20;
/// Metadata blocks up to this size are read whole; larger ones are skipped by their length.
const LARGEST_METADATA: u32 = 1 << 20;
/// An interface number is 32 bits wide; more interfaces than this in a section are not remembered.
const MAX_INTERFACES: usize = FileMetadata::MAX_INTERFACES;

/// A pcapng file.
#[derive(Debug)]
pub(super) struct Pcapng {
    big_endian: bool,
    has_section: bool,
    /// The section's interfaces, and the running number of its first one.
    interfaces: Vec<Interface>,
    first_interface: u32,
    dropped_in_past_sections: u64,
    last_ts: Timestamp,
    has_simple_packets: bool,
    max_packet_bytes: u32,
    metadata: FileMetadata,
}

/// One whole block.
struct Block<'a> {
    kind: u32,
    bytes: &'a [u8],
    at: Position,
}

impl Pcapng {
    pub(super) fn new(max_packet_bytes: u32) -> Self {
        Self {
            big_endian: false,
            has_section: false,
            interfaces: Vec::new(),
            first_interface: 0,
            dropped_in_past_sections: 0,
            last_ts: Timestamp(0),
            has_simple_packets: false,
            max_packet_bytes,
            metadata: FileMetadata::default(),
        }
    }

    /// Whether the first section header was read: before that the file may yet be rejected.
    pub(super) fn is_open(&self) -> bool {
        self.has_section
    }

    /// Packets that the capturing program says it dropped.
    pub(super) fn dropped(&self) -> u64 {
        let drops = self.interfaces.iter().filter_map(|i| i.dropped);
        drops.fold(self.dropped_in_past_sections, u64::saturating_add)
    }

    /// Whether packets without a time of their own were read: they take it from the one before.
    pub(super) fn has_simple_packets(&self) -> bool {
        self.has_simple_packets
    }

    /// What the file says of itself.
    pub(super) fn into_metadata(mut self) -> FileMetadata {
        self.end_section();
        self.metadata
    }

    /// Reads the block at the start of `bytes`.
    pub(super) fn step<'a>(&mut self, bytes: &'a [u8], odd: &mut Oddities, at: Position) -> Step<'a> {
        if bytes.len() < 12 {
            return Step::Need(12);
        }
        let kind = u32_at(bytes, 0, self.big_endian).unwrap_or(0);
        if kind == SECTION_HEADER {
            self.big_endian = match bytes.get(8..12) {
                Some(order) if order == BYTE_ORDER_BIG => true,
                Some(order) if order == BYTE_ORDER_LITTLE => false,
                _ => {
                    let text = format!("the section header at byte {} has no known byte order", at.byte);
                    return Step::Stop(Stop::new(Reason::BadByteOrder, text));
                }
            };
        } else if !self.has_section {
            return Step::Stop(Stop::new(Reason::UnknownFormat, "no section header at the start"));
        }
        let length = u32_at(bytes, 4, self.big_endian).unwrap_or(0);
        if length < SMALLEST_BLOCK || !length.is_multiple_of(4) || self.is_too_long(kind, length) {
            let text =
                format!("the block at byte {} (type {kind:#x}) claims an impossible length of {length}", at.byte);
            return Step::Stop(Stop::new(Reason::BadLength, text));
        }
        if length > LARGEST_METADATA && !is_packet(kind) {
            odd.add("large_block_skipped", "A large block without packets was skipped by its length.", at);
            return Step::Skip { total: u64::from(length) };
        }
        let used = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(block) = bytes.get(..used) else { return Step::Need(used) };
        if u32_at(block, used - 4, self.big_endian) != Some(length) {
            let text = format!("the two lengths of the block at byte {} (type {kind:#x}) differ", at.byte);
            return Step::Stop(Stop::new(Reason::BadBlock, text));
        }
        self.read(&Block { kind, bytes: block, at }, odd)
    }

    fn is_too_long(&self, kind: u32, length: u32) -> bool {
        match kind {
            SECTION_HEADER => !(28..=LARGEST_METADATA).contains(&length),
            _ if is_packet(kind) => length > self.max_packet_bytes.saturating_add(BLOCK_OVERHEAD),
            _ => false,
        }
    }

    fn read<'a>(&mut self, block: &Block<'a>, odd: &mut Oddities) -> Step<'a> {
        let used = block.bytes.len();
        let header = Step::Header { used, is_needed: false };
        match block.kind {
            SECTION_HEADER => self.begin_section(block, odd),
            INTERFACE_DESCRIPTION => {
                self.add_interface(block, odd);
                Step::Header { used, is_needed: true }
            }
            INTERFACE_STATISTICS => {
                self.read_statistics(block, odd);
                header
            }
            kind if is_packet(kind) => match self.packet(block, odd) {
                Some(frame) => {
                    self.last_ts = frame.ts;
                    Step::Frame { used, frame }
                }
                None => Step::Skip { total: used as u64 },
            },
            NAME_RESOLUTION => {
                self.read_names(block);
                header
            }
            DECRYPTION_SECRETS => {
                self.metadata.secrets += 1;
                odd.add(
                    "decryption_secrets",
                    "The capture carries decryption secrets; they are never exported.",
                    block.at,
                );
                header
            }
            _ => {
                odd.add("unknown_block", "A block of a type without packets was skipped by its length.", block.at);
                Step::Skip { total: used as u64 }
            }
        }
    }

    fn begin_section<'a>(&mut self, block: &Block<'a>, odd: &mut Oddities) -> Step<'a> {
        let major = u16_at(block.bytes, 12, self.big_endian).unwrap_or(0);
        if major != 1 {
            let text = format!("this is pcapng version {major}; only version 1 is read");
            return Step::Stop(Stop::new(Reason::UnsupportedVersion, text));
        }
        if pcap_parser::pcapng::parse_sectionheaderblock(block.bytes).is_err() {
            odd.add("bad_option", "A block's options cannot be read; its fixed fields were used.", block.at);
        }
        self.end_section();
        self.has_section = true;
        self.metadata.sections += 1;
        self.describe_section(block);
        Step::Header { used: block.bytes.len(), is_needed: true }
    }

    /// Keeps what the interfaces of the past section counted.
    fn end_section(&mut self) {
        self.dropped_in_past_sections = self.dropped();
        for (interface, number) in self.interfaces.iter().zip(self.first_interface..) {
            let Some(info) = usize::try_from(number).ok().and_then(|n| self.metadata.interfaces.get_mut(n)) else {
                break;
            };
            info.packets = interface.packets;
            info.dropped = interface.dropped;
        }
        let past = u32::try_from(self.interfaces.len()).unwrap_or(u32::MAX);
        self.first_interface = self.first_interface.saturating_add(past);
        self.interfaces.clear();
    }
}

/// Blocks with packets that are shorter than this are believed when the way is searched after damage.
const PLAUSIBLE_OVERHEAD: u32 = 1 << 16;

impl Chain for Pcapng {
    const LINKS: usize = 2;

    fn link(&self, bytes: &[u8]) -> Link {
        let Some(first) = bytes.get(..12) else { return Link::Need(12) };
        let is_section = first.starts_with(&MAGIC);
        let big_endian = match first.get(8..12) {
            Some(order) if is_section && order == BYTE_ORDER_BIG => true,
            Some(order) if is_section && order == BYTE_ORDER_LITTLE => false,
            _ if is_section => return Link::None,
            _ => self.big_endian,
        };
        let kind = u32_at(first, 0, big_endian).unwrap_or(0);
        let length = u32_at(first, 4, big_endian).unwrap_or(0);
        let (least, most) = match kind {
            SECTION_HEADER => (28, PLAUSIBLE_OVERHEAD),
            kind if is_packet(kind) => (16, self.max_packet_bytes.saturating_add(PLAUSIBLE_OVERHEAD)),
            INTERFACE_DESCRIPTION => (20, PLAUSIBLE_OVERHEAD),
            NAME_RESOLUTION | INTERFACE_STATISTICS | DECRYPTION_SECRETS => (SMALLEST_BLOCK, PLAUSIBLE_OVERHEAD),
            _ => return Link::None,
        };
        if !length.is_multiple_of(4) || !(least..=most).contains(&length) {
            return Link::None;
        }
        let whole = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(block) = bytes.get(..whole) else { return Link::Need(whole) };
        match u32_at(block, whole - 4, big_endian) {
            Some(trailer) if trailer != length => Link::None,
            _ if is_section => Link::Sure,
            _ => Link::Of(whole),
        }
    }
}

fn is_packet(kind: u32) -> bool {
    matches!(kind, ENHANCED_PACKET | SIMPLE_PACKET | OBSOLETE_PACKET)
}
