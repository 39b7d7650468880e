//! Databases' greetings.

use super::parser::{Match, Probe};
use super::{be32, is_len};

pub(super) fn over_tcp(probe: &Probe<'_>) -> Option<Match> {
    name_over_tcp(probe).map(Match::named)
}

fn name_over_tcp(probe: &Probe<'_>) -> Option<&'static str> {
    let p = probe.payload;
    if is_mysql(p) {
        return Some("mysql");
    }
    is_postgresql(p).then_some("postgresql")
}

/// The server's greeting: its length, the number 0, protocol 10 and a version ended by 0.
fn is_mysql(p: &[u8]) -> bool {
    let &[a, b, c, 0, 10, ref rest @ ..] = p else { return false };
    let stated = u32::from_le_bytes([a, b, c, 0]);
    let Some(end) = rest.iter().take(80).position(|b| *b == 0) else { return false };
    let version = rest.get(..end).unwrap_or_default();
    let is_version = version.first().is_some_and(u8::is_ascii_digit)
        && version.contains(&b'.')
        && version.iter().all(u8::is_ascii_graphic);
    is_version && p.get(4..).is_some_and(|message| is_len(stated, message))
}

/// The client's start in version 3, or its question whether the server speaks TLS or GSSAPI.
fn is_postgresql(p: &[u8]) -> bool {
    let (Some(len), Some(code)) = (be32(p, 0), be32(p, 4)) else { return false };
    let is_question = matches!(code, 80_877_103 | 80_877_104) && len == 8;
    is_len(len, p) && (is_question || (code == 196_608 && p.get(8..13) == Some(b"user\0")))
}
