//! Compressed captures: rows A21 and A22 of the table of bad inputs.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

use std::io::Write as _;

use crate::generators::compressed::{self, from_hex, gzip, lz4, xz_stored, zstd};
use crate::generators::pcap::{self, Style};
use proptest::prelude::*;
use wiresift::capture::{Ending, Limits, Reader};
use wiresift::report::{Reason, Status};
use wiresift::settings::Settings;

/// Number, offset, time, lengths and bytes of a frame.
type Seen = (u64, u64, i64, u32, Vec<u8>);

fn read(file: &[u8], piece: usize) -> (Vec<Seen>, Ending) {
    read_within(file, piece, Limits::of(&Settings::default()))
}

fn read_within(file: &[u8], piece: usize, limits: Limits) -> (Vec<Seen>, Ending) {
    let mut frames = Vec::new();
    let mut sink = |f: &wiresift::capture::Frame<'_>| {
        frames.push((f.number, f.offset, f.ts.0, f.original_len, f.data.to_vec()));
    };
    let mut reader = Reader::new(1, limits);
    for piece in file.chunks(piece) {
        reader.push(piece, &mut sink);
    }
    reader.end(&mut sink);
    let ending = reader.finish();
    let a = ending.account;
    assert_eq!(a.file_bytes, a.header_bytes + a.record_bytes + a.skipped_bytes + a.trailing_bytes);
    assert_eq!((a.stored_bytes, a.packets), (file.len() as u64, frames.len() as u64));
    (frames, ending)
}

fn small() -> Vec<u8> {
    pcap::udp_file(Style::default(), 6).bytes
}

/// Every codec's file of the same capture.
fn all(capture: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("gzip", gzip(capture)),
        ("gzip", compressed::gzip_with_fields(capture)),
        ("zstd", zstd(capture)),
        ("zstd", compressed::zstd_raw(capture)),
        ("lz4", lz4(capture, false)),
        ("lz4", lz4(capture, true)),
        ("lz4", compressed::lz4_legacy(capture)),
        ("xz", xz_stored(capture)),
    ]
}

fn by_tools() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("xz", from_hex(compressed::XZ_TOOL)),
        ("zstd", from_hex(compressed::ZSTD_TOOL)),
        ("lz4", from_hex(compressed::LZ4_TOOL)),
    ]
}

#[test]
fn a21_every_codec_is_read_like_the_capture_inside() {
    let capture = pcap::udp_file(Style::default(), 3_000).bytes;
    let (plain, _) = read(&capture, usize::MAX);
    for (name, file) in all(&capture) {
        for piece in [usize::MAX, 65_536, 977, 1] {
            let (frames, ending) = read(&file, piece);
            assert_eq!(ending.outcome.status, Status::Complete, "{name} {piece}: {:?}", ending.outcome);
            assert!(frames == plain, "{name} in pieces of {piece}");
            assert_eq!((ending.compression.as_str(), ending.account.file_bytes), (name, capture.len() as u64));
            assert!(!ending.index.is_seekable && ending.oddities.into_sorted().is_empty());
        }
    }
    let (plain, _) = read(&small(), usize::MAX);
    for (name, file) in by_tools() {
        let (frames, ending) = read(&file, 3);
        assert_eq!((ending.outcome.status, ending.compression.as_str()), (Status::Complete, name));
        assert_eq!(frames, plain, "{name}");
    }
}

#[test]
fn a21_a_cut_anywhere_keeps_a_prefix() {
    let (plain, _) = read(&small(), usize::MAX);
    for (name, file) in all(&small()).into_iter().chain(by_tools()) {
        for cut in 0..file.len() {
            let (frames, ending) = read(&file[..cut], usize::MAX);
            let outcome = &ending.outcome;
            assert_eq!(frames, plain[..frames.len()], "{name} cut at {cut}");
            let expected = match cut {
                0 => Reason::EmptyFile,
                // less than the magic
                1..3 => Reason::UnknownFormat,
                3..6 if name != "gzip" && outcome.reason == Some(Reason::UnknownFormat) => Reason::UnknownFormat,
                _ => Reason::CompressedTruncated,
            };
            let is_legacy = file.starts_with(&[2, 0x21]);
            if is_legacy && outcome.reason != Some(expected) {
                // its blocks have no end mark: what ends with a block is cut where the content ends
                assert!(matches!(outcome.reason, Some(Reason::Truncated | Reason::EmptyFile) | None), "{outcome:?}");
                continue;
            }
            assert_eq!(outcome.reason, Some(expected), "{name} cut at {cut}: {outcome:?}");
            assert_eq!(outcome.status == Status::Partial, ending.account.header_bytes > 0);
            let (again, pieces) = read(&file[..cut], 1);
            assert!(again == frames && pieces.outcome == ending.outcome && pieces.account == ending.account);
        }
    }
    // inflated bytes come as they are decoded: the last cuts lose the checksum alone
    let file = gzip(&small());
    assert_eq!(read(&file[..file.len() - 1], 5).0, plain);
}

#[test]
fn a21_a_wrong_checksum_keeps_the_packets_and_says_so() {
    let (plain, _) = read(&small(), usize::MAX);
    for (name, file, at) in [
        ("gzip", gzip(&small()), 5),
        ("gzip", gzip(&small()), 1),
        ("zstd", from_hex(compressed::ZSTD_TOOL), 1),
        ("lz4", lz4(&small(), false), 1),
        ("xz", from_hex(compressed::XZ_TOOL), 30),
    ] {
        let mut file = file;
        let at = file.len() - at;
        file[at] ^= 0x10;
        for piece in [usize::MAX, 1] {
            let (frames, ending) = read(&file, piece);
            assert_eq!(ending.outcome.status, Status::Partial, "{name}");
            assert_eq!(ending.outcome.reason, Some(Reason::CompressedDamaged), "{name}: {:?}", ending.outcome);
            assert_eq!(frames, plain, "{name}");
            assert!(ending.outcome.message.unwrap().contains(name));
        }
    }
}

#[test]
fn a21_members_follow_each_other_and_garbage_is_ignored() {
    let capture = small();
    let (plain, _) = read(&capture, usize::MAX);
    let (left, right) = capture.split_at(150);
    let of = |make: &dyn Fn(&[u8]) -> Vec<u8>, between: &[u8], after: &[u8]| {
        [make(left).as_slice(), between, &make(right), after].concat()
    };
    let skipped = compressed::skippable(b"notes of somebody");
    for (file, garbage) in [
        (of(&gzip, &[], &[]), 0),
        (of(&gzip, &[], &[0; 512]), 0),
        (of(&gzip, &[], b"garbage"), 1),
        (of(&zstd, &skipped, &[]), 0),
        ([skipped.clone(), of(&zstd, &[], &[])].concat(), 0),
        (of(&zstd, &[], b"(garbage"), 1),
        (of(&|b| lz4(b, true), &skipped, &[]), 0),
        (of(&|b| lz4(b, false), &[], b"garbage"), 1),
        (of(&compressed::lz4_legacy, &[], &[]), 0),
        (of(&xz_stored, &[0; 8], &[]), 0),
        (of(&xz_stored, &[], b"garbage"), 1),
    ] {
        for piece in [usize::MAX, 1] {
            let (frames, ending) = read(&file, piece);
            assert_eq!((ending.outcome.status, frames.len()), (Status::Complete, 6), "{:?}", ending.outcome);
            assert_eq!(frames, plain);
            let warnings = ending.oddities.into_sorted();
            assert_eq!(warnings.len(), garbage, "{warnings:?}");
            assert!(warnings.iter().all(|w| w.kind == "compressed_trailing_bytes"));
        }
    }
}

#[test]
fn a21_two_layers_are_unpacked_and_a_third_is_named() {
    let (plain, _) = read(&small(), usize::MAX);
    for (name, file) in [
        ("xz+gzip", xz_stored(&gzip(&small()))),
        ("gzip+zstd", gzip(&zstd(&small()))),
        ("lz4+lz4", lz4(&lz4(&small(), true), false)),
        ("zstd+xz", zstd(&xz_stored(&small()))),
    ] {
        for piece in [usize::MAX, 1] {
            let (frames, ending) = read(&file, piece);
            assert_eq!((ending.outcome.status, ending.compression.as_str()), (Status::Complete, name));
            assert_eq!(frames, plain, "{name}");
        }
        // the inner layer keeps what the outer one has unpacked
        let (frames, ending) = read(&file[..file.len() - 1], 7);
        assert_eq!(ending.outcome.reason, Some(Reason::CompressedTruncated), "{name}");
        assert_eq!(frames, plain[..frames.len()]);
    }
    let (_, ending) = read(&gzip(&gzip(&gzip(&small()))), 100);
    assert_eq!((ending.outcome.status, ending.outcome.reason), (Status::Rejected, Some(Reason::UnknownFormat)));
    assert!(ending.outcome.message.unwrap().contains("gzip"));
}

#[test]
fn a21_compressed_things_that_are_no_capture_are_named() {
    for (inside, words) in [
        (b"hello world, this is a text".as_slice(), "this is gzip-compressed text, not a capture"),
        (b"\x89PNG\r\n\x1a\n", "this is a gzip-compressed PNG image, not a capture"),
    ] {
        for piece in [usize::MAX, 1] {
            let (_, ending) = read(&gzip(&inside.repeat(100)), piece);
            assert_eq!(ending.outcome.reason, Some(Reason::UnknownFormat));
            assert!(ending.outcome.message.unwrap().starts_with(words));
            // A text may be a table until its first line has been read.
            let read = if inside.is_ascii() { 100 * inside.len() as u64 } else { 0 };
            assert_eq!((ending.account.file_bytes, ending.compression.as_str()), (read, "gzip"));
        }
    }
    for (_, file) in all(&[]) {
        let (_, ending) = read(&file, 1);
        let reason = ending.outcome.reason;
        assert!(matches!(reason, Some(Reason::EmptyFile | Reason::CompressedTruncated)), "{reason:?}");
    }
    assert_eq!(read(&gzip(&[]), 1).1.outcome.reason, Some(Reason::EmptyFile));
}

/// Pushes zeros behind a pcap header, compressed on the fly, until the reader has enough; what it took and gave.
fn bomb(limits: Limits, piece: usize) -> (u64, Ending) {
    struct Drip {
        reader: Reader,
        piece: usize,
        waiting: Vec<u8>,
        pushed: u64,
    }
    impl std::io::Write for Drip {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.waiting.extend(bytes);
            for piece in self.waiting.chunks(self.piece) {
                self.reader.push(piece, &mut |_| {});
                self.pushed += piece.len() as u64;
            }
            self.waiting.clear();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let drip = Drip { reader: Reader::new(1, limits), piece, waiting: Vec::new(), pushed: 0 };
    let mut encoder = flate2::write::GzEncoder::new(drip, flate2::Compression::default());
    encoder.write_all(&pcap::Pcap::new(Style::default()).bytes).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..2_048 {
        encoder.write_all(&zeros).unwrap();
        if encoder.get_ref().reader.is_done() {
            break;
        }
    }
    let Drip { reader, pushed, .. } = std::mem::replace(
        encoder.get_mut(),
        Drip { reader: Reader::new(1, limits), piece, waiting: Vec::new(), pushed: 0 },
    );
    (pushed, reader.finish())
}

#[test]
fn a22_a_bomb_ends_early_at_a_place_that_pieces_do_not_move() {
    let limits = Limits::of(&Settings::default());
    let mut places = Vec::new();
    for piece in [1 << 20, 333] {
        let (pushed, ending) = bomb(limits, piece);
        assert_eq!((ending.outcome.status, ending.outcome.reason), (Status::Partial, Some(Reason::ExpansionLimit)));
        // 64 KiB of it may become 250 times as much
        assert!(pushed < 500_000, "{pushed}");
        assert!((16_000_000..17_000_000).contains(&ending.account.file_bytes), "{:?}", ending.account);
        assert!(ending.outcome.message.unwrap().contains("max-expansion"));
        places.push((ending.account.file_bytes, ending.outcome.offset));
    }
    assert_eq!(places[0], places[1]);
    let (_, ending) = bomb(Limits { max_expansion: 1_000_000, max_content_bytes: 40_000_000, ..limits }, 4_096);
    assert_eq!((ending.outcome.reason, ending.account.file_bytes), (Some(Reason::ExpansionLimit), 40_000_000));
    assert!(ending.outcome.message.unwrap().contains("max-content"));
}

#[test]
fn a22_the_budget_holds_between_layers_too() {
    // what is inside the outer layer is no capture's size, but the bomb is
    let inner = gzip(&vec![0; 40_000_000]);
    let file = gzip(&inner);
    let limits = Limits { max_content_bytes: 20_000, ..Limits::of(&Settings::default()) };
    let (_, ending) = read_within(&file, usize::MAX, limits);
    assert!(matches!(ending.outcome.reason, Some(Reason::ExpansionLimit | Reason::UnknownFormat)));
    assert!(ending.account.file_bytes <= 20_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a21_any_damage_ends_in_the_same_outcome_in_any_pieces(
        which in 0usize..11,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        piece in 1usize..300,
    ) {
        let mut files = all(&small());
        files.extend(by_tools());
        let (_, mut file) = files.swap_remove(which);
        for (at, with) in damage {
            let at = at.index(file.len());
            file[at] = with;
        }
        let (frames, ending) = read(&file, usize::MAX);
        let (again, pieces) = read(&file, piece);
        prop_assert_eq!(frames, again);
        prop_assert_eq!(&pieces.outcome, &ending.outcome);
        prop_assert_eq!(pieces.account, ending.account);
    }

    #[test]
    fn a21_any_bytes_after_a_magic_end_in_an_outcome(
        which in 0usize..5,
        garbage in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let magics: [&[u8]; 5] = [
            &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0],
            &[0x28, 0xb5, 0x2f, 0xfd],
            &[4, 0x22, 0x4d, 0x18],
            &[2, 0x21, 0x4c, 0x18],
            b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\x02\0\x21\x01\x16\0\0\0\x74\x2f\xe5\xa3",
        ];
        let file = [magics[which], &garbage].concat();
        let (frames, ending) = read(&file, usize::MAX);
        let (again, pieces) = read(&file, 1);
        prop_assert_eq!(frames, again);
        prop_assert_eq!(pieces.outcome, ending.outcome);
    }
}
