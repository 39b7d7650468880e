//! Packets written to be given away: other addresses, no payload, and the same traffic still.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use serde_json::Value;
use wiresift::capture::{Frame, Limits, LinkType, Oddities, Reader};
use wiresift::packet::{self, Decoder};
use wiresift::settings::Settings;

use crate::generators::corpus;
use crate::generators::frames::{self, ACK, SYN};
use crate::generators::office::{self, Timed};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const HOSTS: [[u8; 4]; 3] = [[10, 0, 0, 10], [198, 51, 100, 7], [10, 0, 0, 11]];

fn run(dir: &Path, args: &[&str], code: i32) -> Vec<u8> {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"));
    let output = command.args(args).current_dir(dir).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn report(dir: &Path, file: &str) -> Value {
    serde_json::from_slice(&run(dir, &["analyze", "-q", "-r", file, "-T", "json"], 0)).unwrap()
}

/// A frame that is kept: time in nanoseconds, length on the wire, link type, bytes.
struct Kept {
    ts: i64,
    original_len: u32,
    link_type: LinkType,
    data: Vec<u8>,
}

fn kept(file: &[u8]) -> Vec<Kept> {
    let mut all = Vec::new();
    let mut reader = Reader::new(1, Limits::of(&Settings::default()));
    reader.push(file, &mut |f| {
        all.push(Kept { ts: f.ts.0, original_len: f.original_len, link_type: f.link_type, data: f.data.to_vec() });
    });
    assert_eq!(reader.finish().outcome.reason, None);
    all
}

impl Kept {
    fn frame(&self) -> Frame<'_> {
        Frame {
            number: 1,
            ts: wiresift::units::Timestamp(self.ts),
            original_len: self.original_len,
            link_type: self.link_type,
            data: &self.data,
            offset: 0,
            interface: 0,
            comment: None,
        }
    }
}

fn ip(proto: u8, payload: &[u8]) -> Vec<u8> {
    frames::ipv4(proto, HOSTS[0], HOSTS[1], payload)
}

/// One flow of every kind of header that may name somebody.
fn all_kinds() -> Vec<Vec<u8>> {
    let inner = frames::ethernet(0x0800, &frames::ipv4(6, HOSTS[2], HOSTS[1], &frames::tcp(4_000, 80, SYN, b"")));
    let mut options = frames::tcp(5_000, 443, SYN, b"");
    // Segment size, then a multipath option with an address in it, and an end.
    options[12] = 0x90;
    options.extend([2, 4, 5, 0xb4, 30, 8, 0x31, 9, 10, 0, 0, 10, 0, 0, 0, 0]);
    let redirect = [&[5, 1, 0, 0][..], &HOSTS[2], &ip(17, &frames::udp(9, 9, b"secret"))].concat();
    let v6 = |next: u8, payload: &[u8]| frames::ethernet(0x86dd, &frames::ipv6(next, 1, 2, payload));
    let hop_by_hop = [&[17, 0, 5, 2, 0, 0, 1, 0][..], &frames::udp(7, 7, b"secret")].concat();
    vec![
        frames::ethernet(0x0800, &ip(6, &options)),
        frames::ethernet(0x0800, &ip(6, &frames::tcp(5_001, 443, ACK, b"secret"))),
        frames::ethernet(0x0800, &ip(17, &frames::udp(5_002, 53, b"secret"))),
        frames::ethernet(0x0800, &ip(17, &frames::vxlan(7, &inner))),
        frames::ethernet(0x0800, &ip(17, &frames::geneve(7, &inner))),
        frames::ethernet(0x0800, &ip(47, &frames::gre(0x0800, &inner[14..]))),
        frames::ethernet(0x0800, &ip(1, &redirect)),
        frames::ethernet(0x0800, &ip(89, b"secret of a router")),
        frames::ethernet(0x8100, &frames::vlan(12, 0x0800, &ip(17, &frames::udp(5_003, 99, b"secret")))),
        frames::ethernet(0x0806, &frames::arp(1, HOSTS[0], HOSTS[2])),
        v6(17, &frames::udp(5_004, 53, b"secret")),
        v6(58, &[&[135, 0, 0, 0, 0, 0, 0, 0][..], &[0xfe; 16], &[1, 1, 2, 0, 0, 0, 0, 2]].concat()),
        v6(0, &hop_by_hop),
    ]
}

fn written(dir: &Path, name: &str, timed: &[Timed], args: &[&str]) -> Vec<u8> {
    fs::write(dir.join(name), office::file(timed)).unwrap();
    fs::write(dir.join("key"), KEY).unwrap();
    run(dir, &[&["extract", name, "-q", "--filter", "", "-w", "-"], args].concat(), 0)
}

#[test]
fn nothing_of_the_addresses_and_payloads_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let timed: Vec<Timed> = all_kinds().into_iter().enumerate().map(|(i, frame)| (i as u64 * 1_000, frame)).collect();
    let made = written(dir.path(), "all.pcap", &timed, &["--anonymize-key", "key"]);
    let packets = kept(&made);
    assert_eq!(packets.len(), timed.len());
    let macs = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]];
    for (packet, (at, frame)) in packets.iter().zip(&timed) {
        assert_eq!(packet.original_len as usize, frame.len(), "frame at {at}");
        assert!(packet.data.len() >= 14 && packet.data.len() <= frame.len());
        let has = |what: &[u8]| packet.data.windows(what.len()).any(|w| w == what);
        assert!(!has(b"secret"), "{at}: {:02x?}", packet.data);
        assert!(!HOSTS.iter().any(|host| has(host)), "{at}: {:02x?}", packet.data);
        assert!(!macs.iter().any(|mac| has(mac)), "{at}: {:02x?}", packet.data);
        assert!(!frame.windows(16).any(|w| w.starts_with(&[0xfe; 16]) && has(w)));
    }
    // The layers are the same as far as they are kept.
    let names = |data: &[u8], original_len: usize| -> Vec<&str> {
        let kept =
            Kept { ts: 0, original_len: original_len as u32, link_type: LinkType::ETHERNET, data: data.to_vec() };
        let layers = packet::layers(&kept.frame());
        layers.into_iter().map(|l| l.name).filter(|name| *name != "payload").collect()
    };
    for (packet, (at, frame)) in packets.iter().zip(&timed) {
        let all = names(frame, frame.len());
        assert_eq!(names(&packet.data, frame.len()), all, "frame at {at}");
    }
    // It says what was done, and the same key does it again.
    assert!(made.windows(10).any(|w| w == b"Crypto-PAn"));
    assert_eq!(
        made,
        run(dir.path(), &["extract", "all.pcap", "-q", "--filter", "", "-w", "-", "--anonymize-key", "key"], 0)
    );
    let random = || run(dir.path(), &["extract", "all.pcap", "-q", "--filter", "", "-w", "-", "--anonymize"], 0);
    assert!(random() != made && random() != random());
}

/// The same flows with other addresses, one for one; whole checksums stay right.
fn is_the_same_traffic(dir: &Path, before: &str, after: &str) {
    let (before, after) = (report(dir, before), report(dir, after));
    for place in ["/ledger/packets", "/ledger/decoded", "/summary/flows", "/summary/hosts", "/ledger/bytes"] {
        assert_eq!(before.pointer(place), after.pointer(place), "{place}");
    }
    let bad = |report: &Value| -> u64 {
        let all = report["warnings"].as_array().unwrap().iter();
        all.filter(|w| w["kind"].as_str().unwrap().ends_with("checksum_bad"))
            .map(|w| w["count"].as_u64().unwrap())
            .sum()
    };
    assert!(bad(&after) <= bad(&before), "{} {}", bad(&before), bad(&after));
}

#[test]
fn the_traffic_is_the_same_between_other_addresses() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("office.pcap"), office::capture(200)).unwrap();
    fs::write(dir.path().join("key"), KEY).unwrap();
    let args = ["extract", "office.pcap", "-q", "--filter", "", "--anonymize-key", "key", "-w", "given.pcapng"];
    run(dir.path(), &args, 0);
    is_the_same_traffic(dir.path(), "office.pcap", "given.pcapng");
    let original = kept(&fs::read(dir.path().join("office.pcap")).unwrap());
    let given = kept(&fs::read(dir.path().join("given.pcapng")).unwrap());
    assert_eq!(original.len(), given.len());
    let (mut there, mut back) = (BTreeMap::new(), BTreeMap::new());
    let mut odd = Oddities::default();
    for (a, b) in original.iter().zip(&given) {
        assert_eq!((a.ts, a.original_len), (b.ts, b.original_len));
        let (a, b) = (a.frame(), b.frame());
        let (mut one, mut two) = (Decoder::default(), Decoder::default());
        let (a, b) = (one.decode(&a, &mut odd).unwrap(), two.decode(&b, &mut odd).unwrap());
        assert_eq!((a.src_port, a.dst_port, a.proto, a.payload_len), (b.src_port, b.dst_port, b.proto, b.payload_len));
        assert_eq!(a.tcp.map(|t| (t.flags, t.seq, t.ack)), b.tcp.map(|t| (t.flags, t.seq, t.ack)));
        assert!(b.payload.is_empty() && a.src != b.src && a.dst != b.dst);
        for (from, to) in [(a.src, b.src), (a.dst, b.dst)] {
            assert_eq!(*there.entry(from).or_insert(to), to);
            assert_eq!(*back.entry(to).or_insert(from), from);
        }
    }
    // Hosts of one network are still of one network, and the far one is not.
    let network = |ip: &IpAddr| ip.to_string().rsplit_once('.').unwrap().0.to_owned();
    let networks: BTreeSet<String> = there.values().map(network).collect();
    assert_eq!((there.len(), networks.len()), (8, 2));
}

#[test]
fn real_captures_are_the_same_traffic_too() {
    let Some(corpus) = corpus::folder() else { return };
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("key"), KEY).unwrap();
    for name in ["mixed/dm2_ad_day.pcap", "labelled/d20_ssh_brute_internet.pcap", "labelled/d34_cs_dns_tunnel.pcap"] {
        let path = corpus.join(name);
        let path = path.to_str().unwrap();
        let args = ["extract", path, "-q", "--filter", "", "--anonymize-key", "key", "-w", "given.pcapng", "--force"];
        run(dir.path(), &args, 0);
        let (before, after) = (report(dir.path(), path), report(dir.path(), "given.pcapng"));
        assert_eq!(before.pointer("/ledger/decoded"), after.pointer("/ledger/packets"), "{name}");
        assert_eq!(before.pointer("/summary/flows"), after.pointer("/summary/flows"), "{name}");
        let hosts = |file: &str| -> BTreeSet<String> {
            let table = String::from_utf8(run(dir.path(), &["hosts", "-q", "-r", file, "-T", "csv"], 0)).unwrap();
            table.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
        };
        let (hosts, others) = (hosts(path), hosts("given.pcapng"));
        assert!(hosts.len() >= 2 && hosts.len() == others.len(), "{name}: {} {}", hosts.len(), others.len());
        for address in hosts.intersection(&others) {
            let stays = match address.parse().unwrap() {
                IpAddr::V4(v4) => v4.is_multicast() || v4.is_unspecified() || v4.octets()[0] >= 240,
                IpAddr::V6(v6) => v6.is_multicast() || v6.is_unspecified(),
            };
            assert!(stays, "{name}: {address} is still there");
        }
    }
}

#[test]
fn packets_are_cut_to_headers_or_to_so_many_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let timed: Vec<Timed> = all_kinds().into_iter().enumerate().map(|(i, frame)| (i as u64 * 1_000, frame)).collect();
    let headers = kept(&written(dir.path(), "all.pcap", &timed, &["--truncate", "headers"]));
    let short = kept(&written(dir.path(), "all.pcap", &timed, &["--truncate", "20"]));
    let none = kept(&written(dir.path(), "all.pcap", &timed, &["--truncate", "0"]));
    let both = kept(&written(dir.path(), "all.pcap", &timed, &["--truncate", "20", "--anonymize"]));
    for (i, (_, frame)) in timed.iter().enumerate() {
        let cut = &headers[i].data;
        assert!(frame.starts_with(cut) && !cut.windows(6).any(|w| w == b"secret") && cut.len() >= 34, "{i}");
        assert!(frame.starts_with(&short[i].data) && short[i].data.len() == 20);
        assert!(none[i].data.is_empty() && both[i].data.len() == 20 && both[i].data != short[i].data);
        for packet in [&headers[i], &short[i], &none[i], &both[i]] {
            assert_eq!(packet.original_len as usize, frame.len());
        }
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("office.pcap"), office::capture(20)).unwrap();
    fs::write(dir.path().join("short"), "0011").unwrap();
    for args in [
        &["--anonymize-key", "short", "-w", "-"][..],
        &["--anonymize"],
        &["--truncate", "middle", "-w", "-"],
        &["--truncate", "headers"],
    ] {
        run(dir.path(), &[&["extract", "office.pcap", "-q", "--filter", ""], args].concat(), 2);
    }
    run(dir.path(), &["extract", "office.pcap", "-q", "--filter", "", "--anonymize-key", "none", "-w", "-"], 1);
}
