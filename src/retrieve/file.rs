//! The reading of one file: its headers, then its parts.

use super::collector::Collector;
use super::plan::{FilePlan, Part, chunk};
use crate::capture::{Limits, Reader};
use crate::report::Span;
use crate::units::count;

/// Bytes read behind the beginning of the last record wanted, whose length is not known before.
const TAIL: u64 = 1 << 16;

/// A file being read.
#[derive(Debug)]
pub(super) struct FileReading {
    plan: FilePlan,
    /// Headers read so far; the last may not be whole.
    headers: Vec<Vec<u8>>,
    /// The part being read, by its place in the plan.
    part: usize,
    /// The next byte of the part; its reader.
    at: u64,
    reader: Reader,
}

impl FileReading {
    /// Begins a file: its headers are wanted first, if it has any that are read apart.
    pub(super) fn begin(plan: FilePlan, limits: Limits, collector: &mut Collector) -> Self {
        collector.begin_file(plan.file);
        let reader = Reader::new(plan.first_number, limits);
        Self { plan, headers: Vec::new(), part: 0, at: 0, reader }
    }

    pub(super) fn file(&self) -> usize {
        self.plan.file
    }

    /// The next bytes to give: first, and after the last.
    pub(super) fn wanted(&self) -> (u64, u64) {
        let most = chunk(self.plan.is_compressed);
        if let Some((span, start)) = self.header() {
            return (start, span.end.min(start.saturating_add(most)));
        }
        let last = self.current_part().map_or(0, |p| p.last.offset);
        let enough = last.max(self.at).saturating_add(TAIL);
        (self.at, self.at.saturating_add(most).min(enough).min(self.plan.stored_bytes))
    }

    /// The header to read now and how far it is; `None` when all are read.
    fn header(&self) -> Option<(Span, u64)> {
        let whole = self.headers.len().saturating_sub(1);
        let read = self.headers.last().map_or(0, |bytes| count(bytes.len()));
        let span = self.plan.headers.get(whole)?;
        if span.start.saturating_add(read) < span.end {
            return Some((*span, span.start.saturating_add(read)));
        }
        self.plan.headers.get(whole + 1).map(|next| (*next, next.start))
    }

    fn current_part(&self) -> Option<Part> {
        self.plan.parts.get(self.part).copied()
    }

    /// Takes the bytes wanted; says whether the file is read.
    ///
    /// **Errors** in words, what is not as it was.
    pub(super) fn give(&mut self, bytes: &[u8], limits: Limits, collector: &mut Collector) -> Result<bool, String> {
        let (start, end) = self.wanted();
        if count(bytes.len()) != end - start {
            return Err(format!("there are {} bytes at byte {start} where {} were", bytes.len(), end - start));
        }
        if let Some((span, start)) = self.header() {
            if start == span.start {
                self.headers.push(Vec::new());
            }
            if let Some(header) = self.headers.last_mut() {
                header.extend_from_slice(bytes);
            }
            return if self.header().is_none() {
                self.begin_part(limits, collector).map(|()| false)
            } else {
                Ok(false)
            };
        }
        self.read(bytes, limits, collector)
    }

    fn read(&mut self, bytes: &[u8], limits: Limits, collector: &mut Collector) -> Result<bool, String> {
        let Some(part) = self.current_part() else { return Ok(true) };
        self.reader.push(bytes, &mut |frame| collector.take(frame, part.last.number));
        self.at += count(bytes.len());
        if let Some(problem) = collector.take_problem() {
            return Err(problem);
        }
        if collector.seen() >= part.last.number {
            self.part += 1;
            return if self.current_part().is_some() {
                self.begin_part(limits, collector).map(|()| false)
            } else {
                Ok(true)
            };
        }
        if self.reader.is_done() || self.at >= self.plan.stored_bytes {
            let (seen, last) = (collector.seen(), part.last.number);
            return Err(format!("after packet {seen} no packet can be read where {last} was the last"));
        }
        Ok(false)
    }

    /// Goes to the beginning of the current part.
    fn begin_part(&mut self, limits: Limits, collector: &mut Collector) -> Result<(), String> {
        let Some(part) = self.current_part() else { return Ok(()) };
        self.reader = Reader::new(self.plan.first_number, limits);
        self.at = part.start.map_or(0, |m| m.offset);
        let Some(start) = part.start else { return Ok(()) };
        collector.jump();
        let mut frames = 0;
        let mut end = 0;
        for (span, bytes) in self.plan.headers.iter().zip(&self.headers).filter(|(s, _)| s.end <= start.offset) {
            if span.start != end {
                self.reader.jump(span.start, self.plan.first_number);
            }
            self.reader.push(bytes, &mut |_| frames += 1);
            end = span.end;
        }
        if frames > 0 || self.reader.is_done() {
            return Err("its headers are not what they were".into());
        }
        self.reader.jump(start.offset, start.number);
        Ok(())
    }
}
