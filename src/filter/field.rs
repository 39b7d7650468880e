//! The fields a filter may name: what the parser knows and what every help shows.

use serde::Serialize;

/// A field of the filter language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its first name.
    pub name: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// What it compares, in a sentence.
    pub meaning: &'static str,
    /// A filter that uses it.
    pub example: &'static str,
    #[serde(skip)]
    pub(super) kind: Kind,
}

/// What kind of values a field has, and where a row keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Address(Side),
    Asn(Side),
    Net(Side),
    Port(Side),
    Number(Number, Scale),
    Place(Where, Side),
    Text(Text),
    Proto,
    Severity,
    Flags,
    Time,
    Tunnel,
    Truth,
}

/// Which ends of a row count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Either,
    Orig,
    Resp,
    /// Of a host: those at the other end of most of its flows.
    Peer,
}

/// The units a number may be followed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// None.
    Plain,
    /// k, M, G.
    Count,
    /// B, kB, MB, GB, TB and the binary ones.
    Bytes,
    /// ns, us, ms, s, m, h, d; seconds without one.
    Seconds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Score,
    Cluster,
    Packets,
    OrigPackets,
    RespPackets,
    Bytes,
    OrigBytes,
    RespBytes,
    OrigIpBytes,
    RespIpBytes,
    Payload,
    Duration,
    Entropy,
    /// In the capture.
    Position,
    Vlan,
    Ttl,
    Window,
    Gap,
    Confidence,
    Flows,
    OrigFlows,
    RespFlows,
    Peers,
    Ports,
    AskedPorts,
    Failed,
    Sent,
    Received,
    MissedBytes,
    Retransmissions,
    Rtt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Service,
    Guess,
    ServerName,
    Ja3,
    Ja4,
    HttpHost,
    HttpUri,
    UserAgent,
    DnsQuery,
    State,
    History,
    Reason,
    Id,
}

/// What a GeoIP database beside the capture says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// Its code, or its name.
    Country,
    City,
    Organisation,
}

const fn field(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    meaning: &'static str,
    example: &'static str,
) -> Field {
    Field { name, aliases, meaning, example, kind }
}

const fn number(
    name: &'static str,
    aliases: &'static [&'static str],
    (number, scale): (Number, Scale),
    meaning: &'static str,
    example: &'static str,
) -> Field {
    field(name, aliases, Kind::Number(number, scale), meaning, example)
}

/// Every field, the most used first. A row that lacks a field's value meets no condition on it.
pub static FIELDS: &[Field] = &[
    field("ip", &["host", "addr"], Kind::Address(Side::Either), "Address of either end, or a network", "ip 10.0.0.5"),
    field("net", &[], Kind::Net(Side::Either), "Network of either end; 10/8 is 10.0.0.0/8", "net 10/8"),
    field(
        "src",
        &["orig", "id.orig_h", "orig_h"],
        Kind::Address(Side::Orig),
        "Address of the originator; of a packet, of the sender",
        "src 10.0.0.5",
    ),
    field(
        "dst",
        &["resp", "id.resp_h", "resp_h"],
        Kind::Address(Side::Resp),
        "Address of the responder; of a packet, of the receiver",
        "dst 192.168/16",
    ),
    field("port", &[], Kind::Port(Side::Either), "Port of either end", "port in {53, 80-90}"),
    field(
        "sport",
        &["orig_port", "src_port", "id.orig_p", "orig_p"],
        Kind::Port(Side::Orig),
        "Port of the originator; of a packet, of the sender",
        "sport > 1023",
    ),
    field(
        "dport",
        &["resp_port", "dst_port", "id.resp_p", "resp_p"],
        Kind::Port(Side::Resp),
        "Port of the responder; of a packet, of the receiver",
        "dport 443",
    ),
    field(
        "proto",
        &["ip_proto"],
        Kind::Proto,
        "Transport protocol: tcp, udp, icmp, arp ... or its IP number",
        "proto udp",
    ),
    field(
        "service",
        &[],
        Kind::Text(Text::Service),
        "Application protocol by what the payload says, inside of TLS by its port",
        "service tls",
    ),
    field(
        "guess",
        &["service_guess"],
        Kind::Text(Text::Guess),
        "Application protocol that the model or the port takes a flow for whose payload says nothing",
        "guess ssh",
    ),
    number(
        "confidence",
        &["service_confidence"],
        (Number::Confidence, Scale::Plain),
        "How sure the service is, 0 to 1, be it known or guessed; of several the least sure",
        "confidence >= 0.9",
    ),
    field(
        "server_name",
        &["sni", "tls.sni"],
        Kind::Text(Text::ServerName),
        "Server's name that a TLS, DTLS or QUIC client asks for (SNI)",
        "server_name ~ example.org",
    ),
    field("ja3", &["tls.ja3"], Kind::Text(Text::Ja3), "JA3 of a TLS client", "ja3 72a589da586844d7f0818ce684948eea"),
    field("ja4", &["tls.ja4"], Kind::Text(Text::Ja4), "JA4 of a TLS, DTLS or QUIC client", "ja4 ~ t13d1516h2"),
    field("http.host", &["http_host"], Kind::Text(Text::HttpHost), "Host of the first HTTP request", "http.host ~ cdn"),
    field("http.uri", &["uri"], Kind::Text(Text::HttpUri), "What the first HTTP request asks for", "http.uri ~ .exe"),
    field(
        "user_agent",
        &["http.user_agent"],
        Kind::Text(Text::UserAgent),
        "What an HTTP client says it is",
        "user_agent ~ curl",
    ),
    field(
        "dns.query",
        &["dns_query", "query"],
        Kind::Text(Text::DnsQuery),
        "A name that is asked of DNS, mDNS or LLMNR",
        "dns.query ~ example.org",
    ),
    number("score", &[], (Number::Score, Scale::Plain), "Score, 0 to 1; higher is stranger", "score > 0.8"),
    field("severity", &[], Kind::Severity, "Severity: none, info, low, medium, high or critical", "severity >= medium"),
    field("anomalous", &["anomaly"], Kind::Truth, "Whether the row is anomalous", "anomalous"),
    field("reason", &[], Kind::Text(Text::Reason), "Why it is anomalous: distance or small_cluster", "reason distance"),
    number("cluster", &[], (Number::Cluster, Scale::Plain), "Number of the nearest cluster", "cluster 2"),
    field("state", &["conn_state"], Kind::Text(Text::State), "Zeek's connection state of a flow", "state in {S0, REJ}"),
    field(
        "history",
        &[],
        Kind::Text(Text::History),
        "Zeek's history letters of a flow; upper case is the originator",
        "history ~ ShR",
    ),
    number(
        "duration",
        &[],
        (Number::Duration, Scale::Seconds),
        "From a flow's first to its last packet; seconds, or with ms, s, m, h",
        "duration > 1.5 m",
    ),
    number(
        "bytes",
        &["length"],
        (Number::Bytes, Scale::Bytes),
        "Bytes on the wire, both directions; with k, M, G",
        "bytes > 10 MB",
    ),
    number(
        "packets",
        &["pkts"],
        (Number::Packets, Scale::Count),
        "Packets of a flow, both directions",
        "packets >= 1000",
    ),
    number(
        "orig_bytes",
        &[],
        (Number::OrigBytes, Scale::Bytes),
        "Payload bytes from originator to responder",
        "orig_bytes > 1M",
    ),
    number(
        "resp_bytes",
        &[],
        (Number::RespBytes, Scale::Bytes),
        "Payload bytes from responder to originator",
        "resp_bytes = 0",
    ),
    number(
        "orig_ip_bytes",
        &[],
        (Number::OrigIpBytes, Scale::Bytes),
        "Bytes with IP headers from originator to responder",
        "orig_ip_bytes < 100",
    ),
    number(
        "resp_ip_bytes",
        &[],
        (Number::RespIpBytes, Scale::Bytes),
        "Bytes with IP headers from responder to originator",
        "resp_ip_bytes < 100",
    ),
    number(
        "orig_pkts",
        &["orig_packets"],
        (Number::OrigPackets, Scale::Count),
        "Packets from originator to responder",
        "orig_pkts 1",
    ),
    number(
        "resp_pkts",
        &["resp_packets"],
        (Number::RespPackets, Scale::Count),
        "Packets from responder to originator",
        "resp_pkts 0",
    ),
    number("payload", &["payload_len"], (Number::Payload, Scale::Bytes), "Payload bytes, both directions", "payload 0"),
    field("ts", &["time"], Kind::Time, "Time of the packet, of a flow its first, UTC", "ts >= 2024-03-04T08:00:00Z"),
    field("uid", &["id"], Kind::Text(Text::Id), "A flow's uid; a packet's number", "uid CHhAvVGS1DHFjwGM9"),
    number(
        "number",
        &["first_packet"],
        (Number::Position, Scale::Count),
        "Number of the packet in the capture; of a flow, of its first",
        "number 1-20",
    ),
    number(
        "missed_bytes",
        &[],
        (Number::MissedBytes, Scale::Bytes),
        "Payload bytes of a TCP flow that were acknowledged and not captured",
        "missed_bytes > 0",
    ),
    number(
        "retransmissions",
        &["rexmit"],
        (Number::Retransmissions, Scale::Count),
        "Packets of a TCP flow that only repeat payload, both directions",
        "retransmissions > 10",
    ),
    number(
        "rtt",
        &[],
        (Number::Rtt, Scale::Seconds),
        "Round trip of a TCP flow's handshake; seconds, or with ms, s, m, h",
        "rtt > 200 ms",
    ),
    number("vlan", &[], (Number::Vlan, Scale::Plain), "Outermost VLAN of a flow", "vlan 5"),
    field("tunnel", &[], Kind::Tunnel, "Innermost tunnel around a flow, or any", "tunnel vxlan"),
    number(
        "entropy",
        &[],
        (Number::Entropy, Scale::Plain),
        "Entropy of a packet's payload, bits a byte, 0 to 8",
        "entropy > 7.5",
    ),
    field(
        "flags",
        &["tcp_flags"],
        Kind::Flags,
        "TCP flags that are set, all of those named; of a flow, by any of its packets",
        "flags SYN+ACK",
    ),
    number("ttl", &[], (Number::Ttl, Scale::Plain), "Time to live or hop limit of a packet", "ttl <= 5"),
    number("window", &["tcp_window"], (Number::Window, Scale::Count), "TCP window of a packet, unscaled", "window 0"),
    number(
        "iat",
        &["gap"],
        (Number::Gap, Scale::Seconds),
        "Time since the packet before in the same flow",
        "iat > 100 ms",
    ),
    number("flows", &[], (Number::Flows, Scale::Count), "Flows of a host", "flows > 1k"),
    number("orig_flows", &[], (Number::OrigFlows, Scale::Count), "Flows that a host began", "orig_flows 0"),
    number("resp_flows", &[], (Number::RespFlows, Scale::Count), "Flows to a host", "resp_flows > 100"),
    number("peers", &[], (Number::Peers, Scale::Count), "Distinct hosts that a host had flows with", "peers > 50"),
    field(
        "peer",
        &["main_peer"],
        Kind::Address(Side::Peer),
        "Address that a host had most flows with, on either side",
        "peer 10.0.0.5",
    ),
    number("ports", &["tried"], (Number::Ports, Scale::Count), "Distinct ports that a host tried", "ports > 20"),
    number(
        "asked_ports",
        &[],
        (Number::AskedPorts, Scale::Count),
        "Distinct ports that were tried on a host",
        "asked_ports > 20",
    ),
    number(
        "failed",
        &["failed_share"],
        (Number::Failed, Scale::Plain),
        "Share of the flows a host began that got nothing back, 0 to 1",
        "failed > 0.9",
    ),
    number("sent", &[], (Number::Sent, Scale::Bytes), "Payload bytes that a host sent", "sent > 100 MB"),
    number("received", &[], (Number::Received, Scale::Bytes), "Payload bytes that a host received", "received 0"),
    field(
        "country",
        &[],
        Kind::Place(Where::Country, Side::Either),
        "Country of either end by a GeoIP database: its ISO code, or its name",
        "country RU",
    ),
    field(
        "orig_country",
        &["orig_cc"],
        Kind::Place(Where::Country, Side::Orig),
        "Country of the originator by a GeoIP database",
        "orig_country in {CN, RU}",
    ),
    field(
        "resp_country",
        &["resp_cc"],
        Kind::Place(Where::Country, Side::Resp),
        "Country of the responder by a GeoIP database",
        "resp_country != DE",
    ),
    field(
        "city",
        &[],
        Kind::Place(Where::City, Side::Either),
        "City of either end by a GeoIP database",
        "city ~ berlin",
    ),
    field(
        "orig_city",
        &[],
        Kind::Place(Where::City, Side::Orig),
        "City of the originator by a GeoIP database",
        "orig_city Paris",
    ),
    field(
        "resp_city",
        &[],
        Kind::Place(Where::City, Side::Resp),
        "City of the responder by a GeoIP database",
        "resp_city Paris",
    ),
    field(
        "asn",
        &[],
        Kind::Asn(Side::Either),
        "Number of either end's autonomous system by a GeoIP database",
        "asn 15169",
    ),
    field(
        "orig_asn",
        &[],
        Kind::Asn(Side::Orig),
        "Number of the originator's autonomous system by a GeoIP database",
        "orig_asn AS15169",
    ),
    field(
        "resp_asn",
        &[],
        Kind::Asn(Side::Resp),
        "Number of the responder's autonomous system by a GeoIP database",
        "resp_asn in {13335, 15169}",
    ),
    field(
        "as_org",
        &[],
        Kind::Place(Where::Organisation, Side::Either),
        "Organisation of either end's autonomous system by a GeoIP database",
        "as_org ~ hosting",
    ),
    field(
        "orig_as_org",
        &[],
        Kind::Place(Where::Organisation, Side::Orig),
        "Organisation of the originator's autonomous system by a GeoIP database",
        "orig_as_org ~ hosting",
    ),
    field(
        "resp_as_org",
        &[],
        Kind::Place(Where::Organisation, Side::Resp),
        "Organisation of the responder's autonomous system by a GeoIP database",
        "resp_as_org ~ cloud",
    ),
];

/// The field of a name in any case.
pub(super) fn named(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| std::iter::once(&f.name).chain(f.aliases).any(|n| n.eq_ignore_ascii_case(name)))
}

/// The field for `src net`, `dst port` and their like.
pub(super) fn sided(side: &Field, what: &str) -> Option<&'static Field> {
    let Kind::Address(side) = side.kind else { return None };
    let kind = match what.to_ascii_lowercase().as_str() {
        "host" | "ip" | "net" => Kind::Address(side),
        "port" => Kind::Port(side),
        _ => return None,
    };
    FIELDS.iter().find(|f| side != Side::Either && f.kind == kind)
}

/// The field name that a mistyped one was probably meant to be.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let allowed = match name.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let names = FIELDS.iter().flat_map(|f| std::iter::once(f.name).chain(f.aliases.iter().copied()));
    // Of names as near, the one that the text begins.
    let rank = |n: &'static str| (distance(&name, n), !n.starts_with(&name), n);
    let (far, _, meant) = names.map(rank).min_by_key(|(far, is_other, _)| (*far, *is_other))?;
    (1..=allowed).contains(&far).then_some(meant)
}

/// Characters to insert, remove, replace or swap with their neighbour between two texts (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let first: Vec<usize> = (0..=b.len()).collect();
    let (mut before, mut last) = (first.clone(), first);
    let mut previous = None;
    for (i, ca) in a.chars().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let get = |r: &[usize], at: usize| r.get(at).copied().unwrap_or(usize::MAX / 2);
            let replace = get(&last, j) + usize::from(ca != *cb);
            let mut best = replace.min(get(&last, j + 1) + 1).min(get(&row, j) + 1);
            let is_swapped = j > 0 && previous == Some(*cb) && b.get(j - 1) == Some(&ca);
            if is_swapped {
                best = best.min(get(&before, j - 1) + 1);
            }
            row.push(best);
        }
        (before, last) = (last, row);
        previous = Some(ca);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_examples_are_filters() {
        let mut names = BTreeSet::new();
        for f in FIELDS {
            for name in std::iter::once(&f.name).chain(f.aliases) {
                assert!(names.insert(*name), "{name}");
                assert_eq!(named(&name.to_uppercase()).map(|n| n.name), Some(f.name));
            }
            assert!(f.example.starts_with(f.name), "{}", f.example);
            assert!(crate::filter::Filter::parse(f.example).is_ok(), "{}", f.example);
        }
    }

    #[test]
    fn knows_what_was_meant() {
        for (typed, meant) in [
            ("prto", Some("proto")),
            ("prot", Some("proto")),
            ("porto", Some("port")),
            ("protoo", Some("proto")),
            ("scroe", Some("score")),
            ("severty", Some("severity")),
            ("colour", None),
            ("xy", None),
            ("score", None),
        ] {
            assert_eq!(nearest(typed), meant, "{typed}");
        }
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
