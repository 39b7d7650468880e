//! DNS over UDP and TCP, and those who speak it on ports of their own: mDNS, LLMNR, NetBIOS names.

use super::parser::{Match, Probe};
use super::{be16, is_len};

const PORTS: [u16; 4] = [53, 5353, 5355, 137];
const HEADER: usize = 12;
/// More records than a message of 64 KiB has room for are no counts.
const MAX_RECORDS: u32 = 2000;

pub(super) fn over_udp(probe: &Probe<'_>) -> Option<Match> {
    name_over_udp(probe).map(Match::named)
}

fn name_over_udp(probe: &Probe<'_>) -> Option<&'static str> {
    is_message(probe.payload, probe.has_port(&PORTS)).then_some("dns")
}

pub(super) fn over_tcp(probe: &Probe<'_>) -> Option<Match> {
    name_over_tcp(probe).map(Match::named)
}

fn name_over_tcp(probe: &Probe<'_>) -> Option<&'static str> {
    let len = be16(probe.payload, 0)?;
    let message = probe.payload.get(2..)?;
    let is_known = probe.has_port(&[53]);
    // A long answer goes on in the next segment.
    let is_whole = is_len(len, message) || (is_known && usize::from(len) > message.len());
    (is_whole && is_message(message, is_known)).then_some("dns")
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
