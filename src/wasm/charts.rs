//! The charts on the page's canvases and the way back from their pixels to data.

use plotters_canvas::CanvasBackend;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::{js_error, named_error};
use crate::error::Error;
use crate::plot::{self, Chart, HistogramMap, Measure, ScatterMap, Style, Theme, TimelineMap};
use crate::report;

/// One report's charts, with the maps of those drawn last.
///
/// **Units** pixels are the canvas's own (device pixels), counted from its upper left corner.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Charts {
    data: report::Charts,
    histogram: Option<HistogramMap>,
    scatter: Option<ScatterMap>,
    timeline: Option<TimelineMap>,
}

#[wasm_bindgen]
impl Charts {
    /// Charts of a report's `charts` object.
    ///
    /// **Errors** where the object is not one.
    #[wasm_bindgen(constructor)]
    pub fn new(charts: JsValue) -> Result<Charts, JsValue> {
        let data = serde_wasm_bindgen::from_value(charts)?;
        Ok(Self { data, histogram: None, scatter: None, timeline: None })
    }

    /// Draws the score histogram and keeps its map.
    ///
    /// **Errors** `plot`.
    pub fn draw_histogram(&mut self, canvas: HtmlCanvasElement, is_dark: bool, scale: f64) -> Result<(), JsValue> {
        let backend = backend(canvas)?;
        let map = plot::draw_histogram(backend, &self.data, &style(is_dark, scale)).map_err(|e| js_error(&e))?;
        self.histogram = Some(map);
        Ok(())
    }

    /// Draws the cluster scatter with a ring around the selected row and keeps its map.
    ///
    /// **Errors** `plot`.
    pub fn draw_scatter(
        &mut self,
        canvas: HtmlCanvasElement,
        is_dark: bool,
        scale: f64,
        selected: Option<u32>,
    ) -> Result<(), JsValue> {
        let backend = backend(canvas)?;
        let map = plot::draw_scatter(backend, &self.data, &style(is_dark, scale), selected.map(u64::from))
            .map_err(|e| js_error(&e))?;
        self.scatter = Some(map);
        Ok(())
    }

    /// Draws `bytes`, `packets` or `flows` over time and keeps the map.
    ///
    /// **Errors** `plot`.
    pub fn draw_timeline(
        &mut self,
        canvas: HtmlCanvasElement,
        measure: &str,
        is_dark: bool,
        scale: f64,
    ) -> Result<(), JsValue> {
        let backend = backend(canvas)?;
        let measure = Measure::named(measure).unwrap_or_default();
        let map =
            plot::draw_timeline(backend, &self.data, measure, &style(is_dark, scale)).map_err(|e| js_error(&e))?;
        self.timeline = Some(map);
        Ok(())
    }

    /// Draws `histogram`, `scatter` or `timeline-` and a measure for saving: no map is kept.
    ///
    /// **Errors** `plot`; `chart` for an unknown name.
    pub fn save_chart(&self, name: &str, canvas: HtmlCanvasElement, is_dark: bool, scale: f64) -> Result<(), JsValue> {
        chart(name)?.draw(backend(canvas)?, &self.data, &style(is_dark, scale)).map_err(|e| js_error(&e))
    }

    /// A chart, by a name as `save_chart` takes it, as an SVG document of so many pixels.
    ///
    /// **Errors** `plot`; `chart` for an unknown name.
    pub fn svg(&self, name: &str, width: u32, height: u32, is_dark: bool) -> Result<String, JsValue> {
        chart(name)?.svg(&self.data, (width, height), &style(is_dark, 1.0)).map_err(|e| js_error(&e))
    }

    /// The score at a pixel of the histogram; undefined outside its plot area.
    #[must_use]
    pub fn score_at(&self, x: i32, y: i32) -> Option<f64> {
        self.histogram.as_ref()?.score_at(x, y)
    }

    /// The histogram's plot area: left, top, right, bottom.
    #[must_use]
    pub fn histogram_area(&self) -> Vec<i32> {
        let (left, top, right, bottom) = self.histogram.as_ref().map_or((0, 0, 0, 0), HistogramMap::plot_area);
        vec![left, top, right, bottom]
    }

    /// The timeline's plot area: left, top, right, bottom.
    #[must_use]
    pub fn timeline_area(&self) -> Vec<i32> {
        let (left, top, right, bottom) =
            self.timeline.as_ref().and_then(TimelineMap::plot_area).unwrap_or((0, 0, 0, 0));
        vec![left, top, right, bottom]
    }

    /// The row of the scatter's point nearest to a pixel, at most `radius` away.
    #[must_use]
    pub fn row_at(&self, x: i32, y: i32, radius: f64) -> Option<u32> {
        let row = self.scatter.as_ref()?.row_at(&self.data, x, y, radius)?;
        u32::try_from(row).ok()
    }

    /// The pixel of a row's point in the scatter; undefined where it has none.
    #[must_use]
    pub fn position_of(&self, row: u32) -> Option<Vec<i32>> {
        let (x, y) = self.scatter.as_ref()?.position_of(&self.data, u64::from(row))?;
        Some(vec![x, y])
    }
}

fn chart(name: &str) -> Result<Chart, JsValue> {
    Chart::named(name).ok_or_else(|| named_error("chart", &format!("no chart `{name}`")))
}

pub(super) fn style(is_dark: bool, scale: f64) -> Style {
    Style { theme: if is_dark { Theme::Dark } else { Theme::Light }, scale }
}

pub(super) fn backend(canvas: HtmlCanvasElement) -> Result<CanvasBackend, JsValue> {
    let error = Error::Plot { chart: "chart", cause: "the canvas gives no 2d context".into() };
    CanvasBackend::with_canvas_object(canvas).ok_or_else(|| named_error(error.kind(), &error.to_string()))
}
