//! The layers of one frame, for whoever looks at a single packet.

use serde::Serialize;

use crate::units::count;

/// Layers told of one frame.
const MAX_LAYERS: usize = 32;

/// One header of a frame, or its payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// What it is, in lower case: `ethernet`, `ipv4`, `tcp`, `payload` ...; `data` for bytes nobody read.
    pub name: &'static str,
    /// Where it begins, bytes from the frame's first.
    pub offset: u32,
    /// Its captured bytes.
    pub length: u32,
    /// Its fields that matter, on one line.
    pub summary: String,
}

/// Is told every header that is walked over. The unit type listens to nothing and costs nothing.
pub(super) trait Trace {
    /// A header: `header` is part of the frame.
    fn layer(&mut self, name: &'static str, header: &[u8], summary: impl FnOnce() -> String);
    /// A place to come back to.
    fn mark(&self) -> usize;
    /// Forgets what was told since `mark`: it was not what it seemed.
    fn rewind(&mut self, mark: usize);
}

impl Trace for () {
    #[inline]
    fn layer(&mut self, _: &'static str, _: &[u8], _: impl FnOnce() -> String) {}
    #[inline]
    fn mark(&self) -> usize {
        0
    }
    #[inline]
    fn rewind(&mut self, _: usize) {}
}

/// Keeps the layers of one frame.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    frame: &'a [u8],
    found: Vec<Layer>,
}

impl<'a> Layers<'a> {
    pub(super) fn of(frame: &'a [u8]) -> Self {
        Self { frame, found: Vec::new() }
    }

    /// The bytes behind the last header.
    fn rest(&self) -> &'a [u8] {
        let end = self.found.last().map_or(0, |l| u64::from(l.offset) + u64::from(l.length));
        self.frame.get(usize::try_from(end).unwrap_or(usize::MAX)..).unwrap_or_default()
    }

    /// The layers, with what lies behind the headers as the last.
    pub(super) fn finish(mut self, name: &'static str, rest: Option<&[u8]>) -> Vec<Layer> {
        let rest = rest.unwrap_or_else(|| self.rest());
        if !rest.is_empty() {
            self.found.truncate(MAX_LAYERS - 1);
            self.layer(name, rest, || format!("{} bytes", rest.len()));
        }
        self.found
    }
}

impl Trace for Layers<'_> {
    fn layer(&mut self, name: &'static str, header: &[u8], summary: impl FnOnce() -> String) {
        if self.found.len() < MAX_LAYERS {
            // A header is part of the frame, so the distance of the two is its offset.
            let offset = header.as_ptr().addr().wrapping_sub(self.frame.as_ptr().addr());
            let number = |n: usize| u32::try_from(count(n)).unwrap_or(u32::MAX);
            self.found.push(Layer { name, offset: number(offset), length: number(header.len()), summary: summary() });
        }
    }

    fn mark(&self) -> usize {
        self.found.len()
    }

    fn rewind(&mut self, mark: usize) {
        self.found.truncate(mark);
    }
}
