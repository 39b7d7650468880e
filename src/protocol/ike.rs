//! IKE: RFC 7296, and ISAKMP, RFC 2408.

use super::bytes::{be16, be32, from, size};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{IkeRecord, Record};

const HEADER: usize = 28;
/// Payloads of one message that are followed.
const MAX_PAYLOADS: usize = 32;

/// A header whose version, payload and exchange are known and whose length is the datagram's; on port 4500 after a mark of
/// four zeros.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let message = unmarked(probe.payload);
    let is_natt = message.len() < probe.payload.len();
    (is_message(message, probe.is_cut) && (!is_natt || probe.has_port(&[4500])))
        .then(|| Match::parsed("ipsec", Ike::default()))
}

/// Without the mark that tells it from the tunnel's packets.
fn unmarked(p: &[u8]) -> &[u8] {
    p.strip_prefix(&[0, 0, 0, 0]).unwrap_or(p)
}

fn is_message(p: &[u8], is_cut: bool) -> bool {
    let Some(&[payload, version, exchange, flags]) = from(p, 16).first_chunk::<4>() else { return false };
    let is_known = match version {
        0x10 => matches!(exchange, 1..=6 | 32 | 33) && payload <= 21 && flags & 0xf8 == 0,
        0x20 => matches!(exchange, 34..=43) && (payload == 0 || (33..=54).contains(&payload)) && flags & 0xc7 == 0,
        _ => false,
    };
    let is_length = be32(p, 24).is_some_and(|len| size(len) == p.len() || (is_cut && size(len) > p.len()));
    is_known && is_length && p.get(..8) != Some(&[0; 8]) && p.len() >= HEADER
}

#[derive(Debug, Default)]
struct Ike {
    record: IkeRecord,
}

impl Parser for Ike {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let p = unmarked(bytes);
        let r = &mut self.record;
        if !is_message(p, true) {
            r.esp += u64::from(bytes.len() > 16);
            return Progress::More;
        }
        let (Some(version), Some(exchange)) = (p.get(17), p.get(18)) else { return Progress::More };
        r.version = Some(version >> 4);
        r.exchanges.add(match exchange {
            2 => "identity protection",
            4 => "aggressive",
            5 => "informational",
            6 => "transaction",
            32 => "quick",
            34 => "IKE_SA_INIT",
            35 => "IKE_AUTH",
            36 => "CREATE_CHILD_SA",
            37 => "INFORMATIONAL",
            43 => "IKE_INTERMEDIATE",
            _ => "other",
        });
        // Version 1 says by a flag that what follows is encrypted, version 2 by the payload 46.
        let mut next = p.get(16).copied().unwrap_or_default();
        let mut rest = from(p, HEADER);
        if *version == 0x10 && p.get(19).is_some_and(|flags| flags & 1 != 0) {
            return Progress::More;
        }
        for _ in 0..MAX_PAYLOADS {
            let (Some(after), Some(len)) = (rest.first(), be16(rest, 2)) else { break };
            match next {
                13 | 43 => r.vendor_ids += 1,
                11 | 41 => r.notifications += 1,
                0 | 46 | 53 => break,
                _ => {}
            }
            next = *after;
            rest = from(rest, usize::from(len).max(4));
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Ike(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    fn message(version: u8, exchange: u8, payload: u8, rest: &[u8]) -> Vec<u8> {
        let len = u8::try_from(HEADER + rest.len()).unwrap();
        [
            &[7u8; 8][..],
            &[0; 8],
            &[payload, version, exchange, if version == 0x20 { 8 } else { 0 }],
            &[0, 0, 0, 0, 0, 0, 0, len],
            rest,
        ]
        .concat()
    }

    #[test]
    fn reads_both_versions() {
        let two = message(0x20, 34, 33, b"\x2b\0\0\x08abcd\x00\0\0\x08abcd");
        let one = [&[0; 4][..], &message(0x10, 2, 1, b"\x0d\0\0\x08abcd\x00\0\0\x08abcd")].concat();
        let found = over_udp(500, &[(true, &two)]);
        let [Record::Ike(ike)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((ike.version, ike.exchanges.of("IKE_SA_INIT"), ike.vendor_ids), (Some(2), 1, 1));
        let found = over_udp(4500, &[(true, &one), (true, &[9; 60])]);
        let [Record::Ike(ike)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((ike.version, ike.vendor_ids, ike.esp), (Some(1), 1, 1));
    }

    #[test]
    fn other_versions_and_lengths_are_none() {
        let good = message(0x20, 34, 33, b"");
        assert_eq!(named_udp(500, &[(true, &good[..27])]), None);
        assert_eq!(named_udp(500, &[(true, &message(0x30, 34, 33, b""))]), None);
        assert_eq!(named_udp(500, &[(true, &[&good[..], b"\0"].concat())]), None);
    }
}
