//! The settings as the page has them: an object of the names and values, as text, that differ from the defaults.

use std::collections::BTreeMap;

use wasm_bindgen::prelude::*;

use super::{js_error, to_js};
use crate::settings::{PRESETS, Settings, TABLE};
use crate::sort;

/// The settings table, one object a setting.
///
/// **Errors** none in practice: the table is static.
#[wasm_bindgen]
pub fn settings_table() -> Result<JsValue, JsValue> {
    to_js(TABLE)
}

/// The presets, one object a preset; `values` is a list of pairs of name and value.
///
/// **Errors** none in practice: the list is static.
#[wasm_bindgen]
pub fn settings_presets() -> Result<JsValue, JsValue> {
    to_js(PRESETS)
}

/// Settings as the text of a file that `settings_of_file`, and the command line's `--settings`, read back.
///
/// **Errors** `invalid-setting`, `unknown-setting`.
#[wasm_bindgen]
pub fn settings_to_file(settings: JsValue) -> Result<String, JsValue> {
    read(settings)?.to_file().map_err(|e| js_error(&e))
}

/// The settings of a file's text.
///
/// **Errors** `settings-file`, `invalid-setting`, `unknown-setting`.
#[wasm_bindgen]
pub fn settings_of_file(text: &str) -> Result<JsValue, JsValue> {
    let settings = Settings::from_file(text).map_err(|e| js_error(&e))?;
    let changed =
        TABLE.iter().filter_map(|spec| Some((spec.name, settings.get(spec.name).filter(|v| v != spec.default)?)));
    to_js(&sort::map(changed))
}

/// The settings of an object of names and values.
pub(super) fn read(settings: JsValue) -> Result<Settings, JsValue> {
    let pairs: BTreeMap<String, String> = serde_wasm_bindgen::from_value(settings)?;
    Settings::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))).map_err(|e| js_error(&e))
}
