//! The pictures of an evaluation on the page's canvases.

use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::charts::{backend, style};
use super::{js_error, named_error};
use crate::plot;
use crate::report::Evaluation;

/// What labels say of a report's verdicts, to be drawn.
#[wasm_bindgen]
#[derive(Debug)]
pub struct EvaluationCharts(Evaluation);

#[wasm_bindgen]
impl EvaluationCharts {
    /// Pictures of a report's `evaluation` object.
    ///
    /// **Errors** where the object is not one.
    #[wasm_bindgen(constructor)]
    pub fn new(evaluation: JsValue) -> Result<EvaluationCharts, JsValue> {
        Ok(Self(serde_wasm_bindgen::from_value(evaluation)?))
    }

    /// Draws `confusion`, `roc` or `precision_recall`.
    ///
    /// **Errors** `plot`; `chart` for an unknown name.
    pub fn draw(&self, name: &str, canvas: HtmlCanvasElement, is_dark: bool, scale: f64) -> Result<(), JsValue> {
        let (backend, style) = (backend(canvas)?, style(is_dark, scale));
        let drawn = match name {
            "confusion" => plot::draw_confusion(backend, &self.0, &style),
            "roc" => plot::draw_roc(backend, &self.0, &style),
            "precision_recall" => plot::draw_precision_recall(backend, &self.0, &style),
            _ => return Err(named_error("chart", &format!("no picture `{name}`"))),
        };
        drawn.map_err(|e| js_error(&e))
    }
}
