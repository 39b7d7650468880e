//! `wiresift analyze`: the report.

use clap::ArgMatches;
use std::path::PathBuf;
use wiresift::export::{Csv, Exporter, Html, Markdown, Ndjson, ReportJson, Table, Text};
use wiresift::report::{Report, Severity, Status};
use wiresift::units::{count, count_text};

use crate::baseline_flag;
use crate::exit::Exit;
use crate::input::{self, Beside, Input};
use crate::message;
use crate::output::Output;
use crate::setting_flags;

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let inputs = Input::all(matches)?;
    let settings = setting_flags::settings(matches)?;
    let path = matches.get_one::<PathBuf>("output").map(PathBuf::as_path);
    let output = Output::new(path, &inputs, matches.get_flag("force"))?;
    let save = baseline_flag::place(matches, &inputs, path)?;
    let format = matches.get_one::<String>("format").map_or("text", String::as_str);
    let exporter: &dyn Exporter = match format {
        "json" => &ReportJson,
        "csv" => &Csv(Table::Anomalies),
        "ndjson" => &Ndjson(Table::Anomalies),
        "html" => &Html,
        "markdown" => &Markdown,
        _ => &Text,
    };
    let is_quiet = matches.get_flag("quiet");
    let analysis = input::analyze(&inputs, settings, Beside::of(matches)?, is_quiet)?;
    let report = &analysis.report;
    // Machines want the outcome of a rejected file too; people have it on standard error.
    if report.outcome.status != Status::Rejected || format == "json" {
        output.write(|out| exporter.export(report, out))?;
    }
    if let Some(save) = save.filter(|_| !analysis.is_interrupted) {
        baseline_flag::save(report, &save)?;
    }
    if !is_quiet && matches!(format, "csv" | "ndjson") {
        note_limit(report);
    }
    let fail_on = matches.get_one::<String>("fail-on").and_then(|word| severity(word));
    Ok(if analysis.is_interrupted { Exit::Interrupted } else { Exit::of_report(report, fail_on) })
}

fn note_limit(report: &Report) {
    let (listed, all) = (count(report.anomalies.len()), report.summary.anomalies);
    if listed < all {
        let (listed, all) = (count_text(listed), count_text(all));
        message::warning(&format!(
            "the {listed} highest of {all} anomalies are listed; flows and packets list every row"
        ));
    }
}

fn severity(word: &str) -> Option<Severity> {
    use Severity::{Critical, High, Info, Low, Medium};
    [Info, Low, Medium, High, Critical].into_iter().find(|s| s.name() == word)
}
