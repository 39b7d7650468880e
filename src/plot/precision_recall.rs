//! Precision and recall: which share of the alarms is right at which share of the attacks found.

use plotters::prelude::DrawingBackend;

use super::Style;
use super::curve::{Drawn, area_text, draw};
use crate::error::Result;
use crate::report::Evaluation;
use crate::units::float;

/// Draws the precision-recall curve with the share of attacks, which chance gives, and the place of the threshold in force.
///
/// **Errors** `Plot` with the backend's words.
pub fn draw_precision_recall<B: DrawingBackend>(backend: B, evaluation: &Evaluation, style: &Style) -> Result<()> {
    let share = float(evaluation.attacks) / float(evaluation.rows.max(1));
    let drawn = Drawn {
        chart: "precision-recall curve",
        title: format!("Precision and recall, average precision {}", area_text(&evaluation.precision_recall)),
        x: "Recall",
        y: "Precision",
        curve: &evaluation.precision_recall,
        is_stepped: true,
        chance: ([(0.0, share), (1.0, share)], "share of attacks".to_owned()),
        at: evaluation.recall.zip(evaluation.precision),
    };
    draw(backend, &drawn, style)
}
