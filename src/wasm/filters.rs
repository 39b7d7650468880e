//! A selection as filters of other programs.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{selection, to_js};
use crate::filter::export::{self, Export};
use crate::report::Report;
use crate::view::View;

#[derive(Serialize)]
struct Filters {
    display: Export,
    bpf: Export,
}

/// The filters of a selection; those of the table by its own filter where that says it exactly.
pub(super) fn of(report: &Report, view: &View, selection: JsValue) -> Result<JsValue, JsValue> {
    let is_table = js_sys::Reflect::get(&selection, &"kind".into()).is_ok_and(|kind| kind == "selection");
    let rows = selection::rows(report, view, selection)?;
    let filters = match view.filter().filter(|_| is_table) {
        Some(filter) => Filters {
            display: export::display_filter_of(report, filter, &rows),
            bpf: export::bpf_of(report, filter, &rows),
        },
        None => Filters { display: export::display_filter(report, &rows), bpf: export::bpf(report, &rows) },
    };
    to_js(&filters)
}
