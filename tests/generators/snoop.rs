//! snoop files.

/// A snoop file of `n` UDP packets a second apart, and where its records begin and the last one ends.
pub fn udp_file(link_type: u32, n: u32) -> (Vec<u8>, Vec<usize>) {
    let mut bytes = b"snoop\0\0\0".to_vec();
    bytes.extend([2, link_type].map(u32::to_be_bytes).concat());
    let mut offsets = vec![bytes.len()];
    for i in 0..n {
        let frame = super::frames::udp_frame((i % 7) as u8 + 2, (i * 13 % 90) as usize);
        let length = frame.len() as u32;
        let padded = length.next_multiple_of(4);
        let fields = [length, length, 24 + padded, i / 2, 1_000_000 + i, i];
        bytes.extend(fields.map(u32::to_be_bytes).concat());
        bytes.extend(frame);
        bytes.resize(bytes.len() + (padded - length) as usize, 0);
        offsets.push(bytes.len());
    }
    (bytes, offsets)
}
