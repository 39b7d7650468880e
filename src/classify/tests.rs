use proptest::prelude::*;

use super::*;
use crate::features::FLOW_FEATURES;
use crate::report::Proto;

/// A tree with one question: bins of the column below `value` lead to the share `low`, others to `high`.
fn stump(feature: u8, value: u8, low: u8, high: u8) -> Tree {
    let leaf = |value| Node { feature: LEAF, value, right: 0 };
    Tree { nodes: vec![Node { feature, value, right: 2 }, leaf(low), leaf(high)] }
}

fn column(name: &str, cuts: &[f32]) -> Column {
    let index = FLOW_FEATURES.iter().position(|f| f.name == name).unwrap();
    Column { name: name.to_owned(), index, cuts: cuts.to_vec() }
}

/// HTTP where the responder sent at least 100 bytes, by two trees of which one doubts; everything else is the rest.
fn model() -> Model {
    let forest = |class, threshold, trees: &[Tree]| Forest { class, threshold, trees: trees.to_vec() };
    let mut model = Model {
        columns: vec![column("resp_bytes", &[1.0, 100.0]), column("orig_entropy", &[4.5])],
        forests: vec![
            forest(Class::Http, 0.5, &[stump(0, 3, 0, 255), stump(0, 3, 0, 204)]),
            forest(Class::OtherTcp, 2.0, &[stump(0, 3, 255, 51)]),
            forest(Class::Dns, 0.9, &[stump(1, 0, 0, 255)]),
        ],
        summary: "{}".into(),
        checksum: 0,
    };
    model.checksum = Model::from_bytes(&model.to_bytes().unwrap()).unwrap().checksum;
    model
}

#[test]
fn bins_are_intervals_and_zero_is_missing() {
    let c = column("resp_bytes", &[1.0, 100.0]);
    let bins = [None, Some(f64::NAN), Some(f64::INFINITY), Some(-5.0), Some(0.0), Some(1.0), Some(99.9), Some(100.0)];
    assert_eq!(bins.map(|raw| c.bin(raw)), [0, 0, 0, 1, 1, 2, 2, 3]);
    let many: Vec<f32> = (0..300_u16).map(f32::from).collect();
    assert_eq!(column("resp_bytes", &many).bin(Some(1e9)), MAX_BIN);
}

#[test]
fn the_surest_forest_is_the_answer_and_doubt_is_shared() {
    let model = model();
    let guess = |proto, bins: &[u8]| model.guess_of(proto, bins);
    let http = guess(Proto::TCP, &[3, 0]).unwrap();
    // Shares of 0.9 and 0.2 add up to 1.1.
    assert_eq!((http.class, http.is_sure), (Class::Http, true));
    assert!((http.confidence - 0.9 / 1.1).abs() < 1e-6, "{}", http.confidence);
    assert_eq!(http.claim().map(|(service, _)| service), Some("http"));
    let rest = guess(Proto::TCP, &[1, 0]).unwrap();
    assert_eq!((rest.class, rest.is_sure, rest.claim()), (Class::OtherTcp, false, None));
    assert_eq!(guess(Proto::UDP, &[0, 0]).unwrap().class, Class::Dns);
    assert_eq!(guess(Proto::ICMP, &[0, 0]), None);
}

#[test]
fn a_file_brings_the_model_back() {
    let model = model();
    let bytes = model.to_bytes().unwrap();
    assert_eq!(Model::from_bytes(&bytes).unwrap(), model);
    assert_eq!(model.to_bytes().unwrap(), bytes);
}

#[test]
fn the_built_in_model_is_one_and_small() {
    let model = built_in();
    assert!(model.to_bytes().unwrap() == BUILT_IN);
    assert!(BUILT_IN.len() < 150_000, "{}", BUILT_IN.len());
    let classes: Vec<Class> = model.forests.iter().map(|f| f.class).collect();
    assert_eq!(classes, Class::ALL);
    assert!(!model.columns.iter().any(|c| c.name.contains("port")), "ports are of the training set");
    assert!(serde_json::from_str::<serde_json::Value>(&model.summary).is_ok());
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let refusal = |model: &Model| model.to_bytes().unwrap_err().to_string();
    let mut wrong = model();
    wrong.columns[0].name = "colour".into();
    assert!(refusal(&wrong).contains("feature `colour`"));
    let mut wrong = model();
    wrong.columns[0].cuts = vec![2.0, 2.0];
    assert!(refusal(&wrong).contains("do not ascend"));
    let mut wrong = model();
    wrong.forests[0].threshold = f32::NAN;
    assert!(refusal(&wrong).contains("threshold of `http`"));
    let mut wrong = model();
    wrong.forests[1].class = Class::Http;
    assert!(refusal(&wrong).contains("two forests"));
    for (node, what) in [(0, 0), (0, 3), (2, 9)] {
        let mut wrong = model();
        let nodes = &mut wrong.forests[0].trees[0].nodes;
        nodes[node] = if node == 0 { Node { right: what, ..nodes[0] } } else { Node { feature: 9, ..nodes[0] } };
        assert!(refusal(&wrong).contains("leads nowhere"), "{node} {what}");
    }
    let mut wrong = model();
    wrong.forests[0].trees.clear();
    assert!(refusal(&wrong).contains("0 trees"));

    let good = model().to_bytes().unwrap();
    for (bytes, what) in [
        (b"\x89PNG\r\n\x1a\n".to_vec(), "does not begin as a model"),
        (b"WSFM".to_vec(), "cut"),
        ([b"WSFM\x02", good.get(5..).unwrap()].concat(), "version 2"),
        (vec![0; (4 << 20) + 1], "largest model"),
    ] {
        let error = Model::from_bytes(&bytes).unwrap_err();
        assert_eq!(error.kind(), "model");
        assert!(error.to_string().contains(what), "{error}");
    }
    let mut longer = good.get(..good.len() - 4).unwrap().to_vec();
    longer.push(0);
    longer.extend(crc32fast::hash(&longer).to_le_bytes());
    assert!(Model::from_bytes(&longer).unwrap_err().to_string().contains("goes on"));
}

#[test]
fn every_cut_and_every_flipped_byte_is_refused() {
    let good = model().to_bytes().unwrap();
    for at in 0..good.len() {
        assert!(Model::from_bytes(&good[..at]).is_err(), "cut at {at}");
        let mut flipped = good.clone();
        flipped[at] ^= 0x10;
        assert!(Model::from_bytes(&flipped).is_err(), "flipped at {at}");
    }
}

proptest! {
    /// With a checksum that fits, whatever the bytes are: refused, or a model that answers every question.
    #[test]
    fn garbage_with_a_good_checksum_ends(
        at in 5_usize..120,
        garbage in proptest::collection::vec(any::<u8>(), 0..40),
        bins in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut bytes = model().to_bytes().unwrap();
        bytes.truncate(bytes.len() - 4);
        let end = (at + garbage.len()).min(bytes.len());
        let at = at.min(end);
        bytes.splice(at..end, garbage);
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        if let Ok(model) = Model::from_bytes(&bytes) {
            for proto in [Proto::TCP, Proto::UDP] {
                let guess = model.guess_of(proto, &bins);
                prop_assert!(guess.is_none_or(|g| (0.0..=1.0).contains(&g.confidence)));
            }
            prop_assert_eq!(Model::from_bytes(&model.to_bytes().unwrap()).unwrap(), model);
        }
    }

    #[test]
    fn garbage_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Model::from_bytes(&bytes).is_err());
    }
}
