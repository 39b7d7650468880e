//! What an address says of itself.

use std::net::IpAddr;

use serde::Serialize;

/// What kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// One host's.
    Unicast,
    /// A group's (RFC 1112, RFC 4291).
    Multicast,
    /// Every host's of the link: 255.255.255.255. Broadcasts of one network cannot be told from hosts.
    Broadcast,
    /// No address yet: 0.0.0.0 and ::.
    Unspecified,
}

impl AddressKind {
    /// The kind of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) if v4.is_broadcast() => Self::Broadcast,
            a if a.is_multicast() => Self::Multicast,
            a if a.is_unspecified() => Self::Unspecified,
            _ => Self::Unicast,
        }
    }

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unicast => "unicast",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Unspecified => "unspecified",
        }
    }

    /// Whether it stands for many hosts.
    #[must_use]
    pub fn is_group(self) -> bool {
        matches!(self, Self::Multicast | Self::Broadcast)
    }
}

/// Whether the address is private (RFC 1918, RFC 4193), link-local (RFC 3927, RFC 4291) or loopback.
#[must_use]
pub fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_groups_from_hosts() {
        use AddressKind::{Broadcast, Multicast, Unicast, Unspecified};
        for (text, kind) in [
            ("10.0.0.255", Unicast),
            ("255.255.255.255", Broadcast),
            ("224.0.0.251", Multicast),
            ("239.255.255.250", Multicast),
            ("ff02::fb", Multicast),
            ("::ffff:224.0.0.1", Multicast),
            ("0.0.0.0", Unspecified),
            ("::", Unspecified),
            ("127.0.0.1", Unicast),
        ] {
            assert_eq!(AddressKind::of(text.parse().unwrap()), kind, "{text}");
        }
    }

    #[test]
    fn knows_the_local_ranges_to_their_edges() {
        let local = [
            "10.0.0.0",
            "10.255.255.255",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.9.9",
            "127.0.0.1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "::1",
            "::ffff:10.1.2.3",
        ];
        let other = [
            "9.255.255.255",
            "11.0.0.0",
            "172.32.0.0",
            "192.169.0.1",
            "8.8.8.8",
            "224.0.0.1",
            "fe00::1",
            "fec0::1",
            "2001:db8::1",
            "ff02::1",
            "::",
            "0.0.0.0",
            "100.64.0.1",
        ];
        assert!(local.iter().all(|a| is_local(a.parse().unwrap())));
        assert!(other.iter().all(|a| !is_local(a.parse().unwrap())));
    }
}
