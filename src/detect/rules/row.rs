//! A flow as the rules look at it.

use std::net::IpAddr;

use super::probe::{Probe, probe};
use crate::host::is_failed;
use crate::report::{Application, Direction, DnsRecord, EndReason, FlowRecord, Proto, Record};
use crate::units::Timestamp;

/// What one end of a flow sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) packets: u64,
    /// Bytes of payload.
    pub(super) payload: u64,
}

impl Sent {
    fn of(side: &Direction) -> Self {
        Self { packets: side.packets, payload: side.payload_bytes }
    }
}

/// What a flow's payload says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Says {
    /// Names asked for.
    pub(super) names: bool,
    pub(super) tls: bool,
    /// Something else; also where no message was understood.
    pub(super) more: bool,
}

impl Says {
    fn of(application: Option<&Application>) -> Self {
        let Some(Application { records, .. }) = application else { return Self::default() };
        let mut says = Self { more: records.is_empty(), ..Self::default() };
        for record in records {
            match record {
                Record::Dns(_) => says.names = true,
                Record::Tls(_) | Record::Dtls(_) | Record::Quic(_) => says.tls = true,
                _ => says.more = true,
            }
        }
        says
    }
}

/// A flow and its row, with what rules ask first: the flows themselves are far apart in memory, and all rules go over all
/// of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// The flow.
    pub(super) flow: &'a FlowRecord,
    /// What its payload says.
    pub(super) application: Option<&'a Application>,
    pub(super) says: Says,
    pub(super) service: Option<&'static str>,
    pub(super) first_ts: Timestamp,
    pub(super) last_ts: Timestamp,
    /// By the originator.
    pub(super) sent: Sent,
    /// By the responder.
    pub(super) back: Sent,
    /// Its place among the flows.
    pub(super) row: u32,
    pub(super) orig_addr: IpAddr,
    pub(super) resp_addr: IpAddr,
    pub(super) orig_port: u16,
    pub(super) resp_port: u16,
    pub(super) proto: Proto,
    pub(super) end: EndReason,
    /// Whether it carried a program before it spoke a known protocol, if it ever did.
    pub(super) has_program: bool,
    /// Whether nothing came of it.
    pub(super) is_failed: bool,
    /// What it tried, if it is one that a scanner sends.
    pub(super) probe: Option<Probe>,
}

impl<'a> Row<'a> {
    pub(super) fn of(flow: &'a FlowRecord, row: u32) -> Self {
        let is_failed = is_failed(flow);
        Self {
            flow,
            application: flow.application.as_deref(),
            says: Says::of(flow.application.as_deref()),
            service: flow.service,
            first_ts: flow.first_ts,
            last_ts: flow.last_ts,
            sent: Sent::of(&flow.orig),
            back: Sent::of(&flow.resp),
            row,
            orig_addr: flow.orig_addr,
            resp_addr: flow.resp_addr,
            orig_port: flow.orig_port,
            resp_port: flow.resp_port,
            proto: flow.proto,
            end: flow.end,
            has_program: flow.measures.program.is_some(),
            is_failed,
            probe: if is_failed { probe(flow) } else { None },
        }
    }

    /// What its messages hold.
    pub(super) fn records(&self) -> &'a [Record] {
        self.application.map_or(&[], |application| &application.records)
    }

    /// What its messages of DNS hold.
    pub(super) fn dns(&self) -> Option<&'a DnsRecord> {
        self.application?.dns()
    }

    /// Nanoseconds from first to last packet.
    pub(super) fn duration_ns(&self) -> u64 {
        self.last_ts.since(self.first_ts)
    }

    /// Of both ends.
    pub(super) fn packets(&self) -> u64 {
        self.sent.packets + self.back.packets
    }
}
