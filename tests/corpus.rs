//! Labelled days of the corpus, where it is at hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::generators::corpus::folder;
use wiresift::pipeline::Analyzer;
use wiresift::report::{Report, Status};
use wiresift::settings::Settings;

fn analyze(bytes: &[u8], chunk: usize) -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), [3, 5]).unwrap();
    analyzer.begin_file("capture");
    bytes.chunks(chunk).for_each(|c| analyzer.push(c));
    analyzer.finish().unwrap()
}

#[test]
fn labelled_days_give_the_same_report_in_any_pieces() {
    let Some(root) = folder() else { return };
    for name in ["mixed/dm3_stealth.pcap", "labelled/b03_meet.pcapng", "labelled/b16_voip.pcap"] {
        let bytes = std::fs::read(root.join(name)).unwrap();
        let whole = analyze(&bytes, usize::MAX);
        assert_eq!(whole.outcome.status, Status::Complete, "{name}");
        let expected = serde_json::to_string(&whole).unwrap();
        for chunk in [977, 65_536] {
            assert!(serde_json::to_string(&analyze(&bytes, chunk)).unwrap() == expected, "{name} in pieces of {chunk}");
        }
    }
}
