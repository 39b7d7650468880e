//! Every `#[wasm_bindgen]` of the crate: convert, call, convert back.
//!
//! [`Session`] lives in the page's worker and holds one run; [`Charts`] lives on the page, where the canvases are.
//! Reports and settings cross as plain objects; files in as byte arrays, exports out as byte arrays. A number above
//! 2^53 crosses as the nearest double (the exports carry it exactly).

mod charts;
mod evaluation;
mod memory;
mod retrieval;
mod selection;
mod session;
mod settings;
mod side;

use std::cell::RefCell;

use serde::Serialize;
use wasm_bindgen::prelude::*;

pub use charts::Charts;
pub use evaluation::EvaluationCharts;
pub use retrieval::{Retrieval, first_time, is_capture};
pub use session::Session;
pub use settings::{settings_of_file, settings_presets, settings_table, settings_to_file};
pub use side::{label_roles, side_file, side_kind};

use crate::error::Error;
use crate::export::{Csv, Exporter, Html, Markdown, Ndjson, ReportJson, Table, ZeekConn};
use crate::features;
use crate::filter;
use crate::pipeline;
use crate::report::Report;
use crate::schema::Schema;
use crate::settings::Unit;

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the message of a panic for [`last_panic`]. Runs when the module is instantiated.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        // `try_borrow_mut`: a panic inside this very hook must not panic again.
        LAST_PANIC.with(|last| {
            if let Ok(mut last) = last.try_borrow_mut() {
                *last = Some(text);
            }
        });
    }));
}

/// What the panic said that ended in the latest trap; nothing where it was no panic.
#[must_use]
#[wasm_bindgen]
pub fn last_panic() -> Option<String> {
    LAST_PANIC.with(|last| last.try_borrow().ok().and_then(|last| last.clone()))
}

/// The crate's version.
#[must_use]
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The feature catalogue of a unit, `flow`, `packet` or `host`: one object a feature.
///
/// **Errors** none in practice: the catalogue is static.
#[wasm_bindgen]
pub fn feature_catalogue(unit: &str) -> Result<JsValue, JsValue> {
    to_js(&features::catalogue(Unit::named(unit).unwrap_or(Unit::Flow)))
}

/// The fields of the filter language: one object a field.
///
/// **Errors** none in practice: the table is static.
#[wasm_bindgen]
pub fn filter_fields() -> Result<JsValue, JsValue> {
    to_js(filter::FIELDS)
}

/// The demonstration capture, a pcap file.
#[must_use]
#[wasm_bindgen]
pub fn sample_capture() -> Vec<u8> {
    crate::synth::sample()
}

/// A value as a plain object: maps are objects, absent options are null. It crosses as JSON: one text is several times
/// quicker than a call for each field. Of a count above 2^53, `JSON.parse` takes the nearest double.
fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    js_sys::JSON::parse(&serde_json::to_string(value).map_err(|e| js_error(&Error::from(e)))?)
}

/// An error as a JavaScript `Error` whose name is the error's kind.
fn js_error(error: &Error) -> JsValue {
    named_error(error.kind(), &error.to_string())
}

fn named_error(name: &str, message: &str) -> JsValue {
    let js = js_sys::Error::new(message);
    js.set_name(name);
    js.into()
}

/// The export of that name.
fn export(report: &Report, kind: &str) -> Result<Vec<u8>, JsValue> {
    if kind == "baseline_json" {
        return pipeline::learn_baseline(report).and_then(|b| b.to_json()).map_err(|e| js_error(&e));
    }
    let exporter: &dyn Exporter = match kind {
        "report_json" => &ReportJson,
        "report_html" => &Html,
        "report_markdown" => &Markdown,
        "flows_csv" => &Csv(Table::Flows),
        "flows_ndjson" => &Ndjson(Table::Flows),
        "flows_zeek" => &ZeekConn,
        "packets_csv" => &Csv(Table::Packets),
        "hosts_csv" => &Csv(Table::Hosts),
        "hosts_ndjson" => &Ndjson(Table::Hosts),
        "anomalies_csv" => &Csv(Table::Anomalies),
        "features_csv" => &Csv(Schema::Wiresift),
        "cicflowmeter_csv" => &Csv(Schema::CicFlowMeter),
        "nfstream_csv" => &Csv(Schema::Nfstream),
        _ => return Err(named_error("export", &format!("no export `{kind}`"))),
    };
    let mut bytes = Vec::new();
    exporter.export(report, &mut bytes).map_err(|e| js_error(&e))?;
    Ok(bytes)
}
