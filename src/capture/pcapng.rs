//! pcapng: sections of blocks, many interfaces, any byte order.

mod interface;
mod packet_blocks;

use super::{Oddities, Step, Stop, u16_at, u32_at};
use crate::error::Position;
use crate::report::Reason;
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
const MAX_INTERFACES: usize = 65_536;

/// A pcapng file.
#[derive(Debug)]
pub(super) struct Pcapng {
    big_endian: bool,
    has_section: bool,
    interfaces: Vec<Interface>,
    dropped_in_past_sections: u64,
    last_ts: Timestamp,
    max_packet_bytes: u32,
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
            dropped_in_past_sections: 0,
            last_ts: Timestamp(0),
            max_packet_bytes,
        }
    }

    /// Whether the first section header was read: before that the file may yet be rejected.
    pub(super) fn is_open(&self) -> bool {
        self.has_section
    }

    /// Packets that the capturing program says it dropped.
    pub(super) fn dropped(&self) -> u64 {
        self.interfaces.iter().fold(self.dropped_in_past_sections, |sum, i| sum.saturating_add(i.dropped))
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
        match block.kind {
            SECTION_HEADER => self.begin_section(block, odd),
            INTERFACE_DESCRIPTION => {
                self.add_interface(block, odd);
                Step::Header { used }
            }
            INTERFACE_STATISTICS => {
                self.read_statistics(block, odd);
                Step::Header { used }
            }
            kind if is_packet(kind) => match self.packet(block, odd) {
                Some(frame) => {
                    self.last_ts = frame.ts;
                    Step::Frame { used, frame }
                }
                None => Step::Skip { total: used as u64 },
            },
            NAME_RESOLUTION => {
                odd.add("name_resolution_block", "The capture carries names of its own; they are not used.", block.at);
                Step::Header { used }
            }
            DECRYPTION_SECRETS => {
                odd.add(
                    "decryption_secrets",
                    "The capture carries decryption secrets; they are never exported.",
                    block.at,
                );
                Step::Header { used }
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
        self.dropped_in_past_sections = self.dropped();
        self.interfaces.clear();
        self.has_section = true;
        Step::Header { used: block.bytes.len() }
    }
}

fn is_packet(kind: u32) -> bool {
    matches!(kind, ENHANCED_PACKET | SIMPLE_PACKET | OBSOLETE_PACKET)
}
