//! Addresses that share their first bits.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network; an address alone is the network of its full width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Net {
    addr: IpAddr,
    bits: u32,
}

fn width(addr: IpAddr) -> u32 {
    if addr.is_ipv4() { 32 } else { 128 }
}

impl Net {
    /// `address`, `address/bits`, or an IPv4 network without its last octets: `10/8`, `192.168/16`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (addr, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        // A short network needs its bits: `10` alone is a number.
        let addr = addr.parse().ok().or_else(|| short(addr).filter(|_| bits.is_some()).map(|(addr, _)| addr))?;
        let bits = match bits {
            None => width(addr),
            Some(b) if b.bytes().all(|c| c.is_ascii_digit()) => b.parse().ok().filter(|b| *b <= width(addr))?,
            Some(_) => return None,
        };
        Some(Self::new(addr, bits))
    }

    /// What stands after `net`: there an IPv4 network may do without its bits, eight for each octet written.
    pub(super) fn parse_short(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| short(text).map(|(addr, octets)| Self::new(addr, octets * 8)))
    }

    /// The network of the first `bits` bits; the others are cleared.
    fn new(addr: IpAddr, bits: u32) -> Self {
        let addr = match addr {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from(u32::from(v4) & mask))
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from(u128::from(v6) & mask))
            }
        };
        Self { addr, bits }
    }

    #[inline]
    pub(super) fn contains(&self, addr: IpAddr) -> bool {
        match (self.addr, addr) {
            (IpAddr::V4(net), IpAddr::V4(a)) => {
                (u32::from(net) ^ u32::from(a)).checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(net), IpAddr::V6(a)) => {
                (u128::from(net) ^ u128::from(a)).checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }

    pub(super) fn is_v4(&self) -> bool {
        self.addr.is_ipv4()
    }

    /// Whether it is one address.
    pub(super) fn is_host(&self) -> bool {
        self.bits == width(self.addr)
    }
}

/// One to four octets with dots between them, and how many there are.
fn short(text: &str) -> Option<(IpAddr, u32)> {
    let mut octets = [0u8; 4];
    let mut n = 0;
    for part in text.split('.') {
        let is_plain = !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
        *octets.get_mut(n).filter(|_| is_plain)? = part.parse().ok()?;
        n += 1;
    }
    Some((octets.into(), u32::try_from(n).ok()?))
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_host() { self.addr.fmt(f) } else { write!(f, "{}/{}", self.addr, self.bits) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Net {
        Net::parse(text).unwrap()
    }

    #[test]
    fn networks_contain_their_addresses() {
        assert!(net("10.1.0.0/16").contains("10.1.255.1".parse().unwrap()));
        assert!(!net("10.1.0.0/16").contains("10.2.0.1".parse().unwrap()));
        assert!(net("0.0.0.0/0").contains("8.8.8.8".parse().unwrap()));
        assert!(!net("0.0.0.0/0").contains("::1".parse().unwrap()));
        assert!(net("fe80::/10").contains("fe80::1".parse().unwrap()));
        assert!(net("::/0").contains("fe80::1".parse().unwrap()));
    }

    #[test]
    fn short_and_unclean_networks_are_made_whole() {
        for (text, whole) in [
            ("10/8", "10.0.0.0/8"),
            ("172.16/12", "172.16.0.0/12"),
            ("192.168.1/24", "192.168.1.0/24"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3/32", "10.1.2.3"),
            ("fe80::1/64", "fe80::/64"),
        ] {
            assert_eq!(net(text).to_string(), whole);
        }
        assert_eq!(Net::parse_short("10").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(Net::parse_short("10.2").unwrap().to_string(), "10.2.0.0/16");
        for bad in
            ["10", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "300/8", "1.2.3.4.5/8", "", "/8", "10./8"]
        {
            assert_eq!(Net::parse(bad), None, "{bad}");
        }
    }
}
