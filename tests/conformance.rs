//! The generated captures of the corpus, packet by packet. Skipped where there is no corpus.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::path::PathBuf;

use wiresift::capture::{Limits, Reader};
use wiresift::settings::Settings;

fn corpus() -> Option<PathBuf> {
    let given = std::env::var_os("WIRESIFT_CORPUS").map(PathBuf::from);
    let path = given.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    if path.join("EXPECTED.tsv").is_file() {
        return Some(path);
    }
    eprintln!("SKIPPED: no capture corpus at {}", path.display());
    None
}

/// Time in nanoseconds, captured and original length, link type.
type Packet = (i64, u64, u64, u64);

#[test]
fn synthetic_times_and_lengths() {
    let Some(root) = corpus() else { return };
    let folder = root.join("conformance/_synthetic");
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (mut files, mut different) = (0, Vec::new());
    for (name, entry) in expected.as_object().unwrap() {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let mut got: Vec<Packet> = Vec::new();
        let mut reader = Reader::new(1, Limits::of(&Settings::default()));
        let mut sink = |f: &wiresift::capture::Frame<'_>| {
            got.push((f.ts.0, f.data.len() as u64, u64::from(f.original_len), u64::from(f.link_type.0)));
        };
        reader.push(&bytes, &mut sink);
        reader.end(&mut sink);
        let number = |packet: &serde_json::Value, key: &str| packet[key].as_u64().unwrap();
        let of = |p: &serde_json::Value| {
            (p["ts_ns"].as_i64().unwrap_or(0), number(p, "caplen"), number(p, "len"), number(p, "linktype"))
        };
        let wanted: Vec<Packet> = entry["packets"].as_array().unwrap().iter().map(of).collect();
        files += 1;
        if got != wanted {
            different.push(format!("{name} ({}): {got:?} instead of {wanted:?}", entry["note"]));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    eprintln!("{files} files with every packet as expected");
}
