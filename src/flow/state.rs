//! Zeek's connection states and history letters, from the flags as they pass.

use crate::packet::Packet;
use crate::report::{Proto, TcpFlags};

/// Letters of a history, each at most once a direction.
const LETTERS: [u8; 8] = *b"SHADFRIQ";

const SYN: u16 = 1;
const SYN_ACK: u16 = 1 << 1;
const ACK: u16 = 1 << 2;
const DATA: u16 = 1 << 3;
const FIN: u16 = 1 << 4;
const RST: u16 = 1 << 5;
const FIN_RST: u16 = 1 << 6;
const MULTI: u16 = 1 << 7;

/// What has passed in one flow.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    orig: u16,
    resp: u16,
    history: [u8; 2 * LETTERS.len()],
    letters: u8,
    orig_reset_first: bool,
}

impl State {
    /// Notes one packet. Each kind is written once a direction, so the history is at most sixteen letters.
    pub(super) fn note(&mut self, packet: &Packet<'_>, from_orig: bool) {
        let mut kinds = if packet.payload_len > 0 { DATA } else { 0 };
        if let Some(tcp) = packet.tcp {
            let f = tcp.flags;
            kinds |= match (f.has(TcpFlags::SYN), f.has(TcpFlags::FIN), f.has(TcpFlags::RST)) {
                (true, true, _) | (true, _, true) => MULTI,
                (_, true, true) => FIN_RST,
                (true, ..) if f.has(TcpFlags::ACK) => SYN_ACK,
                (true, ..) => SYN,
                (_, true, _) => FIN,
                (.., true) => RST,
                _ if f.has(TcpFlags::ACK) && packet.payload_len == 0 => ACK,
                _ => 0,
            };
        }
        let seen = if from_orig { &mut self.orig } else { &mut self.resp };
        let new = kinds & !*seen;
        *seen |= kinds;
        if from_orig && new & (RST | FIN_RST) != 0 {
            self.orig_reset_first = self.resp & (RST | FIN_RST) == 0;
        }
        if new != 0 {
            self.write(new, from_orig);
        }
    }

    fn write(&mut self, kinds: u16, from_orig: bool) {
        for (bit, letter) in LETTERS.iter().enumerate() {
            let place = self.history.get_mut(usize::from(self.letters));
            if let (true, Some(place)) = (kinds & (1 << bit) != 0, place) {
                *place = if from_orig { *letter } else { letter.to_ascii_lowercase() };
                self.letters += 1;
            }
        }
    }

    /// Whether a new SYN would be the beginning of another connection.
    pub(super) fn is_closed(&self) -> bool {
        let reset = (self.orig | self.resp) & (RST | FIN_RST) != 0;
        reset || (self.orig & FIN != 0 && self.resp & FIN != 0)
    }

    pub(super) fn into_history(self) -> String {
        self.history.iter().take(usize::from(self.letters)).map(|&letter| char::from(letter)).collect()
    }

    /// Zeek's `conn_state`; `None` where Zeek has no connections.
    pub(super) fn conn_state(&self, proto: Proto, has_answer: bool) -> Option<&'static str> {
        match proto {
            Proto::Arp => None,
            Proto::TCP => Some(self.tcp_state(has_answer)),
            _ => Some(if has_answer { "SF" } else { "S0" }),
        }
    }

    fn tcp_state(&self, has_answer: bool) -> &'static str {
        let orig = |bits| self.orig & bits != 0;
        let resp = |bits| self.resp & bits != 0;
        let reset = RST | FIN_RST;
        let fin = FIN | FIN_RST;
        if !orig(SYN) {
            return match (resp(SYN_ACK), resp(reset), resp(fin)) {
                (true, true, _) => "RSTRH",
                (true, _, true) => "SHR",
                _ => "OTH",
            };
        }
        if !resp(SYN_ACK) && !resp(DATA) {
            return match (orig(reset), resp(reset), orig(fin)) {
                (_, true, _) => "REJ",
                (true, ..) => "RSTOS0",
                (.., true) => "SH",
                _ if has_answer => "OTH",
                _ => "S0",
            };
        }
        match (orig(reset), resp(reset), orig(fin), resp(fin)) {
            (true, ..) if self.orig_reset_first || !resp(reset) => "RSTO",
            (_, true, ..) => "RSTR",
            (.., true, true) => "SF",
            (.., true, false) => "S2",
            (.., false, true) => "S3",
            _ => "S1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Tcp;
    use crate::units::Timestamp;

    /// Plays packets like "S>" (originator) or "SA<" (responder); `D` = payload.
    fn play(script: &str) -> (State, bool) {
        let mut state = State::default();
        let mut answered = false;
        for word in script.split_whitespace() {
            let mut flags = 0;
            let mut payload_len = 0;
            for c in word.chars() {
                match c {
                    'S' => flags |= TcpFlags::SYN,
                    'A' => flags |= TcpFlags::ACK,
                    'F' => flags |= TcpFlags::FIN,
                    'R' => flags |= TcpFlags::RST,
                    'D' => payload_len = 10,
                    _ => {}
                }
            }
            let any = std::net::IpAddr::from([0, 0, 0, 0]);
            let packet = Packet {
                number: 1,
                ts: Timestamp(0),
                wire_len: 60,
                src: any,
                dst: any,
                src_port: 1,
                dst_port: 2,
                proto: Proto::TCP,
                vlan: None,
                offset: 0,
                tunnel: None,
                ip_bytes: 40,
                header_len: 40,
                ttl: None,
                tcp: Some(Tcp { flags: TcpFlags(flags), seq: 0, ack: 0, window: 0, header_len: 20 }),
                payload_len,
                payload: &[],
            };
            answered |= word.ends_with('<');
            state.note(&packet, word.ends_with('>'));
        }
        (state, answered)
    }

    #[test]
    fn names_the_thirteen_states() {
        for (script, state, history) in [
            ("S>", "S0", "S"),
            ("S> SA< A>", "S1", "ShA"),
            ("S> SA< A> DA> DA< FA> FA< A>", "SF", "ShADdFf"),
            ("S> RA<", "REJ", "Sr"),
            ("S> SA< A> FA>", "S2", "ShAF"),
            ("S> SA< A> FA<", "S3", "ShAf"),
            ("S> SA< A> R>", "RSTO", "ShAR"),
            ("S> SA< A> RA<", "RSTR", "ShAr"),
            ("S> R>", "RSTOS0", "SR"),
            ("A> SA< R<", "RSTRH", "Ahr"),
            ("S> F>", "SH", "SF"),
            ("A> SA< F<", "SHR", "Ahf"),
            ("A> A<", "OTH", "Aa"),
        ] {
            let (played, answered) = play(script);
            assert_eq!(played.conn_state(Proto::TCP, answered), Some(state), "{script}");
            assert_eq!(played.into_history(), history, "{script}");
        }
    }

    #[test]
    fn a_history_cannot_grow_without_end() {
        let (state, _) = play(&"SF> FR> A> DA> S< SA< R< ".repeat(1000));
        assert!(state.into_history().len() <= 16);
    }
}
