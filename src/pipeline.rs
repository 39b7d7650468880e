//! The one road from bytes to a report.

mod anomalies;
mod charts;
mod continuation;
mod detection;
mod findings;
mod ledger;
mod limits;
mod merge;
mod overflow;
mod overview;
mod raise;
mod shared;
mod signs;
mod sink;
mod stories;
mod summary;
mod tables;
mod timeline;

use std::sync::Arc;

pub use detection::{
    check_baseline, contrast, detect, enrich, explain, learn_baseline, redetect, rows, scatter, use_baseline, votes,
};

use crate::capture::{self, Reader};
use crate::chunked::Chunked;
use crate::classify::{self, Model};
use crate::detect;
use crate::enrich::{self, SideFiles};
use crate::error::{Position, Result};
use crate::features;
use crate::flow::Original;
use crate::host::{self, Known};
use crate::report::{
    Baseline, Charts, Detection, Fields, FileIndex, FileReport, FlowRecord, Outcome, Overview, Reason, Report,
    SCHEMA_VERSION, Status,
};
use crate::settings::Settings;
use crate::units::count;
use sink::{Sink, max_hosts};

/// What the flows add up to: talkers, conversations, ports, names. `hash_seed` keys the maps, and no output depends on it.
#[must_use]
pub fn overview(flows: &Chunked<FlowRecord>, hash_seed: [u64; 2]) -> Overview {
    overview::measure(flows, hash_seed)
}

/// How far a reading is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Progress {
    /// Bytes taken.
    pub bytes: u64,
    /// Packets read.
    pub packets: u64,
    /// Flows begun.
    pub flows: u64,
    /// Whether the current file ended early: more of its bytes are only counted.
    pub is_done: bool,
}

/// Streams captures and tables into a [`Report`].
///
/// **Memory** bounded by the settings `max_memory`, `max_flows` and `max_packet_rows`, not by the capture.
#[derive(Debug)]
pub struct Analyzer {
    settings: Settings,
    hash_seed: [u64; 2],
    current: Option<CurrentFile>,
    files: Vec<FileReport>,
    index: Vec<FileIndex>,
    sink: Sink,
    bytes: u64,
    /// Instead of the built-in one.
    model: Option<Model>,
    /// Instead of the capture's own rows.
    baseline: Option<Arc<Baseline>>,
}

#[derive(Debug)]
struct CurrentFile {
    name: String,
    reader: Reader,
    /// Bytes taken, as they are stored.
    bytes: u64,
    failure: Option<(Reason, String)>,
}

impl Analyzer {
    /// An analyser with these settings. `hash_seed` keys the flow table: give random numbers; no output depends on them.
    ///
    /// **Errors** `InvalidSetting` for a feature name that the unit's catalogue does not have, and for a threshold outside
    /// its rule's range.
    pub fn new(settings: Settings, hash_seed: [u64; 2]) -> Result<Self> {
        settings.check()?;
        features::choose(&settings, &features::catalogue(settings.unit))?;
        let sink = Sink::new(&settings, hash_seed);
        Ok(Self {
            settings,
            hash_seed,
            current: None,
            files: Vec::new(),
            index: Vec::new(),
            sink,
            bytes: 0,
            model: None,
            baseline: None,
        })
    }

    /// The settings of the run.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Takes another model than the built-in one to name the protocols that payloads do not show.
    pub fn use_model(&mut self, model: Model) {
        self.model = Some(model);
    }

    /// Scores the rows by what is typical of a capture known to be good, not of their own.
    ///
    /// **Errors** `Baseline` for one of another unit; one that lacks a feature is refused at the end of the reading.
    pub fn use_baseline(&mut self, baseline: Baseline) -> Result<()> {
        detect::baseline::check(&baseline, &self.settings)?;
        self.baseline = Some(Arc::new(baseline));
        Ok(())
    }

    /// Keeps the flows by the rules of the original CICFlowMeter beside ours, for
    /// [`Report::original_cicflowmeter`]. To be called before the first packet.
    pub fn keep_original_cicflowmeter(&mut self) {
        // They follow from all packets in their order: such an analysis is never merged.
        self.sink.continuation = None;
        self.sink.original = Some(Original::new(self.hash_seed));
    }

    /// Begins a file; the bytes pushed next are its own. `name` is shown as it is: give the last path component.
    pub fn begin_file(&mut self, name: &str) {
        self.end_file();
        self.sink.table.begin_file();
        let mut limits = capture::Limits::of(&self.settings);
        self.sink.bound(&mut limits);
        let reader = Reader::new(self.sink.ledger.packets + 1, limits);
        self.current = Some(CurrentFile { name: name.to_owned(), reader, bytes: 0, failure: None });
    }

    /// Takes the next bytes of the current file, in pieces of any size.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.current.is_none() {
            self.begin_file("");
        }
        let Self { current, sink, .. } = self;
        if let Some(file) = current {
            self.bytes += count(bytes.len());
            file.bytes += count(bytes.len());
            file.reader.push(bytes, &mut |frame| sink.take(frame));
        }
    }

    /// Notes that the rest of the current file cannot be read (outcome `partial`, reason `io`).
    pub fn fail_file(&mut self, cause: &str) {
        if let Some(file) = &mut self.current {
            file.failure = Some((Reason::Io, format!("reading stopped after {} bytes: {cause}", file.bytes)));
        }
    }

    /// Notes that the current file is no longer what it was when its reading began (outcome `partial`, reason
    /// `file_changed`): what was read of it may belong together or not. `what` says what differs.
    pub fn change_file(&mut self, what: &str) {
        if let Some(file) = &mut self.current {
            file.failure = Some((Reason::FileChanged, format!("the file changed while it was read: {what}")));
        }
    }

    /// How far the reading is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let reader = self.current.as_ref().map(|f| &f.reader);
        let (rows, table_packets) = reader.map_or((0, 0), |r| (r.table_rows(), r.table_packets()));
        Progress {
            bytes: self.bytes,
            packets: self.sink.ledger.packets + table_packets,
            flows: self.sink.table.flows() + self.sink.tables.flows() + rows,
            is_done: reader.is_some_and(Reader::is_done),
        }
    }

    fn end_file(&mut self) {
        let Some(mut file) = self.current.take() else { return };
        let sink = &mut self.sink;
        file.reader.end(&mut |frame| sink.take(frame));
        let format = file.reader.format_name();
        let capture::Ending { mut outcome, account, oddities, metadata, compression, index, dropped, table } =
            file.reader.finish();
        if let Some((reason, message)) = file.failure {
            outcome = Outcome {
                status: if account.packets > 0 || table.is_some() { Status::Partial } else { Status::Rejected },
                reason: Some(reason),
                offset: Some(account.file_bytes),
                packets_before: account.packets,
                message: Some(message),
            };
        }
        self.sink.ledger.add_file(&account, dropped);
        let table = table.map(|table| self.sink.take_table(table));
        self.sink.oddities.merge(&oddities);
        self.index.push(index);
        self.files.push(FileReport {
            name: file.name,
            format,
            compression,
            stored_bytes: account.stored_bytes,
            bytes: account.file_bytes,
            packets: account.packets,
            outcome,
            metadata,
            table,
        });
    }

    /// Ends the reading and detects.
    ///
    /// **Errors** `Detection` when the numbers cannot be fitted.
    pub fn finish(self) -> Result<Report> {
        self.finish_with(&SideFiles::default())
    }

    /// The same with what files beside the capture say.
    ///
    /// **Errors** as [`Analyzer::finish`].
    pub fn finish_with(self, files: &SideFiles) -> Result<Report> {
        let mut report = self.finish_reading();
        if let Some(baseline) = files.baseline() {
            detect::baseline::check(&baseline, &report.settings)?;
            report.baseline = Some(baseline);
        }
        enrich::apply(&mut report, files);
        detect(&mut report)?;
        enrich::evaluate(&mut report, files);
        Ok(report)
    }

    /// Ends the reading and does not detect: the rows have no scores, and there are no anomalies, findings and clusters.
    #[must_use]
    pub fn finish_reading(mut self) -> Report {
        if self.current.is_none() && self.files.is_empty() {
            self.begin_file("");
        }
        self.end_file();
        let settled = self.sink.settle();
        debug_assert!(settled.is_ok(), "what is merged behind nothing is itself");
        let mut sink = self.sink;
        let mut ledger = sink.ledger;
        ledger.link_types = sink.links.into_sorted();
        ledger.undecoded = sink.undecoded.into_sorted();
        let mut oddities = sink.oddities;
        for _ in 0..sink.table.given_up() {
            oddities.add(
                "entropy_not_counted",
                "The memory budget left no room for the byte counts of a flow's direction: its entropy is missing.",
                Position { packet: ledger.packets, byte: ledger.file_bytes },
            );
        }
        for _ in 0..sink.table.given_up_inspections() {
            oddities.add(
                "payload_not_inspected",
                "The memory budget left no room to look into a flow's payload to the end: its service or what its \
                 messages say may be missing.",
                Position { packet: ledger.packets, byte: ledger.file_bytes },
            );
        }
        for _ in 0..sink.table.unmeasured() {
            oddities.add(
                "flow_not_measured",
                "The memory budget left no room for the measurements of a flow's packets: features made of them are missing.",
                Position { packet: ledger.packets, byte: ledger.file_bytes },
            );
        }
        let mut reports: Vec<_> = self.files.iter_mut().filter_map(|file| file.table.as_mut()).collect();
        let layouts = sink.tables.layouts(&self.settings, &mut reports, &mut oddities);
        for _ in 0..sink.original.as_ref().map_or(0, Original::left_out) {
            oddities.add(
                "original_flow_not_kept",
                "The memory budget left no room for a flow by the rules of the original CICFlowMeter.",
                Position { packet: ledger.packets, byte: ledger.file_bytes },
            );
        }
        let mut packets = sink.packets;
        packets.sort_by_cached_key(|p| p.number);
        sink.tables.place_packets(&mut packets, &layouts);
        let room = sink.table.room();
        let mut flows;
        (flows, ledger.overflow) = sink.table.finish();
        sink.tables.add_to(&mut flows, &layouts);
        let names = self.files.iter().flat_map(|f| &f.metadata.names).cloned().collect();
        let most = usize::try_from(max_hosts(&self.settings)).unwrap_or(usize::MAX);
        let mut survey = host::survey(&mut flows, &Known { arp: sink.arp, names }, most, self.hash_seed);
        if !flows.iter().any(|flow| flow.knows(Fields::ADDRESSES)) {
            // Tables without addresses: what was counted is nobody.
            survey.seen = 0;
            survey.hosts.clear();
        }
        ledger.host_rows_full = survey.seen - count(survey.hosts.len());
        let guesses = match (&self.model, self.settings.guess_services) {
            (_, false) => None,
            (Some(model), true) => Some(classify::annotate(&mut flows, model, room)),
            (None, true) => Some(classify::annotate(&mut flows, classify::built_in(), room)),
        };
        ledger.flows_reported = count(flows.len());
        ledger.flows_created = ledger.flows_reported + ledger.flows_merged_into_overflow;
        ledger.check(&flows, &mut oddities);
        let summary = summary::measure(&ledger, &flows, survey.seen, sink.tables.span(sink.timeline.span()));
        let timeline = sink.timeline.build(&flows);
        let warnings = oddities.into_sorted();
        let limits = limits::of_reading(&self.settings, &ledger, &self.files, &warnings);
        let overview = overview::measure(&flows, self.hash_seed);
        Report {
            schema_version: SCHEMA_VERSION,
            wiresift_version: env!("CARGO_PKG_VERSION"),
            outcome: ledger::overall(&self.files),
            ledger,
            files: self.files,
            summary,
            overview,
            guesses,
            settings: self.settings,
            columns: layouts.first().map(|layout| layout.own.to_vec()).unwrap_or_default(),
            detection: Detection::default(),
            findings: Vec::new(),
            stories: Vec::new(),
            suppressed: 0,
            anomalies: Vec::new(),
            enrichment: None,
            evaluation: None,
            charts: Charts { timeline, ..Charts::default() },
            warnings,
            limits,
            signs: sink.signs.into_sorted(),
            index: self.index,
            flows,
            packets,
            hosts: survey.hosts,
            original_cicflowmeter: sink.original.map(Original::finish).unwrap_or_default(),
            baseline: self.baseline,
        }
    }
}
