//! `wiresift synth`: a demonstration capture, made up from a seed, and what each of its packets belongs to.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use wiresift::synth::{Config, Format, write, write_protocols};
use wiresift::units::{bytes_text, count_text};

use crate::exit::{Exit, UsageError};
use crate::interrupt::is_interrupted;
use crate::message;
use crate::output::{Output, Sink};

pub(crate) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let defaults = Config::default();
    let number = |id, default| matches.get_one::<u64>(id).copied().unwrap_or(default);
    let config = Config {
        packets: number("packets", defaults.packets),
        seed: number("seed", defaults.seed),
        format: match matches.get_one::<String>("format").map(String::as_str) {
            Some("pcapng") => Format::Pcapng,
            _ => Format::Pcap,
        },
    };
    let is_forced = matches.get_flag("force");
    let output = |id| {
        let path = matches.get_one::<PathBuf>(id).map(PathBuf::as_path);
        Output::new(path, &[], is_forced)
    };
    let capture = output("write")?;
    if matches!(capture, Output::Stdout) && io::stdout().is_terminal() {
        return Err(UsageError("a capture is not written to a terminal: name a file or redirect".into()).into());
    }
    let labels = matches.get_one::<PathBuf>("labels").map(|_| output("labels")).transpose()?;
    if let (Output::Stdout, Some(Output::Stdout)) = (&capture, &labels) {
        return Err(UsageError("capture and labels cannot both go to standard output".into()).into());
    }
    if is_same(matches) {
        return Err(UsageError("capture and labels cannot both go to the same file".into()).into());
    }

    let mut out = Interruptible(capture.begin()?);
    let mut labels_out = labels.as_ref().map(Output::begin).transpose()?;
    let labels_to = labels_out.as_mut().map(|sink| sink as &mut dyn Write);
    let written = match matches.get_one::<String>("scene").map(String::as_str) {
        Some("protocols") => write_protocols(&config, &mut out, labels_to),
        _ => write(&config, &mut out, labels_to),
    };
    if is_interrupted() {
        return Ok(Exit::Interrupted);
    }
    let written = out.0.end(written)?;
    if let Some(sink) = labels_out {
        sink.end(Ok(()))?;
    }
    if !matches.get_flag("quiet") {
        message::note(&format!("{} packets, {}", count_text(written.packets), bytes_text(written.bytes)));
    }
    Ok(Exit::Complete)
}

fn is_same(matches: &ArgMatches) -> bool {
    let path = |id| matches.get_one::<PathBuf>(id).filter(|p| p.as_path() != Path::new("-"));
    path("write").is_some() && path("write") == path("labels")
}

/// Ends the writing when the user wants an end.
struct Interruptible(Sink);

impl Write for Interruptible {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if is_interrupted() { Err(io::Error::other("interrupted by the user")) } else { self.0.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
