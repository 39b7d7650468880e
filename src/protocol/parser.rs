//! What a protocol looks like to the inspector: a recogniser, and a parser for what follows.

use std::fmt;

use crate::report::Record;

/// What a recogniser looks at: the first bytes of one direction, or one datagram.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probe<'a> {
    /// The bytes: over TCP what is known in order of this direction, over UDP one datagram.
    pub(super) payload: &'a [u8],
    /// What the other direction sent before: over TCP what was not read, over UDP the beginning of its last datagram.
    pub(super) other: &'a [u8],
    /// Over UDP the beginning of this direction's datagram before; empty over TCP.
    pub(super) before: &'a [u8],
    /// Ports of the sender and of the receiver.
    pub(super) ports: (u16, u16),
    /// Whether the flow's originator sent it.
    pub(super) from_orig: bool,
    /// Whether the snapshot length cut the payload: lengths in it may then pass its end.
    pub(super) is_cut: bool,
}

impl Probe<'_> {
    /// Whether one of the ports is among these.
    pub(super) fn has_port(&self, known: &[u16]) -> bool {
        known.contains(&self.ports.0) || known.contains(&self.ports.1)
    }
}

/// A protocol's signature was found.
#[derive(Debug)]
pub(super) struct Match {
    /// The protocol's name in `service`.
    pub(super) service: &'static str,
    /// How surely, 0-1.
    pub(super) confidence: f32,
    /// Who reads on; `None` where only the name is of interest.
    pub(super) parser: Option<Box<dyn Parser>>,
}

impl Match {
    /// Confidence of a signature that nothing else has: a fixed word, or lengths and fields that agree.
    pub(super) const SURE: f32 = 1.0;
    /// Confidence of a structure that makes sense on the protocol's own port.
    pub(super) const LIKELY: f32 = 0.9;

    /// A name alone.
    pub(super) fn named(service: &'static str) -> Self {
        Self { service, confidence: Self::SURE, parser: None }
    }

    /// A name, and who reads on.
    pub(super) fn parsed(service: &'static str, parser: impl Parser + 'static) -> Self {
        Self { service, confidence: Self::SURE, parser: Some(Box::new(parser)) }
    }

    /// The same, less surely.
    pub(super) fn likely(self) -> Self {
        Self { confidence: Self::LIKELY, ..self }
    }
}

/// Tells a protocol by its signature. Cheap: it is asked for every payload of a flow that has no name yet.
pub(super) type Recogniser = fn(&Probe<'_>) -> Option<Match>;

/// Whether a parser wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// What it left unread is shown again when more has come.
    More,
    /// Nothing more of either direction: its record is complete.
    Done,
    /// Another protocol begins inside (STARTTLS, CONNECT), with what it left unread in both directions;
    /// over UDP with this datagram.
    Inner,
}

/// Reads a protocol's messages after it was recognised, from the bytes that it was recognised by on.
///
/// Over TCP [`Parser::stream`] is called, over UDP [`Parser::message`]. Bytes are hostile: what makes no sense ends the
/// reading, and nothing kept may grow without a bound.
pub(super) trait Parser: fmt::Debug + Send {
    /// Reads what has come of a direction in order.
    fn stream(&mut self, _view: &mut View<'_>) -> Progress {
        Progress::Done
    }

    /// Reads one datagram.
    fn message(&mut self, _from_orig: bool, _bytes: &[u8]) -> Progress {
        Progress::Done
    }

    /// Bytes of memory held beyond a few hundred.
    fn heap_bytes(&self) -> usize {
        0
    }

    /// What was read; `None` where that is nothing.
    fn finish(self: Box<Self>) -> Option<Record>;
}

/// What is known in order of one direction of a stream and has not been read.
#[derive(Debug)]
pub(super) struct View<'a> {
    data: &'a [u8],
    /// Whether the flow's originator sent it.
    pub(super) from_orig: bool,
    /// Whether no more fits beside it: what cannot be read now never can.
    pub(super) is_full: bool,
    /// Holes so far: the first byte after one stands where a segment began.
    pub(super) gaps: u32,
    read: u64,
}

impl<'a> View<'a> {
    pub(super) fn new(data: &'a [u8], from_orig: bool, is_full: bool, gaps: u32) -> Self {
        Self { data, from_orig, is_full, gaps, read: 0 }
    }

    /// The unread bytes.
    pub(super) fn data(&self) -> &'a [u8] {
        usize::try_from(self.read).ok().and_then(|n| self.data.get(n..)).unwrap_or_default()
    }

    /// Counts bytes as read, also such as have not come yet: a body of a million bytes is passed over so.
    pub(super) fn skip(&mut self, bytes: u64) {
        self.read = self.read.saturating_add(bytes);
    }

    /// Counts everything that ever comes of this direction as read.
    pub(super) fn skip_all(&mut self) {
        self.read = u64::MAX;
    }

    /// Bytes read or passed over in this call.
    pub(super) fn read(&self) -> u64 {
        self.read
    }
}
