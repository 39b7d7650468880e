//! A request's or answer's head, read line by line and leniently: what is damaged is left out.

use super::attack;
use super::body::Body;
use super::login;
use crate::protocol::bytes::find;
use crate::report::{HttpRecord, Text};
use crate::sort;

/// Header lines that are looked at.
const MAX_LINES: usize = 128;
/// Longest word that a request begins with.
const MAX_METHOD: usize = 24;

/// Words that requests begin with: RFC 9110, WebDAV, UPnP, and those of Microsoft's services.
const METHODS: &[&str] = &[
    "GET",
    "POST",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "CONNECT",
    "TRACE",
    "PATCH",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "REPORT",
    "SEARCH",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "NOTIFY",
    "MKCALENDAR",
    "ACL",
    "RPC_IN_DATA",
    "RPC_OUT_DATA",
    "CCM_POST",
    "BITS_POST",
    "SSTP_DUPLEX_POST",
    "RDG_IN_DATA",
    "RDG_OUT_DATA",
    "MERGE",
    "PURGE",
];

/// What the first line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A request.
    Request { method: &'a [u8], uri: &'a [u8], version: &'a [u8] },
    /// An answer.
    Response { status: u16 },
    /// No first line of HTTP.
    Neither,
}

/// A head up to its empty line.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) kind: Kind<'a>,
    lines: &'a [u8],
}

/// Whether the bytes begin a request or an answer.
pub(super) fn is_start(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"HTTP/1.") {
        return true;
    }
    let line = first_line(bytes);
    let is_whole = line.len() < bytes.len();
    let Some((method, target)) = method_of(line) else { return false };
    let is_version = find(line, b" HTTP/1.").is_some() || (!is_whole && line.len() > MAX_METHOD);
    let is_target = target.first().is_some_and(|b| b"/*h".contains(b)) || method == b"CONNECT";
    is_target && is_version
}

/// The method and what follows it.
fn method_of(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = line.iter().take(MAX_METHOD).position(|b| *b == b' ')?;
    let (method, rest) = line.split_at_checked(space)?;
    METHODS.iter().any(|known| known.as_bytes() == method).then_some((method, rest.get(1..)?))
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
    let line = bytes.get(..end).unwrap_or(bytes);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl<'a> Head<'a> {
    /// The head and its length; `None` as long as it is not whole and more may come.
    pub(super) fn read(bytes: &'a [u8], is_full: bool) -> Option<(Self, usize)> {
        let len = match end_of(bytes) {
            Some(len) => len,
            None if is_full => bytes.len(),
            // A line that is none of HTTP's needs no empty line after it.
            None if !bytes.is_empty() && bytes.len() > MAX_METHOD && !is_start(bytes) => 0,
            None => return None,
        };
        let head = bytes.get(..len)?;
        let line = first_line(head);
        let lines = head.get(line.len()..).unwrap_or_default();
        Some((Self { kind: kind_of(line), lines }, len))
    }

    /// A header's value.
    fn value(&self, wanted: &str) -> Option<&'a [u8]> {
        self.headers().find(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes())).map(|(_, value)| value)
    }

    fn headers(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.lines.split(|b| *b == b'\n').take(MAX_LINES).filter_map(|line| {
            let colon = line.iter().position(|b| *b == b':')?;
            let (name, value) = line.split_at_checked(colon)?;
            Some((name.trim_ascii(), value.get(1..)?.trim_ascii()))
        })
    }

    fn text(&self, name: &str) -> Option<Text> {
        self.value(name).map(Text::new)
    }

    fn length(&self) -> Option<u64> {
        std::str::from_utf8(self.value("content-length")?).ok()?.parse().ok()
    }

    /// What stands behind the head.
    pub(super) fn body(&self, is_response: bool) -> Body {
        let encoding = self.value("transfer-encoding").unwrap_or_default();
        if encoding.to_ascii_lowercase().ends_with(b"chunked") {
            return Body::Chunked;
        }
        match self.length() {
            Some(0) => Body::None,
            Some(bytes) => Body::Sized(bytes),
            None if is_response => Body::Endless,
            None => Body::None,
        }
    }

    /// The kinds of attack that a request for this URI looks like, each once.
    pub(super) fn attacks(&self, uri: &[u8]) -> impl Iterator<Item = &'static str> {
        let mut kinds: Vec<&'static str> = attack::in_text(uri).chain(attack::in_lines(self.lines)).collect();
        for name in ["user-agent", "referer"] {
            kinds.extend(self.value(name).into_iter().flat_map(attack::in_text).filter(|kind| *kind != "secret file"));
        }
        sort::ascending(&mut kinds);
        kinds.dedup();
        kinds.into_iter()
    }

    /// Writes the first request into the record.
    pub(super) fn write_request(&self, record: &mut HttpRecord, method: &[u8], uri: &[u8], version: &[u8]) {
        record.method = Some(Text::limited(method, MAX_METHOD));
        record.uri = Some(Text::new(uri));
        record.version = Some(Text::limited(version, 8));
        let authority = || {
            let rest = uri.get(find(uri, b"://")? + 3..)?;
            Some(Text::new(rest.split(|b| *b == b'/').next()?))
        };
        record.host = self.text("host").or_else(authority).or_else(|| (method == b"CONNECT").then(|| Text::new(uri)));
        record.user_agent = self.text("user-agent");
        record.referrer = self.text("referer");
        record.request_content_type = self.text("content-type");
        record.request_content_length = self.length();
    }

    /// Writes who logs in into the record: of every request and every answer.
    pub(super) fn write_login(&self, record: &mut HttpRecord, is_response: bool) {
        let names: [&[u8]; 2] = if is_response {
            [b"www-authenticate", b"proxy-authenticate"]
        } else {
            [b"authorization", b"proxy-authorization"]
        };
        for (_, value) in self.headers().filter(|(name, _)| names.iter().any(|n| n.eq_ignore_ascii_case(name))) {
            if !is_response && record.authorization.is_none() {
                record.authorization = scheme(value);
            }
            login::read(record, value);
        }
    }

    /// Writes the first answer into the record.
    pub(super) fn write_response(&self, record: &mut HttpRecord, status: u16) {
        record.status = Some(status);
        record.server = self.text("server");
        record.content_type = self.text("content-type");
        record.content_length = self.length();
        record.upgrade = if status == 101 { self.text("upgrade") } else { None };
    }
}

/// The word before the secret; a value of one word is a secret itself.
fn scheme(value: &[u8]) -> Option<Text> {
    let space = value.iter().position(|b| *b == b' ')?;
    let scheme = value.get(..space).filter(|word| word.len() <= MAX_METHOD)?;
    scheme.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-').then(|| Text::new(scheme))
}

/// Length of the head with its empty line.
fn end_of(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line_end = at + bytes.get(at..)?.iter().position(|b| *b == b'\n')? + 1;
        match bytes.get(line_end..)? {
            [b'\n', ..] => return Some(line_end + 1),
            [b'\r', b'\n', ..] => return Some(line_end + 2),
            _ => at = line_end,
        }
    }
}

fn kind_of(line: &[u8]) -> Kind<'_> {
    if let Some(rest) = line.strip_prefix(b"HTTP/1.") {
        let digits = rest.get(2..5).and_then(|d| std::str::from_utf8(d).ok()).and_then(|d| d.parse().ok());
        return digits.map_or(Kind::Neither, |status| Kind::Response { status });
    }
    let Some((method, target)) = method_of(line) else { return Kind::Neither };
    let version_at = target.iter().rposition(|b| *b == b' ').unwrap_or(target.len());
    let (uri, version) = target.split_at_checked(version_at).unwrap_or((target, &[]));
    match version.strip_prefix(b" HTTP/") {
        Some(version) => Kind::Request { method, uri, version },
        None => Kind::Request { method, uri: target, version: &[] },
    }
}

/// The method by its fixed name.
pub(super) fn method_name(method: &[u8]) -> &'static str {
    METHODS.iter().find(|known| known.as_bytes() == method).copied().unwrap_or("other")
}

/// The hundreds of a status.
pub(super) fn status_class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_messages_begin() {
        for start in
            [&b"GET / HTTP/1.1\r\n"[..], b"HTTP/1.0 200", b"CONNECT a:443 HTTP/1.1\r\n", b"POST http://a/ HTTP/1.0\n"]
        {
            assert!(is_start(start));
        }
        for other in [&b"GET /"[..], b"GET x y z\r\n", b"get / HTTP/1.1\r\n", b"", b"OPTIONS sip:a SIP/2.0\r\n"] {
            assert!(!is_start(other));
        }
    }

    #[test]
    fn secrets_are_not_kept() {
        for (value, word) in [(&b"Basic dXNlcjpwYXNz"[..], Some("Basic")), (b"s3cret", None), (b"a=b; c", None)] {
            assert_eq!(scheme(value).as_ref().map(Text::as_str), word);
        }
    }

    #[test]
    fn a_head_ends_with_an_empty_line_of_either_kind() {
        for (bytes, len) in
            [(&b"a\r\n\r\nb"[..], Some(5)), (b"a\n\nb", Some(3)), (b"a\r\nb\n\r\n", Some(7)), (b"a\r\n\r", None)]
        {
            assert_eq!(end_of(bytes), len);
        }
    }
}
