//! What GeoIP databases say of a row's addresses.

use std::net::IpAddr;

use super::{Cell, ColumnKind, Field, Section, field};
use crate::report::{Place, Report, Text};
use crate::settings::Unit;

/// The labels of an end's country, city and network.
type Labels = [&'static str; 3];

const ORIG: Labels = ["Originator's country", "Originator's city", "Originator's network"];
const RESP: Labels = ["Responder's country", "Responder's city", "Responder's network"];
const SENDER: Labels = ["Sender's country", "Sender's city", "Sender's network"];
const RECEIVER: Labels = ["Receiver's country", "Receiver's city", "Receiver's network"];
const HOST: Labels = ["Country", "City", "Network"];

/// Where the ends are; nothing where no database knows either.
pub(super) fn section(report: &Report, row: usize) -> Option<Section> {
    let places = report.places()?;
    let ends: Vec<(IpAddr, Labels)> = match report.settings.unit {
        Unit::Flow => report.flows.get(row).map(|f| vec![(f.orig_addr, ORIG), (f.resp_addr, RESP)])?,
        Unit::Packet => report.packets.get(row).map(|p| vec![(p.src, SENDER), (p.dst, RECEIVER)])?,
        Unit::Host => vec![(report.hosts.get(row)?.address, HOST)],
    };
    let known = ends.into_iter().filter_map(|(address, labels)| Some((places.of(address)?, labels)));
    let fields: Vec<Field> = known.flat_map(|(place, labels)| fields(place, labels)).collect();
    (!fields.is_empty()).then(|| super::section("By GeoIP databases", fields))
}

fn fields(place: &Place, labels: Labels) -> impl Iterator<Item = Field> {
    let country = match (&place.country_name, &place.country) {
        (Some(name), Some(code)) => format!("{name} ({code})"),
        (name, code) => name.as_ref().or(code.as_ref()).map(Text::to_string).unwrap_or_default(),
    };
    let city = place.city.as_ref().map(Text::to_string).unwrap_or_default();
    let texts = labels.into_iter().zip([country, city, place.network_text()]);
    texts.filter(|(_, text)| !text.is_empty()).map(|(label, text)| field(label, ColumnKind::Text, Cell::text(text)))
}
