//! The values of `--baseline` and `--save-baseline`.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::ArgMatches;
use wiresift::pipeline::learn_baseline;
use wiresift::report::{Baseline, Report, Status};
use wiresift::units::count;

use crate::exit::UsageError;
use crate::input::{Input, is_same_file};
use crate::output::Output;

/// The baseline that the flag names; `None` where there is none.
pub(crate) fn baseline(matches: &ArgMatches) -> anyhow::Result<Option<Baseline>> {
    let Some(path) = matches.try_get_one::<PathBuf>("baseline").ok().flatten() else { return Ok(None) };
    let context = || format!("cannot use the baseline {}", path.display());
    let mut bytes = Vec::new();
    // One byte more shows that it is too long.
    let most = count(Baseline::MAX_BYTES) + 1;
    File::open(path).and_then(|f| f.take(most).read_to_end(&mut bytes)).with_context(context)?;
    Baseline::from_json(&bytes).map(Some).with_context(context)
}

/// Where `--save-baseline` wants it, found fit for it before the work begins.
pub(crate) fn place(matches: &ArgMatches, inputs: &[Input], other: Option<&Path>) -> anyhow::Result<Option<Output>> {
    let Some(path) = matches.get_one::<PathBuf>("save-baseline") else { return Ok(None) };
    let is_stdout = |path: &Path| path.as_os_str() == "-";
    let is_other = match other {
        Some(other) => other == path || (!is_stdout(path) && is_same_file(other, path)),
        None => is_stdout(path),
    };
    if is_other {
        return Err(UsageError("the baseline and the report cannot go to the same place".into()).into());
    }
    Output::new(Some(path), inputs, matches.get_flag("force")).map(Some)
}

/// Writes what is normal by the report. Of a capture that was not read there is nothing to learn.
pub(crate) fn save(report: &Report, place: &Output) -> anyhow::Result<()> {
    if report.outcome.status == Status::Rejected {
        return Ok(());
    }
    let bytes = learn_baseline(report).context("no baseline was written")?.to_json()?;
    place.write(|out| Ok(out.write_all(&bytes)?))
}
