//! Which rows a detector is fitted on: unique after quantisation (of hosts, eight alike), drawn with a cap per host,
//! bounded.
//!
//! A flood is one unique row however often it comes, and one host gives a few rows however many flows it has. The caps
//! are those under which detectors on real mixed traffic rank attacks above the rest: at most 4 rows per originator,
//! 12 per responder, 8 per responder and port, 1 per pair. The caps by responder hold only for flows to which nothing
//! came back: a server that answers a whole office is popular, not flooded. Where the caps leave too few rows to learn
//! clusters from, they are doubled until there are enough. Detectors of flows learn from the strict sample, where the caps
//! are never doubled, and from ordinary rows beside it.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};

use hashbrown::HashMap;
use rayon::prelude::*;

use super::PIECE;
use crate::features::{FeatureInfo, Reader, RowRef, Rows, Transform};
use crate::flow::{Keyed, mix64};
use crate::host::{is_failed, needed_to_fail};
use crate::report::Fields;
use crate::settings::Settings;
use crate::units::count;

/// Steps a unit: values on one of them count as the same.
const STEPS_PER_UNIT: f64 = 8.0;
/// Flows, and packets, wanted before the caps are kept.
const ENOUGH_FLOWS: usize = 300;
const ENOUGH_PACKETS: usize = 2000;
/// The caps: rows an originator, a pair, a responder, and a responder and port.
const ORIG_CAP: u32 = 4;
const PAIR_CAP: u32 = 1;
const RESP_CAP: u32 = 12;
const SERVICE_CAP: u32 = 8;
/// Hosts that are alike after quantisation and count one by one: in a small network the usual must outweigh the odd one,
/// and a flood from made-up addresses must not become the usual.
const ALIKE_HOSTS: u64 = 8;
/// Largest number of times the caps are doubled.
const DOUBLINGS: u32 = 24;

/// The fitting rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    /// Row numbers, in random order.
    pub(super) rows: Vec<usize>,
    /// Of flows those that the caps leave, however few.
    pub(super) strict: Vec<usize>,
    /// Distinct rows after quantisation.
    pub(super) unique: u64,
    /// Rows that the most frequent of them stands for.
    pub(super) largest_group: u64,
}

// Never inlined: a browser optimises a function when it is called, not while it runs.
#[inline(never)]
fn quantised(row: RowRef<'_>, reader: &Reader) -> u64 {
    let mut hash = 0u64;
    reader.read(row, |transform, raw| {
        // A missing value is a value of its own.
        let step = raw.map_or(u64::MAX, |v| step(transform, v));
        hash = (hash.rotate_left(29) ^ step).wrapping_mul(MIX);
    });
    mix64(hash)
}

/// An odd number without a pattern: 2^64 over the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The number of the step that a value lies on: an eighth of a unit; of what is compared by its logarithm an eighth of a
/// doubling of 1 + the value, as the exponent and the first three bits of the mantissa say, rounded.
fn step(transform: Transform, raw: f64) -> u64 {
    const CUT: u32 = f64::MANTISSA_DIGITS - 1 - 3;
    match transform {
        Transform::Linear => round(raw * STEPS_PER_UNIT).to_bits(),
        Transform::Log1p => (1.0 + raw.max(0.0)).to_bits().wrapping_add(1 << (CUT - 1)) >> CUT,
    }
}

/// `f64::round`, whose result it gives to the bit, without a call of the platform's.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // only where an i64 holds it
fn round(v: f64) -> f64 {
    /// From here on every value is whole.
    const WHOLE: f64 = (1u64 << 52) as f64;
    if v.abs() >= WHOLE || v.is_nan() {
        return v;
    }
    let towards_zero = (v as i64) as f64;
    let away = if (v - towards_zero).abs() >= 0.5 { 1.0 } else { 0.0 };
    (towards_zero.abs() + away).copysign(v)
}

/// The hosts and port of a row, for the caps, and whether nothing came back.
fn ends(rows: Rows<'_>, row: usize) -> Option<(IpAddr, IpAddr, u16, bool)> {
    match rows {
        Rows::Flows(flows) => flows.get(row).map(|f| {
            if !f.knows(Fields::ADDRESSES) {
                return nobody(row);
            }
            (f.orig_addr, f.resp_addr, f.resp_port, f.knows(needed_to_fail()) && is_failed(f))
        }),
        Rows::Packets(packets) => packets.get(row).map(|p| (p.src, p.dst, p.dst_port.unwrap_or(0), true)),
        // A host is one row: no cap is ever full.
        Rows::Hosts(hosts) => hosts.get(row).map(|h| (h.address, h.address, 0, false)),
    }
}

/// The ends of a row that names no hosts: nobody is known to be loud, so each has hosts of its own.
///
/// **Source** RFC 6666: no host has an address in 100::/64.
fn nobody(row: usize) -> (IpAddr, IpAddr, u16, bool) {
    let host = IpAddr::V6(Ipv6Addr::from_bits((0x100 << 112) | u128::from(count(row))));
    (host, host, 0, false)
}

/// What the caps count of one row, each as a number of its own kind.
#[derive(Debug, Clone, Copy)]
struct Groups {
    row: usize,
    orig: u32,
    resp: u32,
    service: u32,
    pair: u32,
    is_failed: bool,
}

/// Numbers keys as they appear.
#[derive(Debug)]
struct Numbers<K> {
    numbers: HashMap<K, u32, Keyed>,
}

impl<K: Hash + Eq> Numbers<K> {
    fn new(hasher: Keyed) -> Self {
        Self { numbers: HashMap::with_hasher(hasher) }
    }

    fn of(&mut self, key: K) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(key).or_insert(next)
    }

    /// A counter for each.
    fn counters(&self) -> Vec<u32> {
        vec![0; self.numbers.len()]
    }
}

/// The rows in the order given with their groups.
#[derive(Debug)]
struct Grouped {
    rows: Vec<Groups>,
    hosts: Numbers<IpAddr>,
    services: Numbers<(u32, u16)>,
    pairs: Numbers<(u32, u32)>,
}

impl Grouped {
    fn new(hasher: Keyed) -> Self {
        Self {
            rows: Vec::new(),
            hosts: Numbers::new(hasher),
            services: Numbers::new(hasher),
            pairs: Numbers::new(hasher),
        }
    }

    // Never inlined: a browser optimises a function when it is called, not while it runs.
    #[inline(never)]
    fn add(&mut self, rows: Rows<'_>, row: usize) {
        let Some((orig, resp, port, is_failed)) = ends(rows, row) else { return };
        let (orig, resp) = (self.hosts.of(orig), self.hosts.of(resp));
        let (service, pair) = (self.services.of((resp, port)), self.pairs.of((orig, resp)));
        self.rows.push(Groups { row, orig, resp, service, pair, is_failed });
    }

    /// Takes rows in order while none of their caps is full.
    fn capped(&self, factor: u32, most: usize) -> Vec<usize> {
        let mut taken = [&self.hosts, &self.hosts].map(Numbers::counters);
        let (mut services, mut pairs) = (self.services.counters(), self.pairs.counters());
        let [origs, resps] = &mut taken;
        let mut chosen = Vec::new();
        for groups in &self.rows {
            let mut counters = [
                (origs.get_mut(place(groups.orig)), ORIG_CAP, false),
                (pairs.get_mut(place(groups.pair)), PAIR_CAP, false),
                (resps.get_mut(place(groups.resp)), RESP_CAP, true),
                (services.get_mut(place(groups.service)), SERVICE_CAP, true),
            ];
            // A popular server answers many hosts; only what it does not answer is capped by responder.
            let is_in_force = |of_responder: bool| groups.is_failed || !of_responder;
            let is_full = |(n, cap, of_responder): &(Option<&mut u32>, u32, bool)| {
                is_in_force(*of_responder) && n.as_ref().is_some_and(|n| **n >= cap * factor)
            };
            if counters.iter().any(is_full) {
                continue;
            }
            for (n, _, _) in counters.iter_mut().filter(|(.., of_responder)| is_in_force(*of_responder)) {
                if let Some(n) = n {
                    **n += 1;
                }
            }
            chosen.push(groups.row);
            if chosen.len() >= most {
                break;
            }
        }
        chosen
    }
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Draws the fitting rows from the scored ones.
pub(super) fn draw(rows: Rows<'_>, scored: &[usize], features: &[(usize, FeatureInfo)], settings: &Settings) -> Sample {
    let seed = u64::from(settings.seed);
    let hasher = Keyed::new([seed, 1]);
    let alike = if matches!(rows, Rows::Hosts(_)) { ALIKE_HOSTS } else { 1 };
    let mut groups: HashMap<u64, u64, Keyed> = HashMap::with_hasher(hasher);
    let mut order: Vec<(u64, usize)> = Vec::new();
    let reader = Reader::new(features.iter().map(|(feature, info)| (*feature, info)));
    let hash = |&row: &usize| rows.at(row).map_or(0, |row| quantised(row, &reader));
    let hashes: Vec<u64> = scored.par_iter().with_min_len(PIECE).map(hash).collect();
    for (&row, hash) in scored.iter().zip(hashes) {
        let rows = groups.entry(hash).or_default();
        *rows += 1;
        if *rows <= alike {
            order.push((mix64(hash ^ mix64(seed)), row));
        }
    }
    order.sort_unstable();
    let most = usize::try_from(settings.fit_rows).unwrap_or(usize::MAX);
    let enough = match rows {
        Rows::Flows(_) => ENOUGH_FLOWS,
        Rows::Packets(_) => ENOUGH_PACKETS,
        Rows::Hosts(_) => 0,
    };
    let wanted = enough.min(order.len()).min(most);
    let mut grouped = Grouped::new(hasher);
    order.iter().for_each(|&(_, row)| grouped.add(rows, row));
    let mut chosen = Vec::new();
    for doubling in 0..DOUBLINGS {
        chosen = grouped.capped(1 << doubling, most);
        if chosen.len() >= wanted {
            break;
        }
    }
    let largest_group = groups.values().copied().max().unwrap_or(0);
    let strict = if matches!(rows, Rows::Flows(_)) { grouped.capped(1, most) } else { chosen.clone() };
    Sample { rows: chosen, strict, unique: count(groups.len()), largest_group }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_have_eight_steps_a_doubling() {
        let steps = |from: f64, to: f64| step(Transform::Log1p, to) - step(Transform::Log1p, from);
        for low in [1023.0, 1e6, 1e12] {
            assert_eq!((steps(low, 2.0 * low + 1.0), steps(low, low * 1.01), steps(low, low * 1.5)), (8, 0, 4));
        }
        assert_eq!(steps(-5.0, 0.0), 0);
        assert!(step(Transform::Log1p, f64::MAX) < u64::MAX);
    }

    #[test]
    fn rounds_as_the_standard_library() {
        let edges = [0.0, 0.3, 0.5, 0.499_999_999_999_999_94, 1.5, 2.5, 4_503_599_627_370_495.5, 1e300, f64::INFINITY];
        let many = (0..10_000u32).map(|i| f64::from(i) * 0.007_3);
        for v in edges.into_iter().chain(many).flat_map(|v| [v, -v]) {
            assert_eq!(round(v).to_bits(), v.round().to_bits(), "{v}");
        }
        assert!(round(f64::NAN).is_nan());
    }
}
