//! The marks points and legend entries are drawn with.

use plotters::element::{Circle, Polygon, Rectangle};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

use super::frame::Sheet;
use crate::error::Result;

/// A shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A disc.
    Disc,
    /// A square on its side.
    Square,
    /// A square on its corner.
    Diamond,
    /// A circle, not filled.
    Ring,
    /// A triangle on its side: anomalies and nothing else.
    Triangle,
    /// A square with stripes: the anomalous part of a bar.
    Striped,
    /// An upright cross.
    Cross,
    /// A star of five rays: what is gravest.
    Star,
    /// A line on its side: conversations.
    Line,
}

/// The shapes of clusters: six colours of the first, then six of the next.
pub(super) const CLUSTER_MARKS: [Mark; 4] = [Mark::Disc, Mark::Square, Mark::Diamond, Mark::Ring];

/// Draws a mark of `radius` logical pixels around a device pixel.
pub(super) fn draw_mark<B: DrawingBackend>(
    sheet: &Sheet<B>,
    (x, y): (i32, i32),
    mark: Mark,
    radius: f64,
    color: RGBColor,
    opacity: f64,
) -> Result<()> {
    let r = sheet.px(radius).max(1);
    let fill = color.mix(opacity).filled();
    match mark {
        Mark::Disc => sheet.ok(sheet.area.draw(&Circle::new((x, y), r, fill))),
        Mark::Ring => sheet.ok(sheet.area.draw(&Circle::new((x, y), r, sheet.stroke(color, 1.5)))),
        Mark::Square => sheet.ok(sheet.area.draw(&Rectangle::new([(x - r, y - r), (x + r, y + r)], fill))),
        Mark::Diamond => {
            let r = sheet.px(radius * 1.25).max(1);
            sheet.ok(sheet.area.draw(&Polygon::new(vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)], fill)))
        }
        Mark::Triangle => sheet.ok(sheet.area.draw(&Polygon::new(triangle(x, y, r), fill))),
        Mark::Striped => striped(sheet, (x - r, y - r, x + r, y + r), color),
        Mark::Cross => {
            let arm = (r / 3).max(1);
            sheet.ok(sheet.area.draw(&Rectangle::new([(x - r, y - arm), (x + r, y + arm)], fill)))?;
            sheet.ok(sheet.area.draw(&Rectangle::new([(x - arm, y - r), (x + arm, y + r)], fill)))
        }
        Mark::Star => sheet.ok(sheet.area.draw(&Polygon::new(star(x, y, sheet.px(radius * 1.3).max(2)), fill))),
        Mark::Line => sheet.line((x - r, y), (x + r, y), sheet.stroke(color, 2.5)),
    }
}

/// A mark of `radius` device pixels with a rim of the ground's colour, so that lines end at it.
pub(super) fn draw_rimmed<B: DrawingBackend>(
    sheet: &Sheet<B>,
    at: (i32, i32),
    mark: Mark,
    radius: i32,
    color: RGBColor,
) -> Result<()> {
    let ground = sheet.palette.background.filled();
    let radius = radius.max(1);
    let rim = radius + sheet.px(1.5).max(1);
    match mark {
        Mark::Triangle => {
            let (x, y) = at;
            sheet.ok(sheet.area.draw(&Polygon::new(triangle(x, y, rim + sheet.px(1.0)), ground)))?;
        }
        Mark::Cross | Mark::Star | Mark::Diamond => {}
        _ => sheet.ok(sheet.area.draw(&Circle::new(at, rim, ground)))?,
    }
    draw_mark(sheet, at, mark, sheet.logical(radius), color, 1.0)
}

/// Ten corners, the outer ones `r` from the middle: sine and cosine of 36 degrees and its multiples, in hundredths.
fn star(x: i32, y: i32, r: i32) -> Vec<(i32, i32)> {
    let corners =
        [(0, -100), (24, -32), (95, -31), (38, 12), (59, 81), (0, 40), (-59, 81), (-38, 12), (-95, -31), (-24, -32)];
    corners.into_iter().map(|(dx, dy)| (x + dx * r / 100, y + dy * r / 100)).collect()
}

/// A triangle with a rim of the ground's colour, so that it stands out of a crowd.
pub(super) fn draw_anomaly<B: DrawingBackend>(sheet: &Sheet<B>, (x, y): (i32, i32), radius: f64) -> Result<()> {
    let rim = sheet.palette.background.filled();
    sheet.ok(sheet.area.draw(&Polygon::new(triangle(x, y, sheet.px(radius + 2.0)), rim)))?;
    draw_mark(sheet, (x, y), Mark::Triangle, radius, sheet.palette.anomaly, 1.0)
}

fn triangle(x: i32, y: i32, r: i32) -> Vec<(i32, i32)> {
    let (half, below) = (r * 13 / 15, r / 2);
    vec![(x, y - r), (x + half, y + below), (x - half, y + below)]
}

/// A filled rectangle (left, top, right, bottom) with rising stripes of the ground's colour.
pub(super) fn striped<B: DrawingBackend>(
    sheet: &Sheet<B>,
    (left, top, right, bottom): (i32, i32, i32, i32),
    color: RGBColor,
) -> Result<()> {
    sheet.ok(sheet.area.draw(&Rectangle::new([(left, top), (right, bottom)], color.filled())))?;
    let (width, height) = (right - left, bottom - top);
    let (step, stroke) = (sheet.px(5.0).max(3), sheet.stroke(sheet.palette.background, 1.0));
    // A stripe leaves the left side or the bottom `from` pixels along the way round the corner.
    let mut from = step / 2;
    while from < width + height {
        let start = if from < height { (left, top + from) } else { (left + from - height, bottom) };
        let end = if from < width { (left + from, top) } else { (right, top + from - width) };
        sheet.line(start, end, stroke)?;
        from += step;
    }
    Ok(())
}
