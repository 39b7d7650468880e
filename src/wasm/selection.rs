//! Which rows a question is about.

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::named_error;
use crate::report::Report;
use crate::view::View;

/// `{kind: "row", row}`, `{kind: "finding", id}` or `{kind: "selection"}`: one row, a finding's, or the table's.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Selection {
    Row {
        row: u32,
    },
    Finding {
        id: String,
    },
    #[serde(rename = "selection")]
    Table,
}

/// The rows of a selection, in the table's order where it is the table's.
///
/// **Errors** `selection` for another shape, a row that does not exist, or a finding that does not.
pub(super) fn rows(report: &Report, view: &View, selection: JsValue) -> Result<Vec<u32>, JsValue> {
    let wrong = |message: String| named_error("selection", &message);
    let selection: Selection = serde_wasm_bindgen::from_value(selection).map_err(|e| wrong(e.to_string()))?;
    match selection {
        Selection::Row { row } if usize::try_from(row).is_ok_and(|row| row < report.rows()) => Ok(vec![row]),
        Selection::Row { row } => Err(wrong(format!("no row {row}"))),
        Selection::Finding { id } => {
            let finding = report.findings.iter().find(|f| f.id == id);
            finding.map(|f| f.members.clone()).ok_or_else(|| wrong(format!("no finding `{id}`")))
        }
        Selection::Table => Ok(view.selected().to_vec()),
    }
}

/// Whether the selection is the table's own, which a filter may say as a whole.
pub(super) fn is_table(selection: &JsValue) -> bool {
    let kind = js_sys::Reflect::get(selection, &"kind".into());
    kind.is_ok_and(|kind| kind.as_string().as_deref() == Some("selection"))
}
