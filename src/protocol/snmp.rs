//! SNMP: RFC 1157, RFC 3416, RFC 3412. Communities are passwords: their length is read, and whether they change.

use super::bytes::{ber, ber_each, ber_find, ber_uint, from, up_to};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{Record, SnmpRecord, Text};

/// A sequence of a version, and a community with a request after it, or version 3's header; lengths agree.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload, probe.is_cut).then(|| Match::parsed("snmp", Snmp::default()))
}

fn is_message(p: &[u8], is_cut: bool) -> bool {
    let Some((len, content)) = ber(p, 0x30) else { return false };
    let [2, 1, version, rest @ ..] = content else { return false };
    if len != content.len() && !(is_cut && len > content.len()) {
        return false;
    }
    match version {
        0 | 1 => ber(rest, 4).is_some_and(|(n, after)| matches!(after.get(n), Some(0xa0..=0xa8))),
        3 => ber(rest, 0x30)
            .is_some_and(|(len, header)| header.first() == Some(&2) && from(header, len).first() == Some(&4)),
        _ => false,
    }
}

#[derive(Debug, Default)]
struct Snmp {
    record: SnmpRecord,
    /// A hash of the first community, to notice others; it never leaves the parser.
    community: Option<u64>,
}

impl Snmp {
    fn pdu(&mut self, tag: u8, body: &[u8]) {
        let r = &mut self.record;
        r.messages.add(match tag {
            0xa0 => "get",
            0xa1 => "get next",
            0xa2 => "response",
            0xa3 => "set",
            0xa4 => "trap",
            0xa5 => "get bulk",
            0xa6 => "inform",
            0xa7 => "trap 2",
            0xa8 => "report",
            _ => return,
        });
        let mut numbers = ber_each(body).map(|(_, content)| ber_uint(content));
        let (second, third) = (numbers.nth(1).flatten(), numbers.next().flatten());
        match (tag, second) {
            (0xa5, _) => r.max_repetitions = r.max_repetitions.max(third),
            (0xa2, Some(error @ 1..)) => r.errors.add(error_name(error)),
            _ => {}
        }
    }
}

fn error_name(error: u32) -> &'static str {
    match error {
        1 => "too big",
        2 => "no such name",
        3 => "bad value",
        4 => "read only",
        5 => "general",
        6 => "no access",
        16 => "authorization",
        17 => "not writable",
        _ => "other",
    }
}

impl Parser for Snmp {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let Some([2, 1, version, rest @ ..]) = ber(bytes, 0x30).map(|(_, content)| content) else {
            return Progress::More;
        };
        self.record.version = Some(match version {
            0 => "1",
            1 => "2c",
            3 => "3",
            _ => return Progress::More,
        });
        if *version != 3 {
            let Some((len, after)) = ber(rest, 4) else { return Progress::More };
            let community = up_to(after, len);
            let hash = community
                .iter()
                .fold(0xcbf2_9ce4_8422_2325u64, |hash, b| (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
            self.record.communities_change |= self.community.is_some_and(|first| first != hash);
            self.community.get_or_insert(hash);
            self.record.community_length.get_or_insert(u16::try_from(len).unwrap_or(u16::MAX));
            if let Some((tag, body)) = ber_each(from(after, len)).next() {
                self.pdu(tag, body);
            }
            return Progress::More;
        }
        // Header, security parameters, and a scope with engine, context and the message, if it is in clear.
        let mut parts = ber_each(rest);
        let (security, scope) = (parts.nth(1), parts.next());
        if let Some(parameters) = security.and_then(|(_, bytes)| ber_find(bytes, 0x30)) {
            let user = ber_each(parameters).nth(3).map(|(_, user)| user).filter(|user| !user.is_empty());
            if let (None, Some(user)) = (&self.record.user, user) {
                self.record.user = Some(Text::limited(user, 64));
            }
        }
        match scope {
            Some((0x30, scope)) => {
                if let Some((tag, body)) = ber_each(scope).nth(2) {
                    self.pdu(tag, body);
                }
            }
            Some((4, _)) => self.record.messages.add("encrypted"),
            _ => {}
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Snmp(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    const GET: &[u8] = b"\x30\x19\x02\x01\x01\x04\x06public\xa0\x0c\x02\x01\x07\x02\x01\x00\x02\x01\x00\x30\x01\x00";

    #[test]
    fn counts_messages_and_never_keeps_the_community() {
        let bulk = b"\x30\x19\x02\x01\x01\x04\x06secret\xa5\x0c\x02\x01\x07\x02\x01\x00\x02\x01\x64\x30\x01\x00";
        let found = over_udp(161, &[(true, GET), (true, bulk)]);
        let [Record::Snmp(snmp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((snmp.version, snmp.messages.of("get"), snmp.messages.of("get bulk")), (Some("2c"), 1, 1));
        assert_eq!((snmp.community_length, snmp.communities_change, snmp.max_repetitions), (Some(6), true, Some(100)));
        assert!(!format!("{snmp:?}").contains("public"));
    }

    #[test]
    fn reads_the_third_version() {
        let message = [
            &b"\x30\x2b\x02\x01\x03\x30\x0d\x02\x01\x01\x02\x02\x05\xdc\x04\x01\x04\x02\x01\x03"[..],
            b"\x04\x13\x30\x11\x04\x00\x02\x01\x00\x02\x01\x00\x04\x03ann\x04\x00\x04\x00\x04\x02ab",
        ]
        .concat();
        let found = over_udp(161, &[(true, &message)]);
        let [Record::Snmp(snmp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (snmp.version, snmp.user.clone(), snmp.messages.of("encrypted")),
            (Some("3"), Some("ann".into()), 1)
        );
    }

    #[test]
    fn other_sequences_are_none() {
        for bytes in [&GET[..GET.len() - 1], b"\x30\x05\x02\x01\x02\x04\x00", b"\x30\x07\x02\x01\x01\x04\x00\x05\x00"] {
            assert_eq!(named_udp(161, &[(true, bytes)]), None);
        }
    }
}
