//! How many rows have which score, with the threshold.

use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::frame::{Axis, Entry, Layout, Sheet};
use super::marks::{Mark, striped};
use super::scale::{Scale, Spread};
use super::{Plane, Style};
use crate::error::Result;
use crate::report::{Charts, Histogram};
use crate::units::{count_text, float};

/// Beyond this ratio of the fullest bin to the emptiest one that is not empty, the axis is logarithmic.
const EVEN_RATIO: u64 = 100;

/// What a drawn histogram knows about its pixels.
#[derive(Debug, Clone)]
pub struct HistogramMap {
    plane: Option<Plane>,
    threshold: f64,
}

impl HistogramMap {
    /// The score at a pixel; `None` outside the plot area or when nothing was drawn.
    #[must_use]
    pub fn score_at(&self, x: i32, y: i32) -> Option<f64> {
        Some(self.plane.as_ref()?.data_at(x, y)?.0)
    }

    /// The pixel column of the threshold; 0 when nothing was drawn.
    #[must_use]
    pub fn threshold_x(&self) -> i32 {
        self.plane.as_ref().map_or(0, |p| p.pixel_of(self.threshold, 0.0).0)
    }

    /// Left, top, right and bottom pixel of the plot area; all 0 when nothing was drawn.
    #[must_use]
    pub fn plot_area(&self) -> (i32, i32, i32, i32) {
        self.plane.as_ref().map_or((0, 0, 0, 0), Plane::area)
    }
}

/// The rows' name in titles.
pub(super) fn rows_name(charts: &Charts) -> &'static str {
    match charts.unit {
        "packet" => "packets",
        "host" => "hosts",
        _ => "flows",
    }
}

pub(super) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn spread_of(histogram: &Histogram) -> Spread {
    let counts = histogram.rows.iter().chain(&histogram.anomalies).copied().filter(|n| *n > 0);
    let (least, most) = counts.fold((u64::MAX, 0), |(l, m), n| (l.min(n), m.max(n)));
    if most / least > EVEN_RATIO { Spread::Log } else { Spread::Linear }
}

/// Draws how many rows have which score; the anomalous part of each bar is striped, the threshold is a dashed line.
///
/// **Errors** `Plot` with the backend's words.
pub fn draw_histogram<B: DrawingBackend>(backend: B, charts: &Charts, style: &Style) -> Result<HistogramMap> {
    let histogram = &charts.histogram;
    let threshold = if histogram.threshold.is_finite() { histogram.threshold.clamp(0.0, 1.0) } else { 1.0 };
    let sheet = Sheet::new(backend, style, "histogram")?;
    let most = histogram.rows.iter().copied().max().unwrap_or(0);
    if most == 0 {
        sheet.empty("No rows to draw")?;
        return Ok(HistogramMap { plane: None, threshold });
    }
    let layout = layout_of(&sheet, charts, most);
    let Some((mut chart, plane)) = sheet.plot(&layout)? else {
        sheet.finish()?;
        return Ok(HistogramMap { plane: None, threshold });
    };

    let bins = float(u64::try_from(histogram.rows.len()).unwrap_or(1));
    let edges = |i: usize| {
        let i = float(u64::try_from(i).unwrap_or(0));
        (i / bins, (i + 1.0) / bins)
    };
    let gap = u32::from(sheet.px(1.0) > 0 && !sheet.is_narrow());
    let bars = histogram.rows.iter().enumerate().filter(|(_, n)| **n > 0).map(|(i, n)| {
        let (low, high) = edges(i);
        let mut bar = Rectangle::new([(low, 0.0), (high, float(*n))], sheet.palette.normal.mix(0.85).filled());
        bar.set_margin(0, 0, gap, gap);
        bar
    });
    sheet.ok(chart.draw_series(bars))?;
    for (i, n) in histogram.anomalies.iter().enumerate().filter(|(_, n)| **n > 0) {
        let (low, high) = edges(i);
        let ((left, bottom), (right, top)) = (plane.pixel_of(low, 0.0), plane.pixel_of(high, float(*n)));
        // One row beside a million still gets a mark that can be seen.
        let top = top.min(bottom - sheet.px(3.0));
        striped(&sheet, (left + 1, top, (right - 1).max(left + 2), bottom), sheet.palette.anomaly)?;
    }
    let map = HistogramMap { plane: Some(plane), threshold };
    draw_threshold(&sheet, &map)?;
    sheet.finish()?;
    Ok(map)
}

fn layout_of<B: DrawingBackend>(sheet: &Sheet<B>, charts: &Charts, most: u64) -> Layout {
    let spread = spread_of(&charts.histogram);
    let rows = rows_name(charts);
    let scale = Scale::new(spread, 0.0, float(most) * if spread == Spread::Linear { 1.15 } else { 3.0 });
    let y_title = format!("{}{}", capitalised(rows), if scale.is_log() { " (log scale)" } else { "" });
    let total: u64 = charts.histogram.rows.iter().sum();
    let anomalies: u64 = charts.histogram.anomalies.iter().sum();
    let entry = |mark, color, label: String| Entry { mark, color, label };
    Layout {
        title: format!("Anomaly scores of {} {rows}", count_text(total)),
        note: String::new(),
        legend: vec![
            entry(
                Mark::Square,
                sheet.palette.normal,
                format!("normal ({})", count_text(total.saturating_sub(anomalies))),
            ),
            entry(Mark::Striped, sheet.palette.anomaly, format!("anomalous ({})", count_text(anomalies))),
        ],
        x: Axis {
            scale: Scale::new(Spread::Linear, 0.0, 1.0),
            title: if sheet.is_narrow() {
                "Score"
            } else {
                "Score: 0 = typical of its cluster, 1 = unlike any cluster"
            }
            .to_owned(),
            ticks: None,
        },
        y: Axis { scale, title: y_title, ticks: None },
    }
}

fn draw_threshold<B: DrawingBackend>(sheet: &Sheet<B>, map: &HistogramMap) -> Result<()> {
    let (x, (left, top, right, bottom)) = (map.threshold_x(), map.plot_area());
    sheet.dashes(x, top, bottom, sheet.stroke(sheet.palette.text, 1.5))?;
    // Most rows lie left of the threshold: the label stands right of it as long as there is room.
    let (anchor, offset) = if x - left > (right - left) * 7 / 10 { (HPos::Right, -1) } else { (HPos::Left, 1) };
    let at = (x + offset * sheet.px(5.0), top + sheet.px(10.0));
    sheet.tag(&format!("threshold {:.3}", map.threshold), at, sheet.palette.text, anchor)
}
