//! Tables as NDJSON: one JSON object a line.

use std::io;

use super::table::write_object;
use super::{Exporter, Tabular};
use crate::error::Result;
use crate::report::Report;

/// A table as NDJSON: one object a row, one row a line; unknown is `null`, integers beyond 2^53 are strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ndjson<T>(pub T);

impl<T: Tabular> Exporter for Ndjson<T> {
    fn export(&self, report: &Report, out: &mut dyn io::Write) -> Result<()> {
        let names = self.0.names(report);
        self.0.for_each_row(report, &mut |cells| {
            write_object(&names, cells, out)?;
            Ok(out.write_all(b"\n")?)
        })
    }
}
