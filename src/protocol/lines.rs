//! Protocols whose messages begin with a line of text.

use super::parser::{Match, Probe};

/// Bytes of the first line that are looked at.
const LINE: usize = 1024;

const HTTP_METHODS: [&[u8]; 16] = [
    b"GET",
    b"POST",
    b"HEAD",
    b"PUT",
    b"DELETE",
    b"OPTIONS",
    b"CONNECT",
    b"TRACE",
    b"PATCH",
    b"PROPFIND",
    b"PROPPATCH",
    b"MKCOL",
    b"COPY",
    b"MOVE",
    b"LOCK",
    b"REPORT",
];

pub(super) fn over_tcp(probe: &Probe<'_>) -> Option<Match> {
    name_over_tcp(probe).map(Match::named)
}

fn name_over_tcp(probe: &Probe<'_>) -> Option<&'static str> {
    let p = probe.payload;
    // Most payloads are none of these: their first byte says so.
    if !p.first().is_some_and(|b| b.is_ascii_graphic()) {
        return None;
    }
    let line = first_line(p);
    if line.starts_with(b"RFB 003.") || line.starts_with(b"RFB 004.") {
        return Some("rfb");
    }
    if line.starts_with(b"HTTP/1.") || line.starts_with(b"PRI * HTTP/2.0") {
        return Some("http");
    }
    let whole = p.len() > line.len();
    request(line, whole)
}

/// A request or status line that names its protocol at its end or beginning.
fn request(line: &[u8], is_whole: bool) -> Option<&'static str> {
    let space = line.iter().position(|b| *b == b' ').filter(|at| *at <= 16)?;
    let (method, rest) = line.split_at_checked(space)?;
    let target = rest.get(1..)?;
    let is_version = contains(line, b" HTTP/1.") || (!is_whole && line.len() > 24);
    let is_target = target.first().is_some_and(|b| b"/*h".contains(b)) || method == b"CONNECT";
    (HTTP_METHODS.contains(&method) && is_target && is_version).then_some("http")
}

/// Up to the first line feed, without it.
fn first_line(p: &[u8]) -> &[u8] {
    let p = p.get(..LINE).unwrap_or(p);
    let end = p.iter().position(|b| *b == b'\n').unwrap_or(p.len());
    p.get(..end).unwrap_or(p)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|w| w == part)
}
