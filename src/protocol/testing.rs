//! Conversations made by hand, shown to the inspector.

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]

use super::inspector::{Inspector, Piece};
use crate::report::{Application, Proto};

/// Who speaks (`true`: the originator) and what.
pub(super) type Talk<'a> = [(bool, &'a [u8])];

/// What is recognised in a conversation over TCP with this responder's port.
pub(super) fn over_tcp(port: u16, talk: &Talk<'_>) -> Application {
    let found = inspect(Proto::TCP, port, talk).unwrap_or_else(|| panic!("nothing recognised"));
    survives(Proto::TCP, port, talk);
    found
}

/// The same over UDP.
pub(super) fn over_udp(port: u16, talk: &Talk<'_>) -> Application {
    let found = inspect(Proto::UDP, port, talk).unwrap_or_else(|| panic!("nothing recognised"));
    survives(Proto::UDP, port, talk);
    found
}

/// The innermost service over TCP.
pub(super) fn named(port: u16, talk: &Talk<'_>) -> Option<&'static str> {
    inspect(Proto::TCP, port, talk).and_then(|found| found.service())
}

/// The innermost service over UDP.
pub(super) fn named_udp(port: u16, talk: &Talk<'_>) -> Option<&'static str> {
    inspect(Proto::UDP, port, talk).and_then(|found| found.service())
}

pub(super) fn inspect(proto: Proto, port: u16, talk: &Talk<'_>) -> Option<Application> {
    let mut inspector = Inspector::new(proto, 40_000, port).unwrap();
    let mut seq = [0u32.wrapping_sub(7); 2];
    for (from_orig, payload) in talk {
        let next = &mut seq[usize::from(!from_orig)];
        let over_tcp = (proto == Proto::TCP).then_some(*next);
        *next = next.wrapping_add(payload.len() as u32);
        inspector.feed(&Piece { from_orig: *from_orig, seq: over_tcp, payload, is_cut: false });
    }
    inspector.finish()
}

/// Each message cut at every length, with every byte changed, and followed by bytes of any kind: nothing panics, and what
/// is held stays bounded.
fn survives(proto: Proto, port: u16, talk: &Talk<'_>) {
    let first: Vec<(bool, &[u8])> = talk.iter().copied().take(12).collect();
    for (i, (from_orig, message)) in first.iter().enumerate() {
        let message = &message[..message.len().min(600)];
        for at in 0..message.len() {
            let with = |message: &[u8]| {
                let mut changed = first.clone();
                changed[i] = (*from_orig, message);
                inspect(proto, port, &changed);
            };
            with(&message[..at]);
            for byte in [0x00, 0xff, message[at] ^ 0x80, message[at].wrapping_add(1)] {
                let mut other = message.to_vec();
                other[at] = byte;
                with(&other);
            }
        }
    }
    let mut state = 0x9e37_79b9u32;
    let noise: Vec<Vec<u8>> = (0..64)
        .map(|i| {
            (0..i * 7 % 200)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect()
        })
        .collect();
    for end in 0..=first.len() {
        let mut changed: Vec<(bool, &[u8])> = first[..end].to_vec();
        changed.extend(noise.iter().enumerate().map(|(i, bytes)| (i % 3 == 0, &bytes[..])));
        inspect(proto, port, &changed);
    }
}
