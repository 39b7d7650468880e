//! The one road from bytes to a report.

use crate::error::Result;
use crate::report::{Contribution, Report};
use crate::settings::Settings;

/// How far a reading is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Progress {
    /// Bytes taken.
    pub bytes: u64,
    /// Packets read.
    pub packets: u64,
    /// Flows begun.
    pub flows: u64,
    /// Whether the current file ended early: more of its bytes are only counted.
    pub is_done: bool,
}

/// Streams captures into a [`Report`].
#[derive(Debug)]
pub struct Analyzer {
    _settings: Settings,
}

impl Analyzer {
    /// An analyser with these settings. `hash_seed` keys the flow table: give random numbers; no output depends on them.
    ///
    /// **Errors** `InvalidSetting` for a feature name that the unit's catalogue does not have.
    pub fn new(settings: Settings, _hash_seed: [u64; 2]) -> Result<Self> {
        Ok(Self { _settings: settings })
    }

    /// Begins a file; the bytes pushed next are its own. `name` is shown as it is: give the last path component.
    pub fn begin_file(&mut self, _name: &str) {}

    /// Takes the next bytes of the current file, in pieces of any size.
    pub fn push(&mut self, _bytes: &[u8]) {}

    /// Notes that the rest of the current file cannot be read (outcome `partial`, reason `io`).
    pub fn fail_file(&mut self, _cause: &str) {}

    /// How far the reading is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress::default()
    }

    /// Ends the reading and detects.
    ///
    /// **Errors** `Detection`.
    pub fn finish(self) -> Result<Report> {
        Err(crate::error::Error::Detection("not built yet".into()))
    }
}

/// Runs the detection of a report again with other settings, without its capture.
///
/// **Errors** `InvalidSetting` for unknown features, `Detection`.
pub fn redetect(_report: &mut Report, _settings: &Settings) -> Result<()> {
    Ok(())
}

/// Every feature's contribution to a row's distance, largest share first; empty when the row has no score.
#[must_use]
pub fn explain(_report: &Report, _row: usize) -> Vec<Contribution> {
    Vec::new()
}
