//! A row to be found again, and what its packets must be.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::error::{Error, Result};
use crate::flow::{Key, KeyRule};
use crate::packet::Packet;
use crate::report::{FlowRecord, PacketRecord, Proto, Report};
use crate::settings::Unit;
use crate::sort;
use crate::units::Timestamp;

/// A packet's number and where its record begins in its file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) number: u64,
    pub(super) offset: u64,
}

/// What the report knows of a row's packets.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) first: Mark,
    pub(super) last: Mark,
    /// Address and port of each end, in either order.
    ends: [(IpAddr, u16); 2],
    proto: Proto,
    /// Times of the first packet of each direction: one of them is the row's first packet.
    begins: [Option<Timestamp>; 2],
    /// What must have been found at its last packet.
    sum: Sum,
    /// What was found.
    found: Sum,
}

/// Packets added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    packets: u64,
    bytes: u64,
    earliest: Timestamp,
    latest: Timestamp,
}

impl Sum {
    const NOTHING: Self = Self { packets: 0, bytes: 0, earliest: Timestamp(i64::MAX), latest: Timestamp(i64::MIN) };
}

/// Refuses rows of a table: it has no packets.
pub(super) fn refuse_tables(report: &Report, rows: &[u32]) -> Result<()> {
    if !report.has_tables() {
        return Ok(());
    }
    let is_of_table = |row: &&u32| {
        let at = usize::try_from(**row).unwrap_or(usize::MAX);
        match report.settings.unit {
            Unit::Flow | Unit::Host => report.flows.get(at).is_some_and(|flow| flow.table.is_some()),
            Unit::Packet => report.packets.get(at).is_some_and(|packet| packet.table.is_some()),
        }
    };
    match rows.iter().filter(is_of_table).count() {
        0 => Ok(()),
        n => Err(Error::Selection(format!(
            "{n} of the {} rows are from a table, which holds no packets; only the packets of a capture can be read again",
            rows.len()
        ))),
    }
}

/// The rows whose packets are meant: of hosts, their flows.
pub(super) fn rows<'a>(report: &Report, rows: &'a [u32]) -> Result<Cow<'a, [u32]>> {
    if report.settings.unit != Unit::Host {
        return Ok(Cow::Borrowed(rows));
    }
    let is_there = |row: &&u32| usize::try_from(**row).is_ok_and(|row| row < report.hosts.len());
    match rows.iter().find(|row| !is_there(row)) {
        Some(row) => Err(no_row(report, *row)),
        None => Ok(Cow::Owned(report.flows_of_hosts(rows))),
    }
}

fn no_row(report: &Report, row: u32) -> Error {
    Error::Selection(format!("the report has no row {row}; it has {}", report.rows()))
}

/// The targets of the rows, by their first packet.
pub(super) fn of_rows(report: &Report, rows: &[u32]) -> Result<Vec<Target>> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup();
    let target = |row: &u32| {
        let at = usize::try_from(*row).unwrap_or(usize::MAX);
        let target = match report.settings.unit {
            Unit::Flow | Unit::Host => report.flows.get(at).map(Target::of_flow),
            Unit::Packet => report.packets.get(at).map(Target::of_packet),
        };
        target.ok_or_else(|| no_row(report, *row))
    };
    let mut targets = rows.iter().map(target).collect::<Result<Vec<_>>>()?;
    sort::by_key(&mut targets, |t| t.first.number);
    Ok(targets)
}

impl Target {
    fn of_flow(flow: &FlowRecord) -> Self {
        Self {
            first: Mark { number: flow.first_packet, offset: flow.first_offset },
            last: Mark { number: flow.last_packet, offset: flow.last_offset },
            ends: [(flow.orig_addr, flow.orig_port), (flow.resp_addr, flow.resp_port)],
            proto: flow.proto,
            begins: [flow.orig.first_ts, flow.resp.first_ts],
            sum: Sum {
                packets: flow.packets(),
                bytes: flow.wire_bytes(),
                earliest: flow.first_ts,
                latest: flow.last_ts,
            },
            found: Sum::NOTHING,
        }
    }

    fn of_packet(packet: &PacketRecord) -> Self {
        let mark = Mark { number: packet.number, offset: packet.offset };
        Self {
            first: mark,
            last: mark,
            ends: [(packet.src, packet.src_port.unwrap_or(0)), (packet.dst, packet.dst_port.unwrap_or(0))],
            proto: packet.proto,
            begins: [Some(packet.ts), None],
            sum: Sum { packets: 1, bytes: u64::from(packet.length), earliest: packet.ts, latest: packet.ts },
            found: Sum::NOTHING,
        }
    }

    /// The flow's key, if `packet` can be the row's first one.
    ///
    /// Ports are the row's own: those of a later IP fragment are known only to who saw the fragments before.
    pub(super) fn key_if_begun_by(&self, packet: &Packet<'_>, rule: KeyRule) -> Option<Key> {
        let [one, other] = self.ends;
        let ports = match (packet.src, packet.dst) {
            ends if ends == (one.0, other.0) => (one.1, other.1),
            ends if ends == (other.0, one.0) => (other.1, one.1),
            _ => return None,
        };
        let is_it =
            packet.proto == self.proto && packet.offset == self.first.offset && self.begins.contains(&Some(packet.ts));
        let mut packet = *packet;
        (packet.src_port, packet.dst_port) = ports;
        is_it.then(|| Key::of(&packet, rule).0)
    }

    /// Counts a packet of the row.
    pub(super) fn add(&mut self, packet: &Packet<'_>) {
        self.found.packets += 1;
        self.found.bytes += u64::from(packet.wire_len);
        self.found.earliest = self.found.earliest.min(packet.ts);
        self.found.latest = self.found.latest.max(packet.ts);
    }

    /// Whether `packet` is the row's last one.
    pub(super) fn ends_with(&self, packet: &Packet<'_>) -> bool {
        self.last == Mark { number: packet.number, offset: packet.offset }
    }

    /// Whether what was found is what the report says.
    pub(super) fn is_whole(&self) -> bool {
        self.found == self.sum
    }
}
