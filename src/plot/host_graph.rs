//! Who talks to whom: hosts as marks, conversations as lines between them.

use plotters::element::PathElement;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::Style;
use super::frame::{Entry, Sheet, pixel};
use super::marks::{Mark, draw_rimmed};
use crate::error::Result;
use crate::report::{Charts, GraphEdge, GraphNode, HostGraph, Severity};
use crate::units::{count, count_text, float};

/// Logical radius of a host without bytes, and what one with most bytes has more.
const LEAST_RADIUS: f64 = 3.5;
const MORE_RADIUS: f64 = 12.0;
/// Least logical radius of a host of which something was found: its shape has to be seen.
const GRAVE_RADIUS: f64 = 6.5;
/// Logical width of a line without bytes, and what one with most has more.
const LEAST_WIDTH: f64 = 0.6;
const MORE_WIDTH: f64 = 3.4;
/// Longest label, in letters: an IPv6 address has up to 39.
const LONGEST: usize = 26;

/// Every severity, in order.
const SEVERITIES: [Severity; 6] =
    [Severity::None, Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

/// A host as it is drawn: middle and radius, device pixels.
#[derive(Debug, Clone, Copy)]
struct Spot {
    x: i32,
    y: i32,
    radius: i32,
}

/// Left, top, right and bottom, device pixels.
type Area = (i32, i32, i32, i32);

/// What a drawn host graph knows about its pixels.
#[derive(Debug, Clone, Default)]
pub struct HostGraphMap {
    spots: Vec<Spot>,
}

impl HostGraphMap {
    /// The node at a pixel, or nearest to it at most `reach` device pixels from its rim: its place in the report's list.
    #[must_use]
    pub fn node_at(&self, x: i32, y: i32, reach: f64) -> Option<usize> {
        let away = |spot: &Spot| {
            let (dx, dy) = (f64::from(spot.x) - f64::from(x), f64::from(spot.y) - f64::from(y));
            libm::hypot(dx, dy) - f64::from(spot.radius)
        };
        let near =
            self.spots.iter().enumerate().map(|(node, spot)| (node, away(spot))).filter(|(_, far)| *far <= reach);
        near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(node, _)| node)
    }

    /// Middle and radius of a node in device pixels; `None` where it is not drawn.
    #[must_use]
    pub fn position_of(&self, node: usize) -> Option<(i32, i32, i32)> {
        self.spots.get(node).map(|spot| (spot.x, spot.y, spot.radius))
    }
}

/// Draws the hosts, larger by bytes, of a shape and colour by the severity of what they did, and the conversations between
/// them, wider by bytes.
///
/// **Errors** `Plot` with the backend's words.
pub fn draw_host_graph<B: DrawingBackend>(backend: B, charts: &Charts, style: &Style) -> Result<HostGraphMap> {
    let graph = &charts.host_graph;
    let sheet = Sheet::new(backend, style, "host graph")?;
    if graph.nodes.is_empty() {
        sheet.empty("No hosts to draw")?;
        return Ok(HostGraphMap::default());
    }
    let Some(area) = sheet.bare("Who talks to whom", &note(graph), &legend(&sheet, graph))? else {
        sheet.finish()?;
        return Ok(HostGraphMap::default());
    };
    let spots = spots(&sheet, graph, area);
    let range = logs(graph);
    // Those with anomalies come first in the list and lie on top.
    for edge in graph.edges.iter().rev() {
        draw_edge(&sheet, edge, &spots, range)?;
    }
    for (node, spot) in graph.nodes.iter().zip(&spots).rev() {
        let (mark, color) = (mark_of(node), sheet.palette.severity(node.severity));
        draw_rimmed(&sheet, (spot.x, spot.y), mark, spot.radius, color)?;
    }
    draw_labels(&sheet, graph, &spots, area)?;
    sheet.finish()?;
    Ok(HostGraphMap { spots })
}

fn note(graph: &HostGraph) -> String {
    let all: u64 = graph.nodes.iter().map(|node| node.hosts).sum();
    let shown = count(graph.nodes.iter().filter(|node| !is_others(node)).count());
    if shown == all {
        return format!("{} hosts", count_text(all));
    }
    format!("{} of {} hosts: the gravest, then by bytes", count_text(shown), count_text(all))
}

fn is_others(node: &GraphNode) -> bool {
    node.address.is_empty()
}

fn mark_of(node: &GraphNode) -> Mark {
    match node.severity {
        Severity::None if is_others(node) => Mark::Ring,
        Severity::None => Mark::Disc,
        Severity::Info => Mark::Cross,
        Severity::Low => Mark::Square,
        Severity::Medium => Mark::Diamond,
        Severity::High => Mark::Triangle,
        Severity::Critical => Mark::Star,
    }
}

fn legend<B: DrawingBackend>(sheet: &Sheet<B>, graph: &HostGraph) -> Vec<Entry> {
    let entry = |severity: Severity| {
        let of = |node: &&GraphNode| node.severity == severity && !is_others(node);
        let hosts = count(graph.nodes.iter().filter(of).count());
        let mark = graph.nodes.iter().find(of).map(mark_of)?;
        let word = if severity == Severity::None { "nothing found" } else { severity.name() };
        let label = format!("{word} ({})", count_text(hosts));
        Some(Entry { mark, color: sheet.palette.severity(severity), label })
    };
    let mut legend: Vec<Entry> = SEVERITIES.into_iter().rev().filter_map(entry).collect();
    if graph.edges.iter().any(|edge| edge.anomalies > 0) {
        let label = "with anomalies".to_owned();
        legend.push(Entry { mark: Mark::Line, color: sheet.palette.anomaly, label });
    }
    legend
}

/// The least and the highest logarithm of the conversations' bytes.
fn logs(graph: &HostGraph) -> (f64, f64) {
    let logs = graph.edges.iter().map(|edge| libm::log1p(float(edge.bytes)));
    logs.fold((f64::MAX, 0.0), |(low, high), log| (low.min(log), high.max(log)))
}

fn spots<B: DrawingBackend>(sheet: &Sheet<B>, graph: &HostGraph, area: Area) -> Vec<Spot> {
    let most = float(graph.nodes.iter().filter(|n| !is_others(n)).map(|n| n.bytes).max().unwrap_or(0)).max(1.0);
    let more = if sheet.is_narrow() { MORE_RADIUS * 0.7 } else { MORE_RADIUS };
    // Inside the area by the largest mark, and on the right by a short label.
    let rim = sheet.px(LEAST_RADIUS + more + 2.0);
    let (left, top, right, bottom) = (area.0 + rim * 2, area.1 + rim, area.2 - rim * 3, area.3 - rim);
    let along = |from: i32, to: i32, share: f64| {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 };
        from + pixel(f64::from((to - from).max(0)) * share)
    };
    let spot = |node: &GraphNode| {
        // The area is as the bytes: the radius as their root.
        let share = libm::sqrt((float(node.bytes) / most).clamp(0.0, 1.0));
        let least = if node.severity > Severity::None { GRAVE_RADIUS } else { 0.0 };
        let radius = sheet.px((LEAST_RADIUS + more * share).max(least)).max(1);
        Spot { x: along(left, right, node.x), y: along(top, bottom, node.y), radius }
    };
    graph.nodes.iter().map(spot).collect()
}

fn draw_edge<B: DrawingBackend>(sheet: &Sheet<B>, edge: &GraphEdge, spots: &[Spot], range: (f64, f64)) -> Result<()> {
    let end = |node: u32| usize::try_from(node).ok().and_then(|node| spots.get(node)).map(|spot| (spot.x, spot.y));
    let (Some(from), Some(to)) = (end(edge.from), end(edge.to)) else { return Ok(()) };
    let share = (libm::log1p(float(edge.bytes)) - range.0) / (range.1 - range.0).max(1e-9);
    let width = LEAST_WIDTH + MORE_WIDTH * share.clamp(0.0, 1.0);
    let (color, opacity) = if edge.anomalies > 0 { (sheet.palette.anomaly, 0.75) } else { (sheet.palette.axis, 0.4) };
    let stroke = color.mix(opacity).stroke_width(u32::try_from(sheet.px(width).max(1)).unwrap_or(1));
    sheet.ok(sheet.area.draw(&PathElement::new(vec![from, to], stroke)))
}

fn label_of(node: &GraphNode) -> String {
    match node.hosts {
        _ if !is_others(node) => super::frame::shortened(&node.address, LONGEST),
        1 => "1 other host".to_owned(),
        hosts => format!("{} other hosts", count_text(hosts)),
    }
}

/// Names the hosts, the most important first, where there is room beside their marks; those of which something was found
/// over the marks of others, where there is none.
fn draw_labels<B: DrawingBackend>(sheet: &Sheet<B>, graph: &HostGraph, spots: &[Spot], area: Area) -> Result<()> {
    let marks: Vec<Area> =
        spots.iter().map(|s| (s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius)).collect();
    let mut taken: Vec<Area> = Vec::new();
    let others = graph.nodes.iter().zip(spots).filter(|(node, _)| is_others(node));
    let hosts = graph.nodes.iter().zip(spots).filter(|(node, _)| !is_others(node));
    for (node, spot) in others.chain(hosts) {
        let text = label_of(node);
        let (width, height) = sheet.tag_size(&text);
        let away = spot.radius + sheet.px(2.0);
        let places = [
            (HPos::Left, spot.x + away, spot.y),
            (HPos::Right, spot.x - away, spot.y),
            (HPos::Center, spot.x, spot.y + away + height / 2),
            (HPos::Center, spot.x, spot.y - away - height / 2),
        ];
        let around = |(anchor, x, y): (HPos, i32, i32)| {
            let left = match anchor {
                HPos::Left => x,
                HPos::Center => x - width / 2,
                HPos::Right => x - width,
            };
            (anchor, (x, y), (left, y - height / 2, left + width, y + height / 2))
        };
        let is_free = |a: Area, others: &[Area]| !others.iter().any(|other| overlap(a, *other));
        let mut places = places.map(around).into_iter();
        let fits = |a: Area| a.0 >= area.0 && a.1 >= area.1 && a.2 <= area.2 && a.3 <= area.3 && is_free(a, &taken);
        let free = places.clone().find(|(_, _, a)| fits(*a) && is_free(*a, &marks));
        let free = free.or_else(|| places.find(|(_, _, a)| node.severity > Severity::None && fits(*a)));
        if let Some((anchor, at, around)) = free {
            let color = if is_others(node) { sheet.palette.muted } else { sheet.palette.text };
            sheet.tag(&text, at, color, anchor)?;
            taken.push(around);
        }
    }
    Ok(())
}

fn overlap(a: Area, b: Area) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}
