//! What is known beside the capture: threat lists, port scans by nmap and GeoIP databases, joined to a finished report.
//!
//! Side files are read whole, within [`SideFiles::MAX_BYTES`] each, and matched here: no indicator leaves the machine.
//! [`apply`] maps a report to a report and looks at its flows only, so that what it finds holds whatever the detection's
//! settings are; the pipeline puts its findings among the others.

mod faults;
mod geoip;
mod hits;
mod identify;
pub mod labels;
mod list;
mod nmap;
mod side_files;
mod words;

pub use geoip::GeoDatabase;
pub use identify::{SideKind, identify};
pub use list::{Format, ThreatList};
pub use nmap::NmapScan;
pub use side_files::{SideFile, SideFiles};

use crate::report::{Enrichment, Finding, Report};

/// Compares the report's flows with the side files. Without any, the report is as if there had never been one.
pub fn apply(report: &mut Report, files: &SideFiles) {
    if files.is_empty() {
        report.enrichment = None;
        return;
    }
    let mut enrichment = Enrichment::default();
    hits::add(report, &files.lists, &mut enrichment);
    for scan in &files.scans {
        nmap::add(report, scan, &mut enrichment);
    }
    geoip::add(report, &files.databases, &mut enrichment);
    report.enrichment = Some(enrichment);
}

/// Holds the verdicts of a finished report against labels, where there are any.
pub fn evaluate(report: &mut Report, files: &SideFiles) {
    report.evaluation = (!files.labels.is_empty()).then(|| labels::evaluate(report, &files.labels));
}

/// Puts what side files say to the findings of rules, before these reach the rows: what is a known scan is called so, and
/// what the files themselves show is added.
pub fn complete(report: &Report, findings: &mut Vec<Finding>) {
    let Some(enrichment) = &report.enrichment else { return };
    for scan in &enrichment.scans {
        nmap::name_scan(report, scan, findings);
    }
    findings.extend(enrichment.findings.iter().cloned());
}
