//! What every chart shares: the sheet it is drawn on, title, legend, axes and text.
//!
//! Axes and legend are laid out here and not by plotters' mesh and series labels, because those measure text: a
//! browser backend does that by putting styled elements into the page, which a strict content security policy
//! forbids, and SVG does it with a font file that the library does not carry.

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{PathElement, Rectangle};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle};

use super::marks::{Mark, draw_mark};
use super::palette::Palette;
use super::scale::{Scale, tick_text};
use super::{Letters, Plane, Style};
use crate::error::{Error, Result};

/// The height of a line in ems, as plotters has it.
const LINE_HEIGHT: f64 = 1.24;
/// Mean width of a letter in ems, on the wide side, for text whose room must be known before it is drawn.
const LETTER_WIDTH: f64 = 0.56;
/// Below this many logical pixels a side no chart can be read and none is drawn.
const SMALLEST_SIDE: f64 = 120.0;
/// Below this width the layout gives up margins.
const NARROW: f64 = 560.0;

/// The nearest whole pixel.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn pixel(value: f64) -> i32 {
    // Saturates, and NaN becomes 0.
    value.round() as i32
}

/// A text of at most `most` letters: of a longer one the middle is left out.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let letters = text.chars().count();
    if letters <= most {
        return text.to_owned();
    }
    let (head, tail) = (most / 2, most.saturating_sub(1) - most / 2);
    let begin: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(letters - tail).collect();
    format!("{begin}\u{2026}{end}")
}

/// One legend entry.
pub(super) struct Entry {
    pub(super) mark: Mark,
    pub(super) color: RGBColor,
    pub(super) label: String,
}

/// One axis: its scale, what it shows, and its labels where the scale's own would not do.
pub(super) struct Axis {
    pub(super) scale: Scale,
    pub(super) title: String,
    pub(super) ticks: Option<Vec<(f64, String)>>,
}

/// What stands around the plot area.
pub(super) struct Layout {
    pub(super) title: String,
    /// Right of the title, smaller.
    pub(super) note: String,
    pub(super) legend: Vec<Entry>,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

/// Where a text is anchored.
#[derive(Clone, Copy)]
pub(super) struct Anchor(pub(super) HPos, pub(super) VPos);

pub(super) type Chart<'a, B> = ChartContext<'a, B, Cartesian2d<Scale, Scale>>;

/// A backend being drawn on.
pub(super) struct Sheet<B: DrawingBackend> {
    pub(super) area: DrawingArea<B, Shift>,
    pub(super) palette: &'static Palette,
    scale: f64,
    /// What a font size is multiplied by for its letters to be as large on every backend.
    line: f64,
    chart: &'static str,
}

impl<B: DrawingBackend> Sheet<B> {
    /// Takes the backend and fills it with the theme's ground.
    pub(super) fn new(backend: B, style: &Style, chart: &'static str) -> Result<Self> {
        let scale = if style.scale.is_finite() { style.scale.clamp(0.25, 16.0) } else { 1.0 };
        let line = if style.letters == Letters::Em { 1.0 } else { LINE_HEIGHT };
        let sheet = Self { area: backend.into_drawing_area(), palette: style.theme.palette(), scale, line, chart };
        sheet.ok(sheet.area.fill(&sheet.palette.background))?;
        Ok(sheet)
    }

    /// plotters' result as the crate's.
    pub(super) fn ok<T, E: std::fmt::Display>(&self, result: std::result::Result<T, E>) -> Result<T> {
        result.map_err(|e| Error::Plot { chart: self.chart, cause: e.to_string() })
    }

    /// Logical pixels as device pixels.
    pub(super) fn px(&self, logical: f64) -> i32 {
        pixel(logical * self.scale)
    }

    /// Device pixels as logical pixels.
    pub(super) fn logical(&self, device: i32) -> f64 {
        f64::from(device) / self.scale
    }

    /// Width and height in logical pixels.
    pub(super) fn size(&self) -> (f64, f64) {
        let (w, h) = self.area.dim_in_pixel();
        (f64::from(w) / self.scale, f64::from(h) / self.scale)
    }

    pub(super) fn is_narrow(&self) -> bool {
        self.size().0 < NARROW
    }

    pub(super) fn stroke(&self, color: RGBColor, width: f64) -> ShapeStyle {
        color.stroke_width(u32::try_from(self.px(width).max(1)).unwrap_or(1))
    }

    /// Size of the ordinary text.
    pub(super) fn text_size(&self) -> f64 {
        if self.is_narrow() { 11.0 } else { 12.5 }
    }

    pub(super) fn text_width(&self, text: &str) -> f64 {
        f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)) * LETTER_WIDTH * self.text_size()
    }

    fn font(&self, size: f64, weight: FontStyle, color: RGBColor, anchor: Anchor) -> TextStyle<'static> {
        let font = FontDesc::new(FontFamily::SansSerif, size * self.scale * self.line, weight);
        TextStyle { font, color: color.to_backend_color(), pos: Pos::new(anchor.0, anchor.1) }
    }

    /// Writes ordinary text at a device pixel.
    pub(super) fn text(&self, text: &str, at: (i32, i32), color: RGBColor, anchor: Anchor) -> Result<()> {
        self.ok(self.area.draw_text(text, &self.font(self.text_size(), FontStyle::Normal, color, anchor), at))
    }

    /// Draws a line between two device pixels.
    pub(super) fn line(&self, from: (i32, i32), to: (i32, i32), style: ShapeStyle) -> Result<()> {
        self.ok(self.area.draw(&PathElement::new(vec![from, to], style)))
    }

    /// Draws a vertical dashed line.
    pub(super) fn dashes(&self, x: i32, from: i32, to: i32, style: ShapeStyle) -> Result<()> {
        let (dash, gap) = (self.px(6.0).max(1), self.px(4.0).max(1));
        let mut y = from;
        while y < to {
            self.line((x, y), (x, (y + dash).min(to)), style)?;
            y += dash + gap;
        }
        Ok(())
    }

    /// Writes text upwards to end at a device pixel.
    pub(super) fn upright(&self, text: &str, at: (i32, i32), color: RGBColor) -> Result<()> {
        let anchor = Anchor(HPos::Right, VPos::Center);
        let style = self.font(self.text_size(), FontStyle::Normal, color, anchor).transform(FontTransform::Rotate270);
        self.ok(self.area.draw_text(text, &style, at))
    }

    /// Width and height of a text's patch, device pixels.
    pub(super) fn tag_size(&self, text: &str) -> (i32, i32) {
        (self.px(self.text_width(text) + 6.0), self.px(self.text_size() * 1.35))
    }

    /// A text on a patch of ground, so that it can be read over whatever lies under it.
    pub(super) fn tag(&self, text: &str, at: (i32, i32), color: RGBColor, anchor: HPos) -> Result<()> {
        let (w, h) = self.tag_size(text);
        let left = match anchor {
            HPos::Left => at.0,
            HPos::Center => at.0 - w / 2,
            HPos::Right => at.0 - w,
        };
        let patch = self.palette.background.mix(0.85).filled();
        self.ok(self.area.draw(&Rectangle::new([(left, at.1 - h / 2), (left + w, at.1 + h / 2)], patch)))?;
        let inset = match anchor {
            HPos::Left => self.px(3.0),
            HPos::Center => 0,
            HPos::Right => -self.px(3.0),
        };
        self.text(text, (at.0 + inset, at.1), color, Anchor(anchor, VPos::Center))
    }

    /// The whole sheet of a chart without data.
    pub(super) fn empty(self, text: &str) -> Result<()> {
        let (w, h) = self.size();
        self.text(text, (self.px(w / 2.0), self.px(h / 2.0)), self.palette.muted, Anchor(HPos::Center, VPos::Center))?;
        self.finish()
    }

    /// Hands the picture over to the backend.
    pub(super) fn finish(self) -> Result<()> {
        self.ok(self.area.present())
    }

    /// Draws everything around the plot area; `None` on a sheet too small for a chart.
    pub(super) fn plot<'c>(&self, layout: &Layout) -> Result<Option<(Chart<'c, B>, Plane)>> {
        let (w, h) = self.size();
        if w < SMALLEST_SIDE || h < SMALLEST_SIDE {
            return Ok(None);
        }
        let pad = if self.is_narrow() { 8.0 } else { 14.0 };
        let line = self.text_size() * 1.6;
        let top = pad + line * 1.15 + self.legend(&layout.legend, (pad, pad + line * 1.15))? + 8.0;
        let bottom = line * 2.1 + pad * 0.6;
        let spacing = if layout.y.scale.is_log() { 32.0 } else { 44.0 };
        let y_ticks = self.ticks_of(&layout.y, h - top - bottom, spacing);
        let widest = y_ticks.iter().map(|(_, t)| self.text_width(t)).fold(0.0, f64::max);
        let left = pad + line + widest + 4.0;
        let right = pad + 10.0;
        let x_ticks = self.ticks_of(&layout.x, w - left - right, 72.0);

        let chart = self.ok(ChartBuilder::on(&self.area)
            .margin_top(self.px(top))
            .margin_bottom(self.px(bottom))
            .margin_left(self.px(left))
            .margin_right(self.px(right))
            .build_cartesian_2d(layout.x.scale.clone(), layout.y.scale.clone()))?;
        let plane = Plane(chart.as_coord_spec().clone());
        self.heading(&layout.title, &layout.note, pad)?;
        self.grid(&plane, &x_ticks, &y_ticks)?;

        let (x0, y0, x1, y1) = plane.area();
        let at = ((x0 + x1) / 2, self.px(h - pad * 0.6));
        self.text(&layout.x.title, at, self.palette.muted, Anchor(HPos::Center, VPos::Bottom))?;
        let side = self
            .font(self.text_size(), FontStyle::Normal, self.palette.muted, Anchor(HPos::Center, VPos::Top))
            .transform(FontTransform::Rotate270);
        self.ok(self.area.draw_text(&layout.y.title, &side, (self.px(pad * 0.6), (y0 + y1) / 2)))?;
        Ok(Some((chart, plane)))
    }

    /// Draws title, note and legend of a chart without axes; the room left as left, top, right and bottom device pixel,
    /// `None` on a sheet too small for a chart.
    pub(super) fn bare(&self, title: &str, note: &str, legend: &[Entry]) -> Result<Option<(i32, i32, i32, i32)>> {
        let (w, h) = self.size();
        if w < SMALLEST_SIDE || h < SMALLEST_SIDE {
            return Ok(None);
        }
        let pad = if self.is_narrow() { 8.0 } else { 14.0 };
        let under_title = pad + self.text_size() * 1.6 * 1.15;
        let top = under_title + self.legend(legend, (pad, under_title))? + 8.0;
        self.heading(title, note, pad)?;
        Ok(Some((self.px(pad), self.px(top), self.px(w - pad), self.px(h - pad))))
    }

    fn ticks_of(&self, axis: &Axis, length: f64, spacing: f64) -> Vec<(f64, String)> {
        let most = usize::try_from(pixel(length / spacing)).unwrap_or(2);
        axis.ticks.clone().unwrap_or_else(|| axis.scale.ticks(most).into_iter().map(|v| (v, tick_text(v))).collect())
    }

    fn heading(&self, title: &str, note: &str, pad: f64) -> Result<()> {
        let anchor = Anchor(HPos::Left, VPos::Top);
        let style = self.font(self.text_size() * 1.15, FontStyle::Bold, self.palette.text, anchor);
        self.ok(self.area.draw_text(title, &style, (self.px(pad), self.px(pad * 0.8))))?;
        let room = self.size().0 - 2.0 * pad - self.text_width(title) * 1.3;
        if self.text_width(note) > room {
            return Ok(());
        }
        let at = (self.px(self.size().0 - pad), self.px(pad * 0.8 + 1.0));
        self.text(note, at, self.palette.muted, Anchor(HPos::Right, VPos::Top))
    }

    fn grid(&self, plane: &Plane, x_ticks: &[(f64, String)], y_ticks: &[(f64, String)]) -> Result<()> {
        let (x0, y0, x1, y1) = plane.area();
        let (grid, axis) = (self.stroke(self.palette.grid, 1.0), self.stroke(self.palette.axis, 1.0));
        for (value, label) in y_ticks {
            let y = plane.pixel_of(0.0, *value).1;
            self.line((x0, y), (x1, y), grid)?;
            self.text(label, (x0 - self.px(5.0), y), self.palette.muted, Anchor(HPos::Right, VPos::Center))?;
        }
        for (value, label) in x_ticks {
            let x = plane.pixel_of(*value, 0.0).0;
            self.line((x, y0), (x, y1), grid)?;
            self.line((x, y1), (x, y1 + self.px(4.0)), axis)?;
            self.text(label, (x, y1 + self.px(6.0)), self.palette.muted, Anchor(HPos::Center, VPos::Top))?;
        }
        self.line((x0, y1), (x1, y1), axis)
    }

    /// Draws the legend from a logical pixel on, in at most two rows; returns its height.
    fn legend(&self, entries: &[Entry], (left, top): (f64, f64)) -> Result<f64> {
        if entries.is_empty() {
            return Ok(0.0);
        }
        let (row_height, right) = (self.text_size() * 1.5, self.size().0 - left);
        let (mut x, mut row) = (left, 0.0);
        for (i, entry) in entries.iter().enumerate() {
            let width = self.text_width(&entry.label) + 32.0;
            let is_last = i + 1 == entries.len();
            let room = if row > 0.0 && !is_last { right - 70.0 } else { right };
            if x + width > room && x > left {
                if row > 0.0 {
                    let more = format!("+{} more", entries.len() - i);
                    let at = (self.px(x), self.px(top + row + row_height / 2.0));
                    self.text(&more, at, self.palette.muted, Anchor(HPos::Left, VPos::Center))?;
                    break;
                }
                row = row_height;
                x = left;
            }
            let middle = self.px(top + row + row_height / 2.0);
            draw_mark(self, (self.px(x + 6.0), middle), entry.mark, 5.0, entry.color, 1.0)?;
            self.text(&entry.label, (self.px(x + 15.0), middle), self.palette.text, Anchor(HPos::Left, VPos::Center))?;
            x += width;
        }
        Ok(row + row_height)
    }
}
