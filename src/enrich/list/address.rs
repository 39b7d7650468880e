//! Addresses and networks of lists, and those that would match what nobody meant.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::enrich::faults::Fault;
use crate::report::is_local;

/// Networks wider than these are refused: the first mask of a list that means somebody is longer.
const WIDEST: (u8, u8) = (8, 16);

/// Networks that are nobody's or everybody's. A network that is one of them, lies in one or holds one is refused.
///
/// **Source** IANA's special-purpose address registries (RFC 6890).
const RESERVED_V4: [(Ipv4Addr, u8); 5] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
const RESERVED_V6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::UNSPECIFIED, 127),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8),
];
/// Private networks: refused as a whole, for lists of what is never routed have them; a part of one, or an address, is
/// what somebody wrote down for a network of their own.
const PRIVATE: [(IpAddr, u8); 5] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(100, 64, 0, 0)), 10),
    (IpAddr::V6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
];

/// An address, `address:port`, `[address]:port`, or a network; `None` where it is neither.
pub(super) fn parse(text: &str) -> Option<Result<IpNet, Fault>> {
    let net = match text.split_once('/') {
        Some((address, mask)) if mask.len() <= 3 => {
            let address: IpAddr = address.parse().ok()?;
            let mask: u8 = mask.parse().ok()?;
            IpNet::new(address, mask).ok()?.trunc()
        }
        Some(_) => return None,
        None => IpNet::from(bare(text)?.to_canonical()),
    };
    Some(fit(net))
}

fn bare(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let (host, port) = text.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

fn fit(net: IpNet) -> Result<IpNet, Fault> {
    let touches = |other: IpNet| other.contains(&net) || net.contains(&other);
    let is_reserved = match net {
        IpNet::V4(_) => reserved_v4().any(touches),
        IpNet::V6(_) => reserved_v6().any(touches),
    };
    let holds_private = || PRIVATE.iter().filter_map(|(a, mask)| IpNet::new(*a, *mask).ok()).any(|p| net.contains(&p));
    let widest = if net.addr().is_ipv4() { WIDEST.0 } else { WIDEST.1 };
    match () {
        () if net.prefix_len() < widest => Err(Fault::TooWide),
        () if is_reserved || holds_private() => Err(Fault::Reserved),
        () => Ok(net),
    }
}

fn reserved_v4() -> impl Iterator<Item = IpNet> {
    RESERVED_V4.into_iter().filter_map(|(a, mask)| Ipv4Net::new(a, mask).ok().map(IpNet::V4))
}

fn reserved_v6() -> impl Iterator<Item = IpNet> {
    RESERVED_V6.into_iter().filter_map(|(a, mask)| Ipv6Net::new(a, mask).ok().map(IpNet::V6))
}

/// Whether an entry for the network can mean one only in somebody's own network, or stands for a whole organisation: what
/// is met then is worth a look and no more.
pub(super) fn is_vague(net: &IpNet) -> bool {
    let narrow = if net.addr().is_ipv4() { 16 } else { 32 };
    is_local(net.addr()) || net.prefix_len() < narrow
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<Result<String, Fault>> {
        parse(text).map(|net| net.map(|net| net.to_string()))
    }

    #[test]
    fn addresses_and_networks_are_read_as_lists_write_them() {
        for (text, net) in [
            ("203.0.113.9", "203.0.113.9/32"),
            ("203.0.113.9:443", "203.0.113.9/32"),
            ("203.0.113.9/24", "203.0.113.0/24"),
            ("2001:db8::1", "2001:db8::1/128"),
            ("[2001:db8::1]:443", "2001:db8::1/128"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::ffff:203.0.113.9", "203.0.113.9/32"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("192.168.7.0/24", "192.168.7.0/24"),
        ] {
            assert_eq!(told(text), Some(Ok(net.to_owned())), "{text}");
        }
        for text in
            ["203.0.113", "203.0.113.9/33", "203.0.113.999", "1", "", "/", "203.0.113.9/x", "a:1", "203.0.113.9/"]
        {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn what_means_nobody_or_everybody_is_refused() {
        for text in ["0.0.0.0/0", "128.0.0.0/1", "64.0.0.0/7", "::/0", "2000::/3"] {
            assert_eq!(told(text), Some(Err(Fault::TooWide)), "{text}");
        }
        for text in [
            "0.0.0.0",
            "127.0.0.1",
            "127.0.0.0/8",
            "255.255.255.255",
            "224.0.0.1",
            "240.0.0.0/8",
            "169.254.1.1",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "192.168.0.0/15",
            "100.64.0.0/10",
            "::1",
            "::",
            "fe80::1",
            "ff02::1",
            "fc00::/7",
            "ff00::/16",
        ] {
            let found = told(text);
            assert!(matches!(found, Some(Err(Fault::Reserved | Fault::TooWide))), "{text}: {found:?}");
        }
        assert!(is_vague(&"10.0.0.1/32".parse().unwrap()) && is_vague(&"203.0.0.0/15".parse().unwrap()));
        assert!(!is_vague(&"203.0.113.0/24".parse().unwrap()));
    }
}
