//! `wiresift plot`: the page's charts as PNG and SVG, by the page's drawing code.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::ArgMatches;
use wiresift::plot::{Chart, Measure, Style, Theme};
use wiresift::report::Status;

use crate::exit::Exit;
use crate::input::{self, Beside, Input};
use crate::output::Output;
use crate::{message, raster, setting_flags};

/// The charts and the names of their files.
const CHARTS: [(Chart, &str); 5] = [
    (Chart::Histogram, "anomaly_detection_results"),
    (Chart::Scatter, "cluster_visualization"),
    (Chart::Timeline(Measure::Bytes), "traffic_over_time"),
    (Chart::HostGraph, "host_graph"),
    (Chart::HostPorts, "host_ports"),
];

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
            let picture = raster::png(size, |backend, scale| {
                chart.draw(backend, charts, &Style { theme, scale, ..Style::default() })
            })?;
            png.write(|out| Ok(out.write_all(&picture)?))?;
            let text = chart.svg(charts, size, &Style { theme, ..Style::default() })?;
            svg.write(|out| Ok(out.write_all(text.as_bytes())?))?;
        }
        if !is_quiet {
            message::note(&format!("{} pictures in {}", outputs.len() * 2, dir.display()));
        }
    }
    Ok(if analysis.is_interrupted { Exit::Interrupted } else { Exit::of_report(&analysis.report, None) })
}
