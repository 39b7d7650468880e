//! Settings together on the command line: presets and files of settings, under the flags of single ones.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;

use serde_json::Value;
use tempfile::TempDir;
use wiresift::settings::{PRESETS, Settings, preset};

use crate::generators::office;

fn analyze(dir: &TempDir, flags: &[&str]) -> (Option<i32>, Value, String) {
    let capture = dir.path().join("office.pcap");
    if !capture.exists() {
        fs::write(&capture, office::capture(400)).unwrap();
    }
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_wiresift"))
        .args(["analyze", "-q", "-T", "json", "-r"])
        .arg(&capture)
        .args(flags)
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code(), report, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn presets_and_files_set_several_and_flags_beside_them_count_more() {
    let dir = TempDir::new().unwrap();
    let (code, report, _) = analyze(&dir, &["--preset", "kmeans", "--k", "3"]);
    let settings = &report["settings"];
    assert_eq!(
        (code, &settings["detector"], &settings["threshold_rule"]),
        (Some(0), &"kmeans".into(), &"percentile".into())
    );
    assert_eq!(settings["k"], 3);

    let file = dir.path().join("settings.json");
    let kept = Settings::from_pairs([("unit", "host"), ("k", "2"), ("suppress", "10.9.9.9")]).unwrap();
    fs::write(&file, kept.to_file().unwrap()).unwrap();
    let name = file.to_str().unwrap();
    let (code, report, _) = analyze(&dir, &["--settings", name]);
    assert_eq!((code, &report["settings"]["unit"], &report["settings"]["k"]), (Some(0), &"host".into(), &2.into()));
    let (_, report, _) = analyze(&dir, &["--settings", name, "--unit", "flow"]);
    assert_eq!((&report["settings"]["unit"], &report["settings"]["k"]), (&"flow".into(), &2.into()));
    // The same as the flags one by one.
    let one_by_one = analyze(&dir, &["--unit", "host", "--k", "2", "--suppress", "10.9.9.9"]);
    assert_eq!(analyze(&dir, &["--settings", name]), one_by_one);
}

#[test]
fn what_cannot_be_used_is_said_and_nothing_runs() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("settings.json");
    for (text, said) in [
        ("{}", "it has no `wiresift_settings`"),
        (r#"{"wiresift_settings": 1, "settings": {"k": "many"}}"#, "`many` is not valid; expected a whole number"),
        ("\u{0}", "not JSON"),
    ] {
        fs::write(&file, text).unwrap();
        let (code, report, error) = analyze(&dir, &["--settings", file.to_str().unwrap()]);
        assert_eq!((code, report), (Some(2), Value::Null), "{error}");
        assert!(error.contains(said) && error.contains("settings.json"), "{error}");
    }
    fs::write(&file, vec![b' '; (1 << 20) + 1]).unwrap();
    assert!(analyze(&dir, &["--settings", file.to_str().unwrap()]).2.contains("larger"));
    assert_eq!(analyze(&dir, &["--settings", "absent.json"]).0, Some(1));
    assert_eq!(analyze(&dir, &["--preset", "none"]).0, Some(2));
    assert_eq!(analyze(&dir, &["--preset", "hosts", "--settings", "absent.json"]).0, Some(2));
}

#[test]
fn every_preset_runs() {
    let dir = TempDir::new().unwrap();
    for named in PRESETS {
        let (code, report, error) = analyze(&dir, &["--preset", named.name]);
        assert_eq!(code, Some(0), "{}: {error}", named.name);
        assert_eq!(report["settings"], serde_json::to_value(preset(named.name).unwrap()).unwrap());
    }
}
