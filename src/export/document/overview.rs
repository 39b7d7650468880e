//! Title, key figures, and how the reading ended.

use super::{Block, Section, section};
use crate::export::words::{detector, moment, noun, plural, share};
use crate::report::{DetectionStatus, Report, Severity, Status};
use crate::units::{bytes_text, count, count_text, duration_text};

pub(super) fn title(report: &Report) -> String {
    match report.files.as_slice() {
        [] => "Wiresift report".to_owned(),
        [one] => format!("Wiresift report: {}", one.name),
        [first, rest @ ..] => format!("Wiresift report: {} and {} more", first.name, count_text(count(rest.len()))),
    }
}

/// What has to be known before anything else is believed.
pub(super) fn notice(report: &Report) -> Option<String> {
    let what = match report.outcome.status {
        Status::Complete => return None,
        Status::Partial => "Not read whole",
        Status::Rejected => "Not read",
    };
    Some(format!("{what}: {}", report.outcome.message.as_deref().unwrap_or("no reason is known")))
}

pub(super) fn key_figures(report: &Report) -> Option<Section> {
    let s = &report.summary;
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    fact("Packets", format!("{}, {}", count_text(s.packets), bytes_text(s.bytes)));
    fact("Flows", count_text(s.flows));
    fact("Hosts", count_text(s.hosts));
    if let (Some(first), Some(last)) = (s.first_ts, s.last_ts) {
        fact("First packet", moment(first) + " UTC");
        fact("Last packet", moment(last) + " UTC");
        fact("Time", duration_text(last.since(first)));
    }
    fact("Findings", findings(report));
    let d = &report.detection;
    match d.status {
        DetectionStatus::Scored => {
            fact("Scored", format!("{} by {}", plural(d.rows, noun(report)), detector(d)));
            fact("Compared by", plural(count(d.features.len()), "feature"));
            fact("Anomalous", format!("{} ({})", count_text(s.anomalies), share(s.anomalies, d.rows)));
            fact("From score", format!("{:.3}", d.threshold.score));
        }
        DetectionStatus::NoOutliers => fact("Scores", format!("none: all {}s are alike", noun(report))),
        DetectionStatus::NotEnoughData => {
            fact("Scores", format!("none: too few {}s to say what is usual", noun(report)));
        }
    }
    if let Some(used) = &d.baseline {
        let name = used.captures.first().map_or("a capture without a name", String::as_str);
        let more = used.captures.len().saturating_sub(1);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        fact("Baseline", format!("{name}{more} ({})", plural(used.row_count, "row")));
        for news in &used.new {
            let (one, many) = news.what.noun();
            let noun = if news.count == 1 { one } else { many };
            fact("New", format!("{} {noun} of {}", count_text(news.count), count_text(news.of)));
        }
    }
    section("figures", "Key figures", vec![Block::Facts(facts)])
}

/// How many there are of each severity, the gravest first.
fn findings(report: &Report) -> String {
    use Severity::{Critical, High, Info, Low, Medium};
    let of = |severity: Severity| report.findings.iter().filter(|f| f.severity == severity).count();
    let some = [Critical, High, Medium, Low, Info].map(|severity| (of(severity), severity.name()));
    let told: Vec<String> = some.iter().filter(|(n, _)| *n > 0).map(|(n, name)| format!("{n} {name}")).collect();
    let suppressed = match report.suppressed {
        0 => String::new(),
        n => format!(" ({} not told, as the settings say)", count_text(n)),
    };
    let told = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
    told + &suppressed
}
