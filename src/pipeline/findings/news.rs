//! What a capture has that its baseline has not, as findings: listed, not scored. New is not bad.

use std::net::IpAddr;

use super::LISTED;
use crate::detect::baseline::Found;
use crate::filter::export::display_address;
use crate::report::{Count, Finding, FlowRecord, Report, Severity, What, is_local, printable};
use crate::settings::Unit;
use crate::sort;
use crate::units::{count, count_text, float};

/// Names told in the evidence.
const NAMED: usize = 8;
/// Addresses in a display filter.
const FILTERED: usize = 20;
const SOURCE: &str = "The baseline: what the capture that is known to be good holds by name.";
const CAVEAT: &str = "What is new is not bad: a capture shows only what happened while it ran.";

/// One finding a kind of new thing.
pub(in crate::pipeline) fn findings(report: &Report, found: Vec<Found>) -> Vec<Finding> {
    found.into_iter().filter_map(|found| finding(report, found)).collect()
}

fn finding(report: &Report, Found { news, rows }: Found) -> Option<Finding> {
    let flows = || rows.iter().filter_map(|&row| report.flows.get(usize::try_from(row).ok()?));
    let hosts: Vec<IpAddr> = news.listed.iter().filter_map(|new| host_of(news.what, &new.name)).collect();
    let is_inside = hosts.iter().any(|host| is_local(*host));
    let (one, many) = news.what.noun();
    let title = match news.count {
        1 => format!("1 new {one} beside the baseline: {}", printable(&news.listed.first()?.name)),
        n => format!("{} new {many} beside the baseline", count_text(n)),
    };
    let named: Vec<String> = news
        .listed
        .iter()
        .take(NAMED)
        .map(|new| {
            let flows = if new.flows == 1 { "flow" } else { "flows" };
            format!("{} ({} {flows}, first {})", printable(&new.name), count_text(new.flows), new.first_ts)
        })
        .collect();
    let rest = news.count.saturating_sub(count(named.len()));
    let more = if rest > 0 { format!("; and {} more", count_text(rest)) } else { String::new() };
    let may = if news.may_be_known { " The baseline had no room for all of its own: some may be known." } else { "" };
    let evidence = format!(
        "Of {} {many} {} are new: {}{more}.{may}",
        count_text(news.of),
        count_text(news.count),
        named.join("; ")
    );
    let listed: Vec<String> = hosts.iter().take(LISTED).map(IpAddr::to_string).collect();
    // Who is new did something; what is new was done to.
    let (actors, targets) = if news.what == What::Hosts { (listed, Vec::new()) } else { (Vec::new(), listed) };
    let target_count = if targets.is_empty() { 0 } else { count(hosts.len()) };
    Some(Finding {
        id: String::new(),
        kind: news.what.kind(),
        severity: match news.what {
            What::Hosts | What::Services if is_inside => Severity::Low,
            _ => Severity::Info,
        },
        title,
        actors,
        targets,
        target_count,
        first_ts: flows().map(|f| f.first_ts).min()?,
        last_ts: flows().map(|f| f.last_ts).max()?,
        rows: count(rows.len()),
        raised: Vec::new(),
        packets: flows().map(FlowRecord::packets).fold(0, u64::saturating_add),
        bytes: flows().map(FlowRecord::wire_bytes).fold(0, u64::saturating_add),
        score: None,
        evidence,
        counts: vec![Count { name: "new", value: float(news.count) }, Count { name: "seen", value: float(news.of) }],
        technique: None,
        source: SOURCE,
        caveat: CAVEAT,
        filter: filter(&hosts),
        // Rows of other units are no flows.
        members: if report.settings.unit == Unit::Flow { rows } else { Vec::new() },
    })
}

/// The address that a name begins with, or of a pair the responder's.
fn host_of(what: What, name: &str) -> Option<IpAddr> {
    let name = if what == What::Pairs { name.split(" > ").nth(1)? } else { name };
    name.split(' ').next()?.parse().ok()
}

fn filter(hosts: &[IpAddr]) -> String {
    let mut hosts: Vec<IpAddr> = hosts.to_vec();
    sort::ascending(&mut hosts);
    hosts.dedup();
    let terms: Vec<String> = hosts.iter().take(FILTERED).map(|host| display_address(*host, false)).collect();
    terms.join(" or ")
}
