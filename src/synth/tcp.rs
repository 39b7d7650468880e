//! A TCP conversation: what is said, turned into segments with coherent numbers.

use std::collections::VecDeque;

use super::Class;
use super::frame::{self, ACK, End, FIN, PSH, RST, SYN, Tcp};
use super::rng::{Rng, noise};
use super::stage::{MS, SEC, Source, Stage, US};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Orig,
    Resp,
}

use Side::{Orig, Resp};

impl Side {
    fn other(self) -> Self {
        match self {
            Orig => Resp,
            Resp => Orig,
        }
    }
}

/// What a long transfer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// TLS records of application data.
    Tls,
    /// Bytes that look random.
    Noise,
    /// Readable text.
    Text,
}

/// One step of a conversation.
#[derive(Debug)]
pub(super) enum Step {
    /// The three-way handshake.
    Open,
    /// A message.
    Say(Side, Vec<u8>),
    /// `bytes` of a kind, with `pace` nanoseconds between its segments.
    Pour { from: Side, bytes: u64, content: Content, pace: u64 },
    /// Silence.
    Wait(u64),
    /// An orderly end begun by this side.
    Close(Side),
    /// A reset by this side.
    Reset(Side),
    /// A handshake that the responder refuses.
    Refused,
    /// A handshake that nobody answers, tried this often.
    Unanswered(u32),
}

/// Where a segment's payload comes from.
#[derive(Debug)]
enum Body {
    None,
    Bytes(Vec<u8>),
    Noise {
        len: usize,
        seed: u64,
    },
    /// The beginning of a TLS record of `record` bytes.
    Record {
        len: usize,
        record: u16,
        seed: u64,
    },
    Text {
        len: usize,
        from: usize,
    },
}

impl Body {
    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Bytes(bytes) => bytes.len(),
            Self::Noise { len, .. } | Self::Record { len, .. } | Self::Text { len, .. } => *len,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::None => {}
            Self::Bytes(bytes) => out.extend_from_slice(bytes),
            Self::Noise { len, seed } => noise(out, *seed, *len),
            Self::Record { len, record, seed } => {
                out.extend_from_slice(&[23, 3, 3]);
                out.extend_from_slice(&record.to_be_bytes());
                noise(out, *seed, len.saturating_sub(5));
            }
            Self::Text { len, from } => out.extend(PROSE.iter().cycle().skip(from % PROSE.len()).take(*len)),
        }
    }
}

#[derive(Debug)]
struct Segment {
    gap: u64,
    from: Side,
    flags: u8,
    body: Body,
    /// Sent once more: its number is the last one's.
    is_again: bool,
    /// Bytes that were sent but are not acknowledged by this segment.
    lag: u32,
}

/// Both ends, what is left to say, and the numbers reached.
pub(super) struct Conversation {
    class: Class,
    orig: End,
    resp: End,
    orig_seq: u32,
    resp_seq: u32,
    /// The side next to the place of capture: it reacts at once, the other one after `rtt`.
    near: Side,
    rtt: u64,
    mss: usize,
    window: u16,
    steps: VecDeque<Step>,
    queue: VecDeque<Segment>,
    pause: u64,
}

/// Segments of one burst of a long transfer: together the largest TLS record that ends with a segment.
const BURST: u64 = 11;
/// How often a data segment from afar is lost behind the place of capture and sent again.
const LOSS: f64 = 0.002;

impl Conversation {
    pub(super) fn new(class: Class, (orig, resp): (End, End), rtt: u64, rng: &mut Rng) -> Self {
        let [a, b, c, d, e, f, g, h] = rng.bytes();
        Self {
            class,
            orig,
            resp,
            orig_seq: u32::from_be_bytes([a, b, c, d]),
            resp_seq: u32::from_be_bytes([e, f, g, h]),
            near: Orig,
            rtt,
            mss: 1480 - orig.ip_header(),
            window: rng.pick(&[513, 1026, 1026, 2052, 501, 8212]),
            steps: VecDeque::new(),
            queue: VecDeque::new(),
            pause: 0,
        }
    }

    /// The responder is the one next to the place of capture.
    pub(super) fn seen_at_responder(mut self) -> Self {
        self.near = Resp;
        self
    }

    pub(super) fn then(mut self, step: Step) -> Self {
        self.steps.push_back(step);
        self
    }

    pub(super) fn all(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.steps.extend(steps);
        self
    }

    pub(super) fn enter(self, at: u64, stage: &mut Stage) {
        stage.enter(at, Box::new(self));
    }

    /// How long a side needs to react.
    fn reaction(&self, from: Side, rng: &mut Rng) -> u64 {
        if from == self.near { rng.between(20 * US, 120 * US) } else { rng.jitter(self.rtt, 0.08) }
    }

    fn queue(&mut self, gap: u64, from: Side, flags: u8, body: Body) {
        let gap = gap + std::mem::take(&mut self.pause);
        self.queue.push_back(Segment { gap, from, flags, body, is_again: false, lag: 0 });
    }

    fn acknowledge(&mut self, from: Side, gap: u64) {
        self.queue(gap, from, ACK, Body::None);
    }

    /// Turns the next step into segments. False when none is left.
    fn expand(&mut self, rng: &mut Rng) -> bool {
        let Some(step) = self.steps.pop_front() else { return false };
        match step {
            Step::Open => {
                let (there, back) = (self.reaction(Resp, rng), self.reaction(Orig, rng));
                self.queue(0, Orig, SYN, Body::None);
                self.queue(there, Resp, SYN | ACK, Body::None);
                self.acknowledge(Orig, back);
            }
            Step::Say(from, bytes) => self.say(from, &bytes, rng),
            Step::Pour { from, bytes, content, pace } => self.pour(from, bytes, content, pace, rng),
            Step::Wait(ns) => self.pause += ns,
            Step::Close(from) => {
                let (there, back) = (self.reaction(from.other(), rng), self.reaction(from, rng));
                self.queue(50 * US, from, FIN | ACK, Body::None);
                self.queue(there, from.other(), FIN | ACK, Body::None);
                self.acknowledge(from, back);
            }
            Step::Reset(from) => self.queue(50 * US, from, RST | ACK, Body::None),
            Step::Refused => {
                let there = self.reaction(Resp, rng);
                self.queue(0, Orig, SYN, Body::None);
                self.queue(there, Resp, RST | ACK, Body::None);
            }
            Step::Unanswered(tries) => {
                for n in 0..tries {
                    let gap = if n == 0 { 0 } else { SEC << (n - 1).min(6) };
                    self.queue(gap, Orig, SYN, Body::None);
                    if let Some(segment) = self.queue.back_mut() {
                        segment.is_again = n > 0;
                    }
                }
            }
        }
        true
    }

    fn say(&mut self, from: Side, bytes: &[u8], rng: &mut Rng) {
        let mut gap = self.reaction(from, rng);
        let last = bytes.len().div_ceil(self.mss);
        for (n, piece) in (1..).zip(bytes.chunks(self.mss)) {
            let flags = if n == last { PSH | ACK } else { ACK };
            self.queue(gap, from, flags, Body::Bytes(piece.to_vec()));
            gap = rng.between(2 * US, 30 * US);
        }
        // An answer that follows at once carries the acknowledgement.
        let is_answered = matches!(self.steps.front(), Some(Step::Say(side, _)) if *side != from);
        if !(last <= 1 && is_answered) {
            let gap = self.reaction(from.other(), rng);
            self.acknowledge(from.other(), gap);
        }
    }

    /// One burst of a long transfer; what is left becomes the next step.
    fn pour(&mut self, from: Side, bytes: u64, content: Content, pace: u64, rng: &mut Rng) {
        let mss = crate::units::count(self.mss);
        let now = bytes.min(BURST * mss);
        let mut left = usize::try_from(now).unwrap_or(0);
        let mut is_first = true;
        let mut gap = if pace > 10 * MS { rng.jitter(pace, 0.5) } else { self.reaction(from, rng) };
        let is_near = from == self.near;
        let mut unacknowledged = 0;
        while left > 0 {
            let len = left.min(self.mss);
            left -= len;
            let body = match content {
                // A record is at least its header and a tag.
                Content::Tls if is_first && now > 24 => {
                    Body::Record { len, record: frame::short(usize::try_from(now - 5).unwrap_or(0)), seed: rng.word() }
                }
                Content::Tls | Content::Noise => Body::Noise { len, seed: rng.word() },
                Content::Text => Body::Text { len, from: usize::from(rng.short()) },
            };
            is_first = false;
            self.queue(gap, from, if left == 0 { PSH | ACK } else { ACK }, body);
            if len == self.mss && rng.chance(LOSS) {
                self.send_again(rng);
            }
            gap = rng.jitter(pace, 0.6);
            unacknowledged += 1;
            // Who is near acknowledges every second segment as it comes; who is far, in a train after the burst.
            if !is_near && (unacknowledged == 2 || left == 0) {
                let soon = rng.between(5 * US, 60 * US);
                self.acknowledge(from.other(), soon);
                unacknowledged = 0;
            }
        }
        if is_near {
            self.acknowledge_in_train(from.other(), now, pace, rng);
        }
        // What would not fill a record's header and tag is not worth one.
        if bytes > now + 24 {
            self.steps.push_front(Step::Pour { from, bytes: bytes - now, content, pace });
        }
    }

    /// Acknowledges `bytes` that went to the far side, two segments at a time.
    fn acknowledge_in_train(&mut self, from: Side, bytes: u64, pace: u64, rng: &mut Rng) {
        let step = u64::from(frame::short(2 * self.mss));
        let mut gap = self.reaction(from, rng);
        for n in 1..=bytes.div_ceil(step) {
            self.acknowledge(from, gap);
            if let Some(segment) = self.queue.back_mut() {
                segment.lag = u32::try_from(bytes.saturating_sub(n * step)).unwrap_or(0);
            }
            gap = rng.jitter(pace.min(MS), 0.6);
        }
    }

    /// Repeats the segment queued last after a timeout.
    fn send_again(&mut self, rng: &mut Rng) {
        let gap = rng.between(200 * MS, 320 * MS);
        if let Some(Segment { from, flags, body: Body::Noise { len, seed }, .. }) = self.queue.back() {
            let (from, flags, body) = (*from, *flags, Body::Noise { len: *len, seed: *seed });
            self.queue.push_back(Segment { gap, from, flags, body, is_again: true, lag: 0 });
        }
    }

    fn send(&mut self, segment: &Segment, stage: &mut Stage) {
        let (from, to) = match segment.from {
            Orig => (&self.orig, &self.resp),
            Resp => (&self.resp, &self.orig),
        };
        let (seq, other) = match segment.from {
            Orig => (&mut self.orig_seq, self.resp_seq),
            Resp => (&mut self.resp_seq, self.orig_seq),
        };
        let len = segment.body.len();
        let counted = frame::short(len + usize::from(segment.flags & (SYN | FIN) != 0));
        if segment.is_again {
            *seq = seq.wrapping_sub(counted.into());
        }
        let header = Tcp {
            seq: *seq,
            ack: if segment.flags & ACK == 0 { 0 } else { other.wrapping_sub(segment.lag) },
            flags: segment.flags,
            window: match segment.flags {
                flags if flags & SYN != 0 => 64_240,
                flags if flags & RST != 0 => 0,
                _ => self.window,
            },
        };
        *seq = seq.wrapping_add(counted.into());
        let id = stage.rng.short();
        frame::tcp(&mut stage.frame, (from, to), id, header, len, |out| segment.body.write(out));
        stage.class = self.class;
    }
}

impl Source for Conversation {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        if let Some(segment) = self.queue.pop_front() {
            self.send(&segment, stage);
        }
        while self.queue.is_empty() && self.expand(&mut stage.rng) {}
        self.queue.front().map(|segment| now + segment.gap)
    }
}

/// What readable transfers carry.
const PROSE: &[u8] = b"<p>The quarterly figures of the office are attached below; please check the totals of each \
department before Friday and send corrections to the usual address. Travel costs are listed separately.</p>\n<ul>\
<li>North: 1,284 units, 37 returned</li><li>South: 2,031 units, 12 returned</li><li>East: 967 units, 8 returned</li>\
</ul>\n<p>Deliveries of the second week arrived late because of the holiday; the schedule on the intranet has been \
brought up to date. Questions about the new forms are answered on Tuesday at ten in the meeting room.</p>\n";
