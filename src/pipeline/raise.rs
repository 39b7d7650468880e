//! What the rules say of rows: a flow of a finding is at least as severe as the finding, and its score rises.

mod packets;

use crate::detect::combined_score;
use crate::report::{DetectionStatus, Finding, Report, Severity, Verdict};
use crate::settings::Unit;
use crate::units::count;

/// Tells the rows which findings of rules they are part of, and makes the findings' members rows of the unit in force.
pub(super) fn rows(report: &mut Report, findings: &mut [Finding]) {
    let is_scored = report.detection.status == DetectionStatus::Scored;
    super::detection::verdicts_mut(report).for_each(|verdict| {
        verdict.rule = Severity::None;
        if !is_scored {
            (verdict.own_score, verdict.severity) = (0.0, Severity::None);
        }
    });
    match report.settings.unit {
        Unit::Flow => {}
        Unit::Packet => packets::take_place(report, findings),
        Unit::Host => findings.iter_mut().for_each(|finding| finding.members = hosts_of(report, finding)),
    }
    findings.iter_mut().for_each(|finding| finding.rows = count(finding.members.len()));
    for finding in findings.iter() {
        for &row in &finding.members {
            if let Some(verdict) = usize::try_from(row).ok().and_then(|row| report.verdict_mut(row)) {
                verdict.rule = verdict.rule.max(finding.severity);
            }
        }
    }
    super::detection::verdicts_mut(report).for_each(raise);
}

#[allow(clippy::cast_possible_truncation)] // a score needs no more than 24 bits
fn raise(verdict: &mut Verdict) {
    verdict.score = combined_score(f64::from(verdict.own_score), verdict.rule) as f32;
    verdict.severity = verdict.severity.max(verdict.rule);
}

/// The hosts that did it.
fn hosts_of(report: &Report, finding: &Finding) -> Vec<u32> {
    let is_actor = |address: &str| finding.actors.iter().any(|actor| actor == address);
    (0..).zip(&report.hosts).filter(|(_, host)| is_actor(&host.address.to_string())).map(|(row, _)| row).collect()
}
