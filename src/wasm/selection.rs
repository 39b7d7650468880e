//! Rows as the page names them.

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::named_error;
use crate::report::Report;
use crate::view::View;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Chosen {
    Row {
        row: u32,
    },
    Finding {
        id: String,
    },
    #[serde(rename = "selection")]
    Table,
}

/// The rows of `{kind: "row", row}`, `{kind: "finding", id}` or `{kind: "selection"}`.
pub(super) fn rows(report: &Report, view: &View, selection: JsValue) -> Result<Vec<u32>, JsValue> {
    match serde_wasm_bindgen::from_value(selection)? {
        Chosen::Row { row } => Ok(vec![row]),
        Chosen::Table => Ok(view.selected().to_vec()),
        Chosen::Finding { id } => match report.findings.iter().find(|f| f.id == id) {
            Some(finding) => Ok(finding.members.clone()),
            None => Err(named_error("selection", &format!("there is no finding `{id}`"))),
        },
    }
}
