//! Throughput of each stage on one generated capture: in capture bytes, and in packets or rows a second.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};

use wiresift::capture::{Frame, Limits as ReaderLimits, Oddities, Reader};
use wiresift::filter::Filter;
use wiresift::flow::{EntropyTable, Limits, Table};
use wiresift::packet::Decoder;
use wiresift::pipeline::{Analyzer, redetect};
use wiresift::report::Report;
use wiresift::settings::Settings;
use wiresift::synth;

const PACKETS: u64 = 100_000;
/// What the page reads at once.
const PIECE: usize = 1 << 20;
const SEED: [u64; 2] = [1, 2];

fn capture() -> Vec<u8> {
    let mut bytes = Vec::new();
    synth::write(&synth::Config { packets: PACKETS, ..synth::Config::default() }, &mut bytes, None).unwrap();
    bytes
}

fn frames(bytes: &[u8], mut sink: impl FnMut(&Frame<'_>)) {
    let mut reader = Reader::new(1, ReaderLimits::of(&Settings::default()));
    bytes.chunks(PIECE).for_each(|piece| reader.push(piece, &mut sink));
}

fn analyze(bytes: &[u8], settings: &Settings) -> Report {
    let mut analyzer = Analyzer::new(settings.clone(), SEED).unwrap();
    analyzer.begin_file("bench");
    bytes.chunks(PIECE).for_each(|piece| analyzer.push(piece));
    analyzer.finish().unwrap()
}

/// A table asked for 100,000 keys: random ones, keys that collide for a hash without a key, and keys in simple patterns.
fn hash_flood(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hash-flood");
    group.sample_size(20);
    for (name, ends) in generators::tuples::ALL {
        let packets = generators::tuples::packets(ends, 100_000);
        stage(&mut group, name, packets.len() * 60, 100_000, || {
            let mut table = Table::new(Limits::of(&Settings::default(), 1 << 32), SEED);
            packets.iter().for_each(|packet| {
                black_box(table.add(packet));
            });
            table.flows()
        });
    }
}

/// Times one stage, reported as capture bytes and as packets a second.
fn stage<T>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    bytes: usize,
    elements: u64,
    mut run: impl FnMut() -> T,
) {
    let throughput = Throughput::ElementsAndBytes { elements, bytes: u64::try_from(bytes).unwrap() };
    group.throughput(throughput).bench_function(name, |b| b.iter(&mut run));
}

fn reading(criterion: &mut Criterion) {
    let bytes = capture();
    let mut group = criterion.benchmark_group("reading");
    group.sample_size(20);
    stage(&mut group, "capture", bytes.len(), PACKETS, || {
        let mut captured = 0;
        frames(&bytes, |frame| captured += frame.data.len());
        captured
    });
    stage(&mut group, "capture+packet", bytes.len(), PACKETS, || {
        let (mut odd, mut decoder, mut payload) = (Oddities::default(), Decoder::default(), 0);
        frames(&bytes, |frame| payload += decoder.decode(frame, &mut odd).map_or(0, |packet| packet.payload.len()));
        payload
    });
    stage(&mut group, "capture+packet+flow", bytes.len(), PACKETS, || {
        let limits = Limits::of(&Settings::default(), 1 << 32);
        let (mut odd, mut decoder) = (Oddities::default(), Decoder::default());
        let mut table = Table::new(limits, SEED);
        frames(&bytes, |frame| {
            if let Ok(packet) = decoder.decode(frame, &mut odd) {
                black_box(table.add(&packet));
            }
        });
        table.finish().0.len()
    });
    group.finish();
}

fn entropy(criterion: &mut Criterion) {
    let table = EntropyTable::default();
    let mut group = criterion.benchmark_group("entropy");
    for length in [64, 1460] {
        let payload: Vec<u8> = capture().into_iter().take(length).collect();
        stage(&mut group, &format!("{length} bytes"), length, 1, || table.of_bytes(black_box(&payload)));
    }
    group.finish();
}

fn whole(criterion: &mut Criterion) {
    let bytes = capture();
    let mut group = criterion.benchmark_group("whole");
    group.sample_size(10);
    for (name, unit) in [("analyze flows", "flow"), ("analyze packets", "packet")] {
        let settings = Settings::from_pairs([("unit", unit)]).unwrap();
        stage(&mut group, name, bytes.len(), PACKETS, || analyze(&bytes, &settings).rows());
    }
    let settings = Settings::default();
    let mut report = analyze(&bytes, &settings);
    let rows = report.summary.rows;
    group.throughput(Throughput::Elements(rows));
    group.bench_function("detect flows", |b| b.iter(|| redetect(&mut report, &settings).unwrap()));
    group.finish();
}

/// Filters over many flows: terms that read a number, an address or a word of each row.
fn filtering(criterion: &mut Criterion) {
    const FLOWS: u64 = 200_000;
    let mut report = analyze(&capture(), &Settings::default());
    report.flows = report.flows.iter().cycle().take(usize::try_from(FLOWS).unwrap()).cloned().collect();
    let mut group = criterion.benchmark_group("filtering");
    group.sample_size(20).throughput(Throughput::Elements(FLOWS));
    for text in
        ["port 53 and bytes > 1k", "net 10/8 and not severity >= medium", "history ~ ShR or service tls", "high"]
    {
        let filter = Filter::parse(text).unwrap();
        group.bench_function(text, |b| b.iter(|| filter.selects(&report)));
    }
    group.finish();
}

/// Captures made to cost much, of so many packets and of four times as many: what a packet costs must stay.
fn worst(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("worst");
    group.sample_size(10);
    for case in generators::worst::ALL {
        let settings = Settings::from_pairs(case.settings.iter().copied()).unwrap();
        for packets in [25_000, 100_000] {
            let bytes = (case.make)(packets);
            let name = format!("{}/{packets}", case.name);
            stage(&mut group, &name, bytes.len(), u64::from(packets), || analyze(&bytes, &settings).rows());
        }
    }
    group.finish();
}

#[path = "../generators/mod.rs"]
mod generators;

criterion_group!(benches, reading, entropy, whole, filtering, hash_flood, worst);
criterion_main!(benches);
