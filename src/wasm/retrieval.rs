//! Reading captures again in the page: it slices the files, this says which slices and what is in them.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::{js_error, to_js};
use crate::capture::{self, Limits};
use crate::report::Report;
use crate::retrieve::{self, Options};
use crate::scrub::{Keep, Key, Scrub};
use crate::settings::Settings;

/// One reading: for each file `check_file`, then `wanted` and `give` until nothing is wanted, then `finish`.
///
/// Errors are JavaScript errors by name: `file-changed` where a file is not what was analysed, `selection`, `order`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Retrieval {
    inner: retrieve::Retrieval,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wishes {
    keep: usize,
    preview: usize,
    pcapng: bool,
    comments: bool,
    headers: bool,
    key: Option<[u8; 32]>,
}

/// A range of a file, in numbers that a double holds.
#[derive(Serialize)]
struct Wanted {
    file: usize,
    start: u64,
    end: u64,
}

impl Retrieval {
    /// A reading for `rows` with `{keep, preview, pcapng, comments, headers, key}`; what is absent is 0 and false. `headers`
    /// cuts what packets carry, `key`, 32 numbers below 256, replaces their addresses too.
    pub(super) fn begin(report: &Report, rows: &[u32], options: JsValue) -> Result<Self, JsValue> {
        let wishes: Option<Wishes> = serde_wasm_bindgen::from_value(options)?;
        let wishes = wishes.unwrap_or_default();
        let options = Options {
            keep: wishes.keep,
            preview_bytes: wishes.preview,
            pcapng: wishes.pcapng,
            comments: wishes.comments,
            scrub: Scrub { keep: if wishes.headers { Keep::Headers } else { Keep::All }, key: wishes.key.map(Key) },
        };
        let inner = retrieve::Retrieval::new(report, rows, options).map_err(|e| js_error(&e))?;
        Ok(Self { inner })
    }
}

#[wasm_bindgen]
impl Retrieval {
    /// The next slice to give, `{file, start, end}`; null when everything was read. Files by their place in the report.
    ///
    /// **Errors** none in practice.
    pub fn wanted(&self) -> Result<JsValue, JsValue> {
        let wanted = self.inner.wanted().map(|w| Wanted { file: w.file, start: w.start, end: w.end });
        to_js(&wanted)
    }

    /// Checks that a file has the size it had, before its first slice is given.
    ///
    /// **Errors** `file-changed`; `selection` where the report has no such file.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a file's size is a whole number below 2^53
    pub fn check_file(&self, file: usize, size: f64) -> Result<(), JsValue> {
        self.inner.check_file(file, size as u64).map_err(|e| js_error(&e))
    }

    /// Takes the slice that was wanted.
    ///
    /// **Errors** `file-changed`, also for a slice of another length.
    pub fn give(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        self.inner.give(bytes).map_err(|e| js_error(&e))
    }

    /// The packets listed so far, from the first on: `{number, ts, file, offset, captured_len, original_len, interface,
    /// link_type, comment, src, dst, src_port, dst_port, proto, layers: {name, offset, length, summary}[], preview:
    /// number[]}[]`.
    ///
    /// **Errors** none in practice.
    pub fn packets(&self) -> Result<JsValue, JsValue> {
        to_js(self.inner.listed())
    }

    /// The next part of the pcapng file, empty where none is made; all parts in a row are the file.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        self.inner.take_pcapng()
    }

    /// What was found, `{packets, bytes, listed}`: all packets of the rows, their bytes on the wire, how many of them
    /// `packets` gives.
    ///
    /// **Errors** `file-changed` where packets of the rows were not found, also when not everything wanted was given.
    pub fn finish(&self) -> Result<JsValue, JsValue> {
        to_js(&self.inner.finish().map_err(|e| js_error(&e))?)
    }
}

/// The time of the first packet in the first bytes of a file, nanoseconds since 1970; undefined where there is none.
#[must_use]
#[wasm_bindgen]
pub fn first_time(bytes: &[u8]) -> Option<i64> {
    capture::first_timestamp(bytes, Limits::of(&Settings::default())).map(|ts| ts.0)
}

/// Whether a file with these first bytes is read as a capture.
#[must_use]
#[wasm_bindgen]
pub fn is_capture(bytes: &[u8]) -> bool {
    capture::is_capture(bytes)
}
