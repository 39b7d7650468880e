//! What an X.509 certificate says: a walk over its DER, which takes what it finds.
//!
//! Certificates of those who have something to hide are often not quite what the standard says; a strict reader would
//! show nothing of them.
//!
//! **Source** RFC 5280 section 4.1; ITU-T X.690 for the encoding.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::protocol::bytes::ber;
use crate::protocol::digest::{hex, sha1_hex, sha256_hex};
use crate::report::{Certificate, Listed, Moment, Text};

/// Tags.
const INTEGER: u8 = 2;
const OCTET_STRING: u8 = 4;
const OID: u8 = 6;
const BMP_STRING: u8 = 30;
const UTC_TIME: u8 = 23;
const GENERALIZED_TIME: u8 = 24;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
/// The extension of further names.
const SUBJECT_ALT_NAME: [u8; 3] = [0x55, 0x1d, 0x11];

/// Bytes of a serial number kept: RFC 5280 allows 20.
const MAX_SERIAL: usize = 32;
/// Further names kept, parts of a name looked at, extensions looked at.
const MAX_NAMES: usize = 16;
const MAX_PARTS: usize = 32;
const MAX_EXTENSIONS: usize = 64;

/// An element's tag and content, taken off the front. The content is cut where the bytes end.
fn element<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let tag = *bytes.first()?;
    let (len, rest) = ber(bytes, tag)?;
    let content = rest.get(..len).unwrap_or(rest);
    *bytes = rest.get(len..).unwrap_or_default();
    Some((tag, content))
}

fn expect<'a>(bytes: &mut &'a [u8], wanted: u8) -> Option<&'a [u8]> {
    element(bytes).filter(|(tag, _)| *tag == wanted).map(|(_, content)| content)
}

/// A certificate's fields; what stands behind damage is missing.
pub(super) fn read(der: &[u8]) -> Certificate {
    let mut certificate = Certificate {
        sha1: Text::from(sha1_hex(der).as_str()),
        sha256: Text::from(sha256_hex(der).as_str()),
        ..Certificate::default()
    };
    fill(&mut certificate, der);
    certificate
}

fn fill(certificate: &mut Certificate, mut der: &[u8]) -> Option<()> {
    let mut outer = expect(&mut der, SEQUENCE)?;
    let mut fields = expect(&mut outer, SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        element(&mut fields)?;
    }
    let serial = expect(&mut fields, INTEGER)?;
    certificate.serial = Text::limited(hex(serial.get(..MAX_SERIAL).unwrap_or(serial)).as_bytes(), 2 * MAX_SERIAL);
    expect(&mut fields, SEQUENCE)?;
    let issuer = expect(&mut fields, SEQUENCE)?;
    certificate.issuer = name(issuer);
    let mut validity = expect(&mut fields, SEQUENCE)?;
    certificate.not_before = element(&mut validity).and_then(|(tag, text)| moment(tag, text));
    certificate.not_after = element(&mut validity).and_then(|(tag, text)| moment(tag, text));
    let subject = expect(&mut fields, SEQUENCE)?;
    certificate.subject = name(subject);
    certificate.is_self_signed = subject == issuer;
    expect(&mut fields, SEQUENCE)?;
    while let Some((tag, content)) = element(&mut fields) {
        if tag == EXTENSIONS {
            certificate.names = further_names(content)?;
        }
    }
    Some(())
}

/// A distinguished name, its parts in the order they stand in: `CN=example.org,O=Example`.
fn name(mut bytes: &[u8]) -> Text {
    let mut text = Vec::new();
    for _ in 0..MAX_PARTS {
        let Some((tag, mut parts)) = element(&mut bytes) else { break };
        let part = expect(&mut parts, SEQUENCE).filter(|_| tag == SET);
        if let Some((kind, value)) = part.and_then(part_of_name) {
            if !text.is_empty() {
                text.push(b',');
            }
            text.extend(kind);
            text.push(b'=');
            // RFC 4514 section 2.4: a comma of a value must not look like one between parts.
            for byte in value {
                if b",+\"\\<>;".contains(&byte) {
                    text.push(b'\\');
                }
                text.push(byte);
            }
        }
    }
    Text::new(&text)
}

fn part_of_name(mut part: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let oid = expect(&mut part, OID)?;
    let (tag, value) = element(&mut part)?;
    let value = if tag == BMP_STRING {
        let units = crate::protocol::cursor::be16s(value);
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes()
    } else {
        value.to_vec()
    };
    // RFC 4514 section 3, RFC 2985 for the last.
    let kind: &[u8] = match oid {
        [0x55, 4, 3] => b"CN",
        [0x55, 4, 4] => b"SN",
        [0x55, 4, 5] => b"serialNumber",
        [0x55, 4, 6] => b"C",
        [0x55, 4, 7] => b"L",
        [0x55, 4, 8] => b"ST",
        [0x55, 4, 9] => b"street",
        [0x55, 4, 10] => b"O",
        [0x55, 4, 11] => b"OU",
        [0x55, 4, 12] => b"title",
        [0x55, 4, 42] => b"GN",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 0x19] => b"DC",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1] => b"UID",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1] => b"emailAddress",
        other => return Some((dotted(other).into_bytes(), value)),
    };
    Some((kind.to_vec(), value))
}

/// An object identifier's numbers.
fn dotted(oid: &[u8]) -> String {
    let mut text = String::new();
    let mut number = 0u64;
    for (i, byte) in oid.iter().take(MAX_PARTS).enumerate() {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        // Writing into a String cannot fail.
        let _ = match i {
            0 => write!(text, "{}.{}", (number / 40).min(2), number - 40 * (number / 40).min(2)),
            _ => write!(text, ".{number}"),
        };
        number = 0;
    }
    text
}

/// A moment in either of the two forms.
fn moment(tag: u8, text: &[u8]) -> Option<Moment> {
    let pair = |at: usize| {
        let digits = text.get(at..at + 2).filter(|d| d.iter().all(u8::is_ascii_digit))?;
        std::str::from_utf8(digits).ok()?.parse::<i8>().ok()
    };
    let (year, at) = match tag {
        // Two digits: 1950 to 2049.
        UTC_TIME => (i16::from(pair(0)?) + if pair(0)? < 50 { 2000 } else { 1900 }, 2),
        GENERALIZED_TIME => (i16::from(pair(0)?) * 100 + i16::from(pair(2)?), 4),
        _ => return None,
    };
    // Old certificates may leave the seconds out.
    let second = pair(at + 8).unwrap_or(0);
    Moment::from_utc(year, pair(at)?, pair(at + 2)?, pair(at + 4)?, pair(at + 6)?, second)
}

fn further_names(mut bytes: &[u8]) -> Option<Listed<Text>> {
    let mut extensions = expect(&mut bytes, SEQUENCE)?;
    for _ in 0..MAX_EXTENSIONS {
        let Some((_, mut extension)) = element(&mut extensions) else { break };
        if expect(&mut extension, OID) != Some(&SUBJECT_ALT_NAME) {
            continue;
        }
        // Whether it is critical may stand between.
        let (tag, content) = element(&mut extension)?;
        let mut content = if tag == OCTET_STRING { content } else { expect(&mut extension, OCTET_STRING)? };
        let mut names = expect(&mut content, SEQUENCE)?;
        let mut list = Listed::default();
        while let Some((tag, name)) = element(&mut names) {
            match (tag, name) {
                // An email address, a DNS name, a URI.
                (0x81 | 0x82 | 0x86, text) => list.add(MAX_NAMES, || Text::new(text)),
                (0x87, address) => list.add(MAX_NAMES, || Text::from(address_text(address).as_str())),
                _ => {}
            }
        }
        return Some(list);
    }
    Some(Listed::default())
}

fn address_text(bytes: &[u8]) -> String {
    if let Ok(octets) = <[u8; 4]>::try_from(bytes) {
        return Ipv4Addr::from(octets).to_string();
    }
    <[u8; 16]>::try_from(bytes)
        .map_or_else(|_| hex(bytes.get(..16).unwrap_or(bytes)), |o| Ipv6Addr::from(o).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let len = u8::try_from(content.len()).unwrap();
        let mut out = if len < 0x80 { vec![tag, len] } else { vec![tag, 0x81, len] };
        out.extend(content);
        out
    }

    fn dn(cn: &[u8]) -> Vec<u8> {
        let part = tlv(SEQUENCE, &[tlv(OID, &[0x55, 4, 3]), tlv(12, cn)].concat());
        let odd = tlv(SEQUENCE, &[tlv(OID, &[0x2a, 3, 0x81, 0]), tlv(12, b"x")].concat());
        tlv(SEQUENCE, &[tlv(SET, &part), tlv(SET, &odd)].concat())
    }

    fn certificate(issuer: &[u8], subject: &[u8]) -> Vec<u8> {
        let validity = [tlv(UTC_TIME, b"491231235959Z"), tlv(GENERALIZED_TIME, b"20500101000000Z")].concat();
        let names = tlv(SEQUENCE, &[tlv(0x82, b"a.example"), tlv(0x87, &[10, 0, 0, 1])].concat());
        let san = [tlv(OID, &SUBJECT_ALT_NAME), tlv(1, &[0xff]), tlv(OCTET_STRING, &names)].concat();
        let fields = [
            tlv(VERSION, &tlv(INTEGER, &[2])),
            tlv(INTEGER, &[0x00, 0xab]),
            tlv(SEQUENCE, &[]),
            dn(issuer),
            tlv(SEQUENCE, &validity),
            dn(subject),
            tlv(SEQUENCE, &[]),
            tlv(EXTENSIONS, &tlv(SEQUENCE, &tlv(SEQUENCE, &san))),
        ];
        tlv(SEQUENCE, &tlv(SEQUENCE, &fields.concat()))
    }

    #[test]
    fn reads_the_fields() {
        let c = read(&certificate(b"Root", b"a,CN=b"));
        assert_eq!((c.issuer.as_str(), c.serial.as_str()), ("CN=Root,1.2.3.128=x", "00ab"));
        assert_eq!(c.subject.as_str(), "CN=a\\,CN=b,1.2.3.128=x");
        assert_eq!(c.not_before.unwrap().to_string(), "2049-12-31T23:59:59Z");
        assert_eq!(c.not_after.unwrap().to_string(), "2050-01-01T00:00:00Z");
        assert_eq!(c.names.first.iter().map(Text::as_str).collect::<Vec<_>>(), ["a.example", "10.0.0.1"]);
        assert!(!c.is_self_signed && read(&certificate(b"x", b"x")).is_self_signed);
    }

    #[test]
    fn a_certificate_cut_anywhere_is_read_without_harm() {
        let der = certificate(b"Root", b"leaf");
        for end in 0..der.len() {
            let c = read(&der[..end]);
            assert!(c.subject.is_empty() || c.subject.as_str().starts_with("CN="));
        }
    }
}
