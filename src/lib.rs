#![doc = "Packet captures to anomalies: one pipeline for the browser and the command line."]

pub mod capture;
pub mod detect;
pub mod error;
pub mod export;
pub mod features;
pub mod flow;
pub mod host;
pub mod packet;
pub mod pipeline;
pub mod plot;
pub mod report;
pub mod settings;
pub mod units;
pub mod view;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
