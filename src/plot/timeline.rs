//! Traffic over time by protocol, with the anomalies and findings that begin in it.

mod clock;
mod layers;
mod measure;

use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

pub use clock::Clock;
pub use measure::Measure;

use super::frame::{Axis, Entry, Layout, Sheet, pixel};
use super::marks::{Mark, draw_anomaly, draw_mark};
use super::scale::{Scale, Spread};
use super::{Plane, Style};
use crate::error::Result;
use crate::report::{Charts, Timeline};
use crate::units::{Timestamp, count, count_text, float};
use clock::time_ticks;
use layers::Layers;

/// Beyond this ratio of the highest rate to the median of the rates that are not 0, the axis is logarithmic.
const EVEN_RATIO: f64 = 30.0;

/// So many bins with anomalies at most are marked one by one.
const FEW: usize = 40;
/// Share of the plot area's height that the strip of anomalies has, in the room above the traffic.
const STRIP: f64 = 0.1;

/// What a drawn timeline knows about its pixels.
#[derive(Debug, Clone)]
pub struct TimelineMap {
    plane: Option<Plane>,
    bin_seconds: f64,
    bins: usize,
}

impl TimelineMap {
    /// The time bin at a pixel; `None` outside the plot area or when nothing was drawn.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn bin_at(&self, x: i32, y: i32) -> Option<usize> {
        let (seconds, _) = self.plane.as_ref()?.data_at(x, y)?;
        // Saturates below 0 and is held by the number of bins above.
        let bin = (seconds / self.bin_seconds) as usize;
        (self.bins > 0).then(|| bin.min(self.bins - 1))
    }

    /// Left, top, right and bottom pixel of the plot area, from the beginning of the first bin to the end of the last;
    /// `None` when nothing was drawn.
    #[must_use]
    pub fn plot_area(&self) -> Option<(i32, i32, i32, i32)> {
        self.plane.as_ref().map(Plane::area)
    }
}

/// Draws bits, packets or beginning flows a second over time, stacked by protocol, with a triangle over every time bin in
/// which an anomaly begins and a diamond under every one in which a finding does.
///
/// Where the axis is logarithmic, the height of a bin is its whole, and the layers' heights are their shares of it.
///
/// **Errors** `Plot` with the backend's words.
pub fn draw_timeline<B: DrawingBackend>(
    backend: B,
    charts: &Charts,
    measure: Measure,
    clock: Clock,
    style: &Style,
) -> Result<TimelineMap> {
    let timeline = &charts.timeline;
    let sheet = Sheet::new(backend, style, "timeline")?;
    let bin_seconds =
        if timeline.bin_seconds > 0.0 && timeline.bin_seconds.is_finite() { timeline.bin_seconds } else { 1.0 };
    let mut map = TimelineMap { plane: None, bin_seconds, bins: timeline.bytes.len() };
    let Some(start) = timeline.start.filter(|_| !timeline.bytes.is_empty()) else {
        sheet.empty("No rows to draw")?;
        return Ok(map);
    };
    let layers = Layers::of(timeline, measure, sheet.palette);
    let rates: Vec<f64> = measure.whole(timeline).iter().map(|n| measure.rate(*n, bin_seconds)).collect();
    let layout = layout_of(&sheet, timeline, (start, clock), bin_seconds, (measure, &layers, &rates));
    let Some((_, plane)) = sheet.plot(&layout)? else {
        sheet.finish()?;
        return Ok(map);
    };
    layers.draw(&sheet, &plane, bin_seconds, &rates)?;
    mark_anomalies(&sheet, &plane, timeline, bin_seconds)?;
    mark_findings(&sheet, &plane, timeline, bin_seconds)?;
    map.plane = Some(plane);
    sheet.finish()?;
    Ok(map)
}

/// Marks the bins in which anomalies begin: a few by a tint and a triangle, many by the height of bars in a strip above
/// the traffic, where tints would cover everything and say nothing.
fn mark_anomalies<B: DrawingBackend>(
    sheet: &Sheet<B>,
    plane: &Plane,
    timeline: &Timeline,
    bin_seconds: f64,
) -> Result<()> {
    let (_, top, _, bottom) = plane.area();
    let columns = timeline.anomalies.iter().enumerate().filter(|(_, n)| **n > 0).map(|(i, n)| {
        let begin = float(count(i)) * bin_seconds;
        let (left, right) = (plane.pixel_of(begin, 0.0).0, plane.pixel_of(begin + bin_seconds, 0.0).0);
        (left, right.max(left + sheet.px(1.0).max(1)), *n)
    });
    if !is_few(timeline) {
        let room = f64::from(bottom - top) * STRIP;
        let most = libm::log1p(float(timeline.anomalies.iter().copied().max().unwrap_or(1)));
        for (left, right, n) in columns {
            let height = pixel(room * libm::log1p(float(n)) / most).max(sheet.px(2.0));
            let bar = Rectangle::new([(left, top), (right, top + height)], sheet.palette.anomaly.filled());
            sheet.ok(sheet.area.draw(&bar))?;
        }
        return Ok(());
    }
    let tint = sheet.palette.anomaly.mix(0.22).filled();
    let mut last = None;
    for (left, right, _) in columns {
        sheet.ok(sheet.area.draw(&Rectangle::new([(left, top + sheet.px(6.0)), (right, bottom)], tint)))?;
        let middle = (left + right) / 2;
        if last.is_none_or(|x| middle - x >= sheet.px(10.0)) {
            draw_anomaly(sheet, (middle, top + sheet.px(6.0)), 5.5)?;
            last = Some(middle);
        }
    }
    Ok(())
}

/// Marks the bins in which findings begin, on the axis of time; of those that would cover one another the first.
fn mark_findings<B: DrawingBackend>(
    sheet: &Sheet<B>,
    plane: &Plane,
    timeline: &Timeline,
    bin_seconds: f64,
) -> Result<()> {
    let bottom = plane.area().3;
    let mut last = None;
    for (bin, _) in timeline.findings.iter().enumerate().filter(|(_, n)| **n > 0) {
        let x = plane.pixel_of((float(count(bin)) + 0.5) * bin_seconds, 0.0).0;
        if last.is_none_or(|before| x - before >= sheet.px(9.0)) {
            draw_mark(sheet, (x, bottom), Mark::Diamond, 6.0, sheet.palette.background, 1.0)?;
            draw_mark(sheet, (x, bottom), Mark::Diamond, 4.0, sheet.palette.text, 1.0)?;
            last = Some(x);
        }
    }
    Ok(())
}

fn is_few(timeline: &Timeline) -> bool {
    timeline.anomalies.iter().filter(|n| **n > 0).count() <= FEW
}

fn layout_of<B: DrawingBackend>(
    sheet: &Sheet<B>,
    timeline: &Timeline,
    (start, clock): (Timestamp, Clock),
    bin_seconds: f64,
    (measure, layers, rates): (Measure, &Layers, &[f64]),
) -> Layout {
    let span = bin_seconds * float(count(rates.len()));
    let highest = rates.iter().copied().fold(0.0, f64::max);
    let mut legend = layers.legend();
    let anomalies: u64 = timeline.anomalies.iter().sum();
    if anomalies > 0 {
        let (mark, how) =
            if is_few(timeline) { (Mark::Triangle, "") } else { (Mark::Square, " (hanging bars, log scale)") };
        let label = format!("{} anomalies begin{how}", count_text(anomalies));
        legend.push(Entry { mark, color: sheet.palette.anomaly, label });
    }
    let findings: u64 = timeline.findings.iter().sum();
    if findings > 0 {
        let label = format!("{} findings begin", count_text(findings));
        legend.push(Entry { mark: Mark::Diamond, color: sheet.palette.text, label });
    }
    let most = (sheet.size().0 / if sheet.is_narrow() { 90.0 } else { 130.0 }).max(2.0);
    let (ticks, unit) = time_ticks(clock, start, span, most);
    Layout {
        title: format!("{} over time", measure.title()),
        note: String::new(),
        legend,
        x: Axis { scale: Scale::new(Spread::Linear, 0.0, span), title: unit, ticks: Some(ticks) },
        y: rate_axis(measure.unit(), rates, if highest > 0.0 { highest } else { 1.0 }),
    }
}

/// What happens a second; beyond the median by the logarithm where a peak would press all else against the ground.
fn rate_axis(unit: &str, rates: &[f64], highest: f64) -> Axis {
    let mut busy: Vec<f64> = rates.iter().copied().filter(|r| *r > 0.0).collect();
    busy.sort_unstable_by(f64::total_cmp);
    let median = busy.get(busy.len() / 2).copied().unwrap_or(highest);
    // Room at the top for the row of triangles.
    if highest <= EVEN_RATIO * median {
        return Axis { scale: Scale::new(Spread::Linear, 0.0, highest * 1.18), title: unit.to_owned(), ticks: None };
    }
    let scale = Scale::new(Spread::SymmetricLog { unit: median }, 0.0, highest * 3.0);
    Axis { scale, title: format!("{unit} (log scale)"), ticks: None }
}
