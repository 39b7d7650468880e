//! Addresses replaced by others: the same key gives the same ones, and two that share a prefix go on to share it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aes_gcm::aes::cipher::{BlockEncrypt as _, KeyInit as _};
use aes_gcm::aes::{Aes128, Block};

/// Addresses remembered, so that a conversation costs no cipher a packet.
const REMEMBERED: usize = 65_536;
/// First bits of an IPv4 address that stay: they tell multicast (and reserved) addresses from the others.
const IPV4_KEPT: u32 = 4;
/// First bits of an IPv6 address that stay, and those of link-local addresses.
const IPV6_KEPT: u32 = 8;
const LINK_LOCAL_KEPT: u32 = 16;
/// First bits of a solicited-node address; the rest is the end of a host's own.
const SOLICITED: [u8; 13] = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff];
const SOLICITED_KEPT: u32 = 104;
/// The bits of a hardware address, counted from its first, that say group and local.
const MAC_KEPT: [u32; 2] = [6, 7];

/// The secret that addresses are replaced by: whoever has it can turn them back.
///
/// **Shape** 32 bytes: a key of AES-128, and 16 bytes that the padding is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key(pub [u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// A key written as 64 hexadecimal digits; white space around and between is passed over.
    #[must_use]
    pub fn of_hex(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()?;
        let (pairs, rest) = digits.as_chunks::<2>();
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        bytes.try_into().ok().filter(|_| rest.is_empty()).map(Self)
    }
}

/// Replaces addresses by a key.
///
/// **Source** Crypto-PAn (Xu, Fan, Ammar, Moon 2002): a bit of an address is turned by what AES makes of the bits
/// before it.
pub(super) struct Addresses {
    cipher: Aes128,
    ip_pad: u128,
    mac_pad: u128,
    seen: HashMap<IpAddr, IpAddr>,
}

impl std::fmt::Debug for Addresses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Addresses").field("seen", &self.seen.len()).finish_non_exhaustive()
    }
}

impl Addresses {
    pub(super) fn new(Key(bytes): Key) -> Self {
        let half = |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk::<16>()).copied().unwrap_or_default();
        let (key, pad) = (half(0), half(16));
        let cipher = Aes128::new(&key.into());
        let enciphered = |block: u128| {
            let mut block = Block::from(block.to_be_bytes());
            cipher.encrypt_block(&mut block);
            u128::from_be_bytes(block.into())
        };
        let ip_pad = enciphered(u128::from_be_bytes(pad));
        let mac_pad = enciphered(!u128::from_be_bytes(pad));
        Self { cipher, ip_pad, mac_pad, seen: HashMap::new() }
    }

    /// Turns the bits of a value of `bits` bits, which stands at the left, but those that are kept.
    fn turned(&self, pad: u128, value: u128, bits: u32, is_kept: impl Fn(u32) -> bool) -> u128 {
        let places: Vec<u32> = (0..bits).filter(|bit| !is_kept(*bit)).collect();
        let before = |bit: u32| if bit == 0 { 0 } else { u128::MAX << (128 - bit) };
        let block = |bit: &u32| Block::from((value & before(*bit) | pad & !before(*bit)).to_be_bytes());
        let mut blocks: Vec<Block> = places.iter().map(block).collect();
        self.cipher.encrypt_blocks(&mut blocks);
        let turn = |(block, bit): (&Block, &u32)| u128::from(block.first().is_some_and(|b| b >> 7 == 1)) << (127 - bit);
        blocks.iter().zip(&places).map(turn).fold(value, |all, bit| all ^ bit)
    }

    /// The same, and what is all zeros stays so: "no address yet".
    fn turned_but_zero(&self, pad: u128, value: u128, bits: u32, is_kept: impl Fn(u32) -> bool + Copy) -> u128 {
        match self.turned(pad, value, bits, is_kept) {
            _ if value == 0 => 0,
            // What would have become zero takes the place that zero left: no two become one.
            0 => self.turned(pad, 0, bits, is_kept),
            turned => turned,
        }
    }

    /// Another address in the place of one. Multicast and broadcast stay.
    pub(super) fn ip(&mut self, address: IpAddr) -> IpAddr {
        if let Some(known) = self.seen.get(&address) {
            return *known;
        }
        let other = match address {
            IpAddr::V4(v4) => IpAddr::V4(self.ipv4(v4)),
            IpAddr::V6(v6) => IpAddr::V6(self.ipv6(v6)),
        };
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(address, other);
        other
    }

    fn ipv4(&self, address: Ipv4Addr) -> Ipv4Addr {
        let bits = address.to_bits();
        if bits >> 28 >= 0xe {
            return address;
        }
        let turned = self.turned_but_zero(self.ip_pad, u128::from(bits) << 96, 32, |bit| bit < IPV4_KEPT);
        Ipv4Addr::from_bits(u32::try_from(turned >> 96).unwrap_or_default())
    }

    fn ipv6(&self, address: Ipv6Addr) -> Ipv6Addr {
        let octets = address.octets();
        let kept = match octets {
            [0xff, ..] if octets.starts_with(&SOLICITED) => SOLICITED_KEPT,
            [0xff, ..] => return address,
            [0xfe, ..] => LINK_LOCAL_KEPT,
            _ => IPV6_KEPT,
        };
        Ipv6Addr::from_bits(self.turned_but_zero(self.ip_pad, address.to_bits(), 128, |bit| bit < kept))
    }

    /// Another hardware address in the place of one. Those of groups stay, but what they say of a host.
    pub(super) fn mac(&self, address: [u8; 6]) -> [u8; 6] {
        if let [0x33, 0x33, 0xff, a, b, c] = address {
            let mut solicited = [0; 16];
            for (to, from) in solicited.iter_mut().zip(SOLICITED.into_iter().chain([a, b, c])) {
                *to = from;
            }
            let [.., a, b, c] = self.ipv6(solicited.into()).octets();
            return [0x33, 0x33, 0xff, a, b, c];
        }
        if address.first().is_some_and(|first| first & 1 == 1) {
            return address;
        }
        let [a, b, c, d, e, f] = address;
        let bits = u64::from_be_bytes([a, b, c, d, e, f, 0, 0]);
        let is_kept = |bit| MAC_KEPT.contains(&bit);
        let turned = self.turned_but_zero(self.mac_pad, u128::from(bits) << 64, 48, is_kept);
        let [a, b, c, d, e, f, ..] = turned.to_be_bytes();
        [a, b, c, d, e, f]
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation)]
mod tests {
    use super::*;

    /// The key of the authors' own sample.
    const SAMPLE: [u8; 32] = [
        21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16, 216, 152, 143, 131, 121, 121, 101, 39,
        98, 87, 76, 45, 42, 132, 34, 2,
    ];

    fn v4(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    #[test]
    fn turns_addresses_as_the_authors_sample_does() {
        let addresses = Addresses::new(Key(SAMPLE));
        for (from, to) in [
            ("128.11.68.132", "135.242.180.132"),
            ("129.118.74.4", "134.136.186.123"),
            ("130.132.252.244", "133.68.164.234"),
            ("141.223.7.43", "141.167.8.160"),
            ("141.233.145.108", "141.129.237.235"),
            ("152.163.225.39", "151.140.114.167"),
            ("156.29.3.236", "147.225.12.42"),
            ("165.247.96.84", "162.9.99.234"),
            ("166.107.77.190", "160.132.178.185"),
            ("192.102.249.13", "252.138.62.131"),
        ] {
            let turned = addresses.turned(addresses.ip_pad, u128::from(v4(from).to_bits()) << 96, 32, |_| false);
            assert_eq!(Ipv4Addr::from_bits((turned >> 96) as u32), v4(to), "{from}");
        }
    }

    #[test]
    fn prefixes_are_shared_as_before_and_no_two_become_one() {
        let mut addresses = Addresses::new(Key([7; 32]));
        let all: Vec<Ipv4Addr> = (0..4_096u32).map(|i| Ipv4Addr::from_bits(i.wrapping_mul(0x9e37_79b9))).collect();
        let turned: Vec<u32> = all
            .iter()
            .map(|a| match addresses.ip(IpAddr::V4(*a)) {
                IpAddr::V4(other) => other.to_bits(),
                IpAddr::V6(_) => panic!(),
            })
            .collect();
        let shared = |a: u32, b: u32| (a ^ b).leading_zeros();
        for i in 0..all.len() {
            for j in (i + 1..all.len()).step_by(97) {
                let (a, b) = (all[i].to_bits(), all[j].to_bits());
                // Zero stays by itself.
                if a != 0 && b != 0 {
                    assert_eq!(shared(a, b), shared(turned[i], turned[j]), "{} {}", all[i], all[j]);
                }
            }
        }
        assert_ne!(turned[1], all[1].to_bits());
        assert_ne!(turned[1], {
            let mut others = Addresses::new(Key([8; 32]));
            let IpAddr::V4(other) = others.ip(IpAddr::V4(all[1])) else { panic!() };
            other.to_bits()
        });
    }

    #[test]
    fn what_names_nobody_stays() {
        let mut addresses = Addresses::new(Key([7; 32]));
        for same in ["0.0.0.0", "224.0.0.251", "239.255.255.250", "255.255.255.255", "::", "ff02::fb"] {
            let same: IpAddr = same.parse().unwrap();
            assert_eq!(addresses.ip(same), same);
        }
        for mac in [[0xff; 6], [1, 0, 0x5e, 0, 0, 0xfb], [0x33, 0x33, 0, 0, 0, 0xfb], [0; 6]] {
            assert_eq!(addresses.mac(mac), mac);
        }
        for (other, kept) in
            [("fe80::1:2:3:4", 16), ("2001:db8::9", 8), ("fd12:3456::1", 8), ("ff02::1:ff12:3456", 104)]
        {
            let (other, bits) = (other.parse::<IpAddr>().unwrap(), other.parse::<Ipv6Addr>().unwrap().to_bits());
            let IpAddr::V6(turned) = addresses.ip(other) else { panic!() };
            assert!(turned.to_bits() != bits && (turned.to_bits() ^ bits).leading_zeros() >= kept, "{other} {turned}");
        }
        let mac = addresses.mac([0x02, 1, 2, 3, 4, 5]);
        assert!(mac[0] & 3 == 2 && mac != [0x02, 1, 2, 3, 4, 5]);
        // The group's hardware address goes with its IPv6 address.
        let IpAddr::V6(node) = addresses.ip("ff02::1:ff12:3456".parse().unwrap()) else { panic!() };
        assert_eq!(addresses.mac([0x33, 0x33, 0xff, 0x12, 0x34, 0x56])[3..], node.octets()[13..]);
    }

    #[test]
    fn a_key_is_64_digits() {
        let text = "00112233445566778899aabbccddeeff\n 00112233445566778899AABBCCDDEEFF\n";
        assert_eq!(Key::of_hex(text).map(|k| (k.0[0], k.0[17], k.0[31])), Some((0, 0x11, 0xff)));
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(64)] {
            assert_eq!(Key::of_hex(wrong), None);
        }
        assert!(!format!("{:?}", Key([0x41; 32])).contains("65"));
    }
}
