//! What stays in the office: files, print jobs, clocks, neighbours, telephones, the administrator.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::synth::Class;
use crate::synth::frame::{self, End};
use crate::synth::network::{Host, Network, group, local};
use crate::synth::payload::{dns, ntp, rtp, smb, ssh, text};
use crate::synth::rng::Rng;
use crate::synth::stage::{MS, SEC, Sequence, Source, Stage, US};
use crate::synth::tcp::{Content, Conversation, Side, Step};

const CLASS: Class = Class::Benign;
/// To a machine in the same building and back.
const LAN: u64 = 350 * US;
/// Types of ICMP and ICMPv6 messages.
const ECHO_REPLY: u8 = 0;
const ECHO: u8 = 8;
const SOLICITATION: u8 = 135;
const ADVERTISEMENT: u8 = 136;

/// Some files are read, some written.
pub(super) fn share(host: Host, now: u64, stage: &mut Stage) {
    let ends = (host.v4(stage.rng.port()), stage.net.files.v4(445));
    let rng = &mut stage.rng;
    let session = rng.word();
    let mut talk = Conversation::new(CLASS, ends, LAN, rng).then(Step::Open);
    talk = talk.then(Step::Say(Side::Orig, smb::negotiate(rng))).then(Step::Say(Side::Resp, smb::negotiated(rng)));
    for (ask, answer) in [(480, 420), (120, 80), (310, 150)] {
        talk = talk
            .then(Step::Say(Side::Orig, smb::sealed(session, ask, rng)))
            .then(Step::Say(Side::Resp, smb::sealed(session, answer, rng)));
    }
    for _ in 0..rng.log_normal(3, 0.6).clamp(1, 12) {
        let bytes = rng.log_normal(7_000, 1.2).clamp(120, 65_000);
        let (ask, answer) = if rng.chance(0.75) { (120, bytes) } else { (bytes, 90) };
        talk = talk
            .then(Step::Wait(rng.exponential(SEC)))
            .then(Step::Say(Side::Orig, smb::sealed(session, ask, rng)))
            .then(Step::Say(Side::Resp, smb::sealed(session, answer, rng)));
    }
    talk.then(Step::Wait(rng.exponential(5 * SEC))).then(Step::Close(Side::Orig)).enter(now, stage);
}

pub(super) fn print(host: Host, now: u64, stage: &mut Stage) {
    let ends = (host.v4(stage.rng.port()), stage.net.printer(&mut stage.rng).v4(9100));
    let bytes = stage.rng.log_normal(40_000, 0.8).clamp(6_000, 600_000);
    Conversation::new(CLASS, ends, 2 * LAN, &mut stage.rng)
        .then(Step::Open)
        .then(Step::Say(Side::Orig, text::print_job(bytes)))
        .then(Step::Pour { from: Side::Orig, bytes, content: Content::Text, pace: 400 * US })
        .then(Step::Wait(SEC))
        .then(Step::Close(Side::Orig))
        .enter(now, stage);
}

pub(super) fn time(host: Host, now: u64, stage: &mut Stage) {
    let (from, to) = (host.v4(123), stage.net.monitor.v4(123));
    let (a, b, wait) = (stage.rng.short(), stage.rng.short(), stage.rng.jitter(LAN, 0.3));
    Sequence::new(CLASS)
        .then(0, |out| frame::udp(out, (&from, &to), a, &ntp(3, now)))
        .then(wait, |out| frame::udp(out, (&to, &from), b, &ntp(4, now)))
        .enter(now, stage);
}

/// Who has the gateway's address, or a server's?
pub(super) fn resolve(host: Host, now: u64, stage: &mut Stage) {
    let wanted = if stage.rng.chance(0.7) { stage.net.gateway } else { stage.net.files };
    let (from, to) = (host.v4(0), wanted.v4(0));
    // Most ask again whom they know already.
    let known = stage.rng.chance(0.6).then_some(to.mac);
    Sequence::new(CLASS)
        .then(0, |out| frame::arp(out, false, &from, known, wanted.ip()))
        .then(150 * US, |out| frame::arp(out, true, &to, Some(from.mac), host.ip()))
        .enter(now, stage);
}

/// RFC 4861: a solicitation to the group of the wanted address, and the answer.
pub(super) fn neighbour(host: Host, now: u64, stage: &mut Stage) {
    let wanted = stage.net.gateway;
    let [.., a, b, c] = wanted.ip6().octets();
    let nodes = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | u16::from(a), u16::from_be_bytes([b, c]));
    let far = |end: End| End { ttl: 255, ..end };
    let (from, to, nodes) = (far(host.v6(0)), far(wanted.v6(0)), group(IpAddr::V6(nodes), 0));
    let message = |flags: u8, option: u8, mac: [u8; 6]| {
        let mut body = vec![flags, 0, 0, 0];
        body.extend_from_slice(&wanted.ip6().octets());
        body.extend_from_slice(&[option, 1]);
        body.extend_from_slice(&mac);
        body
    };
    Sequence::new(CLASS)
        .then(0, |out| frame::icmp(out, (&from, &nodes), 0, SOLICITATION, &message(0, 1, from.mac)))
        .then(200 * US, |out| frame::icmp(out, (&to, &from), 0, ADVERTISEMENT, &message(0xe0, 2, to.mac)))
        .enter(now, stage);
}

/// The monitor asks every server and printer once.
pub(super) fn ping(host: Host, now: u64, stage: &mut Stage) {
    let net = &stage.net;
    let asked: Vec<_> =
        [net.gateway, net.dns, net.files, net.web].into_iter().chain(net.printers.first().copied()).collect();
    let from = host.v4(0);
    let number = (now / SEC % 0xffff).to_be_bytes();
    for (n, target) in (0_u64..).zip(asked) {
        let to = target.v4(0);
        let (a, b, wait) = (stage.rng.short(), stage.rng.short(), stage.rng.jitter(LAN, 0.4));
        let mut body = vec![0x1f, target.mac()[5]];
        body.extend(number.iter().skip(6));
        body.extend(0x10..0x48);
        Sequence::new(CLASS)
            .then(n * 5 * MS, |out| frame::icmp(out, (&from, &to), a, ECHO, &body))
            .then(wait, |out| frame::icmp(out, (&to, &from), b, ECHO_REPLY, &body))
            .enter(now, stage);
    }
}

pub(super) fn discover(host: Host, now: u64, stage: &mut Stage) {
    let (from, to) = (host.v4(stage.rng.port()), group(IpAddr::V4(Ipv4Addr::new(239, 255, 255, 250)), 1900));
    let mut all = Sequence::new(CLASS);
    for n in 0..4 {
        let id = stage.rng.short();
        all = all.then(if n == 0 { 0 } else { SEC }, |out| frame::udp(out, (&from, &to), id, &text::search()));
    }
    all.enter(now, stage);
}

/// A question or an announcement by multicast DNS, in IPv4 and sometimes IPv6.
pub(super) fn announce(host: Host, now: u64, stage: &mut Stage) {
    let service = stage.rng.pick(&["_ipp._tcp.local", "_smb._tcp.local", "_companion-link._tcp.local"]);
    let message = if stage.rng.chance(0.5) {
        dns::multicast_query(service)
    } else {
        dns::multicast_answer(service, &format!("desk-{}", host.mac()[5]))
    };
    let (from, to) = if stage.rng.chance(0.3) {
        (host.v6(5353), group(IpAddr::V6(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb)), 5353))
    } else {
        (host.v4(5353), group(IpAddr::V4(Ipv4Addr::new(224, 0, 0, 251)), 5353))
    };
    let from = End { ttl: 255, ..from };
    let id = stage.rng.short();
    Sequence::new(CLASS).then(0, |out| frame::udp(out, (&from, &to), id, &message)).enter(now, stage);
}

/// A service that refuses, or a machine that is off.
pub(super) fn fail(host: Host, now: u64, stage: &mut Stage) {
    let port = stage.rng.pick(&[8080, 445, 5985, 443]);
    let (target, step) = if stage.rng.chance(0.5) {
        (stage.net.printer(&mut stage.rng), Step::Refused)
    } else {
        (Network::stranger(200), Step::Unanswered(3))
    };
    let ends = (host.v4(stage.rng.port()), target.v4(port));
    Conversation::new(CLASS, ends, LAN, &mut stage.rng).then(step).enter(now, stage);
}

/// A telephone call of about `packets` packets: its signalling, and sound in both directions.
pub(in crate::synth) fn call(packets: u64, now: u64, stage: &mut Stage) {
    let host = stage.net.workstation(&mut stage.rng);
    let phones = stage.net.phones;
    let (a, b) = (host.v4(5060), phones.v4(5060));
    let (here, there) = (16_384 + stage.rng.short() % 8_000 * 2, 20_000 + stage.rng.short() % 8_000 * 2);
    let call = text::Call { from: host.ip(), to: phones.ip(), number: stage.rng.word() };
    let id = stage.rng.short();
    let answered = Sequence::new(CLASS)
        .then(0, |out| frame::udp(out, (&a, &b), id, &call.invite(here)))
        .then(40 * MS, |out| frame::udp(out, (&b, &a), id, &call.ringing()))
        .then(3 * SEC, |out| frame::udp(out, (&b, &a), id, &call.accepted(there)))
        .then(2 * MS, |out| frame::udp(out, (&a, &b), id, &call.request("ACK")))
        .enter(now, stage);
    let count = (packets / 2).max(1);
    for (from, to, delay) in [(host.v4(here), phones.v4(there), 8 * MS), (phones.v4(there), host.v4(here), 15 * MS)] {
        let source = u32::from_be_bytes(stage.rng.bytes());
        let first = answered + delay;
        stage.enter(first, Box::new(Sound { from, to, source, number: 0, left: count, first, sent: 0 }));
    }
    Sequence::new(CLASS)
        .then(0, |out| frame::udp(out, (&a, &b), id, &call.request("BYE")))
        .then(12 * MS, |out| frame::udp(out, (&b, &a), id, &call.ended()))
        .enter(answered + count * FRAME + 60 * MS, stage);
}

/// One direction of a call.
struct Sound {
    from: End,
    to: End,
    source: u32,
    number: u16,
    left: u64,
    first: u64,
    sent: u64,
}

/// Sound in one packet.
const FRAME: u64 = 20 * MS;

impl Source for Sound {
    fn step(&mut self, _: u64, stage: &mut Stage) -> Option<u64> {
        let payload = rtp(self.number, self.source, &mut stage.rng);
        let id = stage.rng.short();
        frame::udp(&mut stage.frame, (&self.from, &self.to), id, &payload);
        stage.class = CLASS;
        self.number = self.number.wrapping_add(1);
        self.left = self.left.checked_sub(1).filter(|left| *left > 0)?;
        self.sent += 1;
        // The phone's clock is exact, its network is not.
        Some(self.first + self.sent * FRAME + stage.rng.below(900 * US))
    }
}

/// The administrator works on a server: about `packets` packets of keys and echoes.
pub(in crate::synth) fn admin(packets: u64, now: u64, stage: &mut Stage) {
    let ends = (stage.net.admin.v4(stage.rng.port()), local(11).v4(22));
    let rng = &mut stage.rng;
    let mut talk = Conversation::new(CLASS, ends, LAN, rng).all(ssh::begin("OpenSSH_9.9", rng)).all(log_in(rng));
    // A key, its echo, an acknowledgement.
    for n in 0..packets.saturating_sub(26) / 3 {
        talk = talk
            .then(Step::Wait(if rng.chance(0.04) { rng.exponential(4 * SEC) } else { rng.log_normal(150 * MS, 0.5) }))
            .then(Step::Say(Side::Orig, ssh::sealed(36, rng)))
            .then(Step::Say(Side::Resp, ssh::sealed(36, rng)));
        if n % 24 == 23 {
            let bytes = rng.log_normal(1_500, 1.0).clamp(60, 30_000);
            talk = talk.then(Step::Pour { from: Side::Resp, bytes, content: Content::Noise, pace: 20 * US });
        }
    }
    talk.then(Step::Close(Side::Orig)).enter(now, stage);
}

fn log_in(rng: &mut Rng) -> [Step; 4] {
    [
        Step::Say(Side::Orig, ssh::sealed(372, rng)),
        Step::Say(Side::Resp, ssh::sealed(28, rng)),
        Step::Say(Side::Orig, ssh::sealed(112, rng)),
        Step::Say(Side::Resp, ssh::sealed(500, rng)),
    ]
}
