//! What is taken out of packets that are written to be given to somebody else.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::ArgMatches;
use wiresift::scrub::{Keep, Key, Scrub};

use crate::exit::UsageError;

/// What `--truncate` says.
pub(crate) fn keep(text: &str) -> Result<Keep, String> {
    match text {
        "headers" => Ok(Keep::Headers),
        number => number.parse().map(Keep::Bytes).map_err(|_| "a number of bytes or `headers`".to_owned()),
    }
}

pub(super) fn scrub(matches: &ArgMatches) -> anyhow::Result<Scrub> {
    let keep = matches.get_one::<Keep>("truncate").copied().unwrap_or_default();
    let key = match matches.get_one::<PathBuf>("anonymize-key") {
        Some(path) => {
            let shown = path.display();
            let text = fs::read_to_string(path).with_context(|| format!("cannot read the key {shown}"))?;
            let wrong = || UsageError(format!("{shown} is no key: it must be 64 hexadecimal digits"));
            Some(Key::of_hex(&text).ok_or_else(wrong)?)
        }
        None if matches.get_flag("anonymize") => {
            let mut bytes = [0; 32];
            getrandom::getrandom(&mut bytes).context("the system gives no random numbers")?;
            Some(Key(bytes))
        }
        None => None,
    };
    Ok(Scrub { keep, key })
}
