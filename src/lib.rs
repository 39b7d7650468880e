//! Packet captures to anomalies: one pipeline for the browser and the command line.
//!
//! ```text
//! bytes ─ capture ─ packet ─ flow ─ features ─ detect ─ Report ─┬─ plot    (canvas in the page, SVG and PNG natively)
//!         (frames)  (layers)  │                                 ├─ export  (text, HTML, Markdown, CSV, JSON, NDJSON, Zeek)
//!                            host                               ├─ filter  (which rows, and for Wireshark and BPF)
//!                          protocol  classify         enrich    └─ view    (the page's tables)
//! ```
//!
//! [`pipeline::Analyzer`] is the one way through it: bytes are pushed in pieces of any size, a [`report::Report`] comes
//! out. The same bytes and the same [`settings::Settings`] give the same report to the byte, natively and in
//! WebAssembly, whatever the pieces.
//!
//! ```
//! use wiresift::pipeline::Analyzer;
//! use wiresift::report::Status;
//! use wiresift::settings::Settings;
//!
//! let mut analyzer = Analyzer::new(Settings::from_pairs([("k", "3")])?, [1, 2])?;
//! analyzer.begin_file("not-a-capture.png");
//! analyzer.push(b"\x89PNG\r\n");
//! let report = analyzer.finish()?;
//! assert_eq!(report.outcome.status, Status::Rejected);
//! # Ok::<(), wiresift::error::Error>(())
//! ```

mod base64;
pub mod capture;
pub mod chunked;
pub mod classify;
pub mod detect;
pub mod enrich;
pub mod error;
pub mod export;
pub mod features;
pub mod filter;
pub mod flow;
pub mod host;
pub mod packet;
pub mod pipeline;
pub mod plot;
pub mod protocol;
pub mod report;
pub mod retrieve;
pub mod schema;
pub mod scrub;
pub mod settings;
mod sort;
pub mod synth;
pub mod tabular;
pub mod units;
pub mod view;
#[cfg(feature = "page")]
pub mod wasm;
