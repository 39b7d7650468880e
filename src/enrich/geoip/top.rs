//! The countries and autonomous systems that most bytes went to or came from.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::report::{CountryUse, Fields, Geography, NetworkUse, Overview, Place, Places, Report, Text, Top, Volume};
use crate::sort;
use crate::units::count;

/// What is counted of a country or an autonomous system.
#[derive(Debug, Default)]
struct Use<'a> {
    /// By the lowest address that has a name.
    name: Option<&'a Text>,
    hosts: u64,
    volume: Volume,
}

type Uses<'a, K> = BTreeMap<K, Use<'a>>;

/// Counts every flow whole with each country and system that an end of it is in.
pub(super) fn geography(report: &Report, places: &Places) -> Geography {
    let (mut countries, mut networks) = (Uses::new(), Uses::new());
    for (_, place) in places.iter() {
        host(&mut countries, place.country.as_ref(), place.country_name.as_ref());
        host(&mut networks, place.asn, place.as_org.as_ref());
    }
    for flow in report.flows.iter().filter(|flow| flow.knows(Fields::ADDRESSES)) {
        let volume = Volume { flows: 1, packets: flow.packets(), bytes: flow.wire_bytes() };
        let ends = [places.of(flow.orig_addr), places.of(flow.resp_addr)];
        both(&mut countries, ends, |place| place.country.as_ref(), &volume);
        both(&mut networks, ends, |place| place.asn, &volume);
    }
    Geography {
        countries: top(countries, |country, Use { name, hosts, volume }| CountryUse {
            country: country.clone(),
            country_name: name.cloned(),
            hosts,
            volume,
        }),
        networks: top(networks, |asn, Use { name, hosts, volume }| NetworkUse {
            asn,
            as_org: name.cloned(),
            hosts,
            volume,
        }),
    }
}

fn host<'a, K: Ord>(uses: &mut Uses<'a, K>, key: Option<K>, name: Option<&'a Text>) {
    if let Some(key) = key {
        let of_it = uses.entry(key).or_default();
        of_it.name = of_it.name.or(name);
        of_it.hosts += 1;
    }
}

fn both<'a, K: Ord>(
    uses: &mut Uses<'a, K>,
    ends: [Option<&'a Place>; 2],
    key: impl Fn(&'a Place) -> Option<K>,
    volume: &Volume,
) {
    let [orig, resp] = ends.map(|place| place.and_then(&key));
    let resp = resp.filter(|resp| orig.as_ref() != Some(resp));
    for key in [orig, resp].into_iter().flatten() {
        uses.entry(key).or_default().volume.merge(volume);
    }
}

/// The largest, in the order of the overview's lists.
fn top<'a, K: Ord + Clone, T>(uses: Uses<'a, K>, made: impl Fn(K, Use<'a>) -> T) -> Top<T> {
    let mut all: Vec<(K, Use<'a>)> = uses.into_iter().collect();
    // Stable: of equals the first by its key.
    sort::by_key(&mut all, |(_, Use { volume: v, .. })| (Reverse(v.bytes), Reverse(v.packets), Reverse(v.flows)));
    let mut top = Top { count: count(all.len()), first: Vec::new(), others: Volume::default() };
    for (key, of_it) in all {
        if top.first.len() < Overview::TOP {
            top.first.push(made(key, of_it));
        } else {
            top.others.merge(&of_it.volume);
        }
    }
    top
}
