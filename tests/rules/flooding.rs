//! Floods, reflection, DHCP.

use super::*;

#[test]
fn syn_flood_from_made_up_addresses_has_no_actor() {
    let syn = |i: u64| {
        let source = ([198, 18, (i >> 8) as u8, i as u8], 1_024 + i as u16);
        tcp(i * 1_000, source, (host(1), 80), S, b"")
    };
    let flood = only((0..3_000).map(syn).collect(), "flood");
    assert_eq!((flood.severity, flood.rows), (Severity::High, 3_000));
    assert!(flood.actors.is_empty() && flood.title.contains("spoofed"), "{}", flood.title);
    assert_eq!(flood.targets, ["10.0.0.1"]);
    assert!(found((0..900).map(syn).collect(), "flood").is_empty(), "too few");
    let slow: Vec<Timed> = (0..3_000).map(|i| (i * 50_000, syn(i).1)).collect();
    assert!(found(slow, "flood").is_empty(), "20 a second");
}

#[test]
fn many_clients_that_are_served_are_no_flood() {
    let served = (0..1_200u64).flat_map(|i| {
        let client = ([198, 18, (i >> 8) as u8, i as u8], 2_000);
        talk(
            i * 1_000,
            client,
            (host(1), 80),
            &[(true, b"GET / HTTP/1.1\r\n\r\n"), (false, b"HTTP/1.1 200 OK\r\n\r\n")],
        )
    });
    assert!(found(served.collect(), "flood").is_empty());
}

#[test]
fn udp_flood_but_not_a_call() {
    let flood = (0..20_000u64).map(|i| udp(i * 100, (host(7), 4_000), (host(1), 53_000), &[1; 60]));
    let finding = only(flood.collect(), "flood");
    assert_eq!((finding.actors, finding.packets), (vec!["10.0.0.7".to_owned()], 20_000));
    let call = (0..3_000u64).map(|i| udp(i * 8_000, (host(7), 4_000), (host(1), 53_000), &[1; 160]));
    assert!(found(call.collect(), "flood").is_empty(), "one stream of 125 packets a second");
}

#[test]
fn reflected_answers_but_not_answers_to_questions() {
    let victim = (host(1), 40_000);
    let reflected = (0..60u8).map(|i| udp(u64::from(i) * 1_000, ([198, 51, 100, i], 123), victim, &[0x17; 440]));
    let finding = only(reflected.collect(), "reflection");
    assert_eq!((finding.severity, finding.targets), (Severity::High, vec!["10.0.0.1".to_owned()]));
    assert!(finding.title.contains("NTP answers from 60 hosts"), "{}", finding.title);
    let asked = (0..60u8)
        .flat_map(|i| exchange(u64::from(i) * 1_000, victim, ([198, 51, 100, i], 123), &[0x17; 48], &[0x17; 48]));
    assert!(found(asked.collect(), "reflection").is_empty());
    let syn_acks = (0..60u8).map(|i| tcp(u64::from(i) * 1_000, ([198, 51, 100, i], 443), victim, S | A, b""));
    assert!(only(syn_acks.clone().collect(), "reflection").title.contains("TCP answers"));
    let resets =
        |port| (100..140u8).map(move |i| tcp(u64::from(i) * 1_000, ([198, 51, 100, i], port), victim, R | A, b""));
    let finding = only(syn_acks.chain(resets(80)).collect(), "reflection");
    assert_eq!((finding.rows, finding.actors.len()), (100, 20), "a closed port answers, too");
    assert!(found(resets(8_080).collect(), "reflection").is_empty(), "clients that give up");
}

#[test]
fn an_amplifier_is_seen_where_it_stands() {
    let ask = |n: u64, answer: usize| {
        (0..n).flat_map(move |i| {
            exchange(i * 10_000, (host(2), 1_000 + i as u16), (host(1), 53), &[7; 40], &vec![8; answer])
        })
    };
    let finding = only(ask(30, 1_400).collect(), "reflection");
    assert_eq!((finding.severity, finding.actors), (Severity::Medium, vec!["10.0.0.1".to_owned()]));
    assert!(found(ask(30, 200).collect(), "reflection").is_empty());
    assert!(found(ask(10, 1_400).collect(), "reflection").is_empty());
}
