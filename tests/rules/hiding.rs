//! Channels that are not to be seen: beacons, tunnels, names made up, odd TLS.

use super::*;
use crate::generators::frames::{ethernet, icmp, ipv4};
use crate::generators::talks;

/// Calls of a server at these times, seconds after the start, with so many bytes each.
fn calls(times: impl IntoIterator<Item = f64>, bytes: impl Fn(usize) -> usize) -> Vec<Timed> {
    let call = |(i, at): (usize, f64)| {
        let ends = ((host(5), 30_000 + i as u16), ([203, 0, 113, 7], 8_081));
        talk((at * 1e6) as u64, ends.0, ends.1, &[(true, &vec![b'k'; bytes(i)]), (false, b"ok")])
    };
    times.into_iter().enumerate().flat_map(call).collect()
}

#[test]
fn even_calls_are_a_beacon_and_uneven_ones_are_not() {
    let beacon = only(calls((0..20).map(|i| 30.0 * f64::from(i) + f64::from(i % 3) * 0.4), |_| 180), "beacon");
    assert_eq!((beacon.severity, beacon.rows), (Severity::Medium, 20));
    assert!(beacon.title.contains("every 30") || beacon.title.contains("every 29"), "{}", beacon.title);
    let person = calls((0..20).map(|i| 7.0 * libm::pow(1.35, f64::from(i))), |i| 150 + 211 * i);
    assert!(found(person, "beacon").is_empty());
    let few = calls((0..6).map(|i| 30.0 * f64::from(i)), |_| 180);
    assert!(found(few, "beacon").is_empty());
    let burst = calls((0..40).map(|i| 0.05 * f64::from(i)), |_| 180);
    assert!(found(burst, "beacon").is_empty(), "a page's parts");
}

#[test]
fn the_same_request_again_and_again_is_a_beacon_though_it_waits_unevenly() {
    let times = (0..40).scan(0.0, |at, i| {
        *at += f64::from((i * 7_919) % 14 + 1);
        Some(*at)
    });
    let beacon = only(calls(times, |i| [189, 194, 198][i % 3]), "beacon");
    assert!(beacon.evidence.contains("100 % have"), "{}", beacon.evidence);
}

#[test]
fn polling_by_design_is_no_beacon() {
    let ntp =
        (0..40u64).flat_map(|i| exchange(i * 64 * SECOND, (host(5), 123), (host(1), 123), &[0x23; 48], &[0x24; 48]));
    assert!(found(ntp.collect(), "beacon").is_empty());
}

fn question(at: u64, n: u16, labels: &[&[u8]], code: u16) -> Vec<Timed> {
    let (orig, resp) = ((host(6), 20_000 + n), (host(1), 53));
    let asked = talks::dns_message(0x0100, labels, 1, 0, &[]);
    exchange(at, orig, resp, &asked, &talks::dns_message(0x8180 | code, labels, 1, 0, &[]))
}

#[test]
fn data_in_names_is_a_tunnel_and_long_names_of_a_service_are_not() {
    let coded = |i: u32| {
        format!("{:016x}{:016x}{:08x}", u64::from(i).wrapping_mul(0x9e37_79b9_7f4a_7c15), u64::from(i) << 40, i)
    };
    let tunnel = (0..40u32)
        .flat_map(|i| question(u64::from(i) * 100_000, i as u16, &[coded(i).as_bytes(), b"t", b"example", b"net"], 0));
    let finding = only(tunnel.collect(), "dns_tunnel");
    assert!(finding.title.contains("example.net") && finding.severity == Severity::Medium, "{}", finding.title);
    let few = (0..15u32)
        .flat_map(|i| question(u64::from(i) * 100_000, i as u16, &[coded(i).as_bytes(), b"t", b"example", b"net"], 0));
    assert!(found(few.collect(), "dns_tunnel").is_empty());
    let names = (0..60u32).flat_map(|i| {
        let label = format!("host-{i}");
        question(u64::from(i) * 100_000, i as u16, &[label.as_bytes(), b"office", b"example", b"net"], 0)
    });
    assert!(found(names.collect(), "dns_tunnel").is_empty());
}

#[test]
fn names_made_up_by_a_program() {
    let made = |i: u32| format!("xk{:x}qzt{:x}vbr", i * 7_919 + 5, i * 104_729 + 9);
    let ask = |n: u32, code: u16| {
        (0..n).flat_map(move |i| question(u64::from(i) * 100_000, i as u16, &[made(i).as_bytes(), b"com"], code))
    };
    let finding = only(ask(60, 3).collect(), "failed_names");
    assert_eq!((finding.severity, finding.rows), (Severity::High, 60));
    assert!(found(ask(60, 0).collect(), "failed_names").is_empty(), "they exist");
    assert!(found(ask(8, 3).collect(), "failed_names").is_empty());
    let mixed = ask(12, 3).chain(ask(60, 0).map(|(at, frame)| (at + 10 * SECOND, frame)));
    assert!(found(mixed.collect(), "failed_names").is_empty(), "most exist");
}

#[test]
fn pings_that_carry_a_conversation() {
    let echo = |at: u64, kind: u8, size: usize| {
        let (src, dst) = if kind == 8 { (host(3), host(4)) } else { (host(4), host(3)) };
        (at, ethernet(0x0800, &ipv4(1, src, dst, &icmp(kind, 0, &vec![0x41; size]))))
    };
    let tunnel =
        (0..60u64).flat_map(|i| [echo(i * SECOND, 8, 40 + (i * 97 % 600) as usize), echo(i * SECOND + 9, 0, 90)]);
    let finding = only(tunnel.collect(), "icmp_tunnel");
    assert_eq!((finding.severity, finding.rows), (Severity::High, 1));
    let pings = (0..60u64).flat_map(|i| [echo(i * SECOND, 8, 500), echo(i * SECOND + 9, 0, 500)]);
    assert!(found(pings.collect(), "icmp_tunnel").is_empty());
}

#[test]
fn a_certificate_of_its_own_on_a_port_of_its_own() {
    let said = talks::tls(b"", b"nobody");
    let said: Vec<(bool, &[u8])> = said.iter().map(|(from_orig, bytes)| (*from_orig, bytes.as_slice())).collect();
    let to = |address, port| talk(0, (host(8), 40_000), (address, port), &said);
    let finding = only(to([203, 0, 113, 80], 4_782), "odd_tls");
    assert!(finding.severity >= Severity::Medium && finding.evidence.contains("nobody"), "{}", finding.evidence);
    let named = talks::tls(b"www.example.com", b"www.example.com");
    let named: Vec<(bool, &[u8])> = named.iter().map(|(from_orig, bytes)| (*from_orig, bytes.as_slice())).collect();
    let usual = talk(0, (host(8), 40_000), ([203, 0, 113, 80], 443), &named);
    assert!(found(usual, "odd_tls").iter().all(|f| f.severity <= Severity::Low));
}

/// Connections to port 443 of an outside host with a certificate of an authority: nothing is odd about one of them.
fn visits(client: u8, hello: &[u8], server: u8, times: impl IntoIterator<Item = u64>) -> Vec<Timed> {
    let own = talks::certificate_by(b"www.example.com", b"Authority", b"20250101000000Z");
    let chain = talks::server_hello(&[&own, &talks::certificate(b"Authority")]);
    let hello = talks::tls_record(22, hello);
    let chain = talks::tls_record(22, &chain);
    let done = [talks::tls_record(20, &[1]), talks::tls_record(22, &[5; 40])].concat();
    let said: [(bool, &[u8]); 4] = [(true, &hello), (false, &chain), (true, &done), (false, &done)];
    let visit = |(n, at): (u16, u64)| talk(at, (host(client), 40_000 + n), ([203, 0, 113, server], 443), &said);
    (0..).zip(times).flat_map(visit).collect()
}

#[test]
fn a_hello_of_ones_own_at_even_intervals() {
    let usual = talks::client_hello(b"www.example.com");
    let own = talks::client_hello_of(b"www.example.com", 9);
    let others = || (10..16).flat_map(|n| visits(n, &usual, n, [u64::from(n) * SECOND, u64::from(n) * 7 * SECOND]));
    let with = |hello: &[u8], gaps: &[u64]| {
        let times = (0..12).scan(0, |at, i| {
            *at += gaps[i % gaps.len()] * SECOND;
            Some(*at)
        });
        found(others().chain(visits(66, hello, 99, times)).collect(), "odd_tls")
    };
    let tool = with(&own, &[30]);
    assert_eq!((tool.len(), tool[0].severity, tool[0].actors[0].as_str()), (1, Severity::Low, "10.0.0.66"));
    assert!(tool[0].evidence.contains("nobody else sends") && tool[0].evidence.contains("even intervals"));
    assert!(with(&own, &[30, 2, 77, 9, 140]).is_empty(), "a program of its own, used by hand");
    assert!(with(&usual, &[30]).is_empty(), "the hello that all send");
}
