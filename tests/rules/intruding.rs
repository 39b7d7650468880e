//! Guessed passwords and what comes after.

use super::*;
use crate::generators::frames::{arp, ethernet};

/// A login at an FTP server that is refused, or taken.
fn login(i: u64, is_taken: bool) -> Vec<Timed> {
    let answer: &[u8] = if is_taken { b"230 Welcome\r\n" } else { b"530 Login incorrect\r\n" };
    let said: [(bool, &[u8]); 5] = [
        (false, b"220 FTP\r\n"),
        (true, b"USER admin\r\n"),
        (false, b"331 Password\r\n"),
        (true, b"PASS x\r\n"),
        (false, answer),
    ];
    talk(i * 2 * SECOND, (host(66), 30_000 + i as u16), (host(1), 21), &said)
}

#[test]
fn refused_logins_are_guesses_and_a_login_after_them_is_critical() {
    let guesses = only((0..12).flat_map(|i| login(i, false)).collect(), "password_guessing");
    assert_eq!((guesses.severity, guesses.rows), (Severity::Medium, 12));
    assert!(guesses.evidence.contains("12 logins were refused"), "{}", guesses.evidence);
    let through = only((0..13).flat_map(|i| login(i, i == 12)).collect(), "password_guessing");
    assert_eq!(through.severity, Severity::Critical);
    assert!(found((0..5).flat_map(|i| login(i, false)).collect(), "password_guessing").is_empty(), "a bad memory");
    assert!(found((0..30).flat_map(|i| login(i, true)).collect(), "password_guessing").is_empty(), "they are let in");
}

#[test]
fn hidden_logins_are_counted_by_connections() {
    let ssh = |i: u64, bytes: usize| {
        let said: [(bool, &[u8]); 4] =
            [(false, b"SSH-2.0-OpenSSH_9\r\n"), (true, b"SSH-2.0-x\r\n"), (true, &vec![0; bytes]), (false, &[0; 900])];
        talk(i * 3 * SECOND, (host(66), 30_000 + i as u16), (host(1), 22), &said)
    };
    let finding = found((0..25).flat_map(|i| ssh(i, 1_300)).collect(), "password_guessing");
    assert_eq!((finding.len(), finding[0].rows), (1, 25));
    assert!(found((0..25).flat_map(|i| ssh(i, 9_000)).collect(), "password_guessing").is_empty(), "work is done there");
    assert!(found((0..15).flat_map(|i| ssh(i, 1_300)).collect(), "password_guessing").is_empty());
}

/// An ARP message from a hardware address of one's own.
fn claim(at: u64, mac: u8, sender: u8, target: u8) -> Timed {
    let mut message = arp(2, host(sender), host(target));
    message[8..14].copy_from_slice(&[2, 0, 0, 0, 0, mac]);
    (at, ethernet(0x0806, &message))
}

#[test]
fn two_hardware_addresses_claim_one_address() {
    let honest = [claim(0, 1, 1, 2), claim(10, 2, 2, 1), claim(20, 66, 66, 1)];
    assert!(found(honest.to_vec(), "arp_spoofing").is_empty());
    let mut spoofed = honest.to_vec();
    spoofed.extend([claim(SECOND, 66, 1, 2), claim(SECOND + 9, 66, 2, 1)]);
    let finding = only(spoofed, "arp_spoofing");
    assert_eq!((finding.severity, finding.actors), (Severity::High, vec!["10.0.0.66".to_owned()]));
    assert_eq!(finding.targets, ["10.0.0.1", "10.0.0.2"]);
    let bridge = (1..9u8).map(|i| claim(u64::from(i) * 100, 200, i, 9)).collect();
    assert!(found(bridge, "arp_spoofing").is_empty(), "a bridge lends its address to many");
}
