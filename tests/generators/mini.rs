//! Small captures made on the spot: enough flows to be scored, a few of them strange.
#![allow(dead_code, clippy::unwrap_used, clippy::cast_possible_truncation)]

use etherparse::PacketBuilder;

/// One frame and its time in microseconds.
pub type Timed = (u64, Vec<u8>);

/// A little-endian microsecond pcap of Ethernet frames.
pub fn pcap(frames: &[Timed]) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(0xa1b2_c3d4_u32.to_le_bytes());
    out.extend([2, 0, 4, 0]);
    out.extend([0; 8]);
    out.extend(65_535_u32.to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    for (us, frame) in frames {
        out.extend(((us / 1_000_000) as u32).to_le_bytes());
        out.extend(((us % 1_000_000) as u32).to_le_bytes());
        out.extend((frame.len() as u32).to_le_bytes());
        out.extend((frame.len() as u32).to_le_bytes());
        out.extend(frame);
    }
    out
}

const START: u64 = 1_709_539_206_000_000;

fn ethernet(src: [u8; 4], dst: [u8; 4]) -> etherparse::PacketBuilderStep<etherparse::IpHeaders> {
    PacketBuilder::ethernet2([2, 0, 0, 0, 0, src[3]], [2, 0, 0, 0, 0, dst[3]]).ipv4(src, dst, 64)
}

pub fn udp(at: u64, src: ([u8; 4], u16), dst: ([u8; 4], u16), payload: &[u8]) -> Timed {
    let mut frame = Vec::new();
    ethernet(src.0, dst.0).udp(src.1, dst.1).write(&mut frame, payload).unwrap();
    (START + at, frame)
}

pub fn tcp(at: u64, src: ([u8; 4], u16), dst: ([u8; 4], u16), flags: &str, payload: &[u8]) -> Timed {
    let mut frame = Vec::new();
    let mut step = ethernet(src.0, dst.0).tcp(src.1, dst.1, 1000, 64_000);
    for flag in flags.chars() {
        step = match flag {
            'S' => step.syn(),
            'A' => step.ack(1),
            'P' => step.psh(),
            'R' => step.rst(),
            _ => step.fin(),
        };
    }
    step.write(&mut frame, payload).unwrap();
    (START + at, frame)
}

/// `flows` name queries and small transfers of five hosts, an ARP-free office; then one long upload to a far host.
pub fn office(flows: u64) -> Vec<u8> {
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
            frames.push(tcp(at, host, server, "S", b""));
            frames.push(tcp(at + 200, server, host, "SA", b""));
            frames.push(tcp(at + 400, host, server, "PA", &vec![b'g'; 120 + (i % 31) as usize]));
            frames.push(tcp(at + 2_000 + i % 700, server, host, "PA", &vec![b'h'; 800 + (i % 401) as usize]));
            frames.push(tcp(at + 3_000, host, server, "FA", b""));
            frames.push(tcp(at + 3_100, server, host, "FA", b""));
        }
    }
    let (inside, outside) = (([10, 0, 0, 14], 51_515), ([203, 0, 113, 9], 4_444));
    for i in 0..200 {
        let payload: Vec<u8> =
            (0..1_400u32).map(|b| (b.wrapping_mul(2_654_435_761).rotate_left(i) >> 24) as u8).collect();
        frames.push(tcp(u64::from(i) * 20_000 + 7, inside, outside, "PA", &payload));
    }
    frames.sort_by_key(|f| f.0);
    pcap(&frames)
}
