//! Which parts of which files hold the packets of the rows.

use super::target::{Mark, Target};
use crate::report::{FlowRecord, Outcome, Reason, Report, Span};
use crate::settings::Unit;
use crate::sort;
use crate::units::count;

/// How far parts reach beyond the rows themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// Parts closer than this are read as one, bytes.
    pub(super) gap: u64,
    /// Bytes read before a row's first packet, so that the first fragments of its packets are seen ...
    pub(super) before: u64,
    /// ... unless a record is known to begin only further back than this.
    pub(super) furthest: u64,
    /// Headers of a file with more bytes than this are not read apart from the rest.
    pub(super) headers: u64,
}

impl Default for Reach {
    fn default() -> Self {
        Self { gap: 1 << 20, before: 1 << 18, furthest: 1 << 24, headers: 1 << 24 }
    }
}

/// What is read of a file.
#[derive(Debug)]
pub(super) struct FilePlan {
    pub(super) file: usize,
    pub(super) first_number: u64,
    pub(super) stored_bytes: u64,
    pub(super) is_compressed: bool,
    /// Headers that stand before the start of the last part.
    pub(super) headers: Vec<Span>,
    /// At least one, in order.
    pub(super) parts: Vec<Part>,
}

/// A part of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// The record it begins with; `None` for the beginning of the file.
    pub(super) start: Option<Mark>,
    /// The last packet wanted of it; its offset is the end of the file where only the number is known.
    pub(super) last: Mark,
}

impl Part {
    fn offset(&self) -> u64 {
        self.start.map_or(0, |m| m.offset)
    }
}

/// Whether there may have been more of a file than was read.
pub(super) fn may_be_longer(outcome: &Outcome) -> bool {
    matches!(outcome.reason, Some(Reason::Io | Reason::FileChanged))
}

/// Numbers of the files' packets.
struct Files {
    /// Number after the last packet, for each file.
    ends: Vec<u64>,
}

impl Files {
    fn of(report: &Report) -> Self {
        let mut next = 1;
        let end = |packets: u64| {
            next += packets;
            next
        };
        Self { ends: report.files.iter().map(|f| f.packets).map(end).collect() }
    }

    fn of_packet(&self, number: u64) -> usize {
        self.ends.partition_point(|end| *end <= number)
    }

    fn first(&self, file: usize) -> u64 {
        file.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(1)
    }

    /// Where a file's last packet is: its number is known.
    fn last(&self, file: usize) -> Mark {
        Mark { number: self.ends.get(file).map_or(0, |end| end - 1), offset: u64::MAX }
    }
}

/// The plan for the targets, file by file.
pub(super) fn of_targets(report: &Report, targets: &[Target], reach: Reach) -> Vec<FilePlan> {
    let files = Files::of(report);
    let mut parts: Vec<Vec<Part>> = vec![Vec::new(); report.files.len()];
    // Files inside a row that spans several: +1 where they begin, -1 where they end.
    let mut inside = vec![0i64; report.files.len() + 1];
    let mut add = |file: usize, part| {
        if let Some(parts) = parts.get_mut(file) {
            parts.push(part);
        }
    };
    for target in targets {
        let (a, b) = (files.of_packet(target.first.number), files.of_packet(target.last.number));
        if a == b {
            add(a, Part { start: Some(target.first), last: target.last });
            continue;
        }
        add(a, Part { start: Some(target.first), last: files.last(a) });
        add(b, Part { start: None, last: target.last });
        for (at, step) in [(a + 1, 1), (b, -1)] {
            if let Some(change) = inside.get_mut(at) {
                *change += step;
            }
        }
    }
    let marks = if super::is_by_number(report) { Vec::new() } else { marks(report, &files) };
    let mut depth = 0;
    let mut plans = Vec::new();
    for (file, mut parts) in parts.into_iter().enumerate() {
        depth += inside.get(file).unwrap_or(&0);
        if depth > 0 && files.last(file).number >= files.first(file) {
            parts.push(Part { start: None, last: files.last(file) });
        }
        if !parts.is_empty() {
            plans.extend(of_file(report, file, parts, &files, &marks, reach));
        }
    }
    plans
}

fn of_file(
    report: &Report,
    file: usize,
    mut parts: Vec<Part>,
    files: &Files,
    marks: &[(usize, Mark)],
    reach: Reach,
) -> Option<FilePlan> {
    let known = report.files.get(file)?;
    let mut headers = report.index.get(file).filter(|i| i.is_seekable).map(|i| i.headers.clone()).unwrap_or_default();
    let header_bytes = headers.iter().map(|h| h.end.saturating_sub(h.start)).sum::<u64>();
    let is_seekable = !headers.is_empty() && known.compression.is_empty() && header_bytes <= reach.headers;
    if is_seekable {
        for part in &mut parts {
            part.start = part.start.and_then(|start| earlier(file, start, marks, reach));
        }
        // A part costs the reading of all headers before it.
        parts = merged(parts, reach.gap.max(header_bytes));
    } else {
        let last = parts.iter().map(|p| p.last).max()?;
        parts = vec![Part { start: None, last }];
    }
    let last_start = parts.last().map_or(0, Part::offset);
    headers.retain(|h| h.start < h.end && h.end <= last_start);
    Some(FilePlan {
        file,
        first_number: files.first(file),
        stored_bytes: known.stored_bytes,
        is_compressed: !known.compression.is_empty(),
        headers,
        parts,
    })
}

/// Parts in order, near ones as one.
fn merged(mut parts: Vec<Part>, gap: u64) -> Vec<Part> {
    sort::by_key(&mut parts, |p| (p.offset(), p.last));
    let mut merged: Vec<Part> = Vec::new();
    for part in parts {
        match merged.last_mut() {
            Some(before) if part.offset() <= before.last.offset.saturating_add(gap) => {
                before.last = before.last.max(part.last);
            }
            _ => merged.push(part),
        }
    }
    if let Some(first) = merged.first_mut().filter(|p| p.offset() <= gap) {
        first.start = None;
    }
    merged
}

/// Every record whose place the report knows, with its file, in order.
fn marks(report: &Report, files: &Files) -> Vec<(usize, Mark)> {
    let both = |flow: &FlowRecord| {
        [
            Mark { number: flow.first_packet, offset: flow.first_offset },
            Mark { number: flow.last_packet, offset: flow.last_offset },
        ]
    };
    let is_needed = report.settings.unit != Unit::Packet && report.index.iter().any(|i| i.is_seekable);
    let flows = is_needed.then_some(&report.flows);
    let mut marks: Vec<_> =
        flows.into_iter().flatten().flat_map(both).map(|m| (files.of_packet(m.number), m)).collect();
    marks.sort_unstable();
    marks
}

/// A known record some way before `start`; `None` for the beginning of the file.
fn earlier(file: usize, start: Mark, marks: &[(usize, Mark)], reach: Reach) -> Option<Mark> {
    if start.offset <= reach.before {
        return None;
    }
    let wanted = start.offset - reach.before;
    let place = marks.partition_point(|(f, m)| (*f, m.offset) <= (file, wanted));
    let at = |place: usize| marks.get(place).filter(|(f, m)| *f == file && m.offset <= start.offset).map(|(_, m)| *m);
    let before = place.checked_sub(1).and_then(at).filter(|m| start.offset - m.offset <= reach.furthest);
    Some(before.or_else(|| at(place)).unwrap_or(start))
}

/// Bytes of a file that are wanted at once.
pub(super) fn chunk(is_compressed: bool) -> u64 {
    // Compressed bytes may become a thousand times as many.
    if is_compressed { 1 << 18 } else { count(4 << 20) }
}
