//! TCP conversations written as a line of words, one a packet.
//!
//! A word is `>` (originator to responder) or `<`, the flags (`S`, `A`, `F`, `R`, or `-` for a packet that was sent and not
//! captured), and after dots: `d100` payload bytes, `q5` and `a5` sequence and acknowledgement number counted from the
//! initial ones, `w0` the window, `c` a wrong checksum, `t9` seconds since the packet before. Numbers that are not given
//! are those of a sender that has received everything.

use super::frames::{self, ACK, FIN, RST, SYN, ethernet, ipv4};

/// An address and a port.
pub type End = ([u8; 4], u16);

/// Seconds after the start and the frame of each captured packet.
pub fn play(script: &str, ends: [End; 2], initial: [u32; 2]) -> Vec<(u32, Vec<u8>)> {
    let mut next = initial;
    let mut now = 0;
    let mut frames = Vec::new();
    for word in script.split_whitespace() {
        let mut parts = word.split('.');
        let head = parts.next().unwrap();
        let here = usize::from(head.starts_with('<'));
        let there = 1 - here;
        let (mut seq, mut ack) = (next[here], next[there]);
        let (mut window, mut length, mut is_bad, mut pause) = (8_192, 0, false, 1);
        for part in parts {
            let (kind, number) = part.split_at(1);
            let number: u32 = if number.is_empty() { 0 } else { number.parse().unwrap() };
            match kind {
                "d" => length = number,
                "q" => seq = initial[here].wrapping_add(number),
                "a" => ack = initial[there].wrapping_add(number),
                "w" => window = number as u16,
                "c" => is_bad = true,
                "t" => pause = number,
                _ => unreachable!("{word}"),
            }
        }
        let flags = head.chars().skip(1).fold(0, |flags, c| {
            flags
                | match c {
                    'S' => SYN,
                    'A' => ACK,
                    'F' => FIN,
                    'R' => RST,
                    _ => 0,
                }
        });
        let octets = u32::from(flags & SYN != 0) + u32::from(flags & FIN != 0);
        let end = seq.wrapping_add(length + octets);
        if end.wrapping_sub(next[here]) < 1 << 31 {
            next[here] = end;
        }
        now += pause;
        if head.ends_with('-') {
            continue;
        }
        let ack = if flags & ACK != 0 { ack } else { 0 };
        let payload: Vec<u8> = (0..length).map(|i| i as u8).collect();
        let mut segment = frames::tcp_segment((ends[here].1, ends[there].1), flags, (seq, ack, window), &payload);
        if is_bad {
            segment[16..18].copy_from_slice(&[0xba, 0xd0]);
        }
        frames.push((now, ethernet(0x0800, &ipv4(6, ends[here].0, ends[there].0, &segment))));
    }
    frames
}
