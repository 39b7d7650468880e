//! Lists of lines: one indicator and what stands behind it, hosts files, CSV.

use super::columns::{self, Columns};
use super::encoded;
use super::indicator::Indicator;
use super::reader::{At, Building, Format};
use super::zeek::Fields;
use crate::enrich::faults::Fault;

/// Longest line looked at.
pub(super) const MAX_LINE: usize = 8 * 1024;
/// Addresses to which hosts files send what is not to be reached.
const SINKS: &[&str] = &[
    "0.0.0.0",
    "127.0.0.1",
    "127.0.0.0",
    "::",
    "::1",
    "255.255.255.255",
    "fe80::1%lo0",
    "ff02::1",
    "ff02::2",
    "ff00::0",
];

/// Reads a list line by line. What a header says holds for the lines behind it.
#[derive(Debug, Default)]
pub(super) struct LineReader {
    columns: Option<Columns>,
    zeek: Option<Fields>,
    is_abuse_ch: bool,
}

impl LineReader {
    pub(super) fn read(&mut self, line: &str, number: u64, into: &mut Building) {
        // Lists that were put together have byte order marks in their middle.
        let line = line.trim().trim_start_matches('\u{feff}').trim_start();
        if line.is_empty() {
            return;
        }
        if line.len() > MAX_LINE {
            return into.faults.add(Fault::LineTooLong, number);
        }
        if let Some(fields) = Fields::of(line) {
            self.zeek = Some(fields);
            return;
        }
        if is_comment(line) {
            return self.learn(line);
        }
        if let Some(fields) = &self.zeek {
            let (found, note) = fields.read(line);
            return into.take(Format::ZeekIntel, found, At::line(number, note));
        }
        if line.starts_with("@@") {
            return into.faults.add(Fault::NotForDetection, number);
        }
        if let Some(rule) = line.strip_prefix("||") {
            let name = rule.split(['^', '$', '/']).next().unwrap_or_default();
            return into.take(Format::Adblock, Indicator::domain(name), At::line(number, ""));
        }
        // Hosts files have tabs too.
        if line.split_whitespace().next().is_some_and(|first| SINKS.contains(&first)) {
            return plain(line, number, into);
        }
        let cells = columns::split(line);
        if cells.len() > 1 { self.row(&cells, number, into) } else { plain(line, number, into) }
    }

    /// What a comment says of the list.
    fn learn(&mut self, comment: &str) {
        self.is_abuse_ch |= comment.contains("abuse.ch");
        let cells = columns::split(comment.trim_start_matches(['#', ';', '!', ' ']));
        if let Some(columns) = Columns::named(&cells) {
            self.columns = Some(columns);
        }
    }

    /// A row of cells.
    fn row(&mut self, cells: &[String], number: u64, into: &mut Building) {
        if cells.iter().all(|cell| Indicator::parse(cell).is_err())
            && let Some(columns) = Columns::named(cells)
        {
            self.columns = Some(columns);
            return;
        }
        let form = if self.is_abuse_ch { Format::AbuseCh } else { Format::Csv };
        if let Some((at, found)) = self.columns.as_ref().and_then(|columns| columns.read(cells, number)) {
            return found.into_iter().for_each(|indicator| into.take(form, Ok(indicator), at));
        }
        unnamed(cells, form, number, into);
    }
}

fn is_comment(line: &str) -> bool {
    line.starts_with(['#', ';', '!']) || line.starts_with("//") || line.starts_with("[Adblock")
}

/// A row of a table whose columns have no names, or other ones than are known: the first cell that is an indicator counts.
fn unnamed(cells: &[String], form: Format, number: u64, into: &mut Building) {
    let text = |i: usize| cells.get(i).map_or("", String::as_str);
    let mut at = At::line(number, "");
    let is_number = |i: usize, most: u32| text(i).parse::<u32>().is_ok_and(|n| n <= most);
    let mut form = form;
    if cells.len() == 3 && is_number(1, 60) && is_number(2, 127) {
        // Suricata: category 1-60, score 1-127, the surest last.
        form = Format::SuricataIprep;
        at.worst = columns::worst_of_score(text(2).parse().unwrap_or(127), 127);
    } else if let Some(worst) = cells.iter().skip(1).find_map(|cell| columns::worst_of_word(cell)) {
        at.worst = worst;
    }
    let mut fault = Fault::BadLine;
    for (place, cell) in cells.iter().enumerate() {
        match Indicator::parse(cell) {
            Ok(found) => {
                let is_text = |(other, cell): &(usize, &String)| {
                    *other > place && cell.contains(char::is_alphabetic) && columns::worst_of_word(cell).is_none()
                };
                at.note = cells.iter().enumerate().find(is_text).map_or("", |(_, cell)| cell);
                return into.take(form, Ok(found), at);
            }
            Err(Fault::BadLine) => {}
            Err(other) if fault == Fault::BadLine => fault = other,
            Err(_) => {}
        }
    }
    let decoded = encoded::decoded(text(0)).map(|decoded| Indicator::parse(&decoded));
    match decoded {
        Some(Ok(found)) => into.take(Format::SuricataDataset, Ok(found), at),
        _ => into.faults.add(fault, number),
    }
}

/// A line of one indicator, or of a hosts file.
fn plain(line: &str, number: u64, into: &mut Building) {
    let (body, comment) = without_comment(line);
    let mut words = body.split_whitespace();
    let Some(first) = words.next() else { return };
    let rest = body.get(first.len()..).unwrap_or_default().trim();
    if SINKS.contains(&first) && !rest.is_empty() {
        for name in words {
            let found = if SINKS.contains(&name) { Err(Fault::LocalName) } else { Indicator::domain(name) };
            into.take(Format::Hosts, found, At::line(number, comment));
        }
        return;
    }
    let note = if comment.is_empty() { rest } else { comment };
    match Indicator::parse(first) {
        Err(Fault::BadLine) => match encoded::decoded(first).map(|decoded| Indicator::parse(&decoded)) {
            Some(Ok(found)) => into.take(Format::SuricataDataset, Ok(found), At::line(number, note)),
            _ => into.faults.add(Fault::BadLine, number),
        },
        found => into.take(Format::Plain, found, At::line(number, note)),
    }
}

/// A line up to its comment, and the comment: `#`, `;` or `//` behind a space.
fn without_comment(line: &str) -> (&str, &str) {
    let starts = [" #", "\t#", " ;", "\t;", " //", "\t//"];
    let Some(at) = starts.iter().filter_map(|start| line.find(start)).min() else { return (line, "") };
    let (body, comment) = line.split_at_checked(at).unwrap_or((line, ""));
    (body, comment.trim_start_matches([' ', '\t', '#', ';', '/']).trim())
}
