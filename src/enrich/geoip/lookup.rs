//! The places of all addresses of a report.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::GeoDatabase;
use crate::enrich::faults::{Fault, Faults};
use crate::report::{DatabaseReport, Facts, Fields, Place, Places, Report};

/// A database while it is asked.
struct Source<'a> {
    database: &'a GeoDatabase,
    /// What is taken from it.
    facts: Facts,
    /// Numbers of the records met, from 1, by their place in the file; 0 is one that says nothing.
    numbers: BTreeMap<usize, u32>,
    places: Vec<Place>,
    looked_up: u64,
    found: u64,
    faults: Faults,
}

impl<'a> Source<'a> {
    fn new(database: &'a GeoDatabase, facts: Facts) -> Self {
        Self {
            database,
            facts,
            numbers: BTreeMap::new(),
            places: Vec::new(),
            looked_up: 0,
            found: 0,
            faults: Faults::default(),
        }
    }

    /// The number of an address's record, 0 where nothing is known.
    fn ask(&mut self, address: IpAddr) -> u32 {
        if self.facts.is_empty() {
            return 0;
        }
        let found = self.database.record_of(address);
        self.looked_up += u64::from(!matches!(found, Err(Fault::Ipv4Only)));
        let number = match found {
            Ok(None) => 0,
            Ok(Some(record)) => match self.numbers.get(&record) {
                Some(number) => *number,
                None => self.read(record, address),
            },
            Err(fault) => {
                self.faults.add(fault, 0);
                0
            }
        };
        self.found += u64::from(number > 0);
        number
    }

    fn read(&mut self, record: usize, address: IpAddr) -> u32 {
        let place = match self.database.place_of(address) {
            Ok(place) => place.only(self.facts),
            Err(fault) => {
                // Not remembered: each address that leads to it is counted.
                self.faults.add(fault, 0);
                return 0;
            }
        };
        let mut number = 0;
        if !place.facts().is_empty() {
            self.places.push(place);
            number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        }
        self.numbers.insert(record, number);
        number
    }

    fn place(&self, number: u32) -> Option<Place> {
        self.places.get(usize::try_from(number).ok()?.checked_sub(1)?).cloned()
    }

    fn report(&self) -> DatabaseReport {
        DatabaseReport {
            name: self.database.name().to_owned(),
            database_type: self.database.database_type(),
            build_time: self.database.build_time(),
            ip_version: self.database.ip_version(),
            facts: self.facts.names(),
            looked_up: self.looked_up,
            found: self.found,
            faults: self.faults.report(),
        }
    }
}

/// The sources, in the order of the databases: each is asked for what no later one tells.
fn sources(databases: &[GeoDatabase]) -> Vec<Source<'_>> {
    let mut told = Facts::default();
    let mut sources: Vec<Source<'_>> = Vec::new();
    for database in databases.iter().rev() {
        sources.push(Source::new(database, database.facts().without(told)));
        told = told.or(database.facts());
    }
    sources.reverse();
    sources
}

/// Looks every address up.
pub(super) fn places(report: &Report, databases: &[GeoDatabase]) -> (Places, Vec<DatabaseReport>) {
    let mut sources = sources(databases);
    let facts = sources.iter().fold(Facts::default(), |all, source| all.or(source.facts));
    // Places by the records that they are made of.
    let mut made: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    let (mut known, mut places) = (Vec::new(), Vec::new());
    for address in addresses(report) {
        let records: Vec<u32> = sources.iter_mut().map(|source| source.ask(address)).collect();
        if records.iter().all(|record| *record == 0) {
            continue;
        }
        let place = *made.entry(records).or_insert_with_key(|records| {
            let parts = sources.iter().zip(records).filter_map(|(source, record)| source.place(*record));
            places.push(parts.fold(Place::default(), Place::or));
            u32::try_from(places.len() - 1).unwrap_or(u32::MAX)
        });
        known.push((address, place));
    }
    let told = sources.iter().map(Source::report).collect();
    (Places::new(facts, known, places), told)
}

/// The distinct addresses of the flows, in ascending order.
fn addresses(report: &Report) -> Vec<IpAddr> {
    let flows = report.flows.iter().filter(|flow| flow.knows(Fields::ADDRESSES));
    let mut all: Vec<IpAddr> = flows.flat_map(|flow| [flow.orig_addr, flow.resp_addr]).collect();
    all.sort_unstable();
    all.dedup();
    all
}
