//! Scans and sweeps.

use super::*;
use crate::generators::frames::{arp, ethernet, icmp, ipv4};

/// Probes of ports with these flags, one every 10 ms, each answered by a reset.
fn probes(ports: std::ops::Range<u16>, flags: u8) -> Vec<Timed> {
    let probe = |(i, port): (u64, u16)| {
        let (scanner, target) = ((host(9), 50_000 + port), (host(1), port));
        [tcp(i * 10_000, scanner, target, flags, b""), tcp(i * 10_000 + 50, target, scanner, R | A, b"")]
    };
    (0..).zip(ports).flat_map(probe).collect()
}

#[test]
fn port_scan_of_every_kind() {
    for (flags, name) in [(S, "SYN"), (0, "NULL"), (F, "FIN"), (F | P | 0x20, "Xmas")] {
        let scan = only(probes(1..41, flags), "port_scan");
        assert_eq!((scan.severity, scan.rows), (Severity::Medium, 40), "{name}");
        assert_eq!((scan.actors, scan.targets), (vec!["10.0.0.9".to_owned()], vec!["10.0.0.1".to_owned()]));
        assert!(scan.title.contains(name) && scan.evidence.contains("40 ports"), "{}", scan.title);
        assert_eq!(scan.technique.unwrap().id, "T1046");
    }
    assert_eq!(only(probes(1..201, S), "port_scan").severity, Severity::High);
}

#[test]
fn one_finding_tells_when_it_had_ten_times_as_many_rows() {
    let scan = only(probes(1..202, S), "port_scan");
    // One every 10 ms: the tenth 90 ms after the first, the hundredth 990 ms.
    let told: Vec<(u64, u64)> = scan.raised.iter().map(|raise| (raise.rows, raise.ts.since(scan.first_ts))).collect();
    assert_eq!((scan.rows, told), (201, vec![(10, 90_000_000), (100, 990_000_000)]));
    assert_eq!(only(probes(1..41, S), "port_scan").raised.len(), 1);
}

#[test]
fn port_scan_that_takes_hours_is_one() {
    let slow: Vec<Timed> = probes(1..41, S).into_iter().map(|(at, frame)| (at * 30_000, frame)).collect();
    assert_eq!(only(slow, "port_scan").rows, 40);
}

#[test]
fn a_few_ports_or_ports_that_answer_are_no_scan() {
    assert!(found(probes(1..15, S), "port_scan").is_empty());
    let served = (1..60).flat_map(|port| {
        talk(
            u64::from(port) * 10_000,
            (host(9), 50_000 + port),
            (host(1), port),
            &[(true, b"hello"), (false, b"welcome")],
        )
    });
    assert!(found(served.collect(), "port_scan").is_empty());
}

#[test]
fn address_scan_by_syn_and_by_datagrams() {
    let sweep = |n: u8| (1..=n).map(|i| tcp(u64::from(i) * 9_000, (host(200), 40_000), ([10, 0, 1, i], 23), S, b""));
    let scan = only(sweep(30).collect(), "address_scan");
    assert_eq!((scan.target_count, scan.rows, scan.severity), (30, 30, Severity::Medium));
    assert!(scan.title.contains("tcp port 23"));
    assert!(found(sweep(20).collect(), "address_scan").is_empty());
    let datagrams = (1..=30).map(|i| udp(u64::from(i) * 9_000, (host(200), 40_000), ([10, 0, 1, i], 1434), &[4; 30]));
    assert_eq!(only(datagrams.collect(), "address_scan").target_count, 30);
}

#[test]
fn peers_sought_on_ports_of_their_own_are_told_low() {
    let seek = |n: u8| {
        (1..=n).map(|i| {
            let peer = ([198, 51, 100, i], 20_000 + 7 * u16::from(i));
            udp(u64::from(i) * 9_000, (host(200), 40_000), peer, &[4; 30])
        })
    };
    let finding = only(seek(30).collect(), "peer_search");
    assert_eq!((finding.target_count, finding.rows, finding.severity), (30, 30, Severity::Low));
    assert!(finding.title.contains("sought in vain"), "{}", finding.title);
    assert!(found(seek(20).collect(), "peer_search").is_empty());
    let answered = (31..=70u8).flat_map(|i| {
        let peer = ([198, 51, 100, i], 20_000 + 7 * u16::from(i));
        exchange(u64::from(i) * 9_000, (host(200), 40_000), peer, &[4; 30], &[5; 30])
    });
    assert!(found(seek(30).chain(answered).collect(), "peer_search").is_empty(), "most are there");
}

#[test]
fn a_client_of_many_servers_is_no_address_scan() {
    let browsing = (1..=60).flat_map(|i| {
        let end = ([198, 51, 100, i], 443);
        talk(u64::from(i) * 100_000, (host(3), 40_000 + u16::from(i)), end, &[(true, b"hello"), (false, b"there")])
    });
    assert!(found(browsing.collect(), "address_scan").is_empty());
}

fn ping(at: u64, from: u8, to: u8, is_answered: bool) -> Vec<Timed> {
    let frame = |kind, src, dst| ethernet(0x0800, &ipv4(1, host(src), host(dst), &icmp(kind, 0, &[0; 36])));
    let mut frames = vec![(at, frame(8, from, to))];
    if is_answered {
        frames.push((at + 300, frame(0, to, from)));
    }
    frames
}

#[test]
fn ping_sweep_but_not_a_few_pings() {
    let sweep = |n: u8| (1..=n).flat_map(|i| ping(u64::from(i) * 20_000, 250, i, i % 8 == 0)).collect::<Vec<_>>();
    let finding = only(sweep(40), "ping_sweep");
    assert_eq!((finding.target_count, finding.severity), (40, Severity::Medium));
    assert!(finding.evidence.contains("5 answered"), "{}", finding.evidence);
    assert!(found(sweep(9), "ping_sweep").is_empty());
    let watched: Vec<Timed> = (1..=40).flat_map(|i| ping(u64::from(i) * 20_000, 250, i, true)).collect();
    assert_eq!(found(watched, "ping_sweep")[0].severity, Severity::Low, "all that it asks is there");
}

#[test]
fn arp_sweep_but_not_a_router_whose_hosts_answer() {
    let ask = |i: u8, is_answered: bool| {
        let at = u64::from(i) * 10_000;
        let mut frames = vec![(at, ethernet(0x0806, &arp(1, host(250), host(i))))];
        if is_answered {
            frames.push((at + 100, ethernet(0x0806, &arp(2, host(i), host(250)))));
        }
        frames
    };
    let finding = only((1..=60).flat_map(|i| ask(i, i % 10 == 0)).collect(), "arp_sweep");
    assert!(finding.evidence.contains("60 addresses") && finding.severity == Severity::Medium, "{}", finding.evidence);
    assert!(found((1..=60).flat_map(|i| ask(i, true)).collect(), "arp_sweep").is_empty());
    assert!(found((1..=20).flat_map(|i| ask(i, false)).collect(), "arp_sweep").is_empty());
}
