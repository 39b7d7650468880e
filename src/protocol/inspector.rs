//! Follows one open flow until what its payload says is known.

use super::parser::{Match, Parser, Probe, Progress, View};
use super::stream::Stream;
use super::{ports, registry};
use crate::report::{Application, KnownBy, Proto, Record, Service};

/// Payload-bearing packets of one direction that are looked at before it counts as not recognised.
const MAX_PROBES: u8 = 4;
/// Bytes that a protocol may need to be told: as long as a direction said less, its segments are no vain looks.
const FEW_BYTES: usize = 32;
/// Protocols inside one another that are followed: a proxy, STARTTLS and what it hides are three.
const MAX_LAYERS: u8 = 4;

/// The payload of one packet.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// Whether the flow's originator sent it.
    pub from_orig: bool,
    /// Sequence number of its first byte, over TCP.
    pub seq: Option<u32>,
    /// The captured bytes.
    pub payload: &'a [u8],
    /// Whether there were more that were not captured.
    pub is_cut: bool,
}

/// Recognises the protocols of one flow and reads their first messages.
///
/// **Memory** at most 100 kB over TCP and a few kB over UDP, as [`Inspector::heap_bytes`] says; most is given back once
/// the protocol is complete.
#[derive(Debug)]
pub struct Inspector {
    ports: (u16, u16),
    stage: Stage,
    probes: [u8; 2],
    /// Protocols ended because another one began inside.
    layers: u8,
    services: Vec<Service>,
    records: Vec<Record>,
    parser: Option<Box<dyn Parser>>,
    /// Beginnings of the last datagrams that were not recognised, of originator and responder.
    heads: [Head; 2],
    /// Of originator and responder; `None` over UDP.
    streams: Option<Box<[Stream; 2]>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Probing,
    Reading,
    Done,
}

/// The beginning of a datagram.
#[derive(Debug, Clone, Copy, Default)]
struct Head {
    len: u8,
    bytes: [u8; Head::BYTES],
}

impl Head {
    /// Headers of protocols that only several packets tell are not longer.
    const BYTES: usize = 32;

    fn of(payload: &[u8]) -> Self {
        let mut head = Self::default();
        for (to, from) in head.bytes.iter_mut().zip(payload) {
            *to = *from;
            head.len += 1;
        }
        head
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl Inspector {
    /// Bytes of memory an inspector is counted with before it has read anything.
    pub const BASE_BYTES: usize = 512;

    /// An inspector of a flow between these ports; `None` for protocols that are not looked into.
    #[must_use]
    pub fn new(proto: Proto, orig_port: u16, resp_port: u16) -> Option<Self> {
        let streams = match proto {
            Proto::TCP => Some(Box::default()),
            Proto::UDP => None,
            _ => return None,
        };
        Some(Self {
            ports: (orig_port, resp_port),
            stage: Stage::Probing,
            probes: [0; 2],
            heads: [Head::default(); 2],
            layers: 0,
            services: Vec::new(),
            records: Vec::new(),
            parser: None,
            streams,
        })
    }

    /// Whether it wants the next payload of the direction.
    #[must_use]
    pub fn wants_more(&self, from_orig: bool) -> bool {
        let side = usize::from(!from_orig);
        match self.stage {
            Stage::Probing => self.probes.get(side).is_some_and(|probes| *probes < MAX_PROBES),
            Stage::Reading => self.streams.as_ref().is_none_or(|s| s.get(side).is_some_and(|s| !s.is_closed())),
            Stage::Done => false,
        }
    }

    /// Whether a protocol is known.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.stage == Stage::Reading
    }

    /// Whether it wants nothing more of either direction.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !self.wants_more(true) && !self.wants_more(false)
    }

    /// Bytes of memory held, itself included; the same on every target.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let streams = self.streams.as_ref().map_or(0, |s| s.iter().map(|s| 128 + s.heap_bytes()).sum());
        let records: usize = self.records.iter().map(crate::report::Held::held_bytes).sum();
        Self::BASE_BYTES + streams + records + self.parser.as_ref().map_or(0, |p| p.heap_bytes())
    }

    /// Looks at a payload.
    pub fn feed(&mut self, piece: &Piece<'_>) {
        if piece.payload.is_empty() || !self.wants_more(piece.from_orig) {
            return;
        }
        let side = usize::from(!piece.from_orig);
        if self.streams.is_none() {
            self.datagram(side, piece);
        } else {
            self.segment(side, piece);
        }
        if self.stage == Stage::Reading && self.is_over() {
            self.complete();
        }
    }

    /// What was recognised; `None` where that is nothing.
    #[must_use]
    pub fn finish(mut self) -> Option<Application> {
        self.complete();
        let Self { mut services, records, ports, .. } = self;
        services.extend(ports::inside(&services, ports, &records));
        (!services.is_empty()).then_some(Application { services, records })
    }

    fn datagram(&mut self, side: usize, piece: &Piece<'_>) {
        // Another round where the protocol says that another one begins inside.
        while self.stage != Stage::Done {
            if self.stage == Stage::Probing {
                let [before, other] = [side, 1 - side].map(|side| self.heads.get(side).copied().unwrap_or_default());
                let Some(found) =
                    self.recognise_after(side, piece.payload, other.bytes(), before.bytes(), piece.is_cut)
                else {
                    if let Some(head) = self.heads.get_mut(side) {
                        *head = Head::of(piece.payload);
                    }
                    self.count_probe(side);
                    return;
                };
                self.begin(found);
            }
            match self.parser.as_mut().map_or(Progress::Done, |p| p.message(piece.from_orig, piece.payload)) {
                Progress::More => return,
                Progress::Done => self.complete(),
                Progress::Inner => self.end_layer(),
            }
        }
    }

    fn segment(&mut self, side: usize, piece: &Piece<'_>) {
        let Some(stream) = self.stream(side) else { return };
        let is_behind = stream.is_behind(piece.seq);
        let new = stream.offer(piece.seq, piece.payload, piece.is_cut);
        if self.stage == Stage::Probing && is_behind && new.is_none_or(|new| !new.is_empty()) {
            // Other bytes stand in its place, but none that are known: a keep-alive's, or a forger's.
            self.probe_alone(side, piece);
        } else if let Some(new) = new {
            self.show(side, new, piece.is_cut);
        }
        while let Some(bytes) = self.stream(side).and_then(Stream::next_pending) {
            self.show(side, &bytes, false);
        }
    }

    /// Looks at a segment that did not come in order without what came before.
    fn probe_alone(&mut self, side: usize, piece: &Piece<'_>) {
        let Some(found) = self.recognise(side, piece.payload, &[], piece.is_cut) else {
            self.count_probe(side);
            return;
        };
        self.begin(found);
        self.read(1 - side, &[]);
        if let Some(stream) = self.stream(side) {
            stream.forget();
            stream.offer(piece.seq, piece.payload, piece.is_cut);
        }
        self.read(side, piece.payload);
    }

    /// Shows what is new in order of a direction to the recognisers or to the parser.
    fn show(&mut self, side: usize, new: &[u8], is_cut: bool) {
        match self.stage {
            Stage::Probing => self.probe(side, new, is_cut),
            Stage::Reading => self.read(side, new),
            Stage::Done => {}
        }
    }

    fn probe(&mut self, side: usize, new: &[u8], is_cut: bool) {
        let Some(stream) = self.stream(side) else { return };
        stream.append(new);
        let head = stream.take_buffer();
        let other = self.stream(1 - side).map(Stream::take_buffer).unwrap_or_default();
        let is_first = new.is_empty() || head.len() == new.len();
        let mut found = self.recognise(side, &head, &other, is_cut);
        let mut is_restart = false;
        if found.is_none() && !is_first {
            // The capture may have begun in the middle of a message.
            found = self.recognise(side, new, &other, is_cut);
            is_restart = found.is_some();
        }
        for (side, buffer) in [(side, head), (1 - side, other)] {
            if let Some(stream) = self.stream(side) {
                stream.put_buffer(buffer);
            }
        }
        let Some(found) = found else {
            if self.stream(side).is_none_or(|s| s.buffered().len() >= FEW_BYTES) {
                self.count_probe(side);
            }
            return;
        };
        self.begin(found);
        // What the other side said came before.
        self.read(1 - side, &[]);
        if is_restart {
            if let Some(stream) = self.stream(side) {
                stream.drop_unread();
            }
            self.read(side, new);
        } else {
            self.read(side, &[]);
        }
    }

    /// Shows a direction's unread bytes to the parser.
    fn read(&mut self, side: usize, new: &[u8]) {
        let (Some(streams), Some(parser)) = (&mut self.streams, &mut self.parser) else { return };
        let Some(stream) = streams.get_mut(side).filter(|s| !s.is_closed()) else { return };
        // Mostly everything was read, and a segment need not be copied.
        let is_buffered = !stream.buffered().is_empty();
        if is_buffered {
            stream.append(new);
        }
        let buffer = stream.take_buffer();
        let shown = if is_buffered { buffer.as_slice() } else { new };
        if shown.is_empty() {
            return;
        }
        let is_full = shown.len() >= super::stream::BUFFER_BYTES;
        let mut view = View::new(shown, side == 0, is_full, stream.gaps);
        let progress = parser.stream(&mut view);
        let read = view.read();
        if is_buffered {
            stream.put_buffer(buffer);
            stream.settle_buffered(read);
        } else {
            stream.settle(shown, read);
        }
        if stream.is_full() && read == 0 {
            stream.close();
        }
        match progress {
            Progress::More => {}
            Progress::Done => self.complete(),
            Progress::Inner => self.look_inside(side),
        }
    }

    fn recognise(&self, side: usize, payload: &[u8], other: &[u8], is_cut: bool) -> Option<Match> {
        self.recognise_after(side, payload, other, &[], is_cut)
    }

    fn recognise_after(&self, side: usize, payload: &[u8], other: &[u8], before: &[u8], is_cut: bool) -> Option<Match> {
        let (orig, resp) = self.ports;
        let from_orig = side == 0;
        let ports = if from_orig { (orig, resp) } else { (resp, orig) };
        registry::recognise(self.streams.is_some(), &Probe { payload, other, before, ports, from_orig, is_cut })
    }

    fn begin(&mut self, found: Match) {
        match self.services.last_mut() {
            Some(last) if last.name == found.service => last.confidence = last.confidence.min(found.confidence),
            _ => {
                // Most flows have one: no room is made for more.
                self.services.reserve_exact(1);
                self.services.push(Service {
                    name: found.service,
                    known_by: KnownBy::Payload,
                    confidence: found.confidence,
                });
            }
        }
        self.parser = found.parser;
        self.stage = Stage::Reading;
        if self.parser.is_none() {
            self.complete();
        }
    }

    /// Ends a protocol and looks for another one inside it.
    fn look_inside(&mut self, side: usize) {
        self.end_layer();
        for side in [side, 1 - side] {
            if self.stream(side).is_some_and(|s| !s.buffered().is_empty()) && self.stage == Stage::Probing {
                self.probe(side, &[], false);
            }
        }
    }

    fn end_layer(&mut self) {
        self.take_record();
        self.layers += 1;
        if self.layers >= MAX_LAYERS {
            self.complete();
        } else {
            self.stage = Stage::Probing;
            self.probes = [0; 2];
        }
    }

    fn count_probe(&mut self, side: usize) {
        let Some(probes) = self.probes.get_mut(side) else { return };
        *probes += 1;
        if *probes >= MAX_PROBES
            && let Some(stream) = self.stream(side)
        {
            stream.forget();
        }
    }

    /// Wants nothing more, and gives back what is not needed for the result.
    fn complete(&mut self) {
        self.take_record();
        self.stage = Stage::Done;
        self.streams = None;
    }

    fn take_record(&mut self) {
        self.records.extend(self.parser.take().and_then(Parser::finish));
    }

    fn stream(&mut self, side: usize) -> Option<&mut Stream> {
        self.streams.as_mut().and_then(|s| s.get_mut(side))
    }
}
