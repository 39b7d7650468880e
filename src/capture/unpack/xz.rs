//! xz: streams one after the other, with padding between.

use std::fmt;

use xz4rust::{XzDecoder, XzError, XzNextBlockResult};

use super::gather::Gather;
use super::{Fault, Flow, Out};

/// A stream's first bytes.
pub(super) const MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];
/// The decoder is given its input in steps of this size, whatever the pieces that come: what it has made before it finds
/// damage then depends on the file alone.
const STEP: usize = 4_096;
/// Bytes handed on at once.
const PIECE: usize = 1 << 16;
/// Largest dictionary that is given: that of `xz -9`.
const MAX_DICTIONARY: usize = 1 << 26;
/// Fills what the decoder has not written, to find out after an error how far it got.
const UNWRITTEN: u8 = 0xa5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a stream, in its padding, or after the last one.
    Between,
    Stream,
    Garbage,
}

/// Unpacks xz.
pub(super) struct Xz {
    state: State,
    gather: Gather,
    stream: u64,
    streams: u64,
    decoder: Option<Box<XzDecoder<'static>>>,
    piece: Vec<u8>,
    has_garbage: bool,
}

impl fmt::Debug for Xz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Xz").field("state", &self.state).field("streams", &self.streams).finish_non_exhaustive()
    }
}

impl Xz {
    pub(super) fn new() -> Self {
        Self {
            state: State::Between,
            gather: Gather::default(),
            stream: 0,
            streams: 0,
            decoder: None,
            piece: vec![UNWRITTEN; PIECE],
            has_garbage: false,
        }
    }

    pub(super) fn has_garbage(&self) -> bool {
        self.has_garbage
    }

    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Out<'_>) -> Result<(), Fault> {
        while !input.is_empty() {
            let come = self.gather.bytes().len();
            let in_step = usize::try_from(self.gather.start() % crate::units::count(STEP)).unwrap_or(0);
            let missing = STEP - (in_step + come) % STEP;
            if self.gather.fill(come + missing, &mut input) {
                self.work(out)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        self.work(out)?;
        match self.state {
            State::Garbage => Ok(()),
            State::Between if self.gather.is_empty() => Ok(()),
            _ => Err(Fault::Truncated { part: "stream", at: self.stream }),
        }
    }

    /// Works on the gathered bytes as far as they go.
    fn work(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        while !self.gather.is_empty() {
            match self.state {
                State::Between => {
                    let padding = self.gather.bytes().iter().take_while(|b| **b == 0).count();
                    self.gather.clear_front(padding);
                    let begun = self.gather.bytes();
                    self.stream = self.gather.start();
                    if begun.len() < MAGIC.len() && MAGIC.starts_with(begun) {
                        return Ok(());
                    }
                    if begun.starts_with(&MAGIC) {
                        let decoder = XzDecoder::with_alloc_dict_size(xz4rust::DICT_SIZE_MIN, MAX_DICTIONARY);
                        self.decoder = Some(Box::new(decoder));
                        self.state = State::Stream;
                    } else {
                        self.has_garbage = true;
                        self.state = State::Garbage;
                    }
                }
                State::Stream => {
                    if !self.decode(out)? {
                        return Ok(());
                    }
                }
                State::Garbage => self.gather.clear(),
            }
        }
        Ok(())
    }

    /// Has the decoder work on the gathered bytes; whether it used any.
    fn decode(&mut self, out: &mut Out<'_>) -> Result<bool, Fault> {
        let mut is_used = false;
        loop {
            let Some(decoder) = &mut self.decoder else { return Ok(is_used) };
            let (used, made, is_over) = match decoder.decode(self.gather.bytes(), &mut self.piece) {
                Ok(XzNextBlockResult::NeedMoreData(used, made)) => (used, made, false),
                Ok(XzNextBlockResult::EndOfStream(used, made)) => (used, made, true),
                Err(XzError::NeedsLargerInputBuffer) => (0, 0, false),
                Err(error) => {
                    let made = self.piece.iter().rposition(|b| *b != UNWRITTEN).map_or(0, |last| last + 1);
                    self.give(made, out)?;
                    return Err(Fault::Damaged { part: "stream", at: self.stream, what: reason(&error) });
                }
            };
            is_used |= used > 0;
            self.gather.clear_front(used);
            if is_over {
                self.streams += 1;
                self.decoder = None;
                self.state = State::Between;
            }
            self.give(made, out)?;
            // a full piece: there may be more without more input
            if is_over || made < PIECE {
                return Ok(is_used);
            }
        }
    }

    fn give(&mut self, made: usize, out: &mut Out<'_>) -> Result<(), Fault> {
        let piece = self.piece.get_mut(..made).unwrap_or_default();
        let flow = if piece.is_empty() { Flow::GoOn } else { out(piece) };
        piece.fill(UNWRITTEN);
        if flow == Flow::Stop { Err(Fault::Unwanted) } else { Ok(()) }
    }
}

fn reason(error: &XzError) -> &'static str {
    match error {
        XzError::DictionaryTooLarge(_) => "its dictionary is larger than 64 MiB",
        XzError::UnsupportedCheckType(_) => "its kind of checksum is not known",
        XzError::UnsupportedStreamHeaderOption | XzError::UnsupportedBlockHeaderOption => "it uses an unknown filter",
        XzError::ContentCrc32Mismatch(..) | XzError::ContentCrc64Mismatch(..) | XzError::ContentSha256Mismatch(..) => {
            "its checksum differs"
        }
        _ => "its data cannot be read",
    }
}
