//! Who is there: an office's hosts and the sites they visit.
//!
//! Addresses are private (RFC 1918) or for documentation (RFC 5737, RFC 3849), names those of RFC 2606.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::frame::End;
use super::rng::Rng;

/// A machine with both addresses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Host {
    mac: [u8; 6],
    v4: Ipv4Addr,
    v6: Ipv6Addr,
    ttl: u8,
}

impl Host {
    pub(super) fn v4(&self, port: u16) -> End {
        End { mac: self.mac, ip: IpAddr::V4(self.v4), port, ttl: self.ttl }
    }

    pub(super) fn v6(&self, port: u16) -> End {
        End { mac: self.mac, ip: IpAddr::V6(self.v6), port, ttl: self.ttl }
    }

    pub(super) fn ip(&self) -> Ipv4Addr {
        self.v4
    }

    pub(super) fn ip6(&self) -> Ipv6Addr {
        self.v6
    }

    pub(super) fn mac(&self) -> [u8; 6] {
        self.mac
    }
}

/// A name on the internet and the machine behind it.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) name: String,
    pub(super) host: Host,
    /// Nanoseconds to it and back.
    pub(super) rtt: u64,
}

/// Everything that can talk.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) gateway: Host,
    pub(super) dns: Host,
    pub(super) files: Host,
    pub(super) monitor: Host,
    pub(super) phones: Host,
    pub(super) admin: Host,
    pub(super) web: Host,
    pub(super) shell: Host,
    pub(super) printers: Vec<Host>,
    pub(super) workstations: Vec<Host>,
    pub(super) sites: Vec<Site>,
}

/// Largest number of workstations: the /24 less its servers.
pub(super) const MAX_WORKSTATIONS: u64 = 200;
/// Time to live of packets of the office's own machines: Windows and Linux start at these.
const TTLS: [u8; 3] = [128, 128, 64];
const LABELS: [&str; 20] = [
    "www", "cdn", "static", "api", "img", "news", "mail", "shop", "docs", "maps", "video", "login", "status", "wiki",
    "media", "forum", "assets", "search", "photos", "updates",
];
const DOMAINS: [&str; 6] = ["example.com", "example.org", "example.net", "acme.test", "globex.test", "initech.test"];

impl Network {
    pub(super) fn new(workstations: u64, rng: &mut Rng) -> Self {
        let printers = (20..24).map(local).collect();
        let workstations = (0..workstations.clamp(4, MAX_WORKSTATIONS))
            .map(|i| Host { ttl: rng.pick(&TTLS), ..local(u8::try_from(30 + i).unwrap_or(u8::MAX)) })
            .collect();
        let mut sites = Vec::new();
        for (i, domain) in (0_u8..).zip(DOMAINS) {
            for (j, label) in (0_u8..).zip(LABELS) {
                let near = rng.between(4, 12);
                let host = remote(if i < 3 { [203, 0, 113] } else { [198, 51, 100] }, 10 + i % 3 * 70 + j * 3, near);
                sites.push(Site {
                    name: format!("{label}.{domain}"),
                    host,
                    rtt: near * rng.between(800_000, 9_000_000),
                });
            }
        }
        // Which site is popular has nothing to do with its name.
        for i in (1..sites.len()).rev() {
            let j = rng.below(crate::units::count(i) + 1);
            sites.swap(i, usize::try_from(j).unwrap_or(i));
        }
        Self {
            gateway: local(1),
            dns: local(5),
            files: local(6),
            monitor: local(7),
            phones: local(8),
            admin: local(9),
            web: local(10),
            shell: local(11),
            printers,
            workstations,
            sites,
        }
    }

    pub(super) fn workstation(&self, rng: &mut Rng) -> Host {
        let at = rng.below(crate::units::count(self.workstations.len()));
        usize::try_from(at).ok().and_then(|i| self.workstations.get(i)).copied().unwrap_or(self.admin)
    }

    pub(super) fn printer(&self, rng: &mut Rng) -> Host {
        let at = rng.below(crate::units::count(self.printers.len()));
        usize::try_from(at).ok().and_then(|i| self.printers.get(i)).copied().unwrap_or(self.files)
    }

    pub(super) fn site(&self, rng: &mut Rng) -> Site {
        let own = || Site { name: "intranet.example.com".into(), host: self.web, rtt: 400_000 };
        rng.favourite(&self.sites).cloned().unwrap_or_else(own)
    }

    /// Machines that answer in the office, as somebody who looks for them finds them.
    pub(super) fn locals(&self) -> Vec<Host> {
        let servers = [self.gateway, self.dns, self.files, self.monitor, self.phones, self.admin, self.web, self.shell];
        servers.into_iter().chain(self.printers.iter().copied()).chain(self.workstations.iter().copied()).collect()
    }

    /// A machine on the internet that no site's name leads to; its packets come through the gateway.
    pub(super) fn stranger(last: u8) -> Host {
        remote([192, 0, 2], last, 11)
    }

    /// A source address that nobody owns.
    pub(super) fn spoofed(&self, rng: &mut Rng) -> Host {
        let [a, b, ttl, ..] = rng.word().to_be_bytes();
        let host = remote([172, 16 + a % 16, b], rng.between(1, 254).to_be_bytes()[7], 1);
        Host { ttl: 40 + ttl % 200, ..host }
    }
}

/// The office's host with this last byte.
pub(super) fn local(last: u8) -> Host {
    Host {
        mac: [2, 0x57, 0x53, 10, 20, last],
        v4: Ipv4Addr::new(10, 20, 30, last),
        v6: Ipv6Addr::new(0x2001, 0xdb8, 0x20, 0x30, 0, 0, 0, last.into()),
        ttl: 64,
    }
}

/// A host behind the gateway.
fn remote([a, b, c]: [u8; 3], last: u8, hops: u64) -> Host {
    let tail = u16::from_be_bytes([c, last]);
    Host {
        mac: local(1).mac,
        v4: Ipv4Addr::new(a, b, c, last),
        v6: Ipv6Addr::new(0x2001, 0xdb8, 0xf000, u16::from_be_bytes([a, b]), 0, 0, 0, tail),
        ttl: 64 - hops.min(60).to_be_bytes()[7],
    }
}

/// A group address; its frames go to the group's own MAC (RFC 1112, RFC 2464).
pub(super) fn group(ip: IpAddr, port: u16) -> End {
    let mac = match ip {
        IpAddr::V4(ip) if ip.is_broadcast() => [0xff; 6],
        IpAddr::V4(ip) => {
            let [_, b, c, d] = ip.octets();
            [1, 0, 0x5e, b & 0x7f, c, d]
        }
        IpAddr::V6(ip) => {
            let [.., a, b, c, d] = ip.octets();
            [0x33, 0x33, a, b, c, d]
        }
    };
    End { mac, ip, port, ttl: 1 }
}
