//! The crate's one error type. Hostile bytes are not errors: they end in the report's outcome and warnings.

use thiserror::Error;

/// What can go wrong before or beside the reading of a capture.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting has a value outside its range or of another kind.
    #[error("setting `{name}`: `{value}` is not valid; expected {expected}")]
    InvalidSetting {
        /// The setting's name in the settings table.
        name: String,
        /// The value as given.
        value: String,
        /// What the table allows.
        expected: String,
    },
    /// No setting has this name.
    #[error("there is no setting named `{name}`")]
    UnknownSetting {
        /// The name as given.
        name: String,
    },
    /// No preset has this name.
    #[error("there is no preset named `{name}`")]
    UnknownPreset {
        /// The name as given.
        name: String,
    },
    /// A file is not one of settings.
    #[error("these settings cannot be used: {0}")]
    SettingsFile(String),
    /// The detector refused the numbers it was given.
    #[error("detection failed: {0}")]
    Detection(String),
    /// A chart could not be drawn on its backend.
    #[error("cannot draw the {chart}: {cause}")]
    Plot {
        /// The chart's name.
        chart: &'static str,
        /// The backend's own words.
        cause: String,
    },
    /// An export could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] std::io::Error),
    /// A capture is no longer what was analysed.
    #[error("`{file}` changed since it was analysed: {what}. Analyse it again")]
    FileChanged {
        /// The file's name.
        file: String,
        /// What differs, and where.
        what: String,
    },
    /// A selection of rows that cannot be worked on.
    #[error("{0}")]
    Selection(String),
    /// Two analyses whose merge might not be what one analysis of both had been.
    #[error("these analyses cannot be merged: {0}")]
    Merge(&'static str),
    /// A file is not a model that names protocols, or not one that this version can use.
    #[error("this model cannot be used: {0}")]
    Model(String),
    /// A file is not a baseline, or not one that this run can be compared with.
    #[error("this baseline cannot be used: {0}")]
    Baseline(String),
    /// A file beside the capture is not what it should be.
    #[error("`{file}` cannot be used: {what}")]
    SideFile {
        /// The file's name.
        file: String,
        /// What is wrong, what was expected and what to do.
        what: String,
    },
    /// A report could not be turned into text.
    #[error("cannot serialise the report: {0}")]
    Serialise(String),
}

impl Error {
    /// A stable name for machines.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvalidSetting { .. } => "invalid-setting",
            Self::UnknownSetting { .. } => "unknown-setting",
            Self::UnknownPreset { .. } => "unknown-preset",
            Self::SettingsFile(_) => "settings-file",
            Self::Detection(_) => "detection",
            Self::Plot { .. } => "plot",
            Self::Write(_) => "write",
            Self::FileChanged { .. } => "file-changed",
            Self::Selection(_) => "selection",
            Self::Merge(_) => "merge",
            Self::Model(_) => "model",
            Self::Baseline(_) => "baseline",
            Self::SideFile { .. } => "side-file",
            Self::Serialise(_) => "serialise",
        }
    }
}

impl From<csv::Error> for Error {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(io) => Self::Write(io),
            other => Self::Serialise(format!("{other:?}")),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() { Self::Write(error.into()) } else { Self::Serialise(error.to_string()) }
    }
}

/// The crate's result.
pub type Result<T> = std::result::Result<T, Error>;

/// Where in a capture something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Position {
    /// The packet's number, from 1 as Wireshark counts.
    pub packet: u64,
    /// The record's byte offset in its file.
    pub byte: u64,
}
