//! The table over a report: which rows, in which order, and what their cells say.
//!
//! A [`View`] holds the order of the selected rows as numbers and nothing else; cells are made for the few rows that
//! are on a screen. Everything here is pure, so the page's table is tested natively.

mod cell;
mod column;
mod details;
mod records;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::filter::{Filter, FilterError};
use crate::report::Report;
pub use cell::Cell;
pub use column::{Column, ColumnKind, columns, columns_of};
pub use details::{Details, Field, Section, details};

/// Which rows a table shows and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Filter text, see [`Filter::parse`]; empty selects all.
    pub filter: String,
    /// Whether only anomalous rows are selected.
    pub anomalies_only: bool,
    /// Only these are selected, of them those that the filter lets through; all where it is `None`.
    pub rows: Option<Vec<u32>>,
    /// Name of the column to sort by; an unknown name keeps the order of the capture.
    pub sort: String,
    /// Whether the largest comes first. Missing values come last either way.
    pub descending: bool,
}

/// The selected rows in their order.
///
/// **Memory** four bytes a selected row.
#[derive(Debug, Clone, Default)]
pub struct View {
    order: Vec<u32>,
    anomalies: usize,
    filter: Option<Filter>,
}

/// One row as a table shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DisplayRow {
    /// Row in the report, from 0.
    pub row: usize,
    /// Whether it is anomalous.
    pub is_anomalous: bool,
    /// One cell a column, in the order of [`columns`].
    pub cells: Vec<Cell>,
}

impl View {
    /// Selects and sorts the rows of the report's unit.
    ///
    /// **Errors** [`FilterError`] where the filter's text cannot be understood.
    pub fn select(report: &Report, query: &Query) -> Result<Self, FilterError> {
        let filter = Filter::parse(&query.filter)?;
        let rows = u32::try_from(report.rows()).unwrap_or(u32::MAX);
        let mut matcher = filter.matcher(report);
        let is_anomalous = |row: u32| report.verdict(index(row)).is_some_and(crate::report::Verdict::is_anomalous);
        let mut is_selected = |row: &u32| (!query.anomalies_only || is_anomalous(*row)) && matcher.matches(index(*row));
        let mut order: Vec<u32> = match &query.rows {
            None => (0..rows).filter(&mut is_selected).collect(),
            Some(chosen) => {
                let chosen: BTreeSet<u32> = chosen.iter().copied().filter(|row| *row < rows).collect();
                chosen.into_iter().filter(&mut is_selected).collect()
            }
        };
        if let Some(column) = columns_of(report).iter().find(|c| c.name == query.sort) {
            sort(report, column, query.descending, &mut order);
        }
        let anomalies = order.iter().filter(|&&row| is_anomalous(row)).count();
        let filter = Some(filter).filter(|_| !query.anomalies_only && query.rows.is_none());
        Ok(Self { order, anomalies, filter })
    }

    /// Number of selected rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether nothing is selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The selected rows in the table's order.
    #[must_use]
    pub fn selected(&self) -> &[u32] {
        &self.order
    }

    /// The filter where it alone says what is selected.
    #[must_use]
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// Number of selected rows that are anomalous.
    #[must_use]
    pub fn anomalies(&self) -> usize {
        self.anomalies
    }

    /// The rows from place `start` on, at most `count`; fewer at the end.
    #[must_use]
    pub fn rows(&self, report: &Report, start: usize, count: usize) -> Vec<DisplayRow> {
        let columns = columns_of(report);
        let places = self.order.iter().skip(start).take(count);
        places
            .map(|&row| {
                let row = index(row);
                DisplayRow {
                    row,
                    is_anomalous: report.verdict(row).is_some_and(crate::report::Verdict::is_anomalous),
                    cells: columns.iter().map(|c| c.cell(report, row)).collect(),
                }
            })
            .collect()
    }

    /// The place of a report's row in the selection.
    #[must_use]
    pub fn position(&self, row: usize) -> Option<usize> {
        self.order.iter().position(|&r| index(r) == row)
    }
}

/// A row number as an index; `usize` is never narrower than 32 bits on the targets we build for.
fn index(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

fn sort(report: &Report, column: &Column, descending: bool, order: &mut Vec<u32>) {
    let mut keyed: Vec<(cell::Key, u32)> = order.iter().map(|&row| (column.key(report, index(row)), row)).collect();
    // Equal keys keep the capture's order in both directions, so a table never shuffles.
    keyed.sort_unstable_by(|(a, row_a), (b, row_b)| a.compare(b, descending).then(row_a.cmp(row_b)));
    *order = keyed.into_iter().map(|(_, row)| row).collect();
}

#[cfg(test)]
pub(crate) mod tests;
