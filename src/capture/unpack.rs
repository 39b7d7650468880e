//! Unpacks compressed files as their bytes come: gzip, zstd, lz4 and xz, also one inside the other.

mod decoder;
mod gather;
mod gzip;
mod lz4;
mod pass;
mod skippable;
mod sniff;
mod xz;
mod zstd;

use super::Stop;
use super::reader::Limits;
use crate::report::Reason;
use crate::units::{bytes_text, count};
use decoder::Decoder;
use pass::{Cause, Ended, Pass};

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
