//! lz4 frames (version 1.6.4 of the format's description) and the legacy frames of Linux kernels.

use std::fmt;
use std::hash::Hasher as _;

use lz4_flex::block::{decompress_into, decompress_into_with_dict};
use twox_hash::XxHash32;

use super::gather::{Gather, u32_le};
use super::skippable::{self, Skip};
use super::{Fault, Flow, Out};
use crate::units::count;

/// A frame's first bytes.
pub(super) const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// A legacy frame's first bytes.
pub(super) const LEGACY_MAGIC: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];
/// Unpacked size of a legacy block.
const LEGACY_BLOCK: usize = 8 << 20;
/// Linked blocks look back so far.
const WINDOW: usize = 1 << 16;
/// Set in a block's size when it is stored as it is.
const IS_STORED: u32 = 1 << 31;

const LINKED_NOT: u8 = 0x20;
const BLOCK_CHECKSUM: u8 = 0x10;
const CONTENT_SIZE: u8 = 8;
const CONTENT_CHECKSUM: u8 = 4;
const DICTIONARY: u8 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Magic,
    Skip(Skip),
    Header,
    BlockSize,
    /// A block of this many stored bytes, with its checksum; whether it is packed.
    Block {
        stored: usize,
        is_packed: bool,
    },
    ContentChecksum,
    Garbage,
}

/// Unpacks lz4.
pub(super) struct Lz4 {
    state: State,
    gather: Gather,
    part_start: u64,
    is_in_frame: bool,
    frames: u64,
    flags: u8,
    is_legacy: bool,
    largest_block: usize,
    block: Vec<u8>,
    window: Vec<u8>,
    checksum: XxHash32,
    stated_size: Option<u64>,
    made: u64,
    has_garbage: bool,
}

impl fmt::Debug for Lz4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lz4").field("state", &self.state).field("frames", &self.frames).finish_non_exhaustive()
    }
}

fn xxh32(bytes: &[u8]) -> u32 {
    XxHash32::oneshot(0, bytes)
}

impl Lz4 {
    pub(super) fn new() -> Self {
        Self {
            state: State::Magic,
            gather: Gather::default(),
            part_start: 0,
            is_in_frame: false,
            frames: 0,
            flags: 0,
            is_legacy: false,
            largest_block: 0,
            block: Vec::new(),
            window: Vec::new(),
            checksum: XxHash32::with_seed(0),
            stated_size: None,
            made: 0,
            has_garbage: false,
        }
    }

    pub(super) fn has_garbage(&self) -> bool {
        self.has_garbage
    }

    fn part(&self) -> &'static str {
        if self.is_in_frame { "block" } else { "frame" }
    }

    fn damaged(&self, what: &'static str) -> Fault {
        Fault::Damaged { part: self.part(), at: self.part_start, what }
    }

    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Out<'_>) -> Result<(), Fault> {
        while !input.is_empty() {
            match self.state {
                State::Magic => self.begin(&mut input),
                State::Skip(skip) => {
                    self.state = skip.pass(&mut self.gather, &mut input).map_or(State::Magic, State::Skip);
                }
                State::Header => self.open(&mut input)?,
                State::BlockSize => {
                    self.part_start = self.gather.start();
                    if self.gather.fill(4, &mut input) {
                        self.size_block()?;
                    }
                }
                State::Block { stored, is_packed } => {
                    if self.gather.fill(stored, &mut input) {
                        self.decode(is_packed, out)?;
                    }
                }
                State::ContentChecksum => {
                    if self.gather.fill(4, &mut input) {
                        let stated = u32_le(self.gather.bytes(), 0);
                        self.gather.clear();
                        if u64::from(stated) != self.checksum.finish() {
                            return Err(self.damaged("the checksum behind it differs"));
                        }
                        self.end_frame()?;
                    }
                }
                State::Garbage => {
                    self.has_garbage = true;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), Fault> {
        match self.state {
            State::Garbage => Ok(()),
            State::Magic if self.gather.is_empty() => Ok(()),
            // a legacy frame ends with the file
            State::BlockSize if self.is_legacy && self.gather.is_empty() => Ok(()),
            _ => Err(Fault::Truncated { part: self.part(), at: self.part_start }),
        }
    }

    fn begin(&mut self, input: &mut &[u8]) {
        self.part_start = self.gather.start();
        if !self.gather.fill(4, input) {
            return;
        }
        let magic = self.gather.bytes().first_chunk::<4>().copied().unwrap_or_default();
        self.gather.clear();
        self.enter(magic);
    }

    fn enter(&mut self, magic: [u8; 4]) {
        self.made = 0;
        self.window.clear();
        self.checksum = XxHash32::with_seed(0);
        self.stated_size = None;
        self.is_legacy = magic == LEGACY_MAGIC;
        self.is_in_frame = self.is_legacy;
        self.state = match magic {
            MAGIC => State::Header,
            LEGACY_MAGIC => {
                self.flags = LINKED_NOT;
                self.largest_block = LEGACY_BLOCK;
                State::BlockSize
            }
            other if skippable::may_begin(&other) => State::Skip(Skip::Length),
            _ => {
                self.has_garbage = true;
                State::Garbage
            }
        };
    }

    fn open(&mut self, input: &mut &[u8]) -> Result<(), Fault> {
        if !self.gather.fill(2, input) {
            return Ok(());
        }
        let flags = self.gather.bytes().first().copied().unwrap_or(0);
        let size = 3 + if flags & CONTENT_SIZE != 0 { 8 } else { 0 } + if flags & DICTIONARY != 0 { 4 } else { 0 };
        if !self.gather.fill(size, input) {
            return Ok(());
        }
        let bytes = self.gather.bytes();
        let (described, checksum) = bytes.split_at(size - 1);
        let [_, _, stated, ..] = xxh32(described).to_be_bytes();
        if checksum.first() != Some(&stated) {
            return Err(self.damaged("the checksum of its header differs"));
        }
        if flags >> 6 != 1 {
            return Err(self.damaged("its version is not known"));
        }
        if flags & DICTIONARY != 0 {
            return Err(self.damaged("it needs a dictionary"));
        }
        self.largest_block = match described.get(1).map(|b| b >> 4 & 7) {
            Some(n @ 4..=7) => 1 << (8 + 2 * u32::from(n)),
            _ => return Err(self.damaged("its block size is not known")),
        };
        self.stated_size = described.get(2..10).and_then(|b| b.first_chunk::<8>()).map(|b| u64::from_le_bytes(*b));
        self.flags = flags;
        self.gather.clear();
        self.is_in_frame = true;
        self.state = State::BlockSize;
        Ok(())
    }

    fn size_block(&mut self) -> Result<(), Fault> {
        let size = u32_le(self.gather.bytes(), 0);
        if self.is_legacy {
            let magic = size.to_le_bytes();
            if magic == MAGIC || magic == LEGACY_MAGIC || skippable::may_begin(&magic) {
                self.gather.clear();
                self.frames += 1;
                self.enter(magic);
                return Ok(());
            }
        }
        self.gather.clear();
        if size == 0 && !self.is_legacy {
            if self.flags & CONTENT_CHECKSUM != 0 {
                self.state = State::ContentChecksum;
                return Ok(());
            }
            return self.end_frame();
        }
        let is_packed = self.is_legacy || size & IS_STORED == 0;
        let stored = usize::try_from(if self.is_legacy { size } else { size & !IS_STORED }).unwrap_or(usize::MAX);
        // packed data that grow are stored instead, except in legacy frames
        let largest = self.largest_block + if self.is_legacy { self.largest_block / 255 + 16 } else { 0 };
        if stored == 0 || stored > largest {
            return Err(self.damaged("its size is impossible"));
        }
        let checksum = if self.flags & BLOCK_CHECKSUM != 0 { 4 } else { 0 };
        self.state = State::Block { stored: stored + checksum, is_packed };
        Ok(())
    }

    fn decode(&mut self, is_packed: bool, out: &mut Out<'_>) -> Result<(), Fault> {
        let mut stored = self.gather.bytes();
        if self.flags & BLOCK_CHECKSUM != 0 {
            let (data, checksum) = stored.split_at(stored.len().saturating_sub(4));
            if xxh32(data) != u32_le(checksum, 0) {
                return Err(self.damaged("its checksum differs"));
            }
            stored = data;
        }
        let made = if is_packed {
            if self.block.len() < self.largest_block {
                self.block.resize(self.largest_block, 0);
            }
            let block = self.block.get_mut(..self.largest_block).unwrap_or_default();
            let made = if self.window.is_empty() {
                decompress_into(stored, block)
            } else {
                decompress_into_with_dict(stored, block, &self.window)
            };
            let Ok(made) = made else { return Err(self.damaged("its data cannot be read")) };
            self.block.get(..made).unwrap_or_default()
        } else {
            stored
        };
        if self.flags & CONTENT_CHECKSUM != 0 {
            self.checksum.write(made);
        }
        if self.flags & LINKED_NOT == 0 {
            look_back(&mut self.window, made);
        }
        self.made += count(made.len());
        if !made.is_empty() && out(made) == Flow::Stop {
            return Err(Fault::Unwanted);
        }
        self.gather.clear();
        self.state = State::BlockSize;
        Ok(())
    }

    fn end_frame(&mut self) -> Result<(), Fault> {
        if self.stated_size.is_some_and(|stated| stated != self.made) {
            return Err(self.damaged("the frame's length differs"));
        }
        self.frames += 1;
        self.is_in_frame = false;
        self.state = State::Magic;
        Ok(())
    }
}

/// Keeps the last bytes that a linked block may look back to.
fn look_back(window: &mut Vec<u8>, made: &[u8]) {
    let keep = WINDOW.saturating_sub(made.len()).min(window.len());
    window.drain(..window.len() - keep);
    window.extend_from_slice(made.get(made.len().saturating_sub(WINDOW)..).unwrap_or_default());
}
