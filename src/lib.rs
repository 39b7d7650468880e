#![doc = "Packet captures to anomalies: one pipeline for the browser and the command line."]

pub mod error;
pub mod report;
pub mod settings;
pub mod synth;
pub mod units;
pub mod pipeline;
