//! DNS and multicast DNS messages (RFC 1035, RFC 6762).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::sized;

pub(in crate::synth) const A: u16 = 1;
pub(in crate::synth) const PTR: u16 = 12;
pub(in crate::synth) const TXT: u16 = 16;
pub(in crate::synth) const AAAA: u16 = 28;

/// What is answered.
#[derive(Debug, Clone)]
pub(in crate::synth) enum Answer {
    A(Ipv4Addr),
    Aaaa(Ipv6Addr),
    Name(String),
    Text(Vec<u8>),
    /// There is no such name: response code 3.
    Nothing,
}

/// A question; recursion is desired.
pub(in crate::synth) fn query(id: u16, name: &str, kind: u16) -> Vec<u8> {
    let mut out = header(id, 0x0100, 0);
    question(&mut out, name, kind);
    out
}

/// The question and its answer.
pub(in crate::synth) fn response(id: u16, name: &str, kind: u16, answer: &Answer, ttl: u32) -> Vec<u8> {
    let (flags, count) = if matches!(answer, Answer::Nothing) { (0x8183, 0) } else { (0x8180, 1) };
    let mut out = header(id, flags, count);
    question(&mut out, name, kind);
    if count == 1 {
        // The name is that at byte 12.
        out.extend_from_slice(&[0xc0, 12]);
        record(&mut out, kind, 1, ttl, answer);
    }
    out
}

/// A question to everybody in the local network.
pub(in crate::synth) fn multicast_query(name: &str) -> Vec<u8> {
    let mut out = header(0, 0, 0);
    question(&mut out, name, PTR);
    out
}

/// Somebody announces a service of its own.
pub(in crate::synth) fn multicast_answer(service: &str, instance: &str) -> Vec<u8> {
    let mut out = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    labels(&mut out, service);
    record(&mut out, PTR, 1, 4500, &Answer::Name(format!("{instance}.{service}")));
    out
}

fn header(id: u16, flags: u16, answers: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(96);
    for word in [id, flags, 1, answers, 0, 0] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    out
}

fn question(out: &mut Vec<u8>, name: &str, kind: u16) {
    labels(out, name);
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&[0, 1]);
}

fn record(out: &mut Vec<u8>, kind: u16, class: u16, ttl: u32, answer: &Answer) {
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&class.to_be_bytes());
    out.extend_from_slice(&ttl.to_be_bytes());
    sized(out, |out| match answer {
        Answer::A(ip) => out.extend_from_slice(&ip.octets()),
        Answer::Aaaa(ip) => out.extend_from_slice(&ip.octets()),
        Answer::Name(name) => labels(out, name),
        Answer::Text(text) => {
            for part in text.chunks(255) {
                out.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
                out.extend_from_slice(part);
            }
        }
        Answer::Nothing => {}
    });
}

fn labels(out: &mut Vec<u8>, name: &str) {
    for label in name.split('.') {
        out.push(u8::try_from(label.len()).unwrap_or(63));
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
}
