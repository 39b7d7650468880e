//! The columns of a table: which cell is what.

use std::collections::BTreeMap;

use super::role::{self, Role};
use super::split::Cells;
use super::value::is_nothing;
use crate::report::{ColumnUse, TableKind, TableReport};
use crate::units::count;

/// Columns that are looked at; the rest is counted.
pub(super) const MAX_COLUMNS: usize = TableReport::MAX_COLUMNS;
/// Characters of a header that are kept.
const MAX_HEADER: usize = 128;
/// Known columns without which a table of flows is none.
const MIN_KNOWN: usize = 3;

#[derive(Debug)]
struct Column {
    header: String,
    name: String,
    role: Role,
    is_duplicate: bool,
}

/// A column whose numbers are kept with each row.
#[derive(Debug)]
pub(super) struct Numeric {
    /// The cell it reads.
    pub(super) cell: usize,
    /// Its name, where that is not the column's.
    pub(super) name: Option<&'static str>,
    pub(super) stats: Stats,
}

/// What a column's cells are like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stats {
    pub(super) numbers: u64,
    pub(super) texts: u64,
    pub(super) smallest: f64,
    pub(super) largest: f64,
}

impl Default for Stats {
    fn default() -> Self {
        Self { numbers: 0, texts: 0, smallest: f64::INFINITY, largest: f64::NEG_INFINITY }
    }
}

/// A table's columns.
#[derive(Debug, Default)]
pub(super) struct Schema {
    columns: Vec<Column>,
    by_name: BTreeMap<String, usize>,
    /// Cells of a row.
    pub(super) width: usize,
    pub(super) numeric: Vec<Numeric>,
    /// The columns of the record's own fields, in order.
    roles: Vec<(Role, usize)>,
}

impl Schema {
    /// The schema of these headers.
    pub(super) fn of(headers: &Cells) -> Self {
        let mut schema = Self::default();
        for cell in 0..headers.len() {
            schema.add(&String::from_utf8_lossy(headers.bytes(cell)));
        }
        schema.settle();
        schema
    }

    /// Adds a column; `None` where there are too many.
    pub(super) fn add(&mut self, header: &str) -> Option<usize> {
        let place = self.width;
        self.width += 1;
        if place >= MAX_COLUMNS {
            return None;
        }
        let header: String = header.trim().chars().take(MAX_HEADER).collect();
        let name = role::present(role::snake_case(&header));
        let is_duplicate = self.by_name.contains_key(&name);
        let role = if is_duplicate || name.is_empty() { Role::Ignored } else { role::of_name(&name) };
        if !is_duplicate {
            self.by_name.insert(name.clone(), place);
        }
        match role {
            Role::Other => self.numeric.push(Numeric { cell: place, name: None, stats: Stats::default() }),
            Role::Ignored => {}
            _ => self.roles.push((role, place)),
        }
        self.columns.push(Column { header, name, role, is_duplicate });
        Some(place)
    }

    /// Finds what columns mean only beside others.
    fn settle(&mut self) {
        // A feature table has the gap in the feature's milliseconds, a packet table in seconds.
        if self.by_name.contains_key("payload_entropy")
            && let Some(gap) = self.roles.iter().position(|(role, _)| *role == Role::Gap)
        {
            let (_, cell) = self.roles.remove(gap);
            self.numeric.push(Numeric { cell, name: None, stats: Stats::default() });
        }
        self.add_numbers(&[(Role::OrigWireBytes, "orig_wire_bytes"), (Role::RespWireBytes, "resp_wire_bytes")]);
        // Without a protocol a port is not part of the flow, but a number nonetheless.
        if !self.has(Role::Protocol) && !self.has(Role::ProtocolNumber) {
            self.add_numbers(&[(Role::OrigPort, "orig_port"), (Role::RespPort, "resp_port")]);
        }
    }

    /// Keeps the numbers of columns that are fields of the record too.
    fn add_numbers(&mut self, features: &[(Role, &'static str)]) {
        for (role, feature) in features {
            let place = self.places(*role).next();
            if let Some(cell) = place {
                self.numeric.push(Numeric { cell, name: Some(feature), stats: Stats::default() });
            }
        }
    }

    /// The place of the column with this header, added where it is new.
    pub(super) fn place_of(&mut self, header: &str) -> Option<usize> {
        let known = self.by_name.get(header).copied();
        known
            .or_else(|| self.by_name.get(&role::present(role::snake_case(header))).copied())
            .or_else(|| self.add(header))
    }

    pub(super) fn places(&self, role: Role) -> impl Iterator<Item = usize> {
        self.roles.iter().filter(move |(known, _)| *known == role).map(|(_, place)| *place)
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.places(role).next().is_some()
    }

    /// The first cell of a role that says something; empty where none does.
    pub(super) fn text<'a>(&self, cells: &'a Cells, role: Role) -> &'a str {
        self.places(role).filter_map(|place| cells.text(place)).find(|text| !is_nothing(text)).unwrap_or_default()
    }

    /// The duration's cell, and the power of ten that makes nanoseconds of it.
    pub(super) fn duration<'a>(&self, cells: &'a Cells) -> Option<(&'a str, u32)> {
        let digits = |role: &Role| if let Role::Duration(digits) = role { Some(*digits) } else { None };
        self.roles.iter().find_map(|(role, place)| Some((cells.text(*place).unwrap_or_default(), digits(role)?)))
    }

    /// What the rows are; `None` where the columns are those of neither flows nor packets.
    pub(super) fn kind(&self) -> Option<TableKind> {
        let has_ends = self.has(Role::OrigAddress) && self.has(Role::RespAddress);
        if self.roles.iter().any(|(role, _)| role.measures_flows()) {
            return (self.roles.len() >= MIN_KNOWN).then_some(TableKind::Flows);
        }
        (has_ends && self.has(Role::Length)).then_some(TableKind::Packets)
    }

    /// How many columns are known: what tells the separator.
    pub(super) fn known(&self) -> usize {
        self.columns.iter().filter(|c| !matches!(c.role, Role::Other) && !c.is_duplicate).count()
    }

    pub(super) fn dialect(&self) -> &'static str {
        let names: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        role::dialect(&names)
    }

    /// Whether a row is the header again.
    pub(super) fn is_header(&self, cells: &Cells) -> bool {
        cells.len() == self.width
            && self.columns.iter().enumerate().all(|(i, c)| cells.text(i).is_some_and(|text| text == c.header))
    }

    /// Header and snake-case name of a column of numbers.
    pub(super) fn names<'a>(&'a self, numeric: &'a Numeric) -> Option<(&'a str, &'a str)> {
        self.columns.get(numeric.cell).map(|c| (c.header.as_str(), numeric.name.unwrap_or(&c.name)))
    }

    /// Whether a numeric column's cells are numbers more often than texts.
    pub(super) fn is_number(stats: &Stats) -> bool {
        stats.numbers > stats.texts
    }

    /// The columns and what they are taken for.
    pub(super) fn uses(&self) -> Vec<ColumnUse> {
        let numbers = |place: usize| self.numeric.iter().any(|n| n.cell == place && Self::is_number(&n.stats));
        let used_as = |(place, column): (usize, &Column)| match column.role {
            _ if column.is_duplicate => "duplicate".to_owned(),
            Role::Other if numbers(place) => "number".to_owned(),
            role => role.name().to_owned(),
        };
        let use_of = |entry: (usize, &Column)| ColumnUse { header: entry.1.header.clone(), used_as: used_as(entry) };
        self.columns.iter().enumerate().map(use_of).collect()
    }

    /// Columns beyond those that are looked at.
    pub(super) fn ignored(&self) -> u64 {
        count(self.width.saturating_sub(self.columns.len()))
    }
}
