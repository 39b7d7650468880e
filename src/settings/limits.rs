//! The thresholds of the rules, as settings.

use serde::{Serialize, Serializer};

use super::table::{Kind, SettingSpec, Stage};

const fn number(
    name: &'static str,
    label: &'static str,
    meaning: &'static str,
    default: &'static str,
    (min, max): (f64, f64),
) -> SettingSpec {
    SettingSpec { name, label, meaning, default, kind: Kind::Number { min, max, auto: false }, stage: Stage::Rules }
}

const fn whole(
    name: &'static str,
    label: &'static str,
    meaning: &'static str,
    default: &'static str,
    (min, max): (u32, u32),
) -> SettingSpec {
    SettingSpec { name, label, meaning, default, kind: Kind::Integer { min, max, auto: false }, stage: Stage::Rules }
}

const MANY: u32 = 1_000_000;

/// Every threshold of a rule.
pub(super) const LIMITS: &[SettingSpec] = &[
    whole(
        "port-scan-ports",
        "Port scan: ports",
        "Ports of one host that another one tried in vain, from which on it is a port scan.",
        "15",
        (3, 65_536),
    ),
    whole(
        "address-scan-hosts",
        "Address scan: hosts",
        "Hosts on which one tried the same port in vain, from which on it is an address scan.",
        "25",
        (3, MANY),
    ),
    whole(
        "peer-search-hosts",
        "Peer search: hosts",
        "Hosts that one tried in vain, each on a port of its own, from which on it is a search for peers.",
        "25",
        (3, MANY),
    ),
    whole(
        "ping-sweep-hosts",
        "Ping sweep: hosts",
        "Hosts that one asked by ICMP whether they are there, from which on it is a sweep.",
        "10",
        (3, MANY),
    ),
    whole(
        "arp-sweep-hosts",
        "ARP sweep: addresses",
        "Addresses that one host asked for by ARP in a minute, from which on it is a sweep.",
        "25",
        (3, MANY),
    ),
    whole(
        "flood-packets",
        "Flood: packets",
        "Packets to one service without an answer, from which on it may be a flood.",
        "1000",
        (10, 1_000_000_000),
    ),
    whole(
        "flood-rate",
        "Flood: packets a second",
        "Their average rate, packets a second, from which on it is one.",
        "100",
        (1, 1_000_000_000),
    ),
    whole(
        "reflection-hosts",
        "Reflection: hosts",
        "Hosts whose answers nobody asked for, from which on it is a reflection.",
        "10",
        (2, MANY),
    ),
    whole(
        "reflection-factor",
        "Amplification: factor",
        "How much larger answers are than requests, from which on a service amplifies.",
        "10",
        (2, MANY),
    ),
    whole(
        "reflection-flows",
        "Amplification: exchanges",
        "Such exchanges with one host, from which on it is an amplification.",
        "20",
        (2, MANY),
    ),
    whole(
        "guessing-failures",
        "Guessing: refused logins",
        "Logins refused between two hosts, from which on passwords are guessed.",
        "8",
        (2, MANY),
    ),
    whole(
        "guessing-connections",
        "Guessing: short connections",
        "Short connections to a service that hides its logins, from which on passwords are guessed.",
        "20",
        (3, MANY),
    ),
    whole(
        "beacon-flows",
        "Beaconing: flows",
        "Flows to one service, from which on their evenness is looked at.",
        "8",
        (4, MANY),
    ),
    number(
        "beacon-score",
        "Beaconing: score",
        "Evenness of gaps and sizes, 0 to 1, from which on it is a beacon.",
        "0.85",
        (0.0, 1.0),
    ),
    whole(
        "dns-tunnel-names",
        "DNS tunnel: names",
        "Different names below one domain, from which on they may carry data.",
        "20",
        (5, MANY),
    ),
    whole(
        "failed-names",
        "Names that do not exist",
        "Names asked for that do not exist, from which on somebody makes them up.",
        "10",
        (3, MANY),
    ),
    whole(
        "icmp-tunnel-packets",
        "ICMP tunnel: packets",
        "Echo messages between two hosts, from which on their sizes are looked at.",
        "20",
        (4, MANY),
    ),
    whole(
        "arp-spoofing-addresses",
        "ARP spoofing: addresses",
        "Addresses that a hardware address claims, some of them another's, from which on it is spoofing.",
        "2",
        (1, MANY),
    ),
    whole(
        "dhcp-clients",
        "DHCP: clients",
        "Clients of one flow that ask for an address, from which on a server is starved.",
        "100",
        (5, MANY),
    ),
    whole(
        "remote-operations",
        "Lateral movement: operations",
        "Operations by which one host makes another do something, from which on it is told.",
        "1",
        (1, MANY),
    ),
    whole(
        "odd-tls-signs",
        "Odd TLS: signs",
        "Oddities of TLS to an outside host, from which on it is told.",
        "2",
        (1, 6),
    ),
    whole(
        "wifi-deauthentications",
        "Wi-Fi: deauthentications",
        "802.11 frames that throw stations off, from which on they are an attack.",
        "100",
        (5, MANY),
    ),
    whole(
        "wep-replayed-frames",
        "Wi-Fi: injected WEP frames",
        "Frames of one station and one length encrypted by WEP, from which on they are injected to work out the key.",
        "1000",
        (100, MANY),
    ),
    whole(
        "ipv6-odd-headers",
        "IPv6: odd headers",
        "Packets of a sender with IPv6 extension headers that no honest stack writes, from which on they are abuse.",
        "3",
        (1, MANY),
    ),
    whole(
        "worm-hosts",
        "Worm: hosts",
        "Hosts that one contacted on the same service, with refusals, from which on it is spreading.",
        "4",
        (2, MANY),
    ),
    whole(
        "smb-exploit-transactions",
        "SMB exploit: transactions",
        "Transactions of the second kind beside an NT transaction in one flow of SMB 1, from which on it is an exploit.",
        "8",
        (1, MANY),
    ),
    number(
        "exfiltration-bytes",
        "Exfiltration: bytes",
        "Payload bytes that a host sent to an outside one, from which on it may be exfiltration.",
        "1000000",
        (1.0, 1e15),
    ),
    number(
        "exfiltration-ratio",
        "Exfiltration: ratio",
        "Times that a host sent an outside one as much as it got back, from which on it may be exfiltration.",
        "10",
        (1.0, 1e6),
    ),
    whole(
        "web-attack-requests",
        "Web attack: requests",
        "Requests of one client to one web server that look like attacks, from which on it is an attack.",
        "3",
        (1, MANY),
    ),
    whole(
        "web-scan-requests",
        "Web scan: requests",
        "Requests of one client to one web server, half of them for what is not there, from which on it is a scan.",
        "100",
        (10, MANY),
    ),
    whole(
        "executable-bytes",
        "Executable download: bytes",
        "Payload bytes of a flow below which it carries no program.",
        "512",
        (0, MANY),
    ),
    whole(
        "industrial-exceptions",
        "Industrial protocols: exceptions",
        "Exceptions that a device answered to one client, a fifth of its requests, from which on it is a search.",
        "5",
        (1, MANY),
    ),
    whole(
        "industrial-functions",
        "Industrial protocols: functions",
        "Distinct functions that one client used on one device, from which on it is a search.",
        "8",
        (2, 256),
    ),
    whole(
        "cleartext-logins",
        "Credentials in clear: logins",
        "Flows of one client with a readable login, from which on they are told.",
        "1",
        (1, MANY),
    ),
    whole(
        "rare-protocol-hosts",
        "Rare protocol: hosts",
        "Hosts that began flows, from which on a protocol that one alone uses is told.",
        "20",
        (3, MANY),
    ),
    number(
        "loud-host-share",
        "Loud host: share",
        "Share of all flows or packets from which on a host is loud.",
        "0.5",
        (0.05, 1.0),
    ),
    number(
        "burst-factor",
        "Burst: factor",
        "Times that as many flows began in ten seconds as in the median ten seconds, from which on it is a burst.",
        "20",
        (2.0, 1e6),
    ),
    whole(
        "long-connection-seconds",
        "Long connection: seconds",
        "Seconds from which on a connection to an outside host is long.",
        "3600",
        (60, 31_536_000),
    ),
];

/// The thresholds in force, in the order of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits(Vec<f64>);

impl Default for Limits {
    fn default() -> Self {
        // A test reads every default back.
        Self(LIMITS.iter().map(|spec| spec.default.parse().unwrap_or_default()).collect())
    }
}

impl Limits {
    fn place(name: &str) -> Option<usize> {
        LIMITS.iter().position(|spec| spec.name == name)
    }

    /// A threshold; infinite, so that nothing reaches it, where there is none of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> f64 {
        self.find(name).unwrap_or(f64::INFINITY)
    }

    pub(super) fn find(&self, name: &str) -> Option<f64> {
        self.0.get(Self::place(name)?).copied()
    }

    pub(super) fn set(&mut self, name: &str, value: f64) -> Option<()> {
        *self.0.get_mut(Self::place(name)?)? = value;
        Some(())
    }
}

impl Serialize for Limits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(LIMITS.iter().map(|spec| spec.name).zip(&self.0))
    }
}
