//! NTP: RFC 5905; control messages: RFC 9327; the old private ones of mode 7.

use super::bytes::{be16, from};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{NtpRecord, Record, Text};

/// Requests of mode 7 for the list of clients, in both of its forms.
const MONLIST: [u8; 2] = [20, 42];

/// On the port: versions 1 to 4 with the mode of a client, server or peer and a whole header, or a control message.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    (probe.has_port(&[123]) && is_message(probe.payload)).then(|| Match::parsed("ntp", Ntp::default()))
}

fn is_message(p: &[u8]) -> bool {
    let Some(first) = p.first() else { return false };
    let (version, mode) = ((first >> 3) & 7, first & 7);
    (1..=4).contains(&version)
        && match mode {
            1..=5 => p.len() >= 48 && p.get(1).is_some_and(|stratum| *stratum <= 16),
            6 => p.len() >= 12 && be16(p, 10).is_some_and(|len| usize::from(len) <= p.len()),
            7 => p.len() >= 8,
            _ => false,
        }
}

#[derive(Debug, Default)]
struct Ntp {
    record: NtpRecord,
}

impl Parser for Ntp {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        if !is_message(bytes) {
            return Progress::More;
        }
        let first = bytes.first().copied().unwrap_or_default();
        let r = &mut self.record;
        r.version = r.version.max(Some((first >> 3) & 7));
        r.modes.add(match first & 7 {
            1 => "active peer",
            2 => "passive peer",
            3 => "client",
            4 => "server",
            5 => "broadcast",
            6 => "control",
            _ => "private",
        });
        match first & 7 {
            4 | 5 => {
                r.stratum = r.stratum.or(bytes.get(1).copied());
                if let (None, Some(id)) = (&r.reference, bytes.get(12..16)) {
                    r.reference = Some(reference(bytes.get(1).copied().unwrap_or_default(), id));
                }
            }
            // The answer's bit is the first.
            7 if first & 0x80 == 0 => r.monlist += u64::from(bytes.get(3).is_some_and(|code| MONLIST.contains(code))),
            _ => {}
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Ntp(Box::new(self.record)))
    }
}

/// A word of four letters at stratum 0 and 1, else an address or its hash.
fn reference(stratum: u8, id: &[u8]) -> Text {
    match id {
        _ if stratum <= 1 => Text::new(super::bytes::until_zero(from(id, 0))),
        [a, b, c, d] => Text::from(format!("{a}.{b}.{c}.{d}").as_str()),
        _ => Text::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    #[test]
    fn counts_modes_and_monlist() {
        let mut client = [0u8; 48];
        client[0] = 0x23;
        let mut server = client;
        server[..2].copy_from_slice(&[0x24, 1]);
        server[12..16].copy_from_slice(b"GPS\0");
        let monlist = b"\x17\x00\x03\x2a\x00\x00\x00\x00";
        let found = over_udp(123, &[(true, &client), (false, &server), (true, monlist)]);
        let [Record::Ntp(ntp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((ntp.version, ntp.modes.of("client"), ntp.modes.of("server"), ntp.monlist), (Some(4), 1, 1, 1));
        assert_eq!((ntp.stratum, ntp.reference.clone()), (Some(1), Some("GPS".into())));
    }

    #[test]
    fn other_ports_and_lengths_are_none() {
        let mut client = [0u8; 48];
        client[0] = 0x23;
        assert_eq!(named_udp(124, &[(true, &client)]), None);
        assert_eq!(named_udp(123, &[(true, &client[..47])]), None);
        assert_eq!(named_udp(123, &[(true, &[0x3b; 48])]), None);
    }
}
