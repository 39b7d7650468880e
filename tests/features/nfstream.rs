//! NFStream's columns against the numbers of NFStream itself (`scripts/agree-nfstream --golden` writes those).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wiresift::schema::Schema;

use super::support::{Row, number, read, rows, synth};

/// NFStream cuts its times to milliseconds.
const RESOLUTION: f64 = 1.0 + 1e-6;

/// What makes rows of both comparable: ends and first packet.
fn key(row: &Row) -> Vec<String> {
    ["src_ip", "src_port", "dst_ip", "dst_port", "protocol", "bidirectional_first_seen_ms"]
        .map(|n| row[n].clone())
        .into()
}

fn golden(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name).join("nfstream.tsv");
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned));
    let names: Vec<String> = lines.next().unwrap().collect();
    lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}

/// How far two values of a column may be apart.
fn tolerance(name: &str, theirs: f64) -> f64 {
    match name {
        _ if name.ends_with("stddev_piat_ms") => RESOLUTION * 2f64.sqrt(),
        _ if name.ends_with("piat_ms") => RESOLUTION,
        _ if name.ends_with("mean_ps") || name.ends_with("stddev_ps") => 1e-6 * theirs.abs().max(1.0),
        _ => 0.0,
    }
}

#[test]
fn every_flow_has_nfstreams_numbers() {
    let golden = golden("small");
    let ours = rows(Schema::Nfstream, &read(&synth(1500, 7), &[]));
    assert_eq!(ours.len(), golden.len());
    let ours: BTreeMap<_, _> = ours.iter().map(|row| (key(row), row)).collect();
    for theirs in &golden {
        let mine = ours.get(&key(theirs)).unwrap_or_else(|| panic!("no flow {:?}", key(theirs)));
        for (name, expected) in theirs {
            let is_text = name.starts_with("splt_") || name.ends_with("_ip");
            let is_same = if is_text {
                mine[name] == *expected
            } else {
                let (a, b) = (number(mine, name).unwrap(), expected.parse::<f64>().unwrap());
                (a - b).abs() <= tolerance(name, b)
            };
            assert!(is_same, "{name} is {}, NFStream has {expected} for {:?}", mine[name], key(theirs));
        }
    }
}
