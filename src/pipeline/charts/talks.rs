//! The flows as the charts of hosts count them: in one piece, as the records are far apart in memory and several charts go
//! over all of them.

use std::net::IpAddr;

use crate::report::{Fields, FlowRecord, Proto, Report};

/// A protocol and a port, where it has ports and they are known.
pub(super) type Service = (Proto, Option<u16>);

/// A flow between known hosts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Talk {
    pub(super) orig: IpAddr,
    pub(super) resp: IpAddr,
    pub(super) service: Service,
    /// Original bytes of both directions.
    pub(super) bytes: u64,
    pub(super) is_anomalous: bool,
}

impl Talk {
    fn of(flow: &FlowRecord) -> Self {
        let has_port = flow.proto.has_ports() && flow.knows(Fields::PORTS);
        Self {
            orig: flow.orig_addr,
            resp: flow.resp_addr,
            service: (flow.proto, has_port.then_some(flow.resp_port)),
            bytes: flow.wire_bytes(),
            is_anomalous: flow.verdict.is_anomalous(),
        }
    }
}

/// Those of a report.
pub(super) fn of(report: &Report) -> Vec<Talk> {
    report.flows.iter().filter(|flow| flow.knows(Fields::ADDRESSES)).map(Talk::of).collect()
}
