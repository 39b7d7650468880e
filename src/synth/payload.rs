//! What the conversations carry: enough of each protocol that decoders recognise it and find nothing wrong.

pub(super) mod dns;
pub(super) mod smb;
pub(super) mod ssh;
pub(super) mod text;
pub(super) mod tls;

use super::rng::Rng;

/// Appends a length of two bytes and what `build` makes, as many protocols nest their parts.
fn sized(out: &mut Vec<u8>, build: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0; 2]);
    build(out);
    let len = super::frame::short(out.len() - at - 2);
    if let Some(slot) = out.get_mut(at..at + 2) {
        slot.copy_from_slice(&len.to_be_bytes());
    }
}

/// An NTP version 4 packet (RFC 5905) of `mode` 3 (query) or 4 (answer).
pub(super) fn ntp(mode: u8, ns: u64) -> Vec<u8> {
    /// Seconds from 1900 to 1970.
    const ERA: u64 = 2_208_988_800;
    let stamp = |ns: u64| {
        let seconds = (ns / 1_000_000_000 + ERA) & 0xffff_ffff;
        let fraction = ((ns % 1_000_000_000) << 32) / 1_000_000_000;
        (seconds << 32 | fraction).to_be_bytes()
    };
    let is_answer = mode == 4;
    let mut out = vec![0x20 | mode, if is_answer { 2 } else { 0 }, 6, 0xe9];
    out.extend_from_slice(&[0, 0, 1, 0, 0, 0, 2, 0]);
    out.extend_from_slice(if is_answer { &[192, 0, 2, 123] } else { &[0; 4] });
    let (sent, received) = if is_answer { (stamp(ns), stamp(ns + 250_000)) } else { ([0; 8], [0; 8]) };
    let reference = if is_answer { stamp(ns - 17_000_000_000) } else { [0; 8] };
    for part in [reference, sent, received, stamp(ns + if is_answer { 260_000 } else { 0 })] {
        out.extend_from_slice(&part);
    }
    out
}

/// An RTP packet (RFC 3550) with 20 ms of G.711 sound.
pub(super) fn rtp(number: u16, source: u32, rng: &mut Rng) -> Vec<u8> {
    let mut out = vec![0x80, 0];
    out.extend_from_slice(&number.to_be_bytes());
    out.extend_from_slice(&(u32::from(number) * 160).to_be_bytes());
    out.extend_from_slice(&source.to_be_bytes());
    // Speech and pauses: loud packets use more of the code's range.
    let reach = if (number / 60).is_multiple_of(3) { 7 } else { 63 };
    for byte in rng.bytes::<160>() {
        out.push((0xff - byte % reach) ^ (byte & 0x80));
    }
    out
}
