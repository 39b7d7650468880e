#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use super::*;
use crate::report::{FlowRecord, Tunnel, TunnelKind};
use crate::view::tests::report;

type End = (&'static str, u16);

fn flow(like: &FlowRecord, number: u64, proto: Proto, orig: End, resp: End) -> FlowRecord {
    FlowRecord {
        proto,
        orig_addr: orig.0.parse().unwrap(),
        orig_port: orig.1,
        resp_addr: resp.0.parse().unwrap(),
        resp_port: resp.1,
        first_packet: number * 10,
        last_packet: number * 10 + 5,
        ..like.clone()
    }
}

fn flows(list: &[(Proto, End, End)]) -> Report {
    let mut report = report(Unit::Flow);
    let like = report.flows[0].clone();
    let made = |(n, &(proto, orig, resp)): (usize, &(Proto, End, End))| flow(&like, n as u64 + 1, proto, orig, resp);
    report.flows = list.iter().enumerate().map(made).collect();
    report
}

const A: &str = "10.0.0.1";
const B: &str = "10.0.0.2";
const C: &str = "10.0.0.3";

/// Text of both exports, and whether they are wider.
fn both(report: &Report, rows: &[u32]) -> ((String, bool), (String, bool)) {
    let (shown, captured) = (display_filter(report, rows), bpf(report, rows));
    for export in [&shown, &captured] {
        assert!(!export.is_wider || !export.note.is_empty());
    }
    ((shown.text, shown.is_wider), (captured.text, captured.is_wider))
}

#[test]
fn names_flows_by_both_ports() {
    let report = flows(&[
        (Proto::TCP, (A, 1000), (B, 22)),
        (Proto::TCP, (A, 1001), (B, 22)),
        (Proto::TCP, (A, 1003), (B, 22)),
        (Proto::UDP, ("fe80::1", 500), ("fe80::2", 500)),
    ]);
    let (shown, captured) = both(&report, &[0, 1, 3]);
    assert_eq!(
        shown,
        (
            "(ip.addr == 10.0.0.1 && ip.addr == 10.0.0.2 && tcp.port == 22 && tcp.port in {1000..1001}) || \
             (ipv6.addr == fe80::1 && ipv6.addr == fe80::2 && udp.srcport == 500 && udp.dstport == 500)"
                .into(),
            false
        )
    );
    assert_eq!(
        captured,
        (
            "(ip host 10.0.0.1 and ip host 10.0.0.2 and tcp and port 22 and portrange 1000-1001) or \
             (ip6 host fe80::1 and ip6 host fe80::2 and udp src port 500 and udp dst port 500)"
                .into(),
            false
        )
    );
}

#[test]
fn one_host_with_many_is_one_clause() {
    let report =
        flows(&[(Proto::Ip(47), (A, 0), (B, 0)), (Proto::Ip(47), (C, 0), (A, 0)), (Proto::Ip(47), (C, 0), (B, 0))]);
    let ((shown, _), (captured, _)) = both(&report, &[0, 1]);
    assert_eq!(shown, "ip.addr == 10.0.0.1 && ip.addr in {10.0.0.2, 10.0.0.3} && (ip.proto == 47 || ipv6.nxt == 47)");
    assert_eq!(
        captured,
        "ip host 10.0.0.1 and (ip host 10.0.0.2 or ip host 10.0.0.3) and (ip proto 47 or ip6 proto 47)"
    );
}

#[test]
fn the_same_ports_later_are_told_apart_by_packet_numbers() {
    let mut report = flows(&[(Proto::TCP, (A, 1000), (B, 22)), (Proto::TCP, (B, 22), (A, 1000))]);
    let ((shown, is_wider), (_, is_bpf_wider)) = both(&report, &[1]);
    assert!(shown.ends_with("tcp.port == 1000 && tcp.port == 22 && frame.number in {20..25}"), "{shown}");
    assert_eq!((is_wider, is_bpf_wider), (false, true));
    // The numbers of several files are not those that Wireshark gives.
    let file = crate::report::FileReport {
        name: "a".into(),
        format: "pcap",
        compression: String::new(),
        stored_bytes: 0,
        bytes: 0,
        packets: 0,
        outcome: crate::report::Outcome::complete(0),
        metadata: crate::report::FileMetadata::default(),
        table: None,
    };
    report.files = vec![file.clone(), file];
    let export = display_filter(&report, &[1]);
    assert!(export.is_wider && !export.text.contains("frame"));
}

#[test]
fn swapped_ports_are_seen_as_wider() {
    let report = flows(&[(Proto::UDP, (A, 1), (B, 2)), (Proto::UDP, (A, 2), (B, 1))]);
    assert!(bpf(&report, &[0]).is_wider);
    assert!(!display_filter(&report, &[0]).is_wider, "told apart by packet numbers");
}

#[test]
fn icmp_is_named_by_types_and_what_it_quotes_is_left_out() {
    let report = flows(&[
        (Proto::ICMP, (A, 8), (B, 0)),
        (Proto::ICMP, (B, 3), (A, 1)),
        (Proto::UDP, (A, 1), (B, 2)),
        (Proto::ICMPV6, ("fe80::1", 128), ("fe80::2", 129)),
    ]);
    let text = |rows: &[u32]| both(&report, rows);
    let ((shown, _), (captured, _)) = text(&[0]);
    assert_eq!(shown, "ip.addr#1 == 10.0.0.1 && ip.addr#1 == 10.0.0.2 && icmp.type#1 in {0, 8}");
    assert_eq!(captured, "ip host 10.0.0.1 and ip host 10.0.0.2 and icmp and (icmp[0] = 0 or icmp[0] = 8)");
    let ((shown, _), (captured, _)) = text(&[1]);
    assert!(shown.ends_with("icmp.type#1 == 3 && icmp.code#1 == 1"), "{shown}");
    assert!(captured.ends_with("(icmp[0] = 3 and icmp[1] = 1)"), "{captured}");
    let ((shown, _), (captured, _)) = text(&[2]);
    assert!(shown.ends_with("&& !icmp && !icmpv6"), "{shown}");
    assert!(captured.ends_with("udp and port 2 and port 1"), "{captured}");
    let ((shown, _), (captured, _)) = text(&[3]);
    assert!(shown.ends_with("icmpv6.type#1 in {128..129}"), "{shown}");
    assert!(captured.ends_with("icmp6 and (ip6[40] = 128 or ip6[40] = 129)"), "{captured}");
}

#[test]
fn arp_is_named_by_protocol_addresses() {
    let report = flows(&[(Proto::Arp, (A, 0), (B, 0)), (Proto::Arp, (A, 0), (A, 0)), (Proto::TCP, (A, 1), (B, 2))]);
    let ((shown, is_wider), (captured, _)) = both(&report, &[0]);
    assert_eq!(
        shown,
        "((arp.src.proto_ipv4 == 10.0.0.1 && arp.dst.proto_ipv4 == 10.0.0.2) || \
         (arp.src.proto_ipv4 == 10.0.0.2 && arp.dst.proto_ipv4 == 10.0.0.1))"
    );
    assert!(!is_wider);
    assert_eq!(captured, "arp host 10.0.0.1 and arp host 10.0.0.2");
    let ((shown, _), (captured, _)) = both(&report, &[1]);
    assert_eq!(shown, "arp.src.proto_ipv4 == 10.0.0.1 && arp.dst.proto_ipv4 == 10.0.0.1");
    assert_eq!(captured, "arp src host 10.0.0.1 and arp dst host 10.0.0.1");
}

#[test]
fn vlans_and_tunnels_are_named_as_a_capture_sees_them() {
    let mut report = flows(&[(Proto::TCP, (A, 1), (B, 2)), (Proto::TCP, (A, 3), (B, 2)), (Proto::TCP, (A, 4), (B, 2))]);
    report.flows[1].vlan = Some(7);
    let tagged = bpf(&report, &[1]);
    assert_eq!(tagged.text, "vlan and (ip host 10.0.0.1 and ip host 10.0.0.2 and tcp and port 2 and port 3)");
    assert!(bpf(&report, &[0, 1]).text.contains(") or (vlan and ("));
    let ends = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
    let tunnel = Tunnel { kind: TunnelKind::Vxlan, depth: 1, id: Some(9), src: ends.0, dst: ends.1 };
    report.flows[1].vlan = None;
    for flow in report.flows.iter_mut().skip(1) {
        flow.tunnel = Some(Box::new(tunnel));
    }
    let outside = bpf(&report, &[1]);
    assert_eq!(outside.text, "ip host 192.0.2.1 and ip host 192.0.2.2 and udp and (portrange 4789-4790 or port 8472)");
    assert!(outside.is_wider && outside.note.contains("outer headers"));
    assert!(!bpf(&report, &[1, 2]).is_wider);
    assert!(display_filter(&report, &[1]).text.contains("ip.addr == 10.0.0.1"));
}

#[test]
fn many_flows_are_named_by_ports_then_pairs_then_hosts() {
    let mut report = flows(&[(Proto::UDP, (C, 5), (B, 6))]);
    let like = report.flows[0].clone();
    let ip = |n: u32| std::net::IpAddr::from((0x0b00_0000 + n).to_be_bytes());
    let add = |report: &mut Report, n: u32, orig, resp, resp_port| {
        report.flows.push(FlowRecord {
            proto: Proto::TCP,
            orig_addr: orig,
            resp_addr: resp,
            orig_port: 40_000 + (n % 20_000) as u16,
            resp_port,
            first_packet: u64::from(n) + 100,
            ..like.clone()
        });
    };
    let all = |report: &Report| (1..report.flows.len() as u32).collect::<Vec<_>>();
    let scan = {
        let mut report = report.clone();
        (0..1024).for_each(|n| add(&mut report, n, ip(1), ip(2), n as u16 + 1));
        display_filter(&report, &all(&report))
    };
    assert_eq!(scan.text, "ip.addr == 11.0.0.1 && ip.addr == 11.0.0.2 && tcp.port in {1..1024}");
    assert!(!scan.is_wider);
    let mess = {
        let mut report = report.clone();
        (0..1000).for_each(|n| add(&mut report, n, ip(1), ip(2 + n % 50), (n * 7) as u16));
        bpf(&report, &all(&report))
    };
    assert!(mess.text.starts_with("ip host 11.0.0.1 and (ip host 11.0.0.2 or "), "{}", mess.text);
    let flood = {
        let mut report = report.clone();
        (0..5000).for_each(|n| add(&mut report, n, ip(2 + n), ip(1), 80));
        display_filter(&report, &all(&report))
    };
    assert_eq!(flood.text, "ip.addr == 11.0.0.1");
    (0..5000).for_each(|n| add(&mut report, n, ip(2 * n), ip(2 * n + 1), 80));
    assert_eq!(display_filter(&report, &all(&report)).text, "tcp");
    let wide = (1..4000).collect::<Vec<_>>();
    assert!(display_filter(&report, &wide).is_wider);
}

#[test]
fn nothing_and_everything() {
    let report = flows(&[(Proto::TCP, (A, 1), (B, 2)), (Proto::Arp, (A, 0), (B, 0))]);
    assert_eq!(both(&report, &[]).0.0, "frame.number == 0");
    assert_eq!(both(&report, &[0, 1, 99]), (("tcp || arp".into(), false), ("tcp or arp".into(), false)));
}

#[test]
fn packets_are_named_by_number() {
    let mut report = report(Unit::Packet);
    let like = report.packets[0].clone();
    report.packets = (1..=9).map(|number| crate::report::PacketRecord { number, ..like.clone() }).collect();
    assert_eq!(display_filter(&report, &[8, 0, 1, 2]).text, "frame.number in {1..3, 9}");
    assert_eq!(display_filter(&report, &[4]).text, "frame.number == 5");
    assert!(bpf(&report, &[4]).is_wider);
}

#[test]
fn a_filter_is_translated_where_that_is_exact() {
    let mut report = flows(&[(Proto::TCP, (A, 1), (B, 22)), (Proto::UDP, (A, 1), (B, 53))]);
    let exports = |report: &Report, text: &str| {
        let filter = Filter::parse(text).unwrap();
        let rows = filter.selects(report);
        (display_filter_of(report, &filter, &rows).text, bpf_of(report, &filter, &rows).text)
    };
    assert_eq!(exports(&report, "tcp and not port 53").1, "tcp and not (port 53)");
    assert!(exports(&report, "score >= 0 and tcp").0.starts_with("ip.addr == 10.0.0.1"));
    report.flows[0].vlan = Some(1);
    assert!(exports(&report, "tcp").1.starts_with("vlan and "));
    assert_eq!(exports(&report, "tcp").0, "tcp");
}
