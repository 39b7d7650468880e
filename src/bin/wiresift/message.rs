//! What is said on standard error: never a panic when nobody listens, never a control character from outside.

use std::io::{self, Write};
use std::process::ExitCode;

use wiresift::export::printable;

use crate::exit::PlacedError;

fn say(text: &str) {
    // Nobody is left to be told that standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// One `error:` line and a line for each cause; an error in an argument with the place marked.
pub(crate) fn error(error: &anyhow::Error) {
    say(&format!("error: {}", printable(&error.to_string())));
    if let Some(placed) = error.downcast_ref::<PlacedError>() {
        mark(&placed.text, placed.position);
    }
    let mut before = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some errors repeat their cause in their own text.
        if !before.ends_with(&cause) {
            say(&format!("  because: {}", printable(&cause)));
        }
        before = cause;
    }
}

/// A text and a caret under the place in it.
fn mark(text: &str, position: usize) {
    /// Characters shown before and after the place.
    const AROUND: usize = 60;
    let begin = position.saturating_sub(AROUND);
    let dots = if begin > 0 { "..." } else { "" };
    // One character each, so that the caret stands right.
    let shown = |c: char| if printable(c.encode_utf8(&mut [0; 4])).len() == c.len_utf8() { c } else { '?' };
    let part: String = text.chars().skip(begin).take(2 * AROUND).map(shown).collect();
    say(&format!("  {dots}{part}"));
    say(&format!("  {}^", " ".repeat(dots.len() + position - begin)));
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
