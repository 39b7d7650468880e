//! `wiresift flows`, `wiresift packets` and `wiresift hosts`: every row with its score.

use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;
use wiresift::export::{Csv, Exporter, JsonArray, Ndjson, Table, ZeekConn};
use wiresift::filter::Filter;
use wiresift::filter::export::{Export, bpf_of, display_filter_of};
use wiresift::report::{Proto, Report, Status};
use wiresift::settings::Unit;

use crate::exit::{Exit, UsageError};
use crate::filter_flag;
use crate::input::{self, Beside, Input};
use crate::message;
use crate::output::Output;
use crate::setting_flags;

pub(crate) fn flows(matches: &ArgMatches) -> anyhow::Result<Exit> {
    run(matches, Table::Flows, Unit::Flow)
}

pub(crate) fn packets(matches: &ArgMatches) -> anyhow::Result<Exit> {
    run(matches, Table::Packets, Unit::Packet)
}

pub(crate) fn hosts(matches: &ArgMatches) -> anyhow::Result<Exit> {
    run(matches, Table::Hosts, Unit::Host)
}

fn run(matches: &ArgMatches, table: Table, unit: Unit) -> anyhow::Result<Exit> {
    let inputs = Input::all(matches)?;
    let mut settings = setting_flags::settings(matches)?;
    if settings.unit != unit && matches.value_source("unit") == Some(ValueSource::CommandLine) {
        let word = unit.name();
        return Err(UsageError(format!("{word}s have scores only with --unit {word}")).into());
    }
    settings.unit = unit;
    let filter = matches.get_one::<String>("filter").map(|text| filter_flag::parse(text)).transpose()?;
    let is_quiet = matches.get_flag("quiet");
    let path = matches.get_one::<PathBuf>("output").map(PathBuf::as_path);
    let output = Output::new(path, &inputs, matches.get_flag("force"))?;
    let format = matches.get_one::<String>("format").map_or("csv", String::as_str);
    let exporter: &dyn Exporter = match format {
        "json" => &JsonArray(table),
        "ndjson" => &Ndjson(table),
        "zeek" => &ZeekConn,
        _ => &Csv(table),
    };
    let mut analysis = input::analyze(&inputs, settings, Beside::of(matches)?, is_quiet)?;
    let report = &mut analysis.report;
    if report.outcome.status != Status::Rejected {
        let of_rows = match format {
            "display-filter" => Some(display_filter_of as ToFilter),
            "bpf" => Some(bpf_of as ToFilter),
            _ => None,
        };
        match (of_rows, filter) {
            (Some(of_rows), filter) => {
                let filter = filter.unwrap_or_default();
                let made = of_rows(report, &filter, &filter.selects(report));
                output.write(|out| Ok(writeln!(out, "{}", made.text)?))?;
                if !is_quiet && !made.note.is_empty() {
                    message::warning(&made.note);
                }
            }
            (None, filter) => {
                if let Some(filter) = filter {
                    keep(report, &filter);
                }
                output.write(|out| exporter.export(report, out))?;
                if format == "zeek" && !is_quiet {
                    note_arp(report);
                }
            }
        }
    }
    Ok(if analysis.is_interrupted { Exit::Interrupted } else { Exit::of_report(&analysis.report, None) })
}

type ToFilter = fn(&Report, &Filter, &[u32]) -> Export;

/// What is left out is said.
fn note_arp(report: &Report) {
    let left_out = report.flows.iter().filter(|f| f.proto == Proto::Arp).count();
    if left_out > 0 {
        message::note(&format!(
            "flows of ARP, of which there are {left_out}, are not written: Zeek's conn.log has none"
        ));
    }
}

/// Drops the rows that the filter does not select.
fn keep(report: &mut Report, filter: &Filter) {
    let mut rows = filter.selects(report).into_iter().peekable();
    let mut row = 0;
    let mut is_next = || {
        let is_selected = rows.next_if_eq(&row).is_some();
        row += 1;
        is_selected
    };
    match report.settings.unit {
        Unit::Flow => report.flows.retain(|_| is_next()),
        Unit::Packet => report.packets.retain(|_| is_next()),
        Unit::Host => report.hosts.retain(|_| is_next()),
    }
}
