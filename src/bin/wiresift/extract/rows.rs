//! Which rows are meant.

use clap::ArgMatches;
use wiresift::filter::Filter;
use wiresift::report::Report;
use wiresift::settings::Unit;

use crate::exit::UsageError;
use crate::filter_flag;

/// Rows by name, of a report that does not exist yet.
pub(super) struct Wanted {
    findings: Vec<String>,
    flows: Vec<String>,
    filter: Option<Filter>,
}

impl Wanted {
    /// What the command line asks for.
    pub(super) fn of(matches: &ArgMatches) -> anyhow::Result<Self> {
        let all = |name| matches.get_many::<String>(name).into_iter().flatten().cloned().collect();
        let filter = matches.get_one::<String>("filter").map(|text| filter_flag::parse(text)).transpose()?;
        Ok(Self { findings: all("finding"), flows: all("flow"), filter })
    }

    /// The rows in a report, all that are meant in any way.
    pub(super) fn rows(&self, report: &Report) -> Result<Vec<u32>, UsageError> {
        let mut rows = Vec::new();
        for id in &self.findings {
            let finding = report.findings.iter().find(|f| f.id == *id).ok_or_else(|| no_finding(report, id))?;
            rows.extend(&finding.members);
        }
        if !self.flows.is_empty() {
            rows.extend(self.flow_rows(report)?);
        }
        if let Some(filter) = &self.filter {
            rows.extend(filter.selects(report));
        }
        rows.sort_unstable();
        rows.dedup();
        Ok(rows)
    }

    fn flow_rows(&self, report: &Report) -> Result<Vec<u32>, UsageError> {
        if report.settings.unit != Unit::Flow {
            return Err(UsageError("--flow needs --unit flow; with another unit use --filter".into()));
        }
        let mut missing = self.flows.clone();
        let mut rows = Vec::new();
        for (row, flow) in (0..).zip(&report.flows) {
            let uid = flow.id_text();
            if self.flows.contains(&uid) {
                missing.retain(|m| *m != uid);
                rows.push(row);
            }
        }
        match missing.first() {
            None => Ok(rows),
            Some(uid) => Err(UsageError(format!(
                "there is no flow `{uid}` in the capture; `wiresift flows -r FILE` lists them (column uid)"
            ))),
        }
    }
}

fn no_finding(report: &Report, id: &str) -> UsageError {
    let there_are = match (report.findings.first(), report.findings.last()) {
        (Some(first), Some(last)) => format!("there are {} to {}", first.id, last.id),
        _ => "the capture has none with these settings".to_owned(),
    };
    UsageError(format!("there is no finding `{id}`: {there_are}; `wiresift analyze -r FILE` lists them"))
}

/// Packets of the rows, by the report.
pub(super) fn packets(report: &Report, rows: &[u32]) -> u64 {
    let of_hosts;
    let rows = match report.settings.unit {
        Unit::Host => {
            of_hosts = report.flows_of_hosts(rows);
            &of_hosts
        }
        Unit::Flow | Unit::Packet => rows,
    };
    let of = |row: &u32| match report.settings.unit {
        Unit::Packet => 1,
        Unit::Flow | Unit::Host => {
            usize::try_from(*row).ok().and_then(|row| report.flows.get(row)).map_or(0, |flow| flow.packets())
        }
    };
    rows.iter().map(of).sum()
}
