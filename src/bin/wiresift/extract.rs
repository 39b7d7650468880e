//! `wiresift extract`: the packets of findings, flows or a filter, listed or as a capture of their own.

mod given;
mod listing;
mod rows;

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::ArgMatches;
use wiresift::report::{Report, Status};
use wiresift::retrieve::{Options, Retrieval, Retrieved};
use wiresift::units::{bytes_text, count, count_text};

pub(crate) use given::keep;

use crate::exit::{Exit, UsageError};
use crate::input::{self, Beside, Input};
use crate::interrupt::is_interrupted;
use crate::message;
use crate::output::Output;
use crate::setting_flags;

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let inputs = Input::all(matches)?;
    if inputs.iter().any(Input::is_pipe) {
        return Err(UsageError("extract reads its input twice and needs regular files".into()).into());
    }
    let wanted = rows::Wanted::of(matches)?;
    let settings = setting_flags::settings(matches)?;
    let path = matches.get_one::<PathBuf>("write").map(PathBuf::as_path);
    let output = Output::new(path, &inputs, matches.get_flag("force"))?;
    let is_quiet = matches.get_flag("quiet");
    let analysis = input::analyze(&inputs, settings, Beside::of(matches)?, is_quiet)?;
    let report = &analysis.report;
    if analysis.is_interrupted {
        return Ok(Exit::Interrupted);
    }
    if report.outcome.status == Status::Rejected {
        return Ok(Exit::Failed);
    }
    let rows = wanted.rows(report)?;
    let done = match path {
        Some(_) => write(report, &rows, &inputs, &output, matches)?,
        None => list(report, &rows, &inputs, &output, matches)?,
    };
    Ok(if done.is_some() { Exit::of_report(report, None) } else { Exit::Interrupted })
}

fn write(
    report: &Report,
    rows: &[u32],
    inputs: &[Input],
    output: &Output,
    matches: &ArgMatches,
) -> anyhow::Result<Option<Retrieved>> {
    let scrub = given::scrub(matches)?;
    let options = Options { pcapng: true, comments: matches.get_flag("comments"), scrub, ..Options::default() };
    let mut retrieval = Retrieval::new(report, rows, options)?;
    // A file that is dropped before its end leaves nothing.
    let mut sink = output.begin()?;
    let mut wrote = sink.write_all(&retrieval.take_pcapng());
    let is_read = read(&mut retrieval, inputs, |retrieval| {
        wrote = std::mem::replace(&mut wrote, Ok(())).and_then(|()| sink.write_all(&retrieval.take_pcapng()));
        wrote.is_ok()
    })?;
    if wrote.is_ok() && !is_read {
        return Ok(None);
    }
    let found = wrote.map_err(wiresift::error::Error::from).and_then(|()| retrieval.finish());
    let found = sink.end(found)?;
    if !matches.get_flag("quiet") {
        let (packets, bytes) = (count_text(found.packets), bytes_text(found.bytes));
        message::note(&format!("{packets} packets of {} rows, {bytes}", count_text(count(rows.len()))));
    }
    Ok(Some(found))
}

fn list(
    report: &Report,
    rows: &[u32],
    inputs: &[Input],
    output: &Output,
    matches: &ArgMatches,
) -> anyhow::Result<Option<Retrieved>> {
    let number = |name| matches.get_one::<u32>(name).and_then(|n| usize::try_from(*n).ok()).unwrap_or(0);
    let keep = number("limit");
    let options = Options { keep, preview_bytes: number("bytes"), ..Options::default() };
    let mut retrieval = Retrieval::new(report, rows, options)?;
    let is_read = read(&mut retrieval, inputs, |retrieval| retrieval.listed().len() < keep)?;
    if is_interrupted() {
        return Ok(None);
    }
    let packets = retrieval.listed();
    let found = Retrieved { packets: rows::packets(report, rows), bytes: 0, listed: packets.len() };
    if is_read {
        retrieval.finish()?;
    }
    let is_ndjson = matches.get_one::<String>("format").is_some_and(|f| f == "ndjson");
    output.write(|out| {
        packets
            .iter()
            .try_for_each(|p| if is_ndjson { listing::ndjson(report, p, out) } else { listing::text(report, p, out) })
    })?;
    if !matches.get_flag("quiet") && count(packets.len()) < found.packets {
        let (listed, all) = (count_text(count(packets.len())), count_text(found.packets));
        message::note(&format!("{listed} of {all} packets are listed; --limit lists more, -w writes all"));
    }
    Ok(Some(found))
}

/// Reads what is wanted until `go_on` has enough or the user wants an end; says whether all was read.
fn read(
    retrieval: &mut Retrieval,
    inputs: &[Input],
    mut go_on: impl FnMut(&mut Retrieval) -> bool,
) -> anyhow::Result<bool> {
    let mut opened: Option<(usize, File)> = None;
    let mut bytes = Vec::new();
    while let Some(wanted) = retrieval.wanted() {
        if is_interrupted() {
            return Ok(false);
        }
        let path = inputs.get(wanted.file).map(|i| i.path.as_path()).unwrap_or_else(|| "".as_ref());
        let context = || format!("cannot read {} again", path.display());
        let file = match &mut opened {
            Some((file, opened)) if *file == wanted.file => opened,
            _ => {
                let file = File::open(path).with_context(context)?;
                retrieval.check_file(wanted.file, file.metadata().with_context(context)?.len())?;
                &mut opened.insert((wanted.file, file)).1
            }
        };
        file.seek(SeekFrom::Start(wanted.start)).with_context(context)?;
        bytes.clear();
        file.take(wanted.end - wanted.start).read_to_end(&mut bytes).with_context(context)?;
        retrieval.give(&bytes)?;
        if !go_on(retrieval) {
            return Ok(false);
        }
    }
    Ok(true)
}
