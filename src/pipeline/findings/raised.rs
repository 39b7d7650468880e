//! How a finding grew: the moments at which it would be told again.

use crate::report::{Finding, Raise, Report};
use crate::settings::Unit;
use crate::units::{Timestamp, count};

/// A finding is told again when it has this many times as many rows.
const FACTOR: usize = 10;

/// Notes when each finding had ten rows, a hundred, and so on.
pub(super) fn note(report: &Report, findings: &mut [Finding]) {
    for finding in findings {
        finding.raised = raises(report, &finding.members);
    }
}

fn raises(report: &Report, rows: &[u32]) -> Vec<Raise> {
    if rows.len() < FACTOR {
        return Vec::new();
    }
    let rows = rows.iter().filter_map(|&row| usize::try_from(row).ok());
    let mut begun: Vec<Timestamp> = rows.filter_map(|row| first_ts(report, row)).collect();
    begun.sort_unstable();
    let steps = std::iter::successors(Some(FACTOR), |rows| rows.checked_mul(FACTOR));
    steps.map_while(|rows| Some(Raise { rows: count(rows), ts: *begun.get(rows - 1)? })).collect()
}

fn first_ts(report: &Report, row: usize) -> Option<Timestamp> {
    match report.settings.unit {
        Unit::Flow => report.flows.get(row).map(|flow| flow.first_ts),
        Unit::Packet => report.packets.get(row).map(|packet| packet.ts),
        Unit::Host => report.hosts.get(row).map(|host| host.first_ts),
    }
}
