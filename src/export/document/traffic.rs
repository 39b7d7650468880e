//! What the traffic was: over time, by protocol, by host.

use super::{Block, Extent, Grid, Item, Picture, Section, counted, plain, section};
use crate::report::{HostRecord, Place, Report};
use crate::sort;
use crate::units::{bytes_text, count, count_text};

pub(super) fn over_time(report: &Report, extent: Extent) -> Option<Section> {
    let timeline = &report.charts.timeline;
    if !extent.is_full || timeline.packets.is_empty() {
        return None;
    }
    let busiest = timeline.packets.iter().max().copied().unwrap_or(0);
    let told = format!(
        "Packets in {} intervals of {} s; {} in the busiest.",
        count_text(count(timeline.packets.len())),
        timeline.bin_seconds,
        count_text(busiest)
    );
    section("time", "Traffic over time", vec![Block::Picture(Picture::Timeline, told)])
}

pub(super) fn protocols(report: &Report, extent: Extent) -> Option<Section> {
    let all = &report.summary.protocols;
    let mut grid = Grid::new("Protocols, the largest first", &["Protocol", "#Flows", "#Packets", "#Bytes"]);
    grid.rows.extend(all.iter().take(extent.protocols).map(|p| {
        vec![
            plain(p.proto.clone()),
            plain(count_text(p.flows)),
            plain(count_text(p.packets)),
            plain(bytes_text(p.bytes)),
        ]
    }));
    let heading = counted("Protocols", grid.rows.len(), count(all.len()));
    if grid.rows.is_empty() { None } else { section("protocols", heading, vec![Block::Table(grid)]) }
}

pub(super) fn hosts(report: &Report, extent: Extent) -> Option<Section> {
    let mut hosts: Vec<&HostRecord> = report.hosts.iter().collect();
    // Stable: of equals the first in the capture.
    sort::by_key(&mut hosts, |h| std::cmp::Reverse(h.wire_bytes));
    let mut head = vec!["Host", "Name", "#Flows", "#Peers", "#Packets", "#Bytes", "#Sent", "#Received", "Services"];
    let places = report.places();
    if places.is_some() {
        head.extend(["Country", "Network (AS)"]);
    }
    let mut grid = Grid::new("Hosts with most bytes", &head);
    grid.rows.extend(hosts.into_iter().take(extent.hosts).map(|h| {
        let mut row = vec![
            Item::Code(h.address.to_string()),
            plain(h.name.as_deref().unwrap_or_default()),
            plain(count_text(h.flows.into())),
            plain(count_text(h.peers.into())),
            plain(count_text(h.packets)),
            plain(bytes_text(h.wire_bytes)),
            plain(bytes_text(h.sent().payload_bytes)),
            plain(bytes_text(h.received().payload_bytes)),
            plain(h.services.join(", ")),
        ];
        if let Some(places) = places {
            let place = places.of(h.address);
            row.push(plain(place.map(Place::country_text).unwrap_or_default()));
            row.push(plain(place.map(Place::network_text).unwrap_or_default()));
        }
        row
    }));
    let heading = counted("Hosts with most traffic", grid.rows.len(), count(report.hosts.len()));
    if grid.rows.is_empty() { None } else { section("hosts", heading, vec![Block::Table(grid)]) }
}
