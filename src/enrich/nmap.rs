//! Port scans by nmap: what it declares, compared with what the traffic shows.

mod compare;
mod finding;
mod parse;
mod recognise;
mod scan;
mod services;

pub(super) use parse::is_nmap;
pub(super) use recognise::name_scan;
pub use scan::NmapScan;

use crate::report::{Enrichment, Report, ScanReport};

/// Compares a scan with the report's flows: the inventory, and what contradicts it as findings.
pub(super) fn add(report: &Report, scan: &NmapScan, enrichment: &mut Enrichment) {
    let own = recognise::own_flows(report, scan);
    let compared = compare::hosts(report, scan, &own);
    enrichment.findings.extend(finding::all(report, scan, &compared));
    enrichment.scans.push(ScanReport {
        name: scan.name.clone(),
        version: scan.version.clone(),
        args: scan.args.clone(),
        start: scan.start,
        end: scan.end(),
        is_cut: scan.is_cut,
        scanner: own.scanner.map(|address| address.to_string()),
        scan_flows: crate::units::count(own.rows.len()),
        host_count: scan.hosts(),
        hosts: compared.into_iter().take(ScanReport::MAX_HOSTS).map(|host| host.inventory).collect(),
        faults: scan.faults.report(),
    });
}
