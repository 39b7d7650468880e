//! What each fuzz target does with its bytes: read them, and hold the account against its laws.
//!
//! Shared by the targets, which get ever new bytes, and by `tests/fuzz_seeds.rs`, which replays the seeds.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use wiresift::capture::{Frame, LinkType, Oddities};
use wiresift::export::{Csv, Exporter as _, ReportJson, Table, Text};
use wiresift::packet::{Decoder, layers};
use wiresift::pipeline::Analyzer;
use wiresift::protocol::{Inspector, Piece};
use wiresift::report::{Proto, Report, printable};
use wiresift::settings::{Settings, Unit};
use wiresift::units::Timestamp;
use wiresift::view::details;

/// Content that a compressed input may have: enough to get into every path, not enough to wait for.
const MAX_CONTENT_MB: u32 = 1;

fn settings(is_resynced: bool) -> Settings {
    Settings {
        content_bytes: 1_000,
        max_flows: 200,
        fit_rows: 50,
        k: Some(2),
        resync: is_resynced,
        max_content: MAX_CONTENT_MB,
        ..Settings::default()
    }
}

/// Reads a file, in pieces of the given size, and checks what must hold of every run.
fn analyze(bytes: &[u8], piece: usize, is_resynced: bool) -> Report {
    let mut analyzer = Analyzer::new(settings(is_resynced), [1, 2]).unwrap();
    analyzer.begin_file("capture");
    bytes.chunks(piece).for_each(|part| analyzer.push(part));
    let report = analyzer.finish().unwrap();
    assert!(report.ledger.is_balanced(&report.flows), "{:?}", report.ledger);
    assert_eq!(report.files[0].stored_bytes, bytes.len() as u64);
    for flow in &report.flows {
        assert!((0.0..=1.0).contains(&flow.verdict.score) && flow.verdict.distance.is_finite());
        assert!(flow.first_ts <= flow.last_ts && flow.first_packet <= flow.last_packet);
    }
    report
}

/// Whole, in pieces, and with damage skipped.
fn every_way(file: &[u8], piece: usize) {
    let whole = analyze(file, file.len().max(1), false);
    let pieces = analyze(file, piece, false);
    assert_eq!(whole.outcome, pieces.outcome);
    assert_eq!(whole.ledger, pieces.ledger);
    assert_eq!(whole.warnings, pieces.warnings);
    assert!(whole.flows == pieces.flows, "the pieces changed the flows");
    let resynced = analyze(file, piece, true);
    assert!(resynced.ledger.packets >= whole.ledger.packets, "skipping damage lost packets");
}

/// The first byte chooses the file header unless the bytes have one; the rest are records.
pub fn pcap(data: &[u8]) {
    const MAGICS: [[u8; 4]; 6] = [
        [0xd4, 0xc3, 0xb2, 0xa1],
        [0xa1, 0xb2, 0xc3, 0xd4],
        [0x4d, 0x3c, 0xb2, 0xa1],
        [0xa1, 0xb2, 0x3c, 0x4d],
        [0x34, 0xcd, 0xb2, 0xa1],
        [0xa1, 0xb2, 0xcd, 0x34],
    ];
    let Some((&choice, records)) = data.split_first() else { return };
    let piece = usize::from(choice) + 1;
    if choice == 0 {
        return every_way(records, 7);
    }
    let magic = MAGICS[usize::from(choice) % MAGICS.len()];
    let is_big = magic[0] == 0xa1;
    let order =
        |field: &[u8]| -> Vec<u8> { if is_big { field.to_vec() } else { field.iter().rev().copied().collect() } };
    let mut file = magic.to_vec();
    file.extend(order(&[0, 2]));
    file.extend(order(&[0, 4]));
    file.extend([0; 8]);
    file.extend(order(&[0, 4, 0, 0]));
    file.extend(order(&[0, 0, 0, 1]));
    file.extend(records);
    every_way(&file, piece);
}

/// The first byte chooses whether a section header of either byte order stands before the bytes.
pub fn pcapng(data: &[u8]) {
    let Some((&choice, blocks)) = data.split_first() else { return };
    let piece = usize::from(choice) + 1;
    let header: &[u8] = match choice % 3 {
        0 => &[],
        1 => b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0",
        _ => b"\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\x01\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x1c",
    };
    every_way(&[header, blocks].concat(), piece);
}

/// Frames: link type (two bytes), length and whether it was cut (one byte each), bytes. One decoder takes them all.
pub fn packet(mut data: &[u8]) {
    let mut decoder = Decoder::default();
    let mut oddities = Oddities::default();
    let mut number = 0;
    while let Some((&[link_high, link_low, length, cut], rest)) = data.split_first_chunk::<4>() {
        let (bytes, after) = rest.split_at(usize::from(length).min(rest.len()));
        data = after;
        number += 1;
        let frame = Frame {
            number,
            offset: number * 256,
            ts: Timestamp(number.cast_signed() * 1_000_000_000),
            original_len: bytes.len() as u32 + u32::from(cut),
            link_type: LinkType(u16::from_be_bytes([link_high, link_low])),
            data: bytes,
            interface: 0,
            comment: None,
        };
        let shown = layers(&frame);
        assert!(shown.len() <= 32 && shown.iter().all(|l| (l.offset + l.length) as usize <= bytes.len()));
        if let Ok(packet) = decoder.decode(&frame, &mut oddities) {
            assert_eq!(packet.number, number);
            assert_eq!(packet.wire_len, frame.original_len);
            assert!(packet.payload.len() <= bytes.len());
            assert!(packet.payload.len() as u64 <= u64::from(packet.payload_len));
        }
    }
}

/// Packets over few keys with any flags, numbers and times: the first byte is the cut, then eight bytes a packet.
///
/// Few features: what is looked at is the flows. The laws of the account hold, and where a merge of the two parts is not refused it is what both at once had been.
pub fn flow_ops(data: &[u8]) {
    let Some((&cut, rest)) = data.split_first() else { return };
    let packets: Vec<[u8; 8]> = rest.chunks_exact(8).take(600).map(|c| c.try_into().unwrap()).collect();
    let cut = usize::from(cut) * packets.len() / 255;
    let features = ["orig_bytes", "resp_bytes", "duration"].map(String::from).to_vec();
    let settings = Settings { idle_timeout: 20, active_timeout: 90, features, ..settings(false) };
    let capture = |packets: &[[u8; 8]], mut now: u32| {
        let mut file = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x65\0\0\0".to_vec();
        for packet in packets {
            let (step, frame) = played(packet);
            now = now.wrapping_add_signed(step);
            let length = (frame.len() as u32).to_le_bytes();
            file.extend([now.to_le_bytes(), [0; 4], length, length].concat());
            file.extend(frame);
        }
        (file, now)
    };
    let (first, second) = packets.split_at(cut);
    let (first, now) = capture(first, 1_000_000);
    let (second, _) = capture(second, now);
    let run = |mut analyzer: Analyzer, files: &[&[u8]]| {
        for file in files {
            analyzer.begin_file("capture");
            analyzer.push(file);
        }
        analyzer
    };
    let new = || Analyzer::new(settings.clone(), [1, 2]).unwrap();
    let whole = run(new(), &[&first, &second]).finish().unwrap();
    assert!(whole.ledger.is_balanced(&whole.flows), "{:?}", whole.ledger);
    assert_eq!(whole.ledger.packets, packets.len() as u64);
    for flow in &whole.flows {
        assert!(flow.history.len() <= 32 && flow.first_ts <= flow.last_ts);
    }
    let next = run(Analyzer::continuation(settings.clone(), [3, 4]).unwrap(), &[&second]);
    if let Ok(merged) = run(new(), &[&first]).merge(next) {
        let merged = merged.finish().unwrap();
        let shown = |report: &Report| -> Vec<_> {
            report.flows.iter().map(|f| (f.orig_port, f.resp_port, f.first_packet, f.last_packet, f.end)).collect()
        };
        assert_eq!(shown(&merged), shown(&whole), "the merge changed the flows");
        for (merged, whole) in merged.flows.iter().zip(&whole.flows) {
            assert_eq!(merged, whole);
        }
        assert_eq!((merged.ledger, merged.warnings), (whole.ledger, whole.warnings));
    }
}

/// A packet's step in time and its bytes: TCP, UDP or a fragment between few ends.
fn played(&[ends, flags, seq, seq_low, ack, window, size, step]: &[u8; 8]) -> (i32, Vec<u8>) {
    // Mostly forwards by little, sometimes far, sometimes back.
    let step = match step {
        0..=199 => i32::from(step % 8),
        200..=229 => i32::from(step - 199) * 5,
        _ => -i32::from(step - 229),
    };
    let (from, to) = if ends & 1 == 0 { (1, 2) } else { (2, 1) };
    let other = ends >> 1 & 1;
    let payload = vec![size; usize::from(size % 48)];
    let (proto, offset, above) = if ends & 0x80 == 0 {
        let mut segment = vec![0x10, from + other, 0x10, to + other];
        segment.extend([
            seq,
            seq,
            0xff,
            seq_low,
            ack,
            ack,
            0xff,
            seq_low,
            0x50,
            flags & 0x3f,
            window,
            window,
            0,
            0,
            0,
            0,
        ]);
        segment.extend(&payload);
        (6, 0, segment)
    } else {
        let mut datagram = vec![0x10, from + other, 0x10, to + other, 0, 8 + payload.len() as u8, 0, 0];
        datagram.extend(&payload);
        // Some are fragments: the first has more to come, the others lie behind it.
        let offset = match flags % 4 {
            0 => 0x2000,
            1 => 0x2001,
            2 => 0x0002,
            _ => 0,
        };
        (17, offset, datagram)
    };
    let length = (20 + above.len() as u16).to_be_bytes();
    let [high, low] = u16::to_be_bytes(offset);
    let mut packet = vec![0x45, 0, length[0], length[1], 0, seq % 3, high, low, 64, proto, 0, 0];
    packet.extend([10, 0, 0, from, 10, 0, 0, to]);
    packet.extend(above);
    (step, packet)
}

/// Most that an inspector may hold: two directions' buffers and what a protocol keeps.
const MAX_INSPECTOR_BYTES: usize = 400_000;

/// Headers of tables that a few rows can follow.
const TABLE_HEADERS: [&str; 5] = [
    "start_time,source_address,sport,destination_address,dport,proto,duration,spkts,dpkts,sbytes,dbytes,Risk,Label\n",
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n\
     #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\t\
     conn_state\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n",
    "Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Total Fwd Packet,Total Bwd packets,\
     Total Length of Fwd Packet,Total Length of Bwd Packet,Flow Bytes/s,Label\n",
    "\"No.\",\"Time\",\"Source\",\"Destination\",\"Protocol\",\"Length\",\"Info\"\n",
    "frame.number;frame.time_epoch;ip.src;ip.dst;tcp.srcport;tcp.dstport;ip.proto;frame.len;tcp.flags;colour\n",
];

/// A table: the first byte chooses what a row is, how large the pieces are, and a header that stands before the bytes, or
/// none.
pub fn tables(data: &[u8]) {
    let Some((&choice, rows)) = data.split_first() else { return };
    let header =
        usize::from(choice >> 5).checked_sub(1).and_then(|i| TABLE_HEADERS.get(i)).copied().unwrap_or_default();
    let file = [header.as_bytes(), rows].concat();
    let unit = [Unit::Flow, Unit::Packet, Unit::Host][usize::from(choice) % 3];
    let read = |piece: usize| {
        let mut analyzer = Analyzer::new(Settings { unit, ..settings(false) }, [1, 2]).unwrap();
        analyzer.begin_file("table");
        file.chunks(piece).for_each(|part| analyzer.push(part));
        analyzer.finish().unwrap()
    };
    let report = read(file.len().max(1));
    let ledger = &report.ledger;
    assert!(ledger.is_balanced(&report.flows), "{ledger:?}");
    assert_eq!(ledger.table_rows, ledger.table_rows_used + ledger.table_rows_bad + ledger.table_rows_full);
    for table in report.files.iter().filter_map(|file| file.table.as_ref()) {
        assert_eq!(table.rows, table.used + table.full + table.bad.iter().map(|bad| bad.count).sum::<u64>());
    }
    for row in 0..report.rows() {
        let verdict = report.verdict(row).unwrap();
        assert!((0.0..=1.0).contains(&verdict.score) && verdict.distance.is_finite());
        let _ = details(&report, row);
    }
    let said = |report: &Report| {
        let mut said = Vec::new();
        ReportJson.export(report, &mut said).unwrap();
        serde_json::from_slice::<serde_json::Value>(&said).unwrap();
        for table in [Table::Flows, Table::Packets, Table::Hosts] {
            Csv(table).export(report, &mut said).unwrap();
        }
        Text.export(report, &mut said).unwrap();
        said
    };
    assert!(said(&report) == said(&read(usize::from(choice) % 29 + 1)), "the pieces changed the report");
}

/// Pieces of one flow: whether it is over TCP and its port (one byte, two bytes), then for each piece a byte of flags,
/// its length (two bytes) and its bytes. Flags: 1 from the originator, 2 cut by the snapshot length, 4 sent again, 8
/// behind a hole, 16 in segments of a few bytes.
pub fn protocols(data: &[u8]) {
    let Some((&[is_tcp, port_high, port_low], mut data)) = data.split_first_chunk::<3>() else { return };
    let proto = if is_tcp & 1 != 0 { Proto::TCP } else { Proto::UDP };
    let mut inspector = Inspector::new(proto, 40_000, u16::from_be_bytes([port_high, port_low])).unwrap();
    let mut next = [u32::MAX - 100, 1];
    while let Some((&[flags, length_high, length_low], rest)) = data.split_first_chunk::<3>() {
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        let (bytes, after) = rest.split_at(length.min(rest.len()));
        data = after;
        let from_orig = flags & 1 != 0;
        let seq = &mut next[usize::from(!from_orig)];
        if flags & 8 != 0 {
            *seq = seq.wrapping_add(200);
        }
        let size = if flags & 16 != 0 && is_tcp & 1 != 0 { 3 } else { usize::MAX };
        for payload in bytes.chunks(size) {
            let is_cut = flags & 2 != 0;
            for _ in 0..=u32::from(flags & 4 != 0) {
                inspector.feed(&Piece { from_orig, seq: (proto == Proto::TCP).then_some(*seq), payload, is_cut });
            }
            *seq = seq.wrapping_add(payload.len() as u32);
            assert!(inspector.heap_bytes() <= MAX_INSPECTOR_BYTES, "{} bytes", inspector.heap_bytes());
        }
    }
    let Some(found) = inspector.finish() else { return };
    assert!(!found.services.is_empty() && (0.0..=1.0).contains(&found.confidence()));
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(printable(&json), json, "text that is not safe to show");
    assert!(json.len() <= MAX_INSPECTOR_BYTES, "a record of {} bytes", json.len());
    for (_, value) in found.records.iter().flat_map(|record| record.fields()) {
        assert!(!value.is_empty());
    }
}
