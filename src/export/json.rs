//! Whole JSON documents: the report, or a table as an array of objects.

use std::io;

use super::cell::write_json;
use super::table::write_object;
use super::{Exporter, Tabular};
use crate::error::Result;
use crate::report::Report;

/// The whole report without its tables, as one compact line: what pages, scripts and golden tests compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportJson;

impl Exporter for ReportJson {
    fn export(&self, report: &Report, out: &mut dyn io::Write) -> Result<()> {
        write_json(report, out)?;
        Ok(out.write_all(b"\n")?)
    }
}

/// A table as one array of objects, one object a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonArray<T>(pub T);

impl<T: Tabular> Exporter for JsonArray<T> {
    fn export(&self, report: &Report, out: &mut dyn io::Write) -> Result<()> {
        let names = self.0.names(report);
        let mut before: &[u8] = b"[\n";
        self.0.for_each_row(report, &mut |cells| {
            out.write_all(before)?;
            before = b",\n";
            write_object(&names, cells, out)
        })?;
        Ok(out.write_all(if before == b"[\n" { b"[]\n" } else { b"\n]\n" })?)
    }
}
