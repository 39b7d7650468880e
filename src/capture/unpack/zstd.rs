//! zstd (RFC 8878): frames one after the other, each a header, blocks and maybe a checksum; skippable frames between.

use std::fmt;
use std::hash::Hasher as _;
use std::io::Read as _;

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use twox_hash::XxHash64;

use super::gather::Gather;
use super::skippable::{self, Skip};
use super::{Fault, Flow, Out};

/// A frame's first bytes.
pub(super) const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Largest window that is given: what zstd's own program accepts (`--long`).
const MAX_WINDOW: u64 = 1 << 27;
/// Largest stored size of a block.
const MAX_BLOCK: usize = 1 << 17;
/// Bytes handed on at once.
const PIECE: usize = 1 << 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Magic,
    Skip(Skip),
    Descriptor,
    Header,
    BlockHeader,
    /// A block of this many bytes with its header.
    Block(usize),
    Garbage,
}

/// Unpacks zstd.
pub(super) struct Zstd {
    state: State,
    gather: Gather,
    part_start: u64,
    frame: Option<Box<Frame>>,
    piece: Vec<u8>,
    has_garbage: bool,
}

struct Frame {
    decoder: FrameDecoder,
    has_checksum: bool,
    checksum: XxHash64,
}

impl fmt::Debug for Zstd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zstd").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Zstd {
    pub(super) fn new() -> Self {
        Self {
            state: State::Magic,
            gather: Gather::default(),
            part_start: 0,
            frame: None,
            piece: vec![0; PIECE],
            has_garbage: false,
        }
    }

    pub(super) fn has_garbage(&self) -> bool {
        self.has_garbage
    }

    fn damaged(&self, what: &'static str) -> Fault {
        let part = if self.frame.is_some() { "block" } else { "frame" };
        Fault::Damaged { part, at: self.part_start, what }
    }

    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Out<'_>) -> Result<(), Fault> {
        while !input.is_empty() {
            match self.state {
                State::Magic => self.begin(&mut input),
                State::Skip(skip) => {
                    self.state = skip.pass(&mut self.gather, &mut input).map_or(State::Magic, State::Skip);
                }
                State::Descriptor => {
                    if self.gather.fill(5, &mut input) {
                        self.state = State::Header;
                        self.open(&mut input)?;
                    }
                }
                State::Header => self.open(&mut input)?,
                State::BlockHeader => {
                    self.part_start = self.gather.start();
                    if self.gather.fill(3, &mut input) {
                        self.size_block(out)?;
                    }
                }
                State::Block(size) => {
                    if self.gather.fill(size, &mut input) {
                        self.decode(out)?;
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

    pub(super) fn finish(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        match self.state {
            State::Garbage => Ok(()),
            State::Magic if self.gather.is_empty() => Ok(()),
            _ => {
                let part = if self.frame.is_some() { "block" } else { "frame" };
                let at = self.part_start;
                self.flush(out)?;
                Err(Fault::Truncated { part, at })
            }
        }
    }

    fn begin(&mut self, input: &mut &[u8]) {
        self.part_start = self.gather.start();
        let is_whole =
            self.gather.fill(self.gather.bytes().len() + 1, input) && self.gather.bytes().len() == MAGIC.len();
        let bytes = self.gather.bytes();
        let is_skippable = skippable::may_begin(bytes);
        if !MAGIC.starts_with(bytes) && !is_skippable {
            self.has_garbage = true;
            self.state = State::Garbage;
        } else if is_whole && is_skippable {
            self.gather.clear();
            self.state = State::Skip(Skip::Length);
        } else if is_whole {
            self.state = State::Descriptor;
        }
    }

    /// Reads the frame's header: its first byte tells its size.
    fn open(&mut self, input: &mut &[u8]) -> Result<(), Fault> {
        let descriptor = self.gather.bytes().get(4).copied().unwrap_or(0);
        let is_single = descriptor & 0x20 != 0;
        let content_size = match descriptor >> 6 {
            0 => usize::from(is_single),
            n => 1 << n,
        };
        let dictionary = match descriptor & 3 {
            3 => 4,
            n => usize::from(n),
        };
        let size = 5 + usize::from(!is_single) + dictionary + content_size;
        if !self.gather.fill(size, input) {
            return Ok(());
        }
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        decoder.reset(self.gather.bytes()).map_err(|error| {
            self.damaged(match error {
                FrameDecoderError::WindowSizeTooBig { .. } => "its window is larger than 128 MiB",
                FrameDecoderError::DictNotProvided { .. } => "it needs a dictionary",
                _ => "its header cannot be read",
            })
        })?;
        self.gather.clear();
        let has_checksum = descriptor & 4 != 0;
        self.frame = Some(Box::new(Frame { decoder, has_checksum, checksum: XxHash64::with_seed(0) }));
        self.state = State::BlockHeader;
        Ok(())
    }

    fn size_block(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        let bytes = self.gather.bytes().first_chunk::<3>().copied().unwrap_or_default();
        let header = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]);
        let (is_last, kind) = (header & 1 != 0, header >> 1 & 3);
        let stored = if kind == 1 { 1 } else { usize::try_from(header >> 3).unwrap_or(usize::MAX) };
        if stored > MAX_BLOCK || kind == 3 {
            return Err(self.fail(out, "its header is impossible"));
        }
        let has_checksum = is_last && self.frame.as_ref().is_some_and(|frame| frame.has_checksum);
        self.state = State::Block(3 + stored + if has_checksum { 4 } else { 0 });
        if stored == 0 && !has_checksum {
            return self.decode(out);
        }
        Ok(())
    }

    fn decode(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        let Some(frame) = &mut self.frame else { return Ok(()) };
        let decoded = frame.decoder.decode_blocks(self.gather.bytes(), BlockDecodingStrategy::UptoBlocks(1));
        if decoded.is_err() {
            return Err(self.fail(out, "its data cannot be read"));
        }
        self.gather.clear();
        self.state = State::BlockHeader;
        self.drain(out)?;
        let Some(frame) = self.frame.take_if(|frame| frame.decoder.is_finished()) else { return Ok(()) };
        self.state = State::Magic;
        let stated = frame.decoder.get_checksum_from_data();
        if stated.is_some_and(|stated| u64::from(stated) != frame.checksum.finish() & 0xffff_ffff) {
            return Err(Fault::Damaged { part: "block", at: self.part_start, what: "the checksum behind it differs" });
        }
        Ok(())
    }

    /// Hands on what the decoder need not look back to any more.
    fn drain(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        let Some(frame) = &mut self.frame else { return Ok(()) };
        while frame.decoder.can_collect() > 0 {
            let made = frame.decoder.read(&mut self.piece).unwrap_or(0);
            let piece = self.piece.get(..made).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            if frame.has_checksum {
                frame.checksum.write(piece);
            }
            if out(piece) == Flow::Stop {
                return Err(Fault::Unwanted);
            }
        }
        Ok(())
    }

    /// Hands on all that was decoded of a frame that does not end well.
    fn flush(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        let Some(frame) = &mut self.frame else { return Ok(()) };
        // An empty last block makes the decoder give its window away; the zeros stand for a checksum.
        let end: &[u8] = &[1, 0, 0, 0, 0, 0, 0];
        let _ = frame.decoder.decode_blocks(end, BlockDecodingStrategy::UptoBlocks(1));
        self.drain(out)
    }

    fn fail(&mut self, out: &mut Out<'_>, what: &'static str) -> Fault {
        let fault = self.damaged(what);
        self.flush(out).err().unwrap_or(fault)
    }
}
