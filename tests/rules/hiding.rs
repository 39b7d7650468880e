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
