//! NTLM inside other protocols: who logs in. Responses and hashes are not looked at. MS-NLMP.

use super::bytes::{find, from, le16, le32, size};
use crate::report::Text;

const SIGNATURE: &[u8] = b"NTLMSSP\0";
/// Negotiated: texts are in UTF-16.
const UNICODE: u32 = 1;

/// Who logs in, from where.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ntlm {
    pub(super) domain: Option<Text>,
    pub(super) user: Option<Text>,
    pub(super) host: Option<Text>,
    /// The server's name, from its challenge.
    pub(super) server: Option<Text>,
    /// Whether it is the message that proves the password.
    pub(super) is_proof: bool,
}

/// The NTLM message within these bytes, in whatever wraps it.
pub(super) fn within(bytes: &[u8]) -> Option<Ntlm> {
    let message = from(bytes, find(bytes, SIGNATURE)?);
    match le32(message, 8)? {
        2 => Some(Ntlm { server: text(message, 12, le32(message, 20)?), ..Ntlm::default() }),
        3 => {
            let flags = le32(message, 60)?;
            Some(Ntlm {
                domain: text(message, 28, flags),
                user: text(message, 36, flags),
                host: text(message, 44, flags),
                server: None,
                is_proof: true,
            })
        }
        _ => Some(Ntlm::default()),
    }
}

/// A text by its length and place.
fn text(message: &[u8], at: usize, flags: u32) -> Option<Text> {
    let (len, place) = (usize::from(le16(message, at)?), size(le32(message, at + 4)?));
    let bytes = message.get(place..place.checked_add(len)?).filter(|bytes| !bytes.is_empty())?;
    Some(if flags & UNICODE != 0 { Text::utf16(bytes) } else { Text::new(bytes) })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A message that proves a password.
    pub(in crate::protocol) fn proof(domain: &str, user: &str, host: &str) -> Vec<u8> {
        let mut out = [SIGNATURE, &3u32.to_le_bytes(), &[0; 48], &0x0001u32.to_le_bytes()].concat();
        for (at, text) in [(28, domain), (36, user), (44, host)] {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let (len, place) = (u16::try_from(bytes.len()).unwrap(), u32::try_from(out.len()).unwrap());
            out[at..at + 2].copy_from_slice(&len.to_le_bytes());
            out[at + 4..at + 8].copy_from_slice(&place.to_le_bytes());
            out.extend(bytes);
        }
        out
    }

    #[test]
    fn reads_who_logs_in() {
        let message = [&b"\x60\x48wrapped"[..], &proof("LAB", "ann", "PC7")].concat();
        let ntlm = within(&message).unwrap();
        assert_eq!((ntlm.domain, ntlm.user, ntlm.host), (Some("LAB".into()), Some("ann".into()), Some("PC7".into())));
        for end in 0..message.len() {
            let _ = within(&message[..end]);
        }
        assert_eq!(within(b"NTLMSSP"), None);
    }
}
