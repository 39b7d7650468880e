//! Tables of flows and packets to records: CSV and TSV with a header, Zeek's conn.log as TSV or JSON, JSON lines.
//!
//! A table is told by its columns, not by its name, and columns are matched by name, whoever wrote them. What a table
//! does not say stays unknown; a numeric column that nothing is known of becomes a feature of the run. Rows that cannot
//! be understood are counted by reason and left out.

mod fault;
mod json;
mod labels;
mod role;
mod row;
mod schema;
mod sniff;
mod split;
mod time;
mod value;
mod zeek;

use crate::error::Position;
use crate::report::{Bucket, Fields, FlowRecord, PacketRecord, TableKind, TableReport};
use crate::units::count;
use fault::{BadRow, Faults};
use json::Line;
use labels::Labels;
pub use role::snake_case;
use row::Row;
use schema::Schema;
use sniff::{Form, MARK, Sniffed, sniff};
use split::{Cells, Record, Splitter};

/// How much of a table is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most flows.
    pub flows: u64,
    /// Most packets.
    pub packets: u64,
    /// Most bytes of memory, as [`Table::memory`] estimates them.
    pub memory: u64,
}

/// Bytes that a row costs to the end of the run beside its numbers and texts: its record, what else is known of it, and
/// what its hosts and the detection need for it.
const FLOW_BYTES: u64 = 600 + 48 + 576 + 416 + 128;
const PACKET_BYTES: u64 = 144 + 256 + 128;
const _: () = assert!(size_of::<FlowRecord>() <= 600);
const _: () = assert!(size_of::<crate::report::Direction>() + 16 <= 416);
const _: () = assert!(size_of::<PacketRecord>() <= 144);
/// Largest sum of packets, and of bytes, over all rows of a file.
const LARGEST_SUM: u64 = 1 << 60;
/// Records of one piece of memory: growing costs no copy.
const PIECE: usize = 4_096;

/// A column of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// The header as the file has it.
    pub header: String,
    /// The header in snake case, by the present name where it is an older one.
    pub name: String,
    /// Whether its cells are numbers more often than texts.
    pub is_number: bool,
    /// Smallest number; infinity where there is none.
    pub smallest: f64,
    /// Largest number; minus infinity where there is none.
    pub largest: f64,
}

/// A table that was read.
#[derive(Debug)]
pub struct Table {
    /// What it was.
    pub report: TableReport,
    /// Its flows in pieces, in the order of its rows.
    pub flows: Vec<Vec<FlowRecord>>,
    /// Its packets in pieces.
    pub packets: Vec<Vec<PacketRecord>>,
    /// Its numeric columns, as in [`TableRow::values`](crate::report::TableRow::values).
    pub columns: Vec<TableColumn>,
    /// Packets and bytes of the rows that are no bad ones, as far as its columns give them.
    pub sum: Bucket,
    /// Of these: packets and bytes of the rows that were left out for want of room.
    pub full: Bucket,
    /// Bytes of memory that its rows need to the end of the run, estimated.
    pub memory: u64,
    /// What all its rows know at most.
    pub known: Fields,
    /// What was wrong: kind, sentence, how often, where first.
    pub faults: Vec<(&'static str, &'static str, u64, Position)>,
}

/// Where the bytes of a table went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Header and comments.
    pub header: u64,
    /// Rows that became records or found no room, and blank lines.
    pub rows: u64,
    /// Rows that were left out.
    pub skipped: u64,
}

/// What the first bytes of a file say.
#[derive(Debug)]
pub enum Opening {
    /// It is a table; the reader takes the file from its first byte on.
    Table(Box<Reader>),
    /// At least this many bytes are wanted.
    Need(usize),
    /// It is none.
    No,
}

/// Looks at a file's first bytes; `is_end` where they are all it has.
#[must_use]
pub fn open(first: &[u8], is_end: bool, limits: Limits, salt: u64) -> Opening {
    match sniff(first, is_end) {
        Sniffed::Table(form, kind) => Opening::Table(Box::new(Reader::new(form, kind, limits, salt))),
        Sniffed::Need(bytes) => Opening::Need(bytes),
        Sniffed::No => Opening::No,
    }
}

/// Reads one table, pushed in pieces of any size.
///
/// **Memory** its records within the limits, and one row.
#[derive(Debug)]
pub struct Reader {
    splitter: Splitter,
    building: Building,
    /// Bytes taken.
    taken: u64,
}

/// What is made of the rows.
#[derive(Debug)]
struct Building {
    form: Form,
    kind: TableKind,
    limits: Limits,
    salt: u64,
    separator: u8,
    schema: Option<Schema>,
    json: Cells,
    flows: Vec<Vec<FlowRecord>>,
    packets: Vec<Vec<PacketRecord>>,
    kept: u64,
    rows: u64,
    full_rows: u64,
    full: Bucket,
    /// Packets and bytes of all rows that are no bad ones.
    sum: Bucket,
    memory: u64,
    known: Fields,
    bad_rows: Faults,
    bad_cells: Faults,
    labels: Labels,
    header_bytes: u64,
    skipped_bytes: u64,
    /// Bytes before the first one that the splitter saw.
    mark: u64,
    /// Where the last row begins, where the file ends inside it.
    cut_at: Option<u64>,
}

impl Reader {
    fn new(form: Form, kind: TableKind, limits: Limits, salt: u64) -> Self {
        let splitter = match form {
            Form::Csv(separator) => Splitter::csv(separator),
            Form::Zeek => Splitter::lines(Some(b'\t')),
            Form::Json => Splitter::lines(None),
        };
        let building = Building {
            form,
            kind,
            limits,
            salt,
            separator: b'\t',
            schema: (form == Form::Json).then(Schema::default),
            json: Cells::default(),
            flows: Vec::new(),
            packets: Vec::new(),
            kept: 0,
            rows: 0,
            full_rows: 0,
            full: Bucket::default(),
            sum: Bucket::default(),
            memory: 0,
            known: Fields::NONE,
            bad_rows: Faults::default(),
            bad_cells: Faults::default(),
            labels: Labels::default(),
            header_bytes: 0,
            skipped_bytes: 0,
            mark: 0,
            cut_at: None,
        };
        Self { splitter, building, taken: 0 }
    }

    /// `csv`, `tsv`, `zeek-tsv` or `json-lines`.
    #[must_use]
    pub fn format_name(&self) -> &'static str {
        self.building.form.name()
    }

    /// Rows that became records so far.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.building.kept
    }

    /// Packets of the rows that are no bad ones, and their bytes.
    #[must_use]
    pub fn sum(&self) -> Bucket {
        self.building.sum
    }

    /// Where the bytes went; call [`Reader::end`] first. What comes after [`Reader::cut_at`] went nowhere.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        let Building { header_bytes: header, skipped_bytes: skipped, rows, .. } = self.building;
        let all = self.building.cut_at.unwrap_or(self.taken);
        if rows == 0 {
            Bytes { header: all, rows: 0, skipped }
        } else {
            Bytes { header, rows: all - header - skipped, skipped }
        }
    }

    /// Where the last row begins, where the file ends inside it; known after [`Reader::end`].
    #[must_use]
    pub fn cut_at(&self) -> Option<u64> {
        self.building.cut_at
    }

    /// Takes the next bytes. The first ones must be at least those that the table was told by.
    pub fn push(&mut self, mut bytes: &[u8]) {
        let Self { splitter, building, taken } = self;
        let is_first = std::mem::replace(taken, *taken + count(bytes.len())) == 0;
        if let Some(rest) = bytes.strip_prefix(MARK).filter(|_| is_first) {
            building.mark = count(MARK.len());
            building.header_bytes = building.mark;
            bytes = rest;
        }
        splitter.push(bytes, &mut |record| building.take(record));
    }

    /// Ends the table: what is left becomes its last row.
    pub fn end(&mut self) {
        let Self { splitter, building, .. } = self;
        splitter.end(&mut |record| building.take(record));
    }

    /// What was read; call [`Reader::end`] first.
    #[must_use]
    pub fn finish(self) -> Table {
        self.building.finish()
    }
}

impl Building {
    fn take(&mut self, record: &Record<'_>) {
        let blank = record.cells.len() == 1 && record.cells.bytes(0).trim_ascii().is_empty();
        if blank && !record.is_too_long {
            return;
        }
        match self.form {
            Form::Csv(_) => self.take_cells(record),
            Form::Zeek => self.take_zeek(record),
            Form::Json => self.take_json(record),
        }
    }

    fn take_cells(&mut self, record: &Record<'_>) {
        match self.schema.take() {
            None => {
                self.header_bytes += record.bytes;
                self.schema = Some(Schema::of(record.cells));
            }
            Some(schema) => {
                self.schema = Some(schema);
                self.take_row(record, record.cells);
            }
        }
    }

    fn take_zeek(&mut self, record: &Record<'_>) {
        let line = record.cells.bytes(0);
        if !line.starts_with(b"#") {
            return self.take_row(record, record.cells);
        }
        self.header_bytes += record.bytes;
        if let Some(separator) = zeek::separator(line) {
            self.separator = separator;
        } else if self.schema.is_none()
            && let Some(fields) = zeek::fields(line, self.separator)
        {
            self.schema = Some(Schema::of(&fields));
        }
    }

    fn take_json(&mut self, record: &Record<'_>) {
        let line = if record.is_too_long { Line::Broken } else { json::line(record.cells.bytes(0)) };
        match line {
            Line::Frame => self.header_bytes += record.bytes,
            Line::Broken if record.is_open => self.cut_at = Some(self.mark + record.start),
            Line::Broken => {
                self.rows += 1;
                self.leave_out(if record.is_too_long { BadRow::TooLong } else { BadRow::Json }, record);
            }
            Line::Object(object) => {
                let mut cells = std::mem::take(&mut self.json);
                if let Some(schema) = &mut self.schema {
                    json::fill(&object, schema, &mut cells);
                }
                self.take_row(record, &cells);
                self.json = cells;
            }
        }
    }

    fn take_row(&mut self, record: &Record<'_>, cells: &Cells) {
        let Some(schema) = &mut self.schema else { return };
        let is_cut = record.is_open && self.form != Form::Json && cells.len() < schema.width;
        if is_cut && !record.is_too_long {
            self.cut_at = Some(self.mark + record.start);
            return;
        }
        self.rows += 1;
        let has_other_cells = self.form != Form::Json && cells.len() != schema.width;
        let bad = match () {
            () if record.is_too_long => Some(BadRow::TooLong),
            () if has_other_cells => Some(BadRow::CellCount),
            () if matches!(self.form, Form::Csv(_)) && schema.is_header(cells) => Some(BadRow::RepeatedHeader),
            () => None,
        };
        if let Err(bad) = bad.map_or_else(|| self.read_row(record, cells), Err) {
            self.leave_out(bad, record);
        }
    }

    fn position(&self, record: &Record<'_>) -> Position {
        Position { packet: self.rows, byte: self.mark + record.start }
    }

    fn leave_out(&mut self, bad: BadRow, record: &Record<'_>) {
        self.skipped_bytes += record.bytes;
        self.bad_rows.add_row(bad, self.position(record));
    }

    /// Makes a record of a row and keeps it where there is room.
    fn read_row(&mut self, record: &Record<'_>, cells: &Cells) -> Result<(), BadRow> {
        let at = self.position(record);
        let Some(schema) = &mut self.schema else { return Ok(()) };
        let (bad_cells, labels) = (&mut self.bad_cells, &mut self.labels);
        let row = Row { schema, cells, cell_faults: bad_cells, labels, at, known: Fields::NONE };
        match self.kind {
            TableKind::Flows => {
                let flow = row.flow(self.rows, self.salt)?;
                let table = flow.table.as_deref();
                let cost = FLOW_BYTES + cost(table);
                let size = Bucket { packets: flow.packets(), bytes: flow.wire_bytes() };
                self.known.add(table.map_or(Fields::NONE, |t| t.known));
                if self.has_room(size, cost, self.limits.flows)? {
                    push(&mut self.flows, flow);
                }
            }
            TableKind::Packets => {
                let packet = row.packet(self.rows)?;
                let table = packet.table.as_deref();
                let cost = PACKET_BYTES + cost(table);
                let size = Bucket { packets: 1, bytes: u64::from(packet.length) };
                self.known.add(table.map_or(Fields::NONE, |t| t.known));
                if self.has_room(size, cost, self.limits.packets)? {
                    push(&mut self.packets, packet);
                }
            }
        }
        Ok(())
    }

    /// Counts a row in, and says whether there is room for its record.
    fn has_room(&mut self, size: Bucket, cost: u64, most: u64) -> Result<bool, BadRow> {
        let packets = self.sum.packets.checked_add(size.packets).filter(|n| *n <= LARGEST_SUM);
        let bytes = self.sum.bytes.checked_add(size.bytes).filter(|n| *n <= LARGEST_SUM);
        let (packets, bytes) = packets.zip(bytes).ok_or(BadRow::TooLarge)?;
        self.sum = Bucket { packets, bytes };
        if self.kept >= most || self.memory + cost > self.limits.memory {
            self.full_rows += 1;
            self.full.merge(&size);
            return Ok(false);
        }
        self.kept += 1;
        self.memory += cost;
        Ok(true)
    }

    fn finish(self) -> Table {
        let schema = self.schema.unwrap_or_default();
        let bad = self.bad_rows.into_sorted();
        let cells = self.bad_cells.into_sorted();
        let all = bad.iter().chain(&cells);
        let faults = all.map(|(message, fault)| (fault.reason, *message, fault.count, fault.first)).collect();
        let column = |numeric: &schema::Numeric| {
            let (header, name) = schema.names(numeric).unwrap_or_default();
            TableColumn {
                header: header.to_owned(),
                name: name.to_owned(),
                is_number: Schema::is_number(&numeric.stats),
                smallest: numeric.stats.smallest,
                largest: numeric.stats.largest,
            }
        };
        Table {
            columns: schema.numeric.iter().map(column).collect(),
            flows: self.flows,
            packets: self.packets,
            sum: self.sum,
            full: self.full,
            memory: self.memory,
            known: self.known,
            faults,
            report: TableReport {
                kind: self.kind,
                dialect: schema.dialect(),
                rows: self.rows,
                used: self.kept,
                full: self.full_rows,
                bad: bad.into_iter().map(|(_, fault)| fault).collect(),
                cells: cells.into_iter().map(|(_, fault)| fault).collect(),
                columns: schema.uses(),
                columns_ignored: schema.ignored(),
                labels_ignored: self.labels.ignored(),
                labels: self.labels.into_counts(),
            },
        }
    }
}

/// Bytes of a row's numbers and texts.
fn cost(table: Option<&crate::report::TableRow>) -> u64 {
    table.map_or(0, |t| count(t.values.len() * 8 + t.id.as_ref().map_or(0, |id| id.len())))
}

/// Appends to a list in pieces.
fn push<T>(pieces: &mut Vec<Vec<T>>, value: T) {
    match pieces.last_mut() {
        Some(piece) if piece.len() < PIECE => piece.push(value),
        _ => {
            let mut piece = Vec::with_capacity(PIECE);
            piece.push(value);
            pieces.push(piece);
        }
    }
}
