//! The command line's promises: exit codes, what goes to which stream, and files that are whole or absent.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::generators::office;
use serde_json::Value;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_wiresift");

fn wiresift() -> assert_cmd::Command {
    assert_cmd::Command::new(BINARY)
}

fn run(args: &[&str]) -> Output {
    wiresift().args(args).output().unwrap()
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

fn shell(script: &str, dir: &Path) -> Output {
    Command::new("sh").arg("-c").arg(script).env("W", BINARY).current_dir(dir).output().unwrap()
}

/// A directory with a good capture, one that is cut, an empty one and a file that is none.
struct Captures {
    dir: TempDir,
}

impl Captures {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let good = office::capture(300);
        fs::write(dir.path().join("good.pcap"), &good).unwrap();
        fs::write(dir.path().join("cut.pcap"), &good[..good.len() - 9]).unwrap();
        fs::write(dir.path().join("none.pcap"), office::file(&[])).unwrap();
        fs::write(dir.path().join("page.pcap"), "<!doctype html><title>not a capture</title>").unwrap();
        fs::write(dir.path().join("zero.pcap"), "").unwrap();
        fs::create_dir(dir.path().join("empty")).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn run(&self, args: &str) -> Output {
        wiresift().args(args.split_whitespace()).current_dir(self.dir.path()).output().unwrap()
    }
}

#[test]
fn exit_codes_are_as_documented() {
    let captures = Captures::new();
    let strict = "--threshold-rule percentile --threshold 90 --small-cluster 0.2";
    for (args, expected) in [
        ("analyze -r good.pcap", 0),
        ("analyze -r none.pcap", 0),
        ("analyze -r page.pcap", 1),
        ("analyze -r zero.pcap", 1),
        ("analyze -r missing.pcap", 1),
        ("analyze -r .", 3),
        ("analyze -r empty", 1),
        ("flows -r page.pcap", 1),
        ("packets -r page.pcap", 1),
        ("hosts -r page.pcap", 1),
        ("hosts -r good.pcap", 0),
        ("hosts -r cut.pcap -T json", 3),
        ("hosts -r good.pcap --unit flow", 2),
        ("hosts -r good.pcap --filter prt:80", 2),
        ("analyze -r good.pcap --unit host", 0),
        ("extract -r good.pcap --unit host --filter 10.0.0.14", 0),
        ("plot -r page.pcap -o pictures", 1),
        ("analyze", 2),
        ("", 2),
        ("analyze -r good.pcap -T xml", 2),
        ("analyze -r good.pcap --k 0", 2),
        ("analyze -r good.pcap --threshold NaN", 2),
        ("analyze -r good.pcap --seed -1", 2),
        ("analyze -r good.pcap --features nonsense", 2),
        ("analyze -r good.pcap --fail-on severe", 2),
        ("analyze -r - -r -", 2),
        ("analyze -r good.pcap ./good.pcap", 2),
        ("analyze -r . good.pcap", 2),
        ("packets -r good.pcap --unit flow", 2),
        ("flows -r good.pcap --unit packet", 2),
        ("flows -r good.pcap --filter prt:80", 2),
        ("packets -r good.pcap --filter (tcp", 2),
        ("flows -r good.pcap --filter tcp", 0),
        ("flows -r good.pcap -T zeek", 0),
        ("packets -r good.pcap -T zeek", 2),
        ("analyze -r good.pcap -T html", 0),
        ("analyze -r cut.pcap -T markdown", 3),
        ("flows -r cut.pcap --filter tcp", 3),
        ("flows -r page.pcap --filter tcp", 1),
        ("plot -r good.pcap", 2),
        ("plot -r good.pcap -o pictures --size 1x1", 2),
        ("check -r -", 2),
        ("extract -r good.pcap --filter port:53", 0),
        ("extract -r good.pcap --filter port:1 -T ndjson", 0),
        ("extract -r good.pcap --filter port:53 --unit packet -w out.pcapng", 0),
        ("extract -r good.pcap --filter port:53 -w out.pcapng", 1),
        ("extract -r good.pcap --filter port:53 -w out.pcapng --force", 0),
        ("extract -r good.pcap --filter port:53 -w good.pcap --force", 1),
        ("extract -r cut.pcap --filter port:53", 3),
        ("extract -r page.pcap --filter port:53", 1),
        ("extract -r missing.pcap --filter port:53", 1),
        ("extract -r - --filter port:53", 2),
        ("extract -r /dev/null --filter port:53", 2),
        ("extract -r good.pcap", 2),
        ("extract -r good.pcap --filter port:x", 2),
        ("extract -r good.pcap --finding F99", 2),
        ("extract -r good.pcap --flow Cnone", 2),
        ("extract -r good.pcap --flow Cnone --unit packet", 2),
        ("extract -r good.pcap --filter port:53 --comments", 2),
        ("extract -r good.pcap --filter port:53 -T text -w x.pcapng", 2),
        ("extract -r good.pcap --filter port:53 --bytes 4097", 2),
        ("synth", 2),
        ("synth -w - --labels -", 2),
        ("synth -w a.pcap --labels a.pcap", 2),
        ("synth -w a.pcap --packets 0", 2),
        ("synth -w good.pcap", 1),
        ("synth -w new.pcap -q", 0),
        ("analyze -r cut.pcap", 3),
        ("flows -r cut.pcap", 3),
        ("packets -r cut.pcap", 3),
        ("analyze -r good.pcap page.pcap", 3),
        ("analyze -r good.pcap -r missing.pcap", 3),
        ("analyze -r page.pcap zero.pcap", 1),
        (&format!("analyze -r good.pcap --fail-on info {strict}"), 4),
        (&format!("analyze -r cut.pcap --fail-on info {strict}"), 4),
        ("analyze -r good.pcap --fail-on critical", 0),
        ("analyze -r page.pcap --fail-on info", 1),
        ("--help", 0),
        ("analyze --help", 0),
        ("--version", 0),
        ("features", 0),
        ("check -r good.pcap", 0),
    ] {
        let output = captures.run(args);
        assert_eq!(code(&output), expected, "{args}\n{}", stderr(&output));
        if expected == 1 {
            assert_eq!(stderr(&output).lines().filter(|l| l.starts_with("error: ")).count(), 1, "{args}");
        }
    }
    assert!(stdout(&captures.run("analyze --help")).contains("Exit codes:"));
}

#[test]
fn a_rejected_file_is_json_for_machines_and_an_error_for_people() {
    let captures = Captures::new();
    let json = captures.run("analyze -r page.pcap -T json");
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((code(&json), &report["outcome"]["status"]), (1, &"rejected".into()));
    assert_eq!(report["outcome"]["reason"], "unknown_format");
    assert!(report["outcome"]["offset"].is_u64());
    for format in ["text", "csv", "ndjson", "html", "markdown"] {
        let output = captures.run(&format!("analyze -r page.pcap -T {format}"));
        assert_eq!(stdout(&output), "", "{format}");
        assert!(stderr(&output).starts_with("error: page.pcap: "), "{format}");
    }
}

#[test]
fn reports_and_logs_for_others_come_in_their_own_formats() {
    let captures = Captures::new();
    let html = stdout(&captures.run("analyze -r good.pcap -T html"));
    assert!(
        html.starts_with("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta http-equiv=\"Content-Security-Policy\"")
    );
    assert!(html.ends_with("</html>\n"));
    assert!(stdout(&captures.run("analyze -r good.pcap -T markdown")).starts_with("# Wiresift report: good.pcap\n"));
    let rows = |args: &str| {
        let text = stdout(&captures.run(args));
        assert!(text.starts_with("#separator \\x09\n"));
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    let (all, tcp) = (rows("flows -r good.pcap -T zeek"), rows("flows -r good.pcap -T zeek --filter tcp"));
    assert!(tcp.len() < all.len() && tcp.iter().all(|row| row.contains("\ttcp\t")));
}

#[test]
fn a_partial_file_is_analysed_and_warned_about() {
    let captures = Captures::new();
    let output = captures.run("analyze -r cut.pcap -T json");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((code(&output), &report["outcome"]["reason"]), (3, &"truncated".into()));
    assert_eq!(report["ledger"]["packets"], 1399);
    assert!(stderr(&output).starts_with("warning: cut.pcap: "));
    assert_eq!(stderr(&captures.run("analyze -r cut.pcap -q")), "");
}

#[test]
fn standard_input_pipes_and_fifos_give_the_same_report() {
    let captures = Captures::new();
    let file = stdout(&captures.run("flows -r good.pcap"));
    let mut piped = wiresift();
    piped.args(["flows", "-r", "-"]).write_stdin(fs::read(captures.path("good.pcap")).unwrap());
    assert_eq!(stdout(&piped.output().unwrap()), file);
    let fifo = shell("mkfifo f && { cat good.pcap > f & } && \"$W\" flows -r f && rm f", captures.dir.path());
    assert_eq!(stdout(&fifo), file);
    let substituted = shell("cat good.pcap | \"$W\" flows -r /dev/stdin", captures.dir.path());
    assert_eq!(stdout(&substituted), file);
}

#[test]
fn a_closed_pipe_is_silent() {
    let captures = Captures::new();
    let output = shell("{ \"$W\" packets -r good.pcap; echo $? >&2; } | head -1", captures.dir.path());
    assert_eq!(stdout(&output).lines().count(), 1);
    assert_eq!(stderr(&output), "0\n");
}

#[test]
fn a_full_disk_is_an_error_without_a_file() {
    let captures = Captures::new();
    if !Path::new("/dev/full").exists() {
        return;
    }
    for script in ["\"$W\" flows -r good.pcap > /dev/full", "\"$W\" flows -r good.pcap -o /dev/full"] {
        let output = shell(script, captures.dir.path());
        assert_eq!(code(&output), 1, "{script}");
        assert!(stderr(&output).starts_with("error: cannot write "), "{}", stderr(&output));
    }
    // A file-size limit ends the writing of a real file in its middle.
    let output = shell("trap '' XFSZ; ulimit -f 1; \"$W\" packets -r good.pcap -o out.csv", captures.dir.path());
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(leftovers(captures.dir.path(), "out.csv"), Vec::<String>::new());
}

/// Files whose name contains `name`.
fn leftovers(dir: &Path, name: &str) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|n| n.contains(name)).collect()
}

#[test]
fn output_files_are_not_overwritten_unasked() {
    let captures = Captures::new();
    fs::write(captures.path("precious.csv"), "precious").unwrap();
    fs::write(captures.path("blank.csv"), "").unwrap();

    let refused = captures.run("flows -r good.pcap -o precious.csv");
    assert_eq!(code(&refused), 1);
    assert!(stderr(&refused).contains("--force"));
    assert_eq!(fs::read_to_string(captures.path("precious.csv")).unwrap(), "precious");

    assert_eq!(code(&captures.run("flows -r good.pcap -o blank.csv")), 0);
    assert_eq!(code(&captures.run("flows -r good.pcap -o precious.csv --force")), 0);
    let expected = captures.run("flows -r good.pcap").stdout;
    assert_eq!(fs::read(captures.path("blank.csv")).unwrap(), expected);
    assert_eq!(fs::read(captures.path("precious.csv")).unwrap(), expected);
    assert_eq!(leftovers(captures.dir.path(), ".part"), Vec::<String>::new());
}

#[test]
fn an_input_is_never_the_output() {
    let captures = Captures::new();
    let before = fs::read(captures.path("good.pcap")).unwrap();
    std::os::unix::fs::symlink("good.pcap", captures.path("link.pcap")).unwrap();
    fs::hard_link(captures.path("good.pcap"), captures.path("hard.pcap")).unwrap();
    for name in ["good.pcap", "./good.pcap", "link.pcap", "hard.pcap"] {
        let output = captures.run(&format!("flows -r good.pcap -o {name} --force"));
        assert_eq!(code(&output), 1, "{name}");
        assert!(stderr(&output).contains("is an input"), "{name}");
    }
    assert_eq!(fs::read(captures.path("good.pcap")).unwrap(), before);
}

#[test]
fn a_link_stays_a_link_and_does_not_lead_astray() {
    let captures = Captures::new();
    fs::write(captures.path("target.csv"), "").unwrap();
    std::os::unix::fs::symlink("target.csv", captures.path("out.csv")).unwrap();
    std::os::unix::fs::symlink("nowhere/x.csv", captures.path("dangling.csv")).unwrap();
    assert_eq!(code(&captures.run("flows -r good.pcap -o out.csv")), 0);
    assert!(captures.path("out.csv").is_symlink());
    assert!(fs::metadata(captures.path("target.csv")).unwrap().len() > 0);
    assert_eq!(code(&captures.run("flows -r good.pcap -o dangling.csv")), 1);
    assert_eq!(code(&captures.run("flows -r good.pcap -o missing/x.csv")), 1);
}

#[test]
fn any_file_name_can_be_read() {
    let captures = Captures::new();
    let odd = [b"-dash.pcap".as_slice(), b"not\xffutf8.pcap", b"esc\x1b]0;x\x07.pcap"];
    for name in odd {
        let name = OsStr::from_bytes(name);
        fs::copy(captures.path("cut.pcap"), captures.path("").join(name)).unwrap();
        for format in ["text", "json", "csv"] {
            let mut command = wiresift();
            command.args(["analyze", "-T", format, "--"]).arg(name).current_dir(captures.dir.path());
            let output = command.output().unwrap();
            assert_eq!(code(&output), 3, "{name:?}");
            let printed = [output.stdout, output.stderr].concat();
            assert!(printed.iter().all(|b| *b == b'\n' || *b == b'\r' || *b >= b' '), "{name:?}");
        }
    }
    let output = wiresift().args(["analyze", "-r"]).arg(OsStr::from_bytes(b"gone\x1b[31m\xff")).output().unwrap();
    assert!(stderr(&output).starts_with("error: gone\\u{1b}[31m"), "{}", stderr(&output));
}

#[test]
fn settings_are_flags() {
    let captures = Captures::new();
    let output =
        captures.run("analyze -r good.pcap -T json --k 3 --protocol tcp --seed 7 --idle-timeout 5 --scaling robust");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let settings = &report["settings"];
    assert_eq!((&settings["k"], &settings["protocol"]), (&3.into(), &"tcp".into()));
    assert_eq!((&settings["seed"], &settings["idle_timeout"]), (&7.into(), &5.into()));
    assert_eq!(settings["scaling"], "robust");
    let help = stdout(&run(&["analyze", "--help"]));
    for spec in wiresift::settings::TABLE {
        // switches have an optional value
        let flags = [format!("--{} <", spec.name), format!("--{}[=<", spec.name)];
        assert!(flags.iter().any(|flag| help.contains(flag)), "{}", spec.name);
    }
}

#[test]
fn several_files_are_one_reading() {
    let captures = Captures::new();
    let report: Value = serde_json::from_slice(&captures.run("analyze -r good.pcap none.pcap -T json").stdout).unwrap();
    assert_eq!((report["files"].as_array().unwrap().len(), &report["ledger"]["packets"]), (2, &1400.into()));
}

#[test]
fn neither_locale_nor_time_zone_nor_width_change_a_byte() {
    let captures = Captures::new();
    for args in ["analyze -T json", "analyze -T text", "flows", "packets -T json"] {
        let with = |variables: &[(&str, &str)]| {
            let mut command = wiresift();
            command.args(args.split(' ')).arg("good.pcap").current_dir(captures.dir.path());
            command.envs(variables.iter().copied()).output().unwrap().stdout
        };
        let plain = with(&[]);
        assert!(!plain.is_empty());
        assert_eq!(
            plain,
            with(&[("TZ", "Asia/Kathmandu"), ("LC_ALL", "de_DE.UTF-8"), ("COLUMNS", "40"), ("NO_COLOR", "1")])
        );
    }
}

#[test]
fn pictures_come_as_png_and_svg_and_are_reproducible() {
    let captures = Captures::new();
    assert_eq!(code(&captures.run("plot -r good.pcap -o a")), 0);
    assert_eq!(code(&captures.run("plot -r good.pcap -o b --theme light --size 1200x700")), 0);
    for name in ["anomaly_detection_results", "cluster_visualization", "traffic_over_time", "host_graph", "host_ports"]
    {
        let png = fs::read(captures.path(&format!("a/{name}.png"))).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!((&png[16..20], &png[20..24]), (&1200_u32.to_be_bytes()[..], &700_u32.to_be_bytes()[..]));
        let svg = fs::read_to_string(captures.path(&format!("a/{name}.svg"))).unwrap();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        assert_eq!(fs::read(captures.path(&format!("b/{name}.png"))).unwrap(), png);
        assert_eq!(fs::read_to_string(captures.path(&format!("b/{name}.svg"))).unwrap(), svg);
    }
    assert_eq!(code(&captures.run("plot -r good.pcap -o a")), 1, "not overwritten unasked");
    assert_eq!(code(&captures.run("plot -r none.pcap -o c")), 0, "nothing to draw is no failure");
}

#[test]
fn check_measures_every_stage() {
    let captures = Captures::new();
    let check: Value = serde_json::from_slice(&captures.run("check -r good.pcap -T json").stdout).unwrap();
    let stages: Vec<&str> = check["stages"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(stages, ["read", "capture", "packet", "flow", "host", "model", "overview", "detect"]);
    assert_eq!((&check["packets"], &check["flows"]), (&1400.into(), &301.into()));
    assert!(stdout(&captures.run("check -r good.pcap")).contains("peak memory"));
}

#[test]
fn features_are_listed_from_the_catalogue() {
    let catalogues: Value = serde_json::from_slice(&run(&["features", "-T", "json"]).stdout).unwrap();
    assert!(catalogues[0]["features"].as_array().unwrap().len() >= 20);
    assert!(catalogues[1]["features"].as_array().unwrap().len() >= 12);
    assert!(catalogues[2]["features"].as_array().unwrap().len() >= 30);
    assert!(stdout(&run(&["features", "--unit", "packet"])).contains("* "));
    assert!(stdout(&run(&["features", "--unit", "host"])).contains(" host features, "));
}

#[test]
fn synth_writes_the_same_capture_and_its_labels_every_time() {
    let captures = Captures::new();
    assert_eq!(code(&captures.run("synth --packets 600 --seed 5 -w a.pcap --labels a.csv")), 0);
    assert_eq!(code(&captures.run("synth --packets 600 --seed 5 --format pcapng -w b.pcapng --labels b.csv")), 0);
    let piped = captures.run("synth --packets 600 --seed 5 -w -");
    assert_eq!(piped.stdout, fs::read(captures.path("a.pcap")).unwrap());
    let labels = fs::read_to_string(captures.path("a.csv")).unwrap();
    assert_eq!(labels, fs::read_to_string(captures.path("b.csv")).unwrap());
    assert_eq!(labels.lines().count(), 601);
    for name in ["a.pcap", "b.pcapng"] {
        let report: Value =
            serde_json::from_slice(&captures.run(&format!("analyze -T json -r {name}")).stdout).unwrap();
        assert_eq!((&report["ledger"]["packets"], &report["ledger"]["decoded"]), (&600.into(), &600.into()), "{name}");
    }
}

/// Reads a pipe to its end: who writes more than it holds would else wait.
fn drain(pipe: Option<impl std::io::Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap();
        }
        bytes
    })
}

/// Waits for the end of a process, for at most ten seconds.
fn end_of(mut child: std::process::Child) -> Output {
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(10) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let status = child.wait().unwrap();
    Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

#[test]
fn an_interrupt_writes_what_was_read() {
    let captures = Captures::new();
    let mut child = Command::new(BINARY)
        .args(["analyze", "-T", "json", "-r", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&fs::read(captures.path("good.pcap")).unwrap()).unwrap();
    pipe.flush().unwrap();
    // The pipe stays open: without the interrupt this would wait for more.
    std::thread::sleep(Duration::from_millis(700));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = end_of(child);
    drop(pipe);
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["outcome"]["status"], &report["outcome"]["reason"]), (&"partial".into(), &"io".into()));
    assert_eq!(report["ledger"]["packets"], 1400);
}

#[test]
fn an_endless_stream_that_is_no_capture_ends() {
    let child = Command::new(BINARY)
        .args(["analyze", "-r", "/dev/zero"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(code(&end_of(child)), 1);
}

#[test]
fn json_and_a_path_for_it() {
    let captures = Captures::new();
    let out = captures.name("report.json");
    let output = run(&["analyze", "-T", "json", "-o", &out, "-r", &captures.name("good.pcap")]);
    assert_eq!((code(&output), output.stdout.len()), (0, 0));
    let report: Value = serde_json::from_slice(&fs::read(out).unwrap()).unwrap();
    assert_eq!((&report["schema_version"], &report["outcome"]["status"]), (&1.into(), &"complete".into()));
}

#[test]
fn a_filter_leaves_only_its_rows() {
    let captures = Captures::new();
    let rows = |args: &[&str]| {
        let path = captures.name("good.pcap");
        let output = run(&[args, &["-r", path.as_str(), "-T", "ndjson", "-q"]].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        stdout(&output).lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).collect::<Vec<_>>()
    };
    for (command, key) in [("flows", "id.resp_p"), ("packets", "dst_port")] {
        let all = rows(&[command]);
        let some = rows(&[command, "--filter", "tcp and dport in {80, 443}"]);
        let expected: Vec<&Value> =
            all.iter().filter(|r| r["proto"] == "tcp" && (r[key] == 80 || r[key] == 443)).collect();
        assert!(!expected.is_empty() && expected.len() < all.len(), "{command}");
        assert_eq!(some.iter().collect::<Vec<_>>(), expected, "{command}");
        assert_eq!(rows(&[command, "--filter", ""]), all);
        assert!(rows(&[command, "--filter", "port 1 and port 2 and port 3"]).is_empty());
    }
}

#[test]
fn a_wrong_filter_is_shown_with_a_caret_before_anything_is_read() {
    let output = run(&["flows", "-r", "missing.pcap", "--filter", "tcp and prto == udp"]);
    assert_eq!(code(&output), 2);
    let text = stderr(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "error: --filter: no field `prto`; did you mean `proto`?");
    assert_eq!(lines[1..], ["  tcp and prto == udp", "          ^"]);
    let long = format!("{} port x", "tcp ".repeat(100));
    let text = stderr(&run(&["flows", "-r", "missing.pcap", "--filter", &long]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[1].find('x'), lines[2].find('^'), "{text}");
    assert!(lines[1].starts_with("  ...") && lines[1].len() < 140);
    let text = stderr(&run(&["flows", "-r", "missing.pcap", "--filter", "\u{1b}[31m\n\u{202e} port x"]));
    assert_eq!(text.lines().count(), 3);
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn a_selection_is_written_as_a_filter_for_other_tools() {
    let captures = Captures::new();
    let made = |args: &str| {
        let output = captures.run(args);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        (stdout(&output), stderr(&output))
    };
    assert_eq!(made("flows -r good.pcap -q -T bpf --filter proto==tcp").0, "tcp\n");
    assert_eq!(made("flows -r good.pcap -q -T display-filter --filter proto==tcp").0, "tcp\n");
    let (nothing, note) = made("flows -r good.pcap -T display-filter --filter score>1");
    assert_eq!(nothing, "frame.number == 0\n");
    assert!(note.contains("Nothing is selected"), "{note}");
    assert!(
        made("packets -r good.pcap -q -T display-filter --filter number:1-3").0.starts_with("frame.number in {1..3}")
    );
    let help = stdout(&captures.run("flows --help")).split_whitespace().collect::<Vec<_>>().join(" ");
    for field in wiresift::filter::FIELDS {
        assert!(help.contains(field.example), "{}", field.name);
    }
}

#[test]
fn findings_are_suppressed_by_kind_and_host_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("known.txt");
    fs::write(&list, "# our own scanner\nport_scan@127.0.0.1\n\n192.0.2.0/24 # the laboratory\n").unwrap();
    let analyze = |more: &[&str]| {
        let output = run(&[&["analyze", "-r", "tests/golden/nmap/scan.pcap", "-T", "json"], more].concat());
        (code(&output), stdout(&output), stderr(&output))
    };
    let told = |text: &str| {
        let report: Value = serde_json::from_str(text).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let kinds: Vec<String> = findings.iter().map(|f| f["kind"].as_str().unwrap().to_owned()).collect();
        (kinds.iter().any(|kind| kind == "port_scan"), report["suppressed"].as_u64().unwrap())
    };
    assert_eq!(told(&analyze(&[]).1), (true, 0));
    let file = list.to_str().unwrap();
    assert_eq!(told(&analyze(&["--suppress-file", file]).1), (false, 1));
    fs::write(&list, "beacon\nBeacon!\n").unwrap();
    let (code, _, error) = analyze(&["--suppress-file", file]);
    assert!(code == 2 && error.contains("line 2") && error.contains("KIND@NETWORK/BITS"), "{code} {error}");
}
