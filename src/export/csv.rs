//! Tables as CSV: RFC 4180, UTF-8, a header line, unknown is empty.

use std::io;

use csv::{Terminator, WriterBuilder};

use super::{Exporter, Tabular};
use crate::error::Result;
use crate::report::Report;

/// A table as CSV.
///
/// Lines end in CR LF as RFC 4180 has it; a text that a spreadsheet would take for a formula begins with an apostrophe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Csv<T>(pub T);

impl<T: Tabular> Exporter for Csv<T> {
    fn export(&self, report: &Report, out: &mut dyn io::Write) -> Result<()> {
        write(&self.0, report, out)
    }
}

/// The same code for every table.
fn write(table: &dyn Tabular, report: &Report, out: &mut dyn io::Write) -> Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    writer.write_record(table.names(report))?;
    table.for_each_row(report, &mut |cells| {
        for cell in cells {
            writer.write_field(cell.csv().as_bytes())?;
        }
        // Ends the record.
        Ok(writer.write_record(None::<&[u8]>)?)
    })?;
    Ok(writer.flush()?)
}
