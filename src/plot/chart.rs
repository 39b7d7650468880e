//! The charts of a report by name, and as SVG.

use plotters::backend::SVGBackend;
use plotters::prelude::DrawingBackend;

use super::{
    Clock, Letters, Measure, Style, draw_histogram, draw_host_graph, draw_host_ports, draw_scatter, draw_timeline,
};
use crate::error::Result;
use crate::report::Charts;

/// A chart of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chart {
    /// The scores with their threshold.
    Histogram,
    /// The rows by cluster.
    Scatter,
    /// Traffic over time.
    Timeline(Measure),
    /// Who talks to whom.
    HostGraph,
    /// Responders by service.
    HostPorts,
}

impl Chart {
    /// Every chart.
    pub const ALL: [Self; 7] = [
        Self::Histogram,
        Self::Scatter,
        Self::Timeline(Measure::Bytes),
        Self::Timeline(Measure::Packets),
        Self::Timeline(Measure::Flows),
        Self::HostGraph,
        Self::HostPorts,
    ];

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Histogram => "histogram",
            Self::Scatter => "scatter",
            Self::Timeline(Measure::Bytes) => "timeline-bytes",
            Self::Timeline(Measure::Packets) => "timeline-packets",
            Self::Timeline(Measure::Flows) => "timeline-flows",
            Self::HostGraph => "host_graph",
            Self::HostPorts => "host_ports",
        }
    }

    /// The chart of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chart| chart.name() == word)
    }

    /// Draws it, with no row selected.
    ///
    /// **Errors** `Plot` with the backend's words.
    pub fn draw<B: DrawingBackend>(self, backend: B, charts: &Charts, style: &Style) -> Result<()> {
        match self {
            Self::Histogram => draw_histogram(backend, charts, style).map(drop),
            Self::Scatter => draw_scatter(backend, charts, style, None).map(drop),
            Self::Timeline(measure) => draw_timeline(backend, charts, measure, Clock::Utc, style).map(drop),
            Self::HostGraph => draw_host_graph(backend, charts, style).map(drop),
            Self::HostPorts => draw_host_ports(backend, charts, style).map(drop),
        }
    }

    /// It as an SVG document: shapes and words without ids, scripts or styles, the same bytes for the same charts.
    ///
    /// **Units** `size` is the width and height in pixels.
    ///
    /// **Errors** `Plot`.
    pub fn svg(self, charts: &Charts, size: (u32, u32), style: &Style) -> Result<String> {
        let mut text = String::new();
        let style = Style { letters: Letters::Line, ..*style };
        self.draw(SVGBackend::with_string(&mut text, size), charts, &style)?;
        Ok(text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_known_by_their_words() {
        for chart in Chart::ALL {
            assert_eq!(Chart::named(chart.name()), Some(chart));
            let svg = chart.svg(&Charts::default(), (390, 280), &Style::default()).unwrap();
            assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
        }
        assert_eq!(Chart::named("pie"), None);
    }
}
