//! What is said on standard error: never a panic when nobody listens, never a control character from outside.

use std::io::{self, Write};
use std::process::ExitCode;

use wiresift::export::printable;

fn say(text: &str) {
    // Nobody is left to be told that standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// One `error:` line and a line for each cause.
pub(crate) fn error(error: &anyhow::Error) {
    say(&format!("error: {}", printable(&error.to_string())));
    let mut before = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some errors repeat their cause in their own text.
        if !before.ends_with(&cause) {
            say(&format!("  because: {}", printable(&cause)));
        }
        before = cause;
    }
}

/// One `error:` line.
pub(crate) fn failure(text: &str) {
    say(&format!("error: {}", printable(text)));
}

/// One `warning:` line.
pub(crate) fn warning(text: &str) {
    say(&format!("warning: {}", printable(text)));
}

/// A line without a label.
pub(crate) fn note(text: &str) {
    say(&printable(text));
}

/// What the argument parser has to say, which is also help and version, with its exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let plain = error.render().to_string();
    let is_safe = plain.split('\n').all(|line| printable(line) == line);
    // The parser repeats arguments as they came.
    let written = if is_safe {
        error.print()
    } else {
        plain.split('\n').try_for_each(|line| writeln!(io::stderr(), "{}", printable(line)))
    };
    match written {
        // Help that did not arrive: `--help > /dev/full`.
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(1),
        _ => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)),
    }
}
