//! Captures and their tables.

use std::collections::HashMap;

use wiresift::export::{Csv, Exporter};
use wiresift::pipeline::Analyzer;
use wiresift::report::Report;
use wiresift::schema::Schema;
use wiresift::settings::Settings;
use wiresift::synth;

/// A row by the names of its columns.
pub type Row = HashMap<String, String>;

/// A report without detection, with the original's flows too.
pub fn read(capture: &[u8], settings: &[(&str, &str)]) -> Report {
    let settings = Settings::from_pairs(settings.iter().copied()).unwrap();
    let mut analyzer = Analyzer::new(settings, [5, 6]).unwrap();
    analyzer.keep_original_cicflowmeter();
    analyzer.begin_file("generated");
    capture.chunks(65_536).for_each(|piece| analyzer.push(piece));
    analyzer.finish_reading()
}

pub fn synth(packets: u64, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    synth::write(&synth::Config { packets, seed, format: synth::Format::Pcap }, &mut bytes, None).unwrap();
    bytes
}

pub fn csv_of(schema: Schema, report: &Report) -> String {
    let mut out = Vec::new();
    Csv(schema).export(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub fn rows(schema: Schema, report: &Report) -> Vec<Row> {
    let text = csv_of(schema, report);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader.records().map(|r| names.iter().cloned().zip(r.unwrap().iter().map(str::to_owned)).collect()).collect()
}

/// A number of a row; `None` where it is empty.
pub fn number(row: &Row, name: &str) -> Option<f64> {
    let text = row.get(name).unwrap_or_else(|| panic!("no column {name}"));
    (!text.is_empty()).then(|| text.parse().unwrap_or_else(|e| panic!("{name} is {text}: {e}")))
}

pub fn is_close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}
