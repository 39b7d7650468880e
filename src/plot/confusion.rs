//! The confusion matrix at the threshold in force.

use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};

use super::Style;
use super::frame::{Axis, Layout, Sheet};
use super::histogram::capitalised;
use super::scale::{Scale, Spread};
use crate::error::Result;
use crate::report::Evaluation;
use crate::units::{count_text, float};

/// One cell: place from the lower left, what it holds, whether that is right.
struct Cell {
    at: (f64, f64),
    rows: u64,
    /// Share of the rows that really are so.
    share: f64,
    is_right: bool,
}

/// Draws four cells, darker the larger their share of what the rows really are: right ones in one colour, wrong ones in
/// another and with a word.
///
/// **Errors** `Plot` with the backend's words.
pub fn draw_confusion<B: DrawingBackend>(backend: B, evaluation: &Evaluation, style: &Style) -> Result<()> {
    let sheet = Sheet::new(backend, style, "confusion matrix")?;
    if evaluation.rows == 0 {
        return sheet.empty("No labelled rows to draw");
    }
    let ticks = |words: [&str; 2]| Some(vec![(0.5, words[0].to_owned()), (1.5, words[1].to_owned())]);
    let axis = |title: &str, words| Axis {
        scale: Scale::new(Spread::Linear, 0.0, 2.0),
        title: title.to_owned(),
        ticks: ticks(words),
    };
    let unit = if evaluation.unit.is_empty() { "row" } else { &evaluation.unit };
    let layout = Layout {
        title: format!("{}s by label and verdict", capitalised(unit)),
        note: format!("{} labelled", count_text(evaluation.rows)),
        legend: Vec::new(),
        x: axis("Said to be", ["normal", "anomalous"]),
        y: axis("Really", ["benign", "attack"]),
    };
    let Some((mut chart, plane)) = sheet.plot(&layout)? else { return sheet.finish() };
    for cell in cells(evaluation) {
        let (x, y) = cell.at;
        let color: RGBColor = if cell.is_right { sheet.palette.normal } else { sheet.palette.anomaly };
        let fill = color.mix(0.12 + 0.4 * cell.share.clamp(0.0, 1.0)).filled();
        sheet.ok(chart.draw_series([Rectangle::new([(x, y), (x + 1.0, y + 1.0)], fill)]))?;
        let at = plane.pixel_of(x + 0.5, y + 0.5);
        sheet.tag(&count_text(cell.rows), (at.0, at.1 - sheet.px(9.0)), sheet.palette.text, HPos::Center)?;
        let word = if cell.is_right { "right" } else { "wrong" };
        let share = format!("{:.1} %, {word}", cell.share * 100.0);
        sheet.tag(&share, (at.0, at.1 + sheet.px(9.0)), sheet.palette.muted, HPos::Center)?;
    }
    sheet.finish()
}

fn cells(evaluation: &Evaluation) -> [Cell; 4] {
    let c = evaluation.confusion;
    let cell = |at, rows: u64, of: u64, is_right| Cell { at, rows, share: float(rows) / float(of.max(1)), is_right };
    let (attacks, benign) = (c.true_positives + c.false_negatives, c.true_negatives + c.false_positives);
    [
        cell((0.0, 0.0), c.true_negatives, benign, true),
        cell((1.0, 0.0), c.false_positives, benign, false),
        cell((0.0, 1.0), c.false_negatives, attacks, false),
        cell((1.0, 1.0), c.true_positives, attacks, true),
    ]
}
