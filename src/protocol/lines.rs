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

const SIP_METHODS: [&[u8]; 14] = [
    b"INVITE",
    b"ACK",
    b"BYE",
    b"CANCEL",
    b"OPTIONS",
    b"REGISTER",
    b"PRACK",
    b"SUBSCRIBE",
    b"NOTIFY",
    b"PUBLISH",
    b"INFO",
    b"REFER",
    b"MESSAGE",
    b"UPDATE",
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
    if let Some(name) = request(line, whole) {
        return Some(name);
    }
    mail(probe, line).or_else(|| chat(probe, line))
}

pub(super) fn over_udp(probe: &Probe<'_>) -> Option<Match> {
    name_over_udp(probe).map(Match::named)
}

fn name_over_udp(probe: &Probe<'_>) -> Option<&'static str> {
    let p = probe.payload;
    let first = p.first()?;
    if first.is_ascii_uppercase() {
        let line = first_line(p);
        if line.starts_with(b"M-SEARCH * HTTP/1.") || line.starts_with(b"NOTIFY * HTTP/1.") {
            return Some("ssdp");
        }
        if line.starts_with(b"HTTP/1.") && probe.has_port(&[1900]) {
            return Some("ssdp");
        }
        return request(line, p.len() > line.len()).filter(|name| *name != "http");
    }
    (*first == b'<' && is_syslog(p)).then_some("syslog")
}

/// A request or status line that names its protocol at its end or beginning.
fn request(line: &[u8], is_whole: bool) -> Option<&'static str> {
    if line.starts_with(b"SIP/2.0 ") {
        return Some("sip");
    }
    if line.starts_with(b"RTSP/1.0 ") {
        return Some("rtsp");
    }
    let space = line.iter().position(|b| *b == b' ').filter(|at| *at <= 16)?;
    let (method, rest) = line.split_at_checked(space)?;
    let target = rest.get(1..)?;
    if ends_with_version(line, b" SIP/2.0") {
        return SIP_METHODS.contains(&method).then_some("sip");
    }
    if ends_with_version(line, b" RTSP/1.0") {
        return Some("rtsp");
    }
    let is_version = contains(line, b" HTTP/1.") || (!is_whole && line.len() > 24);
    let is_target = target.first().is_some_and(|b| b"/*h".contains(b)) || method == b"CONNECT";
    (HTTP_METHODS.contains(&method) && is_target && is_version).then_some("http")
}

fn ends_with_version(line: &[u8], version: &[u8]) -> bool {
    line.strip_suffix(b"\r").unwrap_or(line).ends_with(version)
}

/// SMTP, FTP, POP3 and IMAP: replies that name themselves, or a greeting or command on the port they have.
fn mail(probe: &Probe<'_>, line: &[u8]) -> Option<&'static str> {
    const SMTP: [u16; 3] = [25, 587, 2525];
    if line.starts_with(b"220 ") || line.starts_with(b"220-") {
        if contains_word(line, b"smtp") || contains_word(line, b"mail") {
            return Some("smtp");
        }
        if contains_word(line, b"ftp") {
            return Some("ftp");
        }
        return match () {
            () if probe.has_port(&SMTP) => Some("smtp"),
            () if probe.has_port(&[21]) => Some("ftp"),
            () => None,
        };
    }
    let begins = |words: &[&[u8]]| words.iter().any(|w| starts_with_word(line, w));
    match () {
        () if begins(&[b"EHLO ", b"HELO "]) => Some("smtp"),
        () if line.starts_with(b"+OK") && (contains_word(line, b"pop3") || probe.has_port(&[110])) => Some("pop3"),
        () if line.starts_with(b"* OK") && (contains_word(line, b"imap") || probe.has_port(&[143])) => Some("imap"),
        () if probe.has_port(&[21]) && begins(&[b"USER ", b"AUTH TLS", b"FEAT", b"SYST"]) => Some("ftp"),
        () if probe.has_port(&[110]) && begins(&[b"USER ", b"CAPA", b"APOP ", b"AUTH"]) => Some("pop3"),
        () => None,
    }
}

fn chat(probe: &Probe<'_>, line: &[u8]) -> Option<&'static str> {
    let is_irc_port = probe.has_port(&[194, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 7000]);
    let is_command = [&b"NICK "[..], b"USER ", b"PASS ", b"JOIN ", b"CAP LS", b"NOTICE AUTH", b":"]
        .iter()
        .any(|w| line.starts_with(w));
    if is_irc_port && is_command {
        return Some("irc");
    }
    // A client that gives its name and itself in one packet.
    (line.starts_with(b"NICK ") && contains(probe.payload, b"\nUSER ")).then_some("irc")
}

/// `<priority>` up to 191, and text after it (RFC 5424, RFC 3164).
fn is_syslog(p: &[u8]) -> bool {
    let Some(end) = p.iter().take(5).position(|b| *b == b'>').filter(|end| *end >= 2) else { return false };
    let digits = p.get(1..end).unwrap_or_default();
    let priority = std::str::from_utf8(digits).ok().and_then(|d| d.parse::<u16>().ok());
    let text = p.get(end + 1..).unwrap_or_default();
    priority.is_some_and(|n| n <= 191) && text.iter().take(16).all(|b| (0x20..0x7f).contains(b) || *b >= 0x80)
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

fn contains_word(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part))
}

fn starts_with_word(text: &[u8], part: &[u8]) -> bool {
    text.get(..part.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(part))
}
