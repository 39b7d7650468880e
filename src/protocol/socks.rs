//! SOCKS: RFC 1928, and the older version 4.

use super::bytes::is_len;
use super::parser::{Match, Probe};

/// A client's first message.
pub(super) fn recognise(probe: &Probe<'_>) -> Option<Match> {
    is_socks(probe).then(|| Match::named("socks"))
}

/// A greeting: version 5 with its list of methods, or on the port version 4 with a request.
fn is_socks(probe: &Probe<'_>) -> bool {
    let p = probe.payload;
    let is_port = probe.has_port(&[1080, 9050, 9150]);
    match p {
        [5, n, methods @ ..] if is_len(*n, methods) && *n > 0 => {
            methods.iter().all(|m| *m <= 9) && (is_port || methods.contains(&0) && *n <= 4)
        }
        [4, 1 | 2, _, _, _, _, _, _, user @ ..] => is_port && user.last() == Some(&0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::protocol::testing::{named, over_tcp};

    #[test]
    fn knows_greetings() {
        assert_eq!(over_tcp(40_001, &[(true, b"\x05\x01\x00")]).service(), Some("socks"));
        assert_eq!(named(1080, &[(true, b"\x04\x01\x00\x50\xc0\x00\x02\x01ann\0")]), Some("socks"));
    }

    #[test]
    fn other_bytes_are_none() {
        for bytes in [&b"\x05\x02\x00"[..], b"\x05\x01\x99", b"\x04\x01\x00\x50"] {
            assert_eq!(named(40_001, &[(true, bytes)]), None);
        }
    }
}
