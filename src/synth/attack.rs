//! What does not belong: six attacks, each labelled with its class.

use std::collections::VecDeque;

use super::Class;
use super::frame::{self, ACK, End, SYN, Tcp};
use super::network::{Host, Network, local};
use super::payload::dns::{self, Answer};
use super::payload::{ssh, tls};
use super::rng::Rng;
use super::stage::{MS, SEC, Sequence, Source, Stage, US};
use super::tcp::{Content, Conversation, Side, Step};

const LAN: u64 = 350 * US;
/// From the attackers' hosts and back.
const FAR: u64 = 48 * MS;

/// Ports that every scanner tries first.
const KNOWN: [u16; 24] = [
    80, 443, 22, 21, 25, 3389, 110, 445, 139, 143, 53, 135, 3306, 8080, 1723, 111, 995, 993, 5900, 1025, 587, 8888,
    199, 1720,
];
/// What the machines of the office have open.
const OPEN: [u16; 4] = [22, 80, 139, 445];

/// A workstation looks for machines with a few open ports, then for all ports of one: `probes` in all.
pub(super) fn port_scan(probes: u64, now: u64, stage: &mut Stage) {
    let from = stage.net.workstation(&mut stage.rng);
    let mut probes_left = usize::try_from(probes).unwrap_or(usize::MAX);
    let mut all = VecDeque::new();
    let locals = stage.net.locals();
    for port in [445, 22, 3389] {
        for host in &locals {
            if all.len() < probes_left / 2 && host.ip() != from.ip() {
                all.push_back(Probe::Port(*host, port));
                // Of its neighbours many are nobody: the question for them has no answer.
                if all.len() % 5 == 0 {
                    all.push_back(Probe::Nobody(stage.rng.between(240, 254).to_be_bytes()[7]));
                }
            }
        }
    }
    probes_left = probes_left.saturating_sub(all.len());
    let target = stage.net.files;
    let ports = KNOWN.into_iter().chain((1..).filter(|port| !KNOWN.contains(port)));
    all.extend(ports.take(probes_left).map(|port| Probe::Port(target, port)));
    stage.enter(now, Box::new(Scan { from, all }));
}

enum Probe {
    Port(Host, u16),
    Nobody(u8),
}

struct Scan {
    from: Host,
    all: VecDeque<Probe>,
}

impl Source for Scan {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        match self.all.pop_front()? {
            Probe::Nobody(last) => {
                frame::arp(&mut stage.frame, false, &self.from.v4(0), None, local(last).ip());
                stage.class = Class::PortScan;
            }
            Probe::Port(host, port) => {
                let ends = (self.from.v4(stage.rng.port()), host.v4(port));
                let talk = Conversation::new(Class::PortScan, ends, LAN, &mut stage.rng);
                let [.., last] = host.mac();
                // Some machines answer nothing at all: their packet filter drops.
                let talk = match (last % 4, OPEN.contains(&port)) {
                    (3, _) => talk.then(Step::Unanswered(1)),
                    (_, true) => talk.then(Step::Open).then(Step::Reset(Side::Orig)),
                    (_, false) => talk.then(Step::Refused),
                };
                talk.enter(now, stage);
            }
        }
        Some(now + stage.rng.exponential(25 * MS))
    }
}

/// `count` handshakes with made-up sources are begun with the office's web server within some seconds.
pub(super) fn syn_flood(count: u64, now: u64, stage: &mut Stage) {
    // From hundreds to thousands a second, the more the larger.
    let gap = 3 * SEC / count.max(1);
    stage.enter(now, Box::new(Flood { left: count, gap: gap.max(40 * US), target: stage.net.web.v4(443) }));
}

struct Flood {
    left: u64,
    gap: u64,
    target: End,
}

impl Source for Flood {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        let from = stage.net.spoofed(&mut stage.rng).v4(1024 | stage.rng.short());
        let [a, b, c, d, e, f, g, h] = stage.rng.bytes();
        let first = Tcp { seq: u32::from_be_bytes([a, b, c, d]), ack: 0, flags: SYN, window: 512 };
        let id = stage.rng.short();
        frame::tcp(&mut stage.frame, (&from, &self.target), id, first, 0, |_| {});
        stage.class = Class::SynFlood;
        // The server answers until its table is full.
        if stage.rng.chance(0.3) {
            let (seq, ack) = (u32::from_be_bytes([e, f, g, h]), first.seq.wrapping_add(1));
            let answer = Tcp { seq, ack, flags: SYN | ACK, window: 64_240 };
            let (target, wait) = (self.target, stage.rng.jitter(LAN, 0.5));
            Sequence::new(Class::SynFlood)
                .then(wait, |out| frame::tcp(out, (&target, &from), 0, answer, 0, |_| {}))
                .enter(now, stage);
        }
        self.left = self.left.checked_sub(1).filter(|left| *left > 0)?;
        Some(now + stage.rng.exponential(self.gap))
    }
}

/// Somebody outside tries passwords at the office's shell server, `attempts` times.
pub(super) fn ssh_brute_force(attempts: u64, round: u64, now: u64, stage: &mut Stage) {
    let from = Network::stranger((60 + round % 60).to_be_bytes()[7]);
    stage.enter(now, Box::new(Guess { from, left: attempts }));
}

struct Guess {
    from: Host,
    left: u64,
}

impl Source for Guess {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        let ends = (self.from.v4(stage.rng.port()), stage.net.shell.v4(22));
        let rng = &mut stage.rng;
        let mut talk = Conversation::new(Class::SshBruteForce, ends, FAR, rng)
            .seen_at_responder()
            .all(ssh::begin("libssh_0.10.5", rng));
        // A name and a password; the answer is slow on purpose.
        for _ in 0..rng.between(1, 2) {
            talk = talk
                .then(Step::Say(Side::Orig, ssh::sealed(68 + rng.below(3) * 8, rng)))
                .then(Step::Wait(rng.between(900 * MS, 1_900 * MS)))
                .then(Step::Say(Side::Resp, ssh::sealed(52, rng)));
        }
        talk.then(Step::Close(Side::Orig)).enter(now, stage);
        self.left = self.left.checked_sub(1).filter(|left| *left > 0)?;
        Some(now + stage.rng.exponential(1_400 * MS))
    }
}

/// A workstation calls a controller with an almost exact period until `end` packets are written.
pub(super) fn beacon(end: u64, round: u64, now: u64, stage: &mut Stage) {
    let from = stage.net.workstation(&mut stage.rng);
    let to = Network::stranger((130 + round % 60).to_be_bytes()[7]);
    stage.enter(now, Box::new(Beacon { from, to, end, name: format!("telemetry-{round}.example.net") }));
}

struct Beacon {
    from: Host,
    to: Host,
    end: u64,
    name: String,
}

impl Beacon {
    const PERIOD: u64 = 20 * SEC;
    const JITTER: f64 = 0.03;
}

impl Source for Beacon {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        if stage.written >= self.end {
            return None;
        }
        let ends = (self.from.v4(stage.rng.port()), self.to.v4(443));
        tls::open(Class::Beacon, ends, FAR, (tls::IMPLANT, &self.name), &mut stage.rng)
            .then(Step::Say(Side::Orig, tls::record(212, &mut stage.rng)))
            .then(Step::Say(Side::Resp, tls::record(88, &mut stage.rng)))
            .then(Step::Close(Side::Orig))
            .enter(now, stage);
        Some(now + stage.rng.jitter(Self::PERIOD, Self::JITTER))
    }
}

/// A workstation sends data in the names that it asks for, and gets orders in the answers.
pub(super) fn dns_tunnel(queries: u64, now: u64, stage: &mut Stage) {
    let from = stage.net.workstation(&mut stage.rng);
    stage.enter(now, Box::new(Tunnel { from, left: queries }));
}

struct Tunnel {
    from: Host,
    left: u64,
}

impl Source for Tunnel {
    fn step(&mut self, now: u64, stage: &mut Stage) -> Option<u64> {
        let (from, to) = (self.from.v4(stage.rng.port()), stage.net.dns.v4(53));
        let rng = &mut stage.rng;
        let (first, second) = (coded(rng.between(48, 63), rng), coded(rng.between(30, 60), rng));
        let name = format!("{first}.{second}.t.example.org");
        let text = Answer::Text(coded(rng.between(60, 220), rng).into_bytes());
        let (id, a, b, wait) = (rng.short(), rng.short(), rng.short(), rng.jitter(FAR, 0.3));
        Sequence::new(Class::DnsTunnel)
            .then(0, |out| frame::udp(out, (&from, &to), a, &dns::query(id, &name, dns::TXT)))
            .then(wait, |out| frame::udp(out, (&to, &from), b, &dns::response(id, &name, dns::TXT, &text, 0)))
            .enter(now, stage);
        self.left = self.left.checked_sub(1).filter(|left| *left > 0)?;
        Some(now + stage.rng.exponential(600 * MS))
    }
}

/// Bytes as base 32 writes them.
fn coded(len: u64, rng: &mut Rng) -> String {
    (0..len).map(|_| char::from(rng.pick(b"abcdefghijklmnopqrstuvwxyz234567"))).collect()
}

/// A workstation sends a large file of about `packets` packets to a stranger, slower than the line allows.
pub(super) fn exfiltration(packets: u64, round: u64, now: u64, stage: &mut Stage) {
    let from = stage.net.workstation(&mut stage.rng);
    let to = Network::stranger((190 + round % 60).to_be_bytes()[7]);
    let ends = (from.v4(stage.rng.port()), to.v4(443));
    let segments = packets.saturating_sub(20).max(30) * 2 / 3;
    let pace = (40 * SEC / segments).clamp(2 * MS, 60 * MS);
    tls::open(Class::Exfiltration, ends, FAR, (tls::SERVICE, "drop.globex.test"), &mut stage.rng)
        .then(Step::Pour { from: Side::Orig, bytes: segments * 1460, content: Content::Tls, pace })
        .then(Step::Say(Side::Resp, tls::record(120, &mut stage.rng)))
        .then(Step::Close(Side::Orig))
        .enter(now, stage);
}
