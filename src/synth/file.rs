//! The container: classic pcap with microseconds or pcapng with nanoseconds, both little-endian.

use std::io::{self, Write};

use super::{Class, Format};

/// No frame is longer; what Wireshark writes for "no limit".
const SNAPLEN: u32 = 262_144;
/// Ethernet in the tcpdump registry.
const LINK_TYPE: u16 = 1;
/// Bytes collected before they go out.
const PIECE: usize = 1 << 18;

/// Writes records and their labels, in large pieces.
pub(super) struct File<'a, 'b, W> {
    out: &'a mut W,
    labels: Option<io::BufWriter<&'b mut dyn Write>>,
    format: Format,
    piece: Vec<u8>,
    pub(super) packets: u64,
    pub(super) bytes: u64,
}

impl<'a, 'b, W: Write> File<'a, 'b, W> {
    pub(super) fn begin(out: &'a mut W, labels: Option<&'b mut dyn Write>, format: Format) -> io::Result<Self> {
        let mut labels = labels.map(io::BufWriter::new);
        if let Some(labels) = &mut labels {
            labels.write_all(b"frame,class\n")?;
        }
        let mut file = Self { out, labels, format, piece: Vec::with_capacity(PIECE + 4096), packets: 0, bytes: 0 };
        match format {
            Format::Pcap => {
                file.words(&[0xa1b2_c3d4, 0x0004_0002, 0, 0, SNAPLEN, LINK_TYPE.into()]);
            }
            Format::Pcapng => {
                // Section header: byte order, version 1.0, length unknown.
                file.words(&[0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, u32::MAX, u32::MAX, 28]);
                // Interface: option 9 (if_tsresol) = 9: nanoseconds.
                file.words(&[1, 32, LINK_TYPE.into(), SNAPLEN, 0x0001_0009, 9, 0, 32]);
            }
        }
        Ok(file)
    }

    /// Appends `frame` at `ns` nanoseconds since the epoch.
    pub(super) fn record(&mut self, ns: u64, frame: &[u8], class: Class) -> io::Result<()> {
        let len = u32::try_from(frame.len()).map_err(io::Error::other)?;
        match self.format {
            Format::Pcap => {
                let (seconds, micros) = (ns / 1_000_000_000, ns % 1_000_000_000 / 1000);
                self.words(&[low(seconds), low(micros), len, len]);
                self.piece.extend_from_slice(frame);
            }
            Format::Pcapng => {
                let padding = len.wrapping_neg() % 4;
                let total = 32 + len + padding;
                self.words(&[6, total, 0, low(ns >> 32), low(ns), len, len]);
                self.piece.extend_from_slice(frame);
                self.piece.extend((0..padding).map(|_| 0));
                self.words(&[total]);
            }
        }
        self.packets += 1;
        if let Some(labels) = &mut self.labels {
            writeln!(labels, "{},{}", self.packets, class.name())?;
        }
        if self.piece.len() >= PIECE { self.send() } else { Ok(()) }
    }

    pub(super) fn end(mut self) -> io::Result<super::Written> {
        self.send()?;
        self.out.flush()?;
        if let Some(labels) = &mut self.labels {
            labels.flush()?;
        }
        Ok(super::Written { packets: self.packets, bytes: self.bytes })
    }

    fn send(&mut self) -> io::Result<()> {
        self.out.write_all(&self.piece)?;
        self.bytes += crate::units::count(self.piece.len());
        self.piece.clear();
        Ok(())
    }

    fn words(&mut self, words: &[u32]) {
        for word in words {
            self.piece.extend_from_slice(&word.to_le_bytes());
        }
    }
}

/// The low 32 bits.
fn low(x: u64) -> u32 {
    (x & 0xffff_ffff) as u32
}
