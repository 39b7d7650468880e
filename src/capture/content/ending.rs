//! The end of a file's content: what the bytes that are left mean.

use super::super::chain::Verdict;
use super::super::{Frame, Oddities, Stop, erf, identify};
use super::{Account, Content, Format, format};
use crate::report::{FileIndex, FileMetadata, Outcome, Reason, Status};
use crate::tabular::{self, Table};

/// What is known at the end.
pub(in super::super) struct ContentEnding {
    pub(in super::super) outcome: Outcome,
    pub(in super::super) account: Account,
    pub(in super::super) oddities: Oddities,
    pub(in super::super) metadata: FileMetadata,
    pub(in super::super) index: FileIndex,
    pub(in super::super) dropped: u64,
    pub(in super::super) table: Option<Table>,
}

impl Content {
    /// Ends the content: gives the frames that only the end makes certain, and judges what is left. `fault` tells why the
    /// content ends early.
    pub(in super::super) fn end(&mut self, fault: Option<Stop>, sink: &mut impl FnMut(&Frame<'_>)) {
        loop {
            self.consume(&[], sink);
            if self.stop.is_some() {
                return;
            }
            let is_erf = matches!(self.format, Format::Unknown) && erf::begins(&self.carry, true) == Verdict::Yes;
            if is_erf {
                self.format = Format::Erf(erf::Erf::default());
            }
            let is_table = !is_erf && self.is_table_at_end();
            self.must_replay = is_erf || is_table || self.look(true);
            if !self.must_replay {
                break;
            }
        }
        if let Format::Table(table) = &mut self.format {
            table.end();
        }
        let unfound = self.search.take().map(|search| search.stop);
        self.stop = unfound.or_else(|| self.stop_at_end(fault));
    }

    /// Makes a table of bytes that wait for more, where they are one.
    fn is_table_at_end(&mut self) -> bool {
        if !matches!(self.format, Format::Unknown) {
            return false;
        }
        match tabular::open(&self.carry, true, self.limits.table, self.first_number) {
            tabular::Opening::Table(table) => {
                self.format = Format::Table(table);
                true
            }
            _ => false,
        }
    }

    /// What the end means for bytes that wait for more.
    fn stop_at_end(&self, fault: Option<Stop>) -> Option<Stop> {
        let length = self.account.file_bytes;
        if length == 0 {
            let text = match self.packing.as_str() {
                "" => "the file is empty (0 bytes)".to_owned(),
                packing => format!("the file is {packing}-compressed and empty inside (0 bytes)"),
            };
            return Some(fault.unwrap_or_else(|| Stop::new(Reason::EmptyFile, text)));
        }
        if matches!(self.format, Format::Unknown) && !format::may_begin(&self.carry) {
            return Some(not_a_capture(&self.carry, &self.packing));
        }
        if fault.is_some() {
            return fault;
        }
        if !self.format.is_open() {
            let text = format!("the file ends inside its header, after {length} bytes");
            return Some(Stop::new(Reason::ShortHeader, text));
        }
        if let Format::Table(table) = &self.format {
            let text = |at| format!("the file ends inside the row that begins at byte {at}");
            return table.cut_at().map(|at| Stop::new(Reason::Truncated, text(at)));
        }
        if self.carry.is_empty() && self.to_skip == 0 {
            return None;
        }
        let start = if self.to_skip > 0 { self.skip_start } else { self.offset };
        let text = format!("the file ends inside the record that begins at byte {start}");
        Some(Stop::new(Reason::Truncated, text))
    }

    /// What is known at the end; call [`Content::end`] first.
    pub(in super::super) fn finish(mut self) -> ContentEnding {
        let mut offset = self.offset;
        if self.to_skip > 0 {
            // the part of the cut block that has come was counted as skipped
            self.account.skipped_bytes -= self.offset.saturating_sub(self.skip_start).min(self.account.skipped_bytes);
            offset = self.skip_start;
        }
        if let Format::Table(table) = &self.format {
            let bytes = table.bytes();
            self.account.header_bytes = bytes.header;
            self.account.record_bytes = bytes.rows;
            self.account.skipped_bytes = bytes.skipped;
            self.account.packets = table.sum().packets;
            offset = table.cut_at().unwrap_or(offset);
        }
        self.account.trailing_bytes = self.account.file_bytes.saturating_sub(self.accounted());
        let packets = self.account.packets;
        let status = if self.format.is_open() { Status::Partial } else { Status::Rejected };
        let is_seekable = self.packing.is_empty() && self.damage.is_none() && self.format.is_seekable();
        let outcome = match (self.damage, self.stop) {
            (None, None) => Outcome::complete(packets),
            (None, Some(stop)) => Outcome {
                status,
                reason: Some(stop.reason),
                offset: Some(offset),
                packets_before: packets,
                message: Some(stop.message),
            },
            (Some(damage), stop) => Outcome {
                status,
                reason: Some(damage.stop.reason),
                offset: Some(damage.offset),
                packets_before: packets,
                message: Some(damage.message(stop)),
            },
        };
        let (first, index) = (self.first_number, self.index);
        let dropped = self.format.dropped();
        let (metadata, table) = match self.format {
            Format::Table(table) => (FileMetadata::default(), Some(table.finish())),
            format => (format.into_metadata(packets), None),
        };
        ContentEnding {
            outcome,
            account: self.account,
            oddities: self.oddities,
            dropped,
            metadata,
            index: index.build(first, packets, is_seekable),
            table,
        }
    }
}

/// Why `first`, the content's first bytes, are refused; `packing` names the compression around them, if any.
pub(super) fn not_a_capture(first: &[u8], packing: &str) -> Stop {
    let (name, advice) = identify::name_of(first);
    let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
    let name = match (packing, name.strip_prefix("a ").or(name.strip_prefix("an "))) {
        ("", _) => name.to_owned(),
        (_, Some(noun)) => format!("a {packing}-compressed {noun}"),
        (_, None) => format!("{packing}-compressed {name}"),
    };
    Stop::new(Reason::UnknownFormat, format!("this is {name}, not a capture{advice}"))
}
