//! Tables on the command line: the same commands, exit codes and streams as for captures.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::generators::{compressed, office, tables};
use serde_json::Value;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn run(args: &[&str]) -> Output {
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift")).args(args).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn analyze_reads_tables_whatever_they_are_called() {
    let folder = Folder::new();
    let flows = tables::flows(300);
    let zeek = folder.write("capture.pcap", tables::zeek_tsv(&flows));
    let done = run(&["analyze", "-r", &zeek]);
    assert_eq!((code(&done), stderr(&done).as_str()), (0, ""));
    let text = stdout(&done);
    assert!(
        text.contains("capture.pcap (zeek-tsv, ") && text.contains("flows by zeek's columns: 300 used, 0 bad"),
        "{text}"
    );

    let packed = folder.write("x", compressed::gzip(tables::cicids2017(&flows).as_bytes()));
    let done = run(&["analyze", "-r", &packed, "-T", "json"]);
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(
        (code(&done), &report["files"][0]["compression"], &report["ledger"]["table_rows_used"]),
        (0, &"gzip".into(), &300.into())
    );
    assert_eq!(report["files"][0]["table"]["labels"][1]["label"], "DoS Hulk");

    let cut = folder.write("cut.csv", &tables::cicflowmeter(&flows).as_bytes()[..20_000]);
    let done = run(&["analyze", "-r", &cut]);
    assert_eq!(code(&done), 3);
    assert!(stderr(&done).contains("inside the row that begins at byte"), "{}", stderr(&done));

    let other = folder.write("other.csv", "a,b,c\n1,2,3\n".repeat(100));
    let done = run(&["analyze", "-r", &other]);
    assert_eq!(code(&done), 1);
    assert!(stderr(&done).contains("a table in CSV, not a capture; its columns are not known"), "{}", stderr(&done));
}

#[test]
fn flows_packets_and_plot_take_tables() {
    let folder = Folder::new();
    let flows = tables::flows(200);
    let cic = folder.write("cic.csv", tables::cicflowmeter(&flows));
    let done = run(&["flows", "-r", &cic, "--filter", "hulk and orig_pkts > 800"]);
    assert_eq!((code(&done), stdout(&done).lines().count()), (0, 5));
    assert!(stdout(&done).lines().next().unwrap().ends_with(",label"));
    assert!(stdout(&done).lines().skip(1).all(|line| line.ends_with(",DoS Hulk")));

    let wireshark = folder.write("list.csv", tables::wireshark(&flows));
    let done = run(&["packets", "-r", &wireshark, "--features", "length,iat"]);
    assert_eq!((code(&done), stdout(&done).lines().count()), (0, 201));
    let own = folder.write("own.csv", tables::other(&flows));
    let done = run(&["flows", "-r", &own, "--features", "column_risk", "-T", "ndjson"]);
    assert_eq!((code(&done), stdout(&done).lines().count()), (0, 200));
    let done = run(&["flows", "-r", &own, "--features", "risk"]);
    assert_eq!(code(&done), 2, "a name that no table makes is wrong before anything is read");

    let pictures = folder.path("pictures");
    let ml = folder.write("ml.csv", tables::cicids2017_ml(&flows));
    for table in [&cic, &ml] {
        let done = run(&["plot", "-r", table, "-o", pictures.to_str().unwrap(), "--force"]);
        assert_eq!((code(&done), fs::read_dir(&pictures).unwrap().count()), (0, 10), "{}", stderr(&done));
    }
    let done = run(&["check", "-r", &cic, "-T", "json"]);
    assert_eq!(code(&done), 0, "{}", stderr(&done));
    let check: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(check["flows"], 200);
}

#[test]
fn extract_says_that_a_table_has_no_packets() {
    let folder = Folder::new();
    let zeek = folder.write("conn.log", tables::zeek_json(&tables::flows(300)));
    let out = folder.path("out.pcapng");
    for which in [["--filter", "tcp"], ["--finding", "F1"], ["--flow", "CmES5u32sYpV7J0007"]] {
        let out_name = out.to_str().unwrap();
        let done = run(&["extract", "--threshold", "0.1", "-r", &zeek, which[0], which[1], "-w", out_name]);
        assert_eq!((code(&done), out.exists()), (1, false), "{which:?}");
        assert!(stderr(&done).contains("from a table, which holds no packets"), "{}", stderr(&done));
    }
}

#[test]
fn a_directory_stands_for_its_captures_and_named_tables_come_last() {
    let folder = Folder::new();
    let zeek = folder.write("a.log", tables::zeek_tsv(&tables::flows(50)));
    let only = folder.0.path().to_str().unwrap().to_owned();
    let done = run(&["analyze", "-r", &only]);
    assert_eq!(code(&done), 1);
    assert!(stderr(&done).contains("is a directory without captures"), "{}", stderr(&done));
    let capture = folder.write("b.pcap", office::capture(50));
    let done = run(&["analyze", "-r", &only, "-T", "json", "-q"]);
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["files"].as_array().unwrap().len(), 1);
    let done = run(&["analyze", "-r", &zeek, &capture, "-T", "json", "-q"]);
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&report["files"][0]["format"], &report["files"][1]["format"]), (&"pcap".into(), &"zeek-tsv".into()));
}
