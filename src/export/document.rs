//! A report as sections of prose, facts and tables: what HTML and Markdown are both written from.
//!
//! Texts stand here as the report has them. Whoever writes them out escapes every one, whether it is from the capture or
//! from us.

mod account;
mod anomalies;
mod findings;
mod geography;
mod overview;
mod settings;
mod traffic;

use crate::report::{Report, Severity};

/// How much of each list is told; the rest is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    findings: usize,
    stories: usize,
    anomalies: usize,
    clusters: usize,
    hosts: usize,
    protocols: usize,
    files: usize,
    contributions: usize,
    /// Whether settings at their defaults are told too, and the charts drawn.
    is_full: bool,
}

impl Extent {
    /// Of a report that is kept.
    pub(super) const FULL: Self = Self {
        findings: Report::MAX_FINDINGS,
        stories: 50,
        anomalies: 25,
        clusters: 64,
        hosts: 20,
        protocols: 20,
        files: 100,
        contributions: 5,
        is_full: true,
    };
    /// Of a report that is pasted somewhere.
    pub(super) const SHORT: Self = Self {
        findings: 20,
        stories: 10,
        anomalies: 10,
        clusters: 10,
        hosts: 10,
        protocols: 10,
        files: 20,
        contributions: 3,
        is_full: false,
    };
}

/// A report in words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    /// What it is about.
    pub(super) title: String,
    /// The answer in a sentence.
    pub(super) verdict: String,
    /// What stands before all sections: how the reading ended, where it is not complete.
    pub(super) notice: Option<String>,
    pub(super) sections: Vec<Section>,
    /// The last line.
    pub(super) colophon: String,
}

/// A part of it under a heading.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Section {
    /// A word of ours that names its place.
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

/// One thing in a section.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// Names and what they are.
    Facts(Vec<(String, String)>),
    /// Rows under a header.
    Table(Grid),
    /// Something told at length under its own heading.
    Entry(Entry),
    /// Something to be copied as it is, and what it is.
    Code(&'static str, String),
    /// A chart, with what it shows in words.
    Picture(Picture, String),
}

/// A finding or an anomaly.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// `F1`, where it has one that the document refers to.
    pub(super) id: Option<String>,
    pub(super) severity: Severity,
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

/// A chart of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Picture {
    Histogram,
    Scatter,
    Timeline,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// What it lists, for who cannot see it.
    pub(super) caption: &'static str,
    pub(super) head: Vec<Head>,
    pub(super) rows: Vec<Vec<Item>>,
}

/// A column's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) name: &'static str,
    pub(super) is_number: bool,
}

/// What stands in a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    /// Words or a number.
    Plain(String),
    /// Something that is a name elsewhere: an address, a file.
    Code(String),
    /// How grave it is.
    Severity(Severity),
    /// The id of an entry below, where it is told.
    Reference(String),
}

impl Grid {
    /// A table without rows; numbers are the columns whose name begins with `#`, which is taken away.
    fn new(caption: &'static str, head: &[&'static str]) -> Self {
        let head = head.iter().map(|name| match name.strip_prefix('#') {
            Some(name) => Head { name, is_number: true },
            None => Head { name, is_number: false },
        });
        Self { caption, head: head.collect(), rows: Vec::new() }
    }
}

fn plain(text: impl Into<String>) -> Item {
    Item::Plain(text.into())
}

/// A section, unless nothing stands in it.
fn section(id: &'static str, heading: impl Into<String>, blocks: Vec<Block>) -> Option<Section> {
    (!blocks.is_empty()).then(|| Section { id, heading: heading.into(), blocks })
}

/// A heading that counts: `Findings (3)`, or `Findings (20 of 35)`.
fn counted(name: &str, shown: usize, all: u64) -> String {
    use crate::units::{count, count_text};
    if count(shown) < all {
        format!("{name} ({shown} of {})", count_text(all))
    } else {
        format!("{name} ({})", count_text(all))
    }
}

/// The report in words.
pub(super) fn document(report: &Report, extent: Extent) -> Document {
    let sections = [
        overview::key_figures(report),
        findings::stories(report, extent),
        findings::findings(report, extent),
        anomalies::anomalies(report, extent),
        anomalies::clusters(report, extent),
        traffic::over_time(report, extent),
        traffic::protocols(report, extent),
        traffic::hosts(report, extent),
        geography::countries(report),
        geography::networks(report),
        account::account(report),
        account::files(report, extent),
        account::warnings(report),
        account::limits(report),
        settings::settings(report, extent),
    ];
    Document {
        title: overview::title(report),
        verdict: report.summary.verdict.clone(),
        notice: overview::notice(report),
        sections: sections.into_iter().flatten().collect(),
        colophon: format!(
            "Written by Wiresift {} on the machine that read the capture. Unusual traffic is not the same as malicious traffic: \
             look at the packets before you act.",
            report.wiresift_version
        ),
    }
}
