//! The features of a capture's rows.

use std::path::PathBuf;

use anyhow::bail;
use clap::ArgMatches;
use wiresift::export::{Csv, Exporter, Ndjson};
use wiresift::pipeline::Analyzer;
use wiresift::report::Status;
use wiresift::schema::Schema;

use super::parquet::Parquet;
use crate::exit::Exit;
use crate::input::{self, Input};
use crate::output::Output;
use crate::setting_flags;

pub(super) fn run(matches: &ArgMatches, schema: Schema, format: &str) -> anyhow::Result<Exit> {
    let inputs = Input::all(matches)?;
    let settings = setting_flags::settings(matches)?;
    let path = matches.get_one::<PathBuf>("output").map(PathBuf::as_path);
    let output = Output::new(path, &inputs, matches.get_flag("force"))?;
    let exporter: &dyn Exporter = match format {
        "ndjson" => &Ndjson(schema),
        "parquet" => &Parquet(schema),
        _ => &Csv(schema),
    };
    let mut analyzer = Analyzer::new(settings, input::hash_seed())?;
    if schema == Schema::OriginalCicFlowMeter {
        analyzer.keep_original_cicflowmeter();
    }
    // Nothing of the table is the detection's.
    let analysis = input::read_all(&inputs, analyzer, matches.get_flag("quiet"), |a| Ok(a.finish_reading()))?;
    let report = &analysis.report;
    if report.has_tables() && schema != Schema::Wiresift {
        bail!("the columns of {} need the packets of captures; a table has none (--schema wiresift)", schema.name());
    }
    if report.outcome.status != Status::Rejected {
        output.write(|out| exporter.export(report, out))?;
    }
    Ok(if analysis.is_interrupted { Exit::Interrupted } else { Exit::of_report(report, None) })
}
