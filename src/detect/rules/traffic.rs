//! The flows of a run, put in order for the rules.

use std::net::IpAddr;

use crate::chunked::Chunked;
use crate::host::is_failed;
use crate::report::{Direction, Fields, FlowRecord, HostRecord, Proto, Record, Report, TcpFlags};
use crate::units::{NS_PER_SEC, Timestamp};

/// A flow and its row, with what most rules ask first: the flows themselves are far apart in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// The flow.
    pub(super) flow: &'a FlowRecord,
    /// Its place among the flows.
    pub(super) row: u32,
    pub(super) resp_port: u16,
    pub(super) proto: Proto,
    /// What it tried, if it is one that a scanner sends.
    pub(super) probe: Option<Probe>,
    pub(super) resp_addr: IpAddr,
    pub(super) first_ts: Timestamp,
}

/// Flows of one host after the other, in order of time.
#[derive(Debug, Default)]
struct Order<'a> {
    rows: Vec<Row<'a>>,
    /// Each host with the end of its rows.
    ends: Vec<(IpAddr, usize)>,
}

impl<'a> Order<'a> {
    fn of(rows: &[Row<'a>], end: fn(&Row<'a>) -> IpAddr) -> Self {
        let mut keyed: Vec<(IpAddr, Timestamp, u32, usize)> =
            rows.iter().enumerate().map(|(at, row)| (end(row), row.first_ts, row.row, at)).collect();
        keyed.sort_unstable();
        let mut order = Self { rows: Vec::with_capacity(rows.len()), ends: Vec::new() };
        for (host, .., at) in keyed {
            order.rows.extend(rows.get(at));
            order.end(host);
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
    fn only(&self, wanted: fn(&Row<'a>) -> bool) -> Self {
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

    fn of_host(&self, host: IpAddr) -> &[Row<'a>] {
        let place = self.ends.partition_point(|(other, _)| *other < host);
        let from = place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(_, end)| *end);
        let found = self.ends.get(place).filter(|(other, _)| *other == host);
        found.and_then(|(_, end)| self.rows.get(from..*end)).unwrap_or_default()
    }

    /// Each host with its rows.
    fn groups(&self) -> impl Iterator<Item = (IpAddr, &[Row<'a>])> {
        let mut from = 0;
        self.ends.iter().filter_map(move |&(host, end)| {
            let rows = self.rows.get(from..end)?;
            from = end;
            Some((host, rows))
        })
    }

    /// Each host with those of its rows that are wanted, where there are any.
    fn chosen(&self, wanted: fn(&Row<'a>) -> bool) -> impl Iterator<Item = (IpAddr, Vec<Row<'a>>)> {
        self.groups().filter_map(move |(host, rows)| {
            let rows: Vec<Row<'a>> = rows.iter().filter(|row| wanted(row)).copied().collect();
            (!rows.is_empty()).then_some((host, rows))
        })
    }
}

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
}

impl<'a> Traffic<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let Report { flows, hosts, .. } = report;
        // Of rows of a table that names no hosts no rule can say who did it.
        let known = (0..).zip(flows).filter(|(_, flow)| flow.knows(Fields::ADDRESSES));
        let rows: Vec<Row<'_>> = known
            .map(|(row, flow)| Row {
                flow,
                row,
                resp_port: flow.resp_port,
                proto: flow.proto,
                probe: probe(flow),
                resp_addr: flow.resp_addr,
                first_ts: flow.first_ts,
            })
            .collect();
        let (by_orig, by_resp) =
            rayon::join(|| Order::of(&rows, |row| row.flow.orig_addr), || Order::of(&rows, |row| row.resp_addr));
        let names = by_orig.only(|row| records(row.flow).iter().any(|r| matches!(r, Record::Dns(_))));
        let tls = by_orig.only(|row| records(row.flow).iter().any(is_hidden));
        let plain = by_orig.only(says_plainly);
        Self { report, flows, hosts, by_orig, by_resp, names, tls, plain }
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
        let first = self.flows.iter().map(|f| f.first_ts).min().unwrap_or_default();
        self.flows.iter().map(|f| f.last_ts).max().unwrap_or_default().since(first)
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
    pub(super) fn probers(&self) -> impl Iterator<Item = (IpAddr, Vec<Row<'a>>)> {
        self.by_orig.chosen(|row| row.probe.is_some())
    }

    /// Each originator with its flows of ICMP, in order of time.
    pub(super) fn pingers(&self) -> impl Iterator<Item = (IpAddr, Vec<Row<'a>>)> {
        self.by_orig.chosen(|row| row.proto.is_icmp())
    }
}

/// What the messages of a flow hold.
fn records(flow: &FlowRecord) -> &[Record] {
    flow.application.as_deref().map_or(&[], |application| &application.records)
}

fn is_hidden(record: &Record) -> bool {
    matches!(record, Record::Tls(_) | Record::Dtls(_) | Record::Quic(_))
}

/// Whether the payload said something else than names asked for and TLS; also where no message was understood.
fn says_plainly(row: &Row<'_>) -> bool {
    let records = records(row.flow);
    let has_more = records.iter().any(|record| !is_hidden(record) && !matches!(record, Record::Dns(_)));
    row.flow.application.is_some() && (records.is_empty() || has_more)
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
fn probe(flow: &FlowRecord) -> Option<Probe> {
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
