//! Initial packets, decrypted with the keys that follow from the client's first connection identifier.
//!
//! **Source** RFC 9001 sections 5.2 to 5.4 and appendix A, whose vectors the tests have.

use aes_gcm::aead::{AeadInPlace as _, generic_array::GenericArray};
use aes_gcm::aes::cipher::BlockEncrypt as _;
use aes_gcm::{Aes128Gcm, KeyInit as _, Tag, aes::Aes128};
use hkdf::Hkdf;
use sha2::Sha256;

use super::version::Version;
use crate::protocol::cursor::Cursor;

/// Bytes that header protection is computed from, and those of the tag at the end.
const SAMPLE: usize = 16;
const TAG: usize = 16;
/// Longest connection identifier.
const MAX_ID: usize = 20;

/// What a client's packets are protected with.
struct Keys {
    packets: Aes128Gcm,
    iv: [u8; 12],
    header: Aes128,
}

impl Keys {
    fn new(version: Version, id: &[u8]) -> Option<Self> {
        let secret = Hkdf::<Sha256>::new(Some(version.salt()?), id);
        let mut client = [0u8; 32];
        expand(&secret, b"client in", &mut client)?;
        let client = Hkdf::<Sha256>::from_prk(&client).ok()?;
        let [key_label, iv_label, header_label]: [&[u8]; 3] = if version.is_two() {
            [b"quicv2 key", b"quicv2 iv", b"quicv2 hp"]
        } else {
            [b"quic key", b"quic iv", b"quic hp"]
        };
        let (mut key, mut iv, mut header) = ([0u8; 16], [0u8; 12], [0u8; 16]);
        expand(&client, key_label, &mut key)?;
        expand(&client, iv_label, &mut iv)?;
        expand(&client, header_label, &mut header)?;
        Some(Self { packets: Aes128Gcm::new(&key.into()), iv, header: Aes128::new(&header.into()) })
    }
}

/// TLS 1.3's HKDF-Expand-Label without a context (RFC 8446 section 7.1).
fn expand(secret: &Hkdf<Sha256>, label: &[u8], out: &mut [u8]) -> Option<()> {
    let len = u16::try_from(out.len()).ok()?.to_be_bytes();
    let label_len = [u8::try_from(label.len() + 6).ok()?];
    secret.expand_multi_info(&[&len, &label_len, b"tls13 ", label, &[0]], out).ok()
}

/// Decrypts a connection's Initial packets.
#[derive(Debug, Default)]
pub(super) struct Packets {
    /// The identifier that the keys follow from, as long as none else was right.
    id: Option<([u8; MAX_ID], usize)>,
    /// Packets tried.
    pub(super) count: u32,
}

impl Packets {
    /// Calls `read` with the frames and the version of each Initial packet of a datagram that can be decrypted.
    pub(super) fn decrypt(&mut self, datagram: &[u8], limit: u32, read: &mut dyn FnMut(&[u8], u32)) {
        let mut rest = Cursor(datagram);
        while let Some(packet) = Packet::take(&mut rest) {
            if self.count >= limit {
                return;
            }
            if !packet.is_initial {
                continue;
            }
            self.count += 1;
            let known = self.id.as_ref().and_then(|(id, len)| id.get(..*len));
            // A client that was told to come again has another first identifier.
            let plain = known.and_then(|id| packet.open(id)).or_else(|| {
                let plain = packet.open(packet.id)?;
                let mut id = [0; MAX_ID];
                id.get_mut(..packet.id.len())?.copy_from_slice(packet.id);
                self.id = Some((id, packet.id.len()));
                Some(plain)
            });
            if let Some(plain) = plain {
                read(&plain, packet.number);
            }
        }
    }
}

/// A packet with a long header.
struct Packet<'a> {
    number: u32,
    version: Version,
    is_initial: bool,
    id: &'a [u8],
    /// From its first byte to the packet number.
    header: &'a [u8],
    /// From the packet number on.
    protected: &'a [u8],
}

impl<'a> Packet<'a> {
    fn take(rest: &mut Cursor<'a>) -> Option<Self> {
        let whole = rest.0;
        let first = rest.u8().filter(|first| first & 0x80 != 0)?;
        let number = rest.be32()?;
        let version = Version::of(number)?;
        let id = rest.sized8().filter(|id| id.len() <= MAX_ID)?;
        rest.sized8()?;
        let kind = (first >> 4) & 3;
        let is_initial = kind == u8::from(version.is_two());
        let is_retry = kind == if version.is_two() { 0 } else { 3 };
        if is_retry {
            return None;
        }
        if is_initial {
            let token = varint(rest)?;
            rest.take(usize::try_from(token).ok()?)?;
        }
        let len = usize::try_from(varint(rest)?).ok()?;
        let header = whole.get(..whole.len() - rest.0.len())?;
        let protected = rest.take(len)?;
        Some(Self { number, version, is_initial, id, header, protected })
    }

    /// Its frames, if the keys of this identifier are right.
    fn open(&self, id: &[u8]) -> Option<Vec<u8>> {
        let keys = Keys::new(self.version, id)?;
        let mut mask = *GenericArray::from_slice(self.protected.get(4..4 + SAMPLE)?);
        keys.header.encrypt_block(&mut mask);
        let mut header = self.header.to_vec();
        let (first_mask, number_mask) = mask.split_first()?;
        let first = header.first_mut()?;
        *first ^= first_mask & 0x0f;
        let number_len = usize::from(*first & 3) + 1;
        let (number, sealed) = self.protected.split_at_checked(number_len)?;
        header.extend(number.iter().zip(number_mask).map(|(byte, mask)| byte ^ mask));
        let number = header.get(self.header.len()..)?;
        let mut nonce = keys.iv;
        nonce.iter_mut().rev().zip(number.iter().rev()).for_each(|(a, b)| *a ^= b);
        let (text, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG)?)?;
        let mut text = text.to_vec();
        keys.packets.decrypt_in_place_detached(&nonce.into(), &header, &mut text, Tag::from_slice(tag)).ok()?;
        Some(text)
    }
}

/// A number of one, two, four or eight bytes (RFC 9000 section 16).
pub(super) fn varint(cursor: &mut Cursor<'_>) -> Option<u64> {
    let first = cursor.u8()?;
    let more = (1usize << (first >> 6)) - 1;
    let rest = cursor.take(more)?;
    Some(rest.iter().fold(u64::from(first & 0x3f), |n, byte| n << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::digest::hex;

    #[test]
    fn keys_are_those_of_the_standards() {
        let id = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];
        // RFC 9001 appendix A.1, RFC 9369 appendix A.1.
        for (version, iv) in [(Version::One, "fa044b2f42a3fd3b46fb255c"), (Version::Two, "91f73e2351d8fa91660e909f")] {
            assert_eq!(hex(&Keys::new(version, &id).unwrap().iv), iv);
        }
    }

    #[test]
    fn numbers_have_four_lengths() {
        for (bytes, number) in [
            (&[0x25][..], 37),
            (&[0x7b, 0xbd], 15_293),
            (&[0x9d, 0x7f, 0x3e, 0x7d], 494_878_333),
            (&[0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c], 151_288_809_941_952_652),
        ] {
            assert_eq!(varint(&mut Cursor(bytes)), Some(number));
        }
        assert_eq!(varint(&mut Cursor(&[0xc2, 0x19])), None);
    }
}
