//! What was read, what was left out and why, and what was odd.

use super::{Block, Extent, Grid, Item, Section, counted, plain, section};
use crate::export::words::{contents, plural, untracked};
use crate::report::{FileReport, Report, Status};
use crate::units::{bytes_text, count, count_text};

/// Kinds of what was not decoded.
const KINDS: usize = 12;

pub(super) fn account(report: &Report) -> Option<Section> {
    let l = &report.ledger;
    let status = match report.outcome.status {
        Status::Complete => "complete: everything was read".to_owned(),
        Status::Partial => format!("partial: {}", report.outcome.message.as_deref().unwrap_or("not read whole")),
        Status::Rejected => format!("rejected: {}", report.outcome.message.as_deref().unwrap_or("not read")),
    };
    let mut facts = vec![("Outcome".to_owned(), status)];
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    if let Some(offset) = report.outcome.offset {
        fact("Stopped at byte", count_text(offset));
    }
    fact("Bytes of the files", count_text(l.file_bytes));
    for (name, bytes) in [
        ("of these headers", l.header_bytes),
        ("of these records", l.record_bytes),
        ("of these skipped", l.skipped_bytes),
        ("of these after the end of reading", l.trailing_bytes),
    ] {
        fact(name, count_text(bytes));
    }
    fact("Packets read", count_text(l.packets));
    fact("of these decoded", count_text(l.decoded));
    for (name, bucket) in untracked(&l.untracked) {
        if bucket.packets > 0 {
            fact(
                &format!("in no flow, {name}"),
                format!("{}, {}", plural(bucket.packets, "packet"), bytes_text(bucket.bytes)),
            );
        }
    }
    for (name, n) in [
        ("Packets beyond the packet table's limit", l.packet_rows_full),
        ("Hosts beyond the host table's limit", l.host_rows_full),
        ("Packets the capturing program says it dropped", l.dropped_by_capture),
        ("Rows of tables that cannot be understood", l.table_rows_bad),
        ("Rows of tables beyond the limits", l.table_rows_full),
    ] {
        if n > 0 {
            fact(name, count_text(n));
        }
    }
    let mut blocks = vec![Block::Facts(facts)];
    if !l.undecoded.is_empty() {
        let mut grid = Grid::new("Packets that were not decoded", &["Not decoded", "Reason", "#Packets"]);
        grid.rows.extend(
            l.undecoded
                .iter()
                .take(KINDS)
                .map(|u| vec![plain(u.what.clone()), plain(u.reason.replace('_', " ")), plain(count_text(u.packets))]),
        );
        blocks.push(Block::Table(grid));
    }
    section("account", "Account: where every byte and packet went", blocks)
}

pub(super) fn files(report: &Report, extent: Extent) -> Option<Section> {
    let mut grid = Grid::new("Files that were read", &["File", "Format", "#Size", "#Holds", "Outcome"]);
    grid.rows.extend(report.files.iter().take(extent.files).map(|f| {
        vec![
            Item::Code(f.name.clone()),
            plain(format(f)),
            plain(bytes_text(f.stored_bytes)),
            plain(contents(f)),
            plain(match (f.outcome.status, f.outcome.message.as_deref()) {
                (Status::Complete, _) => "complete".to_owned(),
                (_, message) => message.unwrap_or("not read whole").to_owned(),
            }),
        ]
    }));
    let heading = counted("Files", grid.rows.len(), count(report.files.len()));
    if grid.rows.is_empty() { None } else { section("files", heading, vec![Block::Table(grid)]) }
}

fn format(file: &FileReport) -> String {
    let format = if file.format.is_empty() { "not a capture" } else { file.format };
    let compression = if file.compression.is_empty() { String::new() } else { format!(", {}", file.compression) };
    let whose = file.table.as_ref().map_or_else(String::new, |table| format!(", columns of {}", table.dialect));
    format!("{format}{compression}{whose}")
}

pub(super) fn warnings(report: &Report) -> Option<Section> {
    let mut grid = Grid::new("Oddities of the input", &["Warning", "Name", "#Times", "#First at", "#Byte"]);
    grid.rows.extend(report.warnings.iter().map(|w| {
        vec![
            plain(w.message),
            Item::Code(w.kind.to_owned()),
            plain(count_text(w.count)),
            plain(count_text(w.first.packet)),
            plain(count_text(w.first.byte)),
        ]
    }));
    let heading = counted("Warnings", grid.rows.len(), count(report.warnings.len()));
    if grid.rows.is_empty() { None } else { section("warnings", heading, vec![Block::Table(grid)]) }
}

/// What there was more of than is kept.
pub(super) fn limits(report: &Report) -> Option<Section> {
    let mut grid = Grid::new("Limits that were reached", &["Limit", "#Most", "#Beyond"]);
    grid.rows.extend(report.limits.iter().filter(|limit| limit.beyond > 0).map(|limit| {
        vec![
            plain(limit.name.replace('_', " ")),
            plain(limit.most.map_or_else(|| "by memory".to_owned(), count_text)),
            plain(count_text(limit.beyond)),
        ]
    }));
    if grid.rows.is_empty() { None } else { section("limits", "Limits reached", vec![Block::Table(grid)]) }
}
