//! What is normal, learned from a capture that is known to be good and kept as a small file.
//!
//! It holds rows, not what was fitted on them: centres, scales, clusters and quantiles follow from the rows under whatever
//! settings the next run has, and the same rows give the same bytes.

mod known;
mod news;
mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use known::{Known, Names, What};
pub use news::{BaselineUse, New, News};

use crate::error::Result;
use crate::settings::Unit;
use crate::units::Timestamp;

/// What the file says it is.
const FORMAT: &str = "wiresift-baseline";

/// One feature of a baseline's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineFeature {
    /// Catalogue name, or `column_` and a table's column.
    pub name: String,
    /// What was done to the raw values: `linear` or `log1p`.
    pub transform: String,
}

/// What a capture known to be good holds.
///
/// **Memory** bounded by [`Baseline::MAX_ROWS`], [`Baseline::MAX_FEATURES`] and [`Names::MAX`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// `wiresift-baseline`.
    pub format: String,
    /// [`Baseline::SCHEMA_VERSION`] of whoever wrote it.
    pub schema_version: u32,
    /// The version of the program that wrote it.
    pub wiresift_version: String,
    /// Names of the files it was learned from.
    pub captures: Vec<String>,
    /// Their first packet.
    pub first_ts: Option<Timestamp>,
    /// Their last packet.
    pub last_ts: Option<Timestamp>,
    /// Packets in them.
    pub packets: u64,
    /// Flows in them.
    pub flows: u64,
    /// `flow`, `packet` or `host`: what a row is.
    pub unit: String,
    /// Which protocol's rows were kept.
    pub protocol: String,
    /// The settings that say what a row is and that must be the same to compare rows, as text.
    pub settings: BTreeMap<String, String>,
    /// What was there, by name.
    pub known: Known,
    /// Rows it was learned from.
    pub row_count: u64,
    /// Distinct ones among them, after quantisation.
    pub unique_rows: u64,
    /// The features of the rows, in the catalogue's order.
    pub features: Vec<BaselineFeature>,
    /// Distinct rows of transformed values, a seeded sample where there are more than [`Baseline::MAX_ROWS`]; null where a
    /// value is missing. **Shape** `(n_rows, n_features)`.
    pub rows: Vec<Vec<Option<f64>>>,
}

impl Baseline {
    /// Version of the file's shape; raised when a field changes its meaning or goes.
    pub const SCHEMA_VERSION: u32 = 1;
    /// Most rows kept.
    pub const MAX_ROWS: usize = 2000;
    /// Fewest rows that say what is normal.
    pub const MIN_ROWS: usize = 10;
    /// Most features of a row.
    pub const MAX_FEATURES: usize = 512;
    /// Most file names kept.
    pub const MAX_CAPTURES: usize = 20;
    /// No file is longer.
    pub const MAX_BYTES: usize = 32 << 20;

    /// Whether a file that begins so may be a baseline.
    #[must_use]
    pub fn is_baseline(first: &[u8]) -> bool {
        first.trim_ascii_start().starts_with(b"{\"format\":\"wiresift-baseline\"")
    }

    /// Reads and checks a baseline file.
    ///
    /// **Errors** `Baseline` for what is none, was written by a later version, or breaks a bound.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        read::read(bytes)
    }

    /// Its file: JSON in one line.
    ///
    /// **Errors** `Serialise`, which does not happen.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The word of its kind of file.
    #[must_use]
    pub fn format() -> String {
        FORMAT.to_owned()
    }

    /// What a row is; `None` for a word that this version does not know.
    #[must_use]
    pub fn unit(&self) -> Option<Unit> {
        Unit::named(&self.unit)
    }

    /// Its captures in a few words.
    #[must_use]
    pub fn name(&self) -> String {
        match self.captures.as_slice() {
            [] => "a capture without a name".to_owned(),
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        }
    }
}
