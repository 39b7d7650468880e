//! Who logs in over HTTP: NTLM and Kerberos inside of the schemes NTLM and Negotiate. RFC 4559, MS-NTHT.
//!
//! Names are kept, proofs and tickets are not. The user of the scheme Basic is none: tokens stand there too.

use crate::base64;
use crate::protocol::{ntlm, ticket};
use crate::report::HttpRecord;

/// Bytes of a token that are looked at: names stand before what is long.
const MAX_TOKEN: usize = 2048;
const MAX_USERS: usize = 16;

/// Writes what a header says of a login: a request's `Authorization`, an answer's `WWW-Authenticate`.
pub(super) fn read(record: &mut HttpRecord, value: &[u8]) {
    let Some((scheme, token)) = value.iter().position(|b| *b == b' ').and_then(|space| value.split_at_checked(space))
    else {
        return;
    };
    if !scheme.eq_ignore_ascii_case(b"NTLM") && !scheme.eq_ignore_ascii_case(b"Negotiate") {
        return;
    }
    let token = base64::decode(token.trim_ascii(), MAX_TOKEN);
    if let (None, Some(found)) = (&record.ticket_service, ticket::within(&token)) {
        (record.ticket_realm, record.ticket_service) = (found.realm, found.service);
    }
    let Some(found) = ntlm::within(&token) else { return };
    record.server_name = record.server_name.take().or(found.server);
    if found.is_proof {
        let user = found.user.unwrap_or_else(|| "(anonymous)".into());
        record.users.add_new(MAX_USERS, user.clone());
        record.user.get_or_insert(user);
        record.domain = record.domain.take().or(found.domain);
        record.client_name = record.client_name.take().or(found.host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64::encode;
    use crate::protocol::ntlm::tests::proof;
    use crate::protocol::testing::over_tcp;
    use crate::protocol::ticket::tests::shown;
    use crate::report::Record;

    const REFUSED: &[u8] =
        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";

    fn asked(header: &str, scheme: &str, token: &[u8]) -> Vec<u8> {
        format!("GET / HTTP/1.1\r\nHost: a\r\n{header}: {scheme} {}\r\n\r\n", encode(token)).into_bytes()
    }

    fn http(talk: &[(bool, &[u8])]) -> HttpRecord {
        let found = over_tcp(8080, talk);
        let [Record::Http(http)] = &found.records[..] else { panic!("{found:?}") };
        (**http).clone()
    }

    #[test]
    fn reads_who_logs_in_by_ntlm() {
        let first = asked("Authorization", "NTLM", b"NTLMSSP\0\x01\0\0\0\x07\x82\x08\xa2");
        let mut challenge = b"NTLMSSP\0\x02\0\0\0\x06\0\x06\0\x18\0\0\0\x01\0\0\0".to_vec();
        challenge.extend(b"S\0R\0V\0");
        let challenge = format!(
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM {}\r\nContent-Length: 0\r\n\r\n",
            encode(&challenge)
        );
        let (ann, bob) = (proof("LAB", "ann", "PC7"), proof("LAB", "bob", "PC7"));
        let second = asked("authorization", "ntlm", &ann);
        let third = asked("Proxy-Authorization", "Negotiate", &bob);
        let talk: [(bool, &[u8]); 7] = [
            (true, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            (false, REFUSED),
            (true, &first),
            (false, challenge.as_bytes()),
            (true, &second),
            (false, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            (true, &third),
        ];
        let http = http(&talk);
        assert_eq!((http.user, http.domain), (Some("ann".into()), Some("LAB".into())));
        assert_eq!((http.client_name, http.server_name), (Some("PC7".into()), Some("SRV".into())));
        assert_eq!((http.users.first, http.denied), (vec!["ann".into(), "bob".into()], 2));
        assert_eq!(http.authorization, Some("NTLM".into()), "of the first request that has one");
    }

    #[test]
    fn reads_whom_a_ticket_is_for_and_keeps_no_secret() {
        let asked = asked("Authorization", "Negotiate", &shown("LAB.EXAMPLE", &["HTTP", "www.lab.example"]));
        let http = http(&[(true, &asked)]);
        assert_eq!(http.ticket_realm, Some("LAB.EXAMPLE".into()));
        assert_eq!(http.ticket_service, Some("HTTP/www.lab.example".into()));
        assert_eq!(http.user, None);
        assert!(!format!("{http:?}").contains("s3cret"));
    }

    #[test]
    fn other_schemes_name_nobody() {
        for (scheme, token) in
            [("Basic", &b"ann:s3cret"[..]), ("Bearer", b"s3cret"), ("Basic", &proof("LAB", "ann", "PC7"))]
        {
            let http = http(&[(true, &asked("Authorization", scheme, token))]);
            assert_eq!((http.user, http.authorization), (None, Some(scheme.into())));
        }
        for value in [&b""[..], b"NTLM", b"NTLM ", b"Negotiate ====", b"NTLM !"] {
            let mut record = HttpRecord::default();
            read(&mut record, value);
            assert_eq!(record, HttpRecord::default());
        }
    }
}
