//! Every test of the crate but those that measure their own process (flood, large, memory): one program, so that they are
//! compiled once and keep all cores busy. `cargo test --test all docs::` runs one file's.
#![allow(missing_docs)]

mod generators;

mod anonymised;
mod bad_flows;
mod bad_input;
mod bad_packets;
mod baseline;
mod boundaries;
mod classify;
mod cli;
mod clusters;
mod compressed;
mod conformance;
mod corpus;
mod detection;
mod docs;
mod exports;
mod extract;
mod features;
mod files;
mod filters;
mod fingerprints;
mod fuzz_seeds;
mod geoip;
mod golden;
mod host_charts;
mod hosts;
mod intel;
mod labels;
mod limits;
mod merging;
mod nmap;
mod overview;
mod properties;
mod protocols;
mod reports;
mod rules;
mod scatter;
mod seeking;
mod services;
mod settings_cli;
mod stack;
mod tables;
mod tables_cli;
mod worst;
mod zeek_log;
mod zeek_states;
