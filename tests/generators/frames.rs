//! Frames layer by layer, from the innermost out. IP headers put the checksums of what they carry right where the field is 0.

pub const FIN: u8 = 1;
pub const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const PSH: u8 = 8;
pub const ACK: u8 = 16;

pub fn ethernet(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    frame.extend(ethertype.to_be_bytes());
    frame.extend(payload);
    frame
}

pub fn vlan(id: u16, ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut tagged = id.to_be_bytes().to_vec();
    tagged.extend(ethertype.to_be_bytes());
    tagged.extend(payload);
    tagged
}

pub fn ipv4(proto: u8, src: [u8; 4], dst: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut packet = ipv4_header(proto, src, dst, payload.len() as u16, 0, 0x4000);
    packet.extend(summed(proto, &src, &dst, payload));
    packet
}

/// An IPv4 header that states `length` bytes of payload.
pub fn ipv4_header(proto: u8, src: [u8; 4], dst: [u8; 4], length: u16, id: u16, flags_and_offset: u16) -> Vec<u8> {
    let mut header = vec![0x45, 0];
    header.extend((20 + length).to_be_bytes());
    header.extend(id.to_be_bytes());
    header.extend(flags_and_offset.to_be_bytes());
    header.extend([64, proto, 0, 0]);
    header.extend(src);
    header.extend(dst);
    let sum = !checksum(&header);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    header
}

/// One fragment of an IPv4 packet: `part` begins `offset` bytes (a multiple of eight) into the payload.
pub fn ipv4_fragment(proto: u8, ends: [[u8; 4]; 2], id: u16, offset: u16, has_more: bool, part: &[u8]) -> Vec<u8> {
    let flags = (offset / 8) | (u16::from(has_more) << 13);
    let mut packet = ipv4_header(proto, ends[0], ends[1], part.len() as u16, id, flags);
    packet.extend(part);
    packet
}

/// The Internet checksum before its complement.
pub fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|c| u32::from(c[0]) << 8 | u32::from(*c.get(1).unwrap_or(&0)));
    let sum: u32 = words.sum();
    let sum = (sum >> 16) + (sum & 0xffff);
    ((sum >> 16) + (sum & 0xffff)) as u16
}

/// The payload with its checksum put in where the field is 0.
fn summed(proto: u8, src: &[u8], dst: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut payload = payload.to_vec();
    let at = match proto {
        6 => 16,
        17 => 6,
        1 | 58 => 2,
        _ => return payload,
    };
    if payload.get(at..at + 2) == Some(&[0, 0]) {
        let length = (payload.len() as u32).to_be_bytes();
        let pseudo = if proto == 1 { Vec::new() } else { [src, dst, &[0, proto], &length].concat() };
        let sum = match !checksum(&[pseudo, payload.clone()].concat()) {
            0 => 0xffff,
            sum => sum,
        };
        payload[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    }
    payload
}

pub fn ipv6(next: u8, src: u8, dst: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([next, 64]);
    let address = |last| [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
    packet.extend(address(src));
    packet.extend(address(dst));
    packet.extend(summed(next, &address(src), &address(dst), payload));
    packet
}

pub fn udp(src: u16, dst: u16, payload: &[u8]) -> Vec<u8> {
    let mut datagram = src.to_be_bytes().to_vec();
    datagram.extend(dst.to_be_bytes());
    datagram.extend((8 + payload.len() as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    datagram
}

pub fn tcp(src: u16, dst: u16, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut segment = src.to_be_bytes().to_vec();
    segment.extend(dst.to_be_bytes());
    segment.extend([0, 0, 0, 1, 0, 0, 0, 1, 0x50, flags, 0x20, 0, 0, 0, 0, 0]);
    segment.extend(payload);
    segment
}

/// A TCP segment with its numbers: sequence, acknowledgement and window.
pub fn tcp_segment(ports: (u16, u16), flags: u8, numbers: (u32, u32, u16), payload: &[u8]) -> Vec<u8> {
    let mut segment = ports.0.to_be_bytes().to_vec();
    segment.extend(ports.1.to_be_bytes());
    segment.extend(numbers.0.to_be_bytes());
    segment.extend(numbers.1.to_be_bytes());
    segment.extend([0x50, flags]);
    segment.extend(numbers.2.to_be_bytes());
    segment.extend([0, 0, 0, 0]);
    segment.extend(payload);
    segment
}

pub fn icmp(kind: u8, code: u8, payload: &[u8]) -> Vec<u8> {
    let mut message = vec![kind, code, 0, 0, 0, 1, 0, 1];
    message.extend(payload);
    message
}

pub fn arp(operation: u16, sender: [u8; 4], target: [u8; 4]) -> Vec<u8> {
    let mut packet = vec![0, 1, 8, 0, 6, 4];
    packet.extend(operation.to_be_bytes());
    packet.extend([2, 0, 0, 0, 0, 1]);
    packet.extend(sender);
    packet.extend([0; 6]);
    packet.extend(target);
    packet
}

/// An Ethernet frame with a UDP datagram from host `host`, its payload of `size` bytes.
pub fn udp_frame(host: u8, size: usize) -> Vec<u8> {
    let payload: Vec<u8> = (0..size).map(|i| (i as u8).wrapping_mul(host)).collect();
    ethernet(0x0800, &ipv4(17, [10, 0, 0, host], [10, 0, 0, 1], &udp(1000 + u16::from(host), 53, &payload)))
}

/// VXLAN in UDP, carrying an Ethernet frame.
pub fn vxlan(vni: u32, frame: &[u8]) -> Vec<u8> {
    udp(50_000, 4789, &[&[8, 0, 0, 0], (vni << 8).to_be_bytes().as_slice(), frame].concat())
}

/// Geneve in UDP, carrying an Ethernet frame.
pub fn geneve(vni: u32, frame: &[u8]) -> Vec<u8> {
    udp(50_000, 6081, &[&[0, 0, 0x65, 0x58], (vni << 8).to_be_bytes().as_slice(), frame].concat())
}

/// GTP-U user data in UDP, carrying an IP packet.
pub fn gtp(teid: u32, packet: &[u8]) -> Vec<u8> {
    let length = (packet.len() as u16).to_be_bytes();
    udp(2152, 2152, &[&[0x30, 0xff], length.as_slice(), &teid.to_be_bytes(), packet].concat())
}

/// GRE without options.
pub fn gre(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    [&[0, 0], ethertype.to_be_bytes().as_slice(), payload].concat()
}

/// NVGRE: Ethernet in GRE with a virtual subnet.
pub fn nvgre(vsid: u32, frame: &[u8]) -> Vec<u8> {
    [&[0x20, 0, 0x65, 0x58], (vsid << 8).to_be_bytes().as_slice(), frame].concat()
}

/// The headers that stand before an IPv4 packet in each link type that is read.
pub fn link_headers() -> Vec<(u32, Vec<u8>)> {
    let ethernet = ethernet(0x0800, &[]);
    let snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
    let wireless = [&[8, 1][..], &[0; 22], &snap].concat();
    let ppi = |link: u8, header: &[u8]| [&[0, 0, 8, 0, link, 0, 0, 0], header].concat();
    vec![
        (0, vec![2, 0, 0, 0]),
        (1, ethernet.clone()),
        (6, [&[0x10, 0x40][..], &[0; 12], &snap].concat()),
        (7, vec![1, 2, 0xf0]),
        (8, vec![0; 16]),
        (9, vec![0xff, 3, 0, 0x21]),
        (10, [&[0x50][..], &[0; 12], &snap].concat()),
        (12, vec![]),
        (14, vec![]),
        (50, vec![0xff, 3, 0, 0x21]),
        (51, vec![0x11, 0, 0, 1, 0, 0, 0, 0x21]),
        (100, snap.to_vec()),
        (101, vec![]),
        (104, vec![0x0f, 0, 8, 0]),
        (105, wireless.clone()),
        (106, snap.to_vec()),
        (107, vec![0x18, 0x41, 3, 0xcc]),
        (108, vec![0, 0, 0, 2]),
        (109, [&[2, 0, 0, 0][..], &[0; 8]].concat()),
        (113, [&[0; 14][..], &[8, 0]].concat()),
        (117, [&[61, 2][..], &[0; 62]].concat()),
        (119, [&[0x44, 0, 0, 0, 144, 0, 0, 0][..], &[0; 136], &wireless].concat()),
        (122, [&[0; 16][..], &snap].concat()),
        (123, [&[2, 0, 0, 40][..], &snap].concat()),
        (127, [&[0, 0, 9, 0, 2, 0, 0, 0, 0][..], &wireless].concat()),
        (129, vec![1, 2, 0, 0, 0xd4, 0, 0, 1]),
        (138, [&[0; 16][..], &[8, 0]].concat()),
        (143, [&[0, 0, 0, 60, 0, 0][..], &ethernet].concat()),
        (163, [&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64][..], &[0; 56], &wireless].concat()),
        (166, vec![1, 0xff, 3, 0, 0x21]),
        (178, [&b"MGC"[..], &[0x80, 0, 2, 9, 9], &ethernet].concat()),
        (192, ppi(105, &wireless)),
        (197, [&[0; 8][..], &[2, 0, 0, 60, 0, 0, 0, 60, 0, 0], &ethernet].concat()),
        (204, vec![0, 0x21]),
        (205, vec![0, 0x0f, 0, 8, 0]),
        (206, vec![0, 0x18, 0x41, 3, 0xcc]),
        (219, vec![0, 1, 1, 64]),
        (226, [&[1, 2][..], &[0; 22]].concat()),
        (228, vec![]),
        (239, vec![2, 0, 0, 5, 8, 0, 1, 0, 8, 0, 0, 0, 0xff, 0x0f, 9, 0]),
        (240, [&[0; 4][..], &ethernet].concat()),
        (242, [&[0; 40][..], &[8, 0, 0, 0]].concat()),
        (258, [&[108, 0, 0, 0, 1, 0, 0, 0, 1][..], &[0; 99], &ethernet].concat()),
        (259, [&[0x55; 8][..], &ethernet].concat()),
        (274, [&[0x55; 8][..], &ethernet].concat()),
        (276, [&[8, 0][..], &[0; 18]].concat()),
    ]
}
