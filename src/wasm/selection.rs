//! Rows as the page names them.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::{named_error, to_js};
use crate::filter::export::{self, Export};
use crate::report::Report;
use crate::view::View;

/// A selection as filters of other programs.
#[derive(Serialize)]
struct Filters {
    display: Export,
    bpf: Export,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Selection {
    Row { row: u32 },
    Finding { id: String },
    Selection,
}

/// The rows of a selection as filters; those of the table by its own filter where that says it exactly.
pub(super) fn filters(report: &Report, view: &View, selection: JsValue) -> Result<JsValue, JsValue> {
    let selection: Selection = serde_wasm_bindgen::from_value(selection)?;
    let is_view = matches!(selection, Selection::Selection);
    let rows = of(report, view, selection)?;
    let filters = match view.filter().filter(|_| is_view) {
        Some(filter) => Filters {
            display: export::display_filter_of(report, filter, &rows),
            bpf: export::bpf_of(report, filter, &rows),
        },
        None => Filters { display: export::display_filter(report, &rows), bpf: export::bpf(report, &rows) },
    };
    to_js(&filters)
}

/// The rows of `{kind: "row", row}`, `{kind: "finding", id}` or `{kind: "selection"}`.
pub(super) fn rows(report: &Report, view: &View, selection: JsValue) -> Result<Vec<u32>, JsValue> {
    of(report, view, serde_wasm_bindgen::from_value(selection)?)
}

fn of(report: &Report, view: &View, selection: Selection) -> Result<Vec<u32>, JsValue> {
    match selection {
        Selection::Row { row } => Ok(vec![row]),
        Selection::Selection => Ok(view.selected().to_vec()),
        Selection::Finding { id } => match report.findings.iter().find(|f| f.id == id) {
            Some(finding) => Ok(finding.members.clone()),
            None => Err(named_error("selection", &format!("there is no finding `{id}`"))),
        },
    }
}
