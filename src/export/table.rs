//! The tables: which columns there are and what stands in them.

mod anomalies;
mod flows;
mod hosts;
mod packets;
mod places;

use std::io;

use super::cell::Cell;
use crate::error::Result;
use crate::report::{Facts, FlowRecord, HostRecord, PacketRecord, Places, Report, Verdict};
use crate::settings::Unit;

/// A table of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// One row a flow, under Zeek conn.log's names, then ours.
    Flows,
    /// One row a packet; empty unless the unit is packet.
    Packets,
    /// One row a host; scored where the unit is host.
    Hosts,
    /// One row an explained anomaly, highest score first.
    Anomalies,
}

/// Rows with named columns, as CSV and JSON write them.
pub trait Tabular {
    /// The columns' names, in order.
    fn names(&self, report: &Report) -> Vec<&'static str>;

    /// Calls `visit` with the cells of each row.
    ///
    /// **Errors** those of `visit`.
    fn for_each_row(&self, report: &Report, visit: &mut dyn FnMut(&[Cell]) -> Result<()>) -> Result<()>;
}

/// A column of a table with rows of type `R`.
struct Column<R: 'static> {
    name: &'static str,
    cell: fn(&R) -> Cell,
}

impl Table {
    /// That of a unit's rows.
    #[must_use]
    pub fn of(unit: Unit) -> Self {
        match unit {
            Unit::Flow => Self::Flows,
            Unit::Packet => Self::Packets,
            Unit::Host => Self::Hosts,
        }
    }

    /// The columns' names, in order.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        match self {
            Self::Flows => flows::COLUMNS.iter().map(|c| c.name).collect(),
            Self::Packets => packets::COLUMNS.iter().map(|c| c.name).collect(),
            Self::Hosts => hosts::COLUMNS.iter().map(|c| c.name).collect(),
            Self::Anomalies => anomalies::COLUMNS.iter().map(|c| c.name).collect(),
        }
    }
}

impl Table {
    fn visit(
        self,
        report: &Report,
        rows: &mut dyn Iterator<Item = usize>,
        visit: &mut dyn FnMut(&[Cell]) -> Result<()>,
    ) -> Result<()> {
        let is_labelled = report.has_labels();
        let places = report.places();
        match self {
            Self::Flows => {
                let flows = &mut rows.filter_map(|row| report.flows.get(row));
                let mut added = Added::places(places, |f: &FlowRecord, places, cells| {
                    places::cells(places.facts(), places.of(f.orig_addr), cells);
                    places::cells(places.facts(), places.of(f.resp_addr), cells);
                });
                added.label = is_labelled.then_some(|f| label(f.label()));
                each(flows, flows::COLUMNS, &added, visit)
            }
            Self::Packets => {
                let packets = &mut rows.filter_map(|row| report.packets.get(row));
                let mut added = Added::nothing();
                added.label = is_labelled.then_some(|p: &PacketRecord| label(p.label()));
                each(packets, packets::COLUMNS, &added, visit)
            }
            Self::Hosts => {
                let added = Added::places(places, |h: &HostRecord, places, cells| {
                    places::cells(places.facts(), places.of(h.address), cells)
                });
                each(&mut rows.filter_map(|row| report.hosts.get(row)), hosts::COLUMNS, &added, visit)
            }
            Self::Anomalies => {
                let anomalies = &mut rows.filter_map(|row| report.anomalies.get(row));
                each(anomalies, anomalies::COLUMNS, &Added::nothing(), visit)
            }
        }
    }
}

/// Adds the cells of what GeoIP databases say of a row.
type AddPlaces<R> = fn(&R, &Places, &mut Vec<Cell>);

/// What some reports have behind a table's own columns.
struct Added<'a, R> {
    places: Option<(&'a Places, AddPlaces<R>)>,
    label: Option<fn(&R) -> Cell>,
}

impl<'a, R> Added<'a, R> {
    fn nothing() -> Self {
        Self { places: None, label: None }
    }

    fn places(places: Option<&'a Places>, add: AddPlaces<R>) -> Self {
        Self { places: places.map(|places| (places, add)), label: None }
    }
}

/// Some rows of a table, in their order here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The table.
    pub table: Table,
    /// Their places in it; those that it does not have are passed over.
    pub rows: &'a [u32],
}

impl Tabular for Part<'_> {
    fn names(&self, report: &Report) -> Vec<&'static str> {
        Tabular::names(&self.table, report)
    }

    fn for_each_row(&self, report: &Report, visit: &mut dyn FnMut(&[Cell]) -> Result<()>) -> Result<()> {
        self.table.visit(report, &mut self.rows.iter().filter_map(|&row| usize::try_from(row).ok()), visit)
    }
}

impl Tabular for Table {
    fn names(&self, report: &Report) -> Vec<&'static str> {
        let mut names = Self::names(*self);
        // What GeoIP databases say stands behind all that is always there.
        let facts = report.places().map_or(Facts::default(), Places::facts);
        match self {
            Self::Flows => names.extend(places::names(facts, &[places::ORIG, places::RESP])),
            Self::Hosts => names.extend(places::names(facts, &[places::OWN])),
            Self::Packets | Self::Anomalies => {}
        }
        // Where a table among the files has labels, they are the last column.
        if matches!(self, Self::Flows | Self::Packets) && report.has_labels() {
            names.push("label");
        }
        names
    }

    fn for_each_row(&self, report: &Report, visit: &mut dyn FnMut(&[Cell]) -> Result<()>) -> Result<()> {
        let rows = match self {
            Self::Flows => report.flows.len(),
            Self::Packets => report.packets.len(),
            Self::Hosts => report.hosts.len(),
            Self::Anomalies => report.anomalies.len(),
        };
        self.visit(report, &mut (0..rows), visit)
    }
}

/// Writes a row as a JSON object on one line.
pub(super) fn write_object(names: &[&str], cells: &[Cell], out: &mut dyn io::Write) -> Result<()> {
    let mut before = "{";
    for (name, cell) in names.iter().zip(cells) {
        write!(out, "{before}\"{name}\":")?;
        cell.json(out)?;
        before = ",";
    }
    Ok(out.write_all(b"}")?)
}

fn label(label: Option<&str>) -> Cell {
    Cell::or_unknown(label, |text| Cell::Text(text.to_owned()))
}

fn each<'a, R: 'a>(
    rows: &mut dyn Iterator<Item = &'a R>,
    columns: &[Column<R>],
    added: &Added<'_, R>,
    visit: &mut dyn FnMut(&[Cell]) -> Result<()>,
) -> Result<()> {
    let mut cells = Vec::with_capacity(columns.len() + 1);
    for row in rows {
        cells.clear();
        cells.extend(columns.iter().map(|c| (c.cell)(row)));
        if let Some((places, add)) = added.places {
            add(row, places, &mut cells);
        }
        cells.extend(added.label.map(|label| label(row)));
        visit(&cells)?;
    }
    Ok(())
}

/// A score, unknown where there is none.
fn score(verdict: &Verdict) -> Cell {
    if verdict.is_scored { Cell::Single(verdict.score) } else { Cell::Unknown }
}

/// The nearest cluster, unknown where nothing was scored.
fn cluster(verdict: &Verdict) -> Cell {
    if verdict.is_scored { Cell::Count(u64::from(verdict.cluster)) } else { Cell::Unknown }
}
