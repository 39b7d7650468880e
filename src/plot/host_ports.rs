//! Which services of which hosts are asked for: a cell a responder and service, darker the more flows.

use plotters::element::Rectangle;
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBColor};

use super::Style;
use super::frame::{Anchor, Entry, Sheet, pixel, shortened};
use super::marks::{Mark, draw_anomaly};
use super::palette::blend;
use super::scale::tick_text;
use crate::error::Result;
use crate::report::{Charts, HostPorts, PortCell, PortService};
use crate::units::{count, count_text, float};

/// Share of the full colour that a cell of one flow has: it has to be told from an empty one.
const FAINTEST: f64 = 0.16;
/// A cell of so many logical pixels has room for its number.
const ROOM_FOR_NUMBER: (f64, f64) = (34.0, 14.0);
/// Share of the width that addresses may have.
const ADDRESSES: f64 = 0.36;
/// Longest address, in letters.
const LONGEST: usize = 39;

/// What a drawn heat map knows about its pixels.
#[derive(Debug, Clone, Copy, Default)]
pub struct HostPortsMap {
    area: (i32, i32, i32, i32),
    rows: usize,
    columns: usize,
}

impl HostPortsMap {
    /// Row and column at a pixel; `None` outside the cells.
    #[must_use]
    pub fn cell_at(&self, x: i32, y: i32) -> Option<(usize, usize)> {
        let (left, top, right, bottom) = self.area;
        let column = place(x, (left, right), self.columns)?;
        Some((place(y, (top, bottom), self.rows)?, column))
    }

    /// Left, top, right and bottom of a cell; `None` where there is none.
    #[must_use]
    pub fn cell_area(&self, row: usize, column: usize) -> Option<(i32, i32, i32, i32)> {
        let (left, top, right, bottom) = self.area;
        if row >= self.rows || column >= self.columns || right <= left || bottom <= top {
            return None;
        }
        let x = |n| border((left, right), n, self.columns);
        let y = |n| border((top, bottom), n, self.rows);
        Some((x(column), y(row), x(column + 1), y(row + 1)))
    }
}

/// Where part `n` of `parts` equal ones begins.
fn border((from, to): (i32, i32), n: usize, parts: usize) -> i32 {
    from + pixel(f64::from(to - from) * float(count(n)) / float(count(parts.max(1))))
}

/// The part that a pixel lies in.
fn place(at: i32, range: (i32, i32), parts: usize) -> Option<usize> {
    (0..parts).find(|n| at >= border(range, *n, parts) && at < border(range, n + 1, parts))
}

/// Draws the responders as rows and the services as columns, a cell darker by the logarithm of its flows, with a triangle
/// where flows of it are anomalous.
///
/// **Errors** `Plot` with the backend's words.
pub fn draw_host_ports<B: DrawingBackend>(backend: B, charts: &Charts, style: &Style) -> Result<HostPortsMap> {
    let ports = &charts.host_ports;
    let sheet = Sheet::new(backend, style, "heat map of services")?;
    if ports.cells.is_empty() {
        sheet.empty("No services to draw")?;
        return Ok(HostPortsMap::default());
    }
    let Some(around) = sheet.bare("Flows by responder and service", &note(ports), &legend(&sheet, ports))? else {
        sheet.finish()?;
        return Ok(HostPortsMap::default());
    };
    let (rows, columns) = (row_names(ports), column_names(ports));
    let letters = if sheet.is_narrow() { 16 } else { LONGEST };
    let rows: Vec<String> = rows.iter().map(|name| shortened(name, letters)).collect();
    let widest = |names: &[String]| names.iter().map(|name| sheet.text_width(name)).fold(0.0, f64::max);
    let left = around.0 + sheet.px(widest(&rows).min(sheet.size().0 * ADDRESSES) + 6.0);
    let bottom = around.3 - sheet.px(widest(&columns) + 8.0);
    let map = HostPortsMap { area: (left, around.1, around.2, bottom), rows: rows.len(), columns: columns.len() };
    if bottom - around.1 < sheet.px(20.0) || around.2 - left < sheet.px(20.0) {
        sheet.finish()?;
        return Ok(HostPortsMap::default());
    }
    draw_names(&sheet, &map, &rows, &columns)?;
    let most = most_flows(ports);
    for cell in &ports.cells {
        draw_cell(&sheet, &map, cell, most)?;
    }
    sheet.finish()?;
    Ok(map)
}

fn note(ports: &HostPorts) -> String {
    let part = |shown: usize, others: u64, what: &str| {
        let all = count(shown) + others;
        let shown = if others > 0 { format!("{} of ", count_text(count(shown))) } else { String::new() };
        format!("{shown}{} {what}{}", count_text(all), if all == 1 { "" } else { "s" })
    };
    let hosts = part(ports.hosts.len(), ports.other_hosts, "responder");
    format!("{hosts}, {}", part(ports.services.len(), ports.other_services, "service"))
}

fn most_flows(ports: &HostPorts) -> u64 {
    ports.cells.iter().map(|cell| cell.flows).max().unwrap_or(1).max(1)
}

fn legend<B: DrawingBackend>(sheet: &Sheet<B>, ports: &HostPorts) -> Vec<Entry> {
    let most = most_flows(ports);
    // In the middle of the logarithms.
    let middle = tenfold(libm::sqrt(float(most)));
    let mut steps = vec![1, middle, most];
    steps.dedup();
    let entry = |flows: u64| {
        let label = format!("{} flow{}", count_text(flows), if flows == 1 { "" } else { "s" });
        Entry { mark: Mark::Square, color: shade(sheet, flows, most), label }
    };
    let mut legend: Vec<Entry> = steps.into_iter().map(entry).collect();
    if ports.cells.iter().any(|cell| cell.anomalies > 0) {
        legend.push(Entry { mark: Mark::Triangle, color: sheet.palette.anomaly, label: "anomalous flows".to_owned() });
    }
    legend
}

/// A round number near a value.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most the root of a count of flows
fn tenfold(value: f64) -> u64 {
    if value < 20.0 { value.round() as u64 } else { (value / 10.0).round() as u64 * 10 }
}

/// The ground with as much of the colour as the flows' logarithm.
fn shade<B: DrawingBackend>(sheet: &Sheet<B>, flows: u64, most: u64) -> RGBColor {
    let share = libm::log1p(float(flows.saturating_sub(1))) / libm::log1p(float(most.saturating_sub(1))).max(1e-9);
    let share = FAINTEST + (1.0 - FAINTEST) * share.clamp(0.0, 1.0);
    blend(sheet.palette.background, sheet.palette.normal, share)
}

fn row_names(ports: &HostPorts) -> Vec<String> {
    let mut names: Vec<String> = ports.hosts.iter().map(|host| host.address.clone()).collect();
    if ports.other_hosts > 0 {
        names.push(format!("{} other{}", count_text(ports.other_hosts), if ports.other_hosts == 1 { "" } else { "s" }));
    }
    names
}

fn column_names(ports: &HostPorts) -> Vec<String> {
    let name = |service: &PortService| match service.port {
        Some(port) => format!("{port}/{}", service.proto),
        None if service.proto.starts_with(|c: char| c.is_ascii_digit()) => format!("proto {}", service.proto),
        None => service.proto.clone(),
    };
    let mut names: Vec<String> = ports.services.iter().map(name).collect();
    if ports.other_services > 0 {
        let others = ports.other_services;
        names.push(format!("{} other{}", count_text(others), if others == 1 { "" } else { "s" }));
    }
    names
}

fn draw_names<B: DrawingBackend>(
    sheet: &Sheet<B>,
    map: &HostPortsMap,
    rows: &[String],
    columns: &[String],
) -> Result<()> {
    let (left, top, right, bottom) = map.area;
    let grid = sheet.stroke(sheet.palette.grid, 1.0);
    for n in 0..=rows.len() {
        let y = border((top, bottom), n, rows.len());
        sheet.line((left, y), (right, y), grid)?;
    }
    for n in 0..=columns.len() {
        let x = border((left, right), n, columns.len());
        sheet.line((x, top), (x, bottom), grid)?;
    }
    // Where rows or columns are lower than text, only as many are named as have room.
    let line = sheet.px(sheet.text_size() * 1.05).max(1);
    let mut free = i32::MIN;
    for (n, name) in rows.iter().enumerate() {
        let y = (border((top, bottom), n, rows.len()) + border((top, bottom), n + 1, rows.len())) / 2;
        if y >= free {
            let at = (left - sheet.px(6.0), y);
            sheet.text(name, at, sheet.palette.text, Anchor(HPos::Right, VPos::Center))?;
            free = y + line;
        }
    }
    free = i32::MIN;
    for (n, name) in columns.iter().enumerate() {
        let x = (border((left, right), n, columns.len()) + border((left, right), n + 1, columns.len())) / 2;
        if x >= free {
            sheet.upright(name, (x, bottom + sheet.px(6.0)), sheet.palette.text)?;
            free = x + line;
        }
    }
    Ok(())
}

fn draw_cell<B: DrawingBackend>(sheet: &Sheet<B>, map: &HostPortsMap, cell: &PortCell, most: u64) -> Result<()> {
    let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let Some((left, top, right, bottom)) = map.cell_area(place(cell.host), place(cell.service)) else {
        return Ok(());
    };
    let color = shade(sheet, cell.flows, most);
    sheet.ok(sheet.area.draw(&Rectangle::new([(left + 1, top + 1), (right, bottom)], color.filled())))?;
    let (width, height) = (right - left, bottom - top);
    let middle = (top + bottom) / 2;
    let number = tick_text(float(cell.flows));
    let beside = if cell.anomalies > 0 { 18.0 } else { 2.0 };
    let has_room = width >= sheet.px(ROOM_FOR_NUMBER.0.max(sheet.text_width(&number) + beside))
        && height >= sheet.px(ROOM_FOR_NUMBER.1);
    let radius = if has_room { 5.0 } else { 3.5 };
    if has_room {
        let ink = sheet.palette.ink_on(color);
        let x = if cell.anomalies > 0 { (left + right - sheet.px(12.0)) / 2 } else { (left + right) / 2 };
        sheet.text(&number, (x, middle), ink, Anchor(HPos::Center, VPos::Center))?;
    }
    if cell.anomalies > 0 {
        let x = if has_room { right - sheet.px(9.0) } else { (left + right) / 2 };
        draw_anomaly(sheet, (x, middle), radius)?;
    }
    Ok(())
}
