//! What holds for any capture: sums, bounds, finite numbers, agreement of the schemas, rows D1 to D11 of the bad input.

use std::sync::LazyLock;

use proptest::prelude::*;
use wiresift::chunked::Chunked;
use wiresift::detect;
use wiresift::features::{FLOW_FEATURES, Rows, Scaler, Transform, catalogue, choose};
use wiresift::host;
use wiresift::pipeline::Analyzer;
use wiresift::report::{DetectionStatus, Proto, Report};
use wiresift::schema::{Kind, Schema};
use wiresift::settings::{Scaling, Settings, Unit};

use super::support::{Row, csv_of, is_close, number, read, rows, synth};
use crate::generators::office;

const FLOW_SCHEMAS: [Schema; 4] =
    [Schema::Wiresift, Schema::CicFlowMeter, Schema::OriginalCicFlowMeter, Schema::Nfstream];

static REPORT: LazyLock<Report> = LazyLock::new(|| read(&synth(12_000, 3), &[]));

fn of(row: &Row, name: &str) -> f64 {
    number(row, name).unwrap_or_else(|| panic!("{name} is missing"))
}

#[test]
fn each_schema_has_its_columns_and_a_row_a_flow() {
    for (schema, columns) in [(Schema::CicFlowMeter, 84), (Schema::OriginalCicFlowMeter, 84), (Schema::Nfstream, 80)] {
        assert_eq!(schema.columns(Unit::Flow).len(), columns);
        let mut names: Vec<_> = schema.columns(Unit::Flow).iter().map(|c| c.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), columns, "{schema:?}");
        assert!(!schema.notes().is_empty());
        for column in schema.columns(Unit::Flow) {
            assert!(!column.definition.is_empty(), "{schema:?} does not say what {} is", column.name);
        }
    }
    for schema in FLOW_SCHEMAS {
        assert_eq!(rows(schema, &REPORT).len(), schema.rows(&REPORT), "{schema:?}");
    }
    let ip = REPORT.flows.iter().filter(|f| f.proto.number().is_some()).count();
    assert!(ip < REPORT.flows.len(), "the capture has ARP");
    assert_eq!((Schema::Wiresift.rows(&REPORT), Schema::Nfstream.rows(&REPORT)), (REPORT.flows.len(), ip));
    for unit in [Unit::Flow, Unit::Packet] {
        let mut names: Vec<_> = Schema::Wiresift.columns(unit).iter().map(|c| c.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Schema::Wiresift.columns(unit).len());
    }
}

#[test]
fn every_number_is_finite_and_of_its_kind() {
    let packets = read(&synth(2_000, 4), &[("unit", "packet")]);
    for (schema, report, unit) in
        FLOW_SCHEMAS.map(|s| (s, &*REPORT, Unit::Flow)).into_iter().chain([(Schema::Wiresift, &packets, Unit::Packet)])
    {
        let columns = schema.columns(unit);
        for row in rows(schema, report) {
            for column in &columns {
                let text = &row[column.name];
                let is_right = match column.kind {
                    Kind::Text => true,
                    _ if text.is_empty() => true,
                    Kind::Integer => text.parse::<i64>().is_ok(),
                    Kind::Float | Kind::Moment => text.parse::<f64>().is_ok_and(f64::is_finite),
                };
                // The original's mistake 14.
                let is_infinity = schema == Schema::OriginalCicFlowMeter && column.name.ends_with("s/s");
                assert!(is_right || is_infinity, "{schema:?} {} is {text}", column.name);
            }
        }
    }
}

#[test]
fn parts_add_up_and_means_are_between_the_ends() {
    for row in rows(Schema::CicFlowMeter, &REPORT) {
        let of = |name: &str| of(&row, name);
        assert!(of("Fwd IAT Total") <= of("Flow Duration") && of("Bwd IAT Total") <= of("Flow Duration"));
        let packets = of("Total Fwd Packet") + of("Total Bwd packets");
        let bytes = of("Total Length of Fwd Packet") + of("Total Length of Bwd Packet");
        assert!(is_close(of("Packet Length Mean") * packets, bytes));
        assert!(of("FIN Flag Count") <= packets && of("ACK Flag Count") <= packets);
        assert!(of("Fwd PSH Flags") + of("Bwd PSH Flags") == of("PSH Flag Count"));
        for what in [
            "Fwd Packet Length",
            "Bwd Packet Length",
            "Packet Length",
            "Flow IAT",
            "Fwd IAT",
            "Bwd IAT",
            "Active",
            "Idle",
        ] {
            let [least, mean, most] = ["Min", "Mean", "Max"].map(|end| of(&format!("{what} {end}")));
            assert!(least <= mean * (1.0 + 1e-12) && mean <= most * (1.0 + 1e-12), "{what}: {least} {mean} {most}");
            assert!(of(&format!("{what} Std")) <= (most - least) + 1e-6, "{what}");
        }
        assert!(of("Fwd Act Data Pkts") <= of("Total Fwd Packet"));
        assert!(of("Fwd Seg Size Min") * of("Total Fwd Packet") <= of("Fwd Header Length"));
        assert!(of("Bwd Bytes/Bulk Avg") <= of("Total Length of Bwd Packet"));
    }
    for flow in &REPORT.flows {
        let (active, idle) = (flow.active().unwrap(), flow.idle().unwrap());
        assert_eq!(active.n, idle.n + 1);
        assert_eq!(active.sum + idle.sum, flow.duration_ns(), "active and idle make up the whole");
        assert!(flow.subflows().unwrap() > idle.n);
    }
    for row in rows(Schema::Nfstream, &REPORT) {
        for what in ["packets", "bytes", "syn_packets", "rst_packets"] {
            let [both, there, back] = ["bidirectional", "src2dst", "dst2src"].map(|d| of(&row, &format!("{d}_{what}")));
            assert_eq!(both, there + back, "{what}");
        }
    }
}

/// Of our unit, how many of CICFlowMeter's there are.
fn factor(unit: &str) -> f64 {
    match unit {
        "ms" => 1e3,
        "s" => 1e6,
        _ => 1.0,
    }
}

#[test]
fn a_feature_and_the_column_that_is_the_same_have_the_same_value() {
    let ours: Vec<Row> = rows(Schema::Wiresift, &REPORT).into_iter().filter(|row| row["proto"] != "arp").collect();
    let (cic, nfstream) = (rows(Schema::CicFlowMeter, &REPORT), rows(Schema::Nfstream, &REPORT));
    let mut compared = 0;
    for feature in catalogue(Unit::Flow) {
        // The corrected table has no mistakes: what differs in the original does not differ here.
        let theirs = [
            feature.cicflowmeter.map(|a| (&cic, a.name, factor(feature.unit))),
            feature
                .nfstream
                .filter(|a| a.differs.is_empty() || a.name.ends_with("piat_ms"))
                .map(|a| (&nfstream, a.name, 1.0)),
        ];
        for (table, name, factor) in theirs.into_iter().flatten().filter(|t| !t.1.starts_with("splt")) {
            for (mine, row) in ours.iter().zip(table.iter()) {
                let mine = number(mine, &feature.name).map(|v| v * factor);
                let row = number(row, name);
                // What does not exist is missing here and 0 there, or empty too.
                let is_same = match (mine, row) {
                    (Some(a), Some(b)) => is_close(a, b),
                    (None, b) => b.is_none_or(|b| b == 0.0),
                    (Some(_), None) => false,
                };
                assert!(is_same, "{} is {mine:?}, {name} is {row:?}", feature.name);
            }
            compared += 1;
        }
    }
    assert!(compared > 120, "{compared} columns compared");
}

#[test]
fn every_column_of_cicflowmeter_is_alike_to_a_feature_or_a_key() {
    let catalogue = catalogue(Unit::Flow);
    let is_alike = |name| catalogue.iter().any(|f| f.cicflowmeter.is_some_and(|a| a.name == name));
    let others: Vec<_> =
        Schema::CicFlowMeter.columns(Unit::Flow).iter().map(|c| c.name).filter(|name| !is_alike(*name)).collect();
    let expected = [
        "Flow ID",
        "Src IP",
        "Src Port",
        "Dst IP",
        "Dst Port",
        "Protocol",
        "Timestamp",
        "Packet Length Variance",
        "Average Packet Size",
        "Fwd Segment Size Avg",
        "Bwd Segment Size Avg",
        "Label",
    ];
    assert_eq!(others, expected);
    for (schema, of) in [(Schema::CicFlowMeter, true), (Schema::Nfstream, false)] {
        let names: Vec<_> = schema.columns(Unit::Flow).iter().map(|c| c.name).collect();
        for f in &catalogue {
            let alike = if of { f.cicflowmeter } else { f.nfstream };
            assert!(alike.is_none_or(|a| names.contains(&a.name)), "{} names {alike:?}", f.name);
        }
    }
}

#[test]
fn d11_what_may_be_missing_says_when() {
    for unit in [Unit::Flow, Unit::Packet] {
        let report = read(&synth(6_000, 9), &[("unit", if unit == Unit::Flow { "flow" } else { "packet" })]);
        let table = rows(Schema::Wiresift, &report);
        for feature in catalogue(unit) {
            let is_missing = table.iter().any(|row| row[&*feature.name].is_empty());
            assert!(!is_missing || !feature.missing.is_empty(), "{} is missing and does not say when", feature.name);
        }
    }
}

#[test]
fn d11_one_way_and_cut_captures_have_missing_values_and_scores() {
    // The headers of TCP only: its payload is not captured, and every packet is there.
    let whole = office::capture(300);
    let settings = Settings::from_pairs([("features", "all"), ("k", "3")]).unwrap();
    let mut analyzer = Analyzer::new(settings, [1, 2]).unwrap();
    analyzer.begin_file("cut.pcap");
    analyzer.push(&cut(&whole, 54));
    let report = analyzer.finish().unwrap();
    assert_eq!(report.detection.status, DetectionStatus::Scored);
    let tcp = || report.flows.iter().filter(|f| f.proto == Proto::TCP);
    assert!(tcp().all(|f| f.orig.entropy.is_none() && f.measures.content[0].printable_share().is_none()));
    assert!(tcp().any(|f| f.orig.payload_bytes > 0 && f.orig.cut_packets > 0));
    assert!(report.flows.iter().all(|f| (0.0..=1.0).contains(&f.verdict.score) && f.verdict.is_scored));
}

/// A pcap with each record cut to so many bytes, as a snapshot length does.
fn cut(pcap: &[u8], most: usize) -> Vec<u8> {
    let mut out = pcap[..24].to_vec();
    let mut rest = &pcap[24..];
    while let Some((header, behind)) = rest.split_at_checked(16) {
        let length = u32::from_le_bytes(header[8..12].try_into().unwrap()) as usize;
        let kept = length.min(most);
        out.extend(&header[..8]);
        out.extend((kept as u32).to_le_bytes());
        out.extend(&header[12..]);
        out.extend(&behind[..kept]);
        rest = &behind[length..];
    }
    out
}

#[test]
fn d1_few_rows_of_every_unit_are_not_enough_and_never_a_nan() {
    for unit in ["flow", "packet"] {
        let whole = read(&office::capture(64), &[("unit", unit)]);
        for n in (0..=12usize).chain([16, 31, 32, 48, 64]) {
            // All features where something changes: one costs as much as ten defaults.
            let features = if [0, 1, 2, 9, 10, 64].contains(&n) { "all" } else { "default" };
            let settings = Settings::from_pairs([("unit", unit), ("features", features), ("k", "3")]).unwrap();
            let mut report = whole.clone();
            report.flows.truncate(n);
            report.packets.truncate(n);
            report.settings = settings.clone();
            host::annotate(&mut report.flows, [1, 2]);
            let rows = if unit == "flow" { Rows::Flows(&report.flows) } else { Rows::Packets(&report.packets) };
            let detected = detect::run(rows, &settings).unwrap();
            let expected = if n < 10 { DetectionStatus::NotEnoughData } else { DetectionStatus::Scored };
            assert_eq!(detected.detection.status, expected, "{unit} {n}");
            assert_eq!((detected.verdicts.len(), rows.len()), (n, n));
            for v in &detected.verdicts {
                assert_eq!(v.is_scored, n >= 10);
                assert!((0.0..=1.0).contains(&v.score) && v.distance.is_finite());
            }
            assert_eq!(csv_of(Schema::Wiresift, &report).lines().count(), n + 1);
        }
    }
}

#[test]
fn d2_rows_all_alike_have_no_outliers_with_every_feature() {
    let mut report = read(&office::capture(8), &[]);
    report.flows = vec![report.flows[1].clone(); 300].into();
    for scaling in ["standard", "robust"] {
        let settings = Settings::from_pairs([("features", "all"), ("scaling", scaling)]).unwrap();
        let detected = detect::run(Rows::Flows(&report.flows), &settings).unwrap();
        assert_eq!(detected.detection.status, DetectionStatus::NoOutliers);
        assert!(detected.verdicts.iter().all(|v| v.score == 0.0 && !v.is_anomalous()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn d3_any_bits_of_a_float_are_scaled_to_finite_numbers(
        bits in prop::collection::vec(prop_oneof![any::<u64>(), Just(f64::NAN.to_bits()), Just(f64::INFINITY.to_bits()),
            Just((-0.0f64).to_bits()), Just(1u64), Just(1e308f64.to_bits()), Just((-1e308f64).to_bits()), Just(f64::MAX.to_bits())], 0..40)
    ) {
        let mut flows: Chunked<_> = vec![REPORT.flows[0].clone(); bits.len()].into();
        for (flow, bits) in flows.iter_mut().zip(&bits) {
            flow.orig.entropy = Some(f64::from_bits(*bits));
        }
        let rows = Rows::Flows(&flows);
        let settings = Settings::from_pairs([("features", "orig_entropy")]).unwrap();
        let feature = choose(&settings, &catalogue(settings.unit)).unwrap()[0];
        let all: Vec<usize> = (0..flows.len()).collect();
        for transform in [Transform::Linear, Transform::Log1p] {
            let mut info = catalogue(Unit::Flow)[feature].clone();
            info.transform = transform;
            for scaling in [Scaling::Standard, Scaling::Robust] {
                let scaler = Scaler::fit(rows, &all, &[(feature, info.clone())], scaling);
                let column = &scaler.columns[0];
                prop_assert!(column.center.is_finite() && column.scale.is_finite() && column.scale > 0.0);
                for (row, bits) in bits.iter().enumerate() {
                    let scaled = column.scaled(rows, row);
                    prop_assert_eq!(scaled.is_some(), f64::from_bits(*bits).is_finite());
                    prop_assert!(scaled.is_none_or(|v| v.abs() <= 20.0), "{:?}", scaled);
                }
            }
        }
        let detected = detect::run(rows, &settings).unwrap();
        prop_assert!(detected.verdicts.iter().all(|v| (0.0..=1.0).contains(&v.score) && v.distance.is_finite()));
    }
}

#[test]
fn d10_a_flow_takes_the_same_memory_however_many_packets_it_has() {
    let packets = |n: u32| {
        let (a, b) = (([10, 0, 0, 1], 1000), ([10, 0, 0, 2], 2000));
        let frames: Vec<_> = (0..n)
            .map(|i| {
                office::udp(u64::from(i) * 1000, if i % 3 == 0 { b } else { a }, if i % 3 == 0 { a } else { b }, b"abc")
            })
            .collect();
        read(&office::file(&frames), &[])
    };
    let (few, many) = (packets(20), packets(20_000));
    assert_eq!((few.flows.len(), many.flows.len()), (1, 1));
    let shape = |r: &Report| (r.flows[0].opening().iter().count(), r.flows[0].measures.series.is_some());
    assert_eq!(shape(&few), shape(&many));
    assert_eq!(many.flows[0].packets(), 20_000);
}

#[test]
fn d10_tables_grow_with_their_rows_and_the_fitted_sample_does_not() {
    let run = |n: u64| {
        let settings = Settings::from_pairs([("fit-rows", "100"), ("features", "all"), ("k", "3")]).unwrap();
        let mut analyzer = Analyzer::new(settings, [1, 2]).unwrap();
        analyzer.begin_file("office");
        analyzer.push(&office::capture(n));
        analyzer.finish().unwrap()
    };
    let (once, twice) = (run(500), run(1000));
    assert_eq!(
        (once.detection.fit_rows, twice.detection.fit_rows),
        (100, 100),
        "the report says how many were learned from"
    );
    for schema in [Schema::Wiresift, Schema::CicFlowMeter, Schema::Nfstream] {
        let (small, large) = (csv_of(schema, &once).len(), csv_of(schema, &twice).len());
        assert!(large as f64 / small as f64 <= 2.3, "{schema:?}: {small} and {large} bytes");
    }
}

#[test]
fn the_tables_do_not_depend_on_the_pieces_or_the_hash_seed() {
    let capture = synth(3_000, 5);
    let run = |size: usize, seed: [u64; 2]| {
        let mut analyzer = Analyzer::new(Settings::default(), seed).unwrap();
        analyzer.keep_original_cicflowmeter();
        analyzer.begin_file("generated");
        capture.chunks(size).for_each(|piece| analyzer.push(piece));
        let report = analyzer.finish_reading();
        FLOW_SCHEMAS.map(|schema| csv_of(schema, &report))
    };
    assert_eq!(run(1 << 20, [1, 2]), run(777, [0xdead, 77]));
}

#[test]
fn features_are_many_and_their_values_finite_by_construction() {
    assert!(FLOW_FEATURES.len() >= 80);
    for flow in &REPORT.flows {
        for feature in FLOW_FEATURES {
            assert!((feature.value)(flow).is_none_or(f64::is_finite), "{}", feature.name);
        }
    }
}
