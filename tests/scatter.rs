//! The scatter's axes: the same points with other values, those without a value left out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::generators::office;
use wiresift::pipeline::{self, Analyzer};
use wiresift::report::Report;
use wiresift::settings::Settings;

fn report() -> Report {
    let mut analyzer = Analyzer::new(Settings::default(), [1, 2]).unwrap();
    analyzer.begin_file("a.pcap");
    analyzer.push(&office::capture(400));
    analyzer.finish().unwrap()
}

#[test]
fn axes_are_components_scores_and_features() {
    let report = report();
    let usual = &report.charts.scatter;
    assert!(usual.points.len() > 300 && usual.axes.is_none());
    assert_eq!(&pipeline::scatter(&report, ["component_1", "component_2"]).unwrap(), usual);

    let turned = pipeline::scatter(&report, ["component_2", "component_1"]).unwrap();
    assert!(turned.points.iter().zip(&usual.points).all(|(a, b)| (a.x, a.y, a.row) == (b.y, b.x, b.row)));
    assert!(turned.axes.unwrap()[0].starts_with("Principal component 2 ("));

    let (rows, catalogue) = (pipeline::rows(&report), pipeline::rows(&report).catalogue());
    let mut has_left_out = false;
    for feature in &report.detection.features {
        let place = catalogue.iter().position(|info| info.name == feature.name).unwrap();
        let raw = |row: u64| rows.raw(usize::try_from(row).unwrap(), place);
        let shown = pipeline::scatter(&report, [&feature.name, "score"]).unwrap();
        assert!(shown.points.iter().all(|p| raw(p.row) == Some(p.x) && p.y == p.score), "{}", feature.name);
        let missing = usual.points.iter().filter(|p| raw(p.row).is_none()).count();
        assert_eq!(shown.points.len() + missing, usual.points.len(), "{}", feature.name);
        has_left_out |= missing > 0;
        let [across, up] = shown.axes.unwrap();
        assert!(across.starts_with(&feature.name.replace('_', " ")) && up == "Score", "{across}");
    }
    assert!(has_left_out, "some feature is missing in some flow");
    assert!(pipeline::scatter(&report, ["score", "colour"]).is_err());
}
