//! Packets on demand: the captures of a report are read again, for chosen rows only.
//!
//! A report keeps where a flow's first and last packet are, not the packets. Between the two, every packet with the
//! flow's key is the flow's own, because one flow a key is open at a time; so the packets of rows are found again by
//! key and number, without an index of every packet. What is read is checked against the report: a file that is no
//! longer what was analysed ends in an error and never in wrong packets.
//!
//! The caller moves the bytes, from files natively and from slices in the browser:
//!
//! ```
//! use wiresift::pipeline::Analyzer;
//! use wiresift::retrieve::{Options, Retrieval};
//! use wiresift::settings::Settings;
//!
//! let capture = wiresift::synth::sample();
//! let mut analyzer = Analyzer::new(Settings::default(), [1, 2])?;
//! analyzer.begin_file("sample.pcap");
//! analyzer.push(&capture);
//! let report = analyzer.finish()?;
//!
//! let mut retrieval = Retrieval::new(&report, &[0], Options { keep: 10, ..Options::default() })?;
//! retrieval.check_file(0, capture.len() as u64)?;
//! while let Some(wanted) = retrieval.wanted() {
//!     retrieval.give(&capture[wanted.start as usize..wanted.end as usize])?;
//! }
//! assert_eq!(retrieval.finish()?.packets, report.flows[0].packets());
//! # Ok::<(), wiresift::error::Error>(())
//! ```

mod collector;
mod file;
mod listed;
mod plan;
mod target;

use std::collections::VecDeque;

pub use listed::ListedPacket;

use crate::capture::Limits;
use crate::error::{Error, Result};
use crate::report::Report;
use crate::scrub::Scrub;
use crate::settings::Unit;
use collector::Collector;
use file::FileReading;
use plan::FilePlan;

/// What is kept of the packets found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Packets listed, from the first on.
    pub keep: usize,
    /// Bytes of each listed packet that are kept, at most [`Retrieval::MAX_PREVIEW`].
    pub preview_bytes: usize,
    /// Whether a pcapng file of all packets is made.
    pub pcapng: bool,
    /// Whether that file has the capture's comments on the packets. With [`Scrub::key`] it has none, and no names of
    /// interfaces.
    pub comments: bool,
    /// What is taken out of the packets of that file.
    pub scrub: Scrub,
}

/// The next bytes that are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The file, by its place in [`Report::files`].
    pub file: usize,
    /// First byte, as the file is stored.
    pub start: u64,
    /// Byte after the last; at most 4 MiB after the first.
    pub end: u64,
}

/// What a finished retrieval found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Retrieved {
    /// Packets of the rows: as many as the report says.
    pub packets: u64,
    /// Their original lengths added up.
    pub bytes: u64,
    /// How many of them are listed.
    pub listed: usize,
}

/// One reading of the captures of a report for chosen rows. It holds no report.
///
/// Where the file's index allows it only the parts that hold the rows are read, else the file from its beginning up to
/// the last packet of the rows. Frames are decoded as they were in the analysis; reading begins some way before a row
/// where it can, so that the first fragments of its packets are seen. In a flood of fragments that overran the decoder's
/// memory then or now, a row may not be found again; that is an error too, not a shorter list.
///
/// **Memory** about 150 bytes a row for at most [`Retrieval::MAX_ROWS`] rows, the listed packets, one record, and the
/// part of the pcapng file that was not taken.
#[derive(Debug)]
pub struct Retrieval {
    plans: VecDeque<FilePlan>,
    current: Option<FileReading>,
    collector: Collector,
    limits: Limits,
    files: Vec<KnownFile>,
}

/// What a file was when it was analysed.
#[derive(Debug)]
struct KnownFile {
    name: String,
    stored_bytes: u64,
    /// Whether more may have been there than was read.
    may_be_longer: bool,
}

impl Retrieval {
    /// Most rows of a retrieval.
    pub const MAX_ROWS: usize = 1_000_000;
    /// Most bytes of a packet that are kept with a listed packet.
    pub const MAX_PREVIEW: usize = 4096;

    /// A retrieval of the packets of `rows`: flows, packets or hosts, as the report's unit is; a host's are those of its flows. The order of the rows and
    /// repetitions do not matter; packets come in the order of the capture, each once.
    ///
    /// **Errors** `Selection` for a row that does not exist and for more rows than [`Self::MAX_ROWS`].
    pub fn new(report: &Report, rows: &[u32], options: Options) -> Result<Self> {
        Self::with_reach(report, rows, options, plan::Reach::default())
    }

    fn with_reach(report: &Report, rows: &[u32], options: Options, reach: plan::Reach) -> Result<Self> {
        let rows = &*target::rows(report, rows)?;
        if rows.len() > Self::MAX_ROWS {
            let (rows, most) = (rows.len(), Self::MAX_ROWS);
            return Err(Error::Selection(format!("{rows} rows are chosen; packets of at most {most} are read again")));
        }
        target::refuse_tables(report, rows)?;
        let targets = target::of_rows(report, rows)?;
        let plans = plan::of_targets(report, &targets, reach);
        let known = |file: &crate::report::FileReport| KnownFile {
            name: file.name.clone(),
            stored_bytes: file.stored_bytes,
            may_be_longer: plan::may_be_longer(&file.outcome),
        };
        Ok(Self {
            plans: plans.into(),
            current: None,
            collector: Collector::new(report, targets, options)?,
            limits: Limits::of(&report.settings),
            files: report.files.iter().map(known).collect(),
        }
        .at_next_file())
    }

    fn at_next_file(mut self) -> Self {
        self.begin_next_file();
        self
    }

    fn begin_next_file(&mut self) {
        self.current = self.plans.pop_front().map(|plan| FileReading::begin(plan, self.limits, &mut self.collector));
    }

    /// The bytes to give next; `None` when everything was read.
    #[must_use]
    pub fn wanted(&self) -> Option<Wanted> {
        let reading = self.current.as_ref()?;
        let (start, end) = reading.wanted();
        Some(Wanted { file: reading.file(), start, end })
    }

    /// Checks that a file has the length it had. Call it before the first bytes of each file are given.
    ///
    /// **Errors** `FileChanged` where it has not; `Selection` where there is no such file.
    pub fn check_file(&self, file: usize, stored_len: u64) -> Result<()> {
        let Some(known) = self.files.get(file) else {
            return Err(Error::Selection(format!("the report has no file number {file}")));
        };
        let is_same = stored_len == known.stored_bytes || known.may_be_longer && stored_len > known.stored_bytes;
        if is_same {
            return Ok(());
        }
        let what = format!("it had {} bytes and has {stored_len} now", known.stored_bytes);
        Err(Error::FileChanged { file: known.name.clone(), what })
    }

    /// Takes the bytes that were wanted.
    ///
    /// **Errors** `FileChanged` for fewer or more bytes than wanted, and where what they hold is not what was analysed.
    pub fn give(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(reading) = &mut self.current else { return Ok(()) };
        let file = reading.file();
        match reading.give(bytes, self.limits, &mut self.collector) {
            Ok(true) => self.begin_next_file(),
            Ok(false) => {}
            Err(what) => return Err(self.changed(file, what)),
        }
        Ok(())
    }

    /// The packets listed so far.
    #[must_use]
    pub fn listed(&self) -> &[ListedPacket] {
        self.collector.listed()
    }

    /// The next part of the pcapng file; empty where none is made. The parts in a row are the file.
    #[must_use]
    pub fn take_pcapng(&mut self) -> Vec<u8> {
        self.collector.take_pcapng()
    }

    /// What was found, when everything wanted was given.
    ///
    /// **Errors** `FileChanged` where packets of the rows were not found.
    pub fn finish(&self) -> Result<Retrieved> {
        match self.collector.missing() {
            None => Ok(self.collector.retrieved()),
            Some((file, what)) => Err(self.changed(file, what)),
        }
    }

    fn changed(&self, file: usize, what: String) -> Error {
        let name = self.files.get(file).map_or_else(String::new, |f| f.name.clone());
        Error::FileChanged { file: name, what }
    }
}

/// Whether rows are found by their number alone.
fn is_by_number(report: &Report) -> bool {
    report.settings.unit == Unit::Packet
}

#[cfg(test)]
mod tests;
