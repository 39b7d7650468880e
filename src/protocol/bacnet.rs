//! BACnet/IP: ANSI/ASHRAE 135 annex J.

use super::bytes::{be16, be32, from, is_len};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{BacnetRecord, Record};

const MAX_DEVICES: usize = 16;

/// The link's type, a known function, the datagram's length, and a network layer of version 1 where there is one.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload).then(|| Match::parsed("bacnet", Bacnet::default()))
}

fn is_message(p: &[u8]) -> bool {
    let is_link =
        p.first() == Some(&0x81) && matches!(p.get(1), Some(0..=0x0b)) && be16(p, 2).is_some_and(|n| is_len(n, p));
    is_link
        && match p.get(1) {
            Some(0x04 | 0x09 | 0x0a | 0x0b) => {
                network(p).is_some_and(|npdu| npdu.first() == Some(&1) && npdu.len() >= 2)
            }
            // Registrations and tables have one length each, or rows.
            Some(0x00) => p.len() == 6,
            Some(0x05) => p.len() == 6,
            Some(0x02 | 0x06) => p.len() == 4,
            Some(0x01 | 0x03 | 0x07) => p.len() % 10 == 4,
            _ => p.len() == 10,
        }
}

/// The network layer's message; a forwarded one has its sender before it.
fn network(p: &[u8]) -> Option<&[u8]> {
    p.get(if p.get(1) == Some(&4) { 10 } else { 4 }..)
}

/// The application layer's message, if it is one.
fn application(npdu: &[u8]) -> Option<&[u8]> {
    let control = *npdu.get(1)?;
    if control & 0x80 != 0 {
        return None;
    }
    let mut at = 2;
    if control & 0x20 != 0 {
        at += 3 + usize::from(*npdu.get(at + 2)?);
    }
    if control & 0x08 != 0 {
        at += 3 + usize::from(*npdu.get(at + 2)?);
    }
    // Hops left, where a destination is named.
    npdu.get(at + usize::from(control & 0x20 != 0)..)
}

fn confirmed(service: u8) -> &'static str {
    match service {
        0..=5 => "alarm and event",
        6 => "read file",
        7 => "write file",
        8 | 9 => "list element",
        10 => "create object",
        11 => "delete object",
        12 => "read property",
        14 => "read property multiple",
        15 => "write property",
        16 => "write property multiple",
        17 => "device communication control",
        18 => "private transfer",
        19 => "text message",
        20 => "reinitialize device",
        26 => "read range",
        _ => "other",
    }
}

fn unconfirmed(service: u8) -> &'static str {
    match service {
        0 => "i-am",
        1 => "i-have",
        2 => "change of value",
        3 => "event notification",
        4 => "private transfer",
        5 => "text message",
        6 => "time synchronization",
        7 => "who-has",
        8 => "who-is",
        9 => "utc time synchronization",
        10 => "write group",
        _ => "other",
    }
}

#[derive(Debug, Default)]
struct Bacnet {
    record: BacnetRecord,
}

impl Parser for Bacnet {
    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        if !is_message(bytes) {
            return Progress::More;
        }
        let r = &mut self.record;
        let Some(apdu) = network(bytes).and_then(application) else { return Progress::More };
        let kind = apdu.first().map_or(0xff, |first| first >> 4);
        match kind {
            0 => {
                // A segmented request has two bytes more before its service.
                let at = if apdu.first().is_some_and(|first| first & 8 != 0) { 5 } else { 3 };
                let service = apdu.get(at).copied().unwrap_or(0xff);
                r.services.add(confirmed(service));
                r.writes += u64::from(matches!(service, 7..=11 | 15..=17 | 20));
            }
            1 => {
                let service = apdu.get(1).copied().unwrap_or(0xff);
                r.services.add(unconfirmed(service));
                // An object's identifier: ten bits of type, 22 of number.
                if service == 0
                    && apdu.get(2) == Some(&0xc4)
                    && let Some(id) = be32(from(apdu, 3), 0)
                {
                    r.devices.add_new(MAX_DEVICES, id & 0x003f_ffff);
                }
            }
            2 => r.responses.add("simple ack"),
            3 => r.responses.add("complex ack"),
            4 => r.responses.add("segment ack"),
            5 => r.responses.add("error"),
            6 => r.responses.add("reject"),
            7 => r.responses.add("abort"),
            _ => {}
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Bacnet(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    #[test]
    fn counts_services_and_writes() {
        let who_is = b"\x81\x0b\x00\x0c\x01\x20\xff\xff\x00\xff\x10\x08";
        let i_am = b"\x81\x0b\x00\x12\x01\x00\x10\x00\xc4\x02\x00\x04\xd2\x22\x01\xe0\x91\x00";
        let write = b"\x81\x0a\x00\x0c\x01\x04\x00\x05\x01\x0f\x0c\x00";
        let found = over_udp(47_808, &[(true, who_is), (false, i_am), (true, write)]);
        let [Record::Bacnet(bacnet)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (
                bacnet.services.of("who-is"),
                bacnet.services.of("i-am"),
                bacnet.services.of("write property"),
                bacnet.writes
            ),
            (1, 1, 1, 1)
        );
        assert_eq!(bacnet.devices.first, [1234]);
    }

    #[test]
    fn other_lengths_and_versions_are_none() {
        for bytes in [
            &b"\x81\x0b\x00\x0d\x01\x20\xff\xff\x00\xff\x10\x08"[..],
            b"\x81\x0b\x00\x0c\x02\x20\xff\xff\x00\xff\x10\x08",
            b"\x82\x0b\x00\x04",
        ] {
            assert_eq!(named_udp(47_808, &[(true, bytes)]), None);
        }
    }
}
