//! Two captures compared: what one has by name that the baseline has not, and whether they can be compared at all.

use super::learn::OF_ROWS;
use super::names::{Seen, things};
use crate::report::{Baseline, BaselineUse, Names, New, News, Report, What};
use crate::units::{count, count_text, float};

/// The two have less than this share of the hosts of the smaller in common: they are of different networks.
const FOREIGN_SHARE: f64 = 0.05;
/// With fewer hosts in the smaller one nothing is said.
const FEW_HOSTS: u64 = 5;

/// New things of a kind, with the rows of their flows.
#[derive(Debug)]
pub struct Found {
    /// What they are.
    pub news: News,
    /// Rows of their flows, ascending.
    pub rows: Vec<u32>,
}

/// What a report has beside its baseline.
#[must_use]
pub fn compare(report: &Report, baseline: &Baseline) -> (BaselineUse, Vec<Found>) {
    let mut notes = Vec::new();
    let mut found = Vec::new();
    let (mut common_hosts, mut hosts) = (0, 0);
    for what in What::ALL {
        let known = baseline.known.of(what);
        let things = things(report, what, known);
        let of = count(things.seen.len());
        let new: Vec<Seen> = things.seen.into_iter().filter(|seen| !seen.is_known).collect();
        if what == What::Hosts {
            (common_hosts, hosts) = (of - count(new.len()), of);
        }
        if things.beyond > 0 {
            let (_, many) = what.noun();
            notes.push(format!("This capture has so many {many} that not all were looked at."));
        }
        if !new.is_empty() {
            found.push(of_kind(what, &new, of, known));
        }
    }
    let smaller = hosts.min(count(baseline.known.hosts.names.len()));
    let is_foreign = smaller >= FEW_HOSTS && float(common_hosts) < FOREIGN_SHARE * float(smaller);
    if is_foreign {
        notes.insert(
            0,
            format!(
                "The baseline is foreign: of its {} and this capture's {} hosts {} are the same. Scores against it say \
                 how unlike the two networks are.",
                count_text(count(baseline.known.hosts.names.len())),
                count_text(hosts),
                count_text(common_hosts)
            ),
        );
    }
    notes.extend(differences(report, baseline));
    let used = BaselineUse {
        captures: baseline.captures.clone(),
        wiresift_version: baseline.wiresift_version.clone(),
        first_ts: baseline.first_ts,
        last_ts: baseline.last_ts,
        row_count: baseline.row_count,
        fit_rows: count(baseline.rows.len()),
        common_hosts,
        is_foreign,
        notes,
        new: found.iter().map(|f| f.news.clone()).collect(),
    };
    (used, found)
}

fn of_kind(what: What, new: &[Seen], of: u64, known: &Names) -> Found {
    let listed = new.iter().take(News::MAX);
    let listed = listed.map(|seen| New { name: seen.name.clone(), first_ts: seen.first_ts, flows: seen.flows });
    let mut rows: Vec<u32> = new.iter().flat_map(|seen| seen.rows.iter().copied()).collect();
    rows.sort_unstable();
    rows.dedup();
    let news = News { what, count: count(new.len()), of, may_be_known: !known.is_whole(), listed: listed.collect() };
    Found { news, rows }
}

/// Settings and versions that differ, each in a sentence.
fn differences(report: &Report, baseline: &Baseline) -> Vec<String> {
    let settings = &report.settings;
    let mut notes: Vec<String> = OF_ROWS
        .iter()
        .filter_map(|name| {
            let (own, theirs) = (settings.get(name)?, baseline.settings.get(*name)?);
            (own != *theirs).then(|| format!("The baseline was made with {name} {theirs}, this run has {own}."))
        })
        .collect();
    let own = settings.get("protocol").unwrap_or_default();
    if baseline.protocol != own {
        notes.push(format!("The baseline was made with protocol {}, this run has {own}.", baseline.protocol));
    }
    if baseline.wiresift_version != report.wiresift_version {
        notes.push(format!(
            "The baseline was made by version {}, this is version {}: features may be measured otherwise.",
            baseline.wiresift_version, report.wiresift_version
        ));
    }
    notes
}
