//! Files beside the capture, as the page hands them over.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{js_error, named_error, to_js};
use crate::enrich::{SideFile, SideKind, identify};
use crate::report::SideFault;

/// What a side file holds.
#[derive(Serialize)]
struct Held {
    entries: u64,
    faults: Vec<SideFault>,
}

/// The kind of side file that a file with these first bytes is, `threat-list` or `nmap`; undefined where it is none. Ask
/// `is_capture` first.
#[must_use]
#[wasm_bindgen]
pub fn side_kind(bytes: &[u8]) -> Option<String> {
    identify(bytes).map(|kind| kind.name().to_owned())
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
