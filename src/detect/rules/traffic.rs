//! The flows of a run, put in order for the rules.

use std::net::IpAddr;

use super::order::{Order, Ranks};
use super::row::Row;
use crate::chunked::Chunked;
use crate::report::{Fields, FlowRecord, HostRecord, Report};
use crate::units::{NS_PER_SEC, Timestamp};

/// What the rules look at.
#[derive(Debug)]
pub(super) struct Traffic<'a> {
    pub(super) report: &'a Report,
    pub(super) flows: &'a Chunked<FlowRecord>,
    pub(super) hosts: &'a [HostRecord],
    by_orig: Order<'a>,
    by_resp: Order<'a>,
    /// Of the flows whose payload said something, by originator: names asked for, TLS, and all else.
    names: Order<'a>,
    tls: Order<'a>,
    plain: Order<'a>,
    /// Of the flows that are what a scanner sends.
    probes: Order<'a>,
    /// Of all flows, also of those between unknown hosts.
    span: (Timestamp, Timestamp),
}

impl<'a> Traffic<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let Report { flows, hosts, .. } = report;
        let mut rows = Vec::with_capacity(flows.len());
        let mut span: Option<(Timestamp, Timestamp)> = None;
        for (row, flow) in (0..).zip(flows) {
            let (first, last) = span.unwrap_or((flow.first_ts, flow.last_ts));
            span = Some((first.min(flow.first_ts), last.max(flow.last_ts)));
            // Of rows of a table that names no hosts no rule can say who did it.
            if flow.knows(Fields::ADDRESSES) {
                rows.push(Row::of(flow, row));
            }
        }
        let ranks = Ranks::of(&rows);
        let (by_orig, by_resp) = rayon::join(
            || Order::of(&rows, &ranks, |row| row.orig_addr),
            || Order::of(&rows, &ranks, |row| row.resp_addr),
        );
        drop(rows);
        let names = by_orig.only(|row| row.says.names);
        let tls = by_orig.only(|row| row.says.tls);
        let probes = by_orig.only(|row| row.probe.is_some());
        let plain = by_orig.only(|row| row.says.more);
        Self { report, flows, hosts, by_orig, by_resp, names, tls, plain, probes, span: span.unwrap_or_default() }
    }

    /// A threshold.
    pub(super) fn limit(&self, name: &str) -> f64 {
        self.report.settings.limits.get(name)
    }

    /// Whether a count reaches a threshold.
    pub(super) fn reaches(&self, n: usize, name: &str) -> bool {
        crate::units::float(crate::units::count(n)) >= self.limit(name)
    }

    /// Every flow between known hosts, by originator.
    pub(super) fn all(&self) -> impl Iterator<Item = Row<'a>> + Clone {
        self.by_orig.rows.iter().copied()
    }

    /// From the first packet to the last, nanoseconds.
    pub(super) fn span_ns(&self) -> u64 {
        let (first, last) = self.span;
        last.since(first)
    }

    /// Each originator with its flows, in order of time.
    pub(super) fn originators(&self) -> impl Iterator<Item = (IpAddr, &[Row<'a>])> {
        self.by_orig.groups()
    }

    /// The flows of one originator, in order of time.
    pub(super) fn of_originator(&self, host: IpAddr) -> &[Row<'a>] {
        self.by_orig.of_host(host)
    }

    /// The flows to one responder, in order of time.
    pub(super) fn of_responder(&self, host: IpAddr) -> &[Row<'a>] {
        self.by_resp.of_host(host)
    }

    /// Each responder with the flows to it, in order of time.
    pub(super) fn responders(&self) -> impl Iterator<Item = (IpAddr, &[Row<'a>])> {
        self.by_resp.groups()
    }

    /// Each originator with those of its flows that asked for names, in order of time.
    pub(super) fn askers(&self) -> impl Iterator<Item = (IpAddr, &[Row<'a>])> {
        self.names.groups()
    }

    /// Each originator with those of its flows that are TLS, in order of time.
    pub(super) fn tls_clients(&self) -> impl Iterator<Item = (IpAddr, &[Row<'a>])> {
        self.tls.groups()
    }

    /// Each originator with those of its flows whose payload said something else than names asked for and TLS, in order
    /// of time.
    pub(super) fn speakers(&self) -> impl Iterator<Item = (IpAddr, &[Row<'a>])> {
        self.plain.groups()
    }

    /// Each originator with what it tried as a scanner does, in order of time.
    pub(super) fn probers(&self) -> impl Iterator<Item = (IpAddr, &[Row<'a>])> {
        self.probes.groups()
    }

    /// Each originator with its flows of ICMP, in order of time.
    pub(super) fn pingers(&self) -> impl Iterator<Item = (IpAddr, Vec<Row<'a>>)> {
        self.by_orig.chosen(|row| row.proto.is_icmp())
    }
}

/// The most distinct things within a span, of things that come in order of time, and how many they are in all.
pub(super) fn most_within<K: Ord + Copy>(things: &[(Timestamp, K)], span_seconds: f64) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // a span of seconds
    let span = (span_seconds * NS_PER_SEC as f64) as u64;
    let mut inside: std::collections::BTreeMap<K, usize> = std::collections::BTreeMap::new();
    let (mut first, mut most) = (0, 0);
    for (ts, key) in things {
        *inside.entry(*key).or_default() += 1;
        while let Some((early, old)) = things.get(first).filter(|(early, _)| ts.since(*early) > span) {
            debug_assert!(early <= ts, "in order");
            if let Some(n) = inside.get_mut(old) {
                *n -= 1;
                if *n == 0 {
                    inside.remove(old);
                }
            }
            first += 1;
        }
        most = most.max(inside.len());
    }
    most
}
