//! An office with one odd upload: enough flows to be scored, one of them strange.

use super::frames::{self, ACK, FIN, PSH, SYN};
use super::pcap::{Pcap, Style};

/// One frame and its time in microseconds after the start.
pub type Timed = (u64, Vec<u8>);
/// Address and port.
pub type End = ([u8; 4], u16);

const START: u64 = 1_709_539_206_000_000;

pub fn udp(at: u64, src: End, dst: End, payload: &[u8]) -> Timed {
    (at, frames::ethernet(0x0800, &frames::ipv4(17, src.0, dst.0, &frames::udp(src.1, dst.1, payload))))
}

pub fn tcp(at: u64, src: End, dst: End, flags: u8, payload: &[u8]) -> Timed {
    (at, frames::ethernet(0x0800, &frames::ipv4(6, src.0, dst.0, &frames::tcp(src.1, dst.1, flags, payload))))
}

/// A pcap of the frames.
pub fn file(frames: &[Timed]) -> Vec<u8> {
    let mut file = Pcap::new(Style::default());
    for (at, frame) in frames {
        let us = START + at;
        file.packet((us / 1_000_000) as u32, (us % 1_000_000) as u32, frame);
    }
    file.bytes
}

/// `flows` name queries and small transfers of five hosts, then one long upload to a far host: four packets a flow on
/// average and 200 more.
pub fn capture(flows: u64) -> Vec<u8> {
    let mut frames = Vec::new();
    for i in 0..flows {
        let host = ([10, 0, 0, 10 + (i % 5) as u8], 40_000 + (i % 20_000) as u16);
        let at = i * 50_000;
        if i % 2 == 0 {
            let server = ([10, 0, 0, 1], 53);
            frames.push(udp(at, host, server, &vec![b'q'; 30 + (i % 9) as usize]));
            frames.push(udp(at + 900 + i % 300, server, host, &vec![b'r'; 90 + (i % 17) as usize]));
        } else {
            let server = ([10, 0, 0, 2], 80);
            frames.push(tcp(at, host, server, SYN, b""));
            frames.push(tcp(at + 200, server, host, SYN | ACK, b""));
            frames.push(tcp(at + 400, host, server, PSH | ACK, &vec![b'g'; 120 + (i % 31) as usize]));
            frames.push(tcp(at + 2_000 + i % 700, server, host, PSH | ACK, &vec![b'h'; 800 + (i % 401) as usize]));
            frames.push(tcp(at + 3_000, host, server, FIN | ACK, b""));
            frames.push(tcp(at + 3_100, server, host, FIN | ACK, b""));
        }
    }
    let (inside, outside) = (([10, 0, 0, 14], 51_515), ([203, 0, 113, 9], 4_444));
    for i in 0..200 {
        let payload: Vec<u8> =
            (0..1_400u32).map(|b| (b.wrapping_mul(2_654_435_761).rotate_left(i) >> 24) as u8).collect();
        frames.push(tcp(u64::from(i) * 20_000 + 7, inside, outside, PSH | ACK, &payload));
    }
    frames.sort_by_key(|f| f.0);
    file(&frames)
}
