//! BitTorrent: peer connections (BEP 3), uTP (BEP 29), the distributed hash table (BEP 5).

use super::bytes::{be16, find, from, up_to};
use super::parser::{Match, Parser, Probe, Progress, View};
use crate::report::{BittorrentRecord, Record, Text};

const HANDSHAKE: &[u8] = b"\x13BitTorrent protocol";
/// Of uTP: the header, and the first bytes of its types in version 1.
const UTP: usize = 20;
const SYN: u8 = 0x41;
const STATE: u8 = 0x21;

/// A peer's handshake.
pub(super) fn recognise_stream(probe: &Probe<'_>) -> Option<Match> {
    probe.payload.starts_with(HANDSHAKE).then(|| Match::parsed("bittorrent", Bittorrent::default()))
}

/// A message of the hash table, a handshake inside uTP, or uTP's first two packets.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    let p = probe.payload;
    let in_utp = from(p, UTP).starts_with(HANDSHAKE) && matches!(p.first(), Some(0x01));
    (is_dht(p) || in_utp || is_utp_answer(probe)).then(|| Match::parsed("bittorrent", Bittorrent::default()))
}

/// A bencoded dictionary that begins as queries, answers and errors do and says which it is at its end.
fn is_dht(p: &[u8]) -> bool {
    let begins =
        [&b"d1:ad2:id20:"[..], b"d1:rd2:id20:", b"d1:eli", b"d2:ip6:", b"d2:ip18:"].iter().any(|w| p.starts_with(w));
    let kind = find(p, b"1:y1:").map(|at| from(p, at + 5));
    begins && (kind.is_some_and(|kind| matches!(kind.first(), Some(b'q' | b'r' | b'e'))) || p.len() >= 512)
}

/// The answer to a SYN has its connection and acknowledges its number.
fn is_utp_answer(probe: &Probe<'_>) -> bool {
    let (p, syn) = (probe.payload, probe.other);
    let is_header = |p: &[u8], kind| p.first() == Some(&kind) && matches!(p.get(1), Some(0..=2)) && p.len() >= UTP;
    is_header(p, STATE)
        && is_header(syn, SYN)
        && be16(p, 2) == be16(syn, 2)
        && be16(p, 18) == be16(syn, 16)
        && be16(syn, 16).is_some_and(|n| n != 0)
}

#[derive(Debug, Default)]
struct Bittorrent {
    record: BittorrentRecord,
}

impl Bittorrent {
    fn handshake(&mut self, bytes: &[u8]) {
        let r = &mut self.record;
        if let Some(hash) = bytes.get(28..48) {
            let text: String = hash.iter().map(|b| format!("{b:02x}")).collect();
            r.info_hash.get_or_insert_with(|| Text::from(text.as_str()));
        }
        if let Some(id) = bytes.get(48..56).filter(|id| id.iter().all(u8::is_ascii_graphic)) {
            r.client.get_or_insert_with(|| Text::new(id));
        }
    }
}

impl Parser for Bittorrent {
    fn stream(&mut self, view: &mut View<'_>) -> Progress {
        /// Handshake, reserved bits, hash, identifier.
        const WHOLE: usize = 68;
        self.record.kind = Some("peer");
        if view.data().len() < WHOLE && !view.is_full {
            return Progress::More;
        }
        if view.data().starts_with(HANDSHAKE) {
            self.handshake(view.data());
        }
        Progress::Done
    }

    fn message(&mut self, _from_orig: bool, bytes: &[u8]) -> Progress {
        let r = &mut self.record;
        if is_dht(bytes) {
            r.kind = Some("hash table");
            let query = find(bytes, b"1:q").map(|at| from(bytes, at + 3));
            r.messages.add(match query {
                Some(q) if q.starts_with(b"4:ping") => "ping",
                Some(q) if q.starts_with(b"9:find_node") => "find_node",
                Some(q) if q.starts_with(b"9:get_peers") => "get_peers",
                Some(q) if q.starts_with(b"13:announce_peer") => "announce_peer",
                Some(_) => "other query",
                None => "answer",
            });
            if let Some(at) = find(bytes, b"1:v4:") {
                r.client.get_or_insert_with(|| Text::new(up_to(from(bytes, at + 5), 4)));
            }
            return Progress::More;
        }
        r.kind.get_or_insert("uTP");
        if from(bytes, UTP).starts_with(HANDSHAKE) {
            self.handshake(from(bytes, UTP));
            return Progress::Done;
        }
        Progress::More
    }

    fn finish(self: Box<Self>) -> Option<Record> {
        Some(Record::Bittorrent(Box::new(self.record)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{named, named_udp, over_tcp, over_udp};

    fn handshake() -> Vec<u8> {
        [HANDSHAKE, &[0; 8], &[0xab; 20], b"-TR3000-abcdefghijkl"].concat()
    }

    #[test]
    fn reads_handshakes_over_tcp_and_utp() {
        let in_utp = [&[1u8, 0][..], &[7; 18], &handshake()].concat();
        for found in [over_tcp(40_001, &[(true, &handshake())]), over_udp(40_001, &[(true, &in_utp)])] {
            let [Record::Bittorrent(torrent)] = &found.records[..] else { panic!("{found:?}") };
            assert_eq!(
                (torrent.info_hash.clone(), torrent.client.clone()),
                (Some("ab".repeat(20).as_str().into()), Some("-TR3000-".into()))
            );
        }
    }

    #[test]
    fn knows_utp_by_its_answer() {
        let syn = [&[SYN, 0, 0x12, 0x34][..], &[0; 12], &[0, 1, 0, 0]].concat();
        let state = [&[STATE, 0, 0x12, 0x34][..], &[0; 12], &[0x55, 0x55, 0, 1]].concat();
        assert_eq!(named_udp(40_001, &[(true, &syn), (false, &state)]), Some("bittorrent"));
        assert_eq!(named_udp(40_001, &[(true, &syn), (true, &state)]), None);
    }

    #[test]
    fn counts_queries_of_the_hash_table() {
        let ping = b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe";
        let found = over_udp(40_001, &[(true, ping), (false, b"d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re")]);
        let [Record::Bittorrent(torrent)] = &found.records[..] else { panic!("{found:?}") };
        assert_eq!((torrent.messages.of("ping"), torrent.messages.of("answer")), (1, 1));
    }

    #[test]
    fn other_bytes_are_none() {
        assert_eq!(named(40_001, &[(true, b"\x13BitTorrent protocoX")]), None);
        assert_eq!(named_udp(40_001, &[(true, b"d1:ad2:id20:abcdefghij0123456789e")]), None);
    }
}
