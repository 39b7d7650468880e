//! Flows made by hand, for the tests of the rules that look at records and volumes.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

use std::net::IpAddr;

use super::{Rule, Traffic};
use crate::report::{
    Application, Charts, Context, Detection, Direction, EndReason, Finding, FlowRecord, KnownBy, Ledger, Measures,
    Moments, Outcome, Overview, Proto, Record, Report, Service, Sparse, Summary, Verdict,
};
use crate::settings::Settings;
use crate::units::Timestamp;

/// A flow over TCP of one second: from whom, to whom and which port, when in seconds, payload bytes there and back.
pub(super) fn tcp(at: i64, from: [u8; 4], (to, port): ([u8; 4], u16), (sent, received): (u64, u64)) -> FlowRecord {
    made(Proto::TCP, at, from, (to, port), (sent, received))
}

/// The same over UDP.
pub(super) fn udp(at: i64, from: [u8; 4], (to, port): ([u8; 4], u16), (sent, received): (u64, u64)) -> FlowRecord {
    made(Proto::UDP, at, from, (to, port), (sent, received))
}

fn made(proto: Proto, at: i64, from: [u8; 4], (to, port): ([u8; 4], u16), payload: (u64, u64)) -> FlowRecord {
    let side = |bytes: u64| {
        let packets = if bytes == 0 { u64::from(proto == Proto::TCP) } else { bytes.div_ceil(1_400) };
        Direction { packets, payload_bytes: bytes, wire_bytes: bytes + 54 * packets, ..Direction::default() }
    };
    let first_ts = Timestamp::from_parts(at, 0);
    FlowRecord {
        uid: 0,
        first_ts,
        last_ts: Timestamp::from_parts(at + 1, 0),
        first_packet: 1,
        last_packet: 2,
        first_offset: 0,
        last_offset: 0,
        orig_addr: IpAddr::from(from),
        resp_addr: IpAddr::from(to),
        orig_port: 40_000,
        resp_port: port,
        proto,
        vlan: None,
        tunnel: None,
        service: None,
        application: None,
        orig: side(payload.0),
        resp: side(payload.1).into(),
        stream: Sparse::default(),
        iat: Moments::default(),
        measures: Measures::default(),
        conn_state: (proto == Proto::TCP).then_some("SF"),
        history: String::new(),
        end: EndReason::EndOfCapture,
        context: Context::default(),
        verdict: Verdict::default(),
        table: None,
    }
}

/// The flow with a protocol's record.
pub(super) fn saying(mut flow: FlowRecord, service: &'static str, record: Record) -> FlowRecord {
    flow.service = Some(service);
    let services = vec![Service { name: service, known_by: KnownBy::Payload, confidence: 1.0 }];
    let application = Application { services, records: vec![record] };
    flow.application = Some(Box::new(application));
    flow
}

/// The findings of one rule with the default thresholds.
pub(super) fn found(rule: &Rule, flows: Vec<FlowRecord>) -> Vec<Finding> {
    let report = Report {
        schema_version: 1,
        wiresift_version: "0",
        outcome: Outcome::complete(0),
        ledger: Ledger::default(),
        files: Vec::new(),
        summary: Summary::default(),
        overview: Overview::default(),
        guesses: None,
        settings: Settings::default(),
        columns: Vec::new(),
        detection: Detection::default(),
        findings: Vec::new(),
        stories: Vec::new(),
        suppressed: 0,
        anomalies: Vec::new(),
        charts: Charts::default(),
        warnings: Vec::new(),
        limits: Vec::new(),
        signs: Vec::new(),
        index: Vec::new(),
        flows: flows.into_iter().collect(),
        packets: std::iter::empty().collect(),
        hosts: Vec::new(),
        original_cicflowmeter: Vec::new(),
        baseline: None,
        enrichment: None,
        evaluation: None,
    };
    let traffic = Traffic::of(&report);
    (rule.find)(&traffic).into_iter().filter_map(|draft| draft.finding(rule, &traffic)).collect()
}
