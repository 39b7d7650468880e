//! Where addresses are and whose they are, as GeoIP databases beside the capture say it.

use std::net::IpAddr;

use serde::Serialize;

use super::{Report, SideFault, Text, Top, Volume};
use crate::units::Timestamp;

/// What databases tell of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// The country.
    pub country: bool,
    /// The city.
    pub city: bool,
    /// The autonomous system (AS).
    pub asn: bool,
}

impl Facts {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// What either tells.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { country: self.country || other.country, city: self.city || other.city, asn: self.asn || other.asn }
    }

    /// What this tells and the other does not.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self { country: self.country && !other.country, city: self.city && !other.city, asn: self.asn && !other.asn }
    }

    /// Their words: `country`, `city`, `asn`.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let all = [(self.country, "country"), (self.city, "city"), (self.asn, "asn")];
        all.into_iter().filter(|(is_told, _)| *is_told).map(|(_, name)| name).collect()
    }
}

/// Where an address is, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// ISO 3166-1 code of the country, two capital letters.
    pub country: Option<Text>,
    /// The country's name in English.
    pub country_name: Option<Text>,
    /// The city's name in English.
    pub city: Option<Text>,
    /// Number of the autonomous system.
    pub asn: Option<u32>,
    /// The organisation that runs it.
    pub as_org: Option<Text>,
}

impl Place {
    /// What it tells.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            country: self.country.is_some() || self.country_name.is_some(),
            city: self.city.is_some(),
            asn: self.asn.is_some() || self.as_org.is_some(),
        }
    }

    /// Only what belongs to these facts.
    #[must_use]
    pub fn only(self, facts: Facts) -> Self {
        Self {
            country: self.country.filter(|_| facts.country),
            country_name: self.country_name.filter(|_| facts.country),
            city: self.city.filter(|_| facts.city),
            asn: self.asn.filter(|_| facts.asn),
            as_org: self.as_org.filter(|_| facts.asn),
        }
    }

    /// What this does not tell, taken from another.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            country: self.country.or(other.country),
            country_name: self.country_name.or(other.country_name),
            city: self.city.or(other.city),
            asn: self.asn.or(other.asn),
            as_org: self.as_org.or(other.as_org),
        }
    }

    /// `DE, Berlin`, or as much of it as is known.
    #[must_use]
    pub fn country_text(&self) -> String {
        joined([self.country.as_ref().or(self.country_name.as_ref()), self.city.as_ref()], ", ")
    }

    /// `AS64496 Example Net`, or as much of it as is known.
    #[must_use]
    pub fn network_text(&self) -> String {
        let number = self.asn.map(|asn| Text::from(format!("AS{asn}").as_str()));
        joined([number.as_ref(), self.as_org.as_ref()], " ")
    }

    /// Country and organisation as they stand in brackets behind an address: `DE, Example Net`.
    #[must_use]
    pub fn short(&self) -> String {
        let number = self.asn.map(|asn| Text::from(format!("AS{asn}").as_str()));
        joined([self.country.as_ref().or(self.country_name.as_ref()), self.as_org.as_ref().or(number.as_ref())], ", ")
    }
}

fn joined(parts: [Option<&Text>; 2], by: &str) -> String {
    parts.into_iter().flatten().map(Text::as_str).collect::<Vec<_>>().join(by)
}

/// The places of a report's addresses.
///
/// **Memory** about 24 bytes an address that has one; each place is kept once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    facts: Facts,
    /// In order of address.
    known: Vec<(IpAddr, u32)>,
    places: Vec<Place>,
}

impl Places {
    /// The places of addresses in ascending order, each with its number in `places`; `facts` is what they can tell.
    #[must_use]
    pub fn new(facts: Facts, known: Vec<(IpAddr, u32)>, places: Vec<Place>) -> Self {
        debug_assert!(known.is_sorted(), "addresses are looked up by halving");
        Self { facts, known, places }
    }

    /// What they can tell, whether they do or not.
    #[must_use]
    pub fn facts(&self) -> Facts {
        self.facts
    }

    /// The place of an address; `None` where no database has it.
    #[must_use]
    pub fn of(&self, address: IpAddr) -> Option<&Place> {
        let at = self.known.binary_search_by(|(known, _)| known.cmp(&address)).ok()?;
        let (_, place) = self.known.get(at)?;
        self.place(*place)
    }

    /// Every address that has a place, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (IpAddr, &Place)> {
        self.known.iter().filter_map(|(address, place)| Some((*address, self.place(*place)?)))
    }

    fn place(&self, place: u32) -> Option<&Place> {
        self.places.get(usize::try_from(place).ok()?)
    }

    /// An address with country and organisation in brackets, where they are known: `203.0.113.9 (DE, Example Net)`. Text that
    /// is no address stays as it is.
    #[must_use]
    pub fn named(&self, address: &str) -> String {
        let place = address.parse().ok().and_then(|address| self.of(address));
        match place.map(Place::short).filter(|short| !short.is_empty()) {
            Some(short) => format!("{address} ({short})"),
            None => address.to_owned(),
        }
    }
}

/// A GeoIP database and how much of it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatabaseReport {
    /// The file's name.
    pub name: String,
    /// What it calls itself: `GeoLite2-City`.
    pub database_type: Text,
    /// When it was built, as it says itself.
    pub build_time: Timestamp,
    /// 4 where it has IPv4 networks only, else 6.
    pub ip_version: u16,
    /// What was taken from it: `country`, `city`, `asn`. Of several databases that tell the same the last counts.
    pub facts: Vec<&'static str>,
    /// Distinct addresses of the flows that were looked up.
    pub looked_up: u64,
    /// Of these, those it has something of.
    pub found: u64,
    /// What of it could not be used, and why.
    pub faults: Vec<SideFault>,
}

/// A country and the flows that have an end in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountryUse {
    /// ISO 3166-1 code.
    pub country: Text,
    /// Its name in English.
    pub country_name: Option<Text>,
    /// Distinct addresses in it.
    pub hosts: u64,
    /// Its flows, those within it once.
    #[serde(flatten)]
    pub volume: Volume,
}

/// An autonomous system and the flows that have an end in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkUse {
    /// Its number.
    pub asn: u32,
    /// Who runs it.
    pub as_org: Option<Text>,
    /// Distinct addresses in it.
    pub hosts: u64,
    /// Its flows, those within it once.
    #[serde(flatten)]
    pub volume: Volume,
}

/// Countries and autonomous systems, over all kept flows and whatever the unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Geography {
    /// Countries of the flows' ends.
    pub countries: Top<CountryUse>,
    /// Autonomous systems of the flows' ends.
    pub networks: Top<NetworkUse>,
}

impl Report {
    /// Where the addresses are, where a database says it.
    #[must_use]
    pub fn places(&self) -> Option<&Places> {
        self.enrichment.as_ref().map(|enrichment| &enrichment.places).filter(|places| !places.facts().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<Text> {
        Some(Text::from(text))
    }

    #[test]
    fn an_address_is_named_with_what_is_known() {
        let place = |country, as_org, asn| Place { country, as_org, asn, ..Place::default() };
        let all = vec![
            place(text("DE"), text("Example Net"), Some(64_496)),
            place(None, None, Some(64_497)),
            place(text("FR"), None, None),
            Place::default(),
        ];
        let facts = Facts { country: true, asn: true, city: false };
        let known = (0..4u8).map(|i| (IpAddr::from([203, 0, 113, i]), u32::from(i))).collect();
        let places = Places::new(facts, known, all);
        for (address, named) in [
            ("203.0.113.0", "203.0.113.0 (DE, Example Net)"),
            ("203.0.113.1", "203.0.113.1 (AS64497)"),
            ("203.0.113.2", "203.0.113.2 (FR)"),
            ("203.0.113.3", "203.0.113.3"),
            ("203.0.113.4", "203.0.113.4"),
            ("02:00:00:00:00:01", "02:00:00:00:00:01"),
            ("", ""),
        ] {
            assert_eq!(places.named(address), named);
        }
        assert_eq!(places.iter().count(), 4);
    }

    #[test]
    fn texts_are_made_of_what_is_there() {
        let city = Place { country_name: text("Germany"), city: text("Berlin"), ..Place::default() };
        assert_eq!((city.country_text().as_str(), city.network_text().as_str()), ("Germany, Berlin", ""));
        let network = Place { asn: Some(1), as_org: text("One"), ..Place::default() };
        assert_eq!((network.country_text().as_str(), network.network_text().as_str()), ("", "AS1 One"));
        let both = city.clone().or(network.clone());
        assert_eq!(both.facts().names(), ["country", "city", "asn"]);
        assert_eq!(both.clone().only(network.facts()), network);
        assert_eq!(both.facts().without(city.facts()), network.facts());
    }
}
