//! TLS handshakes (RFC 8446) with the fields that fingerprints are made from.

use super::sized;
use crate::synth::Class;
use crate::synth::frame::End;
use crate::synth::rng::Rng;
use crate::synth::tcp::{Content, Conversation, Side, Step};

/// A program that begins TLS connections.
#[derive(Debug, Clone, Copy)]
pub(in crate::synth) struct Program {
    ciphers: &'static [u16],
    groups: &'static [u16],
    /// ALPN names, most wanted first.
    protocols: &'static [&'static str],
    /// The hello is padded to this length, as browsers do.
    padded: usize,
}

pub(in crate::synth) const BROWSER: Program = Program {
    ciphers: &[
        0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d, 0x2f, 0x35,
    ],
    groups: &[29, 23, 24],
    protocols: &["h2", "http/1.1"],
    padded: 512,
};
pub(in crate::synth) const OTHER_BROWSER: Program = Program {
    ciphers: &[
        0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a, 0xc009, 0xc013, 0xc014, 0x9c,
        0x9d, 0x2f, 0x35,
    ],
    groups: &[29, 23, 24, 25, 256, 257],
    protocols: &["h2", "http/1.1"],
    padded: 512,
};
pub(in crate::synth) const SERVICE: Program = Program {
    ciphers: &[0x1302, 0x1301, 0xc02c, 0xc02b, 0xc030, 0xc02f, 0x9f, 0x9e, 0xff],
    groups: &[29, 23],
    protocols: &[],
    padded: 0,
};
pub(in crate::synth) const IMPLANT: Program =
    Program { ciphers: &[0x1301, 0xc02f, 0xc030, 0x9c], groups: &[23], protocols: &["http/1.1"], padded: 0 };

/// A connection after its handshake, as `program` opens it to `name`.
pub(in crate::synth) fn open(
    class: Class,
    ends: (End, End),
    rtt: u64,
    (program, name): (Program, &str),
    rng: &mut Rng,
) -> Conversation {
    let certificate = rng.between(1800, 4200);
    let session = rng.bytes::<32>();
    Conversation::new(class, ends, rtt, rng).all([
        Step::Open,
        Step::Say(Side::Orig, client_hello(program, name, session, rng)),
        Step::Say(Side::Resp, server_hello(session, rng)),
        Step::Pour { from: Side::Resp, bytes: certificate, content: Content::Tls, pace: 15_000 },
        Step::Say(Side::Orig, finished(rng)),
    ])
}

/// A record of application data with `len` bytes in it.
pub(in crate::synth) fn record(len: u64, rng: &mut Rng) -> Vec<u8> {
    let len = u16::try_from(len.clamp(24, 16_384)).unwrap_or(24);
    let mut out = vec![23, 3, 3];
    out.extend_from_slice(&len.to_be_bytes());
    crate::synth::rng::noise(&mut out, rng.word(), len.into());
    out
}

fn client_hello(program: Program, name: &str, session: [u8; 32], rng: &mut Rng) -> Vec<u8> {
    handshake(3, 1, |out| {
        out.extend_from_slice(&[3, 3]);
        out.extend_from_slice(&rng.bytes::<32>());
        out.push(32);
        out.extend_from_slice(&session);
        sized(out, |out| words(out, program.ciphers));
        out.extend_from_slice(&[1, 0]);
        let start = out.len() + 2;
        sized(out, |out| {
            extension(out, 0, |out| {
                sized(out, |out| {
                    out.push(0);
                    sized(out, |out| out.extend_from_slice(name.as_bytes()));
                });
            });
            extension(out, 23, |_| {});
            extension(out, 0xff01, |out| out.push(0));
            extension(out, 10, |out| sized(out, |out| words(out, program.groups)));
            extension(out, 11, |out| out.extend_from_slice(&[1, 0]));
            if !program.protocols.is_empty() {
                extension(out, 16, |out| sized(out, |out| names(out, program.protocols)));
            }
            extension(out, 5, |out| out.extend_from_slice(&[1, 0, 0, 0, 0]));
            let algorithms = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
            extension(out, 13, |out| sized(out, |out| words(out, &algorithms)));
            extension(out, 51, |out| sized(out, |out| share(out, rng)));
            extension(out, 45, |out| out.extend_from_slice(&[1, 1]));
            extension(out, 43, |out| out.extend_from_slice(&[4, 3, 4, 3, 3]));
            let missing = program.padded.saturating_sub(out.len() - start + 100);
            if missing > 0 {
                extension(out, 21, |out| out.extend((0..missing).map(|_| 0)));
            }
        });
    })
}

fn server_hello(session: [u8; 32], rng: &mut Rng) -> Vec<u8> {
    let mut out = handshake(3, 2, |out| {
        out.extend_from_slice(&[3, 3]);
        out.extend_from_slice(&rng.bytes::<32>());
        out.push(32);
        out.extend_from_slice(&session);
        out.extend_from_slice(&[0x13, 1, 0]);
        sized(out, |out| {
            extension(out, 51, |out| share(out, rng));
            extension(out, 43, |out| out.extend_from_slice(&[3, 4]));
        });
    });
    out.extend_from_slice(&CHANGE);
    out
}

/// The change of cipher (for old middle boxes) and the encrypted end of the handshake.
fn finished(rng: &mut Rng) -> Vec<u8> {
    let mut out = CHANGE.to_vec();
    out.extend_from_slice(&record(53, rng));
    out
}

const CHANGE: [u8; 6] = [20, 3, 3, 0, 1, 1];

/// A record with one handshake message in it.
fn handshake(version: u8, kind: u8, build: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![22, 3, version];
    sized(&mut out, |out| {
        out.extend_from_slice(&[kind, 0]);
        sized(out, build);
    });
    out
}

fn extension(out: &mut Vec<u8>, kind: u16, build: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(&kind.to_be_bytes());
    sized(out, build);
}

/// A public key of X25519.
fn share(out: &mut Vec<u8>, rng: &mut Rng) {
    out.extend_from_slice(&[0, 29]);
    sized(out, |out| out.extend_from_slice(&rng.bytes::<32>()));
}

fn words(out: &mut Vec<u8>, words: &[u16]) {
    for word in words {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

fn names(out: &mut Vec<u8>, names: &[&str]) {
    for name in names {
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(name.as_bytes());
    }
}
