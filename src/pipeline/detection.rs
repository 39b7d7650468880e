//! What follows from the rows of a finished reading: verdicts, findings, explanations, and all of it again with other
//! settings.

use std::sync::Arc;

use super::{anomalies, charts, findings, limits, overview, raise, shared, stories, summary};
use crate::detect;
use crate::enrich::{self, SideFiles};
use crate::error::{Error, Result};
use crate::features::{self, Rows};
use crate::report::{Baseline, Change, Contribution, Neighbour, Report, Scatter, Verdict};
use crate::settings::{Settings, Stage, TABLE, Unit};
use crate::units::count;

/// The rows of the unit in force.
#[must_use]
pub fn rows(report: &Report) -> Rows<'_> {
    match report.settings.unit {
        Unit::Flow => Rows::Flows(&report.flows),
        Unit::Packet => Rows::Packets(&report.packets),
        Unit::Host => Rows::Hosts(&report.hosts),
    }
}

/// Runs the detection of a report again with other settings, without its capture. Where only the threshold moved,
/// nothing is fitted again.
///
/// **Errors** `Detection` when a setting of the stage `read` differs; `InvalidSetting` as [`super::Analyzer::new`].
pub fn redetect(report: &mut Report, settings: &Settings) -> Result<()> {
    if report.settings.needs_reading(settings) {
        return Err(Error::Detection("these settings need the capture to be read again".into()));
    }
    settings.check()?;
    features::choose(settings, &rows(report).catalogue())?;
    let moves_threshold = |name: &str| matches!(name, "threshold-rule" | "threshold" | "small-cluster");
    let is_same_fit = TABLE
        .iter()
        .filter(|s| !matches!(s.stage, Stage::Read | Stage::Rules) && !moves_threshold(s.name))
        .all(|s| report.settings.get(s.name) == settings.get(s.name));
    if let Some(baseline) = &report.baseline {
        detect::baseline::check(baseline, settings)?;
    }
    if !is_same_fit {
        let before = std::mem::replace(&mut report.settings, settings.clone());
        let detected = match detect::run_against(rows(report), settings, report.baseline.as_deref()) {
            Ok(detected) => detected,
            Err(error) => {
                report.settings = before;
                return Err(error);
            }
        };
        if before.unit != settings.unit {
            report.settings.unit = before.unit;
            verdicts_mut(report).for_each(|verdict| *verdict = Verdict::default());
            report.settings.unit = settings.unit;
        }
        take(report, detected);
        return Ok(());
    }
    report.settings = settings.clone();
    let mut detection = std::mem::take(&mut report.detection);
    detect::decide(&mut detection, verdicts_mut(report), settings);
    report.detection = detection;
    conclude(report);
    Ok(())
}

/// Joins files beside the capture to a finished report, in place of those it had. The report is then as if it had been
/// finished with them.
///
/// **Errors** as [`redetect`].
pub fn enrich(report: &mut Report, files: &SideFiles) -> Result<()> {
    if report.baseline != files.baseline() {
        score_by(report, files.baseline())?;
    }
    enrich::apply(report, files);
    let settings = report.settings.clone();
    redetect(report, &settings)?;
    enrich::evaluate(report, files);
    Ok(())
}

/// The verdicts of the rows of the unit in force.
pub(super) fn verdicts_mut(report: &mut Report) -> Box<dyn Iterator<Item = &mut Verdict> + '_> {
    match report.settings.unit {
        Unit::Flow => Box::new(report.flows.iter_mut().map(|f| &mut f.verdict)),
        Unit::Packet => Box::new(report.packets.iter_mut().map(|p| &mut p.verdict)),
        Unit::Host => Box::new(report.hosts.iter_mut().map(|h| &mut h.verdict)),
    }
}

/// Runs the detection of a report that has none yet, as [`super::Analyzer::finish_reading`] gives it.
///
/// **Errors** `Detection` when the numbers cannot be fitted.
pub fn detect(report: &mut Report) -> Result<()> {
    let detected = detect::run_against(rows(report), &report.settings, report.baseline.as_deref())?;
    take(report, detected);
    Ok(())
}

/// Scores the rows of a report by a baseline, or by themselves again. The report stays as it was on errors.
///
/// **Errors** `Baseline` for one of other rows or features; `Detection` when the numbers cannot be fitted.
pub fn use_baseline(report: &mut Report, baseline: Option<Baseline>) -> Result<()> {
    score_by(report, baseline.map(Arc::new))
}

/// Refuses a baseline that says nothing of the rows of these settings.
///
/// **Errors** `Baseline`.
pub fn check_baseline(baseline: &Baseline, settings: &Settings) -> Result<()> {
    detect::baseline::check(baseline, settings)
}

fn score_by(report: &mut Report, baseline: Option<Arc<Baseline>>) -> Result<()> {
    if let Some(baseline) = &baseline {
        detect::baseline::check(baseline, &report.settings)?;
    }
    let detected = detect::run_against(rows(report), &report.settings, baseline.as_deref())?;
    report.baseline = baseline;
    take(report, detected);
    Ok(())
}

/// What is normal by a report of a capture that is known to be good.
///
/// **Errors** `Baseline` where there are too few distinct rows.
pub fn learn_baseline(report: &Report) -> Result<Baseline> {
    detect::baseline::learn(report, rows(report))
}

fn take(report: &mut Report, detected: detect::Detected) {
    report.detection = detected.detection;
    verdicts_mut(report).zip(detected.verdicts).for_each(|(row, verdict)| *row = verdict);
    conclude(report);
}

/// Everything that follows from the verdicts.
fn conclude(report: &mut Report) {
    let mut by_rule = detect::rules::run(report);
    enrich::complete(report, &mut by_rule);
    let suppressed = findings::suppress(&report.settings, &mut by_rule);
    raise::rows(report, &mut by_rule);
    // In one piece: the rows are far apart in memory.
    let verdicts: Vec<Verdict> =
        (0..report.rows()).map(|row| report.verdict(row).copied().unwrap_or_default()).collect();
    let ranked = anomalies::ranked(&verdicts);
    shared::note(report, &verdicts);
    report.summary.rows = report.detection.rows;
    report.summary.anomalies = count(ranked.len());
    let mut news = Vec::new();
    if let Some(baseline) = report.baseline.clone() {
        let (used, found) = detect::baseline::compare(report, &baseline);
        report.detection.baseline = Some(used);
        news = findings::news::findings(report, found);
    }
    let explainer = detect::Explainer::new(&report.detection, rows(report));
    let anomalies = anomalies::explain(report, &explainer, &ranked);
    let told = findings::group(report, &explainer, &ranked, by_rule, &suppressed, news);
    let (stories, all_stories) = stories::of(&told.findings, report.places());
    let charts = charts::draw(report, &explainer, &verdicts, &ranked, &stories);
    report.anomalies = anomalies;
    report.suppressed = told.suppressed;
    report.stories = stories;
    report.findings = told.findings;
    limits::note_detection(report, told.all, all_stories);
    overview::judge(report);
    report.charts = charts;
    charts::mark_findings(report);
    report.summary.verdict = summary::sentence(report);
}

/// Detectors that flag a row, of those that took part.
#[must_use]
pub fn votes(report: &Report, row: usize) -> u8 {
    let verdict = report.verdict(row).copied().unwrap_or_default();
    detect::Explainer::new(&report.detection, rows(report)).votes(row, &verdict)
}

/// The smallest change that would make a row normal, and the nearest normal row.
#[must_use]
pub fn contrast(report: &Report, row: usize) -> (Vec<Change>, Option<Neighbour>) {
    let Some(verdict) = report.verdict(row) else { return (Vec::new(), None) };
    let explainer = detect::Explainer::new(&report.detection, rows(report));
    (explainer.change(row, verdict), anomalies::neighbour(report, &explainer, row))
}

/// The cluster scatter with other axes: `component_1`, `component_2`, `score`, or a feature of the detection.
///
/// **Errors** `Plot` for another word.
pub fn scatter(report: &Report, axes: [&str; 2]) -> Result<Scatter> {
    charts::scatter_of(report, &detect::Explainer::new(&report.detection, rows(report)), axes)
}

/// Every feature's contribution to a row's distance, largest share first; empty when the row has no score.
#[must_use]
pub fn explain(report: &Report, row: usize) -> Vec<Contribution> {
    let verdict = report.verdict(row).copied().unwrap_or_default();
    detect::contributions(&report.detection, rows(report), row, &verdict)
}
