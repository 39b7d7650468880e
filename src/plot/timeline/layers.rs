//! The traffic of each protocol, one upon the other.

use plotters::element::{PathElement, Polygon};
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor};

use super::Measure;
use crate::error::Result;
use crate::plot::Plane;
use crate::plot::frame::{Entry, Sheet, pixel};
use crate::plot::marks::Mark;
use crate::plot::palette::Palette;
use crate::report::Timeline;
use crate::units::{count, float};

/// The protocols in the order of the colours: each has its own in every chart.
const COLOURED: [&str; 5] = ["tcp", "udp", "icmp", "arp", "other"];

/// One protocol's part of every bin.
struct Layer {
    name: String,
    color: RGBColor,
    total: u64,
    bins: Vec<u64>,
}

/// The layers from the ground up.
pub(super) struct Layers(Vec<Layer>);

impl Layers {
    /// Those that have something of the measure; of reports without protocols all traffic in one.
    pub(super) fn of(timeline: &Timeline, measure: Measure, palette: &Palette) -> Self {
        let layer = |name: &str, color, bins: &[u64]| Layer {
            name: name.to_owned(),
            color,
            total: bins.iter().fold(0, |sum: u64, n| sum.saturating_add(*n)),
            bins: bins.to_vec(),
        };
        let mut layers: Vec<Layer> = timeline
            .protocols
            .iter()
            .map(|protocol| {
                let place = COLOURED.iter().position(|name| *name == protocol.name).unwrap_or(COLOURED.len());
                let color = palette.clusters.get(place).copied().unwrap_or(palette.axis);
                layer(&protocol.name, color, measure.part(protocol))
            })
            .filter(|layer| layer.total > 0)
            .collect();
        if layers.is_empty() {
            layers.push(layer("all", palette.normal, measure.whole(timeline)));
        }
        Self(layers)
    }

    pub(super) fn legend(&self) -> Vec<Entry> {
        let all = self.0.iter().fold(0, |sum: u64, layer| sum.saturating_add(layer.total)).max(1);
        let share = |n: u64| 100.0 * float(n) / float(all);
        let entry = |layer: &Layer| Entry {
            mark: Mark::Square,
            color: layer.color,
            label: match share(layer.total) {
                _ if layer.total == 0 => layer.name.clone(),
                share if share < 1.0 => format!("{} <1 %", layer.name),
                share => format!("{} {share:.0} %", layer.name),
            },
        };
        self.0.iter().map(entry).collect()
    }

    /// Draws every layer: each bin is a step as wide as itself, for traffic inside a bin has no shape that the data know of.
    pub(super) fn draw<B: DrawingBackend>(
        &self,
        sheet: &Sheet<B>,
        plane: &Plane,
        bin_seconds: f64,
        rates: &[f64],
    ) -> Result<()> {
        let ground = plane.area().3;
        let edges: Vec<i32> = (0..=rates.len()).map(|i| plane.pixel_of(float(count(i)) * bin_seconds, 0.0).0).collect();
        let wholes: Vec<u64> = (0..rates.len())
            .map(|bin| {
                self.0.iter().filter_map(|layer| layer.bins.get(bin)).fold(0, |sum: u64, n| sum.saturating_add(*n))
            })
            .collect();
        let mut below = vec![0u64; rates.len()];
        let mut floor = vec![ground; rates.len()];
        for layer in &self.0 {
            for (sum, n) in below.iter_mut().zip(&layer.bins) {
                *sum = sum.saturating_add(*n);
            }
            let tops: Vec<i32> = below
                .iter()
                .zip(&wholes)
                .zip(rates)
                .map(|((sum, whole), rate)| {
                    let height = f64::from(ground - plane.pixel_of(0.0, *rate).1);
                    ground - pixel(height * float(*sum) / float((*whole).max(1)))
                })
                .collect();
            let roof = steps(&edges, &tops);
            let mut outline = roof.clone();
            outline.extend(steps(&edges, &floor).into_iter().rev());
            sheet.ok(sheet.area.draw(&Polygon::new(outline, layer.color.mix(0.8).filled())))?;
            // A line of the ground's colour between neighbours: their colours are not all that parts them.
            sheet.ok(sheet.area.draw(&PathElement::new(roof, sheet.stroke(sheet.palette.background, 1.0))))?;
            floor = tops;
        }
        Ok(())
    }
}

/// The corners of steps at these heights, from left to right.
fn steps(edges: &[i32], heights: &[i32]) -> Vec<(i32, i32)> {
    let both = edges.windows(2).zip(heights);
    both.flat_map(|(ends, height)| ends.iter().map(move |x| (*x, *height))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::Theme;
    use crate::report::TimelineProtocol;

    #[test]
    fn every_protocol_keeps_its_colour_and_its_share() {
        let protocol = |name: &str, n: u64| TimelineProtocol {
            name: name.to_owned(),
            packets: vec![n, 0],
            bytes: vec![0, 0],
            flows: vec![1, 1],
        };
        let timeline = Timeline {
            protocols: vec![protocol("udp", 3), protocol("arp", 0), protocol("undecoded", 1), protocol("tcp", 1000)],
            packets: vec![1004, 0],
            ..Timeline::default()
        };
        let palette = Theme::Light.palette();
        let layers = Layers::of(&timeline, Measure::Packets, palette);
        let labels: Vec<String> = layers.legend().into_iter().map(|entry| entry.label).collect();
        assert_eq!(labels, ["udp <1 %", "undecoded <1 %", "tcp 100 %"]);
        assert_eq!(layers.0[0].color, palette.clusters[1]);
        assert_eq!(layers.0[2].color, palette.clusters[0]);
        // Nothing of the measure at all: one layer without a share.
        let nothing = Layers::of(&timeline, Measure::Bytes, palette).legend();
        assert_eq!(nothing.first().map(|entry| entry.label.as_str()), Some("all"));
    }
}
