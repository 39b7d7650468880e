//! RTP and RTCP: RFC 3550. No fixed word tells them; what packets that follow one another have in common does.

use super::bytes::{be16, be32, from};
use super::parser::{Match, Parser, Probe, Progress};
use crate::report::{Record, RtpRecord};

const HEADER: usize = 12;
const MAX_SOURCES: usize = 16;
/// Between packets that follow one another: more sequence numbers or time were lost or it is no stream.
const MAX_STEP: u16 = 16;
const MAX_TIME: u32 = 1 << 20;

/// A packet that goes on where the one before it of the same direction ended: same source and type, the next sequence
/// numbers, a time stamp not far ahead. RTCP by packets whose lengths fill the datagram.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    if is_rtcp(probe.payload) {
        return Some(Match::parsed("rtcp", Rtp::default()));
    }
    follows(probe.before, probe.payload).then(|| Match::parsed("rtp", Rtp::default()))
}

/// Payload type, sequence number, time stamp and source of what may be a packet.
fn header(p: &[u8]) -> Option<(u8, u16, u32, u32)> {
    let &[first, second, ..] = p.first_chunk::<2>()?;
    let kind = second & 0x7f;
    let length = HEADER + 4 * usize::from(first & 15);
    // Version 2; types 72 to 76 would be RTCP's.
    (first >> 6 == 2 && !(72..=76).contains(&kind) && p.len() > length).then_some(())?;
    Some((kind, be16(p, 2)?, be32(p, 4)?, be32(p, 8)?))
}

fn follows(before: &[u8], now: &[u8]) -> bool {
    let (Some((kind, sequence, time, source)), Some(next)) = (header(before), header(now)) else { return false };
    let step = next.1.wrapping_sub(sequence);
    let is_known = !(35..=71).contains(&kind) && kind <= 127;
    is_known
        && next.0 == kind
        && next.3 == source
        && source != 0
        && (1..=MAX_STEP).contains(&step)
        && next.2.wrapping_sub(time) <= MAX_TIME
}

/// A compound that begins with a report and fills the datagram.
fn is_rtcp(p: &[u8]) -> bool {
    let mut rest = p;
    let mut n = 0;
    while let &[first, kind, ..] = rest {
        let Some(len) = be16(rest, 2).map(|words| 4 * (usize::from(words) + 1)) else { return false };
        let is_packet = first >> 6 == 2
            && (200..=207).contains(&kind)
            && (n > 0 || (kind <= 201 && len >= 8 + usize::from(first & 31) * 24 + if kind == 200 { 20 } else { 0 }));
        if !is_packet || len > rest.len() {
            return false;
        }
        rest = from(rest, len);
        n += 1;
    }
    rest.is_empty() && n >= 1 && p.len() >= 20
}

#[derive(Debug, Default)]
struct Rtp {
    record: RtpRecord,
    /// The latest sequence number of each direction.
    last: [Option<u16>; 2],
}

impl Parser for Rtp {
    fn message(&mut self, from_orig: bool, bytes: &[u8]) -> Progress {
        if matches!(bytes, [0x80..=0xbf, 200..=207, ..]) {
            let mut rest = bytes;
            while let (&[_, kind, ..], Some(words)) = (rest, be16(rest, 2)) {
                self.record.rtcp.add(rtcp_name(kind));
                rest = from(rest, 4 * (usize::from(words) + 1));
            }
            return Progress::More;
        }
        let Some((kind, sequence, _, source)) = header(bytes) else { return Progress::More };
        let r = &mut self.record;
        r.payload_types.add(payload_name(kind));
        if r.ssrcs.first.last() != Some(&source) {
            r.ssrcs.add_new(MAX_SOURCES, source);
        }
        let Some(last) = self.last.get_mut(usize::from(from_orig)) else { return Progress::More };
        if let Some(step) = last.map(|last| sequence.wrapping_sub(last)).filter(|step| (1..=1000).contains(step)) {
            r.lost += u64::from(step - 1);
        }
        *last = Some(sequence);
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Rtp(Box::new(self.record)))
    }
}

fn rtcp_name(kind: u8) -> &'static str {
    match kind {
        200 => "sender report",
        201 => "receiver report",
        202 => "source description",
        203 => "goodbye",
        204 => "application",
        205 => "feedback",
        206 => "payload feedback",
        207 => "extended report",
        _ => "other",
    }
}

fn payload_name(kind: u8) -> &'static str {
    match kind {
        0 => "PCMU",
        3 => "GSM",
        4 => "G723",
        8 => "PCMA",
        9 => "G722",
        13 | 19 => "comfort noise",
        14 => "MPA",
        15 => "G728",
        18 => "G729",
        26 => "JPEG",
        31 => "H261",
        32 => "MPV",
        33 => "MP2T",
        34 => "H263",
        96..=127 => "dynamic",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_udp};

    fn packet(sequence: u16, source: u32) -> Vec<u8> {
        let time = u32::from(sequence) * 160;
        [&[0x80, 8][..], &sequence.to_be_bytes(), &time.to_be_bytes(), &source.to_be_bytes(), &[0xd5; 20]].concat()
    }

    #[test]
    fn knows_streams_by_packets_that_follow_one_another() {
        let packets: Vec<Vec<u8>> = [7, 8, 9, 12].map(|n| packet(n, 0xabcd)).to_vec();
        let talk: Vec<(bool, &[u8])> = packets.iter().map(|p| (true, &p[..])).collect();
        let found = over_udp(40_001, &talk);
        let [Record::Rtp(rtp)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!(
            (found.names_of_services().collect::<Vec<_>>().as_slice(), rtp.payload_types.of("PCMA"), rtp.lost),
            (&["rtp"][..], 3, 2)
        );
        assert_eq!(rtp.ssrcs.first, [0xabcd]);
    }

    #[test]
    fn knows_reports_that_fill_the_datagram() {
        let report = [&b"\x80\xc9\x00\x01\0\0\0\x01"[..], b"\x81\xca\x00\x03\0\0\0\x01\x01\x03abc\0\0\0"].concat();
        assert_eq!(named_udp(40_001, &[(true, &report)]), Some("rtcp"));
        assert_eq!(named_udp(40_001, &[(true, &report[..23])]), None);
    }

    #[test]
    fn packets_that_do_not_follow_are_none() {
        for other in [packet(7, 1), packet(900, 2), packet(6, 1), packet(8, 3)] {
            assert_eq!(named_udp(40_001, &[(true, &packet(7, 1)), (true, &other)]), None);
        }
    }
}
