//! Our own table: every feature, missing ones empty.

use std::borrow::Cow;

use super::{ColumnInfo, Kind};
use crate::error::Result;
use crate::export::Cell;
use crate::features::{Rows, catalogue};
use crate::report::{Fields, FlowRecord, HostRecord, PacketRecord, Report};
use crate::settings::Unit;

/// What holds for the whole table.
pub(super) const NOTES: &[&str] = &[
    "One row a flow, packet or host in order of time; a missing value is empty (CSV) or null.",
    "Times are seconds since 1970 in UTC. Definitions and units: wiresift features -T json.",
];

type Key<R> = (&'static str, Kind, &'static str, fn(&R) -> Cell);

/// What names a flow.
const FLOW_KEYS: &[Key<FlowRecord>] = &[
    ("uid", Kind::Text, "Identifier of the flow, as in the flow table.", |f| Cell::Text(f.id_text())),
    ("ts", Kind::Moment, "First packet.", |f| known(f, Fields::TIME, Cell::Moment(f.first_ts))),
    ("id.orig_h", Kind::Text, "Originator's address.", |f| {
        known(f, Fields::ADDRESSES, Cell::Text(f.orig_addr.to_string()))
    }),
    ("id.orig_p", Kind::Integer, "Originator's port; for ICMP the type.", |f| Cell::Count(f.orig_port.into())),
    ("id.resp_h", Kind::Text, "Responder's address.", |f| {
        known(f, Fields::ADDRESSES, Cell::Text(f.resp_addr.to_string()))
    }),
    ("id.resp_p", Kind::Integer, "Responder's port; for ICMP the code or the answer's type.", |f| {
        Cell::Count(f.resp_port.into())
    }),
    ("proto", Kind::Text, "Protocol.", |f| known(f, Fields::PROTO, Cell::Text(f.proto.name()))),
];

/// A cell whose value a table may not give.
fn known(flow: &FlowRecord, wanted: Fields, cell: Cell) -> Cell {
    if flow.knows(wanted) { cell } else { Cell::Unknown }
}

/// What names a packet: its ports are features.
const PACKET_KEYS: &[Key<PacketRecord>] = &[
    ("number", Kind::Integer, "Number in the capture, from 1.", |p| Cell::Count(p.number)),
    ("ts", Kind::Moment, "When.", |p| Cell::Moment(p.ts)),
    ("src", Kind::Text, "Sender.", |p| Cell::Text(p.src.to_string())),
    ("dst", Kind::Text, "Receiver.", |p| Cell::Text(p.dst.to_string())),
    ("proto", Kind::Text, "Protocol.", |p| Cell::Text(p.proto.name())),
];

/// What names a host.
const HOST_KEYS: &[Key<HostRecord>] = &[
    ("address", Kind::Text, "The host's address.", |h| Cell::Text(h.address.to_string())),
    ("first_ts", Kind::Moment, "First packet of its first flow.", |h| Cell::Moment(h.first_ts)),
    ("last_ts", Kind::Moment, "Last packet of its flows.", |h| Cell::Moment(h.last_ts)),
];

pub(super) fn columns(unit: Unit) -> Vec<ColumnInfo> {
    let mut columns = match unit {
        Unit::Flow => keys(FLOW_KEYS),
        Unit::Packet => keys(PACKET_KEYS),
        Unit::Host => keys(HOST_KEYS),
    };
    // What is borrowed is the catalogue's own: it owns no names.
    let name = |name: &Cow<'static, str>| if let Cow::Borrowed(name) = name { *name } else { "" };
    columns.extend(catalogue(unit).iter().map(|f| ColumnInfo {
        name: name(&f.name),
        kind: Kind::Float,
        unit: f.unit,
        definition: f.definition.clone().into_owned(),
        differs: "",
    }));
    columns
}

/// The names alone.
pub(super) fn names(unit: Unit) -> Vec<&'static str> {
    columns(unit).iter().map(|c| c.name).collect()
}

fn keys<R>(keys: &[Key<R>]) -> Vec<ColumnInfo> {
    let info = |&(name, kind, definition, _): &Key<R>| ColumnInfo {
        name,
        kind,
        unit: "",
        definition: definition.to_owned(),
        differs: "",
    };
    keys.iter().map(info).collect()
}

pub(super) fn for_each_row(report: &Report, visit: &mut dyn FnMut(&[Cell]) -> Result<()>) -> Result<()> {
    match report.settings.unit {
        Unit::Flow => each(&report.flows, FLOW_KEYS, Rows::Flows(&report.flows), visit),
        Unit::Packet => each(&report.packets, PACKET_KEYS, Rows::Packets(&report.packets), visit),
        Unit::Host => each(&report.hosts, HOST_KEYS, Rows::Hosts(&report.hosts), visit),
    }
}

fn each<'a, R: 'a>(
    rows: impl IntoIterator<Item = &'a R>,
    keys: &[Key<R>],
    values: Rows<'_>,
    visit: &mut dyn FnMut(&[Cell]) -> Result<()>,
) -> Result<()> {
    let unit = match values {
        Rows::Flows(_) => Unit::Flow,
        Rows::Packets(_) => Unit::Packet,
        Rows::Hosts(_) => Unit::Host,
    };
    let features = catalogue(unit).len();
    let mut cells = Vec::with_capacity(keys.len() + features);
    for (place, row) in rows.into_iter().enumerate() {
        cells.clear();
        cells.extend(keys.iter().map(|(.., cell)| cell(row)));
        cells.extend((0..features).map(|feature| Cell::or_unknown(values.raw(place, feature), Cell::Float)));
        visit(&cells)?;
    }
    Ok(())
}
