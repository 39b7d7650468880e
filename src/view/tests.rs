#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::report::{
    Charts, Context, Detection, Direction, EndReason, FlowRecord, Ledger, Moments, Outcome, Overview, PacketRecord,
    Proto, Severity, Sparse, Summary, TcpFlags, Verdict,
};
use crate::settings::{Settings, Unit};
use crate::units::Timestamp;

fn verdict(score: f32, is_far: bool) -> Verdict {
    let severity = if is_far { Severity::High } else { Severity::None };
    Verdict { is_scored: true, score, distance: score * 4.0, cluster: 1, is_far, severity, ..Verdict::default() }
}

fn flow(n: u8, proto: Proto, resp_port: u16, verdict: Verdict) -> FlowRecord {
    FlowRecord {
        uid: u64::from(n),
        first_ts: Timestamp::from_parts(1_700_000_000 + i64::from(n), 0),
        last_ts: Timestamp::from_parts(1_700_000_002 + i64::from(n) * 2, 0),
        first_packet: u64::from(n) + 1,
        last_packet: 1,
        first_offset: 0,
        last_offset: 0,
        orig_addr: [10, 0, 0, n].into(),
        resp_addr: [192, 168, 1, 9].into(),
        orig_port: 40_000,
        resp_port,
        proto,
        vlan: None,
        tunnel: None,
        service: None,
        application: None,
        orig: Direction { packets: u64::from(n), wire_bytes: 100, ..Direction::default() },
        resp: Direction::default().into(),
        stream: Sparse::default(),
        iat: Moments::default(),
        measures: crate::report::Measures::default(),
        conn_state: (proto == Proto::TCP).then_some("S0"),
        history: "S".into(),
        end: EndReason::EndOfCapture,
        context: Context::default(),
        verdict,
        table: None,
    }
}

pub(crate) fn report(unit: Unit) -> Report {
    Report {
        schema_version: 1,
        wiresift_version: "0",
        outcome: Outcome::complete(0),
        ledger: Ledger::default(),
        files: Vec::new(),
        summary: Summary::default(),
        overview: Overview::default(),
        guesses: None,
        settings: Settings { unit, ..Settings::default() },
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
        flows: [
            flow(1, Proto::TCP, 443, verdict(0.1, false)),
            flow(2, Proto::TCP, 22, verdict(0.9, true)),
            flow(3, Proto::UDP, 53, verdict(0.1, false)),
            flow(11, Proto::ICMP, 0, Verdict::default()),
        ]
        .into(),
        hosts: Vec::new(),
        original_cicflowmeter: Vec::new(),
        baseline: None,
        enrichment: None,
        evaluation: None,
        packets: [PacketRecord {
            number: 1,
            offset: 0,
            ts: Timestamp(0),
            src: [10, 0, 0, 1].into(),
            dst: "fe80::1".parse().unwrap(),
            src_port: Some(1),
            dst_port: Some(2),
            proto: Proto::TCP,
            length: 60,
            payload_len: 0,
            entropy: None,
            header_len: 40,
            flags: Some(TcpFlags(TcpFlags::SYN | TcpFlags::ACK)),
            window: None,
            ttl: Some(64),
            iat_ns: None,
            verdict: verdict(0.2, false),
            table: None,
        }]
        .into(),
    }
}

fn rows(filter: &str) -> Vec<usize> {
    let report = report(Unit::Flow);
    let view = View::select(&report, &Query { filter: filter.into(), ..Query::default() }).unwrap();
    view.rows(&report, 0, 100).into_iter().map(|r| r.row).collect()
}

#[test]
fn filters_by_words_addresses_and_fields() {
    assert_eq!(rows(""), [0, 1, 2, 3]);
    assert_eq!(rows("TCP"), [0, 1]);
    assert_eq!(rows("tcp high"), [1]);
    assert_eq!(rows("-tcp"), [2, 3]);
    assert_eq!(rows("10.0.0.1"), [0], "a whole address is not a prefix of 10.0.0.11");
    assert_eq!(rows("10.0.0.1 10.0.0.2"), Vec::<usize>::new());
    assert_eq!(rows("host:10.0.0.1"), [0]);
    assert_eq!(rows("host:10.0.0."), [0, 1, 2, 3]);
    assert_eq!(rows("10.0.0.0/30"), [0, 1, 2]);
    assert_eq!(rows("resp:10.0.0.0/8"), Vec::<usize>::new());
    assert_eq!(rows("port:22"), [1]);
    assert_eq!(rows("port<100"), [1, 2]);
    assert_eq!(rows("orig_port:40000 -port:22"), [0, 2]);
    assert_eq!(rows("state:s0"), [0, 1]);
    assert_eq!(rows("proto:icmp"), [3]);
    assert_eq!(rows("reason:distance"), [1]);
    assert_eq!(rows("severity>=low"), [1]);
    assert_eq!(rows("score>=0"), [0, 1, 2], "a row without a score has no score");
    assert_eq!(rows("packets>2 duration>=5"), [2, 3]);
    assert_eq!(rows("entropy>0"), Vec::<usize>::new());
}

#[test]
fn chosen_rows_are_selected_alone_and_filtered() {
    let report = report(Unit::Flow);
    let selected = |rows: &[u32], filter: &str| {
        let query = Query { filter: filter.into(), rows: Some(rows.to_vec()), ..Query::default() };
        let view = View::select(&report, &query).unwrap();
        assert!(view.filter().is_none(), "the filter alone does not say what is selected");
        view.selected().to_vec()
    };
    assert_eq!(selected(&[3, 1, 3, 900], ""), [1, 3]);
    assert_eq!(selected(&[3, 1], "tcp"), [1]);
    assert!(selected(&[], "").is_empty());
}

#[test]
fn sorts_with_missing_last_and_ties_in_capture_order() {
    let report = report(Unit::Flow);
    let order = |sort: &str, descending| {
        let view = View::select(&report, &Query { sort: sort.into(), descending, ..Query::default() }).unwrap();
        view.order
    };
    assert_eq!(order("score", true), [1, 0, 2, 3]);
    assert_eq!(order("score", false), [0, 2, 1, 3]);
    assert_eq!(order("orig", true), [3, 2, 1, 0]);
    assert_eq!(order("state", false), [0, 1, 2, 3]);
    assert_eq!(order("duration", true), [3, 2, 1, 0]);
    assert_eq!(order("unknown", true), [0, 1, 2, 3]);
}

#[test]
fn windows_positions_and_counts_agree() {
    let report = report(Unit::Flow);
    let query = Query { sort: "score".into(), descending: true, ..Query::default() };
    let view = View::select(&report, &query).unwrap();
    assert_eq!((view.len(), view.anomalies(), view.is_empty()), (4, 1, false));
    assert_eq!(view.position(1), Some(0));
    assert_eq!(view.position(9), None);
    let window = view.rows(&report, 3, 100);
    assert_eq!(window.len(), 1);
    assert_eq!(window[0].row, 3);
    assert_eq!(window[0].cells[0], Cell::Missing);
    assert_eq!(view.rows(&report, usize::MAX, usize::MAX), Vec::new());

    let only = View::select(&report, &Query { anomalies_only: true, ..Query::default() }).unwrap();
    assert_eq!((only.len(), only.anomalies()), (1, 1));
}

#[test]
fn every_row_has_a_cell_a_column() {
    for unit in [Unit::Flow, Unit::Packet] {
        let report = report(unit);
        let view = View::select(&report, &Query::default()).unwrap();
        for row in view.rows(&report, 0, 10) {
            assert_eq!(row.cells.len(), columns(unit).len());
        }
        for column in columns(unit) {
            let query = Query { sort: column.name.into(), ..Query::default() };
            assert_eq!(View::select(&report, &query).unwrap().len(), report.rows(), "{}", column.name);
        }
    }
}

#[test]
fn writes_packets_with_flags_and_bracketed_addresses() {
    let report = report(Unit::Packet);
    let cell = |name: &str| {
        let column = columns(Unit::Packet).iter().find(|c| c.name == name).unwrap();
        column.cell(&report, 0)
    };
    assert_eq!(cell("flags"), Cell::text("SYN ACK"));
    assert_eq!(cell("dst"), Cell::text("[fe80::1]:2"));
    assert_eq!(cell("entropy"), Cell::Missing);
}

#[test]
fn details_name_the_row_and_filter_for_it() {
    let report = report(Unit::Flow);
    let found = details(&report, 1).unwrap();
    assert_eq!(found.filter, "ip.addr == 10.0.0.2 && ip.addr == 192.168.1.9 && tcp.port == 40000 && tcp.port == 22");
    assert!(found.is_anomalous);
    assert_eq!(found.reason, "distance");
    let unscored = details(&report, 3).unwrap();
    assert_eq!(unscored.orig, "10.0.0.11");
    assert_eq!(unscored.score, Cell::Missing);
    assert!(unscored.filter.ends_with("icmp"));
    assert_eq!(details(&report, 4), None);
}
