//! What the exporters promise to whoever reads their files.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::generators::office;
use serde_json::Value;
use wiresift::export::{Csv, Exporter, JsonArray, Ndjson, ReportJson, Table, Text};
use wiresift::pipeline::Analyzer;
use wiresift::report::Report;
use wiresift::settings::Settings;

fn report(name: &str, capture: &[u8], settings: &[(&str, &str)]) -> Report {
    let settings = Settings::from_pairs(settings.iter().copied()).unwrap();
    let mut analyzer = Analyzer::new(settings, [3, 4]).unwrap();
    analyzer.begin_file(name);
    analyzer.push(capture);
    analyzer.finish().unwrap()
}

fn written(exporter: &dyn Exporter, report: &Report) -> String {
    let mut out = Vec::new();
    exporter.export(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn objects(ndjson: &str) -> Vec<Value> {
    ndjson.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn flows_have_zeeks_columns_in_zeeks_order() {
    let report = report("a.pcap", &office::capture(200), &[]);
    let text = written(&Csv(Table::Flows), &report);
    assert_eq!(
        text.lines().next().unwrap(),
        "ts,uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,duration,orig_bytes,resp_bytes,conn_state,\
         local_orig,local_resp,missed_bytes,history,orig_pkts,orig_ip_bytes,resp_pkts,resp_ip_bytes,tunnel_parents,\
         ip_proto,community_id,cluster,score,severity,reason,service_guess,service_known_by,service_confidence,\
         server_name,ja3,ja4,application,end,rtt,syn_ack_time,orig_retransmissions,\
         resp_retransmissions,orig_out_of_order,resp_out_of_order,orig_zero_windows,resp_zero_windows,\
         orig_duplicate_acks,resp_duplicate_acks,bad_checksums"
    );
    assert_eq!(text.matches("\r\n").count(), report.flows.len() + 1, "RFC 4180 line ends");
    assert_eq!(text.matches('\n').count(), report.flows.len() + 1);
}

#[test]
fn csv_and_ndjson_say_the_same() {
    let report = report("a.pcap", &office::capture(200), &[]);
    let csv_text = written(&Csv(Table::Flows), &report);
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let lines = objects(&written(&Ndjson(Table::Flows), &report));
    assert_eq!((rows.len(), lines.len()), (report.flows.len(), report.flows.len()));
    for (row, object) in rows.iter().zip(&lines) {
        for (name, field) in names.iter().zip(row) {
            match &object[name] {
                Value::Null => assert_eq!(field, "", "{name}"),
                Value::String(s) => assert_eq!(field, s, "{name}"),
                Value::Bool(b) => assert_eq!(field, b.to_string(), "{name}"),
                Value::Number(n) => {
                    assert!((field.parse::<f64>().unwrap() - n.as_f64().unwrap()).abs() < 1e-6, "{name}")
                }
                object => assert_eq!(&serde_json::from_str::<Value>(field).unwrap(), object, "{name}"),
            }
        }
    }
}

#[test]
fn unknown_is_not_zero() {
    let report = report("a.pcap", &office::capture(200), &[("protocol", "tcp")]);
    let lines = objects(&written(&Ndjson(Table::Flows), &report));
    let udp = lines.iter().find(|l| l["proto"] == "udp").unwrap();
    for name in ["service", "rtt", "orig_retransmissions", "tunnel_parents", "score", "cluster", "reason"] {
        assert_eq!(udp[name], Value::Null, "{name}");
    }
    assert_eq!(udp["severity"], "none");
    let tcp = lines.iter().find(|l| l["proto"] == "tcp").unwrap();
    assert!(tcp["score"].is_number());
}

#[test]
fn values_are_those_of_the_flow() {
    let frames = [
        office::udp(250, ([10, 0, 0, 5], 5353), ([8, 8, 8, 8], 53), b"question"),
        office::udp(1_250, ([8, 8, 8, 8], 53), ([10, 0, 0, 5], 5353), b"the answer"),
    ];
    let report = report("a.pcap", &office::file(&frames), &[]);
    let text = written(&Ndjson(Table::Flows), &report);
    assert!(text.starts_with("{\"ts\":1709539206.000250000,\"uid\":\"C"), "{text}");
    let flow = &objects(&text)[0];
    assert_eq!(flow["id.orig_h"], "10.0.0.5");
    assert_eq!((&flow["id.orig_p"], &flow["id.resp_p"]), (&5353.into(), &53.into()));
    assert!(text.contains("\"duration\":0.001000000,"));
    assert_eq!((&flow["orig_bytes"], &flow["resp_bytes"]), (&8.into(), &10.into()));
    assert_eq!((&flow["orig_ip_bytes"], &flow["resp_ip_bytes"]), (&36.into(), &38.into()));
    assert_eq!((&flow["local_orig"], &flow["local_resp"]), (&true.into(), &false.into()));
    assert_eq!(flow["ip_proto"], 17);
    assert!(flow["community_id"].as_str().unwrap().starts_with("1:"));
}

#[test]
fn packets_are_an_array_or_lines() {
    let report = report("a.pcap", &office::capture(60), &[("unit", "packet")]);
    let array: Vec<Value> = serde_json::from_str(&written(&JsonArray(Table::Packets), &report)).unwrap();
    assert_eq!(array, objects(&written(&Ndjson(Table::Packets), &report)));
    assert_eq!(array.len(), report.packets.len());
    for name in ["ts", "src", "dst", "src_port", "proto", "length", "payload_len", "entropy", "score"] {
        assert!(array[0].get(name).is_some(), "{name}");
    }
}

#[test]
fn an_empty_capture_is_valid_everywhere() {
    let report = report("empty.pcap", &office::file(&[]), &[]);
    assert_eq!(written(&Csv(Table::Packets), &report).lines().count(), 1);
    assert_eq!(written(&Ndjson(Table::Flows), &report), "");
    assert_eq!(written(&JsonArray(Table::Packets), &report), "[]\n");
    let whole: Value = serde_json::from_str(&written(&ReportJson, &report)).unwrap();
    assert_eq!((&whole["outcome"]["status"], &whole["ledger"]["packets"]), (&"complete".into(), &0.into()));
    assert!(written(&Text, &report).starts_with("The capture holds no packets.\n"));
}

#[test]
fn the_report_is_one_line_of_json() {
    let report = report("a.pcap", &office::capture(200), &[]);
    let text = written(&ReportJson, &report);
    assert_eq!(text.matches('\n').count(), 1);
    let whole: Value = serde_json::from_str(&text).unwrap();
    for name in ["schema_version", "outcome", "ledger", "summary", "overview", "findings", "settings", "charts"] {
        assert!(whole.get(name).is_some(), "{name}");
    }
    assert!(!text.contains("NaN") && !text.contains("inf\""));
}

#[test]
fn anomalies_carry_their_reasons() {
    let settings = [("threshold-rule", "percentile"), ("threshold", "97"), ("small-cluster", "0.05")];
    let report = report("a.pcap", &office::capture(300), &settings);
    assert!(!report.anomalies.is_empty());
    let line = &objects(&written(&Ndjson(Table::Anomalies), &report))[0];
    assert!(line["contributions"][0]["feature"].is_string());
    let text = written(&Csv(Table::Anomalies), &report);
    assert!(text.contains("(typical "), "{text}");
}

#[test]
fn a_hostile_name_cannot_drive_the_terminal() {
    let report = report("\u{1b}]0;x\u{7}\u{202e}\u{9b}.pcap", &office::capture(50), &[]);
    let text = written(&Text, &report);
    assert!(text.contains("\\u{1b}]0;x\\u{7}"));
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    assert!(written(&ReportJson, &report).chars().all(|c| c == '\n' || !c.is_ascii_control()));
}

#[test]
fn the_summary_names_the_account_of_a_cut_file() {
    let mut capture = office::capture(100);
    capture.truncate(capture.len() - 7);
    let text = written(&Text, &report("cut.pcap", &capture, &[]));
    assert!(text.contains("Not read whole: "), "{text}");
}
