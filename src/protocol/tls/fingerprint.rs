//! JA3, JA3S and JA4: what a hello looks like, whoever says it.
//!
//! **Source** Salesforce's JA3 (2017); FoxIO's JA4 (2023), whose client part alone is free to use.

use super::Transport;
use super::hello::{ALPN, GROUPS, Hello, SERVER_NAME, SIGNATURES, is_grease};
use super::memo::{self, Fingerprints};
use crate::protocol::cursor::be16s;
use crate::protocol::digest::{md5_hex, push_decimal, push_hex, sha256_hex};
use crate::report::Text;

/// Digits of a digest that JA4 keeps.
const JA4_DIGITS: usize = 12;
/// What JA4 says of a list that is empty.
const JA4_EMPTY: &str = "000000000000";
/// JA4's counts have two digits.
const JA4_MAX_COUNT: usize = 99;

/// JA3 and JA4 of a client's hello.
pub(super) fn of_client(hello: &Hello<'_>, transport: Transport) -> Fingerprints {
    memo::recall(hello, transport, || (ja3(hello), ja4(hello, transport)))
}

/// MD5 of `version,ciphers,extensions,groups,point formats`.
pub(super) fn ja3(hello: &Hello<'_>) -> Text {
    let mut text = Vec::with_capacity(512);
    push_decimal(&mut text, hello.version);
    push_list(&mut text, be16s(hello.ciphers));
    push_list(&mut text, hello.extensions.into_iter().map(|(kind, _)| kind));
    push_list(&mut text, be16s(hello.list16(GROUPS)));
    push_list(&mut text, hello.point_formats().iter().copied().map(u16::from));
    Text::from(md5_hex(&text).as_str())
}

/// MD5 of `version,cipher,extensions` of a server's answer.
pub(super) fn ja3s(hello: &Hello<'_>) -> Text {
    let mut text = Vec::with_capacity(128);
    push_decimal(&mut text, hello.version);
    text.push(b',');
    push_decimal(&mut text, be16s(hello.ciphers).next().unwrap_or(0));
    text.push(b',');
    push_joined(&mut text, hello.extensions.into_iter().map(|(kind, _)| kind));
    Text::from(md5_hex(&text).as_str())
}

/// Adds a comma and the numbers with a dash between them, without GREASE.
fn push_list(text: &mut Vec<u8>, numbers: impl Iterator<Item = u16>) {
    text.push(b',');
    push_joined(text, numbers.filter(|n| !is_grease(*n)));
}

/// Adds the numbers with a dash between them.
fn push_joined(text: &mut Vec<u8>, numbers: impl Iterator<Item = u16>) {
    for (i, n) in numbers.enumerate() {
        if i > 0 {
            text.push(b'-');
        }
        push_decimal(text, n);
    }
}

/// `t13d1516h2_8daaf6152771_e5627efa2ab1`.
pub(super) fn ja4(hello: &Hello<'_>, transport: Transport) -> Text {
    let mut ciphers: Vec<u16> = be16s(hello.ciphers).filter(|n| !is_grease(*n)).collect();
    let mut kinds: Vec<u16> = hello.extensions.into_iter().map(|(kind, _)| kind).filter(|n| !is_grease(*n)).collect();
    let has_name = kinds.contains(&SERVER_NAME);
    let counts = [ciphers.len(), kinds.len()].map(|n| n.min(JA4_MAX_COUNT));
    ciphers.sort_unstable();
    kinds.retain(|kind| ![SERVER_NAME, ALPN].contains(kind));
    kinds.sort_unstable();
    let signatures = hex_list(be16s(hello.list16(SIGNATURES)).filter(|n| !is_grease(*n)));
    let mut last = hex_list(kinds.into_iter());
    if !last.is_empty() && !signatures.is_empty() {
        last.push(b'_');
        last.extend_from_slice(&signatures);
    }
    let [n_ciphers, n_kinds] = counts;
    let text = format!(
        "{}{}{}{n_ciphers:02}{n_kinds:02}{}_{}_{}",
        transport.ja4_letter(),
        ja4_version(hello.max_version()),
        if has_name { 'd' } else { 'i' },
        ja4_alpn(hello.alpn().next().unwrap_or_default()),
        short_digest(&hex_list(ciphers.into_iter())),
        short_digest(&last),
    );
    Text::from(text.as_str())
}

fn ja4_version(version: u16) -> &'static str {
    match version {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        0xfeff => "d1",
        0xfefd => "d2",
        0xfefc => "d3",
        _ => "00",
    }
}

/// First and last character of an application protocol, or of its hexadecimal form.
fn ja4_alpn(name: &[u8]) -> String {
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return "00".into() };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return [char::from(*first), char::from(*last)].iter().collect();
    }
    format!("{:x}{:x}", first >> 4, last & 0x0f)
}

fn hex_list(numbers: impl Iterator<Item = u16>) -> Vec<u8> {
    numbers.fold(Vec::with_capacity(160), |mut text, n| {
        if !text.is_empty() {
            text.push(b',');
        }
        n.to_be_bytes().into_iter().for_each(|byte| push_hex(&mut text, byte));
        text
    })
}

fn short_digest(text: &[u8]) -> String {
    if text.is_empty() {
        return JA4_EMPTY.into();
    }
    let mut digest = sha256_hex(text);
    digest.truncate(JA4_DIGITS);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_published_example() {
        let ciphers = "002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9";
        let rest = "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,\
                    0501,0806,0601";
        assert_eq!(
            (short_digest(ciphers.as_bytes()).as_str(), short_digest(rest.as_bytes()).as_str()),
            ("8daaf6152771", "e5627efa2ab1")
        );
        assert_eq!(short_digest(b""), "000000000000");
    }

    #[test]
    fn application_protocols_are_two_characters() {
        for (name, two) in [(&b""[..], "00"), (b"h2", "h2"), (b"http/1.1", "h1"), (b"h", "hh"), (b"\xab\xcd", "ad")] {
            assert_eq!(ja4_alpn(name), two);
        }
    }
}
