//! A second look at frames whose headers may show what honest ones hardly do.

use std::net::IpAddr;

use super::bytes::byte;
use super::trace::Trace;
use super::{Decoder, Packet, Undecoded, Why};
use crate::capture::{Frame, Oddities};
use crate::report::{Proto, Sender, Sign};

/// What is undecoded where a look may find WEP.
const PROTECTED: &str = "802.11 protected data";
/// Most extension headers that may follow each other: hop-by-hop, destination, routing, fragment, authentication and
/// destination options again are six kinds, of which no packet of today has all.
const MANY: usize = 6;
/// Neighbour discovery's types of ICMPv6 (RFC 4861).
const DISCOVERY: std::ops::RangeInclusive<u8> = 133..=137;
/// Bit of the fourth byte before the data: an extended initialisation vector follows, so it is not WEP.
const EXTENDED_IV: u8 = 0x20;
/// Bit of the second frame control byte: it comes from the distribution system.
const FROM_DS: u8 = 0x02;
/// Where an 802.11 frame names who transmits.
const TRANSMITTER: std::ops::Range<usize> = 10..16;

/// Listens for the layers that matter.
#[derive(Debug, Default)]
struct Watch<'a> {
    frame: &'a [u8],
    signs: Vec<Sign>,
    /// Names of the extension headers so far.
    headers: Vec<&'static str>,
    station: Option<[u8; 6]>,
    is_wep: bool,
    /// Only the outermost IP is looked at.
    packets: usize,
}

impl Watch<'_> {
    fn add(&mut self, sign: Sign) {
        if !self.signs.contains(&sign) {
            self.signs.push(sign);
        }
    }

    fn extension(&mut self, name: &'static str, header: &[u8]) {
        let before = self.headers.iter().filter(|h| **h == name).count();
        if name == "hop-by-hop options" && !self.headers.is_empty() {
            self.add(Sign::LateHopByHop);
        }
        if before > usize::from(name == "destination options") {
            self.add(Sign::RepeatedHeader);
        }
        if name == "routing header" && byte(header, 2) == Some(0) {
            self.add(Sign::RoutingType0);
        }
        // Offset and the bit for more, both 0.
        if name == "fragment header" && matches!(header.get(2..4), Some([0, low]) if low & 0xf9 == 0) {
            self.add(Sign::AtomicFragment);
        }
        self.headers.push(name);
        if self.headers.len() >= MANY {
            self.add(Sign::ManyHeaders);
        }
    }
}

impl Trace for Watch<'_> {
    fn layer(&mut self, name: &'static str, header: &[u8], _: impl FnOnce() -> String) {
        match name {
            "ipv4" | "ipv6" => self.packets += 1,
            _ if self.packets > 1 => {}
            "hop-by-hop options"
            | "routing header"
            | "destination options"
            | "fragment header"
            | "authentication header"
            | "extension header" => self.extension(name, header),
            "icmpv6" => {
                let hides = |name: &&str| matches!(*name, "fragment header" | "destination options");
                if byte(header, 0).is_some_and(|kind| DISCOVERY.contains(&kind)) && self.headers.iter().any(hides) {
                    self.add(Sign::HiddenDiscovery);
                }
            }
            "802.11" => {
                // An access point passes on what stations inject.
                let is_relayed = byte(header, 1).is_some_and(|flags| flags & FROM_DS != 0);
                self.station = header.get(TRANSMITTER).filter(|_| !is_relayed).and_then(|mac| mac.try_into().ok());
                // A header is part of the frame, so the distance of the two is its offset.
                let offset = header.as_ptr().addr().wrapping_sub(self.frame.as_ptr().addr());
                let vector = self.frame.get(offset.saturating_add(header.len())..);
                self.is_wep = vector.and_then(|v| byte(v, 3)).is_some_and(|last| last & EXTENDED_IV == 0);
            }
            _ => {}
        }
    }

    fn mark(&self) -> usize {
        0
    }

    // A tunnel that was none: nothing of it was kept.
    fn rewind(&mut self, _: usize) {}
}

fn watch<'a>(frame: &Frame<'a>) -> Watch<'a> {
    let mut watch = Watch { frame: frame.data, ..Watch::default() };
    // How it ends is known.
    let _ = Decoder::default().walk(frame, &mut Oddities::default(), &mut watch);
    watch
}

/// What the headers of a decoded frame show, and who sent it. Frames of IPv6 without extension headers cost nothing.
#[must_use]
pub fn signs(frame: &Frame<'_>, packet: &Packet<'_>) -> Option<(IpAddr, Vec<Sign>)> {
    let is_plain = !packet.src.is_ipv6()
        || packet.tunnel.is_some()
        || packet.proto == Proto::Arp
        || packet.header_len <= super::IPV6_HEADER + u16::from(packet.transport_header_len());
    if is_plain {
        return None;
    }
    let signs = watch(frame).signs;
    (!signs.is_empty()).then_some((packet.src, signs))
}

/// The station that sent a frame encrypted by WEP; of none that an access point passed on.
#[must_use]
pub fn wep_sender(frame: &Frame<'_>, undecoded: &Undecoded) -> Option<Sender> {
    if undecoded.why != Why::NonIp || undecoded.what != PROTECTED {
        return None;
    }
    let watch = watch(frame);
    watch.station.filter(|_| watch.is_wep).map(Sender::Station)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::LinkType;
    use crate::units::Timestamp;

    fn frame(link_type: LinkType, data: &[u8]) -> Frame<'_> {
        Frame {
            number: 1,
            offset: 0,
            ts: Timestamp(0),
            original_len: u32::try_from(data.len()).unwrap(),
            link_type,
            interface: 0,
            comment: None,
            data,
        }
    }

    /// An IPv6 packet with a chain of headers: each its number and eight bytes whose first is replaced by the next number.
    fn shown(chain: &[(u8, [u8; 8])], last: u8, payload: &[u8]) -> Vec<Sign> {
        let mut numbers: Vec<u8> = chain.iter().map(|(number, _)| *number).collect();
        numbers.push(last);
        let mut body = Vec::new();
        for ((_, header), next) in chain.iter().zip(&numbers[1..]) {
            body.push(*next);
            body.extend_from_slice(&header[1..]);
        }
        body.extend_from_slice(payload);
        let mut packet = vec![0x60, 0, 0, 0, 0, u8::try_from(body.len()).unwrap(), numbers[0], 64];
        packet.extend_from_slice(&[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        packet.extend_from_slice(&[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        packet.extend_from_slice(&body);
        let frame = frame(LinkType::RAW, &packet);
        let decoded = Decoder::default().decode(&frame, &mut Oddities::default()).unwrap();
        signs(&frame, &decoded).map(|(_, signs)| signs).unwrap_or_default()
    }

    #[test]
    fn extension_headers_show_what_they_are_misused_for() {
        let plain = [0; 8];
        let echo = [128, 0, 0, 0, 0, 1, 0, 1];
        let solicitation = [135, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let segment = [0, 0, 4, 0, 0, 0, 0, 0];
        let part = [0, 0, 0, 1, 0, 0, 0, 9];
        for (chain, payload, expected) in [
            (vec![], &echo[..], vec![]),
            (vec![(0, plain)], &echo, vec![]),
            (vec![(0, plain), (60, plain), (43, segment), (60, plain)], &echo, vec![]),
            (vec![(44, part)], &echo, vec![]),
            (vec![(43, plain)], &echo, vec![Sign::RoutingType0]),
            (vec![(44, plain)], &echo, vec![Sign::AtomicFragment]),
            (vec![(60, plain), (0, plain)], &echo, vec![Sign::LateHopByHop]),
            (vec![(60, plain), (60, plain), (60, plain)], &echo, vec![Sign::RepeatedHeader]),
            (vec![(60, plain)], &solicitation, vec![Sign::HiddenDiscovery]),
            (vec![(0, plain)], &solicitation, vec![]),
        ] {
            assert_eq!(shown(&chain, 58, payload), expected, "{chain:?}");
        }
        let many = shown(&[(60, plain); 7], 58, &echo);
        assert_eq!(many, [Sign::RepeatedHeader, Sign::ManyHeaders]);
    }

    #[test]
    fn wep_is_told_by_its_vector() {
        let mut data = vec![0x08, 0x41, 0, 0];
        data.extend_from_slice(&[1; 6]);
        data.extend_from_slice(&[2; 6]);
        data.extend_from_slice(&[3; 6]);
        data.extend_from_slice(&[0, 0, 9, 9, 9, 0, 7, 7, 7, 7]);
        for (last, expected) in [(0, Some(Sender::Station([2; 6]))), (EXTENDED_IV, None)] {
            data[27] = last;
            let frame = frame(LinkType::IEEE802_11, &data);
            let undecoded = Decoder::default().decode(&frame, &mut Oddities::default()).unwrap_err();
            assert_eq!(wep_sender(&frame, &undecoded), expected);
        }
        assert_eq!(Sender::Station([2, 0xab, 0, 0, 0, 1]).to_string(), "02:ab:00:00:00:01");
    }
}
