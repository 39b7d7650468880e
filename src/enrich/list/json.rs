//! Lists in JSON: STIX 2, MISP, and objects with fields of known names, as one document or one object a line.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::columns::Columns;
use super::indicator::Indicator;
use super::reader::{At, Building, Format};
use super::{misp, stix};
use crate::enrich::faults::Fault;

/// An object's fields as they are written.
pub(super) type Object<'a> = BTreeMap<String, &'a RawValue>;

/// Containers inside one another that are opened.
const MAX_DEPTH: u32 = 8;
/// Fields that hold further objects.
const CONTAINERS: &[&str] = &["objects", "Event", "response", "Attribute", "Object", "data", "results", "indicators"];

/// Whether a text is JSON and no list of lines.
pub(super) fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{')
        || text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', ']', '"', '[']))
}

/// Reads a document, or one document a line.
pub(super) fn read(text: &str, into: &mut Building) -> Result<(), String> {
    let lines = Lines::of(text);
    match serde_json::from_str::<&RawValue>(text) {
        Ok(document) => {
            Walk { lines: &lines, into }.value(document, 0);
            Ok(())
        }
        Err(why) => {
            // The first line alone may be whole.
            let first = text.trim_start().split('\n').next().unwrap_or_default();
            serde_json::from_str::<Object<'_>>(first).map_err(|_| why.to_string())?;
            for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
                match serde_json::from_str::<&RawValue>(line) {
                    Ok(document) => Walk { lines: &lines, into }.value(document, 0),
                    Err(_) => into.faults.add(Fault::BadLine, lines.at(line)),
                }
            }
            Ok(())
        }
    }
}

/// A field that is a text or a number.
pub(super) fn text(object: &Object<'_>, name: &str) -> Option<String> {
    let raw = object.get(name)?.get();
    match serde_json::from_str::<serde_json::Value>(raw).ok()? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a field is `true`.
pub(super) fn is_true(object: &Object<'_>, name: &str) -> bool {
    object.get(name).is_some_and(|raw| raw.get() == "true")
}

/// Where lines begin in a text.
struct Lines<'a> {
    text: &'a str,
    ends: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, ends: text.match_indices('\n').map(|(at, _)| at).collect() }
    }

    /// The line of a part of the text, from 1.
    fn at(&self, part: &str) -> u64 {
        let offset = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        crate::units::count(self.ends.partition_point(|end| *end < offset)) + 1
    }
}

struct Walk<'a, 'b> {
    lines: &'a Lines<'a>,
    into: &'b mut Building,
}

impl Walk<'_, '_> {
    fn value(&mut self, raw: &RawValue, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        let line = self.lines.at(raw.get());
        if let Ok(object) = serde_json::from_str::<Object<'_>>(raw.get()) {
            self.object(&object, line, depth);
        } else if let Ok(all) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
            all.into_iter().for_each(|one| self.value(one, depth + 1));
        } else if let Ok(text) = serde_json::from_str::<String>(raw.get()) {
            self.into.take(Format::Json, Indicator::parse(&text), At::line(line, ""));
        }
    }

    fn object(&mut self, object: &Object<'_>, line: u64, depth: u32) {
        if stix::take(object, line, self.into) || misp::take(object, line, self.into) {
            return;
        }
        let mut is_container = false;
        for inner in
            CONTAINERS.iter().filter_map(|name| object.get(*name)).filter(|raw| raw.get().starts_with(['{', '[']))
        {
            is_container = true;
            self.value(inner, depth + 1);
        }
        if is_container {
            return;
        }
        // ThreatFox: a list of objects under each number.
        let is_list = |raw: &&&RawValue| raw.get().starts_with('[');
        let lists: Vec<&&RawValue> = object.values().filter(is_list).collect();
        let names: Vec<&str> = object.keys().map(String::as_str).collect();
        let cells: Vec<String> = names.iter().map(|name| text(object, name).unwrap_or_default()).collect();
        match Columns::of(&names)
            .filter(|columns| !columns.is_of_traffic())
            .and_then(|columns| columns.read(&cells, line))
        {
            Some((at, found)) => found.into_iter().for_each(|found| self.into.take(Format::Json, Ok(found), at)),
            None if !lists.is_empty() => lists.into_iter().for_each(|list| self.value(list, depth + 1)),
            None => self.into.faults.add(fault_of(&names, &cells), line),
        }
    }
}

fn fault_of(names: &[&str], cells: &[String]) -> Fault {
    Columns::of(names).map_or(Fault::BadLine, |columns| super::columns::fault_of(&columns, cells))
}
