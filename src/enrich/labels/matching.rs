//! Which line of a label file is about a row.

use std::net::IpAddr;

use super::entry::{Ends, Line, Said, Subject};
use super::read::Labels;
use crate::report::{FlowRecord, PacketRecord, Report};
use crate::settings::Unit;
use crate::units::Timestamp;

/// Times of label files are often whole seconds: a range reaches so much further, nanoseconds.
const SLACK_NS: u64 = 1_000_000_000;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth<'a> {
    Benign,
    LeftOut,
    /// An attack of this class.
    Attack(&'a str),
}

/// What a row is about, as lines may name it.
struct Row {
    ends: Option<Ends>,
    hosts: [Option<IpAddr>; 2],
    packet: Option<u64>,
    span: (Timestamp, Timestamp),
}

impl Row {
    fn of_flow(flow: &FlowRecord) -> Self {
        let ends = Ends::new(flow.proto, (flow.orig_addr, flow.orig_port), (flow.resp_addr, flow.resp_port));
        Self {
            ends: Some(ends),
            hosts: [Some(flow.orig_addr), Some(flow.resp_addr)],
            packet: Some(flow.first_packet),
            span: (flow.first_ts, flow.last_ts),
        }
    }

    fn of_packet(packet: &PacketRecord) -> Self {
        let port = |port: Option<u16>| port.unwrap_or(0);
        let ends = Ends::new(packet.proto, (packet.src, port(packet.src_port)), (packet.dst, port(packet.dst_port)));
        Self {
            ends: Some(ends),
            hosts: [Some(packet.src), Some(packet.dst)],
            packet: Some(packet.number),
            span: (packet.ts, packet.ts),
        }
    }
}

impl Labels {
    /// What a row of a report is by this file, and notes the line in `matched`. A packet's number comes before the ends of
    /// a flow, those before hosts and times; a flow is what its first packet is.
    pub(super) fn truth(&self, report: &Report, row: usize, matched: &mut [bool]) -> Option<Truth<'_>> {
        let row = match report.settings.unit {
            Unit::Flow => Row::of_flow(report.flows.get(row)?),
            Unit::Packet => Row::of_packet(report.packets.get(row)?),
            Unit::Host => {
                let host = report.hosts.get(row)?;
                let span = (host.first_ts, host.last_ts);
                Row { ends: None, hosts: [Some(host.address), None], packet: None, span }
            }
        };
        let by_packet = row.packet.and_then(|number| self.packets.get(&number).copied());
        let by_ends = || self.of_flow(&row);
        let place = by_packet.or_else(by_ends).or_else(|| self.of_range(&row))?;
        if let Some(is_matched) = matched.get_mut(place) {
            *is_matched = true;
        }
        Some(match &self.lines.get(place)?.said {
            Said::Benign => Truth::Benign,
            Said::LeftOut => Truth::LeftOut,
            Said::Attack(class) => Truth::Attack(class),
        })
    }

    /// Of the lines about the same ends the one whose time is nearest; one that states a whole range must hold the row.
    fn of_flow(&self, row: &Row) -> Option<usize> {
        let places = self.flows.get(&row.ends?)?;
        let holds = |place: &&usize| {
            let line = self.lines.get(**place);
            line.is_some_and(|line| line.end.is_none() || is_within(line, row.span))
        };
        let apart = |place: &&usize| {
            let start = self.lines.get(**place).and_then(|line| line.start);
            start.map_or(0, |start| start.since(row.span.0).max(row.span.0.since(start)))
        };
        places.iter().filter(holds).min_by_key(apart).copied()
    }

    /// Of the lines about hosts or times that hold the row the first that is an attack, else the first.
    fn of_range(&self, row: &Row) -> Option<usize> {
        let of_hosts = row.hosts.iter().flatten().filter_map(|host| self.hosts.get(host)).flatten();
        let mut first = None;
        for &place in of_hosts.chain(&self.times) {
            let Some(line) = self.lines.get(place).filter(|line| is_about(line, row) && is_within(line, row.span))
            else {
                continue;
            };
            if matches!(line.said, Said::Attack(_)) {
                return Some(place);
            }
            first = first.or(Some(place));
        }
        first
    }
}

/// Whether a line about hosts or times names the row's hosts.
fn is_about(line: &Line, row: &Row) -> bool {
    let has = |address: IpAddr| row.hosts.contains(&Some(address));
    match line.subject {
        Subject::Hosts(a, b) => has(a) && b.is_none_or(has),
        _ => true,
    }
}

/// Whether the line's time and the row's overlap; a missing end is open.
fn is_within(line: &Line, (first, last): (Timestamp, Timestamp)) -> bool {
    line.start.is_none_or(|start| start.since(last) <= SLACK_NS)
        && line.end.is_none_or(|end| first.since(end) <= SLACK_NS)
}
