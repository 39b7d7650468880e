//! Hardware addresses by the ARP senders that used them.

use std::net::IpAddr;

use hashbrown::HashMap;

use crate::flow::Keyed;
use crate::report::Macs;

/// Who sent ARP from which hardware addresses.
///
/// **Memory** bounded: at most 65,536 senders with 8 addresses each, 6 MB.
#[derive(Debug, Clone)]
pub struct ArpSenders {
    senders: HashMap<u32, Macs, Keyed>,
}

impl Default for ArpSenders {
    fn default() -> Self {
        Self::new([0; 2])
    }
}

impl ArpSenders {
    /// Most senders told apart.
    pub const MAX: usize = 65_536;

    /// None yet; `seed` keys the map, and no output depends on it.
    #[must_use]
    pub fn new(seed: [u64; 2]) -> Self {
        Self { senders: HashMap::with_hasher(Keyed::new(seed)) }
    }

    /// Adds the sender of an ARP packet; false where there is no room for it or for its hardware address. Probes
    /// (RFC 5227), whose sender has no address yet, name nobody.
    pub fn add(&mut self, sender: IpAddr, mac: [u8; 6]) -> bool {
        let IpAddr::V4(v4) = sender else { return true };
        if v4.is_unspecified() {
            return true;
        }
        let key = v4.to_bits();
        let is_room = self.senders.len() < Self::MAX || self.senders.contains_key(&key);
        is_room && self.senders.entry(key).or_default().add(mac)
    }

    /// Adds what was seen after this; false where there is no room for all of it.
    pub fn merge(&mut self, next: &Self) -> bool {
        let mut has_room = true;
        for (sender, macs) in &next.senders {
            has_room &= self.senders.len() < Self::MAX || self.senders.contains_key(sender);
            if has_room {
                let known = self.senders.entry(*sender).or_default();
                has_room &= macs.iter().all(|mac| known.add(*mac));
            }
        }
        has_room
    }

    /// The hardware addresses of a sender; `None` where it sent no ARP.
    #[must_use]
    pub fn of(&self, sender: IpAddr) -> Option<&Macs> {
        let IpAddr::V4(v4) = sender else { return None };
        self.senders.get(&v4.to_bits())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn senders_and_their_addresses_are_bounded() {
        let mut arp = ArpSenders::new([1, 2]);
        let sender = |n: u32| IpAddr::V4(Ipv4Addr::from_bits(n));
        assert!(arp.add(sender(0), [1; 6]));
        assert_eq!(arp.of(sender(0)), None, "a probe");
        assert_eq!((1..=66_000).filter(|n| arp.add(sender(*n), [7; 6])).count(), ArpSenders::MAX);
        assert_eq!(arp.senders.len(), ArpSenders::MAX);
        assert_eq!((0..10).filter(|n| arp.add(sender(5), [*n; 6])).count(), 8, "0 to 6, and 7 which is known");
        assert_eq!(arp.of(sender(5)).map(Macs::count), Some(8));
        assert_eq!(arp.of("fe80::1".parse().unwrap()), None);
    }
}
