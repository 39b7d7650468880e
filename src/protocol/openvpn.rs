//! OpenVPN, over UDP and TCP: a session's first two packets, which name each other.

use super::bytes::{be16, be32, find, from};
use super::framing::{Frame, messages};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{OpenvpnRecord, Record};

const KEEP: usize = 32;
/// First bytes: operation in the upper five bits, key 0.
const CLIENT_RESETS: [u8; 3] = [1 << 3, 7 << 3, 10 << 3];
const SERVER_RESETS: [u8; 2] = [2 << 3, 8 << 3];
/// A reset without a signature: operation, session, no acknowledgements, packet 0.
const PLAIN_RESET: usize = 14;
/// Between the two ends' clocks, seconds.
const MAX_SKEW: u32 = 300;

/// Over UDP: a reset without a signature, or a server's that answers a client's.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    found(probe.payload, probe.other)
}

/// Over TCP the same after two bytes of length.
pub(super) fn recognise_stream(probe: &Probe<'_>) -> Option<Match> {
    found(packet(probe.payload)?, packet(probe.other).unwrap_or_default())
}

fn packet(stream: &[u8]) -> Option<&[u8]> {
    from(stream, 2).get(..usize::from(be16(stream, 0)?))
}

fn found(now: &[u8], other: &[u8]) -> Option<Match> {
    (is_plain_reset(now) || is_answer(now, other)).then(|| Match::parsed("openvpn", Openvpn::default()))
}

fn is_plain_reset(p: &[u8]) -> bool {
    p.len() == PLAIN_RESET
        && CLIENT_RESETS.iter().any(|reset| p.first() == Some(reset))
        && from(p, 9) == [0; 5]
        && p.get(1..9) != Some(&[0; 8])
}

/// The server's reset names the client's session, or both have a first packet's number and the same time.
fn is_answer(now: &[u8], client: &[u8]) -> bool {
    let resets = now.first().is_some_and(|first| SERVER_RESETS.contains(first))
        && client.first().is_some_and(|first| CLIENT_RESETS.contains(first));
    let Some(session) = client.get(1..9).filter(|session| resets && **session != [0; 8]) else { return false };
    let is_named = find(from(now, 9), session).is_some();
    let numbered = |p: &[u8]| be32(p, 9) == Some(1);
    let times = be32(now, 13).zip(be32(client, 13));
    let is_same_time = times.is_some_and(|(a, b)| a.abs_diff(b) < MAX_SKEW && a > 1_000_000_000);
    is_named || (numbered(now) && numbered(client) && is_same_time)
}

#[derive(Debug, Default)]
struct Openvpn {
    record: OpenvpnRecord,
}

impl Openvpn {
    fn read(&mut self, packet: &[u8], len: usize) {
        let Some(first) = packet.first() else { return };
        let name = match first >> 3 {
            1 | 7 | 10 => "client reset",
            2 | 8 => "server reset",
            3 => "soft reset",
            4 | 11 => "control",
            5 => "ack",
            6 | 9 => "data",
            _ => "other",
        };
        self.record.has_wrapping |= name == "client reset" && len > PLAIN_RESET;
        self.record.packets.add(name);
    }
}

fn frame(bytes: &[u8]) -> Frame {
    match be16(bytes, 0) {
        Some(0) => Frame::Lost,
        Some(len) => Frame::Len(2 + usize::from(len)),
        None => Frame::Short,
    }
}

impl Parser for Openvpn {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        messages(view, KEEP, frame, |packet| {
            self.read(from(packet, 2), be16(packet, 0).map_or(0, usize::from));
            Progress::More
        })
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        self.read(bytes, bytes.len());
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Openvpn(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named_udp, over_tcp, over_udp};

    const RESET: &[u8] = b"\x38abcdefgh\0\0\0\0\0";
    const ANSWER: &[u8] = b"\x40ABCDEFGH\x01\0\0\0\0abcdefgh\0\0\0\0";

    #[test]
    fn knows_sessions_over_udp_and_tcp() {
        let with_len = |p: &[u8]| [&[0, u8::try_from(p.len()).unwrap()], p].concat();
        for found in [
            over_udp(1194, &[(true, RESET), (false, ANSWER)]),
            over_tcp(443, &[(true, &with_len(RESET)), (false, &with_len(ANSWER))]),
        ] {
            let [Record::Openvpn(vpn)] = &found.records[..] else { panic!("{found:?}") };
            assert_eq!(
                (vpn.packets.of("client reset"), vpn.packets.of("server reset"), vpn.has_wrapping),
                (1, 1, false)
            );
        }
    }

    #[test]
    fn knows_signed_sessions_by_their_answer() {
        let signed = [&b"\x38abcdefgh"[..], &[7; 20], b"\0\0\0\x01\x65\0\0\0\0\0\0\0\0"].concat();
        let answer = [&b"\x40ABCDEFGH"[..], &[9; 20], b"\0\0\0\x01\x65\0\0\0\x01\0\0\0\0abcdefgh\0\0\0\0"].concat();
        assert_eq!(named_udp(1194, &[(true, &signed)]), None);
        assert_eq!(named_udp(1194, &[(true, &signed), (false, &answer)]), Some("openvpn"));
    }

    #[test]
    fn other_answers_are_none() {
        let other = b"\x40ABCDEFGH\x01\0\0\0\0xxxxxxxx\0\0\0\0";
        assert_eq!(named_udp(1194, &[(true, &[RESET, b"\0"].concat()), (false, other)]), None);
    }
}
