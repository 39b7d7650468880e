//! What the detection promises, on rows made here: scores in range, explanations that add up, floods that do not become
//! the normal, little data that is said to be little.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::cast_precision_loss)]

use std::net::{IpAddr, Ipv4Addr};

use wiresift::chunked::Chunked;
use wiresift::detect;
use wiresift::features::Rows;
use wiresift::host;
use wiresift::report::{
    Context, DetectionStatus, Direction, EndReason, FlowRecord, Moments, PacketRecord, Proto, SizeMoments, Sparse,
    TcpFlags, Verdict,
};
use wiresift::settings::{DetectorChoice, Settings};
use wiresift::units::Timestamp;

const SECOND: i64 = 1_000_000_000;

/// A small reproducible source of variety.
fn vary(i: u64, salt: u64, below: u64) -> u64 {
    let x = (i ^ (salt << 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33) % below.max(1)
}

fn direction(packets: u64, payload: u64, entropy: Option<f64>, syn: u32) -> Direction {
    let mut moments = SizeMoments::default();
    for i in 0..packets {
        moments.add(if i == 0 { payload % packets.max(1) } else { payload / packets } as u32);
    }
    Direction {
        packets,
        payload_bytes: payload,
        wire_bytes: payload + 54 * packets,
        ip_bytes: payload + 40 * packets,
        payload: moments,
        flags: [0, syn, 0, 0, packets as u32, 0, 0, 0],
        entropy,
        ..Direction::default()
    }
}

fn flow(
    i: u64,
    ts: i64,
    orig: [u8; 4],
    resp: [u8; 4],
    port: u16,
    orig_side: Direction,
    resp_side: Direction,
) -> FlowRecord {
    let mut iat = Moments::default();
    for g in 1..orig_side.packets + resp_side.packets {
        iat.add(5_000_000 + vary(i, g, 20_000_000));
    }
    FlowRecord {
        uid: i,
        first_ts: Timestamp(ts),
        last_ts: Timestamp(ts + iat.sum as i64),
        first_packet: i + 1,
        last_packet: 1,
        first_offset: 0,
        last_offset: 0,
        orig_addr: IpAddr::V4(Ipv4Addr::from(orig)),
        resp_addr: IpAddr::V4(Ipv4Addr::from(resp)),
        orig_port: 40_000,
        resp_port: port,
        proto: Proto::TCP,
        vlan: None,
        tunnel: None,
        service: None,
        application: None,
        orig: orig_side,
        resp: resp_side.into(),
        stream: Sparse::default(),
        iat,
        measures: Default::default(),
        conn_state: Some("SF"),
        history: String::new(),
        end: EndReason::EndOfCapture,
        context: Context::default(),
        verdict: Verdict::default(),
        table: None,
    }
}

/// Browsing of fifty hosts: some sizes, some entropies, answered.
fn benign(n: u64) -> Chunked<FlowRecord> {
    (0..n)
        .map(|i| {
            let orig = [10, 0, 0, vary(i, 1, 50) as u8];
            let resp = [192, 0, 2, vary(i, 2, 40) as u8];
            let up = direction(6 + vary(i, 3, 8), 400 + vary(i, 4, 900), Some(6.0 + vary(i, 5, 15) as f64 / 10.0), 1);
            let down = direction(6 + vary(i, 6, 20), 2_000 + vary(i, 7, 30_000), Some(7.5), 1);
            flow(i, i as i64 * SECOND / 10, orig, resp, 443, up, down)
        })
        .collect()
}

/// SYNs from one host to one port, never answered.
fn flood(n: u64, first: u64) -> Chunked<FlowRecord> {
    (0..n)
        .map(|i| {
            let at = 30 * SECOND + i as i64 * SECOND / 1000;
            flow(first + i, at, [203, 0, 113, 9], [10, 0, 0, 200], 80, direction(1, 0, None, 1), Direction::default())
        })
        .collect()
}

/// One upload, far larger than everything else, to a port nobody uses.
fn upload(i: u64) -> FlowRecord {
    flow(
        i,
        20 * SECOND,
        [10, 0, 0, 7],
        [198, 51, 100, 66],
        4444,
        direction(40_000, 50_000_000, Some(7.99), 1),
        direction(20_000, 2_000, Some(2.0), 1),
    )
}

fn detected(flows: &mut Chunked<FlowRecord>, settings: &Settings) -> detect::Detected {
    host::annotate(flows, [1, 2]);
    detect::run(Rows::Flows(flows), settings).unwrap()
}

#[test]
fn little_data_is_said_to_be_little() {
    for n in 0..64 {
        let mut flows = benign(n);
        let detected = detected(&mut flows, &Settings::default());
        let expected = if n < 10 { DetectionStatus::NotEnoughData } else { DetectionStatus::Scored };
        assert_eq!(detected.detection.status, expected, "{n} flows");
        assert_eq!(detected.verdicts.len() as u64, n);
        for v in &detected.verdicts {
            assert_eq!(v.is_scored, n >= 10);
            assert!((0.0..=1.0).contains(&v.score) && v.distance.is_finite());
        }
    }
}

#[test]
fn identical_rows_have_no_outliers() {
    let mut flows: Chunked<_> =
        (0..500).map(|i| FlowRecord { uid: i, first_packet: i + 1, ..benign(1)[0].clone() }).collect();
    let detected = detected(&mut flows, &Settings::default());
    assert_eq!(detected.detection.status, DetectionStatus::NoOutliers);
    assert!(detected.verdicts.iter().all(|v| v.score == 0.0 && !v.is_anomalous()));
}

#[test]
fn a_flood_does_not_become_the_normal() {
    let quiet = 2_000;
    for share in [0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98] {
        let loud = (quiet as f64 * share / (1.0 - share)) as u64;
        let mut flows = benign(quiet);
        flows.push(upload(quiet));
        flows.extend(flood(loud, quiet + 1));
        let detected = detected(&mut flows, &Settings::default());
        let planted = detected.verdicts[quiet as usize];
        let above = detected.verdicts[..quiet as usize].iter().filter(|v| v.score >= planted.score).count();
        assert!(planted.is_anomalous(), "flood share {share}: the upload is not anomalous");
        assert!(above * 50 <= quiet as usize, "flood share {share}: {above} benign flows above the upload");
        let false_alarms = detected.verdicts[..quiet as usize].iter().filter(|v| v.is_anomalous()).count();
        assert!(false_alarms * 10 <= quiet as usize, "flood share {share}: {false_alarms} benign flows anomalous");
        if loud >= 200 {
            let largest = detected.detection.largest_group_share;
            assert!(
                largest > 0.3 * loud as f64 / flows.len() as f64,
                "the flood gives a few unique rows, one a minute: {largest}"
            );
        }
    }
}

#[test]
fn d12_contributions_add_up_and_name_what_is_odd() {
    let mut flows = benign(1_000);
    flows.push(upload(1_000));
    let detected = detected(&mut flows, &Settings::default());
    for row in 0..flows.len() {
        let all = detect::contributions(&detected.detection, Rows::Flows(&flows), row, &detected.verdicts[row]);
        assert_eq!(all.len(), detected.detection.features.len());
        let sum: f64 = all.iter().map(|c| c.share).sum();
        assert!((sum - 1.0).abs() < 1e-9 || detected.verdicts[row].distance == 0.0);
        assert!(all.windows(2).all(|w| w[0].share >= w[1].share));
    }
    let top = &detect::contributions(&detected.detection, Rows::Flows(&flows), 1_000, &detected.verdicts[1_000])[..12];
    let bytes = top.iter().find(|c| c.feature == "orig_bytes").unwrap();
    assert_eq!(bytes.observed, Some(50_000_000.0));
    assert!(bytes.typical.unwrap() < 2_000.0);
}

#[test]
fn the_protocol_choice_leaves_the_others_unscored() {
    let mut flows = benign(300);
    for f in flows.iter_mut().step_by(3) {
        f.proto = Proto::UDP;
    }
    let settings = Settings::from_pairs([("protocol", "tcp")]).unwrap();
    let detected = detected(&mut flows, &settings);
    assert_eq!(detected.detection.rows, 200);
    for (f, v) in flows.iter().zip(&detected.verdicts) {
        assert_eq!(v.is_scored, f.proto == Proto::TCP);
        assert!(v.is_scored || (v.score == 0.0 && !v.is_anomalous()));
    }
}

#[test]
fn every_setting_of_k_threshold_and_scaling_gives_sound_scores() {
    let mut flows = benign(400);
    flows.extend(flood(300, 400));
    host::annotate(&mut flows, [1, 2]);
    for k in ["auto", "1", "2", "5", "64"] {
        for rule in ["percentile", "sigma", "mad", "score"] {
            for scaling in ["standard", "robust"] {
                let settings =
                    Settings::from_pairs([("k", k), ("threshold-rule", rule), ("scaling", scaling)]).unwrap();
                let d = detect::run(Rows::Flows(&flows), &settings).unwrap();
                assert!(d.verdicts.iter().all(|v| (0.0..=1.0).contains(&v.score)), "{k} {rule} {scaling}");
                assert!(d.detection.threshold.distance.is_finite() && d.detection.inertia.is_finite());
                let rows: u64 = d.detection.clusters.iter().map(|c| c.rows).sum();
                assert_eq!(rows, 700);
                // the largest cluster of the fitted rows comes first
                assert!(d.detection.clusters.windows(2).all(|w| w[0].fit_share >= w[1].fit_share));
            }
        }
    }
}

#[test]
fn d09_the_sample_is_bounded_and_the_seed_decides_it() {
    let mut flows = benign(5_000);
    host::annotate(&mut flows, [1, 2]);
    let run = |seed: &str| {
        let settings = Settings::from_pairs([("fit-rows", "100"), ("seed", seed)]).unwrap();
        detect::run(Rows::Flows(&flows), &settings).unwrap()
    };
    let (a, b, c) = (run("1"), run("1"), run("2"));
    assert_eq!(a.detection.fit_rows, 100);
    assert_eq!(a.verdicts, b.verdicts);
    assert_ne!(a.verdicts, c.verdicts);
}

#[test]
fn packets_are_rows_too() {
    let packet = |i: u64| PacketRecord {
        number: i + 1,
        offset: 0,
        ts: Timestamp(i as i64 * 1_000_000),
        src: IpAddr::from([10, 0, 0, vary(i, 1, 20) as u8]),
        dst: IpAddr::from([192, 0, 2, 1]),
        src_port: Some(40_000 + vary(i, 2, 1000) as u16),
        dst_port: Some(443),
        proto: Proto::TCP,
        length: 60 + vary(i, 3, 900) as u32,
        payload_len: vary(i, 3, 900) as u32,
        entropy: Some(6.0 + vary(i, 4, 15) as f32 / 10.0),
        header_len: 40,
        flags: Some(TcpFlags(TcpFlags::ACK)),
        window: Some(500 + vary(i, 5, 100) as u16),
        ttl: Some(64),
        iat_ns: (i > 0).then(|| 1_000_000 + vary(i, 6, 1_000_000)),
        verdict: Verdict::default(),
        table: None,
    };
    let mut packets: Chunked<_> = (0..3_000).map(packet).collect();
    packets[77] = PacketRecord {
        flags: Some(TcpFlags(TcpFlags::FIN | TcpFlags::PSH | TcpFlags::URG)),
        dst_port: Some(1),
        ttl: Some(255),
        entropy: None,
        ..packets[77].clone()
    };
    let settings = Settings::from_pairs([("unit", "packet")]).unwrap();
    let detected = detect::run(Rows::Packets(&packets), &settings).unwrap();
    let best = (0..3_000).max_by(|&a, &b| detected.verdicts[a].score.total_cmp(&detected.verdicts[b].score));
    assert_eq!(best, Some(77));
    assert!(detected.verdicts[77].is_anomalous());
}

/// Share of the benign flows that score below a row, ties half.
fn rank(verdicts: &[Verdict], benign: usize, row: usize) -> f64 {
    let planted = verdicts[row].score;
    let below = |v: &&Verdict| v.score < planted;
    let equal = |v: &&Verdict| v.score == planted;
    let others = &verdicts[..benign];
    (others.iter().filter(below).count() as f64 + 0.5 * others.iter().filter(equal).count() as f64) / benign as f64
}

fn each_detector() -> impl Iterator<Item = Settings> {
    DetectorChoice::ALL.into_iter().map(|d| Settings::from_pairs([("detector", d.name())]).unwrap())
}

#[test]
fn d04_the_planted_one_ranks_high_at_every_share_of_a_flood() {
    let quiet = 10_000;
    for share in [0.0001, 0.01, 0.1, 0.5, 0.9] {
        let loud = (quiet as f64 * share / (1.0 - share)).ceil() as u64;
        let mut flows = benign(quiet);
        flows.push(upload(quiet));
        flows.extend(flood(loud, quiet + 1));
        let detected = detected(&mut flows, &Settings::default());
        let auc = rank(&detected.verdicts, quiet as usize, quiet as usize);
        assert!(auc >= 0.95, "flood share {share}: AUC {auc}");
    }
}

#[test]
fn d05_an_attacker_s_own_flows_do_not_hide_the_target() {
    let quiet = 2_000;
    let run = |poison: u64| {
        let mut flows = benign(quiet);
        flows.push(upload(quiet));
        // the uploader's host makes uploads of all sizes up to the target's usual, to hosts of its own
        flows.extend((0..poison).map(|i| {
            let size = 1_000 + 50_000_000 / poison * i;
            let (up, down) = (direction(10 + i * 40, size, Some(7.99), 1), direction(5 + i * 20, 2_000, Some(2.0), 1));
            let at = i as i64 * SECOND / 10;
            flow(quiet + 1 + i, at, [10, 0, 0, 7], [198, 51, 100, vary(i, 9, 40) as u8], 4444, up, down)
        }));
        let detected = detected(&mut flows, &Settings::default());
        rank(&detected.verdicts, quiet as usize, quiet as usize)
    };
    let (clean, poisoned) = (run(0), run(quiet / 9));
    assert!(clean > 0.95 && (clean - poisoned).abs() < 0.1, "{clean} {poisoned}");
}

#[test]
fn every_detector_scores_explains_and_repeats_itself() {
    let mut flows = benign(600);
    flows.push(upload(600));
    flows.extend(flood(100, 601));
    host::annotate(&mut flows, [1, 2]);
    for settings in each_detector() {
        let name = settings.detector.name();
        let run = || detect::run(Rows::Flows(&flows), &settings).unwrap();
        let (first, again) = (run(), run());
        assert_eq!(first.detection.detector, name);
        assert_eq!(first.verdicts, again.verdicts, "{name}");
        assert!(!first.detection.clusters.is_empty() && first.detection.explained[0] > 0.0, "{name}: no clusters");
        let members = first.detection.members;
        assert_eq!(members > 1, name == "ensemble");
        for (row, v) in first.verdicts.iter().enumerate() {
            assert!(v.distance >= 0.0 && v.distance.is_finite(), "{name}");
            let all = detect::contributions(&first.detection, Rows::Flows(&flows), row, v);
            let sum: f64 = all.iter().map(|c| c.share).sum();
            assert!((sum - 1.0).abs() < 1e-9 || sum == 0.0, "{name} row {row}: {sum}");
            assert!(all.iter().all(|c| c.share.is_finite()), "{name}");
        }
        let auc = rank(&first.verdicts, 600, 600);
        assert!(auc > 0.9, "{name}: the upload ranks at {auc}");
    }
}

#[test]
fn every_detector_takes_little_and_constant_data() {
    for settings in each_detector() {
        for n in [0, 1, 9, 10, 11] {
            let mut flows = benign(n);
            assert_eq!(detected(&mut flows, &settings).verdicts.len() as u64, n);
        }
        let mut alike: Chunked<_> =
            (0..50).map(|i| FlowRecord { uid: i, first_packet: i + 1, ..benign(1)[0].clone() }).collect();
        let detected = detected(&mut alike, &settings);
        assert_eq!(detected.detection.status, DetectionStatus::NoOutliers);
    }
}

#[test]
fn detectors_agree_on_what_is_far_from_all() {
    let mut flows = benign(1_000);
    flows.push(upload(1_000));
    let detected = detected(&mut flows, &Settings::default());
    let explainer = detect::Explainer::new(&detected.detection, Rows::Flows(&flows));
    let votes = |row: usize| u64::from(explainer.votes(row, &detected.verdicts[row]));
    let agreement: u64 = (0..1_000).map(votes).sum();
    let planted = votes(1_000);
    assert!(planted >= 4 && planted as f64 > 2.0 * agreement as f64 / 1_000.0, "{planted} {agreement}");
}

#[test]
fn an_explanation_says_what_would_make_a_row_normal_and_what_is_like_it() {
    let mut flows = benign(1_000);
    flows.push(upload(1_000));
    let detected = detected(&mut flows, &Settings::default());
    flows.iter_mut().zip(&detected.verdicts).for_each(|(flow, verdict)| flow.verdict = *verdict);
    let explainer = detect::Explainer::new(&detected.detection, Rows::Flows(&flows));
    let verdict = &detected.verdicts[1_000];
    assert!(verdict.is_far, "{verdict:?}");
    let change = explainer.change(1_000, verdict);
    assert!(!change.is_empty() && change.len() < detected.detection.features.len(), "{change:?}");
    assert!(change.iter().all(|c| c.from != c.to), "{change:?}");
    let neighbour = explainer.neighbour(1_000, verdict).unwrap();
    assert!(neighbour.row < 1_000 && !detected.verdicts[neighbour.row as usize].is_anomalous());
    assert!(!neighbour.apart.is_empty() && neighbour.apart.iter().all(|c| c.from != c.to), "{neighbour:?}");
    // What is normal needs no change.
    let quiet = (0..1_000).find(|&row| !detected.verdicts[row].is_far).unwrap();
    assert_eq!(explainer.change(quiet, &detected.verdicts[quiet]), []);
}
