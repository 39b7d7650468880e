//! Files beside the capture, as the page hands them over.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{js_error, named_error, to_js};
use crate::capture;
use crate::enrich::{SideFile, SideKind, identify};
use crate::report::SideFault;
use crate::tabular;

/// What a side file holds.
#[derive(Serialize)]
struct Held {
    entries: u64,
    faults: Vec<SideFault>,
}

/// The kind of side file that a file with these first bytes is, `threat-list` or `nmap`; undefined where it is none,
/// captures and tables included.
#[must_use]
#[wasm_bindgen]
pub fn side_kind(bytes: &[u8]) -> Option<String> {
    let limits = tabular::Limits { flows: 1, packets: 1, memory: 1 << 20 };
    let is_table = || matches!(tabular::open(bytes, true, limits, 0), tabular::Opening::Table(_));
    let is_other = !bytes.is_empty() && capture::is_capture(bytes) || is_table();
    identify(bytes).filter(|_| !is_other).map(|kind| kind.name().to_owned())
}

/// What a side file of a kind holds, `{entries, faults: {kind, message, count, first_line}[]}`.
///
/// **Errors** `side-file` where it is not of that kind.
#[wasm_bindgen]
pub fn side_file(kind: &str, name: &str, bytes: &[u8]) -> Result<JsValue, JsValue> {
    let file = read(kind, name, bytes)?;
    to_js(&Held { entries: file.entries(), faults: file.faults() })
}

pub(super) fn read(kind: &str, name: &str, bytes: &[u8]) -> Result<SideFile, JsValue> {
    let kind =
        SideKind::named(kind).ok_or_else(|| named_error("side-file", &format!("no kind of side file `{kind}`")))?;
    SideFile::read(kind, name, bytes).map_err(|e| js_error(&e))
}
