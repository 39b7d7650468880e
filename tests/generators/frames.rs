//! Ethernet, ARP, IPv4, IPv6, TCP, UDP and ICMP frames without checksums (nothing here reads them).

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
    let total = (20 + payload.len()) as u16;
    let mut packet = vec![0x45, 0];
    packet.extend(total.to_be_bytes());
    packet.extend([0, 0, 0x40, 0, 64, proto, 0, 0]);
    packet.extend(src);
    packet.extend(dst);
    packet.extend(payload);
    packet
}

pub fn ipv6(next: u8, src: u8, dst: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([next, 64]);
    for last in [src, dst] {
        packet.extend([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
    }
    packet.extend(payload);
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
