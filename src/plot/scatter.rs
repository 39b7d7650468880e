//! The rows in the plane of their two principal components, by cluster.

use plotters::element::Circle;
use plotters::prelude::DrawingBackend;

use super::frame::{Axis, Entry, Layout, Sheet};
use super::histogram::{capitalised, rows_name};
use super::marks::{CLUSTER_MARKS, Mark, draw_anomaly, draw_mark};
use super::scale::{Scale, Spread};
use super::{Plane, Style};
use crate::error::Result;
use crate::report::{Charts, Scatter, ScatterPoint};
use crate::units::{count, count_text};

/// The farthest point over the 90th percentile of distances from 0, beyond which an axis is logarithmic outside its
/// middle: an even axis would press nine rows in ten into less than a tenth of its length.
const EVEN_RATIO: f64 = 10.0;

/// Share of a value within which the next one is on the same spot.
const SAME_SPOT: f64 = 0.01;

/// What a drawn scatter knows about its pixels.
#[derive(Debug, Clone)]
pub struct ScatterMap {
    plane: Option<Plane>,
}

impl ScatterMap {
    /// The row of the drawn point nearest to a pixel and at most `radius` device pixels away.
    #[must_use]
    pub fn row_at(&self, charts: &Charts, x: i32, y: i32, radius: f64) -> Option<u64> {
        let plane = self.plane.as_ref()?;
        let (left, top, right, bottom) = plane.area();
        let reach = super::frame::pixel(radius.max(0.0));
        // The square around the pixel in data space: the corners, kept inside the plot area, mapped back.
        let a = plane
            .data_at((x.saturating_sub(reach)).clamp(left, right), (y.saturating_add(reach)).clamp(top, bottom))?;
        let b = plane
            .data_at((x.saturating_add(reach)).clamp(left, right), (y.saturating_sub(reach)).clamp(top, bottom))?;
        let mut best: Option<(f64, u64)> = None;
        for point in drawable(&charts.scatter).filter(|p| p.x >= a.0 && p.x <= b.0 && p.y >= a.1 && p.y <= b.1) {
            let at = plane.pixel_of(point.x, point.y);
            let distance = libm::hypot(f64::from(at.0) - f64::from(x), f64::from(at.1) - f64::from(y));
            if distance <= radius && best.is_none_or(|(least, _)| distance <= least) {
                best = Some((distance, point.row));
            }
        }
        best.map(|(_, row)| row)
    }

    /// The rows of the points inside of a polygon of pixels.
    #[must_use]
    pub fn rows_within(&self, charts: &Charts, polygon: &[(i32, i32)]) -> Vec<u64> {
        let Some(plane) = self.plane.as_ref() else { return Vec::new() };
        let inside = drawable(&charts.scatter).filter(|p| is_inside(plane.pixel_of(p.x, p.y), polygon));
        inside.map(|p| p.row).collect()
    }

    /// The row of the point that is next to a row's in a direction of pixels, as -1, 0 and 1; `None` where there is none.
    #[must_use]
    pub fn beside(&self, charts: &Charts, row: u64, (right, down): (i32, i32)) -> Option<u64> {
        let plane = self.plane.as_ref()?;
        let (x, y) = self.position_of(charts, row)?;
        let next = drawable(&charts.scatter).filter_map(|point| {
            let at = plane.pixel_of(point.x, point.y);
            let (x, y) = (at.0.saturating_sub(x), at.1.saturating_sub(y));
            let ahead = x.saturating_mul(right).saturating_add(y.saturating_mul(down));
            let aside = x.saturating_mul(down).saturating_sub(y.saturating_mul(right)).saturating_abs();
            // What lies more to the side than ahead is in another direction.
            (ahead > 0 && aside <= ahead).then_some((ahead.saturating_add(aside), point.row))
        });
        next.min().map(|(_, row)| row)
    }

    /// The pixel of a row's point; `None` when the row is not among the drawn ones.
    #[must_use]
    pub fn position_of(&self, charts: &Charts, row: u64) -> Option<(i32, i32)> {
        let plane = self.plane.as_ref()?;
        drawable(&charts.scatter).find(|p| p.row == row).map(|p| plane.pixel_of(p.x, p.y))
    }
}

/// Whether a pixel is inside of a polygon, by the edges that a line to the right crosses.
fn is_inside((x, y): (i32, i32), polygon: &[(i32, i32)]) -> bool {
    let ends = polygon.iter().zip(polygon.iter().cycle().skip(1));
    let crosses = |(a, b): (&(i32, i32), &(i32, i32))| {
        let ([ax, ay], [bx, by]) = ([a.0, a.1].map(f64::from), [b.0, b.1].map(f64::from));
        (a.1 > y) != (b.1 > y) && f64::from(x) < (bx - ax) * (f64::from(y) - ay) / (by - ay) + ax
    };
    ends.filter(|edge| crosses(*edge)).count() % 2 == 1
}

/// The points in drawing order, which is also the order of picking: anomalies lie on top.
fn drawable(scatter: &Scatter) -> impl Iterator<Item = &ScatterPoint> {
    let finite = |p: &&ScatterPoint| p.x.is_finite() && p.y.is_finite();
    let normal = scatter.points.iter().filter(|p| !p.is_anomalous).filter(finite);
    normal.chain(scatter.points.iter().filter(|p| p.is_anomalous).filter(finite))
}

fn axis_of(values: impl Iterator<Item = f64>) -> Scale {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let (min, max) = (values.first().copied().unwrap_or(0.0), values.last().copied().unwrap_or(1.0));
    if max - min < 1e-9 {
        return Scale::new(Spread::Linear, min - 1.0, max + 1.0);
    }
    // A thousand rows on one spot are one spot to the eye.
    values.dedup_by(|b, a| *b - *a <= a.abs() * SAME_SPOT);
    let mut sizes: Vec<f64> = values.iter().map(|v| v.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let at = |share_in_ten: usize| sizes.get((sizes.len() * share_in_ten / 10).min(sizes.len() - 1)).copied();
    let (middle, wide, far) = (at(5).unwrap_or(0.0), at(9).unwrap_or(0.0), sizes.last().copied().unwrap_or(0.0));
    let spread = if far > EVEN_RATIO * wide.max(1e-9) {
        Spread::SymmetricLog { unit: middle.max(far * 1e-4).max(1e-9) }
    } else {
        Spread::Linear
    };
    Scale::new(spread, min, max).padded(0.06)
}

/// Draws the rows in the plane of their two principal components: colour is the cluster, a triangle is an anomaly, a
/// ring is the selected row.
///
/// **Errors** `Plot` with the backend's words.
pub fn draw_scatter<B: DrawingBackend>(
    backend: B,
    charts: &Charts,
    style: &Style,
    selected: Option<u64>,
) -> Result<ScatterMap> {
    let scatter = &charts.scatter;
    let sheet = Sheet::new(backend, style, "cluster scatter")?;
    if drawable(scatter).next().is_none() {
        sheet.empty("No rows to draw")?;
        return Ok(ScatterMap { plane: None });
    }
    let layout = layout_of(&sheet, charts);
    let Some((_, plane)) = sheet.plot(&layout)? else {
        sheet.finish()?;
        return Ok(ScatterMap { plane: None });
    };
    let radius = if sheet.is_narrow() { 2.5 } else { 3.2 };
    for point in drawable(scatter) {
        let at = plane.pixel_of(point.x, point.y);
        if point.is_anomalous {
            draw_anomaly(&sheet, at, radius + 2.5)?;
        } else {
            draw_mark(&sheet, at, mark_of(point.cluster), radius, sheet.palette.cluster(point.cluster), 0.75)?;
        }
    }
    let map = ScatterMap { plane: Some(plane) };
    if let Some(at) = selected.and_then(|row| map.position_of(charts, row)) {
        for (color, width) in [(sheet.palette.background, 5.0), (sheet.palette.text, 2.0)] {
            sheet.ok(sheet.area.draw(&Circle::new(at, sheet.px(radius + 7.0), sheet.stroke(color, width))))?;
        }
    }
    sheet.finish()?;
    Ok(map)
}

fn mark_of(cluster: u16) -> Mark {
    let shape = usize::from(cluster) / 6 % CLUSTER_MARKS.len();
    CLUSTER_MARKS.get(shape).copied().unwrap_or(Mark::Disc)
}

fn layout_of<B: DrawingBackend>(sheet: &Sheet<B>, charts: &Charts) -> Layout {
    let scatter = &charts.scatter;
    let anomalies = drawable(scatter).filter(|p| p.is_anomalous).count();
    let shown = drawable(scatter).count();
    let mut clusters: Vec<u16> = drawable(scatter).filter(|p| !p.is_anomalous).map(|p| p.cluster).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let mut legend = Vec::new();
    if anomalies > 0 {
        let label = format!("anomalous ({})", count_text(count(anomalies)));
        legend.push(Entry { mark: Mark::Triangle, color: sheet.palette.anomaly, label });
    }
    legend.extend(clusters.into_iter().map(|id| Entry {
        mark: mark_of(id),
        color: sheet.palette.cluster(id),
        label: format!("cluster {id}"),
    }));
    let axis = |number: u8, scale: Scale, share: f64, own: Option<&String>| {
        let spread = match (scale.is_log(), sheet.is_narrow()) {
            (false, _) => "",
            (true, true) => ", log scale",
            (true, false) => ", symmetric log scale",
        };
        if let Some(own) = own {
            return Axis { title: format!("{own}{spread}"), scale, ticks: None };
        }
        let share = if share.is_finite() { share.clamp(0.0, 1.0) * 100.0 } else { 0.0 };
        let name = if sheet.is_narrow() { "PC" } else { "Principal component" };
        let of = if sheet.is_narrow() { "" } else { " of variance" };
        Axis { title: format!("{name} {number} ({share:.0} %{of}{spread})"), scale, ticks: None }
    };
    let own = |at: usize| scatter.axes.as_ref().and_then(|axes| axes.get(at));
    Layout {
        title: format!("{} by cluster", capitalised(rows_name(charts))),
        note: format!("{} of {} {} shown", count_text(count(shown)), count_text(scatter.rows), rows_name(charts)),
        legend,
        x: axis(1, axis_of(drawable(scatter).map(|p| p.x)), scatter.explained.first().copied().unwrap_or(0.0), own(0)),
        y: axis(2, axis_of(drawable(scatter).map(|p| p.y)), scatter.explained.last().copied().unwrap_or(0.0), own(1)),
    }
}
