//! Files beside the capture, as the page hands them over.

use std::collections::BTreeMap;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{js_error, named_error, to_js};
use crate::capture;
use crate::enrich::labels::Role;
use crate::enrich::{SideFile, SideKind, identify};
use crate::report::SideFault;
use crate::tabular;

/// What a side file holds.
#[derive(Serialize)]
struct Held {
    entries: u64,
    about: Option<String>,
    faults: Vec<SideFault>,
    columns: Vec<Column>,
}

/// A column of labels, and what it says.
#[derive(Serialize)]
struct Column {
    name: String,
    role: Option<&'static str>,
}

/// The kind of side file that a file with these first and last bytes is, `threat-list`, `nmap`, `geoip` ...; undefined where
/// it is none, captures and tables included.
#[must_use]
#[wasm_bindgen]
pub fn side_kind(bytes: &[u8], last: &[u8]) -> Option<String> {
    let limits = tabular::Limits { flows: 1, packets: 1, memory: 1 << 20 };
    let is_table = || matches!(tabular::open(bytes, true, limits, 0), tabular::Opening::Table(_));
    let is_other = !bytes.is_empty() && capture::is_capture(bytes) || is_table();
    identify(bytes, last).filter(|_| !is_other).map(|kind| kind.name().to_owned())
}

/// What a side file of a kind holds, `{entries, about, faults: {kind, message, count, first_line}[], columns: {name,
/// role}[]}`; `about` is what it says of itself.
/// `map` gives columns of labels roles by hand, `{column: role}`.
///
/// **Errors** `side-file` where it is not of that kind, or has no such column.
#[wasm_bindgen]
pub fn side_file(kind: &str, name: &str, bytes: Vec<u8>, map: JsValue) -> Result<JsValue, JsValue> {
    let file = read(kind, name, bytes, map)?;
    let column =
        |(name, role): &(String, Option<Role>)| Column { name: name.clone(), role: role.map(|role| role.name()) };
    let columns = file.columns().iter().map(column).collect();
    to_js(&Held { entries: file.entries(), about: file.about(), faults: file.faults(), columns })
}

/// What a column of labels may say: the words for `map`.
///
/// **Errors** none that occur.
#[wasm_bindgen]
pub fn label_roles() -> Result<JsValue, JsValue> {
    to_js(&Role::words())
}

pub(super) fn read(kind: &str, name: &str, bytes: Vec<u8>, map: JsValue) -> Result<SideFile, JsValue> {
    let map: BTreeMap<String, String> =
        if map.is_undefined() { BTreeMap::new() } else { serde_wasm_bindgen::from_value(map)? };
    let role = |(column, word): (String, String)| {
        let role = Role::named(&word).ok_or_else(|| named_error("side-file", &format!("no role `{word}`")))?;
        Ok((column, role))
    };
    let map = map.into_iter().map(role).collect::<Result<Vec<_>, JsValue>>()?;
    let kind =
        SideKind::named(kind).ok_or_else(|| named_error("side-file", &format!("no kind of side file `{kind}`")))?;
    SideFile::read_mapped(kind, name, bytes, &map).map_err(|e| js_error(&e))
}
