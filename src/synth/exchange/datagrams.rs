//! Protocols over UDP.

use super::{Place, UDP, note};
use crate::synth::frame;
use crate::synth::payload::dns::{self as names, Answer};
use crate::synth::payload::{ntp, rtp, text};
use crate::synth::rng::noise;
use crate::synth::stage::{MS, SEC, Sequence, Stage, US};
use crate::synth::tcp::Side::{self, Orig, Resp};

/// Datagrams of both sides, each some time after the one before.
fn exchange(
    place: Place,
    (port, label): (u16, &'static str),
    all: Vec<(u64, Side, Vec<u8>)>,
    now: u64,
    stage: &mut Stage,
) {
    let ends = place.ends(port);
    note(UDP, ends, label, stage);
    let mut frames = Sequence::new(crate::synth::Class::Benign);
    for (gap, side, payload) in all {
        let (from, to) = if side == Orig { (ends.0, ends.1) } else { (ends.1, ends.0) };
        let id = stage.rng.short();
        frames = frames.then(gap, |out| frame::udp(out, (&from, &to), id, &payload));
    }
    frames.enter(now, stage);
}

/// `head` and as much noise as makes it `len` bytes.
fn noisy(head: &[u8], len: u64, stage: &mut Stage) -> Vec<u8> {
    let mut out = head.to_vec();
    let len = usize::try_from(len).unwrap_or(0);
    noise(&mut out, stage.rng.word(), len.saturating_sub(head.len()));
    out
}

/// A question or two of one resolver's port, most with an answer.
pub(super) fn dns(place: Place, now: u64, stage: &mut Stage) {
    let mut all = Vec::new();
    let many = if stage.rng.chance(0.1) { stage.rng.between(3, 40) } else { stage.rng.between(1, 2) };
    for n in 0..many {
        let id = stage.rng.short();
        let label = |stage: &mut Stage, most| -> String {
            let len = stage.rng.between(2, most);
            (0..len).map(|_| char::from(b'a' + u8::try_from(stage.rng.below(26)).unwrap_or(0))).collect()
        };
        let name = format!("{}.{}.example.com", label(stage, 14), label(stage, 12));
        let (kind, answer) = match stage.rng.below(8) {
            0 => (names::TXT, Answer::Text(vec![b'k'; usize::from(stage.rng.short() % 400) + 1])),
            1 => (names::PTR, Answer::Name(format!("{}.example.net", label(stage, 16)))),
            2 => (names::A, Answer::Nothing),
            3 | 4 => (names::AAAA, Answer::Aaaa(place.resp.ip6())),
            _ => (names::A, Answer::A(place.resp.ip())),
        };
        let mut query = names::query(id, &name, kind);
        // An option record of EDNS, as most resolvers send (RFC 6891).
        let has_option = stage.rng.chance(0.6);
        let option = [0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0];
        if has_option && let Some(count) = query.get_mut(11) {
            *count = 1;
            query.extend_from_slice(&option);
        }
        let gap = if n == 0 { 0 } else { place.pause(3 * SEC, stage) };
        all.push((gap, Orig, query));
        if stage.rng.chance(0.95) {
            all.push((place.rtt + place.pause(4 * MS, stage), Resp, names::response(id, &name, kind, &answer, 300)));
        }
    }
    exchange(place, (53, "dns"), all, now, stage);
}

/// A QUIC connection (RFC 9000): its Initial packets, the handshake, then short headers.
pub(super) fn quic(place: Place, now: u64, stage: &mut Stage) {
    let (a, b) = (stage.rng.bytes::<8>(), stage.rng.bytes::<8>());
    let long = |kind: u8, to: &[u8; 8], from: &[u8; 8]| {
        [&[kind, 0, 0, 0, 1, 8][..], to, &[8], from, &[0, 0x44, 0x96]].concat()
    };
    let first = stage.rng.pick(&[1200, 1250, 1252, 1350, 1357]);
    let mut all = vec![(0, Orig, noisy(&long(0xc3, &a, &b), first, stage))];
    all.push((place.rtt, Resp, noisy(&long(0xc1, &b, &a), 1200, stage)));
    for _ in 0..stage.rng.between(1, 3) {
        all.push((90 * US, Resp, noisy(&long(0xe4, &b, &a), 1200, stage)));
    }
    all.push((2 * MS, Orig, noisy(&long(0xe5, &a, &b), first, stage)));
    let short = |to: &[u8; 8], kind: u8| [&[kind][..], to].concat();
    let most = stage.rng.pick(&[1200, 1252, 1350, 1392]);
    for _ in 0..stage.rng.log_normal(2, 0.8).clamp(1, 15) {
        let ask = place.bytes(150, 0.9, stage).clamp(28, 1200);
        all.push((place.pause(500 * MS, stage), Orig, noisy(&short(&a, 0x45), ask, stage)));
        let mut left = place.bytes(5_000, 1.5, stage).min(150_000);
        let mut gap = place.rtt;
        let mut unacknowledged = 0;
        while left > 0 {
            let len = left.min(most);
            left -= len;
            all.push((gap, Resp, noisy(&short(&b, 0x57), len.max(30), stage)));
            gap = stage.rng.between(10 * US, 120 * US);
            unacknowledged += 1;
            if unacknowledged == 2 || left == 0 {
                let len = stage.rng.between(31, 42);
                all.push((30 * US, Orig, noisy(&short(&a, 0x4c), len, stage)));
                unacknowledged = 0;
            }
        }
    }
    exchange(place, (443, "quic"), all, now, stage);
}

pub(super) fn clock(place: Place, now: u64, stage: &mut Stage) {
    let mut all = Vec::new();
    for n in 0..stage.rng.between(1, 4) {
        all.push((if n == 0 { 0 } else { 2 * SEC }, Orig, ntp(3, now)));
        all.push((place.rtt, Resp, ntp(4, now)));
    }
    exchange(Place { is_odd: false, ..place }, (123, "ntp"), all, now, stage);
}

/// A virtual private network: WireGuard's handshake and what goes through it, or something like it.
pub(super) fn tunnel(place: Place, now: u64, stage: &mut Stage) {
    let is_known = stage.rng.chance(0.5);
    let (port, label) = if is_known { (51_820, "wireguard") } else { (1194, "other") };
    let mut all = Vec::new();
    if is_known {
        all.push((0, Orig, noisy(&[1, 0, 0, 0], 148, stage)));
        all.push((place.rtt, Resp, noisy(&[2, 0, 0, 0], 92, stage)));
    }
    let head: &[u8] = if is_known { &[4, 0, 0, 0] } else { &[] };
    for _ in 0..stage.rng.log_normal(40, 1.0).clamp(3, 250) {
        let side = if stage.rng.chance(0.4) { Orig } else { Resp };
        let bytes = match stage.rng.below(3) {
            0 => 96,
            1 => place.bytes(300, 0.8, stage).clamp(96, 1420),
            _ => 1420,
        };
        let bytes = if is_known { bytes / 16 * 16 } else { bytes };
        all.push((place.pause(30 * MS, stage), side, noisy(head, bytes, stage)));
    }
    exchange(place, (port, label), all, now, stage);
}

/// Two streams of sound.
pub(super) fn sound(place: Place, now: u64, stage: &mut Stage) {
    let (a, b) = (u32::from(stage.rng.short()), u32::from(stage.rng.short()));
    let mut all = Vec::new();
    for number in 0..u16::try_from(stage.rng.between(20, 120)).unwrap_or(20) {
        all.push((stage.rng.jitter(12 * MS, 0.1), Orig, rtp(number, a, &mut stage.rng)));
        all.push((stage.rng.jitter(8 * MS, 0.3), Resp, rtp(number, b, &mut stage.rng)));
    }
    exchange(place, (16_400, "rtp"), all, now, stage);
}

/// Somebody learns the own address (STUN, RFC 8489).
pub(super) fn hole_punch(place: Place, now: u64, stage: &mut Stage) {
    let mut all = Vec::new();
    for n in 0..stage.rng.between(1, 12) {
        let id = stage.rng.bytes::<12>();
        let message = |kind: u16, len: u16, rest: &[u8]| {
            [&kind.to_be_bytes()[..], &len.to_be_bytes(), &[0x21, 0x12, 0xa4, 0x42], &id, rest].concat()
        };
        let gap = if n == 0 { 0 } else { place.pause(2 * SEC, stage) };
        all.push((gap, Orig, message(1, 8, &[0x80, 0x28, 0, 4, 1, 2, 3, 4])));
        all.push((place.rtt, Resp, message(0x0101, 12, &[0, 0x20, 0, 8, 0, 1, 0x3d, 9, 0xe1, 0x12, 0xa6, 0x43])));
    }
    exchange(place, (3478, "stun"), all, now, stage);
}

/// A manager asks for counters (SNMP version 2).
pub(super) fn management(place: Place, now: u64, stage: &mut Stage) {
    let mut all = Vec::new();
    for n in 0..stage.rng.between(1, 20) {
        let message = |kind: u8, values: &[u8]| {
            let variables = [&[0x30, 0][..], values].concat();
            let body = [&[2, 1, 1, 2, 1, 0, 2, 1, 0][..], &variables].concat();
            let pdu = [&[kind, u8::try_from(body.len()).unwrap_or(127)][..], &body].concat();
            let content = [&[2, 1, 1, 4, 6][..], b"public", &pdu].concat();
            [&[0x30, u8::try_from(content.len()).unwrap_or(127)][..], &content].concat()
        };
        let asked = stage.rng.bytes::<14>();
        let counters = stage.rng.bytes::<40>();
        let used = counters.get(..usize::from(stage.rng.short() % 40)).unwrap_or_default();
        let gap = if n == 0 { 0 } else { place.pause(400 * MS, stage) };
        all.push((gap, Orig, message(0xa0, &asked)));
        all.push((place.rtt, Resp, message(0xa2, used)));
    }
    exchange(place, (161, "snmp"), all, now, stage);
}

/// A machine tells what happens on it, one way.
pub(super) fn log(place: Place, now: u64, stage: &mut Stage) {
    let mut all = Vec::new();
    for _ in 0..stage.rng.between(1, 30) {
        let user = stage.rng.short();
        let line = format!("<38>Mar  2 09:12:44 files sshd[{user}]: session opened for user desk{}", user % 200);
        all.push((place.pause(2 * SEC, stage), Orig, line.into_bytes()));
    }
    exchange(place, (514, "syslog"), all, now, stage);
}

pub(super) fn search(place: Place, now: u64, stage: &mut Stage) {
    let all = (0..stage.rng.between(1, 4)).map(|n| (n.min(1) * SEC, Orig, text::search())).collect();
    exchange(Place { is_odd: false, ..place }, (1900, "ssdp"), all, now, stage);
}

/// Something quick that nobody has heard of: small noise both ways, by the clock.
pub(super) fn game(place: Place, now: u64, stage: &mut Stage) {
    let (up, down) = (place.bytes(60, 0.7, stage).min(900), place.bytes(140, 0.9, stage).min(1300));
    let tick = stage.rng.pick(&[16 * MS, 33 * MS, 50 * MS, 200 * MS, SEC]);
    let has_answers = stage.rng.chance(0.8);
    let mut all = Vec::new();
    for _ in 0..stage.rng.log_normal(30, 1.0).clamp(1, 200) {
        let bytes = stage.rng.jitter(up, 0.4).max(1);
        all.push((stage.rng.jitter(tick, 0.1), Orig, noisy(&[], bytes, stage)));
        if has_answers {
            let bytes = stage.rng.jitter(down, 0.6).max(1);
            all.push((place.rtt.min(tick), Resp, noisy(&[], bytes, stage)));
        }
    }
    let port = stage.rng.short().max(1024);
    exchange(place, (port, "other"), all, now, stage);
}
