//! Bytes to records: pieces of any size become rows of cells, and no row grows beyond a bound.

use csv_core::{ReadRecordResult, ReaderBuilder};
use memchr::memchr;

use crate::units::count;

/// Longest row that is looked at, bytes; a longer one is counted and passed over. What an unclosed quote swallows ends in
/// such a row.
pub(super) const MAX_ROW: usize = 1 << 20;
/// Most cells of a row.
pub(super) const MAX_CELLS: usize = 4_096;

/// A row's cells, one after the other.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) text: Vec<u8>,
    pub(super) ends: Vec<usize>,
}

impl Cells {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Appends a cell.
    pub(super) fn push(&mut self, cell: &[u8]) {
        self.text.extend_from_slice(cell);
        self.ends.push(self.text.len());
    }

    /// The bytes of a cell; empty where the row has none.
    pub(super) fn bytes(&self, cell: usize) -> &[u8] {
        let start = cell.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(cell).copied());
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or_default()
    }

    /// The text of a cell without blanks around it; `None` where it is not UTF-8.
    pub(super) fn text(&self, cell: usize) -> Option<&str> {
        std::str::from_utf8(self.bytes(cell)).ok().map(str::trim)
    }
}

/// A whole row.
#[derive(Debug)]
pub(super) struct Record<'a> {
    /// Byte at which it begins.
    pub(super) start: u64,
    /// Its bytes with the end of its line, as far as that belongs to it.
    pub(super) bytes: u64,
    pub(super) cells: &'a Cells,
    /// Whether it was too long to be looked at.
    pub(super) is_too_long: bool,
    /// Whether the file ends before its line does.
    pub(super) is_open: bool,
}

/// How rows are told apart.
#[derive(Debug)]
pub(super) enum Splitter {
    /// Cells between separators, quoted where they have to be (RFC 4180).
    Csv(Box<Csv>),
    /// One row a line.
    Lines(Lines),
}

impl Splitter {
    pub(super) fn csv(separator: u8) -> Self {
        let core = ReaderBuilder::new().delimiter(separator).build();
        let cells = Cells { text: vec![0; 4_096], ends: vec![0; 256] };
        Self::Csv(Box::new(Csv { core, cells, text_len: 0, ends_len: 0, place: Place::default(), is_too_long: false }))
    }

    /// Lines of cells between separators that are never quoted, or of one cell each.
    pub(super) fn lines(separator: Option<u8>) -> Self {
        Self::Lines(Lines { separator, ..Lines::default() })
    }

    /// Takes the next bytes and gives every row that is whole to `take`.
    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(&Record<'_>)) {
        match self {
            Self::Csv(csv) => csv.push(bytes, take),
            Self::Lines(lines) => lines.push(bytes, take),
        }
    }

    /// Gives the last row, where the file does not end with the end of a line.
    pub(super) fn end(&mut self, take: &mut dyn FnMut(&Record<'_>)) {
        match self {
            Self::Csv(csv) => csv.end(take),
            Self::Lines(lines) => lines.emit(take, true),
        }
    }
}

/// Where the reading is.
#[derive(Debug, Default)]
struct Place {
    /// Bytes taken.
    offset: u64,
    /// Where the row began.
    start: u64,
}

#[derive(Debug)]
pub(super) struct Csv {
    core: csv_core::Reader,
    /// Buffers of which the first `text_len` and `ends_len` are filled.
    cells: Cells,
    text_len: usize,
    ends_len: usize,
    place: Place,
    is_too_long: bool,
}

impl Csv {
    fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(&Record<'_>)) {
        let mut rest = bytes;
        loop {
            if self.place.offset == self.place.start {
                let blank = rest.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
                self.place.offset += count(blank);
                self.place.start = self.place.offset;
                rest = rest.get(blank..).unwrap_or_default();
            }
            if rest.is_empty() {
                return;
            }
            let used = self.step(rest, take, false);
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    fn end(&mut self, take: &mut dyn FnMut(&Record<'_>)) {
        // An empty input is the end: what is left becomes a row, or room is made for it.
        while self.place.offset > self.place.start {
            let before = (self.text_len, self.ends_len, self.cells.text.len(), self.cells.ends.len());
            self.step(&[], take, true);
            if before == (self.text_len, self.ends_len, self.cells.text.len(), self.cells.ends.len()) {
                return;
            }
        }
    }

    /// One step of the parser; the bytes it used.
    fn step(&mut self, input: &[u8], take: &mut dyn FnMut(&Record<'_>), is_open: bool) -> usize {
        let text = self.cells.text.get_mut(self.text_len..).unwrap_or_default();
        let ends = self.cells.ends.get_mut(self.ends_len..).unwrap_or_default();
        let (result, used, written, ended) = self.core.read_record(input, text, ends);
        self.place.offset += count(used);
        self.text_len += written;
        self.ends_len += ended;
        match result {
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
            ReadRecordResult::OutputFull => self.make_room(MAX_ROW, true),
            ReadRecordResult::OutputEndsFull => self.make_room(MAX_CELLS, false),
            ReadRecordResult::Record => self.emit(take, is_open),
        }
        used
    }

    /// Makes a buffer larger, or gives the row up where it is too long.
    fn make_room(&mut self, most: usize, is_text: bool) {
        let size = if is_text { self.cells.text.len() } else { self.cells.ends.len() };
        if size < most && !self.is_too_long {
            let size = (size * 2).min(most);
            if is_text { self.cells.text.resize(size, 0) } else { self.cells.ends.resize(size, 0) }
        } else {
            self.is_too_long = true;
            self.text_len = 0;
            self.ends_len = 0;
        }
    }

    fn emit(&mut self, take: &mut dyn FnMut(&Record<'_>), is_open: bool) {
        let (text_size, ends_size) = (self.cells.text.len(), self.cells.ends.len());
        self.cells.text.truncate(self.text_len);
        self.cells.ends.truncate(self.ends_len);
        take(&Record {
            start: self.place.start,
            bytes: self.place.offset - self.place.start,
            cells: &self.cells,
            is_too_long: self.is_too_long,
            is_open,
        });
        self.cells.text.resize(text_size, 0);
        self.cells.ends.resize(ends_size, 0);
        self.text_len = 0;
        self.ends_len = 0;
        self.is_too_long = false;
        self.place.start = self.place.offset;
    }
}

#[derive(Debug, Default)]
pub(super) struct Lines {
    separator: Option<u8>,
    /// The beginning of a line whose end has not come.
    carry: Vec<u8>,
    is_too_long: bool,
    place: Place,
    cells: Cells,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(&Record<'_>)) {
        let mut rest = bytes;
        while let Some(end) = memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end + 1);
            self.keep(line);
            self.emit(take, false);
            rest = after;
        }
        self.keep(rest);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.place.offset += count(bytes.len());
        if self.carry.len() + bytes.len() > MAX_ROW {
            self.is_too_long = true;
            self.carry.clear();
        }
        if !self.is_too_long {
            self.carry.extend_from_slice(bytes);
        }
    }

    fn emit(&mut self, take: &mut dyn FnMut(&Record<'_>), is_open: bool) {
        let bytes = self.place.offset - self.place.start;
        if bytes == 0 {
            return;
        }
        let line = self.carry.strip_suffix(b"\n").unwrap_or(&self.carry);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.cells.clear();
        match self.separator {
            // A comment has one cell.
            Some(separator) if !line.starts_with(b"#") => {
                line.split(|b| *b == separator).take(MAX_CELLS).for_each(|cell| self.cells.push(cell));
            }
            _ => self.cells.push(line),
        }
        let is_too_long = std::mem::take(&mut self.is_too_long);
        take(&Record { start: self.place.start, bytes, cells: &self.cells, is_too_long, is_open });
        self.carry.clear();
        self.place.start = self.place.offset;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    type Row = (u64, u64, Vec<String>, bool, bool);

    fn rows(mut splitter: Splitter, bytes: &[u8], piece: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut take = |r: &Record<'_>| {
            let cells = (0..r.cells.len()).map(|i| String::from_utf8_lossy(r.cells.bytes(i)).into_owned()).collect();
            rows.push((r.start, r.bytes, if r.is_too_long { Vec::new() } else { cells }, r.is_too_long, r.is_open));
        };
        bytes.chunks(piece).for_each(|piece| splitter.push(piece, &mut take));
        splitter.end(&mut take);
        rows
    }

    #[test]
    fn pieces_of_any_size_give_the_same_rows() {
        let text = b"a,b\r\n1,\"x\ny\"\"\"\r\n\r\n2,\r\n3,4";
        let whole = rows(Splitter::csv(b','), text, text.len());
        let cells: Vec<_> = whole.iter().map(|r| r.2.join("|")).collect();
        assert_eq!(cells, ["a|b", "1|x\ny\"", "2|", "3|4"]);
        assert_eq!(whole.iter().map(|r| r.0).collect::<Vec<_>>(), [0, 5, 18, 22]);
        assert_eq!(whole.iter().map(|r| r.4).collect::<Vec<_>>(), [false, false, false, true]);
        for piece in 1..text.len() {
            assert_eq!(rows(Splitter::csv(b','), text, piece), whole, "{piece}");
        }
        let text = b"#c\tx\na\tb\r\n\nc";
        let whole = rows(Splitter::lines(Some(b'\t')), text, text.len());
        assert_eq!(whole.iter().map(|r| r.2.join("|")).collect::<Vec<_>>(), ["#c\tx", "a|b", "", "c"]);
        for piece in 1..text.len() {
            assert_eq!(rows(Splitter::lines(Some(b'\t')), text, piece), whole, "{piece}");
        }
    }

    #[test]
    fn a_row_that_is_too_long_is_passed_over() {
        for (splitter, quote) in [(Splitter::csv as fn(u8) -> Splitter, "\""), (|s| Splitter::lines(Some(s)), "")] {
            let text = format!("a,b\n{quote}{}{quote},2\n3,4\n", "x".repeat(2 * MAX_ROW));
            let rows = rows(splitter(b','), text.as_bytes(), 1 << 16);
            assert_eq!(rows.iter().map(|r| r.3).collect::<Vec<_>>(), [false, true, false]);
            assert_eq!(rows[2].2, ["3", "4"]);
            assert_eq!(rows.iter().map(|r| r.1).sum::<u64>(), text.len() as u64);
        }
        let many = format!("{}\n1,2\n", ",".repeat(3 * MAX_CELLS));
        let rows = rows(Splitter::csv(b','), many.as_bytes(), 999);
        assert_eq!((rows[0].3, rows[1].2.len()), (true, 2));
    }
}
