//! Modbus/TCP: Modbus Application Protocol 1.1b3.

use super::bytes::{be16, is_len};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{ModbusRecord, Record};

const PORTS: [u16; 2] = [502, 802];
/// Header, unit and function; a message's greatest length.
const HEAD: usize = 8;
const MAX_LENGTH: u16 = 254;
const MAX_UNITS: usize = 16;
/// Addresses in a request: function, first, how many.
const KEEP: usize = 16;

/// The protocol number 0, a length that is right, and a public function; on its port, or a request and its answer.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let (id, zero, len) = (be16(p, 0)?, be16(p, 2)?, be16(p, 4)?);
    let &function = p.get(7)?;
    let is_whole =
        p.get(6..).is_some_and(|rest| is_len(len, rest) || usize::from(len) < rest.len() && next_is_message(p, len));
    let is_message = zero == 0 && (3..=MAX_LENGTH).contains(&len) && is_whole && name(function & 0x7f).is_some();
    if !is_message {
        return None;
    }
    // An answer has its request's number, unit and function.
    let answers = be16(probe.other, 0) == Some(id)
        && be16(probe.other, 2) == Some(0)
        && probe.other.get(6) == p.get(6)
        && probe.other.get(7).is_some_and(|f| f & 0x7f == function & 0x7f)
        && be16(probe.other, 4).is_some_and(|len| probe.other.get(6..).is_some_and(|rest| is_len(len, rest)));
    let server_is_orig = if probe.from_orig { PORTS.contains(&probe.ports.0) } else { PORTS.contains(&probe.ports.1) };
    let parser = Modbus { server_is_orig, ..Modbus::default() };
    (probe.has_port(&PORTS) || answers).then(|| Match::parsed("modbus", parser))
}

fn next_is_message(p: &[u8], len: u16) -> bool {
    p.get(6 + usize::from(len)..).is_some_and(|next| be16(next, 2).is_none_or(|zero| zero == 0))
}

fn name(function: u8) -> Option<&'static str> {
    Some(match function {
        1 => "read coils",
        2 => "read discrete inputs",
        3 => "read holding registers",
        4 => "read input registers",
        5 => "write single coil",
        6 => "write single register",
        7 => "read exception status",
        8 => "diagnostics",
        11 => "get comm event counter",
        12 => "get comm event log",
        15 => "write multiple coils",
        16 => "write multiple registers",
        17 => "report server id",
        20 => "read file record",
        21 => "write file record",
        22 => "mask write register",
        23 => "read/write multiple registers",
        24 => "read fifo queue",
        43 => "encapsulated interface",
        // Schneider's own, for loading programs.
        90 => "unity",
        _ => return None,
    })
}

#[derive(Debug, Default)]
struct Modbus {
    record: ModbusRecord,
    server_is_orig: bool,
}

impl Modbus {
    fn read(&mut self, message: &[u8], from_server: bool) {
        let (Some(unit), Some(function)) = (message.get(6), message.get(7)) else { return };
        let r = &mut self.record;
        if from_server {
            r.responses += 1;
            if function & 0x80 != 0 {
                r.exceptions.add(exception(message.get(HEAD).copied().unwrap_or_default()));
            }
            return;
        }
        r.requests += 1;
        r.functions.add(name(*function).unwrap_or("other"));
        r.units.add_new(MAX_UNITS, *unit);
        r.writes += u64::from(matches!(function, 5 | 6 | 15 | 16 | 21 | 22 | 23));
        if matches!(function, 1..=6 | 15 | 16 | 22 | 23)
            && let Some(first) = be16(message, HEAD)
        {
            let many = if matches!(function, 5 | 6 | 22) { 1 } else { be16(message, HEAD + 2).unwrap_or(1) };
            let last = first.saturating_add(many.saturating_sub(1));
            r.first_address = Some(r.first_address.map_or(first, |known| known.min(first)));
            r.last_address = Some(r.last_address.map_or(last, |known| known.max(last)));
        }
    }
}

fn exception(code: u8) -> &'static str {
    match code {
        1 => "illegal function",
        2 => "illegal data address",
        3 => "illegal data value",
        4 => "server device failure",
        5 => "acknowledge",
        6 => "server device busy",
        8 => "memory parity error",
        10 => "gateway path unavailable",
        11 => "gateway target failed to respond",
        _ => "other",
    }
}

fn frame(bytes: &[u8]) -> Frame {
    match (be16(bytes, 2), be16(bytes, 4)) {
        (Some(0), Some(len @ 2..=MAX_LENGTH)) => Frame::Len(6 + usize::from(len)),
        (Some(0), None) | (None, _) => Frame::Short,
        _ => Frame::Lost,
    }
}

impl Parser for Modbus {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        let from_server = view.from_orig == self.server_is_orig;
        messages(view, KEEP, frame, |message| {
            self.read(message, from_server);
            Progress::More
        })
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Modbus(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, over_tcp};

    const READ: &[u8] = b"\x00\x01\x00\x00\x00\x06\x11\x03\x00\x6b\x00\x03";
    const WRITE: &[u8] = b"\x00\x02\x00\x00\x00\x06\x11\x06\x00\x01\x00\x03";

    #[test]
    fn counts_functions_writes_and_exceptions() {
        let answer = b"\x00\x01\x00\x00\x00\x09\x11\x03\x06\x02\x2b\x00\x00\x00\x64";
        let refused = b"\x00\x02\x00\x00\x00\x03\x11\x86\x02";
        let found = over_tcp(502, &[(true, READ), (false, answer), (true, &[WRITE, READ].concat()), (false, refused)]);
        let [Record::Modbus(modbus)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((modbus.requests, modbus.responses, modbus.writes), (3, 2, 1));
        assert_eq!(
            (modbus.functions.of("read holding registers"), modbus.exceptions.of("illegal data address")),
            (2, 1)
        );
        assert_eq!(
            (modbus.first_address, modbus.last_address, modbus.units.first.as_slice()),
            (Some(1), Some(0x6d), &[0x11][..])
        );
    }

    #[test]
    fn on_other_ports_an_answer_is_asked_for() {
        let answer = b"\x00\x01\x00\x00\x00\x09\x11\x03\x06\x02\x2b\x00\x00\x00\x64";
        assert_eq!(named(40_001, &[(true, READ)]), None);
        assert_eq!(named(40_001, &[(true, READ), (false, answer)]), Some("modbus"));
    }

    #[test]
    fn other_bytes_are_none() {
        for bytes in [
            &READ[..11],
            b"\x00\x01\x00\x01\x00\x06\x11\x03\x00\x6b\x00\x03",
            b"\x00\x01\x00\x00\x00\x06\x11\x70\x00\x6b\x00\x03",
        ] {
            assert_eq!(named(502, &[(true, bytes)]), None);
        }
    }
}
