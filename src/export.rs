//! What a report is written as: one format a file, the same bytes for the same report everywhere.
//!
//! Tables (flows, packets, anomalies) name each column and cell once, in `export/table/`; CSV, NDJSON and JSON only
//! say how a cell is written. Unknown is empty in CSV and `null` in JSON, never 0. Reports for people are put into words
//! once, in `export/document/`; HTML and Markdown only say how words are written.

mod cell;
mod community_id;
mod csv;
mod document;
mod html;
mod json;
mod markdown;
mod ndjson;
mod pcapng;
mod table;
mod text;
mod words;
mod zeek;

use std::io;

pub use self::csv::Csv;
pub use crate::report::printable;
pub use cell::Cell;
pub use community_id::community_id;
pub use html::Html;
pub use json::{JsonArray, ReportJson};
pub use markdown::Markdown;
pub use ndjson::Ndjson;
pub use pcapng::{PacketBlock, PcapngWriter, Source};
pub use table::{Part, Table, Tabular};
pub use text::Text;
pub use zeek::ZeekConn;

use crate::error::Result;
use crate::report::Report;

/// Writes a report in one format.
pub trait Exporter {
    /// Writes the whole export; the writer is not flushed.
    ///
    /// **Errors** `Write` with the writer's error; `Serialise` when a value cannot be written in the format.
    fn export(&self, report: &Report, out: &mut dyn io::Write) -> Result<()>;
}
