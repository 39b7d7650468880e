//! What only headers show: chains of IPv6, and frames injected into a WEP network.

use super::*;
use crate::generators::frames::{ethernet, icmp, ipv6};
use crate::generators::pcap::{Pcap, Style};

/// Echo requests of fe80::1 (or so) behind one header of eight bytes.
fn behind(kind: u8, header: [u8; 8], n: u64) -> Vec<Timed> {
    let packet =
        |i: u64| (i * 10_000, ethernet(0x86dd, &ipv6(kind, 1, 2, &[&header[..], &icmp(128, 0, &[1; 8])].concat())));
    (0..n).map(packet).collect()
}

#[test]
fn ipv6_headers_that_nobody_chains_but_not_those_that_hosts_send() {
    let atomic = [58, 0, 0, 0, 0, 0, 0, 7];
    let finding = only(behind(44, atomic, 40), "ipv6_headers");
    assert_eq!((finding.severity, finding.packets, finding.actors.len()), (Severity::Medium, 40, 1));
    assert!(finding.evidence.contains("40 packets with fragment headers on whole packets"), "{}", finding.evidence);
    assert!(found(behind(44, atomic, 2), "ipv6_headers").is_empty(), "too few");
    let loops = only(behind(43, [58, 0, 0, 0, 0, 0, 0, 0], 40), "ipv6_headers");
    assert_eq!(loops.severity, Severity::High, "{}", loops.evidence);
    let honest = [(0, [58, 0, 5, 2, 0, 0, 1, 0]), (60, [58, 0, 1, 4, 0, 0, 0, 0]), (44, [58, 0, 0, 1, 0, 0, 0, 7])];
    for (kind, header) in honest {
        assert!(found(behind(kind, header, 2_000), "ipv6_headers").is_empty(), "{kind}");
    }
}

/// The findings of a kind in 802.11 frames, each with its microsecond.
fn in_the_air(frames: impl IntoIterator<Item = Timed>, kind: &str) -> Vec<Finding> {
    let mut file = Pcap::new(Style { link_type: 105, ..Style::default() });
    for (at, frame) in frames {
        file.packet(1_700_000_000 + (at / SECOND) as u32, (at % SECOND) as u32, &frame);
    }
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(&file.bytes);
    let findings = analyzer.finish().unwrap().findings;
    findings.into_iter().filter(|finding| finding.kind == kind).collect()
}

/// Data frames of one station to an access point, encrypted; `vector` is the fourth byte before the data.
fn wireless(n: u64, gap_us: u64, vector: u8, length: impl Fn(u64) -> usize) -> Vec<Finding> {
    let frame = |i: u64| {
        let header = [&[0x08, 0x41, 0, 0][..], &[1; 6], &[2; 6], &[3; 6], &[0, 0], &[9, 9, 9, vector]].concat();
        (i * gap_us, [header, vec![0x5a; length(i)]].concat())
    };
    in_the_air((0..n).map(frame), "wep_injection")
}

#[test]
fn arp_frames_injected_into_wep_but_not_its_traffic() {
    let findings = wireless(3_000, 2_000, 0, |_| 40);
    assert_eq!((findings.len(), findings[0].severity, findings[0].packets), (1, Severity::High, 3_000));
    assert!(findings[0].title.contains("02:02:02:02:02:02"), "{}", findings[0].title);
    assert!(wireless(3_000, 2_000, 0x20, |_| 40).is_empty(), "WPA");
    assert!(wireless(3_000, 2_000, 0, |i| 40 + (i % 5) as usize * 30).is_empty(), "lengths of traffic");
    assert!(wireless(3_000, 2_000, 0, |_| 1_400).is_empty(), "a download");
    assert!(wireless(3_000, 50_000, 0, |_| 40).is_empty(), "20 a second");
}

/// Frames of management over some seconds: so many that throw a station off, and so many that let one in.
fn managing(thrown: u64, joined: u64, seconds: u64) -> Vec<Finding> {
    let every = |n: u64, kind: u8| (0..n).map(move |i| (i * seconds * SECOND / n, kind));
    let mut frames: Vec<(u64, u8)> = every(thrown, 0xc0).chain(every(joined, 0x00)).collect();
    frames.sort_unstable();
    let frame = |(at, kind)| (at, [&[kind, 0, 0, 0][..], &[1; 6], &[2; 6], &[2; 6], &[0, 0, 7, 0]].concat());
    in_the_air(frames.into_iter().map(frame), "wifi_attack")
}

#[test]
fn stations_thrown_off_but_not_those_that_move() {
    let findings = managing(256, 2, 30);
    assert_eq!((findings.len(), findings[0].severity, findings[0].packets), (1, Severity::High, 256));
    assert!(managing(60, 0, 30).is_empty(), "too few");
    assert!(managing(256, 40, 30).is_empty(), "who is let in again and again moves");
    assert!(managing(256, 2, 3_600).is_empty(), "one in fourteen seconds");
}
