//! RADIUS: RFC 2865, RFC 2866, RFC 5176.

use super::bytes::{be16, from, is_len, up_to};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{RadiusRecord, Record, Text};

const PORTS: [u16; 6] = [1812, 1813, 1645, 1646, 3799, 1700];
const HEADER: usize = 20;
const MAX_NAMES: usize = 16;

/// A known code and a length that is the datagram's; on the ports, or with attributes that fill it exactly.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_length = be16(p, 2).is_some_and(|n| is_len(n, p) || (probe.is_cut && usize::from(n) > p.len()));
    let is_header = p.len() >= HEADER && p.first().is_some_and(|code| name(*code).is_some()) && is_length;
    let fills = p.len() > HEADER && attributes(p).all(|(kind, _)| kind > 0) && ends_whole(p);
    (is_header
        && (probe.has_port(&PORTS)
            || (fills && !probe.is_cut && attributes(p).any(|(kind, value)| kind == 1 && value.is_ascii()))))
    .then(|| Match::parsed("radius", Radius::default()))
}

fn name(code: u8) -> Option<&'static str> {
    Some(match code {
        1 => "access request",
        2 => "access accept",
        3 => "access reject",
        4 => "accounting request",
        5 => "accounting response",
        11 => "access challenge",
        12 => "status server",
        13 => "status client",
        40 => "disconnect request",
        41 => "disconnect ack",
        42 => "disconnect nak",
        43 => "change request",
        44 => "change ack",
        45 => "change nak",
        _ => return None,
    })
}

/// Type and value of each attribute.
fn attributes(p: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = from(p, HEADER);
    std::iter::from_fn(move || {
        let &[kind, len, ..] = rest else { return None };
        let len = usize::from(len).max(2);
        let attribute = up_to(rest, len);
        rest = from(rest, len);
        Some((kind, from(attribute, 2)))
    })
}

fn ends_whole(p: &[u8]) -> bool {
    let mut rest = from(p, HEADER);
    while let &[_, len, ..] = rest {
        if len < 2 {
            return false;
        }
        let Some(after) = rest.get(usize::from(len)..) else { return false };
        rest = after;
    }
    rest.is_empty()
}

#[derive(Debug, Default)]
struct Radius {
    record: RadiusRecord,
}

impl Parser for Radius {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let Some(name) = bytes.first().and_then(|code| name(*code)) else { return Progress::More };
        let r = &mut self.record;
        r.messages.add(name);
        r.failed_logins += u64::from(name == "access reject");
        r.logins += u64::from(name == "access accept");
        for (kind, value) in attributes(bytes).filter(|(_, value)| !value.is_empty()) {
            match kind {
                1 => {
                    let user = Text::new(value);
                    r.user.get_or_insert_with(|| user.clone());
                    r.users.add_new(MAX_NAMES, user);
                }
                32 => drop(r.nas.get_or_insert_with(|| Text::new(value))),
                _ => {}
            }
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Radius(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    fn message(code: u8, attributes: &[u8]) -> Vec<u8> {
        let len = u8::try_from(HEADER + attributes.len()).unwrap();
        [&[code, 1, 0, len], &[7; 16][..], attributes].concat()
    }

    #[test]
    fn counts_refused_requests() {
        let request = message(1, b"\x01\x05ann\x02\x0asecret!!\x20\x05ap1");
        let reject = message(3, b"");
        let found = over_udp(1812, &[(true, &request), (false, &reject), (true, &request), (false, &reject)]);
        let [Record::Radius(radius)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((radius.failed_logins, radius.logins, radius.messages.of("access request")), (2, 0, 2));
        assert_eq!((radius.user.clone(), radius.nas.clone()), (Some("ann".into()), Some("ap1".into())));
        assert!(!format!("{radius:?}").contains("secret"));
        assert_eq!(named_udp(40_001, &[(true, &request)]), Some("radius"));
    }

    #[test]
    fn other_codes_and_lengths_are_none() {
        for bytes in
            [message(99, b"\x01\x05ann"), message(1, b"\x01\x05ann")[..22].to_vec(), message(1, b"")[..19].to_vec()]
        {
            assert_eq!(named_udp(1812, &[(true, &bytes)]), None);
        }
        assert_eq!(named_udp(40_001, &[(true, &message(1, b"\x01\x09ann"))]), None);
    }
}
