use std::collections::HashMap;

use super::*;

fn make(packets: u64, seed: u64, format: Format) -> (Vec<u8>, String) {
    let (mut capture, mut labels) = (Vec::new(), Vec::new());
    let written = write(&Config { packets, seed, format }, &mut capture, Some(&mut labels)).unwrap();
    assert_eq!((written.packets, written.bytes), (packets, capture.len() as u64));
    (capture, String::from_utf8(labels).unwrap())
}

/// Times in microseconds and frames of a pcap file.
fn records(capture: &[u8]) -> Vec<(u64, &[u8])> {
    let word = |at: usize| u32::from_le_bytes(capture[at..at + 4].try_into().unwrap());
    let mut at = 24;
    let mut all = Vec::new();
    while at < capture.len() {
        let len = word(at + 8) as usize;
        assert_eq!(word(at + 8), word(at + 12));
        all.push((u64::from(word(at)) * 1_000_000 + u64::from(word(at + 4)), &capture[at + 16..at + 16 + len]));
        at += 16 + len;
    }
    assert_eq!(at, capture.len());
    all
}

#[test]
fn same_seed_same_bytes() {
    for format in [Format::Pcap, Format::Pcapng] {
        assert_eq!(make(3_000, 7, format), make(3_000, 7, format));
        assert_ne!(make(3_000, 7, format), make(3_000, 8, format));
    }
}

#[test]
fn the_number_of_packets_is_exact_and_every_one_is_labelled() {
    for packets in [0, 1, 2, 24, 999, 5_000, 30_000] {
        let (capture, labels) = make(packets, 1, Format::Pcap);
        assert_eq!(records(&capture).len() as u64, packets);
        assert_eq!(labels.lines().count() as u64, packets + 1);
        assert!(labels.lines().skip(1).enumerate().all(|(i, line)| line.starts_with(&format!("{},", i + 1))));
    }
}

#[test]
fn time_starts_at_nine_and_never_runs_backwards() {
    let (capture, _) = make(20_000, 42, Format::Pcap);
    let records = records(&capture);
    assert!(records.is_sorted_by_key(|(ts, _)| *ts));
    assert_eq!(records[0].0 / 1_000_000, START.0 as u64 / 1_000_000_000);
    let minutes = (records[records.len() - 1].0 - records[0].0) / 60_000_000;
    assert!((5..20).contains(&minutes), "{minutes}");
}

#[test]
fn every_attack_is_there_and_all_together_are_a_minority() {
    for (packets, seed) in [(SAMPLE_PACKETS, 42), (20_000, 42), (20_000, 3), (450_000, 1)] {
        let (_, labels) = make(packets, seed, Format::Pcap);
        let mut counts = HashMap::new();
        for line in labels.lines().skip(1) {
            *counts.entry(line.split_once(',').unwrap().1).or_insert(0_u64) += 1;
        }
        for class in Class::ALL {
            assert!(counts.get(class.name()).copied().unwrap_or(0) > packets / 1000, "{class:?} {counts:?}");
        }
        assert!(counts["benign"] * 100 > packets * 75, "{counts:?}");
    }
}

#[test]
fn checksums_and_lengths_hold_in_every_frame() {
    let (capture, _) = make(20_000, 42, Format::Pcap);
    for (_, frame) in records(&capture) {
        frame::tests::verify(frame);
    }
}

#[test]
fn tcp_numbers_are_coherent() {
    use etherparse::{SlicedPacket, TransportSlice};
    let (capture, _) = make(20_000, 42, Format::Pcap);
    let mut next: HashMap<(Vec<u8>, u16, u16), u32> = HashMap::new();
    let (mut segments, mut again) = (0, 0);
    for (_, frame) in records(&capture) {
        let packet = SlicedPacket::from_ethernet(frame).unwrap();
        let Some(TransportSlice::Tcp(tcp)) = packet.transport else { continue };
        let addresses = if frame[12] == 8 { frame[26..34].to_vec() } else { frame[22..54].to_vec() };
        let key = (addresses, tcp.source_port(), tcp.destination_port());
        let mut size = u32::try_from(tcp.payload().len()).unwrap();
        size += u32::from(tcp.syn() || tcp.fin());
        if let Some(expected) = next.get(&key).filter(|_| !tcp.syn()) {
            segments += 1;
            if tcp.sequence_number() != *expected {
                assert_eq!(tcp.sequence_number().wrapping_add(size), *expected, "neither new nor sent again");
                again += 1;
            }
        }
        next.insert(key, tcp.sequence_number().wrapping_add(size));
    }
    assert!(segments > 5_000 && (1..100).contains(&again), "{segments} {again}");
}

#[test]
fn the_sample_has_its_packets() {
    let sample = sample();
    assert!((10_000_000..20_000_000).contains(&sample.len()), "{}", sample.len());
    assert_eq!(records(&sample).len() as u64, SAMPLE_PACKETS);
}

#[test]
fn pcapng_has_the_same_frames() {
    let (pcap, labels) = make(2_000, 5, Format::Pcap);
    let (pcapng, same) = make(2_000, 5, Format::Pcapng);
    assert_eq!(labels, same);
    let word = |at: usize| u32::from_le_bytes(pcapng[at..at + 4].try_into().unwrap()) as usize;
    let mut at = 60;
    for (ts, frame) in records(&pcap) {
        let ns = (word(at + 12) as u64) << 32 | word(at + 16) as u64;
        assert_eq!((word(at), ns / 1000, word(at + 20)), (6, ts, frame.len()));
        assert_eq!(&pcapng[at + 28..at + 28 + frame.len()], frame);
        let len = word(at + 4);
        assert_eq!(word(at + len - 4), len);
        at += len;
    }
    assert_eq!(at, pcapng.len());
}
