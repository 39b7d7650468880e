//! A flood of ever new tuples, streamed without a file: the default budget holds, and the flood is told.
//!
//! `WIRESIFT_FLOOD=10000000 cargo test --release --test flood -- --nocapture` makes as many tuples; the default fills the
//! table and some more.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod generators;

use generators::frames::{SYN, ethernet, ipv4, tcp};
use wiresift::pipeline::Analyzer;
use wiresift::settings::Settings;

/// What half a gigabyte of memory is.
const MOST_BYTES: u64 = 512_000_000;

/// The most memory this process ever had, bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
fn c01_ten_million_tuples_fit_into_half_a_gigabyte() {
    let tuples: u32 = std::env::var("WIRESIFT_FLOOD").map_or(700_000, |n| n.parse().unwrap());
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.begin_file("flood");
    let mut header = Vec::new();
    for word in [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 1] {
        header.extend(word.to_le_bytes());
    }
    analyzer.push(&header);
    let mut frame = ethernet(0x0800, &ipv4(6, [0; 4], [192, 0, 2, 80], &tcp(0, 443, SYN, b"")));
    let mut piece = Vec::new();
    for i in 0..tuples {
        frame[26..30].copy_from_slice(&(0x0a00_0000 + i).to_be_bytes());
        frame[34..36].copy_from_slice(&(1_024 + (i % 60_000) as u16).to_be_bytes());
        for word in [1_000 + i / 200_000, i % 200_000 * 5, frame.len() as u32, frame.len() as u32] {
            piece.extend(word.to_le_bytes());
        }
        piece.extend(&frame);
        if piece.len() > 1 << 20 {
            analyzer.push(&piece);
            piece.clear();
        }
    }
    analyzer.push(&piece);
    let report = analyzer.finish().unwrap();
    let ledger = &report.ledger;
    assert_eq!(ledger.packets, u64::from(tuples));
    assert!(ledger.is_balanced(&report.flows));
    assert_eq!(report.flows.len() as u64 + ledger.untracked.table_full.packets, u64::from(tuples));
    let bucket = &ledger.overflow.buckets[0];
    assert_eq!(bucket.sum.packets, ledger.untracked.table_full.packets);
    let error = bucket.sum.flows as f64 / bucket.sum.packets as f64 - 1.0;
    assert!(error.abs() < 0.07, "{} of {}", bucket.sum.flows, bucket.sum.packets);
    assert_eq!(report.findings[0].kind, "overflow");
    eprintln!("{} flows kept of {tuples}; peak {} MB", report.flows.len(), peak() / 1_000_000);
    assert!(peak() <= MOST_BYTES, "{} bytes", peak());
}
