//! What is wrong with rows and cells, counted by reason.

use crate::error::Position;
use crate::report::Fault;
use crate::sort;

/// Why a row is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadRow {
    CellCount,
    TooLong,
    Json,
    Time,
    Address,
    Port,
    RepeatedHeader,
    TooLarge,
}

impl BadRow {
    /// Stable name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CellCount => "table_row_cells",
            Self::TooLong => "table_row_too_long",
            Self::Json => "table_row_json",
            Self::Time => "table_row_time",
            Self::Address => "table_row_address",
            Self::Port => "table_row_port",
            Self::RepeatedHeader => "table_row_header",
            Self::TooLarge => "table_row_too_large",
        }
    }

    /// One sentence.
    fn message(self) -> &'static str {
        match self {
            Self::CellCount => "A row has more or fewer cells than the header: it was left out.",
            Self::TooLong => "A row is longer than 1 MiB, as after an unclosed quote: it was left out.",
            Self::Json => "A line is no JSON object: it was left out.",
            Self::Time => "A row has no time that can be read: it was left out.",
            Self::Address => "A row has an address that is none: it was left out.",
            Self::Port => "A row has a port that is none: it was left out.",
            Self::RepeatedHeader => "The header stands again among the rows: it was left out.",
            Self::TooLarge => "A row's packets or bytes are more than all rows together may have: it was left out.",
        }
    }
}

/// Why a cell has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadCell {
    NotFinite,
    Text,
    Negative,
    TooLarge,
}

impl BadCell {
    fn name(self) -> &'static str {
        match self {
            Self::NotFinite => "table_cell_not_finite",
            Self::Text => "table_cell_text",
            Self::Negative => "table_cell_negative",
            Self::TooLarge => "table_cell_too_large",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::NotFinite => "A cell holds infinity or not-a-number: its value is missing.",
            Self::Text => "A cell holds text where a number or a known name belongs: its value is missing.",
            Self::Negative => "A cell holds a negative count, size or time: its value is missing.",
            Self::TooLarge => "A cell holds a number that is too large: its value is missing.",
        }
    }
}

/// Faults of one kind by reason.
#[derive(Debug, Default)]
pub(super) struct Faults {
    seen: Vec<(&'static str, Fault)>,
}

impl Faults {
    pub(super) fn add_row(&mut self, bad: BadRow, at: Position) {
        self.add(bad.name(), bad.message(), at);
    }

    pub(super) fn add_cell(&mut self, bad: BadCell, at: Position) {
        self.add(bad.name(), bad.message(), at);
    }

    fn add(&mut self, reason: &'static str, message: &'static str, first: Position) {
        match self.seen.iter_mut().find(|(_, fault)| fault.reason == reason) {
            Some((_, fault)) => fault.count += 1,
            None => self.seen.push((message, Fault { reason, count: 1, first })),
        }
    }

    /// All with their sentences, by name.
    pub(super) fn into_sorted(mut self) -> Vec<(&'static str, Fault)> {
        sort::by_key(&mut self.seen, |(_, fault)| fault.reason);
        self.seen
    }
}
