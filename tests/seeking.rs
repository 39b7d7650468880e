//! Records are found again by the index, and by searching after damage.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

use crate::generators::frames::udp_frame;
use crate::generators::pcap::{self, KUZNETZOV, MICROSECONDS, NANOSECONDS, Pcap, Style};
use crate::generators::pcapng::{self, Pcapng};
use crate::generators::{erf, snoop};
use proptest::prelude::*;
use wiresift::capture::{Ending, Frame, Limits, Reader, first_timestamp, is_capture};
use wiresift::report::{Reason, Status};
use wiresift::settings::Settings;
use wiresift::units::Timestamp;

/// All that a frame says.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    number: u64,
    offset: u64,
    ts: i64,
    original_len: u32,
    link_type: u16,
    interface: u32,
    data: Vec<u8>,
    comment: Option<Vec<u8>>,
}

fn seen(f: &Frame<'_>) -> Seen {
    Seen {
        number: f.number,
        offset: f.offset,
        ts: f.ts.0,
        original_len: f.original_len,
        link_type: f.link_type.0,
        interface: f.interface,
        data: f.data.to_vec(),
        comment: f.comment.map(<[u8]>::to_vec),
    }
}

fn limits(resync: bool) -> Limits {
    Limits { resync, ..Limits::of(&Settings::default()) }
}

fn read(file: &[u8], resync: bool, piece: usize) -> (Vec<Seen>, Ending) {
    let mut frames = Vec::new();
    let mut reader = Reader::new(5, limits(resync));
    for piece in file.chunks(piece) {
        reader.push(piece, &mut |f| frames.push(seen(f)));
    }
    reader.end(&mut |f| frames.push(seen(f)));
    let ending = reader.finish();
    let a = ending.account;
    assert_eq!(a.file_bytes, file.len() as u64);
    assert_eq!(a.file_bytes, a.header_bytes + a.record_bytes + a.skipped_bytes + a.trailing_bytes);
    (frames, ending)
}

/// Two sections of either byte order, each with two interfaces, the second described after the first packets.
fn sections(packets: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for big_endian in [false, true] {
        let mut file = Pcapng::new(big_endian);
        file.interface(1, 0, &[(9, &[6])]);
        for i in 0..packets {
            file.packet(0, 1_000_000 + i as u64, &udp_frame(2, i % 50));
        }
        file.interface(101, 0, &[(9, &[9])]).statistics(0, 3);
        for i in 0..packets {
            file.packet(1, 2_000_000_000 + i as u64, &udp_frame(3, i % 40)[14..]);
        }
        bytes.extend(file.bytes);
    }
    bytes
}

fn captures() -> Vec<Vec<u8>> {
    let mut all = vec![sections(4), pcapng::udp_file(true, 7).bytes, snoop::udp_file(4, 6).0];
    for (magic, big_endian) in [(MICROSECONDS, false), (NANOSECONDS, true), (KUZNETZOV, true)] {
        all.push(pcap::udp_file(Style { magic, big_endian, ..Style::default() }, 6).bytes);
    }
    all
}

/// Reads the records from `from` on, by the index alone.
fn read_from(file: &[u8], ending: &Ending, from: &Seen, piece: usize) -> Vec<Seen> {
    let mut frames = Vec::new();
    let mut reader = Reader::new(1, limits(false));
    for span in ending.index.headers.iter().filter(|span| span.start < from.offset) {
        reader.push(&file[span.start as usize..span.end as usize], &mut |_| panic!("no packet in a header"));
    }
    reader.jump(from.offset, from.number);
    for piece in file[from.offset as usize..].chunks(piece) {
        reader.push(piece, &mut |f| frames.push(seen(f)));
    }
    reader.end(&mut |f| frames.push(seen(f)));
    let _ = reader.finish();
    frames
}

#[test]
fn reading_may_begin_at_any_record() {
    for file in captures() {
        let (frames, ending) = read(&file, false, usize::MAX);
        assert!(ending.index.is_seekable && frames.len() >= 6, "{:?}", ending.index);
        assert_eq!((ending.index.first_packet, ending.index.end_packet), (5, 5 + frames.len() as u64));
        assert_eq!(frames[0].number, 5);
        for (i, from) in frames.iter().enumerate() {
            for piece in [usize::MAX, 1] {
                assert_eq!(read_from(&file, &ending, from, piece), frames[i..]);
            }
        }
    }
}

#[test]
fn what_cannot_be_sought_says_so() {
    let frame = udp_frame(2, 30);
    let mut simple = pcapng::udp_file(false, 2);
    simple.simple_packet(frame.len() as u32, &frame);
    let mut many = Pcapng::new(false);
    for i in 0..5_000 {
        many.interface(1, 0, &[]).packet(i, 1, &frame);
    }
    for file in [simple.bytes, many.bytes, erf::udp_file(5).0] {
        let (frames, ending) = read(&file, false, usize::MAX);
        assert!(!frames.is_empty() && !ending.index.is_seekable);
        assert!(ending.index.headers.len() <= 4_096);
    }
}

#[test]
fn a_jump_in_the_middle_of_anything_is_no_harm() {
    for file in captures() {
        for cut in 0..file.len() {
            let mut reader = Reader::new(9, limits(cut % 2 == 0));
            reader.push(&file[..cut], &mut |_| {});
            reader.jump(3, 1);
            reader.push(&file[cut / 2..], &mut |_| {});
            reader.jump(u64::from(u32::MAX), 0);
            let _ = reader.finish();
        }
    }
}

/// The file with the bytes at `at` overwritten.
fn with(file: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut damaged = file.to_vec();
    damaged[at..at + bytes.len()].copy_from_slice(bytes);
    damaged
}

#[test]
fn resync_reads_on_after_a_damaged_length() {
    let pcap = pcap::udp_file(Style::default(), 12);
    let ng = pcapng::udp_file(true, 12);
    for (file, at, length_at) in [(&pcap.bytes, pcap.offsets[4], 8), (&ng.bytes, ng.offsets[2 + 4], 4)] {
        let (whole, _) = read(file, true, usize::MAX);
        let damaged = with(file, at + length_at, &[0xff; 4]);
        let (prefix, ending) = read(&damaged, false, usize::MAX);
        assert_eq!((prefix.len(), ending.outcome.reason), (4, Some(Reason::BadLength)));
        for piece in [usize::MAX, 100, 1] {
            let (frames, ending) = read(&damaged, true, piece);
            let expected: Vec<Seen> = whole
                .iter()
                .filter(|f| f.offset != at as u64)
                .enumerate()
                .map(|(i, f)| Seen { number: 5 + i as u64, ..f.clone() })
                .collect();
            assert_eq!(frames, expected);
            let outcome = ending.outcome;
            assert_eq!((outcome.status, outcome.reason), (Status::Partial, Some(Reason::BadLength)));
            assert_eq!((outcome.offset, outcome.packets_before), (Some(at as u64), 11));
            assert_eq!(ending.account.skipped_bytes, whole[5].offset - at as u64);
            assert!(outcome.message.unwrap().contains("bytes were skipped"));
            let warnings = ending.oddities.into_sorted();
            assert_eq!((warnings.len(), warnings[0].kind, warnings[0].count), (1, "resynced", 1));
            assert_eq!(warnings[0].first.byte, at as u64);
            assert!(!ending.index.is_seekable);
        }
    }
}

#[test]
fn resync_finds_the_next_section_and_the_last_record() {
    // two sections, the first of which is overwritten from its third packet on
    let first = pcapng::udp_file(false, 6);
    let file = [first.bytes.clone(), pcapng::udp_file(true, 3).bytes].concat();
    let at = first.offsets[2 + 3];
    let (frames, ending) = read(&with(&file, at, &vec![0xee; first.bytes.len() - at]), true, 50);
    assert_eq!(frames.len(), 6);
    assert_eq!(ending.account.skipped_bytes, (first.bytes.len() - at) as u64);
    // the last record but one is damaged: the last one ends with the file
    let file = pcap::udp_file(Style::default(), 6);
    let (frames, _) = read(&with(&file.bytes, file.offsets[4] + 8, &[0xff; 4]), true, 50);
    assert_eq!(frames.last().unwrap().offset, file.offsets[5] as u64);
    // nothing more to be found: like without
    let (frames, ending) = read(&with(&file.bytes, file.offsets[5] + 8, &[0xff; 4]), true, 50);
    assert_eq!((frames.len(), ending.outcome.offset), (5, Some(file.offsets[5] as u64)));
    assert_eq!((ending.account.skipped_bytes, ending.oddities.into_sorted().len()), (0, 0));
}

#[test]
fn resync_is_linear_in_the_bytes() {
    // four small records, then damage, again and again; and a long claim at each
    let mut file = Pcap::new(Style::default());
    for i in 0..20_000 {
        for _ in 0..4 {
            file.packet(1_000, i, &[1]);
        }
        file.record(1_000, i, 0xffff_ffff, 5, &[0xff; 7]);
        file.record(1_000, i, 262_000, 262_000, &[0xff; 7]);
    }
    let (frames, ending) = read(&file.bytes, true, 1 << 20);
    // the long claims are believed where the search does not see them: they swallow most of the file
    assert!(frames.len() > 5_000, "{}", frames.len());
    assert_eq!(ending.outcome.status, Status::Partial);
}

#[test]
fn the_first_time_is_seen_in_a_prefix() {
    let pcap = pcap::udp_file(Style::default(), 400).bytes;
    let first = Some(Timestamp(1_000_000_000_000_000));
    let packed = crate::generators::compressed::gzip(&pcap);
    for prefix in [&pcap[..], &pcap[..200], &packed[..], &packed[..packed.len() / 2]] {
        assert_eq!(first_timestamp(prefix, limits(false)), first);
    }
    assert_eq!(first_timestamp(&erf::udp_file(1).0, limits(false)), Some(Timestamp(1_000_000_000_500_000_000)));
    for nothing in [&pcap[..30], b"hello", b""] {
        assert_eq!(first_timestamp(nothing, limits(false)), None);
    }
}

#[test]
fn captures_are_known_by_their_first_bytes() {
    for file in captures() {
        for length in [4, 16, 100, file.len()] {
            assert!(is_capture(&file[..length.min(file.len())]), "{length} {:x?}", &file[..8]);
        }
        let packed = crate::generators::compressed::zstd(&file);
        assert!(is_capture(&packed) && is_capture(&crate::generators::compressed::gzip(&packed)));
    }
    assert!(is_capture(&erf::udp_file(9).0));
    for no in [b"".as_slice(), b"hello", &crate::generators::compressed::gzip(b"hello"), &[0; 5_000], &[b' '; 5_000]] {
        assert!(!is_capture(no));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn pieces_do_not_change_what_a_search_finds(
        which in 0usize..6,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<[u8; 4]>()), 1..5),
        piece in 1usize..400,
    ) {
        let mut file = captures().swap_remove(which);
        for (at, bytes) in damage {
            let at = at.index(file.len() - 4);
            file[at..at + 4].copy_from_slice(&bytes);
        }
        let (frames, ending) = read(&file, true, usize::MAX);
        let (again, pieces) = read(&file, true, piece);
        prop_assert_eq!(frames, again);
        prop_assert_eq!(ending.outcome, pieces.outcome);
        prop_assert_eq!(ending.account, pieces.account);
    }

    #[test]
    fn any_section_is_read_from_any_record(packets in 1usize..12, from in any::<prop::sample::Index>(), piece in 1usize..300) {
        let file = sections(packets);
        let (frames, ending) = read(&file, false, piece);
        let from = from.index(frames.len());
        prop_assert_eq!(read_from(&file, &ending, &frames[from], piece), &frames[from..]);
    }
}
