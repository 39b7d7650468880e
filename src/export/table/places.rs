//! What GeoIP databases say of a row's addresses: columns that only reports with a database have.

use crate::export::cell::Cell;
use crate::report::{Facts, Place, Text};

/// The names of an end's columns.
pub(super) type Names = [&'static str; 5];

/// A host's own.
pub(super) const OWN: Names = ["country", "country_name", "city", "asn", "as_org"];
/// An originator's.
pub(super) const ORIG: Names = ["orig_country", "orig_country_name", "orig_city", "orig_asn", "orig_as_org"];
/// A responder's.
pub(super) const RESP: Names = ["resp_country", "resp_country_name", "resp_city", "resp_asn", "resp_as_org"];

/// Whether the columns of an end are there, by what the databases tell.
fn shown(facts: Facts) -> [bool; 5] {
    [facts.country, facts.country, facts.city, facts.asn, facts.asn]
}

/// The names of those that are there.
pub(super) fn names(facts: Facts, ends: &[Names]) -> impl Iterator<Item = &'static str> {
    ends.iter()
        .flat_map(move |names| names.iter().zip(shown(facts)))
        .filter(|(_, is_shown)| *is_shown)
        .map(|(name, _)| *name)
}

/// The cells of those that are there.
pub(super) fn cells(facts: Facts, place: Option<&Place>, cells: &mut Vec<Cell>) {
    let text = |of: fn(&Place) -> Option<&Text>| {
        Cell::or_unknown(place.and_then(of), |text| Cell::Text(text.as_str().to_owned()))
    };
    let all = [
        text(|place| place.country.as_ref()),
        text(|place| place.country_name.as_ref()),
        text(|place| place.city.as_ref()),
        Cell::or_unknown(place.and_then(|place| place.asn), |asn| Cell::Count(asn.into())),
        text(|place| place.as_org.as_ref()),
    ];
    cells.extend(all.into_iter().zip(shown(facts)).filter(|(_, is_shown)| *is_shown).map(|(cell, _)| cell));
}
