//! DNS over UDP and TCP, and those who speak it on ports of their own: mDNS and LLMNR.
//!
//! **Source** RFC 1035 section 4, RFC 6762 (mDNS), RFC 4795 (LLMNR).

mod message;
mod name;
mod names;

use super::parser::{Match, Parser, Probe, Progress, View};
use super::{be16, is_len};
use crate::report::{DnsRecord, Record};
use crate::units::count;

const PORTS: [u16; 4] = [53, 5353, 5355, 137];
const HEADER: usize = 12;
/// More records than a message of 64 KiB has room for are no counts.
const MAX_RECORDS: u32 = 2000;

pub(super) fn over_udp(probe: &Probe<'_>) -> Option<Match> {
    is_message(probe.payload, probe.has_port(&PORTS)).then(|| found(probe.has_port(&PORTS)))
}

pub(super) fn over_tcp(probe: &Probe<'_>) -> Option<Match> {
    let len = be16(probe.payload, 0)?;
    let message = probe.payload.get(2..)?;
    let is_known = probe.has_port(&[53]);
    // A long answer goes on in the next segment, and short messages may follow one another.
    let is_whole = is_len(len, message) || (is_known && usize::from(len) > HEADER);
    (is_whole && is_message(message, is_known)).then(|| found(is_known))
}

fn found(is_known_port: bool) -> Match {
    let found = Match::parsed("dns", Dns::default());
    if is_known_port { found } else { found.likely() }
}

/// A header that makes sense and, where there is one, a question that does. On other ports than its own there must be
/// exactly one question, of a common type and of the Internet.
fn is_message(p: &[u8], is_known_port: bool) -> bool {
    let (Some(flags), Some([questions, answers, authorities, additional])) = (be16(p, 2), counts(p)) else {
        return false;
    };
    let opcode = (flags >> 11) & 15;
    let is_answer = flags & 0x8000 != 0;
    let records = u32::from(answers) + u32::from(authorities) + u32::from(additional);
    let is_header = matches!(opcode, 0..=2 | 4..=8) && flags & 0x0040 == 0 && records <= MAX_RECORDS;
    if !is_header || (!is_answer && flags & 15 != 0 && !is_known_port) {
        return false;
    }
    match questions {
        0 => is_known_port && records > 0,
        _ => match question(p) {
            Some((kind, class)) => {
                // The top bit asks mDNS for a direct answer.
                let is_internet = matches!(class & 0x7fff, 1 | 255);
                is_internet && (is_known_port || questions == 1 && is_common(kind) && opcode == 0 && records <= 50)
            }
            None => false,
        },
    }
}

fn counts(p: &[u8]) -> Option<[u16; 4]> {
    Some([be16(p, 4)?, be16(p, 6)?, be16(p, 8)?, be16(p, 10)?])
}

/// A, NS, CNAME, SOA, NULL, PTR, MX, TXT, AAAA, SRV, NAPTR, DS, RRSIG, DNSKEY, SVCB, HTTPS, ANY.
fn is_common(kind: u16) -> bool {
    matches!(kind, 1 | 2 | 5 | 6 | 10 | 12 | 15 | 16 | 28 | 33 | 35 | 43 | 46 | 48 | 64 | 65 | 255)
}

/// Type and class of the first question, whose name must be labels without pointers.
fn question(p: &[u8]) -> Option<(u16, u16)> {
    let mut at = HEADER;
    loop {
        let len = usize::from(*p.get(at)?);
        if len > 63 || at > HEADER + 255 {
            return None;
        }
        at += 1;
        if len == 0 {
            return Some((be16(p, at)?, be16(p, at + 2)?));
        }
        at += len;
    }
}

#[derive(Debug, Default)]
struct Dns {
    record: DnsRecord,
}

impl Parser for Dns {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        while let Some(len) = be16(view.data(), 0) {
            let end = 2 + usize::from(len);
            match view.data().get(2..end) {
                Some(bytes) => message::read(&mut self.record, bytes),
                // Longer than what is kept: its beginning says most.
                None if view.is_full => message::read(&mut self.record, view.data().get(2..).unwrap_or_default()),
                None => break,
            }
            view.skip(count(end));
        }
        Progress::More
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        message::read(&mut self.record, bytes);
        Progress::More
    }

    fn heap_bytes(&self) -> usize {
        use crate::report::Held as _;
        self.record.held_bytes()
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Dns(Box::new(self.record)))
    }
}
