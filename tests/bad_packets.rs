//! What each bad packet gets: one test a row of the table of bad inputs (B = link and network layers).
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

mod repeated;

use std::net::IpAddr;

use crate::generators::frames::{
    ACK, FIN, SYN, checksum, ethernet, geneve, gre, gtp, icmp, ipv4, ipv4_fragment, ipv4_header, ipv6, link_headers,
    nvgre, tcp, udp, udp_frame, vlan, vxlan,
};
use crate::generators::pcap::{Pcap, Style};
use proptest::prelude::*;
use wiresift::capture::{Frame, Limits, LinkType, Oddities, Reader};
use wiresift::packet::{Decoder, Packet, Undecoded, Why, layers};
use wiresift::pipeline::Analyzer;
use wiresift::report::{Report, TcpFlags, TunnelKind};
use wiresift::settings::Settings;
use wiresift::units::Timestamp;

const A: [u8; 4] = [10, 0, 0, 1];
const B: [u8; 4] = [10, 0, 0, 2];

/// A decoder and what it counted.
#[derive(Default)]
struct Bench {
    decoder: Decoder,
    odd: Oddities,
    number: u64,
}

impl Bench {
    fn read<'a>(&mut self, data: &'a [u8]) -> Result<Packet<'a>, Undecoded> {
        self.read_as(1, data, data.len(), 0)
    }

    fn read_as<'a>(&mut self, link: u32, data: &'a [u8], original: usize, s: i64) -> Result<Packet<'a>, Undecoded> {
        self.number += 1;
        let frame = frame(self.number, link, data, original, s);
        let decoded = self.decoder.decode(&frame, &mut self.odd);
        // The layers are those of the same walk: what was decoded has a network layer, and all lie inside the frame.
        let layers = layers(&frame);
        assert!(layers.len() <= 32);
        for layer in &layers {
            assert!((layer.offset + layer.length) as usize <= data.len(), "{layer:?} of {} bytes", data.len());
        }
        if decoded.is_ok() {
            assert!(
                layers.iter().any(|l| matches!(l.name, "ipv4" | "ipv6" | "arp")) || layers.len() == 32,
                "{layers:?}"
            );
        }
        decoded
    }

    fn warned(&self, kind: &str) -> u64 {
        self.odd.clone().into_sorted().iter().find(|w| w.kind == kind).map_or(0, |w| w.count)
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.odd.clone().into_sorted().iter().map(|w| w.kind).collect()
    }
}

fn frame(number: u64, link: u32, data: &[u8], original: usize, seconds: i64) -> Frame<'_> {
    Frame {
        number,
        offset: 24,
        ts: Timestamp::from_parts(seconds, 0),
        original_len: original.max(data.len()) as u32,
        link_type: LinkType(link as u16),
        data,
        interface: 0,
        comment: None,
    }
}

fn ip(packet: &[u8]) -> Vec<u8> {
    ethernet(0x0800, packet)
}

fn analyze(frames: &[Vec<u8>]) -> Report {
    let mut file = Pcap::new(Style::default());
    for (i, frame) in frames.iter().enumerate() {
        file.packet(1_000 + i as u32, 0, frame);
    }
    analyze_file(&file.bytes)
}

fn analyze_file(bytes: &[u8]) -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), [7, 11]).unwrap();
    analyzer.begin_file("capture");
    analyzer.push(bytes);
    let report = analyzer.finish().unwrap();
    assert!(report.ledger.is_balanced(&report.flows), "{:?}", report.ledger);
    for (reason, packets) in [
        ("non_ip", report.ledger.non_ip),
        ("malformed", report.ledger.malformed),
        ("truncated_by_snaplen", report.ledger.truncated_by_snaplen),
        ("unsupported_link", report.ledger.unsupported_link),
    ] {
        let told: u64 = report.ledger.undecoded.iter().filter(|u| u.reason == reason).map(|u| u.packets).sum();
        assert_eq!(told, packets, "{reason}");
    }
    report
}

#[test]
fn b01_every_link_type_leads_to_its_packet() {
    let packet = ipv4(6, A, B, &tcp(40_000, 443, ACK, b"hello"));
    for (link, header) in link_headers() {
        let mut bench = Bench::default();
        let data = [header, packet.clone()].concat();
        let read = bench.read_as(link, &data, data.len(), 0).unwrap_or_else(|e| panic!("{link}: {e:?}"));
        assert_eq!(
            (read.src, read.src_port, read.dst_port, read.payload),
            (IpAddr::from(A), 40_000, 443, &b"hello"[..])
        );
        assert_eq!(bench.kinds(), Vec::<&str>::new(), "{link}");
        for cut in 0..data.len() {
            let part = &data[..cut];
            let cut_packet = Bench::default().read_as(link, part, data.len(), 0);
            assert!(!cut_packet.is_err_and(|e| e.why == Why::Malformed), "{link} cut at {cut}");
            let _ = Bench::default().read_as(link, part, cut, 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn b01_any_bytes_are_counted_once(
        which in 0usize..60,
        begin in 0usize..4,
        tail in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0), Just(0xff), Just(0x45), Just(4), Just(47)], 0..200),
        flips in proptest::collection::vec((0usize..160, any::<u8>()), 0..4),
        missing in prop_oneof![Just(0usize), 0usize..2_000],
    ) {
        let headers = link_headers();
        let (link, header) = headers.get(which).cloned().unwrap_or((which as u32 * 5, Vec::new()));
        let inner = ipv4(17, A, B, &udp(1, 2, &tail));
        let content = match begin {
            0 => tail.clone(),
            1 => ipv4(17, A, B, &vxlan(5, &ip(&inner))),
            2 => ipv6(0, 1, 2, &[&[44, 0, 1, 4, 0, 0, 0, 0][..], &[17, 0, 0, 1, 0, 0, 0, 9], &tail].concat()),
            _ => ipv4(47, A, B, &gre(0x0800, &ipv4(41, A, B, &ipv6(6, 1, 2, &tail)))),
        };
        let mut data = [header, content].concat();
        for (at, byte) in flips {
            if let Some(place) = data.get_mut(at) {
                *place = byte;
            }
        }
        let mut bench = Bench::default();
        for second in 0..2 {
            if let Ok(packet) = bench.read_as(link, &data, data.len() + missing, second) {
                prop_assert!(packet.payload.len() <= packet.payload_len as usize);
                prop_assert!(packet.payload.len() <= data.len());
            }
        }
        let mut file = Pcap::new(Style { link_type: link, ..Style::default() });
        file.record(1, 0, data.len() as u32, (data.len() + missing) as u32, &data);
        prop_assert_eq!(analyze_file(&file.bytes).ledger.packets, 1);
    }
}

#[test]
fn b02_tags_are_read_to_a_depth_of_eight() {
    let packet = ipv4(6, A, B, &tcp(1, 2, ACK, b""));
    for depth in 0..50usize {
        let mut vlans = ([0x08, 0x00].to_vec(), packet.clone());
        let mut labels = packet.clone();
        for i in 0..depth {
            vlans = ([0x81, 0x00].to_vec(), [&[0, i as u8], vlans.0.as_slice(), &vlans.1].concat());
            let entry = (16 + i as u32) << 12 | u32::from(i == 0) << 8 | 64;
            labels = [entry.to_be_bytes().as_slice(), &labels].concat();
        }
        let ethertype = u16::from_be_bytes([vlans.0[0], vlans.0[1]]);
        let mut frames = vec![ethernet(ethertype, &vlans.1)];
        if depth > 0 {
            frames.push(ethernet(0x8847, &labels));
        }
        for frame in frames {
            let mut bench = Bench::default();
            let read = bench.read(&frame);
            let is_deep = depth > 8;
            assert_eq!(read.err().map(|e| e.why), is_deep.then_some(Why::Malformed), "{depth}");
            assert_eq!(bench.warned("too_deep"), u64::from(is_deep), "{depth}");
        }
    }
}

#[test]
fn b02_tags_of_every_kind_are_taken_off() {
    let packet = ipv4(6, A, B, &tcp(1, 2, ACK, b"x"));
    let whole = ip(&packet);
    let ppp = [&[0x11, 0, 0, 1], (packet.len() as u16 + 2).to_be_bytes().as_slice(), &[0, 0x21], &packet].concat();
    let clear = [&[0x00, 0, 0, 0, 0, 1, 8, 0][..], &packet].concat();
    let clear_with_channel = [&[0x20, 0, 0, 0, 0, 1][..], &[0; 8], &[8, 0], &packet].concat();
    let pseudowire = [&[0, 1, 1, 64, 0, 0, 0, 0][..], &whole].concat();
    let bare_pseudowire = [&[0, 1, 1, 64][..], &whole].concat();
    let snap = [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &packet].concat();
    for (name, frame) in [
        ("pppoe", ethernet(0x8864, &ppp)),
        ("macsec", ethernet(0x88e5, &clear)),
        ("macsec with channel", ethernet(0x88e5, &clear_with_channel)),
        ("pbb", ethernet(0x88e7, &[&[0, 0, 0, 9][..], &whole].concat())),
        ("pseudowire", ethernet(0x8847, &pseudowire)),
        ("pseudowire without control word", ethernet(0x8847, &bare_pseudowire)),
        ("snap", ethernet(snap.len() as u16, &snap)),
        ("r-tag", ethernet(0xf1c1, &[&[0, 0, 0, 9, 8, 0][..], &packet].concat())),
        ("s-vlan", ethernet(0x88a8, &vlan(7, 0x8100, &vlan(8, 0x0800, &packet)))),
    ] {
        let mut bench = Bench::default();
        let read = bench.read(&frame).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!((read.src, read.dst_port, read.payload), (IpAddr::from(A), 2, &b"x"[..]), "{name}");
        assert_eq!(read.vlan, (name == "s-vlan").then_some(7));
    }
    let encrypted = ethernet(0x88e5, &[0x2c; 60]);
    assert_eq!(Bench::default().read(&encrypted).unwrap_err().what, "macsec");
}

#[test]
fn b03_ipv4_lengths_that_cannot_be() {
    let good = ipv4(6, A, B, &tcp(1, 2, ACK, b"payload"));
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut packet = good.clone();
        change(&mut packet);
        ip(&packet)
    };
    for (name, frame) in [
        ("IHL 4", with(&|p| p[0] = 0x44)),
        ("IHL beyond the packet", with(&|p| p[0] = 0x4f)),
        ("total length below the header", with(&|p| p[2..4].copy_from_slice(&[0, 19]))),
        ("version 5", with(&|p| p[0] = 0x55)),
    ] {
        let read = Bench::default().read(&frame);
        assert_eq!(read.unwrap_err().why, Why::Malformed, "{name}");
    }
    // The type says one version and the header the other.
    let crossed = ethernet(0x86dd, &good);
    assert_eq!(Bench::default().read(&crossed).unwrap_err().why, Why::Malformed);
    // Segmentation offload writes 0: the frame's length holds.
    let mut bench = Bench::default();
    let frame = with(&|p| p[2..4].copy_from_slice(&[0, 0]));
    let read = bench.read(&frame).unwrap();
    assert_eq!((read.ip_bytes, read.payload_len, read.payload), (47, 7, &b"payload"[..]));
    // More than the frame has: what is there is used.
    let mut bench = Bench::default();
    let frame = with(&|p| p[2..4].copy_from_slice(&[1, 0]));
    let read = bench.read(&frame).unwrap();
    assert_eq!((read.payload, read.payload_len, bench.warned("ip_length_over_frame")), (&b"payload"[..], 216, 1));
}

#[test]
fn b04_ipv4_options_that_do_not_end() {
    for (options, bad) in
        [([1, 1, 1, 1], 0), ([7, 0, 0, 0], 1), ([7, 1, 0, 0], 1), ([68, 40, 5, 0], 1), ([0, 7, 0, 0], 0)]
    {
        let mut packet = ipv4(6, A, B, &[options.as_slice(), &tcp(1, 2, ACK, b"")].concat());
        packet[0] = 0x46;
        let (frame, mut bench) = (ip(&packet), Bench::default());
        let read = bench.read(&frame).unwrap();
        assert_eq!((read.dst_port, read.header_len, bench.warned("ip_option_bad")), (2, 44, bad), "{options:?}");
    }
}

#[test]
fn b05_ipv6_chains_are_walked_to_a_limit() {
    let udp = udp(1, 2, b"x");
    for (count, is_read) in [(0, true), (1, true), (15, true), (16, true), (17, false), (200, false)] {
        let options: Vec<u8> =
            (0..count).flat_map(|i| [if i + 1 == count { 17 } else { 60 }, 0, 1, 4, 0, 0, 0, 0]).collect();
        let frame = ethernet(0x86dd, &ipv6(if count == 0 { 17 } else { 60 }, 1, 2, &[options, udp.clone()].concat()));
        let mut bench = Bench::default();
        let read = bench.read(&frame).unwrap();
        assert_eq!((read.dst_port == 2, bench.warned("ip_extension_limit")), (is_read, u64::from(!is_read)));
    }
    // A header that reaches beyond the packet, a jumbogram, a hop limit of 0, nothing behind the header.
    let mut bench = Bench::default();
    let frame = ethernet(0x86dd, &ipv6(0, 1, 2, &[17, 200, 0, 0, 0, 0, 0, 0]));
    assert_eq!(bench.read(&frame).map(|p| p.dst_port), Ok(0));
    assert_eq!(bench.warned("ip_extension_unreadable"), 1);
    let mut jumbo = ipv6(0, 1, 2, &[&[17, 0, 0xc2, 4, 0, 1, 0, 0][..], &udp].concat());
    jumbo[4..6].copy_from_slice(&[0, 0]);
    jumbo[7] = 0;
    let frame = ethernet(0x86dd, &jumbo);
    let read = bench.read(&frame).unwrap();
    assert_eq!((read.dst_port, read.ttl, read.payload), (2, Some(0), &b"x"[..]));
    let frame = ethernet(0x86dd, &ipv6(59, 1, 2, b""));
    assert_eq!(bench.read(&frame).map(|p| (p.ip_bytes, p.payload_len)), Ok((40, 0)));
}

#[test]
fn b05_authentication_headers_are_walked_in_both_versions() {
    let authenticated = [&[6, 4, 0, 0][..], &[0; 20], &tcp(1, 2, ACK, b"x")].concat();
    for frame in [ip(&ipv4(51, A, B, &authenticated)), ethernet(0x86dd, &ipv6(51, 1, 2, &authenticated))] {
        assert_eq!(Bench::default().read(&frame).map(|p| (p.dst_port, p.payload)), Ok((2, &b"x"[..])));
    }
    let frame = ip(&ipv4(50, A, B, &[0; 40]));
    let read = Bench::default().read(&frame).map(|p| (p.proto.number(), p.dst_port, p.payload_len));
    assert_eq!(read, Ok((Some(50), 0, 40)), "encrypted");
}

#[test]
fn b06_fragments_belong_to_the_first_ones_flow() {
    let datagram = udp(5_000, 53, &[7; 2_000]);
    let part = |id, from: usize, to: usize| {
        ip(&ipv4_fragment(17, [A, B], id, from as u16, to < datagram.len(), &datagram[from..to]))
    };
    let report = analyze(&[part(1, 0, 800), part(1, 800, 1_600), part(1, 1_600, 2_008)]);
    let flow = &report.flows[0];
    assert_eq!((report.flows.len(), flow.orig_port, flow.resp_port, flow.orig.packets), (1, 5_000, 53, 3));
    assert_eq!(flow.orig.payload_bytes, 2_000);
    assert_eq!(report.warnings.iter().map(|w| w.kind).collect::<Vec<_>>(), Vec::<&str>::new());

    // In the wrong order, of another id, in another VLAN: no ports, and counted.
    let tagged = |frame: Vec<u8>| ethernet(0x8100, &vlan(9, 0x0800, &frame[14..]));
    let report = analyze(&[part(2, 800, 1_600), part(2, 0, 800), part(3, 800, 1_600), tagged(part(2, 800, 1_600))]);
    assert_eq!(report.flows.len(), 2);
    let warned = |kind| report.warnings.iter().find(|w| w.kind == kind).map_or(0, |w| w.count);
    assert_eq!((warned("fragment_without_ports"), warned("fragment_overlap")), (3, 0));
}

#[test]
fn b06_attacks_on_reassembly_are_counted() {
    let datagram = udp(5_000, 53, &[7; 200]);
    let frames: Vec<Vec<u8>> = [(0u16, 64usize, true), (24, 64, false), (0, 8, true)]
        .into_iter()
        .map(|(offset, length, more)| ip(&ipv4_fragment(17, [A, B], 1, offset, more, &datagram[..length])))
        .collect();
    let mut bench = Bench::default();
    for frame in &frames {
        assert_eq!(bench.read(frame).unwrap().dst_port, 53);
    }
    assert_eq!((bench.warned("fragment_overlap"), bench.warned("fragment_tiny")), (2, 1));

    // First fragments that end inside the transport header.
    for (proto, length, dst_port) in [(6, 8, 53), (17, 5, 53), (6, 3, 0), (17, 0, 0), (1, 1, 0)] {
        let frame = ip(&ipv4_fragment(proto, [A, B], 7, 0, true, &datagram[..length]));
        let mut bench = Bench::default();
        assert_eq!(
            (bench.read(&frame).unwrap().dst_port, bench.warned("fragment_tiny")),
            (dst_port, 1),
            "{proto} {length}"
        );
    }

    // A flood of packets that never complete: the table stays bounded, and says so.
    let mut bench = Bench::default();
    for id in 0..=u16::MAX {
        let frame = ip(&ipv4_fragment(17, [A, B], id, 0, true, &datagram[..80]));
        bench.read_as(1, &frame, frame.len(), i64::from(id) / 10_000).unwrap();
    }
    assert_eq!(bench.warned("fragment_table_full"), 65_536 - 4_096);
    let later = ip(&ipv4_fragment(17, [A, B], u16::MAX, 80, false, &datagram[80..]));
    assert_eq!(bench.read_as(1, &later, later.len(), 7).unwrap().dst_port, 53);
    assert_eq!(bench.read_as(1, &later, later.len(), 60).unwrap().dst_port, 0, "30 s are over");
}

#[test]
fn b06_ipv6_fragments_are_joined_too() {
    let datagram = udp(5_000, 53, &[7; 120]);
    let part = |from: usize, to: usize| {
        let word = (from as u16 | u16::from(to < datagram.len())).to_be_bytes();
        ethernet(0x86dd, &ipv6(44, 1, 2, &[&[17, 0, word[0], word[1], 0, 0, 0, 9], &datagram[from..to]].concat()))
    };
    let mut bench = Bench::default();
    let (first, later) = (part(0, 80), part(80, 128));
    assert_eq!(bench.read(&first).unwrap().dst_port, 53);
    let read = bench.read(&later).unwrap();
    assert_eq!((read.dst_port, read.payload_len, read.header_len), (53, 48, 48));
}

#[test]
fn b07_four_tunnels_are_opened_and_no_more() {
    let carry = |depth: u8| {
        (0..depth).fold(ipv4(6, A, B, &tcp(1, 2, ACK, b"x")), |inner, i| ipv4(4, [10, 1, 0, i], [10, 2, 0, i], &inner))
    };
    for depth in 0..10 {
        let (frame, mut bench) = (ip(&carry(depth)), Bench::default());
        let read = bench.read(&frame).unwrap();
        assert_eq!(read.tunnel.map_or(0, |t| t.depth), depth.min(4));
        assert_eq!((read.dst_port == 2, bench.warned("tunnel_too_deep")), (depth <= 4, u64::from(depth > 4)));
        if depth > 4 {
            assert_eq!((read.src, read.proto.number()), (IpAddr::from([10, 1, 0, depth - 5]), Some(4)));
        }
        assert_eq!(read.wire_len as usize, frame.len());
    }
}

#[test]
fn b07_every_tunnel_is_opened() {
    let packet = ipv4(6, A, B, &tcp(1, 2, ACK, b"x"));
    let packet6 = ipv6(6, 1, 2, &tcp(1, 2, ACK, b"x"));
    let frame = ip(&packet);
    let outer = |proto, payload: &[u8]| ip(&ipv4(proto, [192, 0, 2, 1], [192, 0, 2, 2], payload));
    let teredo = [&[0, 1, 0, 0][..], &[0; 9], &[0, 0, 1, 2, 3, 4, 5, 6], &packet6].concat();
    let pptp = [&[0x30, 1, 0x88, 0x0b, 0, 44, 0, 7, 0, 0, 0, 1, 0xff, 3, 0, 0x21][..], &packet].concat();
    let erspan = [&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 5, 0, 0, 0, 0][..], &frame].concat();
    let etherip = [&[0x30, 0][..], &frame].concat();
    let mpls = [&[0, 1, 1, 64][..], &packet].concat();
    for (kind, id, data) in [
        (TunnelKind::IpInIp, None, outer(4, &packet)),
        (TunnelKind::IpInIp, None, outer(41, &packet6)),
        (TunnelKind::Gre, None, outer(47, &gre(0x0800, &packet))),
        (TunnelKind::Gre, None, outer(47, &gre(0x8847, &mpls))),
        (TunnelKind::Gre, Some(7), outer(47, &pptp)),
        (TunnelKind::Gre, Some(5), outer(47, &erspan)),
        (TunnelKind::Nvgre, Some(77), outer(47, &nvgre(77, &frame))),
        (TunnelKind::Vxlan, Some(5), outer(17, &vxlan(5, &frame))),
        (TunnelKind::Geneve, Some(6), outer(17, &geneve(6, &frame))),
        (TunnelKind::Gtp, Some(9), outer(17, &gtp(9, &packet))),
        (TunnelKind::Teredo, None, outer(17, &udp(50_000, 3544, &teredo))),
        (TunnelKind::EtherIp, None, outer(97, &etherip)),
        (TunnelKind::Mpls, None, outer(137, &mpls)),
        (TunnelKind::MplsUdp, None, outer(17, &udp(50_000, 6635, &mpls))),
    ] {
        let mut bench = Bench::default();
        let read = bench.read(&data).unwrap();
        let tunnel = read.tunnel.unwrap_or_else(|| panic!("{kind:?} was not opened"));
        assert_eq!((tunnel.kind, tunnel.id, tunnel.depth, tunnel.src), (kind, id, 1, IpAddr::from([192, 0, 2, 1])));
        assert_eq!((read.dst_port, read.payload, read.ip_bytes as usize % 20), (2, &b"x"[..], 1), "{kind:?}");
        assert_eq!(bench.kinds(), Vec::<&str>::new(), "{kind:?}");
    }
}

#[test]
fn b07_a_port_alone_is_no_tunnel() {
    for port in [1701, 2152, 3544, 4789, 4790, 6081, 6635, 8472] {
        for payload in
            [vec![0; 60], vec![8; 60], vec![0x30, 0xff, 0, 9, 0, 0, 0, 1, 0x45, 0, 0xff, 0xff], vec![0x60; 50]]
        {
            let (frame, mut bench) = (ip(&ipv4(17, A, B, &udp(40_000, port, &payload))), Bench::default());
            let read = bench.read(&frame).unwrap();
            assert_eq!((read.src, read.dst_port, read.tunnel), (IpAddr::from(A), port, None));
            assert_eq!(bench.kinds(), Vec::<&str>::new());
        }
    }
}

#[test]
fn b07_virtual_networks_separate_flows() {
    let frame = ip(&ipv4(6, A, B, &tcp(1, 2, ACK, b"x")));
    let back = ip(&ipv4(6, B, A, &tcp(2, 1, ACK, b"x")));
    let carry = |proto, payload: Vec<u8>| ip(&ipv4(proto, [192, 0, 2, 1], [192, 0, 2, 2], &payload));
    let of_vxlan = [vxlan(1, &frame), vxlan(2, &frame), vxlan(1, &back)];
    let of_geneve = [geneve(1, &frame), geneve(2, &frame), geneve(1, &back)];
    for datagrams in [of_vxlan, of_geneve] {
        let frames = datagrams.map(|datagram| carry(17, datagram));
        let flows = analyze(&frames).flows;
        assert_eq!(flows.iter().map(|f| f.packets()).collect::<Vec<_>>(), [2, 1]);
        assert_ne!(flows[0].uid, flows[1].uid);
        assert_eq!(flows[0].tunnel.as_ref().map(|t| t.id), Some(Some(1)));
    }
    let subnets = analyze(&[carry(47, nvgre(1, &frame)), carry(47, nvgre(2, &frame))]);
    assert_eq!(subnets.flows.len(), 2);
    // GTP's identifiers differ by direction.
    let calls = analyze(&[carry(17, gtp(1, &frame[14..])), carry(17, gtp(2, &back[14..]))]);
    assert_eq!(calls.flows.len(), 1);
}

#[test]
fn b08_strange_tcp_headers_are_decoded_and_counted() {
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut segment = tcp(40_000, 80, SYN, b"");
        change(&mut segment);
        ip(&ipv4(6, A, B, &segment))
    };
    for (kind, frame) in [
        ("bad_TCP_header_len", with(&|s| s[12] = 0x40)),
        ("bad_TCP_header_len", with(&|s| s[12] = 0xf0)),
        (
            "tcp_option_bad",
            with(&|s| {
                s[12] = 0x60;
                s.extend([2, 0, 0, 0]);
            }),
        ),
        (
            "tcp_option_bad",
            with(&|s| {
                s[12] = 0x60;
                s.extend([2, 1, 0, 0]);
            }),
        ),
        ("tcp_syn_fin", with(&|s| s[13] = SYN | FIN)),
        ("tcp_no_flags", with(&|s| s[13] = 0)),
        ("TCP_christmas", with(&|s| s[13] = 0x29)),
        ("SYN_with_data", with(&|s| s.extend(b"data"))),
    ] {
        let mut bench = Bench::default();
        let read = bench.read(&frame).unwrap();
        assert_eq!((read.src_port, read.dst_port, bench.kinds()), (40_000, 80, vec![kind]));
        assert!(read.tcp.is_some_and(|t| t.flags == TcpFlags(u16::from(frame[14 + 20 + 13]))));
    }
}

#[test]
fn b09_udp_lengths_that_cannot_be() {
    let with = |length: u16| {
        let mut datagram = udp(1, 2, b"12345678");
        datagram[4..6].copy_from_slice(&length.to_be_bytes());
        datagram[6..8].copy_from_slice(&[0, 0]);
        let mut packet = ipv4_header(17, A, B, datagram.len() as u16, 0, 0);
        packet.extend(datagram);
        ip(&packet)
    };
    for length in 1..8 {
        assert_eq!(Bench::default().read(&with(length)).unwrap_err().why, Why::Malformed, "{length}");
    }
    for (length, payload, warned) in [(0, 8, 0), (8, 0, 0), (12, 4, 0), (16, 8, 0), (17, 8, 1), (u16::MAX, 8, 1)] {
        let (frame, mut bench) = (with(length), Bench::default());
        let read = bench.read(&frame).unwrap();
        assert_eq!((read.payload_len, bench.warned("udp_length_over_ip")), (payload, warned), "{length}");
    }
    let short = ip(&[ipv4_header(17, A, B, 7, 0, 0), vec![0; 7]].concat());
    assert_eq!(Bench::default().read(&short).unwrap_err().why, Why::Malformed);
}

#[test]
fn b10_wrong_checksums_are_counted_and_nothing_is_dropped() {
    let messages = [(6, tcp(1, 2, ACK, b"odd")), (17, udp(1, 2, b"even")), (1, icmp(8, 0, b"ping"))];
    for (proto, message) in &messages {
        let good = ip(&ipv4(*proto, A, B, message));
        let good6 = ethernet(0x86dd, &ipv6(if *proto == 1 { 58 } else { *proto }, 1, 2, message));
        for frame in [&good, &good6] {
            let mut bench = Bench::default();
            bench.read(frame).unwrap();
            assert_eq!(bench.kinds(), Vec::<&str>::new());
            let mut bad = frame.clone();
            *bad.last_mut().unwrap() ^= 0xff;
            bench.read(&bad).unwrap();
            assert_eq!(bench.kinds(), ["transport_checksum_bad"], "{proto}");
            // Not all of it is here, so nobody can tell.
            let mut bench = Bench::default();
            bench.read_as(1, &bad[..bad.len() - 1], bad.len(), 0).unwrap();
            assert_eq!(bench.kinds(), Vec::<&str>::new());
        }
    }
    let mut bench = Bench::default();
    let mut wrong = ip(&ipv4(17, A, B, &udp(1, 2, b"x")));
    wrong[14 + 8] ^= 1;
    bench.read(&wrong).unwrap();
    assert_eq!(bench.kinds(), ["ip_checksum_bad"]);

    // What a sender leaves to its card: the sum of the addresses, protocol and length alone; no header checksum at all.
    let mut segment = tcp(1, 2, ACK, b"offloaded");
    let pseudo = checksum(&[&A[..], &B, &[0, 6, 0, segment.len() as u8]].concat());
    segment[16..18].copy_from_slice(&pseudo.to_be_bytes());
    let mut offloaded = ip(&ipv4(6, A, B, &segment));
    let mut bench = Bench::default();
    bench.read(&offloaded).unwrap();
    offloaded[14 + 10..14 + 12].copy_from_slice(&[0, 0]);
    bench.read(&offloaded).unwrap();
    assert_eq!((bench.kinds(), bench.warned("checksum_offloaded")), (vec!["checksum_offloaded"], 3));

    // UDP without a checksum.
    let bare = ip(&[ipv4_header(17, A, B, 9, 0, 0), udp(1, 2, b"x")].concat());
    let mut bench = Bench::default();
    bench.read(&bare).unwrap();
    assert_eq!(bench.kinds(), Vec::<&str>::new());
}

/// Every frame of a capture, each cut to `snaplen` bytes as `editcap -s` does, as a new capture.
fn cut(capture: &[u8], snaplen: usize) -> Vec<u8> {
    let mut file = Pcap::new(Style::default());
    let mut reader = Reader::new(1, Limits::of(&Settings::default()));
    reader.push(capture, &mut |f: &Frame<'_>| {
        let data = &f.data[..f.data.len().min(snaplen)];
        file.record(f.ts.0.div_euclid(1_000_000_000) as u32, 0, data.len() as u32, f.original_len, data);
    });
    file.bytes
}

fn assert_cuts_change_no_total(capture: &[u8], name: &str) {
    let whole = analyze_file(&cut(capture, usize::MAX)).ledger;
    for snaplen in [0, 13, 14, 20, 33, 34, 38, 42, 50, 54, 60, 68, 96, 128, 256, 1_000] {
        let report = analyze_file(&cut(capture, snaplen));
        let l = &report.ledger;
        assert_eq!((l.packets, l.bytes), (whole.packets, whole.bytes), "{name} at {snaplen}");
        assert!(l.malformed <= whole.malformed, "{name} at {snaplen}: {:?}", l.undecoded);
        assert!(l.decoded + l.non_ip <= whole.decoded + whole.non_ip, "{name} at {snaplen}");
    }
}

#[test]
fn b11_cut_packets_are_truncated_and_not_malformed() {
    let inner = ip(&ipv4(6, A, B, &tcp(1, 2, ACK, &[5; 300])));
    let mut file = Pcap::new(Style::default());
    for (i, frame) in [
        udp_frame(3, 500),
        inner.clone(),
        ethernet(0x8100, &vlan(5, 0x0800, &inner[14..])),
        ethernet(0x86dd, &ipv6(0, 1, 2, &[&[6, 0, 1, 4, 0, 0, 0, 0][..], &tcp(1, 2, SYN, b"")].concat())),
        ip(&ipv4(17, A, B, &vxlan(5, &inner))),
        ip(&ipv4(47, A, B, &gre(0x6558, &inner))),
        ip(&ipv4(51, A, B, &[&[6, 4, 0, 0][..], &[0; 20], &tcp(1, 2, ACK, b"x")].concat())),
        ethernet(0x88cc, &[0; 50]),
        ethernet(0x8847, &[&[0, 1, 1, 64][..], &inner[14..]].concat()),
    ]
    .iter()
    .enumerate()
    {
        file.packet(1_000 + i as u32, 0, frame);
    }
    assert_cuts_change_no_total(&file.bytes, "generated");

    // The headers fit: lengths are the headers', and the payload is known to be missing.
    let whole = analyze_file(&file.bytes);
    let report = analyze_file(&cut(&file.bytes, 60));
    let payload = |r: &Report| r.flows.iter().find(|f| f.resp_port == 53).map(|f| f.orig.payload_bytes);
    assert_eq!(payload(&whole), payload(&report));
    assert!(report.flows.iter().any(|f| f.orig.cut_packets > 0) && whole.flows.iter().all(|f| f.orig.cut_packets == 0));
}

#[test]
fn b11_real_captures_keep_their_totals_when_cut() {
    let Some(root) = crate::generators::corpus::folder() else { return };
    let table = std::fs::read_to_string(root.join("EXPECTED.tsv")).unwrap();
    let mut tried = 0;
    for line in table.lines().skip(1).filter(|l| l.contains("\t0\tpcap\tether\t")) {
        let path = root.join(line.split('\t').next().unwrap());
        let Ok(bytes) = std::fs::read(&path) else { continue };
        if bytes.len() < 200_000 && tried < 40 {
            assert_cuts_change_no_total(&bytes, &path.display().to_string());
            tried += 1;
        }
    }
    assert_eq!(tried, 40);
}

#[test]
fn b14_no_link_type_is_taken_for_ethernet() {
    let frame = ip(&ipv4(6, A, B, &tcp(1, 2, ACK, b"hello")));
    let read: Vec<u32> = link_headers().into_iter().map(|(link, _)| link).collect();
    for link in 0..400 {
        let decoded = Bench::default().read_as(link, &frame, frame.len(), 0);
        if link == 1 {
            assert!(decoded.is_ok());
        } else if !read.contains(&link) && link != 229 {
            let refused = decoded.unwrap_err();
            assert_eq!(refused.why, Why::UnsupportedLink, "{link}");
            assert!(!refused.what.is_empty());
        } else {
            assert!(decoded.is_err(), "{link}");
        }
    }
    let report = analyze(&[ethernet(0x88cc, &[0; 9]), ethernet(0x88cc, &[0; 9]), ethernet(0x88b5, &[0; 9])]);
    let told: Vec<(&str, &str, u64)> =
        report.ledger.undecoded.iter().map(|u| (u.reason, u.what.as_str(), u.packets)).collect();
    assert_eq!(told, [("non_ip", "lldp", 2), ("non_ip", "ethertype 0x88b5", 1)]);
}

#[test]
fn b14_layers_tell_the_whole_way() {
    let inner = ip(&ipv4(6, A, B, &tcp(40_000, 443, SYN, b"hi")));
    let data = ethernet(0x8100, &vlan(5, 0x0800, &ipv4(17, [192, 0, 2, 1], [192, 0, 2, 2], &vxlan(9, &inner))));
    let found = layers(&frame(1, 1, &data, data.len(), 0));
    let names: Vec<&str> = found.iter().map(|l| l.name).collect();
    assert_eq!(names, ["ethernet", "vlan", "ipv4", "udp", "vxlan", "ethernet", "ipv4", "tcp", "payload"]);
    let mut at = 0;
    for layer in &found {
        assert_eq!(layer.offset, at, "one after the other");
        at += layer.length;
    }
    assert_eq!(at as usize, data.len());
    assert_eq!(found[6].summary, "10.0.0.1 → 10.0.0.2, tcp, 42 bytes, ttl 64");
    assert_eq!(found[7].summary, "40000 → 443 [SYN] seq 1, ack 1, window 8192, 2 bytes");

    let lldp = ethernet(0x88cc, &[0; 9]);
    let names: Vec<&str> = layers(&frame(1, 1, &lldp, lldp.len(), 0)).iter().map(|l| l.name).collect();
    assert_eq!(names, ["ethernet", "lldp"]);
    let unknown = layers(&frame(1, 189, &lldp, lldp.len(), 0));
    assert_eq!((unknown.len(), unknown[0].name, unknown[0].length as usize), (1, "data", lldp.len()));
}
