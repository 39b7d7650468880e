//! What is asked of servers: addresses, services to be made, transactions that break in.

use super::*;

/// A DHCP message of a hardware address: `kind` 1 discover, 2 offer, 3 request, 5 ack; a server's carries its address.
fn message(client: u16, kind: u8, server: Option<u8>) -> Vec<u8> {
    let mut out = vec![0u8; 236];
    out[..3].copy_from_slice(&[if server.is_some() { 2 } else { 1 }, 1, 6]);
    let mac = client.to_be_bytes();
    out[28..34].copy_from_slice(&[2, 0, 0, 0, mac[0], mac[1]]);
    out.extend([0x63, 0x82, 0x53, 0x63, 53, 1, kind]);
    if let Some(server) = server {
        out.extend([54, 4, 10, 0, 0, server]);
    }
    out.push(255);
    out
}

/// Clients without an address ask everybody, one every tenth of a second.
fn asking(clients: u16) -> Vec<Timed> {
    let ask = |n: u16| {
        let (nobody, all) = (([0, 0, 0, 0], 68), ([255, 255, 255, 255], 67));
        udp(u64::from(n) * SECOND / 10, nobody, all, &message(n, 1, None))
    };
    (0..clients).map(ask).collect()
}

/// A client renews its address at a server, which acknowledges.
fn renewal(at: u64, client: u16, server: u8) -> Vec<Timed> {
    let (own, served) = ((host(client as u8), 68), (host(server), 67));
    exchange(at, own, served, &message(client, 3, None), &message(client, 5, Some(server)))
}

#[test]
fn a_server_is_asked_until_it_has_nothing_left() {
    let finding = only(asking(150), "dhcp_abuse");
    assert_eq!(finding.severity, Severity::High);
    assert!(finding.title.contains("150 clients"), "{}", finding.title);
    assert!(found(asking(60), "dhcp_abuse").is_empty(), "an office that comes to work");
}

#[test]
fn a_second_server_gives_addresses() {
    let honest = || (20..40u8).flat_map(|n| renewal(u64::from(n) * SECOND, u16::from(n), 1));
    assert!(found(honest().collect(), "dhcp_abuse").is_empty());
    let second = only(honest().chain(renewal(90 * SECOND, 50, 66)).collect(), "dhcp_abuse");
    assert_eq!((second.severity, second.actors), (Severity::Low, vec!["10.0.0.66".to_owned()]));
}

/// A packet of DCE/RPC over TCP.
fn rpc(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (16 + body.len() as u16).to_le_bytes();
    [&[5, 0, kind, 3, 0x10, 0, 0, 0, length[0], length[1], 0, 0, 1, 0, 0, 0], body].concat()
}

/// The service manager is bound to and asked for an operation.
fn managed(operation: u8) -> Vec<Timed> {
    let bind = [
        &b"\xb8\x10\xb8\x10\0\0\0\0\x01\0\0\0\0\0\x01\0"[..],
        // svcctl, MS-SCMR 1.9, and NDR
        b"\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32\x98\xf0\x38\0\x10\x03\x02\0\0\0",
        b"\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\0\x2b\x10\x48\x60\x02\0\0\0",
    ];
    let bind = rpc(11, &bind.concat());
    let (bound, call) = (rpc(12, &[0; 44]), rpc(0, &[&[32, 0, 0, 0, 0, 0, operation, 0][..], &[7; 32]].concat()));
    let answer = rpc(2, &[0; 32]);
    let said: [(bool, &[u8]); 4] = [(true, &bind), (false, &bound), (true, &call), (false, &answer)];
    talk(0, (host(66), 40_000), (host(1), 49_154), &said)
}

#[test]
fn a_service_is_made_on_another_host_but_not_where_services_are_listed() {
    let finding = only(managed(12), "lateral_movement");
    assert_eq!((finding.severity, finding.actors), (Severity::High, vec!["10.0.0.66".to_owned()]));
    assert!(finding.evidence.contains("created a service"), "{}", finding.evidence);
    assert!(found(managed(14), "lateral_movement").is_empty(), "the services' names");
}

/// A message of SMB 1.
fn smb(command: u8, status: u32, is_answer: bool) -> Vec<u8> {
    let mut message = vec![0, 0, 0, 35];
    message.extend(b"\xffSMB");
    message.push(command);
    message.extend(status.to_le_bytes());
    // Statuses of 32 bits, texts of UTF-16.
    message.extend([if is_answer { 0x88 } else { 0x18 }, 0x01, 0xc0]);
    message.extend([0; 23]);
    message
}

/// The dialect is agreed on, then a transaction 2 is asked for and answered.
fn transaction(status: u32) -> Vec<Timed> {
    let messages = [(0x72, 0, false), (0x72, 0, true), (0x32, 0, false), (0x32, status, true)];
    let messages = messages.map(|(command, status, is_answer)| (!is_answer, smb(command, status, is_answer)));
    let said: Vec<(bool, &[u8])> = messages.iter().map(|(from_orig, bytes)| (*from_orig, bytes.as_slice())).collect();
    talk(0, (host(66), 40_000), (host(1), 445), &said)
}

#[test]
fn the_back_door_of_smb_is_asked_but_not_where_transactions_are_done() {
    // STATUS_NOT_IMPLEMENTED
    let finding = only(transaction(0xc000_0002), "smb_exploit");
    assert_eq!((finding.severity, finding.targets), (Severity::High, vec!["10.0.0.1".to_owned()]));
    assert!(found(transaction(0), "smb_exploit").is_empty());
}
