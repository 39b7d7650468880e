//! Whether a file is a table, by its first bytes.

use super::json::{self, Line};
use super::schema::Schema;
use super::split::{Cells, Record, Splitter};
use super::zeek;
use crate::report::TableKind;

/// Bytes in which a table's header must end.
pub(super) const MAX_HEADER: usize = 1 << 16;
/// Bytes more that are asked for.
const STEP: usize = 4_096;
/// Separators that are tried, in order.
const SEPARATORS: [u8; 4] = *b",\t;|";
/// UTF-8's byte order mark.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Cells between separators, header first.
    Csv(u8),
    /// Zeek's: directives after `#`.
    Zeek,
    /// An object a line.
    Json,
}

impl Form {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Csv(b'\t') => "tsv",
            Self::Csv(_) => "csv",
            Self::Zeek => "zeek-tsv",
            Self::Json => "json-lines",
        }
    }
}

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sniffed {
    Table(Form, TableKind),
    /// At least this many bytes are wanted.
    Need(usize),
    No,
}

/// Looks at a file's first bytes; `is_end` where they are all it has.
pub(super) fn sniff(first: &[u8], is_end: bool) -> Sniffed {
    let text = first.strip_prefix(MARK).unwrap_or(first);
    let is_text = |b: &u8| *b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r');
    // What comes after the first line may be damaged.
    let line = text.trim_ascii_start().split(|b| *b == b'\n').next().unwrap_or_default();
    let begin = line.get(..512).unwrap_or(line);
    if begin.is_empty() || !begin.iter().all(is_text) {
        return Sniffed::No;
    }
    let sniffed = match begin.trim_ascii_start().first() {
        Some(b'{' | b'[') => json_lines(text, is_end),
        Some(b'#') => directives(text),
        Some(_) => csv(text, is_end),
        None => None,
    };
    match sniffed {
        Some(sniffed) => sniffed,
        None if is_end || text.len() >= MAX_HEADER => Sniffed::No,
        None => Sniffed::Need(first.len() + STEP),
    }
}

fn of_schema(schema: &Schema, form: Form) -> Sniffed {
    schema.kind().map_or(Sniffed::No, |kind| Sniffed::Table(form, kind))
}

/// The first object's keys; `None` while it has not ended.
fn json_lines(text: &[u8], is_end: bool) -> Option<Sniffed> {
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n');
        let (now, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        match json::line(now) {
            Line::Frame => rest = after,
            Line::Object(object) => {
                let mut schema = Schema::default();
                json::fill(&object, &mut schema, &mut Cells::default());
                return Some(of_schema(&schema, Form::Json));
            }
            Line::Broken if end.is_none() && !is_end => return None,
            Line::Broken => return Some(Sniffed::No),
        }
    }
    None
}

/// Zeek's directives up to the fields.
fn directives(text: &[u8]) -> Option<Sniffed> {
    if !text.starts_with(b"#separator") {
        return Some(Sniffed::No);
    }
    let mut separator = b'\t';
    let mut rest = text;
    while let Some(end) = rest.iter().position(|b| *b == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        let line = line.trim_ascii_end();
        if let Some(named) = zeek::separator(line) {
            separator = named;
        } else if let Some(fields) = zeek::fields(line, separator) {
            return Some(of_schema(&Schema::of(&fields), Form::Zeek));
        } else if !line.starts_with(b"#") {
            return Some(Sniffed::No);
        }
        rest = after;
    }
    None
}

/// The first row by the separator under which most of its cells are known names.
fn csv(text: &[u8], is_end: bool) -> Option<Sniffed> {
    let best = SEPARATORS.iter().filter_map(|&separator| Some((header(text, separator, is_end)?, separator)));
    let (schema, separator) = best.rev().max_by_key(|(schema, _)| schema.known())?;
    Some(of_schema(&schema, Form::Csv(separator)))
}

fn header(text: &[u8], separator: u8, is_end: bool) -> Option<Schema> {
    let mut splitter = Splitter::csv(separator);
    let mut schema = None;
    let mut take = |record: &Record<'_>| {
        schema.get_or_insert_with(|| Schema::of(record.cells));
    };
    splitter.push(text.get(..MAX_HEADER).unwrap_or(text), &mut take);
    if is_end {
        splitter.end(&mut take);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_told_by_their_columns() {
        let csv = |c| Form::Csv(c);
        for (text, expected) in [
            ("ts,id.orig_h,id.resp_h,duration\n", Sniffed::Table(csv(b','), TableKind::Flows)),
            ("\u{feff}ts;id.orig_h;id.resp_h;duration\r\n", Sniffed::Table(csv(b';'), TableKind::Flows)),
            ("ts\tsrc\tdst\tlength\n", Sniffed::Table(csv(b'\t'), TableKind::Packets)),
            ("No.,Time,Source,Destination,Protocol,Length,Info\n", Sniffed::Table(csv(b','), TableKind::Packets)),
            (
                " Destination Port, Flow Duration, Total Fwd Packets, Label\n",
                Sniffed::Table(csv(b','), TableKind::Flows),
            ),
            (
                "{\"ts\":1,\"id.orig_h\":\"a\",\"id.resp_h\":\"b\",\"orig_pkts\":1}\n",
                Sniffed::Table(Form::Json, TableKind::Flows),
            ),
            ("[\n{\"src\":1,\"dst\":\"a\",\"length\":1},\n", Sniffed::Table(Form::Json, TableKind::Packets)),
            (
                "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tduration\n",
                Sniffed::Table(Form::Zeek, TableKind::Flows),
            ),
            ("#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.resp_h\tquery\n", Sniffed::No),
            ("a,b,c,d\n1,2,3,4\n", Sniffed::No),
            ("Dear duration, dear service, dear proto,\n", Sniffed::No),
            ("{\"timestamp\":\"x\",\"event_type\":\"flow\"}\n", Sniffed::No),
            ("{\"a\":\n", Sniffed::No),
            ("\0\0", Sniffed::No),
            ("", Sniffed::No),
        ] {
            assert_eq!(sniff(text.as_bytes(), true), expected, "{text}");
        }
        assert_eq!(sniff(b"ts,id.orig_h,id.resp_h,dura", false), Sniffed::Need(27 + STEP));
        assert_eq!(sniff(b"ts,id.orig_h,id.resp_h,duration", true), Sniffed::Table(csv(b','), TableKind::Flows));
        assert_eq!(sniff(&b"x".repeat(MAX_HEADER), false), Sniffed::No);
    }
}
