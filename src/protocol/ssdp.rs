//! SSDP: UPnP Device Architecture 2.0.

use super::parser::{Match, Parser, Probe, Progress};
use super::words::headers;
use crate::report::{Record, SsdpRecord, Text};

const MAX_NAMES: usize = 16;

/// A search or announcement; an answer on the port.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    kind(probe.payload)
        .filter(|kind| *kind != "response" || probe.has_port(&[1900]))
        .map(|_| Match::parsed("ssdp", Ssdp::default()))
}

fn kind(message: &[u8]) -> Option<&'static str> {
    match () {
        () if message.starts_with(b"M-SEARCH * HTTP/1.") => Some("M-SEARCH"),
        () if message.starts_with(b"NOTIFY * HTTP/1.") => Some("NOTIFY"),
        () if message.starts_with(b"HTTP/1.1 200 OK") => Some("response"),
        () => None,
    }
}

#[derive(Debug, Default)]
struct Ssdp {
    record: SsdpRecord,
}

impl Parser for Ssdp {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let r = &mut self.record;
        let Some(kind) = kind(bytes) else { return Progress::More };
        r.messages.add(kind);
        for (name, value) in headers(bytes) {
            match name.to_ascii_uppercase().as_slice() {
                b"ST" | b"NT" => r.targets.add_new(MAX_NAMES, Text::new(value)),
                b"LOCATION" => r.locations.add_new(MAX_NAMES, Text::new(value)),
                b"SERVER" if r.server.is_none() => r.server = Some(Text::new(value)),
                b"USER-AGENT" if r.user_agent.is_none() => r.user_agent = Some(Text::new(value)),
                _ => {}
            }
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Ssdp(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    #[test]
    fn reads_targets_and_locations() {
        let found = over_udp(
            1900,
            &[
                (true, b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\nUSER-AGENT: a/1\r\n\r\n"),
                (true, b"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nLOCATION: http://192.0.2.1/d.xml\r\nSERVER: Linux UPnP/1.0\r\n\r\n"),
            ],
        );
        let [Record::Ssdp(ssdp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((ssdp.messages.of("M-SEARCH"), ssdp.messages.of("NOTIFY"), ssdp.targets.total), (1, 1, 2));
        assert_eq!((ssdp.server.clone(), ssdp.user_agent.clone()), (Some("Linux UPnP/1.0".into()), Some("a/1".into())));
        assert_eq!(ssdp.locations.first[0].as_str(), "http://192.0.2.1/d.xml");
    }

    #[test]
    fn other_requests_are_none() {
        assert_eq!(named_udp(1900, &[(true, b"NOTIFY /x HTTP/1.1\r\n\r\n")]), None);
        assert_eq!(named_udp(40_001, &[(true, b"HTTP/1.1 200 OK\r\n\r\n")]), None);
    }
}
