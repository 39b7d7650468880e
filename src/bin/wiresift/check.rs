//! `wiresift check`: how fast each stage of the pipeline is on a capture, and how much memory the whole takes.
//!
//! The capture is read several times, each time one stage further, on one thread; a stage's time is what it adds. The
//! first pass is thrown away: it brings the file into memory, so that the disk is not measured. Of the short passes the
//! fastest of three counts.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Read as _, Write};
use std::time::Instant;

use anyhow::Context as _;
use clap::ArgMatches;
use serde::Serialize;
use wiresift::capture::{Limits, Oddities, Reader};
use wiresift::classify::{self, Model};
use wiresift::error::Result;
use wiresift::host::{self, Known};
use wiresift::packet::Decoder;
use wiresift::pipeline::{self, Analyzer};
use wiresift::report::Report;
use wiresift::settings::Settings;
use wiresift::units::{bytes_text, count, count_text, float};

use crate::exit::{Exit, UsageError};
use crate::input::{Input, SLICE, hash_seed};
use crate::message;
use crate::model_flag;
use crate::output::Output;
use crate::setting_flags;

/// One stage of the pipeline.
#[derive(Debug, Serialize)]
struct Stage {
    name: &'static str,
    what: &'static str,
    /// What the stage adds to the stages before.
    seconds: f64,
    /// Its share of the total.
    share: f64,
    /// 10^6 bytes a second in this stage alone; null where its time is too short to measure.
    mb_per_second: Option<f64>,
    packets_per_second: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Check {
    files: Vec<String>,
    bytes: u64,
    packets: u64,
    flows: u64,
    rows: u64,
    stages: Vec<Stage>,
    /// The whole road.
    seconds: f64,
    mb_per_second: Option<f64>,
    packets_per_second: Option<f64>,
    /// Most memory the process ever had; null where the system does not tell.
    peak_memory_bytes: Option<u64>,
}

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let inputs = Input::all(matches)?;
    if inputs.iter().any(|i| !fs::metadata(&i.path).is_ok_and(|m| m.is_file())) {
        return Err(UsageError("check reads its input several times and needs regular files".into()).into());
    }
    let settings = setting_flags::settings(matches)?;
    let (check, report) = measure(&inputs, &settings, model_flag::model(matches)?)?;
    let is_json = matches.get_one::<String>("format").is_some_and(|f| f == "json");
    Output::Stdout.write(|out| if is_json { json(&check, out) } else { text(&check, out) })?;
    if let Some(why) = report.outcome.message.as_deref().filter(|_| !matches.get_flag("quiet")) {
        message::warning(why);
    }
    Ok(Exit::of_report(&report, None))
}

/// Reads all inputs in slices and says how long that took with what `begin` and `take` do to them.
fn pass(inputs: &[Input], mut take: impl FnMut(Option<&Input>, &[u8])) -> anyhow::Result<f64> {
    let mut slice = vec![0; SLICE];
    let begun = Instant::now();
    for input in inputs {
        let shown = input.path.display();
        let mut file = File::open(&input.path).with_context(|| format!("cannot open {shown}"))?;
        take(Some(input), &[]);
        loop {
            let n = file.read(&mut slice).with_context(|| format!("cannot read {shown}"))?;
            if n == 0 {
                break;
            }
            take(None, slice.get(..n).unwrap_or_default());
        }
    }
    Ok(begun.elapsed().as_secs_f64())
}

/// The fastest of three passes.
fn fastest(mut pass: impl FnMut() -> anyhow::Result<f64>) -> anyhow::Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        best = best.min(pass()?);
    }
    Ok(best)
}

fn measure(inputs: &[Input], settings: &Settings, model: Option<Model>) -> anyhow::Result<(Check, Report)> {
    let mut bytes = 0;
    pass(inputs, |_, slice| bytes += count(slice.len()))?;
    let reading = fastest(|| {
        pass(inputs, |_, slice| {
            black_box(slice);
        })
    })?;

    let new_reader = || Reader::new(1, Limits::of(settings));
    let mut reader = new_reader();
    let framing = fastest(|| {
        pass(inputs, |next, slice| match next {
            Some(_) => reader = new_reader(),
            None => reader.push(slice, &mut |frame| {
                black_box(frame);
            }),
        })
    })?;

    let (mut oddities, mut decoder) = (Oddities::default(), Decoder::default());
    let decoding = fastest(|| {
        pass(inputs, |next, slice| match next {
            Some(_) => reader = new_reader(),
            None => reader.push(slice, &mut |frame| {
                let _ = black_box(decoder.decode(black_box(frame), &mut oddities));
            }),
        })
    })?;

    let mut analyzer = Analyzer::new(settings.clone(), hash_seed())?;
    if let Some(model) = &model {
        analyzer.use_model(model.clone());
    }
    let tracking = pass(inputs, |next, slice| match next {
        Some(input) => analyzer.begin_file(&input.name()),
        None => analyzer.push(slice),
    })?;
    let begun = Instant::now();
    let mut report = analyzer.finish_reading();
    let finishing = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    pipeline::detect(&mut report)?;
    let detecting = begun.elapsed().as_secs_f64();
    // Before the flows are gone through a second time.
    let peak_memory_bytes = peak_memory();
    let most = report.hosts.len();
    let begun = Instant::now();
    black_box(host::survey(&mut report.flows, &Known::default(), most, hash_seed()));
    let surveying = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    if settings.guess_services {
        let model = match &model {
            Some(model) => model,
            None => classify::built_in(),
        };
        black_box(classify::annotate(&mut report.flows, model, u64::MAX));
    }
    let guessing = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    black_box(pipeline::overview(&report.flows, hash_seed()));
    let summing = begun.elapsed().as_secs_f64();

    let total = tracking + finishing + detecting;
    let packets = report.ledger.packets;
    let rate = |n: f64, seconds: f64| (seconds > 1e-6).then(|| n / seconds);
    let stage = |name, what, seconds: f64| {
        let seconds = seconds.max(0.0);
        Stage {
            name,
            what,
            seconds,
            share: if total > 0.0 { seconds / total } else { 0.0 },
            mb_per_second: rate(float(bytes) / 1e6, seconds),
            packets_per_second: rate(float(packets), seconds),
        }
    };
    let stages = vec![
        stage("read", "slices of 1 MiB from the file", reading),
        stage("capture", "records to frames", framing - reading),
        stage("packet", "frames to layers", decoding - framing),
        stage(
            "flow",
            "flows, entropy, ledger, timeline",
            tracking - decoding + finishing - surveying - guessing - summing,
        ),
        stage("host", "flows around each flow, hosts", surveying),
        stage("model", "protocols of flows that no signature recognises", guessing),
        stage("overview", "talkers, conversations, ports, names", summing),
        stage("detect", "features, KMeans, scores, rules, findings", detecting),
    ];
    let check = Check {
        files: inputs.iter().map(Input::name).collect(),
        bytes,
        packets,
        flows: report.summary.flows,
        rows: report.summary.rows,
        stages,
        seconds: total,
        mb_per_second: rate(float(bytes) / 1e6, total),
        packets_per_second: rate(float(packets), total),
        peak_memory_bytes,
    };
    Ok((check, report))
}

/// The high water mark of the resident set, where the system keeps one.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

fn json(check: &Check, out: &mut dyn Write) -> Result<()> {
    serde_json::to_writer(&mut *out, check)?;
    Ok(writeln!(out)?)
}

fn text(check: &Check, out: &mut dyn Write) -> Result<()> {
    let (bytes, packets, flows) = (bytes_text(check.bytes), count_text(check.packets), count_text(check.flows));
    writeln!(out, "{bytes}, {packets} packets, {flows} flows, {} rows scored\n", count_text(check.rows))?;
    writeln!(out, "{:8} {:>9} {:>7} {:>9} {:>12}", "stage", "seconds", "share", "MB/s", "packets/s")?;
    let mut line = |name: &str, seconds: f64, share: f64, mb: Option<f64>, rate: Option<f64>, what: &str| {
        let mb = mb.map_or_else(|| "-".to_owned(), |v| format!("{v:.1}"));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a rate is positive and far from 2^64
        let rate = rate.map_or_else(|| "-".to_owned(), |v| count_text(v as u64));
        writeln!(out, "{name:8} {seconds:>9.3} {:>5.1} % {mb:>9} {rate:>12}  {what}", share * 100.0)
    };
    for s in &check.stages {
        line(s.name, s.seconds, s.share, s.mb_per_second, s.packets_per_second, s.what)?;
    }
    line("total", check.seconds, 1.0, check.mb_per_second, check.packets_per_second, "")?;
    let peak = check.peak_memory_bytes.map_or_else(|| "not known on this system".to_owned(), bytes_text);
    writeln!(out, "\npeak memory {peak}")?;
    Ok(())
}
