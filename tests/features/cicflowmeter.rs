//! CICFlowMeter's columns, corrected and as the original has them, against a flow worked out by hand.

use std::fs;
use std::path::Path;

use wiresift::schema::Schema;

use super::support::{Row, is_close, read, rows};
use crate::generators::frames::{self, ACK, FIN, PSH, SYN};
use crate::generators::pcap::{Pcap, Style};

const URG: u8 = 32;
const ECE_CWR: u8 = 64 | 128;
/// Second of the capture's first packet: 2024-03-04 08:00:06 UTC.
const START: u32 = 1_709_539_206;
const ORIG: ([u8; 4], u16) = ([10, 0, 0, 1], 40_000);
const RESP: ([u8; 4], u16) = ([10, 0, 0, 2], 80);

/// Microseconds, from the originator, flags, window, option words, payload.
type Sent = (u32, bool, u8, u16, u8, usize);

const TWELVE: [Sent; 12] = [
    (0, true, SYN, 1000, 1, 0),
    (100, false, SYN | ACK, 2000, 1, 0),
    (200, true, ACK, 1001, 0, 0),
    (1000, true, PSH | ACK, 1002, 0, 100),
    (1300, false, ACK, 2001, 0, 0),
    (2000, false, PSH | ACK, 2002, 0, 500),
    (2500, false, ACK, 2003, 0, 500),
    (3000, false, ACK, 2004, 0, 500),
    (3500, false, PSH | ACK, 2005, 0, 300),
    (1_503_500, true, URG | ACK, 1003, 3, 0),
    (9_503_500, true, FIN | ACK, 1004, 0, 0),
    (9_504_500, false, FIN | ACK | ECE_CWR, 2006, 0, 0),
];

fn frame(&(_, from_orig, flags, window, words, payload): &Sent) -> Vec<u8> {
    let (src, dst) = if from_orig { (ORIG, RESP) } else { (RESP, ORIG) };
    let mut segment = frames::tcp(src.1, dst.1, flags, &vec![b'x'; usize::from(words) * 4 + payload]);
    // Options of no operation, which the builder knows nothing of.
    segment[12] = (5 + words) << 4;
    segment[14..16].copy_from_slice(&window.to_be_bytes());
    segment[20..20 + usize::from(words) * 4].fill(1);
    frames::ethernet(0x0800, &frames::ipv4(6, src.0, dst.0, &segment))
}

fn capture(packets: &[Sent]) -> Vec<u8> {
    let mut file = Pcap::new(Style::default());
    for sent in packets {
        file.packet(START + sent.0 / 1_000_000, sent.0 % 1_000_000, &frame(sent));
    }
    file.bytes
}

/// Column, right value, the original's value.
fn worked() -> Vec<[String; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/cicflowmeter/worked.tsv");
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').take(3).map(str::to_owned).collect::<Vec<_>>().try_into().unwrap()).collect()
}

fn is_same(found: &str, expected: &str) -> bool {
    match (found.parse(), expected.parse()) {
        (Ok(a), Ok(b)) => is_close(a, b),
        _ => found == expected,
    }
}

fn only_row(schema: Schema, packets: &[Sent]) -> Row {
    let mut rows = rows(schema, &read(&capture(packets), &[]));
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[test]
fn every_column_is_what_was_worked_out_by_hand() {
    let (right, original) = (only_row(Schema::CicFlowMeter, &TWELVE), only_row(Schema::OriginalCicFlowMeter, &TWELVE));
    let worked = worked();
    assert_eq!(worked.len(), 84);
    for [name, expected, by_the_original] in &worked {
        assert!(is_same(&right[name], expected), "{name} is {}, expected {expected}", right[name]);
        let found = &original[name];
        assert!(is_same(found, by_the_original), "original {name} is {found}, expected {by_the_original}");
    }
}

#[test]
fn a_duration_of_0_has_no_rates_and_the_original_has_infinity() {
    let packets = [(0, true, ACK, 1, 0, 10), (0, false, ACK, 1, 0, 0)];
    let (right, original) =
        (only_row(Schema::CicFlowMeter, &packets), only_row(Schema::OriginalCicFlowMeter, &packets));
    for name in ["Flow Bytes/s", "Flow Packets/s", "Fwd Packets/s", "Bwd Packets/s"] {
        assert_eq!(right[name], "", "{name}");
    }
    assert_eq!((original["Flow Bytes/s"].as_str(), original["Fwd Packets/s"].as_str()), ("Infinity", "0"));
    let empty = [(0, true, ACK, 1, 0, 0), (0, false, ACK, 1, 0, 0)];
    assert_eq!(only_row(Schema::OriginalCicFlowMeter, &empty)["Flow Bytes/s"], "NaN");
}

#[test]
fn flows_of_one_packet_are_rows_and_the_original_leaves_them_out() {
    let report = read(&capture(&TWELVE[..1]), &[]);
    assert_eq!(rows(Schema::CicFlowMeter, &report).len(), 1);
    assert!(rows(Schema::OriginalCicFlowMeter, &report).is_empty());
}
