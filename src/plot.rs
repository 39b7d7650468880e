//! Charts of a report, drawn on any plotters backend: the page's canvas, SVG or a bitmap.
//!
//! Each function draws one chart and gives back a map from pixels to data, which stays usable after the backend is
//! gone: tooltips, the movable threshold and the link from a point to its row are made of it.

mod chart;
mod confusion;
mod curve;
mod frame;
mod histogram;
mod host_graph;
mod host_ports;
mod marks;
mod palette;
mod precision_recall;
mod roc;
mod scale;
mod scatter;
mod timeline;

pub use chart::Chart;
pub use confusion::draw_confusion;
pub use histogram::{HistogramMap, draw_histogram};
pub use host_graph::{HostGraphMap, draw_host_graph};
pub use host_ports::{HostPortsMap, draw_host_ports};
pub use palette::{Theme, dark_rules};
pub use precision_recall::draw_precision_recall;
pub use roc::draw_roc;
pub use scatter::{ScatterMap, draw_scatter};
pub use timeline::{Clock, Measure, TimelineMap, draw_timeline};

use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::{CoordTranslate, ReverseCoordTranslate};

use scale::Scale;

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Light or dark.
    pub theme: Theme,
    /// Device pixels a logical pixel: text, strokes and points grow with it. **Range** 0.25 to 16.
    pub scale: f64,
    /// Whether font sizes are lines' heights, as in SVG and bitmaps, or em squares, as on the browser's canvas.
    pub letters: Letters,
}

/// What a backend takes a font's size for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// The size of the em square: the browser's canvas.
    Em,
    /// The height of a line: plotters' own backends, which divide it by 1.24.
    Line,
}

impl Default for Style {
    fn default() -> Self {
        Self { theme: Theme::Light, scale: 1.0, letters: Letters::Line }
    }
}

/// plotters' own coordinates of a drawn chart, both ways.
#[derive(Clone)]
struct Plane(Cartesian2d<Scale, Scale>);

impl Plane {
    /// The data at a pixel; `None` outside the plot area.
    fn data_at(&self, x: i32, y: i32) -> Option<(f64, f64)> {
        self.0.reverse_translate((x, y))
    }

    /// The pixel of a datum; data beyond the axes lie on the border.
    fn pixel_of(&self, x: f64, y: f64) -> (i32, i32) {
        self.0.translate(&(x, y))
    }

    /// Left, top, right and bottom pixel of the plot area.
    fn area(&self) -> (i32, i32, i32, i32) {
        let (x, y) = (self.0.get_x_axis_pixel_range(), self.0.get_y_axis_pixel_range());
        (x.start, y.start, x.end, y.end)
    }
}

impl std::fmt::Debug for Plane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Plane").field(&self.area()).finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use plotters::backend::SVGBackend;

    use super::*;
    use crate::report::{
        Charts, Confusion, Curve, CurvePoint, Evaluation, GraphEdge, GraphNode, Histogram, HostGraph, HostPorts,
        PortCell, PortHost, PortService, Scatter, ScatterPoint, Severity, Timeline,
    };
    use crate::units::Timestamp;

    fn charts() -> Charts {
        let point = |row: u32, x: f64, y: f64, is_anomalous| ScatterPoint {
            x,
            y,
            cluster: u16::try_from(row % 8).unwrap(),
            is_anomalous,
            score: 0.5,
            row: u64::from(row),
        };
        let mut points: Vec<_> = (0..40).map(|i| point(i, f64::from(i) * 0.15, f64::from(i * 7 % 40), false)).collect();
        points.push(point(40, 9_000.0, -400.0, true));
        points.push(point(41, f64::NAN, 1.0, true));
        let mut rows = vec![0; 50];
        let mut anomalies = vec![0; 50];
        (rows[4], rows[6], rows[44], anomalies[44]) = (100_000, 90, 2, 2);
        Charts {
            histogram: Histogram { rows, anomalies, threshold: 0.6 },
            scatter: Scatter { points, rows: 42, explained: [0.5, 0.25], axes: None },
            timeline: Timeline {
                start: Some(Timestamp(1_709_539_206_823_613_000)),
                bin_seconds: 0.5,
                packets: vec![1; 100],
                bytes: (0..100).collect(),
                flows: vec![2; 100],
                protocols: Vec::new(),
                anomalies: (0..100).map(|i| u64::from(i == 50)).collect(),
                findings: (0..100).map(|i| u64::from(i == 70)).collect(),
            },
            host_graph: host_graph(),
            host_ports: host_ports(),
            unit: "flow",
        }
    }

    fn host_graph() -> HostGraph {
        let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
        let node = |i: u32| GraphNode {
            address: if i == 7 { String::new() } else { format!("10.0.0.{i}") },
            hosts: if i == 7 { 1_234 } else { 1 },
            bytes: 1_000_000 >> (3 * i),
            severity: usize::try_from(i).ok().and_then(|i| severities.get(i)).copied().unwrap_or_default(),
            x: f64::from(i % 3) / 2.0,
            y: f64::from(i) / 7.0,
            ..GraphNode::default()
        };
        let edge =
            |i: u32| GraphEdge { from: 0, to: i, flows: 3, bytes: u64::from(i) * 1000, anomalies: u64::from(i == 1) };
        HostGraph { nodes: (0..8).map(node).collect(), edges: (1..8).map(edge).collect(), more_edges: 2 }
    }

    fn host_ports() -> HostPorts {
        let host = |i: u32| PortHost { address: format!("2001:db8:aaaa:bbbb:cccc:dddd:eeee:{i:x}"), flows: 9 };
        let service = |i: u16| PortService { proto: "tcp".to_owned(), port: (i > 0).then_some(i), flows: 9 };
        let cell = |i: u32| PortCell {
            host: i % 25,
            service: i % 20,
            flows: 1 + u64::from(i * i),
            bytes: 7,
            anomalies: u64::from(i == 3),
        };
        HostPorts {
            hosts: (0..24).map(host).collect(),
            services: (0..19).map(service).collect(),
            cells: (0..100).map(cell).collect(),
            other_hosts: 400,
            other_services: 1,
        }
    }

    type Maps = (HistogramMap, ScatterMap, TimelineMap, HostGraphMap, HostPortsMap);

    fn draw(charts: &Charts, size: (u32, u32), style: &Style) -> (String, Maps) {
        let mut text = String::new();
        let maps = (
            draw_histogram(SVGBackend::with_string(&mut text, size), charts, style).unwrap(),
            draw_scatter(SVGBackend::with_string(&mut text, size), charts, style, Some(3)).unwrap(),
            draw_timeline(SVGBackend::with_string(&mut text, size), charts, Measure::Bytes, Clock::Utc, style).unwrap(),
            draw_host_graph(SVGBackend::with_string(&mut text, size), charts, style).unwrap(),
            draw_host_ports(SVGBackend::with_string(&mut text, size), charts, style).unwrap(),
        );
        (text, maps)
    }

    /// Whether a coordinate or a word is no number; `info` is a severity.
    fn has_no_number(text: &str) -> bool {
        text.contains("NaN") || text.replace("info", "").contains("inf")
    }

    #[test]
    fn no_size_theme_or_scale_fails() {
        for size in [(0, 0), (1, 1), (130, 10), (121, 121), (390, 280), (1200, 700)] {
            for scale in [0.5, 1.0, 2.0, f64::NAN, 1e9] {
                for theme in [Theme::Light, Theme::Dark] {
                    let (text, _) = draw(&charts(), size, &Style { theme, scale, ..Style::default() });
                    assert!(!has_no_number(&text));
                }
            }
        }
    }

    #[test]
    fn nothing_is_said_in_words() {
        let (text, (histogram, scatter, timeline, graph, ports)) =
            draw(&Charts::default(), (390, 280), &Style::default());
        assert_eq!(text.matches("No rows to draw").count(), 3);
        assert_eq!(histogram.score_at(200, 100), None);
        assert_eq!(scatter.row_at(&Charts::default(), 200, 100, 1e9), None);
        assert_eq!(timeline.bin_at(200, 100), None);
        assert!(text.contains("No hosts to draw") && text.contains("No services to draw"));
        assert_eq!((graph.node_at(200, 100, 1e9), graph.position_of(0)), (None, None));
        assert_eq!((ports.cell_at(200, 100), ports.cell_area(0, 0)), (None, None));
    }

    fn draw_evaluation(evaluation: &Evaluation, size: (u32, u32)) -> [String; 3] {
        let mut texts = [String::new(), String::new(), String::new()];
        let [confusion, roc, precision] = &mut texts;
        let style = Style::default();
        draw_confusion(SVGBackend::with_string(confusion, size), evaluation, &style).unwrap();
        draw_roc(SVGBackend::with_string(roc, size), evaluation, &style).unwrap();
        draw_precision_recall(SVGBackend::with_string(precision, size), evaluation, &style).unwrap();
        texts
    }

    #[test]
    fn evaluations_of_any_size_and_number_are_drawn() {
        for text in draw_evaluation(&Evaluation::default(), (390, 280)) {
            assert!(text.contains("No labelled rows to draw") || text.contains("are both needed"));
        }
        let point = |x: f64, y: f64| CurvePoint { x, y, score: Some(0.5) };
        let curve = Curve { area: Some(0.75), points: vec![point(0.0, 0.0), point(f64::NAN, 0.5), point(1.0, 7.0)] };
        let evaluation = Evaluation {
            unit: "flow".into(),
            rows: 4,
            attacks: 2,
            confusion: Confusion { true_positives: 2, false_positives: 1, false_negatives: 0, true_negatives: 1 },
            precision: Some(2.0 / 3.0),
            recall: Some(1.0),
            false_positive_rate: Some(0.5),
            roc: curve.clone(),
            precision_recall: curve,
            ..Evaluation::default()
        };
        for size in [(1, 1), (130, 10), (121, 121), (390, 280), (900, 700)] {
            for text in draw_evaluation(&evaluation, size) {
                assert!(!has_no_number(&text));
            }
        }
        let [confusion, roc, precision] = draw_evaluation(&evaluation, (900, 700));
        assert!(confusion.contains("50.0 %, wrong") && confusion.contains("100.0 %, right"));
        assert!(roc.contains("ROC curve, area 0.750") && precision.contains("average precision 0.750"));
    }

    #[test]
    fn nonsense_numbers_are_not_drawn() {
        let mut nonsense = charts();
        nonsense.histogram.threshold = f64::NAN;
        nonsense.scatter.explained = [f64::NAN, 7.0];
        nonsense.timeline.bin_seconds = f64::INFINITY;
        for point in &mut nonsense.scatter.points {
            point.x = f64::INFINITY;
        }
        nonsense.host_graph.nodes[1].x = f64::NAN;
        nonsense.host_graph.nodes[2].y = -7.0;
        nonsense.host_graph.edges[0].to = 99;
        nonsense.host_ports.cells[0].host = u32::MAX;
        nonsense.scatter.points[0].x = 1e308;
        nonsense.scatter.points[1].x = -1e308;
        let (text, _) = draw(&nonsense, (800, 500), &Style::default());
        assert!(!has_no_number(&text));
    }

    #[test]
    fn pixels_map_back_to_scores_rows_and_bins() {
        let data = charts();
        let (_, (histogram, scatter, timeline, ..)) = draw(&data, (1200, 700), &Style::default());
        let (left, top, right, bottom) = histogram.plot_area();
        assert_eq!(histogram.score_at(left, top), Some(0.0));
        assert_eq!(histogram.score_at(right, bottom), Some(1.0));
        assert_eq!(histogram.score_at(left - 1, top), None);
        assert!((histogram.score_at(histogram.threshold_x(), top).unwrap() - 0.6).abs() < 1e-3);

        let at = scatter.position_of(&data, 40).unwrap();
        assert_eq!(scatter.row_at(&data, at.0 + 3, at.1 - 3, 6.0), Some(40));
        assert_eq!(scatter.row_at(&data, at.0 - 60, at.1, 6.0), None);
        assert_eq!(scatter.position_of(&data, 41), None, "not a number, not drawn");
        // A line around it, and one around all but it.
        let around = |left: i32, right: i32| [(left, 0), (right, 0), (right, 700), (left, 700)];
        assert_eq!(scatter.rows_within(&data, &around(at.0 - 5, at.0 + 5)), [40]);
        assert_eq!(scatter.rows_within(&data, &around(0, at.0 - 5)), (0..40).collect::<Vec<u64>>());
        assert_eq!(scatter.rows_within(&data, &around(0, at.0 - 5)[..2]), Vec::<u64>::new());
        // By keys: to the right of all others stands the last, and nothing to the right of it.
        assert_eq!((scatter.beside(&data, 40, (1, 0)), scatter.beside(&data, 41, (1, 0))), (None, None));
        let mut row = 40;
        for _ in 0..3 {
            let next = scatter.beside(&data, row, (-1, 0)).unwrap();
            assert!(scatter.position_of(&data, next).unwrap().0 < scatter.position_of(&data, row).unwrap().0);
            row = next;
        }

        let bins: Vec<usize> = (0..1200).filter_map(|x| timeline.bin_at(x, 300)).collect();
        assert_eq!((bins.first(), bins.last()), (Some(&0), Some(&99)));
        assert!(bins.is_sorted() && bins.len() < 1200);
    }

    #[test]
    fn pixels_map_back_to_hosts_and_cells() {
        let (text, (.., graph, ports)) = draw(&charts(), (1200, 700), &Style::default());
        for node in 0..8 {
            let (x, y, radius) = graph.position_of(node).unwrap();
            assert_eq!(graph.node_at(x, y, 0.0), Some(node));
            assert_eq!(graph.node_at(x, y + radius + 2, 3.0), Some(node));
        }
        assert_eq!((graph.node_at(1199, 350, 4.0), graph.position_of(8)), (None, None));
        assert!(text.contains("1,234 other hosts") && text.contains("7 of 1,241 hosts"));
        assert!(text.contains("critical (1)") && text.contains("nothing found (2)"));

        for (row, column) in [(0, 0), (24, 19), (7, 3)] {
            let (left, top, right, bottom) = ports.cell_area(row, column).unwrap();
            assert_eq!(ports.cell_at(left, top), Some((row, column)));
            assert_eq!(ports.cell_at(right - 1, bottom - 1), Some((row, column)));
        }
        assert_eq!((ports.cell_area(25, 0), ports.cell_at(1, 1)), (None, None));
        assert!(text.contains("24 of 424 responders, 19 of 20 services"));
    }

    #[test]
    fn the_axis_says_when_it_is_logarithmic() {
        let (text, _) = draw(&charts(), (1200, 700), &Style::default());
        assert!(text.contains("Flows (log scale)"));
        assert!(text.contains("Principal component 1 (50 % of variance, symmetric log scale)"));
        assert!(text.contains("41 of 42 flows shown"));
    }

    #[test]
    fn the_same_charts_are_the_same_bytes() {
        assert_eq!(draw(&charts(), (800, 500), &Style::default()).0, draw(&charts(), (800, 500), &Style::default()).0);
    }
}
