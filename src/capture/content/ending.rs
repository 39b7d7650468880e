//! The end of a file's content: what the bytes that are left mean.

use super::super::chain::Verdict;
use super::super::{Frame, Oddities, Stop, erf, identify};
use super::{Account, Content, Format, format};
use crate::report::{FileIndex, FileMetadata, Outcome, Reason, Status};

/// What is known at the end.
pub(in super::super) struct ContentEnding {
    pub(in super::super) outcome: Outcome,
    pub(in super::super) account: Account,
    pub(in super::super) oddities: Oddities,
    pub(in super::super) metadata: FileMetadata,
    pub(in super::super) index: FileIndex,
    pub(in super::super) dropped: u64,
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
            self.must_replay = is_erf || self.look(true);
            if !self.must_replay {
                break;
            }
        }
        let unfound = self.search.take().map(|search| search.stop);
        self.stop = unfound.or_else(|| self.stop_at_end(fault));
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
        ContentEnding {
            outcome,
            account: self.account,
            oddities: self.oddities,
            dropped: self.format.dropped(),
            metadata: self.format.into_metadata(packets),
            index: self.index.build(self.first_number, packets, is_seekable),
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
