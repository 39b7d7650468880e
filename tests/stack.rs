//! What nests without end does not nest the stack: all of it is read in a thread with a small one.
#![allow(missing_docs, clippy::unwrap_used)]

use std::iter::once;

use crate::generators::frames::{ethernet, gre, ipv4, udp};
use crate::generators::pcap::{Pcap, Style};
use crate::generators::pcapng::Pcapng;
use wiresift::enrich::{SideFile, SideKind};
use wiresift::filter::Filter;
use wiresift::pipeline::Analyzer;
use wiresift::report::Baseline;
use wiresift::settings::Settings;

/// Bytes of stack; a browser gives a worker about a megabyte, and a frame of ours takes up to some kilobytes.
const STACK: usize = 256 << 10;
/// Nested so deep, a frame of a hundred bytes a level would be too much.
const DEEP: usize = 20_000;

fn with_little_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).unwrap();
        thread.join().unwrap()
    })
}

fn packets_of(capture: &[u8]) -> u64 {
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.begin_file("deep");
    analyzer.push(capture);
    // The detection runs on threads of its own size.
    analyzer.finish_reading().ledger.packets
}

#[test]
fn e03_packets_in_packets_do_not_deepen_the_stack() {
    let tunnel = |inner: Vec<u8>| ipv4(47, [10, 0, 0, 1], [10, 0, 0, 2], &gre(0x0800, &inner));
    let inner = ipv4(17, [10, 0, 0, 3], [10, 0, 0, 4], &udp(1, 53, &[0; 12]));
    let deep = (0..2_000).fold(inner, |inner, _| tunnel(inner));
    let tags: Vec<u8> = once([0x02; 12].to_vec()).chain((0..10_000).map(|_| vec![0x81, 0, 0, 1])).flatten().collect();
    let labels: Vec<u8> = (0..10_000).flat_map(|_| [0, 0, 0x10, 0x40]).collect();
    let mut file = Pcap::new(Style::default());
    for frame in [ethernet(0x0800, &deep), tags, ethernet(0x8847, &labels)] {
        file.packet(1, 0, frame.get(..60_000.min(frame.len())).unwrap());
    }
    assert_eq!(with_little_stack(|| packets_of(&file.bytes)), 3);
}

#[test]
fn e03_messages_in_messages_do_not_deepen_the_stack() {
    // BER sequences, DNS names that point at each other, SMB chains.
    let ber: Vec<u8> = (0..600).flat_map(|_| [0x30, 0x82, 0xff, 0xf0]).collect();
    let pointers: Vec<u8> = (0..700u16).flat_map(|i| (0xc000 | ((12 + 2 * i) & 0x3fff)).to_be_bytes()).collect();
    let dns = [[0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0].as_slice(), &pointers].concat();
    let mut file = Pcap::new(Style::default());
    for (port, payload) in [(161, &ber), (389, &ber), (88, &ber), (53, &dns), (5353, &dns)] {
        file.packet(1, 0, &ethernet(0x0800, &ipv4(17, [10, 0, 0, 3], [10, 0, 0, 4], &udp(4000, port, payload))));
    }
    assert_eq!(with_little_stack(|| packets_of(&file.bytes)), 5);
}

#[test]
fn e03_many_sections_do_not_deepen_the_stack() {
    let mut file = Pcapng::new(false);
    for _ in 0..DEEP {
        file.section(1);
    }
    assert_eq!(with_little_stack(|| packets_of(&file.bytes)), 0);
}

#[test]
fn e03_deep_texts_are_refused_and_do_not_deepen_the_stack() {
    // As long as a filter may be.
    let (open, nots) = ("(".repeat(2_000), "not ".repeat(1_000));
    let brackets = "[".repeat(DEEP);
    let tags = format!("<?xml version=\"1.0\"?><nmaprun>{}", "<host>".repeat(DEEP));
    with_little_stack(|| {
        assert!(Filter::parse(&format!("{open}tcp")).is_err());
        assert!(Filter::parse(&format!("{open}tcp{}", ")".repeat(2_000))).is_err());
        let _ = Filter::parse(&format!("{nots}tcp"));
        assert!(Settings::from_file(&brackets).is_err());
        assert!(Baseline::from_json(brackets.as_bytes()).is_err());
        for text in [brackets.as_str(), tags.as_str()] {
            for kind in SideKind::ALL {
                let _ = SideFile::read(kind, "deep", text.as_bytes());
            }
            packets_of(format!("{{\"ts\":{text}\n{{\"a\":1}}\n").as_bytes());
        }
    });
}
