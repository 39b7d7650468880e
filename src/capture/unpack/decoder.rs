//! One face for the decoders of all formats.

use super::sniff::Kind;
use super::{Fault, Out, gzip, lz4, xz, zstd};

/// The formats that are unpacked.
#[derive(Debug)]
pub(super) enum Decoder {
    Gzip(gzip::Gzip),
    Zstd(zstd::Zstd),
    Lz4(lz4::Lz4),
    Xz(xz::Xz),
}

impl Decoder {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Gzip => Self::Gzip(gzip::Gzip::new()),
            Kind::Zstd => Self::Zstd(zstd::Zstd::new()),
            Kind::Lz4 => Self::Lz4(lz4::Lz4::new()),
            Kind::Xz => Self::Xz(xz::Xz::new()),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Gzip(_) => "gzip",
            Self::Zstd(_) => "zstd",
            Self::Lz4(_) => "lz4",
            Self::Xz(_) => "xz",
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Out<'_>) -> Result<(), Fault> {
        match self {
            Self::Gzip(gzip) => gzip.push(bytes, out),
            Self::Zstd(zstd) => zstd.push(bytes, out),
            Self::Lz4(lz4) => lz4.push(bytes, out),
            Self::Xz(xz) => xz.push(bytes, out),
        }
    }

    pub(super) fn finish(&mut self, out: &mut Out<'_>) -> Result<(), Fault> {
        match self {
            Self::Gzip(gzip) => gzip.finish(),
            Self::Zstd(zstd) => zstd.finish(out),
            Self::Lz4(lz4) => lz4.finish(),
            Self::Xz(xz) => xz.finish(out),
        }
    }

    pub(super) fn has_garbage(&self) -> bool {
        match self {
            Self::Gzip(gzip) => gzip.has_garbage(),
            Self::Zstd(zstd) => zstd.has_garbage(),
            Self::Lz4(lz4) => lz4.has_garbage(),
            Self::Xz(xz) => xz.has_garbage(),
        }
    }
}
