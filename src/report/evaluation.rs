//! How well the scores agree with labels: plain data.

use serde::{Deserialize, Serialize};

/// Labelled rows by what they are and what was said of them, at the threshold in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confusion {
    /// Attacks called anomalous.
    pub true_positives: u64,
    /// Benign rows called anomalous.
    pub false_positives: u64,
    /// Attacks not called so.
    pub false_negatives: u64,
    /// Benign rows not called so.
    pub true_negatives: u64,
}

/// One point of a curve: what holds where every row with at least this score is called anomalous.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// False positive rate, or recall.
    pub x: f64,
    /// True positive rate, or precision.
    pub y: f64,
    /// The score; null at the end of a curve where no row is called anomalous.
    pub score: Option<f64>,
}

/// A curve, thinned for drawing; the area is of all its points.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Curve {
    /// Area under it, 0-1: of ROC by trapezoids, of precision and recall by steps (average precision). Null where one of
    /// the two kinds of row is missing.
    pub area: Option<f64>,
    /// Its points, x ascending.
    pub points: Vec<CurvePoint>,
}

/// One class of attack against all benign rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassResult {
    /// Its name in the label file.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// Of these, called anomalous.
    pub flagged: u64,
    /// Their share.
    pub recall: f64,
    /// Area under the ROC curve; null without benign rows.
    pub roc_auc: Option<f64>,
    /// Average precision; null without benign rows.
    pub average_precision: Option<f64>,
}

/// Lines of a label file that say nothing that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelFault {
    /// What is wrong with them.
    pub what: String,
    /// How many.
    pub count: u64,
    /// The first one's number in the file, from 1.
    pub first_line: u64,
}

/// One label file as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LabelFile {
    /// Its name.
    pub name: String,
    /// `packets`, `flows` or `ranges`: what a line is about.
    pub kind: String,
    /// Its columns that are used, as `column = role`.
    pub columns: Vec<String>,
    /// Lines that say what something is.
    pub lines: u64,
    /// Lines that no row of the capture matches.
    pub unmatched: u64,
    /// Lines that cannot be used.
    pub faults: Vec<LabelFault>,
}

/// How well the scores of a run agree with labels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Evaluation {
    /// The label files.
    pub labels: Vec<LabelFile>,
    /// `flow`, `packet` or `host`: what a row is.
    pub unit: String,
    /// Rows that are labelled and scored.
    pub rows: u64,
    /// Of these, attacks.
    pub attacks: u64,
    /// Rows that no label names and that take no part.
    pub unlabelled: u64,
    /// Rows whose label asks to leave them out.
    pub left_out: u64,
    /// Labelled rows without a score.
    pub unscored: u64,
    /// Whether rows that no label names count as benign: the files name attacks only.
    pub is_rest_benign: bool,
    /// The score from which on rows are anomalous to the detector; rules may call others so too.
    pub threshold: f64,
    /// What was said at the threshold in force, rules included.
    pub confusion: Confusion,
    /// Share of the rows called anomalous that are attacks; null where none is called so.
    pub precision: Option<f64>,
    /// Share of the attacks called anomalous; null without attacks.
    pub recall: Option<f64>,
    /// Harmonic mean of the two; null where one is missing or both are 0.
    pub f1: Option<f64>,
    /// Share of the benign rows called anomalous; null without benign rows.
    pub false_positive_rate: Option<f64>,
    /// False against true positive rate.
    pub roc: Curve,
    /// Recall against precision.
    pub precision_recall: Curve,
    /// Share of attacks among as many highest scores as there are attacks; equal scores count in part.
    pub precision_at_n: Option<f64>,
    /// Each class of attack, most rows first.
    pub classes: Vec<ClassResult>,
}
