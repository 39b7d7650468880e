//! What connections carry: programs, attacks on web servers, uploads, commands to machines, passwords in clear, worms.

use super::*;

/// An outside host.
const OUTSIDE: [u8; 4] = [198, 51, 100, 9];

/// The first bytes of a program for Linux, and more of it.
fn elf(bytes: usize) -> Vec<u8> {
    [b"\x7fELF\x02\x01\x01".as_slice(), &vec![0x90; bytes]].concat()
}

/// A request with its answer.
fn web(i: u64, server: [u8; 4], request: &str, status: &str, body: &[u8]) -> Vec<Timed> {
    let request = format!("{request}\r\nHost: {}\r\n\r\n", std::net::Ipv4Addr::from(server));
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
    let answer = [head.as_bytes(), body].concat();
    talk(i * SECOND, (host(5), 30_000 + i as u16), (server, 80), &[(true, request.as_bytes()), (false, &answer)])
}

#[test]
fn a_program_from_an_address_is_found_and_a_page_is_not() {
    let program =
        only(web(0, OUTSIDE, "GET /a.png HTTP/1.1\r\nUser-Agent: x", "200 OK", &elf(2_000)), "executable_download");
    assert_eq!((program.severity, program.rows), (Severity::High, 1));
    let page = web(0, OUTSIDE, "GET /a.png HTTP/1.1\r\nUser-Agent: x", "200 OK", &[0x89; 2_000]);
    assert!(found(page, "executable_download").is_empty());
}

#[test]
fn a_program_on_a_bare_connection_is_found_behind_its_length_too() {
    let sent = |content: &[u8]| {
        let length = (content.len() as u32).to_le_bytes();
        talk(0, (host(5), 30_000), (OUTSIDE, 4444), &[(false, &length), (false, content), (true, b"ok")])
    };
    assert_eq!(only(sent(&elf(1_400)), "executable_download").severity, Severity::High);
    let once = [7u8.to_le_bytes().as_slice(), &[0; 3], &elf(1_400)].concat();
    assert_eq!(only(talk(0, (host(5), 30_000), (OUTSIDE, 4444), &[(false, &once)]), "executable_download").rows, 1);
    assert!(found(sent(&[0x90; 1_400]), "executable_download").is_empty());
}

#[test]
fn injections_are_found_and_questions_about_them_are_not() {
    let ask = |i: u64, uri: &str| web(i, host(9), &format!("GET {uri} HTTP/1.1"), "200 OK", b"x");
    let attack = only((0..4).flat_map(|i| ask(i, "/a?id=1'%20UNION%20SELECT%20user")).collect(), "web_attack");
    assert_eq!((attack.severity, attack.rows), (Severity::Medium, 4));
    assert!(attack.evidence.contains("SQL injection 4"), "{}", attack.evidence);
    let search = (0..4).flat_map(|i| ask(i, "/search?q=union+of+soviet+select+committees")).collect();
    assert!(found(search, "web_attack").is_empty());
}

#[test]
fn an_upload_is_found_and_a_download_is_not() {
    let large = vec![0x55; 50_000];
    let carry = |up: bool| {
        let said: Vec<(bool, &[u8])> = (0..30).map(|_| (up, large.as_slice())).collect();
        talk(0, (host(5), 30_000), (OUTSIDE, 9_999), &said)
    };
    let upload = only(carry(true), "exfiltration");
    assert_eq!((upload.severity, upload.targets), (Severity::Medium, vec!["198.51.100.9".to_owned()]));
    assert!(found(carry(false), "exfiltration").is_empty());
}

/// Modbus requests of the originator with their answers, so many of them refused.
fn modbus(at: u64, client: u8, device: u8, n: u16, refused: u16) -> Vec<Timed> {
    let said: Vec<(bool, Vec<u8>)> = (0..n)
        .flat_map(|i| {
            let [high, low] = i.to_be_bytes();
            let ask = vec![high, low, 0, 0, 0, 6, 1, 3, high, low, 0, 1];
            let answer = if i < refused {
                vec![high, low, 0, 0, 0, 3, 1, 0x83, 2]
            } else {
                vec![high, low, 0, 0, 0, 5, 1, 3, 2, 0, 7]
            };
            [(true, ask), (false, answer)]
        })
        .collect();
    let said: Vec<(bool, &[u8])> = said.iter().map(|(from, bytes)| (*from, bytes.as_slice())).collect();
    talk(at, (host(client), 30_000 + client as u16), (host(device), 502), &said)
}

#[test]
fn a_search_through_registers_is_found_and_polling_is_not() {
    let polling = || modbus(0, 1, 100, 60, 2);
    assert!(found(polling(), "industrial").is_empty());
    let search = only([polling(), modbus(50, 66, 100, 60, 40)].concat(), "industrial");
    assert_eq!((search.severity, search.actors), (Severity::Medium, vec!["10.0.0.66".to_owned()]));
}

#[test]
fn a_password_in_clear_is_told_without_it_and_a_refused_one_is_not() {
    let login = |answer: &[u8]| {
        let said: [(bool, &[u8]); 5] = [
            (false, b"220 FTP\r\n"),
            (true, b"USER ann\r\n"),
            (false, b"331 Password\r\n"),
            (true, b"PASS hunter2\r\n"),
            (false, answer),
        ];
        talk(0, (host(5), 30_000), (host(9), 21), &said)
    };
    let clear = only(login(b"230 Welcome\r\n"), "cleartext_credentials");
    assert_eq!(clear.severity, Severity::Low);
    assert!(clear.evidence.contains("ann") && !format!("{clear:?}").contains("hunter2"));
    assert!(found(login(b"530 No\r\n"), "cleartext_credentials").is_empty());
}

#[test]
fn slammer_is_found_and_a_question_to_its_port_is_not() {
    let datagrams = |bytes: usize| {
        (1..5).map(move |i| udp(u64::from(i) * 100, (host(5), 1_025), (host(100 + i), 1_434), &vec![4; bytes]))
    };
    let worm = only(datagrams(376).collect(), "worm");
    assert_eq!((worm.severity, worm.rows), (Severity::High, 4));
    assert!(found(datagrams(1).collect(), "worm").is_empty());
}
