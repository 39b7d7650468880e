//! Classic pcap files of every kind.

/// How the file is written.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub magic: u32,
    pub big_endian: bool,
    pub version: (u16, u16),
    pub snaplen: u32,
    pub link_type: u32,
}

pub const MICROSECONDS: u32 = 0xa1b2_c3d4;
pub const NANOSECONDS: u32 = 0xa1b2_3c4d;
pub const KUZNETZOV: u32 = 0xa1b2_cd34;

impl Default for Style {
    fn default() -> Self {
        Self { magic: MICROSECONDS, big_endian: false, version: (2, 4), snaplen: 65_535, link_type: 1 }
    }
}

/// A pcap file being written.
#[derive(Debug, Clone)]
pub struct Pcap {
    pub style: Style,
    pub bytes: Vec<u8>,
    /// Offset of each record, and of the end.
    pub offsets: Vec<usize>,
}

impl Pcap {
    pub fn new(style: Style) -> Self {
        let mut file = Self { style, bytes: Vec::new(), offsets: Vec::new() };
        file.u32(style.magic);
        file.u16(style.version.0);
        file.u16(style.version.1);
        file.u32(0);
        file.u32(0);
        file.u32(style.snaplen);
        file.u32(style.link_type);
        file.offsets.push(file.bytes.len());
        file
    }

    pub fn u16(&mut self, n: u16) {
        self.bytes.extend(if self.style.big_endian { n.to_be_bytes() } else { n.to_le_bytes() });
    }

    pub fn u32(&mut self, n: u32) {
        self.bytes.extend(if self.style.big_endian { n.to_be_bytes() } else { n.to_le_bytes() });
    }

    /// A record with any header, true or not.
    pub fn record(&mut self, seconds: u32, fraction: u32, captured: u32, original: u32, data: &[u8]) -> &mut Self {
        for field in [seconds, fraction, captured, original] {
            self.u32(field);
        }
        if self.style.magic == KUZNETZOV {
            self.bytes.extend([0; 8]);
        }
        self.bytes.extend(data);
        self.offsets.push(self.bytes.len());
        self
    }

    /// An honest record.
    pub fn packet(&mut self, seconds: u32, fraction: u32, data: &[u8]) -> &mut Self {
        self.record(seconds, fraction, data.len() as u32, data.len() as u32, data)
    }
}

/// A capture of these frames, one a millisecond.
pub fn capture(frames: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut pcap = Pcap::new(Style::default());
    for (at, frame) in (0u32..).zip(frames) {
        pcap.packet(at / 1000, at % 1000 * 1000, &frame);
    }
    pcap.bytes
}

/// A file of `n` UDP packets a second apart, of different sizes and hosts.
pub fn udp_file(style: Style, n: u32) -> Pcap {
    let mut file = Pcap::new(style);
    for i in 0..n {
        let frame = super::frames::udp_frame((i % 7) as u8 + 2, (i * 13 % 90) as usize);
        let frame = if style.link_type == 101 { frame[14..].to_vec() } else { frame };
        file.packet(1_000_000 + i, i, &frame);
    }
    file
}
