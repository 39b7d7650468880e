//! The way of bytes through the layers, within the budget.

use super::decoder::Decoder;
use super::sniff::{LONGEST_MAGIC, Sniffed, sniff};
use super::{Fault, Flow, Layer, Names, Take};
use crate::units::count;

/// Why a layer ends early.
#[derive(Debug)]
pub(super) enum Cause {
    Fault(Fault),
    TooLarge,
}

/// A layer that ended early.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) depth: usize,
    pub(super) cause: Cause,
}

/// The way of some bytes through the layers that are left.
pub(super) struct Pass<'a> {
    pub(super) layers: &'a mut [Layer],
    pub(super) made: &'a mut [u64],
    pub(super) allowance: u64,
    pub(super) names: Names,
    pub(super) depth: usize,
}

/// Which of a decoder's two doings.
enum Act<'a> {
    Push(&'a [u8]),
    Finish,
}

impl Pass<'_> {
    /// Through one layer after the other: as deep as there are layers.
    pub(super) fn push(&mut self, mut bytes: &[u8], take: &mut Take<'_>) -> Result<(), Ended> {
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
    pub(super) fn close(&mut self, take: &mut Take<'_>) -> Result<(), Ended> {
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
