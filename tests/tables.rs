//! Tables of flows and packets go the way of captures: every dialect, what is missing, and what is wrong with a table.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use crate::generators::tables::{self, flows};
use crate::generators::{compressed, office};
use proptest::prelude::*;
use wiresift::export::{Csv, Exporter, Ndjson, ReportJson, Table, Text};
use wiresift::features::catalogue;
use wiresift::pipeline::{Analyzer, redetect, rows};
use wiresift::report::{DetectionStatus, Fields, Proto, Reason, Report, Status, TableKind};
use wiresift::retrieve::{Options, Retrieval};
use wiresift::settings::{Settings, Unit};
use wiresift::view::{Query, View, details};

fn settings(pairs: &[(&str, &str)]) -> Settings {
    Settings::from_pairs(pairs.iter().copied()).unwrap()
}

fn analyze_files(files: &[&[u8]], piece: usize, settings: &Settings) -> Report {
    let mut analyzer = Analyzer::new(settings.clone(), [3, 5]).unwrap();
    for file in files {
        analyzer.begin_file("table");
        file.chunks(piece).for_each(|piece| analyzer.push(piece));
    }
    let report = analyzer.finish().unwrap();
    check(&report);
    assert_eq!(report.ledger.file_bytes, files.iter().map(|f| f.len() as u64).sum::<u64>());
    report
}

fn analyze(text: impl AsRef<[u8]>, pairs: &[(&str, &str)]) -> Report {
    analyze_files(&[text.as_ref()], usize::MAX, &settings(pairs))
}

/// The laws of the ledger and of the scores.
fn check(report: &Report) {
    let l = &report.ledger;
    assert_eq!(l.file_bytes, l.header_bytes + l.record_bytes + l.skipped_bytes + l.trailing_bytes);
    let untracked = l.untracked.total();
    assert_eq!(l.packets, report.flows.iter().map(|f| f.packets()).sum::<u64>() + untracked.packets);
    assert_eq!(l.bytes, report.flows.iter().map(|f| f.wire_bytes()).sum::<u64>() + untracked.bytes);
    assert_eq!(l.table_rows, l.table_rows_used + l.table_rows_bad + l.table_rows_full);
    assert!(!report.warnings.iter().any(|w| w.kind == "accounting_error"));
    for table in report.files.iter().filter_map(|f| f.table.as_ref()) {
        assert_eq!(table.rows, table.used + table.full + table.bad.iter().map(|b| b.count).sum::<u64>());
    }
    for row in 0..report.rows() {
        let verdict = report.verdict(row).unwrap();
        assert!((0.0..=1.0).contains(&verdict.score) && verdict.distance.is_finite());
        let _ = details(report, row);
    }
}

/// Everything that a report says.
fn said(report: &Report) -> Vec<u8> {
    let mut all = Vec::new();
    ReportJson.export(report, &mut all).unwrap();
    Text.export(report, &mut all).unwrap();
    Csv(Table::Flows).export(report, &mut all).unwrap();
    Csv(Table::Packets).export(report, &mut all).unwrap();
    all
}

fn csv(report: &Report, table: Table) -> Vec<Vec<String>> {
    let mut bytes = Vec::new();
    Csv(table).export(report, &mut bytes).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Cells of the named columns.
fn columns(table: &[Vec<String>], wanted: &[&str]) -> Vec<Vec<String>> {
    let places: Vec<usize> = wanted.iter().map(|w| table[0].iter().position(|c| c == w).unwrap()).collect();
    table[1..].iter().map(|row| places.iter().map(|&p| row[p].clone()).collect()).collect()
}

fn table(report: &Report) -> &wiresift::report::TableReport {
    report.files[0].table.as_ref().unwrap()
}

/// The raw value of a feature by name.
fn value(report: &Report, row: usize, feature: &str) -> Option<f64> {
    let rows = rows(report);
    let place = rows.catalogue().iter().position(|f| f.name == feature).unwrap();
    rows.raw(row, place)
}

fn warned(report: &Report, kind: &str) -> Option<(u64, u64, u64)> {
    report.warnings.iter().find(|w| w.kind == kind).map(|w| (w.count, w.first.packet, w.first.byte))
}

/// What conn.log carries.
const CARRIED: &[&str] = &[
    "ts",
    "uid",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
    "local_orig",
    "local_resp",
    "history",
    "orig_pkts",
    "orig_ip_bytes",
    "resp_pkts",
    "resp_ip_bytes",
    "ip_proto",
    "community_id",
    "cluster",
    "score",
    "severity",
    "reason",
];

#[test]
fn our_own_flow_tables_give_the_same_flows_and_verdicts() {
    let features = "duration,orig_pkts,resp_pkts,orig_bytes,resp_bytes,byte_balance,orig_payload_mean,resp_payload_mean,\
                    is_failed,orig_window_flows,resp_window_peers,orig_window_ports,orig_failed_share,service_rarity,\
                    gap_variation";
    let chosen = [("features", features)];
    let captured = analyze(office::capture(3_000), &chosen);
    assert_eq!(captured.detection.status, DetectionStatus::Scored);
    let mut written = [Vec::new(), Vec::new()];
    Csv(Table::Flows).export(&captured, &mut written[0]).unwrap();
    Ndjson(Table::Flows).export(&captured, &mut written[1]).unwrap();
    for (bytes, format) in written.iter().zip(["csv", "json-lines"]) {
        let read = analyze(bytes, &chosen);
        assert_eq!((read.outcome.status, read.files[0].format), (Status::Complete, format));
        assert_eq!((table(&read).dialect, table(&read).kind), ("wiresift", TableKind::Flows));
        assert_eq!((read.ledger.packets, read.ledger.table_rows_bad), (captured.ledger.decoded, 0));
        let (ours, theirs) = (csv(&captured, Table::Flows), csv(&read, Table::Flows));
        assert_eq!(columns(&ours, CARRIED), columns(&theirs, CARRIED), "{format}");
        assert_eq!(read.summary.anomalies, captured.summary.anomalies);
        assert_eq!(read.findings.len(), captured.findings.len());
    }
}

#[test]
fn our_own_packet_tables_give_the_same_packets_and_verdicts() {
    let chosen = [("unit", "packet")];
    let captured = analyze(office::capture(1_500), &chosen);
    let mut bytes = Vec::new();
    Csv(Table::Packets).export(&captured, &mut bytes).unwrap();
    let read = analyze(&bytes, &chosen);
    assert_eq!((table(&read).kind, table(&read).dialect), (TableKind::Packets, "wiresift"));
    let carried = [
        "ts",
        "src",
        "src_port",
        "dst",
        "dst_port",
        "proto",
        "length",
        "payload_len",
        "entropy",
        "header_len",
        "tcp_flags",
        "tcp_window",
        "ttl",
        "iat",
        "cluster",
        "score",
        "severity",
        "reason",
    ];
    assert_eq!(columns(&csv(&captured, Table::Packets), &carried), columns(&csv(&read, Table::Packets), &carried));
    // As flows: the same ends, packets and times, put together from the rows.
    let carried =
        ["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "duration", "orig_pkts", "resp_pkts"];
    let captured = analyze(office::capture(1_500), &[]);
    let read = analyze(&bytes, &[]);
    assert_eq!(columns(&csv(&captured, Table::Flows), &carried), columns(&csv(&read, Table::Flows), &carried));
    assert_eq!(value(&read, 0, "orig_entropy"), None);
    assert_eq!(value(&read, 0, "orig_payload_mean"), value(&captured, 0, "orig_payload_mean"));
}

#[test]
fn zeek_logs_are_read_as_tsv_and_as_json() {
    let flows = flows(400);
    let reports =
        [tables::zeek_tsv(&flows), tables::zeek_json(&flows)].map(|text| analyze(text, &[("threshold", "0.1")]));
    for (report, format) in reports.iter().zip(["zeek-tsv", "json-lines"]) {
        assert_eq!((report.outcome.status, report.files[0].format), (Status::Complete, format));
        assert_eq!((table(report).dialect, table(report).used), ("zeek", 400));
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        let (flow, made) = (&report.flows[7], flows[7]);
        assert_eq!((flow.first_ts.0, flow.duration_ns()), (made.start_us as i64 * 1000, made.duration_us * 1000));
        assert_eq!((flow.orig.packets, flow.resp.payload_bytes), (made.orig_pkts, made.resp_bytes));
        assert_eq!((flow.conn_state, flow.id_text().as_str()), (Some("SF"), "CmES5u32sYpV7J0007"));
        // Of the loud ones Zeek knows neither duration nor payload.
        let loud = report.flows.iter().position(|f| f.orig_addr.to_string() == "10.0.0.66").unwrap();
        assert_eq!((value(report, loud, "duration"), value(report, loud, "orig_bytes")), (None, None));
        assert!(value(report, loud, "orig_pkts").unwrap() >= 900.0);
        let text = csv(report, Table::Flows);
        assert_eq!(columns(&text, &["duration", "orig_bytes", "community_id"])[loud][..2], ["", ""]);
        assert!(report.findings.iter().any(|f| f.title.starts_with("10.0.0.66")), "{:?}", report.findings);
    }
    let [tsv, json] = reports;
    assert_eq!(csv(&tsv, Table::Flows), csv(&json, Table::Flows));
}

#[test]
fn cicflowmeter_s_columns_old_and_new_are_the_same_features() {
    let flows = flows(400);
    let (new, old) = (analyze(tables::cicflowmeter(&flows), &[]), analyze(tables::cicids2017(&flows), &[]));
    assert_eq!(csv(&new, Table::Flows), csv(&old, Table::Flows));
    for report in [&new, &old] {
        assert_eq!((table(report).dialect, table(report).used, table(report).bad.len()), ("cicflowmeter", 400, 0));
        assert_eq!(warned(report, "table_cell_not_finite").unwrap().0, 80, "two rates of each tenth flow");
        let (flow, made) = (&report.flows[7], flows[7]);
        assert_eq!((flow.orig.payload_bytes, flow.resp.packets), (made.orig_bytes, made.resp_pkts));
        assert_eq!(flow.duration_ns(), made.duration_us * 1000);
        assert_eq!(
            value(report, 7, "iat_max"),
            Some((made.duration_us / 2) as f64 / 1e3),
            "microseconds to milliseconds"
        );
        assert_eq!(value(report, 7, "orig_header_bytes"), Some(20.0 * made.orig_pkts as f64));
        assert_eq!(value(report, 3, "bytes_per_second"), None, "Infinity is missing");
        assert_eq!(value(report, 7, "orig_entropy"), None);
        assert_eq!((flow.label(), report.flows[49].label()), (Some("BENIGN"), Some("DoS Hulk")));
        assert_eq!(table(report).labels.iter().map(|l| l.rows).collect::<Vec<_>>(), [392, 8]);
        assert_eq!(columns(&csv(report, Table::Flows), &["label"])[49], ["DoS Hulk"]);
        assert!(report.detection.features.iter().all(|f| !f.name.starts_with("column_")), "the dialect is known");
        let variance =
            rows(report).catalogue().into_iter().find(|f| f.name == "column_packet_length_variance").unwrap();
        assert!(!variance.is_default && variance.transform.name() == "log1p");
    }
    let twice = &table(&old).columns.iter().find(|c| c.header == "Fwd Header Length.1").unwrap().used_as;
    assert_eq!(twice, "ignored");
    let shown = View::select(&old, &Query { filter: "hulk".into(), ..Query::default() }).unwrap();
    assert_eq!(shown.len(), 8, "labels are found by word");
}

#[test]
fn a_table_without_hosts_protocol_and_time_is_compared_by_what_it_has() {
    let report = analyze(tables::cicids2017_ml(&flows(400)), &[]);
    assert_eq!(
        (report.detection.status, report.summary.flows, report.summary.hosts),
        (DetectionStatus::Scored, 400, 0)
    );
    assert_eq!((report.summary.first_ts, report.charts.timeline.packets.len()), (None, 0));
    let flow = &report.flows[7];
    assert!(!flow.knows(Fields::TIME) && !flow.knows(Fields::ADDRESSES) && flow.knows(Fields::ORIG_PKTS));
    for missing in ["orig_window_flows", "service_rarity", "is_failed"] {
        assert_eq!(value(&report, 7, missing), None, "{missing}");
        assert!(!report.detection.features.iter().any(|f| f.name == missing));
    }
    assert_eq!(value(&report, 7, "resp_port"), Some(f64::from(flows(8)[7].resp_port)));
    let cells = &columns(&csv(&report, Table::Flows), &["ts", "id.orig_h", "proto", "community_id", "duration"])[7];
    assert_eq!(cells[..4], ["", "", "", ""]);
    assert!(!cells[4].is_empty() && report.findings.iter().all(|f| f.actors.is_empty() && f.filter.is_empty()));
    let mut text = Vec::new();
    Text.export(&report, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains("1970") && !text.contains("0.0.0.0"), "{text}");
}

#[test]
fn nfstream_s_columns_are_features() {
    let flows = flows(300);
    let report = analyze(tables::nfstream(&flows), &[]);
    assert_eq!((table(&report).dialect, table(&report).used), ("nfstream", 300));
    let made = flows[7];
    assert_eq!(value(&report, 7, "orig_wire_bytes"), Some((made.orig_bytes + 54 * made.orig_pkts) as f64));
    assert_eq!(
        value(&report, 7, "iat_mean"),
        Some((made.duration_us / 1000 / (made.orig_pkts + made.resp_pkts)) as f64)
    );
    assert_eq!(
        (value(&report, 7, "orig_bytes"), value(&report, 7, "pkts")),
        (None, Some((made.orig_pkts + made.resp_pkts) as f64))
    );
    assert_eq!(report.flows[7].duration_ns(), made.duration_us / 1000 * 1_000_000);
    assert!(report.flows.iter().any(|f| f.service == Some("ssl")));
}

#[test]
fn columns_that_nobody_knows_become_features_of_the_run() {
    let text = tables::other(&flows(300));
    let report = analyze(&text, &[]);
    assert_eq!((table(&report).dialect, table(&report).used), ("other", 300));
    let used: Vec<&str> = report.detection.features.iter().map(|f| f.name.as_ref()).collect();
    assert!(
        used.contains(&"column_risk") && used.contains(&"column_ticks") && !used.contains(&"column_note"),
        "{used:?}"
    );
    let own = rows(&report).catalogue();
    let find = |name: &str| own.iter().find(|f| f.name == name).unwrap().clone();
    assert_eq!((find("column_risk").transform.name(), find("column_ticks").transform.name()), ("linear", "log1p"));
    assert!(find("column_risk").definition.contains("`Risk (%)`"));
    assert_eq!(value(&report, 49, "column_risk"), Some(97.5));
    // Chosen by name, alone; and one that is not there.
    let chosen = [("features", "column_risk,orig_pkts,column_nowhere")];
    let mut report = analyze(&text, &chosen);
    assert_eq!(
        report.detection.features.iter().map(|f| f.name.as_ref()).collect::<Vec<_>>(),
        ["orig_pkts", "column_risk"]
    );
    assert_eq!(warned(&report, "feature_without_column").unwrap().0, 1);
    assert_ne!(report.flows[49].verdict.cluster, report.flows[48].verdict.cluster);
    redetect(&mut report, &settings(&[("features", "column_ticks,column_risk")])).unwrap();
    assert_eq!(report.detection.features.len(), 2);
    let all = analyze(&text, &[("features", "all")]);
    assert!(all.detection.features.len() > used.len());
}

#[test]
fn wireshark_s_packet_list_is_read_as_packets() {
    let text = tables::wireshark(&flows(300));
    let report = analyze(&text, &[("unit", "packet")]);
    assert_eq!(
        (table(&report).kind, table(&report).dialect, report.packets.len()),
        (TableKind::Packets, "wireshark", 300)
    );
    let packet = &report.packets[0];
    assert_eq!(
        (packet.proto, packet.length, packet.src_port),
        (if flows(1)[0].proto == 6 { Proto::TCP } else { Proto::UDP }, 60, None)
    );
    let used: Vec<&str> = report.detection.features.iter().map(|f| f.name.as_ref()).collect();
    assert_eq!(used, ["length", "iat"]);
    // The same as flows; and a table of flows has no packets.
    let report = analyze(&text, &[]);
    assert_eq!((report.ledger.packets, report.summary.packets), (300, 300));
    assert!(report.summary.flows > 100 && value(&report, 0, "orig_bytes").is_none());
    let report = analyze(tables::zeek_tsv(&flows(30)), &[("unit", "packet")]);
    assert_eq!((report.rows(), report.detection.status), (0, DetectionStatus::NotEnoughData));
    assert!(report.summary.verdict.contains("unit"), "{}", report.summary.verdict);
}

#[test]
fn compressed_tables_and_several_files_are_one_run() {
    let (first, second) = (tables::zeek_tsv(&flows(300)), tables::cicflowmeter(&flows(200)));
    let plain = analyze(&first, &[]);
    let packed = compressed::gzip(first.as_bytes());
    let report = {
        let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
        analyzer.begin_file("conn.log.gz");
        packed.chunks(100).for_each(|piece| analyzer.push(piece));
        analyzer.finish().unwrap()
    };
    assert_eq!((report.files[0].compression.as_str(), report.files[0].format), ("gzip", "zeek-tsv"));
    assert_eq!(csv(&report, Table::Flows), csv(&plain, Table::Flows));

    let capture = office::capture(500);
    let captured = analyze(&capture, &[]);
    let report = analyze_files(&[&capture, first.as_bytes(), second.as_bytes()], 999, &Settings::default());
    assert_eq!(report.outcome.status, Status::Complete);
    assert_eq!(report.flows.len(), captured.flows.len() + 500);
    assert_eq!(
        report.ledger.packets,
        captured.ledger.packets
            + 2 * flows(200).iter().map(|f| f.orig_pkts + f.resp_pkts).sum::<u64>()
            + flows(300)[200..].iter().map(|f| f.orig_pkts + f.resp_pkts).sum::<u64>()
    );
    assert!(report.flows.iter().is_sorted_by_key(|flow| flow.first_ts), "in order of time");
    let labelled = report.flows.iter().filter(|f| f.label().is_some()).count();
    assert_eq!(labelled, 200);
}

#[test]
fn rows_of_a_table_have_no_packets_to_read_again() {
    let capture = office::capture(500);
    let table = tables::zeek_tsv(&flows(50));
    let report = analyze_files(&[&capture, table.as_bytes()], usize::MAX, &Settings::default());
    let of_table = report.flows.iter().position(|f| f.table.is_some()).unwrap() as u32;
    let of_capture = report.flows.iter().position(|f| f.table.is_none()).unwrap() as u32;
    let error = Retrieval::new(&report, &[of_capture, of_table], Options::default()).unwrap_err();
    assert_eq!(error.kind(), "selection");
    assert!(error.to_string().contains("1 of the 2 rows are from a table"), "{error}");
    let mut retrieval = Retrieval::new(&report, &[of_capture], Options { keep: 10, ..Options::default() }).unwrap();
    while let Some(wanted) = retrieval.wanted() {
        retrieval.give(&capture[wanted.start as usize..wanted.end as usize]).unwrap();
    }
    assert_eq!(retrieval.finish().unwrap().packets, report.flows[of_capture as usize].packets());
}

#[test]
fn rows_beyond_the_limits_are_counted() {
    let text = tables::zeek_tsv(&flows(400));
    let report = analyze(&text, &[("max-flows", "100")]);
    assert_eq!((report.flows.len(), report.ledger.table_rows_full), (100, 300));
    assert!(report.ledger.untracked.rows_full.packets > 0);
    let report = analyze(text, &[("max-memory", "64")]);
    assert_eq!(report.flows.len(), 400);
}

const HEADER: &str = "ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,duration,orig_pkts,orig_bytes,x\n";
const ROW: &str = "1499385600.5,10.0.0.1,1000,10.0.0.2,443,tcp,1.5,3,100,7\n";

#[test]
fn what_is_wrong_with_rows_is_counted_by_reason() {
    let long = format!("1,10.0.0.1,1,10.0.0.2,2,tcp,1,1,1,{}\n", "7".repeat(2 << 20));
    let first = (HEADER.len() + ROW.len()) as u64;
    for (bad, kind) in [
        ("1,10.0.0.1,1\n", "table_row_cells"),
        ("1,10.0.0.1,1,10.0.0.2,2,tcp,1,1,1,7,8\n", "table_row_cells"),
        ("noon,10.0.0.1,1,10.0.0.2,2,tcp,1,1,1,7\n", "table_row_time"),
        ("1e300,10.0.0.1,1,10.0.0.2,2,tcp,1,1,1,7\n", "table_row_time"),
        (",10.0.0.1,1,10.0.0.2,2,tcp,1,1,1,7\n", "table_row_time"),
        ("1,router,1,10.0.0.2,2,tcp,1,1,1,7\n", "table_row_address"),
        ("1,10.0.0.1,65536,10.0.0.2,2,tcp,1,1,1,7\n", "table_row_port"),
        ("1,10.0.0.1,1,10.0.0.2,-2,tcp,1,1,1,7\n", "table_row_port"),
        (HEADER, "table_row_header"),
        (&long, "table_row_too_long"),
        ("\u{1}\u{2}\u{fffd}\n", "table_row_cells"),
    ] {
        let text = format!("{HEADER}{ROW}{bad}{ROW}");
        let report = analyze(&text, &[]);
        assert_eq!(report.outcome.status, Status::Complete, "{kind}");
        assert_eq!(warned(&report, kind), Some((1, 2, first)), "{kind}");
        assert_eq!((report.flows.len(), report.ledger.skipped_bytes), (2, bad.len() as u64), "{kind}");
        assert_eq!(table(&report).bad[0].reason, kind);
    }
    // More than all rows together may have: each alone could be.
    let large = "1,10.0.0.1,1,10.0.0.2,2,tcp,1,9007199254740992,9007199254740992,7\n";
    let report = analyze(format!("{HEADER}{}", large.repeat(200)), &[]);
    assert_eq!((report.flows.len(), warned(&report, "table_row_too_large").unwrap().0), (128, 72));
}

#[test]
fn what_is_wrong_with_cells_is_missing_and_counted() {
    for (cells, kind, feature) in [
        ("tcp,-1,3,100,7", "table_cell_negative", "duration"),
        ("tcp,1e300,3,100,7", "table_cell_too_large", "duration"),
        ("tcp,1,-3,100,7", "table_cell_negative", "orig_pkts"),
        ("tcp,1,many,100,7", "table_cell_text", "orig_pkts"),
        ("tcp,1,3,NaN,7", "table_cell_not_finite", "orig_bytes"),
        ("tcp,1,3,99999999999999999999,7", "table_cell_too_large", "orig_bytes"),
        ("tcp,1,3,100,-Infinity", "table_cell_not_finite", "column_x"),
        ("what,1,3,100,7", "table_cell_text", "resp_port"),
    ] {
        let report = analyze(format!("{HEADER}{ROW}1499385601,10.0.0.1,1,10.0.0.2,2,{cells}\n{ROW}"), &[]);
        assert_eq!(warned(&report, kind).map(|w| (w.0, w.1)), Some((1, 2)), "{cells}");
        assert_eq!((report.flows.len(), report.ledger.table_rows_bad), (3, 0), "{cells}");
        let row = report.flows.iter().position(|f| f.orig_port == 1).unwrap();
        assert_eq!(value(&report, row, feature), None, "{cells}");
    }
    let report = analyze(format!("{HEADER}{}", "1499385601,10.0.0.1,1,10.0.0.2,2,tcp,,-,(empty),\n".repeat(3)), &[]);
    assert!(report.warnings.is_empty(), "nothing is no fault");
}

#[test]
fn the_ways_to_write_a_table_are_all_read() {
    let plain = analyze(format!("{HEADER}{ROW}{ROW}"), &[]);
    for (text, what) in [
        (format!("\u{feff}{HEADER}{ROW}{ROW}"), "byte order mark"),
        (format!("{HEADER}{ROW}{ROW}").replace('\n', "\r\n"), "CR LF"),
        (format!("{HEADER}{ROW}{ROW}").replace('\n', "\r"), "CR"),
        (format!("\n\n{HEADER}\n{ROW}\n\n{ROW}\n"), "blank lines"),
        (format!("{HEADER}{ROW}{}", ROW.trim_end()), "no end of the last line"),
        (format!("{HEADER}{ROW}{ROW}").replace(',', ";"), "semicolons"),
        (format!("{HEADER}{ROW}{ROW}").replace(',', "\t"), "tabs"),
        (
            format!("{HEADER}{ROW}{ROW}")
                .replace(',', "\",\"")
                .replace('\n', "\"\n")
                .replace("ts\"", "\"ts\"")
                .replace("1499385600.5\"", "\"1499385600.5\""),
            "quotes",
        ),
        (format!("{HEADER}{ROW}{ROW}").replace(',', " , "), "blanks"),
    ] {
        let report = analyze(&text, &[]);
        assert_eq!(report.outcome.status, Status::Complete, "{what}");
        assert_eq!(csv(&report, Table::Flows), csv(&plain, Table::Flows), "{what}");
    }
    let noted = HEADER.replace('x', "note");
    let report = analyze(format!("{noted}{}{ROW}", ROW.replace('7', "\"two\nlines, \"\"quoted\"\"\"")), &[]);
    assert_eq!((report.flows.len(), report.ledger.table_rows_bad), (2, 0), "embedded newline");
}

#[test]
fn a_file_that_is_no_table_or_a_cut_one_ends_in_an_outcome() {
    let cut = format!("{HEADER}{ROW}1499385600.5,10.0.0.1,10");
    let report = analyze(&cut, &[]);
    assert_eq!((report.outcome.status, report.outcome.reason), (Status::Partial, Some(Reason::Truncated)));
    assert_eq!(report.outcome.offset, Some((HEADER.len() + ROW.len()) as u64));
    assert_eq!((report.flows.len(), report.ledger.trailing_bytes), (1, 24));
    let json = tables::zeek_json(&flows(3));
    let report = analyze(&json[..json.len() - 20], &[]);
    assert_eq!(
        (report.outcome.status, report.outcome.reason, report.flows.len()),
        (Status::Partial, Some(Reason::Truncated), 2)
    );

    for header in [HEADER, HEADER.trim_end(), "ts,id.orig_h,id.resp_h,duration\r\n"] {
        let report = analyze(header, &[]);
        assert_eq!((report.outcome.status, report.flows.len()), (Status::Complete, 0), "{header}");
        assert_eq!(report.ledger.header_bytes, header.len() as u64);
        assert!(report.summary.verdict.contains("no rows"), "{}", report.summary.verdict);
        said(&report);
    }
    for (text, named) in [
        (ROW.repeat(50), "a table in CSV"),
        ("a,b,c,d\n1,2,3,4\n".repeat(50), "a table in CSV"),
        ("{\"a\":1}\n".repeat(100), "JSON text"),
        (
            tables::zeek_tsv(&flows(3)).replace("duration", "query").replace("_bytes", "").replace("_pkts", ""),
            "a Zeek log other than conn.log",
        ),
        (String::new(), "empty"),
    ] {
        let report = analyze(&text, &[]);
        assert_eq!(report.outcome.status, Status::Rejected, "{named}");
        assert!(report.outcome.message.as_ref().unwrap().contains(named), "{:?}", report.outcome.message);
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let evil = "=cmd|'/c calc'!A1";
    let text = format!("{}{}", HEADER.replace(",x", ",label"), ROW.replace(",7", &format!(",\"{evil}\"")).repeat(12));
    let report = analyze(text, &[]);
    assert_eq!(report.flows[0].label(), Some(evil));
    assert_eq!(columns(&csv(&report, Table::Flows), &["label"])[0], [format!("'{evil}")], "no formula in an export");
    let header = HEADER.replace(",x", ",\"<img src=x onerror=alert(1)>\u{202e}\"");
    let report = analyze(format!("{header}{}", ROW.repeat(12)), &[]);
    let names: Vec<_> =
        rows(&report).catalogue().into_iter().map(|f| f.name).filter(|n| n.starts_with("column_")).collect();
    assert_eq!(names, ["column_img_src_x_onerror_alert_1"]);
}

#[test]
fn features_that_a_table_can_give_are_in_the_catalogue() {
    let known: Vec<_> = catalogue(Unit::Flow).into_iter().map(|f| f.name).collect();
    for name in ["duration", "orig_pkts", "iat_mean", "orig_header_bytes", "orig_wire_bytes", "is_failed"] {
        assert!(known.iter().any(|k| k == name), "{name}");
    }
}

fn dialect() -> impl Strategy<Value = String> {
    let flows = flows(40);
    prop::sample::select(vec![
        tables::zeek_tsv(&flows),
        tables::zeek_json(&flows),
        tables::cicflowmeter(&flows),
        tables::cicids2017(&flows),
        tables::cicids2017_ml(&flows),
        tables::nfstream(&flows),
        tables::other(&flows),
        tables::wireshark(&flows),
    ])
}

fn unit() -> impl Strategy<Value = Settings> {
    prop::sample::select(vec![settings(&[]), settings(&[("unit", "packet")]), settings(&[("features", "all")])])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn pieces_change_nothing(text in dialect(), cut in any::<prop::sample::Index>(), piece in 1usize..700, settings in unit()) {
        let text = &text.as_bytes()[..cut.index(text.len()) + 1];
        let whole = analyze_files(&[text], usize::MAX, &settings);
        prop_assert!(said(&analyze_files(&[text], piece, &settings)) == said(&whole));
    }

    #[test]
    fn damaged_tables_keep_the_laws(
        text in dialect(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        settings in unit(),
    ) {
        let mut bytes = text.into_bytes();
        for (at, with) in damage {
            let at = at.index(bytes.len());
            bytes[at] = with;
        }
        said(&analyze_files(&[&bytes], 333, &settings));
    }

    #[test]
    fn any_bytes_after_a_header_keep_the_laws(
        header in prop::sample::select(vec![HEADER, "src,dst,length\n", "{\"src\":\"a\",\"dst\":\"b\",\"length\":1}\n"]),
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b",\n\"{}[]:0123456789.-e".to_vec())], 0..600),
        settings in unit(),
    ) {
        let file = [header.as_bytes(), &bytes].concat();
        let whole = said(&analyze_files(&[&file], usize::MAX, &settings));
        prop_assert!(said(&analyze_files(&[&file], 7, &settings)) == whole);
    }
}
