//! Replays the seeds of the fuzz targets: every input that once mattered goes through again.
//!
//! `UPDATE_SEEDS=1 cargo test --test fuzz_seeds` writes the generated ones anew; those that fuzzing found stay.

#![allow(missing_docs, clippy::unwrap_used, clippy::cast_possible_truncation)]

#[path = "fuzz/bodies.rs"]
mod bodies;

mod generators;

use std::path::{Path, PathBuf};

use generators::frames::udp_frame;
use generators::pcap::{self, KUZNETZOV, MICROSECONDS, NANOSECONDS, Pcap, Style};
use generators::pcapng::{self, Pcapng};

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
    let ip = udp.get(14..).unwrap();
    let framed: [(&str, u16, Vec<u8>); 6] = [
        ("ethernet", 1, udp.clone()),
        ("raw", 101, ip.to_vec()),
        ("null", 0, [&[2, 0, 0, 0], ip].concat()),
        ("sll", 113, [&[0; 14], [8, 0].as_slice(), ip].concat()),
        ("sll2", 276, [[8, 0].as_slice(), &[0; 18], ip].concat()),
        ("ppp", 9, [[0xff, 3, 0, 0x21].as_slice(), ip].concat()),
    ];
    for (name, link, bytes) in framed {
        seeds.push((
            "packet",
            name.into(),
            [frame(link, 0, &bytes), frame(link, 9, bytes.get(..30).unwrap())].concat(),
        ));
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
