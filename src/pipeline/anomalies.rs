//! The anomalous rows, ranked and explained.

use std::net::{IpAddr, SocketAddr};

use crate::detect::Explainer;
use crate::report::{Anomaly, Fields, Neighbour, Report, Verdict};
use crate::settings::Unit;
use crate::units::count;

/// Contributions kept with each anomaly of the report.
const CONTRIBUTIONS: usize = 5;

/// Anomalous rows, highest score first.
pub(super) fn ranked(verdicts: &[Verdict]) -> Vec<usize> {
    let anomalous = verdicts.iter().enumerate().filter(|(_, v)| v.is_anomalous());
    let mut rows: Vec<(f32, usize)> = anomalous.map(|(row, v)| (v.score, row)).collect();
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn end(address: Option<IpAddr>, port: Option<u16>) -> String {
    match (address, port) {
        (Some(address), Some(port)) => SocketAddr::new(address, port).to_string(),
        (Some(address), None) => address.to_string(),
        (None, Some(port)) => format!("unknown:{port}"),
        (None, None) => "unknown".to_owned(),
    }
}

/// The first of the ranked rows with what made them anomalous.
pub(super) fn explain(report: &Report, explainer: &Explainer<'_>, ranked: &[usize]) -> Vec<Anomaly> {
    let listed = ranked.iter().take(Report::MAX_ANOMALIES).enumerate();
    listed.filter_map(|(place, &row)| anomaly(report, explainer, row, place < Anomaly::EXPLAINED)).collect()
}

/// A row's id: the flow's uid, the packet's number, or the host's address.
pub(super) fn id_of(report: &Report, row: usize) -> Option<String> {
    Some(match report.settings.unit {
        Unit::Flow => report.flows.get(row)?.id_text(),
        Unit::Packet => report.packets.get(row)?.number.to_string(),
        Unit::Host => report.hosts.get(row)?.address.to_string(),
    })
}

/// The nearest normal row with its id.
pub(super) fn neighbour(report: &Report, explainer: &Explainer<'_>, row: usize) -> Option<Neighbour> {
    let nearest = explainer.neighbour(row, report.verdict(row)?)?;
    Some(Neighbour { id: id_of(report, usize::try_from(nearest.row).ok()?)?, ..nearest })
}

fn anomaly(report: &Report, explainer: &Explainer<'_>, row: usize, is_explained: bool) -> Option<Anomaly> {
    let verdict = report.verdict(row)?;
    let mut contributions = explainer.contributions(row, verdict);
    contributions.truncate(CONTRIBUTIONS);
    let (id, ts, proto, orig, resp) = match report.settings.unit {
        Unit::Flow => {
            let f = report.flows.get(row)?;
            let port = |p| f.proto.has_ports().then_some(p);
            let known = |address| f.knows(Fields::ADDRESSES).then_some(address);
            let orig = end(known(f.orig_addr), port(f.orig_port));
            let resp = end(known(f.resp_addr), port(f.resp_port));
            (f.id_text(), f.first_ts, f.proto.name(), orig, resp)
        }
        Unit::Packet => {
            let p = report.packets.get(row)?;
            let port = |n: Option<u16>| n.filter(|_| p.proto.has_ports());
            (
                p.number.to_string(),
                p.ts,
                p.proto.name(),
                end(Some(p.src), port(p.src_port)),
                end(Some(p.dst), port(p.dst_port)),
            )
        }
        Unit::Host => {
            let h = report.hosts.get(row)?;
            let peer = h.orig.main_peer.or(h.resp.main_peer);
            let address = h.address.to_string();
            let resp = peer.map_or_else(String::new, |peer| peer.to_string());
            (address.clone(), h.first_ts, h.protos_text(), address, resp)
        }
    };
    Some(Anomaly {
        row: count(row),
        id,
        ts,
        proto,
        orig,
        resp,
        application: report
            .flows
            .get(row)
            .filter(|_| report.settings.unit == Unit::Flow)
            .and_then(|f| f.application.as_deref())
            .cloned(),
        score: f64::from(verdict.score),
        severity: verdict.severity,
        reason: verdict.reason(),
        cluster: verdict.cluster,
        distance: f64::from(verdict.distance),
        agreement: explainer.votes(row, verdict),
        contributions,
        change: if is_explained { explainer.change(row, verdict) } else { Vec::new() },
        neighbour: if is_explained { neighbour(report, explainer, row) } else { None },
    })
}
