//! Unpacks compressed files as their bytes come: gzip, zstd, lz4 and xz, also one inside the other.

mod gather;
mod gzip;
mod lz4;
mod xz;
mod zstd;

use super::Stop;
use super::reader::Limits;
use crate::report::Reason;
use crate::units::{bytes_text, count};

/// Compressed files inside compressed files that are unpacked; more is no capture.
const MAX_LAYERS: usize = 2;
/// Content up to this size may be of any growth.
const FREE_BYTES: u64 = 16_000_000;
/// The growth is judged in steps of this many stored bytes, so that it does not matter in what pieces they come.
const BUDGET_STEP: u64 = 1 << 16;

/// Whether whoever takes the unpacked bytes wants more of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    GoOn,
    Stop,
}

/// Takes a layer's unpacked bytes.
type Out<'a> = dyn FnMut(&[u8]) -> Flow + 'a;

/// Why unpacking ends early.
#[derive(Debug)]
enum Fault {
    /// The data end inside the part that begins at this byte of theirs.
    Truncated { part: &'static str, at: u64 },
    /// The part that begins at this byte is wrong.
    Damaged { part: &'static str, at: u64, what: &'static str },
    /// The taker wants no more.
    Unwanted,
}

/// The formats that are unpacked.
#[derive(Debug)]
enum Decoder {
    Gzip(gzip::Gzip),
    Zstd(zstd::Zstd),
    Lz4(lz4::Lz4),
    Xz(xz::Xz),
}

/// First bytes and what they begin. A `?` stands for any of the sixteen numbers of a skippable frame.
const MAGICS: [(&[u8], Kind); 6] = [
    (&[0x1f, 0x8b, 8], Kind::Gzip),
    (&zstd::MAGIC, Kind::Zstd),
    (&lz4::MAGIC, Kind::Lz4),
    (&lz4::LEGACY_MAGIC, Kind::Lz4),
    (&xz::MAGIC, Kind::Xz),
    (&[0x50, 0x2a, 0x4d, 0x18], Kind::Zstd),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gzip,
    Zstd,
    Lz4,
    Xz,
}

/// Bytes of the longest of them.
const LONGEST_MAGIC: usize = 6;

/// What the first bytes tell.
enum Sniffed {
    Is(Kind),
    Nothing,
    Unknown,
}

fn sniff(first: &[u8]) -> Sniffed {
    let mut is_open = false;
    for (magic, kind) in MAGICS {
        let same = |(at, (a, b)): (usize, (&u8, &u8))| {
            a == b || at == 0 && *b == 0x50 && magic.ends_with(&[0x2a, 0x4d, 0x18]) && a & 0xf0 == 0x50
        };
        if first.iter().zip(magic).enumerate().all(same) {
            if first.len() >= magic.len() {
                return Sniffed::Is(kind);
            }
            is_open = true;
        }
    }
    if is_open { Sniffed::Unknown } else { Sniffed::Nothing }
}

impl Decoder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Gzip => Self::Gzip(gzip::Gzip::new()),
            Kind::Zstd => Self::Zstd(zstd::Zstd::new()),
            Kind::Lz4 => Self::Lz4(lz4::Lz4::new()),
            Kind::Xz => Self::Xz(xz::Xz::new()),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Gzip(_) => "gzip",
            Self::Zstd(_) => "zstd",
            Self::Lz4(_) => "lz4",
            Self::Xz(_) => "xz",
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Out<'_>) -> Result<(), Fault> {
        match self {
            Self::Gzip(gzip) => gzip.push(bytes, out),
            Self::Zstd(zstd) => zstd.push(bytes, out),
            Self::Lz4(lz4) => lz4.push(bytes, out),
            Self::Xz(xz) => xz.push(bytes, out),
        }
    }

    fn finish(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        match self {
            Self::Gzip(gzip) => gzip.finish(),
            Self::Zstd(zstd) => zstd.finish(out),
            Self::Lz4(lz4) => lz4.finish(),
            Self::Xz(xz) => xz.finish(out),
        }
    }

    fn has_garbage(&self) -> bool {
        match self {
            Self::Gzip(gzip) => gzip.has_garbage(),
            Self::Zstd(zstd) => zstd.has_garbage(),
            Self::Lz4(lz4) => lz4.has_garbage(),
            Self::Xz(xz) => xz.has_garbage(),
        }
    }
}

/// One layer: first its bytes are looked at, then they are unpacked or passed on.
#[derive(Debug)]
enum Layer {
    Sniffing(Vec<u8>),
    Packed(Box<Decoder>),
    Plain,
}

/// The layers' names, outermost first; empty where there is none.
pub(super) type Names = [&'static str; MAX_LAYERS];

/// Takes the content's bytes.
type Take<'a> = dyn FnMut(Names, &[u8]) -> Flow + 'a;

/// Unpacks a file's bytes through all its layers.
#[derive(Debug)]
pub(super) struct Unpacker {
    layers: [Layer; MAX_LAYERS],
    limits: Limits,
    stored: u64,
    /// Bytes that each layer has made, and may make before more stored bytes come.
    made: [u64; MAX_LAYERS],
    allowance: u64,
    fault: Option<Stop>,
    has_ended: bool,
}

impl Unpacker {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            layers: [(); MAX_LAYERS].map(|()| Layer::Sniffing(Vec::new())),
            limits,
            stored: 0,
            made: [0; MAX_LAYERS],
            allowance: 0,
            fault: None,
            has_ended: false,
        }
    }

    /// Whether the file is known not to be compressed.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.layers, [Layer::Plain, _])
    }

    /// Whether nothing more can be unpacked.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// The layers' names.
    pub(super) fn packing(&self) -> String {
        joined(names(&self.layers))
    }

    /// Whether bytes after the end of the compressed data were ignored.
    pub(super) fn has_garbage(&self) -> bool {
        self.layers.iter().any(|layer| matches!(layer, Layer::Packed(decoder) if decoder.has_garbage()))
    }

    /// Takes the next stored bytes and gives what they unpack to, with the layers' names, to `take`.
    pub(super) fn push(&mut self, mut bytes: &[u8], take: &mut Take<'_>) {
        while !self.has_ended && !bytes.is_empty() {
            let room = BUDGET_STEP - self.stored % BUDGET_STEP;
            let (now, rest) = bytes.split_at(usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len()));
            bytes = rest;
            let stored = (self.stored / BUDGET_STEP + 1) * BUDGET_STEP;
            let growth = stored.saturating_mul(u64::from(self.limits.max_expansion));
            self.allowance = growth.max(FREE_BYTES).min(self.limits.max_content_bytes);
            self.stored += count(now.len());
            let result = self.through(0, |pass| pass.push(now, take));
            self.note(result, take);
        }
    }

    /// Ends the file; why it ends early, if it does.
    pub(super) fn finish(&mut self, take: &mut Take<'_>) -> Option<Stop> {
        if !self.has_ended {
            let result = self.through(0, |pass| pass.close(take));
            self.note(result, take);
        }
        self.has_ended = true;
        self.fault.take()
    }

    /// Does something with the layers from `depth` on.
    fn through<T>(&mut self, depth: usize, act: impl FnOnce(&mut Pass<'_>) -> T) -> T {
        let names = names(&self.layers);
        act(&mut Pass {
            layers: self.layers.get_mut(depth..).unwrap_or_default(),
            made: self.made.get_mut(depth..).unwrap_or_default(),
            allowance: self.allowance,
            names,
            depth,
        })
    }

    fn note(&mut self, result: Result<(), Ended>, take: &mut Take<'_>) {
        let Err(Ended { depth, cause }) = result else { return };
        self.has_ended = true;
        if matches!(cause, Cause::Fault(Fault::Unwanted)) {
            return;
        }
        // What the layers inside have so far is kept; that they end early too is no news.
        let _ = self.through(depth + 1, |pass| pass.close(take));
        self.fault = Some(self.stop(depth, &cause));
    }

    fn stop(&self, depth: usize, cause: &Cause) -> Stop {
        let [outer, inner] = names(&self.layers);
        let name = if depth > 0 { format!("{inner} data inside the {outer} data") } else { format!("{outer} data") };
        match cause {
            Cause::Fault(Fault::Truncated { part, at }) => {
                let text = format!("the {name} end inside the {part} that begins at their byte {at}");
                Stop::new(Reason::CompressedTruncated, text)
            }
            Cause::Fault(Fault::Damaged { part, at, what }) => {
                let text = format!("the {name} are damaged in the {part} that begins at their byte {at}: {what}");
                Stop::new(Reason::CompressedDamaged, text)
            }
            Cause::Fault(Fault::Unwanted) | Cause::TooLarge => {
                let is_whole = self.allowance == self.limits.max_content_bytes;
                let setting = if is_whole { "max-content" } else { "max-expansion" };
                let text = format!(
                    "the first {} of {name} unpack to more than {}; raise the setting {setting} if the file may be trusted",
                    bytes_text((self.stored.div_ceil(BUDGET_STEP)) * BUDGET_STEP),
                    bytes_text(self.allowance)
                );
                Stop::new(Reason::ExpansionLimit, text)
            }
        }
    }
}

fn names(layers: &[Layer; MAX_LAYERS]) -> Names {
    layers.each_ref().map(|layer| match layer {
        Layer::Packed(decoder) => decoder.name(),
        _ => "",
    })
}

/// The names with `+` between them.
pub(super) fn joined(names: Names) -> String {
    let [outer, inner] = names;
    if inner.is_empty() { outer.to_owned() } else { format!("{outer}+{inner}") }
}

#[derive(Debug)]
enum Cause {
    Fault(Fault),
    TooLarge,
}

/// A layer that ended early.
#[derive(Debug)]
struct Ended {
    depth: usize,
    cause: Cause,
}

/// The way of some bytes through the layers that are left.
struct Pass<'a> {
    layers: &'a mut [Layer],
    made: &'a mut [u64],
    allowance: u64,
    names: Names,
    depth: usize,
}

/// Which of a decoder's two doings.
enum Act<'a> {
    Push(&'a [u8]),
    Finish,
}

impl Pass<'_> {
    /// Through one layer after the other: as deep as there are layers.
    fn push(&mut self, mut bytes: &[u8], take: &mut Take<'_>) -> Result<(), Ended> {
        let mut held = Vec::new();
        if let Some(Layer::Sniffing(first)) = self.layers.first_mut() {
            let (now, rest) = bytes.split_at(LONGEST_MAGIC.saturating_sub(first.len()).min(bytes.len()));
            first.extend_from_slice(now);
            bytes = rest;
            let next = match sniff(first) {
                Sniffed::Unknown => return Ok(()),
                Sniffed::Nothing => Layer::Plain,
                Sniffed::Is(kind) => Layer::Packed(Box::new(Decoder::new(kind))),
            };
            held = std::mem::take(first);
            self.enter(next);
        }
        for piece in [held.as_slice(), bytes].into_iter().filter(|piece| !piece.is_empty()) {
            match self.layers.first() {
                Some(Layer::Packed(_)) => self.unpack(&Act::Push(piece), take)?,
                _ => self.give(piece, take)?,
            }
        }
        Ok(())
    }

    /// Ends this layer and those inside it.
    fn close(&mut self, take: &mut Take<'_>) -> Result<(), Ended> {
        match self.layers.first_mut() {
            None | Some(Layer::Plain) => Ok(()),
            Some(Layer::Sniffing(first)) => {
                let held = std::mem::take(first);
                self.enter(Layer::Plain);
                if held.is_empty() { Ok(()) } else { self.give(&held, take) }
            }
            Some(Layer::Packed(_)) => {
                let result = self.unpack(&Act::Finish, take);
                match &result {
                    Ok(()) => self.inner(|inner| inner.close(take)),
                    Err(_) => result,
                }
            }
        }
    }

    fn enter(&mut self, next: Layer) {
        if let (Layer::Packed(decoder), Some(name)) = (&next, self.names.get_mut(self.depth)) {
            *name = decoder.name();
        }
        if let Some(layer) = self.layers.first_mut() {
            *layer = next;
        }
    }

    fn give(&self, bytes: &[u8], take: &mut Take<'_>) -> Result<(), Ended> {
        match take(self.names, bytes) {
            Flow::GoOn => Ok(()),
            Flow::Stop => Err(Ended { depth: self.depth, cause: Cause::Fault(Fault::Unwanted) }),
        }
    }

    fn inner<T>(&mut self, act: impl FnOnce(&mut Pass<'_>) -> T) -> T {
        act(&mut Pass {
            layers: self.layers.get_mut(1..).unwrap_or_default(),
            made: self.made.get_mut(1..).unwrap_or_default(),
            allowance: self.allowance,
            names: self.names,
            depth: self.depth + 1,
        })
    }

    /// Has the layer's decoder work, within the budget.
    fn unpack(&mut self, act: &Act<'_>, take: &mut Take<'_>) -> Result<(), Ended> {
        let (depth, allowance, names) = (self.depth, self.allowance, self.names);
        let Some((Layer::Packed(decoder), layers)) = self.layers.split_first_mut() else { return Ok(()) };
        let Some((made, inner_made)) = self.made.split_first_mut() else { return Ok(()) };
        let mut ended = None;
        let mut out = |piece: &[u8]| {
            let room = usize::try_from(allowance.saturating_sub(*made)).unwrap_or(usize::MAX);
            let kept = piece.get(..room).unwrap_or(piece);
            *made += count(kept.len());
            let mut inner = Pass { layers, made: inner_made, allowance, names, depth: depth + 1 };
            let result = if inner.layers.is_empty() { inner.give(kept, take) } else { inner.push(kept, take) };
            ended = result.err();
            if ended.is_none() && kept.len() < piece.len() {
                ended = Some(Ended { depth, cause: Cause::TooLarge });
            }
            if ended.is_some() { Flow::Stop } else { Flow::GoOn }
        };
        let result = match act {
            Act::Push(bytes) => decoder.push(bytes, &mut out),
            Act::Finish => decoder.finish(&mut out),
        };
        match (ended, result) {
            (Some(ended), _) => Err(ended),
            (None, Err(fault)) => Err(Ended { depth, cause: Cause::Fault(fault) }),
            (None, Ok(())) => Ok(()),
        }
    }
}
