#![doc = "Packet captures to anomalies: one pipeline for the browser and the command line."]

pub mod error;
pub mod pipeline;
pub mod report;
pub mod settings;
pub mod units;
pub mod view;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
