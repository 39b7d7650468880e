//! Forty small conversations and what Zeek's documentation of conn.log says of each, written by hand.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use crate::generators::frames::{arp, ethernet, icmp, ipv4, ipv6, udp};
use crate::generators::pcap::{Pcap, Style};
use crate::generators::played::play;
use wiresift::pipeline::Analyzer;
use wiresift::report::{EndReason, FlowRecord, Proto};
use wiresift::settings::Settings;

const ORIG: [u8; 4] = [10, 0, 0, 1];
const RESP: [u8; 4] = [10, 0, 0, 2];

/// A conversation, what it is to come to, and why.
struct Case {
    script: &'static str,
    state: &'static str,
    history: &'static str,
    /// Packets of originator and responder.
    packets: (u64, u64),
    /// Missed bytes of originator and responder.
    missed: (u64, u64),
    /// Retransmissions, packets out of order, zero windows, duplicate acknowledgements, both directions.
    counts: [u32; 4],
    why: &'static str,
}

const fn case(
    script: &'static str,
    (state, history): (&'static str, &'static str),
    packets: (u64, u64),
    missed: (u64, u64),
    counts: [u32; 4],
    why: &'static str,
) -> Case {
    Case { script, state, history, packets, missed, counts, why }
}

const NONE: (u64, u64) = (0, 0);
const ZERO: [u32; 4] = [0; 4];

#[rustfmt::skip]
const CASES: &[Case] = &[
    case(">S", ("S0", "S"), (1, 0), NONE, ZERO, "an attempt without a reply"),
    case(">S >S.q0 >S.q0", ("S0", "S"), (3, 0), NONE, ZERO, "a SYN sent again has the same number: one letter"),
    case(">S >S.q7", ("S0", "SS"), (2, 0), NONE, ZERO, "a SYN with another number is another S"),
    case(">S <A.a0", ("S0", "Sa"), (1, 1), NONE, ZERO, "an ACK of a SYN is no reply to it: the responder stays inactive"),
    case(">S <SA", ("S1", "Sh"), (1, 1), NONE, ZERO, "the SYN ACK establishes both sides in Zeek's eyes"),
    case(">S <SA >A", ("S1", "ShA"), (2, 1), NONE, ZERO, "the handshake"),
    case(">S <SA >A >A.d10 <A <A.d20 >A", ("S1", "ShADad"), (4, 3), NONE, ZERO, "established and not terminated"),
    case(">S <SA >A >A.d10 <A.d20 >FA <FA >A", ("SF", "ShADdFf"), (5, 3), NONE, ZERO,
        "normal: the last ACK is the originator's second, which is not written again"),
    case(">S <SA >A >FA <A <FA >A", ("SF", "ShAFaf"), (4, 3), NONE, ZERO, "the responder's pure ACK comes between the FINs"),
    case(">S <SA >A >FA.d10 <FA >A", ("SF", "ShAFf"), (4, 2), NONE, ZERO, "payload with a FIN is written as F only"),
    case(">S <RA", ("REJ", "Sr"), (1, 1), NONE, ZERO, "an attempt rejected"),
    case(">S <RA >R", ("REJ", "SrR"), (2, 1), NONE, ZERO, "both reset and neither sent a byte: still a rejection"),
    case(">S <SA >A >FA", ("S2", "ShAF"), (3, 1), NONE, ZERO, "the originator closes and nobody answers"),
    case(">S <SA >A >FA <A.d5", ("S2", "ShAFd"), (3, 2), NONE, ZERO, "data after a FIN is no close of the other side"),
    case(">S <SA >A <FA", ("S3", "ShAf"), (2, 2), NONE, ZERO, "the responder closes and nobody answers"),
    case(">S <SA >A >A.d9 >R", ("RSTO", "ShADR"), (4, 1), NONE, ZERO, "established, the originator aborts"),
    case(">S <SA >R", ("RSTO", "ShR"), (2, 1), NONE, ZERO, "a SYN scan of an open port: established by the SYN ACK"),
    case(">S <SA >A >A.d9 <RA", ("RSTR", "ShADr"), (3, 2), NONE, ZERO, "the responder aborts"),
    case(">S <SA >A >FA <RA", ("RSTR", "ShAFr"), (3, 2), NONE, ZERO, "a RST instead of a FIN is a reset"),
    case(">S >R", ("RSTOS0", "SR"), (2, 0), NONE, ZERO, "SYN and RST of the originator, no SYN ACK"),
    case(">S >A >R", ("OTH", "SAR"), (3, 0), NONE, ZERO, "an ACK between them: more than RSTOS0 allows"),
    case("<SA <R", ("RSTRH", "^hr"), (0, 2), NONE, ZERO,
        "a SYN ACK comes first: its sender is the responder (^), which resets; no SYN was seen"),
    case(">S >F", ("SH", "SF"), (2, 0), NONE, ZERO, "half open: SYN and FIN, no SYN ACK"),
    case("<SA <FA", ("SHR", "^hf"), (0, 2), NONE, ZERO, "SYN ACK and FIN of the responder, no SYN"),
    case("<SA >A >A.d5 <A.d5", ("S1", "^hADd"), (2, 2), NONE, ZERO,
        "the SYN was missed, the ACK of the SYN ACK establishes all the same"),
    case(">A.d5 <A.d5 >A", ("OTH", "DdA"), (2, 1), NONE, ZERO, "midstream traffic"),
    case(">A.d5 <A.d5 >FA <FA", ("SF", "DdFf"), (2, 2), NONE, ZERO, "closed on both sides, whatever the beginning"),
    case(">SF", ("SH", "Q"), (1, 0), NONE, ZERO, "SYN and FIN in one packet: multi-flag, and closed"),
    case(">S <SA >A >FR", ("RSTO", "ShAI"), (3, 1), NONE, ZERO, "FIN and RST in one packet: inconsistent, and a reset"),
    case(">S <SA >A >-.d100 >A.d50 <A", ("S1", "ShADaG"), (3, 2), (100, 0), ZERO,
        "100 bytes are acknowledged that nobody saw: a gap in what the originator sent, noticed with the ACK, whose own \
         letter is written first"),
    case(">S <SA >A <-.d1000 <A.d10 >A >FA <FA", ("SF", "ShAdgFf"), (4, 3), (0, 1000), ZERO,
        "the same the other way round, closed cleanly"),
    case(">S <SA >A >-.d100 >A.d50 >A.q1.d100 <A", ("S1", "ShADTa"), (4, 2), NONE, [0, 1, 0, 0],
        "what was missing comes late and before its ACK: no gap; Zeek writes the late packet as T"),
    case(">S <SA >A >A.d10 >A.q1.d10 >A.q1.d10", ("S1", "ShADT"), (5, 1), NONE, [2, 0, 0, 0],
        "the same payload three times: two retransmissions, one letter until there are ten"),
    case(">S <SA >A <A.d10 >A.w0 >A.w0 <A.d1 >A.w9", ("S1", "ShAdW"), (5, 3), NONE, [0, 0, 2, 0],
        "two windows of zero: the letter at the first"),
    case(">S <SA >A <A.d10 <A.d10 <A.d10 >A.a1 >A.a1 >A.a1", ("S1", "ShAd"), (5, 4), NONE, [0, 0, 0, 3],
        "three acknowledgements of what was acknowledged with the handshake, while payload is under way"),
    case(">S.c <SA >A.c", ("S1", "CShA"), (2, 1), NONE, ZERO,
        "wrong checksums: the letter at the first of the direction, before the packet's own; the packets count here, \
         which Zeek leaves out unless told otherwise"),
];

/// Sequence numbers begin here: the second wraps around in the midst of every conversation.
const INITIAL: [[u32; 2]; 2] = [[1_000, 5_000], [u32::MAX - 3, u32::MAX]];

fn analyze(frames: &[(u32, Vec<u8>)]) -> Vec<FlowRecord> {
    let mut file = Pcap::new(Style::default());
    for (at, frame) in frames {
        file.packet(1_700_000_000 + at, 0, frame);
    }
    let mut analyzer = Analyzer::new(Settings::default(), [3, 4]).unwrap();
    analyzer.begin_file("played");
    analyzer.push(&file.bytes);
    let report = analyzer.finish().unwrap();
    assert!(report.ledger.is_balanced(&report.flows));
    report.flows.into_iter().collect()
}

#[test]
fn forty_conversations_are_what_zeek_documents() {
    for (i, c) in CASES.iter().enumerate() {
        for initial in INITIAL {
            let flows = analyze(&play(c.script, [(ORIG, 40_000), (RESP, 80)], initial));
            let about = format!("{i}: {} ({})", c.script, c.why);
            assert_eq!(flows.len(), 1, "{about}");
            let f = &flows[0];
            assert_eq!((f.conn_state, f.history.as_str()), (Some(c.state), c.history), "{about}");
            assert_eq!((f.orig_addr, f.orig_port), (ORIG.into(), 40_000), "{about}");
            assert_eq!((f.orig.packets, f.resp.packets), c.packets, "{about}");
            let (o, r) = (&f.stream.orig, &f.stream.resp);
            assert_eq!((o.missed_bytes, r.missed_bytes), c.missed, "{about}");
            let counts = [
                o.retransmissions + r.retransmissions,
                o.out_of_order + r.out_of_order,
                o.zero_windows + r.zero_windows,
                o.duplicate_acks + r.duplicate_acks,
            ];
            assert_eq!(counts, c.counts, "{about}");
        }
    }
    let mut states: Vec<&str> = CASES.iter().map(|c| c.state).collect();
    states.sort_unstable();
    states.dedup();
    assert_eq!(states.len(), 13, "{states:?}");
}

#[test]
fn what_is_not_tcp_has_zeek_s_states_too() {
    let ip = |proto, src, dst, payload: &[u8]| ethernet(0x0800, &ipv4(proto, src, dst, payload));
    let frames = [
        // 37: a question without an answer; 38: one with an answer. Zeek writes each direction's datagrams as one D.
        (0, ip(17, ORIG, RESP, &udp(5_000, 53, b"q"))),
        (1, ip(17, ORIG, RESP, &udp(5_000, 53, b""))),
        (2, ip(17, ORIG, RESP, &udp(5_001, 53, b"q"))),
        (3, ip(17, RESP, ORIG, &udp(53, 5_001, b"r"))),
        // 39: echo and reply are one flow, type 8 and its counterpart 0; Zeek calls ICMP OTH.
        (4, ip(1, ORIG, RESP, &icmp(8, 0, b"ping"))),
        (5, ip(1, RESP, ORIG, &icmp(0, 0, b"ping"))),
        // 40: two unreachables that cross are two flows: the type has no counterpart.
        (6, ip(1, ORIG, RESP, &icmp(3, 1, b"why"))),
        (7, ip(1, RESP, ORIG, &icmp(3, 1, b"why"))),
        // And neighbours' solicitation and advertisement, SCTP, another IP protocol, ARP's question and answer.
        (8, ethernet(0x86dd, &ipv6(58, 1, 2, &icmp(135, 0, b"who")))),
        (9, ethernet(0x86dd, &ipv6(58, 2, 1, &icmp(136, 0, b"me!")))),
        (10, ip(132, ORIG, RESP, &[0, 7, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0])),
        (11, ip(132, RESP, ORIG, &[0, 9, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0])),
        (12, ip(46, ORIG, RESP, b"reserve")),
        (13, ethernet(0x0806, &arp(1, ORIG, RESP))),
        (14, ethernet(0x0806, &arp(2, RESP, ORIG))),
    ];
    let flows = analyze(&frames);
    let told: Vec<_> = flows
        .iter()
        .map(|f| (f.proto, (f.orig_port, f.resp_port), f.conn_state, f.history.as_str(), f.packets()))
        .collect();
    let expected = [
        (Proto::UDP, (5_000, 53), Some("S0"), "D", 2),
        (Proto::UDP, (5_001, 53), Some("SF"), "Dd", 2),
        (Proto::ICMP, (8, 0), Some("OTH"), "", 2),
        (Proto::ICMP, (3, 1), Some("OTH"), "", 1),
        (Proto::ICMP, (3, 1), Some("OTH"), "", 1),
        (Proto::ICMPV6, (135, 136), Some("OTH"), "", 2),
        (Proto::SCTP, (7, 9), Some("OTH"), "", 2),
        (Proto::Ip(46), (0, 0), Some("OTH"), "", 1),
        (Proto::Arp, (0, 0), None, "", 2),
    ];
    assert_eq!(told, expected);
}

#[test]
fn letters_of_repetition_come_at_powers_of_ten() {
    let script = format!(">S <SA >A >A.d10 {}", ">A.q1.d10 ".repeat(100));
    let flows = analyze(&play(&script, [(ORIG, 40_000), (RESP, 80)], INITIAL[0]));
    assert_eq!((flows[0].history.as_str(), flows[0].stream.orig.retransmissions), ("ShADTTT", 100));
}

#[test]
fn the_handshake_is_timed() {
    let flows = analyze(&play(">S >S.q0.t3 <SA.t2 >A.t4", [(ORIG, 40_000), (RESP, 80)], INITIAL[1]));
    let stream = &flows[0].stream;
    assert_eq!((stream.syn_ack_ns, stream.ack_ns), (Some(2_000_000_000), Some(4_000_000_000)));
    assert_eq!(stream.rtt_ns(), Some(6_000_000_000));
    let cut = analyze(&play("<SA >A", [(ORIG, 40_000), (RESP, 80)], INITIAL[1]));
    assert_eq!((cut[0].stream.syn_ack_ns, cut[0].stream.rtt_ns()), (None, None));
}

#[test]
fn flows_end_for_the_reasons_they_say() {
    let of = |script: &str| {
        let flows = analyze(&play(script, [(ORIG, 40_000), (RESP, 80)], INITIAL[0]));
        flows.iter().map(|f| (f.packets(), f.end)).collect::<Vec<_>>()
    };
    use EndReason::{Active, EndOfCapture, Fin, Idle, Rst};
    // The last ACK trails by five seconds at most.
    assert_eq!(of(">S <SA >A >FA <FA >A.t5"), [(6, Fin)]);
    assert_eq!(of(">S <SA >A >FA <FA >A.t6"), [(5, Fin), (1, EndOfCapture)]);
    // A SYN of another connection needs no wait; the same SYN sent again does.
    assert_eq!(of(">S <RA >S.q9 <RA"), [(2, Rst), (2, Rst)]);
    assert_eq!(of(">S <RA >S.q0 <RA"), [(4, Rst)]);
    assert_eq!(of(">S <SA >A.t120 >A.t121"), [(3, Idle), (1, EndOfCapture)]);
    assert_eq!(of(&format!(">S <SA {}", ">A.t100 ".repeat(18))), [(19, Active), (1, EndOfCapture)]);
}
