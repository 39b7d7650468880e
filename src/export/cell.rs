//! One value of a table, and how CSV and JSON write it.

use std::borrow::Cow;
use std::io;

use serde::Serialize;

use crate::error::Result;
use crate::units::Timestamp;

/// Largest integer that every JSON reader keeps exactly (RFC 8259 section 6).
const LARGEST_EXACT: u64 = 1 << 53;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not known or not applicable.
    Unknown,
    /// A word.
    Word(&'static str),
    /// Any text.
    Text(String),
    /// A truth.
    Bool(bool),
    /// A count.
    Count(u64),
    /// A number with a sign.
    Signed(i64),
    /// A float, written with as few digits as bring it back.
    Float(f64),
    /// A float of single precision, written with as few digits as bring it back.
    Single(f32),
    /// A moment: seconds since the epoch with nine decimals.
    Moment(Timestamp),
    /// Nanoseconds: seconds with nine decimals.
    Span(u64),
    /// A value with another form in JSON, already written as JSON.
    Both {
        /// In CSV.
        text: String,
        /// In JSON.
        json: String,
    },
}

impl Cell {
    /// The value, or unknown.
    #[must_use]
    pub fn or_unknown<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Unknown, cell)
    }

    /// A text; unknown when it is empty.
    #[must_use]
    pub fn word(word: &'static str) -> Self {
        if word.is_empty() { Self::Unknown } else { Self::Word(word) }
    }

    /// As a CSV field, not yet quoted.
    #[must_use]
    pub fn csv(&self) -> Cow<'_, str> {
        match self {
            Self::Unknown => Cow::Borrowed(""),
            Self::Word(word) => guarded(word),
            Self::Text(text) | Self::Both { text, .. } => guarded(text),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Count(n) => Cow::Owned(n.to_string()),
            Self::Signed(n) => Cow::Owned(n.to_string()),
            Self::Float(v) if v.is_finite() => Cow::Owned(v.to_string()),
            Self::Float(_) => Cow::Borrowed(""),
            Self::Single(v) if v.is_finite() => Cow::Owned(v.to_string()),
            Self::Single(_) => Cow::Borrowed(""),
            Self::Moment(ts) => Cow::Owned(ts.epoch_seconds()),
            Self::Span(ns) => Cow::Owned(span(*ns)),
        }
    }

    /// Writes it as a JSON value.
    ///
    /// **Errors** `Write` with the writer's error.
    pub fn json(&self, out: &mut dyn io::Write) -> Result<()> {
        match self {
            Self::Unknown => out.write_all(b"null")?,
            Self::Word(word) => serde_json::to_writer(out, word)?,
            Self::Text(text) => serde_json::to_writer(out, text)?,
            Self::Count(n) if *n > LARGEST_EXACT => write!(out, "\"{n}\"")?,
            Self::Signed(n) if n.unsigned_abs() > LARGEST_EXACT => write!(out, "\"{n}\"")?,
            Self::Single(v) if !v.is_finite() => out.write_all(b"null")?,
            Self::Float(v) if !v.is_finite() => out.write_all(b"null")?,
            Self::Both { json, .. } => out.write_all(json.as_bytes())?,
            _ => out.write_all(self.csv().as_bytes())?,
        }
        Ok(())
    }
}

fn span(ns: u64) -> String {
    format!("{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000)
}

/// A text that no spreadsheet takes for a formula: where it begins like one, an apostrophe stands before it.
///
/// **Source** OWASP "CSV Injection"; full-width signs count because spreadsheets normalise them.
fn guarded(text: &str) -> Cow<'_, str> {
    let begins_formula = text
        .trim_start_matches([' ', '"', '\n'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if begins_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Writes any value as compact JSON in which integers beyond 2^53 are strings.
pub(super) fn write_json<T: Serialize>(value: &T, out: &mut dyn io::Write) -> Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, ExactIntegers);
    Ok(value.serialize(&mut serializer)?)
}

/// Compact JSON, except that integers beyond 2^53 are strings.
struct ExactIntegers;

impl serde_json::ser::Formatter for ExactIntegers {
    fn write_u64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        if value > LARGEST_EXACT { write!(writer, "\"{value}\"") } else { write!(writer, "{value}") }
    }

    fn write_i64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        if value.unsigned_abs() > LARGEST_EXACT { write!(writer, "\"{value}\"") } else { write!(writer, "{value}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(cell: &Cell) -> String {
        let mut out = Vec::new();
        cell.json(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn writes_each_kind_for_both_formats() {
        for (cell, in_csv, in_json) in [
            (Cell::Unknown, "", "null"),
            (Cell::word(""), "", "null"),
            (Cell::Text("a\"b\n".into()), "a\"b\n", r#""a\"b\n""#),
            (Cell::Bool(true), "true", "true"),
            (Cell::Count(1 << 53), "9007199254740992", "9007199254740992"),
            (Cell::Count((1 << 53) + 1), "9007199254740993", "\"9007199254740993\""),
            (Cell::Single(0.81), "0.81", "0.81"),
            (Cell::Single(f32::NAN), "", "null"),
            (Cell::Signed(-(1 << 53) - 1), "-9007199254740993", "\"-9007199254740993\""),
            (Cell::Float(0.1 + 0.2), "0.30000000000000004", "0.30000000000000004"),
            (Cell::Float(f64::INFINITY), "", "null"),
            (
                Cell::Moment(Timestamp::from_parts(1_709_539_206, 823_613_000)),
                "1709539206.823613000",
                "1709539206.823613000",
            ),
            (Cell::Span(1_500_000_001), "1.500000001", "1.500000001"),
        ] {
            assert_eq!((cell.csv().as_ref(), json(&cell).as_str()), (in_csv, in_json));
        }
    }

    #[test]
    fn no_text_begins_a_formula() {
        for evil in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\"=1", "\n=1", "\u{ff1d}1", "\u{ff20}x"] {
            assert_eq!(Cell::Text(evil.into()).csv(), format!("'{evil}"));
        }
        for plain in ["10.0.0.1", "::1", "[::1]:80", "a=b", "", "ShADadFf"] {
            assert_eq!(Cell::Text(plain.into()).csv(), plain);
        }
        assert_eq!(Cell::Single(-1.5).csv(), "-1.5", "our own numbers are numbers");
    }

    #[test]
    fn large_integers_are_strings_in_whole_reports_too() {
        let mut out = Vec::new();
        write_json(&(u64::MAX, i64::MIN, 1u64 << 53, 0.1), &mut out).unwrap();
        assert_eq!(out, br#"["18446744073709551615","-9223372036854775808",9007199254740992,0.1]"#);
    }
}
