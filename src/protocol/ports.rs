//! What registered ports say where no payload can: which protocol is inside of TLS, and what a flow is whose payload was
//! not captured.
//!
//! **Source** IANA's Service Name and Transport Protocol Port Number Registry, and the registry of ALPN protocol names.
//! Only ports that are registered for one protocol of ours stand here: not 443, which everything uses, nor the habits of
//! programs that have no port of their own.

use crate::report::{Application, KnownBy, Proto, Record, Service};

/// **Source** RFC 6335, section 6.
const LAST_SYSTEM_PORT: u16 = 1023;
/// How surely a protocol is inside of TLS on the port that is registered for that.
const INSIDE: f32 = 0.9;
/// How surely a flow without captured payload is what its port is registered for.
const UNSEEN: f32 = 0.5;

/// A protocol on a port of its own.
struct Registered {
    port: u16,
    service: &'static str,
    /// Services, of TLS's family, that carry it there.
    carriers: &'static [&'static str],
    /// Its names in ALPN; empty where it has none.
    alpn: &'static [&'static str],
}

const fn over(
    carriers: &'static [&'static str],
    port: u16,
    service: &'static str,
    alpn: &'static [&'static str],
) -> Registered {
    Registered { port, service, carriers, alpn }
}

const TLS: &[&str] = &["ssl"];
const TLS_OR_DTLS: &[&str] = &["ssl", "dtls"];

/// Ports where TLS begins with the first byte.
const IN_TLS: &[Registered] = &[
    over(TLS, 322, "rtsp", &[]),
    over(TLS, 465, "smtp", &[]),
    over(TLS, 636, "ldap", &[]),
    over(TLS, 802, "modbus", &[]),
    over(&["ssl", "dtls", "quic"], 853, "dns", &["dot", "doq"]),
    over(TLS, 990, "ftp", &["ftp"]),
    over(TLS, 992, "telnet", &[]),
    over(TLS, 993, "imap", &["imap"]),
    over(TLS, 995, "pop3", &["pop3"]),
    over(TLS_OR_DTLS, 2083, "radius", &["radius/1.0", "radius/1.1"]),
    over(TLS, 2484, "oracle", &[]),
    over(TLS, 3269, "ldap", &[]),
    over(TLS, 5061, "sip", &["sip/2"]),
    over(TLS_OR_DTLS, 5349, "stun", &["stun.turn", "stun.nat-discovery"]),
    over(TLS_OR_DTLS, 5684, "coap", &["coap", "co"]),
    over(TLS_OR_DTLS, 6514, "syslog", &[]),
    over(TLS, 6697, "irc", &["irc"]),
    over(TLS, 8883, "mqtt", &["mqtt"]),
    over(TLS_OR_DTLS, 10161, "snmp", &[]),
    over(TLS_OR_DTLS, 10162, "snmp", &[]),
    over(TLS, 19999, "dnp3", &[]),
];

/// Ports of protocols in clear over TCP.
const OVER_TCP: &[(u16, &str)] = &[
    (21, "ftp"),
    (22, "ssh"),
    (23, "telnet"),
    (25, "smtp"),
    (53, "dns"),
    (80, "http"),
    (88, "kerberos"),
    (110, "pop3"),
    (139, "netbios"),
    (143, "imap"),
    (389, "ldap"),
    (443, "ssl"),
    (445, "smb"),
    (502, "modbus"),
    (554, "rtsp"),
    (587, "smtp"),
    (1080, "socks"),
    (1194, "openvpn"),
    (1433, "mssql"),
    (1883, "mqtt"),
    (3268, "ldap"),
    (3306, "mysql"),
    (3389, "rdp"),
    (3478, "stun"),
    (5060, "sip"),
    (5222, "xmpp"),
    (5269, "xmpp"),
    (5432, "postgresql"),
    (5900, "rfb"),
    (6379, "redis"),
    (6667, "irc"),
    (8080, "http"),
    (20000, "dnp3"),
    (27017, "mongodb"),
    (44818, "enip"),
];

/// Ports of protocols over UDP.
const OVER_UDP: &[(u16, &str)] = &[
    (53, "dns"),
    (67, "dhcp"),
    (88, "kerberos"),
    (123, "ntp"),
    (137, "netbios"),
    (138, "netbios"),
    (161, "snmp"),
    (389, "ldap"),
    (443, "quic"),
    (500, "ipsec"),
    (1194, "openvpn"),
    (1812, "radius"),
    (1813, "radius"),
    (3478, "stun"),
    (4500, "ipsec"),
    (5060, "sip"),
    (5683, "coap"),
    (20000, "dnp3"),
    (44818, "enip"),
    (47808, "bacnet"),
];

/// What a flow is whose only protocol is one of TLS's family, by the responder's port. Names in ALPN that are not the
/// protocol's own speak against it. Where the beginning was not captured the one who was seen first may be the server: then
/// the originator's port counts if it is a system port, which no client is given.
pub(super) fn inside(services: &[Service], (orig, resp): (u16, u16), records: &[Record]) -> Option<Service> {
    let [carrier] = services else { return None };
    let of = |port| IN_TLS.iter().find(|known| known.port == port && known.carriers.contains(&carrier.name));
    let is_midway = || !records.iter().any(has_hello) && orig <= LAST_SYSTEM_PORT && resp > LAST_SYSTEM_PORT;
    let known = of(resp).or_else(|| of(orig).filter(|_| is_midway()))?;
    let is_own = |name: &crate::report::Text| known.alpn.contains(&name.as_str());
    let agrees = records.iter().all(|record| match record {
        Record::Tls(r) | Record::Dtls(r) => match &r.chosen_alpn {
            Some(chosen) => is_own(chosen),
            None => r.offer.alpn.first.is_empty() || r.offer.alpn.first.iter().any(is_own),
        },
        Record::Quic(r) => r.offer.alpn.first.is_empty() || r.offer.alpn.first.iter().any(is_own),
        _ => true,
    });
    agrees.then_some(Service { name: known.service, known_by: KnownBy::Port, confidence: INSIDE })
}

/// Whether one of the messages was read that a connection begins with.
fn has_hello(record: &Record) -> bool {
    match record {
        Record::Tls(r) | Record::Dtls(r) => r.offer.max_version.is_some() || r.version.is_some(),
        Record::Quic(r) => r.offer.max_version.is_some(),
        _ => false,
    }
}

/// What a flow without captured payload is taken for by the responder's port; `None` where it is not registered for a
/// protocol that is known here.
#[must_use]
pub fn by_port(proto: Proto, port: u16) -> Option<Application> {
    let service = |name| Service { name, known_by: KnownBy::Port, confidence: UNSEEN };
    let in_clear = match proto {
        Proto::TCP => OVER_TCP,
        Proto::UDP => OVER_UDP,
        _ => return None,
    };
    let services = match in_clear.iter().find(|(known, _)| *known == port) {
        Some((_, name)) => vec![service(name)],
        // Over UDP DTLS and QUIC share ports.
        None if proto == Proto::TCP => {
            let known = IN_TLS.iter().find(|known| known.port == port)?;
            vec![service("ssl"), service(known.service)]
        }
        None => return None,
    };
    Some(Application { services, records: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{inspect, over_tcp};
    use crate::report::{Offer, QuicRecord, TlsRecord};

    const HELLO: &[u8] = b"\x16\x03\x01\x00\x80\x01\x00\x00\x7c\x03\x03";

    fn names(application: &Application) -> Vec<&'static str> {
        application.names_of_services().collect()
    }

    #[test]
    fn a_port_tells_what_is_inside_of_tls() {
        for (port, inner) in [(465, "smtp"), (636, "ldap"), (853, "dns"), (990, "ftp"), (993, "imap"), (995, "pop3")] {
            let found = over_tcp(port, &[(true, HELLO)]);
            assert_eq!(names(&found), ["ssl", inner]);
            assert_eq!(found.known_by_text(), "payload,port");
            assert_eq!(found.services[0].confidence, 1.0);
            assert_eq!(found.services[1].confidence, INSIDE);
            assert_eq!(found.service(), Some("ssl"), "what the payload says");
        }
    }

    #[test]
    fn other_ports_and_other_payload_tell_nothing() {
        for port in [443, 8443, 143, 994, 40_001] {
            assert_eq!(names(&over_tcp(port, &[(true, HELLO)])), ["ssl"], "{port}");
        }
        // Not TLS, though on a port for it: what is read is all.
        assert_eq!(names(&over_tcp(993, &[(true, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")])), ["http"]);
        assert_eq!(inspect(Proto::TCP, 993, &[(true, b"hello there, nobody knows this")]), None);
        // TLS inside of something that the payload shows.
        let talk: [(bool, &[u8]); 3] =
            [(true, b"CONNECT mail.example:993 HTTP/1.1\r\n\r\n"), (false, b"HTTP/1.1 200 OK\r\n\r\n"), (true, HELLO)];
        assert_eq!(names(&over_tcp(993, &talk)), ["http", "ssl"]);
    }

    #[test]
    fn names_in_alpn_may_speak_against_the_port() {
        let carrier = |name| [Service { name, known_by: KnownBy::Payload, confidence: 1.0 }];
        let inner = |name, port, records: &[Record]| {
            inside(&carrier(name), (40_000, port), records).map(|service| service.name)
        };
        let tls = |offered: &[&str], chosen: Option<&str>| {
            let mut record = TlsRecord { chosen_alpn: chosen.map(Into::into), ..TlsRecord::default() };
            offered.iter().for_each(|name| record.offer.alpn.add_new(8, (*name).into()));
            [Record::Tls(Box::new(record))]
        };
        assert_eq!(inner("ssl", 993, &tls(&[], None)), Some("imap"));
        assert_eq!(inner("ssl", 993, &tls(&["imap"], None)), Some("imap"));
        assert_eq!(inner("ssl", 993, &tls(&["h2", "http/1.1"], None)), None);
        assert_eq!(inner("ssl", 853, &tls(&["h2", "dot"], None)), Some("dns"));
        assert_eq!(inner("ssl", 853, &tls(&["h2", "dot"], Some("h2"))), None);
        let mut offer = Offer::default();
        offer.alpn.add_new(8, "h3".into());
        let h3 = [Record::Quic(Box::new(QuicRecord { offer, ..QuicRecord::default() }))];
        assert_eq!((inner("quic", 853, &h3), inner("quic", 853, &[])), (None, Some("dns")));
        assert_eq!((inner("dtls", 5684, &[]), inner("dtls", 993, &[])), (Some("coap"), None));
        assert_eq!(inside(&[], (40_000, 993), &[]), None);
    }

    #[test]
    fn the_server_may_be_seen_first() {
        let tls = [Service { name: "ssl", known_by: KnownBy::Payload, confidence: 1.0 }];
        let inner = |ports, record| inside(&tls, ports, &[Record::Tls(Box::new(record))]).map(|service| service.name);
        assert_eq!(inner((993, 40_000), TlsRecord::default()), Some("imap"));
        let begun = TlsRecord { version: Some("TLSv12".into()), ..TlsRecord::default() };
        assert_eq!(inner((993, 40_000), begun), None);
        assert_eq!(inner((8883, 40_000), TlsRecord::default()), None, "a client may have that port");
        assert_eq!(inner((993, 443), TlsRecord::default()), None);
    }

    #[test]
    fn each_port_stands_once() {
        for proto in [Proto::TCP, Proto::UDP] {
            let ports: Vec<u16> = match proto {
                Proto::TCP => OVER_TCP.iter().map(|(port, _)| *port).chain(IN_TLS.iter().map(|k| k.port)).collect(),
                _ => OVER_UDP.iter().map(|(port, _)| *port).collect(),
            };
            let distinct: std::collections::BTreeSet<u16> = ports.iter().copied().collect();
            assert_eq!(distinct.len(), ports.len());
            assert!(ports.iter().all(|port| by_port(proto, *port).is_some_and(|a| a.is_guess())));
        }
        assert_eq!(by_port(Proto::TCP, 993).map(|a| names(&a)), Some(vec!["ssl", "imap"]));
        assert_eq!(
            (by_port(Proto::UDP, 993), by_port(Proto::ICMP, 53), by_port(Proto::TCP, 40_001)),
            (None, None, None)
        );
    }
}
