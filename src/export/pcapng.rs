//! Packets as a pcapng file: the records as they were captured, nothing added that the capture does not say.

use std::collections::BTreeMap;
use std::io::Write;

use crate::error::{Error, Result};
use crate::units::Timestamp;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const BYTE_ORDER: u32 = 0x1a2b_3c4d;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

const END_OF_OPTIONS: u16 = 0;
const COMMENT: u16 = 1;
const SECTION_APPLICATION: u16 = 4;
const INTERFACE_NAME: u16 = 2;
const INTERFACE_RESOLUTION: u16 = 9;
const INTERFACE_OFFSET: u16 = 14;

/// Nanoseconds: 10^-9 seconds.
const NANOSECONDS: u8 = 9;
/// The seconds that times before 1970 are counted from: before the earliest [`Timestamp`].
const BEFORE_ALL: i64 = -9_223_372_037;
/// Interfaces of a section; one more begins a new section.
const MAX_INTERFACES: usize = 65_536;

/// Where a packet was captured. Equal sources share an interface description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// Its file among several.
    pub file: usize,
    /// Its interface in that file.
    pub interface: u32,
    /// The number of the tcpdump registry.
    pub link_type: u16,
    /// Snapshot length, bytes; 0 = no limit or not known.
    pub snaplen: u32,
    /// Name of the interface, where it is known.
    pub name: Option<&'a str>,
}

/// One packet to write.
#[derive(Debug, Clone, Copy)]
pub struct PacketBlock<'a> {
    /// Where it was captured.
    pub source: Source<'a>,
    /// When; written to the nanosecond over the whole range of [`Timestamp`].
    pub ts: Timestamp,
    /// Length on the wire, bytes.
    pub original_len: u32,
    /// The captured bytes.
    pub data: &'a [u8],
    /// The capture's comment on it; at most 65,535 bytes of it are written.
    pub comment: Option<&'a [u8]>,
}

/// Writes a pcapng file, block by block: little-endian, nanoseconds, one interface a [`Source`].
///
/// pcapng's times are unsigned, so packets before 1970 get an interface of their own whose `if_tsoffset` lies before
/// them. No clock, host or user is named: the same packets give the same bytes.
///
/// **Memory** one block and 40 bytes an interface, at most 65,536 interfaces: then a new section begins.
#[derive(Debug)]
pub struct PcapngWriter<W> {
    out: W,
    comment: Option<&'static str>,
    interfaces: BTreeMap<Interface, u32>,
    block: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Interface {
    file: usize,
    interface: u32,
    link_type: u16,
    snaplen: u32,
    is_before_1970: bool,
}

impl<W: Write> PcapngWriter<W> {
    /// Begins a file with its section header, with a comment on the whole where there is one.
    ///
    /// **Errors** `Write` with the writer's error.
    pub fn begin(out: W, comment: Option<&'static str>) -> Result<Self> {
        let mut writer = Self { out, comment, interfaces: BTreeMap::new(), block: Vec::new() };
        writer.section()?;
        Ok(writer)
    }

    /// Writes a packet, and before it the description of an interface that is new.
    ///
    /// **Errors** `Write` with the writer's error; `Serialise` for a packet whose block would be larger than 4 GiB.
    pub fn packet(&mut self, packet: &PacketBlock<'_>) -> Result<()> {
        let captured = u32::try_from(packet.data.len()).map_err(|_| too_large())?;
        let interface = self.interface(&packet.source, captured, packet.ts)?;
        let ts = if packet.ts.0 < 0 {
            i128::from(packet.ts.0) - i128::from(BEFORE_ALL) * 1_000_000_000
        } else {
            i128::from(packet.ts.0)
        };
        let ts = u64::try_from(ts).unwrap_or(0).to_be_bytes();
        let [a, b, c, d, e, f, g, h] = ts;
        for word in [
            interface,
            u32::from_be_bytes([a, b, c, d]),
            u32::from_be_bytes([e, f, g, h]),
            captured,
            packet.original_len.max(captured),
        ] {
            self.word(word);
        }
        self.padded(packet.data);
        if let Some(comment) = packet.comment {
            self.option(COMMENT, comment);
            self.end_options();
        }
        self.write(ENHANCED_PACKET)
    }

    /// The writer below.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    fn section(&mut self) -> Result<()> {
        self.interfaces.clear();
        self.word(BYTE_ORDER);
        // version 1.0; the length of the section is not known
        for word in [1, u32::MAX, u32::MAX] {
            self.word(word);
        }
        if let Some(comment) = self.comment {
            self.option(COMMENT, comment.as_bytes());
        }
        self.option(SECTION_APPLICATION, concat!("wiresift ", env!("CARGO_PKG_VERSION")).as_bytes());
        self.end_options();
        self.write(SECTION_HEADER)
    }

    /// The number of the packet's interface.
    fn interface(&mut self, source: &Source<'_>, captured: u32, ts: Timestamp) -> Result<u32> {
        // Readers cut or refuse a packet that is longer than its interface allows: such packets get one without a limit.
        let snaplen = if captured > source.snaplen { 0 } else { source.snaplen };
        let key = Interface {
            file: source.file,
            interface: source.interface,
            link_type: source.link_type,
            snaplen,
            is_before_1970: ts.0 < 0,
        };
        if let Some(number) = self.interfaces.get(&key) {
            return Ok(*number);
        }
        if self.interfaces.len() >= MAX_INTERFACES {
            self.section()?;
        }
        let number = u32::try_from(self.interfaces.len()).unwrap_or(u32::MAX);
        self.interfaces.insert(key, number);
        self.word(u32::from(source.link_type));
        self.word(snaplen);
        if let Some(name) = source.name {
            self.option(INTERFACE_NAME, name.as_bytes());
        }
        self.option(INTERFACE_RESOLUTION, &[NANOSECONDS]);
        if key.is_before_1970 {
            self.option(INTERFACE_OFFSET, &BEFORE_ALL.to_le_bytes());
        }
        self.end_options();
        self.write(INTERFACE_DESCRIPTION)?;
        Ok(number)
    }

    fn word(&mut self, word: u32) {
        self.block.extend_from_slice(&word.to_le_bytes());
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.block.extend_from_slice(bytes);
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    fn option(&mut self, code: u16, value: &[u8]) {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        let value = value.get(..usize::from(length)).unwrap_or(value);
        self.block.extend_from_slice(&code.to_le_bytes());
        self.block.extend_from_slice(&length.to_le_bytes());
        self.padded(value);
    }

    fn end_options(&mut self) {
        self.word(u32::from(END_OF_OPTIONS));
    }

    /// Writes the block whose body was collected.
    fn write(&mut self, kind: u32) -> Result<()> {
        let length = u32::try_from(self.block.len()).ok().and_then(|n| n.checked_add(12)).ok_or_else(too_large)?;
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&self.block)?;
        self.out.write_all(&length.to_le_bytes())?;
        self.block.clear();
        Ok(())
    }
}

fn too_large() -> Error {
    Error::Serialise("a packet is too large for a pcapng block".into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn source(file: usize, interface: u32) -> Source<'static> {
        Source { file, interface, link_type: 1, snaplen: 96, name: Some("eth0") }
    }

    fn kinds(bytes: &[u8]) -> Vec<(u32, usize)> {
        let word = |at: usize| u32::from_le_bytes(*bytes.get(at..).unwrap().first_chunk::<4>().unwrap());
        let (mut at, mut kinds) = (0, Vec::new());
        while at < bytes.len() {
            let length = usize::try_from(word(at + 4)).unwrap();
            assert_eq!(word(at + length - 4), word(at + 4));
            kinds.push((word(at), length));
            at += length;
        }
        kinds
    }

    #[test]
    fn one_interface_a_source_and_one_more_for_what_it_does_not_allow() {
        let mut writer = PcapngWriter::begin(Vec::new(), None).unwrap();
        let mut packet = |source, ts, data| {
            let packet = PacketBlock { source, ts: Timestamp(ts), original_len: 7, data, comment: None };
            writer.packet(&packet).unwrap();
        };
        packet(source(0, 0), 5, b"abcde");
        packet(source(0, 0), 6, b"");
        packet(source(0, 0), 7, &[0; 97]);
        packet(source(0, 0), -7, b"");
        packet(source(1, 0), 7, b"");
        let of = |kind| kinds(&writer.out).iter().filter(|(k, _)| *k == kind).count();
        assert_eq!((of(SECTION_HEADER), of(INTERFACE_DESCRIPTION), of(ENHANCED_PACKET)), (1, 4, 5));
    }

    #[test]
    fn too_many_interfaces_begin_a_new_section() {
        let mut writer = PcapngWriter::begin(Vec::new(), None).unwrap();
        for interface in 0..65_537 {
            let source = source(0, interface);
            let packet = PacketBlock { source, ts: Timestamp(0), original_len: 0, data: b"", comment: None };
            writer.packet(&packet).unwrap();
        }
        assert_eq!(kinds(&writer.out).iter().filter(|(kind, _)| *kind == SECTION_HEADER).count(), 2);
        assert_eq!(writer.interfaces.len(), 1);
    }

    #[test]
    fn comments_and_names_end_at_what_an_option_can_hold() {
        let mut writer = PcapngWriter::begin(Vec::new(), None).unwrap();
        let name = "n".repeat(70_000);
        let source = Source { name: Some(&name), ..source(0, 0) };
        let comment = vec![b'c'; 70_000];
        let packet = PacketBlock { source, ts: Timestamp(0), original_len: 0, data: b"", comment: Some(&comment) };
        writer.packet(&packet).unwrap();
        let [_, (_, interface), (_, packet)] = kinds(&writer.out)[..] else { panic!() };
        assert_eq!((interface, packet), (20 + 4 + 65_536 + 8 + 4, 32 + 4 + 65_536 + 4));
    }
}
