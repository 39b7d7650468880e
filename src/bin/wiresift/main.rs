//! The command line: parse, run one subcommand, end with its exit code.

mod analyze;
mod args;
mod baseline_flag;
mod check;
mod evaluate;
mod exit;
mod extract;
mod features;
mod filter_flag;
mod input;
mod interrupt;
mod labelled;
mod matrix;
mod message;
mod model_flag;
mod output;
mod plot;
mod progress;
mod raster;
mod rules;
mod setting_flags;
mod side_flags;
mod synth;
mod tables;
mod train;

use std::process::ExitCode;

use clap::ArgMatches;
use exit::Exit;

/// A flow takes several small pieces of memory; this allocator gives them for less than half of the platform's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let matches = match args::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return message::usage(&error),
    };
    let exit = run(&matches).unwrap_or_else(|error| {
        let exit = Exit::of_error(&error);
        if exit != Exit::Complete {
            message::error(&error);
        }
        exit
    });
    exit.into()
}

fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    interrupt::listen()?;
    match matches.subcommand() {
        Some(("analyze", m)) => analyze::run(m),
        Some(("flows", m)) => tables::flows(m),
        Some(("packets", m)) => tables::packets(m),
        Some(("hosts", m)) => tables::hosts(m),
        Some(("extract", m)) => extract::run(m),
        Some(("plot", m)) => plot::run(m),
        Some(("check", m)) => check::run(m),
        Some(("synth", m)) => synth::run(m),
        Some(("features", m)) => features::run(m),
        Some(("rules", m)) => rules::run(m),
        Some(("train", m)) => train::run(m),
        Some(("evaluate", m)) => evaluate::run(m),
        _ => Ok(Exit::Usage),
    }
}
