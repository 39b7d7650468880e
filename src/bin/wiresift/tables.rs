//! `wiresift flows` and `wiresift packets`: every row with its score.

use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;
use wiresift::export::{Csv, Exporter, JsonArray, Ndjson, Table};
use wiresift::report::Status;
use wiresift::settings::Unit;

use crate::exit::{Exit, UsageError};
use crate::input::{self, Input};
use crate::output::Output;
use crate::setting_flags;

pub(crate) fn flows(matches: &ArgMatches) -> anyhow::Result<Exit> {
    run(matches, Table::Flows, Unit::Flow)
}

pub(crate) fn packets(matches: &ArgMatches) -> anyhow::Result<Exit> {
    run(matches, Table::Packets, Unit::Packet)
}

fn run(matches: &ArgMatches, table: Table, unit: Unit) -> anyhow::Result<Exit> {
    let inputs = Input::all(matches)?;
    let mut settings = setting_flags::settings(matches)?;
    if settings.unit != unit && matches.value_source("unit") == Some(ValueSource::CommandLine) {
        let words = match unit {
            Unit::Flow => "flows have scores only with --unit flow",
            Unit::Packet => "packets have scores only with --unit packet",
        };
        return Err(UsageError(words.into()).into());
    }
    settings.unit = unit;
    let path = matches.get_one::<PathBuf>("output").map(PathBuf::as_path);
    let output = Output::new(path, &inputs, matches.get_flag("force"))?;
    let format = matches.get_one::<String>("format").map_or("csv", String::as_str);
    let exporter: &dyn Exporter = match format {
        "json" => &JsonArray(table),
        "ndjson" => &Ndjson(table),
        _ => &Csv(table),
    };
    let analysis = input::analyze(&inputs, settings, matches.get_flag("quiet"))?;
    let report = &analysis.report;
    if report.outcome.status != Status::Rejected {
        output.write(|out| exporter.export(report, out))?;
    }
    Ok(if analysis.is_interrupted { Exit::Interrupted } else { Exit::of_report(report, None) })
}
