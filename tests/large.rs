//! Memory does not grow with the capture. Takes a minute, so it runs only when it is asked for:
//! `cargo test --release --test large -- --ignored --nocapture`
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod generators;

use std::time::Instant;

use generators::frames::udp_frame;
use generators::pcap::{Pcap, Style};
use wiresift::pipeline::Analyzer;
use wiresift::settings::Settings;

/// The most memory that the process ever had, bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() * 1024
}

/// Pushes a piece of a capture again and again, each time a second later, up to `bytes` bytes.
fn stream(analyzer: &mut Analyzer, piece: &mut Pcap, bytes: u64) -> u64 {
    let mut pushed = 0;
    let mut seconds = 1_000_000u32;
    while pushed < bytes {
        for record in &piece.offsets[..piece.offsets.len() - 1] {
            piece.bytes[*record..*record + 4].copy_from_slice(&seconds.to_le_bytes());
        }
        let from = if pushed == 0 { 0 } else { piece.offsets[0] };
        for slice in piece.bytes[from..].chunks(1 << 20) {
            analyzer.push(slice);
            pushed += slice.len() as u64;
        }
        seconds += 1;
    }
    pushed
}

#[test]
#[ignore = "takes a minute; see above"]
fn j1_ten_gigabytes_take_the_memory_of_a_hundred_megabytes() {
    let mut piece = Pcap::new(Style::default());
    for i in 0..20_000 {
        piece.packet(0, i % 1_000_000, &udp_frame((i % 250) as u8, 200 + (i % 1000) as usize));
    }
    let mut run = |bytes: u64| {
        let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
        analyzer.begin_file("stream");
        let begun = Instant::now();
        let pushed = stream(&mut analyzer, &mut piece, bytes);
        let report = analyzer.finish().unwrap();
        assert_eq!(report.ledger.file_bytes, pushed);
        assert_eq!(report.outcome.reason, None);
        let rate = pushed as f64 / 1e6 / begun.elapsed().as_secs_f64();
        eprintln!("{pushed} bytes, {} packets, {rate:.0} MB/s, peak {} kB", report.ledger.packets, peak() / 1024);
        peak()
    };
    let small = run(100_000_000);
    let large = run(10_000_000_000);
    assert!(large < small + 16_000_000, "{small} and {large} bytes");
}
