//! The one road from bytes to a report.

mod anomalies;
mod charts;
mod continuation;
mod findings;
mod ledger;
mod merge;
mod overflow;
mod raise;
mod signs;
mod stories;
mod summary;
mod tables;
mod timeline;

use std::sync::Arc;

use crate::capture::{self, Frame, Oddities, Reader};
use crate::chunked::Chunked;
use crate::classify::{self, Model};
use crate::detect;
use crate::enrich::{self, SideFiles};
use crate::error::{Error, Position, Result};
use crate::features::{self, Rows};
use crate::flow::{Limits, Original, Table};
use crate::host::{self, ArpSenders, Known};
use crate::packet::{self, Decoder, Packet, Undecoded, Why};
use crate::report::{
    Baseline, Change, Charts, Contribution, Detection, Fields, FileIndex, FileReport, Ledger, Neighbour, Outcome,
    PacketRecord, Reason, Report, SCHEMA_VERSION, Sender, Sign, Status, Verdict,
};
use crate::settings::{Settings, Stage, TABLE, Unit};
use crate::units::count;
use continuation::Continuation;
use tables::Tables;
use timeline::TimelineBuilder;

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

/// Bytes of the memory budget that neither flows nor packet rows may take: slices, tables, charts, the fitted rows.
const BASE_BYTES: u64 = 41_000_000;
/// Share of the memory budget that the hosts may take, as a divisor.
const HOST_SHARE: u64 = 16;
/// Bytes that a packet row costs to the end of the run: itself, and what the detection needs for a row beside that.
const ROW_BYTES: u64 = 144 + 256;
const _: () = assert!(size_of::<PacketRecord>() <= 144);

/// Where frames go.
#[derive(Debug)]
struct Sink {
    settings: Settings,
    hash_seed: [u64; 2],
    /// Present in an analysis that is to be merged behind another.
    continuation: Option<Continuation>,
    /// Why it is none.
    refusal: &'static str,
    unit: Unit,
    max_packet_rows: usize,
    decoder: Decoder,
    table: Table,
    original: Option<Original>,
    packets: Chunked<PacketRecord>,
    arp: ArpSenders,
    timeline: TimelineBuilder,
    ledger: Ledger,
    links: ledger::LinkCounts,
    undecoded: ledger::UndecodedCounts,
    signs: signs::Signs,
    oddities: Oddities,
    tables: Tables,
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
        Report {
            schema_version: SCHEMA_VERSION,
            wiresift_version: env!("CARGO_PKG_VERSION"),
            outcome: ledger::overall(&self.files),
            ledger,
            files: self.files,
            summary,
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
            charts: Charts { timeline: sink.timeline.build(), ..Charts::default() },
            warnings: oddities.into_sorted(),
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

/// The memory budget in bytes.
fn budget(settings: &Settings) -> u64 {
    u64::from(settings.max_memory) * 1_000_000
}

/// Most hosts that are kept.
fn max_hosts(settings: &Settings) -> u64 {
    u64::from(settings.max_hosts).min(budget(settings) / HOST_SHARE / host::HOST_BYTES)
}

impl Sink {
    fn new(settings: &Settings, hash_seed: [u64; 2]) -> Self {
        let hosts_bytes = max_hosts(settings) * host::HOST_BYTES;
        let max_bytes = budget(settings).saturating_sub(BASE_BYTES + hosts_bytes);
        Self {
            settings: settings.clone(),
            hash_seed,
            continuation: None,
            refusal: merge::NO_CONTINUATION,
            unit: settings.unit,
            max_packet_rows: usize::try_from(settings.max_packet_rows).unwrap_or(usize::MAX),
            decoder: Decoder::default(),
            table: Table::new(Limits::of(settings, max_bytes), hash_seed),
            original: None,
            packets: Chunked::default(),
            arp: ArpSenders::new(hash_seed),
            timeline: TimelineBuilder::default(),
            ledger: Ledger::default(),
            links: ledger::LinkCounts::default(),
            undecoded: ledger::UndecodedCounts::default(),
            signs: signs::Signs::default(),
            oddities: Oddities::default(),
            tables: Tables::default(),
        }
    }

    /// Leaves a table the room that there is.
    fn bound(&self, limits: &mut capture::Limits) {
        let taken = self.table.flows() + self.tables.flows();
        limits.table.flows = limits.table.flows.saturating_sub(taken);
        limits.table.packets = limits.table.packets.saturating_sub(count(self.packets.len()));
        limits.table.memory = self.table.room();
    }

    fn take(&mut self, frame: &Frame<'_>) {
        let bytes = u64::from(frame.original_len);
        self.ledger.packets += 1;
        self.ledger.bytes += bytes;
        self.ledger.captured_bytes += u64::from(frame.captured_len());
        self.links.add(frame.link_type);
        self.timeline.add(frame.ts, bytes);
        self.decode(frame);
    }

    fn note_arp(&mut self, frame: &Frame<'_>) {
        let Some((sender, mac)) = packet::arp_sender(frame) else { return };
        if !self.arp.add(sender, mac) {
            self.oddities.add(
                "arp_senders_full",
                "More than 65,536 hosts send ARP, or one from more than 8 hardware addresses: the rest is not kept.",
                Position { packet: frame.number, byte: frame.offset },
            );
        }
    }

    /// Counts what the frame's headers show.
    fn note_signs(&mut self, frame: &Frame<'_>, decoded: std::result::Result<&Packet<'_>, &Undecoded>) {
        let (sender, signs, length) = match decoded {
            Ok(packet) => {
                let Some((host, signs)) = packet::signs(frame, packet) else { return };
                (Sender::Host(host), signs, None)
            }
            Err(undecoded) => {
                let Some(station) = packet::wep_sender(frame, undecoded) else { return };
                (station, vec![Sign::WepData], Some(frame.original_len))
            }
        };
        for sign in signs {
            if !self.signs.add(sign, sender, length, frame.ts) {
                self.oddities.add(
                    "signs_full",
                    "More senders of strange headers, or lengths of WEP frames, than are told apart: the rest is not counted.",
                    Position { packet: frame.number, byte: frame.offset },
                );
            }
        }
    }

    fn track(&mut self, packet: &Packet<'_>) {
        if self.continuation.is_some() && self.keep(packet) {
            return;
        }
        self.ledger.decoded += 1;
        let since_last = self.table.add(packet);
        if let Some(original) = &mut self.original {
            let taken = original.add(packet, self.table.room());
            self.table.give_away(taken);
        }
        if since_last.is_none() {
            self.ledger.untracked.table_full.add(u64::from(packet.wire_len));
        }
        if self.unit == Unit::Packet {
            // A row costs its entropy: it is not made where there is no place for it.
            if self.has_room_for_row() {
                let row = self.row(packet, since_last.flatten());
                self.push_row(row);
            } else {
                self.ledger.packet_rows_full += 1;
            }
        }
    }

    fn has_room_for_row(&self) -> bool {
        self.packets.len() < self.max_packet_rows && self.table.room() >= ROW_BYTES
    }

    fn push_row(&mut self, row: PacketRecord) {
        self.table.give_away(ROW_BYTES);
        self.packets.push(row);
    }

    #[allow(clippy::cast_possible_truncation)] // entropy needs no more than 24 bits
    fn row(&self, packet: &Packet<'_>, iat_ns: Option<u64>) -> PacketRecord {
        let has_ports = packet.proto.has_ports() || packet.proto.is_icmp();
        PacketRecord {
            number: packet.number,
            offset: packet.offset,
            ts: packet.ts,
            src: packet.src,
            dst: packet.dst,
            src_port: has_ports.then_some(packet.src_port),
            dst_port: has_ports.then_some(packet.dst_port),
            proto: packet.proto,
            length: packet.wire_len,
            payload_len: packet.payload_len,
            entropy: self.table.entropy_of(packet.payload).map(|e| e as f32),
            header_len: packet.header_len,
            flags: packet.tcp.map(|t| t.flags),
            window: packet.tcp.map(|t| t.window),
            ttl: packet.ttl,
            iat_ns,
            verdict: Verdict::default(),
            table: None,
        }
    }

    fn count_undecoded(&mut self, frame: &Frame<'_>, undecoded: Undecoded) {
        self.note_signs(frame, Err(&undecoded));
        let untracked = &mut self.ledger.untracked;
        let (counter, bucket) = match undecoded.why {
            Why::NonIp => (&mut self.ledger.non_ip, &mut untracked.non_ip),
            Why::Malformed => (&mut self.ledger.malformed, &mut untracked.malformed),
            Why::Truncated => (&mut self.ledger.truncated_by_snaplen, &mut untracked.truncated_by_snaplen),
            Why::UnsupportedLink => (&mut self.ledger.unsupported_link, &mut untracked.unsupported_link),
        };
        *counter += 1;
        bucket.add(u64::from(frame.original_len));
        self.undecoded.add(undecoded);
    }
}

/// The rows of the unit in force.
#[must_use]
pub fn rows(report: &Report) -> Rows<'_> {
    match report.settings.unit {
        Unit::Flow => Rows::Flows(&report.flows),
        Unit::Packet => Rows::Packets(&report.packets),
        Unit::Host => Rows::Hosts(&report.hosts),
    }
}

/// Runs the detection of a report again with other settings, without its capture. Where only the threshold moved,
/// nothing is fitted again.
///
/// **Errors** `Detection` when a setting of the stage `read` differs; `InvalidSetting` as [`Analyzer::new`].
pub fn redetect(report: &mut Report, settings: &Settings) -> Result<()> {
    if report.settings.needs_reading(settings) {
        return Err(Error::Detection("these settings need the capture to be read again".into()));
    }
    settings.check()?;
    features::choose(settings, &rows(report).catalogue())?;
    let moves_threshold = |name: &str| matches!(name, "threshold-rule" | "threshold" | "small-cluster");
    let is_same_fit = TABLE
        .iter()
        .filter(|s| !matches!(s.stage, Stage::Read | Stage::Rules) && !moves_threshold(s.name))
        .all(|s| report.settings.get(s.name) == settings.get(s.name));
    if let Some(baseline) = &report.baseline {
        detect::baseline::check(baseline, settings)?;
    }
    if !is_same_fit {
        let before = std::mem::replace(&mut report.settings, settings.clone());
        let detected = match detect::run_against(rows(report), settings, report.baseline.as_deref()) {
            Ok(detected) => detected,
            Err(error) => {
                report.settings = before;
                return Err(error);
            }
        };
        if before.unit != settings.unit {
            report.settings.unit = before.unit;
            verdicts_mut(report).for_each(|verdict| *verdict = Verdict::default());
            report.settings.unit = settings.unit;
        }
        take(report, detected);
        return Ok(());
    }
    report.settings = settings.clone();
    let mut detection = std::mem::take(&mut report.detection);
    detect::decide(&mut detection, verdicts_mut(report), settings);
    report.detection = detection;
    conclude(report);
    Ok(())
}

/// Joins files beside the capture to a finished report, in place of those it had. The report is then as if it had been
/// finished with them.
///
/// **Errors** as [`redetect`].
pub fn enrich(report: &mut Report, files: &SideFiles) -> Result<()> {
    if report.baseline != files.baseline() {
        score_by(report, files.baseline())?;
    }
    enrich::apply(report, files);
    let settings = report.settings.clone();
    redetect(report, &settings)?;
    enrich::evaluate(report, files);
    Ok(())
}

/// The verdicts of the rows of the unit in force.
fn verdicts_mut(report: &mut Report) -> Box<dyn Iterator<Item = &mut Verdict> + '_> {
    match report.settings.unit {
        Unit::Flow => Box::new(report.flows.iter_mut().map(|f| &mut f.verdict)),
        Unit::Packet => Box::new(report.packets.iter_mut().map(|p| &mut p.verdict)),
        Unit::Host => Box::new(report.hosts.iter_mut().map(|h| &mut h.verdict)),
    }
}

/// Runs the detection of a report that has none yet, as [`Analyzer::finish_reading`] gives it.
///
/// **Errors** `Detection` when the numbers cannot be fitted.
pub fn detect(report: &mut Report) -> Result<()> {
    let detected = detect::run_against(rows(report), &report.settings, report.baseline.as_deref())?;
    take(report, detected);
    Ok(())
}

/// Scores the rows of a report by a baseline, or by themselves again. The report stays as it was on errors.
///
/// **Errors** `Baseline` for one of other rows or features; `Detection` when the numbers cannot be fitted.
pub fn use_baseline(report: &mut Report, baseline: Option<Baseline>) -> Result<()> {
    score_by(report, baseline.map(Arc::new))
}

/// Refuses a baseline that says nothing of the rows of these settings.
///
/// **Errors** `Baseline`.
pub fn check_baseline(baseline: &Baseline, settings: &Settings) -> Result<()> {
    detect::baseline::check(baseline, settings)
}

fn score_by(report: &mut Report, baseline: Option<Arc<Baseline>>) -> Result<()> {
    if let Some(baseline) = &baseline {
        detect::baseline::check(baseline, &report.settings)?;
    }
    let detected = detect::run_against(rows(report), &report.settings, baseline.as_deref())?;
    report.baseline = baseline;
    take(report, detected);
    Ok(())
}

/// What is normal by a report of a capture that is known to be good.
///
/// **Errors** `Baseline` where there are too few distinct rows.
pub fn learn_baseline(report: &Report) -> Result<Baseline> {
    detect::baseline::learn(report, rows(report))
}

fn take(report: &mut Report, detected: detect::Detected) {
    report.detection = detected.detection;
    verdicts_mut(report).zip(detected.verdicts).for_each(|(row, verdict)| *row = verdict);
    conclude(report);
}

/// Everything that follows from the verdicts.
fn conclude(report: &mut Report) {
    let mut by_rule = detect::rules::run(report);
    enrich::complete(report, &mut by_rule);
    let suppressed = findings::suppress(&report.settings, &mut by_rule);
    raise::rows(report, &mut by_rule);
    // In one piece: the rows are far apart in memory.
    let verdicts: Vec<Verdict> =
        (0..report.rows()).map(|row| report.verdict(row).copied().unwrap_or_default()).collect();
    let ranked = anomalies::ranked(&verdicts);
    report.summary.rows = report.detection.rows;
    report.summary.anomalies = count(ranked.len());
    let mut news = Vec::new();
    if let Some(baseline) = report.baseline.clone() {
        let (used, found) = detect::baseline::compare(report, &baseline);
        report.detection.baseline = Some(used);
        news = findings::news::findings(report, found);
    }
    let explainer = detect::Explainer::new(&report.detection, rows(report));
    let anomalies = anomalies::explain(report, &explainer, &ranked);
    let (findings, suppressed) = findings::group(report, &explainer, &ranked, by_rule, &suppressed, news);
    let charts = charts::draw(report, &explainer, &verdicts, &ranked);
    report.anomalies = anomalies;
    report.suppressed = suppressed;
    report.stories = stories::of(&findings);
    report.findings = findings;
    report.charts = charts;
    report.summary.verdict = summary::sentence(report);
}

/// Detectors that flag a row, of those that took part.
#[must_use]
pub fn votes(report: &Report, row: usize) -> u8 {
    let verdict = report.verdict(row).copied().unwrap_or_default();
    detect::Explainer::new(&report.detection, rows(report)).votes(row, &verdict)
}

/// The smallest change that would make a row normal, and the nearest normal row.
#[must_use]
pub fn contrast(report: &Report, row: usize) -> (Vec<Change>, Option<Neighbour>) {
    let Some(verdict) = report.verdict(row) else { return (Vec::new(), None) };
    let explainer = detect::Explainer::new(&report.detection, rows(report));
    (explainer.change(row, verdict), anomalies::neighbour(report, &explainer, row))
}

/// Every feature's contribution to a row's distance, largest share first; empty when the row has no score.
#[must_use]
pub fn explain(report: &Report, row: usize) -> Vec<Contribution> {
    let verdict = report.verdict(row).copied().unwrap_or_default();
    detect::contributions(&report.detection, rows(report), row, &verdict)
}
