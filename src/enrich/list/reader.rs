//! From the bytes of a list to its entries.

use std::collections::BTreeMap;

use super::indicator::Indicator;
use super::line::LineReader;
use super::{Store, ThreatList, json};
use crate::enrich::faults::{Fault, Faults};
use crate::error::{Error, Result};
use crate::report::{Severity, printable};

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Format {
    /// An indicator a line, and what else there is behind it: FireHOL, ipsum, Spamhaus, RITA.
    Plain,
    /// A hosts file: `0.0.0.0 name`.
    Hosts,
    /// Adblock's `||name^`.
    Adblock,
    /// Cells between commas or tabs, with or without a header: Slips and others.
    Csv,
    /// Tables of abuse.ch: Feodo Tracker, SSLBL, URLhaus, ThreatFox.
    AbuseCh,
    /// Suricata's IP reputation: address, category, score.
    SuricataIprep,
    /// Suricata's datasets of strings, in base64.
    SuricataDataset,
    /// Zeek's intelligence framework.
    ZeekIntel,
    /// STIX 2.
    Stix,
    /// MISP's events and feeds.
    Misp,
    /// Other JSON with fields of known names.
    Json,
}

impl Format {
    /// Its word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Hosts => "hosts",
            Self::Adblock => "adblock",
            Self::Csv => "csv",
            Self::AbuseCh => "abuse-ch-csv",
            Self::SuricataIprep => "suricata-iprep",
            Self::SuricataDataset => "suricata-dataset",
            Self::ZeekIntel => "zeek-intel",
            Self::Stix => "stix",
            Self::Misp => "misp",
            Self::Json => "json",
        }
    }
}

/// A list being read.
#[derive(Debug, Default)]
pub(super) struct Building {
    pub(super) store: Store,
    pub(super) faults: Faults,
    /// How often each form occurred.
    forms: BTreeMap<Format, u64>,
}

impl Building {
    /// Takes an indicator, or why there is none.
    pub(super) fn take(&mut self, form: Format, found: std::result::Result<Indicator, Fault>, at: At<'_>) {
        let indicator = match found {
            Ok(indicator) => indicator,
            Err(fault) => return self.faults.add(fault, at.line),
        };
        *self.forms.entry(form).or_default() += 1;
        let worst = indicator.worst().min(at.worst);
        if !self.store.add(indicator, at.line, worst, at.note) {
            self.faults.add(Fault::BeyondLimit, at.line);
        }
    }

    /// The form that most entries have.
    pub(super) fn form(&self) -> Option<Format> {
        // The first of equals: forms are in the order of their names.
        self.forms.iter().rev().max_by_key(|(_, count)| **count).map(|(form, _)| *form)
    }
}

/// Where an indicator stands and what the list says of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) line: u64,
    pub(super) worst: Severity,
    pub(super) note: &'a str,
}

impl<'a> At<'a> {
    /// At a line, with nothing known beyond what is said.
    pub(super) fn line(line: u64, note: &'a str) -> Self {
        Self { line, worst: Severity::Critical, note }
    }
}

/// Bytes looked at for what no text has.
const LOOKED_AT: usize = 4096;
/// UTF-8's byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Characters of a bad line shown.
const SHOWN: usize = 60;

/// The text of a file without its byte order mark; why it is none otherwise.
pub(super) fn text_of(bytes: &[u8]) -> std::result::Result<std::borrow::Cow<'_, str>, &'static str> {
    let body = bytes.strip_prefix(MARK).unwrap_or(bytes);
    if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16 text; save it as UTF-8");
    }
    if body.get(..LOOKED_AT).unwrap_or(body).contains(&0) {
        return Err("it is binary data and no list; captures are given by -r, lists are text");
    }
    Ok(String::from_utf8_lossy(body))
}

pub(super) fn read(name: &str, bytes: &[u8]) -> Result<ThreatList> {
    let error = |what: String| Error::SideFile { file: name.to_owned(), what };
    let text = text_of(bytes).map_err(|why| error(why.to_owned()))?;
    let mut building = Building::default();
    if json::is_json(&text) {
        json::read(&text, &mut building).map_err(|why| error(format!("its JSON cannot be read: {why}")))?;
    } else {
        let mut reader = LineReader::default();
        for (number, line) in (1..).zip(text.split('\n')) {
            reader.read(line, number, &mut building);
        }
    }
    let format = building.form().unwrap_or(Format::Plain);
    let bad = building.faults.of(Fault::BadLine) + building.faults.of(Fault::LineTooLong);
    if building.form().is_none() && bad > 0 {
        let first = building.faults.first(Fault::BadLine).unwrap_or(1);
        let line = usize::try_from(first).ok().and_then(|n| text.split('\n').nth(n.saturating_sub(1)));
        let begin: String = line.unwrap_or_default().trim().chars().take(SHOWN).collect();
        return Err(error(format!(
            "nothing of it is an address, network, domain, URL, JA3, JA4 or hash of a certificate; line {first} begins \
             `{}`. A list has one a line, or columns named ip, domain, url, ioc, sha1, ja3 ...",
            printable(&begin)
        )));
    }
    let Building { store, faults, .. } = building;
    Ok(ThreatList { name: name.to_owned(), format, store, faults })
}
