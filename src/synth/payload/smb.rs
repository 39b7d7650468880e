//! SMB version 3 over TCP (MS-SMB2): the negotiation in the clear, then encrypted messages.

use crate::synth::frame::short;
use crate::synth::rng::{Rng, noise};

/// The dialects a client offers: 2.0.2, 2.1, 3.0, 3.0.2.
const DIALECTS: [u16; 4] = [0x0202, 0x0210, 0x0300, 0x0302];

pub(in crate::synth) fn negotiate(rng: &mut Rng) -> Vec<u8> {
    let mut body = vec![36, 0, 4, 0, 1, 0, 0, 0, 0x7f, 0, 0, 0];
    body.extend_from_slice(&rng.bytes::<16>());
    body.extend_from_slice(&[0; 8]);
    for dialect in DIALECTS {
        body.extend_from_slice(&dialect.to_le_bytes());
    }
    plain(false, &body)
}

pub(in crate::synth) fn negotiated(rng: &mut Rng) -> Vec<u8> {
    let mut body = vec![65, 0, 3, 0, 2, 3, 0, 0];
    body.extend_from_slice(&rng.bytes::<16>());
    body.extend_from_slice(&[0x7f, 0, 0, 0]);
    // Largest transaction, read and write: 1 MiB.
    for _ in 0..3 {
        body.extend_from_slice(&[0, 0, 16, 0]);
    }
    body.extend_from_slice(&[0; 16]);
    body.extend_from_slice(&[128, 0, 0, 0, 0, 0, 0, 0]);
    plain(true, &body)
}

/// A message of `len` bytes as it is in an encrypted session: its frame, the transform header, noise.
pub(in crate::synth) fn sealed(session: u64, len: u64, rng: &mut Rng) -> Vec<u8> {
    let len = u32::try_from(len).unwrap_or(0);
    let mut out = framed(len + 52);
    out.extend_from_slice(&[0xfd, b'S', b'M', b'B']);
    out.extend_from_slice(&rng.bytes::<27>());
    out.extend_from_slice(&[0; 5]);
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&[0, 0, 1, 0]);
    out.extend_from_slice(&session.to_le_bytes());
    noise(&mut out, rng.word(), usize::try_from(len).unwrap_or(0));
    out
}

fn plain(is_response: bool, body: &[u8]) -> Vec<u8> {
    let mut out = framed(u32::from(short(64 + body.len())));
    out.extend_from_slice(&[0xfe, b'S', b'M', b'B', 64, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    out.extend_from_slice(&[u8::from(is_response), 0, 0, 0]);
    out.extend_from_slice(&[0; 44]);
    out.extend_from_slice(body);
    out
}

/// The session service's header: four bytes with the length.
fn framed(len: u32) -> Vec<u8> {
    (len & 0x00ff_ffff).to_be_bytes().to_vec()
}
