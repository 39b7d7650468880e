//! What is rare, loud, sudden or long beside everything else.

use super::*;
use crate::generators::talks;

/// A web page from an outside server.
fn page(at: u64, client: u8, n: u16) -> Vec<Timed> {
    let said = talks::http(b"www.example.com", b"Mozilla/5.0");
    let said: Vec<(bool, &[u8])> = said.iter().map(|(from_orig, bytes)| (*from_orig, bytes.as_slice())).collect();
    talk(at, (host(client), 40_000 + n), ([203, 0, 113, 80], 80), &said)
}

/// Hosts that read the web, a page each ten seconds by turns.
fn reading(hosts: u8, pages: u16) -> Vec<Timed> {
    (0..pages).flat_map(|n| page(u64::from(n) * 10 * SECOND, 10 + (n % u16::from(hosts)) as u8, n)).collect()
}

#[test]
fn what_one_of_many_hosts_speaks_is_rare() {
    let chat = |client: u8| {
        let said: [(bool, &[u8]); 2] =
            [(true, b"NICK a\r\nUSER a 0 * :a\r\n"), (false, b":irc.example.com 001 a :Welcome\r\n")];
        talk(5 * SECOND + u64::from(client), (host(client), 50_000), ([203, 0, 113, 9], 6_667), &said)
    };
    let with = |hosts: u8, talkers: std::ops::Range<u8>| {
        let all = reading(hosts, 240).into_iter().chain(talkers.flat_map(chat));
        found(all.collect(), "rare_protocol")
    };
    let rare = with(30, 12..13);
    assert_eq!((rare.len(), rare[0].severity, rare[0].actors[0].as_str()), (1, Severity::Info, "10.0.0.12"));
    assert!(rare[0].title.contains("irc"), "{}", rare[0].title);
    assert!(with(30, 12..14).is_empty(), "two of them do");
    assert!(with(10, 12..13).is_empty(), "hosts that are too few to say");
}

#[test]
fn a_host_with_most_flows_of_all_is_loud() {
    let with = |own: u16| {
        let loud = (0..own).flat_map(|n| page(u64::from(n) * 3 * SECOND + 7, 99, 1_000 + n));
        found(reading(15, 60).into_iter().chain(loud).collect(), "loud_host")
    };
    let loud = with(200);
    assert_eq!((loud.len(), loud[0].actors[0].as_str(), loud[0].rows), (1, "10.0.0.99", 200));
    assert!(with(55).is_empty(), "not half of the flows");
}

#[test]
fn many_flows_of_a_moment_are_a_burst() {
    let with = |many: u16| {
        let sudden = (0..many).flat_map(|n| page(300 * SECOND + u64::from(n) * 10_000, 99, 1_000 + n));
        found(reading(15, 60).into_iter().chain(sudden).collect(), "burst")
    };
    let burst = with(150);
    assert_eq!((burst.len(), burst[0].actors[0].as_str(), burst[0].rows), (1, "10.0.0.99", 150));
    assert!(with(60).is_empty());
}

#[test]
fn a_connection_of_hours_to_an_outside_host_is_long() {
    let open = |server: [u8; 4], hours: u64| {
        let (own, other) = ((host(5), 40_000), (server, 443));
        let handshake = [tcp(0, own, other, S, b""), tcp(9, other, own, S | A, b""), tcp(19, own, other, A, b"")];
        let kept = (1..=hours * 60).flat_map(|minute| {
            let at = minute * 60 * SECOND;
            [tcp(at, own, other, P | A, b"still here"), tcp(at + 900, other, own, P | A, b"yes")]
        });
        found(handshake.into_iter().chain(kept).collect(), "long_connection")
    };
    let long = open([203, 0, 113, 9], 3);
    assert_eq!((long.len(), long[0].severity, long[0].actors[0].as_str()), (1, Severity::Info, "10.0.0.5"));
    assert_eq!(open([203, 0, 113, 9], 9)[0].severity, Severity::Low);
    assert!(open([10, 0, 0, 9], 3).is_empty(), "inside");
    assert!(open([203, 0, 113, 9], 0).is_empty());
}
