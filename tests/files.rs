//! Many files, directories, files that change, and files larger than 4 GiB: named after the rows of the table of bad
//! inputs where they are there.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

use std::fs::{self, File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::generators::frames::udp_frame;
use crate::generators::pcap::{Pcap, Style};
use crate::generators::pcapng::{self, Pcapng};
use serde_json::Value;
use wiresift::pipeline::Analyzer;
use wiresift::report::{Reason, Status};
use wiresift::settings::Settings;

fn wiresift(dir: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"));
    command.current_dir(dir);
    command
}

fn run(dir: &Path, args: &[&str]) -> Output {
    wiresift(dir).args(args).output().unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn names(report: &Value) -> Vec<&str> {
    report["files"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A pcap of one packet at that second.
fn capture_at(seconds: u32) -> Vec<u8> {
    let mut file = Pcap::new(Style::default());
    file.packet(seconds, 0, &udp_frame(3, 20));
    file.bytes
}

#[test]
fn files_are_read_in_order_of_time_and_pipes_as_given() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.join(name), bytes).unwrap();
    write("c", &capture_at(300));
    write("a", &capture_at(100));
    write("none", &Pcap::new(Style::default()).bytes);
    write("text", b"no capture");
    let mut late = Pcapng::new(true);
    late.interface(1, 0, &[]).packet(0, 200_000_000, &udp_frame(3, 20));
    write("b", &late.bytes);
    write("also-a", &capture_at(100));
    let given = ["analyze", "-T", "json", "c", "none", "text", "b", "gone", "also-a", "a"];
    assert_eq!(names(&report(&run(dir, &given))), ["also-a", "a", "b", "c", "none", "text", "gone"]);

    let mut piped = wiresift(dir);
    piped.args(["analyze", "-T", "json", "c", "-", "a"]).write_stdin(capture_at(200));
    assert_eq!(names(&report(&piped.output().unwrap())), ["c", "standard input", "a"]);
}

#[test]
fn a23_the_same_file_twice_is_refused_under_any_name() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    fs::write(dir.join("a"), capture_at(1)).unwrap();
    fs::hard_link(dir.join("a"), dir.join("hard")).unwrap();
    symlink("a", dir.join("link")).unwrap();
    for other in ["a", "./a", "hard", "link", "."] {
        let output = run(dir, &["analyze", "a", other]);
        assert_eq!(output.status.code(), Some(2), "{other}");
        assert!(stderr(&output).contains("given more than once"), "{}", stderr(&output));
    }
    fs::write(dir.join("copy"), capture_at(1)).unwrap();
    assert_eq!(run(dir, &["analyze", "a", "copy"]).status.code(), Some(0), "equal content is not the same file");
}

#[test]
fn a23_a_directory_gives_its_captures() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let at = |path: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    fs::write(at("day/2/c.txt"), capture_at(1)).unwrap();
    fs::write(at("day/10/a"), capture_at(1)).unwrap();
    fs::write(at("day/b.pcap"), capture_at(1)).unwrap();
    fs::write(at("day/early"), capture_at(0)).unwrap();
    fs::write(at("day/notes.pcap"), "not a capture").unwrap();
    fs::write(at("day/2/empty"), "").unwrap();
    fs::write(at("elsewhere/secret"), capture_at(1)).unwrap();
    symlink("../elsewhere", at("day/link")).unwrap();
    symlink("..", at("day/2/loop")).unwrap();
    symlink("nowhere", at("day/dangling")).unwrap();
    let deep = (0..20).fold("day".to_owned(), |path, i| format!("{path}/{i}"));
    fs::write(at(&format!("{deep}/deep")), capture_at(1)).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("day/fifo")).status().unwrap().success());

    let output = run(root, &["analyze", "-T", "json", "-r", "day"]);
    assert_eq!(names(&report(&output)), ["early", "a", "c.txt", "b.pcap"]);
    let notes = stderr(&output);
    assert!(notes.contains("day: captures read: 4, other files: 2"), "{notes}");
    assert!(notes.contains("day: 1 directories deeper than 16"), "{notes}");
    assert_eq!(stderr(&run(root, &["analyze", "-q", "day"])), "");

    fs::create_dir(root.join("nothing")).unwrap();
    fs::write(root.join("nothing/readme"), "no capture").unwrap();
    let output = run(root, &["analyze", "nothing"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("error: nothing is a directory without captures"), "{}", stderr(&output));
}

#[test]
fn h6_ten_thousand_files_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..10_000).map(|i| format!("{i:05}.pcap")).collect();
    for (i, name) in names.iter().enumerate() {
        fs::write(dir.path().join(name), capture_at(20_000 - i as u32)).unwrap();
    }
    let output = wiresift(dir.path()).args(["analyze", "-T", "json"]).args(&names).output().unwrap();
    let report = report(&output);
    assert_eq!((&report["outcome"]["status"], &report["ledger"]["packets"]), (&"complete".into(), &10_000.into()));
    assert_eq!(report["files"][0]["name"], "09999.pcap");
    let text = run(dir.path(), &["analyze", "."]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("\nFiles (20 of 10,000)\n  09999.pcap  pcap "));
}

#[test]
fn several_files_are_shown_with_what_became_of_each() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("good"), capture_at(1)).unwrap();
    fs::write(dir.path().join("cut\u{1b}"), &capture_at(2)[..50]).unwrap();
    let text = run(dir.path(), &["analyze", "."]).stdout;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("Files (2)\n  good"), "{text}");
    assert!(text.contains("\n  cut\\u{1b}  pcap               50 B        0 packets  the file ends inside"), "{text}");
}

/// Runs an analysis of a large capture while `meddle` is done to the file again and again.
fn while_read(meddle: impl Fn(&File) + Sync) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("growing.pcap");
    let mut capture = Pcap::new(Style::default());
    for i in 0..60_000 {
        capture.packet(i / 100, 0, &udp_frame((i % 200) as u8, 400));
    }
    fs::write(&path, &capture.bytes).unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let file = OpenOptions::new().append(true).open(&path).unwrap();
            while !is_over.load(Ordering::Relaxed) {
                meddle(&file);
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let output = run(dir.path(), &["analyze", "-T", "json", "growing.pcap"]);
        is_over.store(true, Ordering::Relaxed);
        output
    })
}

#[test]
fn a24_a_file_that_is_still_written_is_read_as_far_as_it_reached() {
    let output = while_read(|mut file| file.write_all(&[0; 16]).unwrap());
    let report = report(&output);
    let outcome = &report["outcome"];
    assert_eq!(output.status.code(), Some(3));
    assert_eq!((&outcome["status"], &outcome["reason"]), (&"partial".into(), &"file_changed".into()));
    assert!(outcome["message"].as_str().unwrap().contains("may still be written"), "{outcome}");
    assert_eq!(outcome["offset"], report["ledger"]["file_bytes"]);
    assert!(report["ledger"]["packets"].as_u64().unwrap() >= 60_000);
}

#[test]
fn a24_a_file_that_is_written_to_while_it_is_read_is_partial() {
    let output = while_read(|file| file.set_modified(SystemTime::now()).unwrap());
    let outcome = &report(&output)["outcome"];
    assert_eq!((output.status.code(), &outcome["reason"]), (Some(3), &"file_changed".into()));
    assert_eq!((&outcome["packets_before"], &outcome["offset"]), (&60_000.into(), &(24 + 60_000 * 458).into()));
}

#[test]
fn a24_the_analysis_says_what_the_caller_saw() {
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    let bytes = capture_at(5);
    analyzer.begin_file("capture");
    analyzer.push(&bytes);
    analyzer.change_file("it grew");
    analyzer.begin_file("empty");
    analyzer.change_file("it is gone");
    let report = analyzer.finish().unwrap();
    let [first, second] = &report.files[..] else { panic!() };
    assert_eq!((first.outcome.status, first.outcome.reason), (Status::Partial, Some(Reason::FileChanged)));
    assert_eq!((first.outcome.offset, first.outcome.packets_before), (Some(bytes.len() as u64), 1));
    assert_eq!((second.outcome.status, second.outcome.reason), (Status::Rejected, Some(Reason::FileChanged)));
    assert!(report.ledger.is_balanced(&report.flows));
}

#[test]
#[cfg(target_os = "linux")]
fn a26_a_file_that_cannot_be_read_is_rejected_and_one_that_fails_later_is_partial() {
    let dir = tempfile::tempdir().unwrap();
    // The address 0 of a process is never there: reading gives an input error.
    let output = run(dir.path(), &["analyze", "-T", "json", "/proc/self/mem"]);
    let outcome = &report(&output)["outcome"];
    assert_eq!(
        (output.status.code(), &outcome["status"], &outcome["reason"]),
        (Some(1), &"rejected".into(), &"io".into())
    );
    assert!(stderr(&output).starts_with("error: mem: reading stopped after 0 bytes: "), "{}", stderr(&output));

    fs::write(dir.path().join("good"), capture_at(1)).unwrap();
    let output = run(dir.path(), &["analyze", "-T", "json", "good", "/proc/self/mem"]);
    assert_eq!((output.status.code(), &report(&output)["outcome"]["reason"]), (Some(3), &"some_files".into()));

    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.push(&capture_at(5));
    analyzer.fail_file("the medium is gone");
    let outcome = analyzer.finish().unwrap().outcome;
    assert_eq!((outcome.status, outcome.reason, outcome.packets_before), (Status::Partial, Some(Reason::Io), 1));
    assert_eq!(outcome.offset, Some(capture_at(5).len() as u64));
}

/// A sparse pcapng whose second packet lies behind five blocks of 832 MiB each that nobody knows.
fn beyond_four_gibibytes(path: &PathBuf) -> u64 {
    let head = pcapng::udp_file(false, 3);
    let mut file = File::create(path).unwrap();
    file.write_all(&head.bytes).unwrap();
    let length = 0x3400_0000u32;
    let mut at = head.bytes.len() as u64;
    for _ in 0..5 {
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&[0x0badu32.to_le_bytes(), length.to_le_bytes()].concat()).unwrap();
        at += u64::from(length);
        file.seek(SeekFrom::Start(at - 4)).unwrap();
        file.write_all(&length.to_le_bytes()).unwrap();
    }
    let mut tail = Pcapng { big_endian: false, bytes: Vec::new(), offsets: Vec::new() };
    tail.packet(0, 1_000_100_000_000, &udp_frame(77, 30));
    file.write_all(&tail.bytes).unwrap();
    at
}

#[test]
fn a25_packets_beyond_four_gibibytes_are_found_and_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large.pcapng");
    let offset = beyond_four_gibibytes(&path);
    assert!(offset > 1 << 32);
    let output = run(dir.path(), &["extract", "large.pcapng", "--filter", "10.0.0.77", "-T", "ndjson"]);
    let packet = report(&output);
    assert_eq!((&packet["number"], &packet["offset"]), (&4.into(), &offset.into()));
    assert_eq!(packet["ts"], "1970-01-12T13:48:20.000000000Z");
}
