//! Whether an address is one of a local network.

use std::net::IpAddr;

/// Whether the address is private (RFC 1918, RFC 4193), link-local (RFC 3927, RFC 4291) or loopback.
pub(super) fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
