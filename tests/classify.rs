//! `train`, `evaluate` and `--model` on generated captures, and what the built-in model says of a seed it has not seen.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

fn run(args: &[&str]) -> Output {
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift")).args(args).output().unwrap()
}

fn good(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Generated captures with every protocol, and the label file of each.
struct Captures {
    dir: TempDir,
    paths: Vec<PathBuf>,
}

impl Captures {
    fn new(seeds: &[u64], packets: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = |seed: &u64| dir.path().join(format!("s{seed}.pcap"));
        for seed in seeds {
            let labels = format!("{}.labels.csv", text(&path(seed)));
            let seed_text = seed.to_string();
            let args =
                ["synth", "--scene", "protocols", "--packets", packets, "--seed", &seed_text, "--labels", &labels];
            good(&[&args[..], &["-q", "-w", text(&path(seed))]].concat());
        }
        let paths = seeds.iter().map(path).collect();
        Self { dir, paths }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn train(&self, model: &Path, more: &[&str]) -> Output {
        let labels: Vec<String> = self.paths.iter().map(|p| format!("{}.labels.csv", text(p))).collect();
        let mut args = vec!["train", "-q", "--force", "--trees", "3", "-T", "json", "-o", text(model)];
        labels.iter().for_each(|l| args.extend(["--labels", l]));
        args.push("-r");
        args.extend(self.paths.iter().map(|p| text(p)));
        args.extend(more);
        run(&args)
    }
}

/// The capture with every packet cut behind 54 bytes: Ethernet, IPv4 and TCP headers.
fn cut(from: &Path, to: &Path) {
    let bytes = fs::read(from).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let mut out = bytes[..24].to_vec();
    let mut at = 24;
    while at < bytes.len() {
        let (captured, kept) = (word(at + 8), word(at + 8).min(54));
        out.extend_from_slice(&bytes[at..at + 8]);
        out.extend_from_slice(&(kept as u32).to_le_bytes());
        out.extend_from_slice(&bytes[at + 12..at + 16 + kept]);
        at += 16 + captured;
    }
    fs::write(to, out).unwrap();
}

#[test]
fn training_gives_the_same_bytes_and_a_model_that_evaluates() {
    let captures = Captures::new(&[1, 2, 3], "9000");
    let (a, b) = (captures.file("a.bin"), captures.file("b.bin"));
    let first = captures.train(&a, &[]);
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    assert!(captures.train(&b, &[]).status.success());
    assert_eq!(fs::read(&a).unwrap(), fs::read(&b).unwrap());
    let training: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(training["bytes"], fs::metadata(&a).unwrap().len());
    // Every row was left out once.
    let by_sight: u64 = training["by_sight"].as_object().unwrap().values().map(|s| s["flows"].as_u64().unwrap()).sum();
    assert_eq!(training["left_out"]["flows"], by_sight);
    assert!(training["left_out"]["accuracy"].as_f64().unwrap() > 0.5);

    let unseen = Captures::new(&[77], "9000");
    let evaluation: Value = serde_json::from_str(&good(&[
        "evaluate",
        "--protocols",
        "--sight",
        "all",
        "-T",
        "json",
        "--model",
        text(&a),
        "-r",
        text(&unseen.paths[0]),
    ]))
    .unwrap();
    assert_eq!(evaluation["model"], training["model"]);
    assert!(evaluation["known"]["accuracy"].as_f64().unwrap() > 0.5, "{}", evaluation["known"]["accuracy"]);
    let table = good(&["evaluate", "--protocols", "--model", text(&a), "-r", text(&unseen.paths[0])]);
    assert!(table.contains("is \\ guess") && table.contains("other_udp"), "{table}");
}

#[test]
fn what_cannot_be_trained_or_read_is_said() {
    let captures = Captures::new(&[4], "600");
    let model = captures.file("m.bin");
    let alone = captures.train(&model, &[]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&alone.stderr).contains("at least two captures"));
    let unknown = captures.train(&model, &["--columns", "duration,colour"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(!model.exists());

    fs::write(&model, b"WSFM and nothing of it").unwrap();
    for command in ["analyze", "flows"] {
        let refused = run(&[command, "--model", text(&model), text(&captures.paths[0])]);
        assert_eq!(refused.status.code(), Some(1));
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("m.bin") && said.contains("wiresift train"), "{said}");
        assert!(refused.stdout.is_empty());
    }
    let nothing = run(&["evaluate", "--protocols", "--model", "none", text(&captures.paths[0])]);
    assert_eq!(nothing.status.code(), Some(2));
}

/// Flows by their ends, as `flows -T ndjson` has them.
fn flows(args: &[&str]) -> HashMap<[String; 5], Value> {
    let lines = good(&[&["flows", "-q", "-T", "ndjson"], args].concat());
    let ends = |f: &Value| ["proto", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"].map(|key| f[key].to_string());
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).map(|f: Value| (ends(&f), f)).collect()
}

#[test]
fn guesses_stand_apart_and_most_of_them_are_right() {
    let captures = Captures::new(&[4711], "30000");
    let short = captures.file("short.pcap");
    cut(&captures.paths[0], &short);
    let truth = flows(&[text(&captures.paths[0])]);
    let guessed = flows(&[text(&short)]);
    let (mut right, mut named, mut named_by_port) = (0, 0, 0);
    for (ends, flow) in &guessed {
        let (guess, confidence) = (&flow["service_guess"], &flow["service_confidence"]);
        let known_by = flow["service_known_by"].as_str().unwrap_or_default().split(',').next();
        assert_eq!(!guess.is_null(), matches!(known_by, Some("model" | "port")), "{flow}");
        assert!(guess.is_null() || flow["service"].is_null(), "{flow}");
        let Some(whole) = truth.get(ends).filter(|_| !guess.is_null()) else { continue };
        assert!((0.0..=1.0).contains(&confidence.as_f64().unwrap()));
        if known_by == Some("port") {
            // No payload of TCP is left.
            assert_eq!((&flow["proto"], confidence.as_f64()), (&Value::from("tcp"), Some(0.5)));
            named_by_port += 1;
            continue;
        }
        named += 1;
        right += u32::from(whole["service"].as_str().is_some_and(|s| s.contains(guess.as_str().unwrap())));
    }
    assert!(named > 50 && named_by_port > 0, "{named} named, and {named_by_port} by their ports");
    assert!(f64::from(right) > 0.85 * f64::from(named), "{right} of {named}");

    // The filter finds them, and both ways to do without leave the columns empty.
    let sure = flows(&["--filter", "guess == ssh and confidence > 0.5", text(&short)]);
    assert!(!sure.is_empty() && sure.values().all(|f| f["service_guess"] == "ssh"));
    for off in [vec!["--model", "none"], vec!["--guess-services=off"]] {
        let silent = flows(&[&off[..], &[text(&short)]].concat());
        assert!(silent.values().all(|f| f["service_guess"].is_null()));
    }
    let report: Value = serde_json::from_str(&good(&["analyze", "-q", "-T", "json", text(&short)])).unwrap();
    let guesses = &report["guesses"];
    assert_eq!(
        guesses["named"].as_u64().unwrap() + guesses["named_by_port"].as_u64().unwrap(),
        guessed.values().filter(|f| !f["service_guess"].is_null()).count() as u64
    );
    assert!(guesses["asked"].as_u64() >= guesses["named"].as_u64());
}
