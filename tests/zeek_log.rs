//! Zeek's conn.log as we write it: what Zeek's readers expect, and what our own reader makes of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::generators::{office, tables};
use wiresift::export::{Exporter, ZeekConn};
use wiresift::pipeline::Analyzer;
use wiresift::report::{Report, Status};
use wiresift::settings::Settings;

fn analyze(bytes: &[u8]) -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), [3, 4]).unwrap();
    analyzer.begin_file("a");
    analyzer.push(bytes);
    analyzer.finish().unwrap()
}

fn log(report: &Report) -> String {
    let mut out = Vec::new();
    ZeekConn.export(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn rows(log: &str) -> Vec<Vec<&str>> {
    log.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect()
}

/// The place of a column.
fn place(log: &str, name: &str) -> usize {
    let fields = log.lines().find_map(|line| line.strip_prefix("#fields\t")).unwrap();
    fields.split('\t').position(|field| field == name).unwrap()
}

#[test]
fn the_header_is_zeeks() {
    let text = log(&analyze(&office::capture(50)));
    let head: Vec<&str> = text.lines().take(7).collect();
    assert_eq!(
        head,
        [
            "#separator \\x09",
            "#set_separator\t,",
            "#empty_field\t(empty)",
            "#unset_field\t-",
            "#path\tconn",
            "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\t\
             conn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\t\
             tunnel_parents\tip_proto",
            "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\t\
             string\tcount\tcount\tcount\tcount\tset[string]\tcount",
        ]
    );
    assert!(!text.contains("#open") && !text.contains("#close"), "no clock");
}

#[test]
fn values_are_written_as_zeek_does() {
    let frames = [
        office::udp(250, ([10, 0, 0, 5], 5353), ([8, 8, 8, 8], 9), b"question"),
        office::udp(1_250, ([8, 8, 8, 8], 9), ([10, 0, 0, 5], 5353), b"the answer"),
    ];
    let report = analyze(&office::file(&frames));
    let text = log(&report);
    let uid = report.flows[0].uid_text();
    let row = format!(
        "1709539206.000250\t{uid}\t10.0.0.5\t5353\t8.8.8.8\t9\tudp\t-\t0.001000\t8\t10\tSF\tT\tF\t0\tDd\t1\t36\t1\t38\t\
         (empty)\t17"
    );
    assert_eq!(text.lines().nth(7), Some(row.as_str()));
}

#[test]
fn our_own_reader_reads_it_back() {
    let captured = log(&analyze(&office::capture(600)));
    let read = analyze(captured.as_bytes());
    assert_eq!((read.outcome.status, read.files[0].format), (Status::Complete, "zeek-tsv"));
    let table = read.files[0].table.as_ref().unwrap();
    assert_eq!((table.dialect, table.used, table.bad.len(), table.cells.len()), ("zeek", 601, 0, 0));
    let again = log(&read);
    assert_eq!(captured.lines().count(), again.lines().count());
    // What only packets tell is not known any more.
    let lost = ["missed_bytes", "tunnel_parents"].map(|name| place(&captured, name));
    for (before, after) in rows(&captured).iter().zip(rows(&again)) {
        assert_eq!(before.len(), after.len());
        for (i, (before, after)) in before.iter().zip(after).enumerate() {
            let expected = if lost.contains(&i) { "-" } else { before };
            assert_eq!(after, expected, "column {i}");
        }
    }
}

#[test]
fn unknown_stays_unknown_and_names_of_tables_are_escaped() {
    let table = "uid,ts,src_ip,dst_ip,src_port,dst_port,proto,duration,orig_pkts\n\
                 \"a\tb\\\",1500000000.5,10.0.0.1,10.0.0.2,1,2,132,1.5,\n\
                 #x,1500000001,10.0.0.1,10.0.0.2,1,2,tcp,,3\n";
    let text = log(&analyze(table.as_bytes()));
    let rows = rows(&text);
    let cell = |row: usize, name: &str| rows[row][place(&text, name)];
    assert_eq!((cell(0, "uid"), cell(1, "uid")), ("a\\x09b\\x5c", "\\x23x"), "{text}");
    assert_eq!((cell(0, "proto"), cell(0, "ip_proto")), ("unknown_transport", "132"));
    assert_eq!((cell(0, "orig_pkts"), cell(1, "duration"), cell(1, "orig_bytes")), ("-", "-", "-"));
    assert_eq!(cell(0, "ts"), "1500000000.500000");
}

#[test]
fn zeeks_own_log_comes_out_as_it_was() {
    let text = tables::zeek_tsv(&tables::flows(80));
    let again = log(&analyze(text.as_bytes()));
    assert_eq!(rows(&again).len(), 80);
    let (theirs, ours) = (place(&text, "uid"), place(&again, "uid"));
    let mut names: Vec<&str> = rows(&text).iter().map(|row| row[theirs]).collect();
    let mut kept: Vec<&str> = rows(&again).iter().map(|row| row[ours]).collect();
    names.sort_unstable();
    kept.sort_unstable();
    assert_eq!(names, kept);
}
