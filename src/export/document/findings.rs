//! Hosts by threat, and what was found with its evidence.

use super::{Block, Entry, Extent, Grid, Item, Section, counted, plain, section};
use crate::export::words::{moment, plural};
use crate::report::{Finding, Places, Report};
use crate::settings::Unit;
use crate::units::{bytes_text, count};

/// Findings of a host named by their ids.
const IDS: usize = 8;
/// Hosts named of those that something was done to.
const TARGETS: usize = 8;

pub(super) fn stories(report: &Report, extent: Extent) -> Option<Section> {
    let mut grid =
        Grid::new("Hosts by threat, from 0 to 100", &["#Threat", "Severity", "Host", "What happened", "Findings"]);
    for story in report.stories.iter().take(extent.stories) {
        let more = if story.findings.len() > IDS { ", ..." } else { "" };
        let ids = story.findings.iter().take(IDS).map(String::as_str).collect::<Vec<_>>().join(", ");
        grid.rows.push(vec![
            plain(format!("{:.1}", story.threat)),
            Item::Severity(story.severity),
            if story.host.is_empty() { plain("the network") } else { Item::Code(story.host.clone()) },
            plain(story.sentence.clone()),
            plain(ids + more),
        ]);
    }
    let heading = counted("Hosts by threat", grid.rows.len(), count(report.stories.len()));
    if grid.rows.is_empty() { None } else { section("stories", heading, vec![Block::Table(grid)]) }
}

pub(super) fn findings(report: &Report, extent: Extent) -> Option<Section> {
    let shown = report.findings.len().min(extent.findings);
    let heading = counted("Findings", shown, count(report.findings.len()));
    if report.findings.is_empty() {
        let told = "No rule found anything, and no host stands out by its anomalies.".to_owned();
        return section("findings", heading, vec![Block::Text(told)]);
    }
    let mut grid = Grid::new("Findings, the gravest first", &["Id", "Severity", "Finding", "ATT&CK", "#Score"]);
    let is_timed = report.summary.first_ts.is_some();
    let mut entries = Vec::new();
    for f in report.findings.iter().take(extent.findings) {
        grid.rows.push(vec![
            Item::Reference(f.id.clone()),
            Item::Severity(f.severity),
            plain(f.title.clone()),
            plain(f.technique.map_or("", |t| t.id)),
            plain(f.score.map_or_else(String::new, |score| format!("{score:.3}"))),
        ]);
        entries.push(Block::Entry(entry(f, is_timed, report.settings.unit, report.places())));
    }
    let mut blocks = vec![Block::Table(grid)];
    blocks.extend(entries);
    section("findings", heading, blocks)
}

fn entry(f: &Finding, is_timed: bool, unit: Unit, places: Option<&Places>) -> Entry {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    if !f.evidence.is_empty() {
        fact("Evidence", f.evidence.clone());
    }
    if !f.actors.is_empty() {
        fact("By", some(&f.actors, count(f.actors.len()), places));
    }
    if !f.targets.is_empty() {
        fact("To", some(&f.targets, f.target_count, places));
    }
    if is_timed {
        fact("When", format!("{} to {} UTC", moment(f.first_ts), moment(f.last_ts)));
        let told = f.raised.iter().map(|raise| format!("{} by {}", plural(raise.rows, unit.name()), moment(raise.ts)));
        let told = told.collect::<Vec<_>>().join(", ");
        if !told.is_empty() {
            fact("Grew to", told);
        }
    }
    fact("Traffic", format!("{}, {}", plural(f.packets, "packet"), bytes_text(f.bytes)));
    if let Some(technique) = f.technique {
        fact("ATT&CK", format!("{}, {}", technique.id, technique.name));
    }
    fact("Wrong where", f.caveat.to_owned());
    if !f.source.is_empty() {
        fact("Thresholds", f.source.to_owned());
    }
    let mut blocks = vec![Block::Facts(facts)];
    if !f.filter.is_empty() {
        blocks.push(Block::Code("Filter for Wireshark", f.filter.clone()));
    }
    Entry { id: Some(f.id.clone()), severity: f.severity, heading: f.title.clone(), blocks }
}

/// The first hosts of a list with where they are, as far as that is known, and how many there are beside.
fn some(list: &[String], all: u64, places: Option<&Places>) -> String {
    let shown = list.len().min(TARGETS);
    let named = |host: &String| places.map_or_else(|| host.clone(), |places| places.named(host));
    let named = list.iter().take(shown).map(named).collect::<Vec<_>>().join(", ");
    match all.saturating_sub(count(shown)) {
        0 => named,
        more => format!("{named} and {}", plural(more, "other")),
    }
}
