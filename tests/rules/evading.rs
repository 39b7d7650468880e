//! Row D6 of the table of bad inputs: attacks whose makers know what is looked for. Copies of the plain attacks, each with
//! its times shaken, its order mixed and its packets padded.

use super::*;
use crate::generators::talks;

/// A number below `most` that follows from `n` and looks like none in particular.
fn any(n: u64, most: u64) -> u64 {
    let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33) % most
}

#[test]
fn d06_a_scan_with_shaken_times_mixed_ports_padding_and_a_visit_between_is_found() {
    let (scanner, target) = (host(9), host(1));
    let mut frames = Vec::new();
    for i in 0..120u64 {
        let at = i * 20 * SECOND + any(i, 19 * SECOND);
        let ends = ((scanner, 40_000 + any(i, 20_000) as u16), (target, 1 + (i * 37 % 1_021) as u16));
        frames.push(tcp(at, ends.0, ends.1, S, &vec![0; any(i, 40) as usize]));
        if i % 3 > 0 {
            frames.push(tcp(at + 50 + any(i, 900), ends.1, ends.0, R | A, b""));
        }
        if i % 10 == 0 {
            frames.extend(talk(
                at + SECOND,
                (scanner, 30_000 + i as u16),
                (host(2), 80),
                &[(true, b"GET"), (false, b"it")],
            ));
        }
    }
    let all = found(frames, "port_scan");
    assert!(all.iter().any(|f| f.actors == ["10.0.0.9"] && f.severity >= Severity::Medium), "{all:#?}");
}

#[test]
fn d06_a_beacon_is_found_with_shaken_times_and_padded_requests() {
    let calls = |shaken: u64, padded: u64| -> Vec<Timed> {
        let call = |i: u64| {
            let at = i * 60 * SECOND + any(i, (60 * SECOND * shaken / 100).max(1));
            let said = vec![b'k'; 180 + any(i + 1_000, padded.max(1)) as usize];
            talk(at, (host(5), 30_000 + i as u16), ([203, 0, 113, 7], 8_081), &[(true, &said), (false, b"ok")])
        };
        (0..60).flat_map(call).collect()
    };
    for (shaken, padded) in [(0, 0), (20, 0), (0, 60), (10, 40), (0, 400)] {
        let all = found(calls(shaken, padded), "beacon");
        assert!(all.iter().any(|f| f.actors == ["10.0.0.5"]), "{shaken} % of the time, {padded} bytes");
    }
}

#[test]
fn d06_a_tunnel_of_shorter_names_that_waits_and_asks_real_names_between_is_found() {
    let ask = |at: u64, n: u16, labels: &[&[u8]], kind: u16| {
        let (orig, resp) = ((host(6), 20_000 + n), (host(1), 53));
        let asked = talks::dns_message(0x0100, labels, kind, 0, &[]);
        exchange(at, orig, resp, &asked, &talks::dns_message(0x8180, labels, kind, 0, &[]))
    };
    let mut frames = Vec::new();
    for i in 0..60u64 {
        let at = i * 10 * SECOND + any(i, 9 * SECOND);
        let coded = format!("{:x}{:x}", any(i, 1 << 30) + (1 << 30), any(i + 77, 1 << 30) + (1 << 30));
        frames.extend(ask(at, i as u16, &[coded.as_bytes(), b"t", b"example", b"net"], 16));
        if i % 2 == 0 {
            frames.extend(ask(at + SECOND, 1_000 + i as u16, &[b"www", b"example", b"org"], 1));
        }
    }
    let all = found(frames, "dns_tunnel");
    assert!(all.iter().any(|f| f.title.contains("example.net")), "{all:#?}");
}
