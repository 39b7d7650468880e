//! Chooses the responders and services of the heat map and counts its cells.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

use super::talks::{Service, Talk};
use crate::report::{HostPorts, HostRecord, PortCell, PortHost, PortService, Report};
use crate::sort;
use crate::units::count;

/// Rows and columns, that of all others included: cells of more could not be read.
const MOST_HOSTS: usize = 25;
const MOST_SERVICES: usize = 20;

/// The heat map of the report's flows.
///
/// **Memory** a counter a distinct service, of which there are at most 65,536 a protocol with ports.
pub(super) fn build(report: &Report, talks: &[Talk]) -> HostPorts {
    let mut services: BTreeMap<Service, u64> = BTreeMap::new();
    for talk in talks {
        *services.entry(talk.service).or_default() += 1;
    }
    let (hosts, other_hosts) = first(responders(&report.hosts), MOST_HOSTS);
    let (services, other_services) = first(services.into_iter().collect(), MOST_SERVICES);
    HostPorts {
        cells: cells(talks, &places(&hosts), &places(&services)),
        hosts: hosts.into_iter().map(|(address, flows)| PortHost { address: address.to_string(), flows }).collect(),
        services: services
            .into_iter()
            .map(|((proto, port), flows)| PortService { proto: proto.name(), port, flows })
            .collect(),
        other_hosts,
        other_services,
    }
}

fn responders(hosts: &[HostRecord]) -> Vec<(IpAddr, u64)> {
    hosts.iter().filter(|host| host.resp.flows > 0).map(|host| (host.address, u64::from(host.resp.flows))).collect()
}

/// Those with most flows, and how many are left out: all that there is room for, or one less to leave room for the others.
fn first<T: Ord + Copy>(mut all: Vec<(T, u64)>, most: usize) -> (Vec<(T, u64)>, u64) {
    let kept = if all.len() > most { most - 1 } else { all.len() };
    let others = count(all.len() - kept);
    sort::first_by_key(&mut all, kept, |(what, flows)| (Reverse(*flows), *what));
    (all, others)
}

/// What is listed with its place, in order, to be searched.
fn places<T: Ord + Copy>(listed: &[(T, u64)]) -> Vec<(T, usize)> {
    let mut places: Vec<_> = listed.iter().enumerate().map(|(place, (what, _))| (*what, place)).collect();
    sort::ascending(&mut places);
    places
}

/// The place of something; behind all for what is not listed.
fn place_of<T: Ord + Copy>(places: &[(T, usize)], what: T) -> usize {
    let found = places.binary_search_by_key(&what, |(what, _)| *what).ok();
    found.and_then(|at| places.get(at)).map_or(places.len(), |(_, place)| *place)
}

fn cells(talks: &[Talk], hosts: &[(IpAddr, usize)], services: &[(Service, usize)]) -> Vec<PortCell> {
    let width = services.len() + 1;
    let mut cells = vec![PortCell::default(); (hosts.len() + 1) * width];
    for talk in talks {
        let at = place_of(hosts, talk.resp) * width + place_of(services, talk.service);
        if let Some(cell) = cells.get_mut(at) {
            cell.flows += 1;
            cell.bytes = cell.bytes.saturating_add(talk.bytes);
            cell.anomalies += u64::from(talk.is_anomalous);
        }
    }
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let named =
        |(at, cell): (usize, PortCell)| PortCell { host: number(at / width), service: number(at % width), ..cell };
    cells.into_iter().enumerate().filter(|(_, cell)| cell.flows > 0).map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_listed_or_one_less_than_there_is_room_for() {
        let all = |n: u64| (0..n).map(|i| (i, i / 2)).collect::<Vec<_>>();
        assert_eq!(first(all(0), 4), (Vec::new(), 0));
        assert_eq!(first(all(4), 4), (vec![(2, 1), (3, 1), (0, 0), (1, 0)], 0));
        assert_eq!(first(all(7), 4), (vec![(6, 3), (4, 2), (5, 2)], 4));
    }

    #[test]
    fn a_place_is_that_of_the_list() {
        let places = places(&[(9, 5), (3, 4), (7, 1)]);
        assert_eq!([9, 3, 7, 8].map(|what| place_of(&places, what)), [0, 1, 2, 3]);
    }
}
