//! HTTP/1 over TCP, and HTTP/2 where it is in clear.
//!
//! **Source** RFC 9112.

mod attack;
mod body;
mod head;
mod login;
mod two;

use super::parser::{Match, Parser, Probe, Progress, View};
use super::program::program;
use crate::report::{HttpRecord, Record, Text};
use crate::units::count;
use body::Body;
use head::{Head, Kind};

/// Longest head that is read: the buffer holds no more.
const MAX_HEAD: usize = super::stream::BUFFER_BYTES;
/// Longest line before a body's first chunk.
const MAX_CHUNK_LINE: usize = 64;
/// Requests whose answers are awaited: whether an answer has a body hangs on its request's method.
const MAX_AWAITED: usize = 32;

pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    if !p.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    if two::is_start(p) {
        return Some(Match::parsed("http", two::Two::default()));
    }
    head::is_start(p).then(|| Match::parsed("http", Http::default()))
}

#[derive(Debug, Default)]
struct Http {
    record: HttpRecord,
    sides: [Side; 2],
    /// Methods of requests whose answers are to come.
    awaited: Vec<Method>,
    /// What the latest request asked for.
    asked: Option<Text>,
    is_tunnel: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Head,
    Connect,
    Other,
}

#[derive(Debug, Default)]
struct Side {
    body: Body,
    gaps: u32,
    /// Whether bytes were lost: the next message begins where a segment does.
    is_lost: bool,
    /// Whether the next bytes are a body's first ones.
    is_opening: bool,
}

impl Parser for Http {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let index = usize::from(!view.from_orig);
        let Some(side) = self.sides.get_mut(index) else { return Progress::Done };
        if view.gaps > side.gaps {
            *side = Side { gaps: view.gaps, is_lost: true, ..Side::default() };
        }
        while !view.data().is_empty() {
            let Some(side) = self.sides.get_mut(index) else { return Progress::Done };
            if std::mem::take(&mut side.is_opening) {
                let is_chunked = side.body == Body::Chunked;
                self.look_into(view.data(), is_chunked, view.from_orig);
            }
            let Some(side) = self.sides.get_mut(index) else { return Progress::Done };
            if !side.body.pass_over(view) {
                return Progress::More;
            }
            if side.is_lost && !head::is_start(view.data()) {
                view.skip(count(view.data().len()));
                return Progress::More;
            }
            side.is_lost = false;
            let Some((head, len)) = Head::read(view.data(), view.is_full) else {
                if view.data().len() >= MAX_HEAD {
                    view.skip_all();
                }
                return Progress::More;
            };
            if head.kind == Kind::Neither {
                // It may begin like a message and be none: the next one is looked for in what comes later.
                side.is_lost = true;
                view.skip(count(view.data().len()));
                return Progress::More;
            }
            view.skip(count(len));
            let body = self.take(&head);
            if self.is_tunnel {
                return Progress::Inner;
            }
            if let Some(side) = self.sides.get_mut(index) {
                side.is_opening = body != Body::None;
                side.body = body;
            }
        }
        Progress::More
    }

    fn heap_bytes(&self) -> usize {
        use crate::report::Held as _;
        self.record.held_bytes() + self.asked.held_bytes()
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Http(Box::new(self.record)))
    }
}

impl Http {
    /// Looks at a body's first bytes.
    fn look_into(&mut self, data: &[u8], is_chunked: bool, from_orig: bool) {
        let first_line = data.iter().take(MAX_CHUNK_LINE).position(|b| *b == b'\n').map_or(0, |end| end + 1);
        let data = data.get(if is_chunked { first_line } else { 0 }..).unwrap_or_default();
        if let Some(program) = program(data) {
            if self.record.executables.is_empty() {
                self.record.executable_uri = self.asked.clone();
            }
            self.record.executables.add(program.name());
        }
        if from_orig {
            attack::in_text(data).for_each(|kind| self.record.attacks.add(kind));
        }
    }

    /// Writes a head into the record; what follows it is the result.
    fn take(&mut self, head: &Head<'_>) -> Body {
        match head.kind {
            Kind::Request { method, uri, version } => {
                let is_first = self.record.requests == 0;
                self.record.requests += 1;
                self.record.methods.add(head::method_name(method));
                self.asked = Some(Text::new(uri));
                head.attacks(uri).for_each(|kind| self.record.attacks.add(kind));
                if is_first {
                    head.write_request(&mut self.record, method, uri, version);
                }
                head.write_login(&mut self.record, false);
                let awaited = match method {
                    b"HEAD" => Method::Head,
                    b"CONNECT" => Method::Connect,
                    _ => Method::Other,
                };
                if self.awaited.len() < MAX_AWAITED {
                    self.awaited.push(awaited);
                }
                head.body(false)
            }
            Kind::Response { status } => self.take_response(head, status),
            Kind::Neither => Body::default(),
        }
    }

    fn take_response(&mut self, head: &Head<'_>, status: u16) -> Body {
        if (100..200).contains(&status) && status != 101 {
            return Body::default();
        }
        let is_first = self.record.responses == 0;
        self.record.responses += 1;
        self.record.statuses.add(head::status_class(status));
        self.record.denied += u64::from(matches!(status, 401 | 403 | 407));
        if is_first {
            head.write_response(&mut self.record, status);
        }
        head.write_login(&mut self.record, true);
        let asked = if self.awaited.is_empty() { Method::Other } else { self.awaited.remove(0) };
        self.is_tunnel = status == 101 || (asked == Method::Connect && (200..300).contains(&status));
        if asked == Method::Head || matches!(status, 204 | 304) { Body::default() } else { head.body(true) }
    }
}
