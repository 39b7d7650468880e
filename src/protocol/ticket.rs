//! Kerberos tickets inside other protocols: to whom a login shows one. The ticket itself is not kept. RFC 4120, RFC 4121.

use super::bytes::{ber, ber_find, find, from};
use super::kerberos::principal;
use crate::report::Text;

/// GSS-API's name of Kerberos, as SPNEGO and others wrap it, and the mark of a first message.
const WRAPPING: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00";
const AP_REQ: u8 = 0x6e;
const TICKET: u8 = 0x61;
const MAX_REALM: usize = 128;

/// What a ticket says in clear.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ticket {
    /// Where the service is at home.
    pub(super) realm: Option<Text>,
    /// The service that it is for: `HTTP/www.example.org`.
    pub(super) service: Option<Text>,
}

/// The ticket within these bytes, in whatever wraps it; it may be cut.
pub(super) fn within(bytes: &[u8]) -> Option<Ticket> {
    let message = from(bytes, find(bytes, WRAPPING)? + WRAPPING.len());
    let (_, fields) = ber(ber(message, AP_REQ)?.1, 0x30)?;
    let (_, ticket) = ber(ber(ber_find(fields, 0xa3)?, TICKET)?.1, 0x30)?;
    let realm = ber_find(ticket, 0xa1).and_then(|realm| ber_find(realm, 0x1b));
    Some(Ticket {
        realm: realm.map(|realm| Text::limited(realm, MAX_REALM)),
        service: ber_find(ticket, 0xa2).and_then(principal),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
        let len = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, len[0], len[1]], content].concat()
    }

    /// A login by a ticket for a service, as GSS-API wraps it.
    pub(in crate::protocol) fn shown(realm: &str, service: &[&str]) -> Vec<u8> {
        let parts: Vec<u8> = service.iter().flat_map(|part| tagged(0x1b, part.as_bytes())).collect();
        let name = [tagged(0xa0, b"\x02\x01\x02"), tagged(0xa1, &tagged(0x30, &parts))].concat();
        let fields = [
            tagged(0xa0, b"\x02\x01\x05"),
            tagged(0xa1, &tagged(0x1b, realm.as_bytes())),
            tagged(0xa2, &tagged(0x30, &name)),
            tagged(0xa3, &tagged(0x30, b"encrypted with s3cret")),
        ];
        let ticket = tagged(TICKET, &tagged(0x30, &fields.concat()));
        let fields = [
            tagged(0xa0, b"\x02\x01\x05"),
            tagged(0xa1, b"\x02\x01\x0e"),
            tagged(0xa2, b"\x03\x05\0\0\0\0\0"),
            tagged(0xa3, &ticket),
        ];
        let request = tagged(AP_REQ, &tagged(0x30, &fields.concat()));
        tagged(0x60, &[WRAPPING, &request].concat())
    }

    #[test]
    fn reads_whom_a_ticket_is_for() {
        let message = [&b"\x60\x82\x01\x02wrapped"[..], &shown("LAB.EXAMPLE", &["HTTP", "www"])].concat();
        let expected = Ticket { realm: Some("LAB.EXAMPLE".into()), service: Some("HTTP/www".into()) };
        assert_eq!(within(&message), Some(expected));
        for end in 0..message.len() {
            let _ = within(&message[..end]);
        }
        assert_eq!((within(b""), within(WRAPPING)), (None, None));
    }
}
