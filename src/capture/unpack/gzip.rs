//! gzip (RFC 1952): members one after the other, each a header, deflated data, and a checksum with the length.

use std::fmt;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::gather::{Gather, u32_le};
use super::{Fault, Flow, Out};

/// The window that deflate looks back into has 32 KiB; twice that makes the turns rarer. A power of two.
const WINDOW_BYTES: usize = 1 << 16;
/// Magic, method, flags, time, two bytes more.
const FIXED_HEADER: usize = 10;
/// Checksum and length.
const TRAILER: usize = 8;

const HEADER_CHECKSUM: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const RESERVED: u8 = 0xe0;

/// Where in a member the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a member, or after the last one.
    Magic,
    Fixed,
    ExtraLength,
    /// So many bytes of the extra field are left.
    Extra(usize),
    Name,
    Comment,
    HeaderChecksum,
    Data,
    Trailer,
    /// After the last member.
    Garbage,
}

/// Unpacks gzip.
pub(super) struct Gzip {
    state: State,
    gather: Gather,
    /// Where the member begins.
    member: u64,
    members: u64,
    flags: u8,
    inflate: Box<DecompressorOxide>,
    window: Box<[u8]>,
    at: usize,
    checksum: crc32fast::Hasher,
    length: u32,
    has_garbage: bool,
}

impl fmt::Debug for Gzip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gzip").field("state", &self.state).field("members", &self.members).finish_non_exhaustive()
    }
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            state: State::Magic,
            gather: Gather::default(),
            member: 0,
            members: 0,
            flags: 0,
            inflate: Box::default(),
            window: vec![0; WINDOW_BYTES].into_boxed_slice(),
            at: 0,
            checksum: crc32fast::Hasher::new(),
            length: 0,
            has_garbage: false,
        }
    }

    pub(super) fn has_garbage(&self) -> bool {
        self.has_garbage
    }

    fn damaged(&self, what: &'static str) -> Fault {
        Fault::Damaged { part: "member", at: self.member, what }
    }

    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Out<'_>) -> Result<(), Fault> {
        while !input.is_empty() {
            match self.state {
                State::Magic => self.begin(&mut input),
                State::Fixed => self.read_fixed(&mut input)?,
                State::ExtraLength => {
                    if self.gather.fill(2, &mut input) {
                        let length = self.gather.bytes().first_chunk::<2>().map_or(0, |b| u16::from_le_bytes(*b));
                        self.gather.clear();
                        self.state = State::Extra(usize::from(length));
                        self.skip_empty();
                    }
                }
                State::Extra(left) => {
                    let now = left.min(input.len());
                    self.pass(now, &mut input);
                    self.state = State::Extra(left - now);
                    self.skip_empty();
                }
                State::Name | State::Comment => {
                    let end = input.iter().position(|b| *b == 0);
                    self.pass(end.map_or(input.len(), |end| end + 1), &mut input);
                    if end.is_some() {
                        self.next_field();
                    }
                }
                State::HeaderChecksum => {
                    if self.gather.fill(2, &mut input) {
                        self.gather.clear();
                        self.state = State::Data;
                    }
                }
                State::Data => self.inflate(&mut input, out)?,
                State::Trailer => self.check(&mut input)?,
                State::Garbage => {
                    // zeros are the padding of tapes and blocks
                    self.has_garbage |= input.iter().any(|b| *b != 0);
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
            _ => Err(Fault::Truncated { part: "member", at: self.member }),
        }
    }

    fn pass(&mut self, bytes: usize, input: &mut &[u8]) {
        self.gather.pass_by(bytes);
        *input = input.get(bytes..).unwrap_or_default();
    }

    /// Looks for the next member's magic.
    fn begin(&mut self, input: &mut &[u8]) {
        const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
        self.member = self.gather.start();
        let is_whole =
            self.gather.fill(self.gather.bytes().len() + 1, input) && self.gather.bytes().len() == MAGIC.len();
        if !MAGIC.starts_with(self.gather.bytes()) {
            self.has_garbage |= self.gather.bytes().iter().any(|b| *b != 0);
            self.state = State::Garbage;
        } else if is_whole {
            self.state = State::Fixed;
        }
    }

    fn read_fixed(&mut self, input: &mut &[u8]) -> Result<(), Fault> {
        if !self.gather.fill(FIXED_HEADER, input) {
            return Ok(());
        }
        self.flags = self.gather.bytes().get(3).copied().unwrap_or(0);
        self.gather.clear();
        if self.flags & RESERVED != 0 {
            return Err(self.damaged("unknown flags are set"));
        }
        self.inflate.init();
        self.checksum = crc32fast::Hasher::new();
        self.length = 0;
        self.next_field();
        Ok(())
    }

    /// Goes to the header's next optional field; those that were read are unset.
    fn next_field(&mut self) {
        let fields = [
            (EXTRA, State::ExtraLength),
            (NAME, State::Name),
            (COMMENT, State::Comment),
            (HEADER_CHECKSUM, State::HeaderChecksum),
        ];
        let next = fields.into_iter().find(|(flag, _)| self.flags & flag != 0);
        self.state = match next {
            Some((flag, state)) => {
                self.flags &= !flag;
                state
            }
            None => State::Data,
        };
    }

    fn skip_empty(&mut self) {
        if self.state == State::Extra(0) {
            self.next_field();
        }
    }

    fn inflate(&mut self, input: &mut &[u8], out: &mut Out<'_>) -> Result<(), Fault> {
        loop {
            let (status, used, made) =
                decompress(&mut self.inflate, input, &mut self.window, self.at, TINFL_FLAG_HAS_MORE_INPUT);
            self.pass(used, input);
            let piece = self.window.get(self.at..self.at + made).unwrap_or_default();
            self.checksum.update(piece);
            self.length = self.length.wrapping_add(u32::try_from(made).unwrap_or(0));
            self.at = (self.at + made) % WINDOW_BYTES;
            if made > 0 && out(piece) == Flow::Stop {
                return Err(Fault::Unwanted);
            }
            match status {
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::NeedsMoreInput => return Ok(()),
                TINFLStatus::Done => {
                    self.state = State::Trailer;
                    return Ok(());
                }
                _ => return Err(self.damaged("the deflated data cannot be read")),
            }
        }
    }

    fn check(&mut self, input: &mut &[u8]) -> Result<(), Fault> {
        if !self.gather.fill(TRAILER, input) {
            return Ok(());
        }
        let (checksum, length) = (u32_le(self.gather.bytes(), 0), u32_le(self.gather.bytes(), 4));
        self.gather.clear();
        if checksum != self.checksum.clone().finalize() {
            return Err(self.damaged("its checksum differs"));
        }
        if length != self.length {
            return Err(self.damaged("its length differs"));
        }
        self.members += 1;
        self.state = State::Magic;
        Ok(())
    }
}
