//! DHCP: RFC 2131.

use std::net::{IpAddr, Ipv4Addr};

use super::bytes::{be32, from};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{DhcpRecord, Record, Text};

const COOKIE: u32 = 0x6382_5363;
const OPTIONS: usize = 240;
const MAX_CLIENTS: usize = 16;
/// Options of one message that are read.
const MAX_OPTIONS: usize = 128;

/// BOOTP with DHCP's magic cookie.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let is_bootp = matches!(p, [1 | 2, _, 0..=16, ..]) && be32(p, 236) == Some(COOKIE);
    is_bootp.then(|| Match::parsed("dhcp", Dhcp::default()))
}

#[derive(Debug, Default)]
struct Dhcp {
    record: DhcpRecord,
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let address = Ipv4Addr::from(*bytes.first_chunk::<4>()?);
    (!address.is_unspecified()).then_some(IpAddr::V4(address))
}

impl Parser for Dhcp {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        if be32(bytes, 236) != Some(COOKIE) {
            return Progress::More;
        }
        let r = &mut self.record;
        r.given_address = r.given_address.or(address(from(bytes, 16)));
        if let (Some(&[1, 6]), Some(mac)) = (bytes.get(1..3).and_then(|b| b.first_chunk::<2>()), bytes.get(28..34)) {
            let text: Vec<String> = mac.iter().map(|b| format!("{b:02x}")).collect();
            r.clients.add_new(MAX_CLIENTS, Text::from(text.join(":").as_str()));
        }
        let mut kind = "bootp";
        let mut rest = from(bytes, OPTIONS);
        for _ in 0..MAX_OPTIONS {
            let (option, len, content) = match rest {
                [0, after @ ..] => {
                    rest = after;
                    continue;
                }
                [option @ 1..=254, len, content @ ..] => (*option, usize::from(*len), content),
                _ => break,
            };
            let Some((value, after)) = content.split_at_checked(len) else { break };
            rest = after;
            match option {
                12 => drop(r.hostname.get_or_insert_with(|| Text::new(value))),
                15 => drop(r.domain.get_or_insert_with(|| Text::new(value))),
                60 => drop(r.vendor.get_or_insert_with(|| Text::new(value))),
                50 => r.requested_address = r.requested_address.or(address(value)),
                54 => r.server = r.server.or(address(value)),
                53 => kind = value.first().map_or("other", |code| message_name(*code)),
                _ => {}
            }
        }
        r.messages.add(kind);
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Dhcp(Box::new(self.record)))
    }
}

fn message_name(code: u8) -> &'static str {
    match code {
        1 => "discover",
        2 => "offer",
        3 => "request",
        4 => "decline",
        5 => "ack",
        6 => "nak",
        7 => "release",
        8 => "inform",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    fn message(options: &[u8]) -> Vec<u8> {
        let mut out = vec![0u8; 236];
        out[..3].copy_from_slice(&[1, 1, 6]);
        out[28..34].copy_from_slice(&[2, 0, 0, 0, 0, 7]);
        [&out[..], &COOKIE.to_be_bytes(), options].concat()
    }

    #[test]
    fn reads_who_wants_what() {
        let request =
            message(b"\x35\x01\x03\x32\x04\xc0\x00\x02\x07\x0c\x03pc7\x36\x04\xc0\x00\x02\x01\x3c\x08MSFT 5.0\xff");
        let found = over_udp(67, &[(true, &request), (true, &message(b"\x35\x01\x01\xff"))]);
        let [Record::Dhcp(dhcp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (dhcp.messages.of("request"), dhcp.messages.of("discover"), dhcp.hostname.clone()),
            (1, 1, Some("pc7".into()))
        );
        assert_eq!((dhcp.requested_address, dhcp.server), (Some([192, 0, 2, 7].into()), Some([192, 0, 2, 1].into())));
        assert_eq!(
            (dhcp.clients.first[0].as_str(), dhcp.vendor.clone()),
            ("02:00:00:00:00:07", Some("MSFT 5.0".into()))
        );
    }

    #[test]
    fn another_cookie_is_none() {
        let mut bytes = message(b"\xff");
        bytes[236] = 0;
        assert_eq!(named_udp(67, &[(true, &bytes)]), None);
    }
}
