//! What ROC and precision-recall curves share: two shares from 0 to 1, a line, and where the threshold stands.

use plotters::prelude::DrawingBackend;

use super::Style;
use super::frame::{Axis, Entry, Layout, Sheet};
use super::marks::{Mark, draw_mark};
use super::scale::{Scale, Spread};
use crate::error::Result;
use crate::report::Curve;

/// Where one of the kinds of row is missing there is no curve.
const NONE: &str = "Attacks and benign rows are both needed";

/// A curve with its words.
pub(super) struct Drawn<'a> {
    /// Name for errors.
    pub(super) chart: &'static str,
    pub(super) title: String,
    pub(super) x: &'static str,
    pub(super) y: &'static str,
    pub(super) curve: &'a Curve,
    /// Whether a point holds its height back to the point before: precision, which no choice between two scores reaches.
    pub(super) is_stepped: bool,
    /// A line that says what chance gives, from and to, and its name.
    pub(super) chance: ([(f64, f64); 2], String),
    /// The threshold in force, where it can be placed.
    pub(super) at: Option<(f64, f64)>,
}

/// Draws it.
pub(super) fn draw<B: DrawingBackend>(backend: B, drawn: &Drawn<'_>, style: &Style) -> Result<()> {
    let sheet = Sheet::new(backend, style, drawn.chart)?;
    if drawn.curve.area.is_none() || drawn.curve.points.is_empty() {
        return sheet.empty(NONE);
    }
    let axis = |title: &str| Axis { scale: Scale::new(Spread::Linear, 0.0, 1.0), title: title.to_owned(), ticks: None };
    let entry = |mark, color, label: &str| Entry { mark, color, label: label.to_owned() };
    let mut legend = vec![
        entry(Mark::Square, sheet.palette.normal, "scores"),
        entry(Mark::Square, sheet.palette.axis, &drawn.chance.1),
    ];
    if drawn.at.is_some() {
        legend.push(entry(Mark::Triangle, sheet.palette.anomaly, "threshold and rules in force"));
    }
    let layout = Layout { title: drawn.title.clone(), note: String::new(), legend, x: axis(drawn.x), y: axis(drawn.y) };
    let Some((_, plane)) = sheet.plot(&layout)? else { return sheet.finish() };
    let share = |v: f64| if v.is_finite() { v.clamp(0.0, 1.0) } else { 0.0 };
    let pixel = |(x, y): (f64, f64)| plane.pixel_of(share(x), share(y));
    let [from, to] = drawn.chance.0;
    sheet.line(pixel(from), pixel(to), sheet.stroke(sheet.palette.axis, 1.0))?;
    let stroke = sheet.stroke(sheet.palette.normal, 2.0);
    let points = drawn.curve.points.iter().map(|p| (p.x, p.y));
    let mut before = None;
    for (x, y) in points {
        if let Some((x0, y0)) = before {
            if drawn.is_stepped {
                sheet.line(pixel((x0, y0)), pixel((x0, y)), stroke)?;
                sheet.line(pixel((x0, y)), pixel((x, y)), stroke)?;
            } else {
                sheet.line(pixel((x0, y0)), pixel((x, y)), stroke)?;
            }
        }
        before = Some((x, y));
    }
    if let Some(at) = drawn.at {
        draw_mark(&sheet, pixel(at), Mark::Triangle, 6.0, sheet.palette.anomaly, 1.0)?;
    }
    sheet.finish()
}

/// An area for a title.
pub(super) fn area_text(curve: &Curve) -> String {
    curve.area.map_or_else(|| "unknown".to_owned(), |area| format!("{area:.3}"))
}
