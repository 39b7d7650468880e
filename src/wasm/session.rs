//! One run in the worker: read, detect, and answer questions about the report.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Retrieval, js_error, memory, named_error, selection, settings, side, to_js};
use crate::enrich::{SideFiles, evaluate};
use crate::export::{Csv, Exporter, JsonArray, Part, Table, community_id};
use crate::filter::FilterError;
use crate::filter::export::{self, Export};
use crate::pipeline::{self, Analyzer};
use crate::report::Report;
use crate::settings::Unit;
use crate::view::{self, Query, View};

/// Rows that are copied as a table.
const COPIED: usize = 1000;

/// One run: `begin_file` and `push` for each file, `finish`, then the questions.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Session {
    state: State,
    /// Bytes that the analysis may take.
    budget: u64,
    side: SideFiles,
    view: View,
}

#[derive(Debug)]
enum State {
    Reading(Box<Analyzer>),
    Done(Box<Report>),
    /// Finishing failed.
    Over,
}

/// What a selection holds.
#[derive(Serialize)]
struct Selection {
    rows: usize,
    anomalies: usize,
}

/// A selection in the languages of other tools.
#[derive(Serialize)]
struct Filters {
    display: Export,
    bpf: Export,
}

#[wasm_bindgen]
impl Session {
    /// A session with settings given as an object of names and texts. The hash seed takes random numbers.
    ///
    /// **Errors** `unknown-setting`, `invalid-setting`.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: JsValue, seed_lo: u64, seed_hi: u64) -> Result<Session, JsValue> {
        let settings = settings::read(settings)?;
        let budget = settings.memory_bytes();
        let analyzer = Analyzer::new(settings, [seed_lo, seed_hi]).map_err(|e| js_error(&e))?;
        let state = State::Reading(Box::new(analyzer));
        Ok(Self { state, budget, side: SideFiles::default(), view: View::default() })
    }

    /// Begins a file.
    pub fn begin_file(&mut self, name: &str) {
        if let State::Reading(analyzer) = &mut self.state {
            analyzer.begin_file(name);
        }
    }

    /// Takes the next bytes of the file. Pieces of some hundred kilobytes stay in the processor's cache between being
    /// copied and being read.
    ///
    /// **Errors** after `finish`.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        match &mut self.state {
            State::Reading(analyzer) => {
                memory::grow_ahead(self.budget);
                analyzer.push(bytes);
                Ok(())
            }
            _ => Err(out_of_order("push", "before finish")),
        }
    }

    /// How far the reading is.
    ///
    /// **Errors** after `finish`.
    pub fn progress(&self) -> Result<JsValue, JsValue> {
        match &self.state {
            State::Reading(analyzer) => to_js(&analyzer.progress()),
            _ => Err(out_of_order("progress", "before finish")),
        }
    }

    /// Notes that the rest of the file cannot be read.
    pub fn fail_file(&mut self, cause: &str) {
        if let State::Reading(analyzer) = &mut self.state {
            analyzer.fail_file(cause);
        }
    }

    /// Notes that the file is no longer what it was when its reading began.
    pub fn change_file(&mut self, what: &str) {
        if let State::Reading(analyzer) = &mut self.state {
            analyzer.change_file(what);
        }
    }

    /// Adds a file beside the capture, of a kind as `side_kind` says it; `map` as for `side_file`. It counts from `finish`
    /// or `enrich` on.
    ///
    /// **Errors** `side-file`.
    pub fn add_side_file(&mut self, kind: &str, name: &str, bytes: Vec<u8>, map: JsValue) -> Result<(), JsValue> {
        let file = side::read(kind, name, bytes, map)?;
        let settings = match &self.state {
            State::Reading(analyzer) => Some(analyzer.settings()),
            State::Done(report) => Some(&report.settings),
            State::Over => None,
        };
        if let Some(settings) = settings {
            file.check(settings, pipeline::check_baseline).map_err(|e| js_error(&e))?;
        }
        self.side.add(file);
        Ok(())
    }

    /// Takes all files beside the capture away. It counts from `finish` or `enrich` on.
    pub fn clear_side_files(&mut self) {
        self.side = SideFiles::default();
    }

    /// Joins the files beside the capture as they are now, and gives the report. The selection made before is void.
    ///
    /// **Errors** `detection`; before `finish`.
    pub fn enrich(&mut self) -> Result<JsValue, JsValue> {
        let State::Done(report) = &mut self.state else { return Err(out_of_order("enrich", "after finish")) };
        pipeline::enrich(report, &self.side).map_err(|e| js_error(&e))?;
        self.view = View::default();
        to_js(report)
    }

    /// Ends the reading, detects and gives the report.
    ///
    /// **Errors** `detection`.
    pub fn finish(&mut self) -> Result<JsValue, JsValue> {
        let State::Reading(analyzer) = std::mem::replace(&mut self.state, State::Over) else {
            return Err(out_of_order("finish", "once"));
        };
        memory::grow_ahead(self.budget);
        let report = analyzer.finish_with(&self.side).map_err(|e| js_error(&e))?;
        let js = to_js(&report)?;
        self.state = State::Done(Box::new(report));
        Ok(js)
    }

    /// Detects again with other settings, without the capture. The selection made before is void.
    ///
    /// **Errors** `unknown-setting`, `invalid-setting`, `detection`; the report stays as it was.
    pub fn redetect(&mut self, settings: JsValue) -> Result<JsValue, JsValue> {
        let settings = settings::read(settings)?;
        let State::Done(report) = &mut self.state else { return Err(out_of_order("redetect", "after finish")) };
        pipeline::redetect(report, &settings).map_err(|e| js_error(&e))?;
        evaluate(report, &self.side);
        let js = to_js(report)?;
        self.view = View::default();
        Ok(js)
    }

    /// The whole report as JSON, byte for byte the command line's.
    ///
    /// **Errors** `write`, `serialise`.
    pub fn report_json(&self) -> Result<Vec<u8>, JsValue> {
        self.export("report_json")
    }

    /// One of the exports as bytes: `report_json`, `report_html`, `report_markdown`, `flows_csv`, `flows_ndjson`,
    /// `flows_zeek`, `packets_csv`, `hosts_csv`, `hosts_ndjson`, `anomalies_csv`; `baseline_json`, what is normal by this
    /// capture; `features_csv` of the rows, and of the flows under other tools' columns `cicflowmeter_csv` and
    /// `nfstream_csv`.
    ///
    /// **Errors** `export` for an unknown kind; `baseline` for too few rows; `write`, `serialise`.
    pub fn export(&self, kind: &str) -> Result<Vec<u8>, JsValue> {
        super::export(self.report()?, kind)
    }

    /// The columns of the table of rows.
    ///
    /// **Errors** before `finish`.
    pub fn columns(&self) -> Result<JsValue, JsValue> {
        to_js(&view::columns_of(self.report()?))
    }

    /// Selects and sorts rows by `{filter, anomalies_only, sort, descending}`; gives `{rows, anomalies}`.
    ///
    /// **Errors** `filter` with the place in the text as `position`; the selection stays as it was.
    pub fn select(&mut self, query: JsValue) -> Result<JsValue, JsValue> {
        let query: Query = serde_wasm_bindgen::from_value(query)?;
        let view = View::select(self.report()?, &query).map_err(|e| filter_error(&e))?;
        self.view = view;
        to_js(&Selection { rows: self.view.len(), anomalies: self.view.anomalies() })
    }

    /// A selection as filters for other tools, `{display, bpf}`, each `{text, is_wider, note}`. The selection is
    /// `{kind: "row", row}`, `{kind: "finding", id}` or `{kind: "selection"}`, the table's.
    ///
    /// **Errors** `selection` for one that does not exist; before `finish`.
    pub fn filters(&self, selection: JsValue) -> Result<JsValue, JsValue> {
        let report = self.report()?;
        let filter = self.view.filter().filter(|_| selection::is_table(&selection));
        let rows = selection::rows(report, &self.view, selection)?;
        let (display, bpf) = match filter {
            Some(filter) => (export::display_filter_of(report, filter, &rows), export::bpf_of(report, filter, &rows)),
            None => (export::display_filter(report, &rows), export::bpf(report, &rows)),
        };
        to_js(&Filters { display, bpf })
    }

    /// The report's scatter with other axes: `component_1`, `component_2`, `score`, or a feature of the detection.
    ///
    /// **Errors** `plot` for another word; before `finish`.
    pub fn scatter(&self, across: &str, up: &str) -> Result<JsValue, JsValue> {
        to_js(&pipeline::scatter(self.report()?, [across, up]).map_err(|e| js_error(&e))?)
    }

    /// The first rows of a selection as `csv`, with a heading, or as `json`, an array of objects: `{text, is_wider, note}`
    /// like a filter. The selection is that of `filters`.
    ///
    /// **Errors** `selection` for one that does not exist; `export` for another format; before `finish`.
    pub fn table(&self, selection: JsValue, format: &str) -> Result<JsValue, JsValue> {
        let report = self.report()?;
        let rows = selection::rows(report, &self.view, selection)?;
        let part = Part { table: Table::of(report.settings.unit), rows: rows.get(..COPIED).unwrap_or(&rows) };
        let mut text = Vec::new();
        let done = match format {
            "csv" => Csv(part).export(report, &mut text),
            "json" => JsonArray(part).export(report, &mut text),
            other => return Err(named_error("export", &format!("no format `{other}`"))),
        };
        done.map_err(|e| js_error(&e))?;
        let note = match rows.len() {
            all if all > COPIED => format!("The first {COPIED} of {all} rows: the downloads have all."),
            _ => String::new(),
        };
        to_js(&Export { text: String::from_utf8_lossy(&text).into_owned(), is_wider: false, note })
    }

    /// The rows of the selection from `start` on, at most `count`.
    ///
    /// **Errors** before `finish`.
    pub fn rows(&self, start: usize, count: usize) -> Result<JsValue, JsValue> {
        to_js(&self.view.rows(self.report()?, start, count))
    }

    /// The place of a row in the selection, or -1.
    #[must_use]
    pub fn position(&self, row: usize) -> i32 {
        self.view.position(row).and_then(|place| i32::try_from(place).ok()).unwrap_or(-1)
    }

    /// Everything known of a row; null where there is none.
    ///
    /// **Errors** before `finish`.
    pub fn explain(&self, row: usize) -> Result<JsValue, JsValue> {
        let report = self.report()?;
        let mut details = view::details(report, row);
        let flow = report.flows.get(row).filter(|_| report.settings.unit == Unit::Flow);
        if let (Some(details), Some(id)) = (&mut details, flow.and_then(community_id)) {
            details.note("Community ID", id);
        }
        to_js(&details)
    }

    /// Begins to read the captures again for the packets of some rows: `{kind: "row", row}`, `{kind: "finding", id}` or
    /// `{kind: "selection"}`, with options `{keep, preview, pcapng, comments}`.
    ///
    /// **Errors** `selection` for rows that are not there or too many; before `finish`.
    pub fn retrieve(&self, selection: JsValue, options: JsValue) -> Result<Retrieval, JsValue> {
        let report = self.report()?;
        Retrieval::begin(report, &selection::rows(report, &self.view, selection)?, options)
    }

    /// Ends in a trap: browser tests show with it that the page outlives one.
    pub fn trap(&self) {
        #[cfg(target_arch = "wasm32")]
        core::arch::wasm32::unreachable();
    }
}

impl Session {
    fn report(&self) -> Result<&Report, JsValue> {
        match &self.state {
            State::Done(report) => Ok(report),
            _ => Err(out_of_order("this question", "after finish")),
        }
    }
}

fn out_of_order(what: &str, when: &str) -> JsValue {
    named_error("order", &format!("{what} is only possible {when}"))
}

fn filter_error(error: &FilterError) -> JsValue {
    let js = named_error("filter", &error.message);
    let position = u32::try_from(error.position).unwrap_or(u32::MAX);
    // Setting a property of an object made above cannot fail.
    let _ = js_sys::Reflect::set(&js, &"position".into(), &position.into());
    js
}
