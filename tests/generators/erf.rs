//! ERF files.

/// An ERF record's second of the first packet.
pub const START: u32 = 1_000_000_000;
pub const ETHERNET: u8 = 2;
pub const PADDING: u8 = 48;

/// A record: `payload` is what follows the headers.
pub fn record(kind: u8, second: u32, fraction: u32, extensions: &[[u8; 8]], wire: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = fraction.to_le_bytes().to_vec();
    bytes.extend(second.to_le_bytes());
    bytes.extend([if extensions.is_empty() { kind } else { kind | 0x80 }, 4]);
    bytes.extend(((16 + 8 * extensions.len() + payload.len()) as u16).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(wire.to_be_bytes());
    for (i, extension) in extensions.iter().enumerate() {
        let mut extension = *extension;
        extension[0] = if i + 1 < extensions.len() { extension[0] | 0x80 } else { extension[0] & 0x7f };
        bytes.extend(extension);
    }
    bytes.extend(payload);
    bytes
}

/// An Ethernet record with the two bytes before the frame.
pub fn ethernet(second: u32, fraction: u32, frame: &[u8]) -> Vec<u8> {
    record(ETHERNET, second, fraction, &[], frame.len() as u16, &[&[0, 0], frame].concat())
}

/// A file of `n` UDP packets a second apart, and where its records begin and the last one ends.
pub fn udp_file(n: u32) -> (Vec<u8>, Vec<usize>) {
    let (mut bytes, mut offsets) = (Vec::new(), vec![0]);
    for i in 0..n {
        let frame = super::frames::udp_frame((i % 7) as u8 + 2, (i * 13 % 90) as usize);
        bytes.extend(ethernet(START + i, 1 << 31, &frame));
        offsets.push(bytes.len());
    }
    (bytes, offsets)
}
