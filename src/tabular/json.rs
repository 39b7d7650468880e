//! A line of JSON to cells.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::schema::Schema;
use super::split::Cells;

use crate::sort;

/// The object of a line: keys and values as they are written.
type Object<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// What a line holds.
pub(super) enum Line<'a> {
    Object(Object<'a>),
    /// A bracket or comma around the objects of an array, or nothing.
    Frame,
    Broken,
}

/// Reads a line: an object, with or without the comma that follows it in an array.
pub(super) fn line(bytes: &[u8]) -> Line<'_> {
    let text = bytes.trim_ascii();
    let text = text.strip_suffix(b",").unwrap_or(text).trim_ascii();
    if matches!(text, b"" | b"[" | b"]") {
        return Line::Frame;
    }
    // Numbers as they are written: a time with nanoseconds is more than a double holds.
    serde_json::from_slice(text).map_or(Line::Broken, Line::Object)
}

/// Puts an object's values into cells in the schema's order; new keys become new columns.
pub(super) fn fill(object: &Object<'_>, schema: &mut Schema, cells: &mut Cells) {
    let mut placed: Vec<(usize, Cow<'_, str>)> = Vec::with_capacity(object.len());
    for (key, value) in object {
        if let Some(place) = schema.place_of(key) {
            placed.push((place, text_of(value.get())));
        }
    }
    sort::by_key(&mut placed, |(place, _)| *place);
    cells.clear();
    for (place, text) in placed {
        // Two spellings of a key: the first one counts.
        if place < cells.len() {
            continue;
        }
        while cells.len() < place {
            cells.push(b"");
        }
        cells.push(text.as_bytes());
    }
}

/// A value as a cell: texts without quotes; nothing for null, objects and arrays.
fn text_of(raw: &str) -> Cow<'_, str> {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(raw).map_or(Cow::Borrowed(""), Cow::Owned),
        Some(b'{' | b'[' | b'n') | None => Cow::Borrowed(""),
        Some(_) => Cow::Borrowed(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_become_cells_and_new_keys_columns() {
        let mut schema = Schema::default();
        let mut cells = Cells::default();
        let mut row = |text: &str| {
            let Line::Object(object) = line(text.as_bytes()) else { return Vec::new() };
            fill(&object, &mut schema, &mut cells);
            (0..cells.len()).map(|i| cells.text(i).unwrap_or("?").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(row(r#"{"ts":1709539206.823613001,"proto":"tcp"},"#), ["tcp", "1709539206.823613001"]);
        assert_eq!(row(r#"{"ts":1,"uid":"a\"b","x":null,"y":{"z":[1]}}"#), ["", "1", "a\"b", "", ""]);
        assert_eq!(row(r#"{"proto":"udp"}"#), ["udp"]);
        assert!(matches!((line(b"["), line(b" ]\r"), line(b"")), (Line::Frame, Line::Frame, Line::Frame)));
        assert!(matches!((line(b"{\"a\":"), line(b"7"), line(b"\xff")), (Line::Broken, Line::Broken, Line::Broken)));
        let deep = format!("{{\"a\":{}}}", "[".repeat(100_000));
        assert!(matches!(line(deep.as_bytes()), Line::Broken));
    }
}
