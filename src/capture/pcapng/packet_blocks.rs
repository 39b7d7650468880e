//! The three blocks that carry packets.

use pcap_parser::pcapng::{
    parse_enhancedpacketblock_be, parse_enhancedpacketblock_le, parse_simplepacketblock_be, parse_simplepacketblock_le,
};

use super::super::{Oddities, Record, u16_at, u32_at};
use super::{Block, ENHANCED_PACKET, OBSOLETE_PACKET, Pcapng};

/// Header of a packet block with an interface and a time, and the length at its end.
const HEADER_BYTES: usize = 28;
const TRAILER_BYTES: usize = 4;

/// The fields that enhanced and obsolete packet blocks share.
struct Fields<'a> {
    interface: u32,
    ts: u64,
    original: u32,
    data: &'a [u8],
}

impl Pcapng {
    /// The packet in a block; `None` when the block is to be skipped.
    pub(super) fn packet<'a>(&mut self, block: &Block<'a>, odd: &mut Oddities) -> Option<Record<'a>> {
        let fields = match block.kind {
            ENHANCED_PACKET => self.enhanced(block, odd),
            OBSOLETE_PACKET => self.obsolete(block),
            _ => return self.simple(block, odd),
        };
        let Some(fields) = fields else {
            odd.add(
                "bad_packet_block",
                "A packet block's captured length does not fit the block; it was skipped.",
                block.at,
            );
            return None;
        };
        let Some(interface) = usize::try_from(fields.interface).ok().and_then(|id| self.interfaces.get_mut(id)) else {
            odd.add(
                "unknown_interface",
                "A packet block names an interface that was not described; it was skipped.",
                block.at,
            );
            return None;
        };
        let captured = u32::try_from(fields.data.len()).unwrap_or(u32::MAX);
        if captured > self.max_packet_bytes {
            odd.add(
                "bad_packet_block",
                "A packet block's captured length does not fit the block; it was skipped.",
                block.at,
            );
            return None;
        }
        let (ts, is_saturated) = interface.resolution.timestamp(fields.ts, interface.offset);
        if is_saturated {
            odd.add("ts_invalid", "A time stamp is outside the years 1677 to 2262; it was set to the limit.", block.at);
        }
        if captured > fields.original {
            odd.add(
                "caplen_over_original_length",
                "A record has more captured bytes than it says the packet had; the captured length was taken for both.",
                block.at,
            );
        }
        if interface.snaplen != 0 && captured > interface.snaplen {
            odd.add("caplen_over_snaplen", "A record is longer than its snapshot length; it was kept.", block.at);
        }
        if captured == 0 {
            odd.add("zero_length_packet", "A record has no captured bytes; it was counted.", block.at);
        }
        interface.packets += 1;
        let link_type = interface.link_type;
        let options = HEADER_BYTES + fields.data.len().next_multiple_of(4);
        let comment = if options + TRAILER_BYTES < block.bytes.len() {
            self.note_comments(block, options, Some(block.at.packet))
        } else {
            None
        };
        Some(Record {
            ts,
            original_len: fields.original.max(captured),
            link_type,
            data: fields.data,
            interface: self.first_interface.saturating_add(fields.interface),
            comment,
        })
    }

    fn enhanced<'a>(&self, block: &Block<'a>, odd: &mut Oddities) -> Option<Fields<'a>> {
        let field = |at| u32_at(block.bytes, at, self.big_endian);
        let captured = usize::try_from(field(20)?).ok()?;
        let room = block.bytes.len().checked_sub(HEADER_BYTES + TRAILER_BYTES)?;
        let data = block.bytes.get(HEADER_BYTES..HEADER_BYTES + captured.min(room))?;
        if captured > room {
            return None;
        }
        let fixed = || Some((field(8)?, field(12)?, field(16)?, field(24)?));
        if captured.next_multiple_of(4) == room {
            // no options: nothing that the parser would have to allocate for
            let (interface, high, low, original) = fixed()?;
            return Some(Fields { interface, ts: u64::from(high) << 32 | u64::from(low), original, data });
        }
        let parsed = if self.big_endian {
            parse_enhancedpacketblock_be(block.bytes)
        } else {
            parse_enhancedpacketblock_le(block.bytes)
        };
        let (interface, high, low, original) = match &parsed {
            Ok((_, p)) => (p.if_id, p.ts_high, p.ts_low, p.origlen),
            Err(_) => {
                odd.add("bad_option", "A block's options cannot be read; its fixed fields were used.", block.at);
                fixed()?
            }
        };
        Some(Fields { interface, ts: u64::from(high) << 32 | u64::from(low), original, data })
    }

    /// The obsolete packet block: the interface is 16 bits, beside 16 bits of drops.
    fn obsolete<'a>(&self, block: &Block<'a>) -> Option<Fields<'a>> {
        let field = |at| u32_at(block.bytes, at, self.big_endian);
        let interface = u32::from(u16_at(block.bytes, 8, self.big_endian)?);
        let captured = usize::try_from(field(20)?).ok()?;
        if captured > block.bytes.len().checked_sub(HEADER_BYTES + TRAILER_BYTES)? {
            return None;
        }
        let data = block.bytes.get(HEADER_BYTES..HEADER_BYTES + captured)?;
        Some(Fields { interface, ts: u64::from(field(12)?) << 32 | u64::from(field(16)?), original: field(24)?, data })
    }

    /// The simple packet block: interface 0, no time, the captured length follows from the others.
    fn simple<'a>(&mut self, block: &Block<'a>, odd: &mut Oddities) -> Option<Record<'a>> {
        let Some(interface) = self.interfaces.first_mut() else {
            odd.add(
                "unknown_interface",
                "A packet block names an interface that was not described; it was skipped.",
                block.at,
            );
            return None;
        };
        let parsed = if self.big_endian {
            parse_simplepacketblock_be(block.bytes)
        } else {
            parse_simplepacketblock_le(block.bytes)
        };
        let original = match &parsed {
            Ok((_, p)) => p.origlen,
            Err(_) => u32_at(block.bytes, 8, self.big_endian)?,
        };
        odd.add(
            "no_timestamp",
            "A simple packet block has no time; the time of the packet before it was taken.",
            block.at,
        );
        let snaplen = if interface.snaplen == 0 { u32::MAX } else { interface.snaplen };
        let room = block.bytes.len().checked_sub(16)?;
        let captured = usize::try_from(original.min(snaplen)).ok()?.min(room);
        let data = block.bytes.get(12..12 + captured)?;
        interface.packets += 1;
        self.has_simple_packets = true;
        Some(Record {
            ts: self.last_ts,
            original_len: original,
            link_type: interface.link_type,
            data,
            interface: self.first_interface,
            comment: None,
        })
    }
}
