//! Reads a label file, which may be anything.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::column::{Role, normal, places};
use super::entry::{self, Ends, Line, Said, Subject};
use crate::error::{Error, Result};
use crate::report::{LabelFault, LabelFile, SideFault};
use crate::units::count;

/// Most lines used.
const LINES: usize = 2_000_000;
/// Most lines about the same ends, address, or time alone: each is looked at for every row that they may be about.
const ALIKE: usize = 2_000;
/// Most columns looked at.
const COLUMNS: usize = 1_000;

/// One label file.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    pub(super) file: LabelFile,
    /// The columns' names, each with what it says.
    header: Vec<(String, Option<Role>)>,
    pub(super) lines: Vec<Line>,
    /// Places in `lines`.
    pub(super) flows: BTreeMap<Ends, Vec<usize>>,
    pub(super) packets: BTreeMap<u64, usize>,
    pub(super) hosts: BTreeMap<IpAddr, Vec<usize>>,
    pub(super) times: Vec<usize>,
    has_benign: bool,
    faults: Vec<SideFault>,
}

impl Labels {
    /// Whether the first line of a file names columns as label files have them. Addresses with categories alone are a threat
    /// list's.
    #[must_use]
    pub fn is_label_file(bytes: &[u8]) -> bool {
        let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len()).min(1 << 16);
        let first = bytes.get(..end).unwrap_or_default();
        std::str::from_utf8(first).is_ok_and(|first| {
            let places = places(&split(first, delimiter(first)), &[]);
            let only = [Role::Packet, Role::FlowId, Role::Start, Role::Src].iter().all(|role| !has(&places, *role));
            is_sufficient(&places) && (!only || has(&places, Role::Label))
        })
    }

    /// Reads a file. `map` gives columns roles by hand; lines that cannot be used are counted.
    ///
    /// **Errors** `SideFile` where no column says what is labelled, or none how.
    ///
    /// **Memory** bounded by 2,000,000 lines.
    pub fn read(name: &str, bytes: &[u8], map: &[(String, Role)]) -> Result<Self> {
        let refuse = |what: String| Error::SideFile { file: name.to_owned(), what };
        let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
        let first = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
        let delimiter = delimiter(&first);
        let header = split(&first, delimiter);
        if let Some((column, _)) = map.iter().find(|(c, _)| header.iter().all(|h| normal(h) != normal(c))) {
            return Err(refuse(format!("it has no column `{}` to map", column.escape_debug())));
        }
        let places = places(&header, map);
        if !is_sufficient(&places) {
            return Err(refuse(
                "its first line names no columns of labels: it needs one named label or class, and a packet number, both \
                 ends of a flow, an address or a time; --label-map gives other columns a role"
                    .to_owned(),
            ));
        }
        let shown = |name: &str| name.trim().trim_start_matches('\u{feff}').to_owned();
        let column = |(role, at): &(Role, usize)| {
            format!("{} = {}", header.get(*at).map(|name| shown(name)).unwrap_or_default(), role.name())
        };
        let role_at = |at: usize| places.iter().find(|(_, place)| *place == at).map(|(role, _)| *role);
        let file = LabelFile {
            name: name.to_owned(),
            kind: kind(&places).to_owned(),
            columns: places.iter().map(column).collect(),
            ..LabelFile::default()
        };
        let header = header.iter().enumerate().map(|(at, name)| (shown(name), role_at(at))).collect();
        let mut labels = Self { file, header, ..Self::default() };
        labels.read_lines(bytes.get(end..).unwrap_or_default(), delimiter, &places);
        Ok(labels)
    }

    /// The names of its columns, each with what it says, where it says something.
    #[must_use]
    pub fn columns(&self) -> &[(String, Option<Role>)] {
        &self.header
    }

    fn read_lines(&mut self, bytes: &[u8], delimiter: u8, places: &[(Role, usize)]) {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(delimiter).trim(csv::Trim::All);
        let mut record = csv::ByteRecord::new();
        let mut reader = reader.from_reader(bytes);
        loop {
            let line = line_at(bytes, reader.position());
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                // Memory can be read, and lines may have any number of cells.
                Ok(false) | Err(_) => break,
            }
            if record.iter().all(<[u8]>::is_empty) {
                self.fault("an empty line", line);
            } else if self.lines.len() >= LINES {
                self.fault("a line beyond the 2,000,000 that are used", line);
            } else {
                let cell = |role: Role| {
                    let (_, at) = places.iter().find(|(known, _)| *known == role)?;
                    record.get(*at).and_then(|bytes| std::str::from_utf8(bytes).ok())
                };
                match entry::read(&cell).and_then(|line| self.add(line)) {
                    Ok(()) => {}
                    Err(what) => self.fault(what, line),
                }
            }
        }
        self.file.lines = count(self.lines.len());
        let fault = |f: &SideFault| LabelFault { what: f.message.to_owned(), count: f.count, first_line: f.first_line };
        self.file.faults = self.faults.iter().map(fault).collect();
    }

    fn add(&mut self, line: Line) -> std::result::Result<(), &'static str> {
        let place = self.lines.len();
        let into = match line.subject {
            Subject::Packet(number) => {
                if self.packets.insert(number, place).is_some() {
                    return Err("a packet that was labelled before; the last counts");
                }
                None
            }
            Subject::Flow(ends) => Some(self.flows.entry(ends).or_default()),
            Subject::Hosts(address, _) => Some(self.hosts.entry(address).or_default()),
            Subject::All | Subject::Time => Some(&mut self.times),
        };
        if let Some(list) = into {
            if list.len() >= ALIKE {
                return Err("a line beyond the 2,000 that are used of one subject");
            }
            list.push(place);
        }
        self.has_benign |= line.said == Said::Benign;
        self.lines.push(line);
        Ok(())
    }

    fn fault(&mut self, what: &'static str, line: u64) {
        match self.faults.iter_mut().find(|fault| fault.kind == what) {
            Some(fault) => fault.count += 1,
            None => self.faults.push(SideFault { kind: what, message: what, count: 1, first_line: line }),
        }
    }

    /// Its name, columns and lines.
    #[must_use]
    pub fn file(&self) -> &LabelFile {
        &self.file
    }

    /// Lines that cannot be used, counted.
    #[must_use]
    pub fn faults(&self) -> &[SideFault] {
        &self.faults
    }

    /// Lines used.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.lines.len()
    }

    /// Whether any line says that something is benign.
    #[must_use]
    pub fn has_benign(&self) -> bool {
        self.has_benign
    }
}

/// The number of the next line with something in it: the reader skips the end of the header's line, and empty ones.
fn line_at(bytes: &[u8], at: &csv::Position) -> u64 {
    let rest = usize::try_from(at.byte()).ok().and_then(|byte| bytes.get(byte..)).unwrap_or_default();
    let skipped = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    at.line() + count(skipped.filter(|b| **b == b'\n').count())
}

fn delimiter(first: &str) -> u8 {
    let of = |byte: u8| first.bytes().filter(|b| *b == byte).count();
    let mut best = b',';
    for byte in [b'\t', b';', b'|'] {
        if of(byte) > of(best) {
            best = byte;
        }
    }
    best
}

fn split(first: &str, delimiter: u8) -> Vec<String> {
    let cells = first.trim_end().split(char::from(delimiter)).take(COLUMNS);
    cells.map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
}

fn has(places: &[(Role, usize)], role: Role) -> bool {
    places.iter().any(|(known, _)| *known == role)
}

/// Whether the columns say what is labelled and how.
fn is_sufficient(places: &[(Role, usize)]) -> bool {
    let has = |role| has(places, role);
    let says_how = has(Role::Label) || has(Role::Class) || (has(Role::Packets) && has(Role::AttackPackets));
    let subjects = [Role::Packet, Role::FlowId, Role::Address, Role::Start];
    says_how && (subjects.into_iter().any(has) || (has(Role::Src) && has(Role::Dst)))
}

fn kind(places: &[(Role, usize)]) -> &'static str {
    let has = |role| has(places, role);
    if has(Role::Packet) {
        "packets"
    } else if has(Role::FlowId) || (has(Role::Src) && has(Role::Dst) && has(Role::Proto)) {
        "flows"
    } else {
        "ranges"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_say_nothing_are_counted() {
        let text = "frame,class\n1,\n2,scan\n\nx,scan\n2,flood\n3\n,scan\n";
        let labels = Labels::read("a.csv", text.as_bytes(), &[]).unwrap();
        assert_eq!((labels.entries(), labels.has_benign()), (3, true));
        let faults: Vec<_> = labels.file().faults.iter().map(|f| (f.what.as_str(), f.count, f.first_line)).collect();
        assert_eq!(
            faults,
            [("a packet number that is none", 2, 5), ("a packet that was labelled before; the last counts", 1, 6)]
        );
    }

    #[test]
    fn other_files_are_refused_and_told_apart() {
        for other in ["", "a,b\n1,2\n", "ip\n10.0.0.1\n", "label\nx\n", "# list\n1.2.3.4\n", "\u{0}\u{1}\n"] {
            assert!(!Labels::is_label_file(other.as_bytes()), "{other}");
            assert_eq!(Labels::read("x", other.as_bytes(), &[]).unwrap_err().kind(), "side-file");
        }
        assert!(Labels::is_label_file(b"ip,label\n") && !Labels::is_label_file(b"ip,category\n"));
        assert!(Labels::is_label_file(
            b"first_frame\tt_first\tproto\tsrc\tsport\tdst\tdport\tpackets\tattack_packets\tclass\n"
        ));
        let map = [("b".to_owned(), Role::Label), ("a".to_owned(), Role::Packet)];
        assert_eq!(Labels::read("x", b"a,b\n1,2\n", &map).unwrap().entries(), 1);
        assert!(Labels::read("x", b"a,c\n1,2\n", &map).is_err());
    }
}
