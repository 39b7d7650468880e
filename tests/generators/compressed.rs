//! Compressed files of every kind that is read.

use std::io::Write as _;

use lz4_flex::frame::{BlockMode, FrameEncoder, FrameInfo};

/// One gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One gzip member with every optional field in its header.
pub fn gzip_with_fields(bytes: &[u8]) -> Vec<u8> {
    let builder = flate2::GzBuilder::new().filename("name").comment("comment").extra(b"extra".to_vec()).mtime(1);
    let mut encoder = builder.write(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    let mut file = encoder.finish().unwrap();
    // the header's own checksum: two bytes that nobody checks
    let end = 10 + 2 + 5 + 5 + 8;
    file[3] |= 2;
    file.splice(end..end, [0xab, 0xcd]);
    file
}

/// One zstd frame.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// One zstd frame of raw blocks of 500 bytes, without a checksum.
pub fn zstd_raw(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0];
    let blocks: Vec<&[u8]> = bytes.chunks(500).collect();
    for (i, block) in blocks.iter().enumerate() {
        let header = (block.len() as u32) << 3 | u32::from(i + 1 == blocks.len());
        file.extend(&header.to_le_bytes()[..3]);
        file.extend(*block);
    }
    file
}

/// A frame that both zstd and lz4 skip.
pub fn skippable(bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x53, 0x2a, 0x4d, 0x18];
    frame.extend((bytes.len() as u32).to_le_bytes());
    frame.extend(bytes);
    frame
}

/// One lz4 frame with all checksums, its blocks linked or not.
pub fn lz4(bytes: &[u8], is_linked: bool) -> Vec<u8> {
    let info = FrameInfo::new()
        .block_mode(if is_linked { BlockMode::Linked } else { BlockMode::Independent })
        .block_size(lz4_flex::frame::BlockSize::Max64KB)
        .block_checksums(true)
        .content_checksum(true)
        .content_size(Some(bytes.len() as u64));
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A legacy lz4 frame of blocks of 400 bytes.
pub fn lz4_legacy(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![2, 0x21, 0x4c, 0x18];
    for block in bytes.chunks(400) {
        let packed = lz4_flex::block::compress(block);
        file.extend((packed.len() as u32).to_le_bytes());
        file.extend(packed);
    }
    file
}

fn vli(mut n: usize, into: &mut Vec<u8>) {
    while n >= 0x80 {
        into.push(n as u8 | 0x80);
        n >>= 7;
    }
    into.push(n as u8);
}

/// One xz stream of one block, stored in chunks without compression.
pub fn xz_stored(bytes: &[u8]) -> Vec<u8> {
    const FLAGS: [u8; 2] = [0, 1];
    let checked = |part: &[u8]| [part, &crc32fast::hash(part).to_le_bytes()].concat();
    let mut file = b"\xfd7zXZ\0".to_vec();
    file.extend(checked(&FLAGS));
    let start = file.len();
    file.extend(checked(&[2, 0, 0x21, 1, 8, 0, 0, 0]));
    for (i, chunk) in bytes.chunks(0x10000).enumerate() {
        file.push(if i == 0 { 1 } else { 2 });
        file.extend(((chunk.len() - 1) as u16).to_be_bytes());
        file.extend(chunk);
    }
    file.push(0);
    let unpadded = file.len() - start + 4;
    file.resize(file.len().next_multiple_of(4), 0);
    file.extend(crc32fast::hash(bytes).to_le_bytes());
    let mut index = vec![0, 1];
    vli(unpadded, &mut index);
    vli(bytes.len(), &mut index);
    index.resize(index.len().next_multiple_of(4), 0);
    let index = checked(&index);
    let mut footer = ((index.len() / 4 - 1) as u32).to_le_bytes().to_vec();
    footer.extend(FLAGS);
    file.extend(index);
    file.extend(crc32fast::hash(&footer).to_le_bytes());
    file.extend(footer);
    file.extend(b"YZ");
    file
}

/// What the programs `xz`, `zstd --check` and `lz4` make of `pcap::udp_file(Style::default(), 6)`.
pub const XZ_TOOL: &str = include_str!("compressed/udp6.xz.hex");
pub const ZSTD_TOOL: &str = include_str!("compressed/udp6.zst.hex");
pub const LZ4_TOOL: &str = include_str!("compressed/udp6.lz4.hex");

pub fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect()
}
