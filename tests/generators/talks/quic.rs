//! QUIC's Initial packets, protected as RFC 9001 says.

use aes_gcm::aead::{AeadInPlace, KeyInit, generic_array::GenericArray};
use aes_gcm::aes::Aes128;
use aes_gcm::aes::cipher::BlockEncrypt;
use aes_gcm::{Aes128Gcm, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;

const SALT: [u8; 20] = [
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f,
    0x0a,
];
/// The client's identifier in RFC 9001 appendix A.
pub const ID: [u8; 8] = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];

fn expand<const N: usize>(secret: &Hkdf<Sha256>, label: &[u8]) -> [u8; N] {
    let info = [&[0, N as u8, label.len() as u8 + 6], b"tls13 ".as_slice(), label, &[0]].concat();
    let mut out = [0; N];
    secret.expand(&info, &mut out).unwrap();
    out
}

/// A client's Initial packet of version 1 with these frames, padded to `len` bytes of them, and this number.
pub fn initial(frames: &[u8], len: usize, number: u32) -> Vec<u8> {
    let secret = Hkdf::<Sha256>::new(Some(&SALT), &ID);
    let client = Hkdf::<Sha256>::from_prk(&expand::<32>(&secret, b"client in")).unwrap();
    let (key, iv, mask_key) =
        (expand::<16>(&client, b"quic key"), expand::<12>(&client, b"quic iv"), expand::<16>(&client, b"quic hp"));
    let mut payload = frames.to_vec();
    payload.resize(len.max(frames.len()), 0);
    let rest = (0x4000 | (payload.len() as u16 + 4 + 16)).to_be_bytes();
    let mut header = [[0xc3, 0, 0, 0, 1, 8].as_slice(), &ID, &[0, 0], &rest, &number.to_be_bytes()].concat();
    let mut nonce = iv;
    nonce[8..].iter_mut().zip(number.to_be_bytes()).for_each(|(a, b)| *a ^= b);
    let cipher = Aes128Gcm::new(GenericArray::from_slice(&key));
    let tag = cipher.encrypt_in_place_detached(Nonce::from_slice(&nonce), &header, &mut payload).unwrap();
    let mut mask = *GenericArray::from_slice(&payload[..16]);
    Aes128::new(GenericArray::from_slice(&mask_key)).encrypt_block(&mut mask);
    header[0] ^= mask[0] & 0x0f;
    let at = header.len() - 4;
    header[at..].iter_mut().zip(&mask[1..]).for_each(|(a, b)| *a ^= b);
    [header, payload, tag.to_vec()].concat()
}

/// A CRYPTO frame.
pub fn crypto(offset: u16, bytes: &[u8]) -> Vec<u8> {
    [&[6], (0x4000 | offset).to_be_bytes().as_slice(), &(0x4000 | bytes.len() as u16).to_be_bytes(), bytes].concat()
}
