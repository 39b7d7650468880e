//! Packets that come twice, in another order, from one side only, or from the middle on (row B15).

use std::net::IpAddr;

use super::{A, B, analyze, analyze_file, ip};
use crate::generators::frames::{ACK, FIN, SYN, ipv4, tcp};
use crate::generators::pcap::{Pcap, Style};
use wiresift::report::Report;

/// A conversation of one client with one server: handshake, question, answer, both ends closed.
fn conversation() -> Vec<Vec<u8>> {
    let segment = |from_orig: bool, seq: u32, ack: u32, flags, payload: &[u8]| {
        let ports = if from_orig { (40_000, 80) } else { (80, 40_000) };
        let mut message = tcp(ports.0, ports.1, flags, payload);
        message[4..8].copy_from_slice(&seq.to_be_bytes());
        message[8..12].copy_from_slice(&ack.to_be_bytes());
        ip(&if from_orig { ipv4(6, A, B, &message) } else { ipv4(6, B, A, &message) })
    };
    vec![
        segment(true, 100, 0, SYN, b""),
        segment(false, 500, 101, SYN | ACK, b""),
        segment(true, 101, 501, ACK, b""),
        segment(true, 101, 501, ACK, b"question"),
        segment(false, 501, 109, ACK, b"answer, "),
        segment(false, 509, 109, ACK, b"and more"),
        segment(true, 109, 517, FIN | ACK, b""),
        segment(false, 517, 110, FIN | ACK, b""),
        segment(true, 110, 518, ACK, b""),
    ]
}

/// Packets and payload of originator and responder of the one flow there is.
fn only_flow(report: &Report) -> ([u64; 2], [u64; 2]) {
    assert_eq!(report.flows.len(), 1);
    let f = &report.flows[0];
    assert_eq!((f.orig_addr, f.resp_addr), (IpAddr::from(A), IpAddr::from(B)));
    ([f.orig.packets, f.resp.packets], [f.orig.payload_bytes, f.resp.payload_bytes])
}

#[test]
fn b15_packets_captured_twice_are_counted_as_such() {
    let mut file = Pcap::new(Style::default());
    for (i, frame) in conversation().iter().enumerate() {
        // A mirror port gives each packet a second time some microseconds later.
        file.packet(1_000 + i as u32, 0, frame).packet(1_000 + i as u32, 40, frame);
    }
    let report = analyze_file(&file.bytes);
    assert_eq!(only_flow(&report), ([10, 8], [16, 32]));
    let warning = report.warnings.iter().find(|w| w.kind == "duplicate_frame").unwrap();
    assert_eq!((warning.count, warning.first.packet), (9, 2));
    // The same packet sent again a second later is no copy.
    let again = analyze(&[conversation()[0].clone(), conversation()[0].clone()]);
    assert!(again.warnings.iter().all(|w| w.kind != "duplicate_frame"));
}

#[test]
fn b15_packets_out_of_order_stay_one_flow() {
    let mut frames = conversation();
    let in_order = only_flow(&analyze(&frames));
    frames.swap(4, 5);
    frames.swap(6, 7);
    assert_eq!(only_flow(&analyze(&frames)), in_order);
}

#[test]
fn b15_one_direction_and_a_start_in_the_middle_are_flows() {
    let frames = conversation();
    let is_from_orig = |frame: &&Vec<u8>| frame[26..30] == A;
    let one_way: Vec<Vec<u8>> = frames.iter().filter(is_from_orig).cloned().collect();
    let report = analyze(&one_way);
    assert_eq!(only_flow(&report), ([5, 0], [8, 0]));
    let report = analyze(&frames[3..]);
    assert_eq!(only_flow(&report), ([3, 3], [8, 16]));
    assert!(report.flows[0].conn_state.is_some() && report.flows[0].resp.entropy.is_some());
}
