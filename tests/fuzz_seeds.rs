//! Replays the seeds of the fuzz targets: every input that once mattered goes through again.
//!
//! `UPDATE_SEEDS=1 cargo test --test all fuzz_seeds::` writes the generated ones anew; those that fuzzing found stay.

#![allow(missing_docs, clippy::unwrap_used, clippy::cast_possible_truncation)]

#[path = "fuzz/bodies.rs"]
mod bodies;

use std::path::{Path, PathBuf};

use crate::generators::compressed::{gzip, lz4, xz_stored, zstd};
use crate::generators::frames::{
    arp, ethernet, geneve, gre, gtp, ipv4, ipv4_fragment, ipv6, link_headers, nvgre, udp as udp_header, udp_frame,
    vlan, vxlan,
};
use crate::generators::pcap::{self, KUZNETZOV, MICROSECONDS, NANOSECONDS, Pcap, Style};
use crate::generators::pcapng::{self, Pcapng};
use crate::generators::{erf, snoop, tables, talks};

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(target)
}

/// The seeds that generators make, by target and name.
fn generated() -> Vec<(&'static str, String, Vec<u8>)> {
    let raw = |file: &[u8]| [&[0], file].concat();
    let mut seeds = Vec::new();
    for big_endian in [false, true] {
        for magic in [MICROSECONDS, NANOSECONDS, KUZNETZOV] {
            let style = Style { magic, big_endian, ..Style::default() };
            let name = format!("{magic:x}_{}", if big_endian { "be" } else { "le" });
            seeds.push(("pcap", name, raw(&pcap::udp_file(style, 2).bytes)));
        }
        let name = format!("udp_{}", if big_endian { "be" } else { "le" });
        seeds.push(("pcapng", name, raw(&pcapng::udp_file(big_endian, 2).bytes)));
    }
    let mut odd = Pcap::new(Style::default());
    odd.packet(1, 0, &udp_frame(2, 9)).record(2, 0, 0, 1500, &[]).record(3, 0, 0x7fff_ffff, 60, &[1; 40]);
    odd.packet(4, 0, &udp_frame(2, 9)).packet(5, 0, &udp_frame(3, 9)).packet(6, 0, &udp_frame(4, 9));
    seeds.push(("pcap", "damage".into(), raw(&odd.bytes)));
    for (choice, name) in [(1u8, "little"), (2, "big")] {
        let mut file = Pcapng::new(choice == 2);
        file.interface(1, 0, &[]).interface(101, 96, &[]).packet(0, 1, &udp_frame(2, 3)).packet(9, 2, &[]);
        file.simple_packet(60, &udp_frame(2, 3));
        let blocks = file.bytes.get(28..).unwrap();
        seeds.push(("pcapng", format!("blocks_{name}"), [&[choice], blocks].concat()));
    }
    let mut every = Pcapng::new(false);
    every.interface(1, 0, &[(2, b"eth0"), (9, &[9])]).packet(0, 1, &udp_frame(2, 3)).statistics(0, 7);
    every.obsolete_packet(0, 3, &udp_frame(3, 3)).block(4, &[1, 0, 6, 0, 10, 0, 0, 1, b'a', 0, 0, 0, 0, 0, 0, 0]);
    every.block(10, &[0; 8]).block(0xbad, &[0; 8]).section(1).interface(101, 0, &[]).packet(0, 4, &[0x45]);
    seeds.push(("pcapng", "sections".into(), raw(&every.bytes)));
    let frame =
        |link: u16, cut: u8, bytes: &[u8]| [link.to_be_bytes().as_slice(), &[bytes.len() as u8, cut], bytes].concat();
    let udp = udp_frame(2, 40);
    let (header, rest) = (udp.get(..14).unwrap(), udp.get(14..).unwrap());
    let outer = |port, inner: &[u8]| {
        ethernet(0x0800, &ipv4(17, [192, 0, 2, 1], [192, 0, 2, 2], &udp_header(port, port, inner)))
    };
    let carried = |proto, inner: &[u8]| ethernet(0x0800, &ipv4(proto, [192, 0, 2, 1], [192, 0, 2, 2], inner));
    let first = ipv4_fragment(17, [[10, 0, 0, 1], [10, 0, 0, 2]], 7, 0, true, rest.get(20..44).unwrap());
    let later = ipv4_fragment(17, [[10, 0, 0, 1], [10, 0, 0, 2]], 7, 24, false, &[1; 16]);
    let framed: [(&str, Vec<Vec<u8>>); 9] = [
        ("ethernet", vec![udp.clone(), vlan(5, 0x8100, &[header, rest].concat())]),
        ("vxlan", vec![outer(4789, &vxlan(7, &udp))]),
        ("geneve", vec![outer(6081, &geneve(7, &udp))]),
        ("gtp", vec![outer(2152, &gtp(7, rest))]),
        ("gre", vec![carried(47, &gre(0x0800, rest)), carried(47, &nvgre(7, &udp))]),
        ("ipip", vec![carried(4, &ipv4(4, [10, 1, 0, 1], [10, 1, 0, 2], rest))]),
        ("ipv6", vec![ethernet(0x86dd, &ipv6(0, 1, 2, &[[17, 0, 1, 4, 0, 0, 0, 0].as_slice(), rest].concat()))]),
        ("fragments", vec![ethernet(0x0800, &first), ethernet(0x0800, &later)]),
        ("others", vec![ethernet(0x0806, &arp(1, [10, 0, 0, 1], [10, 0, 0, 2])), ethernet(0x88cc, &[2, 7, 4])]),
    ];
    for (name, frames) in framed {
        let whole = frames.iter().flat_map(|bytes| frame(1, 0, bytes));
        let cut = frames.iter().flat_map(|bytes| frame(1, 9, bytes.get(..bytes.len() * 2 / 3).unwrap()));
        seeds.push(("packet", name.into(), whole.chain(cut).collect()));
    }
    for (link, before) in link_headers() {
        let bytes = [before.as_slice(), rest].concat();
        seeds.push(("packet", format!("link_{link}"), frame(link as u16, 0, &bytes)));
    }
    let file = pcap::udp_file(Style::default(), 2).bytes;
    for (name, bytes) in [
        ("gzip", gzip(&file)),
        ("zstd", zstd(&file)),
        ("lz4", lz4(&file, true)),
        ("xz", xz_stored(&file)),
        ("gzip_gzip", gzip(&gzip(&file))),
    ] {
        seeds.push(("pcap", name.into(), raw(&bytes)));
    }
    // Handshakes with their end, a scan, repetitions, fragments, and numbers from a fixed mix.
    let op = |ends: u8, flags: u8, seq: u8, ack: u8, size: u8, step: u8| [ends, flags, seq, 0, ack, 9, size, step];
    let talk = [op(0, 2, 1, 0, 0, 0), op(1, 18, 1, 1, 0, 1), op(0, 16, 1, 1, 0, 1), op(0, 24, 1, 1, 40, 1)];
    let close = [op(0, 17, 2, 1, 0, 1), op(1, 17, 2, 2, 0, 1), op(0, 16, 2, 2, 0, 7)];
    let scan: Vec<[u8; 8]> = (0..20).map(|i| op(i % 4, if i % 2 == 0 { 2 } else { 20 }, i, i, 0, i)).collect();
    let parts: Vec<[u8; 8]> = (0..12).map(|i| op(0x80 | (i % 2), i, i % 3, 0, 30, 2)).collect();
    let mixed: Vec<[u8; 8]> =
        (0..90u64).map(|i| (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17).to_le_bytes()).collect();
    for (name, cut, ops) in [
        ("talk", 100, [talk.as_slice(), &close].concat()),
        ("talks", 130, [talk.as_slice(), &close, &talk, &close].concat()),
        ("scan", 60, scan),
        ("fragments", 90, parts),
        ("mixed", 128, mixed),
    ] {
        seeds.push(("flow_ops", name.into(), [&[cut], ops.concat().as_slice()].concat()));
    }
    seeds.push(("pcap", "snoop".into(), raw(&snoop::udp_file(4, 2).0)));
    seeds.push(("pcap", "erf".into(), raw(&erf::udp_file(5).0)));
    for (name, is_tcp, port, talk) in talks::all() {
        let pieces = talk.iter().flat_map(|(from_orig, bytes)| {
            [&[u8::from(*from_orig)], (bytes.len() as u16).to_be_bytes().as_slice(), bytes].concat()
        });
        let ends = [&[u8::from(is_tcp)], port.to_be_bytes().as_slice()].concat();
        seeds.push(("protocols", name.into(), ends.into_iter().chain(pieces).collect()));
    }
    let flows = tables::flows(12);
    let zeek = tables::zeek_tsv(&flows);
    for (name, choice, table) in [
        ("zeek_tsv", 0, zeek.clone()),
        ("zeek_json", 2, tables::zeek_json(&flows)),
        ("cicflowmeter", 3, tables::cicflowmeter(&tables::flows(4))),
        ("cicids2017", 5, tables::cicids2017(&tables::flows(3))),
        ("cicids2017_ml", 6, tables::cicids2017_ml(&tables::flows(3))),
        ("nfstream", 9, tables::nfstream(&tables::flows(4))),
        ("other", 8, tables::other(&flows)),
        ("wireshark", 1, tables::wireshark(&flows)),
        ("semicolons", 4, "start;src_ip;dst_ip;dst_port;bytes\n1,5;10.0.0.1;::1;53;7\n\"2\";x;;99999;-1\n;\n".into()),
        ("no_header", 0, "10.0.0.1,10.0.0.2,80\n10.0.0.1,10.0.0.3,81\n".into()),
        ("half_a_quote", 7, "src_ip,dst_ip,note\n10.0.0.1,10.0.0.2,\"never\nclosed\n10.0.0.1,10.0.0.2,b\n".into()),
        (
            "rows_of_nobody",
            1 << 5,
            "2017-07-07 00:00:01,10.0.0.1,5000,10.0.0.2,443,tcp,1.5,3,4,500,6000,0.5,BENIGN\n\
             1499385601.5,::1,x,10.0.0.2,,17,-1,inf,NaN,1e400,0x10,,\n\0\n,,,,,,,,,,,,\n"
                .into(),
        ),
        (
            "rows_of_zeek",
            2 << 5,
            "1499385600.1\tC1\t10.0.0.1\t5000\t10.0.0.2\t443\ttcp\tssl\t1.5\t10\t20\tSF\tShADadFf\t3\t130\t2\t100\n#close\t-\n\
             1\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\n"
                .into(),
        ),
        (
            "rows_of_cicflowmeter",
            3 << 5,
            "a-b-1-2-6,10.0.0.1,1,10.0.0.2,2,6,07/07/2017 3:30,1000000,2,3,10,20,Infinity,DDoS\n,,,,,,,,,,,,,\n".into(),
        ),
        ("rows_of_wireshark", 4 << 5 | 1, "\"1\",\"0.5\",\"10.0.0.1\",\"10.0.0.2\",\"DNS\",\"80\",\"q\"\n2,,x,y,,,\n".into()),
        ("rows_of_tshark", 5 << 5 | 1, "1;1499385600.5;10.0.0.1;10.0.0.2;5;80;6;60;0x0002;3\n2;;;;;;;;;red\n".into()),
    ] {
        seeds.push(("tables", name.into(), [&[choice], table.as_bytes()].concat()));
    }
    for (name, bytes) in [("gzip", gzip(zeek.as_bytes())), ("zstd", zstd(zeek.as_bytes()))] {
        seeds.push(("tables", name.into(), raw(&bytes)));
    }
    seeds
}

/// Runs every seed of a target, in order of their names.
fn replay(target: &str, body: fn(&[u8])) {
    for (_, name, bytes) in generated().iter().filter(|(of, ..)| *of == target) {
        let path = folder(target).join(name);
        if std::env::var_os("UPDATE_SEEDS").is_some() {
            std::fs::create_dir_all(folder(target)).unwrap();
            std::fs::write(&path, bytes).unwrap();
        }
        assert_eq!(&std::fs::read(&path).unwrap(), bytes, "{} is not what its generator makes", path.display());
    }
    let mut seeds: Vec<_> = std::fs::read_dir(folder(target)).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    assert!(seeds.len() >= 5, "{target} has only {} seeds", seeds.len());
    for seed in seeds {
        eprintln!("{}", seed.display());
        body(&std::fs::read(seed).unwrap());
    }
}

#[test]
fn pcap_seeds_hold() {
    replay("pcap", bodies::pcap);
}

#[test]
fn pcapng_seeds_hold() {
    replay("pcapng", bodies::pcapng);
}

#[test]
fn packet_seeds_hold() {
    replay("packet", bodies::packet);
}

#[test]
fn flow_ops_seeds_hold() {
    replay("flow_ops", bodies::flow_ops);
}

#[test]
fn tables_seeds_hold() {
    replay("tables", bodies::tables);
}

#[test]
fn protocols_seeds_hold() {
    replay("protocols", bodies::protocols);
}
