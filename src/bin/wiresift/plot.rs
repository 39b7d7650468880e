//! `wiresift plot`: the page's charts as PNG and SVG, by the page's drawing code.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::ArgMatches;
use plotters::backend::SVGBackend;
use plotters::prelude::DrawingBackend;
use wiresift::error::Result;
use wiresift::plot::{Style, Theme, draw_histogram, draw_host_graph, draw_host_ports, draw_scatter, draw_timeline};
use wiresift::report::{Charts, Status};

use crate::exit::Exit;
use crate::input::{self, Beside, Input};
use crate::output::Output;
use crate::{message, raster, setting_flags};

/// A chart of the report.
#[derive(Debug, Clone, Copy)]
enum Chart {
    Histogram,
    Scatter,
    Timeline,
    HostGraph,
    HostPorts,
}

/// The charts and the names of their files.
const CHARTS: [(Chart, &str); 5] = [
    (Chart::Histogram, "anomaly_detection_results"),
    (Chart::Scatter, "cluster_visualization"),
    (Chart::Timeline, "traffic_over_time"),
    (Chart::HostGraph, "host_graph"),
    (Chart::HostPorts, "host_ports"),
];

impl Chart {
    fn draw<B: DrawingBackend>(self, backend: B, charts: &Charts, style: &Style) -> Result<()> {
        match self {
            Self::Histogram => draw_histogram(backend, charts, style).map(drop),
            Self::Scatter => draw_scatter(backend, charts, style, None).map(drop),
            Self::Timeline => draw_timeline(backend, charts, style).map(drop),
            Self::HostGraph => draw_host_graph(backend, charts, style).map(drop),
            Self::HostPorts => draw_host_ports(backend, charts, style).map(drop),
        }
    }
}

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let inputs = Input::all(matches)?;
    let settings = setting_flags::settings(matches)?;
    let is_quiet = matches.get_flag("quiet");
    let dir = matches.get_one::<PathBuf>("output").cloned().unwrap_or_default();
    fs::create_dir_all(&dir).with_context(|| format!("cannot make the directory {}", dir.display()))?;
    let output = |name: &str, kind: &str| {
        let path = dir.join(format!("{name}.{kind}"));
        Output::new(Some(&path), &inputs, matches.get_flag("force"))
    };
    let mut outputs = Vec::new();
    for (chart, name) in CHARTS {
        outputs.push((chart, output(name, "png")?, output(name, "svg")?));
    }
    let size = matches.get_one::<(u32, u32)>("size").copied().unwrap_or((1200, 700));
    let theme = match matches.get_one::<String>("theme").map(String::as_str) {
        Some("dark") => Theme::Dark,
        _ => Theme::Light,
    };

    let analysis = input::analyze(&inputs, settings, Beside::of(matches)?, is_quiet)?;
    let charts = &analysis.report.charts;
    if analysis.report.outcome.status != Status::Rejected {
        raster::register_fonts()?;
        for (chart, png, svg) in &outputs {
            let picture = raster::png(size, |backend, scale| chart.draw(backend, charts, &Style { theme, scale }))?;
            png.write(|out| Ok(out.write_all(&picture)?))?;
            let mut text = String::new();
            chart.draw(SVGBackend::with_string(&mut text, size), charts, &Style { theme, scale: 1.0 })?;
            svg.write(|out| Ok(out.write_all(text.as_bytes())?))?;
        }
        if !is_quiet {
            message::note(&format!("{} pictures in {}", outputs.len() * 2, dir.display()));
        }
    }
    Ok(if analysis.is_interrupted { Exit::Interrupted } else { Exit::of_report(&analysis.report, None) })
}
