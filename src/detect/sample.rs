//! Which rows a detector is fitted on: unique after quantisation, drawn with a cap per host, bounded.
//!
//! A flood is one unique row however often it comes, and one host gives a few rows however many flows it has. The caps
//! are those under which detectors on real mixed traffic rank attacks above the rest: at most 4 rows per originator,
//! 12 per responder, 8 per responder and port, 1 per pair. The caps by responder hold only for flows to which nothing
//! came back: a server that answers a whole office is popular, not flooded. Where the caps leave too few rows to learn
//! from, they are doubled until there are enough.

use std::net::IpAddr;

use ahash::RandomState;
use hashbrown::HashMap;

use crate::features::{FeatureInfo, Rows};
use crate::flow::mix64;
use crate::host::is_failed;
use crate::settings::Settings;
use crate::units::count;

/// Steps of a transformed value that count as the same: an eighth of a unit (of ln for sizes and times).
const STEPS_PER_UNIT: f64 = 8.0;
/// Flows, and packets, wanted before the caps are kept.
const ENOUGH_FLOWS: usize = 300;
const ENOUGH_PACKETS: usize = 2000;
/// Largest number of times the caps are doubled.
const DOUBLINGS: u32 = 24;

/// The fitting rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    /// Row numbers, in random order.
    pub(super) rows: Vec<usize>,
    /// Distinct rows after quantisation.
    pub(super) unique: u64,
    /// Rows that the most frequent of them stands for.
    pub(super) largest_group: u64,
}

fn quantised(rows: Rows<'_>, row: usize, features: &[(usize, FeatureInfo)]) -> u64 {
    features.iter().fold(0, |hash, &(feature, info)| {
        let step = rows.raw(row, feature).map(|v| (info.transform.apply(v) * STEPS_PER_UNIT).round());
        // a missing value is a value of its own
        mix64(hash ^ step.map_or(u64::MAX, f64::to_bits))
    })
}

/// The hosts and port of a row, for the caps, and whether nothing came back.
fn ends(rows: Rows<'_>, row: usize) -> Option<(IpAddr, IpAddr, u16, bool)> {
    match rows {
        Rows::Flows(flows) => flows.get(row).map(|f| (f.orig_addr, f.resp_addr, f.resp_port, is_failed(f))),
        Rows::Packets(packets) => packets.get(row).map(|p| (p.src, p.dst, p.dst_port.unwrap_or(0), true)),
    }
}

/// What a cap counts: its kind, originator, responder and port.
type Group = (u8, Option<IpAddr>, Option<IpAddr>, u16);

/// Draws the fitting rows from the scored ones.
pub(super) fn draw(rows: Rows<'_>, scored: &[usize], features: &[(usize, FeatureInfo)], settings: &Settings) -> Sample {
    let seed = u64::from(settings.seed);
    let hasher = RandomState::with_seeds(seed, 1, 2, 3);
    let mut groups: HashMap<u64, (u64, usize), RandomState> = HashMap::with_hasher(hasher.clone());
    for &row in scored {
        groups.entry(quantised(rows, row, features)).or_insert((0, row)).0 += 1;
    }
    let mut order: Vec<(u64, usize)> =
        groups.iter().map(|(hash, (_, row))| (mix64(hash ^ mix64(seed)), *row)).collect();
    order.sort_unstable();
    let most = usize::try_from(settings.fit_rows).unwrap_or(usize::MAX);
    let enough = match rows {
        Rows::Flows(_) => ENOUGH_FLOWS,
        Rows::Packets(_) => ENOUGH_PACKETS,
    };
    let wanted = enough.min(order.len()).min(most);
    let mut chosen = Vec::new();
    for doubling in 0..DOUBLINGS {
        chosen = capped(rows, &order, 1 << doubling, most, &hasher);
        if chosen.len() >= wanted {
            break;
        }
    }
    let largest_group = groups.values().map(|(n, _)| *n).max().unwrap_or(0);
    Sample { rows: chosen, unique: count(groups.len()), largest_group }
}

/// Takes rows in order while none of their caps is full.
fn capped(rows: Rows<'_>, order: &[(u64, usize)], factor: u32, most: usize, hasher: &RandomState) -> Vec<usize> {
    let mut taken: HashMap<Group, u32, RandomState> = HashMap::with_hasher(hasher.clone());
    let mut chosen = Vec::new();
    for &(_, row) in order {
        let Some((orig, resp, port, is_failed)) = ends(rows, row) else { continue };
        let groups = [
            ((0, Some(orig), None, 0), 4 * factor),
            ((1, None, Some(resp), 0), 12 * factor),
            ((2, None, Some(resp), port), 8 * factor),
            ((3, Some(orig), Some(resp), 0), factor),
        ];
        // A popular server answers many hosts; only what it does not answer is capped by responder.
        let in_force = groups.iter().filter(|((kind, ..), _)| is_failed || !matches!(kind, 1 | 2));
        if in_force.clone().any(|(key, cap)| taken.get(key).is_some_and(|n| n >= cap)) {
            continue;
        }
        for (key, _) in in_force {
            *taken.entry(*key).or_default() += 1;
        }
        chosen.push(row);
        if chosen.len() >= most {
            break;
        }
    }
    chosen
}
