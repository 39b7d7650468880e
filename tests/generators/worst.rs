//! Captures made to cost as much as they can: each has a number of packets, and what they cost must grow with that number
//! and not with its square.

use super::frames::{ethernet, ipv4, ipv4_fragment, tcp_segment, udp};
use super::pcap::{Pcap, Style, capture};
use super::pcapng::Pcapng;
use super::talks;

/// Makes a capture of about so many packets, with the settings it is meant for.
pub struct Worst {
    pub name: &'static str,
    pub make: fn(u32) -> Vec<u8>,
    pub settings: &'static [(&'static str, &'static str)],
}

const fn worst(name: &'static str, make: fn(u32) -> Vec<u8>) -> Worst {
    Worst { name, make, settings: &[] }
}

pub const ALL: &[Worst] = &[
    worst("rows that are all alike", alike),
    worst("one pair of hosts", one_pair),
    worst("one host to all", one_to_all),
    worst("all hosts to all", all_to_all),
    worst("every conversation larger than the last", growing),
    worst("time running backwards", backwards),
    worst("an unending head in pieces of a byte", unending_head),
    worst("segments with a hole after each", holes),
    worst("fragments that overlap", overlapping),
    worst("names that point at names", pointers),
    worst("an interface a packet", interfaces),
    worst("numbers that nobody has twice", distinct_names),
    Worst { name: "records that are none", make: false_records, settings: &[("resync", "on")] },
    worst("a table of quotes", quotes),
];

fn host(net: u8, i: u32) -> [u8; 4] {
    let [_, a, b, c] = i.to_be_bytes();
    [net, a, b, c]
}

fn datagram(src: [u8; 4], dst: [u8; 4], ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    ethernet(0x0800, &ipv4(17, src, dst, &udp(ports.0, ports.1, payload)))
}

fn segment(src: [u8; 4], dst: [u8; 4], ports: (u16, u16), flags: u8, seq: u32, payload: &[u8]) -> Vec<u8> {
    ethernet(0x0800, &ipv4(6, src, dst, &tcp_segment(ports, flags, (seq, 1, 8192), payload)))
}

fn port(i: u32) -> u16 {
    (1024 + i % 60_000) as u16
}

fn alike(n: u32) -> Vec<u8> {
    capture((0..n).map(|i| datagram(host(10, i), [192, 0, 2, 1], (4000, 53), b"same")))
}

fn one_pair(n: u32) -> Vec<u8> {
    let syn = |i: u32| segment([10, 0, 0, 1], [192, 0, 2, 1], (port(i), port(i / 60_000)), 2, i, b"");
    capture((0..n).map(syn))
}

fn one_to_all(n: u32) -> Vec<u8> {
    capture((0..n).map(|i| segment([10, 0, 0, 1], host(172, i), (port(i), 445), 2, i, b"")))
}

fn all_to_all(n: u32) -> Vec<u8> {
    let side = n.isqrt().max(1);
    capture((0..n).map(|i| datagram(host(10, i % side), host(172, i / side), (4000, 4001), b"x")))
}

fn growing(n: u32) -> Vec<u8> {
    let payload = [b'x'; 1_400];
    let sized = |i: u32| &payload[..(u64::from(i) * 1_400 / u64::from(n)) as usize];
    capture((0..n).map(|i| datagram(host(10, i), host(172, i), (4000, port(i)), sized(i))))
}

fn backwards(n: u32) -> Vec<u8> {
    let mut pcap = Pcap::new(Style::default());
    for i in 0..n {
        pcap.packet(n - i, 0, &datagram(host(10, i % 1000), [192, 0, 2, 1], (4000, 53), b"x"));
    }
    pcap.bytes
}

fn unending_head(n: u32) -> Vec<u8> {
    let text = b"GET / HTTP/1.1\r\nHost: a\r\nX: ";
    let byte = |i: u32| text.get(i as usize).copied().unwrap_or(b'x');
    let ends = ([10, 0, 0, 1], [192, 0, 2, 1], (4000, 80));
    let opening = [segment(ends.0, ends.1, ends.2, 2, 0, b"")];
    let rest = (0..n).map(|i| segment(ends.0, ends.1, ends.2, 0x18, 1 + i, &[byte(i)]));
    capture(opening.into_iter().chain(rest))
}

fn holes(n: u32) -> Vec<u8> {
    capture((0..n).map(|i| segment([10, 0, 0, 1], [192, 0, 2, 1], (4000, 80), 0x18, i * 20, b"ten bytes.")))
}

fn overlapping(n: u32) -> Vec<u8> {
    let ends = [[10, 0, 0, 1], [192, 0, 2, 1]];
    let part = |i: u32| ipv4_fragment(17, ends, 7, ((i * 37) % 8_000 * 8) as u16, true, &[0; 24]);
    capture((0..n).map(|i| ethernet(0x0800, &part(i))))
}

fn pointers(n: u32) -> Vec<u8> {
    // Each name is a pointer to the one before it, and the answers are as many as fit.
    let answers = 60u16;
    let mut message = talks::dns_message(0x8180, &[b"a"], 1, answers, &[]);
    for i in 0..answers {
        let before = if i == 0 { 12 } else { message.len() as u16 - 12 };
        message.extend((0xc000 | before).to_be_bytes());
        message.extend([0, 1, 0, 1, 0, 0, 0, 60, 0, 0]);
    }
    capture((0..n).map(|i| datagram([192, 0, 2, 1], host(10, i % 500), (53, 4000), &message)))
}

fn interfaces(n: u32) -> Vec<u8> {
    let mut file = Pcapng::new(false);
    file.section(1);
    for i in 0..n {
        file.interface(1, 0, &[]);
        file.packet(i.min(65_535), u64::from(i), &datagram(host(10, i % 100), [192, 0, 2, 1], (4000, 53), b"x"));
    }
    file.bytes
}

fn distinct_names(n: u32) -> Vec<u8> {
    let asked = |i: u32| talks::dns_message(0x0100, &[format!("n{i:09}").as_bytes(), b"example"], 1, 0, &[]);
    capture((0..n).map(|i| datagram(host(10, i % 2000), [192, 0, 2, 1], (4000, 53), &asked(i))))
}

fn false_records(n: u32) -> Vec<u8> {
    let mut pcap = Pcap::new(Style::default());
    pcap.packet(0, 0, &datagram([10, 0, 0, 1], [192, 0, 2, 1], (4000, 53), b"x"));
    // Headers that follow each other up to one that cannot be.
    for i in 0..n {
        let claimed = if i % 4 == 3 { u32::MAX } else { 44 };
        for word in [1_000, i % 1_000_000, claimed, claimed] {
            pcap.u32(word);
        }
        pcap.bytes.extend([0; 44]);
    }
    pcap.bytes
}

fn quotes(n: u32) -> Vec<u8> {
    let mut text = b"start_time,source_address,destination_address,dport,proto,spkts,note\n".to_vec();
    for i in 0..n {
        text.extend(format!("{i},10.0.0.1,10.0.0.2,53,udp,3,\"\"\"\"\"\"\"\"\n").bytes());
    }
    // The quote of one more row never ends.
    text.extend(b"1,10.0.0.1,10.0.0.2,53,udp,3,\"\n");
    text
}
