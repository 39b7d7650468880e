//! Protocols over TCP that say little in the clear: TLS, SSH, databases, files, screens, printers, peers, and unknown ones.

use super::Place;
use crate::synth::payload::{smb, ssh as shell, text, tls};
use crate::synth::rng::Rng;
use crate::synth::stage::{MS, SEC, Stage, US};
use crate::synth::tcp::{Content, Conversation, Side, Step};

/// Pages, interfaces, downloads, uploads, long silences: all of it under TLS.
pub(super) fn web(place: Place, now: u64, stage: &mut Stage) {
    let port = stage.rng.pick(&[443, 443, 443, 993, 8443]);
    let ends = place.ends(port);
    super::note(super::TCP, ends, "ssl", stage);
    let program = stage.rng.pick(&[0, 1, 2, 3_u8]);
    let program = match program {
        0 => tls::BROWSER,
        1 => tls::OTHER_BROWSER,
        2 => tls::SERVICE,
        _ => tls::IMPLANT,
    };
    let name = "shop.example.org";
    let mut talk = tls::open(crate::synth::Class::Benign, ends, place.rtt, (program, name), &mut stage.rng);
    if stage.rng.chance(0.3) {
        talk = talk.seen_at_responder();
    }
    for _ in 0..stage.rng.log_normal(2, 0.9).clamp(1, 25) {
        let (ask, answer) = (place.bytes(260, 0.9, stage), place.bytes(3_500, 1.8, stage).min(700_000));
        let pace = stage.rng.between(10 * US, 150 * US);
        talk = talk
            .then(Step::Wait(place.pause(900 * MS, stage)))
            .then(Step::Say(Side::Orig, tls::record(ask, &mut stage.rng)))
            .then(Step::Wait(place.pause(20 * MS, stage)))
            .then(Step::Pour { from: Side::Resp, bytes: answer, content: Content::Tls, pace });
        if stage.rng.chance(0.08) {
            let bytes = place.bytes(30_000, 1.3, stage).min(600_000);
            talk = talk.then(Step::Pour { from: Side::Orig, bytes, content: Content::Tls, pace: 60 * US });
        }
    }
    ended(talk, stage).enter(now, stage);
}

fn ended(talk: Conversation, stage: &mut Stage) -> Conversation {
    match stage.rng.below(10) {
        0..=5 => talk.then(Step::Close(Side::Orig)),
        6..=7 => talk.then(Step::Close(Side::Resp)),
        8 => talk.then(Step::Reset(Side::Orig)),
        _ => talk,
    }
}

/// Somebody types, a file is copied, or a password is refused.
pub(super) fn ssh(place: Place, now: u64, stage: &mut Stage) {
    let program = stage.rng.pick(&["OpenSSH_9.9", "OpenSSH_7.4", "PuTTY_Release_0.81", "libssh2_1.11.0", "Go"]);
    let mut talk = place.talk(22, "ssh", stage).all(shell::begin(program, &mut stage.rng));
    let say = |talk: Conversation, side, bytes, stage: &mut Stage| {
        talk.then(Step::Say(side, shell::sealed(bytes, &mut stage.rng)))
    };
    for (side, bytes) in [(Side::Orig, 372), (Side::Resp, 28), (Side::Orig, 112), (Side::Resp, 500)] {
        talk = say(talk, side, bytes, stage);
    }
    match stage.rng.below(4) {
        // Refused, perhaps more than once.
        0 => {
            for _ in 0..stage.rng.between(1, 4) {
                talk = talk.then(Step::Wait(place.pause(1500 * MS, stage)));
                talk = say(talk, Side::Orig, 148, stage);
                talk = say(talk, Side::Resp, 52, stage);
            }
        }
        // A file, either way.
        1 => {
            let bytes = place.bytes(120_000, 1.3, stage).min(900_000);
            let from = if stage.rng.chance(0.5) { Side::Orig } else { Side::Resp };
            talk = talk.then(Step::Pour { from, bytes, content: Content::Noise, pace: 40 * US });
        }
        // Keys and echoes.
        _ => {
            let (mean, step) = (place.pause(160 * MS, stage).max(20 * MS), stage.rng.pick(&[36, 44, 52]));
            for _ in 0..stage.rng.log_normal(40, 0.9).clamp(4, 300) {
                talk = talk.then(Step::Wait(stage.rng.log_normal(mean, 0.6)));
                talk = say(talk, Side::Orig, step, stage);
                talk = say(talk, Side::Resp, step, stage);
                if stage.rng.chance(0.06) {
                    let bytes = place.bytes(1_200, 1.2, stage).min(40_000);
                    talk = talk.then(Step::Pour { from: Side::Resp, bytes, content: Content::Noise, pace: 20 * US });
                }
            }
        }
    }
    ended(talk, stage).enter(now, stage);
}

/// Questions and rows in the clear (MySQL).
pub(super) fn database(place: Place, now: u64, stage: &mut Stage) {
    let mut talk = place.talk(3306, "mysql", stage).then(Step::Open);
    let framed = |number: u8, body: &[u8]| {
        let [a, b, c, ..] = u32::try_from(body.len()).unwrap_or(0).to_le_bytes();
        [&[a, b, c, number], body].concat()
    };
    let greeting = [&b"\x0a8.0.36\0"[..], &stage.rng.bytes::<60>()].concat();
    talk = talk.then(Step::Say(Side::Resp, framed(0, &greeting)));
    talk = talk.then(Step::Say(Side::Orig, framed(1, &stage.rng.bytes::<120>())));
    talk = talk.then(Step::Say(Side::Resp, framed(2, &[0, 0, 0, 2, 0, 0, 0])));
    for _ in 0..stage.rng.log_normal(6, 0.9).clamp(1, 80) {
        let query = format!("\x03SELECT id, name, total FROM orders WHERE id = {}", stage.rng.short());
        let bytes = place.bytes(400, 1.4, stage).min(90_000);
        talk = talk
            .then(Step::Wait(place.pause(80 * MS, stage)))
            .then(Step::Say(Side::Orig, framed(0, query.as_bytes())))
            .then(Step::Pour { from: Side::Resp, bytes, content: Content::Text, pace: 15 * US });
    }
    ended(talk, stage).enter(now, stage);
}

/// Files of a share (SMB 3, encrypted).
pub(super) fn files(place: Place, now: u64, stage: &mut Stage) {
    let session = stage.rng.word();
    let mut talk = place.talk(445, "smb", stage).then(Step::Open);
    talk = talk.then(Step::Say(Side::Orig, smb::negotiate(&mut stage.rng)));
    talk = talk.then(Step::Say(Side::Resp, smb::negotiated(&mut stage.rng)));
    for _ in 0..stage.rng.log_normal(6, 0.8).clamp(2, 60) {
        let (ask, answer) = (place.bytes(150, 0.5, stage), place.bytes(600, 1.6, stage).min(64_000));
        let (ask, answer) = if stage.rng.chance(0.2) { (answer, ask) } else { (ask, answer) };
        talk = talk
            .then(Step::Wait(place.pause(200 * MS, stage)))
            .then(Step::Say(Side::Orig, smb::sealed(session, ask, &mut stage.rng)))
            .then(Step::Say(Side::Resp, smb::sealed(session, answer, &mut stage.rng)));
    }
    ended(talk, stage).enter(now, stage);
}

/// A remote screen (RFB): pictures down, movements up.
pub(super) fn screen(place: Place, now: u64, stage: &mut Stage) {
    let mut talk = place.talk(5900, "rfb", stage).then(Step::Open);
    talk = talk
        .then(Step::Say(Side::Resp, b"RFB 003.008\n".to_vec()))
        .then(Step::Say(Side::Orig, b"RFB 003.008\n".to_vec()));
    talk = talk.then(Step::Say(Side::Resp, vec![1, 1])).then(Step::Say(Side::Orig, vec![1]));
    for _ in 0..stage.rng.between(5, 60) {
        let bytes = place.bytes(4_000, 1.2, stage).min(80_000);
        talk = talk
            .then(Step::Wait(place.pause(90 * MS, stage)))
            .then(Step::Say(Side::Orig, vec![5, 0, 1, 2, 0, 9]))
            .then(Step::Pour { from: Side::Resp, bytes, content: Content::Noise, pace: 15 * US });
    }
    ended(talk, stage).enter(now, stage);
}

/// A print job: one way, readable at its beginning.
pub(super) fn print(place: Place, now: u64, stage: &mut Stage) {
    let bytes = place.bytes(50_000, 1.0, stage).min(600_000);
    let talk = place.talk(9100, "printer", stage).then(Step::Open);
    let content = if stage.rng.chance(0.5) { Content::Text } else { Content::Noise };
    let talk = talk
        .then(Step::Say(Side::Orig, text::print_job(bytes)))
        .then(Step::Pour { from: Side::Orig, bytes, content, pace: 300 * US })
        .then(Step::Wait(SEC));
    ended(talk, stage).enter(now, stage);
}

/// Something that nobody has heard of: lengths, answers and noise as chance has it.
pub(super) fn unknown(place: Place, now: u64, stage: &mut Stage) {
    let port = stage.rng.short().max(1024);
    let mut talk = place.talk(port, "other", stage).then(Step::Open);
    let is_readable = stage.rng.chance(0.4);
    let (median, pause) = (place.bytes(120, 1.5, stage), place.pause(2 * SEC, stage).max(MS));
    let chatter = stage.rng.unit();
    for _ in 0..stage.rng.log_normal(12, 1.1).clamp(1, 200) {
        let side = if stage.rng.chance(chatter) { Side::Orig } else { Side::Resp };
        let bytes = place.bytes(median, 0.8, stage).min(60_000);
        let content = if is_readable { Content::Text } else { Content::Noise };
        talk = talk.then(Step::Wait(stage.rng.exponential(pause)));
        talk = talk.then(Step::Pour { from: side, bytes, content, pace: 30 * US });
    }
    ended(talk, stage).enter(now, stage);
}

/// Pieces of files among equals (BitTorrent).
pub(super) fn peer(place: Place, now: u64, stage: &mut Stage) {
    let mut talk = place.talk(6881, "bittorrent", stage).then(Step::Open);
    for side in [Side::Orig, Side::Resp] {
        talk = talk.then(Step::Say(side, greeting(&mut stage.rng)));
    }
    for _ in 0..stage.rng.between(2, 25) {
        let (asks, answers) = if stage.rng.chance(0.7) { (Side::Orig, Side::Resp) } else { (Side::Resp, Side::Orig) };
        talk = talk
            .then(Step::Say(asks, [&[0, 0, 0, 13, 6][..], &stage.rng.bytes::<12>()].concat()))
            .then(Step::Pour { from: answers, bytes: 16_397, content: Content::Noise, pace: 60 * US })
            .then(Step::Wait(place.pause(60 * MS, stage)));
    }
    ended(talk, stage).enter(now, stage);
}

fn greeting(rng: &mut Rng) -> Vec<u8> {
    [&b"\x13BitTorrent protocol\0\0\0\0\0\x10\0\x05"[..], &rng.bytes::<40>()].concat()
}
