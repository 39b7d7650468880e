//! What is known of a record that was read from a table of flows or packets, and what a table file was.

use std::sync::Arc;

use serde::Serialize;

use crate::error::Position;

/// Which measurements of a record are known: a capture gives all of them, a table those that it has columns for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fields(u32);

impl Fields {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// When it began.
    pub const TIME: Self = Self(1);
    /// How long it took.
    pub const DURATION: Self = Self(1 << 1);
    /// Both addresses.
    pub const ADDRESSES: Self = Self(1 << 2);
    /// The responder's or receiver's port.
    pub const PORTS: Self = Self(1 << 3);
    /// The protocol.
    pub const PROTO: Self = Self(1 << 4);
    /// Packets of the originator.
    pub const ORIG_PKTS: Self = Self(1 << 5);
    /// Packets of the responder.
    pub const RESP_PKTS: Self = Self(1 << 6);
    /// Payload of the originator.
    pub const ORIG_BYTES: Self = Self(1 << 7);
    /// Payload of the responder.
    pub const RESP_BYTES: Self = Self(1 << 8);
    /// IP bytes of the originator.
    pub const ORIG_IP_BYTES: Self = Self(1 << 9);
    /// IP bytes of the responder.
    pub const RESP_IP_BYTES: Self = Self(1 << 10);
    /// Bytes of any kind: the largest that the table gives stands for those on the wire.
    pub const WIRE_BYTES: Self = Self(1 << 11);
    /// Moments of the payloads; a packet's payload.
    pub const PAYLOAD: Self = Self(1 << 12);
    /// Moments of the times between packets.
    pub const GAPS: Self = Self(1 << 13);
    /// Packets by TCP flag.
    pub const FLAGS: Self = Self(1 << 14);
    /// A packet's header length.
    pub const HEADER: Self = Self(1 << 15);
    /// What only packets give; all that has no name above.
    pub const MEASURED: Self = Self(1 << 31);

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both have.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `wanted` is known.
    #[must_use]
    pub const fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }

    /// Makes more known.
    pub fn add(&mut self, more: Self) {
        self.0 |= more.0;
    }
}

/// What a table says of a record beside the record's own fields.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// Which of the record's fields mean something.
    pub known: Fields,
    /// Which column is which, for all rows of a file.
    pub layout: Arc<Layout>,
    /// Numbers of the file's numeric columns in their order; NaN where a cell has none.
    pub values: Box<[f64]>,
    /// The label that the table gives the row.
    pub label: Option<Arc<str>>,
    /// The table's own name for the row, where it is not one that Wiresift made.
    pub id: Option<Box<str>>,
}

impl TableRow {
    /// The number that the table gives for a feature of the run; `None` where it has no column or no number.
    #[must_use]
    pub fn value(&self, feature: usize) -> Option<f64> {
        let (place, divisor) = self.layout.places.get(feature).copied().flatten()?;
        self.values.get(usize::from(place)).map(|v| v / divisor).filter(|v| v.is_finite())
    }
}

/// Where the features of a run stand among a file's numeric columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    /// A place for each feature, and what its numbers are divided by to have the feature's unit: first the features of
    /// the unit's catalogue, then the own columns.
    pub places: Vec<Option<(u16, f64)>>,
    /// The own columns of all tables of the run.
    pub own: Arc<[OwnColumn]>,
}

/// A numeric column that no feature of the catalogue stands for: a feature of this run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnColumn {
    /// Its name as a feature: `column_` and the header in snake case.
    pub name: String,
    /// The header as the file has it, at most 128 characters.
    pub header: String,
    /// Whether its values are compared by their logarithms: none is negative and the largest exceeds 100.
    pub is_log: bool,
    /// Whether it belongs to the default choice: where the table is of no known program.
    pub is_default: bool,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// One flow a row.
    Flows,
    /// One packet a row.
    Packets,
}

/// A table as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// What its rows are.
    pub kind: TableKind,
    /// Whose columns it has: `wiresift`, `zeek`, `cicflowmeter`, `nfstream`, `wireshark`, or `other`.
    pub dialect: &'static str,
    /// Rows read: used, bad and full added up.
    pub rows: u64,
    /// Rows that became records.
    pub used: u64,
    /// Rows that were left out because memory or a table's limit is reached.
    pub full: u64,
    /// Rows that were left out because they cannot be understood.
    pub bad: Vec<Fault>,
    /// Cells without a usable number, in rows that were used: the value is missing.
    pub cells: Vec<Fault>,
    /// The columns and what they are taken for.
    pub columns: Vec<ColumnUse>,
    /// Columns beyond the 512 that are looked at.
    pub columns_ignored: u64,
    /// The labels with their rows, most frequent first, at most 100.
    pub labels: Vec<LabelCount>,
    /// Rows whose label is none of the 4,096 that are told apart: they have none.
    pub labels_ignored: u64,
}

impl TableReport {
    /// Most columns that are looked at.
    pub const MAX_COLUMNS: usize = 512;
    /// Most labels that are told apart.
    pub const MAX_LABELS: usize = 4_096;
}

/// Something wrong in a table, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Stable name.
    pub reason: &'static str,
    /// How often.
    pub count: u64,
    /// Where first: the row's number, from 1, and the byte at which it begins.
    pub first: Position,
}

/// A column and what it is taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnUse {
    /// The header as the file has it, at most 128 characters.
    pub header: String,
    /// `time`, `originator address` ...; `feature NAME`; `ignored`, `text`, or `duplicate`.
    pub used_as: String,
}

/// A label and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelCount {
    /// The label.
    pub label: String,
    /// Rows.
    pub rows: u64,
}
