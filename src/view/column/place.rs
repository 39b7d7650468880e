//! The columns of what GeoIP databases say.

use super::{Cell, Column, ColumnKind, End, Key, Read};
use crate::report::{Place, Report};
use crate::settings::Unit;

const fn country(name: &'static str, label: &'static str, meaning: &'static str, end: End) -> Column {
    let read = Read::Place(end, |p| Cell::text(p.country_text()), |p| Key::text(&p.country_text()));
    Column { name, label, meaning, kind: ColumnKind::Text, read }
}

const fn network(name: &'static str, label: &'static str, meaning: &'static str, end: End) -> Column {
    let key = |p: &Place| p.asn.map_or(Key::MISSING, |asn| Key::integer(u64::from(asn)));
    Column {
        name,
        label,
        meaning,
        kind: ColumnKind::Text,
        read: Read::Place(end, |p| Cell::text(p.network_text()), key),
    }
}

static FLOW: [Column; 4] = [
    country(
        "orig_country",
        "Orig. country",
        "Country of the originator, and its city where known, by a GeoIP database",
        End::Orig,
    ),
    network("orig_asn", "Orig. network", "Autonomous system of the originator by a GeoIP database", End::Orig),
    country(
        "resp_country",
        "Resp. country",
        "Country of the responder, and its city where known, by a GeoIP database",
        End::Resp,
    ),
    network("resp_asn", "Resp. network", "Autonomous system of the responder by a GeoIP database", End::Resp),
];

static HOST: [Column; 2] = [
    country("country", "Country", "Its country, and its city where known, by a GeoIP database", End::Host),
    network("asn", "Network", "Its autonomous system by a GeoIP database", End::Host),
];

/// Those that the report has something for; none without a database.
pub(super) fn columns(report: &Report) -> impl Iterator<Item = Column> {
    let facts = report.places().map(|places| places.facts()).unwrap_or_default();
    let all: &[Column] = match report.settings.unit {
        Unit::Flow => &FLOW,
        Unit::Packet => &[],
        Unit::Host => &HOST,
    };
    let is_told = move |column: &&Column| {
        if column.name.ends_with("asn") { facts.asn } else { facts.country || facts.city }
    };
    all.iter().filter(is_told).copied()
}

/// What is known of a row's end.
pub(super) fn of(report: &Report, row: usize, end: End) -> Option<&Place> {
    let places = report.places()?;
    places.of(match end {
        End::Orig => report.flows.get(row)?.orig_addr,
        End::Resp => report.flows.get(row)?.resp_addr,
        End::Host => report.hosts.get(row)?.address,
    })
}
