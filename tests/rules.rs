//! Each rule of the detection on a capture that it must find something in, and on one that is nearly the same and must be
//! silent.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod carrying;
mod evading;
mod flooding;
mod headers;
mod hiding;
mod intruding;
mod scanning;
mod serving;
mod unusual;

use crate::generators::office::{End, Timed, file, tcp, udp};
use wiresift::pipeline::Analyzer;
use wiresift::report::{Finding, Report, Severity};
use wiresift::settings::Settings;

pub const A: u8 = 0x10;
pub const S: u8 = 0x02;
pub const F: u8 = 0x01;
pub const R: u8 = 0x04;
pub const P: u8 = 0x08;
pub const SECOND: u64 = 1_000_000;

/// The report of these frames, whatever their order.
pub fn report(mut frames: Vec<Timed>) -> Report {
    frames.sort_by_key(|frame| frame.0);
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(&file(&frames));
    analyzer.finish().unwrap()
}

/// The findings of a kind.
pub fn found(frames: Vec<Timed>, kind: &str) -> Vec<Finding> {
    report(frames).findings.into_iter().filter(|finding| finding.kind == kind).collect()
}

/// The only finding of a kind, and no other that is more than low.
pub fn only(frames: Vec<Timed>, kind: &str) -> Finding {
    let all: Vec<Finding> = report(frames).findings;
    let (mut own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|finding| finding.kind == kind);
    assert_eq!(own.len(), 1, "{kind}: {own:#?}");
    for other in others {
        assert!(other.severity <= Severity::Low || other.kind.starts_with("anomalous"), "{other:#?}");
    }
    own.remove(0)
}

pub fn host(n: u8) -> [u8; 4] {
    [10, 0, 0, n]
}

/// A whole conversation over TCP: handshake, what is said, and the end of both sides.
pub fn talk(at: u64, orig: End, resp: End, said: &[(bool, &[u8])]) -> Vec<Timed> {
    let mut frames = vec![
        tcp(at, orig, resp, S, b""),
        numbered(at + 100, orig, resp, S | A, (0, 1), b"", false),
        numbered(at + 200, orig, resp, A, (1, 1), b"", true),
    ];
    let (mut sent, mut back, mut now) = (1u32, 1u32, at + 300);
    for (from_orig, payload) in said {
        let numbers = if *from_orig { (sent, back) } else { (back, sent) };
        frames.push(numbered(now, orig, resp, P | A, numbers, payload, *from_orig));
        let next = if *from_orig { &mut sent } else { &mut back };
        *next += payload.len() as u32;
        now += 500;
    }
    frames.push(numbered(now, orig, resp, F | A, (sent, back), b"", true));
    frames.push(numbered(now + 100, orig, resp, F | A, (back, sent + 1), b"", false));
    frames.push(numbered(now + 200, orig, resp, A, (sent + 1, back + 1), b"", true));
    frames
}

/// A segment with its numbers, from the originator or to it.
fn numbered(
    at: u64,
    orig: End,
    resp: End,
    flags: u8,
    (seq, ack): (u32, u32),
    payload: &[u8],
    from_orig: bool,
) -> Timed {
    use crate::generators::frames::{ethernet, ipv4, tcp_segment};
    let (src, dst) = if from_orig { (orig, resp) } else { (resp, orig) };
    let segment = tcp_segment((src.1, dst.1), flags, (seq, ack, 8_192), payload);
    (at, ethernet(0x0800, &ipv4(6, src.0, dst.0, &segment)))
}

/// A question and its answer over UDP.
pub fn exchange(at: u64, orig: End, resp: End, asked: &[u8], given: &[u8]) -> Vec<Timed> {
    vec![udp(at, orig, resp, asked), udp(at + 900, resp, orig, given)]
}
