//! The charts on the page's canvases and the way back from their pixels to data.

use std::collections::HashSet;

use js_sys::Reflect;
use plotters_canvas::CanvasBackend;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::{js_error, named_error};
use crate::error::Error;
use crate::plot::{
    self, Chart, Clock, HistogramMap, HostGraphMap, HostPortsMap, Letters, Measure, ScatterMap, Style, Theme,
    TimelineMap,
};
use crate::report;
use crate::settings::Unit;

/// One report's charts, with the maps of those drawn last. What a chart shows is read when it is drawn first: all at once
/// would hold the page up.
///
/// **Units** pixels are the canvas's own (device pixels), counted from its upper left corner.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Charts {
    /// The report's object, and what has been read of it.
    all: JsValue,
    data: report::Charts,
    is_read: HashSet<&'static str>,
    histogram: Option<HistogramMap>,
    scatter: Option<ScatterMap>,
    timeline: Option<TimelineMap>,
    host_graph: HostGraphMap,
    host_ports: HostPortsMap,
}

#[wasm_bindgen]
impl Charts {
    /// Charts of a report's `charts` object.
    ///
    /// **Errors** where the object is not one.
    #[wasm_bindgen(constructor)]
    pub fn new(charts: JsValue) -> Result<Charts, JsValue> {
        let unit = Reflect::get(&charts, &"unit".into())?.as_string();
        let unit = unit.and_then(|name| Unit::named(&name)).unwrap_or(Unit::Flow).name();
        Ok(Self {
            all: charts,
            data: report::Charts { unit, ..report::Charts::default() },
            is_read: HashSet::new(),
            histogram: None,
            scatter: None,
            timeline: None,
            host_graph: HostGraphMap::default(),
            host_ports: HostPortsMap::default(),
        })
    }

    /// Draws the score histogram and keeps its map.
    ///
    /// **Errors** `plot`.
    pub fn draw_histogram(&mut self, canvas: HtmlCanvasElement, is_dark: bool, scale: f64) -> Result<(), JsValue> {
        self.read("histogram", |data| &mut data.histogram)?;
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
        self.read("scatter", |data| &mut data.scatter)?;
        let backend = backend(canvas)?;
        let map = plot::draw_scatter(backend, &self.data, &style(is_dark, scale), selected.map(u64::from))
            .map_err(|e| js_error(&e))?;
        self.scatter = Some(map);
        Ok(())
    }

    /// Draws `bytes`, `packets` or `flows` over time and keeps the map. Times are written by the clock `utc`; `local`,
    /// `shift` minutes ahead of UTC; or `relative`, to the moment `shift` seconds after the timeline's start.
    ///
    /// **Errors** `plot`.
    pub fn draw_timeline(
        &mut self,
        canvas: HtmlCanvasElement,
        measure: &str,
        clock: &str,
        shift: f64,
        is_dark: bool,
        scale: f64,
    ) -> Result<(), JsValue> {
        self.read("timeline", |data| &mut data.timeline)?;
        let backend = backend(canvas)?;
        let measure = Measure::named(measure).unwrap_or_default();
        let clock = Clock::named(clock, shift);
        let map = plot::draw_timeline(backend, &self.data, measure, clock, &style(is_dark, scale))
            .map_err(|e| js_error(&e))?;
        self.timeline = Some(map);
        Ok(())
    }

    /// Draws the host graph and keeps its map.
    ///
    /// **Errors** `plot`.
    pub fn draw_host_graph(&mut self, canvas: HtmlCanvasElement, is_dark: bool, scale: f64) -> Result<(), JsValue> {
        self.read("host_graph", |data| &mut data.host_graph)?;
        let backend = backend(canvas)?;
        self.host_graph =
            plot::draw_host_graph(backend, &self.data, &style(is_dark, scale)).map_err(|e| js_error(&e))?;
        Ok(())
    }

    /// Draws responders by service and keeps the map.
    ///
    /// **Errors** `plot`.
    pub fn draw_host_ports(&mut self, canvas: HtmlCanvasElement, is_dark: bool, scale: f64) -> Result<(), JsValue> {
        self.read("host_ports", |data| &mut data.host_ports)?;
        let backend = backend(canvas)?;
        self.host_ports =
            plot::draw_host_ports(backend, &self.data, &style(is_dark, scale)).map_err(|e| js_error(&e))?;
        Ok(())
    }

    /// Draws `histogram`, `scatter`, `timeline-` and a measure, `host_graph` or `host_ports` for saving: no map is kept.
    ///
    /// **Errors** `plot`; `chart` for an unknown name.
    pub fn save_chart(
        &mut self,
        name: &str,
        canvas: HtmlCanvasElement,
        is_dark: bool,
        scale: f64,
    ) -> Result<(), JsValue> {
        self.read_all()?;
        chart(name)?.draw(backend(canvas)?, &self.data, &style(is_dark, scale)).map_err(|e| js_error(&e))
    }

    /// A chart, by a name as `save_chart` takes it, as an SVG document of so many pixels.
    ///
    /// **Errors** `plot`; `chart` for an unknown name.
    pub fn svg(&mut self, name: &str, width: u32, height: u32, is_dark: bool) -> Result<String, JsValue> {
        self.read_all()?;
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

    /// The rows of the scatter's points inside of a polygon: x and y by turns.
    #[must_use]
    pub fn rows_within(&self, polygon: &[i32]) -> Vec<u32> {
        let (corners, _) = polygon.as_chunks::<2>();
        let corners: Vec<(i32, i32)> = corners.iter().map(|[x, y]| (*x, *y)).collect();
        let rows = self.scatter.as_ref().map(|map| map.rows_within(&self.data, &corners)).unwrap_or_default();
        rows.into_iter().filter_map(|row| u32::try_from(row).ok()).collect()
    }

    /// The row of the scatter's point next to a row's: to the right or left, and down or up, as 1 or -1.
    #[must_use]
    pub fn row_beside(&self, row: u32, right: i32, down: i32) -> Option<u32> {
        let row = self.scatter.as_ref()?.beside(&self.data, u64::from(row), (right, down))?;
        u32::try_from(row).ok()
    }

    /// The host graph's node at a pixel, or at most `reach` beside it.
    #[must_use]
    pub fn node_at(&self, x: i32, y: i32, reach: f64) -> Option<usize> {
        self.host_graph.node_at(x, y, reach)
    }

    /// Middle and radius of a node: x, y, radius; undefined where it is not drawn.
    #[must_use]
    pub fn node_position(&self, node: usize) -> Option<Vec<i32>> {
        self.host_graph.position_of(node).map(|(x, y, radius)| vec![x, y, radius])
    }

    /// Row and column of the services' cell at a pixel.
    #[must_use]
    pub fn cell_at(&self, x: i32, y: i32) -> Option<Vec<usize>> {
        self.host_ports.cell_at(x, y).map(|(row, column)| vec![row, column])
    }

    /// Left, top, right and bottom of a cell; undefined where there is none.
    #[must_use]
    pub fn cell_area(&self, row: usize, column: usize) -> Option<Vec<i32>> {
        self.host_ports.cell_area(row, column).map(|(left, top, right, bottom)| vec![left, top, right, bottom])
    }
}

impl Charts {
    /// Reads what one chart shows, once.
    fn read<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
        place: fn(&mut report::Charts) -> &mut T,
    ) -> Result<(), JsValue> {
        if !self.is_read.contains(name) {
            *place(&mut self.data) = serde_wasm_bindgen::from_value(Reflect::get(&self.all, &name.into())?)?;
            self.is_read.insert(name);
        }
        Ok(())
    }

    fn read_all(&mut self) -> Result<(), JsValue> {
        self.read("histogram", |data| &mut data.histogram)?;
        self.read("scatter", |data| &mut data.scatter)?;
        self.read("timeline", |data| &mut data.timeline)?;
        self.read("host_graph", |data| &mut data.host_graph)?;
        self.read("host_ports", |data| &mut data.host_ports)
    }
}

fn chart(name: &str) -> Result<Chart, JsValue> {
    Chart::named(name).ok_or_else(|| named_error("chart", &format!("no chart `{name}`")))
}

pub(super) fn style(is_dark: bool, scale: f64) -> Style {
    Style { theme: if is_dark { Theme::Dark } else { Theme::Light }, scale, letters: Letters::Em }
}

pub(super) fn backend(canvas: HtmlCanvasElement) -> Result<CanvasBackend, JsValue> {
    let error = Error::Plot { chart: "chart", cause: "the canvas gives no 2d context".into() };
    CanvasBackend::with_canvas_object(canvas).ok_or_else(|| named_error(error.kind(), &error.to_string()))
}
