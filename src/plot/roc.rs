//! Receiver operating characteristic: which share of the attacks is found at which share of false alarms.

use plotters::prelude::DrawingBackend;

use super::Style;
use super::curve::{Drawn, area_text, draw};
use crate::error::Result;
use crate::report::Evaluation;

/// Draws the ROC curve with the diagonal that chance gives, and the place of the threshold in force.
///
/// **Errors** `Plot` with the backend's words.
pub fn draw_roc<B: DrawingBackend>(backend: B, evaluation: &Evaluation, style: &Style) -> Result<()> {
    let drawn = Drawn {
        chart: "ROC curve",
        title: format!("ROC curve, area {}", area_text(&evaluation.roc)),
        x: "False positive rate",
        y: "True positive rate",
        curve: &evaluation.roc,
        is_stepped: false,
        chance: ([(0.0, 0.0), (1.0, 1.0)], "chance".to_owned()),
        at: evaluation.false_positive_rate.zip(evaluation.recall),
    };
    draw(backend, &drawn, style)
}
