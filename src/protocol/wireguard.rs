//! WireGuard: types, three reserved zeros, and one length each.

use super::bytes::{be32, le32, le64};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{Record, WireguardRecord};

const INITIATION: usize = 148;
const RESPONSE: usize = 92;
const COOKIE: usize = 64;
/// Type, receiver, counter, tag.
const MIN_DATA: usize = 32;

/// A handshake's first message, its answer to it, or data that goes on where the datagram before ended.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    // The sender's number is random, the second proof mostly absent.
    let begins = p.len() == INITIATION && le32(p, 0) == Some(1) && be32(p, 4).is_some_and(|n| n != 0);
    let answers = p.len() == RESPONSE
        && le32(p, 0) == Some(2)
        && le32(probe.other, 0) == Some(1)
        && be32(p, 8) == be32(probe.other, 4);
    (begins || answers || goes_on(probe.before, p)).then(|| Match::parsed("wireguard", Wireguard::default()))
}

fn goes_on(before: &[u8], now: &[u8]) -> bool {
    let is_data = |p: &[u8]| le32(p, 0) == Some(4) && le64(p, 8).is_some_and(|n| n < 1 << 48);
    let step = le64(now, 8).zip(le64(before, 8)).map(|(now, before)| now.wrapping_sub(before));
    now.len() >= MIN_DATA
        && now.len().is_multiple_of(16)
        && is_data(now)
        && is_data(before)
        && be32(now, 4) == be32(before, 4)
        && be32(now, 4).is_some_and(|n| n != 0)
        && step.is_some_and(|step| (1..=64).contains(&step))
}

#[derive(Debug, Default)]
struct Wireguard {
    record: WireguardRecord,
}

impl Parser for Wireguard {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let name = match (le32(bytes, 0), bytes.len()) {
            (Some(1), INITIATION) => "initiation",
            (Some(2), RESPONSE) => "response",
            (Some(3), COOKIE) => "cookie",
            (Some(4), MIN_DATA) => "keep-alive",
            (Some(4), _) => "data",
            _ => "other",
        };
        self.record.messages.add(name);
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Wireguard(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    fn data(counter: u8) -> Vec<u8> {
        [&[4, 0, 0, 0, 9, 8, 7, 6, counter][..], &[0; 7], &[0x5a; 32]].concat()
    }

    #[test]
    fn counts_messages() {
        let first = [&[1, 0, 0, 0, 1, 2, 3, 4][..], &[0x5a; 140]].concat();
        let answer = [&[2, 0, 0, 0, 9, 8, 7, 6, 1, 2, 3, 4][..], &[0x5a; 80]].concat();
        let found = over_udp(40_001, &[(true, &first), (false, &answer), (true, &data(0))]);
        let [Record::Wireguard(guard)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (guard.messages.of("initiation"), guard.messages.of("response"), guard.messages.of("data")),
            (1, 1, 1)
        );
    }

    #[test]
    fn knows_tunnels_in_the_middle() {
        assert_eq!(named_udp(40_001, &[(true, &data(1)), (true, &data(2))]), Some("wireguard"));
        assert_eq!(named_udp(40_001, &[(true, &data(1)), (true, &data(1))]), None);
    }

    #[test]
    fn other_lengths_and_reserved_bytes_are_none() {
        for first in
            [[&[1, 0, 0, 0, 1, 2, 3, 4][..], &[0; 139]].concat(), [&[1, 1, 0, 0, 1, 2, 3, 4][..], &[0; 140]].concat()]
        {
            assert_eq!(named_udp(51_820, &[(true, &first)]), None);
        }
    }
}
