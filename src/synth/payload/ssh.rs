//! The part of SSH that is in the clear (RFC 4253), and lengths of what is not.

use crate::synth::frame::short;
use crate::synth::rng::{Rng, noise};
use crate::synth::stage::MS;
use crate::synth::tcp::{Side, Step};

const ALGORITHMS: [&str; 10] = [
    "curve25519-sha256,ecdh-sha2-nistp256,diffie-hellman-group14-sha256,kex-strict-c-v00@openssh.com",
    "ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256",
    "chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr,aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr,aes256-gcm@openssh.com",
    "umac-64-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-256",
    "umac-64-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-256",
    "none,zlib@openssh.com",
    "none,zlib@openssh.com",
    "",
    "",
];

/// Everything from the banners to the point where one logs in.
pub(in crate::synth) fn begin(program: &str, rng: &mut Rng) -> Vec<Step> {
    vec![
        Step::Open,
        Step::Say(Side::Orig, format!("SSH-2.0-{program}\r\n").into_bytes()),
        Step::Wait(rng.between(5 * MS, 30 * MS)),
        Step::Say(Side::Resp, b"SSH-2.0-OpenSSH_9.6p1 Debian-3\r\n".to_vec()),
        Step::Say(Side::Orig, init(rng)),
        Step::Say(Side::Resp, init(rng)),
        Step::Say(Side::Orig, framed(30, &string(&rng.bytes::<32>()))),
        Step::Wait(rng.between(3 * MS, 9 * MS)),
        Step::Say(Side::Resp, [reply(rng), framed(21, &[])].concat()),
        Step::Say(Side::Orig, framed(21, &[])),
        Step::Say(Side::Orig, sealed(44, rng)),
        Step::Say(Side::Resp, sealed(44, rng)),
    ]
}

/// Bytes of a message that is encrypted.
pub(in crate::synth) fn sealed(len: u64, rng: &mut Rng) -> Vec<u8> {
    let mut out = Vec::new();
    noise(&mut out, rng.word(), usize::try_from(len).unwrap_or(0));
    out
}

fn init(rng: &mut Rng) -> Vec<u8> {
    let mut body = rng.bytes::<16>().to_vec();
    for names in ALGORITHMS {
        body.extend(string(names.as_bytes()));
    }
    body.extend_from_slice(&[0; 5]);
    framed(20, &body)
}

/// RFC 8731: the host's key, its share of the exchange, its signature.
fn reply(rng: &mut Rng) -> Vec<u8> {
    let named = |bytes: &[u8]| string(&[string(b"ssh-ed25519"), string(bytes)].concat());
    let (key, share, signature) = (rng.bytes::<32>(), rng.bytes::<32>(), rng.bytes::<64>());
    framed(31, &[named(&key), string(&share), named(&signature)].concat())
}

/// Bytes after their length.
fn string(bytes: &[u8]) -> Vec<u8> {
    let mut out = u32::from(short(bytes.len())).to_be_bytes().to_vec();
    out.extend_from_slice(bytes);
    out
}

/// RFC 4253, section 6: length, padding to a multiple of eight, kind.
fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    let padding = 12 - (body.len() + 2) % 8;
    let mut out = u32::from(short(body.len() + 2 + padding)).to_be_bytes().to_vec();
    out.extend_from_slice(&[u8::try_from(padding).unwrap_or(u8::MAX), kind]);
    out.extend_from_slice(body);
    out.extend((0..padding).map(|_| 0));
    out
}
