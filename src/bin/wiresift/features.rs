//! `wiresift features`: the catalogue, the columns of a schema, or with a capture the features of its rows.

mod catalogue;
mod parquet;
mod table;

use clap::ArgMatches;
use clap::parser::ValueSource;
use wiresift::schema::Schema;
use wiresift::settings::Unit;

use crate::exit::{Exit, UsageError};

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let schema = schema(matches)?;
    let format = matches.get_one::<String>("format").map(String::as_str);
    let unit = matches.get_one::<String>("unit").and_then(|word| Unit::named(word)).unwrap_or(Unit::Flow);
    if unit != Unit::Flow && schema.is_some_and(|s| s != Schema::Wiresift) {
        return Err(UsageError("the columns of other tools are those of flows: use --unit flow".into()).into());
    }
    let has_input = matches.contains_id("read") || matches.contains_id("file");
    match (has_input, format) {
        (true, Some("text" | "json")) => {
            Err(UsageError("features of a capture are written as csv, ndjson or parquet".into()).into())
        }
        (true, format) => table::run(matches, schema.unwrap_or(Schema::Wiresift), format.unwrap_or("csv")),
        (false, Some("csv" | "ndjson" | "parquet")) => {
            Err(UsageError("csv, ndjson and parquet are for the features of a capture: give one with -r".into()).into())
        }
        (false, format) => {
            let is_json = format == Some("json");
            let one = (matches.value_source("unit") == Some(ValueSource::CommandLine)).then_some(unit);
            match schema {
                Some(schema) => catalogue::columns(schema, unit, is_json),
                None => catalogue::features(one, is_json),
            }
        }
    }
}

fn schema(matches: &ArgMatches) -> anyhow::Result<Option<Schema>> {
    let has_bugs = matches.get_flag("cicflowmeter-bugs");
    let named = matches.get_one::<String>("schema").map(String::as_str);
    match (named, has_bugs) {
        (Some("cicflowmeter"), true) => Ok(Some(Schema::OriginalCicFlowMeter)),
        (_, true) => Err(UsageError("--cicflowmeter-bugs belongs to --schema cicflowmeter".into()).into()),
        (Some("cicflowmeter"), false) => Ok(Some(Schema::CicFlowMeter)),
        (Some("nfstream"), false) => Ok(Some(Schema::Nfstream)),
        (Some(_), false) => Ok(Some(Schema::Wiresift)),
        (None, false) => Ok(None),
    }
}
