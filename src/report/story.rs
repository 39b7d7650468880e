//! What was found about one host, told together.

use serde::Serialize;

use super::Severity;
use crate::units::Timestamp;

/// What the host of a story is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// It did what was found.
    Actor,
    /// It was done to, by nobody who can be named or by many.
    Target,
    /// No host can be named.
    Network,
}

/// The findings of one host.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Story {
    /// The address; empty where no host can be named.
    pub host: String,
    /// What it is in the story.
    pub part: Part,
    /// 0-100: `100 (1 - product of (1 - w))` over the kinds of its findings, each at its gravest, where `w` is 0.05, 0.3,
    /// 0.6, 0.8 and 0.9 from info to critical, and half of that for what is only strange.
    pub threat: f64,
    /// That of its gravest finding.
    pub severity: Severity,
    /// What it did, in a sentence.
    pub sentence: String,
    /// Ids of its findings, in the order of the findings.
    pub findings: Vec<String>,
    /// First packet of them.
    pub first_ts: Timestamp,
    /// Last packet of them.
    pub last_ts: Timestamp,
}
