//! Flows put in order for the rules: host by host, each host's in order of time.

use std::net::IpAddr;

use hashbrown::HashMap;

use super::row::Row;
use crate::flow::Keyed;
use crate::units::Timestamp;

/// Flows of one host after the other, in order of time.
#[derive(Debug, Default)]
pub(super) struct Order<'a> {
    pub(super) rows: Vec<Row<'a>>,
    /// Each host with the end of its rows.
    ends: Vec<(IpAddr, usize)>,
}

/// The places of addresses in their order, which are compared more cheaply.
#[derive(Debug)]
pub(super) struct Ranks {
    ranks: HashMap<IpAddr, u32, Keyed>,
}

impl Ranks {
    pub(super) fn of(rows: &[Row<'_>]) -> Self {
        // No output depends on the key.
        let mut ranks = HashMap::with_hasher(Keyed::new([0, 0]));
        ranks.extend(rows.iter().flat_map(|row| [(row.orig_addr, 0), (row.resp_addr, 0)]));
        let mut addresses: Vec<(IpAddr, &mut u32)> = ranks.iter_mut().map(|(address, rank)| (*address, rank)).collect();
        addresses.sort_unstable_by_key(|(address, _)| *address);
        for ((_, rank), place) in addresses.into_iter().zip(0..) {
            *rank = place;
        }
        Self { ranks }
    }
}

impl<'a> Order<'a> {
    pub(super) fn of(rows: &[Row<'a>], ranks: &Ranks, end: fn(&Row<'a>) -> IpAddr) -> Self {
        let key = |(at, row): (u32, &Row<'a>)| {
            let rank = ranks.ranks.get(&end(row)).copied().unwrap_or(u32::MAX);
            (u64::from(rank), row.first_ts, at)
        };
        let mut keys: Vec<(u64, Timestamp, u32)> = (0..).zip(rows).map(key).collect();
        keys.sort_unstable();
        let mut order = Self { rows: Vec::with_capacity(rows.len()), ends: Vec::new() };
        for (.., at) in keys {
            let Some(row) = usize::try_from(at).ok().and_then(|at| rows.get(at)) else { continue };
            order.rows.push(*row);
            order.end(end(row));
        }
        order
    }

    /// Notes that the rows up to here are of this host.
    fn end(&mut self, host: IpAddr) {
        match self.ends.last_mut().filter(|(last, _)| *last == host) {
            Some((_, end)) => *end = self.rows.len(),
            None => self.ends.push((host, self.rows.len())),
        }
    }

    /// The same with the wanted rows only.
    pub(super) fn only(&self, wanted: fn(&Row<'a>) -> bool) -> Self {
        let mut order = Self::default();
        for (host, rows) in self.groups() {
            let before = order.rows.len();
            order.rows.extend(rows.iter().filter(|row| wanted(row)));
            if order.rows.len() > before {
                order.end(host);
            }
        }
        order
    }

    pub(super) fn of_host(&self, host: IpAddr) -> &[Row<'a>] {
        let place = self.ends.partition_point(|(other, _)| *other < host);
        let from = place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(_, end)| *end);
        let found = self.ends.get(place).filter(|(other, _)| *other == host);
        found.and_then(|(_, end)| self.rows.get(from..*end)).unwrap_or_default()
    }

    /// Each host with its rows.
    pub(super) fn groups(&self) -> impl Iterator<Item = (IpAddr, &[Row<'a>])> {
        let mut from = 0;
        self.ends.iter().filter_map(move |&(host, end)| {
            let rows = self.rows.get(from..end)?;
            from = end;
            Some((host, rows))
        })
    }

    /// Each host with those of its rows that are wanted, where there are any.
    pub(super) fn chosen(&self, wanted: fn(&Row<'a>) -> bool) -> impl Iterator<Item = (IpAddr, Vec<Row<'a>>)> {
        self.groups().filter_map(move |(host, rows)| {
            let rows: Vec<Row<'a>> = rows.iter().filter(|row| wanted(row)).copied().collect();
            (!rows.is_empty()).then_some((host, rows))
        })
    }
}
