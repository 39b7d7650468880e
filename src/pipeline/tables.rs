//! Tables among the inputs: their rows become part of the run, and their columns its features.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::sink::Sink;
use crate::capture::Oddities;
use crate::chunked::Chunked;
use crate::features::{COLUMN_PREFIX, catalogue};
use crate::packet::{Packet, Tcp};
use crate::report::{
    ColumnUse, Fields, FlowRecord, Layout, OwnColumn, PacketRecord, Proto, TableKind, TableReport, TableRow,
};
use crate::settings::{Settings, Unit};
use crate::tabular::{Table, TableColumn, snake_case};
use crate::units::{Timestamp, count};

/// Own columns of a run; further ones take no part.
const MAX_OWN: usize = 512;
/// A column without negative numbers whose largest exceeds this is compared by its logarithms: it counts or measures
/// something that spans decades. Shares, flags and angles stay below.
const LOG_FROM: f64 = 100.0;

/// What was taken from the tables of a run.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// The columns of each, and whether they are of no known program.
    columns: Vec<(TableKind, bool, Vec<TableColumn>)>,
    /// Flows with the number of their table, in pieces.
    flows: Vec<(usize, Vec<FlowRecord>)>,
    flow_count: usize,
    /// Numbers of the packets of each table of packets, and what they know.
    packets: Vec<(u64, u64, Fields)>,
    /// Which table the packet rows from this one on are of.
    packet_rows: Vec<(usize, usize)>,
    /// End of the latest flow.
    last_ts: Option<Timestamp>,
}

impl Tables {
    /// Whether there was none.
    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Flows taken.
    pub(super) fn flows(&self) -> u64 {
        count(self.flow_count)
    }

    /// The span of the packets, up to the end of the latest flow of a table.
    pub(super) fn span(&self, packets: Option<(Timestamp, Timestamp)>) -> Option<(Timestamp, Timestamp)> {
        packets.map(|(first, last)| (first, self.last_ts.map_or(last, |ts| ts.max(last))))
    }

    /// Puts the tables' flows among those of the captures, in order of time.
    pub(super) fn add_to(&mut self, flows: &mut Chunked<FlowRecord>, layouts: &[Arc<Layout>]) {
        self.describe(flows, layouts);
        if self.flow_count == 0 {
            return;
        }
        for (table, mut piece) in std::mem::take(&mut self.flows) {
            if let Some(layout) = layouts.get(table) {
                piece.iter_mut().filter_map(|f| f.table.as_mut()).for_each(|t| t.layout = Arc::clone(layout));
            }
            flows.extend(piece);
        }
        flows.sort_by_cached_key(|f| f.first_ts);
    }

    /// Says of flows made of a table's packets what is known of them.
    fn describe(&self, flows: &mut Chunked<FlowRecord>, layouts: &[Arc<Layout>]) {
        for (first, last, known) in &self.packets {
            for flow in flows
                .iter_mut()
                .filter(|f| [f.first_packet, f.last_packet].iter().any(|n| (*first..=*last).contains(n)))
            {
                let layout = layouts.first().cloned().unwrap_or_default();
                let own = Layout { places: Vec::new(), own: Arc::clone(&layout.own) };
                flow.table = Some(Box::new(TableRow {
                    known: *known,
                    layout: Arc::new(own),
                    values: Box::default(),
                    label: None,
                    id: None,
                }));
            }
        }
    }

    /// Tells the packet rows where their columns are.
    pub(super) fn place_packets(&self, packets: &mut Chunked<PacketRecord>, layouts: &[Arc<Layout>]) {
        for (i, &(start, table)) in self.packet_rows.iter().enumerate() {
            let end = self.packet_rows.get(i + 1).map_or(packets.len(), |(next, _)| *next);
            let Some(layout) = layouts.get(table) else { continue };
            for place in start..end {
                if let Some(row) = packets.get_mut(place).and_then(|p| p.table.as_mut()) {
                    row.layout = Arc::clone(layout);
                }
            }
        }
    }

    /// How each table's columns stand among the features of the run.
    ///
    /// The features' names are told to the tables' reports: those of the files, in order.
    pub(super) fn layouts(
        &self,
        settings: &Settings,
        reports: &mut [&mut TableReport],
        oddities: &mut Oddities,
    ) -> Vec<Arc<Layout>> {
        let wanted = match settings.unit {
            Unit::Flow => TableKind::Flows,
            Unit::Packet => TableKind::Packets,
            // Hosts are what the flows add up to: no column is of a host.
            Unit::Host => TableKind::Flows,
        };
        let names = Names::of(settings.unit);
        let mut own: Vec<(OwnColumn, f64, f64)> = Vec::new();
        let mut all = Vec::new();
        for (number, (kind, is_other, columns)) in self.columns.iter().enumerate() {
            let columns = if *kind == wanted { columns.as_slice() } else { &[] };
            let mut places: Vec<Option<(u16, f64)>> = vec![None; names.features];
            for (place, column) in columns.iter().enumerate() {
                let given = names.known.get(column.name.as_str()).copied();
                let feature = match given {
                    Some(given) => Some(given),
                    None if column.is_number => add_own(&mut own, column, *is_other).map(|i| (names.features + i, 1.0)),
                    None => None,
                };
                let Some((feature, divisor)) = feature else { continue };
                let name = names.all.get(feature).cloned().or_else(|| {
                    let place = feature.checked_sub(names.features)?;
                    own.get(place).map(|(column, ..)| column.name.clone())
                });
                if let (Some(report), Some(name)) = (reports.get_mut(number), name) {
                    tell(report, &column.header, &name);
                }
                if places.len() <= feature {
                    places.resize(feature + 1, None);
                }
                if let Some(slot) = places.get_mut(feature) {
                    *slot = slot.or(u16::try_from(place).ok().map(|place| (place, divisor)));
                }
            }
            all.push(places);
        }
        let own: Arc<[OwnColumn]> = own.into_iter().map(settled).collect();
        for missing in settings.features.iter().filter(|f| f.starts_with(COLUMN_PREFIX)) {
            if !own.iter().any(|column| column.name == *missing) {
                oddities.add(
                    "feature_without_column",
                    "A chosen feature is a column that no file has: it was left out.",
                    crate::error::Position { packet: 0, byte: 0 },
                );
            }
        }
        all.into_iter().map(|places| Arc::new(Layout { places, own: Arc::clone(&own) })).collect()
    }
}

/// Says in a table's report which feature a column is.
fn tell(report: &mut TableReport, header: &str, feature: &str) {
    let is_it = |column: &&mut ColumnUse| column.header == header && column.used_as == "number";
    if let Some(column) = report.columns.iter_mut().find(is_it) {
        column.used_as = format!("feature {feature}");
    }
}

/// The columns that are features of the catalogue, by their names in snake case.
struct Names {
    features: usize,
    all: Vec<String>,
    /// Feature and divisor.
    known: BTreeMap<String, (usize, f64)>,
}

impl Names {
    fn of(unit: Unit) -> Self {
        let catalogue = catalogue(unit);
        let mut known = BTreeMap::new();
        // The catalogue's own names go before those of others.
        for (i, feature) in catalogue.iter().enumerate() {
            known.insert(feature.name.clone().into_owned(), (i, 1.0));
        }
        for (i, feature) in catalogue.iter().enumerate() {
            // Times are microseconds in CICFlowMeter's columns, and milliseconds in NFStream's.
            let (of_micros, of_millis) = match feature.unit {
                "s" => (1e6, 1e3),
                "ms" => (1e3, 1.0),
                _ => (1.0, 1.0),
            };
            for (alike, divisor) in [(feature.cicflowmeter, of_micros), (feature.nfstream, of_millis)] {
                if let Some(alike) = alike {
                    known.entry(snake_case(alike.name)).or_insert((i, divisor));
                }
            }
        }
        let all = catalogue.iter().map(|f| f.name.clone().into_owned()).collect();
        Self { features: catalogue.len(), all, known }
    }
}

/// The place of a column among the own ones, new or known; `None` where there are too many.
fn add_own(own: &mut Vec<(OwnColumn, f64, f64)>, column: &TableColumn, is_other: bool) -> Option<usize> {
    let name = format!("{COLUMN_PREFIX}{}", column.name);
    if let Some(place) = own.iter().position(|(known, ..)| known.name == name) {
        let (known, smallest, largest) = own.get_mut(place)?;
        *smallest = smallest.min(column.smallest);
        *largest = largest.max(column.largest);
        known.is_default |= is_other;
        return Some(place);
    }
    if own.len() >= MAX_OWN {
        return None;
    }
    let header = column.header.clone();
    let made = OwnColumn { name, header, is_log: false, is_default: is_other };
    own.push((made, column.smallest, column.largest));
    Some(own.len() - 1)
}

fn settled((column, smallest, largest): (OwnColumn, f64, f64)) -> OwnColumn {
    let is_log = smallest >= 0.0 && largest > LOG_FROM;
    let is_default = column.is_default && smallest < largest;
    OwnColumn { is_log, is_default, ..column }
}

impl Sink {
    /// Takes a table's rows into the run.
    pub(super) fn take_table(&mut self, table: Table) -> TableReport {
        let Table { sum, report, flows, packets, columns, full, memory, known, faults } = table;
        let ledger = &mut self.ledger;
        ledger.table_rows += report.rows;
        ledger.table_rows_used += report.used;
        ledger.table_rows_full += report.full;
        ledger.table_rows_bad += report.bad.iter().map(|fault| fault.count).sum::<u64>();
        ledger.untracked.rows_full.merge(&full);
        for (kind, message, count, first) in faults {
            self.oddities.add_many(kind, message, count, first);
        }
        let number = self.tables.columns.len();
        self.tables.columns.push((report.kind, report.dialect == "other", columns));
        self.table.give_away(memory);
        match report.kind {
            TableKind::Flows => {
                if self.unit == Unit::Packet {
                    let at = crate::error::Position { packet: 0, byte: 0 };
                    self.oddities.add("table_of_flows", "A table of flows has no packets that could be scored.", at);
                }
                flows.iter().flatten().for_each(|flow| self.note_flow(flow));
                self.tables.flow_count += flows.iter().map(Vec::len).sum::<usize>();
                self.tables.flows.extend(flows.into_iter().map(|piece| (number, piece)));
            }
            TableKind::Packets => {
                let first = self.ledger.packets + 1;
                let mut next = first;
                self.tables.packet_rows.push((self.packets.len(), number));
                for packet in packets.into_iter().flatten() {
                    self.take_packet_row(packet, next);
                    next += 1;
                }
                self.tables.packets.push((first, next.saturating_sub(1), known_of_flows(known)));
                if self.unit == Unit::Packet {
                    self.ledger.packet_rows_full += full.packets;
                }
            }
        }
        self.ledger.packets += sum.packets;
        self.ledger.bytes += sum.bytes;
        self.ledger.decoded += sum.packets;
        report
    }

    /// Counts a flow at the time of its beginning.
    fn note_flow(&mut self, flow: &FlowRecord) {
        if flow.knows(Fields::TIME) {
            let (packets, bytes) = (flow.packets(), flow.wire_bytes());
            self.timeline.add_all(flow.first_ts, packets, bytes);
            if flow.knows(Fields::PROTO) {
                self.timeline.add_proto(flow.first_ts, flow.proto, packets, bytes);
            }
            self.tables.last_ts = self.tables.last_ts.max(Some(flow.last_ts));
        }
    }

    fn take_packet_row(&mut self, mut row: PacketRecord, number: u64) {
        row.number = number;
        if row.knows(Fields::TIME) {
            self.timeline.add(row.ts, u64::from(row.length));
            if row.knows(Fields::PROTO) {
                self.timeline.add_proto(row.ts, row.proto, 1, u64::from(row.length));
            }
        }
        let since_last = self.table.add(&packet_of(&row));
        if since_last.is_none() {
            self.ledger.untracked.table_full.add(u64::from(row.length));
        }
        if self.unit == Unit::Packet {
            let is_timed = row.knows(Fields::TIME);
            row.iat_ns = row.iat_ns.or(since_last.flatten().filter(|_| is_timed));
            self.packets.push(row);
        }
    }
}

/// The packet of a row, without payload.
fn packet_of(row: &PacketRecord) -> Packet<'static> {
    Packet {
        number: row.number,
        ts: row.ts,
        wire_len: row.length,
        src: row.src,
        dst: row.dst,
        src_port: row.src_port.unwrap_or(0),
        dst_port: row.dst_port.unwrap_or(0),
        proto: row.proto,
        vlan: None,
        offset: row.offset,
        tunnel: None,
        ip_bytes: 0,
        header_len: row.header_len,
        ttl: row.ttl,
        tcp: row.flags.filter(|_| row.proto == Proto::TCP).map(|flags| Tcp {
            flags,
            seq: 0,
            ack: 0,
            window: row.window.unwrap_or(0),
            header_len: 20,
        }),
        payload_len: row.payload_len,
        payload: &[],
        has_bad_checksum: false,
    }
}

/// What is known of flows made of packets of which this is known.
fn known_of_flows(packets: Fields) -> Fields {
    let both = Fields::ORIG_PKTS.and(Fields::RESP_PKTS);
    let same = Fields::TIME.and(Fields::ADDRESSES).and(Fields::PORTS).and(Fields::PROTO);
    let mut known = packets.common(same.and(Fields::WIRE_BYTES).and(Fields::FLAGS)).and(both);
    if packets.has(Fields::TIME) {
        known.add(Fields::DURATION.and(Fields::GAPS));
    }
    if packets.has(Fields::PAYLOAD) {
        known.add(Fields::PAYLOAD.and(Fields::ORIG_BYTES).and(Fields::RESP_BYTES));
    }
    known
}
