//! The flows of a run, put in order for the rules.

use std::net::IpAddr;

use crate::chunked::Chunked;
use crate::host::is_failed;
use crate::report::{Direction, Fields, FlowRecord, HostRecord, Proto, Report, TcpFlags};
use crate::units::{NS_PER_SEC, Timestamp};

/// A flow and its row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// Its place among the flows.
    pub(super) row: u32,
    /// The flow.
    pub(super) flow: &'a FlowRecord,
}

/// What the rules look at.
#[derive(Debug)]
pub(super) struct Traffic<'a> {
    pub(super) report: &'a Report,
    pub(super) flows: &'a Chunked<FlowRecord>,
    pub(super) hosts: &'a [HostRecord],
    /// By originator, then time.
    by_orig: Vec<u32>,
    /// By responder, then time.
    by_resp: Vec<u32>,
}

impl<'a> Traffic<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let Report { flows, hosts, .. } = report;
        // Of rows of a table that names no hosts no rule can say who did it.
        let known = (0..).zip(flows).filter(|(_, flow)| flow.knows(Fields::ADDRESSES));
        let rows: Vec<(u32, &FlowRecord)> = known.collect();
        let ordered = |end: fn(&FlowRecord) -> IpAddr| {
            let mut keyed: Vec<(IpAddr, Timestamp, u32)> =
                rows.iter().map(|(row, flow)| (end(flow), flow.first_ts, *row)).collect();
            keyed.sort_unstable();
            keyed.into_iter().map(|(.., row)| row).collect()
        };
        Self { report, flows, hosts, by_orig: ordered(|f| f.orig_addr), by_resp: ordered(|f| f.resp_addr) }
    }

    /// A threshold.
    pub(super) fn limit(&self, name: &str) -> f64 {
        self.report.settings.limits.get(name)
    }

    /// Whether a count reaches a threshold.
    pub(super) fn reaches(&self, n: usize, name: &str) -> bool {
        crate::units::float(crate::units::count(n)) >= self.limit(name)
    }

    fn rows(&self, of: &'a [u32]) -> impl Iterator<Item = Row<'a>> + Clone {
        let flows = self.flows;
        of.iter().filter_map(move |&row| Some(Row { row, flow: flows.get(usize::try_from(row).ok()?)? }))
    }

    fn groups(
        &'a self,
        order: &'a [u32],
        end: fn(&FlowRecord) -> IpAddr,
    ) -> impl Iterator<Item = (IpAddr, Vec<Row<'a>>)> {
        let end_of = move |row: &u32| usize::try_from(*row).ok().and_then(|row| self.flows.get(row)).map(end);
        order
            .chunk_by(move |a, b| end_of(a) == end_of(b))
            .filter_map(move |rows| Some((end_of(rows.first()?)?, self.rows(rows).collect())))
    }

    /// Every flow between known hosts, by originator.
    pub(super) fn all(&'a self) -> impl Iterator<Item = Row<'a>> + Clone {
        self.rows(&self.by_orig)
    }

    /// From the first packet to the last, nanoseconds.
    pub(super) fn span_ns(&self) -> u64 {
        let first = self.flows.iter().map(|f| f.first_ts).min().unwrap_or_default();
        self.flows.iter().map(|f| f.last_ts).max().unwrap_or_default().since(first)
    }

    /// Each originator with its flows, in order of time.
    pub(super) fn originators(&'a self) -> impl Iterator<Item = (IpAddr, Vec<Row<'a>>)> {
        self.groups(&self.by_orig, |f| f.orig_addr)
    }

    /// Each responder with the flows to it, in order of time.
    pub(super) fn responders(&'a self) -> impl Iterator<Item = (IpAddr, Vec<Row<'a>>)> {
        self.groups(&self.by_resp, |f| f.resp_addr)
    }
}

/// What a TCP flow's originator tried, by the flags it sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Probe {
    /// A SYN, and at most a reset after the answer.
    Syn,
    /// A connection that was completed, and nothing said.
    Connect,
    /// No flag.
    Null,
    /// FIN alone.
    Fin,
    /// FIN, PSH and URG.
    Xmas,
    /// ACK alone.
    Ack,
    /// A datagram.
    Datagram,
}

impl Probe {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Syn => "SYN",
            Self::Connect => "connect",
            Self::Null => "NULL",
            Self::Fin => "FIN",
            Self::Xmas => "Xmas",
            Self::Ack => "ACK",
            Self::Datagram => "UDP",
        }
    }
}

/// Most packets that a probe sends.
const PROBE_PACKETS: u64 = 8;

/// Packets of a direction with a flag.
pub(super) fn flag_count(side: &Direction, wanted: u16) -> u32 {
    side.flags.iter().zip(TcpFlags::NAMED).find(|(_, (flag, _))| *flag == wanted).map_or(0, |(n, _)| *n)
}

/// What a flow tried, if it is one that a scanner sends: short, and no answer with data.
pub(super) fn probe(flow: &FlowRecord) -> Option<Probe> {
    if !is_failed(flow) || flow.orig.packets == 0 || flow.orig.packets > PROBE_PACKETS {
        return None;
    }
    match flow.proto {
        Proto::TCP => tcp_probe(flow),
        // From a service to a client's port it is the answer to what was not captured.
        Proto::UDP if flow.orig_port < 1024 && flow.resp_port >= 1024 => None,
        Proto::UDP => Some(Probe::Datagram),
        _ => None,
    }
}

fn tcp_probe(flow: &FlowRecord) -> Option<Probe> {
    let orig = &flow.orig;
    let has = |flag| flag_count(orig, flag) > 0;
    if has(TcpFlags::SYN) {
        if flow.history.starts_with('^') {
            return None;
        }
        let is_complete =
            flow.history.contains('h') && has(TcpFlags::ACK) && !matches!(flow.conn_state, Some("S0" | "REJ"));
        let only_reset = flow.history.contains('R') && !flow.history.contains('A');
        return Some(if is_complete && !only_reset { Probe::Connect } else { Probe::Syn });
    }
    // What began before the capture is no probe: it says more, or sends data.
    if orig.packets > 2 || orig.payload_bytes > 0 {
        return None;
    }
    let flags = [TcpFlags::FIN, TcpFlags::RST, TcpFlags::PSH, TcpFlags::ACK, TcpFlags::URG].map(has);
    match flags {
        [false, false, false, false, false] => Some(Probe::Null),
        [true, false, false, false, false] => Some(Probe::Fin),
        [true, false, true, false, true] => Some(Probe::Xmas),
        [false, false, false, true, false] if flow.resp.packets <= 1 => Some(Probe::Ack),
        _ => None,
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
