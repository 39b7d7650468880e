//! Labels: what rows really are, by a table from somebody who knows.
//!
//! A line is about a packet (by number), a flow (by protocol and both ends, with or without a time), or whatever an
//! address did in a range of time. Columns are known by the names that public data sets give them, and any column can be
//! given a [`Role`] by hand. A time without a zone is UTC. What a line says is held against the rows of a report by [`evaluate`].

mod benign;
mod column;
mod entry;
mod matching;
mod measure;
mod read;
mod time;

pub use column::Role;
pub use measure::{Ranked, curves};
pub use read::Labels;

use matching::Truth;

use crate::report::{Evaluation, Report};
use crate::units::count;

/// Holds the verdicts of a report against labels. Several files: the first that names a row says what it is.
#[must_use]
pub fn evaluate(report: &Report, labels: &[Labels]) -> Evaluation {
    let mut matched: Vec<Vec<bool>> = labels.iter().map(|l| vec![false; l.entries()]).collect();
    // Whoever lists benign rows lists all; whoever lists attacks only means the rest to be benign.
    let is_rest_benign = !labels.iter().any(Labels::has_benign);
    let mut out = Evaluation { unit: report.settings.unit.name().to_owned(), is_rest_benign, ..Evaluation::default() };
    let mut ranked = Ranked::default();
    for row in 0..report.rows() {
        let mut truth = None;
        for (labels, matched) in labels.iter().zip(&mut matched) {
            let said = labels.truth(report, row, matched);
            truth = truth.or(said);
        }
        let class = match truth {
            None if !is_rest_benign => {
                out.unlabelled += 1;
                continue;
            }
            None | Some(Truth::Benign) => None,
            Some(Truth::LeftOut) => {
                out.left_out += 1;
                continue;
            }
            Some(Truth::Attack(class)) => Some(class),
        };
        match report.verdict(row).filter(|v| v.is_scored) {
            Some(verdict) => ranked.add(f64::from(verdict.score), verdict.is_anomalous(), class),
            None => out.unscored += 1,
        }
    }
    out.threshold = report.detection.threshold.score;
    ranked.measure(&mut out);
    for (labels, matched) in labels.iter().zip(matched) {
        let mut file = labels.file.clone();
        file.unmatched = count(matched.iter().filter(|is_matched| !**is_matched).count());
        out.labels.push(file);
    }
    out
}
