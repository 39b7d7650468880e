//! Row J2 of the table of bad inputs: the memory budget holds, whatever the capture is made of.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod generators;

use std::io::Write;
use std::path::Path;

use assert_cmd::Command;
use generators::frames::{ethernet, ipv4, udp};
use generators::talks;
use serde_json::Value;

/// A capture of many flows: `flows` hosts ask, and each asks again much later. The bytes that are counted grow from a
/// buffer to counters with the second question.
fn capture(path: &Path, flows: u32, payload: usize) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    for word in [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 1] {
        out.write_all(&word.to_le_bytes()).unwrap();
    }
    for i in 0..2 * flows {
        let [_, a, b, c] = (i % flows).to_be_bytes();
        let frame = ethernet(0x0800, &ipv4(17, [10, a, b, c], [192, 0, 2, 1], &udp(4000, 53, &vec![b; payload])));
        for word in [i / 10_000, i % 10_000, frame.len() as u32, frame.len() as u32] {
            out.write_all(&word.to_le_bytes()).unwrap();
        }
        out.write_all(&frame).unwrap();
    }
    out.flush().unwrap();
}

/// What `wiresift COMMAND` says of the capture in JSON.
fn run(command: &str, path: &Path, settings: &[&str]) -> Value {
    let mut run = Command::cargo_bin("wiresift").unwrap();
    let output = run.args([command, "-T", "json", "-r"]).arg(path).args(settings).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn j2_the_memory_budget_holds_and_what_it_refuses_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    for (flows, payload) in [(120_000, 0), (90_000, 70)] {
        let path = folder.path().join(format!("{payload}.pcap"));
        capture(&path, flows, payload);
        for (budget, unit) in [("64", "flow"), ("128", "flow"), ("64", "packet")] {
            let settings = ["--max-memory", budget, "--unit", unit];
            let check = run("check", &path, &settings);
            let report = run("analyze", &path, &settings);
            let of = |name: &str| report["ledger"]["untracked"][name]["packets"].as_u64().unwrap();
            let kept = report["ledger"]["flows_reported"].as_u64().unwrap();
            assert!(kept > 5_000, "budget {budget}, unit {unit}: only {kept} flows");
            assert!(of("table_full") > 0, "budget {budget}, unit {unit}: nothing was refused");
            assert!(!report["warnings"].to_string().contains("accounting_error"), "{}", report["warnings"]);
            let peak = check["peak_memory_bytes"].as_f64().unwrap();
            let most = budget.parse::<f64>().unwrap() * 1e6;
            assert!(peak <= 1.1 * most, "budget {budget}, unit {unit}, payload {payload}: {peak} bytes");
        }
    }
}

/// Rows J3 and J4: names are what an attacker chooses. Every flow asks for many long ones, all distinct.
#[test]
fn j4_distinct_long_names_stay_within_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("names.pcap");
    let mut out = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for word in [0xa1b2_c3d4u32, 0x0004_0002, 0, 0, 65_535, 1] {
        out.write_all(&word.to_le_bytes()).unwrap();
    }
    let (hosts, each) = (20_000u32, 12u32);
    for i in 0..hosts * each {
        let [_, a, b, c] = (i % hosts).to_be_bytes();
        let label = [format!("{i:08}").as_bytes(), &[b'n'; 54]].concat();
        let message = talks::dns_message(0x0100, &[&label, &label, &label, &label[..50]], 16, 0, &[]);
        let frame = ethernet(0x0800, &ipv4(17, [10, a, b, c], [192, 0, 2, 1], &udp(4000, 53, &message)));
        for word in [i / 10_000, i % 10_000, frame.len() as u32, frame.len() as u32] {
            out.write_all(&word.to_le_bytes()).unwrap();
        }
        out.write_all(&frame).unwrap();
    }
    out.flush().unwrap();
    let settings = ["--max-memory", "64"];
    let check = run("check", &path, &settings);
    let report = run("analyze", &path, &settings);
    let given_up = report["warnings"].as_array().unwrap().iter().find(|w| w["kind"] == "payload_not_inspected");
    assert!(given_up.is_some_and(|w| w["count"].as_u64().unwrap() > 0), "{}", report["warnings"]);
    let peak = check["peak_memory_bytes"].as_f64().unwrap();
    assert!(peak <= 1.1 * 64e6, "{peak} bytes");
}
