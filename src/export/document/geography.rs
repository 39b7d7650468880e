//! Countries and networks, by GeoIP databases beside the capture.

use super::{Block, Grid, Item, Section, counted, plain, section};
use crate::export::words::{built, country, network};
use crate::report::{Enrichment, Geography, Report, Volume};
use crate::units::{bytes_text, count, count_text};

pub(super) fn countries(report: &Report) -> Option<Section> {
    let (enrichment, Geography { countries, .. }) = told(report)?;
    let mut grid = Grid::new("Countries with most bytes", &["Country", "#Hosts", "#Flows", "#Packets", "#Bytes"]);
    grid.rows.extend(countries.first.iter().map(|of| row(country(of), Some(of.hosts), &of.volume)));
    listed("countries", "Countries", grid, countries.count, &countries.others, enrichment)
}

pub(super) fn networks(report: &Report) -> Option<Section> {
    let (enrichment, Geography { networks, .. }) = told(report)?;
    let mut grid =
        Grid::new("Autonomous systems with most bytes", &["Network (AS)", "#Hosts", "#Flows", "#Packets", "#Bytes"]);
    grid.rows.extend(networks.first.iter().map(|of| row(network(of), Some(of.hosts), &of.volume)));
    listed("networks", "Networks (AS)", grid, networks.count, &networks.others, enrichment)
}

fn told(report: &Report) -> Option<(&Enrichment, &Geography)> {
    let enrichment = report.enrichment.as_ref()?;
    Some((enrichment, enrichment.geography.as_ref()?))
}

fn row(name: String, hosts: Option<u64>, volume: &Volume) -> Vec<Item> {
    vec![
        plain(name),
        plain(hosts.map(count_text).unwrap_or_default()),
        plain(count_text(volume.flows)),
        plain(count_text(volume.packets)),
        plain(bytes_text(volume.bytes)),
    ]
}

/// The list with what the others add up to, and the databases that say it.
fn listed(
    id: &'static str,
    name: &str,
    mut grid: Grid,
    all: u64,
    others: &Volume,
    enrichment: &Enrichment,
) -> Option<Section> {
    let shown = grid.rows.len();
    if shown == 0 {
        return None;
    }
    let more = all.saturating_sub(count(shown));
    if more > 0 {
        grid.rows.push(row(format!("{} others", count_text(more)), None, others));
    }
    let used = enrichment.databases.iter().filter(|database| !database.facts.is_empty());
    let used: Vec<String> = used.map(|database| format!("{} ({})", database.name, built(database))).collect();
    let told = format!("Each flow counts whole with both its ends. By {}.", used.join(", "));
    section(id, counted(name, shown, all), vec![Block::Text(told), Block::Table(grid)])
}
