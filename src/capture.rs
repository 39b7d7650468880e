//! Bytes to frames: a push reader for pcap, pcapng, snoop and ERF, compressed or not, that never holds a file whole. What
//! is no capture may be a table, which it hands to its own reader.

mod chain;
mod content;
mod duplicate;
mod erf;
mod identify;
mod index;
mod link_type;
mod oddities;
mod pcap;
mod pcapng;
mod peek;
mod reader;
mod snoop;
mod time;
mod unpack;

pub use link_type::LinkType;
pub use oddities::Oddities;
pub use peek::{first_timestamp, is_capture};
pub use reader::{Account, Ending, Limits, Reader};

use crate::report::Reason;
use crate::units::Timestamp;

/// One captured frame, borrowed from the bytes it was read from.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Number in the run, from 1.
    pub number: u64,
    /// Byte offset of its record in its file.
    pub offset: u64,
    /// When it was captured.
    pub ts: Timestamp,
    /// Length on the wire, bytes; at least the captured length.
    pub original_len: u32,
    /// What its first header is.
    pub link_type: LinkType,
    /// The captured bytes.
    pub data: &'a [u8],
    /// The capturing interface, counted from 0 over all sections of the file; 0 where the format has none.
    pub interface: u32,
    /// The comment that the capture gives the packet, as it is there.
    pub comment: Option<&'a [u8]>,
}

impl Frame<'_> {
    /// Captured length, bytes.
    #[must_use]
    pub fn captured_len(&self) -> u32 {
        u32::try_from(self.data.len()).unwrap_or(u32::MAX)
    }
}

/// What a format's parser wants of the bytes in front of it.
enum Step<'a> {
    /// At least this many bytes, counted from the start of the slice it was shown.
    Need(usize),
    /// A frame in the first `used` bytes.
    Frame { used: usize, frame: Record<'a> },
    /// Metadata in the first `used` bytes; whether the records after it cannot be read without it.
    Header { used: usize, is_needed: bool },
    /// A block of no use here: `total` bytes, maybe more than the slice has.
    Skip { total: u64 },
    /// Damage: reading stops before these bytes.
    Stop(Stop),
}

/// A frame as its format states it, before it is numbered.
struct Record<'a> {
    ts: Timestamp,
    original_len: u32,
    link_type: LinkType,
    data: &'a [u8],
    interface: u32,
    comment: Option<&'a [u8]>,
}

/// Why a format's parser cannot go on.
#[derive(Debug, Clone)]
struct Stop {
    reason: Reason,
    message: String,
}

impl Stop {
    fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

/// The four bytes at `at`, in the given byte order; `None` past the end.
fn u32_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?.first_chunk::<4>()?;
    Some(if big_endian { u32::from_be_bytes(*four) } else { u32::from_le_bytes(*four) })
}

/// The two bytes at `at`, in the given byte order; `None` past the end.
fn u16_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?.first_chunk::<2>()?;
    Some(if big_endian { u16::from_be_bytes(*two) } else { u16::from_le_bytes(*two) })
}
