//! `wiresift evaluate`: how well verdicts agree with labels, or names of protocols with what is known of them.

mod detection;
mod protocols;

use clap::ArgMatches;

use crate::exit::{Exit, UsageError};

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    if matches.get_flag("protocols") {
        return protocols::run(matches);
    }
    if matches.get_many::<std::path::PathBuf>("labels").is_none() {
        return Err(UsageError("--labels FILE says what the rows really are; or --protocols".into()).into());
    }
    detection::run(matches)
}
