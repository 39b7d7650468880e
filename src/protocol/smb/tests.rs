#![allow(clippy::cast_possible_truncation)]

use super::*;
use crate::protocol::dce_rpc::tests::{bind_svcctl, create_service};
use crate::protocol::ntlm::tests::proof;
use crate::protocol::testing::{named, over_tcp};
use crate::protocol::ticket::tests::shown;

fn session(smb: &[u8]) -> Vec<u8> {
    let len = u32::try_from(smb.len()).unwrap().to_be_bytes();
    [&[0, len[1], len[2], len[3]], smb].concat()
}

fn two(command: u16, status: u32, is_response: bool, body: &[u8]) -> Vec<u8> {
    let mut header = vec![0u8; 64];
    header[..4].copy_from_slice(b"\xfeSMB");
    header[4] = 64;
    header[8..12].copy_from_slice(&status.to_le_bytes());
    header[12..14].copy_from_slice(&command.to_le_bytes());
    header[16] = u8::from(is_response);
    header.extend(body);
    session(&header)
}

fn utf16_of(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A body with a text of UTF-16 behind it, whose place and length stand at `at`.
fn with_text(len: usize, at: usize, text: &str) -> Vec<u8> {
    let text = utf16_of(text);
    let mut body = vec![0u8; len];
    body[at..at + 2].copy_from_slice(&((64 + len) as u16).to_le_bytes());
    body[at + 2..at + 4].copy_from_slice(&(text.len() as u16).to_le_bytes());
    body.extend(text);
    body
}

fn smb(talk: &[(bool, &[u8])]) -> SmbRecord {
    let found = over_tcp(445, talk);
    match found.records.into_iter().next() {
        Some(Record::Smb(record)) => *record,
        other => panic!("{other:?}"),
    }
}

#[test]
fn counts_refused_logins_inside_one_connection() {
    let attempt = two(1, 0, false, &[&[0; 24][..], &proof("LAB", "admin", "PC7")].concat());
    let go_on = two(1, 0xc000_0016, true, &[0; 8]);
    let refused = two(1, 0xc000_006d, true, &[0; 8]);
    let mut talk: Vec<(bool, &[u8])> = Vec::new();
    for _ in 0..30 {
        talk.extend([(true, &attempt[..]), (false, &go_on), (true, &attempt), (false, &refused)]);
    }
    let smb = smb(&talk);
    assert_eq!((smb.login_attempts, smb.failed_logins, smb.logins), (30, 30, 0));
    assert_eq!((smb.failures.of("logon failure"), smb.commands.of("session setup")), (30, 60));
    assert_eq!((smb.user, smb.domain, smb.host), (Some("admin".into()), Some("LAB".into()), Some("PC7".into())));
}

#[test]
fn says_whom_a_kerberos_ticket_is_for() {
    let attempt = two(1, 0, false, &[&[0; 24][..], &shown("LAB.EXAMPLE", &["cifs", "dc1"])].concat());
    let smb = smb(&[(true, &attempt), (false, &two(1, 0, true, &[0; 8]))]);
    assert_eq!((smb.ticket_service, smb.ticket_realm), (Some("cifs/dc1".into()), Some("LAB.EXAMPLE".into())));
    assert_eq!((smb.user, smb.logins), (None, 1));
}

#[test]
fn sees_a_service_made_through_an_administrative_share() {
    let dialect = two(0, 0, true, &[&[65, 0, 1, 0, 0x11, 0x03][..], &[0; 58]].concat());
    let share = two(3, 0, false, &with_text(8, 4, "\\\\DC1\\ADMIN$"));
    let denied = two(3, 0xc000_0022, true, &[0; 16]);
    let file = two(5, 0, false, &with_text(56, 44, "PSEXESVC.exe"));
    let created = two(5, 0, true, &[&[89, 0, 0, 0, 2, 0, 0, 0][..], &[0; 80]].concat());
    let write = |data: &[u8]| {
        let mut body = vec![0u8; 48];
        body[2] = 112;
        body[4..8].copy_from_slice(&(data.len() as u32).to_le_bytes());
        body.extend(data);
        two(9, 0, false, &body)
    };
    let call = {
        let data = create_service();
        let mut body = vec![0u8; 56];
        body[4..8].copy_from_slice(&0x0011_c017u32.to_le_bytes());
        body[24..28].copy_from_slice(&120u32.to_le_bytes());
        body[28..32].copy_from_slice(&(data.len() as u32).to_le_bytes());
        body.extend(data);
        two(11, 0, false, &body)
    };
    // A binding may come in several writes.
    let whole = bind_svcctl();
    let (bind, rest) = (write(&whole[..30]), write(&whole[30..]));
    let smb = smb(&[
        (false, &dialect),
        (true, &share),
        (false, &denied),
        (true, &file),
        (false, &created),
        (true, &bind),
        (true, &rest),
        (true, &call),
    ]);
    assert_eq!((smb.dialect, smb.refused_shares, smb.created), (Some("3.1.1"), 1, 1));
    assert_eq!((smb.shares.first.as_slice(), smb.admin_shares.of("ADMIN$")), (&["\\\\DC1\\ADMIN$".into()][..], 1));
    assert_eq!(smb.files.first, ["PSEXESVC.exe".into()]);
    assert_eq!((smb.interfaces.of("svcctl"), smb.operations.of("svcctl create service")), (1, 1));
}

#[test]
fn reads_the_first_version() {
    let one = |command: u8, status: u32, flags: u8, words: &[u8], bytes: &[u8]| {
        let mut header = vec![0u8; 32];
        header[..4].copy_from_slice(b"\xffSMB");
        header[4] = command;
        header[5..9].copy_from_slice(&status.to_le_bytes());
        header[9] = flags;
        header[10..12].copy_from_slice(&0x4000u16.to_le_bytes());
        header.push((words.len() / 2) as u8);
        header.extend(words);
        header.extend((bytes.len() as u16).to_le_bytes());
        header.extend(bytes);
        session(&header)
    };
    let share = one(0x75, 0, 0x18, b"\xff\0\0\0\0\0\x01\0", b"\0\\\\PC\\C$\0?????\0");
    let login = one(0x73, 0, 0x18, &[&[0xff, 0][..], &[0; 12], &[2, 0, 1, 0], &[0; 8]].concat(), b"abcann\0LAB\0");
    let refused = one(0x73, 0xc000_006d, 0x98, &[], &[]);
    let smb = smb(&[(true, &login), (false, &refused), (true, &share)]);
    assert_eq!(
        (smb.failed_logins, smb.admin_shares.of("drive"), smb.user, smb.domain),
        (1, 1, Some("ann".into()), Some("LAB".into()))
    );
}

#[test]
fn other_sessions_are_none() {
    for bytes in [&b"\0\0\0\x40\xfeSMC"[..], b"\0\0\0\x10\xfeSMB", b"\x01\0\0\x40\xfeSMB", b"\xfeSMB"] {
        assert_eq!(named(445, &[(true, bytes)]), None);
    }
}
