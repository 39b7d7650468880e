//! Tuples that are hard on a hash table.
#![allow(missing_docs, dead_code, clippy::unwrap_used, clippy::cast_possible_truncation)]

use std::net::IpAddr;

use wiresift::packet::{Packet, Tcp};
use wiresift::report::{Proto, TcpFlags};
use wiresift::units::Timestamp;

/// Originator, its port, responder, its port.
pub type Tuple = (u32, u16, u32, u16);

/// The n-th tuple of a family.
pub type Family = fn(u32) -> Tuple;

pub const ALL: [(&str, Family); 5] = [
    ("random", random),
    ("colliding", colliding),
    ("ports in steps", |i| (0x0a00_0001, (i % 50_000) as u16 + 1_024, 0x0a00_0100 + i / 50_000, 443)),
    ("high bits only", |i| ((i & 0xffff) << 16 | 1, 80, 0xc0a8_0001, ((i >> 16) << 12) as u16 | 80)),
    ("swapped halves", |i| (i, (i >> 8) as u16, i.rotate_left(16), i as u16)),
];

fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn random(i: u32) -> Tuple {
    let (a, b) = (mix(u64::from(i) + 1), mix(u64::from(i) + 0x1234_5678_9abc));
    (a as u32, (a >> 32) as u16, b as u32, (b >> 32) as u16)
}

/// Tuples whose sum of products of halves, the form of the table's own hash with all keys 0, is the same: one half of each
/// word is 0, so every product is.
fn colliding(i: u32) -> Tuple {
    // Addresses are the two halves of a word, the ports and the protocol those of another: without keys the product of an
    // address with 0 is 0, whatever the address.
    (i + 1, 7, 0, 7)
}

/// The first packets of so many flows.
pub fn packets(family: Family, n: u32) -> Vec<Packet<'static>> {
    let packet = |i: u32| {
        let (src, src_port, dst, dst_port) = family(i);
        Packet {
            number: u64::from(i) + 1,
            ts: Timestamp(i64::from(i)),
            wire_len: 60,
            src: IpAddr::V4(src.into()),
            dst: IpAddr::V4(dst.into()),
            src_port,
            dst_port,
            proto: Proto::TCP,
            vlan: None,
            offset: 0,
            tunnel: None,
            ip_bytes: 40,
            header_len: 40,
            ttl: Some(64),
            tcp: Some(Tcp { flags: TcpFlags(TcpFlags::SYN), seq: i, ack: 0, window: 512, header_len: 20 }),
            has_bad_checksum: false,
            payload_len: 0,
            payload: &[],
        }
    };
    (0..n).map(packet).collect()
}
