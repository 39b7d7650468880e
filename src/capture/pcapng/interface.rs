//! Interface descriptions and their statistics.

use pcap_parser::PcapNGOption;
use pcap_parser::pcapng::{
    parse_interfacedescriptionblock_be, parse_interfacedescriptionblock_le, parse_interfacestatisticsblock_be,
    parse_interfacestatisticsblock_le,
};

use super::super::time::Resolution;
use super::super::{LinkType, Oddities, u16_at, u32_at};
use super::metadata::text;
use super::{Block, MAX_INTERFACES, Pcapng};
use crate::report::{FileMetadata, InterfaceInfo};

/// Option code of the interface's name.
const IF_NAME: u16 = 2;
/// Option code of its description.
const IF_DESCRIPTION: u16 = 3;
/// Option code of the time stamp resolution.
const IF_TSRESOL: u16 = 9;
/// Option code of the seconds to add to every time stamp.
const IF_TSOFFSET: u16 = 14;
/// Where an interface block's options begin.
const INTERFACE_OPTIONS: usize = 16;
/// Option code of the packets dropped by the interface.
const ISB_IFDROP: u16 = 5;

/// What packet blocks need to know of their interface.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interface {
    pub(super) link_type: LinkType,
    /// 0 = no limit.
    pub(super) snaplen: u32,
    pub(super) resolution: Resolution,
    /// Seconds.
    pub(super) offset: i64,
    /// Packets the latest statistics block says were dropped.
    pub(super) dropped: Option<u64>,
    /// Packets read.
    pub(super) packets: u64,
}

/// Most interfaces that are described in the report.
const MAX_DESCRIBED: usize = FileMetadata::MAX_DESCRIBED;

/// An eight-byte option value in the section's byte order.
fn eight_bytes(option: &PcapNGOption<'_>, big_endian: bool) -> Option<[u8; 8]> {
    let mut value = *option.as_bytes().ok()?.first_chunk::<8>()?;
    if !big_endian {
        value.reverse();
    }
    Some(value)
}

impl Pcapng {
    pub(super) fn add_interface(&mut self, block: &Block<'_>, odd: &mut Oddities) {
        self.metadata.interface_count += 1;
        if self.interfaces.len() >= MAX_INTERFACES {
            odd.add(
                "too_many_interfaces",
                "A section has more than 65,536 interfaces; the rest are not remembered.",
                block.at,
            );
            return;
        }
        let mut interface = Interface {
            link_type: LinkType(u16_at(block.bytes, 8, self.big_endian).unwrap_or(u16::MAX)),
            snaplen: u32_at(block.bytes, 12, self.big_endian).unwrap_or(0),
            resolution: Resolution::DEFAULT,
            offset: 0,
            dropped: None,
            packets: 0,
        };
        let mut info = InterfaceInfo {
            name: None,
            description: None,
            link_type: u32::from(interface.link_type.0),
            snaplen: interface.snaplen,
            packets: 0,
            dropped: None,
        };
        let parsed = if self.big_endian {
            parse_interfacedescriptionblock_be(block.bytes)
        } else {
            parse_interfacedescriptionblock_le(block.bytes)
        };
        match parsed {
            Ok((_, description)) => {
                for option in &description.options {
                    match option.code.0 {
                        IF_NAME => info.name = Some(text(option.value())),
                        IF_DESCRIPTION => info.description = Some(text(option.value())),
                        IF_TSRESOL => {
                            if let Some(&byte) = option.value().first() {
                                interface.resolution = Resolution::from_option(byte);
                            }
                        }
                        IF_TSOFFSET => {
                            if let Some(value) = eight_bytes(option, self.big_endian) {
                                interface.offset = i64::from_be_bytes(value);
                            }
                        }
                        _ => {}
                    }
                }
            }
            Err(_) => odd.add("bad_option", "A block's options cannot be read; its fixed fields were used.", block.at),
        }
        self.interfaces.push(interface);
        if self.metadata.interfaces.len() < MAX_DESCRIBED {
            self.metadata.interfaces.push(info);
        }
        self.note_comments(block, INTERFACE_OPTIONS, None);
    }

    pub(super) fn read_statistics(&mut self, block: &Block<'_>, odd: &mut Oddities) {
        let parsed = if self.big_endian {
            parse_interfacestatisticsblock_be(block.bytes)
        } else {
            parse_interfacestatisticsblock_le(block.bytes)
        };
        let Ok((_, statistics)) = parsed else {
            odd.add("bad_option", "A block's options cannot be read; its fixed fields were used.", block.at);
            return;
        };
        let dropped = statistics.options.iter().find(|o| o.code.0 == ISB_IFDROP);
        let dropped = dropped.and_then(|o| eight_bytes(o, self.big_endian)).map(u64::from_be_bytes);
        let interface = usize::try_from(statistics.if_id).ok().and_then(|id| self.interfaces.get_mut(id));
        if let (Some(_), Some(interface)) = (dropped, interface) {
            interface.dropped = dropped;
        }
    }
}
