//! The value of `--model`.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use clap::ArgMatches;
use wiresift::classify::Model;

/// No model file is larger; one byte more shows that a file is none.
const MOST: u64 = (4 << 20) + 1;

/// Whether the flag turns the model off.
pub(crate) fn is_none(matches: &ArgMatches) -> bool {
    matches.try_get_one::<String>("model").ok().flatten().is_some_and(|value| value == "none")
}

/// The model of a file that the flag names; `None` = the built-in one, or none.
pub(crate) fn model(matches: &ArgMatches) -> anyhow::Result<Option<Model>> {
    let Some(path) = matches.get_one::<String>("model").filter(|value| *value != "none") else { return Ok(None) };
    let context = || format!("cannot read the model {path}");
    let mut bytes = Vec::new();
    File::open(Path::new(path)).and_then(|f| f.take(MOST).read_to_end(&mut bytes)).with_context(context)?;
    Model::from_bytes(&bytes).map(Some).with_context(context)
}
