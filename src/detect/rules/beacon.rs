//! Beaconing: one host calls another again and again at even intervals with even sizes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::super::threshold::quantile;
use super::Rule;
use super::draft::Draft;
use super::row::Row;
use super::traffic::Traffic;
use super::words::{filter_of, many, service};
use crate::report::{AddressKind, Proto, Severity, Technique};
use crate::units::{NS_PER_SEC, count, duration_text, float};

pub(super) const RULE: Rule = Rule {
    kind: "beacon",
    name: "Beaconing",
    how: "One host began at least `beacon-flows` flows to a service of another whose gaps and sizes score at least \
          `beacon-score`: the mean of the evenness of gaps and of bytes sent, each the mean of Bowley's skewness turned \
          round and of the median absolute deviation against the median; or nine tenths of them have one of three pairs of \
          sizes, whatever the gaps; or half of at least twenty gaps lie within a hundredth of their median, whatever the \
          sizes. Protocols that poll by design (NTP, name services, DHCP, SNMP, industrial polling, groups) are left out. Low where other hosts use the service too, or where it is \
          an ordinary one asked less than twice as often as needed.",
    source: "RITA 5's time stamp and size scores; its histogram and duration scores need a day of traffic.",
    caveat: "Updates, mail clients, chats and monitoring poll as evenly.",
    technique: Some(Technique { id: "T1071", name: "Application Layer Protocol" }),
    limits: &["beacon-flows", "beacon-score"],
    find,
};

/// Services that poll by design.
const POLLING_PORTS: [u16; 22] = [
    53, 67, 68, 88, 102, 111, 123, 137, 138, 161, 162, 389, 502, 514, 546, 547, 1900, 3702, 5353, 5355, 20_000, 44_818,
];
/// Gaps below are of one burst: pages load their parts so.
const LEAST_GAP_NS: u64 = NS_PER_SEC.unsigned_abs();
/// A request that says hardly more than that the caller is there.
const SHORT_BYTES: u64 = 1_000;
const LEAST_REPEATED: usize = 20;
/// A gap's deviation that no program can avoid.
const FLOOR_NS: f64 = 1e6;
/// An interquartile range below this share of the median is none.
const FLAT: f64 = 0.05;
/// Gaps whose deviation is at most this share of their median are a clock's: then padding hides nothing.
const CLOCK_SHARE: f64 = 0.01;
/// Pairs of sizes that may repeat themselves, and the share of flows that must have one of them.
const REPEATED: usize = 3;
const REPEATED_SHARE: f64 = 0.9;

/// Whom, by what protocol and port.
type Service = (IpAddr, Proto, u16);

fn service_of(row: &Row<'_>) -> Service {
    (row.resp_addr, row.proto, row.resp_port)
}

/// Whether something was said and answered.
fn is_call(row: &Row<'_>) -> bool {
    row.sent.payload > 0 && row.back.packets > 0
}

fn find(traffic: &Traffic<'_>) -> Vec<Draft> {
    let mut found: Vec<(IpAddr, Service, Vec<&Row<'_>>, Score)> = Vec::new();
    for (actor, rows) in traffic.originators() {
        let calls = |row: &&Row<'_>| is_call(row) && row.proto.has_ports() && !POLLING_PORTS.contains(&row.resp_port);
        let mut rows: Vec<&Row<'_>> = rows.iter().filter(calls).collect();
        if !traffic.reaches(rows.len(), "beacon-flows") {
            continue;
        }
        rows.sort_by_key(|row| service_of(row));
        for rows in rows.chunk_by(|a, b| service_of(a) == service_of(b)) {
            let Some(service) = rows.first().map(|row| service_of(row)) else { continue };
            if !traffic.reaches(rows.len(), "beacon-flows") || AddressKind::of(service.0).is_group() {
                continue;
            }
            let Some(score) = Score::of(rows).filter(|s| s.total() >= traffic.limit("beacon-score")) else { continue };
            found.push((actor, service, rows.to_vec(), score));
        }
    }
    let mut callers: BTreeMap<Service, BTreeSet<IpAddr>> = BTreeMap::new();
    for (_, service, ..) in &found {
        callers.entry(*service).or_default();
    }
    if !found.is_empty() {
        for row in traffic.all().filter(is_call) {
            if let Some(callers) = callers.get_mut(&service_of(&row)) {
                callers.insert(row.orig_addr);
            }
        }
    }
    let is_alone = |service| callers.get(&service).is_some_and(|callers| callers.len() == 1);
    let draft = |(actor, service, rows, score): &(IpAddr, Service, Vec<&Row<'_>>, Score)| {
        let (target, proto, port) = *service;
        draft(traffic, (*actor, target), (proto, port), rows, score, is_alone(*service))
    };
    found.iter().map(draft).collect()
}

/// How even a series of flows is, 0 to 1.
#[derive(Debug, Clone, Copy)]
struct Score {
    gaps: f64,
    sizes: f64,
    /// Share of the flows with one of the few commonest pairs of sizes.
    repeated: f64,
    /// Nanoseconds.
    median_gap: f64,
    deviation: f64,
    /// Whether a clock seems to make the gaps.
    is_clock: bool,
}

impl Score {
    /// `None` where the gaps are those of a burst.
    fn of(rows: &[&Row<'_>]) -> Option<Self> {
        let starts = rows.iter().map(|row| row.first_ts);
        let mut gaps: Vec<f64> = starts.clone().zip(starts.skip(1)).map(|(a, b)| float(b.since(a))).collect();
        gaps.sort_unstable_by(f64::total_cmp);
        let median_gap = quantile(&gaps, 0.5);
        if median_gap < float(LEAST_GAP_NS) {
            return None;
        }
        let mut sizes: Vec<f64> = rows.iter().map(|row| float(row.sent.payload)).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let (gap_score, deviation) = evenness(&gaps, FLOOR_NS);
        let (size_score, _) = evenness(&sizes, 1.0);
        let is_clock = gaps.len() >= LEAST_REPEATED && deviation <= CLOCK_SHARE * median_gap;
        Some(Self { gaps: gap_score, sizes: size_score, repeated: repeated(rows), median_gap, deviation, is_clock })
    }

    fn total(&self) -> f64 {
        // Even sizes alone are those of every page that is asked for. Where hardly anything but the same few requests and
        // answers goes to and fro, the gaps may be uneven on purpose.
        let by_gaps = if self.gaps < 0.5 { 0.0 } else { (self.gaps + self.sizes) / 2.0 };
        let by_sizes = if self.repeated < REPEATED_SHARE { 0.0 } else { self.repeated };
        let by_clock = if self.is_clock { self.gaps } else { 0.0 };
        by_gaps.max(by_sizes).max(by_clock)
    }
}

/// Share of the flows whose bytes each way are one of the commonest pairs; 0 of too few to say, and of those that carry more
/// than a short message.
fn repeated(rows: &[&Row<'_>]) -> f64 {
    let mut pairs: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.sent.payload < SHORT_BYTES) {
        *pairs.entry((row.sent.payload, row.back.payload)).or_default() += 1;
    }
    let mut counts: Vec<usize> = pairs.into_values().collect();
    counts.sort_unstable();
    if rows.len() < LEAST_REPEATED {
        0.0
    } else {
        super::words::share(counts.iter().rev().take(REPEATED).sum(), rows.len())
    }
}

/// Evenness of an ascending list, and the median absolute deviation.
fn evenness(ascending: &[f64], floor: f64) -> (f64, f64) {
    let [low, middle, high] = [0.25, 0.5, 0.75].map(|share| quantile(ascending, share));
    // Of hardly any spread the shape says nothing.
    let is_flat = high - low < (10.0 * floor).max(FLAT * middle) || middle <= low || middle >= high;
    let skew = if is_flat { 0.0 } else { (high + low - 2.0 * middle) / (high - low) };
    let mut deviations: Vec<f64> = ascending.iter().map(|v| (v - middle).abs()).collect();
    deviations.sort_unstable_by(f64::total_cmp);
    let deviation = quantile(&deviations, 0.5);
    let by_deviation = if middle < floor { 0.0 } else { ((middle - deviation) / middle).max(0.0) };
    // A skewness without spread says nothing: it counts as much as the deviation allows.
    ((1.0 - skew.abs()).min(1.0) * 0.5 + by_deviation * 0.5, deviation)
}

fn draft(
    traffic: &Traffic<'_>,
    (actor, target): (IpAddr, IpAddr),
    key: (Proto, u16),
    rows: &[&Row<'_>],
    score: &Score,
    is_alone: bool,
) -> Draft {
    let mut draft = Draft::of_actor(actor, rows.iter().map(|row| **row));
    let is_often = float(count(rows.len())) >= 2.0 * traffic.limit("beacon-flows");
    draft.severity = if is_alone && is_often { Severity::Medium } else { Severity::Low };
    let gap = |ns: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // nanoseconds of a capture
        duration_text(ns as u64)
    };
    draft.title = format!("{actor}: calls {target} every {}, {}", gap(score.median_gap), service(key.0, key.1));
    draft.evidence = format!(
        "{} with a median gap of {}, half of them within {} of it; evenness of gaps {:.2}, of bytes sent {:.2}; {:.0} % have \
         one of the three commonest pairs of sizes; {}.",
        many(rows.len(), "flow"),
        gap(score.median_gap),
        gap(score.deviation),
        score.gaps,
        score.sizes,
        100.0 * score.repeated,
        if is_alone { "no other host calls it" } else { "other hosts call it too" },
    );
    draft.measure("score", score.total());
    draft.measure("gap_seconds", score.median_gap / 1e9);
    draft.count("flows", rows.len());
    draft.filter = filter_of(actor, &draft.targets, Some(key));
    draft
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_series_score_high_and_uneven_ones_low() {
        let even = [2.0e9; 20];
        assert!((evenness(&even, FLOOR_NS).0 - 1.0).abs() < 1e-9);
        let mut jittered: Vec<f64> = (0..20).map(|i| 2.0e9 + 1e7 * f64::from(i)).collect();
        jittered.sort_unstable_by(f64::total_cmp);
        assert!(evenness(&jittered, FLOOR_NS).0 > 0.9);
        let uneven: Vec<f64> = (0..20).map(|i| 1e8 * libm::pow(1.6, f64::from(i))).collect();
        assert!(evenness(&uneven, FLOOR_NS).0 < 0.5);
    }
}
