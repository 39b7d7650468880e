//! pcapng files, block by block.

pub const SECTION: u32 = 0x0a0d_0d0a;
pub const INTERFACE: u32 = 1;
pub const OBSOLETE_PACKET: u32 = 2;
pub const SIMPLE_PACKET: u32 = 3;
pub const NAMES: u32 = 4;
pub const STATISTICS: u32 = 5;
pub const PACKET: u32 = 6;
pub const SECRETS: u32 = 10;
pub const CUSTOM: u32 = 0xbad;

/// A pcapng file being written.
#[derive(Debug, Clone)]
pub struct Pcapng {
    pub big_endian: bool,
    pub bytes: Vec<u8>,
    /// Offset of each block, and of the end.
    pub offsets: Vec<usize>,
}

impl Pcapng {
    /// A file with a section header and no interface.
    pub fn new(big_endian: bool) -> Self {
        let mut file = Self { big_endian, bytes: Vec::new(), offsets: Vec::new() };
        file.section(1);
        file
    }

    fn order32(&self, n: u32) -> [u8; 4] {
        if self.big_endian { n.to_be_bytes() } else { n.to_le_bytes() }
    }

    fn order16(&self, n: u16) -> [u8; 2] {
        if self.big_endian { n.to_be_bytes() } else { n.to_le_bytes() }
    }

    fn order64(&self, n: u64) -> [u8; 8] {
        if self.big_endian { n.to_be_bytes() } else { n.to_le_bytes() }
    }

    pub fn section(&mut self, major: u16) -> &mut Self {
        let mut body = self.order32(0x1a2b_3c4d).to_vec();
        body.extend(self.order16(major));
        body.extend(self.order16(0));
        body.extend([0xff; 8]);
        self.block(SECTION, &body)
    }

    /// A section header with options.
    pub fn section_with(&mut self, options: &[(u16, &[u8])]) -> &mut Self {
        let mut body = self.order32(0x1a2b_3c4d).to_vec();
        body.extend(self.order16(1));
        body.extend(self.order16(0));
        body.extend([0xff; 8]);
        body.extend(self.options(options));
        self.block(SECTION, &body)
    }

    fn options(&self, options: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (code, value) in options {
            bytes.extend(self.order16(*code));
            bytes.extend(self.order16(value.len() as u16));
            bytes.extend(*value);
            bytes.resize(bytes.len().div_ceil(4) * 4, 0);
        }
        if !options.is_empty() {
            bytes.extend([0; 4]);
        }
        bytes
    }

    /// A name resolution block.
    pub fn names(&mut self, ipv4: &[([u8; 4], &str)], ipv6: &[([u8; 16], &str)]) -> &mut Self {
        let ipv4 = ipv4.iter().map(|(a, name)| (1, [a.as_slice(), name.as_bytes(), &[0]].concat()));
        let ipv6 = ipv6.iter().map(|(a, name)| (2, [a.as_slice(), name.as_bytes(), &[0]].concat()));
        let records: Vec<(u16, Vec<u8>)> = ipv4.chain(ipv6).collect();
        let records: Vec<(u16, &[u8])> = records.iter().map(|(kind, value)| (*kind, value.as_slice())).collect();
        let body = self.options(&records);
        self.block(NAMES, &body)
    }

    /// A block with honest lengths; the body is padded.
    pub fn block(&mut self, kind: u32, body: &[u8]) -> &mut Self {
        let length = 12 + body.len().div_ceil(4) * 4;
        self.raw_block(kind, length as u32, body, length as u32)
    }

    /// A block with any lengths.
    pub fn raw_block(&mut self, kind: u32, length: u32, body: &[u8], trailer: u32) -> &mut Self {
        self.offsets.push(self.bytes.len());
        self.bytes.extend(self.order32(kind));
        self.bytes.extend(self.order32(length));
        self.bytes.extend(body);
        self.bytes.resize(self.bytes.len().div_ceil(4) * 4, 0);
        self.bytes.extend(self.order32(trailer));
        self
    }

    pub fn interface(&mut self, link_type: u16, snaplen: u32, options: &[(u16, &[u8])]) -> &mut Self {
        let mut body = self.order16(link_type).to_vec();
        body.extend([0, 0]);
        body.extend(self.order32(snaplen));
        body.extend(self.options(options));
        self.block(INTERFACE, &body)
    }

    pub fn packet(&mut self, interface: u32, units: u64, data: &[u8]) -> &mut Self {
        self.packet_claiming(interface, units, data.len() as u32, data.len() as u32, data)
    }

    /// A packet with options.
    pub fn packet_with(&mut self, interface: u32, units: u64, data: &[u8], options: &[(u16, &[u8])]) -> &mut Self {
        let mut body = Vec::new();
        let length = data.len() as u32;
        for field in [interface, (units >> 32) as u32, units as u32, length, length] {
            body.extend(self.order32(field));
        }
        body.extend(data);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend(self.options(options));
        self.block(PACKET, &body)
    }

    pub fn packet_claiming(
        &mut self,
        interface: u32,
        units: u64,
        captured: u32,
        original: u32,
        data: &[u8],
    ) -> &mut Self {
        let mut body = Vec::new();
        for field in [interface, (units >> 32) as u32, units as u32, captured, original] {
            body.extend(self.order32(field));
        }
        body.extend(data);
        self.block(PACKET, &body)
    }

    pub fn simple_packet(&mut self, original: u32, data: &[u8]) -> &mut Self {
        let mut body = self.order32(original).to_vec();
        body.extend(data);
        self.block(SIMPLE_PACKET, &body)
    }

    pub fn obsolete_packet(&mut self, interface: u16, units: u64, data: &[u8]) -> &mut Self {
        let mut body = self.order16(interface).to_vec();
        body.extend([0, 0]);
        for field in [(units >> 32) as u32, units as u32, data.len() as u32, data.len() as u32] {
            body.extend(self.order32(field));
        }
        body.extend(data);
        self.block(OBSOLETE_PACKET, &body)
    }

    pub fn statistics(&mut self, interface: u32, dropped: u64) -> &mut Self {
        let mut body = self.order32(interface).to_vec();
        body.extend([0; 8]);
        body.extend(self.order16(5));
        body.extend(self.order16(8));
        body.extend(self.order64(dropped));
        body.extend([0; 4]);
        self.block(STATISTICS, &body)
    }
}

/// A file of `n` UDP packets a second apart, microseconds.
pub fn udp_file(big_endian: bool, n: u32) -> Pcapng {
    let mut file = Pcapng::new(big_endian);
    file.interface(1, 65_535, &[]);
    for i in 0..n {
        let frame = super::frames::udp_frame((i % 7) as u8 + 2, (i * 13 % 90) as usize);
        file.packet(0, u64::from(1_000_000 + i) * 1_000_000, &frame);
    }
    file.offsets.push(file.bytes.len());
    file
}
